/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends: STOP with and without RELEASE, DECLINE, and a change of identity. */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_stop_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

static void reach(int n)
{
	setup();
	world_reach(&w, places[n].state, places[n].held);
}

/* ---- stop ------------------------------------------------------------ */

/* Covers: 2131-3.2-04 */
START_TEST(stop_keeps_the_lease)
{
	ipv4_addr kernel, stored;
	unsigned sent;

	reach(_i);
	kernel = w.kernel;
	stored = w.stored;
	sent = w.sent_count;
	world_stop(&w, false);
	ck_assert_int_eq(w.client.state, DHCP4_STATE_STOPPED);
	ck_assert_uint_eq(w.sent_count, sent);
	ck_assert_uint_eq(w.kernel, kernel);
	ck_assert_uint_eq(w.stored, stored);
	ck_assert(!dhcp4_want(&w.client).listen);
	ck_assert(dhcp4_want(&w.client).deadline ==
		  (w.client.tenure == DHCP4_TENURE_NONE
			   ? NSEC_NEVER
			   : w.client.lease.expiry_ns));
	/* Again: nothing. */
	world_stop(&w, false);
	ck_assert_uint_eq(w.effects.count, 0);
	if (w.client.tenure == DHCP4_TENURE_NONE)
		return;
	/* To its end, and not beyond. */
	world_sleep_to(&w, w.client.lease.expiry_ns - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.sent_count, sent);
}
END_TEST

/* An interface that is removed takes all with it but what is stored. */
/* Covers: DF-if-06 */
START_TEST(nothing_is_left_on_a_link_that_is_gone)
{
	ipv4_addr stored;
	unsigned sent;

	reach(_i);
	stored = w.stored;
	sent = w.sent_count;
	w.client.naks = 3;
	w.client.restart_at = w.now + S(300);
	w.client.declined[0] = (struct dhcp4_declined){ CLIENT, NSEC_NEVER };
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_STOP,
					     .stop.gone = true });
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	if (w.deconfigures)
		ck_assert_int_eq(w.loss, DHCP4_LOSS_REMOVED);
	ck_assert_uint_eq(w.stored, stored);
	ck_assert_uint_eq(w.sent_count, sent);
	ck_assert(!w.client.carrier);
	ck_assert(dhcp4_want(&w.client).deadline == NSEC_NEVER);
	ck_assert(!dhcp4_want(&w.client).listen);
	ck_assert_uint_eq(dhcp4_want(&w.client).watch, IPV4_ANY);
	/* The next one of its name begins at once, and knows of nothing. */
	world_event(&w, DHCP4_EVENT_START);
	world_carrier(&w, true);
	if (w.config.inform_address)
		return;
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert(world_last(&w)->at == w.now);
	ck_assert_uint_eq(world_last(&w)->requested, w.config.requested_address);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Started again, a client asks for what it had. */
START_TEST(start_after_stop)
{
	reach(_i);
	world_carrier(&w, true);
	world_stop(&w, false);
	world_forget(&w);
	w.now += S(1);
	world_event(&w, DHCP4_EVENT_START);
	ck_assert_uint_eq(w.sent_count, 1);
	if (w.client.tenure != DHCP4_TENURE_NONE &&
	    client_id_equal(&w.client.lease.client_id, &w.config.client_id))
		ck_assert_int_eq(w.client.state, DHCP4_STATE_REBOOTING);
	else if (w.config.inform_address)
		ck_assert_int_eq(w.client.state, DHCP4_STATE_INFORMING);
	else
		ck_assert_int_eq(w.client.state, DHCP4_STATE_SELECTING);
}
END_TEST

/*
 * Covers: 2131-4.4.6-01 2131-4.4.6-02 2131-4.4.4-01 2131-3.1-12
 */
START_TEST(release_gives_the_lease_back)
{
	struct client_id id;
	uint32_t xid;
	uint8_t size = 0;
	const struct sent *last;
	const uint8_t *value;
	bool carrier;

	reach(_i);
	if (!places[_i].held)
		return;
	id = w.client.lease.client_id;
	xid = w.client.xid;
	carrier = w.client.carrier;
	world_forget(&w);
	world_stop(&w, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.stored, IPV4_ANY);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_RELEASED);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	ck_assert_uint_eq(w.sent_count, carrier);
	world_sleep(&w, S(86400));
	if (!carrier)
		return;
	last = world_last(&w);
	ck_assert_int_eq(last->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(last->number, 1);
	ck_assert_uint_eq(last->destination, SERVER);
	ck_assert_uint_eq(last->source, CLIENT);
	ck_assert_uint_eq(last->server_id, SERVER);
	ck_assert(hwaddr_equal(&last->hw, &w.server_hw));
	ck_assert(!last->by_socket);
	/* A transaction of its own. */
	ck_assert_uint_ne(last->xid, xid);
	value = wire_option(last->packet + FRAME_HEADERS_SIZE,
			    last->size - FRAME_HEADERS_SIZE, 61, &size);
	ck_assert_uint_eq(size, id.size);
	ck_assert_int_eq(memcmp(value, id.bytes, size), 0);
}
END_TEST

