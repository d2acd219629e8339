/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lease that comes back: from the store, with the carrier, after a suspend. It
 * is confirmed by INIT-REBOOT, and used meanwhile where that is right.
 */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_reboot_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

/* Loads a lease of so many seconds and starts, with carrier. */
static void restart_with(uint32_t remaining_s, bool in_kernel, bool usable)
{
	struct dhcp4_lease lease = world_lease(&w, remaining_s);

	world_load(&w, &lease, in_kernel, usable);
	world_start(&w);
}

/* ---- the lease of the store ------------------------------------------ */

/*
 * Covers: 2131-4.3.2-03 2131-4.3.2-04 2131-4.4.2-01 2131-3.2-04
 */
START_TEST(remembered_lease_is_asked_for)
{
	restart_with(3000, false, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	ck_assert_uint_eq(world_last(&w)->source, IPV4_ANY);
	ck_assert_uint_eq(world_last(&w)->destination, IPV4_BROADCAST);
	ck_assert_uint_ne(world_last(&w)->xid, 0);
}
END_TEST

/* Covers: 2131-4.4-04 2131-4.4.2-03 */
START_TEST(remembered_lease_is_confirmed)
{
	nsec sent;

	restart_with(3000, false, true);
	sent = w.now;
	world_sleep(&w, S(2));
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.configures, 1);
	ck_assert_uint_eq(w.saves, 1);
	ck_assert(w.client.lease.expiry_ns == sent + S(3600));
}
END_TEST

/* Covers: 2131-4.4.2-02 */
START_TEST(remembered_lease_is_confirmed_by_another_server)
{
	struct reply ack;

	restart_with(3000, false, true);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.server_id = OTHER;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_run_to(&w, w.client.lease.t1_ns);
	ck_assert_uint_eq(world_last(&w)->destination, OTHER);
}
END_TEST

/* Two REQUESTs, 3 to 4 s apart, and from 7 s on the lease is used unconfirmed. */
static void check_two_requests(nsec started)
{
	nsec gap;

	world_run_to(&w, started + S(7) - 1);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(world_last(&w)->xid, world_sent(&w, 0)->xid);
	gap = world_last(&w)->at - started;
	ck_assert(gap >= S(3) && gap <= S(4));
	world_tick(&w);
	ck_assert(w.now == started + S(7));
	ck_assert_uint_eq(w.sent_count, 3);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	ck_assert_uint_ne(world_last(&w)->xid, world_sent(&w, 0)->xid);
}

/* Covers: 2131-3.2-03 */
START_TEST(usable_lease_is_used_unconfirmed)
{
	nsec started = w.now;

	restart_with(3000, false, true);
	check_two_requests(started);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert(w.client.lease.expiry_ns == started + S(3000));
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_UNCONFIRMED), 1);
	/* The usual back-off, and at its end the lease is over. */
	world_tick(&w);
	ck_assert(w.now >= started + S(10) && w.now <= started + S(12));
	world_run_to(&w, started + S(3000) - 1);
	ck_assert_uint_eq(w.kernel, CLIENT);
	world_forget(&w);
	world_tick(&w);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	world_run(&w, S(65));
	ck_assert_uint_ge(w.sent_count, 1);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

START_TEST(gap_of_the_requests_is_varied)
{
	nsec gaps[20];

	for (unsigned i = 0; i < ARRAY_SIZE(gaps); i++) {
		nsec started;

		world_init(&w, i);
		started = w.now;
		restart_with(3000, true, true);
		world_tick(&w);
		gaps[i] = w.now - started;
		ck_assert(gaps[i] >= S(3) && gaps[i] <= S(4));
		ck_assert(i == 0 || gaps[i] != gaps[i - 1]);
	}
}
END_TEST

/* Covers: DF-time-08 */
START_TEST(unusable_lease_is_only_wished_for)
{
	nsec started = w.now;

	restart_with(3000, false, false);
	check_two_requests(started);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_UNCONFIRMED), 0);
}
END_TEST

/* Covers: 2131-3.2-02 */
START_TEST(remembered_lease_is_refused)
{
	struct reply nak;

	restart_with(3000, false, true);
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	nak.server_id = OTHER;
	world_receive(&w, &nak);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, 0);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_uint_eq(w.deconfigures, 0);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 0);
}
END_TEST

START_TEST(remembered_lease_expires_while_asked_for)
{
	nsec started = w.now;

	restart_with(2, false, true);
	world_sleep(&w, S(2) - 1);
	world_tick(&w);
	ck_assert(w.now == started + S(2));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	ck_assert_uint_eq(w.deconfigures, 0);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 0);
}
END_TEST

