/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease that is held: renewing, rebinding, expiry, and the kernel's answers. */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_lease_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

/* BOUND by an ACK of these times; 0 is the server's silence about one. */
static void bind_for(uint32_t lease_s, uint32_t t1_s, uint32_t t2_s)
{
	struct reply ack = world_reply(&w, DHCP4_TYPE_ACK);

	ack.lease_s = lease_s;
	ack.t1_s = t1_s;
	ack.t2_s = t2_s;
	world_bind_as(&w, &ack);
	world_forget(&w);
}

/* ---- renewing -------------------------------------------------------- */

/*
 * Covers: 2131-4.4.5-02 2131-4.4.5-06 2131-4.3.2-05 2131-4.3.2-06 2131-4.3.2-07
 * Covers: 2131-4.1-02 1122-3.2.1.3-01 1542-3.2-01
 */
START_TEST(t1_asks_the_server)
{
	nsec bound = w.now;

	bind_for(3600, 0, 0);
	world_run_to(&w, bound + S(1800));
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert(world_last(&w)->at >= bound + S(1764));
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(world_last(&w)->destination, SERVER);
	ck_assert_uint_eq(world_last(&w)->source, CLIENT);
	ck_assert_uint_eq(world_last(&w)->ciaddr, CLIENT);
	ck_assert_uint_eq(world_last(&w)->secs, 0);
	ck_assert(hwaddr_equal(&world_last(&w)->hw, &w.server_hw));
	ck_assert(!world_last(&w)->by_socket);
	ck_assert(dhcp4_want(&w.client).listen);
}
END_TEST

/* Covers: 2131-4.4-06 2131-4.4.5-04 */
START_TEST(renewal_begins_the_times_anew)
{
	struct reply ack;
	nsec sent;

	bind_for(3600, 0, 0);
	world_run_to(&w, w.client.lease.t1_ns);
	sent = w.now;
	world_sleep(&w, S(2));
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.lease_s = 600;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert(w.client.lease.granted_ns == sent);
	ck_assert(w.client.lease.expiry_ns == sent + S(600));
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.configures, 0);
	ck_assert_uint_eq(w.deconfigures, 0);
	ck_assert_uint_eq(w.saves, 1);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_READY), 0);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	world_tick(&w);
	check_client_message(world_last(&w)->packet + FRAME_HEADERS_SIZE,
			     world_last(&w)->size - FRAME_HEADERS_SIZE,
			     DHCP4_REQUEST_RENEWING, &w.config);
}
END_TEST

/*
 * 3600 s and nobody answers: gaps of half of what is left, then 60 s, in RENEWING
 * and in REBINDING; each by an id of its own.
 * Covers: 2131-4.4.5-05 2131-4.4.5-07 2131-4.4.5-09 2131-4.4.5-10 2131-4.4.5-11
 * Covers: 2131-4.4.5-12 2131-4.3.2-08 2131-4.3.2-09 2131-4.3.2-10 2131-3.7-02
 */
START_TEST(silent_server)
{
	nsec t1, t2, expiry, end;
	unsigned i;

	bind_for(3600, 0, 0);
	t1 = w.client.lease.t1_ns;
	t2 = w.client.lease.t2_ns;
	expiry = w.client.lease.expiry_ns;
	world_run_to(&w, expiry - 1);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert(world_sent(&w, 0)->at == t1);
	for (i = 1; i < w.sent_count; i++) {
		const struct sent *last = world_sent(&w, i - 1);
		const struct sent *next = world_sent(&w, i);
		nsec gap;

		ck_assert_uint_ne(next->xid, last->xid);
		if (next->at == t2)
			continue;
		end = next->at < t2 ? t2 : expiry;
		gap = (end - last->at) / 2;
		ck_assert(next->at - last->at == (gap < S(60) ? S(60) : gap));
		ck_assert_int_eq(next->request,
				 end == t2 ? DHCP4_REQUEST_RENEWING
					   : DHCP4_REQUEST_REBINDING);
		ck_assert_uint_eq(next->destination,
				  end == t2 ? SERVER : IPV4_BROADCAST);
		ck_assert_uint_eq(next->source, CLIENT);
	}
	ck_assert_uint_ge(i, 8);
	ck_assert_uint_le(i, 14);
	ck_assert_uint_ge(world_count(&w, DHCP4_REQUEST_REBINDING), 3);

	world_forget(&w);
	world_tick(&w);
	ck_assert(w.now == expiry);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_EXPIRED);
	ck_assert_uint_eq(w.forgets, 0);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