/*
 * What is not held was given to nobody, or is the server's to keep; what an
 * earlier lease left behind is forgotten all the same.
 */
START_TEST(release_without_a_lease_held)
{
	enum dhcp4_tenure tenure;

	reach(_i);
	if (places[_i].held)
		return;
	tenure = w.client.tenure;
	world_forget(&w);
	world_stop(&w, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, tenure == DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_uint_eq(w.client.hint, IPV4_ANY);
	ck_assert_uint_eq(w.deconfigures, 0);
	world_sleep(&w, S(86400));
}
END_TEST

/* A lease of an earlier run, released before this one ever sent. */
START_TEST(release_has_a_random_transaction)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_carrier(&w, true);
	world_load(&w, &lease, true, true);
	world_stop(&w, true);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_ne(world_last(&w)->xid, 0);
}
END_TEST

/* Two tries at renewing, then the end. */
START_TEST(release_while_renewing)
{
	world_reach(&w, DHCP4_STATE_RENEWING, true);
	world_tick(&w);
	world_stop(&w, true);
	ck_assert_uint_eq(world_last(&w)->number, 1);
	ck_assert_uint_eq(world_last(&w)->secs, 0);
}
END_TEST

/* ---- conflicts ------------------------------------------------------- */

/*
 * Covers: 2131-3.1-07 2131-3.1-08 2131-3.2-01 2131-4.4.4-02 2131-4.4-03
 */
START_TEST(conflict_declines)
{
	const struct sent *last;
	bool carrier, ours;
	nsec lost;

	reach(_i);
	carrier = w.client.carrier;
	ours = w.client.tenure == DHCP4_TENURE_HELD ||
	       w.client.tenure == DHCP4_TENURE_GRANTED;
	lost = w.now;
	world_forget(&w);
	world_lost(&w, DHCP4_ADDRESS_LOST_CONFLICT);
	if (!ours) {
		ck_assert_uint_eq(w.effects.count, 0);
		return;
	}
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	ck_assert_uint_eq(w.sent_count, carrier);
	if (places[_i].state == DHCP4_STATE_STOPPED) {
		world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
		return;
	}
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	if (!carrier)
		return;
	last = world_last(&w);
	ck_assert_int_eq(last->request, DHCP4_REQUEST_DECLINE);
	ck_assert_uint_eq(last->number, 1);
	ck_assert_uint_eq(last->requested, CLIENT);
	ck_assert_uint_eq(last->server_id, SERVER);
	ck_assert_uint_eq(last->source, IPV4_ANY);
	/* Ten seconds, whatever the carrier does meanwhile. */
	world_sleep(&w, S(4));
	world_carrier(&w, false);
	world_sleep(&w, S(1));
	world_carrier(&w, true);
	world_sleep_to(&w, lost + S(10) - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, 0);
}
END_TEST

/* Covers: 2131-3.1-08 */
START_TEST(conflicts_in_a_row)
{
	world_bind(&w);
	for (unsigned i = 0; i < DHCP4_DECLINED_MAX; i++) {
		nsec lost = w.now;
		struct reply offer;

		world_lost(&w, DHCP4_ADDRESS_LOST_CONFLICT);
		world_tick(&w);
		ck_assert(w.now == lost + S(10));
		/* The one that was in use by another is not taken again. */
		offer = world_reply(&w, DHCP4_TYPE_OFFER);
		world_refuses(&w, &offer, REJECT_DECLINED);
		offer.yiaddr += i + 1;
		world_receive(&w, &offer);
		world_ack(&w);
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	}
}
END_TEST

/* What the kernel lost is told to it again, wherever the client stands. */
START_TEST(removed_address_is_put_back)
{
	reach(_i);
	world_forget(&w);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.extends, places[_i].held);
	ck_assert_uint_eq(w.effects.count, places[_i].held);
	ck_assert_int_eq(w.client.state, places[_i].state);
}
END_TEST

/* ---- another identity ------------------------------------------------ */

static void reconfigure(bool identity)
{
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
					     .reconfigure.identity = identity });
}