START_TEST(remembered_lease_expires_without_carrier)
{
	struct dhcp4_lease lease = world_lease(&w, 100);

	world_load(&w, &lease, false, true);
	world_event(&w, DHCP4_EVENT_START);
	world_check(&w, DHCP4_STATE_INIT_REBOOT, DHCP4_TENURE_REMEMBERED);
	world_sleep(&w, S(100) - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	world_carrier(&w, true);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

START_TEST(remembered_lease_expires_while_stopped)
{
	struct dhcp4_lease lease = world_lease(&w, 100);

	world_load(&w, &lease, false, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_REMEMBERED);
	world_sleep(&w, S(100) - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
}
END_TEST

/* Covers: DF-time-08 */
START_TEST(expired_lease_is_a_hint)
{
	struct dhcp4_lease lease = world_lease(&w, 0);

	world_load(&w, &lease, false, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.deconfigures, 0);
	world_start(&w);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

/* ---- the lease of the kernel ----------------------------------------- */

START_TEST(lease_in_the_kernel_is_held)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_load(&w, &lease, true, false);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.configures, 1);
	ck_assert_uint_eq(w.saves, 0);
	world_start(&w);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	world_ack(&w);
	ck_assert_uint_eq(w.configures, 1);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.deconfigures, 0);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

START_TEST(lease_held_is_used_unconfirmed)
{
	nsec started = w.now;

	restart_with(3000, true, false);
	check_two_requests(started);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.configures, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_UNCONFIRMED), 1);
	/* A server comes back: the same address goes on. */
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_HELD);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.deconfigures, 0);
}
END_TEST

START_TEST(lease_held_is_swapped)
{
	struct reply offer;

	restart_with(3000, true, false);
	world_run(&w, S(8));
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	offer.yiaddr = CLIENT_2;
	world_receive(&w, &offer);
	ck_assert_uint_eq(w.kernel, CLIENT);
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, CLIENT_2);
	ck_assert_uint_eq(w.deconfigures, 1);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_REPLACED);
	ck_assert_uint_eq(w.configures, 2);
	ck_assert_uint_eq(w.stored, CLIENT_2);
	ck_assert_uint_eq(w.forgets, 0);
}
END_TEST

START_TEST(lease_held_is_refused)
{
	restart_with(3000, true, false);
	world_nak(&w);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_NAK);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(lease_held_expires_while_requesting)
{
	restart_with(20, true, false);
	world_run(&w, S(8));
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_HELD);
	world_run_to(&w, S(1020));
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_EXPIRED);
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/*
 * The kernel's lifetimes do not count a suspend: what a process that was killed
 * left there may have outlived its lease, and goes before anything else.
 */
START_TEST(expired_lease_leaves_the_kernel)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_run(&w, S(3000));
	w.kernel = CLIENT;
	w.kernel_length = lease.prefix_length;
	world_load(&w, &lease, true, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.deconfigures, 1);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_EXPIRED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

/* A second lease, and one for a client that runs, are not taken. */
START_TEST(lease_is_loaded_once)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_load(&w, &lease, false, true);
	lease.address = CLIENT_2;
	world_load(&w, &lease, true, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(w.client.lease.address, CLIENT);
	setup();
	world_start(&w);
	world_load(&w, &lease, true, true);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

/* ---- whose lease, and which is wanted --------------------------------- */

START_TEST(lease_of_another_client_id_is_a_hint)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	lease.client_id.bytes[3]++;
	world_load(&w, &lease, false, true);
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

/* In the kernel it is used on, but no server is asked to confirm it. */
START_TEST(lease_held_of_another_client_id)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	lease.client_id.bytes[3]++;
	world_load(&w, &lease, true, true);
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	world_sleep(&w, S(1));
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_HELD);
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBOOTING), 0);
}
END_TEST

START_TEST(another_wish_is_no_reboot)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	w.config.requested_address = CLIENT_2;
	world_load(&w, &lease, false, true);
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT_2);
	/* The lease's own address is. */
	setup();
	w.config.requested_address = CLIENT;
	restart_with(3000, false, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
}
END_TEST

/* ---- carrier --------------------------------------------------------- */

/* Covers: 2131-3.7-01 */
START_TEST(carrier_returns_to_a_bound_client)
{
	world_bind(&w);
	world_sleep(&w, S(100));
	world_forget(&w);
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT_REBOOT, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.effects.count, 1);
	ck_assert_uint_eq(w.kernel, CLIENT);
	/* Nothing until the lease's end. */
	ck_assert(dhcp4_want(&w.client).deadline == w.client.lease.expiry_ns);
	world_sleep(&w, S(3));
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.deconfigures, 0);
}
END_TEST

