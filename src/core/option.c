/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of options, and sets of options that obey it.
 *
 * One row a code: its name in the IANA registry, how it reads, which lengths and
 * values are legal. Nothing else in the tree knows an option's length.
 */
#include "core/option.h"

#include <string.h>

#include "base/assert.h"

/* Rows by format; what the RFC says of the length is in the arguments. */
/* clang-format off */
#define OCTETS(name, min, max) { name, OPTION_FORMAT_OCTETS, min, max, 1, 0 }
#define TEXT(name) { name, OPTION_FORMAT_TEXT, 1, UINT16_MAX, 1, 0 }
#define ADDRESS(name) { name, OPTION_FORMAT_IPV4, 4, 4, 4, 0 }
#define ADDRESSES(name) { name, OPTION_FORMAT_IPV4_LIST, 4, UINT16_MAX, 4, 0 }
#define PAIRS(name) { name, OPTION_FORMAT_IPV4_PAIRS, 8, UINT16_MAX, 8, 0 }
#define FLAG(name) { name, OPTION_FORMAT_FLAG, 1, 1, 1, 0 }
#define NUMBER8(name, least) { name, OPTION_FORMAT_U8, 1, 1, 1, least }
#define NUMBER16(name, least) { name, OPTION_FORMAT_U16, 2, 2, 2, least }
#define NUMBERS16(name, least) \
	{ name, OPTION_FORMAT_U16_LIST, 2, UINT16_MAX, 2, least }
#define NUMBER32(name) { name, OPTION_FORMAT_U32, 4, 4, 4, 0 }
/* clang-format on */

