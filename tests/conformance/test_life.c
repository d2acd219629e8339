/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to an interface and to the process on it: carriers lost, releases,
 * another hardware address, calls that fail.
 */
#include <errno.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_life_suite(void);

static void (*const ways[])(void) = {
	reach_selecting, reach_requesting, reach_rebooting,
	reach_bound,	 reach_renewing,   reach_rebinding,
};

static void unplug(void)
{
	sim_link_cut(stage.cable, true);
}

static void plug(void)
{
	sim_link_cut(stage.cable, false);
}

/* ---- carrier ------------------------------------------------------------ */

/* Covers: DF-if-01 2131-3.7-01 */
START_TEST(a_short_loss_of_carrier_keeps_the_address_and_then_verifies_it)
{
	nsec back;

	reach_bound();
	unplug();
	silence(S(2));
	kernel_has(IP(CLIENT), 24);
	plug();
	back = now();
	ck_assert_uint_eq(hear(DHCP4_REQUEST_REBOOTING)->at, back);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	ck_assert_uint_eq(stage.removals, 0);
	silence(S(1700));
}
END_TEST

/* Covers: DF-if-03 */
START_TEST(without_carrier_nothing_is_sent_in_any_state)
{
	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		bool held;

		stage_close();
		stage_open(i);
		ways[i]();
		held = stage.kernel->address;
		unplug();
		silence(S(100));
		ck_assert_uint_eq(stage.send_failures, 0);
		plug();
		hear(held ? DHCP4_REQUEST_REBOOTING : DHCP4_REQUEST_DISCOVER);
		ck_assert_uint_eq(heard()->at, now());
	}
}
END_TEST

/* Covers: DF-if-03 2131-3.7-02 */
START_TEST(without_carrier_a_lease_still_ends_in_time)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	unplug();
	silence(granted + S(LEASE_S) - now() - 1);
	kernel_has(IP(CLIENT), 24);
	silence(1);
	kernel_is_empty();
	silence(S(3600));
	plug();
	hear(DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Covers: DF-if-02 */
START_TEST(fifty_flaps_in_ten_seconds_start_no_more_than_ten_exchanges)
{
	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		unsigned sent = 0;

		stage_close();
		stage_open(i);
		ways[i]();
		for (unsigned flap = 0; flap < 50; flap++) {
			unplug();
			sent += count_in(MS(100));
			plug();
			sent += count_in(MS(100));
		}
		CHECK(sent <= 11);
		/* And then it is verified, and all is as ever. */
		stage.serves = true;
		count_in(S(90));
		kernel_has(IP(CLIENT), 24);
		silence(S(1600));
	}
}
END_TEST

/* Covers: 2131-3.2-02 2131-3.7-01 */
START_TEST(on_another_network_the_old_address_ends_with_its_refusal)
{
	reach_bound();
	unplug();
	silence(S(10));
	stage.terms.server = IP(192, 168, 0, 1);
	stage.terms.address = IP(192, 168, 0, 50);
	stage.terms.router = IP(192, 168, 0, 254);
	plug();
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_NAK);
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(192, 168, 0, 50), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(192, 168, 0, 254));
}
END_TEST

/* ---- release ------------------------------------------------------------ */

/* Covers: 2131-4.4.6-01 2131-4.4.6-02 2131-4.4.4-01 */
START_TEST(a_release_is_said_once_to_the_server_and_silence_follows)
{
	reach_bound();
	sim_port_release(stage.port);
	kernel_is_empty();
	CHECK(disk_is_empty());
	hear(DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(heard()->at, now());
	ck_assert_uint_eq(heard()->destination, IP(SERVER));
	CHECK(memcmp(heard()->frame.destination, stage.peer->hw, 6) == 0);
	silence(S(86400));
	/* Even when the link comes back. */
	unplug();
	plug();
	silence(S(86400));
}
END_TEST

/* Covers: 2131-4.4.6-02 */
START_TEST(a_release_without_a_lease_or_a_link_says_nothing)
{
	reach_selecting();
	sim_port_release(stage.port);
	silence(S(3600));
	stage_close();
	stage_open(0);
	reach_bound();
	unplug();
	sim_port_release(stage.port);
	kernel_is_empty();
	ck_assert_uint_eq(stage.send_failures, 0);
	plug();
	silence(S(3600));
}
END_TEST

/* Covers: 2131-4.4.6-01 */
START_TEST(a_lease_may_be_released_in_every_state_that_has_one)
{
	for (unsigned i = 2; i < ARRAY_SIZE(ways); i++) {
		stage_close();
		stage_open(i);
		ways[i]();
		kernel_has(IP(CLIENT), 24);
		sim_port_release(stage.port);
		hear(DHCP4_REQUEST_RELEASE);
		kernel_is_empty();
		silence(S(3600));
	}
}
END_TEST

/* ---- who is told -------------------------------------------------------- */

/* Covers: 2131-4.4.5-15 */
START_TEST(loss_and_change_of_an_address_are_told)
{
	reach_bound();
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_READY].address, IP(CLIENT));
	hear_until(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_LOST].address, IP(CLIENT));
	ck_assert_int_eq(stage.notice[DHCP4_NOTICE_LOST].loss,
			 DHCP4_LOSS_EXPIRED);
	stage.terms.address = IP(10, 0, 0, 77);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_READY].address,
			  IP(10, 0, 0, 77));
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_READY], 2);
}
END_TEST

/* ---- another hardware address ------------------------------------------- */

