/* SPDX-License-Identifier: BSD-2-Clause */
/* Known networks: RFC 4436, on two networks whose routers answer ARP. */
#include <string.h>

#include "conformance/stage.h"

Suite *test_known_suite(void);

#define FAR_SERVER  10, 1, 0, 1
#define FAR_CLIENT  10, 1, 0, 50
#define ASKED_MAX   64
#define FAR_LEASE_S 7200

/* The router of each network, and what the host's port sent about ARP. */
static struct sim_interface *near_router, *far_router;
static struct sim_device *far_fabric;
static struct sim_watch ear;
static struct sent_arp {
	nsec at;
	uint8_t destination[6];
	uint8_t bytes[ARP_SIZE];
	struct arp arp;
} arps[ASKED_MAX];
static unsigned arp_count;

static void saw_frame(struct sim_watch *watch, struct sim_port *port,
		      const struct sim_frame *frame, bool sent)
{
	struct sent_arp *a = &arps[arp_count];

	(void)watch;
	if (!sent || port != stage.port || frame->ethertype != SIM_ETHERTYPE_ARP)
		return;
	CHECK(arp_count < ASKED_MAX);
	arp_count++;
	a->at = now();
	memcpy(a->destination, frame->destination, 6);
	memcpy(a->bytes, frame->bytes, ARP_SIZE);
	CHECK(arp_parse(frame->bytes, frame->size, &a->arp));
}

static struct sim_interface *add_router(struct sim_device *fabric,
					ipv4_addr address)
{
	struct sim_interface *i = sim_interface_add(
		sim_device_add(&stage.network, "router"), "eth0");

	sim_interface_set_address(i, address, 24);
	sim_arp_add(i);
	sim_link_join(i, sim_switch_port(fabric));
	return i;
}

static void setup(void)
{
	stage_setup();
	stage.config->known_networks = true;
	near_router = add_router(stage.fabric, IP(ROUTER));
	far_fabric = sim_switch_add(&stage.network, "far");
	far_router = add_router(far_fabric, IP(FAR_SERVER));
	ear = (struct sim_watch){ .frame = saw_frame };
	sim_watch_add(stage.host, &ear);
	arp_count = 0;
}

/* A server of the other network, which is its router. */
static void add_far_server(void)
{
	const struct server_config config = {
		.address = IP(10, 1, 0, 2),
		.prefix_length = 24,
		.pool_first = IP(FAR_CLIENT),
		.pool_last = IP(FAR_CLIENT) + 9,
		.lease_s = FAR_LEASE_S,
		.option_count = 1,
		.options = { { .code = DHCP4_OPTION_ROUTER,
			       .size = 4,
			       .bytes = (const uint8_t[]){ FAR_SERVER } } },
	};
	struct sim_dhcpd *dhcpd = sim_dhcpd_add(&stage.network, "far", &config);

	sim_link_join(dhcpd->interface, sim_switch_port(far_fabric));
}

static void carrier(bool up)
{
	sim_link_cut(stage.cable, !up);
	pass(MS(1));
}

static void move_to(struct sim_device *fabric)
{
	struct sim_interface *end = sim_interface_peer(stage.port->interface);

	carrier(false);
	pass(S(3));
	sim_link_move(stage.cable, end, sim_switch_port(fabric));
	carrier(true);
}

/* Leased, its router learned, and quiet. */
static void settle(void)
{
	stage.serves = true;
	reach_bound();
	stage.serves = false;
	pass(S(20));
	arp_count = 0;
}

/* Questions to a router about an address. */
static unsigned asked(ipv4_addr address, ipv4_addr router)
{
	unsigned count = 0;

	for (unsigned i = 0; i < arp_count; i++)
		count += arps[i].arp.sender == address &&
			 arps[i].arp.target == router;
	return count;
}

static unsigned attached(void)
{
	return stage.noticed[DHCP4_NOTICE_ATTACHED];
}

/* ---- what is stored ------------------------------------------------------- */

/* Covers: 4436-2-01 */
START_TEST(a_lease_is_stored_with_its_router)
{
	settle();
	ck_assert_str_eq(disk_line("router"), "10.0.0.254");
	ck_assert_uint_eq(strlen(disk_line("router-hw")), 17);
	ck_assert_str_eq(disk_line("address"), "10.0.0.50");
	CHECK(disk_line("client-id"));
}
END_TEST

/* ---- the test --------------------------------------------------------------- */

