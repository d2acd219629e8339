/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated network: interfaces, switches, ARP, pings. */
#include <check.h>
#include <string.h>

#include "core/frame.h"
#include "sim/ip.h"
#include "unit/stations.h"
#include "unit/support.h"

Suite *test_sim_network_suite(void);

#define A   0x0a000001
#define B   0x0a000002
#define C   0x0a000003
#define ALL 0x0a0000ff

static struct sim_interface *a, *b, *c;
static struct sim_link *cable; /* between a and b, in most tests */

static void setup(void)
{
	net_setup();
	a = station("a", A);
	b = station("b", B);
	c = station("c", C);
}

/* ---- interfaces ------------------------------------------------------- */

START_TEST(ping_crosses_a_link)
{
	sim_link_join(a, b);
	ck_assert(ping_is_answered(a, B));
	ck_assert(ping_is_answered(b, A));
	ck_assert(!ping_is_answered(a, C));
}
END_TEST

START_TEST(names_and_addresses)
{
	ck_assert_str_eq(a->device->name, "a");
	ck_assert_str_eq(a->name, "eth0");
	ck_assert_mem_eq(a->hw, ((uint8_t[]){ 2, 0, 0, 0, 0, 1 }), 6);
	ck_assert_mem_eq(c->hw, ((uint8_t[]){ 2, 0, 0, 0, 0, 3 }), 6);
	ck_assert_ptr_null(sim_interface_peer(a));
	sim_link_join(a, b);
	ck_assert_ptr_eq(sim_interface_peer(a), b);
	ck_assert_ptr_eq(sim_interface_peer(b), a);
}
END_TEST

START_TEST(source_is_filled_in)
{
	struct sim_frame frame = frame_to(b->hw, 10, 0);
	struct spy *spy = spy_on(b);

	sim_link_join(a, b);
	sim_send(a, &frame);
	net_pass(S(1));
	ck_assert_mem_eq(spy->last.source, a->hw, 6);
	memcpy(frame.source, c->hw, 6);
	sim_send(a, &frame);
	net_pass(S(1));
	ck_assert_mem_eq(spy->last.source, c->hw, 6);
	ck_assert_uint_eq(spy->received, 2);
}
END_TEST

START_TEST(what_is_sent_into_no_cable_is_seen_leaving)
{
	struct sim_frame frame = frame_to(sim_hw_broadcast, 10, 0);
	struct spy *spy = spy_on(a);

	sim_send(a, &frame);
	ck_assert_uint_eq(spy->sent, 1);
	ck_assert_ptr_null(net.flights);
}
END_TEST

/* A handler that counts, and keeps what it gets if it is told to. */
struct taker {
	struct sim_handler handler;
	unsigned frames;
	bool keeps;
};

static bool take(struct sim_handler *handler, struct sim_interface *interface,
		 const struct sim_frame *frame)
{
	struct taker *taker = (struct taker *)(void *)handler;

	(void)interface;
	(void)frame;
	taker->frames++;
	return taker->keeps;
}

START_TEST(handlers_are_asked_in_order)
{
	struct taker first = { .handler.receive = take };
	struct taker second = { .handler.receive = take, .keeps = true };
	struct taker third = { .handler.receive = take };
	struct sim_frame frame = frame_to(b->hw, 10, 0);

	sim_handler_add(b, &first.handler);
	sim_handler_add(b, &second.handler);
	sim_handler_add(b, &third.handler);
	sim_link_join(a, b);
	sim_send(a, &frame);
	net_pass(S(1));
	ck_assert_uint_eq(first.frames, 1);
	ck_assert_uint_eq(second.frames, 1);
	ck_assert_uint_eq(third.frames, 0);
}
END_TEST

/* What reaches the handlers of b, of five kinds of frames. */
static void send_all_kinds(void)
{
	static const uint8_t multicast[] = { 1, 0, 0x5e, 0, 0, 1 };
	struct sim_frame tagged = frame_to(b->hw, 10, 0);
	const uint8_t *kinds[] = { b->hw, sim_hw_broadcast, multicast, c->hw };

	tagged.vlan = 5;
	sim_send(a, &tagged);
	for (unsigned i = 0; i < 4; i++) {
		struct sim_frame frame = frame_to(kinds[i], 10, 0);

		sim_send(a, &frame);
	}
	net_pass(S(1));
}

