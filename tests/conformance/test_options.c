/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as they arrive: joined, overloaded, malformed, and what is left of them
 * in the lease. RFC 2131 4.1, RFC 2132, RFC 3396.
 */
#include <stdio.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_options_suite(void);

/* The option in the lease file, as hex; none: NULL. */
static void lease_has(unsigned code, const char *hex)
{
	char name[16];
	const char *line;

	snprintf(name, sizeof(name), "option-%u", code);
	line = disk_line(name);
	if (!hex && line)
		ck_abort_msg("option %u is %s", code, line);
	if (hex)
		ck_assert_pstr_eq(line, hex);
}

/* Fills sname or file with octets that are options, and then zeros. */
static void overload(struct reply *r, unsigned value, const void *file,
		     size_t file_size, const void *sname, size_t sname_size)
{
	uint8_t octet = (uint8_t)value;

	reply_set(r, DHCP4_OPTION_OVERLOAD, &octet, 1);
	if (file)
		memcpy(r->payload + AT_FILE, file, file_size);
	if (sname)
		memcpy(r->payload + AT_SNAME, sname, sname_size);
}

/* ---- joined ------------------------------------------------------------- */

/* Covers: 3396-4-01 3396-4-02 */
START_TEST(options_that_come_twice_are_joined_whatever_their_code)
{
	static const uint8_t codes[] = { 12, 15, 43, 230 };
	struct reply ack = reach_ack();

	reply_add(&ack, 6, OCTETS(10, 0, 0, 53));
	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++)
		reply_add(&ack, codes[i], "ab", 2);
	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++)
		reply_add(&ack, codes[i], "c", 1);
	reply_add(&ack, 6, OCTETS(10, 0, 0, 54));
	say_ack(&ack);
	lease_has(6, "0a0000350a000036");
	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++)
		lease_has(codes[i], "616263");
}
END_TEST

/* Covers: 3396-5-01 2131-4.1-10 2132-9.3-01 2132-9.4-01 */
START_TEST(options_field_then_file_then_sname)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 67, "a", 1);
	reply_add(&ack, 66, "server", 6);
	overload(&ack, 3, OCTETS(67, 1, 'b', 6, 4, 10, 0, 0, 54, 255),
		 OCTETS(6, 4, 10, 0, 0, 55, 67, 1, 'c', 255));
	reply_add(&ack, 6, OCTETS(10, 0, 0, 53));
	say_ack(&ack);
	lease_has(67, "616263");
	lease_has(66, "736572766572");
	lease_has(6, "0a0000350a0000360a000037");
	lease_has(52, NULL);
	/* The fields are no names then. */
	ck_assert_str_eq(disk_line("file"), "");
	ck_assert_str_eq(disk_line("sname"), "");
}
END_TEST

/* Covers: 3396-5-02 2132-9.3-01 2131-4.1-11 */
START_TEST(a_field_that_carries_no_options_is_not_joined)
{
	for (unsigned value = 1; value <= 2; value++) {
		struct reply ack;

		stage_close();
		stage_open(value);
		ack = reach_ack();
		/* End, and then what looks like an option. */
		overload(&ack, value,
			 OCTETS(6, 4, 10, 0, 0, 1, 255, 6, 4, 10, 0, 0, 9),
			 OCTETS(6, 4, 10, 0, 0, 2, 255, 6, 4, 10, 0, 0, 9));
		say_ack(&ack);
		lease_has(6, value == 1 ? "0a000001" : "0a000002");
	}
}
END_TEST

/* Covers: 3396-6-01 3442-sizing-02 3396-4-02 */
START_TEST(parts_may_be_cut_at_any_octet)
{
	static const uint8_t routes[] = { 24, 192, 168, 7, 10, 0, 0, 9 };
	static const uint8_t search[] = "\3lab\7example";

	for (size_t cut = 1; cut < sizeof(routes); cut++) {
		struct reply ack;

		stage_close();
		stage_open((unsigned)cut);
		ack = reach_ack();
		reply_add(&ack, 121, routes, cut);
		reply_add(&ack, 119, search, cut);
		reply_add(&ack, 121, routes + cut, sizeof(routes) - cut);
		reply_add(&ack, 119, search + cut, sizeof(search) - cut);
		say_ack(&ack);
		ck_assert_uint_eq(kernel_route(IP(192, 168, 7, 0), 24),
				  IP(10, 0, 0, 9));
		lease_has(119, "036c6162076578616d706c6500");
	}
}
END_TEST

