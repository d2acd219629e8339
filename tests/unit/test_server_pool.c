/* SPDX-License-Identifier: BSD-2-Clause */
/* Who gets which address: reservations, a lost database, and never one twice. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "server_world.h"

Suite *test_server_pool_suite(void);

#define RESERVED 0x0a000064 /* 10.0.0.100, outside of the pool */

static const struct server_reservation reservations[] = {
	{ .client = { 3, { 0, 'c', 7 } }, .address = RESERVED },
	{ .hw = { 6, { 2, 0, 0, 0, 0, 8 } }, .address = POOL_FIRST },
};

static void setup_reservations(void)
{
	srv_setup();
	srv.config.reservations = reservations;
	srv.config.reservation_count = ARRAY_SIZE(reservations);
	ck_assert_uint_le(server_pool_size(&srv.config), SRV_LEASES_MAX);
	server_init(&srv.server, &srv.config, srv.leases);
}

static const enum dhcp4_request renew = DHCP4_REQUEST_RENEWING;
static const enum dhcp4_request rebind = DHCP4_REQUEST_REBINDING;
static const enum dhcp4_request reboot = DHCP4_REQUEST_REBOOTING;

/* ---- reservations ----------------------------------------------------- */

START_TEST(test_reserved_by_client_id)
{
	/* One in the pool needs no record more. */
	ck_assert_uint_eq(srv.server.lease_count, POOL_SIZE + 1);
	srv_bind(7);
	ck_assert_uint_eq(srv.reply.header.yiaddr, RESERVED);
	ck_assert_uint_eq(srv_ask_about(7, renew, RESERVED), DHCP4_TYPE_ACK);
	/* The hardware address alone does not do. */
	ck_assert_uint_eq(srv_ask((struct ask){ .client = 7, .anonymous = true }),
			  DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
}
END_TEST

START_TEST(test_reserved_by_hwaddr)
{
	/* In the pool, and nobody else's, even if all else is given out. */
	srv_bind(1);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_NAK);
	srv_bind(2);
	ck_assert_uint_eq(srv_discover(3), 0);
	srv_bind(8);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	/* One interface with two identifiers has one address. */
	ck_assert_uint_eq(
		srv_ask((struct ask){ .client = 8, .anonymous = true }), 0);
}
END_TEST

/* What is reserved is on record before it is used. */
START_TEST(test_reserved_and_rebooting)
{
	ck_assert_uint_eq(srv_ask_about(1, reboot, RESERVED), 0);
	ck_assert_uint_eq(srv_ask_about(7, reboot, RESERVED), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_ask_about(7, reboot, POOL_FIRST + 1),
			  DHCP4_TYPE_NAK);
}
END_TEST

START_TEST(test_reserved_and_declined)
{
	srv_bind(7);
	srv_ask_about(7, DHCP4_REQUEST_DECLINE, RESERVED);
	srv_bind(7);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	srv.now += SERVER_DECLINE_S * NSEC_PER_S;
	srv_bind(7);
	ck_assert_uint_eq(srv.reply.header.yiaddr, RESERVED);
}
END_TEST

/* ---- the records ------------------------------------------------------ */

START_TEST(test_forget)
{
	srv_bind(1);
	srv_bind(2);
	srv_ask_about(2, DHCP4_REQUEST_DECLINE, srv.reply.header.yiaddr);
	server_forget(&srv.server);
	/* Not known; and it may keep what nobody else has. */
	ck_assert_uint_eq(srv_ask_about(1, reboot, POOL_FIRST), 0);
	ck_assert_uint_eq(srv_ask_about(1, renew, POOL_FIRST), DHCP4_TYPE_ACK);
	srv_bind(3);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);

	/* Or another has got it meanwhile. */
	server_forget(&srv.server);
	srv_bind(3);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv_ask_about(1, rebind, POOL_FIRST), DHCP4_TYPE_NAK);
}
END_TEST

START_TEST(test_forget_keeps_reservations)
{
	server_forget(&srv.server);
	srv_bind(7);
	ck_assert_uint_eq(srv.reply.header.yiaddr, RESERVED);
}
END_TEST

START_TEST(test_empty_pool)
{
	srv.config.pool_first = srv.config.pool_last = 0;
	ck_assert_uint_eq(server_pool_size(&srv.config), 0);
	server_init(&srv.server, &srv.config, srv.leases);
	ck_assert_uint_eq(srv_discover(1), 0);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_NAK);
}
END_TEST

