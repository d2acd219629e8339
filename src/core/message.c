/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Octets to message: the fixed header, then the options of up to three fields
 * joined into one set.
 *
 * Two walks over the same fields: the first adds up how long each option
 * becomes, the second copies each piece to where it belongs. A walk consumes at
 * least one octet a turn and can only shrink what is left.
 */
#include "core/message.h"

#include <stdbool.h>
#include <string.h>

#include "base/assert.h"

/* Before sname. */
#define HEADER_SIZE 44

/* The fields that hold options, in the order of RFC 2131 4.1. */
struct fields {
	struct reader reader[3];
	unsigned count;
};

/* The next option of a field. False at End, at the field's end, or if cut. */
static bool next_option(struct reader *field, struct option_value *ret)
{
	do {
		ret->code = reader_u8(field);
		if (field->failed || ret->code == DHCP4_OPTION_END)
			return false;
	} while (ret->code == DHCP4_OPTION_PAD);
	ret->size = reader_u8(field);
	ret->bytes = reader_bytes(field, ret->size);
	return !field->failed;
}

/* Option 52, which counts in the options field only (RFC 2132 9.3). */
static unsigned find_overload(struct reader field)
{
	struct option_value option;

	while (next_option(&field, &option)) {
		if (option.code != DHCP4_OPTION_OVERLOAD)
			continue;
		return option.size == 1 && option.bytes[0] <= 3 ? option.bytes[0]
								: 0;
	}
	return 0;
}

/* What is joined and kept: all but overload. 0 means absent, else size + 1. */
static void measure(struct fields fields, uint16_t size[256])
{
	struct option_value option;

	memset(size, 0, 256 * sizeof(*size));
	for (unsigned i = 0; i < fields.count; i++) {
		while (next_option(&fields.reader[i], &option)) {
			if (!size[option.code])
				size[option.code] = 1;
			size[option.code] =
				(uint16_t)(size[option.code] + option.size);
		}
	}
	size[DHCP4_OPTION_OVERLOAD] = 0;
}

/* Copies each piece behind the earlier pieces of its option. */
static void join(struct fields fields, const uint16_t size[256],
		 struct dhcp4_options *ret)
{
	uint16_t place[256] = { 0 };
	struct option_value option;
	struct writer w = writer_over(ret->bytes, sizeof(ret->bytes));

	for (unsigned code = 0; code < 256; code++) {
		if (!size[code])
			continue;
		writer_u8(&w, (uint8_t)code);
		writer_u16(&w, (uint16_t)(size[code] - 1));
		place[code] = (uint16_t)w.used;
		writer_pad(&w, w.used + size[code] - 1);
	}
	/* DHCP4_OPTIONS_SIZE is what the largest message can need. */
	ASSERT(!w.failed);
	ret->used = (uint16_t)w.used;
	for (unsigned i = 0; i < fields.count; i++) {
		while (next_option(&fields.reader[i], &option)) {
			if (!size[option.code] || !option.size)
				continue;
			memcpy(ret->bytes + place[option.code], option.bytes,
			       option.size);
			place[option.code] =
				(uint16_t)(place[option.code] + option.size);
		}
	}
}

/*
 * A sender may repeat an option of fixed length instead of splitting it; equal
 * repetitions count once, others make the option invalid.
 */
static uint16_t without_repetition(const struct option_value *value)
{
	const struct option_rule *rule = option_rule(value->code);

	if (rule->min != rule->max || !rule->min || value->size % rule->min)
		return value->size;
	for (uint16_t i = rule->min; i < value->size; i++) {
		if (value->bytes[i] != value->bytes[i - rule->min])
			return value->size;
	}
	return value->size < rule->min ? value->size : rule->min;
}

/* Text ends before its trailing NULs (RFC 2132 2). */
static uint16_t without_nuls(const struct option_value *value)
{
	uint16_t size = value->size;

	if (option_rule(value->code)->format != OPTION_FORMAT_TEXT)
		return size;
	while (size && value->bytes[size - 1] == 0)
		size--;
	return size;
}

/* Leaves out what the table of options refuses, moving the rest together. */
static void validate(struct dhcp4_options *options)
{
	struct option_value value;
	uint16_t offset = 0, used = 0;

	while (dhcp4_options_next(options, &offset, &value)) {
		uint8_t *to = options->bytes + used;

		value.size = without_repetition(&value);
		value.size = without_nuls(&value);
		if (!option_is_valid(value.code, value.bytes, value.size))
			continue;
		to[0] = value.code;
		to[1] = (uint8_t)(value.size >> 8);
		to[2] = (uint8_t)value.size;
		memmove(to + 3, value.bytes, value.size);
		used = (uint16_t)(used + 3 + value.size);
	}
	options->used = used;
}

