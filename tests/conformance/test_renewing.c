/* SPDX-License-Identifier: BSD-2-Clause */
/* T1, T2 and expiry: RFC 2131 4.4.5, on the wire. */
#include <string.h>

#include "conformance/stage.h"

Suite *test_renewing_suite(void);

/* T1 and T2 are drawn up to 2 % earlier than told. */
#define EARLY(s) ((s) - (s) / 50)

/* ---- what is sent ------------------------------------------------------- */

/* Covers: 2131-4.4.5-02 2131-4.3.2-05 2131-4.3.2-06 2131-4.3.2-07 1122-3.2.1.3-01 */
START_TEST(at_t1_a_request_goes_to_the_leases_server_alone)
{
	const struct message *m;

	stage.terms = (struct terms){ .server = IP(SERVER),
				      .address = IP(CLIENT),
				      .lease_s = 60,
				      .t1_s = 20,
				      .t2_s = 40 };
	reach_bound();
	m = hear_after(MS(19600), S(20), DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(m->destination, IP(SERVER));
	CHECK(memcmp(m->frame.destination, stage.peer->hw, 6) == 0);
	ck_assert_uint_eq(m->source, IP(CLIENT));
	ck_assert_uint_eq(m->ciaddr, IP(CLIENT));
	CHECK(!message_has(m, DHCP4_OPTION_REQUESTED_ADDRESS));
	CHECK(!message_has(m, DHCP4_OPTION_SERVER_ID));
}
END_TEST

/* Covers: 2131-4.4.5-05 2131-4.3.2-08 2131-4.3.2-09 2131-4.3.2-10 1122-3.2.1.3-01 */
START_TEST(at_t2_a_request_goes_to_all_servers)
{
	const struct message *m;
	nsec granted;

	reach_bound();
	granted = heard()->at;
	m = hear_until(DHCP4_REQUEST_REBINDING);
	CHECK(m->at >= granted + S(LEASE_S / 8 * 7) - S(27));
	CHECK(m->at <= granted + S(LEASE_S / 8 * 7));
	CHECK(memcmp(m->frame.destination, sim_hw_broadcast, 6) == 0);
	ck_assert_uint_eq(m->destination, IPV4_BROADCAST);
	ck_assert_uint_eq(m->source, IP(CLIENT));
	ck_assert_uint_eq(m->ciaddr, IP(CLIENT));
	CHECK(!message_has(m, DHCP4_OPTION_REQUESTED_ADDRESS));
	CHECK(!message_has(m, DHCP4_OPTION_SERVER_ID));
}
END_TEST

/* ---- when --------------------------------------------------------------- */

/* Covers: 2131-4.4.5-06 */
START_TEST(nothing_leaves_the_port_between_the_ack_and_t1)
{
	nsec granted;

	reach_bound();
	granted = heard()->at;
	silence(granted + S(EARLY(LEASE_S / 2)) - now() - 1);
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(heard()->at <= granted + S(LEASE_S / 2));
}
END_TEST

/* Covers: 2131-4.4.5-09 2131-4.4.5-11 */
START_TEST(renewing_halves_what_is_left_until_t2_down_to_a_minute)
{
	nsec at[16], t2;
	unsigned count = 0;

	reach_renewing();
	do
		at[count++] = heard()->at;
	while (hear_any()->kind == DHCP4_REQUEST_RENEWING);
	ck_assert_int_eq(heard()->kind, DHCP4_REQUEST_REBINDING);
	t2 = heard()->at;
	for (unsigned i = 1; i < count; i++) {
		nsec gap = at[i] - at[i - 1];
		nsec half = nsec_max((t2 - at[i - 1]) / 2, S(60));

		/* Some of them wait for the kernel's ARP. */
		CHECK(gap + MS(1) > half && gap < half + MS(1));
	}
	CHECK(t2 - at[count - 1] <= S(60));
	CHECK(count >= 4);
}
END_TEST

/* Covers: 2131-4.4.5-10 2131-4.4.5-11 2131-4.4.5-12 2131-3.7-02 */
START_TEST(rebinding_halves_what_is_left_until_expiry_and_then_it_is_over)
{
	nsec expiry, before;

	reach_bound();
	expiry = heard()->at + S(LEASE_S);
	before = hear_until(DHCP4_REQUEST_REBINDING)->at;
	while (hear_any()->kind == DHCP4_REQUEST_REBINDING) {
		ck_assert_uint_eq(heard()->at - before,
				  nsec_max((expiry - before) / 2, S(60)));
		kernel_has(IP(CLIENT), 24);
		before = heard()->at;
	}
	ck_assert_int_eq(heard()->kind, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(heard()->at, expiry);
	ck_assert_uint_eq(heard()->ciaddr, IPV4_ANY);
	ck_assert_uint_eq(heard()->source, IPV4_ANY);
	kernel_is_empty();
}
END_TEST

/* Covers: 2131-4.4.5-08 */
START_TEST(t1_and_t2_differ_from_client_to_client_by_a_little)
{
	nsec least[2] = { NSEC_NEVER, NSEC_NEVER }, most[2] = { 0 };

	for (unsigned seed = 0; seed < 50; seed++) {
		nsec granted, at[2];

		stage_close();
		stage_open(seed);
		reach_bound();
		granted = heard()->at;
		at[0] = hear(DHCP4_REQUEST_RENEWING)->at - granted;
		at[1] = hear_until(DHCP4_REQUEST_REBINDING)->at - granted;
		for (unsigned i = 0; i < 2; i++) {
			least[i] = nsec_min(least[i], at[i]);
			most[i] = nsec_max(most[i], at[i]);
		}
	}
	CHECK(least[0] >= S(1764) && least[0] < S(1768));
	CHECK(most[0] <= S(1800) && most[0] > S(1796));
	CHECK(least[1] >= S(3150 - 28) && least[1] < S(3150 - 23));
	CHECK(most[1] <= S(3150) && most[1] > S(3147));
}
END_TEST

/* Covers: 2131-4.3.2-11 */
START_TEST(somebody_may_ask_for_a_renewal_before_t1)
{
	reach_bound();
	pass(S(100));
	sim_port_renew(stage.port);
	hear_after(S(100), S(101), DHCP4_REQUEST_RENEWING);
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	hear_after(S(1764), S(1800), DHCP4_REQUEST_RENEWING);
}
END_TEST

/* ---- answers ------------------------------------------------------------ */

/* Covers: 2131-4.4-06 2131-4.4.5-04 */
START_TEST(an_ack_gives_the_new_lease_from_its_request_on)
{
	reach_renewing();
	stage.terms.lease_s = 600;
	pass(S(5));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() <= S(595) && kernel_left() > S(594));
	hear_after(S(294), S(300), DHCP4_REQUEST_RENEWING);
}
END_TEST

/* Covers: 2131-4.4-06 2131-4.4.5-04 */
START_TEST(any_server_may_answer_a_rebinding_and_is_the_leases_server_then)
{
	reach_rebinding();
	stage.terms.server = IP(10, 0, 0, 2);
	pass(S(5));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() <= S(LEASE_S - 5));
	CHECK(kernel_left() > S(LEASE_S - 7));
	ck_assert_uint_eq(hear(DHCP4_REQUEST_RENEWING)->destination,
			  IP(10, 0, 0, 2));
}
END_TEST

