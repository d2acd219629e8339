/* SPDX-License-Identifier: BSD-2-Clause */
/* Routers and relay agents of the simulated network. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/dhcp4.h"
#include "core/frame.h"
#include "sim/ip.h"
#include "unit/stations.h"
#include "unit/support.h"

Suite *test_sim_router_suite(void);

#define LEFT	     0x0a000000 /* 10.0.0.0/24 */
#define RIGHT	     0x0a000100 /* 10.0.1.0/24 */
#define A	     (LEFT + 10)
#define B	     (RIGHT + 10)
#define LEFT_ROUTER  (LEFT + 1)
#define RIGHT_ROUTER (RIGHT + 1)

static struct sim_device *router;
static struct sim_interface *a, *b, *left, *right;
static struct spy *at_a, *at_b;

/* a -- left router right -- b */
static void setup(void)
{
	net_setup();
	router = sim_router_add(&net, "router");
	left = sim_router_interface(router, "left", LEFT_ROUTER, 24);
	right = sim_router_interface(router, "right", RIGHT_ROUTER, 24);
	a = station("a", A);
	b = station("b", B);
	a->gateway = LEFT_ROUTER;
	b->gateway = RIGHT_ROUTER;
	at_a = spy_on(a);
	at_b = spy_on(b);
}

static void join_directly(void)
{
	sim_link_join(a, left);
	sim_link_join(right, b);
	/* As if they had spoken before: no ARP among the frames of interest. */
	sim_arp_learn(a, LEFT_ROUTER, left->hw);
	sim_arp_learn(left, A, a->hw);
	sim_arp_learn(right, B, b->hw);
	sim_arp_learn(b, RIGHT_ROUTER, right->hw);
}

/* A UDP packet of one octet of payload, which is 'x'. */
static size_t make_packet(uint8_t *packet, ipv4_addr source, ipv4_addr destination)
{
	struct datagram d = { .source = source,
			      .destination = destination,
			      .source_port = 9,
			      .destination_port = 9 };

	packet[FRAME_HEADERS_SIZE] = 'x';
	frame_seal(packet, 1, &d);
	return FRAME_HEADERS_SIZE + 1;
}

/* From a to the router; true if b received it. */
static bool is_forwarded(const uint8_t *packet, size_t size)
{
	unsigned before = at_b->received;

	sim_send_to(a, left->hw, packet, size);
	net_pass(S(2));
	return at_b->received > before;
}

static void set_ttl(uint8_t *packet, uint8_t ttl)
{
	uint16_t sum;

	packet[8] = ttl;
	packet[10] = packet[11] = 0;
	sum = sim_ip_sum(packet, SIM_IP_HEADER_SIZE);
	packet[10] = (uint8_t)(sum >> 8);
	packet[11] = (uint8_t)sum;
}

/* ---- forwarding ------------------------------------------------------- */

START_TEST(ping_crosses_two_switches_and_a_router)
{
	struct sim_device *one = sim_switch_add(&net, "one");
	struct sim_device *two = sim_switch_add(&net, "two");

	sim_link_join(a, sim_switch_port(one));
	sim_link_join(left, sim_switch_port(one));
	sim_link_join(right, sim_switch_port(two));
	sim_link_join(b, sim_switch_port(two));
	ck_assert(ping_is_answered(a, B));
	ck_assert(ping_is_answered(b, A));
	ck_assert(ping_is_answered(a, LEFT_ROUTER));
	ck_assert(ping_is_answered(a, RIGHT_ROUTER));
	ck_assert(!ping_is_answered(a, RIGHT + 77));
}
END_TEST

START_TEST(ttl_is_one_less)
{
	uint8_t packet[SIM_MTU];
	size_t size = make_packet(packet, A, B);
	struct datagram d;
	struct sim_ip ip;

	join_directly();
	for (unsigned ttl = 2; ttl < 256; ttl++) {
		set_ttl(packet, (uint8_t)ttl);
		ck_assert(is_forwarded(packet, size));
		/* Both checksums hold. */
		CHECK(sim_ip_parse_frame(&at_b->last, &ip));
		CHECK(ip.ttl == ttl - 1);
		CHECK(frame_parse(at_b->last.bytes, size, 9, false, &d) ==
		      REJECT_NONE);
		CHECK(d.payload[0] == 'x');
		CHECK(memcmp(at_b->last.source, right->hw, 6) == 0);
	}
	set_ttl(packet, 1);
	ck_assert(!is_forwarded(packet, size));
	set_ttl(packet, 0);
	ck_assert(!is_forwarded(packet, size));
}
END_TEST

