/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client gets its lease: from START to BOUND, and what may go wrong between.
 * Silence is asserted as packets are: world_sleep() fails on any deadline.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_suite(void);

#define YEAR S(365 * 86400)

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

/* Asserts that a time lies from least to most seconds after another. */
static void check_gap(nsec from, nsec to, unsigned least_s, unsigned most_s)
{
	ck_assert(to >= from + S(least_s));
	ck_assert(to <= from + S(most_s));
}

/* ---- nothing to do --------------------------------------------------- */

START_TEST(init_is_stopped)
{
	struct dhcp4_want want = dhcp4_want(&w.client);

	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert(want.deadline == NSEC_NEVER);
	ck_assert(!want.listen);
	ck_assert_uint_eq(want.watch, 0);
}
END_TEST

START_TEST(init_looks_at_nothing_before)
{
	static const uint8_t seed[32] = { 1 };

	memset(&w.client, 0xee, sizeof(w.client));
	dhcp4_init(&w.client, seed);
	world_bind(&w);
}
END_TEST

START_TEST(state_has_a_beginning)
{
	world_start(&w);
	world_sleep(&w, S(2));
	ck_assert(w.client.since_ns == S(1000));
	world_offer(&w);
	ck_assert(w.client.since_ns == S(1002));
	world_sleep(&w, S(1));
	ck_assert(w.client.since_ns == S(1002));
}
END_TEST

START_TEST(stopped_does_nothing)
{
	world_carrier(&w, true);
	world_sleep(&w, YEAR);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_event(&w, DHCP4_EVENT_REBIND);
	world_event(&w, DHCP4_EVENT_RESUME);
	world_event(&w, DHCP4_EVENT_TICK);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.notice_count, 0);
}
END_TEST

START_TEST(started_waits_for_carrier)
{
	world_event(&w, DHCP4_EVENT_START);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	world_sleep(&w, YEAR);
	world_carrier(&w, false);
	world_event(&w, DHCP4_EVENT_TICK);
	world_sleep(&w, YEAR);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert(!dhcp4_want(&w.client).listen);
}
END_TEST

/* ---- the exchange ---------------------------------------------------- */

/*
 * No wait of 1 to 10 s precedes it; tenured(8) says why.
 * Covers: 2131-4.4.1-01 2131-4.4.1-05 1542-3.2-01
 */
START_TEST(discover_leaves_with_the_carrier)
{
	world_event(&w, DHCP4_EVENT_START);
	world_sleep(&w, S(3));
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert(world_last(&w)->at == S(1003));
	ck_assert_uint_eq(world_last(&w)->number, 1);
	ck_assert_uint_eq(world_last(&w)->secs, 0);
	ck_assert_uint_eq(world_last(&w)->requested, 0);
	ck_assert(dhcp4_want(&w.client).listen);
	ck_assert_uint_eq(dhcp4_want(&w.client).xid, world_last(&w)->xid);
}
END_TEST

START_TEST(discover_leaves_with_start)
{
	world_carrier(&w, true);
	world_event(&w, DHCP4_EVENT_START);
	ck_assert_uint_eq(w.sent_count, 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	world_event(&w, DHCP4_EVENT_START);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

/*
 * Covers: 2131-3.1-01 2131-3.1-02 2131-3.1-04 2131-4.4.1-08 2131-4.1-03
 * Covers: 951-3-02
 */
START_TEST(lease_is_had_in_four_messages)
{
	const struct sent *discover, *request;

	world_start(&w);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 2);
	discover = world_sent(&w, 0);
	request = world_sent(&w, 1);
	ck_assert_int_eq(request->request, DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(request->xid, discover->xid);
	ck_assert_uint_eq(request->destination, discover->destination);
	ck_assert_uint_eq(request->source, IPV4_ANY);
	ck_assert_uint_eq(request->requested, CLIENT);
	ck_assert_uint_eq(request->server_id, SERVER);
	ck_assert(request->at == w.now);
	ck_assert_uint_eq(w.configures, 0);

	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.kernel_length, 24);
	ck_assert_uint_eq(w.stored, CLIENT);
	ck_assert_uint_eq(w.client.lease.server_id, SERVER);
	ck_assert(hwaddr_equal(&w.client.lease.server_hw, &w.server_hw));
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_OFFER), 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_ACK), 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_READY), 0);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_READY), 1);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_READY), 1);
}
END_TEST

