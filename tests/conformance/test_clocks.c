/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clocks that stop, leap, go back or were never set: no lease is lost by them, and
 * none lasts longer than anybody can know.
 */
#include "conformance/stage.h"

Suite *test_clocks_suite(void);

/* The clock as it is after a boot without one: 1970, and some seconds. */
#define NEVER_SET_S 20

static void set_wall_clock(int64_t wall_s)
{
	sim_host_step_clock(stage.host, wall_s - sim_host_wall_s(stage.host));
}

/* ---- a machine that is restored -------------------------------------------- */

/* All of it stands still for so long; then somebody sets the wall clock right. */
static void stop_and_restore(nsec stopped)
{
	/* Judges count the time that the machine knows nothing of. */
	stage.unjudged = true;
	sim_host_suspend(stage.host);
	silence(stopped);
	sim_host_restore(stage.host);
	silence(S(5));
	sim_host_step_clock(stage.host, (int64_t)(stopped / NSEC_PER_S));
}

/* Covers: DF-time-06 */
START_TEST(a_restored_machine_asks_at_once_and_lives_on_by_its_own_time)
{
	const nsec stopped = S(10 * LEASE_S);
	nsec granted;

	reach_bound();
	granted = heard()->at;
	pass(S(100));
	stop_and_restore(stopped);
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(heard()->at, now());
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	/* Nobody answers: to its end by BOOTTIME, and no longer. */
	hear_until(DHCP4_REQUEST_DISCOVER);
	kernel_has(IP(CLIENT), 24);
	count_in(granted + stopped + S(LEASE_S) - now() - S(1));
	kernel_has(IP(CLIENT), 24);
	count_in(S(1));
	kernel_is_empty();
}
END_TEST

START_TEST(a_restored_machine_obeys_a_server_that_forgot_it)
{
	reach_bound();
	stop_and_restore(S(10 * LEASE_S));
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_NAK);
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
}
END_TEST

START_TEST(a_restored_machine_is_granted_its_address_again)
{
	reach_bound();
	stop_and_restore(S(10 * LEASE_S));
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	ck_assert_uint_eq(stage.removals, 0);
	hear_after(S(LEASE_S / 100 * 48), S(LEASE_S / 2), DHCP4_REQUEST_RENEWING);
}
END_TEST

/* A pause that no clock shows, or too small a one, is none. */
START_TEST(a_machine_that_stood_still_for_a_minute_asks_nobody)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	stop_and_restore(S(60));
	silence(S(1000));
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(heard()->at >= granted + S(60 + 1764));
	CHECK(heard()->at <= granted + S(60 + 1800));
}
END_TEST

/* ---- the wall clock, and a process that ends -------------------------------- */

static const int64_t steps[] = { -86400LL * 3650, -3600, -1, 1, 3600,
				 86400LL * 3650 };

/* Covers: DF-time-06 */
START_TEST(a_wall_clock_set_across_a_restart_moves_no_instant)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	pass(S(100));
	sim_host_kill(stage.host);
	sim_host_step_clock(stage.host, steps[_i]);
	pass(S(10));
	sim_host_start(stage.host);
	hear(DHCP4_REQUEST_REBOOTING);
	hear_until(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(stage.removals, 0);
	count_in(granted + S(LEASE_S) - now() - S(1));
	kernel_has(IP(CLIENT), 24);
	count_in(S(1));
	kernel_is_empty();
}
END_TEST

/* ---- the wall clock, and another boot --------------------------------------- */

/* Asked for, by two REQUESTs, and not used as long as nobody answers. */
static void is_asked_for_and_not_used(void)
{
	unsigned changes = stage.changes;

	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_DISCOVER);
	count_in(S(2 * LEASE_S));
	ck_assert_uint_eq(stage.changes, changes);
	kernel_is_empty();
}

/* Covers: DF-time-08 */
START_TEST(a_boot_without_a_clock_asks_for_the_lease)
{
	stage.unjudged = true;
	reach_bound();
	pass(S(100));
	set_wall_clock(NEVER_SET_S);
	sim_host_reboot(stage.host, S(30));
	is_asked_for_and_not_used();
}
END_TEST

/* Covers: DF-time-08 */
START_TEST(a_boot_without_a_clock_loses_no_lease)
{
	stage.unjudged = true;
	reach_bound();
	set_wall_clock(NEVER_SET_S);
	sim_host_reboot(stage.host, S(30));
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() > S(LEASE_S - 2));
}
END_TEST

/*
 * Both boots had no clock: that the second one shows a little more than the first
 * says nothing of the time between them.
 *
 * Covers: DF-time-08
 */
START_TEST(two_boots_without_a_clock_prolong_no_lease)
{
	stage.unjudged = true;
	sim_host_step_clock(stage.host,
			    NEVER_SET_S - sim_host_wall_s(stage.host));
	reach_bound();
	pass(S(10));
	sim_host_reboot(stage.host, S(5 * LEASE_S));
	pass(S(5 * LEASE_S - 1));
	set_wall_clock(NEVER_SET_S + 40);
	is_asked_for_and_not_used();
}
END_TEST

/*
 * Granted before the clock was set: by a right one it seems to be half a century
 * old.
 *
 * Covers: DF-time-08
 */
START_TEST(a_lease_of_a_boot_without_a_clock_is_asked_for)
{
	int64_t right = sim_host_wall_s(stage.host);

	stage.unjudged = true;
	set_wall_clock(NEVER_SET_S);
	reach_bound();
	pass(S(10));
	sim_host_reboot(stage.host, S(30));
	set_wall_clock(right + 60);
	is_asked_for_and_not_used();
}
END_TEST

/* Somebody sets the clock: the lease is asked for anew, at once. */
START_TEST(a_clock_that_is_set_at_last_is_told)
{
	stage.unjudged = true;
	reach_bound();
	pass(S(100));
	set_wall_clock(NEVER_SET_S);
	sim_host_reboot(stage.host, S(30));
	hear(DHCP4_REQUEST_REBOOTING);
	pass(S(1));
	sim_host_step_clock(stage.host, 86400LL * 365 * 50);
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(heard()->at, now());
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Off for longer than the lease, by a right clock: not even asked for as ours. */
START_TEST(a_lease_that_ended_while_off_is_only_a_wish)
{
	reach_bound();
	sim_host_reboot(stage.host, S(LEASE_S));
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	kernel_is_empty();
}
END_TEST

Suite *test_clocks_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("clocks", &suite);

	tcase_add_test(
		t, a_restored_machine_asks_at_once_and_lives_on_by_its_own_time);
	tcase_add_test(t, a_restored_machine_obeys_a_server_that_forgot_it);
	tcase_add_test(t, a_restored_machine_is_granted_its_address_again);
	tcase_add_test(t, a_machine_that_stood_still_for_a_minute_asks_nobody);
	tcase_add_loop_test(t, a_wall_clock_set_across_a_restart_moves_no_instant,
			    0, ARRAY_SIZE(steps));
	tcase_add_test(t, a_boot_without_a_clock_asks_for_the_lease);
	tcase_add_test(t, a_boot_without_a_clock_loses_no_lease);
	tcase_add_test(t, two_boots_without_a_clock_prolong_no_lease);
	tcase_add_test(t, a_lease_of_a_boot_without_a_clock_is_asked_for);
	tcase_add_test(t, a_clock_that_is_set_at_last_is_told);
	tcase_add_test(t, a_lease_that_ended_while_off_is_only_a_wish);
	suite_add_tcase(suite, t);
	return suite;
}