static void parse_header(struct reader *r, struct dhcp4_header *ret)
{
	const uint8_t *chaddr;

	ret->op = reader_u8(r);
	ret->htype = reader_u8(r);
	ret->hlen = reader_u8(r);
	ret->hops = reader_u8(r);
	ret->xid = reader_u32(r);
	ret->secs = reader_u16(r);
	ret->flags = reader_u16(r);
	ret->ciaddr = reader_u32(r);
	ret->yiaddr = reader_u32(r);
	ret->siaddr = reader_u32(r);
	ret->giaddr = reader_u32(r);
	chaddr = reader_bytes(r, DHCP4_CHADDR_SIZE);
	if (chaddr)
		memcpy(ret->chaddr, chaddr, DHCP4_CHADDR_SIZE);
}

/* A field that is no options field is a string, ended by a NUL or full. */
static void copy_string(char *to, struct reader field)
{
	while (field.left && *field.at)
		*to++ = (char)reader_u8(&field);
	*to = '\0';
}

struct dhcp4_pieces dhcp4_message_pieces(const void *payload, size_t size,
					 uint8_t code)
{
	struct dhcp4_pieces pieces = { .code = code, .count = 1 };
	struct reader r = reader_over(payload, size), sname, file;
	unsigned overload;

	reader_bytes(&r, HEADER_SIZE);
	sname = reader_sub(&r, DHCP4_SNAME_SIZE);
	file = reader_sub(&r, DHCP4_FILE_SIZE);
	reader_u32(&r);
	pieces.field[0] = r;
	overload = find_overload(r);
	if (overload & DHCP4_OVERLOAD_FILE)
		pieces.field[pieces.count++] = file;
	if (overload & DHCP4_OVERLOAD_SNAME)
		pieces.field[pieces.count++] = sname;
	return pieces;
}

bool dhcp4_pieces_next(struct dhcp4_pieces *pieces, struct option_value *ret)
{
	for (; pieces->at < pieces->count; pieces->at++) {
		while (next_option(&pieces->field[pieces->at], ret)) {
			if (ret->code == pieces->code)
				return true;
		}
	}
	return false;
}

enum reject dhcp4_message_parse(const void *payload, size_t size,
				struct dhcp4_message *ret)
{
	struct reader r = reader_over(payload, size), sname, file;
	struct fields fields = { .count = 1 };
	struct option_value type;
	uint16_t sizes[256];
	unsigned overload;
	uint32_t cookie;

	if (size > DHCP4_MESSAGE_MAX)
		return REJECT_MESSAGE_LONG;
	parse_header(&r, &ret->header);
	sname = reader_sub(&r, DHCP4_SNAME_SIZE);
	file = reader_sub(&r, DHCP4_FILE_SIZE);
	cookie = reader_u32(&r);
	if (r.failed)
		return REJECT_MESSAGE_SHORT;
	if (cookie != DHCP4_MAGIC_COOKIE)
		return REJECT_COOKIE;

	ret->sname[0] = ret->file[0] = '\0';
	fields.reader[0] = r;
	overload = find_overload(r);
	if (overload & DHCP4_OVERLOAD_FILE)
		fields.reader[fields.count++] = file;
	else
		copy_string(ret->file, file);
	if (overload & DHCP4_OVERLOAD_SNAME)
		fields.reader[fields.count++] = sname;
	else
		copy_string(ret->sname, sname);

	measure(fields, sizes);
	join(fields, sizes, &ret->options);
	validate(&ret->options);
	if (dhcp4_options_get(&ret->options, DHCP4_OPTION_MESSAGE_TYPE, &type)) {
		ret->type = type.bytes[0];
		return REJECT_NONE;
	}
	/* Neither where the type is no type, nor where it may be cut off. */
	if (sizes[DHCP4_OPTION_MESSAGE_TYPE] || size < DHCP4_MESSAGE_MIN)
		return REJECT_MESSAGE_TYPE;
	ret->type = DHCP4_TYPE_BOOTP;
	return REJECT_NONE;
}

void dhcp4_header_write(struct writer *w, const struct dhcp4_header *header)
{
	writer_u8(w, header->op);
	writer_u8(w, header->htype);
	writer_u8(w, header->hlen);
	writer_u8(w, header->hops);
	writer_u32(w, header->xid);
	writer_u16(w, header->secs);
	writer_u16(w, header->flags);
	writer_u32(w, header->ciaddr);
	writer_u32(w, header->yiaddr);
	writer_u32(w, header->siaddr);
	writer_u32(w, header->giaddr);
	writer_bytes(w, header->chaddr, DHCP4_CHADDR_SIZE);
	writer_pad(w, w->used + DHCP4_SNAME_SIZE + DHCP4_FILE_SIZE);
	writer_u32(w, DHCP4_MAGIC_COOKIE);
}

void dhcp4_message_begin(struct writer *w, const struct dhcp4_header *header,
			 enum dhcp4_type type)
{
	dhcp4_header_write(w, header);
	option_write_u8(w, DHCP4_OPTION_MESSAGE_TYPE, (uint8_t)type);
}

void dhcp4_message_end(struct writer *w, size_t start)
{
	writer_u8(w, DHCP4_OPTION_END);
	writer_pad(w, start + DHCP4_MESSAGE_MIN);
}
