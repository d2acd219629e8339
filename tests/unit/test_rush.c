/* SPDX-License-Identifier: BSD-2-Clause */
/* How many at once are a rush, how long it lasts, and what ends it. */
#include "daemon/rush.h"

#include <check.h>

#include "unit/runner.h"

Suite *test_rush_suite(void);

#define NOW	(1000 * NSEC_PER_S)
#define MS(n)	((nsec)(n)*NSEC_PER_MS)
#define ALMOST	15
#define THE_ONE 1 /* that makes it a rush */

static struct rush rush;
static struct loop *loop;

static void run_until_it_ends(void *owner, nsec now)
{
	(void)owner;
	(void)now;
	if (!rush_is_on(&rush))
		loop_quit(loop, 0);
}

static void set_up(void)
{
	const struct loop_hooks hooks = { .turn_ended = run_until_it_ends };

	CHECK(loop_open(&loop, &hooks, NULL) == 0);
	rush_init(&rush, loop);
}

static void tear_down(void)
{
	loop_close(loop);
}

static void join(unsigned count, nsec at)
{
	while (count--)
		rush_join(&rush, at);
}

START_TEST(so_many_at_once_are_one)
{
	join(ALMOST, NOW);
	ck_assert(!rush_is_on(&rush));
	join(THE_ONE, NOW + MS(100) - 1);
	ck_assert(rush_is_on(&rush));
	ck_assert_uint_eq(rush.end.at, NOW + MS(200));
}
END_TEST

START_TEST(those_of_a_longer_time_are_none)
{
	join(ALMOST, NOW);
	join(ALMOST, NOW + MS(100));
	ck_assert(!rush_is_on(&rush));
	join(THE_ONE, NOW + MS(150));
	ck_assert_uint_eq(rush.end.at, NOW + MS(300));
}
END_TEST

START_TEST(it_lasts_while_more_come)
{
	join(ALMOST + THE_ONE, NOW);
	join(ALMOST, NOW + MS(120));
	ck_assert_uint_eq(rush.end.at, NOW + MS(200));
	join(THE_ONE, NOW + MS(120));
	ck_assert_uint_eq(rush.end.at, NOW + MS(320));
}
END_TEST

START_TEST(one_that_was_dispersed_does_not_come_again_at_once)
{
	join(ALMOST + THE_ONE, NOW);
	rush_disperse(&rush, NOW);
	ck_assert(!rush_is_on(&rush));
	join(ALMOST + THE_ONE, NOW + NSEC_PER_S - 1);
	ck_assert(!rush_is_on(&rush));
	join(ALMOST + THE_ONE, NOW + NSEC_PER_S);
	ck_assert(rush_is_on(&rush));
}
END_TEST

START_TEST(where_there_is_none_none_is_dispersed)
{
	join(ALMOST, NOW);
	rush_disperse(&rush, NOW);
	join(THE_ONE, NOW);
	ck_assert(rush_is_on(&rush));
}
END_TEST

START_TEST(it_ends_by_itself_in_a_turn)
{
	const nsec begin = loop_clock();

	join(ALMOST + THE_ONE, begin);
	ck_assert_int_eq(loop_run(loop), 0);
	ck_assert_uint_ge(loop_clock(), begin + MS(200));
}
END_TEST

Suite *test_rush_suite(void)
{
	Suite *suite = suite_create("rush");
	TCase *tcase = tcase_create("rush");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, so_many_at_once_are_one);
	tcase_add_test(tcase, those_of_a_longer_time_are_none);
	tcase_add_test(tcase, it_lasts_while_more_come);
	tcase_add_test(tcase, one_that_was_dispersed_does_not_come_again_at_once);
	tcase_add_test(tcase, where_there_is_none_none_is_dispersed);
	tcase_add_test(tcase, it_ends_by_itself_in_a_turn);
	suite_add_tcase(suite, tcase);
	return suite;
}