/* Covers: 2131-4.4.5-03 */
START_TEST(an_ack_with_another_xid_renews_nothing)
{
	struct reply ack;
	nsec left;

	reach_renewing();
	for (unsigned i = 0; i < 2; i++) {
		ack = reply(DHCP4_TYPE_ACK);
		put_u32(ack.payload + AT_XID, heard()->xid + 1);
		left = kernel_left();
		ignored(&ack);
		CHECK(kernel_left() < left);
		if (i == 0)
			hear_until(DHCP4_REQUEST_REBINDING);
	}
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
}
END_TEST

/* Covers: DF-msg-09 */
START_TEST(an_ack_of_another_address_is_refused)
{
	struct reply ack;

	reach_requesting();
	for (unsigned i = 0; i < 2; i++) {
		ack = reply(DHCP4_TYPE_ACK);
		put_u32(ack.payload + AT_YIADDR, IP(10, 0, 0, 51));
		ignored(&ack);
		ck_assert_uint_eq(stage.refused[REJECT_OTHER_ADDRESS], i + 1);
		tell(DHCP4_TYPE_ACK);
		kernel_has(IP(CLIENT), 24);
		ck_assert_str_eq(disk_line("address"), "10.0.0.50");
		if (i == 0)
			hear(DHCP4_REQUEST_RENEWING);
	}
}
END_TEST

/* Covers: DF-msg-10 */
START_TEST(an_ack_of_no_address_is_refused_in_every_state)
{
	void (*const ways[])(void) = { reach_requesting, reach_rebooting,
				       reach_renewing, reach_rebinding };

	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		enum dhcp4_request kind;
		struct reply ack;

		stage_close();
		stage_open(i);
		ways[i]();
		kind = heard()->kind;
		ack = reply(DHCP4_TYPE_ACK);
		put_u32(ack.payload + AT_YIADDR, 0);
		ignored(&ack);
		hear(kind);
	}
}
END_TEST

/* Covers: DF-msg-19 */
START_TEST(a_repeated_ack_is_applied_once)
{
	struct reply ack;
	unsigned changes;

	reach_requesting();
	ack = reply(DHCP4_TYPE_ACK);
	say(&ack);
	changes = stage.changes;
	ignored(&ack);
	pass(S(5));
	ignored(&ack);
	ck_assert_uint_eq(stage.changes, changes);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_READY], 1);
}
END_TEST

