/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 8925: hosts that do without IPv4 where the network prefers IPv6 alone. */
#include <check.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_v6only_suite(void);

static void enable(void)
{
	stage.config->v6only = true;
}

static void add_v6only(struct reply *r, uint32_t seconds)
{
	uint8_t octets[4];

	put_u32(octets, seconds);
	reply_add(r, 108, octets, 4);
}

static void offer_v6only(uint32_t seconds)
{
	struct reply offer = reply(DHCP4_TYPE_OFFER);

	add_v6only(&offer, seconds);
	say(&offer);
}

/* All that is told, told with an option 108 of half an hour. */
static void prefer_v6only(struct reply *r, const struct message *m)
{
	(void)m;
	add_v6only(r, 1800);
}

static bool lists(const struct message *m, uint8_t code)
{
	uint8_t size;
	const uint8_t *list = message_option(m, 55, &size);

	return list && memchr(list, code, size);
}

/* Covers: 8925-3.2-01 8925-3.2-04 */
START_TEST(it_is_asked_for_in_all_that_asks_for_an_address)
{
	static const enum dhcp4_request kinds[] = {
		DHCP4_REQUEST_SELECTING,
		DHCP4_REQUEST_RENEWING,
		DHCP4_REQUEST_REBINDING,
	};
	bool on = _i;

	stage.config->v6only = on;
	reach_selecting();
	CHECK(lists(heard(), 108) == on);
	tell(DHCP4_TYPE_OFFER);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		hear_until(kinds[i]);
		CHECK(lists(heard(), 108) == on);
		if (i == 0)
			tell(DHCP4_TYPE_ACK);
	}
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
	CHECK(lists(heard(), 108) == on);
}
END_TEST

/* Covers: 8925-3.2-02 */
START_TEST(what_was_not_asked_for_is_ignored)
{
	stage.serves = true;
	stage.edit = prefer_v6only;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(1));
	kernel_has(IP(CLIENT), 24);
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
	pass(MS(1));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

static unsigned others_108, others_108_missing;

static void saw_other(struct sim_watch *watch, struct sim_port *port,
		      const struct sim_frame *frame, bool sent)
{
	struct message m;

	(void)watch;
	if (!sent || port == stage.port || !message_read(frame, &m))
		return;
	if (lists(&m, 108))
		others_108++;
	else
		others_108_missing++;
}

/* Covers: 8925-3.2-03 */
START_TEST(other_interfaces_go_on)
{
	struct sim_port *other = &stage.host->ports[1];
	struct sim_watch watch = { .frame = saw_other };

	enable();
	others_108 = others_108_missing = 0;
	sim_watch_add(stage.host, &watch);
	sim_link_join(other->interface, sim_switch_port(stage.fabric));
	stage.serves = true;
	stage.edit = prefer_v6only;
	reach_selecting();
	pass(S(60));
	kernel_is_empty();
	ck_assert_uint_eq(other->kernel.address, IP(CLIENT));
	ck_assert_uint_eq(others_108, 0);
	ck_assert_uint_eq(others_108_missing, 2);
}
END_TEST

/*
 * Values below 300 count as 300; nothing is sent before, and then it begins anew.
 * Covers: 8925-3.2-05 8925-3.2-06 8925-3.2-07
 */
START_TEST(an_offer_with_it_stops_all_for_its_time)
{
	static const unsigned values[][2] = {
		{ 0, 300 },   { 1, 300 },     { 299, 300 },
		{ 300, 300 }, { 1800, 1800 }, { 86400, 86400 },
	};
	nsec stopped;

	enable();
	reach_selecting();
	offer_v6only(values[_i][0]);
	stopped = now() - MS(1);
	CHECK(stage.notice[DHCP4_NOTICE_TRANSITION].to == DHCP4_STATE_V6ONLY_WAIT);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_V6ONLY], 1);
	silence(S(values[_i][1]) - MS(2));
	hear(DHCP4_REQUEST_DISCOVER);
	CHECK(now() - stopped >= S(values[_i][1]));
	CHECK(now() - stopped <= S(values[_i][1]) + MS(1));
	kernel_is_empty();
}
END_TEST

