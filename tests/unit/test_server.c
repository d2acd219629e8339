/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tests' own server, asked by the client's own message builder: what it
 * answers by RFC 2131 4.3, and what scripts make of it.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/client.h"
#include "server/script.h"
#include "server/server.h"

Suite *test_server_suite(void);

#define POOL_SIZE      3
#define SERVER_ADDRESS 0x0a000001 /* 10.0.0.1 */
#define POOL_FIRST     0x0a00000a /* 10.0.0.10 */
#define RELAY	       0x0a000002
#define ELSEWHERE      0xc0a80105 /* 192.168.1.5 */
#define XID	       0x12345678

static struct server_config config;
static struct server_lease leases[POOL_SIZE];
static struct server server;
static struct script script;
static struct server_exchange exchange;
static struct datagram datagram; /* of the last reply */
static struct dhcp4_message reply;
static nsec now;

static void setup(void)
{
	config = (struct server_config){
		.address = SERVER_ADDRESS,
		.prefix_length = 24,
		.pool_first = POOL_FIRST,
		.pool_last = POOL_FIRST + POOL_SIZE - 1,
		.lease_s = 120,
	};
	server_init(&server, &config, leases);
	script = (struct script){ 0 };
	server.handler = script_apply;
	server.context = &script;
	now = 1000 * NSEC_PER_S;
}

/* A message as the client with this number sends it, changed by its fields. */
struct ask {
	unsigned client;
	enum dhcp4_request kind;
	ipv4_addr address, server_id;
	uint16_t flags;
	ipv4_addr giaddr;
};

static size_t write_ask(const struct ask *ask, uint8_t *packet)
{
	struct dhcp4_config client = {
		.hardware_type = ARP_HTYPE_ETHERNET,
		.hwaddr = { 6, { 2, 0, 0, 0, 0, (uint8_t)ask->client } },
		.mtu = 1500,
		.client_id = { 3, { 0, 'c', (uint8_t)ask->client } },
	};
	struct request_values values = {
		.xid = XID,
		.address = ask->address,
		.server_id = ask->server_id,
		.client_id = &client.client_id,
	};
	struct datagram to = {
		.destination = request_is_unicast(ask->kind) ? SERVER_ADDRESS
							     : IPV4_BROADCAST,
		.source_port = DHCP4_CLIENT_PORT,
		.destination_port = DHCP4_SERVER_PORT,
	};
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);

	request_write(&w, ask->kind, &client, &values);
	writer_patch_u16(&w, 10, ask->flags);
	writer_patch_u16(&w, 24, (uint16_t)(ask->giaddr >> 16));
	writer_patch_u16(&w, 26, (uint16_t)ask->giaddr);
	ck_assert(!w.failed);
	frame_seal(packet, w.used, &to);
	return FRAME_HEADERS_SIZE + w.used;
}

/* Asks the server; the type of its reply, 0 if there is none. */
static unsigned ask_server(struct ask ask)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	struct hwaddr source = { 6, { 2, 0, 0, 0, 0, (uint8_t)ask.client } };
	size_t size = write_ask(&ask, packet);
	uint16_t port = ask.giaddr ? DHCP4_SERVER_PORT : DHCP4_CLIENT_PORT;

	ck_assert_int_eq(server_receive(&server, now, packet, size, &source,
					&exchange),
			 REJECT_NONE);
	ck_assert_int_eq(exchange.request.kind, ask.kind);
	if (!exchange.packet.copies)
		return 0;
	if (exchange.reply.corrupt)
		return exchange.reply.type;
	ck_assert_int_eq(frame_parse(exchange.packet.bytes, exchange.packet.size,
				     port, false, &datagram),
			 REJECT_NONE);
	ck_assert_uint_eq(datagram.destination, exchange.packet.destination);
	ck_assert_int_eq(dhcp4_message_parse(datagram.payload, datagram.size,
					     &reply),
			 REJECT_NONE);
	return reply.type;
}

static unsigned ask_about(unsigned client, enum dhcp4_request kind,
			  ipv4_addr address)
{
	return ask_server((struct ask){ .client = client,
					.kind = kind,
					.address = address,
					.server_id = SERVER_ADDRESS });
}

static unsigned discover(unsigned client)
{
	return ask_about(client, DHCP4_REQUEST_DISCOVER, 0);
}

/* The REQUEST of one that got an offer of this address. */
static unsigned request(unsigned client, ipv4_addr address)
{
	return ask_about(client, DHCP4_REQUEST_SELECTING, address);
}