/* The server is dead: kept to its expiry. */
START_TEST(carrier_returns_to_silence)
{
	nsec expiry, up;

	world_bind(&w);
	expiry = w.client.lease.expiry_ns;
	world_sleep(&w, S(100));
	world_carrier(&w, false);
	world_sleep(&w, S(3));
	world_forget(&w);
	up = w.now;
	world_carrier(&w, true);
	check_two_requests(up);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	world_run_to(&w, expiry - 1);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.deconfigures, 0);
	world_tick(&w);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
}
END_TEST

/* Another network's server says no: a new lease at once. */
START_TEST(carrier_returns_elsewhere)
{
	struct reply nak;

	world_bind(&w);
	world_sleep(&w, S(100));
	world_carrier(&w, false);
	world_carrier(&w, true);
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	nak.server_id = 0xc0a80001;
	world_receive(&w, &nak);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(lease_expires_without_carrier)
{
	world_bind(&w);
	world_carrier(&w, false);
	world_sleep_to(&w, w.client.lease.expiry_ns - 1);
	world_forget(&w);
	world_tick(&w);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.sent_count, 0);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	world_sleep(&w, S(86400));
}
END_TEST

/* What becomes of each state when the carrier goes. */
START_TEST(carrier_goes_in_every_state)
{
	static const enum dhcp4_state without[DHCP4_STATE_COUNT] = {
		[DHCP4_STATE_STOPPED] = DHCP4_STATE_STOPPED,
		[DHCP4_STATE_INIT] = DHCP4_STATE_INIT,
		[DHCP4_STATE_SELECTING] = DHCP4_STATE_INIT,
		[DHCP4_STATE_REQUESTING] = DHCP4_STATE_INIT,
		[DHCP4_STATE_INIT_REBOOT] = DHCP4_STATE_INIT_REBOOT,
		[DHCP4_STATE_REBOOTING] = DHCP4_STATE_INIT_REBOOT,
		[DHCP4_STATE_PROBING] = DHCP4_STATE_INIT_REBOOT,
		[DHCP4_STATE_INFORMING] = DHCP4_STATE_INFORMING,
		[DHCP4_STATE_V6ONLY_WAIT] = DHCP4_STATE_INIT,
	};
	const struct place *place = &places[_i];
	enum dhcp4_state expected;
	ipv4_addr kernel;
	unsigned sent;

	world_reach(&w, place->state, place->held);
	kernel = w.kernel;
	sent = w.sent_count;
	world_carrier(&w, false);
	expected = place->held && place->state != DHCP4_STATE_STOPPED &&
				   place->state != DHCP4_STATE_INIT
			   ? DHCP4_STATE_INIT_REBOOT
			   : without[place->state];
	ck_assert_int_eq(w.client.state, expected);
	ck_assert_uint_eq(w.kernel, kernel);
	ck_assert_uint_eq(w.sent_count, sent);
	/* Silence, but for the end of a lease. */
	ck_assert(dhcp4_want(&w.client).deadline ==
		  (w.client.tenure == DHCP4_TENURE_NONE
			   ? NSEC_NEVER
			   : w.client.lease.expiry_ns));
	/* And its return is acted on at once, after a second at least. */
	w.now += S(2);
	world_carrier(&w, true);
	if (place->state == DHCP4_STATE_STOPPED)
		ck_assert_uint_eq(w.sent_count, sent);
	else
		ck_assert_uint_eq(w.sent_count, sent + 1);
}
END_TEST

/* Granted, not yet checked: asked for again, not used by mere silence. */
/* What was granted is ours: asked for again, and used when it was checked. */
START_TEST(carrier_goes_while_probing)
{
	world_reach(&w, DHCP4_STATE_PROBING, false);
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT_REBOOT, DHCP4_TENURE_GRANTED);
	world_sleep(&w, S(2));
	world_carrier(&w, true);
	world_run(&w, S(4) - 1);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.configures, 0);
	world_run(&w, S(4));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.configures, 1);
	ck_assert_uint_eq(w.saves, 1);
}
END_TEST

/*
 * An exchange a second, however the carrier flaps.
 * Covers: DF-if-02
 */
