/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4039: a lease by two messages, and what must not come of it otherwise. */
#include <check.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_rapid_commit_suite(void);

static void enable(void)
{
	stage.config->rapid_commit = true;
}

static struct reply rapid_ack(void)
{
	struct reply ack = reply(DHCP4_TYPE_ACK);

	reply_add(&ack, 80, "", 0);
	return ack;
}

/* Covers: 4039-3-02 */
START_TEST(an_ack_with_option_80_is_used_at_once)
{
	struct reply ack;

	enable();
	reach_selecting();
	ack = rapid_ack();
	say(&ack);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(stage.stored, 1);
	/* Nothing is requested any more, up to T1. */
	silence(S(LEASE_S / 2 * 98 / 100) - MS(2));
	hear(DHCP4_REQUEST_RENEWING);
}
END_TEST

/* The lease runs since the first DISCOVER, however late it was answered. */
START_TEST(the_lease_counts_from_the_first_discover)
{
	struct reply ack;
	nsec first;

	enable();
	reach_selecting();
	first = heard()->at;
	hear(DHCP4_REQUEST_DISCOVER);
	pass(S(2));
	ack = rapid_ack();
	say(&ack);
	kernel_has(IP(CLIENT), 24);
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(heard()->at <= first + S(LEASE_S) / 2);
}
END_TEST

/* An address is checked as after any ACK. */
START_TEST(it_is_checked_before_it_is_used)
{
	struct reply ack;

	enable();
	stage.config->acd = ACD_MODE_FAST;
	reach_selecting();
	ack = rapid_ack();
	say(&ack);
	kernel_is_empty();
	pass(MS(200));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Neither is it there, nor asked for by option 55. */
static void hear_without(enum dhcp4_request kind)
{
	uint8_t size;
	const uint8_t *list;

	hear(kind);
	list = message_option(heard(), 55, &size);
	CHECK(!message_has(heard(), 80));
	CHECK(!list || !memchr(list, 80, size));
}

/* Covers: 4039-3-01 4039-3-03 4039-4-01 */
START_TEST(option_80_is_in_discovers_alone)
{
	uint8_t size = 1;

	enable();
	stage.config->parameters[stage.config->parameters_count++] = 80;
	reach_selecting();
	CHECK(message_option(heard(), 80, &size) && size == 0);
	CHECK(message_option(heard(), 55, &size) &&
	      !memchr(message_option(heard(), 55, &size), 80, size));
	stage.serves = true;
	tell(DHCP4_TYPE_OFFER);
	hear_without(DHCP4_REQUEST_SELECTING);
	hear_without(DHCP4_REQUEST_RENEWING);
	pass(S(1));
	crash_and_restart();
	hear_without(DHCP4_REQUEST_REBOOTING);
	pass(S(1));
	sim_port_rebind(stage.port);
	hear_without(DHCP4_REQUEST_REBINDING);
	pass(S(1));
	sim_port_release(stage.port);
	hear_without(DHCP4_REQUEST_RELEASE);
}
END_TEST

START_TEST(without_the_setting_it_is_never_sent)
{
	reach_selecting();
	CHECK(!message_has(heard(), 80));
}
END_TEST

/* Covers: 4039-3-05 4039-4-01 */
START_TEST(other_acks_are_discarded)
{
	struct reply ack;

	enable();
	reach_selecting();
	ack = reply(DHCP4_TYPE_ACK);
	ignored(&ack);
	reply_add(&ack, 80, OCTETS(0));
	ignored(&ack);
	stage.config->rapid_commit = false;
	ack = rapid_ack();
	ignored(&ack);
	enable();
	say_ack(&ack);
}
END_TEST

/* Covers: 4039-3-04 */
START_TEST(an_offer_is_requested_as_ever)
{
	struct reply offer;

	enable();
	reach_selecting();
	/* Some servers repeat option 80 in it. */
	offer = reply(DHCP4_TYPE_OFFER);
	if (_i)
		reply_add(&offer, 80, "", 0);
	say(&offer);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 4039-3-04 */
START_TEST(two_silent_tries_are_enough)
{
	enable();
	reach_selecting();
	for (unsigned i = 1; i < 6; i++) {
		CHECK(message_has(heard(), 80) == (i < 3));
		hear(DHCP4_REQUEST_DISCOVER);
	}
	/* Each exchange begins with it. */
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_NAK);
	hear(DHCP4_REQUEST_DISCOVER);
	CHECK(message_has(heard(), 80));
}
END_TEST

START_TEST(servers_that_are_denied_grant_nothing)
{
	struct reply ack;

	enable();
	stage.config->deny_servers =
		(struct dhcp4_server_list){ 1, { { IP(SERVER), 32 } } };
	reach_selecting();
	ack = rapid_ack();
	ignored(&ack);
	ck_assert_uint_eq(stage.refused[REJECT_SERVER_DENIED], 1);
	stage.config->deny_servers.count = 0;
	say_ack(&ack);
}
END_TEST

Suite *test_rapid_commit_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("rapid_commit", &suite);

	tcase_add_test(t, an_ack_with_option_80_is_used_at_once);
	tcase_add_test(t, the_lease_counts_from_the_first_discover);
	tcase_add_test(t, it_is_checked_before_it_is_used);
	tcase_add_test(t, option_80_is_in_discovers_alone);
	tcase_add_test(t, without_the_setting_it_is_never_sent);
	tcase_add_test(t, other_acks_are_discarded);
	tcase_add_loop_test(t, an_offer_is_requested_as_ever, 0, 2);
	tcase_add_test(t, two_silent_tries_are_enough);
	tcase_add_test(t, servers_that_are_denied_grant_nothing);
	return suite;
}
