/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server on a simulated interface: what it hears, and where its answers go.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "unit/scene.h"

Suite *test_sim_dhcpd_suite(void);

#define RELAY	  0x0a000005 /* 10.0.0.5, in the server's subnet */
#define FAR_RELAY 0x0a010001 /* 10.1.0.1, behind RELAY */

static struct scene scene;
static struct scene *const s = &scene;

/* What an interface, the host's at first, received by UDP, and how. */
struct ear {
	struct sim_tap tap;
	unsigned count, broadcasts;
	nsec last_at;
	uint8_t last_hw[SIM_HWADDR_SIZE];
	ipv4_addr last_destination;
};
static struct ear *ear;

static void hear(struct sim_tap *tap, struct sim_interface *interface,
		 const struct sim_frame *frame, bool sent)
{
	struct ear *heard = SIM_OWNER(tap, struct ear, tap);
	const uint16_t ports[] = { DHCP4_CLIENT_PORT, DHCP4_SERVER_PORT };
	struct datagram d;

	(void)interface;
	if (sent || frame->ethertype != SIM_ETHERTYPE_IPV4)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(ports); i++) {
		if (frame_parse(frame->bytes, frame->size, ports[i], false,
				&d) != REJECT_NONE)
			continue;
		heard->count++;
		heard->broadcasts += frame->destination[0] & 1;
		heard->last_at = s->network.clock.now;
		heard->last_destination = d.destination;
		memcpy(heard->last_hw, frame->destination, SIM_HWADDR_SIZE);
	}
}

static void hear_at(struct sim_interface *interface)
{
	ear = sim_alloc(&s->network, sizeof(*ear));
	ear->tap.frame = hear;
	sim_tap_add(interface, &ear->tap);
}

static void setup(void)
{
	scene_init(s, 1);
	hear_at(s->port->interface);
}

static void teardown(void)
{
	scene_free(s);
}

static void start(void)
{
	sim_host_start(s->host);
	scene_run(s, S(1));
}

/* A DISCOVER as a relay sends it on, to the server or to all. */
static void send_relayed(struct sim_interface *from, ipv4_addr giaddr,
			 ipv4_addr destination, uint16_t port)
{
	const struct dhcp4_config client = {
		.hardware_type = 1,
		.hwaddr = { 6, { 2, 0, 0, 0, 9, 9 } },
		.mtu = SIM_MTU,
	};
	const struct request_values values = {
		.xid = 1,
		.client_id = &client.client_id,
	};
	const struct datagram to = {
		.source = giaddr,
		.destination = destination,
		.source_port = port,
		.destination_port = port,
	};
	uint8_t packet[DHCP4_PACKET_MAX];
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);

	request_write(&w, DHCP4_REQUEST_DISCOVER, &client, &values);
	writer_patch_u16(&w, 24, (uint16_t)(giaddr >> 16));
	writer_patch_u16(&w, 26, (uint16_t)giaddr);
	frame_seal(packet, w.used, &to);
	sim_send_to(from, s->dhcpd->interface->hw, packet,
		    FRAME_HEADERS_SIZE + w.used);
}

/* A device in the server's subnet that sends what relays send. */
static struct sim_interface *relay(void)
{
	struct sim_interface *interface =
		sim_interface_add(sim_device_add(&s->network, "relay"), "eth0");

	sim_interface_set_address(interface, RELAY, 24);
	sim_link_join(interface, sim_switch_port(s->fabric));
	hear_at(interface);
	return interface;
}

/* ---- tests --------------------------------------------------------------- */

START_TEST(test_answers_by_hardware_address)
{
	start();
	ck_assert_uint_eq(ear->count, 2);
	ck_assert_uint_eq(ear->broadcasts, 0);
	ck_assert_uint_eq(ear->last_destination, SCENE_FIRST);
	ck_assert_uint_eq(s->dhcpd->received, 2);
	ck_assert_uint_eq(s->dhcpd->answered, 2);
}
END_TEST

START_TEST(test_answers_by_broadcast)
{
	s->port->iface.config.broadcast = true;
	start();
	ck_assert_uint_eq(ear->count, 2);
	ck_assert_uint_eq(ear->broadcasts, 2);
	ck_assert_uint_eq(ear->last_destination, IPV4_BROADCAST);
}
END_TEST

START_TEST(test_slow)
{
	nsec then = s->network.clock.now;

	s->dhcpd->slow_ns = S(2);
	start();
	ck_assert_uint_eq(ear->count, 0);
	scene_run(s, S(2));
	ck_assert_uint_eq(ear->count, 1);
	ck_assert_uint_gt(ear->last_at, then + S(2));
	ck_assert_uint_lt(ear->last_at, then + S(2) + MS(10));
	scene_run(s, S(2));
	CHECK(scene_is_bound(s->port));
}
END_TEST

/* Nobody is there: neither answers nor leases. */
START_TEST(test_silent)
{
	s->dhcpd->silent = true;
	start();
	ck_assert_uint_eq(ear->count, 0);
	ck_assert_uint_eq(s->dhcpd->received, 1);
	ck_assert_uint_eq(s->dhcpd->answered, 0);
	ck_assert_int_eq(server_lease_at(&s->dhcpd->server, SCENE_FIRST)->state,
			 SERVER_LEASE_FREE);
	s->dhcpd->silent = false;
	scene_run(s, S(5));
	CHECK(scene_is_bound(s->port));
}
END_TEST

/* An answer that waits for its time is lost with the server. */
START_TEST(test_silent_before_the_answer)
{
	s->dhcpd->slow_ns = S(2);
	start();
	s->dhcpd->silent = true;
	scene_run(s, S(2));
	ck_assert_uint_eq(ear->count, 0);
	ck_assert_uint_eq(s->dhcpd->answered, 0);
}
END_TEST