START_TEST(octets_behind_the_packet_are_not_forwarded)
{
	uint8_t packet[SIM_MTU] = { 0 };
	size_t size = make_packet(packet, A, B);

	join_directly();
	ck_assert(is_forwarded(packet, 46));
	ck_assert_uint_eq(at_b->last.size, size);
}
END_TEST

START_TEST(some_packets_stay_on_their_link)
{
	static const struct {
		ipv4_addr source, destination;
	} odd[] = {
		{ A, IPV4_BROADCAST },
		{ A, RIGHT + 255 },
		{ A, LEFT + 255 },
		{ A, 0xe0000001 },
		{ 0, B },
		{ 0x7f000001, B },
		{ A, LEFT_ROUTER },
		{ A, RIGHT_ROUTER },
		{ A, 0x7f000001 },
	};
	uint8_t packet[SIM_MTU];
	size_t size;

	join_directly();
	sim_router_route(router, 0, 0, B);
	for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
		size = make_packet(packet, odd[i].source, odd[i].destination);
		ck_assert(!is_forwarded(packet, size));
	}
	/* What was broadcast by the link layer. */
	size = make_packet(packet, A, B);
	sim_send_to(a, sim_hw_broadcast, packet, size);
	net_pass(S(2));
	ck_assert_uint_eq(at_b->received, 0);
	packet[15] ^= 4; /* of the source: a wrong header checksum */
	ck_assert(!is_forwarded(packet, size));
	packet[15] ^= 4;
	ck_assert(is_forwarded(packet, size));
}
END_TEST

/* Which interface of the router a packet leaves by, and to whom. */
static const char *way_to(ipv4_addr destination, ipv4_addr *ret_gateway)
{
	struct sim_interface *out =
		sim_router_find(router, destination, ret_gateway);

	return out ? out->name : "none";
}

START_TEST(longest_prefix_wins)
{
	static const struct {
		ipv4_addr destination;
		const char *name;
		ipv4_addr gateway;
	} rows[] = {
		{ 0x08080808, "right", RIGHT + 2 },
		{ 0x14000001, "left", LEFT + 3 },
		{ 0x14010001, "right", RIGHT + 4 },
		{ 0x14010201, "left", LEFT + 5 },
		{ LEFT + 200, "left", LEFT + 200 },
		{ RIGHT + 200, "right", RIGHT + 200 },
		{ RIGHT + 130, "left", LEFT + 7 },
		{ LEFT + 240, "half", LEFT + 240 },
		{ LEFT + 250, "part", LEFT + 250 },
		{ 0x1e000001, "none", 0x1f000001 },
	};
	ipv4_addr gateway;

	ck_assert_str_eq(way_to(0x08080808, &gateway), "none");
	sim_router_route(router, 0x14010200, 24, LEFT + 5);
	sim_router_route(router, 0, 0, RIGHT + 2);
	sim_router_route(router, 0x14000000, 8, LEFT + 3);
	sim_router_route(router, 0x14000000, 8, LEFT + 99);
	sim_router_route(router, 0x14010000, 16, RIGHT + 4);
	sim_router_route(router, LEFT, 24, RIGHT + 6);
	sim_router_route(router, RIGHT + 130, 32, LEFT + 7);
	sim_router_interface(router, "part", LEFT + 249, 29);
	sim_router_interface(router, "half", LEFT + 241, 28);
	/* A next hop that is nowhere. */
	sim_router_route(router, 0x1e000000, 8, 0x1f000001);
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_str_eq(way_to(rows[i].destination, &gateway),
				 rows[i].name);
		ck_assert_uint_eq(gateway, rows[i].gateway);
	}
}
END_TEST

/* a -- router -- second -- b: each knows the other's link by a route. */
START_TEST(ping_crosses_two_routers)
{
	struct sim_device *second = sim_router_add(&net, "second");
	struct sim_interface *near =
		sim_router_interface(second, "near", RIGHT + 2, 24);
	struct sim_interface *far =
		sim_router_interface(second, "far", 0x0a000201, 24);

	sim_interface_set_address(b, 0x0a00020a, 24);
	b->gateway = 0x0a000201;
	sim_link_join(a, left);
	sim_link_join(right, near);
	sim_link_join(far, b);
	sim_router_route(router, 0x0a000200, 24, RIGHT + 2);
	ck_assert(!ping_is_answered(a, 0x0a00020a));
	sim_router_route(second, 0, 0, RIGHT_ROUTER);
	ck_assert(ping_is_answered(a, 0x0a00020a));
	ck_assert(ping_is_answered(b, LEFT_ROUTER));
}
END_TEST

/* ---- relays ----------------------------------------------------------- */