static const struct option_rule rules[256] = {
	/* RFC 2132 3 */
	[1] = ADDRESS("subnet-mask"),
	[2] = { "time-offset", OPTION_FORMAT_S32, 4, 4, 4, 0 },
	[3] = ADDRESSES("routers"),
	[4] = ADDRESSES("time-servers"),
	[5] = ADDRESSES("name-servers"),
	[6] = ADDRESSES("domain-name-servers"),
	[7] = ADDRESSES("log-servers"),
	[8] = ADDRESSES("quotes-servers"),
	[9] = ADDRESSES("lpr-servers"),
	[10] = ADDRESSES("impress-servers"),
	[11] = ADDRESSES("resource-location-servers"),
	[12] = TEXT("host-name"),
	[13] = NUMBER16("boot-file-size", 0),
	[14] = TEXT("merit-dump-file"),
	[15] = TEXT("domain-name"),
	[16] = ADDRESS("swap-server"),
	[17] = TEXT("root-path"),
	[18] = TEXT("extensions-path"),
	/* RFC 2132 4 */
	[19] = FLAG("ip-forwarding"),
	[20] = FLAG("non-local-source-routing"),
	[21] = PAIRS("policy-filter"),
	[22] = NUMBER16("max-datagram-reassembly", 576),
	[23] = NUMBER8("default-ip-ttl", 1),
	[24] = NUMBER32("path-mtu-aging-timeout"),
	[25] = NUMBERS16("path-mtu-plateau-table", 68),
	/* RFC 2132 5 */
	[26] = NUMBER16("interface-mtu", 68),
	[27] = FLAG("all-subnets-local"),
	[28] = ADDRESS("broadcast-address"),
	[29] = FLAG("perform-mask-discovery"),
	[30] = FLAG("mask-supplier"),
	[31] = FLAG("perform-router-discovery"),
	[32] = ADDRESS("router-solicitation-address"),
	[33] = PAIRS("static-routes"),
	/* RFC 2132 6, 7 */
	[34] = FLAG("trailer-encapsulation"),
	[35] = NUMBER32("arp-cache-timeout"),
	[36] = FLAG("ethernet-encapsulation"),
	[37] = NUMBER8("default-tcp-ttl", 1),
	[38] = NUMBER32("tcp-keepalive-interval"),
	[39] = FLAG("tcp-keepalive-garbage"),
	/* RFC 2132 8 */
	[40] = TEXT("nis-domain"),
	[41] = ADDRESSES("nis-servers"),
	[42] = ADDRESSES("ntp-servers"),
	[43] = OCTETS("vendor-specific", 1, UINT16_MAX),
	[44] = ADDRESSES("netbios-name-servers"),
	[45] = ADDRESSES("netbios-dd-servers"),
	[46] = NUMBER8("netbios-node-type", 1),
	[47] = TEXT("netbios-scope"),
	[48] = ADDRESSES("font-servers"),
	[49] = ADDRESSES("x-display-managers"),
	[64] = TEXT("nisplus-domain"),
	[65] = ADDRESSES("nisplus-servers"),
	[68] = { "mobile-ip-home-agents", OPTION_FORMAT_IPV4_LIST, 0,
		 UINT16_MAX, 4, 0 },
	[69] = ADDRESSES("smtp-servers"),
	[70] = ADDRESSES("pop3-servers"),
	[71] = ADDRESSES("nntp-servers"),
	[72] = ADDRESSES("www-servers"),
	[73] = ADDRESSES("finger-servers"),
	[74] = ADDRESSES("irc-servers"),
	[75] = ADDRESSES("streettalk-servers"),
	[76] = ADDRESSES("stda-servers"),
	/* RFC 2132 9 */
	[50] = ADDRESS("requested-address"),
	[51] = NUMBER32("lease-time"),
	[52] = NUMBER8("overload", 1),
	[53] = NUMBER8("message-type", 1),
	[54] = ADDRESS("server-id"),
	[55] = OCTETS("parameter-request-list", 1, UINT16_MAX),
	[56] = TEXT("message"),
	[57] = NUMBER16("max-message-size", 576),
	[58] = NUMBER32("renewal-time"),
	[59] = NUMBER32("rebinding-time"),
	[60] = OCTETS("vendor-class-id", 1, UINT16_MAX),
	/* Two octets at least are sent (9.14); a shorter one is not ours (6842). */
	[61] = OCTETS("client-id", 0, UINT16_MAX),
	[66] = TEXT("tftp-server-name"),
	[67] = TEXT("boot-file-name"),
	/* RFC 3004, 4039, 4702, 3046 */
	[77] = OCTETS("user-class", 1, UINT16_MAX),
	[80] = { "rapid-commit", OPTION_FORMAT_EMPTY, 0, 0, 1, 0 },
	[81] = OCTETS("fqdn", 3, UINT16_MAX),
	[82] = OCTETS("relay-agent-information", 0, UINT16_MAX),
	/* RFC 3118, 4833, 8925, 8910, 2563, 2937, 3011, 3397 */
	[90] = OCTETS("authentication", 11, UINT16_MAX),
	[100] = TEXT("posix-timezone"),
	[101] = TEXT("tzdb-timezone"),
	[108] = NUMBER32("ipv6-only-preferred"),
	[114] = TEXT("captive-portal"),
	[116] = FLAG("auto-configure"),
	[117] = NUMBERS16("name-service-search", 0),
	[118] = ADDRESS("subnet-selection"),
	[119] = { "domain-search", OPTION_FORMAT_SEARCH, 1, UINT16_MAX, 1, 0 },
	[120] = OCTETS("sip-servers", 2, UINT16_MAX),
	/* RFC 3442, 3925, 5859, and Microsoft's copy of 121 */
	[121] = { "classless-routes", OPTION_FORMAT_ROUTES, 5, UINT16_MAX, 1, 0 },
	[124] = OCTETS("vendor-identifying-class", 5, UINT16_MAX),
	[125] = OCTETS("vendor-identifying-options", 5, UINT16_MAX),
	[150] = ADDRESSES("tftp-servers"),
	[249] = { "classless-routes-ms", OPTION_FORMAT_ROUTES, 5, UINT16_MAX, 1,
		  0 },
};

static const struct option_rule unknown_rule = OCTETS(NULL, 0, UINT16_MAX);

const struct option_rule *option_rule(uint8_t code)
{
	return rules[code].name ? &rules[code] : &unknown_rule;
}

/* Numbers of 1 or 2 octets each: none is smaller than the row allows. */
static bool numbers_are_valid(const struct option_rule *rule,
			      const uint8_t *bytes, size_t size, size_t each)
{
	struct reader r = reader_over(bytes, size);

	while (r.left) {
		unsigned number = each == 1 ? reader_u8(&r) : reader_u16(&r);

		if (number < rule->least)
			return false;
	}
	return true;
}

bool option_is_valid(uint8_t code, const uint8_t *bytes, size_t size)
{
	const struct option_rule *rule = option_rule(code);

	if (size < rule->min || size > rule->max || size % rule->multiple)
		return false;
	/* A node type is one of the bits (RFC 2132 8.7). */
	if (code == 46)
		return bytes[0] <= 8 && (bytes[0] & (bytes[0] - 1)) == 0 &&
		       bytes[0] != 0;
	switch (rule->format) {
	case OPTION_FORMAT_FLAG:
		return bytes[0] <= 1;
	case OPTION_FORMAT_U8:
		return numbers_are_valid(rule, bytes, size, 1);
	case OPTION_FORMAT_U16:
	case OPTION_FORMAT_U16_LIST:
		return numbers_are_valid(rule, bytes, size, 2);
	case OPTION_FORMAT_U32:
	case OPTION_FORMAT_S32:
	case OPTION_FORMAT_OCTETS:
	case OPTION_FORMAT_IPV4:
	case OPTION_FORMAT_IPV4_LIST:
	case OPTION_FORMAT_IPV4_PAIRS:
	case OPTION_FORMAT_TEXT:
	case OPTION_FORMAT_EMPTY:
	case OPTION_FORMAT_ROUTES:
	case OPTION_FORMAT_SEARCH:
		return true;
	}
	UNREACHABLE();
}

