/* SPDX-License-Identifier: BSD-2-Clause */
/* How long a lease lasts, by what a server says and by which clock. */
#include <string.h>

#include "conformance/stage.h"

Suite *test_times_suite(void);

#define INFINITE DHCP4_LEASE_INFINITE

/* ---- the lease time ----------------------------------------------------- */

/* Covers: 2131-3.3-01 */
START_TEST(all_ones_are_for_ever)
{
	stage.terms.lease_s = INFINITE;
	reach_bound();
	CHECK(kernel_left() == NSEC_NEVER);
	ck_assert_str_eq(disk_line("lease-time"), "4294967295");
	silence(S(86400 * 366));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: DF-time-05 */
START_TEST(for_ever_with_finite_t1_and_t2_is_still_for_ever)
{
	stage.terms.lease_s = INFINITE;
	stage.terms.t1_s = 10;
	stage.terms.t2_s = 20;
	reach_bound();
	CHECK(count_in(S(86400)) <= 86400 / 60);
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() == NSEC_NEVER);
}
END_TEST

/* Covers: 2131-3.3-02 */
START_TEST(the_largest_leases_are_positive_and_do_not_wrap)
{
	static const uint32_t leases_s[] = { 0x7fffffff, 0x80000000, 0xfffffffe };

	for (unsigned i = 0; i < ARRAY_SIZE(leases_s); i++) {
		nsec lease = S((uint64_t)leases_s[i]);

		stage_close();
		stage_open(i);
		stage.terms.lease_s = leases_s[i];
		reach_bound();
		CHECK(kernel_left() <= lease && kernel_left() > lease - S(2));
		hear_after(lease / 2 - lease / 100, lease / 2,
			   DHCP4_REQUEST_RENEWING);
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* An ACK that would give that lease time to what was offered, is no use. */
static void is_refused(const struct reply *ack)
{
	ignored(ack);
	ck_assert_uint_gt(stage.refused[REJECT_LEASE_TIME], 0);
	kernel_is_empty();
}

/* Covers: DF-time-01 */
START_TEST(a_lease_of_no_time_is_refused)
{
	struct reply r;

	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	reply_set_u32(&r, DHCP4_OPTION_LEASE_TIME, 0);
	ignored(&r);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	r = reply(DHCP4_TYPE_ACK);
	reply_set_u32(&r, DHCP4_OPTION_LEASE_TIME, 0);
	is_refused(&r);
	hear_after(S(3), S(5), DHCP4_REQUEST_SELECTING);
}
END_TEST

/* Covers: DF-msg-13 */
START_TEST(without_a_lease_time_there_is_no_lease)
{
	struct reply r;

	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	reply_drop(&r, DHCP4_OPTION_LEASE_TIME);
	ignored(&r);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	r = reply(DHCP4_TYPE_ACK);
	reply_drop(&r, DHCP4_OPTION_LEASE_TIME);
	is_refused(&r);
	/* Nor is a lease renewed by such an ACK. */
	tell(DHCP4_TYPE_ACK);
	hear(DHCP4_REQUEST_RENEWING);
	r = reply(DHCP4_TYPE_ACK);
	reply_drop(&r, DHCP4_OPTION_LEASE_TIME);
	ignored(&r);
}
END_TEST

/* Covers: 2132-9.2-01 */
START_TEST(a_lease_time_of_another_length_is_none)
{
	static const uint8_t octets[8] = { 0, 0, 14, 16, 0, 0, 14, 17 };
	static const size_t sizes[] = { 0, 1, 2, 3, 5, 8 };

	reach_requesting();
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct reply ack = reply(DHCP4_TYPE_ACK);

		reply_set(&ack, DHCP4_OPTION_LEASE_TIME, octets, sizes[i]);
		is_refused(&ack);
	}
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 2131-4.4.1-09 */
START_TEST(the_lease_begins_when_its_request_was_first_sent)
{
	stage.terms.lease_s = 60;
	reach_requesting();
	pass(S(3));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() <= S(57) && kernel_left() > S(56));
	/* An ACK may be to the first of several that look alike. */
	stage_close();
	stage_open(0);
	stage.terms.lease_s = 60;
	reach_requesting();
	hear(DHCP4_REQUEST_SELECTING);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() <= S(60 - 10) && kernel_left() >= S(60 - 15));
}
END_TEST

