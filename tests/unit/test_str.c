/* SPDX-License-Identifier: BSD-2-Clause */
/* Text built into bounds, and read back without partial matches. */
#include <check.h>
#include <limits.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"

Suite *test_str_suite(void);

static char buffer[64];
static struct str str;

static void setup(void)
{
	memset(buffer, '#', sizeof(buffer));
	str = str_over(buffer, sizeof(buffer));
}

START_TEST(builder_begins_empty)
{
	ck_assert_str_eq(buffer, "");
	ck_assert_uint_eq(str.used, 0);
	ck_assert(!str.truncated);
}
END_TEST

START_TEST(builder_joins)
{
	str_text(&str, "a=");
	str_u64(&str, 0);
	str_char(&str, ',');
	str_u64(&str, UINT64_MAX);
	ck_assert_str_eq(buffer, "a=0,18446744073709551615");
	ck_assert_uint_eq(str.used, strlen(buffer));
	ck_assert(!str.truncated);
}
END_TEST

/* It is cut at the size, ends in a NUL, and nothing behind it is touched. */
START_TEST(builder_is_cut_at_its_size)
{
	for (size_t size = 1; size <= 4; size++) {
		memset(buffer, '#', sizeof(buffer));
		str = str_over(buffer, size);
		str_text(&str, "abcdef");
		ck_assert(str.truncated);
		ck_assert_uint_eq(strlen(buffer), size - 1);
		ck_assert_int_eq(memcmp(buffer, "abcdef", size - 1), 0);
		ck_assert_int_eq(buffer[size], '#');
	}
	str = str_over(buffer, 4);
	str_text(&str, "abc");
	ck_assert(!str.truncated);
	ck_assert_str_eq(buffer, "abc");
}
END_TEST

START_TEST(addresses_are_written)
{
	str_ipv4(&str, 0);
	str_char(&str, ' ');
	str_ipv4(&str, 0xffffffff);
	str_char(&str, ' ');
	str_ipv4(&str, 0x0a000105);
	ck_assert_str_eq(buffer, "0.0.0.0 255.255.255.255 10.0.1.5");
}
END_TEST

START_TEST(hex_is_written)
{
	static const uint8_t octets[] = { 0, 0x0f, 0xf0, 0xab };

	str_hex(&str, octets, 4, ':');
	str_char(&str, ' ');
	str_hex(&str, octets, 4, '\0');
	str_hex(&str, octets, 0, ':');
	ck_assert_str_eq(buffer, "00:0f:f0:ab 000ff0ab");
}
END_TEST

START_TEST(durations_have_two_units)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} rows[] = {
		{ 0, "0 s" },
		{ 1, "1 s" },
		{ 59, "59 s" },
		{ 60, "1 min" },
		{ 90, "1 min 30 s" },
		{ 3600, "1 h" },
		{ 3601, "1 h" },
		{ 3661, "1 h 1 min" },
		{ 86399, "23 h 59 min" },
		{ 86400, "1 d" },
		{ 86460, "1 d" },
		{ 2 * 86400 + 3 * 3600, "2 d 3 h" },
		{ 0xfffffffe, "49710 d 6 h" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup();
		str_duration(&str, rows[i].seconds);
		ck_assert_str_eq(buffer, rows[i].text);
	}
}
END_TEST

START_TEST(numbers_are_read_whole)
{
	static const char *const wrong[] = {
		"",   " 1", "1 ", "+1", "-1",	      "0x1",
		"1a", "a",  "11", "99", "4294967306", "18446744073709551616",
	};
	uint64_t number = 77;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(!str_to_u64(wrong[i], 10, &number), "%s", wrong[i]);
	ck_assert_uint_eq(number, 77);
	ck_assert(str_to_u64("0", 10, &number));
	ck_assert_uint_eq(number, 0);
	ck_assert(str_to_u64("10", 10, &number));
	ck_assert_uint_eq(number, 10);
	ck_assert(str_to_u64("007", 10, &number));
	ck_assert_uint_eq(number, 7);
	ck_assert(str_to_u64("0", 0, &number));
	ck_assert(!str_to_u64("1", 0, &number));
}
END_TEST

START_TEST(numbers_do_not_wrap)
{
	uint64_t number;

	ck_assert(str_to_u64("18446744073709551615", UINT64_MAX, &number));
	ck_assert_uint_eq(number, UINT64_MAX);
	ck_assert(!str_to_u64("18446744073709551616", UINT64_MAX, &number));
	ck_assert(!str_to_u64("184467440737095516150", UINT64_MAX, &number));
	ck_assert(!str_to_u64("4294967296", UINT32_MAX, &number));
}
END_TEST

START_TEST(addresses_are_read_whole)
{
	static const char *const wrong[] = {
		"",	     "1",	 "1.2.3",     "1.2.3.4.",  "1.2.3.4.5",
		"1.2.3.256", "01.2.3.4", "1.2.3.04",  "1..3.4",	   ".1.2.3",
		" 1.2.3.4",  "1.2.3.4 ", "1.2.3.4/8", "1.2.3.0x4", "a.b.c.d",
	};
	ipv4_addr address = 7;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(!str_to_ipv4(wrong[i], &address), "%s", wrong[i]);
	ck_assert_uint_eq(address, 7);
	ck_assert(str_to_ipv4("10.0.1.255", &address));
	ck_assert_uint_eq(address, 0x0a0001ff);
	ck_assert(str_to_ipv4("0.0.0.0", &address));
	ck_assert_uint_eq(address, 0);
	ck_assert(str_to_ipv4("255.255.255.255", &address));
	ck_assert_uint_eq(address, 0xffffffff);
}
END_TEST