/* Covers: DF-srv-03 DF-route-09 */
START_TEST(what_a_renewal_leaves_out_is_gone)
{
	struct reply ack;

	reach_requesting();
	ack = reply(DHCP4_TYPE_ACK);
	reply_set(&ack, DHCP4_OPTION_DNS_SERVERS, OCTETS(10, 0, 0, 53));
	say(&ack);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	ck_assert_str_eq(disk_line("option-6"), "0a000035");
	stage.terms.router = IPV4_ANY;
	stage.terms.mask = IPV4_ANY;
	hear(DHCP4_REQUEST_RENEWING);
	tell(DHCP4_TYPE_ACK);
	/* But for the mask: the one that is in use for the address stays. */
	kernel_has(IP(CLIENT), 24);
	kernel_routes(0);
	CHECK(!disk_line("option-3") && !disk_line("option-6"));
}
END_TEST

/* ---- a server that is hard to reach ------------------------------------- */

static void answer_broadcasts_only(struct reply *r, const struct message *m)
{
	if (m->unicast)
		r->size = 0;
}

/* Where the first renewal went nobody is now; the second finds the way anew. */
START_TEST(a_server_whose_hardware_address_changed_is_found_again)
{
	reach_bound();
	stage.peer->hw[5] ^= 0x80;
	stage.serves = true;
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(memcmp(heard()->frame.destination, stage.peer->hw, 6) != 0);
	pass(MS(1));
	CHECK(kernel_left() < S(LEASE_S / 2 + 40));
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(memcmp(heard()->frame.destination, stage.peer->hw, 6) == 0);
	pass(MS(1));
	CHECK(kernel_left() > S(LEASE_S - 1));
	/* And is where the next one goes at once. */
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(memcmp(heard()->frame.destination, stage.peer->hw, 6) == 0);
}
END_TEST

/* Covers: DF-if-10 */
START_TEST(where_unicast_is_filtered_rebinding_keeps_the_lease)
{
	unsigned rebindings = 0, changes;

	reach_bound();
	stage.serves = true;
	stage.edit = answer_broadcasts_only;
	changes = stage.noticed[DHCP4_NOTICE_LOST];
	while (rebindings < 5) {
		enum dhcp4_request kind = hear_any()->kind;

		CHECK(kind == DHCP4_REQUEST_RENEWING ||
		      kind == DHCP4_REQUEST_REBINDING);
		rebindings += kind == DHCP4_REQUEST_REBINDING;
		kernel_has(IP(CLIENT), 24);
	}
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_LOST], changes);
}
END_TEST

/* Covers: 951-5-01 1542-3.3-01 */
START_TEST(whoever_is_told_of_an_address_in_ciaddr_can_reach_it)
{
	unsigned seen = 0;

	reach_bound();
	while (hear_any()->kind != DHCP4_REQUEST_DISCOVER) {
		ck_assert_uint_eq(heard()->ciaddr, stage.kernel->address);
		memset(stage.peer->arp, 0, sizeof(stage.peer->arp));
		CHECK(peer_reaches(IP(CLIENT)));
		seen++;
	}
	CHECK(seen > 4);
	CHECK(!peer_reaches(IP(CLIENT)));
}
END_TEST

/* Covers: 2131-4.4.5-14 */
START_TEST(after_expiry_only_a_newly_granted_address_is_used)
{
	reach_rebinding();
	stage.terms.address = IP(10, 0, 0, 77);
	hear_until(DHCP4_REQUEST_DISCOVER);
	kernel_is_empty();
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(10, 0, 0, 77), 24);
	ck_assert_uint_eq(hear(DHCP4_REQUEST_RENEWING)->source, IP(10, 0, 0, 77));
	ck_assert_str_eq(disk_line("address"), "10.0.0.77");
}
END_TEST

Suite *test_renewing_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("renewing", &suite);

	tcase_add_test(t, at_t1_a_request_goes_to_the_leases_server_alone);
	tcase_add_test(t, at_t2_a_request_goes_to_all_servers);
	tcase_add_test(t, nothing_leaves_the_port_between_the_ack_and_t1);
	tcase_add_test(t, renewing_halves_what_is_left_until_t2_down_to_a_minute);
	tcase_add_test(
		t,
		rebinding_halves_what_is_left_until_expiry_and_then_it_is_over);
	tcase_add_test(t, t1_and_t2_differ_from_client_to_client_by_a_little);
	tcase_add_test(t, somebody_may_ask_for_a_renewal_before_t1);
	tcase_add_test(t, an_ack_gives_the_new_lease_from_its_request_on);
	tcase_add_test(
		t,
		any_server_may_answer_a_rebinding_and_is_the_leases_server_then);
	tcase_add_test(t, an_ack_with_another_xid_renews_nothing);
	tcase_add_test(t, an_ack_of_another_address_is_refused);
	tcase_add_test(t, an_ack_of_no_address_is_refused_in_every_state);
	tcase_add_test(t, a_repeated_ack_is_applied_once);
	tcase_add_test(t, what_a_renewal_leaves_out_is_gone);
	tcase_add_test(t, a_server_whose_hardware_address_changed_is_found_again);
	tcase_add_test(t, where_unicast_is_filtered_rebinding_keeps_the_lease);
	tcase_add_test(t, whoever_is_told_of_an_address_in_ciaddr_can_reach_it);
	tcase_add_test(t, after_expiry_only_a_newly_granted_address_is_used);
	return suite;
}