/* An ACK that comes when its lease is over already gives nothing. */
START_TEST(a_lease_that_is_over_when_it_comes_is_refused)
{
	stage.terms.lease_s = 3;
	reach_requesting();
	pass(S(3));
	for (unsigned i = 0; i < 2; i++) {
		struct reply ack = reply(DHCP4_TYPE_ACK);

		is_refused(&ack);
	}
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* ---- T1 and T2 ---------------------------------------------------------- */

/* When T1 and T2 come, after the REQUEST that got the lease. */
static void check_times(nsec t1, nsec t2, uint32_t lease_s)
{
	nsec granted, at[2];

	reach_bound();
	granted = heard()->at;
	at[0] = hear(DHCP4_REQUEST_RENEWING)->at - granted;
	at[1] = hear_until(DHCP4_REQUEST_REBINDING)->at - granted;
	CHECK(at[0] <= t1 && at[0] + t1 / 49 >= t1);
	CHECK(at[1] <= t2 && at[1] + t2 / 49 >= t2);
	CHECK(at[0] < at[1] && at[1] < S((uint64_t)lease_s));
	kernel_has(IP(CLIENT), 24);
	while (hear_any()->kind == DHCP4_REQUEST_REBINDING)
		continue;
	ck_assert_uint_eq(heard()->at, granted + S((uint64_t)lease_s));
	kernel_is_empty();
}

/* Covers: DF-time-03 DF-time-04 2131-4.4.5-01 2131-4.4.5-06 2131-4.4.5-07 */
START_TEST(t1_and_t2_as_told_or_as_far_as_they_are_in_order)
{
	static const struct {
		uint32_t t1_s, t2_s, lease_s;
		nsec t1, t2; /* what comes of it */
	} cases[] = {
		{ 0, 0, 100, MS(50000), MS(87500) },
		{ 30, 60, 100, MS(30000), MS(60000) },
		{ 98, 99, 100, MS(98000), MS(99000) },
		/* Out of order, or beyond the lease: not used at all. */
		{ 60, 30, 100, MS(50000), MS(87500) },
		{ 100, 100, 100, MS(50000), MS(87500) },
		{ 50, 50, 100, MS(50000), MS(87500) },
		{ 200, 300, 100, MS(50000), MS(87500) },
		{ 50, INFINITE, 100, MS(50000), MS(87500) },
		{ 50, 100, 100, MS(50000), MS(87500) },
		/* One alone: the other is derived from it. */
		{ 95, 0, 100, MS(95000), MS(97500) },
		{ 20, 0, 100, MS(20000), MS(87500) },
		{ 100, 0, 100, MS(50000), MS(87500) },
		{ 0, 20, 100, MS(10000), MS(20000) },
		{ 0, 99, 100, MS(49500), MS(99000) },
		{ 0, 100, 100, MS(50000), MS(87500) },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		stage_close();
		stage_open(i);
		stage.terms.t1_s = cases[i].t1_s;
		stage.terms.t2_s = cases[i].t2_s;
		stage.terms.lease_s = cases[i].lease_s;
		check_times(cases[i].t1, cases[i].t2, cases[i].lease_s);
	}
}
END_TEST

static void tell_zeros(struct reply *r, const struct message *m)
{
	(void)m;
	reply_set_u32(r, DHCP4_OPTION_T1, 0);
	reply_set_u32(r, DHCP4_OPTION_T2, 0);
}

/* Covers: DF-time-03 */
START_TEST(t1_and_t2_of_0_are_as_good_as_none)
{
	stage.terms.lease_s = 100;
	stage.serves = true;
	stage.edit = tell_zeros;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	for (unsigned i = 0; i < 5; i++)
		hear_after(S(49), S(50), DHCP4_REQUEST_RENEWING);
}
END_TEST

/* Covers: 2131-4.4.5-01 */
START_TEST(whatever_a_server_says_t1_t2_and_expiry_come_in_this_order)
{
	struct prng prng;
	uint8_t seed[32] = { 't' };

	prng_init(&prng, seed);
	for (unsigned i = 0; i < 100; i++) {
		struct terms *terms = &stage.terms;
		nsec t1, t2;

		stage_close();
		stage_open(i);
		terms->lease_s = 8 + (uint32_t)prng_below(&prng, 3000);
		terms->t1_s = (uint32_t)prng_below(&prng, 2 * terms->lease_s);
		terms->t2_s = (uint32_t)prng_below(&prng, 2 * terms->lease_s);
		reach_renewing();
		t1 = heard()->at;
		t2 = hear_until(DHCP4_REQUEST_REBINDING)->at;
		CHECK(t1 < t2);
		hear_until(DHCP4_REQUEST_DISCOVER);
		CHECK(t2 < heard()->at);
		kernel_is_empty();
	}
}
END_TEST

/* Covers: 2132-9.11-01 */
START_TEST(t1_and_t2_of_another_length_are_not_used)
{
	static const uint8_t octets[8] = { 0, 0, 0, 20, 0, 0, 0, 21 };
	static const size_t sizes[] = { 0, 2, 3, 5, 8 };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct reply ack;

		stage_close();
		stage_open(i);
		reach_requesting();
		ack = reply(DHCP4_TYPE_ACK);
		reply_set(&ack, DHCP4_OPTION_T1, octets, sizes[i]);
		reply_set(&ack, DHCP4_OPTION_T2, octets, sizes[i]);
		say(&ack);
		hear_after(S(1764), S(1800), DHCP4_REQUEST_RENEWING);
		hear_until(DHCP4_REQUEST_REBINDING);
	}
}
END_TEST

