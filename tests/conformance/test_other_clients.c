/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What went wrong in other clients, by the numbers of their own trackers, on the
 * way from a DISCOVER to a lease and its end: none of it happens here.
 */
#include <check.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_other_clients_suite(void);

#define SECOND 10, 0, 0, 2

static void refuse_requests(struct reply *r, const struct message *m)
{
	if (m->kind != DHCP4_REQUEST_DISCOVER)
		*r = reply_to(m, DHCP4_TYPE_NAK, &stage.terms);
}

/* systemd 2429: a box that refuses every REQUEST had its network flooded. */
START_TEST(bug_1_a_server_that_always_refuses_is_asked_ever_less)
{
	stage.serves = true;
	stage.edit = refuse_requests;
	power_on();
	/* Three REQUESTs in the first seconds, and one in five minutes then. */
	ck_assert_uint_le(count_in(S(600)), 2 * 12);
	ck_assert_uint_le(count_in(S(3600)), 2 * 12);
}
END_TEST

/* systemd 13737: a server that had offered and died was asked for hours. */
START_TEST(bug_2_a_dead_server_is_given_up_for_another)
{
	struct reply offer;
	unsigned requests = 1;

	reach_requesting();
	while (hear_any()->kind == DHCP4_REQUEST_SELECTING)
		requests++;
	ck_assert_uint_eq(requests, 5);
	tell(DHCP4_TYPE_OFFER);
	offer = reply(DHCP4_TYPE_OFFER);
	reply_set(&offer, 54, OCTETS(SECOND));
	say(&offer);
	hear(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(message_u32(heard(), 54), IP(SECOND));
}
END_TEST

/* systemd 17909: half of the whole lease was waited for, not of what was left. */
START_TEST(bug_3_half_of_what_remains_is_waited_for)
{
	nsec bound, t2;

	stage.terms.t1_s = 1000;
	stage.terms.t2_s = 3000;
	reach_requesting();
	bound = heard()->at;
	tell(DHCP4_TYPE_ACK);
	hear(DHCP4_REQUEST_RENEWING);
	t2 = bound + S(3000);
	for (unsigned i = 0; i < 4; i++) {
		nsec half = (t2 - heard()->at) / 2;

		/* T2 was drawn up to 2 % earlier. */
		hear_after(half - S(40), half, DHCP4_REQUEST_RENEWING);
	}
	hear_until(DHCP4_REQUEST_REBINDING);
	hear_after((bound + S(LEASE_S) - heard()->at) / 2 - S(1),
		   (bound + S(LEASE_S) - heard()->at) / 2 + S(1),
		   DHCP4_REQUEST_REBINDING);
}
END_TEST

/* systemd 16071: at a renewal the address was removed, and added again. */
START_TEST(bug_5_a_renewal_changes_no_more_than_the_lifetime)
{
	unsigned changes;

	reach_renewing();
	changes = stage.changes;
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	ck_assert_uint_eq(stage.removals, 0);
	ck_assert_uint_eq(stage.changes, changes + 1);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}
END_TEST

/* systemd 29904: an OFFER that repeats option 80 was dropped. */
START_TEST(bug_6_an_offer_may_repeat_rapid_commit)
{
	struct reply offer;

	stage.config->rapid_commit = _i;
	reach_selecting();
	offer = reply(DHCP4_TYPE_OFFER);
	reply_add(&offer, 80, "", 0);
	say(&offer);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

static void drop_rapid_commit(struct reply *r, const struct message *m)
{
	if (message_has(m, 80))
		r->size = 0;
}

/* systemd 31117: a network that drops what has option 80 gave no lease. */
START_TEST(bug_6_rapid_commit_is_given_up)
{
	stage.config->rapid_commit = true;
	stage.serves = true;
	stage.edit = drop_rapid_commit;
	power_on();
	pass(S(15));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* systemd 30891: hosts that need IPv4 lost it where option 108 was told. */
START_TEST(bug_7_nobody_is_without_ipv4_unasked)
{
	struct reply offer;
	uint8_t size;
	const uint8_t *list;

	reach_selecting();
	list = message_option(heard(), 55, &size);
	CHECK(list && !memchr(list, 108, size));
	offer = reply(DHCP4_TYPE_OFFER);
	reply_add(&offer, 108, OCTETS(0, 0, 7, 8));
	say(&offer);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* systemd 28280: a gateway was dropped, since the destination was on the link. */
START_TEST(bug_9_a_gateway_counts_within_the_subnet)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 121, OCTETS(28, 10, 0, 0, 64, 10, 0, 0, 9));
	say_ack(&ack);
	ck_assert_uint_eq(kernel_route(IP(10, 0, 0, 64), 28), IP(10, 0, 0, 9));
}
END_TEST

/*
 * systemd 9610: an OFFER without a lease time was ignored without a word. So it is
 * here, since RFC 2131 wants one; but it is counted by name, and holds nobody up.
 */
START_TEST(bug_14_an_offer_without_a_lease_time_is_told)
{
	struct reply offer;

	reach_selecting();
	offer = reply(DHCP4_TYPE_OFFER);
	reply_drop(&offer, 51);
	ignored(&offer);
	ck_assert_uint_eq(stage.refused[REJECT_LEASE_TIME], 1);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* n-dhcp4 30: after a NAK of a renewal no lease could be had any more. */
START_TEST(bug_15_a_refused_renewal_leaves_nothing_behind)
{
	reach_renewing();
	tell(DHCP4_TYPE_NAK);
	kernel_is_empty();
	CHECK(disk_is_empty());
	stage.terms.address = IP(10, 0, 0, 51);
	hear(DHCP4_REQUEST_DISCOVER);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(10, 0, 0, 51), 24);
}
END_TEST

/* n-dhcp4 31, zephyr 50868: a NAK of a server that was not asked ended it all. */
START_TEST(bug_16_another_servers_nak_ends_nothing)
{
	struct reply nak;

	if (_i)
		reach_renewing();
	else
		reach_requesting();
	nak = reply(DHCP4_TYPE_NAK);
	reply_set(&nak, 54, OCTETS(SECOND));
	ignored(&nak);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* n-dhcp4 15: rebinding could be answered by the old server alone. */
START_TEST(bug_17_any_server_may_answer_a_rebinding)
{
	reach_rebinding();
	stage.terms.server = IP(SECOND);
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	hear(DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(heard()->destination, IP(SECOND));
}
END_TEST

/* mozim 78, talos 7263: renewals went to siaddr, which is a boot server or 0. */
START_TEST(bug_18_renewals_go_to_option_54)
{
	struct reply ack = reach_ack();

	put_u32(ack.payload + AT_SIADDR, _i ? IP(10, 0, 0, 99) : 0);
	say_ack(&ack);
	hear(DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(heard()->destination, IP(SERVER));
}
END_TEST

/* mozim 104: T1 and T2 of 0 made a loop of renewals. */
START_TEST(bug_19_times_of_0_make_no_loop)
{
	struct reply ack = reach_ack();

	reply_set_u32(&ack, 58, 0);
	reply_set_u32(&ack, 59, 0);
	say_ack(&ack);
	silence(S(LEASE_S / 2 - 100));
	hear(DHCP4_REQUEST_RENEWING);
}
END_TEST

/* mozim 104: the 62nd retry shifted too far. */
START_TEST(bug_19_the_hundredth_try_is_as_the_tenth)
{
	reach_selecting();
	for (unsigned i = 1; i < 100; i++) {
		hear(DHCP4_REQUEST_DISCOVER);
		if (i > 5)
			hear_after(S(63), S(65), DHCP4_REQUEST_DISCOVER);
	}
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* mozim 104: the RELEASE went to the broadcast address, and was ignored. */
START_TEST(bug_19_a_release_goes_to_its_server)
{
	reach_bound();
	pass(S(10));
	sim_port_release(stage.port);
	hear(DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(heard()->destination, IP(SERVER));
	CHECK(memcmp(heard()->frame.destination, stage.peer->hw, 6) == 0);
}
END_TEST

/* connman 9aede91, dhcpcd 596: a machine was woken for its lease, or slept over it. */
START_TEST(bug_22_sleep_is_not_disturbed_and_counts)
{
	reach_bound();
	pass(S(10));
	sim_host_suspend(stage.host);
	silence(S(LEASE_S + 100));
	sim_host_resume(stage.host);
	kernel_is_empty();
	pass(MS(1));
	hear(DHCP4_REQUEST_DISCOVER);
}
END_TEST

static bool drops_flagged;

static void answer_one_kind(struct reply *r, const struct message *m)
{
	if (!m->ciaddr && (m->flags != 0) == drops_flagged)
		r->size = 0;
}

/* connman cd6f5ead, systemd 19346: links that let through one kind of reply. */
START_TEST(bug_23_either_kind_of_reply_is_enough)
{
	drops_flagged = _i;
	stage.serves = true;
	stage.edit = answer_one_kind;
	power_on();
	pass(S(6));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

Suite *test_other_clients_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("other_clients", &suite);

	tcase_add_test(t, bug_1_a_server_that_always_refuses_is_asked_ever_less);
	tcase_add_test(t, bug_2_a_dead_server_is_given_up_for_another);
	tcase_add_test(t, bug_3_half_of_what_remains_is_waited_for);
	tcase_add_test(t, bug_5_a_renewal_changes_no_more_than_the_lifetime);
	tcase_add_loop_test(t, bug_6_an_offer_may_repeat_rapid_commit, 0, 2);
	tcase_add_test(t, bug_6_rapid_commit_is_given_up);
	tcase_add_test(t, bug_7_nobody_is_without_ipv4_unasked);
	tcase_add_test(t, bug_9_a_gateway_counts_within_the_subnet);
	tcase_add_test(t, bug_14_an_offer_without_a_lease_time_is_told);
	tcase_add_test(t, bug_15_a_refused_renewal_leaves_nothing_behind);
	tcase_add_loop_test(t, bug_16_another_servers_nak_ends_nothing, 0, 2);
	tcase_add_test(t, bug_17_any_server_may_answer_a_rebinding);
	tcase_add_loop_test(t, bug_18_renewals_go_to_option_54, 0, 2);
	tcase_add_test(t, bug_19_times_of_0_make_no_loop);
	tcase_add_test(t, bug_19_the_hundredth_try_is_as_the_tenth);
	tcase_add_test(t, bug_19_a_release_goes_to_its_server);
	tcase_add_test(t, bug_22_sleep_is_not_disturbed_and_counts);
	tcase_add_loop_test(t, bug_23_either_kind_of_reply_is_enough, 0, 2);
	return suite;
}