/* Covers: 2131-4.4.5-13 */
START_TEST(expired_address_may_come_back)
{
	bind_for(60, 0, 0);
	world_run_to(&w, w.client.lease.expiry_ns);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_offer(&w);
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, CLIENT);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 2131-4.4.5-14 */
START_TEST(another_address_after_expiry)
{
	struct reply reply;

	bind_for(60, 0, 0);
	world_run_to(&w, w.client.lease.expiry_ns);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.yiaddr = CLIENT_2;
	world_receive(&w, &reply);
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, CLIENT_2);
	ck_assert_uint_eq(w.client.lease.address, CLIENT_2);
}
END_TEST

/* Every second try lets the kernel find the way; REBINDING has no need to. */
START_TEST(retries_alternate_their_way)
{
	bind_for(3600, 0, 0);
	world_run_to(&w, w.client.lease.t2_ns - 1);
	ck_assert_uint_ge(w.sent_count, 4);
	for (unsigned i = 0; i < w.sent_count; i++) {
		ck_assert_uint_eq(world_sent(&w, i)->number, i + 1);
		ck_assert_int_eq(world_sent(&w, i)->by_socket, i % 2 == 1);
	}
}
END_TEST

START_TEST(unknown_hardware_address_goes_by_the_kernel)
{
	w.server_hw.size = 0;
	bind_for(3600, 0, 0);
	world_run_to(&w, w.client.lease.t1_ns);
	ck_assert(world_last(&w)->by_socket);
	ck_assert_uint_eq(world_last(&w)->hw.size, 0);
}
END_TEST

/* Who reads of an ACK knows a renewal from a new lease. */
START_TEST(an_ack_is_told_with_the_state_it_was_asked_for_in)
{
	static const enum dhcp4_state states[] = { DHCP4_STATE_REQUESTING,
						   DHCP4_STATE_REBOOTING,
						   DHCP4_STATE_RENEWING,
						   DHCP4_STATE_REBINDING };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		bool told = false;

		world_reach(&w, states[i], states[i] != DHCP4_STATE_REQUESTING);
		world_forget(&w);
		world_ack(&w);
		for (unsigned n = 0; n < w.notice_count; n++) {
			if (w.notices[n].kind != DHCP4_NOTICE_ACK)
				continue;
			ck_assert_int_eq(w.notices[n].from, states[i]);
			told = true;
		}
		ck_assert(told);
	}
}
END_TEST

START_TEST(rebinding_is_answered_by_another_server)
{
	struct reply ack;

	bind_for(3600, 0, 0);
	world_run_to(&w, w.client.lease.t2_ns);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBINDING);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.server_id = ack.source = OTHER;
	w.server_hw.bytes[5]++;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.lease.server_id, OTHER);
	world_run_to(&w, w.client.lease.t1_ns);
	ck_assert_uint_eq(world_last(&w)->destination, OTHER);
	ck_assert(hwaddr_equal(&world_last(&w)->hw, &w.server_hw));
}
END_TEST

/* Rebinding is the renewal going on: relays look at how long it has. */
START_TEST(secs_count_from_t1)
{
	nsec t1, t2;

	bind_for(3600, 0, 0);
	t1 = w.client.lease.t1_ns;
	t2 = w.client.lease.t2_ns;
	world_run_to(&w, t2);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBINDING);
	ck_assert_uint_eq(world_last(&w)->secs, (t2 - t1) / NSEC_PER_S);
	world_tick(&w);
	ck_assert_uint_eq(world_last(&w)->secs, (w.now - t1) / NSEC_PER_S);
}
END_TEST

/* An ACK to the first REQUEST after the second went out is another one's. */
START_TEST(answer_to_an_earlier_try_is_late)
{
	struct reply early;

	bind_for(3600, 0, 0);
	world_run_to(&w, w.client.lease.t1_ns);
	early = world_reply(&w, DHCP4_TYPE_ACK);
	world_tick(&w);
	world_refuses(&w, &early, REJECT_XID);
	world_ack(&w);
	ck_assert(w.client.lease.granted_ns == w.now);
}
END_TEST

/* ---- short, long and odd leases -------------------------------------- */