START_TEST(others_frames_and_tagged_ones_are_not_for_us)
{
	struct taker taker = { .handler.receive = take };
	struct spy *spy = spy_on(b);

	sim_handler_add(b, &taker.handler);
	cable = sim_link_join(a, b);
	send_all_kinds();
	ck_assert_uint_eq(cable->counters.carried, 5);
	ck_assert_uint_eq(taker.frames, 3);
	ck_assert_uint_eq(spy->received, 3);
	b->promiscuous = true;
	send_all_kinds();
	ck_assert_uint_eq(taker.frames, 3 + 5);
	ck_assert_uint_eq(spy->received, 3 + 5);
}
END_TEST

/* ---- ARP and pings ---------------------------------------------------- */

/* A link whose end b is mute: it neither asks nor answers. */
static struct spy *mute_b(void)
{
	b = sim_interface_add(sim_device_add(&net, "mute"), "eth0");
	cable = sim_link_join(a, b);
	return spy_on(b);
}

static void send_arp(struct sim_interface *from, uint16_t op, ipv4_addr sender,
		     ipv4_addr target)
{
	struct arp arp = { .op = op, .sender = sender, .target = target };
	uint8_t packet[ARP_SIZE];

	memcpy(arp.sender_hw, from->hw, 6);
	arp_write(packet, &arp);
	sim_send_payload(from, sim_hw_broadcast, SIM_ETHERTYPE_ARP, packet,
			 ARP_SIZE);
}

START_TEST(one_packet_waits_for_arp)
{
	struct spy *spy = mute_b();

	sim_send_ip(a, B, "first", 5);
	sim_send_ip(a, C, "other", 5);
	net_pass(MS(500));
	/* For the second packet to B nobody is asked again. */
	sim_send_ip(a, B, "again", 5);
	net_pass(MS(400));
	ck_assert_uint_eq(spy->received, 2);
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_ARP);
	send_arp(b, ARP_OP_REPLY, B, A);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 3);
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_IPV4);
	ck_assert_uint_eq(spy->last.size, 5);
	ck_assert_mem_eq(spy->last.bytes, "again", 5);
	ck_assert_mem_eq(spy->last.destination, b->hw, 6);
	/* Known by now, and nothing waits any more. */
	send_arp(b, ARP_OP_REPLY, B, A);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 3);
	sim_send_ip(a, B, "third", 5);
	net_pass(MS(1));
	ck_assert_mem_eq(spy->last.bytes, "third", 5);
}
END_TEST

START_TEST(packet_waits_for_a_second)
{
	struct spy *spy = mute_b();

	sim_send_ip(a, B, "first", 5);
	net_pass(S(1));
	send_arp(b, ARP_OP_REPLY, B, A);
	net_pass(MS(1));
	ck_assert_ptr_nonnull(sim_arp_find(a, B));
	ck_assert_uint_eq(spy->received, 1);
	/* And a later one asks anew. */
	sim_send_ip(a, C, "first", 5);
	net_pass(S(1));
	sim_send_ip(a, C, "second", 6);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 3);
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_ARP);
}
END_TEST

START_TEST(packet_does_not_wait_for_a_cable)
{
	struct spy *spy = mute_b();

	sim_send_ip(a, B, "first", 5);
	net_pass(MS(1));
	sim_link_cut(cable, true);
	sim_link_cut(cable, false);
	send_arp(b, ARP_OP_REPLY, B, A);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 1);
}
END_TEST