/* The fixed fields of a message that the tests set or look at. */
struct bootp {
	uint8_t op, hlen, hops;
	uint16_t flags;
	ipv4_addr yiaddr, giaddr;
};

static const uint8_t client_hw[6] = { 2, 0, 0, 0, 0, 0x63 };

#define DHCPD	B
#define DHCPD_2 (RIGHT + 11)

static void write_bootp(uint8_t *packet, const struct bootp *m,
			struct datagram *d)
{
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MIN);

	writer_u8(&w, m->op);
	writer_u8(&w, 1);
	writer_u8(&w, m->hlen);
	writer_u8(&w, m->hops);
	writer_u32(&w, 0x12345678);
	writer_u16(&w, 3);
	writer_u16(&w, m->flags);
	writer_u32(&w, 0);
	writer_u32(&w, m->yiaddr);
	writer_u32(&w, 0);
	writer_u32(&w, m->giaddr);
	writer_bytes(&w, client_hw, 6);
	writer_pad(&w, DHCP4_MESSAGE_MIN - 1);
	writer_u8(&w, 0x5a);
	frame_seal(packet, DHCP4_MESSAGE_MIN, d);
}

/* The message in a spy's last frame; fails if it is none to that port. */
static struct bootp bootp_of(const struct spy *spy, uint16_t port,
			     struct datagram *d)
{
	struct bootp m;
	struct reader r;

	ck_assert_uint_eq(frame_parse(spy->last.bytes, spy->last.size, port,
				      false, d),
			  REJECT_NONE);
	ck_assert_uint_eq(d->source_port, DHCP4_SERVER_PORT);
	ck_assert_uint_eq(d->size, DHCP4_MESSAGE_MIN);
	ck_assert_uint_eq(d->payload[DHCP4_MESSAGE_MIN - 1], 0x5a);
	r = reader_over(d->payload, d->size);
	m.op = reader_u8(&r);
	reader_u8(&r);
	m.hlen = reader_u8(&r);
	m.hops = reader_u8(&r);
	ck_assert_uint_eq(reader_u32(&r), 0x12345678);
	ck_assert_uint_eq(reader_u16(&r), 3);
	m.flags = reader_u16(&r);
	reader_u32(&r);
	m.yiaddr = reader_u32(&r);
	reader_u32(&r);
	m.giaddr = reader_u32(&r);
	ck_assert_mem_eq(reader_bytes(&r, 6), client_hw, 6);
	return m;
}

/* From the client's link, to everybody or to the relay alone. */
static void send_request(const struct bootp *m, ipv4_addr destination)
{
	struct datagram d = { .destination = destination,
			      .source_port = DHCP4_CLIENT_PORT,
			      .destination_port = DHCP4_SERVER_PORT };
	uint8_t packet[SIM_MTU];

	write_bootp(packet, m, &d);
	sim_send_to(a,
		    destination == IPV4_BROADCAST ? sim_hw_broadcast : left->hw,
		    packet, FRAME_HEADERS_SIZE + DHCP4_MESSAGE_MIN);
	net_pass(S(2));
}

static void send_reply(const struct bootp *m, ipv4_addr destination)
{
	struct datagram d = { .source = DHCPD,
			      .destination = destination,
			      .source_port = DHCP4_SERVER_PORT,
			      .destination_port = DHCP4_SERVER_PORT };
	uint8_t packet[SIM_MTU];

	write_bootp(packet, m, &d);
	sim_route_ip(b, packet, FRAME_HEADERS_SIZE + DHCP4_MESSAGE_MIN);
	net_pass(S(2));
}

static void relay_by_router(void)
{
	static const ipv4_addr servers[] = { DHCPD };

	join_directly();
	sim_relay_add(left, servers, ARRAY_SIZE(servers));
}

static const struct bootp request = { .op = DHCP4_OP_REQUEST, .hlen = 6 };
static const struct bootp reply = { .op = DHCP4_OP_REPLY,
				    .hlen = 6,
				    .hops = 1,
				    .yiaddr = LEFT + 50,
				    .giaddr = LEFT_ROUTER };

START_TEST(request_goes_to_the_server)
{
	struct datagram d;
	struct bootp m;

	relay_by_router();
	send_request(&request, IPV4_BROADCAST);
	ck_assert_uint_eq(at_b->received, 1);
	m = bootp_of(at_b, DHCP4_SERVER_PORT, &d);
	ck_assert_uint_eq(d.source, LEFT_ROUTER);
	ck_assert_uint_eq(d.destination, DHCPD);
	ck_assert_uint_eq(m.op, DHCP4_OP_REQUEST);
	ck_assert_uint_eq(m.giaddr, LEFT_ROUTER);
	ck_assert_uint_eq(m.hops, 1);
	send_request(&request, LEFT_ROUTER);
	ck_assert_uint_eq(at_b->received, 2);
	m = bootp_of(at_b, DHCP4_SERVER_PORT, &d);
	ck_assert_uint_eq(m.giaddr, LEFT_ROUTER);
}
END_TEST