/* Covers: DF-time-02 */
START_TEST(short_leases_make_no_flood)
{
	static const uint32_t seconds[] = { 1, 2, 5, 10, 59 };

	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		unsigned most = 120 / seconds[i] * 2 + 40;

		/* Nobody answers. */
		setup();
		bind_for(seconds[i], 0, 0);
		world_run_to(&w, w.client.lease.expiry_ns - 1);
		ck_assert_uint_eq(w.sent_count, 2);
		ck_assert_uint_eq(w.kernel, CLIENT);
		world_tick(&w);
		ck_assert_uint_eq(w.kernel, IPV4_ANY);
		/* A server that answers at once. */
		setup();
		bind_for(seconds[i], 0, 0);
		while (w.now < S(1120)) {
			struct reply ack;

			world_tick(&w);
			ack = world_reply(&w, DHCP4_TYPE_ACK);
			ack.lease_s = seconds[i];
			world_receive(&w, &ack);
			world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
			world_forget(&w);
			ck_assert_uint_gt(most--, 0);
		}
	}
}
END_TEST

/* Covers: 2131-3.3-01 DF-time-05 */
START_TEST(infinite_lease_is_silent)
{
	bind_for(UINT32_MAX, 10, 20);
	ck_assert(dhcp4_want(&w.client).deadline == NSEC_NEVER);
	world_sleep(&w, S(86400) * 3650);
	world_event(&w, DHCP4_EVENT_TICK);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/* One that is asked to renew does so, and asks again. */
START_TEST(infinite_lease_can_be_renewed)
{
	bind_for(UINT32_MAX, 0, 0);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert(dhcp4_want(&w.client).deadline <= w.now + S(3600));
	world_tick(&w);
	ck_assert_uint_eq(w.sent_count, 2);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- a clock that jumped (a suspend) --------------------------------- */

/* Covers: DF-time-07 */
START_TEST(wake_up_after_t1)
{
	bind_for(3600, 0, 0);
	w.now = w.client.lease.t1_ns + S(100);
	world_event(&w, DHCP4_EVENT_TICK);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

/* Covers: DF-time-07 */
START_TEST(wake_up_after_t2)
{
	bind_for(3600, 0, 0);
	w.now = w.client.lease.t2_ns + S(10);
	world_event(&w, DHCP4_EVENT_TICK);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

/* Covers: DF-time-07 */
START_TEST(wake_up_after_expiry)
{
	bind_for(3600, 0, 0);
	w.now = w.client.lease.expiry_ns + S(10000);
	world_event(&w, DHCP4_EVENT_TICK);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.sent_count, 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Any event finds an expired lease expired. */
START_TEST(expiry_comes_before_any_event)
{
	for (unsigned kind = 0; kind < DHCP4_EVENT_COUNT; kind++) {
		struct dhcp4_lease lease;
		struct dhcp4_event event = {
			.kind = (enum dhcp4_event_kind)kind,
		};

		setup();
		bind_for(3600, 0, 0);
		lease = world_lease(&w, 100);
		if (event.kind == DHCP4_EVENT_LEASE_LOADED)
			event.lease_loaded.lease = &lease;
		if (event.kind == DHCP4_EVENT_CARRIER)
			event.carrier.up = true;
		w.now = w.client.lease.expiry_ns;
		world_step(&w, event);
		ck_assert_uint_eq(w.kernel, IPV4_ANY);
		ck_assert_int_eq(w.loss, DHCP4_LOSS_EXPIRED);
	}
}
END_TEST

/* ---- pacing at T1 ---------------------------------------------------- */

START_TEST(t1_takes_its_turn)
{
	nsec t1;

	bind_for(3600, 0, 0);
	t1 = w.client.lease.t1_ns;
	w.earliest_send = t1 + MS(500);
	world_sleep_to(&w, t1 - 1);
	world_tick(&w);
	ck_assert(w.now == t1);
	ck_assert(w.effects.slot_taken);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 0);
	world_sleep_to(&w, t1 + MS(500) - 1);
	world_tick(&w);
	ck_assert(!w.effects.slot_taken);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert(w.now == t1 + MS(500));
}
END_TEST

/* Who waits for a turn beyond T2 waits no longer. */
START_TEST(t2_waits_for_no_turn)
{
	nsec t2;

	bind_for(3600, 0, 0);
	t2 = w.client.lease.t2_ns;
	w.earliest_send = t2 + S(60);
	world_tick(&w);
	ck_assert(w.effects.slot_taken);
	world_sleep_to(&w, t2 - 1);
	world_tick(&w);
	ck_assert(w.now == t2);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

/* ---- asked to -------------------------------------------------------- */

/* Covers: 2131-4.3.2-11 */
START_TEST(renew_by_request)
{
	bind_for(3600, 0, 0);
	world_sleep(&w, S(10));
	world_event(&w, DHCP4_EVENT_RENEW);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RENEWING);
	world_event(&w, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_uint_ne(world_sent(&w, 0)->xid, world_sent(&w, 1)->xid);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert(w.client.lease.expiry_ns == w.now + S(3600));
}
END_TEST

START_TEST(rebind_by_request)
{
	bind_for(3600, 0, 0);
	world_sleep(&w, S(100));
	world_event(&w, DHCP4_EVENT_REBIND);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_last(&w)->secs, 0);
	world_event(&w, DHCP4_EVENT_REBIND);
	world_event(&w, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBINDING), 3);
	ck_assert_uint_eq(w.sent_count, 3);
	world_ack(&w);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_event(&w, DHCP4_EVENT_REBIND);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- the kernel's answers -------------------------------------------- */

START_TEST(refused_configuration_is_tried_again)
{
	static const unsigned seconds[] = { 1, 2, 4, 8, 16, 32, 64, 64 };
	struct dhcp4_event failed = { .kind = DHCP4_EVENT_CONFIGURE_FAILED,
				      .failed.error = 12 };

	bind_for(86400, 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		world_step(&w, failed);
		ck_assert_int_eq(w.effects.list[0].notice.error, 12);
		ck_assert_uint_eq(w.extends, i);
		world_sleep(&w, S(seconds[i]) - 1);
		world_tick(&w);
		ck_assert_uint_eq(w.extends, i + 1);
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	}
	ck_assert_uint_eq(w.client.counters.configure_failed, 8);
	ck_assert_uint_eq(w.sent_count, 0);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_READY), 1);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	/* The wait begins anew. */
	world_step(&w, failed);
	ck_assert(w.client.configure_at == w.now + S(1));
}
END_TEST

/* An ACK brings a try of its own, instead of the one that was waited for. */
START_TEST(renewal_begins_the_tries_anew)
{
	struct dhcp4_event failed = { .kind = DHCP4_EVENT_CONFIGURE_FAILED,
				      .failed.error = 12 };

	bind_for(3600, 0, 0);
	for (unsigned i = 0; i < 5; i++)
		world_step(&w, failed);
	ck_assert(w.client.configure_at == w.now + S(16));
	world_event(&w, DHCP4_EVENT_RENEW);
	world_ack(&w);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert(dhcp4_want(&w.client).deadline == w.client.lease.t1_ns);
	world_step(&w, failed);
	ck_assert(w.client.configure_at == w.now + S(1));
}
END_TEST

/* The lease machine goes on: renewed, expired, in vain. */
START_TEST(refused_configuration_stops_nothing)
{
	struct dhcp4_event failed = { .kind = DHCP4_EVENT_CONFIGURE_FAILED,
				      .failed.error = 12 };
	nsec expiry;

	bind_for(120, 0, 0);
	expiry = w.client.lease.expiry_ns;
	world_step(&w, failed);
	while (w.now < expiry) {
		unsigned extends = w.extends;

		world_tick(&w);
		if (w.extends > extends)
			world_step(&w, failed);
	}
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_RENEWING), 1);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBINDING), 1);
	/* After 1, 3, 7, 15, 31 and 63 s. */
	ck_assert_uint_eq(w.extends, 6);
	world_forget(&w);
	/* An answer that comes after the lease is about nothing. */
	world_step(&w, failed);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(w.notice_count, 0);
}
END_TEST

