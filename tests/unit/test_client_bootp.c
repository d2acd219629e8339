/* SPDX-License-Identifier: BSD-2-Clause */
/* An address of a plain BOOTP server: when it is taken, and its life (RFC 1534). */
#include "unit/support.h"

Suite *test_client_bootp_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
	w.config.bootp = true;
}

/* BOUND by BOOTP. */
static void bind(void)
{
	world_start(&w);
	world_bootp(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_forget(&w);
}

/* ---- which reply is taken ---------------------------------------------- */

/* Covers: 1534-3-01 1534-3-02 */
START_TEST(bootp_reply_binds_without_a_request)
{
	world_start(&w);
	world_tick(&w);
	ck_assert_uint_eq(w.sent_count, 2);
	world_bootp(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.stored, CLIENT);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_ACK), 1);
	ck_assert_uint_eq(w.client.counters.received[DHCP4_TYPE_BOOTP], 1);
	ck_assert_uint_eq(lease_remaining_s(&w.client.lease, w.now),
			  DHCP4_LEASE_INFINITE);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	/* Ten years later it is the same, and nothing was sent. */
	world_sleep(&w, S(315360000));
	world_event(&w, DHCP4_EVENT_TICK);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DISCOVER), 2);
	ck_assert_uint_eq(w.sent_count, 2);
}
END_TEST

/* Covers: 1534-3-01 */
START_TEST(bootp_reply_is_ignored_by_default)
{
	struct reply reply;

	w.config.bootp = false;
	world_start(&w);
	for (unsigned i = 0; i < 4; i++) {
		reply = world_bootp_reply(&w);
		world_refuses(&w, &reply, REJECT_BOOTP);
		world_tick(&w);
	}
	ck_assert_uint_eq(w.client.counters.rejected[REJECT_BOOTP], 4);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* In any other state it answers nothing that was asked. */
START_TEST(bootp_reply_is_taken_in_selecting_alone)
{
	const struct place *place = &places[_i];
	struct reply reply;

	world_reach(&w, place->state, place->held);
	reply = world_bootp_reply(&w);
	if (place->state != DHCP4_STATE_SELECTING)
		world_refuses(&w, &reply, REJECT_UNEXPECTED);
	else
		world_refuses(&w, &reply, REJECT_BOOTP);
}
END_TEST

/* Covers: 1534-3-03 */
START_TEST(offer_is_preferred)
{
	struct reply reply;

	world_start(&w);
	reply = world_bootp_reply(&w);
	world_refuses(&w, &reply, REJECT_BOOTP);
	/* Up to the second DISCOVER, after three seconds at least. */
	world_sleep(&w, S(3) - 1);
	world_refuses(&w, &reply, REJECT_BOOTP);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	world_refuses(&w, &reply, REJECT_UNEXPECTED);
	world_ack(&w);
	ck_assert_uint_eq(w.client.lease.server_id, SERVER);
}
END_TEST

/* Covers: 1534-3-03 */
START_TEST(offer_that_waits_is_preferred)
{
	struct reply reply;

	w.config.offer_window_ns = S(10);
	world_start(&w);
	world_tick(&w);
	world_offer(&w);
	reply = world_bootp_reply(&w);
	world_refuses(&w, &reply, REJECT_BOOTP);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* "If its contents are acceptable." */
START_TEST(useless_bootp_replies_are_refused)
{
	struct reply reply;

	world_start(&w);
	world_tick(&w);
	reply = world_bootp_reply(&w);
	reply.yiaddr = 0;
	world_refuses(&w, &reply, REJECT_ADDRESS);
	reply.yiaddr = 0x0a0000ff;
	world_refuses(&w, &reply, REJECT_ADDRESS);
	reply = world_bootp_reply(&w);
	reply.mask = 0xff00ff00;
	world_refuses(&w, &reply, REJECT_MASK);
	reply = world_bootp_reply(&w);
	reply.chaddr[5]++;
	world_refuses(&w, &reply, REJECT_CHADDR);
	reply = world_bootp_reply(&w);
	reply.op = DHCP4_OP_REQUEST;
	world_refuses(&w, &reply, REJECT_NOT_REPLY);
}
END_TEST

START_TEST(conflict_detection_comes_first)
{
	w.config.acd = ACD_MODE_STRICT;
	world_start(&w);
	world_bootp(&w);
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	/* Not confirmed by a REQUEST: it is asked for again from the beginning. */
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_GRANTED);
	world_sleep(&w, S(10));
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_run(&w, S(7));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/* ---- its life ----------------------------------------------------------- */

/* Covers: 1534-3-02 */
START_TEST(bootp_lease_is_not_renewed)
{
	bind();
	world_event(&w, DHCP4_EVENT_RENEW);
	world_event(&w, DHCP4_EVENT_REBIND);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 0);
}
END_TEST

START_TEST(bootp_lease_is_not_released)
{
	bind();
	world_stop(&w, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.stored, IPV4_ANY);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_RELEASED);
}
END_TEST