START_TEST(hex_is_read_whole)
{
	static const char *const wrong[] = {
		"",	   "1",	    "1g",     "g1",	"112",
		"11:",	   ":11",   "11:2",   "11:22:", "1122:33",
		"11:2233", "11 22", "11::22", "0x11",	"11:22:33:44:55",
	};
	uint8_t data[4];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(str_to_hex(wrong[i], data, 4) == -1, "%s",
			      wrong[i]);
	ck_assert_int_eq(str_to_hex("aB", data, 4), 1);
	ck_assert_uint_eq(data[0], 0xab);
	ck_assert_int_eq(str_to_hex("01:FF:00:10", data, 4), 4);
	ck_assert_mem_eq(data, "\x01\xff\x00\x10", 4);
	ck_assert_int_eq(str_to_hex("01ff0020", data, 4), 4);
	ck_assert_mem_eq(data, "\x01\xff\x00\x20", 4);
	ck_assert_int_eq(str_to_hex("01ff002030", data, 4), -1);
}
END_TEST

START_TEST(host_names_are_of_rfc1123)
{
	static const char *const wrong[] = {
		"",	 ".",	 "..",	".a",	"a..b",	       "a.b..", "-a",
		"a-",	 "a-.b", "a.-", "a b",	"a_b",	       "a\tb",	"a\nb",
		"$(id)", "a;b",	 "a/b", "../x", "caf\xc3\xa9", "a~b",
	};
	static const char *const right[] = {
		"a",	       "A9",  "9a", "a-b",
		"a--b",	       "a.b", "a.", "pc.example.org.",
		"xn--caf-dma",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(!str_is_hostname(wrong[i]), "%s", wrong[i]);
	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		ck_assert_msg(str_is_hostname(right[i]), "%s", right[i]);
}
END_TEST

START_TEST(printable_is_ascii_from_blank_to_tilde)
{
	ck_assert(str_is_printable(""));
	ck_assert(str_is_printable(" a~"));
	ck_assert(!str_is_printable("a\x1f"));
	ck_assert(!str_is_printable("a\x7f"));
	ck_assert(!str_is_printable("\xc3\xa9"));
}
END_TEST

START_TEST(host_names_differ_by_more_than_their_case)
{
	ck_assert(str_is_same_hostname("localhost", "LocalHost"));
	ck_assert(str_is_same_hostname("A-z.9", "a-Z.9"));
	ck_assert(str_is_same_hostname("", ""));
	ck_assert(!str_is_same_hostname("a", ""));
	ck_assert(!str_is_same_hostname("", "a"));
	ck_assert(!str_is_same_hostname("ab", "a"));
	ck_assert(!str_is_same_hostname("a", "ab"));
	/* What lies as far apart as the cases do. */
	ck_assert(!str_is_same_hostname("@[", "`{"));
}
END_TEST

START_TEST(letters_and_digits_are_those_of_ascii)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
			  digits[] = "0123456789";

	for (int c = CHAR_MIN; c <= CHAR_MAX; c++) {
		ck_assert(str_is_letter((char)c) ==
			  (c && strchr(letters, c) != NULL));
		ck_assert(str_is_digit((char)c) ==
			  (c && strchr(digits, c) != NULL));
	}
}
END_TEST

START_TEST(host_names_have_limits)
{
	char name[300];

	memset(name, 'a', sizeof(name));
	name[63] = '\0';
	ck_assert(str_is_hostname(name));
	name[63] = 'a';
	name[64] = '\0';
	ck_assert(!str_is_hostname(name));
	/* Labels of 63, 63, 63 and 61 octets and three dots are 253 octets. */
	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[253] = '\0';
	ck_assert(str_is_hostname(name));
	name[253] = '.';
	name[254] = '\0';
	ck_assert(str_is_hostname(name));
	name[253] = 'a';
	ck_assert(!str_is_hostname(name));
}
END_TEST

START_TEST(ipv6_addresses)
{
	static const struct {
		uint8_t bytes[16];
		const char *text;
	} rows[] = {
		{ { 0 }, "::" },
		{ { [15] = 1 }, "::1" },
		{ { 0xfe, 0x80 }, "fe80::" },
		{ { 0x20, 1, 0x0d, 0xb8, [15] = 0x10 }, "2001:db8::10" },
		/* the longest run, and of equals the first */
		{ { 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3 },
		  "1:0:0:2::3" },
		{ { 0, 1, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 4 },
		  "1::2:3:0:0:4" },
		/* one zero alone is no run */
		{ { 0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0xab, 0xcd },
		  "1:0:2:3:4:5:6:abcd" },
		{ { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0x01, 0, 0, 0, 0, 0 },
		  "1:2:3:4:5:100::" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[40];
		struct str s = str_over(text, sizeof(text));

		str_ipv6(&s, rows[i].bytes);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

Suite *test_str_suite(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, builder_begins_empty);
	tcase_add_test(tcase, builder_joins);
	tcase_add_test(tcase, builder_is_cut_at_its_size);
	tcase_add_test(tcase, addresses_are_written);
	tcase_add_test(tcase, hex_is_written);
	tcase_add_test(tcase, durations_have_two_units);
	tcase_add_test(tcase, ipv6_addresses);
	tcase_add_test(tcase, numbers_are_read_whole);
	tcase_add_test(tcase, numbers_do_not_wrap);
	tcase_add_test(tcase, addresses_are_read_whole);
	tcase_add_test(tcase, hex_is_read_whole);
	tcase_add_test(tcase, host_names_are_of_rfc1123);
	tcase_add_test(tcase, host_names_have_limits);
	tcase_add_test(tcase, host_names_differ_by_more_than_their_case);
	tcase_add_test(tcase, letters_and_digits_are_those_of_ascii);
	tcase_add_test(tcase, printable_is_ascii_from_blank_to_tilde);
	suite_add_tcase(suite, tcase);
	return suite;
}