/* What others gave back goes before what nobody had, or after it. */
START_TEST(test_thrifty)
{
	srv_bind(1);
	srv_ask_about(1, DHCP4_REQUEST_RELEASE, POOL_FIRST);
	ck_assert_uint_eq(srv_discover(2), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	srv.config.thrifty = true;
	ck_assert_uint_eq(srv_discover(3), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv_discover(2), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
}
END_TEST

START_TEST(test_decline_time)
{
	srv.config.decline_s = 60;
	for (unsigned client = 1; client <= POOL_SIZE; client++) {
		srv_bind(client);
		srv_ask_about(client, DHCP4_REQUEST_DECLINE,
			      srv.reply.header.yiaddr);
	}
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_NAK);
	srv.now += 60 * NSEC_PER_S - 1;
	ck_assert_uint_eq(srv_discover(1), 0);
	srv.now++;
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
}
END_TEST

START_TEST(test_infinite_lease)
{
	srv.config.lease_s = DHCP4_LEASE_INFINITE;
	srv_bind(1);
	srv.now += UINT64_C(0x100000000) * NSEC_PER_S;
	srv_bind(2);
	ck_assert_uint_ne(srv.reply.header.yiaddr, POOL_FIRST);
}
END_TEST

/* An offer is held for its client, then not; to bind takes it for the lease. */
START_TEST(test_offer_held)
{
	srv_discover(1);
	ck_assert_uint_eq(srv_request(2, POOL_FIRST), DHCP4_TYPE_NAK);
	srv.now += SERVER_OFFER_S * NSEC_PER_S;
	ck_assert_uint_eq(srv_request(2, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_NAK);
	/* A DISCOVER of a bound client does not make an offer of its lease. */
	srv_discover(2);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_BOUND);
	srv.now += 120 * NSEC_PER_S - 1;
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_NAK);
	srv.now++;
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_ACK);
	/* One that is over is offered anew. */
	srv.now += 120 * NSEC_PER_S;
	srv_discover(1);
	ck_assert_uint_eq(srv_request(2, POOL_FIRST), DHCP4_TYPE_NAK);
}
END_TEST

/* A client without identifier that has any use is another than one with it. */
START_TEST(test_who_it_is)
{
	struct ask ask = { .client = 1, .anonymous = true };

	srv_bind(1);
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	ck_assert_uint_eq(srv.exchange.request.client.size, 7);
	ck_assert_mem_eq(srv.exchange.request.client.bytes, "\1\2\0\0\0\0\1", 7);
	/* An empty one is none. */
	ask.extra.code = DHCP4_OPTION_CLIENT_ID;
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	ck_assert_uint_eq(srv.exchange.request.client.size, 7);
}
END_TEST

static struct prng prng;

static unsigned draw(unsigned bound)
{
	return (unsigned)prng_below(&prng, bound);
}

/*
 * Clients that do as they like, and one honest server: what an ACK gives to one
 * is nobody else's before that one's lease is over, or it gave it back.
 */
START_TEST(test_never_to_two)
{
	struct holding {
		unsigned client;
		nsec until;
	} held[POOL_SIZE] = { 0 };
	unsigned acks = 0;

	prng_init(&prng, (const uint8_t[32]){ 1 });
	for (unsigned i = 0; i < 20000; i++) {
		unsigned client = 1 + draw(5);
		unsigned at = draw(POOL_SIZE);
		enum dhcp4_request kind =
			(enum dhcp4_request)draw(DHCP4_REQUEST_INFORM);
		unsigned type;

		srv.now += draw(20) * NSEC_PER_S;
		type = srv_ask_about(client, kind, POOL_FIRST + at);
		if (held[at].client == client && (kind == DHCP4_REQUEST_RELEASE ||
						  kind == DHCP4_REQUEST_DECLINE))
			held[at].until = 0;
		if (type != DHCP4_TYPE_ACK)
			continue;
		acks++;
		ck_assert(held[at].client == client || held[at].until <= srv.now);
		held[at] = (struct holding){ client, srv.now + 120 * NSEC_PER_S };
	}
	ck_assert_uint_gt(acks, 1000);
}
END_TEST

Suite *test_server_pool_suite(void)
{
	Suite *suite = suite_create("server_pool");
	TCase *reserved = tcase_create("reservations");
	TCase *records = tcase_create("records");

	tcase_add_checked_fixture(reserved, setup_reservations, NULL);
	tcase_add_test(reserved, test_reserved_by_client_id);
	tcase_add_test(reserved, test_reserved_by_hwaddr);
	tcase_add_test(reserved, test_reserved_and_rebooting);
	tcase_add_test(reserved, test_reserved_and_declined);
	tcase_add_test(reserved, test_forget_keeps_reservations);
	suite_add_tcase(suite, reserved);
	tcase_add_checked_fixture(records, srv_setup, NULL);
	tcase_add_test(records, test_forget);
	tcase_add_test(records, test_empty_pool);
	tcase_add_test(records, test_thrifty);
	tcase_add_test(records, test_decline_time);
	tcase_add_test(records, test_infinite_lease);
	tcase_add_test(records, test_offer_held);
	tcase_add_test(records, test_who_it_is);
	tcase_add_test(records, test_never_to_two);
	suite_add_tcase(suite, records);
	return suite;
}