/* Covers: 3396-7-01 */
START_TEST(parts_are_no_values_of_their_own)
{
	struct reply ack;

	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, 3, OCTETS(10, 0, 0));
	reply_add(&ack, 3, OCTETS(7, 10, 0, 0, 8));
	say_ack(&ack);
	lease_has(3, "0a0000070a000008");
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(10, 0, 0, 7));
}
END_TEST

/* ---- malformed ---------------------------------------------------------- */

/* Covers: 3396-5-03 DF-opt-02 */
START_TEST(an_option_never_leaves_its_field)
{
	for (unsigned i = 0; i < 6; i++) {
		static const uint8_t tail[] = { 6, 255, 10, 0, 0 };
		struct reply ack;

		stage_close();
		stage_open(i);
		ack = reach_ack();
		reply_add(&ack, 42, OCTETS(10, 0, 0, 1));
		if (i % 3)
			overload(&ack, i % 3, NULL, 0, NULL, 0);
		/* 255 octets, of which there are three; or not even a length. */
		if (i % 3 == 0) {
			memcpy(ack.payload + ack.size, tail, i ? 1 : 5);
			ack.size += i ? 1 : 5;
			ack.bare = true;
		} else if (i % 3 == 1) {
			memcpy(ack.payload + AT_FILE + 128 - (i < 3 ? 5 : 1),
			       tail, i < 3 ? 5 : 1);
		} else {
			memcpy(ack.payload + AT_SNAME + 64 - (i < 3 ? 5 : 1),
			       tail, i < 3 ? 5 : 1);
		}
		say_ack(&ack);
		lease_has(6, NULL);
		lease_has(42, "0a000001");
	}
}
END_TEST

/* Covers: DF-opt-01 */
START_TEST(a_missing_end_is_no_fault)
{
	struct reply r;

	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	r.bare = true;
	say(&r);
	hear(DHCP4_REQUEST_SELECTING);
	r = reply(DHCP4_TYPE_ACK);
	r.bare = true;
	say_ack(&r);
	lease_has(3, "0a0000fe");
}
END_TEST

/* Covers: DF-opt-03 */
START_TEST(a_malformed_option_spoils_nothing_but_itself)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 42, OCTETS(10, 0, 0));
	reply_add(&ack, 6, OCTETS(10, 0, 0, 53));
	say_ack(&ack);
	lease_has(42, NULL);
	lease_has(6, "0a000035");
}
END_TEST

/* Covers: DF-opt-04 */
START_TEST(overload_inside_of_an_overloaded_field_is_ignored)
{
	struct reply ack = reach_ack();

	overload(&ack, 1, OCTETS(52, 1, 3, 6, 4, 10, 0, 0, 1, 255),
		 OCTETS(52, 1, 2, 6, 4, 10, 0, 0, 2, 255));
	say_ack(&ack);
	lease_has(6, "0a000001");
	lease_has(52, NULL);
}
END_TEST

/* Covers: DF-opt-05 2132-9.3-01 */
START_TEST(an_overload_that_is_none_leaves_names_to_be_names)
{
	static const struct {
		uint8_t octets[2];
		size_t size;
	} values[] = { { { 0 }, 1 },
		       { { 4 }, 1 },
		       { { 255 }, 1 },
		       { { 0 }, 0 },
		       { { 1, 1 }, 2 } };

	for (unsigned i = 0; i < ARRAY_SIZE(values) * 2; i++) {
		struct reply ack;

		stage_close();
		stage_open(i);
		ack = reach_ack();
		/* At the end of the field, too, with nothing behind it. */
		ack.bare = i % 2;
		reply_add(&ack, 52, values[i / 2].octets, values[i / 2].size);
		memcpy(ack.payload + AT_FILE, "\6\4abcd", 6);
		memcpy(ack.payload + AT_SNAME, "\6\4efgh", 6);
		say_ack(&ack);
		lease_has(6, NULL);
		ck_assert_str_eq(disk_line("file"), "060461626364");
		ck_assert_str_eq(disk_line("sname"), "060465666768");
	}
}
END_TEST

/* Covers: DF-opt-06 */
START_TEST(names_may_fill_their_fields_to_the_last_octet)
{
	struct reply ack = reach_ack();

	memset(ack.payload + AT_SNAME, 's', 64);
	memset(ack.payload + AT_FILE, 'f', 128);
	say_ack(&ack);
	ck_assert_uint_eq(strlen(disk_line("sname")), 2 * 64);
	ck_assert_uint_eq(strlen(disk_line("file")), 2 * 128);
}
END_TEST

/* ---- twice and too long ------------------------------------------------- */

