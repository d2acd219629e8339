/* SPDX-License-Identifier: BSD-2-Clause */
/* INFORM: parameters for an address that came by other means (4.4.3). */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_inform_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
	w.config.inform_address = CLIENT;
}

/* Covers: 2131-4.4.3-01 1122-3.2.1.3-01 */
START_TEST(inform_is_sent)
{
	world_event(&w, DHCP4_EVENT_START);
	world_check(&w, DHCP4_STATE_INFORMING, DHCP4_TENURE_NONE);
	world_sleep(&w, S(100));
	world_carrier(&w, true);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_INFORM);
	ck_assert_uint_eq(world_last(&w)->ciaddr, CLIENT);
	ck_assert_uint_eq(world_last(&w)->source, CLIENT);
	ck_assert_uint_eq(world_last(&w)->secs, 0);
	ck_assert(dhcp4_want(&w.client).listen);
}
END_TEST

/*
 * To the server that is known, and to all if it does not answer.
 * Covers: 2131-4.4.3-03 2131-4.4.4-03
 */
START_TEST(inform_goes_to_the_server_first)
{
	w.config.inform_server = SERVER;
	world_start(&w);
	for (unsigned i = 0; i < 5; i++) {
		const struct sent *sent = world_last(&w);

		ck_assert_uint_eq(w.sent_count, i + 1);
		ck_assert_uint_eq(sent->destination,
				  i < 2 ? SERVER : IPV4_BROADCAST);
		ck_assert_int_eq(sent->unicast, i < 2);
		/* The kernel finds the way: no ACK has come from there. */
		ck_assert_int_eq(sent->by_socket, i < 2);
		ck_assert_uint_eq(sent->hw.size, 0);
		ck_assert_uint_eq(sent->source, CLIENT);
		ck_assert_uint_eq(wire_u16(sent->packet, 22), 67);
		world_tick(&w);
	}
	/* Any server's ACK is the answer; asked anew, it is the same again. */
	world_ack(&w);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_INFORMED), 1);
	world_event(&w, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(world_last(&w)->destination, SERVER);
}
END_TEST

/* Covers: 2131-4.4.3-03 */
START_TEST(inform_without_a_server_goes_to_all)
{
	world_start(&w);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_uint_eq(world_last(&w)->destination, IPV4_BROADCAST);
		ck_assert_uint_eq(wire_u16(world_last(&w)->packet, 22), 67);
		world_tick(&w);
	}
}
END_TEST

/* What is left of a lease says nothing of where the server is. */
START_TEST(inform_after_a_lease)
{
	setup();
	w.config.inform_address = IPV4_ANY;
	world_bind(&w);
	world_stop(&w, false);
	w.config.inform_address = CLIENT_2;
	w.config.inform_server = OTHER;
	world_event(&w, DHCP4_EVENT_START);
	ck_assert_uint_eq(world_last(&w)->destination, OTHER);
	ck_assert_uint_eq(world_last(&w)->hw.size, 0);
	ck_assert(world_last(&w)->by_socket);
}
END_TEST

/* Covers: 2131-3.4-01 2131-4.4.3-04 */
START_TEST(ack_gives_parameters_and_no_lease)
{
	struct reply ack;
	ipv4_addr server;

	world_start(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.yiaddr = 0x0a090909;
	ack.server_id = ack.source = OTHER;
	ack.options = (const uint8_t[]){ 6, 4, 10, 0, 0, 53 };
	ack.options_size = 6;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_INFORMING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_INFORMED), 1);
	ck_assert_uint_eq(w.client.lease.server_id, OTHER);
	ck_assert(dhcp4_options_get_address(&w.client.lease.options, 6, 0,
					    &server));
	ck_assert_uint_eq(server, 0x0a000035);
	ck_assert_uint_eq(w.configures + w.extends + w.saves, 0);
	ck_assert(!dhcp4_want(&w.client).listen);
	world_refuses(&w, &ack, REJECT_UNEXPECTED);
	world_sleep(&w, S(86400));
	world_event(&w, DHCP4_EVENT_TICK);
	ck_assert_uint_eq(w.sent_count, 1);
}
END_TEST

START_TEST(ack_may_name_no_server)
{
	struct reply ack;

	world_start(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.server_id = 0;
	ack.lease_s = 0;
	ack.yiaddr = 0;
	world_receive(&w, &ack);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_INFORMED), 1);
	ck_assert_uint_eq(w.client.lease.server_id, 0);
}
END_TEST