START_TEST(broadcasts_need_no_arp)
{
	struct spy *spy = mute_b();

	sim_send_ip(a, IPV4_BROADCAST, "packet", 6);
	sim_send_ip(a, ALL, "packet", 6);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 2);
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_IPV4);
	ck_assert_mem_eq(spy->last.destination, sim_hw_broadcast, 6);
	/* A link of two has none but all ones (RFC 3021 2.2). */
	sim_interface_set_address(a, A + 1, 31);
	sim_send_ip(a, A + 2, "packet", 6);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_ARP);
}
END_TEST

START_TEST(gateway_is_for_other_links)
{
	struct spy *spy = mute_b();

	a->gateway = B;
	sim_arp_learn(a, B, b->hw);
	sim_ping(a, 0x08080808, 1);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_IPV4);
	ck_assert_mem_eq(spy->last.destination, b->hw, 6);
	sim_ping(a, IPV4_BROADCAST, 1);
	net_pass(MS(1));
	ck_assert_mem_eq(spy->last.destination, sim_hw_broadcast, 6);
	sim_ping(a, C, 1);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_ARP);
	a->gateway = 0;
	sim_ping(a, 0x08080808, 1);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 4);
	ck_assert_uint_eq(spy->last.ethertype, SIM_ETHERTYPE_ARP);
}
END_TEST

/* RFC 826: it learns who asks it, and of others only what it knew already. */
START_TEST(arp_answers_and_learns)
{
	struct spy *spy = mute_b();
	struct arp reply;

	send_arp(b, ARP_OP_REQUEST, B, C);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 0);
	ck_assert_ptr_null(sim_arp_find(a, B));
	send_arp(b, ARP_OP_REQUEST, B, A);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 1);
	ck_assert(arp_parse(spy->last.bytes, spy->last.size, &reply));
	ck_assert_uint_eq(reply.op, ARP_OP_REPLY);
	ck_assert_uint_eq(reply.sender, A);
	ck_assert_uint_eq(reply.target, B);
	ck_assert_mem_eq(reply.sender_hw, a->hw, 6);
	ck_assert_mem_eq(spy->last.destination, b->hw, 6);
	ck_assert_mem_eq(sim_arp_find(a, B), b->hw, 6);
	/* An announcement moves a known address. */
	b->hw[5] = 0x77;
	send_arp(b, ARP_OP_REQUEST, B, B);
	net_pass(MS(1));
	ck_assert_mem_eq(sim_arp_find(a, B), b->hw, 6);
	ck_assert_uint_eq(spy->received, 1);
}
END_TEST

START_TEST(probe_is_answered_and_teaches_nothing)
{
	struct spy *spy = mute_b();

	send_arp(b, ARP_OP_REQUEST, 0, A);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 1);
	ck_assert_ptr_null(sim_arp_find(a, 0));
	/* Nor does somebody else with our address. */
	send_arp(b, ARP_OP_REPLY, A, A);
	net_pass(MS(1));
	ck_assert_ptr_null(sim_arp_find(a, A));
	/* And without an address there is nothing to answer for. */
	sim_interface_set_address(a, 0, 0);
	send_arp(b, ARP_OP_REQUEST, 0, A);
	send_arp(b, ARP_OP_REQUEST, 0, 0);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 1);
}
END_TEST

START_TEST(arp_entries_end)
{
	mute_b();
	sim_arp_learn(a, B, b->hw);
	net_pass(S(59));
	ck_assert_ptr_nonnull(sim_arp_find(a, B));
	net_pass(S(1));
	ck_assert_ptr_null(sim_arp_find(a, B));
	sim_arp_learn(a, B, b->hw);
	sim_link_cut(cable, true);
	ck_assert_ptr_null(sim_arp_find(a, B));
}
END_TEST

START_TEST(arp_cache_drops_the_oldest)
{
	mute_b();
	for (ipv4_addr i = 0; i < SIM_ARP_CACHE_MAX + 2; i++) {
		sim_arp_learn(a, C + i, b->hw);
		net_pass(MS(1));
	}
	ck_assert_ptr_null(sim_arp_find(a, C));
	ck_assert_ptr_null(sim_arp_find(a, C + 1));
	for (ipv4_addr i = 2; i < SIM_ARP_CACHE_MAX + 2; i++)
		ck_assert_ptr_nonnull(sim_arp_find(a, C + i));
}
END_TEST

