/* SPDX-License-Identifier: BSD-2-Clause */
/* NAKs: which count, what they end, and that many of them make no storm. */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_nak_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

/* Which NAKs count where; other states are in test_client_replies.c. */
static const struct {
	struct place place;
	bool other_server; /* counts, too */
} rows[] = {
	{ { DHCP4_STATE_REQUESTING, false }, false },
	{ { DHCP4_STATE_REQUESTING, true }, false },
	{ { DHCP4_STATE_REBOOTING, false }, true },
	{ { DHCP4_STATE_REBOOTING, true }, true },
	{ { DHCP4_STATE_RENEWING, true }, false },
	{ { DHCP4_STATE_REBINDING, true }, true },
};

static void reach(int row)
{
	setup();
	world_reach(&w, rows[row].place.state, rows[row].place.held);
}

/* The first NAK in a row waits for nothing. */
static void check_obeyed(void)
{
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert(world_last(&w)->at == w.now);
	ck_assert_uint_eq(world_last(&w)->requested, 0);
	ck_assert_uint_eq(w.client.counters.received[DHCP4_TYPE_NAK], 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_NAK), 1);
}

/* Covers: 2131-3.1-09 2131-4.4-05 2131-3.2-02 */
START_TEST(nak_of_the_server_counts)
{
	reach(_i);
	world_nak(&w);
	check_obeyed();
	ck_assert_uint_eq(w.client.counters.irregular_naks, 0);
	if (rows[_i].place.held) {
		ck_assert_int_eq(w.loss, DHCP4_LOSS_NAK);
		ck_assert_uint_eq(w.stored, IPV4_ANY);
		ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	}
}
END_TEST

/* Covers: DF-msg-06 */
START_TEST(nak_of_another_server)
{
	struct reply nak;

	reach(_i);
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	nak.server_id = nak.source = OTHER;
	if (rows[_i].other_server) {
		world_receive(&w, &nak);
		check_obeyed();
		return;
	}
	world_refuses(&w, &nak, REJECT_OTHER_SERVER);
	/* The server that was asked still can answer. */
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: DF-msg-07 */
START_TEST(nak_of_nobody_counts_and_is_irregular)
{
	struct reply nak;

	reach(_i);
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	nak.server_id = 0;
	world_receive(&w, &nak);
	check_obeyed();
	ck_assert_uint_eq(w.client.counters.irregular_naks, 1);
}
END_TEST

/* A NAK has no address, no mask and no lease time: none is asked for. */
START_TEST(nak_needs_no_more)
{
	struct reply nak;

	reach(_i);
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	nak.mask = 0xff00ff00;
	nak.yiaddr = 0xffffffff;
	nak.client_id.size = 0;
	world_receive(&w, &nak);
	check_obeyed();
}
END_TEST

/*
 * Its text is nobody's to read but the server's administrator's: with one or
 * with an empty one, which is none, a NAK is the same.
 * Covers: 2132-9.9-01
 */
START_TEST(nak_may_have_a_message)
{
	struct reply texts[] = {
		{ REPLY_OPTIONS(56, 9, 'w', 'r', 'o', 'n', 'g', ' ', 'n', 'e',
				't') },
		{ REPLY_OPTIONS(56, 4, '%', 's', 27, 0) },
		{ REPLY_OPTIONS(56, 0) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct reply nak;

		reach(_i);
		nak = world_reply(&w, DHCP4_TYPE_NAK);
		nak.options = texts[i].options;
		nak.options_size = texts[i].options_size;
		world_receive(&w, &nak);
		check_obeyed();
	}
}
END_TEST

/* Refused is another offer: what is held is held. */
START_TEST(nak_of_another_offer_keeps_the_lease)
{
	struct reply reply;

	world_reach(&w, DHCP4_STATE_SELECTING, true);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.yiaddr = CLIENT_2;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_HELD);
	world_nak(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.stored, CLIENT);
	ck_assert_uint_eq(w.client.counters.received[DHCP4_TYPE_NAK], 1);
	/* And it is the one that is wished for. */
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

/* An address that was refused is not wished for, whosever it was. */
START_TEST(nak_ends_the_wish)
{
	struct reply ack = world_reply(&w, DHCP4_TYPE_ACK);

	ack.lease_s = 10;
	world_bind_as(&w, &ack);
	world_run_to(&w, w.client.lease.expiry_ns);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	world_offer(&w);
	world_nak(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, 0);
}
END_TEST

/* Covers: DF-msg-08 */
START_TEST(naks_make_no_storm)
{
	static const unsigned seconds[] = { 0,	1,  2,	 4,   8,   16,
					    32, 64, 128, 256, 300, 300 };

	world_start(&w);
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		nsec refused = w.now;

		world_offer(&w);
		world_nak(&w);
		if (seconds[i]) {
			world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
			world_sleep_to(&w, refused + S(seconds[i]) - 1);
			world_tick(&w);
		}
		ck_assert(w.now == refused + S(seconds[i]));
		world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	}
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DISCOVER),
			  ARRAY_SIZE(seconds) + 1);
	/* An ACK ends the row. */
	world_offer(&w);
	world_ack(&w);
	world_run_to(&w, w.client.lease.t1_ns);
	world_nak(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

/* The carrier cannot be flapped to get around the wait. */
START_TEST(wait_outlasts_the_carrier)
{
	nsec refused;

	world_start(&w);
	for (unsigned i = 0; i < 6; i++) {
		if (w.client.state == DHCP4_STATE_INIT)
			world_tick(&w);
		world_offer(&w);
		world_nak(&w);
	}
	refused = w.now;
	world_carrier(&w, false);
	world_sleep(&w, S(5));
	world_carrier(&w, true);
	world_sleep_to(&w, refused + S(16) - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

Suite *test_client_nak_suite(void)
{
	Suite *suite = suite_create("client_nak");
	TCase *tcase = tcase_create("nak");
	int count = (int)ARRAY_SIZE(rows);

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, nak_of_the_server_counts, 0, count);
	tcase_add_loop_test(tcase, nak_of_another_server, 0, count);
	tcase_add_loop_test(tcase, nak_of_nobody_counts_and_is_irregular, 0,
			    count);
	tcase_add_loop_test(tcase, nak_needs_no_more, 0, count);
	tcase_add_loop_test(tcase, nak_may_have_a_message, 0, count);
	tcase_add_test(tcase, nak_of_another_offer_keeps_the_lease);
	tcase_add_test(tcase, nak_ends_the_wish);
	tcase_add_test(tcase, naks_make_no_storm);
	tcase_add_test(tcase, wait_outlasts_the_carrier);
	suite_add_tcase(suite, tcase);
	return suite;
}
