/* SPDX-License-Identifier: BSD-2-Clause */
/* A remembered address, asked for again: RFC 2131 3.2 and 4.4.2. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_rebooting_suite(void);

/* A lease, and the machine switched off for so long after it. */
static void reach_second_boot(nsec off)
{
	reach_bound();
	sim_host_reboot(stage.host, off);
	kernel_is_empty();
	pass(off);
}

/* Covers: 2131-4.3.2-03 2131-4.3.2-04 2131-4.4.2-01 2131-4.1-03 */
START_TEST(a_boot_asks_all_servers_for_the_remembered_address)
{
	const struct message *m;
	uint32_t before;

	reach_bound();
	before = heard()->xid;
	sim_host_reboot(stage.host, S(30));
	m = hear_after(S(29), S(31), DHCP4_REQUEST_REBOOTING);
	CHECK(m->xid != before);
	CHECK(!message_has(m, DHCP4_OPTION_SERVER_ID));
	ck_assert_uint_eq(message_u32(m, DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	ck_assert_uint_eq(m->ciaddr, IPV4_ANY);
	ck_assert_uint_eq(m->source, IPV4_ANY);
	ck_assert_uint_eq(m->destination, IPV4_BROADCAST);
	CHECK(!m->unicast);
	ck_assert_uint_eq(m->secs, 0);
}
END_TEST

/* Covers: 2131-4.4-04 2131-4.4.2-02 */
START_TEST(an_ack_of_any_server_confirms_the_address)
{
	reach_second_boot(S(30));
	hear(DHCP4_REQUEST_REBOOTING);
	stage.terms.server = IP(10, 0, 0, 2);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	/* It is the lease's server from now on. */
	hear_after(S(LEASE_S / 100 * 48), S(LEASE_S / 2), DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(heard()->destination, IP(10, 0, 0, 2));
}
END_TEST

/* Covers: 2131-3.2-05 */
START_TEST(acks_after_the_first_are_ignored)
{
	struct reply second;

	reach_second_boot(S(30));
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_ACK);
	second = reply(DHCP4_TYPE_ACK);
	reply_set_u32(&second, DHCP4_OPTION_SERVER_ID, IP(10, 0, 0, 2));
	reply_set_u32(&second, DHCP4_OPTION_LEASE_TIME, 60);
	ignored(&second);
	CHECK(kernel_left() > S(LEASE_S - 2));
	silence(S(600));
}
END_TEST

/* Covers: 2131-4.4.2-03 2131-4.4.1-09 */
START_TEST(a_late_ack_shortens_the_lease_by_its_delay)
{
	stage.terms.lease_s = 60;
	reach_second_boot(S(1));
	hear(DHCP4_REQUEST_REBOOTING);
	pass(S(3));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() <= S(57));
	CHECK(kernel_left() > S(56));
}
END_TEST

/* Covers: 2131-3.2-02 2131-3.1-09 */
START_TEST(a_nak_forbids_the_remembered_address)
{
	reach_second_boot(S(30));
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_NAK);
	CHECK(disk_is_empty());
	kernel_is_empty();
	hear_after(0, S(1), DHCP4_REQUEST_DISCOVER);
	CHECK(!message_has(heard(), DHCP4_OPTION_REQUESTED_ADDRESS));
	sim_host_reboot(stage.host, S(30));
	hear(DHCP4_REQUEST_DISCOVER);
	kernel_is_empty();
}
END_TEST

/* Covers: 2131-3.2-03 2131-4.1-04 */
START_TEST(unanswered_it_asks_twice_then_uses_what_is_left)
{
	nsec first;

	reach_second_boot(S(600));
	first = hear(DHCP4_REQUEST_REBOOTING)->at;
	hear_after(S(3), S(4), DHCP4_REQUEST_REBOOTING);
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(heard()->at, first + S(7));
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() <= S(LEASE_S - 600 - 7));
	CHECK(kernel_left() >= S(LEASE_S - 600 - 7 - 2));
	/* DISCOVERs go on as from any start, while the address is used. */
	hear_after(S(3), S(5), DHCP4_REQUEST_DISCOVER);
	hear_after(S(7), S(9), DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Covers: 2131-3.7-02 2131-4.4.5-12 2131-4.4.5-13 */
START_TEST(unconfirmed_it_ends_when_the_lease_does)
{
	nsec end;

	stage.terms.lease_s = 120;
	reach_second_boot(S(30));
	end = heard()->at + S(120);
	count_in(end - now() - S(2));
	kernel_has(IP(CLIENT), 24);
	count_in(S(2));
	kernel_is_empty();
	/* Granted anew, it is used again. */
	stage.serves = true;
	hear(DHCP4_REQUEST_DISCOVER);
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(1));
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}
END_TEST

