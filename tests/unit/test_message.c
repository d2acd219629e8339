/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: what is read of octets that are right, cut, split, repeated or
 * random, and that what was built is read again. Overreads are AddressSanitizer's
 * to see: each payload lies in memory of just its size.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/message.h"

Suite *test_message_suite(void);

static struct dhcp4_message message;

/* A payload in the making, and its fields. */
static uint8_t payload[DHCP4_MESSAGE_MAX + 1];
static uint8_t *const sname = payload + 44;
static uint8_t *const file = payload + 108;
static size_t used;

static void put(const void *bytes, size_t size)
{
	ck_assert_uint_le(used + size, sizeof(payload));
	memcpy(payload + used, bytes, size);
	used += size;
}

/* An option, or several, as octets. */
#define PUT(...) \
	put((const uint8_t[]){ __VA_ARGS__ }, \
	    sizeof((const uint8_t[]){ __VA_ARGS__ }))

#define FIELD(field, ...) \
	memcpy(field, (const uint8_t[]){ __VA_ARGS__ }, \
	       sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* A message without options but 53, an OFFER. */
static void setup(void)
{
	memset(payload, 0, sizeof(payload));
	payload[0] = DHCP4_OP_REPLY;
	used = 236;
	PUT(0x63, 0x82, 0x53, 0x63, 53, 1, 2);
}

static enum reject parse_octets(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	enum reject why;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, size);
	memset(&message, 0xee, sizeof(message));
	why = dhcp4_message_parse(copy, size, &message);
	free(copy);
	return why;
}

static enum reject parse(void)
{
	return parse_octets(payload, used);
}

static bool has(uint8_t code)
{
	struct option_value value;

	return dhcp4_options_get(&message.options, code, &value);
}

/* Asserts that an option was read, as just these octets. */
static void check_option(uint8_t code, const void *bytes, size_t size)
{
	struct option_value value;

	ck_assert_msg(dhcp4_options_get(&message.options, code, &value),
		      "no option %u", code);
	ck_assert_uint_eq(value.size, size);
	ck_assert_int_eq(memcmp(value.bytes, bytes, size), 0);
}

#define CHECK_OPTION(code, ...) \
	check_option(code, (const uint8_t[]){ __VA_ARGS__ }, \
		     sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* What holds of every set: ascending codes, valid values, nothing of 52. */
static void check_set(const struct dhcp4_options *options)
{
	struct option_value value;
	uint16_t offset = 0;
	int last = 0;

	ck_assert_uint_le(options->used, sizeof(options->bytes));
	while (dhcp4_options_next(options, &offset, &value)) {
		ck_assert_int_gt(value.code, last);
		ck_assert_int_ne(value.code, DHCP4_OPTION_OVERLOAD);
		ck_assert_int_ne(value.code, DHCP4_OPTION_END);
		ck_assert(option_is_valid(value.code, value.bytes, value.size));
		last = value.code;
	}
	ck_assert_uint_eq(offset, options->used);
}

/* ---- fixed fields ---------------------------------------------------- */

/* Covers: 951-3-01 */
START_TEST(header_is_read)
{
	static const struct dhcp4_header header = {
		.op = 2,
		.htype = 1,
		.hlen = 6,
		.hops = 3,
		.xid = 0x01020304,
		.secs = 0x0506,
		.flags = 0x8007,
		.ciaddr = 0x0a000001,
		.yiaddr = 0x0a000002,
		.siaddr = 0x0a000003,
		.giaddr = 0xc0a80001,
		.chaddr = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
			    16 },
	};
	struct writer w = writer_over(payload, sizeof(payload));

	dhcp4_message_begin(&w, &header, DHCP4_TYPE_ACK);
	dhcp4_message_end(&w, 0);
	ck_assert_mem_eq(payload, "\2\1\6\3\1\2\3\4\5\6\x80\7", 12);
	ck_assert_int_eq(parse_octets(payload, w.used), REJECT_NONE);
	ck_assert_mem_eq(&message.header, &header, sizeof(header));
	ck_assert_uint_eq(message.type, DHCP4_TYPE_ACK);
	ck_assert_str_eq(message.sname, "");
	ck_assert_str_eq(message.file, "");
}
END_TEST

