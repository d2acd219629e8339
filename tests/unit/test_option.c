/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options: what each code may hold, written down here a second time from the
 * RFCs, and sets of options.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/message.h"

Suite *test_option_suite(void);

/* ---- the table ------------------------------------------------------- */

#define CODES(...) \
	(const uint8_t[]) \
	{ \
		__VA_ARGS__, 0 \
	}
#define NONE 0xffff

/* The legal lengths of codes: min to max, multiples of `of`; max 0: no limit. */
static const struct {
	const uint8_t *codes;
	unsigned min, max, of;
} lengths[] = {
	/* addresses and numbers of four octets */
	{ CODES(1, 2, 16, 24, 28, 32, 35, 38, 50, 51, 54, 58, 59, 91, 108, 118,
		152, 153, 154, 155, 211),
	  4, 4, 4 },
	/* lists of addresses; of home agents, none is one of the answers */
	{ CODES(3, 4, 5, 6, 7, 8, 9, 10, 11, 41, 42, 44, 45, 48, 49, 65, 69, 70,
		71, 72, 73, 74, 75, 76, 85, 89, 92, 112, 136, 138, 142, 148, 150),
	  4, 0, 4 },
	{ CODES(68), 0, 0, 4 },
	{ CODES(21, 33), 8, 0, 8 },
	/* text */
	{ CODES(12, 14, 15, 17, 18, 40, 47, 56, 62, 64, 66, 67, 86, 87, 95, 98,
		113, 209, 210, 252),
	  1, 0, 1 },
	/* on or off */
	{ CODES(19, 20, 27, 29, 30, 31, 34, 36, 39, 116), 1, 1, 1 },
	/* numbers of one octet, of two, and lists of these */
	{ CODES(23, 37, 46, 52, 53, 156, 157), 1, 1, 1 },
	{ CODES(13, 22, 26, 57), 2, 2, 2 },
	{ CODES(25, 93, 117), 2, 0, 2 },
	/* octets, and records of fixed length or of any */
	{ CODES(43, 55, 60, 77, 128, 129, 130, 131, 132, 133, 134, 135, 145,
		151, 175, 176, 177, 220, 221),
	  1, 0, 1 },
	{ CODES(94), 3, 3, 1 },
	{ CODES(159, 208), 4, 4, 1 },
	{ CODES(109, 123, 144), 16, 16, 1 },
	{ CODES(97), 17, 17, 1 },
	{ CODES(79), 1, 0, 1 },
	{ CODES(81), 3, 0, 1 },
	{ CODES(90), 11, 0, 1 },
	{ CODES(121, 249), 5, 0, 1 },
	{ CODES(80), 0, NONE, 1 },
	/* whatever a relay left, whoever an identifier names, what is unknown */
	{ CODES(61, 82, 230, 231, 254), 0, 0, 1 },
};

/* What is in these counts, not only how much: test_shapes.c has examples. */
static const uint8_t shaped[] = { 63,  78,  83,	 88,  99,  100, 101, 114, 119,
				  120, 122, 124, 125, 137, 139, 140, 141, 143,
				  146, 147, 158, 161, 162, 212, 213 };

/* An octet of a value of which no two parts are equal, legal in any number. */
static uint8_t filler(uint8_t code, unsigned i)
{
	return (uint8_t)(i + (code == 22 || code == 57 ? 3 : 1));
}

static bool is_legal_length(size_t row, unsigned size)
{
	unsigned max = lengths[row].max;

	if (max == NONE)
		return size == 0;
	return size >= lengths[row].min && (!max || size <= max) &&
	       size % lengths[row].of == 0;
}

/*
 * A message of option 53, one other option and End: true if it is found again,
 * in that length.
 */
static bool is_kept(uint8_t code, const uint8_t *bytes, uint8_t size)
{
	static struct dhcp4_message message;
	static const struct dhcp4_header header = { .op = DHCP4_OP_REPLY };
	uint8_t payload[DHCP4_MESSAGE_MAX];
	struct writer w = writer_over(payload, sizeof(payload));
	struct option_value value;

	dhcp4_message_begin(&w, &header, DHCP4_TYPE_OFFER);
	writer_u8(&w, code);
	writer_u8(&w, size);
	writer_bytes(&w, bytes, size);
	dhcp4_message_end(&w, 0);
	ck_assert(!w.failed);
	if (dhcp4_message_parse(payload, w.used, &message) != REJECT_NONE)
		return false;
	if (!dhcp4_options_get(&message.options, code, &value))
		return false;
	ck_assert_uint_eq(value.size, size);
	ck_assert_mem_eq(value.bytes, bytes, size);
	return true;
}

