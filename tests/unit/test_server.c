/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests' own server answers by RFC 2131 4.3, and where that goes. */
#include <check.h>
#include <string.h>

#include "server_world.h"

Suite *test_server_suite(void);

START_TEST(test_acquisition)
{
	struct option_value id;

	srv.config.t1_s = 50;
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.op, DHCP4_OP_REPLY);
	ck_assert_uint_eq(srv.reply.header.xid, XID);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv.reply.header.chaddr[5], 1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0xffffff00);

	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 120);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_T1), 50);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_T2), 0);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_BOUND);

	/* RFC 6842: the client's own id, octet for octet. */
	ck_assert(dhcp4_options_get(&srv.reply.options, DHCP4_OPTION_CLIENT_ID,
				    &id));
	ck_assert_mem_eq(id.bytes, "\0c\1", 3);
}
END_TEST

START_TEST(test_pool)
{
	/* Each its own; the fourth nothing; asked again, the same. */
	for (unsigned client = 1; client <= POOL_SIZE; client++) {
		srv_bind(client);
		ck_assert_uint_eq(srv.reply.header.yiaddr,
				  POOL_FIRST + client - 1);
	}
	ck_assert_uint_eq(srv_discover(4), 0);
	ck_assert_uint_eq(srv_discover(2), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	ck_assert_uint_eq(srv_request(4, POOL_FIRST), DHCP4_TYPE_NAK);

	/* An expired lease goes to who asks, its last client first. */
	srv.now += 121 * NSEC_PER_S;
	ck_assert_uint_eq(srv_discover(3), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 2);
	ck_assert_uint_eq(srv_discover(4), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
}
END_TEST

START_TEST(test_wished_address)
{
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_DISCOVER, POOL_FIRST + 2),
			  DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 2);
}
END_TEST

START_TEST(test_offer_lapses)
{
	srv_discover(1);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_OFFERED);
	srv.now += (SERVER_OFFER_S + 1) * NSEC_PER_S;
	srv_discover(2);
	srv_discover(3);
	srv_discover(4);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
}
END_TEST

START_TEST(test_other_server_chosen)
{
	struct ask ask = { .client = 1,
			   .kind = DHCP4_REQUEST_SELECTING,
			   .address = POOL_FIRST,
			   .server_id = RELAY };

	srv_discover(1);
	ck_assert_uint_eq(srv_ask(ask), 0);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_FREE);
}
END_TEST

/* RFC 2131 4.3.2 for the three REQUESTs of a client that has an address. */
START_TEST(test_init_reboot)
{
	const enum dhcp4_request reboot = DHCP4_REQUEST_REBOOTING;

	ck_assert_uint_eq(srv_ask_about(1, reboot, POOL_FIRST), 0); /* not known */
	srv_bind(1);
	ck_assert_uint_eq(srv_ask_about(1, reboot, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_ask_about(1, reboot, POOL_FIRST + 1),
			  DHCP4_TYPE_NAK);
	/* Perhaps another server's. */
	ck_assert_uint_eq(srv_ask_about(1, reboot, POOL_FIRST + POOL_SIZE), 0);
	ck_assert_uint_eq(srv_ask_about(1, reboot, ELSEWHERE), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv.reply.header.yiaddr, 0);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 0);
	ck_assert_uint_eq(srv.exchange.packet.destination, IPV4_BROADCAST);
}
END_TEST

START_TEST(test_renewing_and_rebinding)
{
	const enum dhcp4_request renew = DHCP4_REQUEST_RENEWING;
	const enum dhcp4_request rebind = DHCP4_REQUEST_REBINDING;

	srv_bind(1);
	srv.now += 60 * NSEC_PER_S;
	ck_assert_uint_eq(srv_ask_about(1, renew, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.reply.header.ciaddr, POOL_FIRST);
	ck_assert_uint_eq(srv.exchange.packet.destination, POOL_FIRST);
	ck_assert_uint_eq(srv.leases[0].expiry, srv.now + 120 * NSEC_PER_S);
	ck_assert_uint_eq(srv_ask_about(1, rebind, POOL_FIRST), DHCP4_TYPE_ACK);

	/* Somebody else's; another server's; another network's. */
	ck_assert_uint_eq(srv_ask_about(2, renew, POOL_FIRST), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_ask_about(2, renew, POOL_FIRST + POOL_SIZE), 0);
	ck_assert_uint_eq(srv_ask_about(2, rebind, POOL_FIRST + POOL_SIZE), 0);
	ck_assert_uint_eq(srv_ask_about(2, rebind, ELSEWHERE), DHCP4_TYPE_NAK);
}
END_TEST

START_TEST(test_decline_and_release)
{
	const enum dhcp4_request release = DHCP4_REQUEST_RELEASE;

	srv_bind(1);
	ck_assert_uint_eq(srv_ask_about(2, release, POOL_FIRST), 0);
	ck_assert_uint_eq(srv_ask((struct ask){ .client = 1,
						.kind = release,
						.address = POOL_FIRST,
						.server_id = RELAY }),
			  0);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_BOUND);
	ck_assert_uint_eq(srv_ask_about(1, release, POOL_FIRST), 0);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_FREE);

	srv_bind(1);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_DECLINE, POOL_FIRST), 0);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_DECLINED);
	srv.now += (SERVER_DECLINE_S - 1) * NSEC_PER_S;
	srv_bind(1);
	ck_assert_uint_ne(srv.reply.header.yiaddr, POOL_FIRST);
	srv.now += NSEC_PER_S;
	srv_bind(2);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
}
END_TEST

