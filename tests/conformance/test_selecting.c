/* SPDX-License-Identifier: BSD-2-Clause */
/* From DISCOVER to an address: RFC 2131 3.1 and 4.4.1. */
#include <stdlib.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_selecting_suite(void);

/* An OFFER of another server, of another address. */
static struct reply other_offer(void)
{
	struct terms terms = stage.terms;

	terms.server = IP(10, 0, 0, 2);
	terms.address = IP(10, 0, 0, 77);
	return reply_to(heard(), DHCP4_TYPE_OFFER, &terms);
}

/* ---- the DISCOVER ------------------------------------------------------- */

/* Covers: 2131-4.4.1-05 2131-4.1-03 */
START_TEST(the_first_frame_is_a_discover_to_all)
{
	const struct message *m;
	nsec started = now();

	power_on();
	m = hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(m->at, started);
	CHECK(memcmp(m->frame.destination, sim_hw_broadcast, 6) == 0);
	ck_assert_uint_eq(m->destination, IPV4_BROADCAST);
	ck_assert_uint_eq(m->source, IPV4_ANY);
	ck_assert_uint_eq(m->ciaddr, IPV4_ANY);
}
END_TEST

/* Covers: 2131-4.4.1-02 */
START_TEST(a_wish_for_an_address_stands_in_the_discover)
{
	reach_selecting();
	CHECK(!message_has(heard(), DHCP4_OPTION_REQUESTED_ADDRESS));
	CHECK(!message_has(heard(), DHCP4_OPTION_LEASE_TIME));
	stage_close();
	stage_open(0);
	stage.config->requested_address = IP(10, 0, 0, 99);
	reach_selecting();
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(10, 0, 0, 99));
}
END_TEST

/* ---- the OFFER ---------------------------------------------------------- */

