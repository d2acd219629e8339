/* SPDX-License-Identifier: BSD-2-Clause */
/* The timers of the loop: each fires once, when it is due, in their order. */
#include <check.h>
#include <string.h>

#include "base/prng.h"
#include "daemon/loop.h"

Suite *test_loop_suite(void);

#define TIMERS 200

static const struct loop_hooks none;
static struct loop *loop;
static struct loop_timer timers[TIMERS], last;
static unsigned fired[TIMERS], count;
static nsec latest;

static void note(struct loop_timer *timer, nsec now)
{
	ck_assert_uint_le(timer->at, now);
	ck_assert_uint_ge(timer->at, latest);
	latest = timer->at;
	fired[timer - timers]++;
	count++;
}

static void quit(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
	loop_quit(loop, 0);
}

static void setup(void)
{
	memset(timers, 0, sizeof(timers));
	memset(fired, 0, sizeof(fired));
	count = 0;
	latest = 0;
	last = (struct loop_timer){ .fire = quit };
	for (unsigned i = 0; i < TIMERS; i++)
		timers[i].fire = note;
	ck_assert_int_eq(loop_open(&loop, &none, NULL), 0);
}

static void teardown(void)
{
	loop_close(loop);
}

/* Runs it until this instant, which lies behind all timers. */
static void run(nsec at)
{
	loop_timer_set(loop, &last, at);
	ck_assert_int_eq(loop_run(loop), 0);
}

START_TEST(timers_fire_in_their_order_however_they_were_moved)
{
	static const uint8_t seed[32] = { 7 };
	const nsec now = loop_clock();
	bool set[TIMERS] = { false };
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned i = 0; i < 20 * TIMERS; i++) {
		uint32_t number = prng_u32(&prng);
		unsigned which = number % TIMERS;

		set[which] = number >> 30;
		loop_timer_set(loop, &timers[which],
			       set[which] ? now + (number >> 16) % 1000
					  : NSEC_NEVER);
	}
	run(now + 2000);
	for (unsigned i = 0; i < TIMERS; i++)
		ck_assert_uint_eq(fired[i], set[i]);
	ck_assert_uint_gt(count, TIMERS / 2);
}
END_TEST

static unsigned rounds;

static void set_again(struct loop_timer *timer, nsec now)
{
	if (++rounds < 10)
		loop_timer_set(loop, timer, now);
	else
		loop_quit(loop, 0);
}

START_TEST(one_set_for_now_has_the_next_turn)
{
	struct loop_timer timer = { .fire = set_again };

	loop_timer_set(loop, &timer, 0);
	ck_assert_int_eq(loop_run(loop), 0);
	ck_assert_uint_eq(rounds, 10);
}
END_TEST

static void clear_all(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
	for (unsigned i = 0; i < TIMERS; i++)
		loop_timer_set(loop, &timers[i], NSEC_NEVER);
}

START_TEST(one_that_fires_may_clear_all_others)
{
	struct loop_timer first = { .fire = clear_all };
	nsec now = loop_clock();

	loop_timer_set(loop, &first, now);
	for (unsigned i = 0; i < TIMERS; i++)
		loop_timer_set(loop, &timers[i], now + 1 + i);
	run(now + 2000);
	ck_assert_uint_eq(count, 0);
}
END_TEST

Suite *test_loop_suite(void)
{
	Suite *suite = suite_create("loop");
	TCase *tests = tcase_create("loop");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, timers_fire_in_their_order_however_they_were_moved);
	tcase_add_test(tests, one_set_for_now_has_the_next_turn);
	tcase_add_test(tests, one_that_fires_may_clear_all_others);
	suite_add_tcase(suite, tests);
	return suite;
}
