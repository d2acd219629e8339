/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What options.def says of options, and sets of options that obey it. Nothing else
 * in the tree knows an option's length.
 */
#include "core/option.h"

#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "core/shapes.h"

/* Rules by format; what the RFC says of the length is in the arguments. */
/* clang-format off */
#define RULE(format, multiple, min, max) \
	{ OPTION_FORMAT_##format, multiple, min, max, 0 }
#define OCTETS(min, max) RULE(OCTETS, 1, min, max)
#define TEXT RULE(TEXT, 1, 1, UINT16_MAX)
#define ADDRESS RULE(IPV4, 4, 4, 4)
#define ADDRESSES RULE(IPV4_LIST, 4, 4, UINT16_MAX)
#define PAIRS RULE(IPV4_PAIRS, 8, 8, UINT16_MAX)
#define FLAG RULE(FLAG, 1, 1, 1)
#define NUMBER8(least) { OPTION_FORMAT_U8, 1, 1, 1, least }
#define NUMBER16(least) { OPTION_FORMAT_U16, 2, 2, 2, least }
#define NUMBERS16(least) { OPTION_FORMAT_U16_LIST, 2, 2, UINT16_MAX, least }
#define NUMBER32 RULE(U32, 4, 4, 4)
/* What shapes.c knows more of. */
#define SHAPED(min) OCTETS(min, UINT16_MAX)

/* NOLINTBEGIN(bugprone-macro-parentheses): braces, and an array of characters */
#define OPTION(code, name, rule) ROW_##code,
enum row {
	ROW_NONE,
#include "core/options.def"
	ROW_COUNT
};
#undef OPTION
_Static_assert(ROW_COUNT <= UINT8_MAX + 1, "a row's number is an octet");

/* What is not listed is in the first row, whose name is none. */
#define OPTION(code, name, rule) [code] = ROW_##code,
static const uint8_t row_of[256] = {
#include "core/options.def"
};
#undef OPTION

#define OPTION(code, name, rule) [ROW_##code] = rule,
static const struct option_rule rules[ROW_COUNT] = {
	[ROW_NONE] = OCTETS(0, UINT16_MAX),
#include "core/options.def"
};
#undef OPTION

/* Names stand one behind another, and 0 is where no name is: no pointers. */
#define OPTION(code, name, rule) char of_##code[sizeof(name)];
struct names {
	char none;
#include "core/options.def"
};
#undef OPTION

#define OPTION(code, name, rule) .of_##code = name,
static const struct names names = {
#include "core/options.def"
};
#undef OPTION

#define OPTION(code, name, rule) [ROW_##code] = offsetof(struct names, of_##code),
static const uint16_t name_at[ROW_COUNT] = {
#include "core/options.def"
};
#undef OPTION
/* NOLINTEND(bugprone-macro-parentheses) */
/* clang-format on */

const char *option_name(uint8_t code)
{
	uint16_t at = name_at[row_of[code]];

	return at ? (const char *)&names + at : NULL;
}

const struct option_rule *option_rule(uint8_t code)
{
	return &rules[row_of[code]];
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

void dhcp4_options_copy(struct dhcp4_options *to, const struct dhcp4_options *from)
{
	to->used = from->used;
	memcpy(to->bytes, from->bytes, from->used);
}

bool dhcp4_options_next(const struct dhcp4_options *options, uint16_t *offset,
			struct option_value *ret)
{
	const uint8_t *at = options->bytes + *offset;
	unsigned left = (unsigned)options->used - *offset;

	if (left == 0)
		return false;
	/* A third of all time goes by in here: no reader. */
	ASSERT(left >= 3 && left <= sizeof(options->bytes));
	ret->code = at[0];
	ret->size = (uint16_t)(at[1] << 8 | at[2]);
	ret->bytes = at + 3;
	ASSERT(ret->size <= left - 3);
	*offset = (uint16_t)(*offset + 3 + ret->size);
	return true;
}

bool dhcp4_options_get(const struct dhcp4_options *options, uint8_t code,
		       struct option_value *ret)
{
	struct option_value value;
	uint16_t offset = 0;

	while (dhcp4_options_next(options, &offset, &value) &&
	       value.code <= code) {
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