START_TEST(broken_pings_are_not_answered)
{
	struct spy *at_a = spy_on(a), *at_b = spy_on(b);
	struct sim_frame ping;
	uint16_t sum;

	sim_link_join(a, b);
	sim_arp_learn(a, B, b->hw);
	sim_ping(a, B, 9);
	net_pass(MS(1));
	ck_assert(sim_is_pong(&at_a->last, B, 9));
	ck_assert(!sim_is_pong(&at_a->last, B, 8));
	ck_assert(!sim_is_pong(&at_a->last, C, 9));
	ck_assert_uint_eq(at_a->received, 1);
	ping = at_b->last;
	for (unsigned bit = 0; bit < ping.size * 8U; bit++) {
		ping.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		sim_send(a, &ping);
		ping.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	net_pass(MS(1));
	ck_assert_uint_eq(at_a->received, 1);
	sim_send(a, &ping);
	net_pass(MS(1));
	ck_assert_uint_eq(at_a->received, 2);
	ping.size--;
	sim_send(a, &ping);
	ping.size++;
	/* A fragment, whose checksums are right. */
	ping.bytes[6] = 0x20;
	memset(ping.bytes + 10, 0, 2);
	sum = sim_ip_sum(ping.bytes, SIM_IP_HEADER_SIZE);
	ping.bytes[10] = (uint8_t)(sum >> 8);
	ping.bytes[11] = (uint8_t)sum;
	sim_send(a, &ping);
	net_pass(MS(1));
	ck_assert_uint_eq(at_a->received, 2);
}
END_TEST

/* ---- switches --------------------------------------------------------- */

START_TEST(ping_crosses_two_switches)
{
	struct sim_device *left = sim_switch_add(&net, "left");
	struct sim_device *right = sim_switch_add(&net, "right");

	sim_link_join(sim_switch_port(left), sim_switch_port(right));
	sim_link_join(a, sim_switch_port(left));
	sim_link_join(b, sim_switch_port(right));
	sim_link_join(c, sim_switch_port(right));
	ck_assert(ping_is_answered(a, B));
	ck_assert(ping_is_answered(c, A));
}
END_TEST

static struct sim_device *join_by_switch(void)
{
	struct sim_device *hub = sim_switch_add(&net, "switch");

	sim_link_join(a, sim_switch_port(hub));
	cable = sim_link_join(b, sim_switch_port(hub));
	sim_link_join(c, sim_switch_port(hub));
	return hub;
}

/* Sends from one to another; true if c saw it, too. */
static bool third_sees(struct sim_interface *from, struct sim_interface *to)
{
	struct sim_frame frame = frame_to(to->hw, 10, 0);
	struct spy *spy = spy_on(c), *target = spy_on(to);

	c->promiscuous = true;
	sim_send(from, &frame);
	net_pass(MS(1));
	ck_assert_uint_eq(target->received, 1);
	return spy->received > 0;
}

START_TEST(switch_learns)
{
	join_by_switch();
	ck_assert(third_sees(a, b));
	ck_assert(!third_sees(b, a));
	ck_assert(!third_sees(a, b));
}
END_TEST

/* Two stations behind one port, as behind another switch. */
START_TEST(switch_sends_nothing_back)
{
	struct sim_frame frame = frame_to(sim_hw_broadcast, 10, 0);
	struct spy *spy = spy_on(a);

	join_by_switch();
	a->promiscuous = true;
	memcpy(frame.source, ((uint8_t[]){ 2, 1, 1, 1, 1, 1 }), 6);
	sim_send(a, &frame);
	memcpy(frame.destination, frame.source, 6);
	frame.source[5] = 2;
	sim_send(a, &frame);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 0);
}
END_TEST

START_TEST(switch_forgets_a_port_that_goes_down)
{
	join_by_switch();
	ck_assert(third_sees(a, b));
	ck_assert(!third_sees(b, a));
	sim_link_cut(cable, true);
	sim_link_cut(cable, false);
	ck_assert(third_sees(a, b));
	ck_assert(!third_sees(b, a));
	ck_assert(!third_sees(a, b));
}
END_TEST