/* Covers: 2131-4.4.3-05 */
START_TEST(silence_is_told_and_outwaited)
{
	static const unsigned gaps[] = { 4, 8, 16, 32, 64, 64 };

	world_start(&w);
	for (unsigned i = 0; i < ARRAY_SIZE(gaps); i++) {
		const struct sent *before = world_last(&w), *after;

		ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SILENT), i >= 4);
		world_tick(&w);
		after = world_last(&w);
		ck_assert_uint_eq(w.sent_count, i + 2);
		ck_assert_uint_eq(after->xid, before->xid);
		ck_assert(after->at - before->at >= S(gaps[i] - 1));
		ck_assert(after->at - before->at <= S(gaps[i] + 1));
		ck_assert_uint_gt(after->secs, before->secs);
	}
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SILENT), 1);
	world_ack(&w);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_INFORMED), 1);
}
END_TEST

/* Asked again, it is a new transaction. */
START_TEST(inform_is_sent_anew)
{
	static const enum dhcp4_event_kind kinds[] = {
		DHCP4_EVENT_RENEW,
		DHCP4_EVENT_REBIND,
		DHCP4_EVENT_RESUME,
		DHCP4_EVENT_RECONFIGURE,
	};

	world_start(&w);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint32_t xid = world_last(&w)->xid;

		world_ack(&w);
		world_sleep(&w, S(100));
		world_event(&w, kinds[i]);
		ck_assert_uint_eq(w.sent_count, i + 2);
		ck_assert_uint_ne(world_last(&w)->xid, xid);
		ck_assert_uint_eq(world_last(&w)->number, 1);
		ck_assert_uint_eq(world_last(&w)->secs, 0);
		ck_assert(dhcp4_want(&w.client).listen);
	}
}
END_TEST

START_TEST(carrier_brings_a_new_inform)
{
	uint32_t xid;

	world_start(&w);
	xid = world_last(&w)->xid;
	world_carrier(&w, false);
	ck_assert(!dhcp4_want(&w.client).listen);
	world_sleep(&w, S(1000));
	world_event(&w, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(w.sent_count, 1);
	w.earliest_send = w.now + MS(300);
	world_carrier(&w, true);
	ck_assert(w.effects.slot_taken);
	ck_assert_uint_eq(w.sent_count, 1);
	world_sleep(&w, MS(300) - 1);
	world_tick(&w);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert_uint_ne(world_last(&w)->xid, xid);
}
END_TEST

START_TEST(flaps_are_spaced)
{
	world_event(&w, DHCP4_EVENT_START);
	for (unsigned i = 0; i < 100; i++) {
		world_carrier(&w, i % 2 == 0);
		world_run(&w, MS(50));
	}
	ck_assert_uint_le(w.sent_count, 6);
}
END_TEST

/* A lease and an address from elsewhere do not go together. */
START_TEST(lease_gives_way)
{
	for (unsigned in_kernel = 0; in_kernel < 2; in_kernel++) {
		struct dhcp4_lease lease;

		setup();
		lease = world_lease(&w, 3000);
		world_load(&w, &lease, in_kernel, true);
		world_start(&w);
		world_check(&w, DHCP4_STATE_INFORMING, DHCP4_TENURE_NONE);
		ck_assert_uint_eq(w.kernel, IPV4_ANY);
		ck_assert_uint_eq(w.deconfigures, in_kernel);
		if (in_kernel)
			ck_assert_int_eq(w.loss, DHCP4_LOSS_REPLACED);
	}
}
END_TEST

START_TEST(inform_is_stopped)
{
	world_start(&w);
	world_stop(&w, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	world_sleep(&w, S(86400));
}
END_TEST

Suite *test_client_inform_suite(void)
{
	Suite *suite = suite_create("client_inform");
	TCase *tcase = tcase_create("inform");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, inform_is_sent);
	tcase_add_test(tcase, inform_goes_to_the_server_first);
	tcase_add_test(tcase, inform_without_a_server_goes_to_all);
	tcase_add_test(tcase, inform_after_a_lease);
	tcase_add_test(tcase, ack_gives_parameters_and_no_lease);
	tcase_add_test(tcase, ack_may_name_no_server);
	tcase_add_test(tcase, silence_is_told_and_outwaited);
	tcase_add_test(tcase, inform_is_sent_anew);
	tcase_add_test(tcase, carrier_brings_a_new_inform);
	tcase_add_test(tcase, flaps_are_spaced);
	tcase_add_test(tcase, lease_gives_way);
	tcase_add_test(tcase, inform_is_stopped);
	suite_add_tcase(suite, tcase);
	return suite;
}
