/* SPDX-License-Identifier: BSD-2-Clause */
/* From words to octets. All of it is done once, before there is a message. */
#include "core/encode.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/domain.h"

/* ---- names (RFC 4702) ------------------------------------------------------ */

#define FQDN_SERVER_UPDATES 0x01 /* S */
#define FQDN_WIRE_FORMAT    0x04 /* E */
#define FQDN_NO_UPDATES	    0x08 /* N */

static const uint8_t fqdn_flags[FQDN_MODE_COUNT] = {
	[FQDN_MODE_NONE] = FQDN_WIRE_FORMAT | FQDN_NO_UPDATES,
	[FQDN_MODE_PTR] = FQDN_WIRE_FORMAT,
	[FQDN_MODE_BOTH] = FQDN_WIRE_FORMAT | FQDN_SERVER_UPDATES,
};

/* Labels behind their lengths; a name of several ends in the root's (2.3). */
static void write_name(struct writer *w, const char *name)
{
	bool full = strchr(name, '.') != NULL;

	while (*name) {
		size_t length = strcspn(name, ".");

		writer_u8(w, (uint8_t)length);
		writer_bytes(w, name, length);
		name += length;
		name += *name == '.';
	}
	if (full)
		writer_u8(w, 0);
}

bool encode_hostname(struct dhcp4_encoded *encoded, const char *name,
		     enum fqdn_mode mode)
{
	/* Flags and two RCODEs; a length before each label, and the root. */
	uint8_t value[3 + 1 + DHCP4_HOSTNAME_MAX + 1] = { fqdn_flags[mode] };
	struct writer w = writer_over(value, sizeof(value));

	encoded_remove(encoded, DHCP4_OPTION_HOST_NAME);
	encoded_remove(encoded, DHCP4_OPTION_FQDN);
	if (mode != FQDN_MODE_OFF) {
		w.used = 3;
		write_name(&w, name);
		ASSERT(!w.failed);
		return encoded_put(encoded, DHCP4_OPTION_FQDN, value, w.used);
	}
	return *name == '\0' ||
	       encoded_put(encoded, DHCP4_OPTION_HOST_NAME, name, strlen(name));
}

/* ---- classes (RFC 3004, 3925) ---------------------------------------------- */

/* A writer behind the octets that an option has already. */
static struct writer writer_behind(const struct dhcp4_encoded *encoded,
				   uint8_t code,
				   uint8_t value[DHCP4_ENCODED_SIZE])
{
	struct writer w = writer_over(value, DHCP4_ENCODED_SIZE);
	struct option_value before;

	if (encoded_get(encoded, code, &before))
		writer_bytes(&w, before.bytes, before.size);
	return w;
}

bool encode_user_class(struct dhcp4_encoded *encoded, const void *bytes,
		       size_t size)
{
	uint8_t value[DHCP4_ENCODED_SIZE];
	struct writer w = writer_behind(encoded, DHCP4_OPTION_USER_CLASS, value);

	if (size == 0 || size > UINT8_MAX)
		return false;
	writer_u8(&w, (uint8_t)size);
	writer_bytes(&w, bytes, size);
	return !w.failed &&
	       encoded_put(encoded, DHCP4_OPTION_USER_CLASS, value, w.used);
}

/*
 * Behind the items of an enterprise another one; an enterprise occurs once, as
 * number (4 octets), length (1) and items.
 */