/* Covers: DF-if-04 */
START_TEST(a_new_hardware_address_starts_anew_and_old_replies_are_dropped)
{
	void (*const starts[])(void) = { reach_selecting, reach_bound };

	for (unsigned i = 0; i < ARRAY_SIZE(starts); i++) {
		struct reply old;
		uint32_t xid;

		stage_close();
		stage_open(i);
		starts[i]();
		xid = heard()->xid;
		old = reply(DHCP4_TYPE_OFFER);
		sim_port_change_hwaddr(stage.port);
		hear(DHCP4_REQUEST_DISCOVER);
		CHECK(heard()->xid != xid);
		CHECK(memcmp(heard()->payload + AT_CHADDR,
			     stage.port->interface->hw, 6) == 0);
		memcpy(old.hw_destination, sim_hw_broadcast, 6);
		ignored(&old);
		put_u32(old.payload + AT_XID, heard()->xid);
		ignored(&old);
		tell(DHCP4_TYPE_OFFER);
		hear(DHCP4_REQUEST_SELECTING);
		tell(DHCP4_TYPE_ACK);
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* ---- calls that fail ---------------------------------------------------- */

/* Three times a minute, for as long as the lease lives. Covers: DF-if-08 */
START_TEST(an_address_that_somebody_removed_is_put_back)
{
	reach_bound();
	for (unsigned i = 0; i < 10; i++) {
		sim_port_take_address(stage.port);
		count_in(S(20));
		kernel_has(IP(CLIENT), 24);
		ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	}
}
END_TEST

/* Covers: DF-if-08 */
START_TEST(who_removes_an_address_again_and_again_is_not_fought)
{
	reach_bound();
	for (unsigned i = 0; i < 3; i++) {
		sim_port_take_address(stage.port);
		count_in(S(5));
		kernel_has(IP(CLIENT), 24);
	}
	sim_port_take_address(stage.port);
	count_in(S(40));
	kernel_has(IPV4_ANY, 0);
	count_in(S(6));
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}
END_TEST

/* Covers: DF-if-09 */
START_TEST(what_cannot_be_sent_is_as_good_as_lost)
{
	static const int errors[] = { ENOBUFS, ENETDOWN, EPERM, EAGAIN };

	for (unsigned i = 0; i < ARRAY_SIZE(errors); i++) {
		stage_close();
		stage_open(i);
		stage.port->troubles.send = errors[i];
		power_on();
		silence(S(600));
		/* DISCOVERs at 0, 4, 12, 28, 60, and each 64 s then. */
		CHECK(stage.send_failures >= 12 && stage.send_failures <= 15);
		stage.port->troubles.send = 0;
		hear(DHCP4_REQUEST_DISCOVER);
		tell(DHCP4_TYPE_OFFER);
		hear(DHCP4_REQUEST_SELECTING);
		tell(DHCP4_TYPE_ACK);
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* Covers: DF-if-09 */
START_TEST(a_renewal_that_cannot_be_sent_leaves_the_lease_as_it_is)
{
	reach_bound();
	stage.port->troubles.send = ENOBUFS;
	silence(S(LEASE_S / 2 + 10));
	CHECK(stage.send_failures >= 1);
	kernel_has(IP(CLIENT), 24);
	stage.port->troubles.send = 0;
	stage.serves = true;
	hear(DHCP4_REQUEST_RENEWING);
	pass(MS(1));
	CHECK(kernel_left() > S(LEASE_S - 2));
	ck_assert_uint_eq(stage.removals, 0);
}
END_TEST

/* What the kernel refuses is tried again, and stops no lease. */
START_TEST(what_the_kernel_refuses_is_tried_again_while_the_lease_lives)
{
	stage.port->troubles.netlink = ENOMEM;
	reach_requesting();
	tell(DHCP4_TYPE_ACK);
	silence(S(60));
	kernel_is_empty();
	CHECK(stage.noticed[DHCP4_NOTICE_CONFIGURE_FAILED] >= 5);
	CHECK(stage.noticed[DHCP4_NOTICE_CONFIGURE_FAILED] <= 7);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_READY], 0);
	stage.port->troubles.netlink = 0;
	silence(S(64));
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_READY], 1);
}
END_TEST

Suite *test_life_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("life", &suite);

	tcase_add_test(
		t,
		a_short_loss_of_carrier_keeps_the_address_and_then_verifies_it);
	tcase_add_test(t, without_carrier_nothing_is_sent_in_any_state);
	tcase_add_test(t, without_carrier_a_lease_still_ends_in_time);
	tcase_add_test(
		t, fifty_flaps_in_ten_seconds_start_no_more_than_ten_exchanges);
	tcase_add_test(t,
		       on_another_network_the_old_address_ends_with_its_refusal);
	tcase_add_test(t,
		       a_release_is_said_once_to_the_server_and_silence_follows);
	tcase_add_test(t, a_release_without_a_lease_or_a_link_says_nothing);
	tcase_add_test(t, a_lease_may_be_released_in_every_state_that_has_one);
	tcase_add_test(t, loss_and_change_of_an_address_are_told);
	tcase_add_test(
		t,
		a_new_hardware_address_starts_anew_and_old_replies_are_dropped);
	tcase_add_test(t, an_address_that_somebody_removed_is_put_back);
	tcase_add_test(t, who_removes_an_address_again_and_again_is_not_fought);
	tcase_add_test(t, what_cannot_be_sent_is_as_good_as_lost);
	tcase_add_test(t,
		       a_renewal_that_cannot_be_sent_leaves_the_lease_as_it_is);
	tcase_add_test(
		t, what_the_kernel_refuses_is_tried_again_while_the_lease_lives);
	return suite;
}
