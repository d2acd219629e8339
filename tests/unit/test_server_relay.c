/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients behind relays: their subnets, and what relays add. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "server_world.h"

Suite *test_server_relay_suite(void);

#define FAR_RELAY 0x0a010001 /* 10.1.0.1/16 */
#define FAR_FIRST 0x0a010064
#define FAR_ASIDE 0x0a01ff00

static const struct server_subnet subnets[] = {
	{ .router = FAR_RELAY,
	  .prefix_length = 16,
	  .pool_first = FAR_FIRST,
	  .pool_last = FAR_FIRST + 1 },
	{ .router = 0x0a020001, .prefix_length = 24 },
};

static const struct server_reservation reservations[] = {
	{ .client = { 3, { 0, 'c', 7 } }, .address = POOL_FIRST },
	{ .client = { 3, { 0, 'c', 7 } }, .address = FAR_ASIDE },
};

static void setup(void)
{
	srv_setup();
	srv.config.subnets = subnets;
	srv.config.subnet_count = ARRAY_SIZE(subnets);
	srv.config.reservations = reservations;
	srv.config.reservation_count = ARRAY_SIZE(reservations);
	ck_assert_uint_eq(server_pool_size(&srv.config), POOL_SIZE + 4);
	server_init(&srv.server, &srv.config, srv.leases);
}

static unsigned ask_relayed(unsigned client, enum dhcp4_request kind,
			    ipv4_addr address)
{
	return srv_ask((struct ask){ .client = client,
				     .kind = kind,
				     .address = address,
				     .server_id = SERVER_ADDRESS,
				     .giaddr = FAR_RELAY });
}

static void bind_relayed(unsigned client)
{
	ck_assert_uint_eq(ask_relayed(client, DHCP4_REQUEST_DISCOVER, 0),
			  DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(ask_relayed(client, DHCP4_REQUEST_SELECTING,
				      srv.reply.header.yiaddr),
			  DHCP4_TYPE_ACK);
}

START_TEST(test_relayed_acquisition)
{
	static const uint8_t router[4] = { 10, 0, 0, 1 };

	srv.config.option_count = 1;
	srv.config.options[0] =
		(struct option_value){ DHCP4_OPTION_ROUTER, 4, router };
	bind_relayed(1);
	ck_assert_uint_eq(srv.reply.header.yiaddr, FAR_FIRST);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0xffff0000);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_ROUTER), FAR_RELAY);
	ck_assert_uint_eq(srv.reply.header.giaddr, FAR_RELAY);
	ck_assert_uint_eq(srv.datagram.destination, FAR_RELAY);
	ck_assert_uint_eq(srv.datagram.destination_port, DHCP4_SERVER_PORT);

	/* Each network has its own pool, options and reservations. */
	srv_bind(2);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_ROUTER), SERVER_ADDRESS);
	bind_relayed(2);
	ck_assert_uint_eq(srv.reply.header.yiaddr, FAR_FIRST + 1);
	ck_assert_uint_eq(ask_relayed(3, DHCP4_REQUEST_DISCOVER, 0), 0);
	bind_relayed(7);
	ck_assert_uint_eq(srv.reply.header.yiaddr, FAR_ASIDE);
	srv_bind(7);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
}
END_TEST

/* A relay in a network that is not served, and one in a network without pool. */
START_TEST(test_relays_in_vain)
{
	struct ask ask = { .client = 1, .giaddr = ELSEWHERE };

	ck_assert_uint_eq(srv_ask(ask), 0);
	ck_assert_ptr_null(srv.exchange.subnet);
	ask.giaddr = 0x0a0200fe;
	ck_assert_uint_eq(srv_ask(ask), 0);
	ck_assert_ptr_eq(srv.exchange.subnet, &subnets[1]);
}
END_TEST

/* RFC 2131 4.3.2: the network is that of giaddr; of ciaddr if none has helped. */
START_TEST(test_the_wrong_network)
{
	bind_relayed(1);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_REBOOTING, FAR_FIRST),
			  DHCP4_TYPE_NAK);
	ck_assert_uint_eq(ask_relayed(1, DHCP4_REQUEST_REBOOTING, FAR_FIRST),
			  DHCP4_TYPE_ACK);
	ck_assert_uint_eq(ask_relayed(1, DHCP4_REQUEST_REBOOTING, POOL_FIRST + 1),
			  DHCP4_TYPE_NAK);
	ck_assert_uint_eq(ask_relayed(1, DHCP4_REQUEST_SELECTING, POOL_FIRST + 1),
			  DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_REBINDING, FAR_FIRST),
			  DHCP4_TYPE_NAK);
	/* To be known elsewhere is not to be known here. */
	ck_assert_uint_eq(
		srv_ask_about(1, DHCP4_REQUEST_REBOOTING, POOL_FIRST + 1), 0);

	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_RENEWING, FAR_FIRST),
			  DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.datagram.destination, FAR_FIRST);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0xffff0000);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_RENEWING, ELSEWHERE),
			  DHCP4_TYPE_NAK);
}
END_TEST

START_TEST(test_release_from_afar)
{
	bind_relayed(1);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_RELEASE, FAR_FIRST), 0);
	ck_assert_int_eq(server_lease_at(&srv.server, FAR_FIRST)->state,
			 SERVER_LEASE_FREE);
}
END_TEST

/* RFC 3046 2.2: as it was, in every answer, behind all else. */
static void check_relay_agent_option(void)
{
	const uint8_t *end = srv.datagram.payload + srv.datagram.size;
	struct option_value value;

	ck_assert(dhcp4_options_get(&srv.reply.options,
				    SERVER_OPTION_RELAY_AGENT, &value));
	ck_assert_uint_eq(value.size, 3);
	ck_assert_mem_eq(value.bytes, "\1\1\11", 3);
	while (!*--end)
		;
	ck_assert_mem_eq(end - 5, "\122\3\1\1\11\377", 6);
}

START_TEST(test_relay_agent_option)
{
	static uint8_t large[1200];
	struct ask ask = {
		.client = 1,
		.giaddr = RELAY,
		.extra = { SERVER_OPTION_RELAY_AGENT, 3,
			   (const uint8_t *)"\1\1\11" },
	};
	struct option_value value;
	bool fits = true;

	/* There is room for it, whatever else is left out. */
	srv.config.option_count = 1;
	for (uint16_t size = 1100; size < 1200; size++) {
		srv.config.options[0] = (struct option_value){ 224, size, large };
		ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_OFFER);
		check_relay_agent_option();
		fits = dhcp4_options_get(&srv.reply.options, 224, &value);
		ck_assert(fits || size > 1100);
	}
	ck_assert(!fits);
	ask.kind = DHCP4_REQUEST_REBOOTING;
	ask.address = ELSEWHERE;
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_NAK);
	check_relay_agent_option();
}
END_TEST

Suite *test_server_relay_suite(void)
{
	Suite *suite = suite_create("server_relay");
	TCase *tcase = tcase_create("server_relay");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, test_relayed_acquisition);
	tcase_add_test(tcase, test_relays_in_vain);
	tcase_add_test(tcase, test_the_wrong_network);
	tcase_add_test(tcase, test_release_from_afar);
	tcase_add_test(tcase, test_relay_agent_option);
	suite_add_tcase(suite, tcase);
	return suite;
}