/*
 * Covers: 2132-3.3-01 2132-3.4-01 2132-3.5-01 2132-3.6-01 2132-3.8-01
 * Covers: 2132-3.15-01 2132-3.16-01 2132-3.17-01 2132-4.3-01 2132-5.3-01
 * Covers: 2132-5.8-01 2132-8.1-01 2132-8.2-01 2132-8.13-01 2132-9.2-01
 * Covers: 2132-9.7-01 2132-9.9-01 2132-9.11-01 DF-opt-08
 */
START_TEST(lengths_are_those_of_the_rfcs)
{
	for (size_t row = 0; row < ARRAY_SIZE(lengths); row++) {
		for (const uint8_t *c = lengths[row].codes; *c; c++) {
			uint8_t code = *c, bytes[255];

			/* These two are the message's own. */
			if (code == 52 || code == 53)
				continue;
			for (unsigned i = 0; i < sizeof(bytes); i++)
				bytes[i] = filler(code, i);
			for (unsigned size = 0; size <= 255; size++)
				ck_assert_msg(
					is_kept(code, bytes, (uint8_t)size) ==
						is_legal_length(row, size),
					"option %u of %u octets", code, size);
		}
	}
}
END_TEST

START_TEST(each_named_code_has_lengths_here)
{
	unsigned named = 0, here = 0;

	for (unsigned code = 0; code < 256; code++)
		named += option_name((uint8_t)code) != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(shaped); i++)
		here += option_name(shaped[i]) != NULL;
	for (size_t row = 0; row < ARRAY_SIZE(lengths); row++) {
		for (const uint8_t *c = lengths[row].codes; *c; c++)
			here += option_name(*c) != NULL;
	}
	ck_assert_uint_eq(here, named);
}
END_TEST

START_TEST(names_are_unlike)
{
	for (unsigned a = 0; a < 256; a++) {
		const char *name = option_name((uint8_t)a);

		if (!name)
			continue;
		ck_assert_uint_eq(
			strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
			strlen(name));
		for (unsigned b = 0; b < a; b++) {
			const char *other = option_name((uint8_t)b);

			ck_assert(!other || strcmp(name, other) != 0);
		}
	}
}
END_TEST

START_TEST(unknown_codes_hold_anything)
{
	const struct option_rule *rule = option_rule(230);

	ck_assert_ptr_null(option_name(230));
	ck_assert_int_eq(rule->format, OPTION_FORMAT_OCTETS);
	ck_assert(option_is_valid(230, NULL, 0));
	ck_assert(!option_is_valid(230, (const uint8_t *)"", 65536));
}
END_TEST

static bool valid(uint8_t code, const void *bytes, size_t size)
{
	/* A copy of just this size, so that a read behind it is seen. */
	uint8_t copy[64];

	memcpy(copy + sizeof(copy) - size, bytes, size);
	return option_is_valid(code, copy + sizeof(copy) - size, size);
}

/* Covers: 2132-4.1-01 */
START_TEST(flags_are_0_or_1)
{
	static const uint8_t codes[] = { 19, 20, 27, 29, 30, 31, 34, 36, 39, 116 };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		for (unsigned value = 0; value < 256; value++) {
			uint8_t octet = (uint8_t)value;

			ck_assert_int_eq(valid(codes[i], &octet, 1), value < 2);
			ck_assert_int_eq(is_kept(codes[i], &octet, 1), value < 2);
		}
	}
}
END_TEST