START_TEST(test_inform)
{
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_INFORM, 0x0a0000c8),
			  DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.reply.header.yiaddr, 0);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 0);
	ck_assert_uint_eq(srv.exchange.packet.destination, 0x0a0000c8);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_FREE);
}
END_TEST

/* RFC 2131 4.1: where replies go. */
START_TEST(test_delivery)
{
	struct ask ask = { .client = 1, .kind = DHCP4_REQUEST_DISCOVER };

	srv_ask(ask);
	ck_assert_uint_eq(srv.exchange.packet.destination, POOL_FIRST);
	ck_assert_uint_eq(srv.exchange.packet.destination_hw.bytes[5], 1);
	ask.flags = DHCP4_FLAG_BROADCAST;
	srv_ask(ask);
	ck_assert_uint_eq(srv.exchange.packet.destination, IPV4_BROADCAST);
	ck_assert_uint_eq(srv.exchange.packet.destination_hw.size, 0);
	ask.giaddr = RELAY;
	srv_ask(ask);
	ck_assert_uint_eq(srv.exchange.packet.destination, RELAY);
	ck_assert_uint_eq(srv.datagram.destination_port, DHCP4_SERVER_PORT);

	/* A NAK by way of a relay shall be broadcast by it. */
	ask = (struct ask){ .client = 1,
			    .kind = DHCP4_REQUEST_REBOOTING,
			    .address = ELSEWHERE,
			    .giaddr = RELAY };
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv.reply.header.flags, DHCP4_FLAG_BROADCAST);
}
END_TEST

START_TEST(test_configured_options)
{
	static const uint8_t router[4] = { 10, 0, 0, 1 };
	static uint8_t large[400], huge[1600];
	struct option_value value;

	srv.config.id = RELAY;
	srv.config.option_count = 3;
	srv.config.options[0] = (struct option_value){ 224, 400, large };
	srv.config.options[1] = (struct option_value){ 225, 1600, huge };
	srv.config.options[2] = (struct option_value){ 3, 4, router };
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), RELAY);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_ROUTER), SERVER_ADDRESS);
	ck_assert(dhcp4_options_get(&srv.reply.options, 224, &value));
	ck_assert_uint_eq(value.size, 400);
	/* What does not fit is left out. */
	ck_assert(!dhcp4_options_get(&srv.reply.options, 225, &value));
}
END_TEST

START_TEST(test_no_message_for_a_server)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	struct hwaddr source = { 6, { 2 } };
	struct ask ask = { .client = 1, .kind = DHCP4_REQUEST_DISCOVER };
	size_t size;

	/* Its own srv.reply. */
	srv_discover(1);
	ck_assert_int_eq(
		server_receive(&srv.server, srv.now, srv.exchange.packet.bytes,
			       srv.exchange.packet.size, &source, &srv.exchange),
		REJECT_UDP_PORT);
	/* To boot clients, which are not served. */
	ask.port = SERVER_BOOT_PORT;
	size = srv_write(&ask, packet);
	ck_assert_int_eq(server_receive(&srv.server, srv.now, packet, size,
					&source, &srv.exchange),
			 REJECT_UDP_PORT);
	ask.port = 0;
	/* Every cut of a request, and one with a wrong checksum. */
	size = srv_write(&ask, packet);
	for (size_t cut = 0; cut < size; cut++)
		ck_assert_int_ne(server_receive(&srv.server, srv.now, packet,
						cut, &source, &srv.exchange),
				 REJECT_NONE);
	packet[size - 1] ^= 1;
	ck_assert_int_eq(server_receive(&srv.server, srv.now, packet, size,
					&source, &srv.exchange),
			 REJECT_UDP_CHECKSUM);
}
END_TEST

static unsigned ask_boot_server(enum dhcp4_request kind, const char *class,
				uint16_t source_port)
{
	return srv_ask((struct ask){
		.client = 1,
		.kind = kind,
		.address = 0x0a0000c8,
		.extra = { DHCP4_OPTION_VENDOR_CLASS, (uint16_t)strlen(class),
			   (const uint8_t *)class },
		.source_port = source_port,
		.port = SERVER_BOOT_PORT,
	});
}