bool dhcp4_options_next(const struct dhcp4_options *options, uint16_t *offset,
			struct option_value *ret)
{
	struct reader r;

	if (*offset == options->used)
		return false;
	r = reader_over(options->bytes + *offset,
			(size_t)options->used - *offset);
	ret->code = reader_u8(&r);
	ret->size = reader_u16(&r);
	ret->bytes = reader_bytes(&r, ret->size);
	ASSERT(!r.failed);
	*offset = (uint16_t)(*offset + 3 + ret->size);
	return true;
}

bool dhcp4_options_get(const struct dhcp4_options *options, uint8_t code,
		       struct option_value *ret)
{
	struct option_value value;
	uint16_t offset = 0;

	while (dhcp4_options_next(options, &offset, &value)) {
		if (value.code == code) {
			*ret = value;
			return true;
		}
	}
	return false;
}

bool dhcp4_options_get_u32(const struct dhcp4_options *options, uint8_t code,
			   uint32_t *ret)
{
	return dhcp4_options_get_address(options, code, 0, ret);
}

bool dhcp4_options_get_u16(const struct dhcp4_options *options, uint8_t code,
			   uint16_t *ret)
{
	struct option_value value;
	struct reader r;

	if (!dhcp4_options_get(options, code, &value) || value.size != 2)
		return false;
	r = reader_over(value.bytes, value.size);
	*ret = reader_u16(&r);
	return true;
}

bool dhcp4_options_get_address(const struct dhcp4_options *options,
			       uint8_t code, unsigned i, ipv4_addr *ret)
{
	struct option_value value;
	struct reader r;
	ipv4_addr address;

	if (!dhcp4_options_get(options, code, &value))
		return false;
	r = reader_over(value.bytes, value.size);
	reader_bytes(&r, (size_t)i * 4);
	address = reader_u32(&r);
	if (r.failed)
		return false;
	*ret = address;
	return true;
}

bool dhcp4_options_append(struct dhcp4_options *options, uint8_t code,
			  const void *bytes, size_t size)
{
	struct option_value value = { 0 };
	uint16_t offset = 0;
	struct writer w;

	while (dhcp4_options_next(options, &offset, &value))
		continue;
	if ((options->used && value.code >= code) || code == DHCP4_OPTION_PAD ||
	    code == DHCP4_OPTION_END || !option_is_valid(code, bytes, size))
		return false;
	w = writer_over(options->bytes + options->used,
			sizeof(options->bytes) - options->used);
	writer_u8(&w, code);
	writer_u16(&w, (uint16_t)size);
	writer_bytes(&w, bytes, size);
	if (w.failed)
		return false;
	options->used = (uint16_t)(options->used + w.used);
	return true;
}

void dhcp4_options_remove(struct dhcp4_options *options, uint8_t code)
{
	struct option_value value;
	uint16_t start = 0, offset = 0;

	while (dhcp4_options_next(options, &offset, &value)) {
		if (value.code == code) {
			memmove(options->bytes + start, options->bytes + offset,
				(size_t)options->used - offset);
			options->used =
				(uint16_t)(options->used - offset + start);
			return;
		}
		start = offset;
	}
}

void option_write(struct writer *w, uint8_t code, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	do {
		uint8_t piece = size > 255 ? 255 : (uint8_t)size;

		writer_u8(w, code);
		writer_u8(w, piece);
		writer_bytes(w, at, piece);
		size -= piece;
		at = size ? at + piece : at;
	} while (size);
}

void option_write_u8(struct writer *w, uint8_t code, uint8_t value)
{
	option_write(w, code, &value, 1);
}

void option_write_u16(struct writer *w, uint8_t code, uint16_t value)
{
	option_write(w, code,
		     (uint8_t[]){ (uint8_t)(value >> 8), (uint8_t)value }, 2);
}

void option_write_u32(struct writer *w, uint8_t code, uint32_t value)
{
	option_write(w, code,
		     (uint8_t[]){ (uint8_t)(value >> 24), (uint8_t)(value >> 16),
				  (uint8_t)(value >> 8), (uint8_t)value },
		     4);
}