/* Covers: 2131-3-01 2131-4.1-01 2131-4.4.1-T5-04 */
START_TEST(built_message_has_its_form)
{
	static const struct dhcp4_header header = { .op = 1 };
	struct writer w = writer_over(payload, sizeof(payload));

	memset(payload, 0xee, sizeof(payload));
	dhcp4_message_begin(&w, &header, DHCP4_TYPE_DISCOVER);
	dhcp4_message_end(&w, 0);
	ck_assert_uint_eq(w.used, DHCP4_MESSAGE_MIN);
	for (size_t i = 44; i < 236; i++)
		ck_assert_uint_eq(payload[i], 0);
	ck_assert_mem_eq(payload + 236, "\x63\x82\x53\x63\x35\1\1\xff", 8);
	for (size_t i = 244; i < DHCP4_MESSAGE_MIN; i++)
		ck_assert_uint_eq(payload[i], 0);
	ck_assert_uint_eq(payload[DHCP4_MESSAGE_MIN], 0xee);
}
END_TEST

START_TEST(message_is_padded_from_its_start)
{
	static const struct dhcp4_header header = { .op = 1 };
	struct writer w = writer_over(payload, sizeof(payload));

	writer_pad(&w, 28);
	dhcp4_message_begin(&w, &header, DHCP4_TYPE_DISCOVER);
	dhcp4_message_end(&w, 28);
	ck_assert_uint_eq(w.used, 28 + DHCP4_MESSAGE_MIN);
	option_write(&w, 230, payload, 200);
	dhcp4_message_end(&w, 28);
	ck_assert_uint_eq(w.used, 28 + DHCP4_MESSAGE_MIN + 202 + 1);
}
END_TEST

START_TEST(message_that_does_not_fit_fails)
{
	static const struct dhcp4_header header = { .op = 1 };

	for (size_t size = 0; size < DHCP4_MESSAGE_MIN; size++) {
		struct writer w = writer_over(payload, size);

		dhcp4_message_begin(&w, &header, DHCP4_TYPE_DISCOVER);
		dhcp4_message_end(&w, 0);
		ck_assert(w.failed);
	}
}
END_TEST

/* Covers: DF-frame-01 */
START_TEST(short_messages_are_read)
{
	while (used < 300) {
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert_uint_eq(message.type, DHCP4_TYPE_OFFER);
		PUT(0);
	}
}
END_TEST

/* Covers: DF-frame-02 1542-2.1-03 */
START_TEST(truncated_messages_are_refused)
{
	for (size_t size = 0; size < used; size++)
		ck_assert_int_eq(parse_octets(payload, size),
				 size < 240 ? REJECT_MESSAGE_SHORT
					    : REJECT_MESSAGE_TYPE);
	ck_assert_int_eq(parse(), REJECT_NONE);
}
END_TEST

/* Covers: 2131-2-02 1542-2.1-01 */
START_TEST(large_messages_are_read)
{
	static const size_t sizes[] = { 400, 548, 1400, DHCP4_MESSAGE_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		setup();
		while (sizes[i] - used >= 6)
			PUT(230, 2, 1, 2);
		while (sizes[i] - used > 2)
			PUT(0);
		PUT(240, 0);
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert(has(240));
		check_set(&message.options);
	}
	setup();
	used = DHCP4_MESSAGE_MAX + 1;
	ck_assert_int_eq(parse(), REJECT_MESSAGE_LONG);
}
END_TEST

/* Covers: DF-msg-01 */
START_TEST(cookie_is_asked_for)
{
	for (size_t i = 236; i < 240; i++) {
		payload[i]++;
		ck_assert_int_eq(parse(), REJECT_COOKIE);
		payload[i]--;
	}
	memset(payload + 236, 0, 4);
	ck_assert_int_eq(parse(), REJECT_COOKIE);
}
END_TEST