START_TEST(flaps_are_spaced)
{
	for (unsigned held = 0; held < 2; held++) {
		nsec expiry;

		setup();
		if (held) {
			world_bind(&w);
			world_sleep(&w, S(10));
		} else {
			world_event(&w, DHCP4_EVENT_START);
		}
		world_forget(&w);
		expiry = w.client.lease.expiry_ns;
		for (unsigned i = 0; i < 200; i++) {
			world_carrier(&w, i % 2 == 0);
			world_run(&w, MS(50));
		}
		ck_assert_int_eq(w.client.tenure == DHCP4_TENURE_HELD, held);
		ck_assert(w.client.lease.expiry_ns == expiry);
		ck_assert_uint_eq(w.configures + w.deconfigures, 0);
		ck_assert_uint_ge(w.sent_count, 5);
		ck_assert_uint_le(w.sent_count, 11);
		for (unsigned i = 1; i < w.sent_count; i++)
			ck_assert(world_sent(&w, i)->at -
					  world_sent(&w, i - 1)->at >=
				  S(1));
	}
}
END_TEST

START_TEST(carrier_that_stays_changes_nothing)
{
	for (unsigned i = 0; i < PLACES; i++) {
		unsigned sent;

		setup();
		world_reach(&w, places[i].state, places[i].held);
		if (!w.client.carrier)
			continue;
		sent = w.sent_count;
		world_carrier(&w, true);
		ck_assert_uint_eq(w.effects.count, 0);
		ck_assert_uint_eq(w.sent_count, sent);
		ck_assert_int_eq(w.client.state, places[i].state);
	}
}
END_TEST

/* ---- another network ------------------------------------------------- */

static void move(void)
{
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					     .carrier = { true, true } });
}

/* The lease is of no use there, and neither is an exchange under way. */
START_TEST(move_begins_anew_in_every_state)
{
	const struct place *place = &places[_i];

	world_reach(&w, place->state, place->held);
	w.now += S(2);
	world_event(&w, DHCP4_EVENT_TICK);
	world_forget(&w);
	move();
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	if (place->held)
		ck_assert_int_eq(w.loss, DHCP4_LOSS_MOVED);
	if (place->state == DHCP4_STATE_STOPPED) {
		world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	} else if (place->state == DHCP4_STATE_INFORMING) {
		ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_INFORM);
	} else {
		world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
		ck_assert_uint_eq(w.sent_count, 1);
		ck_assert_uint_eq(world_last(&w)->requested, 0);
	}
}
END_TEST

/* What another network's server refused is no reason to wait in this one. */
START_TEST(move_ends_the_wait_after_naks)
{
	world_start(&w);
	for (unsigned i = 0; i < 8; i++) {
		world_offer(&w);
		world_nak(&w);
		if (w.client.state == DHCP4_STATE_INIT)
			world_tick(&w);
	}
	world_offer(&w);
	world_nak(&w);
	ck_assert(dhcp4_want(&w.client).deadline > w.now + S(60));
	world_carrier(&w, false);
	world_sleep(&w, S(2));
	move();
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	world_offer(&w);
	world_nak(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

/* ---- resume ---------------------------------------------------------- */

/*
 * So does a wall clock that was set forward by far; it moves no timer, nor does
 * anything else that happens to it come to the core at all.
 * Covers: DF-time-06
 */
START_TEST(resume_confirms_a_lease)
{
	static const enum dhcp4_state states[] = { DHCP4_STATE_BOUND,
						   DHCP4_STATE_RENEWING,
						   DHCP4_STATE_REBINDING };
	enum dhcp4_state state = states[_i];
	struct dhcp4_lease before;

	world_reach(&w, state, true);
	before = w.client.lease;
	world_forget(&w);
	world_event(&w, DHCP4_EVENT_RESUME);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.deconfigures, 0);
	/* No timer of the lease moves. */
	ck_assert(w.client.lease.t1_ns == before.t1_ns);
	ck_assert(w.client.lease.t2_ns == before.t2_ns);
	ck_assert(w.client.lease.expiry_ns == before.expiry_ns);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* What was asked before the sleep is asked anew: both REQUESTs count again. */
START_TEST(resume_asks_anew_while_rebooting)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_load(&w, &lease, false, true);
	world_start(&w);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	w.now += S(240);
	world_event(&w, DHCP4_EVENT_RESUME);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBOOTING), 2);
	world_tick(&w);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBOOTING), 3);
	ck_assert_uint_eq(w.configures, 0);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
}
END_TEST

/*
 * Offers of before the sleep are asked for no more: an ACK, counted from the first
 * REQUEST, would be of a lease that is over.
 */