/* The lease is used on; a new one is asked for by the new name. */
START_TEST(new_identity_begins_anew)
{
	const struct place *place = &places[_i];
	ipv4_addr wish = IPV4_ANY;
	bool carrier;

	reach(_i);
	carrier = w.client.carrier;
	if (w.client.tenure != DHCP4_TENURE_NONE)
		wish = w.client.lease.address;
	w.now += S(2);
	world_event(&w, DHCP4_EVENT_TICK);
	world_forget(&w);
	w.config.client_id.bytes[6] ^= 0x40;
	reconfigure(true);
	ck_assert_int_eq(w.client.tenure == DHCP4_TENURE_HELD, place->held);
	ck_assert_uint_eq(w.kernel, place->held ? CLIENT : IPV4_ANY);
	if (place->state == DHCP4_STATE_STOPPED) {
		ck_assert_uint_eq(w.effects.count, 0);
	} else if (place->state == DHCP4_STATE_INFORMING) {
		ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_INFORM);
	} else {
		ck_assert_int_eq(w.client.state, carrier ? DHCP4_STATE_SELECTING
							 : DHCP4_STATE_INIT);
		ck_assert_uint_eq(w.sent_count, carrier);
		if (carrier)
			ck_assert_uint_eq(world_last(&w)->requested, wish);
	}
	if (!place->held || !carrier || place->state == DHCP4_STATE_STOPPED)
		return;
	/* RELEASE of the old lease goes by the old name (support.c). */
	world_stop(&w, true);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	{
		const struct client_id *id = &w.client.lease.client_id;
		uint8_t size = 0;
		const uint8_t *value =
			wire_option(world_last(&w)->packet + FRAME_HEADERS_SIZE,
				    300, DHCP4_OPTION_CLIENT_ID, &size);

		ck_assert_uint_eq(size, id->size);
		ck_assert_mem_eq(value, id->bytes, size);
	}
}
END_TEST

START_TEST(new_parameters_change_nothing)
{
	reach(_i);
	if (places[_i].state == DHCP4_STATE_INFORMING)
		return;
	reconfigure(false);
	ck_assert_uint_eq(w.effects.count, 0);
	ck_assert_int_eq(w.client.state, places[_i].state);
}
END_TEST

/* ---- conflict detection ---------------------------------------------- */

/* Renewing is no reason to check anew. */
START_TEST(extension_is_not_checked)
{
	static const enum dhcp4_state states[] = { DHCP4_STATE_RENEWING,
						   DHCP4_STATE_REBINDING };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		setup();
		world_reach(&w, states[i], true);
		w.config.acd = ACD_MODE_STRICT;
		world_ack(&w);
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
		ck_assert_uint_eq(w.deconfigures, 0);
	}
}
END_TEST

START_TEST(granted_lease_expires)
{
	struct reply ack;

	w.config.acd = ACD_MODE_STRICT;
	world_start(&w);
	world_offer(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.lease_s = 3;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.saves, 0);
	world_run(&w, S(3));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.configures, 0);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
}
END_TEST

static TCase *stop_tests(void)
{
	TCase *tcase = tcase_create("stop");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, stop_keeps_the_lease, 0, PLACES);
	tcase_add_loop_test(tcase, nothing_is_left_on_a_link_that_is_gone, 0,
			    PLACES);
	tcase_add_loop_test(tcase, start_after_stop, 0, PLACES);
	tcase_add_loop_test(tcase, release_gives_the_lease_back, 0, PLACES);
	tcase_add_loop_test(tcase, release_without_a_lease_held, 0, PLACES);
	tcase_add_test(tcase, release_has_a_random_transaction);
	tcase_add_test(tcase, release_while_renewing);
	return tcase;
}

static TCase *loss_tests(void)
{
	TCase *tcase = tcase_create("loss");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, conflict_declines, 0, PLACES);
	tcase_add_test(tcase, conflicts_in_a_row);
	tcase_add_loop_test(tcase, removed_address_is_put_back, 0, PLACES);
	tcase_add_loop_test(tcase, new_identity_begins_anew, 0, PLACES);
	tcase_add_loop_test(tcase, new_parameters_change_nothing, 0, PLACES);
	tcase_add_test(tcase, extension_is_not_checked);
	tcase_add_test(tcase, granted_lease_expires);
	return tcase;
}

Suite *test_client_stop_suite(void)
{
	Suite *suite = suite_create("client_stop");

	suite_add_tcase(suite, stop_tests());
	suite_add_tcase(suite, loss_tests());
	return suite;
}
