/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Refusals: which one counts, what it ends, and how soon all begins anew.
 *
 * As documented: in REQUESTING and RENEWING only the server that was asked may
 * refuse, in REBOOTING and REBINDING any; one that names no server is obeyed and
 * counted as irregular; in SELECTING and BOUND none counts.
 */
#include "conformance/stage.h"

Suite *test_nak_suite(void);

static struct reply nak_of(ipv4_addr server)
{
	struct reply nak = reply(DHCP4_TYPE_NAK);

	if (server)
		reply_set_u32(&nak, DHCP4_OPTION_SERVER_ID, server);
	else
		reply_drop(&nak, DHCP4_OPTION_SERVER_ID);
	return nak;
}

/* The lease is gone wherever it was, and asked for no more. */
static void all_begins_anew(void)
{
	kernel_is_empty();
	CHECK(disk_is_empty());
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(heard()->ciaddr, IPV4_ANY);
	ck_assert_uint_eq(heard()->source, IPV4_ANY);
	CHECK(!message_has(heard(), DHCP4_OPTION_REQUESTED_ADDRESS));
}

/* Covers: DF-msg-05 */
START_TEST(in_selecting_none_counts)
{
	struct reply nak;

	reach_selecting();
	nak = nak_of(IP(SERVER));
	ignored(&nak);
	nak = nak_of(IPV4_ANY);
	ignored(&nak);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* Covers: DF-msg-06 */
START_TEST(in_requesting_another_servers_is_ignored)
{
	struct reply nak;

	reach_requesting();
	nak = nak_of(IP(10, 0, 0, 2));
	ignored(&nak);
	ck_assert_uint_eq(stage.refused[REJECT_OTHER_SERVER], 1);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 2131-3.1-09 */
START_TEST(in_requesting_the_chosen_servers_counts)
{
	reach_requesting();
	tell(DHCP4_TYPE_NAK);
	all_begins_anew();
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_NAK], 1);
	CHECK(!stage.notice[DHCP4_NOTICE_NAK].irregular);
}
END_TEST

/* Not even if it was only wished for. */
START_TEST(an_address_that_was_refused_is_wished_for_no_more)
{
	reach_bound();
	hear_until(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_NAK);
	CHECK(!message_has(hear(DHCP4_REQUEST_DISCOVER),
			   DHCP4_OPTION_REQUESTED_ADDRESS));
}
END_TEST

/* Covers: DF-msg-07 */
START_TEST(one_that_names_no_server_is_obeyed_and_called_irregular)
{
	void (*const ways[])(void) = { reach_requesting, reach_rebooting,
				       reach_renewing, reach_rebinding };

	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		struct reply nak;

		stage_close();
		stage_open(i);
		ways[i]();
		nak = nak_of(IPV4_ANY);
		say(&nak);
		all_begins_anew();
		CHECK(stage.notice[DHCP4_NOTICE_NAK].irregular);
	}
}
END_TEST

/* Covers: 2131-4.4-01 */
START_TEST(in_bound_nothing_counts)
{
	static const uint8_t types[] = { DHCP4_TYPE_OFFER, DHCP4_TYPE_ACK,
					 DHCP4_TYPE_NAK };

	reach_bound();
	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		struct reply r = reply(types[i]);

		ignored(&r);
		reply_set_u32(&r, DHCP4_OPTION_LEASE_TIME, 1);
		ignored(&r);
	}
	silence(S(LEASE_S / 2 / 50 * 49) - now() + heard()->at - 1);
	hear_after(S(LEASE_S / 2 / 50 * 49), S(LEASE_S / 2),
		   DHCP4_REQUEST_RENEWING);
}
END_TEST

/* Covers: 2131-4.4-05 2131-4.4.5-14 */
START_TEST(in_renewing_the_leases_server_ends_it_at_once)
{
	struct reply nak;

	reach_renewing();
	nak = nak_of(IP(10, 0, 0, 2));
	ignored(&nak);
	kernel_has(IP(CLIENT), 24);
	tell(DHCP4_TYPE_NAK);
	all_begins_anew();
	ck_assert_int_eq(stage.notice[DHCP4_NOTICE_LOST].loss, DHCP4_LOSS_NAK);
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_LOST].address, IP(CLIENT));
	stage.terms.address = IP(10, 0, 0, 77);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(10, 0, 0, 77), 24);
}
END_TEST

/* Covers: 2131-4.4-05 */
START_TEST(in_rebinding_any_server_ends_it_at_once)
{
	struct reply nak;

	reach_rebinding();
	nak = nak_of(IP(10, 0, 0, 2));
	say(&nak);
	all_begins_anew();
}
END_TEST

/* Covers: 2131-3.2-02 */
START_TEST(in_rebooting_any_server_ends_it_at_once)
{
	struct reply nak;

	reach_rebooting();
	kernel_has(IP(CLIENT), 24);
	nak = nak_of(IP(10, 0, 0, 2));
	say(&nak);
	all_begins_anew();
}
END_TEST