START_TEST(resume_asks_anew_while_requesting)
{
	world_reach(&w, DHCP4_STATE_REQUESTING, _i);
	world_forget(&w);
	w.extends = 0;
	w.now += S(2400);
	world_event(&w, DHCP4_EVENT_RESUME);
	ck_assert_uint_eq(w.sent_count, 1);
	if (_i) {
		world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
		ck_assert_uint_eq(w.extends, 1);
	} else {
		world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
		world_offer(&w);
	}
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Elsewhere it is no reason to send; the kernel is told of a lease held. */
START_TEST(resume_elsewhere)
{
	const struct place *place = &places[_i];
	unsigned sent;

	world_reach(&w, place->state, place->held);
	if (place->state == DHCP4_STATE_REBOOTING ||
	    place->state == DHCP4_STATE_REQUESTING ||
	    place->state == DHCP4_STATE_PROBING ||
	    place->state == DHCP4_STATE_BOUND ||
	    place->state == DHCP4_STATE_RENEWING ||
	    place->state == DHCP4_STATE_REBINDING ||
	    place->state == DHCP4_STATE_INFORMING ||
	    place->state == DHCP4_STATE_V6ONLY_WAIT)
		return;
	sent = w.sent_count;
	w.extends = 0;
	world_event(&w, DHCP4_EVENT_RESUME);
	ck_assert_int_eq(w.client.state, place->state);
	ck_assert_uint_eq(w.sent_count, sent);
	ck_assert_uint_eq(w.extends, place->held);
}
END_TEST

/* Covers: DF-time-07 */
START_TEST(resume_after_expiry)
{
	world_bind(&w);
	w.now = w.client.lease.expiry_ns + S(1);
	world_event(&w, DHCP4_EVENT_RESUME);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.extends, 0);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

static TCase *store_tests(void)
{
	TCase *tcase = tcase_create("store");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, remembered_lease_is_asked_for);
	tcase_add_test(tcase, remembered_lease_is_confirmed);
	tcase_add_test(tcase, remembered_lease_is_confirmed_by_another_server);
	tcase_add_test(tcase, usable_lease_is_used_unconfirmed);
	tcase_add_test(tcase, gap_of_the_requests_is_varied);
	tcase_add_test(tcase, unusable_lease_is_only_wished_for);
	tcase_add_test(tcase, remembered_lease_is_refused);
	tcase_add_test(tcase, remembered_lease_expires_while_asked_for);
	tcase_add_test(tcase, remembered_lease_expires_without_carrier);
	tcase_add_test(tcase, remembered_lease_expires_while_stopped);
	tcase_add_test(tcase, expired_lease_is_a_hint);
	tcase_add_test(tcase, lease_in_the_kernel_is_held);
	tcase_add_test(tcase, lease_held_is_used_unconfirmed);
	tcase_add_test(tcase, lease_held_is_swapped);
	tcase_add_test(tcase, lease_held_is_refused);
	tcase_add_test(tcase, lease_held_expires_while_requesting);
	tcase_add_test(tcase, expired_lease_leaves_the_kernel);
	tcase_add_test(tcase, lease_is_loaded_once);
	tcase_add_test(tcase, lease_of_another_client_id_is_a_hint);
	tcase_add_test(tcase, lease_held_of_another_client_id);
	tcase_add_test(tcase, another_wish_is_no_reboot);
	return tcase;
}

static TCase *carrier_tests(void)
{
	TCase *tcase = tcase_create("carrier");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, carrier_returns_to_a_bound_client);
	tcase_add_test(tcase, carrier_returns_to_silence);
	tcase_add_test(tcase, carrier_returns_elsewhere);
	tcase_add_test(tcase, lease_expires_without_carrier);
	tcase_add_loop_test(tcase, carrier_goes_in_every_state, 0, PLACES);
	tcase_add_test(tcase, carrier_goes_while_probing);
	tcase_add_test(tcase, flaps_are_spaced);
	tcase_add_test(tcase, carrier_that_stays_changes_nothing);
	tcase_add_loop_test(tcase, move_begins_anew_in_every_state, 0, PLACES);
	tcase_add_test(tcase, move_ends_the_wait_after_naks);
	return tcase;
}

static TCase *resume_tests(void)
{
	TCase *tcase = tcase_create("resume");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, resume_confirms_a_lease, 0, 3);
	tcase_add_test(tcase, resume_asks_anew_while_rebooting);
	tcase_add_loop_test(tcase, resume_asks_anew_while_requesting, 0, 2);
	tcase_add_loop_test(tcase, resume_elsewhere, 0, PLACES);
	tcase_add_test(tcase, resume_after_expiry);
	return tcase;
}

Suite *test_client_reboot_suite(void)
{
	Suite *suite = suite_create("client_reboot");

	suite_add_tcase(suite, store_tests());
	suite_add_tcase(suite, carrier_tests());
	suite_add_tcase(suite, resume_tests());
	return suite;
}