static bool add_item(struct dhcp4_encoded *encoded, uint8_t code,
		     uint32_t enterprise, const struct writer *item)
{
	uint8_t value[DHCP4_ENCODED_SIZE];
	struct writer w = writer_over(value, sizeof(value));
	struct option_value before = { 0 };
	bool found = false, fits = item->used <= UINT8_MAX;
	struct reader r;

	encoded_get(encoded, code, &before);
	r = reader_over(before.bytes, before.size);
	while (r.left) {
		uint32_t number = reader_u32(&r);
		uint8_t size = reader_u8(&r);
		bool here = number == enterprise;

		found |= here;
		fits &= !here || size + item->used <= UINT8_MAX;
		writer_u32(&w, number);
		writer_u8(&w, (uint8_t)(size + (here ? item->used : 0)));
		writer_bytes(&w, reader_bytes(&r, size), size);
		if (here)
			writer_bytes(&w, item->start, item->used);
	}
	if (!found) {
		writer_u32(&w, enterprise);
		writer_u8(&w, (uint8_t)item->used);
		writer_bytes(&w, item->start, item->used);
	}
	return fits && !item->failed && !w.failed &&
	       encoded_put(encoded, code, value, w.used);
}

bool encode_vendor_class(struct dhcp4_encoded *encoded, uint32_t enterprise,
			 const void *bytes, size_t size)
{
	uint8_t octets[1 + UINT8_MAX];
	struct writer item = writer_over(octets, sizeof(octets));

	writer_u8(&item, (uint8_t)size);
	writer_bytes(&item, bytes, size);
	return add_item(encoded, DHCP4_OPTION_VENDOR_ID_CLASS, enterprise, &item);
}

bool encode_vendor_option(struct dhcp4_encoded *encoded, uint32_t enterprise,
			  uint8_t code, const void *bytes, size_t size)
{
	uint8_t octets[2 + UINT8_MAX];
	struct writer item = writer_over(octets, sizeof(octets));

	writer_u8(&item, code);
	writer_u8(&item, (uint8_t)size);
	writer_bytes(&item, bytes, size);
	return add_item(encoded, DHCP4_OPTION_VENDOR_ID_OPTIONS, enterprise,
			&item);
}

/* ---- values ---------------------------------------------------------------- */

/*
 * What stands before a separator, which is passed over unless it is the last
 * character. False: too long.
 */
static bool take_part(const char **text, char separator, char *part, size_t size)
{
	const char *end = strchrnul(*text, separator);
	size_t length = (size_t)(end - *text);

	if (length >= size)
		return false;
	memcpy(part, *text, length);
	part[length] = '\0';
	*text = end + (*end && end[1]);
	return true;
}

static bool write_flag(struct writer *w, const char *text)
{
	bool yes = strcmp(text, "yes") == 0 || strcmp(text, "1") == 0;

	writer_u8(w, yes);
	return yes || strcmp(text, "no") == 0 || strcmp(text, "0") == 0;
}

static bool write_u8(struct writer *w, const char *text)
{
	uint64_t number;

	if (!str_to_u64(text, UINT8_MAX, &number))
		return false;
	writer_u8(w, (uint8_t)number);
	return true;
}

static bool write_u16(struct writer *w, const char *text)
{
	uint64_t number;

	if (!str_to_u64(text, UINT16_MAX, &number))
		return false;
	writer_u16(w, (uint16_t)number);
	return true;
}

static bool write_u32(struct writer *w, const char *text)
{
	uint64_t number;

	if (!str_to_u64(text, UINT32_MAX, &number))
		return false;
	writer_u32(w, (uint32_t)number);
	return true;
}

static bool write_s32(struct writer *w, const char *text)
{
	bool negative = *text == '-';
	uint64_t number;

	if (!str_to_u64(text + negative, (uint64_t)INT32_MAX + negative, &number))
		return false;
	writer_u32(w, negative ? (uint32_t)-number : (uint32_t)number);
	return true;
}

static bool write_ipv4(struct writer *w, const char *text)
{
	ipv4_addr address;

	if (!str_to_ipv4(text, &address))
		return false;
	writer_u32(w, address);
	return true;
}

static bool write_text(struct writer *w, const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at < ' ' || *at > '~')
			return false;
	writer_bytes(w, text, strlen(text));
	return true;
}

static bool write_empty(struct writer *w, const char *text)
{
	(void)w;
	return *text == '\0';
}