static void bind_client(unsigned client)
{
	ck_assert_uint_eq(discover(client), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(request(client, reply.header.yiaddr), DHCP4_TYPE_ACK);
}

static uint32_t number(uint8_t code)
{
	uint32_t value = 0;

	dhcp4_options_get_u32(&reply.options, code, &value);
	return value;
}

static void add_rule(const char *line)
{
	const char *error = script_add(&script, line);

	ck_assert_msg(!error, "%s: %s", line, error);
}

/* ---- the correct server ----------------------------------------------- */

START_TEST(test_acquisition)
{
	struct option_value id;

	config.t1_s = 50;
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(reply.header.op, DHCP4_OP_REPLY);
	ck_assert_uint_eq(reply.header.xid, XID);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(reply.header.chaddr[5], 1);
	ck_assert_uint_eq(number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS);
	ck_assert_uint_eq(number(DHCP4_OPTION_SUBNET_MASK), 0xffffff00);

	ck_assert_uint_eq(request(1, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(number(DHCP4_OPTION_LEASE_TIME), 120);
	ck_assert_uint_eq(number(DHCP4_OPTION_T1), 50);
	ck_assert_uint_eq(number(DHCP4_OPTION_T2), 0);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_BOUND);

	/* RFC 6842: the client's own id, octet for octet. */
	ck_assert(dhcp4_options_get(&reply.options, DHCP4_OPTION_CLIENT_ID, &id));
	ck_assert_mem_eq(id.bytes, "\0c\1", 3);
}
END_TEST

START_TEST(test_pool)
{
	/* Each its own; the fourth nothing; asked again, the same. */
	for (unsigned client = 1; client <= POOL_SIZE; client++) {
		bind_client(client);
		ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST + client - 1);
	}
	ck_assert_uint_eq(discover(4), 0);
	ck_assert_uint_eq(discover(2), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST + 1);
	ck_assert_uint_eq(request(4, POOL_FIRST), DHCP4_TYPE_NAK);

	/* An expired lease goes to who asks, its last client first. */
	now += 121 * NSEC_PER_S;
	ck_assert_uint_eq(discover(3), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST + 2);
	ck_assert_uint_eq(discover(4), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
}
END_TEST

START_TEST(test_wished_address)
{
	ck_assert_uint_eq(ask_about(1, DHCP4_REQUEST_DISCOVER, POOL_FIRST + 2),
			  DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST + 2);
}
END_TEST

START_TEST(test_offer_lapses)
{
	discover(1);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_OFFERED);
	now += (SERVER_OFFER_S + 1) * NSEC_PER_S;
	discover(2);
	discover(3);
	discover(4);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
}
END_TEST

START_TEST(test_other_server_chosen)
{
	struct ask ask = { .client = 1,
			   .kind = DHCP4_REQUEST_SELECTING,
			   .address = POOL_FIRST,
			   .server_id = RELAY };

	discover(1);
	ck_assert_uint_eq(ask_server(ask), 0);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_FREE);
}
END_TEST

