/* SPDX-License-Identifier: BSD-2-Clause */
/* The last line of a file: what is whole has it, what is not does not. */
#include "base/crc_line.h"

#include <check.h>
#include <string.h>

Suite *test_crc_line_suite(void);

static const char whole[] = "123456789crc cbf43926\n";

START_TEST(the_line_of_a_text)
{
	char text[64];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, "123456789");
	crc_line_append(&s);
	ck_assert_str_eq(text, whole);
}
END_TEST

START_TEST(what_is_before_it_is_told)
{
	size_t size = 0;

	ck_assert(crc_line_check(whole, strlen(whole), &size));
	ck_assert_uint_eq(size, 9);
	ck_assert(crc_line_check("crc 00000000\n", 13, &size));
	ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(what_is_damaged_has_none)
{
	static const char *const damaged[] = {
		"",
		"rc 00000000\n",
		"123456789crc cbf43927\n",
		"123456788crc cbf43926\n",
		"123456789crc cbf43926 ",
		"123456789crc cbf4392x\n",
		"123456789crc=cbf43926\n",
		"123456789crc cb:f439:\n",
	};
	size_t size = 77;

	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		ck_assert_msg(!crc_line_check(damaged[i], strlen(damaged[i]),
					      &size),
			      "%s", damaged[i]);
}
END_TEST

START_TEST(lines_are_cut_at_their_first_space)
{
	static const char text[] = "one two three\nfour \nfive\n";
	const char *at = text;
	size_t size = strlen(text);
	char line[16], *value;

	ck_assert(crc_line_next(&at, &size, line, sizeof(line), &value));
	ck_assert_str_eq(line, "one");
	ck_assert_str_eq(value, "two three");
	ck_assert(crc_line_next(&at, &size, line, sizeof(line), &value));
	ck_assert_str_eq(line, "four");
	ck_assert_str_eq(value, "");
	ck_assert(!crc_line_next(&at, &size, line, sizeof(line), &value));
	ck_assert_uint_eq(size, 0);
	ck_assert(!crc_line_next(&at, &size, line, sizeof(line), &value));
}
END_TEST

START_TEST(lines_end_and_fit_and_are_text)
{
	static const struct {
		const char *text;
		size_t size;
	} odd[] = { { "a b", 3 }, { "a 23456\n", 8 }, { "a \0 b\n", 6 } };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		const char *at = odd[i].text;
		size_t size = odd[i].size;
		char line[7], *value;

		ck_assert(!crc_line_next(&at, &size, line, sizeof(line), &value));
	}
}
END_TEST

Suite *test_crc_line_suite(void)
{
	Suite *suite = suite_create("crc_line");
	TCase *tests = tcase_create("crc_line");

	tcase_add_test(tests, the_line_of_a_text);
	tcase_add_test(tests, what_is_before_it_is_told);
	tcase_add_test(tests, what_is_damaged_has_none);
	tcase_add_test(tests, lines_are_cut_at_their_first_space);
	tcase_add_test(tests, lines_end_and_fit_and_are_text);
	suite_add_tcase(suite, tests);
	return suite;
}