/* Covers: 2132-4.4-01 2132-5.1-01 2132-9.10-01 DF-mtu-01 */
START_TEST(numbers_have_a_least_value)
{
	static const struct {
		uint8_t code, size;
		uint32_t least;
	} rows[] = {
		{ 22, 2, 576 }, { 23, 1, 1 },	{ 25, 2, 68 },
		{ 26, 2, 68 },	{ 37, 1, 1 },	{ 52, 1, 1 },
		{ 53, 1, 1 },	{ 57, 2, 576 }, { 13, 2, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t bytes[2];

		for (uint32_t n = 0; n <= 600 && n >> 8 * rows[i].size == 0; n++) {
			bytes[0] = (uint8_t)(n >> 8);
			bytes[1] = (uint8_t)n;
			ck_assert_msg(valid(rows[i].code, bytes + 2 - rows[i].size,
					    rows[i].size) == (n >= rows[i].least),
				      "option %u = %u", rows[i].code, n);
		}
	}
	ck_assert(valid(25, "\x00\x44\x05\xdc", 4));
	ck_assert(!valid(25, "\x00\x44\x00\x43", 4));
}
END_TEST

/* Covers: 2132-8.7-01 */
START_TEST(node_types_are_single_bits)
{
	for (unsigned value = 0; value < 256; value++) {
		uint8_t octet = (uint8_t)value;

		ck_assert_int_eq(is_kept(46, &octet, 1),
				 value == 1 || value == 2 || value == 4 ||
					 value == 8);
	}
}
END_TEST

/* Any 32-bit number is one: option 51 of 0 is the lease's matter. */
START_TEST(numbers_of_32_bits_are_free)
{
	ck_assert(valid(51, "\0\0\0\0", 4));
	ck_assert(valid(51, "\xff\xff\xff\xff", 4));
	ck_assert(valid(2, "\xff\xff\xf1\xf0", 4));
	ck_assert(valid(1, "\0\0\0\0", 4));
}
END_TEST

/* ---- sets ------------------------------------------------------------ */

static struct dhcp4_options set;

static void setup(void)
{
	memset(&set, 0xee, sizeof(set));
	set.used = 0;
}

START_TEST(empty_set)
{
	struct option_value value = { .code = 9 };
	uint16_t offset = 0;
	uint32_t number = 5;

	ck_assert(!dhcp4_options_next(&set, &offset, &value));
	ck_assert(!dhcp4_options_get(&set, 1, &value));
	ck_assert(!dhcp4_options_get_u32(&set, 51, &number));
	ck_assert_uint_eq(number, 5);
	ck_assert_uint_eq(value.code, 9);
}
END_TEST

START_TEST(set_is_walked_in_order)
{
	struct option_value value;
	uint16_t offset = 0;

	ck_assert(dhcp4_options_append(&set, 1, "\xff\xff\xff\0", 4));
	ck_assert(dhcp4_options_append(&set, 80, NULL, 0));
	ck_assert(dhcp4_options_append(&set, 230, "abc", 3));

	ck_assert(dhcp4_options_next(&set, &offset, &value));
	ck_assert_uint_eq(value.code, 1);
	ck_assert_uint_eq(value.size, 4);
	ck_assert(dhcp4_options_next(&set, &offset, &value));
	ck_assert_uint_eq(value.code, 80);
	ck_assert_uint_eq(value.size, 0);
	ck_assert(dhcp4_options_next(&set, &offset, &value));
	ck_assert_uint_eq(value.code, 230);
	ck_assert_mem_eq(value.bytes, "abc", 3);
	ck_assert(!dhcp4_options_next(&set, &offset, &value));
	ck_assert_uint_eq(offset, set.used);
}
END_TEST

/* Covers: 2132-2-05 */
START_TEST(numbers_are_read_from_a_set)
{
	uint32_t number = 0;

	ck_assert(dhcp4_options_append(&set, 51, "\x00\x00\x0e\x10", 4));
	ck_assert(dhcp4_options_append(&set, 230, "abc", 3));
	ck_assert(dhcp4_options_get_u32(&set, 51, &number));
	ck_assert_uint_eq(number, 3600);
	ck_assert(!dhcp4_options_get_u32(&set, 230, &number));
	ck_assert_uint_eq(number, 3600);
}
END_TEST

/* Covers: 2132-3.5-02 */
START_TEST(addresses_are_read_by_number)
{
	ipv4_addr address = 0;

	ck_assert(dhcp4_options_append(&set, 3, "\x0a\0\0\x01\x0a\0\0\x02", 8));
	ck_assert(dhcp4_options_get_address(&set, 3, 0, &address));
	ck_assert_uint_eq(address, 0x0a000001);
	ck_assert(dhcp4_options_get_address(&set, 3, 1, &address));
	ck_assert_uint_eq(address, 0x0a000002);
	ck_assert(!dhcp4_options_get_address(&set, 3, 2, &address));
	ck_assert(!dhcp4_options_get_address(&set, 3, UINT32_MAX, &address));
	ck_assert(!dhcp4_options_get_address(&set, 6, 0, &address));
	ck_assert_uint_eq(address, 0x0a000002);
}
END_TEST

/* A set stays as it was where an option may not be appended. */
START_TEST(append_refuses)
{
	struct dhcp4_options before;

	ck_assert(dhcp4_options_append(&set, 51, "\x00\x00\x0e\x10", 4));
	before = set;
	ck_assert(!dhcp4_options_append(&set, 51, "\x00\x00\x0e\x10", 4));
	ck_assert(!dhcp4_options_append(&set, 3, "\x0a\0\0\x01", 4));
	ck_assert(!dhcp4_options_append(&set, 54, "\x0a\0\0", 3));
	ck_assert(!dhcp4_options_append(&set, 0, NULL, 0));
	ck_assert(!dhcp4_options_append(&set, 255, NULL, 0));
	ck_assert_uint_eq(set.used, before.used);
	ck_assert_mem_eq(set.bytes, before.bytes, sizeof(set.bytes));
}
END_TEST

START_TEST(append_refuses_pad_and_end_in_an_empty_set)
{
	ck_assert(!dhcp4_options_append(&set, 0, NULL, 0));
	ck_assert(!dhcp4_options_append(&set, 255, NULL, 0));
	ck_assert_uint_eq(set.used, 0);
}
END_TEST

START_TEST(append_ends_where_the_set_is_full)
{
	static const uint8_t bytes[DHCP4_OPTIONS_SIZE];

	ck_assert(!dhcp4_options_append(&set, 230, bytes, DHCP4_OPTIONS_SIZE - 2));
	ck_assert_uint_eq(set.used, 0);
	ck_assert(dhcp4_options_append(&set, 230, bytes, DHCP4_OPTIONS_SIZE - 3));
	ck_assert_uint_eq(set.used, DHCP4_OPTIONS_SIZE);
	ck_assert(!dhcp4_options_append(&set, 231, NULL, 0));
}
END_TEST

START_TEST(options_are_put_in_their_place)
{
	static const uint8_t all[] = { 3, 0, 4, 1, 1, 1, 1, 12, 0, 2, 8, 8 };
	static const struct {
		uint8_t code, size;
		uint8_t bytes[4];
		size_t used;
		uint8_t whole[20];
	} rows[] = {
		{ 1,
		  4,
		  { 9, 9, 9, 9 },
		  19,
		  { 1, 0, 4, 9, 9, 9, 9, 3, 0, 4, 1, 1, 1, 1, 12, 0, 2, 8, 8 } },
		{ 3, 4, { 9, 9, 9, 9 }, 12, { 3, 0, 4, 9, 9, 9, 9, 12, 0, 2, 8, 8 } },
		{ 5,
		  4,
		  { 9, 9, 9, 9 },
		  19,
		  { 3, 0, 4, 1, 1, 1, 1, 5, 0, 4, 9, 9, 9, 9, 12, 0, 2, 8, 8 } },
		{ 12, 1, { 9 }, 11, { 3, 0, 4, 1, 1, 1, 1, 12, 0, 1, 9 } },
		{ 15,
		  1,
		  { 9 },
		  16,
		  { 3, 0, 4, 1, 1, 1, 1, 12, 0, 2, 8, 8, 15, 0, 1, 9 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set.used = sizeof(all);
		memcpy(set.bytes, all, sizeof(all));
		ck_assert(!dhcp4_options_put(&set, rows[i].code, "", 0));
		ck_assert(dhcp4_options_put(&set, rows[i].code, rows[i].bytes,
					    rows[i].size));
		ck_assert_uint_eq(set.used, rows[i].used);
		ck_assert_mem_eq(set.bytes, rows[i].whole, rows[i].used);
	}
}
END_TEST

START_TEST(put_ends_where_the_set_is_full)
{
	static const uint8_t bytes[DHCP4_OPTIONS_SIZE];

	set.used = 0;
	ck_assert(!dhcp4_options_put(&set, 230, bytes, DHCP4_OPTIONS_SIZE - 2));
	ck_assert(dhcp4_options_put(&set, 230, bytes, DHCP4_OPTIONS_SIZE - 3));
	ck_assert(!dhcp4_options_put(&set, 229, bytes, 0));
	ck_assert(dhcp4_options_put(&set, 230, bytes, DHCP4_OPTIONS_SIZE - 6));
	ck_assert(dhcp4_options_put(&set, 229, bytes, 0));
	ck_assert_uint_eq(set.used, DHCP4_OPTIONS_SIZE);
}
END_TEST

START_TEST(options_are_removed)
{
	static const uint8_t all[] = { 1, 0, 0, 3, 0, 1, 9, 12, 0, 2, 8, 8 };
	static const struct {
		uint8_t code;
		size_t size;
		uint8_t rest[sizeof(all)];
	} rows[] = {
		{ 1, 9, { 3, 0, 1, 9, 12, 0, 2, 8, 8 } },
		{ 3, 8, { 1, 0, 0, 12, 0, 2, 8, 8 } },
		{ 12, 7, { 1, 0, 0, 3, 0, 1, 9 } },
		{ 2, 12, { 1, 0, 0, 3, 0, 1, 9, 12, 0, 2, 8, 8 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set.used = sizeof(all);
		memcpy(set.bytes, all, sizeof(all));
		dhcp4_options_remove(&set, rows[i].code);
		ck_assert_uint_eq(set.used, rows[i].size);
		ck_assert_mem_eq(set.bytes, rows[i].rest, rows[i].size);
	}
	set.used = 0;
	dhcp4_options_remove(&set, 1);
	ck_assert_uint_eq(set.used, 0);
}
END_TEST

/* ---- writing --------------------------------------------------------- */

/* Covers: 3396-4-03 3396-4-04 3396-6-01 */
START_TEST(long_values_are_split)
{
	static const struct {
		size_t size;
		unsigned pieces;
	} rows[] = { { 0, 1 },	 { 1, 1 },   { 254, 1 }, { 255, 1 },
		     { 256, 2 }, { 510, 2 }, { 511, 3 }, { 600, 3 } };
	uint8_t value[600], out[700];

	for (unsigned i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)(i * 7);
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		struct writer w = writer_over(out, sizeof(out));
		size_t at = 0, joined = 0;
		unsigned pieces = 0;

		option_write(&w, 77, value, rows[row].size);
		ck_assert(!w.failed);
		while (at < w.used) {
			size_t left = rows[row].size - joined;

			ck_assert_uint_eq(out[at], 77);
			ck_assert_uint_eq(out[at + 1], left > 255 ? 255 : left);
			ck_assert_int_eq(memcmp(out + at + 2, value + joined,
						out[at + 1]),
					 0);
			joined += out[at + 1];
			at += 2U + out[at + 1];
			pieces++;
		}
		ck_assert_uint_eq(joined, rows[row].size);
		ck_assert_uint_eq(pieces, rows[row].pieces);
	}
}
END_TEST

START_TEST(numbers_are_written)
{
	static const uint8_t expected[] = { 53, 1,  3, 57, 2, 5,  220, 50,
					    4,	10, 0, 1,  5, 80, 0 };
	uint8_t out[32];
	struct writer w = writer_over(out, sizeof(out));

	option_write_u8(&w, 53, 3);
	option_write_u16(&w, 57, 1500);
	option_write_u32(&w, 50, 0x0a000105);
	option_write(&w, 80, NULL, 0);
	ck_assert_uint_eq(w.used, sizeof(expected));
	ck_assert_mem_eq(out, expected, sizeof(expected));
}
END_TEST

static TCase *table_tests(void)
{
	TCase *tcase = tcase_create("table");

	tcase_add_test(tcase, lengths_are_those_of_the_rfcs);
	tcase_add_test(tcase, each_named_code_has_lengths_here);
	tcase_add_test(tcase, names_are_unlike);
	tcase_add_test(tcase, unknown_codes_hold_anything);
	tcase_add_test(tcase, flags_are_0_or_1);
	tcase_add_test(tcase, numbers_have_a_least_value);
	tcase_add_test(tcase, node_types_are_single_bits);
	tcase_add_test(tcase, numbers_of_32_bits_are_free);
	return tcase;
}

static TCase *set_tests(void)
{
	TCase *tcase = tcase_create("sets");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, empty_set);
	tcase_add_test(tcase, set_is_walked_in_order);
	tcase_add_test(tcase, numbers_are_read_from_a_set);
	tcase_add_test(tcase, addresses_are_read_by_number);
	tcase_add_test(tcase, append_refuses);
	tcase_add_test(tcase, append_refuses_pad_and_end_in_an_empty_set);
	tcase_add_test(tcase, append_ends_where_the_set_is_full);
	tcase_add_test(tcase, options_are_removed);
	tcase_add_test(tcase, options_are_put_in_their_place);
	tcase_add_test(tcase, put_ends_where_the_set_is_full);
	tcase_add_test(tcase, long_values_are_split);
	tcase_add_test(tcase, numbers_are_written);
	return tcase;
}

Suite *test_option_suite(void)
{
	Suite *suite = suite_create("option");

	suite_add_tcase(suite, table_tests());
	suite_add_tcase(suite, set_tests());
	return suite;
}
