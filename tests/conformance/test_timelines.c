/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client says, and when, while nobody answers it: each schedule by the
 * clock, its jitter over many seeds, and nothing else on the wire.
 */
#include "conformance/stage.h"

Suite *test_timelines_suite(void);

#define SEEDS 50

/* A range that values have to stay in, and to spread over. */
struct spread {
	nsec least, most;	    /* allowed */
	nsec seen_least, seen_most; /* seen */
};

static void spread_add(struct spread *s, nsec value)
{
	if (value < s->least || value > s->most)
		ck_abort_msg("%.6f s is not within %.3f to %.3f s",
			     (double)value / 1e9, (double)s->least / 1e9,
			     (double)s->most / 1e9);
	s->seen_least = s->seen_most ? nsec_min(s->seen_least, value) : value;
	s->seen_most = nsec_max(s->seen_most, value);
}

/* Both ends were come near to, by a tenth of the range. */
static void spread_is_used(const struct spread *s)
{
	nsec near = (s->most - s->least) / 10;

	CHECK(s->seen_least < s->least + near);
	CHECK(s->seen_most > s->most - near);
}

static struct spread around(unsigned seconds, nsec jitter)
{
	return (struct spread){ S(seconds) - jitter, S(seconds) + jitter, 0, 0 };
}

/* The time from the last message heard to the next one. */
static nsec gap_before(enum dhcp4_request kind)
{
	nsec before = heard()->at;

	return hear(kind)->at - before;
}

/* ---- DISCOVER ----------------------------------------------------------- */

/* Covers: 2131-3.1-05 2131-4.1-04 2131-4.1-05 2131-4.1-06 2131-4.1-07 */
START_TEST(discovers_double_up_to_64_s_each_with_its_jitter)
{
	struct spread waits[] = { around(4, S(1)),  around(8, S(1)),
				  around(16, S(1)), around(32, S(1)),
				  around(64, S(1)), around(64, S(1)),
				  around(64, S(1)) };

	for (unsigned seed = 0; seed < SEEDS; seed++) {
		stage_close();
		stage_open(seed);
		reach_selecting();
		for (unsigned i = 0; i < ARRAY_SIZE(waits); i++)
			spread_add(&waits[i], gap_before(DHCP4_REQUEST_DISCOVER));
	}
	for (unsigned i = 0; i < ARRAY_SIZE(waits); i++)
		spread_is_used(&waits[i]);
}
END_TEST

/* Covers: 2131-4.1-04 2131-3.1-10 */
START_TEST(requests_double_too_and_are_given_up_after_the_fifth)
{
	struct spread waits[] = { around(4, S(1)), around(8, S(1)),
				  around(16, S(1)), around(32, S(1)) };
	struct spread end = around(4, S(1));

	for (unsigned seed = 0; seed < SEEDS; seed++) {
		stage_close();
		stage_open(seed);
		reach_requesting();
		for (unsigned i = 0; i < ARRAY_SIZE(waits); i++)
			spread_add(&waits[i],
				   gap_before(DHCP4_REQUEST_SELECTING));
		spread_add(&end, gap_before(DHCP4_REQUEST_DISCOVER));
	}
	for (unsigned i = 0; i < ARRAY_SIZE(waits); i++)
		spread_is_used(&waits[i]);
	spread_is_used(&end);
}
END_TEST

/* As documented: the second after 3 to 4 s, DISCOVERs from 7 s on. */
START_TEST(a_reboot_asks_twice_in_seven_seconds)
{
	struct spread second = { S(3), S(4), 0, 0 };

	for (unsigned seed = 0; seed < SEEDS; seed++) {
		nsec first;

		stage_close();
		stage_open(seed);
		reach_rebooting();
		first = heard()->at;
		spread_add(&second, gap_before(DHCP4_REQUEST_REBOOTING));
		ck_assert_uint_eq(hear(DHCP4_REQUEST_DISCOVER)->at, first + S(7));
	}
	spread_is_used(&second);
}
END_TEST

/* Covers: 2131-4.1-07 */
START_TEST(an_hour_of_silence_hears_a_discover_each_64_s_and_no_more)
{
	unsigned count;

	reach_selecting();
	for (unsigned i = 0; i < 5; i++)
		hear(DHCP4_REQUEST_DISCOVER);
	count = count_in(S(3600));
	CHECK(count >= 3600 / 65 && count <= 3600 / 63);
	kernel_is_empty();
}
END_TEST

/* Covers: 1542-3.2-01 1542-3.2-02 951-3-01 */
START_TEST(secs_follows_the_clock_from_the_first_discover)
{
	const struct message *first;
	unsigned before = 0;

	reach_selecting();
	first = heard();
	ck_assert_uint_eq(first->secs, 0);
	for (unsigned i = 0; i < 6; i++) {
		const struct message *m = hear(DHCP4_REQUEST_DISCOVER);
		uint64_t elapsed = (m->at - first->at) / NSEC_PER_S;

		CHECK(m->secs > before && m->secs <= elapsed);
		CHECK(m->secs + 1 >= elapsed);
		before = m->secs;
	}
}
END_TEST

/* Covers: 1542-3.2-01 1542-3.2-02 */
START_TEST(secs_goes_on_from_renewing_to_rebinding)
{
	nsec first;
	unsigned before = 0;

	reach_renewing();
	first = heard()->at;
	ck_assert_uint_eq(heard()->secs, 0);
	while (hear_any()->kind != DHCP4_REQUEST_DISCOVER) {
		uint64_t elapsed = (heard()->at - first) / NSEC_PER_S;

		CHECK(heard()->secs > before && heard()->secs <= elapsed);
		CHECK(heard()->secs + 1 >= elapsed);
		before = heard()->secs;
	}
	ck_assert_uint_eq(heard()->secs, 0);
}
END_TEST

/* Covers: 2131-4.1-09 */
START_TEST(repeated_discovers_are_one_exchange)
{
	const struct message *first, *m;

	reach_selecting();
	first = heard();
	for (unsigned i = 0; i < 5; i++) {
		m = hear(DHCP4_REQUEST_DISCOVER);
		ck_assert_uint_eq(m->xid, first->xid);
	}
	tell(DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(hear(DHCP4_REQUEST_SELECTING)->xid, first->xid);
}
END_TEST

Suite *test_timelines_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("timelines", &suite);

	tcase_add_test(t, discovers_double_up_to_64_s_each_with_its_jitter);
	tcase_add_test(t, requests_double_too_and_are_given_up_after_the_fifth);
	tcase_add_test(t, a_reboot_asks_twice_in_seven_seconds);
	tcase_add_test(
		t, an_hour_of_silence_hears_a_discover_each_64_s_and_no_more);
	tcase_add_test(t, secs_follows_the_clock_from_the_first_discover);
	tcase_add_test(t, secs_goes_on_from_renewing_to_rebinding);
	tcase_add_test(t, repeated_discovers_are_one_exchange);
	return suite;
}
