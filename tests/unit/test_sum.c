/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums are those that everybody else computes. */
#include <check.h>

#include "base/sum.h"

/* Whatever the order of octets in this machine's words. */
START_TEST(the_fast_one_is_the_same_everywhere)
{
	ck_assert_uint_eq(sum_fast(SUM_FNV_START, "foobar", 6),
			  UINT64_C(0x85944171f73967e8));
	ck_assert_uint_eq(sum_fast(SUM_FNV_START, "12345678", 8),
			  UINT64_C(0x759dbc57e4e9aaf3));
	ck_assert_uint_eq(sum_fast(SUM_FNV_START, "1234567890abcdefg", 17),
			  UINT64_C(0x5cc09ca68ad1193d));
}
END_TEST

Suite *test_sum_suite(void);

START_TEST(crc32_is_that_of_ethernet)
{
	ck_assert_uint_eq(sum_crc32("", 0), 0);
	ck_assert_uint_eq(sum_crc32("a", 1), 0xe8b7be43);
	ck_assert_uint_eq(sum_crc32("123456789", 9), 0xcbf43926);
}
END_TEST

START_TEST(fnv_is_that_of_its_authors)
{
	ck_assert_uint_eq(sum_fnv(SUM_FNV_START, "", 0),
			  UINT64_C(0xcbf29ce484222325));
	ck_assert_uint_eq(sum_fnv(SUM_FNV_START, "a", 1),
			  UINT64_C(0xaf63dc4c8601ec8c));
	ck_assert_uint_eq(sum_fnv(SUM_FNV_START, "foobar", 6),
			  UINT64_C(0x85944171f73967e8));
}
END_TEST

START_TEST(fnv_goes_on)
{
	uint64_t sum = sum_fnv(SUM_FNV_START, "foo", 3);

	ck_assert_uint_eq(sum_fnv(sum, "bar", 3),
			  sum_fnv(SUM_FNV_START, "foobar", 6));
}
END_TEST

Suite *test_sum_suite(void)
{
	Suite *suite = suite_create("sum");
	TCase *tcase = tcase_create("sum");

	tcase_add_test(tcase, crc32_is_that_of_ethernet);
	tcase_add_test(tcase, fnv_is_that_of_its_authors);
	tcase_add_test(tcase, fnv_goes_on);
	tcase_add_test(tcase, the_fast_one_is_the_same_everywhere);
	suite_add_tcase(suite, tcase);
	return suite;
}