/* Covers: DF-msg-02 */
START_TEST(message_type_is_asked_for)
{
	used = 240;
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
	PUT(53, 0);
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
	used = 240;
	PUT(53, 2, 2, 5);
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
	used = 240;
	PUT(53, 1, 0);
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
	used = 240;
	PUT(53, 1, 200);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_uint_eq(message.type, 200);
}
END_TEST

/* ---- options in sequence --------------------------------------------- */

/* Covers: 2132-3.1-01 2132-3.3-02 */
START_TEST(pads_are_skipped)
{
	PUT(0, 0, 0, 3, 4, 10, 0, 0, 1, 0, 0, 0, 0, 1, 4, 255, 255, 255, 0, 0,
	    255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(1, 255, 255, 255, 0);
	CHECK_OPTION(3, 10, 0, 0, 1);
	check_set(&message.options);
}
END_TEST

/* Covers: 2132-3.2-01 */
START_TEST(end_ends)
{
	PUT(3, 4, 10, 0, 0, 1, 255, 3, 4, 10, 0, 0, 2, 6, 4, 10, 0, 0, 3);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(3, 10, 0, 0, 1);
	ck_assert(!has(6));
}
END_TEST

/* Covers: DF-opt-01 */
START_TEST(end_may_be_missing)
{
	PUT(3, 4, 10, 0, 0, 1);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(3, 10, 0, 0, 1);
}
END_TEST

/* Covers: 2132-2-04 DF-opt-18 */
START_TEST(unknown_options_are_skipped)
{
	uint8_t octets[255];

	memset(octets, 77, sizeof(octets));
	PUT(230, 0, 231, 255);
	put(octets, sizeof(octets));
	PUT(1, 4, 255, 255, 0, 0, 3, 4, 10, 0, 0, 1, 255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(1, 255, 255, 0, 0);
	CHECK_OPTION(3, 10, 0, 0, 1);
	check_option(230, "", 0);
	check_option(231, octets, sizeof(octets));
}
END_TEST

/* Covers: DF-opt-02 3396-5-03 */
START_TEST(option_past_the_end_is_not_read)
{
	PUT(6, 4, 10, 0, 0, 1);
	for (unsigned left = 0; left < 5; left++) {
		size_t before = used;

		PUT(3, 255);
		put("\1\2\3\4", left);
		ck_assert_int_eq(parse(), REJECT_NONE);
		CHECK_OPTION(6, 10, 0, 0, 1);
		ck_assert(!has(3));
		used = before;
	}
	/* A code without a length. */
	PUT(3);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(6, 10, 0, 0, 1);
	ck_assert(!has(3));
}
END_TEST

/* Covers: DF-opt-03 DF-msg-12 */
START_TEST(invalid_option_spoils_nothing_else)
{
	PUT(42, 3, 1, 2, 3, 82, 3, 1, 200, 9, 3, 4, 10, 0, 0, 1, 255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert(!has(42));
	CHECK_OPTION(3, 10, 0, 0, 1);
	check_set(&message.options);
}
END_TEST

/* Covers: 2132-2-02 2132-2-03 */
START_TEST(text_loses_its_trailing_nuls)
{
	PUT(12, 4, 'p', 'c', 0, 0, 15, 2, 'a', 'b', 14, 2, 0, 0, 67, 3, 'x', 0,
	    'y', 43, 2, 1, 0);
	ck_assert_int_eq(parse(), REJECT_NONE);
	check_option(12, "pc", 2);
	check_option(15, "ab", 2);
	check_option(67, "x\0y", 3);
	check_option(43, "\1\0", 2);
	ck_assert(!has(14));
}
END_TEST

/* ---- RFC 3396 and repetitions ---------------------------------------- */

/* Covers: 3396-4-01 3396-4-02 3396-7-01 */
START_TEST(parts_are_joined)
{
	PUT(6, 4, 10, 0, 0, 1, 12, 2, 'a', 'b', 230, 1, 7, 3, 3, 10, 0, 0);
	PUT(6, 4, 10, 0, 0, 2, 12, 2, 'c', 'd', 230, 0, 3, 5, 1, 10, 0, 0, 2);
	PUT(15, 1, 'x', 15, 1, 'y', 43, 1, 1, 43, 2, 2, 3, 230, 2, 8, 9);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(6, 10, 0, 0, 1, 10, 0, 0, 2);
	CHECK_OPTION(3, 10, 0, 0, 1, 10, 0, 0, 2);
	check_option(12, "abcd", 4);
	check_option(15, "xy", 2);
	CHECK_OPTION(43, 1, 2, 3);
	CHECK_OPTION(230, 7, 8, 9);
	check_set(&message.options);
}
END_TEST

/* Covers: 3442-sizing-02 3396-7-02 */
START_TEST(long_values_are_joined)
{
	uint8_t value[900];

	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)(i * 13);
	for (size_t size = 1; size <= sizeof(value); size += 37) {
		struct writer w;

		setup();
		w = writer_over(payload + used, sizeof(payload) - used);
		option_write(&w, 121, value, size);
		used += w.used;
		ck_assert_int_eq(parse(), REJECT_NONE);
		if (size >= 5)
			check_option(121, value, size);
		else
			ck_assert(!has(121));
	}
}
END_TEST

/* Covers: DF-opt-07 */
START_TEST(equal_repetitions_count_once)
{
	PUT(51, 4, 0, 0, 14, 16, 54, 4, 10, 0, 0, 1, 53, 1, 2);
	PUT(51, 4, 0, 0, 14, 16, 54, 4, 10, 0, 0, 1, 53, 1, 2);
	PUT(51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 255, 0);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_uint_eq(message.type, 2);
	CHECK_OPTION(51, 0, 0, 14, 16);
	CHECK_OPTION(54, 10, 0, 0, 1);
	CHECK_OPTION(1, 255, 255, 255, 0);
	check_set(&message.options);
}
END_TEST

/* Covers: DF-opt-07 */
START_TEST(unlike_repetitions_are_invalid)
{
	PUT(51, 4, 0, 0, 14, 16, 54, 4, 10, 0, 0, 1);
	PUT(51, 4, 0, 0, 14, 17, 54, 4, 10, 0, 0, 2);
	PUT(58, 4, 0, 0, 0, 1, 58, 4, 0, 0, 0, 1, 58, 4, 0, 0, 0, 2);
	PUT(59, 4, 0, 0, 0, 1, 59, 2, 0, 0);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert(!has(51));
	ck_assert(!has(54));
	ck_assert(!has(58));
	ck_assert(!has(59));
	PUT(53, 1, 5);
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
}
END_TEST

/* Without option 53 it is one of BOOTP, if it is whole. */
START_TEST(message_without_a_type_is_of_bootp)
{
	used = 240;
	PUT(3, 4, 10, 0, 0, 1, 255);
	memset(payload + used, 0, DHCP4_MESSAGE_MIN - used);
	used = DHCP4_MESSAGE_MIN - 1;
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
	used = DHCP4_MESSAGE_MIN;
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_uint_eq(message.type, DHCP4_TYPE_BOOTP);
	ck_assert(has(3));
	/* A type that is none is not the same. */
	used = 246;
	PUT(53, 1, 0, 255);
	used = DHCP4_MESSAGE_MIN;
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
	used = 246;
	PUT(53, 0, 255);
	used = DHCP4_MESSAGE_MIN;
	ck_assert_int_eq(parse(), REJECT_MESSAGE_TYPE);
}
END_TEST

/* A list may hold an address twice. */
START_TEST(repeated_lists_are_joined)
{
	PUT(3, 4, 10, 0, 0, 1, 3, 4, 10, 0, 0, 1);
	ck_assert_int_eq(parse(), REJECT_NONE);
	CHECK_OPTION(3, 10, 0, 0, 1, 10, 0, 0, 1);
}
END_TEST

/* ---- overload -------------------------------------------------------- */

/* Covers: DF-opt-06 2131-4.1-11 3396-5-02 2132-9.3-01 DF-opt-05 */
START_TEST(each_overload_reads_its_fields)
{
	for (unsigned overload = 0; overload < 256; overload++) {
		bool in_file = overload == 1 || overload == 3;
		bool in_sname = overload == 2 || overload == 3;

		setup();
		PUT(52, 1, (uint8_t)overload, 255);
		FIELD(file, 6, 4, 10, 0, 0, 1, 255, 3, 4, 10, 0, 0, 9);
		FIELD(sname, 42, 4, 10, 0, 0, 2, 255, 3, 4, 10, 0, 0, 9);
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert_int_eq(has(6), in_file);
		ck_assert_int_eq(has(42), in_sname);
		ck_assert(!has(3));
		ck_assert_str_eq(message.file, in_file ? "" : "\6\4\n");
		ck_assert_str_eq(message.sname, in_sname ? "" : "*\4\n");
		check_set(&message.options);
	}
}
END_TEST

/* Covers: 2131-4.1-10 3396-5-01 */
START_TEST(fields_are_joined_in_order)
{
	PUT(52, 1, 3, 67, 1, 'a', 6, 2, 10, 0, 255);
	FIELD(file, 67, 1, 'b', 6, 1, 0, 255);
	FIELD(sname, 67, 1, 'c', 6, 1, 7, 255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	check_option(67, "abc", 3);
	CHECK_OPTION(6, 10, 0, 0, 7);
}
END_TEST

/* Covers: 2132-9.4-01 */
START_TEST(options_replace_the_names)
{
	PUT(52, 1, 3, 67, 1, 'f', 255);
	FIELD(file, 66, 2, 's', 't', 255, 'x', 'x');
	FIELD(sname, 255, 'y', 'y');
	ck_assert_int_eq(parse(), REJECT_NONE);
	check_option(66, "st", 2);
	check_option(67, "f", 1);
	ck_assert_str_eq(message.sname, "");
	ck_assert_str_eq(message.file, "");
}
END_TEST

/* Covers: DF-opt-04 */
START_TEST(overload_in_a_field_is_ignored)
{
	PUT(52, 1, 1, 255);
	FIELD(file, 52, 1, 3, 6, 4, 10, 0, 0, 1, 255);
	FIELD(sname, 3, 4, 10, 0, 0, 9, 255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert(has(6));
	ck_assert(!has(3));
	ck_assert(!has(52));
}
END_TEST

/* Covers: DF-opt-05 */
START_TEST(overload_of_wrong_length_is_none)
{
	static const char text[] = "boot";

	memcpy(file, text, sizeof(text));
	PUT(52, 0);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_str_eq(message.file, "boot");
	used -= 2;
	PUT(52, 2, 1, 1);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_str_eq(message.file, "boot");
	used -= 4;
	PUT(52, 1);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_str_eq(message.file, "boot");
	used -= 2;
	PUT(52);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_str_eq(message.file, "boot");
}
END_TEST

START_TEST(first_overload_counts)
{
	PUT(52, 1, 1, 52, 1, 2);
	FIELD(file, 6, 4, 10, 0, 0, 1, 255);
	FIELD(sname, 42, 4, 10, 0, 0, 2, 255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert(has(6));
	ck_assert(!has(42));
	ck_assert(!has(52));
}
END_TEST

/* The type may lie in an overloaded field. */
START_TEST(message_type_in_file)
{
	used = 240;
	PUT(52, 1, 1, 255);
	FIELD(file, 53, 1, 5, 255);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_uint_eq(message.type, DHCP4_TYPE_ACK);
}
END_TEST

/* Covers: DF-opt-02 3396-5-03 */
START_TEST(option_does_not_leave_its_field)
{
	/* From the end of sname into file, and of file into the cookie. */
	PUT(52, 1, 3, 255);
	memset(sname, 0, 64);
	memset(file, 0, 128);
	sname[60] = 3;
	sname[61] = 4;
	FIELD(file, 10, 0, 0, 1, 1, 1);
	file[125] = 42;
	file[126] = 8;
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert(!has(3));
	ck_assert(!has(42));
	/* Codes without a length at the last octets. */
	memset(sname, 0, 64);
	memset(file, 0, 128);
	sname[63] = 3;
	file[127] = 42;
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert(!has(3));
	ck_assert(!has(42));
}
END_TEST

START_TEST(option_may_fill_its_field)
{
	PUT(52, 1, 3, 255);
	file[0] = 230;
	file[1] = 126;
	sname[0] = 231;
	sname[1] = 62;
	ck_assert_int_eq(parse(), REJECT_NONE);
	check_option(230, file + 2, 126);
	check_option(231, sname + 2, 62);
}
END_TEST

/* Covers: DF-opt-06 */
START_TEST(names_may_fill_their_fields)
{
	memset(sname, 's', 64);
	memset(file, 'f', 128);
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_uint_eq(strlen(message.sname), 64);
	ck_assert_uint_eq(strlen(message.file), 128);
	ck_assert_uint_eq(strspn(message.sname, "s"), 64);
	ck_assert_uint_eq(strspn(message.file, "f"), 128);
}
END_TEST

/* ---- anything at all ------------------------------------------------- */

/*
 * As many codes and octets as fit, split so that joining needs the most room:
 * the bound of DHCP4_OPTIONS_SIZE.
 * Covers: DF-opt-09
 */
START_TEST(fullest_message_fits)
{
	unsigned code = 1;

	PUT(52, 1, 3);
	while (used + 2 <= DHCP4_MESSAGE_MAX && code < 255) {
		PUT((uint8_t)code, 0);
		code++;
	}
	while (used + 3 <= DHCP4_MESSAGE_MAX)
		PUT(230, 1, 1);
	for (unsigned i = 0; i + 2 <= 128; i += 2)
		file[i] = (uint8_t)(190 + i / 2);
	for (unsigned i = 0; i + 2 <= 64; i += 2)
		sname[i] = (uint8_t)(160 + i / 2);
	ck_assert_int_eq(parse(), REJECT_NONE);
	check_set(&message.options);
}
END_TEST

/* A generator without merits but its speed (xorshift, Marsaglia 2003). */
static uint32_t noise_state;

static uint32_t noise(void)
{
	noise_state ^= noise_state << 13;
	noise_state ^= noise_state >> 17;
	noise_state ^= noise_state << 5;
	return noise_state;
}

/* Octets that are often codes, lengths, ends: worse than random ones. */
static uint8_t nasty(void)
{
	static const uint8_t some[] = { 0,  1,	2,  3,	4,  5,	 6,   8,
					12, 51, 52, 53, 54, 121, 254, 255 };
	uint32_t number = noise();

	return number >> 16 & 1 ? (uint8_t)number : some[number & 15];
}

START_TEST(random_octets_are_read_or_refused)
{
	unsigned read = 0;

	noise_state = 2131;
	for (int round = 0; round < 4000; round++) {
		setup();
		used = 240 + noise() % (DHCP4_MESSAGE_MAX - 239);
		for (size_t i = 44; i < 236; i++)
			payload[i] = nasty();
		for (size_t i = 240; i < used; i++)
			payload[i] = nasty();
		if (noise() >> 8 & 3 && used > 246)
			FIELD(payload + 240, 53, 1, 2, 52, 1, 3);
		if (parse() != REJECT_NONE)
			continue;
		read++;
		check_set(&message.options);
		ck_assert_uint_lt(strlen(message.sname), sizeof(message.sname));
		ck_assert_uint_lt(strlen(message.file), sizeof(message.file));
	}
	ck_assert_uint_gt(read, 2000);
}
END_TEST

/* A message with something of everything, cut at each octet. */
START_TEST(every_truncation_is_read_or_refused)
{
	PUT(52, 1, 3, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 14, 16, 0, 0);
	PUT(121, 5, 0, 10, 0, 0, 1, 12, 3, 'a', 'b', 0, 43, 2, 1, 2, 255);
	FIELD(file, 6, 4, 10, 0, 0, 1, 255);
	FIELD(sname, 119, 3, 1, 'a', 0, 255);
	for (size_t size = 0; size <= used; size++) {
		enum reject why = parse_octets(payload, size);

		ck_assert_int_eq(why, size < 240   ? REJECT_MESSAGE_SHORT
				      : size < 243 ? REJECT_MESSAGE_TYPE
						   : REJECT_NONE);
		if (why == REJECT_NONE)
			check_set(&message.options);
	}
}
END_TEST

/* What a set holds is the same after it was written and read again. */
START_TEST(built_options_are_read_again)
{
	static struct dhcp4_message first;
	struct option_value value;

	noise_state = 3396;
	for (int round = 0; round < 300; round++) {
		struct writer w = writer_over(payload, DHCP4_MESSAGE_MAX);
		uint16_t offset = 0;

		setup();
		for (int i = 0; i < 20 && used < 900; i++) {
			PUT((uint8_t)noise(), (uint8_t)(noise() % 60));
			used += payload[used - 1];
		}
		used += noise() % 100;
		if (parse() != REJECT_NONE)
			continue;
		first = message;
		dhcp4_message_begin(&w, &first.header, DHCP4_TYPE_OFFER);
		while (dhcp4_options_next(&first.options, &offset, &value)) {
			if (value.code != DHCP4_OPTION_MESSAGE_TYPE)
				option_write(&w, value.code, value.bytes,
					     value.size);
		}
		dhcp4_message_end(&w, 0);
		ck_assert(!w.failed);
		ck_assert_int_eq(parse_octets(payload, w.used), REJECT_NONE);
		ck_assert_uint_eq(message.options.used, first.options.used);
		ck_assert_mem_eq(message.options.bytes, first.options.bytes,
				 first.options.used);
	}
}
END_TEST

static TCase *form_tests(void)
{
	TCase *tcase = tcase_create("form");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, header_is_read);
	tcase_add_test(tcase, built_message_has_its_form);
	tcase_add_test(tcase, message_is_padded_from_its_start);
	tcase_add_test(tcase, message_that_does_not_fit_fails);
	tcase_add_test(tcase, short_messages_are_read);
	tcase_add_test(tcase, truncated_messages_are_refused);
	tcase_add_test(tcase, large_messages_are_read);
	tcase_add_test(tcase, cookie_is_asked_for);
	tcase_add_test(tcase, message_type_is_asked_for);
	tcase_add_test(tcase, message_without_a_type_is_of_bootp);
	return tcase;
}

static TCase *option_tests(void)
{
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, pads_are_skipped);
	tcase_add_test(tcase, end_ends);
	tcase_add_test(tcase, end_may_be_missing);
	tcase_add_test(tcase, unknown_options_are_skipped);
	tcase_add_test(tcase, option_past_the_end_is_not_read);
	tcase_add_test(tcase, invalid_option_spoils_nothing_else);
	tcase_add_test(tcase, text_loses_its_trailing_nuls);
	tcase_add_test(tcase, parts_are_joined);
	tcase_add_test(tcase, long_values_are_joined);
	tcase_add_test(tcase, equal_repetitions_count_once);
	tcase_add_test(tcase, unlike_repetitions_are_invalid);
	tcase_add_test(tcase, repeated_lists_are_joined);
	return tcase;
}

static TCase *overload_tests(void)
{
	TCase *tcase = tcase_create("overload");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, each_overload_reads_its_fields);
	tcase_add_test(tcase, fields_are_joined_in_order);
	tcase_add_test(tcase, options_replace_the_names);
	tcase_add_test(tcase, overload_in_a_field_is_ignored);
	tcase_add_test(tcase, overload_of_wrong_length_is_none);
	tcase_add_test(tcase, first_overload_counts);
	tcase_add_test(tcase, message_type_in_file);
	tcase_add_test(tcase, option_does_not_leave_its_field);
	tcase_add_test(tcase, option_may_fill_its_field);
	tcase_add_test(tcase, names_may_fill_their_fields);
	return tcase;
}

static TCase *anything_tests(void)
{
	TCase *tcase = tcase_create("anything");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, fullest_message_fits);
	tcase_add_test(tcase, random_octets_are_read_or_refused);
	tcase_add_test(tcase, every_truncation_is_read_or_refused);
	tcase_add_test(tcase, built_options_are_read_again);
	return tcase;
}

Suite *test_message_suite(void)
{
	Suite *suite = suite_create("message");

	suite_add_tcase(suite, form_tests());
	suite_add_tcase(suite, option_tests());
	suite_add_tcase(suite, overload_tests());
	suite_add_tcase(suite, anything_tests());
	return suite;
}