/* Covers: DF-opt-07 */
START_TEST(equal_repetitions_of_a_fixed_option_count_once)
{
	struct reply ack = reach_ack();
	const uint8_t type = DHCP4_TYPE_ACK;

	reply_add(&ack, 53, &type, 1);
	reply_add(&ack, 54, OCTETS(SERVER));
	reply_add(&ack, 51, OCTETS(0, 0, 14, 16));
	reply_add(&ack, 1, OCTETS(255, 255, 255, 0));
	say_ack(&ack);
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() <= S(3600) && kernel_left() > S(3598));
}
END_TEST

/* Covers: DF-opt-07 */
START_TEST(different_repetitions_make_it_invalid)
{
	static const uint8_t codes[] = { 51, 53, 54 };
	static const uint8_t other[] = { 10, 0, 0, 9 };

	reach_requesting();
	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++) {
		struct reply ack = reply(DHCP4_TYPE_ACK);

		reply_add(&ack, codes[i], other, codes[i] == 53 ? 1 : 4);
		ignored(&ack);
	}
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: DF-opt-08 2132-3.3-01 2132-9.2-01 2132-9.7-01 2132-9.11-01 */
START_TEST(a_fixed_option_that_is_too_long_is_as_good_as_missing)
{
	static const struct {
		uint8_t code;
		bool needed;
	} options[] = { { 1, false }, { 28, false }, { 51, true },
			{ 54, true }, { 58, false }, { 59, false } };
	static const size_t sizes[] = { 5, 8, 255 };
	static uint8_t octets[255];

	memset(octets, 10, sizeof(octets));
	/* Not the same four octets again and again. */
	octets[7] = octets[3] = 0;
	octets[4] = 11;
	for (unsigned i = 0; i < 3 * ARRAY_SIZE(options); i++) {
		struct reply ack;

		stage_close();
		stage_open(i);
		ack = reach_ack();
		reply_set(&ack, options[i / 3].code, octets, sizes[i % 3]);
		if (options[i / 3].needed) {
			ignored(&ack);
		} else {
			say_ack(&ack);
			lease_has(options[i / 3].code, NULL);
		}
	}
}
END_TEST

/* ---- lengths and ranges, code by code ----------------------------------- */

/*
 * Lengths, or values of the right length, that each option must not have; and one
 * that it may.
 */
struct rule {
	uint8_t first, last; /* codes that are alike */
	const char *bad[6], *good;
};

#define NONE ""
static const struct rule rules[] = {
	{ 2, 2, { NONE, "fff1", "fffff1f0ff" }, "fffff1f0" },
	{ 3, 11, { NONE, "0a", "0a0000", "0a000001ff" }, "0a0000010a000002" },
	{ 12, 12, { NONE }, "6d792d686f7374" },
	{ 13, 13, { NONE, "01", "010203" }, "0102" },
	{ 14, 15, { NONE }, "61" },
	{ 16, 16, { NONE, "0a0000", "0a00000102" }, "0a000001" },
	{ 17, 18, { NONE }, "61" },
	{ 19, 20, { NONE, "02", "0100" }, "01" },
	{ 21,
	  21,
	  { NONE, "0a000001", "0a0000010a0000010a000001" },
	  "0a000001ffffff000a000002ffffff00" },
	{ 22, 22, { NONE, "02", "023f", "024000" }, "0240" },
	{ 23, 23, { NONE, "00", "0102" }, "01" },
	{ 24, 24, { NONE, "000001", "0000000102" }, "00000001" },
	{ 25, 25, { NONE, "44", "004400", "00440043" }, "00440128" },
	{ 26, 26, { NONE, "0043", "0000", "00000578", "05" }, "0578" },
	{ 27, 27, { NONE, "02", "0001" }, "00" },
	{ 28, 28, { NONE, "0a0000", "0a0000ff0a0000fe" }, "0a0000ff" },
	{ 29, 31, { NONE, "02", "0001" }, "01" },
	{ 32, 32, { NONE, "0a0000", "0a00000102" }, "0a000001" },
	{ 33,
	  33,
	  { NONE, "c0a80700", "c0a807000a000009c0a80800" },
	  "c0a807000a000009" },
	{ 34, 34, { NONE, "02" }, "01" },
	{ 35, 35, { NONE, "000001", "0000000102" }, "00000001" },
	{ 36, 36, { NONE, "02" }, "01" },
	{ 37, 37, { NONE, "00", "0102" }, "01" },
	{ 38, 38, { NONE, "000001", "0000000102" }, "00000001" },
	{ 39, 39, { NONE, "02" }, "01" },
	{ 40, 40, { NONE }, "61" },
	{ 41, 42, { NONE, "0a00", "0a0000010a00" }, "0a0000010a000002" },
	{ 44, 45, { NONE, "0a00", "0a0000010a00" }, "0a0000010a000002" },
	{ 46, 46, { NONE, "00", "03", "10", "0102" }, "08" },
	{ 47, 47, { NONE }, "61" },
	{ 48, 49, { NONE, "0a00", "0a0000010a00" }, "0a0000010a000002" },
	{ 64, 64, { NONE }, "61" },
	{ 65, 65, { NONE, "0a00", "0a0000010a00" }, "0a0000010a000002" },
	{ 66, 67, { NONE }, "61" },
	{ 68, 68, { "0a", "0a0000", "0a0000010a" }, NONE },
	{ 69, 76, { NONE, "0a00", "0a0000010a00" }, "0a0000010a000002" },
};