START_TEST(bound_is_silent_until_t1)
{
	world_bind(&w);
	world_forget(&w);
	ck_assert(!dhcp4_want(&w.client).listen);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	ck_assert(w.now > S(1000) + S(1764));
	world_event(&w, DHCP4_EVENT_TICK);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.notice_count, 0);
}
END_TEST

/*
 * Covers: 2131-4.1-04 2131-4.1-05 2131-4.1-06 2131-4.1-07 2131-3.1-05
 * Covers: 1542-3.2-01 1542-3.2-02 2131-4.1-09
 */
START_TEST(discovers_back_off)
{
	static const unsigned gaps[] = { 4, 8, 16, 32, 64, 64, 64 };
	nsec sum[ARRAY_SIZE(gaps)] = { 0 };
	nsec first[50];

	for (unsigned run = 0; run < ARRAY_SIZE(first); run++) {
		world_init(&w, run);
		world_start(&w);
		for (unsigned i = 0; i < ARRAY_SIZE(gaps); i++) {
			const struct sent *before = world_last(&w), *after;

			world_tick(&w);
			after = world_last(&w);
			ck_assert_uint_eq(w.sent_count, i + 2);
			ck_assert_uint_eq(after->number, i + 2);
			ck_assert_uint_eq(after->xid, before->xid);
			check_gap(before->at, after->at, gaps[i] - 1,
				  gaps[i] + 1);
			ck_assert_uint_eq(after->secs,
					  (after->at - S(1000)) / NSEC_PER_S);
			ck_assert_uint_gt(after->secs, before->secs);
			sum[i] += after->at - before->at;
		}
		first[run] = world_sent(&w, 1)->at;
		for (unsigned i = 0; i < run; i++)
			ck_assert(first[i] != first[run]);
	}
	/* The means are the middles: a tenth of a second is 1.2 sigma. */
	for (unsigned i = 0; i < ARRAY_SIZE(gaps); i++) {
		ck_assert(sum[i] / 50 > S(gaps[i]) - MS(330));
		ck_assert(sum[i] / 50 < S(gaps[i]) + MS(330));
	}
}
END_TEST

/* Without end, and never with more than 16 bits of secs. */
START_TEST(discovers_never_end)
{
	world_start(&w);
	world_run(&w, S(3600));
	ck_assert_uint_ge(w.sent_count, 3600 / 65);
	ck_assert_uint_le(w.sent_count, 3600 / 63 + 6);
	w.now = S(1000) + S(70000);
	world_event(&w, DHCP4_EVENT_TICK);
	ck_assert_uint_eq(world_last(&w)->secs, 0xffff);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Covers: 2131-4.1-08 2131-4.4.1-04 */
START_TEST(transactions_are_unlike)
{
	uint32_t xid[64];

	for (unsigned i = 0; i < ARRAY_SIZE(xid); i++) {
		if (i % 2 == 0) {
			world_init(&w, i);
			world_start(&w);
		} else {
			world_stop(&w, false);
			world_event(&w, DHCP4_EVENT_START);
		}
		xid[i] = world_last(&w)->xid;
		for (unsigned j = 0; j < i; j++)
			ck_assert_uint_ne(xid[i], xid[j]);
	}
}
END_TEST

/* Covers: 2131-3.1-03 */
START_TEST(request_repeats_secs)
{
	world_start(&w);
	world_tick(&w);
	world_tick(&w);
	world_run(&w, S(2));
	ck_assert_uint_gt(world_last(&w)->secs, 9);
	world_offer(&w);
	ck_assert_uint_eq(world_last(&w)->secs, world_sent(&w, 2)->secs);
	world_tick(&w);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(world_last(&w)->secs, world_sent(&w, 2)->secs);
}
END_TEST

/* Covers: 2131-3.1-10 2131-3.1-11 */
START_TEST(requesting_gives_up)
{
	static const unsigned gaps[] = { 4, 8, 16, 32 };
	uint32_t xid;
	nsec first;

	world_start(&w);
	world_offer(&w);
	xid = world_last(&w)->xid;
	first = world_last(&w)->at;
	for (unsigned i = 0; i < ARRAY_SIZE(gaps); i++) {
		nsec before = world_last(&w)->at;

		world_tick(&w);
		ck_assert_uint_eq(w.sent_count, i + 3);
		ck_assert_int_eq(world_last(&w)->request,
				 DHCP4_REQUEST_SELECTING);
		ck_assert_uint_eq(world_last(&w)->xid, xid);
		check_gap(before, world_last(&w)->at, gaps[i] - 1, gaps[i] + 1);
	}
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SILENT), 0);
	world_tick(&w);
	check_gap(first, w.now, 59, 69);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SILENT), 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_ne(world_last(&w)->xid, xid);
	ck_assert_uint_eq(world_last(&w)->secs, 0);
	ck_assert_uint_eq(w.configures, 0);
}
END_TEST