/* Covers: 4436-2.1.1-01 4436-2.1-03 */
START_TEST(the_request_is_unicast_beside_dhcp)
{
	static const uint8_t none[6];
	const struct sent_arp *a = &arps[0];
	nsec at;

	settle();
	carrier(false);
	pass(S(2));
	at = now();
	carrier(true);
	hear(DHCP4_REQUEST_REBOOTING);
	CHECK(heard()->at - at < MS(5) && a->at - at < MS(5));
	ck_assert_uint_eq(arp_count, 1);
	ck_assert_mem_eq(a->destination, near_router->hw, 6);
	ck_assert_mem_eq(a->arp.sender_hw, stage.port->interface->hw, 6);
	ck_assert_mem_eq(a->bytes + 18, none, 6);
	ck_assert_uint_eq(a->arp.op, ARP_OP_REQUEST);
	ck_assert_uint_eq(a->arp.sender, IP(CLIENT));
	ck_assert_uint_eq(a->arp.target, IP(ROUTER));
	ck_assert_uint_eq(attached(), 1);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 4436-2.1-01 */
START_TEST(no_router_is_asked_where_servers_prove_who_they_are)
{
	static const struct auth_keys keys = { .token_size = 1, .token = "a" };

	stage.port->iface.keys = &keys;
	stage.config->auth_token_size = keys.token_size;
	/* While nothing had to be proven a router was learned. */
	settle();
	ck_assert_uint_eq(strlen(disk_line("router-hw")), 17);
	stage.config->auth = (enum dhcp4_auth)_i;
	carrier(false);
	pass(S(2));
	carrier(true);
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(asked(IP(CLIENT), IP(ROUTER)), 0);
	ck_assert_uint_eq(attached(), 0);
}
END_TEST

/* Covers: 4436-2.1-03 */
START_TEST(confirmed_the_lease_keeps_its_times)
{
	nsec left;

	settle();
	left = kernel_left();
	carrier(false);
	pass(S(2));
	carrier(true);
	hear(DHCP4_REQUEST_REBOOTING);
	hear_after(S(3), S(4), DHCP4_REQUEST_REBOOTING);
	/* Nobody answered; no DISCOVER follows. */
	silence(S(60));
	ck_assert_uint_eq(stage.removals, 0);
	CHECK(kernel_left() < left - S(60));
	hear_until(DHCP4_REQUEST_RENEWING);
}
END_TEST

/* Covers: 4436-2.1-04 */
START_TEST(a_nak_afterwards_wins)
{
	settle();
	carrier(false);
	carrier(true);
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(attached(), 1);
	tell(DHCP4_TYPE_NAK);
	kernel_is_empty();
	hear_after(0, S(1), DHCP4_REQUEST_DISCOVER);
	CHECK(disk_is_empty());
}
END_TEST

/* Covers: 4436-2.1.1-02 */
START_TEST(another_hardware_address_confirms_nothing)
{
	settle();
	carrier(false);
	sim_interface_change_hw(near_router);
	carrier(true);
	hear(DHCP4_REQUEST_REBOOTING);
	/* It answers whoever asks it by its new one. */
	near_router->promiscuous = true;
	pass(S(6));
	ck_assert_uint_eq(attached(), 0);
	ck_assert_uint_eq(asked(IP(CLIENT), IP(ROUTER)), 3);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 4436-2.1-05 */
START_TEST(a_silent_router_is_asked_thrice)
{
	settle();
	sim_link_cut(near_router->link, true);
	carrier(false);
	carrier(true);
	pass(S(60));
	ck_assert_uint_eq(asked(IP(CLIENT), IP(ROUTER)), 3);
	ck_assert_uint_eq(arp_count, 3);
	hear(DHCP4_REQUEST_REBOOTING);
	hear_until(DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Covers: 4436-2.1-05 */
START_TEST(ten_flaps_are_one_test)
{
	settle();
	for (unsigned i = 0; i < 10; i++) {
		carrier(false);
		carrier(true);
		pass(MS(90));
	}
	ck_assert_uint_eq(asked(IP(CLIENT), IP(ROUTER)), 1);
}
END_TEST

/* Covers: 4436-2.1-02 */
START_TEST(another_client_id_is_not_confirmed)
{
	settle();
	sim_host_end(stage.host);
	stage.config->client_id.bytes[1]++;
	power_on();
	pass(S(5));
	ck_assert_uint_eq(arp_count, 0);
	hear(DHCP4_REQUEST_DISCOVER);
	stage.unjudged = true;
}
END_TEST

/* Covers: 4436-2.1-02 */
START_TEST(an_expired_lease_is_not_asked_about)
{
	settle();
	carrier(false);
	pass(S(LEASE_S));
	kernel_is_empty();
	carrier(true);
	pass(S(1));
	ck_assert_uint_eq(arp_count, 0);
}
END_TEST

/* Covers: 4436-2.1.1-03 */
START_TEST(nothing_is_announced_before)
{
	settle();
	stage.config->acd = ACD_MODE_FAST;
	sim_link_cut(near_router->link, true);
	carrier(false);
	carrier(true);
	pass(S(6));
	for (unsigned i = 0; i < arp_count; i++) {
		bool broadcast = arps[i].destination[0] == 0xff;

		CHECK(!broadcast || arps[i].arp.sender == IPV4_ANY);
	}
	sim_link_cut(near_router->link, false);
	arp_count = 0;
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_ge(asked(IP(CLIENT), IP(CLIENT)), 1);
}
END_TEST

/* ---- to another network and back ----------------------------------------------- */

static void see_the_world(void)
{
	add_far_server();
	settle();
	move_to(far_fabric);
	pass(S(30));
	kernel_has(IP(FAR_CLIENT), 24);
	while (stage.port->iface.client->state != DHCP4_STATE_BOUND)
		pass(S(1));
	pass(S(20));
	count_in(S(1));
	arp_count = 0;
}

/* Covers: 4436-2.1-03 4436-2.1.1-04 4436-2-01 */
START_TEST(the_old_network_is_known_again)
{
	see_the_world();
	move_to(stage.fabric);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(asked(IP(CLIENT), IP(ROUTER)), 1);
	/* The lease of the network that was left, and then the other's. */
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(FAR_CLIENT));
	hear_after(0, MS(5), DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(message_u32(heard(), DHCP4_OPTION_REQUESTED_ADDRESS),
			  IP(CLIENT));
	tell(DHCP4_TYPE_ACK);
	silence(S(600));
	ck_assert_str_eq(disk_line("address"), "10.0.0.50");
	move_to(far_fabric);
	kernel_has(IP(FAR_CLIENT), 24);
}
END_TEST

/* Covers: 4436-2.1-04 */
START_TEST(a_nak_ends_what_was_recalled)
{
	see_the_world();
	move_to(stage.fabric);
	kernel_has(IP(CLIENT), 24);
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_NAK);
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Until its router has answered, nobody learns of the address. */
/* Covers: 4436-2.1.1-03 */
START_TEST(an_old_address_is_not_answered_for)
{
	see_the_world();
	sim_link_cut(near_router->link, true);
	move_to(stage.fabric);
	pass(S(1));
	ck_assert_uint_ge(asked(IP(CLIENT), IP(ROUTER)), 1);
	CHECK(!peer_reaches(IP(CLIENT)));
	for (unsigned i = 0; i < arp_count; i++)
		ck_assert_uint_ne(arps[i].arp.op, ARP_OP_REPLY);
}
END_TEST

static TCase *chapter(Suite **ret)
{
	TCase *tests = tcase_create("known");

	*ret = suite_create("known");
	tcase_add_checked_fixture(tests, setup, stage_close);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(*ret, tests);
	return tests;
}

Suite *test_known_suite(void)
{
	Suite *suite;
	TCase *tests = chapter(&suite);

	tcase_add_test(tests, a_lease_is_stored_with_its_router);
	tcase_add_test(tests, the_request_is_unicast_beside_dhcp);
	tcase_add_loop_test(tests,
			    no_router_is_asked_where_servers_prove_who_they_are,
			    DHCP4_AUTH_TOKEN, DHCP4_AUTH_COUNT);
	tcase_add_test(tests, confirmed_the_lease_keeps_its_times);
	tcase_add_test(tests, a_nak_afterwards_wins);
	tcase_add_test(tests, another_hardware_address_confirms_nothing);
	tcase_add_test(tests, a_silent_router_is_asked_thrice);
	tcase_add_test(tests, ten_flaps_are_one_test);
	tcase_add_test(tests, another_client_id_is_not_confirmed);
	tcase_add_test(tests, an_expired_lease_is_not_asked_about);
	tcase_add_test(tests, nothing_is_announced_before);
	tcase_add_test(tests, the_old_network_is_known_again);
	tcase_add_test(tests, a_nak_ends_what_was_recalled);
	tcase_add_test(tests, an_old_address_is_not_answered_for);
	return suite;
}
