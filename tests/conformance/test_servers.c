/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of servers that are really there: honest and others, one and several, near
 * and behind a relay.
 */
#include <string.h>

#include "conformance/stage.h"
#include "server/characters.h"

Suite *test_servers_suite(void);

static bool is_in_pool(ipv4_addr address, unsigned n)
{
	ipv4_addr first = IP(CLIENT) + 20 * n;

	return address >= first && address < first + 10;
}

/* ---- one server --------------------------------------------------------- */

/*
 * Two hours with a server of each bad character, and then it is honest. That no
 * address is used that may not be, and nothing is said that may not, is what the
 * simulator's oracles look at.
 */
START_TEST(whatever_a_server_was_once_it_is_honest_its_client_is_bound)
{
	for (unsigned i = 0; i < SERVER_CHARACTER_COUNT; i++) {
		struct server_mood mood = { .character =
						    (enum server_character)i };
		struct sim_dhcpd *server;
		unsigned sent;

		stage_close();
		stage_open(i);
		server = add_server(0);
		server->server.handler = server_mood_apply;
		server->server.context = &mood;
		power_on();
		sent = count_in(S(7200));
		/* Leases of a second are renewed as often; all else is rare. */
		CHECK(sent < 2 * 7200);
		mood.character = SERVER_CHARACTER_HONEST;
		count_in(S(LEASE_S + 900));
		CHECK(is_in_pool(stage.kernel->address, 0));
		CHECK(kernel_left() > 0);
	}
}
END_TEST

static void keep_silent(struct reply *r, const struct message *m)
{
	if (m->kind != DHCP4_REQUEST_DISCOVER)
		r->size = 0;
}

/* Covers: 2131-3.1-10 */
START_TEST(who_offers_and_never_grants_is_asked_in_rounds_of_a_minute)
{
	unsigned sent;

	stage.serves = true;
	stage.edit = keep_silent;
	reach_selecting();
	sent = count_in(S(3600));
	/* A DISCOVER and five REQUESTs each time. */
	CHECK(sent >= 6 * (3600 / 69) && sent <= 6 * (3600 / 59 + 1));
	kernel_is_empty();
}
END_TEST

/* Covers: 2131-4.4.5-04 2131-4.4.1-09 */
START_TEST(a_slow_server_is_waited_for_and_its_delay_is_the_leases_loss)
{
	static const unsigned delays_s[] = { 1, 3, 5, 10, 20 };

	for (unsigned i = 0; i < ARRAY_SIZE(delays_s); i++) {
		struct sim_dhcpd *server;

		stage_close();
		stage_open(i);
		server = add_server(0);
		server->slow_ns = S(delays_s[i]);
		power_on();
		while (!stage.kernel->address)
			CHECK(sim_clock_step(&stage.network.clock, NSEC_NEVER));
		CHECK(kernel_left() <= S(LEASE_S - delays_s[i]));
		CHECK(kernel_left() > S(LEASE_S - delays_s[i] - 40));
	}
}
END_TEST

/* Covers: DF-life-01 */
START_TEST(a_server_that_forgot_its_client_grants_the_used_address_again)
{
	struct sim_dhcpd *server = add_server(0);
	ipv4_addr address;

	power_on();
	count_in(S(100));
	address = stage.kernel->address;
	CHECK(is_in_pool(address, 0));
	sim_dhcpd_forget(server);
	crash_and_restart();
	/* It keeps silent about what it does not know (RFC 2131 4.3.2). */
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_REBOOTING);
	hear(DHCP4_REQUEST_DISCOVER);
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(1));
	kernel_has(address, 24);
	CHECK(kernel_left() > S(LEASE_S - 1));
	ck_assert_uint_eq(stage.removals, 0);
}
END_TEST

static void answer_the_flag_only(struct reply *r, const struct message *m)
{
	if (!(m->flags & 0x8000) && !m->ciaddr)
		r->size = 0;
}

/* Covers: DF-srv-02 */
START_TEST(a_server_that_wants_the_broadcast_flag_is_served_by_a_setting)
{
	stage.config->broadcast = true;
	stage.serves = true;
	stage.edit = answer_the_flag_only;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(1));
	kernel_has(IP(CLIENT), 24);
	hear(DHCP4_REQUEST_RENEWING);
	stage_close();
	stage_open(0);
	stage.serves = true;
	stage.edit = answer_the_flag_only;
	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* ---- several ------------------------------------------------------------ */

static void say_thrice(void *context, struct server_exchange *exchange)
{
	(void)context;
	exchange->reply.copies = 3;
}

/* Covers: DF-msg-18 2131-3.1-01 */
START_TEST(of_five_servers_that_offer_thrice_one_is_asked_once)
{
	struct sim_dhcpd *servers[5];
	unsigned taken = 0;
	ipv4_addr named;

	for (unsigned i = 0; i < 5; i++) {
		servers[i] = add_server(i);
		servers[i]->slow_ns = MS(100 - 20 * i);
		servers[i]->server.handler = say_thrice;
	}
	reach_selecting();
	named = message_u32(hear(DHCP4_REQUEST_SELECTING),
			    DHCP4_OPTION_SERVER_ID);
	/* The last one is the fastest. */
	ck_assert_uint_eq(named, servers[4]->config.address);
	silence(S(60));
	CHECK(is_in_pool(stage.kernel->address, 4));
	for (unsigned i = 0; i < 5; i++) {
		for (size_t n = 0; n < servers[i]->server.lease_count; n++)
			taken += servers[i]->server.leases[n].state ==
				 SERVER_LEASE_BOUND;
	}
	ck_assert_uint_eq(taken, 1);
}
END_TEST