/* ---- when the lease began -------------------------------------------- */

/* Covers: 2131-4.4.1-09 */
START_TEST(lease_counts_from_the_first_request)
{
	nsec request;

	world_start(&w);
	world_run(&w, S(3));
	world_offer(&w);
	request = w.now;
	world_tick(&w);
	world_sleep(&w, S(3));
	world_ack(&w);
	ck_assert(w.client.lease.granted_ns == request);
	ck_assert(w.client.lease.expiry_ns == request + S(3600));
}
END_TEST

START_TEST(ack_after_the_lease_is_none)
{
	struct reply ack;

	world_start(&w);
	world_offer(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.lease_s = 3;
	w.now += S(3) - 1;
	world_event(&w, DHCP4_EVENT_TICK);
	w.now += 1;
	world_refuses(&w, &ack, REJECT_LEASE_TIME);
	ack.lease_s = UINT32_MAX;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* An ACK so late that T1 or T2 has passed: extended in the same step. */
START_TEST(late_ack_is_acted_on)
{
	static const struct {
		nsec delay;
		enum dhcp4_state state;
	} rows[] = { { MS(400), DHCP4_STATE_BOUND },
		     { MS(600), DHCP4_STATE_RENEWING },
		     { MS(900), DHCP4_STATE_REBINDING } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply ack;

		setup();
		world_start(&w);
		world_offer(&w);
		ack = world_reply(&w, DHCP4_TYPE_ACK);
		ack.lease_s = 1;
		world_sleep(&w, rows[i].delay);
		world_receive(&w, &ack);
		world_check(&w, rows[i].state, DHCP4_TENURE_HELD);
		ck_assert_uint_eq(w.kernel, CLIENT);
		ck_assert_uint_eq(w.sent_count, 2 + (i > 0));
	}
}
END_TEST

/* Covers: 2131-4.3.2-01 */
START_TEST(parameters_are_those_of_the_ack)
{
	struct reply offer, ack;
	ipv4_addr server;

	world_start(&w);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	offer.lease_s = 100;
	offer.options = (const uint8_t[]){ 6, 4, 10, 0, 0, 7 };
	offer.options_size = 6;
	world_receive(&w, &offer);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.lease_s = 200;
	ack.options = (const uint8_t[]){ 6, 4, 10, 0, 0, 8 };
	ack.options_size = 6;
	world_receive(&w, &ack);
	ck_assert_uint_eq(w.client.lease.lease_s, 200);
	ck_assert(dhcp4_options_get_address(&w.client.lease.options, 6, 0,
					    &server));
	ck_assert_uint_eq(server, 0x0a000008);
}
END_TEST

START_TEST(guessed_mask_is_told)
{
	struct reply ack;

	world_start(&w);
	world_offer(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.mask = 0;
	world_receive(&w, &ack);
	ck_assert_uint_eq(w.kernel_length, 8);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_MASK_GUESSED), 1);
}
END_TEST

/* Covers: 2131-4.4.1-02 */
START_TEST(wish_is_suggested)
{
	w.config.requested_address = CLIENT_2;
	world_start(&w);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT_2);
	world_tick(&w);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT_2);
}
END_TEST

/* ---- several offers -------------------------------------------------- */

static void offer_of(ipv4_addr server, ipv4_addr address)
{
	struct reply offer = world_reply(&w, DHCP4_TYPE_OFFER);

	offer.server_id = offer.source = server;
	offer.yiaddr = address;
	world_receive(&w, &offer);
}

/* Covers: 2131-3.1-06 DF-msg-18 2131-4.4-02 */
START_TEST(first_offer_is_taken)
{
	struct reply late;

	world_start(&w);
	offer_of(OTHER, CLIENT_2);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_uint_eq(world_last(&w)->server_id, OTHER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT_2);
	late = world_reply(&w, DHCP4_TYPE_OFFER);
	world_refuses(&w, &late, REJECT_UNEXPECTED);
	ck_assert_uint_eq(w.sent_count, 2);
}
END_TEST