/* Covers: 2131-4.4.1-02 */
START_TEST(a_wish_for_another_address_goes_before_the_remembered_one)
{
	reach_bound();
	stage.config->requested_address = IP(10, 0, 0, 99);
	sim_host_reboot(stage.host, S(30));
	ck_assert_uint_eq(message_u32(hear(DHCP4_REQUEST_DISCOVER),
				      DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(10, 0, 0, 99));
}
END_TEST

/* Covers: 2131-3.2-04 */
START_TEST(an_ordinary_end_releases_nothing)
{
	reach_bound();
	sim_host_end(stage.host);
	silence(S(60));
	kernel_has(IP(CLIENT), 24);
	power_on();
	ck_assert_uint_eq(message_u32(hear(DHCP4_REQUEST_REBOOTING),
				      DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
}
END_TEST

/* Covers: DF-life-01 */
START_TEST(after_a_crash_the_address_is_verified_while_it_is_used)
{
	reach_bound();
	pass(S(100));
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_REBOOTING);
	kernel_has(IP(CLIENT), 24);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(stage.removals, 0);
	CHECK(kernel_left() > S(LEASE_S - 10));
}
END_TEST

/* Covers: DF-life-01 DF-time-09 */
START_TEST(after_a_crash_nobody_answers_and_the_old_expiry_holds)
{
	nsec end;

	reach_bound();
	end = heard()->at + S(LEASE_S);
	pass(S(100));
	crash_and_restart();
	count_in(end - now() - S(2));
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() <= S(3));
	count_in(S(2));
	kernel_is_empty();
}
END_TEST

/* ---- lease files that tell nothing good --------------------------------- */

/* Covers: DF-time-08 */
START_TEST(a_lease_that_ended_while_it_was_off_is_only_a_wish)
{
	reach_second_boot(S(LEASE_S + 1));
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	count_in(S(600));
	kernel_is_empty();
}
END_TEST

/* Covers: DF-time-08 */
START_TEST(a_lease_file_from_the_future_is_asked_for_and_never_used_unasked)
{
	reach_bound();
	sim_host_step_clock(stage.host, -1000000000);
	sim_host_reboot(stage.host, S(30));
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_DISCOVER);
	count_in(S(LEASE_S));
	kernel_is_empty();
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_UNCONFIRMED], 0);
}
END_TEST

/* Covers: DF-life-02 */
START_TEST(a_damaged_lease_file_is_as_good_as_none)
{
	static const char *const others[] = { "", "\n", "lease { }\n", "\xff" };
	char *file;

	stage.unjudged = true;
	reach_bound();
	file = stage.port->file;
	for (unsigned i = 0; i < 64 + ARRAY_SIZE(others); i++) {
		char saved[LEASE_FILE_SIZE_MAX];
		size_t size = stage.port->file_size;

		memcpy(saved, file, sizeof(saved));
		if (i < 32) {
			stage.port->file_size = size * i / 32 + 1;
		} else if (i < 64) {
			file[size * (i - 32) / 32] ^= 1;
		} else {
			stage.port->file_size = strlen(others[i - 64]);
			memcpy(file, others[i - 64], stage.port->file_size);
		}
		sim_host_reboot(stage.host, S(30));
		CHECK(!message_has(hear(DHCP4_REQUEST_DISCOVER),
				   DHCP4_OPTION_REQUESTED_ADDRESS));
		kernel_is_empty();
		memcpy(file, saved, sizeof(saved));
		stage.port->file_size = size;
	}
	/* The file as it was leads to the address again. */
	sim_host_reboot(stage.host, S(30));
	hear(DHCP4_REQUEST_REBOOTING);
}
END_TEST

/* Covers: DF-life-02 */
START_TEST(a_full_disk_keeps_the_old_file_and_stops_no_renewal)
{
	char line[64];

	reach_bound();
	snprintf(line, sizeof(line), "%s", disk_line("granted-wall"));
	stage.port->troubles.store = ENOSPC;
	stage.serves = true;
	hear(DHCP4_REQUEST_RENEWING);
	pass(MS(1));
	CHECK(kernel_left() > S(LEASE_S - 2));
	ck_assert_str_eq(disk_line("granted-wall"), line);
}
END_TEST

Suite *test_rebooting_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("rebooting", &suite);

	tcase_add_test(t, a_boot_asks_all_servers_for_the_remembered_address);
	tcase_add_test(t, an_ack_of_any_server_confirms_the_address);
	tcase_add_test(t, acks_after_the_first_are_ignored);
	tcase_add_test(t, a_late_ack_shortens_the_lease_by_its_delay);
	tcase_add_test(t, a_nak_forbids_the_remembered_address);
	tcase_add_test(t, unanswered_it_asks_twice_then_uses_what_is_left);
	tcase_add_test(t, unconfirmed_it_ends_when_the_lease_does);
	tcase_add_test(
		t, a_wish_for_another_address_goes_before_the_remembered_one);
	tcase_add_test(t, an_ordinary_end_releases_nothing);
	tcase_add_test(t, after_a_crash_the_address_is_verified_while_it_is_used);
	tcase_add_test(t, after_a_crash_nobody_answers_and_the_old_expiry_holds);
	tcase_add_test(t, a_lease_that_ended_while_it_was_off_is_only_a_wish);
	tcase_add_test(
		t,
		a_lease_file_from_the_future_is_asked_for_and_never_used_unasked);
	tcase_add_test(t, a_damaged_lease_file_is_as_good_as_none);
	tcase_add_test(t, a_full_disk_keeps_the_old_file_and_stops_no_renewal);
	return suite;
}