/* Covers: 2131-4.4.5-05 2131-4.4-06 */
START_TEST(when_the_leases_server_is_gone_another_takes_the_client_in)
{
	struct sim_dhcpd *first = add_server(0), *second;

	power_on();
	count_in(S(1));
	CHECK(is_in_pool(stage.kernel->address, 0));
	first->silent = true;
	hear(DHCP4_REQUEST_RENEWING);
	second = add_server(1);
	/* Not the owner of that address, it keeps silent until the lease ends. */
	hear_until(DHCP4_REQUEST_REBINDING);
	hear_until(DHCP4_REQUEST_DISCOVER);
	kernel_is_empty();
	ck_assert_uint_eq(message_u32(hear(DHCP4_REQUEST_SELECTING),
				      DHCP4_OPTION_SERVER_ID),
			  second->config.address);
	pass(MS(1));
	CHECK(is_in_pool(stage.kernel->address, 1));
}
END_TEST

/* ---- many clients ------------------------------------------------------- */

/* Covers: 2131-2-01 2131-3.6-01 2131-4.1-08 */
START_TEST(ten_clients_of_one_server_have_ten_addresses)
{
	struct sim_host *hosts[9];

	add_server(0);
	for (unsigned i = 0; i < ARRAY_SIZE(hosts); i++) {
		hosts[i] = sim_host_add(&stage.network, "other", 1);
		sim_link_join(hosts[i]->ports[0].interface,
			      sim_switch_port(stage.fabric));
		sim_host_start(hosts[i]);
	}
	power_on();
	count_in(S(4 * LEASE_S));
	for (unsigned i = 0; i < ARRAY_SIZE(hosts); i++) {
		ipv4_addr address = hosts[i]->ports[0].kernel.address;

		CHECK(is_in_pool(address, 0));
		CHECK(address != stage.kernel->address);
		for (unsigned j = 0; j < i; j++)
			CHECK(address != hosts[j]->ports[0].kernel.address);
	}
	CHECK(is_in_pool(stage.kernel->address, 0));
	ck_assert_uint_eq(stage.removals, 0);
}
END_TEST

/* ---- behind a relay ----------------------------------------------------- */

#define CENTRE	 IP(172, 16, 0, 2)
#define NEAR_LEG IP(10, 0, 0, 1)
#define FAR_LEG	 IP(172, 16, 0, 1)

/* A server whose own network is another one; the router between them relays. */
static struct sim_dhcpd *add_relayed_server(void)
{
	static const ipv4_addr servers[] = { CENTRE };
	static const struct server_subnet subnet = {
		.router = NEAR_LEG,
		.prefix_length = 24,
		.pool_first = IP(CLIENT),
		.pool_last = IP(CLIENT) + 9,
	};
	const struct server_config config = {
		.address = CENTRE,
		.prefix_length = 24,
		.lease_s = LEASE_S,
		.subnet_count = 1,
		.subnets = &subnet,
	};
	struct sim_device *router = sim_router_add(&stage.network, "router");
	struct sim_interface *leg =
		sim_router_interface(router, "near", NEAR_LEG, 24);
	struct sim_dhcpd *dhcpd =
		sim_dhcpd_add(&stage.network, "centre", &config);

	dhcpd->gateway = FAR_LEG;
	sim_link_join(leg, sim_switch_port(stage.fabric));
	sim_link_join(sim_router_interface(router, "far", FAR_LEG, 24),
		      dhcpd->interface);
	sim_relay_add(leg, servers, ARRAY_SIZE(servers));
	return dhcpd;
}

/* Covers: 2131-4.4.5-02 2131-4.3.2-07 1542-3.4-02 */
START_TEST(behind_a_relay_renewals_go_to_the_server_by_way_of_the_router)
{
	struct sim_dhcpd *dhcpd = add_relayed_server();

	/* The router answers for the address that the peer has otherwise. */
	sim_interface_set_address(stage.peer, IPV4_ANY, 0);
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(10));
	CHECK(is_in_pool(stage.kernel->address, 0));
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), NEAR_LEG);
	for (unsigned i = 0; i < 3; i++) {
		hear(DHCP4_REQUEST_RENEWING);
		ck_assert_uint_eq(heard()->destination, CENTRE);
		CHECK(heard()->unicast);
		pass(MS(10));
		CHECK(kernel_left() > S(LEASE_S - 1));
	}
	ck_assert_uint_eq(dhcpd->answered, 5);
	/* Its relay alone hears a rebinding. */
	sim_port_rebind(stage.port);
	hear(DHCP4_REQUEST_REBINDING);
	pass(MS(10));
	ck_assert_uint_eq(dhcpd->answered, 6);
	ck_assert_uint_eq(stage.removals, 0);
}
END_TEST

Suite *test_servers_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("servers", &suite);

	tcase_add_test(
		t, whatever_a_server_was_once_it_is_honest_its_client_is_bound);
	tcase_add_test(
		t, who_offers_and_never_grants_is_asked_in_rounds_of_a_minute);
	tcase_add_test(
		t, a_slow_server_is_waited_for_and_its_delay_is_the_leases_loss);
	tcase_add_test(
		t, a_server_that_forgot_its_client_grants_the_used_address_again);
	tcase_add_test(
		t, a_server_that_wants_the_broadcast_flag_is_served_by_a_setting);
	tcase_add_test(t, of_five_servers_that_offer_thrice_one_is_asked_once);
	tcase_add_test(
		t, when_the_leases_server_is_gone_another_takes_the_client_in);
	tcase_add_test(t, ten_clients_of_one_server_have_ten_addresses);
	tcase_add_test(
		t, behind_a_relay_renewals_go_to_the_server_by_way_of_the_router);
	return suite;
}