/*
 * As good as lost: the next try comes when it would have come.
 * Covers: DF-if-09
 */
START_TEST(failed_sends_are_counted)
{
	const struct place *place = &places[_i];
	nsec deadline;

	world_reach(&w, place->state, place->held);
	deadline = dhcp4_want(&w.client).deadline;
	for (unsigned i = 1; i <= 3; i++) {
		world_step(&w,
			   (struct dhcp4_event){ .kind = DHCP4_EVENT_SEND_FAILED,
						 .failed.error = 100 });
		ck_assert_uint_eq(w.client.counters.send_failed, i);
		ck_assert_uint_eq(w.effects.count, 0);
		ck_assert_int_eq(w.client.state, place->state);
		ck_assert(dhcp4_want(&w.client).deadline == deadline);
	}
}
END_TEST

START_TEST(removed_address_is_put_back)
{
	bind_for(3600, 0, 0);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert(!w.client.configured);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_READY), 1);
	ck_assert_uint_eq(w.sent_count, 0);
}
END_TEST

/* A mask that a renewal leaves out is the one that is held. */
START_TEST(missing_mask_stays)
{
	struct reply ack;

	bind_for(3600, 0, 0);
	world_event(&w, DHCP4_EVENT_RENEW);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.mask = 0;
	world_receive(&w, &ack);
	ck_assert_uint_eq(w.kernel_length, 24);
	ck_assert_uint_eq(w.extends, 1);
}
END_TEST