static bool write_domain(struct writer *w, const char *text)
{
	char name[DOMAIN_NAME_SIZE];

	if (!domain_single(text, strlen(text), DOMAIN_FORM_TEXT, name))
		return false;
	domain_write(w, name);
	return true;
}

/* RFC 3442: of the destination no more octets than its prefix needs. */
static bool write_route(struct writer *w, const char *text)
{
	char part[sizeof("255.255.255.255")];
	ipv4_addr destination, gateway = IPV4_ANY;
	uint64_t length;

	if (!take_part(&text, '/', part, sizeof(part)) ||
	    !str_to_ipv4(part, &destination) ||
	    !take_part(&text, ' ', part, sizeof(part)) ||
	    !str_to_u64(part, 32, &length) ||
	    destination & ~ipv4_mask((unsigned)length))
		return false;
	if (*text &&
	    (strncmp(text, "via ", 4) != 0 || !str_to_ipv4(text + 4, &gateway)))
		return false;
	writer_u8(w, (uint8_t)length);
	for (unsigned bits = 0; bits < length; bits += 8)
		writer_u8(w, (uint8_t)(destination >> (24 - bits)));
	writer_u32(w, gateway);
	return true;
}

/* Formats without a row are written in hex. */
static const struct encoding {
	bool (*write)(struct writer *, const char *text);
	bool list;
} encodings[] = {
	[OPTION_FORMAT_IPV4] = { write_ipv4, false },
	[OPTION_FORMAT_IPV4_LIST] = { write_ipv4, true },
	[OPTION_FORMAT_IPV4_PAIRS] = { write_ipv4, true },
	[OPTION_FORMAT_FLAG] = { write_flag, false },
	[OPTION_FORMAT_U8] = { write_u8, false },
	[OPTION_FORMAT_U16] = { write_u16, false },
	[OPTION_FORMAT_U16_LIST] = { write_u16, true },
	[OPTION_FORMAT_U32] = { write_u32, false },
	[OPTION_FORMAT_S32] = { write_s32, false },
	[OPTION_FORMAT_TEXT] = { write_text, false },
	[OPTION_FORMAT_EMPTY] = { write_empty, false },
	[OPTION_FORMAT_ROUTES] = { write_route, true },
	[OPTION_FORMAT_SEARCH] = { write_domain, true },
};

static bool write_list(struct writer *w, const struct encoding *encoding,
		       const char *text)
{
	char item[DOMAIN_NAME_SIZE + 1];

	do {
		text += strspn(text, " ");
		if (!take_part(&text, ',', item, sizeof(item)) ||
		    !encoding->write(w, item))
			return false;
	} while (*text);
	return true;
}

/* As these options had to be written once; no word of theirs has a colon. */
static bool is_hex(enum option_format format, const char *text)
{
	return (format == OPTION_FORMAT_ROUTES || format == OPTION_FORMAT_SEARCH) &&
	       strchr(text, ':');
}

int encode_value(enum option_format format, const char *text, uint8_t *bytes,
		 size_t room)
{
	struct writer w = writer_over(bytes, room);
	const struct encoding *encoding;
	bool good;

	if (!encodings[format].write || is_hex(format, text))
		return str_to_hex(text, bytes, room);
	encoding = &encodings[format];
	good = encoding->list ? write_list(&w, encoding, text)
			      : encoding->write(&w, text);
	return good && !w.failed ? (int)w.used : -1;
}

bool encode_code(const char *text, uint8_t *ret)
{
	uint64_t number;

	if (str_to_u64(text, DHCP4_OPTION_END - 1, &number)) {
		*ret = (uint8_t)number;
		return number != DHCP4_OPTION_PAD;
	}
	for (unsigned code = 1; code < DHCP4_OPTION_END; code++) {
		const char *name = option_name((uint8_t)code);

		if (name && strcmp(name, text) == 0) {
			*ret = (uint8_t)code;
			return true;
		}
	}
	return false;
}