/* RFC 1542 4.1.1: the first relay's giaddr stays, and 16 hops are enough. */
START_TEST(another_relay_was_first)
{
	struct bootp relayed = {
		.op = DHCP4_OP_REQUEST, .hlen = 6, .hops = 15, .giaddr = LEFT + 9
	};
	struct datagram d;
	struct bootp m;

	relay_by_router();
	send_request(&relayed, LEFT_ROUTER);
	ck_assert_uint_eq(at_b->received, 1);
	m = bootp_of(at_b, DHCP4_SERVER_PORT, &d);
	ck_assert_uint_eq(m.giaddr, LEFT + 9);
	ck_assert_uint_eq(m.hops, 16);
	relayed.hops = 16;
	send_request(&relayed, LEFT_ROUTER);
	relayed.hops = 255;
	send_request(&relayed, LEFT_ROUTER);
	ck_assert_uint_eq(at_b->received, 1);
}
END_TEST

START_TEST(reply_goes_to_the_client)
{
	struct datagram d;
	struct bootp m;

	relay_by_router();
	memcpy(a->hw, client_hw, 6);
	send_reply(&reply, LEFT_ROUTER);
	ck_assert_uint_eq(at_a->received, 1);
	m = bootp_of(at_a, DHCP4_CLIENT_PORT, &d);
	ck_assert_mem_eq(at_a->last.destination, client_hw, 6);
	ck_assert_uint_eq(d.source, LEFT_ROUTER);
	ck_assert_uint_eq(d.destination, LEFT + 50);
	ck_assert_uint_eq(m.giaddr, LEFT_ROUTER);
	ck_assert_uint_eq(m.hops, 1);
	/* What goes to the client goes to nobody else. */
	a->hw[5] ^= 1;
	send_reply(&reply, LEFT_ROUTER);
	ck_assert_uint_eq(at_a->received, 1);
}
END_TEST

START_TEST(some_replies_are_broadcast)
{
	struct bootp replies[] = { reply, reply, reply };
	struct datagram d;

	replies[0].flags = DHCP4_FLAG_BROADCAST;
	replies[1].yiaddr = 0; /* a NAK */
	replies[2].hlen = 16;
	relay_by_router();
	for (unsigned i = 0; i < ARRAY_SIZE(replies); i++) {
		send_reply(&replies[i], LEFT_ROUTER);
		ck_assert_uint_eq(at_a->received, i + 1);
		bootp_of(at_a, DHCP4_CLIENT_PORT, &d);
		ck_assert_mem_eq(at_a->last.destination, sim_hw_broadcast, 6);
		ck_assert_uint_eq(d.destination, IPV4_BROADCAST);
		ck_assert_uint_eq(d.source, LEFT_ROUTER);
	}
}
END_TEST

START_TEST(what_is_no_matter_of_the_relay)
{
	struct bootp m = reply;

	relay_by_router();
	a->promiscuous = true;
	/* Of another relay; to an address without one; a request from behind. */
	m.giaddr = LEFT + 9;
	send_reply(&m, LEFT_ROUTER);
	m.giaddr = RIGHT_ROUTER;
	send_reply(&m, RIGHT_ROUTER);
	m.op = 3;
	m.giaddr = LEFT_ROUTER;
	send_reply(&m, LEFT_ROUTER);
	ck_assert_uint_eq(at_a->received, 0);
	/* A reply that is heard where clients are is none for a server. */
	send_request(&reply, IPV4_BROADCAST);
	ck_assert_uint_eq(at_b->received, 0);
	ck_assert_uint_eq(at_a->received, 0);
}
END_TEST

START_TEST(short_messages_are_dropped)
{
	struct datagram d = { .destination = IPV4_BROADCAST,
			      .source_port = DHCP4_CLIENT_PORT,
			      .destination_port = DHCP4_SERVER_PORT };
	uint8_t packet[SIM_MTU];

	relay_by_router();
	write_bootp(packet, &request, &d);
	for (size_t size = 0; size <= 235; size += 47) {
		frame_seal(packet, size, &d);
		sim_send_to(a, sim_hw_broadcast, packet,
			    FRAME_HEADERS_SIZE + size);
		net_pass(S(1));
	}
	ck_assert_uint_eq(at_b->received, 0);
	frame_seal(packet, 236, &d);
	sim_send_to(a, sim_hw_broadcast, packet, FRAME_HEADERS_SIZE + 236);
	net_pass(S(1));
	ck_assert_uint_eq(at_b->received, 1);
}
END_TEST