START_TEST(test_forget)
{
	start();
	scene_forget(s);
	sim_dhcpd_forget(s->dhcpd);
	/* A server that knows nothing of a lease keeps silent (4.3.2). */
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(7));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 2);
	ck_assert_uint_eq(s->port->kernel.address, IPV4_ANY);
}
END_TEST

static void triple(void *context, struct server_exchange *exchange)
{
	(void)context;
	exchange->reply.copies = 3;
}

START_TEST(test_copies)
{
	s->dhcpd->server.handler = triple;
	start();
	ck_assert_uint_eq(ear->count, 6);
	ck_assert_uint_eq(s->dhcpd->answered, 2);
	CHECK(scene_is_bound(s->port));
}
END_TEST

static void answer_again(void *context, struct server_exchange *exchange)
{
	(void)context;
	exchange->reply.second = triple;
}

/* A handler may make a second answer of the first. */
START_TEST(test_second_answer)
{
	s->dhcpd->server.handler = answer_again;
	start();
	ck_assert_uint_eq(ear->count, 8);
	ck_assert_uint_eq(s->dhcpd->answered, 4);
}
END_TEST

static void count_kinds(void *context, struct sim_dhcpd *dhcpd,
			const struct server_exchange *exchange)
{
	unsigned *counts = context;

	CHECK(dhcpd == s->dhcpd);
	counts[exchange->request.kind]++;
}

/* It is told of a RELEASE, which has no answer, too. */
START_TEST(test_watch)
{
	unsigned counts[DHCP4_REQUEST_COUNT] = { 0 };

	s->dhcpd->watch = count_kinds;
	s->dhcpd->watch_context = counts;
	start();
	sim_port_release(s->port);
	scene_run(s, S(1));
	ck_assert_uint_eq(counts[DHCP4_REQUEST_DISCOVER], 1);
	ck_assert_uint_eq(counts[DHCP4_REQUEST_SELECTING], 1);
	ck_assert_uint_eq(counts[DHCP4_REQUEST_RELEASE], 1);
	ck_assert_uint_eq(s->dhcpd->received, 3);
	ck_assert_uint_eq(s->dhcpd->answered, 2);
}
END_TEST

/* What goes to other ports or addresses is not heard, though it arrives. */
START_TEST(test_not_for_it)
{
	struct sim_interface *from = relay();

	send_relayed(from, RELAY, SCENE_SERVER, DHCP4_CLIENT_PORT);
	send_relayed(from, RELAY, SCENE_SERVER + 1, DHCP4_SERVER_PORT);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->dhcpd->received, 0);
	send_relayed(from, RELAY, IPV4_BROADCAST, DHCP4_SERVER_PORT);
	send_relayed(from, RELAY, SCENE_SERVER, DHCP4_SERVER_PORT);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->dhcpd->received, 2);
	ck_assert_uint_eq(ear->count, 2);
	/* Its name in option 54 may be another of its addresses. */
	s->dhcpd->config.id = SCENE_SERVER + 1;
	send_relayed(from, RELAY, SCENE_SERVER + 1, DHCP4_SERVER_PORT);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->dhcpd->received, 3);
}
END_TEST

/* An answer to a relay elsewhere goes to the router, whoever it came from. */
START_TEST(test_answers_by_gateway)
{
	const struct server_subnet far = {
		.router = FAR_RELAY,
		.prefix_length = 24,
		.pool_first = FAR_RELAY + 1,
		.pool_last = FAR_RELAY + 1,
	};
	const struct server_config config = {
		.address = SCENE_SERVER + 1,
		.prefix_length = 24,
		.lease_s = SCENE_LEASE_S,
		.subnet_count = 1,
		.subnets = &far,
	};
	struct sim_interface *from = relay();
	struct sim_interface *router =
		sim_router_interface(sim_router_add(&s->network, "router"),
				     "eth0", SCENE_ROUTER, 24);

	sim_link_join(router, sim_switch_port(s->fabric));
	hear_at(router);
	s->dhcpd = sim_dhcpd_add(&s->network, "centre", &config);
	sim_link_join(s->dhcpd->interface, sim_switch_port(s->fabric));
	s->dhcpd->gateway = SCENE_ROUTER;
	send_relayed(from, FAR_RELAY, config.address, DHCP4_SERVER_PORT);
	scene_run(s, S(1));
	ck_assert_uint_eq(ear->count, 1);
	ck_assert_uint_eq(ear->last_destination, FAR_RELAY);
	ck_assert_mem_eq(ear->last_hw, router->hw, SIM_HWADDR_SIZE);
}
END_TEST

START_TEST(test_is_a_host_too)
{
	struct sim_interface *from = relay();

	sim_arp_add(from);
	CHECK(scene_ping(s, from, SCENE_SERVER));
	CHECK(!scene_ping(s, from, SCENE_SERVER + 1));
}
END_TEST

Suite *test_sim_dhcpd_suite(void)
{
	Suite *suite = suite_create("sim_dhcpd");
	TCase *tcase = tcase_create("sim_dhcpd");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_answers_by_hardware_address);
	tcase_add_test(tcase, test_answers_by_broadcast);
	tcase_add_test(tcase, test_slow);
	tcase_add_test(tcase, test_silent);
	tcase_add_test(tcase, test_silent_before_the_answer);
	tcase_add_test(tcase, test_forget);
	tcase_add_test(tcase, test_copies);
	tcase_add_test(tcase, test_second_answer);
	tcase_add_test(tcase, test_watch);
	tcase_add_test(tcase, test_not_for_it);
	tcase_add_test(tcase, test_answers_by_gateway);
	tcase_add_test(tcase, test_is_a_host_too);
	suite_add_tcase(suite, tcase);
	return suite;
}