static unsigned digit(char c)
{
	return c <= '9' ? (unsigned)c - '0' : (unsigned)c - 'a' + 10;
}

static void set_hex(struct reply *r, uint8_t code, const char *hex)
{
	uint8_t octets[255];
	size_t size = strlen(hex) / 2;

	for (size_t i = 0; i < size; i++)
		octets[i] = (uint8_t)(digit(hex[2 * i]) << 4 |
				      digit(hex[2 * i + 1]));
	reply_set(r, code, octets, size);
}

/* An ACK in which each option has its n-th bad value, or its good one. */
static struct reply ack_with(int bad)
{
	struct reply ack = reply(DHCP4_TYPE_ACK);

	for (unsigned i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];
		const char *value = bad < 0 ? r->good : r->bad[bad];

		for (unsigned code = r->first; value && code <= r->last; code++)
			set_hex(&ack, (uint8_t)code, value);
	}
	return ack;
}

/*
 * Covers: 2132-3.4-01 2132-3.5-01 2132-3.6-01 2132-3.8-01 2132-3.14-01
 * Covers: 2132-3.15-01 2132-3.16-01 2132-3.17-01 2132-4.1-01 2132-4.3-01
 * Covers: 2132-4.4-01 2132-5.1-01 2132-5.3-01 2132-5.8-01 2132-8.1-01 2132-8.2-01
 * Covers: 2132-8.7-01 2132-8.13-01 2132-2-05
 */
