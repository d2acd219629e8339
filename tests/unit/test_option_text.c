/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of text for an option; test_shapes.c has one for each of many. */
#include <check.h>
#include <string.h>

#include "core/option_text.h"

Suite *test_option_text_suite(void);

/* What stands before stays, and stands alone if there is not enough room. */
START_TEST(it_is_appended_or_not_at_all)
{
	for (size_t room = 1; room < 20; room++) {
		char text[32];
		struct str s = str_over(text, 2 + room);
		bool fits = room > strlen("10.0.0.1 10.0.0.2");

		str_text(&s, "x=");
		ck_assert_int_eq(
			option_print(&s, 6,
				     (const uint8_t *)"\x0a\0\0\1\x0a\0\0\2", 8),
			fits);
		ck_assert_str_eq(text, fits ? "x=10.0.0.1 10.0.0.2" : "x=");
		ck_assert_uint_eq(s.used, strlen(text));
	}
}
END_TEST

/* Covers: DF-opt-10 DF-opt-11 */
START_TEST(text_of_no_alphabet_is_not_appended)
{
	char text[64];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, "x=");
	ck_assert(!option_print(&s, 66, (const uint8_t *)"$(touch x)", 10));
	ck_assert(!option_print(&s, 12, (const uint8_t *)"a\0b", 3));
	ck_assert(!option_print(&s, 67, (const uint8_t *)"() { :;}; x", 11));
	ck_assert_str_eq(text, "x=");
}
END_TEST

Suite *test_option_text_suite(void)
{
	Suite *suite = suite_create("option_text");
	TCase *tcase = tcase_create("option_text");

	tcase_add_test(tcase, it_is_appended_or_not_at_all);
	tcase_add_test(tcase, text_of_no_alphabet_is_not_appended);
	suite_add_tcase(suite, tcase);
	return suite;
}