/* RFC 2131 4.3.2 for the three REQUESTs of a client that has an address. */
START_TEST(test_init_reboot)
{
	const enum dhcp4_request reboot = DHCP4_REQUEST_REBOOTING;

	ck_assert_uint_eq(ask_about(1, reboot, POOL_FIRST), 0); /* not known */
	bind_client(1);
	ck_assert_uint_eq(ask_about(1, reboot, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(ask_about(1, reboot, POOL_FIRST + 1), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(ask_about(1, reboot, ELSEWHERE), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(reply.header.yiaddr, 0);
	ck_assert_uint_eq(number(DHCP4_OPTION_LEASE_TIME), 0);
	ck_assert_uint_eq(exchange.packet.destination, IPV4_BROADCAST);
}
END_TEST

START_TEST(test_renewing_and_rebinding)
{
	const enum dhcp4_request renew = DHCP4_REQUEST_RENEWING;
	const enum dhcp4_request rebind = DHCP4_REQUEST_REBINDING;

	bind_client(1);
	now += 60 * NSEC_PER_S;
	ck_assert_uint_eq(ask_about(1, renew, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(reply.header.ciaddr, POOL_FIRST);
	ck_assert_uint_eq(exchange.packet.destination, POOL_FIRST);
	ck_assert_uint_eq(leases[0].expiry, now + 120 * NSEC_PER_S);
	ck_assert_uint_eq(ask_about(1, rebind, POOL_FIRST), DHCP4_TYPE_ACK);

	/* Somebody else's; another server's; another network's. */
	ck_assert_uint_eq(ask_about(2, renew, POOL_FIRST), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(ask_about(2, rebind, POOL_FIRST + POOL_SIZE), 0);
	ck_assert_uint_eq(ask_about(2, rebind, ELSEWHERE), DHCP4_TYPE_NAK);
}
END_TEST

START_TEST(test_decline_and_release)
{
	const enum dhcp4_request release = DHCP4_REQUEST_RELEASE;

	bind_client(1);
	ck_assert_uint_eq(ask_about(2, release, POOL_FIRST), 0);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_BOUND);
	ck_assert_uint_eq(ask_about(1, release, POOL_FIRST), 0);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_FREE);

	bind_client(1);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(ask_about(1, DHCP4_REQUEST_DECLINE, POOL_FIRST), 0);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_DECLINED);
	now += (SERVER_DECLINE_S - 1) * NSEC_PER_S;
	bind_client(1);
	ck_assert_uint_ne(reply.header.yiaddr, POOL_FIRST);
	now += NSEC_PER_S;
	bind_client(2);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
}
END_TEST

START_TEST(test_inform)
{
	ck_assert_uint_eq(ask_about(1, DHCP4_REQUEST_INFORM, 0x0a0000c8),
			  DHCP4_TYPE_ACK);
	ck_assert_uint_eq(reply.header.yiaddr, 0);
	ck_assert_uint_eq(number(DHCP4_OPTION_LEASE_TIME), 0);
	ck_assert_uint_eq(exchange.packet.destination, 0x0a0000c8);
	ck_assert_int_eq(leases[0].state, SERVER_LEASE_FREE);
}
END_TEST

/* RFC 2131 4.1: where replies go. */
START_TEST(test_delivery)
{
	struct ask ask = { .client = 1, .kind = DHCP4_REQUEST_DISCOVER };

	ask_server(ask);
	ck_assert_uint_eq(exchange.packet.destination, POOL_FIRST);
	ck_assert_uint_eq(exchange.packet.destination_hw.bytes[5], 1);
	ask.flags = DHCP4_FLAG_BROADCAST;
	ask_server(ask);
	ck_assert_uint_eq(exchange.packet.destination, IPV4_BROADCAST);
	ck_assert_uint_eq(exchange.packet.destination_hw.size, 0);
	ask.giaddr = RELAY;
	ask_server(ask);
	ck_assert_uint_eq(exchange.packet.destination, RELAY);
	ck_assert_uint_eq(datagram.destination_port, DHCP4_SERVER_PORT);

	/* A NAK by way of a relay shall be broadcast by it. */
	ask = (struct ask){ .client = 1,
			    .kind = DHCP4_REQUEST_REBOOTING,
			    .address = ELSEWHERE,
			    .giaddr = RELAY };
	ck_assert_uint_eq(ask_server(ask), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(reply.header.flags, DHCP4_FLAG_BROADCAST);
}
END_TEST

START_TEST(test_configured_options)
{
	static const uint8_t router[4] = { 10, 0, 0, 1 };
	static uint8_t large[400], huge[1600];
	struct option_value value;

	config.id = RELAY;
	config.option_count = 3;
	config.options[0] = (struct option_value){ 224, 400, large };
	config.options[1] = (struct option_value){ 225, 1600, huge };
	config.options[2] = (struct option_value){ 3, 4, router };
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(number(DHCP4_OPTION_SERVER_ID), RELAY);
	ck_assert_uint_eq(number(DHCP4_OPTION_ROUTER), SERVER_ADDRESS);
	ck_assert(dhcp4_options_get(&reply.options, 224, &value));
	ck_assert_uint_eq(value.size, 400);
	/* What does not fit is left out. */
	ck_assert(!dhcp4_options_get(&reply.options, 225, &value));
}
END_TEST

START_TEST(test_no_message_for_a_server)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	struct hwaddr source = { 6, { 2 } };
	struct ask ask = { .client = 1, .kind = DHCP4_REQUEST_DISCOVER };
	size_t size;

	/* Its own reply. */
	discover(1);
	ck_assert_int_eq(server_receive(&server, now, exchange.packet.bytes,
					exchange.packet.size, &source, &exchange),
			 REJECT_UDP_PORT);
	/* Every cut of a request, and one with a wrong checksum. */
	size = write_ask(&ask, packet);
	for (size_t cut = 0; cut < size; cut++)
		ck_assert_int_ne(server_receive(&server, now, packet, cut,
						&source, &exchange),
				 REJECT_NONE);
	packet[size - 1] ^= 1;
	ck_assert_int_eq(server_receive(&server, now, packet, size, &source,
					&exchange),
			 REJECT_UDP_CHECKSUM);
}
END_TEST

/* ---- scripts ---------------------------------------------------------- */

START_TEST(test_script_occurrences)
{
	add_rule("on discover 2-3 silence");
	add_rule("on discover 5- nak");
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(discover(1), 0);
	ck_assert_uint_eq(discover(1), 0);
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(request(1, POOL_FIRST), DHCP4_TYPE_ACK);
}
END_TEST

START_TEST(test_script_types)
{
	const enum dhcp4_request renew = DHCP4_REQUEST_RENEWING;
	const enum dhcp4_request rebind = DHCP4_REQUEST_REBINDING;

	add_rule("on request-renewing nak");
	add_rule("on request 3 type 13");
	bind_client(1);
	ck_assert_uint_eq(ask_about(1, renew, POOL_FIRST), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(ask_about(1, renew, POOL_FIRST), 13);
	ck_assert_uint_eq(ask_about(1, rebind, POOL_FIRST), DHCP4_TYPE_ACK);
}
END_TEST

/* What the server alone would not answer, or otherwise. */
START_TEST(test_script_makes_replies)
{
	add_rule("on discover 1 ack");
	add_rule("on request-init-reboot ack");
	add_rule("on release 1 offer");
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(ask_about(2, DHCP4_REQUEST_REBOOTING, ELSEWHERE),
			  DHCP4_TYPE_ACK);
	ck_assert_uint_eq(reply.header.yiaddr, ELSEWHERE);
	ck_assert_uint_eq(ask_about(1, DHCP4_REQUEST_RELEASE, POOL_FIRST),
			  DHCP4_TYPE_OFFER);
}
END_TEST

START_TEST(test_script_changes_replies)
{
	struct option_value value;

	add_rule("on discover yiaddr 10.0.0.77");
	add_rule("on discover server-id 10.0.0.9");
	add_rule("on discover lease 7");
	add_rule("on discover option 15=6578");
	add_rule("on discover no-option 1");
	add_rule("on discover wrong-xid");
	add_rule("on discover wrong-chaddr");
	add_rule("on discover wrong-client-id");
	add_rule("on discover duplicate 3");
	add_rule("on discover delay 250");
	add_rule("on discover broadcast");
	ck_assert_uint_eq(discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(reply.header.yiaddr, 0x0a00004d);
	ck_assert_uint_eq(number(DHCP4_OPTION_SERVER_ID), 0x0a000009);
	ck_assert_uint_eq(number(DHCP4_OPTION_LEASE_TIME), 7);
	ck_assert_uint_eq(number(DHCP4_OPTION_SUBNET_MASK), 0);
	ck_assert(dhcp4_options_get(&reply.options, 15, &value));
	ck_assert_mem_eq(value.bytes, "ex", 2);
	ck_assert_uint_eq(reply.header.xid, XID + 1);
	ck_assert_uint_eq(reply.header.chaddr[5], 0);
	ck_assert(dhcp4_options_get(&reply.options, DHCP4_OPTION_CLIENT_ID,
				    &value));
	ck_assert_uint_eq(value.bytes[2], 0);
	ck_assert_uint_eq(exchange.packet.copies, 3);
	ck_assert_uint_eq(exchange.packet.at, now + 250 * NSEC_PER_MS);
	ck_assert_uint_eq(exchange.packet.destination, IPV4_BROADCAST);
}
END_TEST

START_TEST(test_script_removes)
{
	add_rule("on any no-server-id");
	add_rule("on any 2 corrupt");
	discover(1);
	ck_assert_uint_eq(number(DHCP4_OPTION_SERVER_ID), 0);
	discover(1);
	ck_assert_int_eq(frame_parse(exchange.packet.bytes, exchange.packet.size,
				     DHCP4_CLIENT_PORT, false, &datagram),
			 REJECT_UDP_CHECKSUM);
}
END_TEST

START_TEST(test_script_errors)
{
	static const char *const wrong[] = {
		"on",
		"on discover",
		"off discover silence",
		"on dicsover silence",
		"on discover 0 silence",
		"on discover 1-x silence",
		"on discover 1",
		"on discover shout",
		"on discover silence loudly",
		"on discover delay",
		"on discover delay soon",
		"on discover yiaddr 10.0.0",
		"on discover option 15",
		"on discover option 15=6",
		"on discover option 255=00",
		"on discover option 1155=00",
		"on discover no-option 256",
		"on discover 1 2 3 4 5 6 7 8 9",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(script_add(&script, wrong[i]) != NULL, "%s",
			      wrong[i]);
	add_rule("");
	add_rule(" \t\n");
	add_rule("# on what is meant");
	ck_assert_uint_eq(script.count, 0);
	add_rule("\ton  discover\t1-  option 51=\n");
	ck_assert_uint_eq(script.count, 1);
}
END_TEST

Suite *test_server_suite(void)
{
	Suite *suite = suite_create("server");
	TCase *tcase = tcase_create("server");

	tcase_add_checked_fixture(tcase, setup, NULL);
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
	tcase_add_test(tcase, test_no_message_for_a_server);
	tcase_add_test(tcase, test_script_occurrences);
	tcase_add_test(tcase, test_script_types);
	tcase_add_test(tcase, test_script_makes_replies);
	tcase_add_test(tcase, test_script_changes_replies);
	tcase_add_test(tcase, test_script_removes);
	tcase_add_test(tcase, test_script_errors);
	suite_add_tcase(suite, tcase);
	return suite;
}
