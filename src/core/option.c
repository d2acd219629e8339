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
#include "core/shapes.h"

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
/* What shapes.c knows more of. */
#define SHAPED(name, min) OCTETS(name, min, UINT16_MAX)
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
	/* RFC 2242, 3004, 2610, 4039, 4702, 3046, 4174 */
	[62] = TEXT("netware-domain"),
	[63] = SHAPED("netware-options", 2),
	[77] = OCTETS("user-class", 1, UINT16_MAX),
	[78] = SHAPED("directory-agents", 5),
	[79] = SHAPED("service-scope", 1),
	[80] = { "rapid-commit", OPTION_FORMAT_EMPTY, 0, 0, 1, 0 },
	[81] = SHAPED("fqdn", 3),
	[82] = OCTETS("relay-agent-information", 0, UINT16_MAX),
	[83] = SHAPED("isns", 14),
	/* RFC 2241, 4280, 3118, 4388, 4578, 3679, 2485, 4776 */
	[85] = ADDRESSES("nds-servers"),
	[86] = TEXT("nds-tree-name"),
	[87] = TEXT("nds-context"),
	[88] = SHAPED("bcmcs-domains", 2),
	[89] = ADDRESSES("bcmcs-servers"),
	[90] = SHAPED("authentication", 11),
	[91] = NUMBER32("client-last-transaction-time"),
	[92] = ADDRESSES("associated-addresses"),
	[93] = NUMBERS16("client-system", 0),
	[94] = OCTETS("client-network-interface", 3, 3),
	[95] = TEXT("ldap"),
	[97] = OCTETS("client-machine-id", 17, 17),
	[98] = TEXT("user-authentication"),
	[99] = SHAPED("civic-location", 3),
	/* RFC 4833, 8925, 8539, 3679, 8910, 2563, 2937, 3011, 3397, 3361 */
	[100] = TEXT("posix-timezone"),
	[101] = TEXT("tzdb-timezone"),
	[108] = NUMBER32("ipv6-only-preferred"),
	[109] = OCTETS("dhcp4o6-source-address", 16, 16),
	[112] = ADDRESSES("netinfo-addresses"),
	[113] = TEXT("netinfo-tag"),
	[114] = TEXT("captive-portal"),
	[116] = FLAG("auto-configure"),
	[117] = NUMBERS16("name-service-search", 0),
	[118] = ADDRESS("subnet-selection"),
	[119] = { "domain-search", OPTION_FORMAT_SEARCH, 3, UINT16_MAX, 1, 0 },
	[120] = SHAPED("sip-servers", 4),
	/* RFC 3442, 3495, 6225, 3925 */
	[121] = { "classless-routes", OPTION_FORMAT_ROUTES, 5, UINT16_MAX, 1, 0 },
	[122] = SHAPED("cablelabs-configuration", 2),
	[123] = OCTETS("geographic-location", 16, 16),
	[124] = SHAPED("vendor-identifying-class", 5),
	[125] = SHAPED("vendor-identifying-options", 5),
	/* Of PXE, of Etherboot, of telephones, of DOCSIS: each its own. */
	[128] = OCTETS("pxe-128", 1, UINT16_MAX),
	[129] = OCTETS("pxe-129", 1, UINT16_MAX),
	[130] = OCTETS("pxe-130", 1, UINT16_MAX),
	[131] = OCTETS("pxe-131", 1, UINT16_MAX),
	[132] = OCTETS("pxe-132", 1, UINT16_MAX),
	[133] = OCTETS("pxe-133", 1, UINT16_MAX),
	[134] = OCTETS("pxe-134", 1, UINT16_MAX),
	[135] = OCTETS("pxe-135", 1, UINT16_MAX),
	/* RFC 5192, 5223, 5417, 5678, 6011, 6153, 8572, 6225, 6704, 6731, 8973 */
	[136] = ADDRESSES("pana-agents"),
	[137] = SHAPED("lost-server", 3),
	[138] = ADDRESSES("capwap-controllers"),
	[139] = SHAPED("mos-addresses", 2),
	[140] = SHAPED("mos-domains", 2),
	[141] = SHAPED("sip-configuration-domains", 3),
	[142] = ADDRESSES("andsf-servers"),
	[143] = SHAPED("sztp-redirect", 2),
	[144] = OCTETS("geographic-location-uncertainty", 16, 16),
	[145] = SHAPED("forcerenew-nonce-capable", 1),
	[146] = SHAPED("rdnss-selection", 9),
	[147] = SHAPED("dots-server", 3),
	[148] = ADDRESSES("dots-addresses"),
	/* RFC 5859, 6926, 7291, 7618, 8520, 9463 */
	[150] = ADDRESSES("tftp-servers"),
	[151] = SHAPED("status-code", 1),
	[152] = NUMBER32("base-time"),
	[153] = NUMBER32("start-time-of-state"),
	[154] = NUMBER32("query-start-time"),
	[155] = NUMBER32("query-end-time"),
	[156] = NUMBER8("dhcp-state", 0),
	[157] = NUMBER8("data-source", 0),
	[158] = SHAPED("pcp-servers", 5),
	[159] = OCTETS("port-parameters", 4, 4),
	[161] = TEXT("mud-url"),
	[162] = SHAPED("encrypted-dns", 7),
	/* In use, if not by an RFC: Etherboot, IP telephones. */
	[175] = OCTETS("etherboot-175", 1, UINT16_MAX),
	[176] = OCTETS("ip-telephone", 1, UINT16_MAX),
	[177] = OCTETS("etherboot-177", 1, UINT16_MAX),
	/* RFC 5071, 5969, 5986, 6656, 6607 */
	[208] = OCTETS("pxelinux-magic", 4, 4),
	[209] = TEXT("pxelinux-configuration"),
	[210] = TEXT("pxelinux-path-prefix"),
	[211] = NUMBER32("pxelinux-reboot-time"),
	[212] = SHAPED("6rd", 22),
	[213] = SHAPED("access-domain", 3),
	[220] = OCTETS("subnet-allocation", 1, UINT16_MAX),
	[221] = SHAPED("virtual-subnet-selection", 1),
	/* Microsoft's copy of 121, and the address of a proxy's configuration. */
	[249] = { "classless-routes-ms", OPTION_FORMAT_ROUTES, 5, UINT16_MAX, 1,
		  0 },
	[252] = TEXT("proxy-autodiscovery"),
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