/* A server without IPv4 offers no address with it (RFC 8925 4). */
START_TEST(it_may_come_without_an_address)
{
	enable();
	stage.terms.address = IPV4_ANY;
	reach_selecting();
	offer_v6only(1800);
	silence(S(1799));
}
END_TEST

/* Covers: 8925-3.2-08 */
START_TEST(a_new_link_ends_the_wait)
{
	enable();
	reach_selecting();
	offer_v6only(1800);
	pass(S(100));
	sim_link_cut(stage.cable, true);
	silence(S(10));
	sim_link_cut(stage.cable, false);
	pass(MS(100));
	hear(DHCP4_REQUEST_DISCOVER);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* Who asks to renew has a reason to think that the network changed. */
START_TEST(renewing_ends_the_wait)
{
	enable();
	reach_selecting();
	offer_v6only(1800);
	pass(S(100));
	sim_port_renew(stage.port);
	hear_after(S(100), S(101), DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Covers: 8925-3.2-09 */
START_TEST(an_ack_of_a_reboot_gives_the_address_back)
{
	struct reply ack;

	enable();
	reach_rebooting();
	ack = reply(DHCP4_TYPE_ACK);
	add_v6only(&ack, 1800);
	say(&ack);
	kernel_is_empty();
	CHECK(disk_is_empty());
	hear(DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(heard()->ciaddr, IP(CLIENT));
	silence(S(1799));
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(message_u32(heard(), 50), 0);
}
END_TEST

/* Covers: 8925-3.2-10 */
START_TEST(an_ack_that_extends_leaves_the_address_in_use)
{
	struct reply ack;

	enable();
	if (_i == 0)
		reach_requesting();
	else if (_i == 1)
		reach_renewing();
	else
		reach_rebinding();
	ack = reply(DHCP4_TYPE_ACK);
	add_v6only(&ack, 1800);
	say(&ack);
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() > S(LEASE_S - 2));
	hear(DHCP4_REQUEST_RENEWING);
}
END_TEST

/* Covers: 8925-3.2-11 */
START_TEST(an_offer_without_it_is_requested)
{
	enable();
	reach_selecting();
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 8925-3.2-12 */
START_TEST(of_several_offers_the_chosen_one_decides)
{
	bool prefers = _i;
	struct reply other;

	enable();
	stage.config->offer_window_ns = S(1);
	stage.config->requested_address = IP(10, 0, 0, 51);
	reach_selecting();
	other = reply(DHCP4_TYPE_OFFER);
	if (!prefers)
		add_v6only(&other, 1800);
	say(&other);
	/* The address that was asked for makes this one the better. */
	stage.terms.address = IP(10, 0, 0, 51);
	other = reply(DHCP4_TYPE_OFFER);
	reply_set_u32(&other, 54, IP(10, 0, 0, 2));
	if (prefers)
		add_v6only(&other, 1800);
	say(&other);
	if (prefers) {
		silence(S(1700));
		return;
	}
	hear(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(message_u32(heard(), 50), IP(10, 0, 0, 51));
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(10, 0, 0, 51), 24);
}
END_TEST

Suite *test_v6only_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("v6only", &suite);

	tcase_add_loop_test(t, it_is_asked_for_in_all_that_asks_for_an_address,
			    0, 2);
	tcase_add_test(t, what_was_not_asked_for_is_ignored);
	tcase_add_test(t, other_interfaces_go_on);
	tcase_add_loop_test(t, an_offer_with_it_stops_all_for_its_time, 0, 6);
	tcase_add_test(t, it_may_come_without_an_address);
	tcase_add_test(t, a_new_link_ends_the_wait);
	tcase_add_test(t, renewing_ends_the_wait);
	tcase_add_test(t, an_ack_of_a_reboot_gives_the_address_back);
	tcase_add_loop_test(t, an_ack_that_extends_leaves_the_address_in_use, 0,
			    3);
	tcase_add_test(t, an_offer_without_it_is_requested);
	tcase_add_loop_test(t, of_several_offers_the_chosen_one_decides, 0, 2);
	return suite;
}