/* A client that has an address asks the boot server for a file to boot. */
START_TEST(test_boot_server)
{
	const char *class = "PXEClient:Arch:00007:UNDI:003016";
	struct option_value value;

	srv.config.boot = (const uint8_t *)"abc";
	srv.config.boot_size = 3;
	for (unsigned i = 0; i < 2; i++) {
		uint16_t port = i ? DHCP4_CLIENT_PORT : SERVER_BOOT_PORT;

		ck_assert_uint_eq(ask_boot_server(i ? DHCP4_REQUEST_INFORM
						    : DHCP4_REQUEST_RENEWING,
						  class, port),
				  DHCP4_TYPE_ACK);
		ck_assert_uint_eq(srv.datagram.source_port, SERVER_BOOT_PORT);
		ck_assert_uint_eq(srv.datagram.destination_port, port);
		ck_assert_uint_eq(srv.datagram.destination, 0x0a0000c8);
		ck_assert_uint_eq(srv.reply.header.yiaddr, 0);
		ck_assert_uint_eq(srv.reply.header.siaddr, SERVER_ADDRESS);
		ck_assert(dhcp4_options_get(&srv.reply.options, 43, &value));
		ck_assert_mem_eq(value.bytes, "abc", 3);
		ck_assert(dhcp4_options_get(&srv.reply.options, 60, &value));
		ck_assert_uint_eq(value.size, 9);
		ck_assert_mem_eq(value.bytes, "PXEClient", 9);
	}
	ck_assert_uint_eq(ask_boot_server(DHCP4_REQUEST_RENEWING, "PXEC", 68), 0);
	ck_assert_uint_eq(ask_boot_server(DHCP4_REQUEST_DISCOVER, class, 68), 0);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_FREE);
}
END_TEST

START_TEST(test_rapid_commit)
{
	const struct ask ask = { .client = 1,
				 .kind = DHCP4_REQUEST_DISCOVER,
				 .extra = { 80, 0, (const uint8_t *)"" } };
	struct option_value value;

	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_OFFER);
	srv.config.rapid_commit = true;
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_ACK);
	ck_assert(dhcp4_options_get(&srv.reply.options, 80, &value));
	ck_assert_int_eq(server_lease_at(&srv.server, POOL_FIRST)->state,
			 SERVER_LEASE_BOUND);
}
END_TEST

START_TEST(test_ipv6_only)
{
	static const uint8_t list[] = { 1, 108 };
	struct ask ask = { .client = 1, .kind = DHCP4_REQUEST_DISCOVER };

	srv.config.v6only = true;
	srv.config.v6only_s = 1800;
	srv_ask(ask);
	ck_assert_uint_eq(srv_number(108), 0);
	ask.extra = (struct option_value){ 55, 2, list };
	srv_ask(ask);
	ck_assert_uint_eq(srv_number(108), 1800);
}
END_TEST

START_TEST(test_flag_that_is_wanted)
{
	srv.config.wants_flag = true;
	ck_assert_uint_eq(srv_discover(1), 0);
	ck_assert_uint_eq(srv_ask((struct ask){ .client = 1,
						.kind = DHCP4_REQUEST_DISCOVER,
						.flags = 0x8000 }),
			  DHCP4_TYPE_OFFER);
	/* A refusal is broadcast, and an address that is there is reached. */
	ck_assert_uint_eq(srv_request(1, ELSEWHERE), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_REBINDING, POOL_FIRST),
			  DHCP4_TYPE_ACK);
}
END_TEST

Suite *test_server_suite(void)
{
	Suite *suite = suite_create("server");
	TCase *tcase = tcase_create("server");

	tcase_add_checked_fixture(tcase, srv_setup, NULL);
	tcase_add_test(tcase, test_acquisition);
	tcase_add_test(tcase, test_pool);
	tcase_add_test(tcase, test_wished_address);
	tcase_add_test(tcase, test_offer_lapses);
	tcase_add_test(tcase, test_other_server_chosen);
	tcase_add_test(tcase, test_init_reboot);
	tcase_add_test(tcase, test_renewing_and_rebinding);
	tcase_add_test(tcase, test_decline_and_release);
	tcase_add_test(tcase, test_inform);
	tcase_add_test(tcase, test_delivery);
	tcase_add_test(tcase, test_configured_options);
	tcase_add_test(tcase, test_rapid_commit);
	tcase_add_test(tcase, test_ipv6_only);
	tcase_add_test(tcase, test_flag_that_is_wanted);
	tcase_add_test(tcase, test_boot_server);
	tcase_add_test(tcase, test_no_message_for_a_server);
	suite_add_tcase(suite, tcase);
	return suite;
}
