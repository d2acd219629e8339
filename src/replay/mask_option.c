/* SPDX-License-Identifier: BSD-2-Clause */
/* What is malformed stays so: a value that was refused is refused afterwards. */
#include "replay/mask_option.h"

#include <string.h>

#include "core/shapes.h"
#include "core/text.h"

void mask_address(struct anon *a, uint8_t *at)
{
	struct reader r = reader_over(at, 4);
	struct writer w = writer_over(at, 4);

	writer_u32(&w, anon_address(a, reader_u32(&r)));
}

/* Every one of them; octets that are left are no address. */
static void map_addresses(struct anon *a, uint8_t *bytes, size_t size)
{
	for (; size >= 4; bytes += 4, size -= 4)
		mask_address(a, bytes);
	anon_octets(a, bytes, size);
}

/* Option 21: an address, then a mask. */
static void map_filters(struct anon *a, uint8_t *bytes, size_t size)
{
	for (; size >= 8; bytes += 8, size -= 8)
		mask_address(a, bytes);
	anon_octets(a, bytes, size);
}

/* RFC 3442: of a destination as many octets as its prefix has. */
static void map_routes(struct anon *a, uint8_t *bytes, size_t size)
{
	while (size) {
		size_t significant = (bytes[0] + 7U) / 8;
		uint8_t destination[4] = { 0 };

		if (bytes[0] > 32 || size < 1 + significant + 4) {
			anon_octets(a, bytes + 1, size - 1);
			return;
		}
		memcpy(destination, bytes + 1, significant);
		mask_address(a, destination);
		memcpy(bytes + 1, destination, significant);
		mask_address(a, bytes + 1 + significant);
		bytes += 1 + significant + 4;
		size -= 1 + significant + 4;
	}
}

/* What no name has stays what no name has: anon_text() would make a letter of it. */
static void map_label(struct anon *a, uint8_t *label, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (label[i] < ' ' || label[i] > '~')
			label[i] = '?';
	}
	anon_text(a, label, size);
}

/*
 * RFC 3397: labels behind their lengths, and pointers to earlier ones. A length
 * that is none stays, or what is refused could be taken; so it is with routes.
 */
static void map_search(struct anon *a, uint8_t *bytes, size_t size)
{
	while (size) {
		size_t length = bytes[0];
		size_t step = length >= 0xc0 ? 2 : 1 + length;

		if (step > size || (length > 63 && length < 0xc0)) {
			anon_octets(a, bytes + 1, size - 1);
			return;
		}
		if (length <= 63)
			map_label(a, bytes + 1, length);
		bytes += step;
		size -= step;
	}
}

/* Of a URI all but the scheme; an escape might come out as none, so it goes. */
static void map_text(struct anon *a, uint8_t *text, size_t size)
{
	size_t scheme = 0;

	if (text_is_no_portal(text, size))
		return;
	if (text_is_uri(text, size, true)) {
		scheme = text[4] == 's' ? 5 : 4;
		for (size_t i = 0; i < size; i++) {
			if (text[i] == '%')
				text[i] = 'x';
		}
	}
	anon_text(a, text + scheme, size - scheme);
}

/* Another zone, one that could be. */
static void map_zone(uint8_t code, uint8_t *text, size_t size)
{
	if (!option_is_valid(code, text, size))
		memset(text, '?', size);
	else if (code == DHCP4_OPTION_POSIX_TIMEZONE)
		memset(text, 'A', size - 1), text[size - 1] = '0';
	else if (size > 3) {
		memset(text, 'A', size);
		memcpy(text, "US/", 3);
	}
}

/* Leaves point into a copy; what is there in the option becomes another. */
struct leaves {
	struct anon *anon;
	uint8_t *bytes;
	const uint8_t *copy;
};

static void map_leaf(void *context, const struct leaf *leaf)
{
	const struct leaves *l = context;
	size_t offset;

	/* Numbers and flags tell nothing; 6rd's prefix is not where it was. */
	if (!leaf->bytes || leaf->kind == LEAF_PREFIX6 ||
	    leaf->kind == LEAF_NUMBER || leaf->kind == LEAF_FLAG)
		return;
	offset = (size_t)(leaf->bytes - l->copy);
	if (leaf->kind == LEAF_IPV4)
		mask_address(l->anon, l->bytes + offset);
	else if (leaf->kind == LEAF_NAME || leaf->kind == LEAF_LIST)
		map_search(l->anon, l->bytes + offset, leaf->size);
	else if (leaf->kind == LEAF_IPV6 || leaf->kind == LEAF_HEX)
		anon_octets(l->anon, l->bytes + offset, leaf->size);
	else
		map_text(l->anon, l->bytes + offset, leaf->size);
}

