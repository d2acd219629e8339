/* SPDX-License-Identifier: BSD-2-Clause */
/* Which link-local addresses a host tries, and in which order. */
#include "core/linklocal.h"

#include <check.h>

#include "unit/runner.h"

Suite *test_linklocal_suite(void);

static const struct hwaddr host = { 6, { 2, 0, 0, 0, 0, 1 } };
static const struct hwaddr neighbour = { 6, { 2, 0, 0, 0, 0, 2 } };

#define DRAWS  1000000
#define BLOCKS 254 /* of 256 addresses */

/* Covers: 3927-2.1-01 */
START_TEST(candidates_are_spread_evenly_over_what_may_be_chosen)
{
	unsigned seen[256] = { 0 };

	for (uint32_t i = 0; i < DRAWS; i++) {
		ipv4_addr address = linklocal_draw(&host, i);

		CHECK(address >= 0xa9fe0100 && address <= 0xa9fefeff);
		seen[address >> 8 & 0xff]++;
	}
	for (unsigned i = 1; i <= BLOCKS; i++) {
		ck_assert_uint_gt(seen[i], DRAWS / BLOCKS * 9 / 10);
		ck_assert_uint_lt(seen[i], DRAWS / BLOCKS * 11 / 10);
	}
}
END_TEST

/* Covers: 3927-2.1-02 */
START_TEST(hosts_go_different_ways)
{
	unsigned same = 0;

	for (uint32_t i = 0; i < 1000; i++)
		same += linklocal_draw(&host, i) == linklocal_draw(&neighbour, i);
	ck_assert_uint_lt(same, 3);
}
END_TEST

/* Covers: 3927-2.1-03 */
START_TEST(a_host_goes_the_same_way_each_time)
{
	ck_assert_uint_eq(linklocal_draw(&host, 0), 0xa9fef931);
	ck_assert_uint_eq(linklocal_draw(&host, 1), 0xa9fe88f0);
	ck_assert_uint_eq(linklocal_draw(&neighbour, 0), 0xa9fe827c);
}
END_TEST

START_TEST(the_first_and_the_last_256_are_not_used)
{
	CHECK(!linklocal_is_usable(0xa9fe00ff));
	CHECK(linklocal_is_usable(0xa9fe0100));
	CHECK(linklocal_is_usable(0xa9fefeff));
	CHECK(!linklocal_is_usable(0xa9feff00));
	CHECK(!linklocal_is_usable(IPV4_ANY));
}
END_TEST

Suite *test_linklocal_suite(void)
{
	Suite *suite = suite_create("linklocal");
	TCase *tests = tcase_create("linklocal");

	tcase_add_test(tests,
		       candidates_are_spread_evenly_over_what_may_be_chosen);
	tcase_add_test(tests, hosts_go_different_ways);
	tcase_add_test(tests, a_host_goes_the_same_way_each_time);
	tcase_add_test(tests, the_first_and_the_last_256_are_not_used);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	return suite;
}