/* Covers: 2131-3.1-01 2131-3.1-02 2131-4.3.2-02 2131-4.4.1-08 */
START_TEST(the_request_names_the_offer_it_answers)
{
	const struct message *discover, *request;

	stage.config->requested_address = IP(10, 0, 0, 99);
	reach_selecting();
	discover = heard();
	tell(DHCP4_TYPE_OFFER);
	request = hear(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(message_u32(request, DHCP4_OPTION_SERVER_ID),
			  IP(SERVER));
	ck_assert_uint_eq(message_u32(request, DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	ck_assert_uint_eq(request->ciaddr, IPV4_ANY);
	ck_assert_uint_eq(request->xid, discover->xid);
}
END_TEST

/* Covers: 2131-3.1-03 2131-3.1-04 */
START_TEST(the_request_repeats_secs_and_destination_of_its_discover)
{
	const struct message *discover, *request;

	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
	discover = hear(DHCP4_REQUEST_DISCOVER);
	CHECK(discover->secs > 8);
	pass(S(3));
	tell(DHCP4_TYPE_OFFER);
	request = hear(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(request->secs, discover->secs);
	ck_assert_uint_eq(request->destination, discover->destination);
	CHECK(memcmp(request->frame.destination, discover->frame.destination,
		     6) == 0);
	/* So does one that is repeated. */
	ck_assert_uint_eq(hear(DHCP4_REQUEST_SELECTING)->secs, discover->secs);
}
END_TEST

/* Covers: 2131-4.3.2-01 */
START_TEST(the_ack_configures_not_the_offer)
{
	struct reply ack;

	reach_requesting();
	ack = reply(DHCP4_TYPE_ACK);
	reply_set_u32(&ack, DHCP4_OPTION_LEASE_TIME, 200);
	reply_set_u32(&ack, DHCP4_OPTION_SUBNET_MASK, IP(255, 255, 0, 0));
	reply_set_u32(&ack, DHCP4_OPTION_ROUTER, IP(10, 0, 9, 9));
	reply_set(&ack, DHCP4_OPTION_DNS_SERVERS, OCTETS(10, 0, 0, 53));
	say(&ack);
	kernel_has(IP(CLIENT), 16);
	CHECK(kernel_left() <= S(200));
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(10, 0, 9, 9));
	ck_assert_str_eq(disk_line("option-6"), "0a000035");
	ck_assert_str_eq(disk_line("lease-time"), "200");
}
END_TEST

/* Covers: 2131-4.4.1-06 */
START_TEST(an_offer_to_another_exchange_is_ignored)
{
	struct reply offer;
	uint32_t xid, old;

	reach_bound();
	old = heard()->xid;
	sim_port_release(stage.port);
	hear(DHCP4_REQUEST_RELEASE);
	crash_and_restart();
	xid = hear(DHCP4_REQUEST_DISCOVER)->xid;
	offer = reply(DHCP4_TYPE_OFFER);
	put_u32(offer.payload + AT_XID, xid + 1);
	ignored(&offer);
	put_u32(offer.payload + AT_XID, __builtin_bswap32(xid));
	ignored(&offer);
	put_u32(offer.payload + AT_XID, old);
	ignored(&offer);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* Covers: 2131-4.4.1-07 */
START_TEST(an_ack_to_a_discover_is_ignored)
{
	struct reply ack;

	reach_selecting();
	ack = reply(DHCP4_TYPE_ACK);
	ignored(&ack);
	hear(DHCP4_REQUEST_DISCOVER);
	kernel_is_empty();
}
END_TEST

/* Covers: 2131-4.4-02 DF-msg-18 */
START_TEST(offers_after_the_first_change_nothing)
{
	struct reply other;

	reach_requesting();
	other = other_offer();
	ignored(&other);
	other = reply(DHCP4_TYPE_OFFER);
	ignored(&other);
	ck_assert_uint_eq(message_u32(hear(DHCP4_REQUEST_SELECTING),
				      DHCP4_OPTION_SERVER_ID),
			  IP(SERVER));
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	silence(S(60));
}
END_TEST

/* Covers: 2131-3.1-06 2131-4.2-01 */
START_TEST(an_offer_window_lets_the_better_offer_win)
{
	struct reply other;

	stage.config->offer_window_ns = S(10);
	stage.config->requested_address = IP(CLIENT);
	reach_selecting();
	other = other_offer();
	say(&other);
	/* Nobody need be asked again meanwhile. */
	silence(S(8));
	/* The address that was wished for, if later. */
	tell(DHCP4_TYPE_OFFER);
	hear_after(S(10), S(10) + MS(1), DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
}
END_TEST

/* Covers: 2131-3.1-06 */
START_TEST(without_a_window_the_first_offer_is_taken)
{
	struct reply other;

	reach_selecting();
	other = other_offer();
	say(&other);
	ck_assert_uint_eq(message_u32(hear(DHCP4_REQUEST_SELECTING),
				      DHCP4_OPTION_SERVER_ID),
			  IP(10, 0, 0, 2));
}
END_TEST

/* Covers: 2131-2-04 2131-4.1-02 DF-msg-17 */
START_TEST(option_54_tells_the_server_and_nothing_else_does)
{
	struct reply r;

	stage.terms.server = IP(10, 0, 0, 7);
	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	r.source = IP(10, 0, 0, 8);
	put_u32(r.payload + AT_SIADDR, IP(10, 0, 0, 9));
	say(&r);
	ck_assert_uint_eq(message_u32(hear(DHCP4_REQUEST_SELECTING),
				      DHCP4_OPTION_SERVER_ID),
			  IP(10, 0, 0, 7));
	r = reply(DHCP4_TYPE_ACK);
	r.source = IP(10, 0, 0, 6);
	put_u32(r.payload + AT_SIADDR, IP(10, 0, 0, 9));
	say(&r);
	ck_assert_uint_eq(hear(DHCP4_REQUEST_RENEWING)->destination,
			  IP(10, 0, 0, 7));
	sim_port_release(stage.port);
	ck_assert_uint_eq(hear(DHCP4_REQUEST_RELEASE)->destination,
			  IP(10, 0, 0, 7));
}
END_TEST

/* Covers: 2131-4.3.1-01 */
START_TEST(an_offer_from_beyond_the_relays_subnet_is_taken)
{
	stage.terms.address = IP(192, 168, 5, 20);
	stage.terms.router = IP(192, 168, 5, 1);
	reach_selecting();
	for (unsigned i = 0; i < 2; i++) {
		struct reply r = reply(i ? DHCP4_TYPE_ACK : DHCP4_TYPE_OFFER);

		put_u32(r.payload + AT_GIADDR, IP(10, 0, 0, 1));
		say(&r);
		if (i == 0)
			hear(DHCP4_REQUEST_SELECTING);
	}
	kernel_has(IP(192, 168, 5, 20), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(192, 168, 5, 1));
}
END_TEST

/* ---- the REQUEST that nobody answers ------------------------------------ */

/* Covers: 2131-3.1-10 2131-3.1-11 2131-4.4.1-04 */
START_TEST(an_unanswered_request_is_repeated_four_times_then_all_begins_anew)
{
	static const unsigned waits_s[] = { 4, 8, 16, 32 };
	const struct message *first;
	nsec gone;

	reach_requesting();
	first = heard();
	for (unsigned i = 0; i < ARRAY_SIZE(waits_s); i++) {
		hear_after(S(waits_s[i] - 1), S(waits_s[i] + 1),
			   DHCP4_REQUEST_SELECTING);
		ck_assert_uint_eq(heard()->xid, first->xid);
	}
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_SILENT], 0);
	CHECK(hear(DHCP4_REQUEST_DISCOVER)->xid != first->xid);
	gone = heard()->at - first->at;
	CHECK(gone >= S(59) && gone <= S(69));
	ck_assert_uint_eq(heard()->secs, 0);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_SILENT], 1);
	kernel_is_empty();
}
END_TEST

/* Covers: 2131-3.1-01 */
START_TEST(each_repeated_request_is_good_for_an_ack)
{
	for (unsigned wait = 0; wait < 5; wait++) {
		stage_close();
		stage_open(wait);
		reach_requesting();
		for (unsigned i = 0; i < wait; i++)
			hear(DHCP4_REQUEST_SELECTING);
		pass(S(2));
		tell(DHCP4_TYPE_ACK);
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* ---- transaction ids ---------------------------------------------------- */

static int compare_xids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Covers: 2131-4.1-08 */
START_TEST(a_thousand_starts_share_no_transaction_id)
{
	static uint32_t xids[1000];

	for (unsigned i = 0; i < ARRAY_SIZE(xids); i++) {
		stage_close();
		stage_open(i);
		reach_selecting();
		xids[i] = heard()->xid;
	}
	/* The same host at the same time: hardware address and clocks agree. */
	qsort(xids, ARRAY_SIZE(xids), sizeof(*xids), compare_xids);
	for (unsigned i = 1; i < ARRAY_SIZE(xids); i++)
		CHECK(xids[i - 1] != xids[i]);
	/* And they fill the whole range. */
	CHECK(xids[0] < UINT32_MAX / 100);
	CHECK(xids[ARRAY_SIZE(xids) - 1] > UINT32_MAX / 100 * 99);
}
END_TEST

/* ---- several interfaces ------------------------------------------------- */

/* Covers: 2131-3.6-01 */
START_TEST(a_refusal_on_one_interface_leaves_the_other_alone)
{
	struct sim_port *second = &stage.host->ports[1];
	struct terms terms = stage.terms;
	struct reply nak;

	sim_link_join(second->interface, sim_switch_port(stage.fabric));
	stage.serves = true;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(1));
	ck_assert_uint_eq(second->kernel.address, terms.address);
	sim_port_rebind(stage.port);
	stage.serves = false;
	hear(DHCP4_REQUEST_REBINDING);
	pass(MS(1));
	sim_port_rebind(stage.port);
	hear(DHCP4_REQUEST_REBINDING);
	nak = reply(DHCP4_TYPE_NAK);
	say(&nak);
	kernel_is_empty();
	ck_assert_uint_eq(second->kernel.address, terms.address);
}
END_TEST

Suite *test_selecting_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("selecting", &suite);

	tcase_add_test(t, the_first_frame_is_a_discover_to_all);
	tcase_add_test(t, a_wish_for_an_address_stands_in_the_discover);
	tcase_add_test(t, the_request_names_the_offer_it_answers);
	tcase_add_test(t,
		       the_request_repeats_secs_and_destination_of_its_discover);
	tcase_add_test(t, the_ack_configures_not_the_offer);
	tcase_add_test(t, an_offer_to_another_exchange_is_ignored);
	tcase_add_test(t, an_ack_to_a_discover_is_ignored);
	tcase_add_test(t, offers_after_the_first_change_nothing);
	tcase_add_test(t, an_offer_window_lets_the_better_offer_win);
	tcase_add_test(t, without_a_window_the_first_offer_is_taken);
	tcase_add_test(t, option_54_tells_the_server_and_nothing_else_does);
	tcase_add_test(t, an_offer_from_beyond_the_relays_subnet_is_taken);
	tcase_add_test(
		t,
		an_unanswered_request_is_repeated_four_times_then_all_begins_anew);
	tcase_add_test(t, each_repeated_request_is_good_for_an_ack);
	tcase_add_test(t, a_thousand_starts_share_no_transaction_id);
	tcase_add_test(t, a_refusal_on_one_interface_leaves_the_other_alone);
	return suite;
}