/* The last frame says where a station is, though its old port is still up. */
START_TEST(switch_relearns_a_station_that_moved)
{
	struct sim_device *hub = join_by_switch();
	struct sim_interface *d = station("d", 0);

	sim_link_join(d, sim_switch_port(hub));
	third_sees(b, a);
	memcpy(d->hw, b->hw, 6);
	ck_assert(!third_sees(a, b));
	third_sees(d, a);
	ck_assert(!third_sees(a, d));
}
END_TEST

START_TEST(switch_carries_tags)
{
	struct sim_frame frame = frame_to(b->hw, 10, 0);
	struct spy *spy = spy_on(b);

	join_by_switch();
	frame.vlan = 7;
	sim_send(a, &frame);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 0);
	b->promiscuous = true;
	sim_send(a, &frame);
	net_pass(MS(1));
	ck_assert_uint_eq(spy->received, 1);
	ck_assert_uint_eq(spy->last.vlan, 7);
}
END_TEST

START_TEST(switch_has_as_many_ports_as_are_asked_for)
{
	struct sim_device *hub = sim_switch_add(&net, "switch");
	struct sim_interface *port = sim_switch_port(hub);
	struct sim_interface *stations[64];

	ck_assert_ptr_eq(port, sim_switch_port(hub));
	for (unsigned i = 0; i < 64; i++) {
		stations[i] = station("many", A + i);
		cable = sim_link_join(stations[i], sim_switch_port(hub));
	}
	for (unsigned i = 1; i < 64; i++)
		ck_assert(ping_is_answered(stations[i], A + i - 1));
	/* A cut link occupies its port, one that was taken out does not. */
	port = sim_interface_peer(stations[63]);
	sim_link_cut(cable, true);
	ck_assert_ptr_ne(sim_switch_port(hub), port);
	sim_link_join(c, sim_switch_port(hub));
	sim_link_move(cable, port, a);
	ck_assert_ptr_eq(sim_switch_port(hub), port);
}
END_TEST

Suite *test_sim_network_suite(void)
{
	Suite *suite = suite_create("sim_network");
	TCase *tcase = tcase_create("sim_network");

	tcase_add_checked_fixture(tcase, setup, net_teardown);
	tcase_add_test(tcase, ping_crosses_a_link);
	tcase_add_test(tcase, names_and_addresses);
	tcase_add_test(tcase, source_is_filled_in);
	tcase_add_test(tcase, what_is_sent_into_no_cable_is_seen_leaving);
	tcase_add_test(tcase, handlers_are_asked_in_order);
	tcase_add_test(tcase, others_frames_and_tagged_ones_are_not_for_us);
	tcase_add_test(tcase, one_packet_waits_for_arp);
	tcase_add_test(tcase, packet_waits_for_a_second);
	tcase_add_test(tcase, packet_does_not_wait_for_a_cable);
	tcase_add_test(tcase, broadcasts_need_no_arp);
	tcase_add_test(tcase, gateway_is_for_other_links);
	tcase_add_test(tcase, arp_answers_and_learns);
	tcase_add_test(tcase, probe_is_answered_and_teaches_nothing);
	tcase_add_test(tcase, arp_entries_end);
	tcase_add_test(tcase, arp_cache_drops_the_oldest);
	tcase_add_test(tcase, broken_pings_are_not_answered);
	tcase_add_test(tcase, ping_crosses_two_switches);
	tcase_add_test(tcase, switch_learns);
	tcase_add_test(tcase, switch_sends_nothing_back);
	tcase_add_test(tcase, switch_forgets_a_port_that_goes_down);
	tcase_add_test(tcase, switch_relearns_a_station_that_moved);
	tcase_add_test(tcase, switch_carries_tags);
	tcase_add_test(tcase, switch_has_as_many_ports_as_are_asked_for);
	suite_add_tcase(suite, tcase);
	return suite;
}