START_TEST(all_servers_are_asked)
{
	static const ipv4_addr servers[] = { DHCPD, DHCPD_2, LEFT + 20 };
	struct sim_device *hub = sim_switch_add(&net, "switch");
	struct sim_device *near = sim_switch_add(&net, "near");
	struct sim_interface *second = station("second", DHCPD_2);
	struct sim_interface *third = station("third", LEFT + 20);
	struct spy *at_second = spy_on(second), *at_third = spy_on(third);
	struct datagram d;

	sim_link_join(b, sim_switch_port(hub));
	sim_link_join(second, sim_switch_port(hub));
	sim_link_join(right, sim_switch_port(hub));
	sim_link_join(left, sim_switch_port(near));
	sim_link_join(third, sim_switch_port(near));
	sim_link_join(a, sim_switch_port(near));
	sim_relay_add(left, servers, ARRAY_SIZE(servers));
	send_request(&request, IPV4_BROADCAST);
	bootp_of(at_b, DHCP4_SERVER_PORT, &d);
	ck_assert_uint_eq(d.destination, DHCPD);
	bootp_of(at_second, DHCP4_SERVER_PORT, &d);
	ck_assert_uint_eq(d.destination, DHCPD_2);
	bootp_of(at_third, DHCP4_SERVER_PORT, &d);
	ck_assert_uint_eq(d.destination, LEFT + 20);
}
END_TEST

/* A relay that is no router: the server is on the client's own link. */
START_TEST(any_device_relays)
{
	static const ipv4_addr servers[] = { LEFT + 20 };
	struct sim_device *hub = sim_switch_add(&net, "switch");
	struct sim_interface *relay = station("relay", LEFT_ROUTER);
	struct spy *at_client = spy_on(sim_interface_add(a->device, "eth1"));
	struct sim_interface *client = a->device->interfaces->next;
	struct datagram d;

	sim_interface_set_address(b, LEFT + 20, 24);
	sim_link_join(a, sim_switch_port(hub));
	sim_link_join(b, sim_switch_port(hub));
	sim_link_join(relay, sim_switch_port(hub));
	sim_link_join(client, sim_switch_port(hub));
	memcpy(client->hw, client_hw, 6);
	sim_relay_add(relay, servers, ARRAY_SIZE(servers));
	send_request(&request, IPV4_BROADCAST);
	ck_assert_uint_eq(bootp_of(at_b, DHCP4_SERVER_PORT, &d).giaddr,
			  LEFT_ROUTER);
	ck_assert_uint_eq(d.destination, LEFT + 20);
	send_reply(&reply, LEFT_ROUTER);
	bootp_of(at_client, DHCP4_CLIENT_PORT, &d);
	ck_assert_uint_eq(d.destination, LEFT + 50);
	/* Without an address of its own it has no giaddr to give. */
	sim_interface_set_address(relay, 0, 0);
	at_b->received = 0;
	sim_arp_learn(relay, LEFT + 20, b->hw);
	send_request(&request, IPV4_BROADCAST);
	ck_assert_uint_eq(at_b->received, 1); /* the broadcast itself */
}
END_TEST

Suite *test_sim_router_suite(void)
{
	Suite *suite = suite_create("sim_router");
	TCase *tcase = tcase_create("sim_router");

	tcase_add_checked_fixture(tcase, setup, net_teardown);
	tcase_add_test(tcase, ping_crosses_two_switches_and_a_router);
	tcase_add_test(tcase, ttl_is_one_less);
	tcase_add_test(tcase, octets_behind_the_packet_are_not_forwarded);
	tcase_add_test(tcase, some_packets_stay_on_their_link);
	tcase_add_test(tcase, longest_prefix_wins);
	tcase_add_test(tcase, ping_crosses_two_routers);
	tcase_add_test(tcase, request_goes_to_the_server);
	tcase_add_test(tcase, another_relay_was_first);
	tcase_add_test(tcase, reply_goes_to_the_client);
	tcase_add_test(tcase, some_replies_are_broadcast);
	tcase_add_test(tcase, what_is_no_matter_of_the_relay);
	tcase_add_test(tcase, short_messages_are_dropped);
	tcase_add_test(tcase, all_servers_are_asked);
	tcase_add_test(tcase, any_device_relays);
	suite_add_tcase(suite, tcase);
	return suite;
}
