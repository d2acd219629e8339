/* SPDX-License-Identifier: BSD-2-Clause */
/* A misspelt word leads to the one that was meant, and a foreign one to none. */
#include <check.h>

#include "base/assert.h"
#include "base/nearest.h"

Suite *test_nearest_suite(void);

static const char *of(const char *word)
{
	static const char *const words[] = { "renew", "rebind", "release",
					     "stop",  "status", "stats" };
	struct nearest nearest = nearest_to(word);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		nearest_consider(&nearest, words[i]);
	return nearest.best;
}

START_TEST(a_letter_too_many_too_few_or_another_one)
{
	ck_assert_str_eq(of("reneww"), "renew");
	ck_assert_str_eq(of("rebid"), "rebind");
	ck_assert_str_eq(of("stup"), "stop");
	ck_assert_str_eq(of("renwe"), "renew");
}
END_TEST

START_TEST(the_nearest_one_wins)
{
	ck_assert_str_eq(of("stats"), "stats");
	ck_assert_str_eq(of("statu"), "status");
}
END_TEST

START_TEST(what_is_another_word_has_none)
{
	ck_assert_ptr_null(of("xyzzy"));
	ck_assert_ptr_null(of(""));
	ck_assert_ptr_null(of("renewrenewrenewrenewrenewrenewrenew"));
}
END_TEST

Suite *test_nearest_suite(void)
{
	Suite *suite = suite_create("nearest");
	TCase *tcase = tcase_create("nearest");

	tcase_add_test(tcase, a_letter_too_many_too_few_or_another_one);
	tcase_add_test(tcase, the_nearest_one_wins);
	tcase_add_test(tcase, what_is_another_word_has_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