static const struct shape one_address = { .kind = SHAPE_IPV4 };
static const struct shape one_number = { .kind = SHAPE_U16 };

/* What shapes.c says nothing of is as simple as its format says. */
static const struct shape *shape_of(uint8_t code)
{
	static const struct shape by_format[] = {
		[OPTION_FORMAT_OCTETS] = { .kind = SHAPE_HEX },
		[OPTION_FORMAT_IPV4] = { .kind = SHAPE_IPV4 },
		[OPTION_FORMAT_IPV4_LIST] = { .kind = SHAPE_LIST,
					      .of = &one_address },
		[OPTION_FORMAT_FLAG] = { .kind = SHAPE_FLAG },
		[OPTION_FORMAT_U8] = { .kind = SHAPE_U8 },
		[OPTION_FORMAT_U16] = { .kind = SHAPE_U16 },
		[OPTION_FORMAT_U16_LIST] = { .kind = SHAPE_LIST,
					     .of = &one_number },
		[OPTION_FORMAT_U32] = { .kind = SHAPE_U32 },
		[OPTION_FORMAT_S32] = { .kind = SHAPE_S32 },
		[OPTION_FORMAT_TEXT] = { .kind = SHAPE_TEXT },
		[OPTION_FORMAT_EMPTY] = { .kind = SHAPE_NOTHING },
	};
	const struct shape *shape = shape_of_code(code);

	return shape ? shape : &by_format[option_rule(code)->format];
}

bool option_is_valid(uint8_t code, const uint8_t *bytes, size_t size)
{
	const struct option_rule *rule = option_rule(code);

	if (size < rule->min || size > rule->max || size % rule->multiple)
		return false;
	/* A node type is one of the bits (RFC 2132 8.7). */
	if (code == 46 && (bytes[0] > 8 || (bytes[0] & (bytes[0] - 1))))
		return false;
	if (rule->least &&
	    !numbers_are_valid(rule, bytes, size,
			       rule->format == OPTION_FORMAT_U8 ? 1 : 2))
		return false;
	return decode_fits(shape_of(code), bytes, size);
}

bool option_decode(uint8_t code, const uint8_t *bytes, size_t size,
		   leaf_visitor *visit, void *context)
{
	return decode(shape_of(code), bytes, size, visit, context);
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

bool dhcp4_options_put(struct dhcp4_options *options, uint8_t code,
		       const void *bytes, size_t size)
{
	struct option_value value = { 0 };
	uint16_t start = 0, end = 0;
	struct writer w;
	size_t used;

	while (value.code < code && dhcp4_options_next(options, &end, &value)) {
		if (value.code < code)
			start = end;
	}
	if (value.code != code)
		end = start;
	used = (size_t)options->used - (size_t)(end - start) + 3 + size;
	if (used > sizeof(options->bytes) || !option_is_valid(code, bytes, size))
		return false;
	memmove(options->bytes + start + 3 + size, options->bytes + end,
		(size_t)options->used - end);
	w = writer_over(options->bytes + start, 3 + size);
	writer_u8(&w, code);
	writer_u16(&w, (uint16_t)size);
	writer_bytes(&w, bytes, size);
	options->used = (uint16_t)used;
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