/* What is malformed stays so, even where it is a part that was passed over. */
static void map_leaves(struct anon *a, uint8_t code, uint8_t *bytes, size_t size)
{
	uint8_t copy[DHCP4_OPTIONS_SIZE];
	struct leaves leaves = { a, bytes, copy };

	memcpy(copy, bytes, size);
	/* The last one is another: repeated, what is wrong would be right. */
	if (!option_decode(code, copy, size, map_leaf, &leaves)) {
		memset(bytes, 0xff, size);
		if (size)
			bytes[size - 1] = 0xfe;
	} else if (code == DHCP4_OPTION_6RD) {
		anon_octets(a, bytes + 2, 16);
	}
}

/* Flags and codes, and the name in one of two forms (RFC 4702 2). */
static void map_fqdn(struct anon *a, uint8_t *bytes, size_t size)
{
	if (size >= 3 && bytes[0] & 0x04)
		map_search(a, bytes + 3, size - 3);
	else if (size >= 3)
		anon_text(a, bytes + 3, size - 3);
	else
		memset(bytes, 0xff, size);
}

/*
 * Option 90: what it is, its counter and the key's number stay, or the copy would
 * be treated otherwise (RFC 3118 2, RFC 6704 3.1.2).
 */
static void map_authentication(struct anon *a, uint8_t *bytes, size_t size)
{
	size_t keep = 11;

	if (size > keep)
		keep += bytes[0] == 1 ? 4 : bytes[0] == 3;
	if (size > keep)
		anon_octets(a, bytes + keep, size - keep);
}

/* Of what the table calls octets, these are known. */
static void map_octets(struct anon *a, uint8_t code, uint8_t *bytes, size_t size)
{
	if (code == DHCP4_OPTION_CLIENT_ID)
		anon_client_id(a, bytes, size);
	else if (code == DHCP4_OPTION_FQDN)
		map_fqdn(a, bytes, size);
	else if (code == DHCP4_OPTION_AUTHENTICATION)
		map_authentication(a, bytes, size);
	else if (code == DHCP4_OPTION_PARAMETERS)
		return;
	else if (shape_of_code(code))
		map_leaves(a, code, bytes, size);
	else
		anon_octets(a, bytes, size);
}

/* Numbers and masks tell nothing of a network. */
void mask_option(struct anon *a, uint8_t code, uint8_t *bytes, size_t size)
{
	switch (option_rule(code)->format) {
	case OPTION_FORMAT_OCTETS:
		map_octets(a, code, bytes, size);
		return;
	case OPTION_FORMAT_IPV4:
	case OPTION_FORMAT_IPV4_LIST:
		if (code != DHCP4_OPTION_SUBNET_MASK)
			map_addresses(a, bytes, size);
		return;
	case OPTION_FORMAT_IPV4_PAIRS:
		if (code == DHCP4_OPTION_STATIC_ROUTES)
			map_addresses(a, bytes, size);
		else
			map_filters(a, bytes, size);
		return;
	case OPTION_FORMAT_TEXT:
		while (size && bytes[size - 1] == 0)
			size--;
		if (code == DHCP4_OPTION_POSIX_TIMEZONE ||
		    code == DHCP4_OPTION_TZDB_TIMEZONE)
			map_zone(code, bytes, size);
		else
			map_text(a, bytes, size);
		return;
	case OPTION_FORMAT_ROUTES:
		map_routes(a, bytes, size);
		return;
	case OPTION_FORMAT_SEARCH:
		map_search(a, bytes, size);
		return;
	case OPTION_FORMAT_FLAG:
	case OPTION_FORMAT_U8:
	case OPTION_FORMAT_U16:
	case OPTION_FORMAT_U16_LIST:
	case OPTION_FORMAT_U32:
	case OPTION_FORMAT_S32:
	case OPTION_FORMAT_EMPTY:
		return;
	}
}

void mask_options(struct anon *a, void *set)
{
	uint8_t *bytes = (uint8_t *)set + sizeof(uint16_t);
	uint16_t used, at = 0;

	memcpy(&used, set, sizeof(used));
	while (at < used) {
		uint8_t *option = bytes + at;
		unsigned size = (unsigned)option[1] << 8 | option[2];
		uint16_t next = (uint16_t)(at + 3 + size);

		mask_option(a, option[0], option + 3, size);
		if (option_is_valid(option[0], option + 3, size)) {
			at = next;
			continue;
		}
		memmove(option, bytes + next, used - next);
		used = (uint16_t)(used - (next - at));
	}
	memcpy(set, &used, sizeof(used));
}

/* What is no value any more is left out, as above. */
void mask_override(struct anon *a, struct dhcp4_override *override)
{
	struct dhcp4_override masked = { 0 };
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(override, &offset, &edit)) {
		uint8_t value[DHCP4_OVERRIDE_SIZE];

		memcpy(value, edit.value.bytes, edit.value.size);
		mask_option(a, edit.value.code, value, edit.value.size);
		override_put(&masked, edit.kind, edit.value.code, value,
			     edit.value.size);
	}
	*override = masked;
}