/* ---- short leases ------------------------------------------------------- */

/* Covers: DF-time-02 */
START_TEST(short_leases_flood_nobody_and_end_in_time)
{
	static const unsigned leases_s[] = { 1, 2, 5, 10, 59 };

	for (unsigned i = 0; i < ARRAY_SIZE(leases_s); i++) {
		nsec granted;

		stage_close();
		stage_open(i);
		stage.terms.lease_s = leases_s[i];
		reach_bound();
		granted = heard()->at;
		hear(DHCP4_REQUEST_RENEWING);
		hear(DHCP4_REQUEST_REBINDING);
		kernel_has(IP(CLIENT), 24);
		ck_assert_uint_eq(hear(DHCP4_REQUEST_DISCOVER)->at,
				  granted + S(leases_s[i]));
		kernel_is_empty();
	}
}
END_TEST

/* Covers: DF-time-02 */
START_TEST(short_leases_are_renewed_no_more_often_than_they_need)
{
	static const unsigned leases_s[] = { 1, 2, 5, 10, 59 };

	for (unsigned i = 0; i < ARRAY_SIZE(leases_s); i++) {
		unsigned count;

		stage_close();
		stage_open(i);
		stage.terms.lease_s = leases_s[i];
		stage.serves = true;
		reach_selecting();
		count = count_in(S(59 * 10));
		/* T1 comes up to 2 % early. */
		CHECK(count <= 59 * 10 * 2 * 100 / 98 / leases_s[i] + 3);
		kernel_has(IP(CLIENT), 24);
		ck_assert_uint_eq(stage.removals, 0);
	}
}
END_TEST

/* ---- clocks ------------------------------------------------------------- */

/* Covers: DF-time-06 */
START_TEST(a_wall_clock_set_back_moves_no_timer)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	pass(S(100));
	sim_host_step_clock(stage.host, -86400 * 3650);
	silence(S(100));
	sim_host_step_clock(stage.host, 30);
	silence(S(100));
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(heard()->at >= granted + S(1764));
	CHECK(heard()->at <= granted + S(1800));
}
END_TEST

/* Covers: DF-time-06 */
START_TEST(a_wall_clock_set_ahead_ends_nothing)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	pass(S(100));
	sim_host_step_clock(stage.host, 86400 * 3650);
	/* It may be a machine that was restored: the lease is confirmed. */
	hear(DHCP4_REQUEST_REBOOTING);
	hear_until(DHCP4_REQUEST_DISCOVER);
	kernel_has(IP(CLIENT), 24);
	count_in(granted + S(LEASE_S) - now() - S(1));
	kernel_has(IP(CLIENT), 24);
	count_in(S(1));
	kernel_is_empty();
}
END_TEST

static void sleep_for(nsec duration)
{
	sim_host_suspend(stage.host);
	silence(duration);
	sim_host_resume(stage.host);
}