/* Covers: 2131-3.1-06 */
START_TEST(window_waits_for_the_wanted_one)
{
	nsec opened;

	w.config.offer_window_ns = S(9);
	w.config.requested_address = CLIENT;
	world_start(&w);
	opened = w.now + S(1);
	world_sleep_to(&w, opened);
	offer_of(OTHER, CLIENT_2);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	world_sleep(&w, S(1));
	offer_of(SERVER, CLIENT);
	ck_assert_uint_eq(w.sent_count, 1);
	/* No DISCOVER on the way, though its time would come. */
	world_sleep_to(&w, opened + S(9) - 1);
	world_tick(&w);
	ck_assert(w.now == opened + S(9));
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_uint_eq(world_last(&w)->server_id, SERVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

START_TEST(window_takes_the_first_of_equals)
{
	w.config.offer_window_ns = S(1);
	world_start(&w);
	offer_of(OTHER, CLIENT_2);
	offer_of(SERVER, CLIENT);
	world_tick(&w);
	ck_assert_uint_eq(world_last(&w)->server_id, OTHER);
}
END_TEST

START_TEST(window_ends_when_the_list_is_full)
{
	w.config.offer_window_ns = S(10);
	world_start(&w);
	for (unsigned i = 0; i < DHCP4_OFFERS_MAX; i++)
		offer_of(SERVER + i, CLIENT + i);
	ck_assert_uint_eq(w.sent_count, 1);
	offer_of(SERVER + 9, CLIENT + 9);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_uint_eq(world_last(&w)->server_id, SERVER);
}
END_TEST

START_TEST(window_outlasts_copies_of_an_offer)
{
	w.config.offer_window_ns = S(10);
	world_start(&w);
	for (unsigned i = 0; i < 3 * DHCP4_OFFERS_MAX; i++)
		offer_of(SERVER, CLIENT);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(full_pool_means_no_window)
{
	w.config.offer_window_ns = S(10);
	w.pool.used = UINT64_MAX;
	world_start(&w);
	offer_of(SERVER, CLIENT);
	ck_assert_uint_eq(world_last(&w)->server_id, SERVER);
	ck_assert(w.pool.used == UINT64_MAX);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(full_pool_ends_a_window)
{
	w.config.offer_window_ns = S(10);
	w.pool.used = UINT64_MAX >> 1;
	world_start(&w);
	offer_of(SERVER, CLIENT);
	ck_assert(w.pool.used == UINT64_MAX);
	offer_of(OTHER, CLIENT_2);
	ck_assert_uint_eq(world_last(&w)->server_id, SERVER);
	ck_assert(w.pool.used == UINT64_MAX >> 1);
}
END_TEST

/* Every way out of SELECTING gives its slots back: support.c counts them. */
START_TEST(window_that_is_left_frees_its_slots)
{
	for (unsigned way = 0; way < 2; way++) {
		setup();
		w.config.offer_window_ns = S(10);
		world_start(&w);
		offer_of(SERVER, CLIENT);
		ck_assert(w.pool.used != 0);
		if (way)
			world_stop(&w, false);
		else
			world_carrier(&w, false);
		ck_assert(w.pool.used == 0);
		world_sleep(&w, S(20));
	}
}
END_TEST

/* ---- pacing ---------------------------------------------------------- */

START_TEST(first_discover_takes_its_turn)
{
	w.earliest_send = w.now + MS(250);
	world_carrier(&w, true);
	ck_assert(!w.effects.slot_taken);
	world_event(&w, DHCP4_EVENT_START);
	ck_assert(w.effects.slot_taken);
	ck_assert_uint_eq(w.sent_count, 0);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	world_sleep(&w, MS(250) - 1);
	world_tick(&w);
	ck_assert(!w.effects.slot_taken);
	ck_assert_uint_eq(w.sent_count, 1);
	/* Retransmissions and what answers a server wait for nobody. */
	w.earliest_send = w.now + S(1000);
	world_tick(&w);
	ck_assert_uint_eq(w.sent_count, 2);
	world_offer(&w);
	world_ack(&w);
	ck_assert_uint_eq(w.sent_count, 3);
	ck_assert(!w.effects.slot_taken);
}
END_TEST

START_TEST(turn_is_given_with_the_carrier)
{
	w.earliest_send = w.now + MS(250);
	world_event(&w, DHCP4_EVENT_START);
	ck_assert(!w.effects.slot_taken);
	world_sleep(&w, S(1));
	w.earliest_send = w.now + MS(250);
	world_carrier(&w, true);
	ck_assert(w.effects.slot_taken);
	ck_assert_uint_eq(w.sent_count, 0);
	world_sleep(&w, MS(250) - 1);
	world_tick(&w);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

START_TEST(turn_that_has_come_waits_for_nothing)
{
	w.earliest_send = w.now - S(1);
	world_start(&w);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

/* Whoever keeps as much room as is said has enough, and not much more. */
START_TEST(room_for_options_is_foretold)
{
	static struct dhcp4_override edits;
	struct dhcp4_event event = { .kind = DHCP4_EVENT_TICK };
	struct dhcp4_lease lease = { .options.used = 9 };

	w.client.lease.options.used = 7;
	ck_assert_uint_eq(dhcp4_options_after(&w.client, &w.config, &event), 7);
	event.kind = DHCP4_EVENT_LEASE_LOADED;
	event.lease_loaded.lease = &lease;
	ck_assert_uint_eq(dhcp4_options_after(&w.client, &w.config, &event), 9);
	event.kind = DHCP4_EVENT_FRAME;
	event.frame.size = FRAME_HEADERS_SIZE;
	ck_assert_uint_eq(dhcp4_options_after(&w.client, &w.config, &event), 7);
	/* 60 octets, 64 of sname, 128 of file: 126 options without a value. */
	event.frame.size = FRAME_HEADERS_SIZE + DHCP4_HEADER_SIZE + 60;
	ck_assert_uint_eq(dhcp4_options_after(&w.client, &w.config, &event),
			  3 * 126);
	event.frame.size = DHCP4_PACKET_MAX;
	ck_assert_uint_eq(dhcp4_options_after(&w.client, &w.config, &event),
			  DHCP4_OPTIONS_SIZE);
	event.frame.size = 300;
	w.config.override = &edits;
	ck_assert_uint_lt(dhcp4_options_after(&w.client, &w.config, &event), 400);
	edits.used = 4;
	ck_assert_uint_eq(dhcp4_options_after(&w.client, &w.config, &event),
			  DHCP4_OPTIONS_SIZE);
}
END_TEST

static TCase *exchange_tests(void)
{
	TCase *tcase = tcase_create("exchange");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, room_for_options_is_foretold);
	tcase_add_test(tcase, init_is_stopped);
	tcase_add_test(tcase, init_looks_at_nothing_before);
	tcase_add_test(tcase, state_has_a_beginning);
	tcase_add_test(tcase, stopped_does_nothing);
	tcase_add_test(tcase, started_waits_for_carrier);
	tcase_add_test(tcase, discover_leaves_with_the_carrier);
	tcase_add_test(tcase, discover_leaves_with_start);
	tcase_add_test(tcase, lease_is_had_in_four_messages);
	tcase_add_test(tcase, bound_is_silent_until_t1);
	tcase_add_test(tcase, discovers_back_off);
	tcase_add_test(tcase, discovers_never_end);
	tcase_add_test(tcase, transactions_are_unlike);
	tcase_add_test(tcase, request_repeats_secs);
	tcase_add_test(tcase, requesting_gives_up);
	tcase_add_test(tcase, lease_counts_from_the_first_request);
	tcase_add_test(tcase, ack_after_the_lease_is_none);
	tcase_add_test(tcase, late_ack_is_acted_on);
	tcase_add_test(tcase, parameters_are_those_of_the_ack);
	tcase_add_test(tcase, guessed_mask_is_told);
	tcase_add_test(tcase, wish_is_suggested);
	return tcase;
}

static TCase *offer_tests(void)
{
	TCase *tcase = tcase_create("offers");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, first_offer_is_taken);
	tcase_add_test(tcase, window_waits_for_the_wanted_one);
	tcase_add_test(tcase, window_takes_the_first_of_equals);
	tcase_add_test(tcase, window_ends_when_the_list_is_full);
	tcase_add_test(tcase, window_outlasts_copies_of_an_offer);
	tcase_add_test(tcase, full_pool_means_no_window);
	tcase_add_test(tcase, full_pool_ends_a_window);
	tcase_add_test(tcase, window_that_is_left_frees_its_slots);
	return tcase;
}

static TCase *pacing_tests(void)
{
	TCase *tcase = tcase_create("pacing");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, first_discover_takes_its_turn);
	tcase_add_test(tcase, turn_is_given_with_the_carrier);
	tcase_add_test(tcase, turn_that_has_come_waits_for_nothing);
	return tcase;
}

Suite *test_client_suite(void)
{
	Suite *suite = suite_create("client");

	suite_add_tcase(suite, exchange_tests());
	suite_add_tcase(suite, offer_tests());
	suite_add_tcase(suite, pacing_tests());
	return suite;
}