/* A lease that was lost takes its failures with it. */
START_TEST(lost_lease_takes_its_failures_with_it)
{
	struct dhcp4_event failed = { .kind = DHCP4_EVENT_CONFIGURE_FAILED,
				      .failed.error = 12 };
	struct dhcp4_lease lease;

	bind_for(60, 0, 0);
	for (unsigned i = 0; i < 5; i++)
		world_step(&w, failed);
	world_stop(&w, false);
	world_run_to(&w, w.client.lease.expiry_ns);
	lease = world_lease(&w, 100);
	world_load(&w, &lease, true, true);
	world_step(&w, failed);
	ck_assert(w.client.configure_at == w.now + S(1));
}
END_TEST

/*
 * For the kernel an address with another mask is another address: the old one
 * has to go.
 */
START_TEST(another_mask_is_another_address)
{
	struct reply ack;

	bind_for(3600, 0, 0);
	world_run_to(&w, w.client.lease.t1_ns);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.mask = 0xfffffe00;
	world_receive(&w, &ack);
	ck_assert_uint_eq(w.deconfigures, 1);
	ck_assert_uint_eq(w.configures, 1);
	ck_assert_uint_eq(w.extends, 0);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_REPLACED);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.kernel_length, 23);
	ck_assert_uint_eq(w.saves, 1);
}
END_TEST

/* What the kernel did for another reason need not be tried again. */
START_TEST(configured_kernel_is_left_alone)
{
	struct dhcp4_event failed = { .kind = DHCP4_EVENT_CONFIGURE_FAILED,
				      .failed.error = 12 };

	bind_for(3600, 0, 0);
	world_step(&w, failed);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.extends, 1);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	ck_assert_uint_eq(w.extends, 1);
}
END_TEST

static TCase *extension_tests(void)
{
	TCase *tcase = tcase_create("extension");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, t1_asks_the_server);
	tcase_add_test(tcase, renewal_begins_the_times_anew);
	tcase_add_test(tcase, silent_server);
	tcase_add_test(tcase, expired_address_may_come_back);
	tcase_add_test(tcase, another_address_after_expiry);
	tcase_add_test(tcase, retries_alternate_their_way);
	tcase_add_test(tcase, unknown_hardware_address_goes_by_the_kernel);
	tcase_add_test(tcase, an_ack_is_told_with_the_state_it_was_asked_for_in);
	tcase_add_test(tcase, rebinding_is_answered_by_another_server);
	tcase_add_test(tcase, secs_count_from_t1);
	tcase_add_test(tcase, answer_to_an_earlier_try_is_late);
	tcase_add_test(tcase, t1_takes_its_turn);
	tcase_add_test(tcase, t2_waits_for_no_turn);
	tcase_add_test(tcase, renew_by_request);
	tcase_add_test(tcase, rebind_by_request);
	return tcase;
}

static TCase *time_tests(void)
{
	TCase *tcase = tcase_create("time");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, short_leases_make_no_flood);
	tcase_add_test(tcase, infinite_lease_is_silent);
	tcase_add_test(tcase, infinite_lease_can_be_renewed);
	tcase_add_test(tcase, wake_up_after_t1);
	tcase_add_test(tcase, wake_up_after_t2);
	tcase_add_test(tcase, wake_up_after_expiry);
	tcase_add_test(tcase, expiry_comes_before_any_event);
	return tcase;
}

static TCase *kernel_tests(void)
{
	TCase *tcase = tcase_create("kernel");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, refused_configuration_is_tried_again);
	tcase_add_test(tcase, renewal_begins_the_tries_anew);
	tcase_add_test(tcase, refused_configuration_stops_nothing);
	tcase_add_loop_test(tcase, failed_sends_are_counted, 0, PLACES);
	tcase_add_test(tcase, removed_address_is_put_back);
	tcase_add_test(tcase, missing_mask_stays);
	tcase_add_test(tcase, lost_lease_takes_its_failures_with_it);
	tcase_add_test(tcase, another_mask_is_another_address);
	tcase_add_test(tcase, configured_kernel_is_left_alone);
	return tcase;
}

Suite *test_client_lease_suite(void)
{
	Suite *suite = suite_create("client_lease");

	suite_add_tcase(suite, extension_tests());
	suite_add_tcase(suite, time_tests());
	suite_add_tcase(suite, kernel_tests());
	return suite;
}