/* Covers: DF-time-07 */
START_TEST(sleep_over_t1_asks_at_once)
{
	reach_bound();
	sleep_for(S(LEASE_S / 2));
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(heard()->at, now());
	CHECK(kernel_left() <= S(LEASE_S / 2));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	silence(S(1700));
}
END_TEST

/* Covers: DF-time-07 */
START_TEST(sleep_counts_towards_expiry)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	sleep_for(S(3000));
	count_in(granted + S(LEASE_S) - now() - S(1));
	kernel_has(IP(CLIENT), 24);
	count_in(S(1));
	kernel_is_empty();
}
END_TEST

/* Covers: DF-time-07 */
START_TEST(sleep_over_expiry_takes_the_address_away_before_anything_else)
{
	reach_bound();
	sleep_for(S(LEASE_S + 1));
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(heard()->at, now());
	CHECK(!peer_reaches(IP(CLIENT)));
}
END_TEST

/* Too short a sleep to be told of; T1 is over by then, and T2. */
START_TEST(who_misses_t2_asks_all_servers_at_once)
{
	stage.terms.lease_s = 1;
	reach_bound();
	silence(MS(400));
	sim_host_suspend(stage.host);
	silence(MS(500));
	sim_host_resume(stage.host);
	hear(DHCP4_REQUEST_REBINDING);
	ck_assert_uint_eq(heard()->at, now());
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: DF-time-09 */
START_TEST(without_a_process_the_kernel_ends_the_lease)
{
	stage.terms.lease_s = 60;
	reach_bound();
	CHECK(kernel_left() <= S(60) && kernel_left() > S(59));
	sim_host_kill(stage.host);
	silence(S(59));
	kernel_has(IP(CLIENT), 24);
	silence(S(2));
	kernel_is_empty();
}
END_TEST

/* Covers: DF-time-09 */
START_TEST(each_renewal_sets_the_kernels_lifetime)
{
	stage.serves = true;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	for (unsigned i = 0; i < 10; i++) {
		hear(DHCP4_REQUEST_RENEWING);
		CHECK(kernel_left() < S(LEASE_S / 2 + 40));
		pass(MS(1));
		CHECK(kernel_left() > S(LEASE_S - 1));
	}
	ck_assert_uint_eq(stage.removals, 0);
}
END_TEST

Suite *test_times_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("times", &suite);

	tcase_add_test(t, all_ones_are_for_ever);
	tcase_add_test(t, for_ever_with_finite_t1_and_t2_is_still_for_ever);
	tcase_add_test(t, the_largest_leases_are_positive_and_do_not_wrap);
	tcase_add_test(t, a_lease_of_no_time_is_refused);
	tcase_add_test(t, without_a_lease_time_there_is_no_lease);
	tcase_add_test(t, a_lease_time_of_another_length_is_none);
	tcase_add_test(t, the_lease_begins_when_its_request_was_first_sent);
	tcase_add_test(t, a_lease_that_is_over_when_it_comes_is_refused);
	tcase_add_test(t, t1_and_t2_as_told_or_as_far_as_they_are_in_order);
	tcase_add_test(t, t1_and_t2_of_0_are_as_good_as_none);
	tcase_add_test(
		t, whatever_a_server_says_t1_t2_and_expiry_come_in_this_order);
	tcase_add_test(t, t1_and_t2_of_another_length_are_not_used);
	tcase_add_test(t, short_leases_flood_nobody_and_end_in_time);
	tcase_add_test(t, short_leases_are_renewed_no_more_often_than_they_need);
	tcase_add_test(t, a_wall_clock_set_back_moves_no_timer);
	tcase_add_test(t, a_wall_clock_set_ahead_ends_nothing);
	tcase_add_test(t, sleep_over_t1_asks_at_once);
	tcase_add_test(t, sleep_counts_towards_expiry);
	tcase_add_test(
		t, sleep_over_expiry_takes_the_address_away_before_anything_else);
	tcase_add_test(t, who_misses_t2_asks_all_servers_at_once);
	tcase_add_test(t, without_a_process_the_kernel_ends_the_lease);
	tcase_add_test(t, each_renewal_sets_the_kernels_lifetime);
	return suite;
}