/* A held lease that nobody confirmed: only a refusal of its address ends it. */
START_TEST(of_another_offer_it_leaves_the_held_address_alone)
{
	reach_rebooting();
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_DISCOVER);
	kernel_has(IP(CLIENT), 24);
	stage.terms.address = IP(10, 0, 0, 77);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_NAK);
	kernel_has(IP(CLIENT), 24);
	hear(DHCP4_REQUEST_DISCOVER);
	stage.terms.address = IP(CLIENT);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_NAK);
	all_begins_anew();
}
END_TEST

/* Covers: DF-msg-04 */
START_TEST(for_somebody_else_it_counts_in_no_state)
{
	void (*const ways[])(void) = { reach_requesting, reach_rebooting,
				       reach_renewing, reach_rebinding };
	static const unsigned fields[] = { AT_HTYPE, AT_HLEN, AT_XID + 3,
					   AT_CHADDR + 5 };

	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		stage_close();
		stage_open(i);
		ways[i]();
		for (unsigned f = 0; f < ARRAY_SIZE(fields); f++) {
			struct reply nak = reply(DHCP4_TYPE_NAK);

			nak.payload[fields[f]] ^= 1;
			ignored(&nak);
		}
		tell(DHCP4_TYPE_NAK);
		all_begins_anew();
	}
}
END_TEST

/* ---- no storm ----------------------------------------------------------- */

static void refuse_all(struct reply *r, const struct message *m)
{
	if (m->kind != DHCP4_REQUEST_DISCOVER)
		*r = reply_to(m, DHCP4_TYPE_NAK, &stage.terms);
}

/* Covers: DF-msg-08 */
START_TEST(who_refuses_always_is_asked_ever_more_rarely)
{
	static const unsigned waits_s[] = { 0,	1,   2,	  4,   8,   16, 32,
					    64, 128, 256, 300, 300, 300 };

	stage.serves = true;
	stage.edit = refuse_all;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	for (unsigned i = 0; i < ARRAY_SIZE(waits_s); i++) {
		hear_after(S(waits_s[i]), S(waits_s[i]) + MS(1),
			   DHCP4_REQUEST_DISCOVER);
		hear_after(0, MS(1), DHCP4_REQUEST_SELECTING);
	}
	/* One that grants at last is believed at once. */
	stage.edit = NULL;
	pass(MS(1));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: DF-if-02 DF-msg-08 */
START_TEST(a_flap_does_not_shorten_the_pause_after_refusals)
{
	nsec last_said;

	stage.serves = true;
	stage.edit = refuse_all;
	reach_selecting();
	/* Up to the pause of 32 s. */
	for (unsigned i = 0; i < 15; i++)
		hear_any();
	last_said = heard()->at;
	silence(S(1));
	sim_link_cut(stage.cable, true);
	silence(S(1));
	sim_link_cut(stage.cable, false);
	hear(DHCP4_REQUEST_DISCOVER);
	CHECK(heard()->at >= last_said + S(32));
}
END_TEST

/* Covers: DF-msg-08 */
START_TEST(a_lease_forgives_all_refusals_before_it)
{
	stage.serves = true;
	stage.edit = refuse_all;
	reach_selecting();
	for (unsigned i = 0; i < 12; i++)
		hear_any();
	stage.edit = NULL;
	hear_until(DHCP4_REQUEST_RENEWING);
	stage.serves = false;
	hear_until(DHCP4_REQUEST_REBINDING);
	tell(DHCP4_TYPE_NAK);
	hear_after(0, S(1), DHCP4_REQUEST_DISCOVER);
}
END_TEST

Suite *test_nak_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("nak", &suite);

	tcase_add_test(t, in_selecting_none_counts);
	tcase_add_test(t, in_requesting_another_servers_is_ignored);
	tcase_add_test(t, in_requesting_the_chosen_servers_counts);
	tcase_add_test(t, an_address_that_was_refused_is_wished_for_no_more);
	tcase_add_test(t,
		       one_that_names_no_server_is_obeyed_and_called_irregular);
	tcase_add_test(t, in_bound_nothing_counts);
	tcase_add_test(t, in_renewing_the_leases_server_ends_it_at_once);
	tcase_add_test(t, in_rebinding_any_server_ends_it_at_once);
	tcase_add_test(t, in_rebooting_any_server_ends_it_at_once);
	tcase_add_test(t, of_another_offer_it_leaves_the_held_address_alone);
	tcase_add_test(t, for_somebody_else_it_counts_in_no_state);
	tcase_add_test(t, who_refuses_always_is_asked_ever_more_rarely);
	tcase_add_test(t, a_flap_does_not_shorten_the_pause_after_refusals);
	tcase_add_test(t, a_lease_forgives_all_refusals_before_it);
	return suite;
}
