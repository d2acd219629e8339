/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual clock: which timer fires when, whatever was moved or cancelled. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "sim/clock.h"

Suite *test_sim_clock_suite(void);

#define START	 1000
#define MANY	 500
#define LOG_SIZE (4 * MANY)

/* A timer that writes its number, and the time, into the log. */
struct entry {
	unsigned number;
	struct sim_timer timer;
};

static struct sim_clock clock_;
static struct entry entries[MANY];
static unsigned fired[LOG_SIZE];
static nsec fired_at[LOG_SIZE];
static size_t count;

static void note(struct sim_timer *timer)
{
	ASSERT(count < LOG_SIZE);
	fired[count] = SIM_OWNER(timer, struct entry, timer)->number;
	fired_at[count++] = clock_.now;
}

static void setup(void)
{
	sim_clock_init(&clock_, START);
	memset(entries, 0, sizeof(entries));
	count = 0;
	for (unsigned i = 0; i < MANY; i++) {
		entries[i].number = i;
		entries[i].timer.fire = note;
	}
}

static void teardown(void)
{
	sim_clock_free(&clock_);
}

static void set(unsigned number, nsec at)
{
	sim_timer_set(&clock_, &entries[number].timer, at);
}

static void fired_are(size_t expected_count, const unsigned *expected)
{
	ck_assert_uint_eq(count, expected_count);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(fired[i], expected[i]);
}

START_TEST(timers_fire_in_order_of_time)
{
	set(0, 3000);
	set(1, 1500);
	set(2, 2000);
	sim_clock_run(&clock_, 5000);
	fired_are(3, (unsigned[]){ 1, 2, 0 });
	ck_assert_uint_eq(fired_at[0], 1500);
	ck_assert_uint_eq(fired_at[2], 3000);
	ck_assert_uint_eq(clock_.now, 5000);
	ck_assert_uint_eq(clock_.fired, 3);
}
END_TEST

START_TEST(of_one_instant_the_first_set_is_first)
{
	for (unsigned i = 0; i < 20; i++)
		set((i * 7) % 20, 2000);
	sim_clock_run(&clock_, 2000);
	ck_assert_uint_eq(count, 20);
	for (unsigned i = 0; i < 20; i++)
		ck_assert_uint_eq(fired[i], (i * 7) % 20);
}
END_TEST

/* Moved to where it was, it is behind the others: it was set last. */
START_TEST(timer_moves)
{
	set(0, 2000);
	set(1, 2000);
	set(2, 3000);
	set(0, 2000);
	set(2, 1500);
	ck_assert_uint_eq(clock_.count, 3);
	sim_clock_run(&clock_, 4000);
	fired_are(3, (unsigned[]){ 2, 1, 0 });
}
END_TEST

START_TEST(timer_is_cancelled)
{
	for (unsigned i = 0; i < 5; i++)
		set(i, 2000 + i);
	sim_timer_cancel(&clock_, &entries[0].timer);
	set(3, NSEC_NEVER);
	sim_timer_cancel(&clock_, &entries[3].timer);
	sim_timer_cancel(&clock_, &entries[9].timer);
	ck_assert_uint_eq(entries[3].timer.place, 0);
	sim_clock_run(&clock_, NSEC_NEVER);
	fired_are(3, (unsigned[]){ 1, 2, 4 });
	/* Nothing was left, so the present stayed with the last. */
	ck_assert_uint_eq(clock_.now, 2004);
}
END_TEST

START_TEST(past_timer_fires_next_and_time_stays)
{
	set(0, 1200);
	set(1, START);
	set(2, 5);
	ck_assert(sim_clock_step(&clock_, START));
	fired_are(1, (unsigned[]){ 2 });
	ck_assert_uint_eq(clock_.now, START);
	ck_assert(sim_clock_step(&clock_, START));
	ck_assert(!sim_clock_step(&clock_, START));
	ck_assert_uint_eq(clock_.now, START);
	ck_assert(sim_clock_step(&clock_, 1200));
	fired_are(3, (unsigned[]){ 2, 1, 0 });
}
END_TEST

static void again(struct sim_timer *timer)
{
	note(timer);
	if (count < 5)
		sim_timer_set(&clock_, timer, clock_.now + 100);
	sim_timer_cancel(&clock_, &entries[1].timer);
}

START_TEST(timers_change_timers)
{
	entries[0].timer.fire = again;
	set(0, 1100);
	set(1, 1100);
	set(2, 1250);
	sim_clock_run(&clock_, 1400);
	fired_are(5, (unsigned[]){ 0, 0, 2, 0, 0 });
	ck_assert_uint_eq(fired_at[4], 1400);
}
END_TEST

/* A crowd, moved and cancelled at random, against what each was last set to. */
START_TEST(crowd_fires_in_order)
{
	static const uint8_t seed[32] = { 4 };
	struct prng prng;
	nsec expected[MANY] = { 0 };
	size_t left = 0;

	prng_init(&prng, seed);
	for (unsigned i = 0; i < 20 * MANY; i++) {
		unsigned which = (unsigned)prng_below(&prng, MANY);
		bool never = prng_below(&prng, 4) == 0;
		nsec at = START + prng_below(&prng, 300);

		expected[which] = never ? 0 : at;
		set(which, never ? NSEC_NEVER : at);
	}
	sim_clock_run(&clock_, START + 300);
	for (unsigned i = 0; i < MANY; i++)
		left += expected[i] != 0;
	ck_assert_uint_eq(count, left);
	for (size_t i = 0; i < count; i++) {
		const struct sim_timer *timer = &entries[fired[i]].timer;
		const struct sim_timer *before =
			i ? &entries[fired[i - 1]].timer : timer;

		ck_assert_uint_eq(fired_at[i], expected[fired[i]]);
		ck_assert(before->at < timer->at ||
			  (before->at == timer->at &&
			   before->sequence <= timer->sequence));
	}
}
END_TEST

Suite *test_sim_clock_suite(void)
{
	Suite *suite = suite_create("sim_clock");
	TCase *tcase = tcase_create("sim_clock");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, timers_fire_in_order_of_time);
	tcase_add_test(tcase, of_one_instant_the_first_set_is_first);
	tcase_add_test(tcase, timer_moves);
	tcase_add_test(tcase, timer_is_cancelled);
	tcase_add_test(tcase, past_timer_fires_next_and_time_stays);
	tcase_add_test(tcase, timers_change_timers);
	tcase_add_test(tcase, crowd_fires_in_order);
	suite_add_tcase(suite, tcase);
	return suite;
}