START_TEST(each_option_is_kept_by_its_length_and_range_or_not_at_all)
{
	for (int bad = -1; bad < 6; bad++) {
		struct reply ack;

		stage_close();
		stage_open(0);
		stage.terms.router = IPV4_ANY;
		reach_requesting();
		ack = ack_with(bad);
		say_ack(&ack);
		for (unsigned i = 0; i < ARRAY_SIZE(rules); i++) {
			for (unsigned c = rules[i].first; c <= rules[i].last; c++)
				lease_has(c, bad < 0 ? rules[i].good : NULL);
		}
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* ---- what stands between and behind ------------------------------------- */

/* Covers: 2132-3.1-01 3396-7-02 */
START_TEST(pads_between_options_are_skipped)
{
	for (unsigned pads = 1; pads <= 7; pads++) {
		struct reply ack, padded;

		stage_close();
		stage_open(pads);
		ack = padded = reach_ack();
		padded.size = AT_OPTIONS;
		for (size_t at = AT_OPTIONS; at < ack.size;) {
			size_t size = 2U + ack.payload[at + 1];

			memset(padded.payload + padded.size, 0, pads);
			padded.size += pads;
			memcpy(padded.payload + padded.size, ack.payload + at,
			       size);
			padded.size += size;
			at += size;
		}
		say_ack(&padded);
		kernel_has(IP(CLIENT), 24);
		lease_has(3, "0a0000fe");
	}
}
END_TEST

/* Covers: 2132-3.2-01 */
START_TEST(nothing_behind_end_is_read)
{
	struct reply ack;

	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	ack.payload[ack.size++] = 255;
	memcpy(ack.payload + ack.size, "\3\4\x0a\0\0\x09", 6);
	ack.size += 6;
	ack.bare = true;
	say_ack(&ack);
	lease_has(3, NULL);
	kernel_routes(0);
}
END_TEST

/* Covers: 2132-2-04 DF-opt-18 */
START_TEST(unknown_options_are_skipped_by_their_length_and_kept)
{
	static uint8_t octets[255];
	struct reply ack = reach_ack();

	reply_drop(&ack, 1);
	reply_drop(&ack, 3);
	reply_add(&ack, 230, NULL, 0);
	reply_add(&ack, 231, octets, 255);
	reply_add(&ack, 240, OCTETS(0, 255, 27, '"', 10));
	reply_add(&ack, 1, OCTETS(255, 255, 254, 0));
	reply_add(&ack, 3, OCTETS(10, 0, 1, 9));
	say_ack(&ack);
	kernel_has(IP(CLIENT), 23);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(10, 0, 1, 9));
	lease_has(240, "00ff1b220a");
}
END_TEST

/* Covers: 2132-3.3-02 */
START_TEST(router_and_mask_may_come_in_any_order)
{
	struct reply ack = reach_ack();

	reply_drop(&ack, 1);
	reply_add(&ack, 1, OCTETS(255, 255, 255, 128));
	say_ack(&ack);
	kernel_has(IP(CLIENT), 25);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}
END_TEST

/* Covers: 2132-2-02 2132-2-03 */
START_TEST(trailing_nuls_of_text_are_not_part_of_it)
{
	for (size_t nuls = 0; nuls <= 2; nuls++) {
		struct reply ack;

		stage_close();
		stage_open(0);
		ack = reach_ack();
		reply_add(&ack, 12, "pc\0\0", 2 + nuls);
		reply_add(&ack, 15, "example.org\0\0", 11 + nuls);
		reply_add(&ack, 17, "\0\0", nuls);
		say_ack(&ack);
		lease_has(12, "7063");
		lease_has(15, "6578616d706c652e6f7267");
		lease_has(17, NULL);
	}
}
END_TEST

/* Covers: 2132-8.4-01 */
START_TEST(a_lease_needs_no_options_but_its_own)
{
	struct reply ack;

	stage.config->parameters[stage.config->parameters_count++] = 43;
	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	say_ack(&ack);
	kernel_has(IP(CLIENT), 24);
	kernel_routes(0);
}
END_TEST

/* Covers: DF-opt-10 */
START_TEST(no_text_of_a_server_reaches_the_lease_file_as_it_is)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 12, "a\0b\x1b[2J", 7);
	reply_add(&ack, 15, "x\ny option-3 00", 15);
	reply_add(&ack, 56, "\xff\xfe%s%n", 6);
	memcpy(ack.payload + AT_SNAME, "\ncrc", 4);
	say_ack(&ack);
	for (size_t i = 0; i < stage.port->file_size; i++) {
		char c = stage.port->file[i];

		CHECK(c == '\n' || (c >= ' ' && c <= '~'));
	}
	lease_has(15, "780a79206f7074696f6e2d33203030");
	lease_has(3, "0a0000fe");
	/* And it is read back whole. */
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

Suite *test_options_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("options", &suite);

	tcase_add_test(t, options_that_come_twice_are_joined_whatever_their_code);
	tcase_add_test(t, options_field_then_file_then_sname);
	tcase_add_test(t, a_field_that_carries_no_options_is_not_joined);
	tcase_add_test(t, parts_may_be_cut_at_any_octet);
	tcase_add_test(t, parts_are_no_values_of_their_own);
	tcase_add_test(t, an_option_never_leaves_its_field);
	tcase_add_test(t, a_missing_end_is_no_fault);
	tcase_add_test(t, a_malformed_option_spoils_nothing_but_itself);
	tcase_add_test(t, overload_inside_of_an_overloaded_field_is_ignored);
	tcase_add_test(t, an_overload_that_is_none_leaves_names_to_be_names);
	tcase_add_test(t, names_may_fill_their_fields_to_the_last_octet);
	tcase_add_test(t, equal_repetitions_of_a_fixed_option_count_once);
	tcase_add_test(t, different_repetitions_make_it_invalid);
	tcase_add_test(t, a_fixed_option_that_is_too_long_is_as_good_as_missing);
	tcase_add_test(
		t, each_option_is_kept_by_its_length_and_range_or_not_at_all);
	tcase_add_test(t, pads_between_options_are_skipped);
	tcase_add_test(t, nothing_behind_end_is_read);
	tcase_add_test(t, unknown_options_are_skipped_by_their_length_and_kept);
	tcase_add_test(t, router_and_mask_may_come_in_any_order);
	tcase_add_test(t, trailing_nuls_of_text_are_not_part_of_it);
	tcase_add_test(t, a_lease_needs_no_options_but_its_own);
	tcase_add_test(t, no_text_of_a_server_reaches_the_lease_file_as_it_is);
	return suite;
}