START_TEST(bootp_lease_is_not_declined)
{
	bind();
	world_lost(&w, DHCP4_ADDRESS_LOST_CONFLICT);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
}
END_TEST

/* Used all the while; a DISCOVER asks for it, and the answer is as at first. */
static void check_asked_again(void)
{
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	world_bootp(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DISCOVER), w.sent_count);
	ck_assert_uint_eq(w.deconfigures, 0);
	ck_assert_uint_ge(w.extends, 1);
}

START_TEST(carrier_returns)
{
	bind();
	world_sleep(&w, S(10));
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_HELD);
	world_sleep(&w, S(10));
	world_carrier(&w, true);
	check_asked_again();
}
END_TEST

START_TEST(machine_wakes)
{
	bind();
	w.earliest_send = w.now + MS(200);
	world_event(&w, DHCP4_EVENT_RESUME);
	ck_assert(w.effects.slot_taken);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.extends, 1);
	world_tick(&w);
	ck_assert(w.now == w.earliest_send);
	check_asked_again();
}
END_TEST

START_TEST(stop_and_start)
{
	bind();
	world_stop(&w, false);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_HELD);
	world_sleep(&w, S(1000));
	world_event(&w, DHCP4_EVENT_START);
	check_asked_again();
}
END_TEST

/* A DHCP server that is there at last takes over. */
START_TEST(dhcp_takes_over)
{
	struct reply reply;

	bind();
	world_carrier(&w, false);
	world_sleep(&w, S(10));
	world_carrier(&w, true);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.yiaddr = CLIENT_2;
	world_receive(&w, &reply);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT_2);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_REPLACED);
	ck_assert(!lease_is_bootp(&w.client.lease));
}
END_TEST

static struct dhcp4_lease stored_lease(void)
{
	struct dhcp4_lease lease = world_lease(&w, 0);

	lease.server_id = IPV4_ANY;
	lease.lease_s = DHCP4_LEASE_INFINITE;
	lease.t1_ns = lease.t2_ns = lease.expiry_ns = NSEC_NEVER;
	return lease;
}

/* Still in the kernel it is used on; else it is a wish. */
START_TEST(stored_lease_is_asked_for_by_a_discover)
{
	for (unsigned held = 0; held < 2; held++) {
		struct dhcp4_lease lease;

		setup();
		lease = stored_lease();
		world_load(&w, &lease, held, true);
		world_start(&w);
		world_check(&w, DHCP4_STATE_SELECTING,
			    held ? DHCP4_TENURE_HELD : DHCP4_TENURE_NONE);
		ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
		ck_assert_uint_eq(w.kernel, held ? CLIENT : IPV4_ANY);
		world_bootp(&w);
		ck_assert_uint_eq(w.kernel, CLIENT);
		ck_assert_uint_eq(w.deconfigures, 0);
	}
}
END_TEST

Suite *test_client_bootp_suite(void)
{
	Suite *suite = suite_create("client_bootp");
	TCase *reply = tcase_create("reply");
	TCase *life = tcase_create("life");

	tcase_add_checked_fixture(reply, setup, NULL);
	tcase_add_test(reply, bootp_reply_binds_without_a_request);
	tcase_add_test(reply, bootp_reply_is_ignored_by_default);
	tcase_add_loop_test(reply, bootp_reply_is_taken_in_selecting_alone, 0,
			    PLACES);
	tcase_add_test(reply, offer_is_preferred);
	tcase_add_test(reply, offer_that_waits_is_preferred);
	tcase_add_test(reply, useless_bootp_replies_are_refused);
	tcase_add_test(reply, conflict_detection_comes_first);
	suite_add_tcase(suite, reply);
	tcase_add_checked_fixture(life, setup, NULL);
	tcase_add_test(life, bootp_lease_is_not_renewed);
	tcase_add_test(life, bootp_lease_is_not_released);
	tcase_add_test(life, bootp_lease_is_not_declined);
	tcase_add_test(life, carrier_returns);
	tcase_add_test(life, machine_wakes);
	tcase_add_test(life, stop_and_start);
	tcase_add_test(life, dhcp_takes_over);
	tcase_add_test(life, stored_lease_is_asked_for_by_a_discover);
	suite_add_tcase(suite, life);
	return suite;
}
