/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conflict detection on a network: hosts that have each other's addresses, by way
 * of iface.c and of kernels that answer for what they have.
 */
#include <string.h>

#include "unit/scene.h"

Suite *test_sim_acd_suite(void);

static struct scene *s;

/* A device that has an address, or will have one. */
static struct sim_interface *other;

static void setup(void)
{
	static struct scene scene;

	s = &scene;
	scene_init(s, 2);
	other = sim_interface_add(sim_device_add(&s->network, "other"), "eth0");
	sim_arp_add(other);
	sim_link_join(other, sim_switch_port(s->fabric));
}

static void teardown(void)
{
	scene_free(s);
}

static void squat(ipv4_addr address)
{
	sim_interface_set_address(other, address, 24);
}

static void set_mode(enum acd_mode mode)
{
	for (unsigned n = 0; n < s->host->port_count; n++) {
		s->host->ports[n].iface.config.acd = mode;
		s->host->ports[n].iface.config.acd_defence = ACD_DEFENCE_ONCE;
	}
}

/* Another host says something of an address. */
static void say(enum arp_op op, ipv4_addr sender, ipv4_addr target)
{
	struct arp arp = { .op = (uint16_t)op, .sender = sender, .target = target };
	uint8_t packet[ARP_SIZE];

	memcpy(arp.sender_hw, other->hw, sizeof(arp.sender_hw));
	arp_write(packet, &arp);
	sim_send_payload(other, sim_hw_broadcast, SIM_ETHERTYPE_ARP, packet,
			 ARP_SIZE);
	scene_run(s, MS(1));
}

static ipv4_addr address_of(unsigned port)
{
	return s->host->ports[port].kernel.address;
}

START_TEST(test_a_lease_by_each_mode)
{
	static const nsec latest[ACD_MODE_COUNT] = {
		[ACD_MODE_OFF] = MS(10),
		[ACD_MODE_STRICT] = S(7) + MS(10),
		[ACD_MODE_FAST] = MS(210),
		[ACD_MODE_OPTIMISTIC] = MS(10),
	};
	const enum acd_mode mode = (enum acd_mode)_i;
	nsec began = s->network.clock.now;

	set_mode(mode);
	sim_host_start(s->host);
	while (!address_of(0) || !address_of(1)) {
		ck_assert(s->network.clock.now - began < latest[mode]);
		scene_run(s, MS(1));
	}
	scene_run(s, S(20));
	CHECK(scene_is_bound(&s->host->ports[0]));
	CHECK(scene_is_bound(&s->host->ports[1]));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DECLINE), 0);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 0);
}
END_TEST

/* Covers: 2131-3.1-07 2131-3.1-08 */
START_TEST(test_a_squatter)
{
	const struct server_lease *lease;
	nsec declined;

	set_mode((enum acd_mode)_i);
	squat(SCENE_FIRST);
	sim_host_start(s->host);
	scene_run(s, S(9));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DECLINE), 1);
	ck_assert_uint_eq(scene_nth(s, DHCP4_REQUEST_DECLINE, 0)->address,
			  SCENE_FIRST);
	ck_assert_uint_eq(address_of(0), IPV4_ANY);
	/* The other port has another address, and was not troubled. */
	ck_assert_uint_eq(address_of(1), SCENE_FIRST + 1);
	lease = server_lease_at(&s->dhcpd->server, SCENE_FIRST);
	ck_assert_int_eq(lease->state, SERVER_LEASE_DECLINED);
	declined = scene_nth(s, DHCP4_REQUEST_DECLINE, 0)->at;
	scene_run(s, S(20));
	ck_assert(scene_nth(s, DHCP4_REQUEST_DISCOVER, 2)->at == declined + S(10));
	ck_assert_uint_eq(address_of(0), SCENE_FIRST + 2);
	ck_assert_uint_eq(s->installs, 2 + (_i == (int)ACD_MODE_OPTIMISTIC));
}
END_TEST

/* A server that forgot gives one address twice: the second host finds out. */
START_TEST(test_two_hosts_with_one_address)
{
	struct sim_host *late = sim_host_add(&s->network, "late", 1);

	set_mode(ACD_MODE_FAST);
	late->ports[0].iface.config.acd = ACD_MODE_FAST;
	sim_link_join(late->ports[0].interface, sim_switch_port(s->fabric));
	sim_host_start(s->host);
	scene_run(s, S(1));
	sim_dhcpd_forget(s->dhcpd);
	sim_host_start(late);
	scene_run(s, S(40));
	ck_assert_uint_eq(address_of(0), SCENE_FIRST);
	ck_assert_uint_eq(address_of(1), SCENE_FIRST + 1);
	ck_assert_uint_eq(late->ports[0].kernel.address, SCENE_FIRST + 2);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 0);
}
END_TEST

START_TEST(test_probes_of_others_are_answered_and_harmless)
{
	set_mode((enum acd_mode)_i);
	sim_host_start(s->host);
	scene_run(s, S(12));
	for (unsigned i = 0; i < 5; i++)
		say(ARP_OP_REQUEST, IPV4_ANY, address_of(0));
	scene_run(s, S(5));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_DEFENDED], 0);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 0);
}
END_TEST

START_TEST(test_a_claim_to_an_address_in_use)
{
	set_mode(ACD_MODE_FAST);
	sim_host_start(s->host);
	scene_run(s, S(12));
	say(ARP_OP_REPLY, SCENE_FIRST, SCENE_SERVER);
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_DEFENDED], 1);
	CHECK(scene_is_bound(s->port));
	say(ARP_OP_REPLY, SCENE_FIRST, SCENE_SERVER);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DECLINE), 1);
	ck_assert_uint_eq(address_of(0), IPV4_ANY);
	ck_assert_uint_eq(s->port->file_size, 0);
	/* The other interface goes on as it was. */
	CHECK(scene_is_bound(&s->host->ports[1]));
}
END_TEST

/* Whoever has no process has a kernel that answers; who is off has none. */
START_TEST(test_who_answers)
{
	struct sim_host *late = sim_host_add(&s->network, "late", 1);

	set_mode(ACD_MODE_FAST);
	late->ports[0].iface.config.acd = ACD_MODE_FAST;
	sim_link_join(late->ports[0].interface, sim_switch_port(s->fabric));
	sim_host_start(s->host);
	scene_run(s, S(1));
	sim_host_kill(s->host);
	if (_i)
		sim_host_suspend(s->host);
	sim_dhcpd_forget(s->dhcpd);
	sim_host_start(late);
	scene_run(s, S(1));
	ck_assert_uint_eq(late->ports[0].kernel.address,
			  _i ? SCENE_FIRST : IPV4_ANY);
}
END_TEST

/* A socket that fails says nothing of who has the address: it is used. */
START_TEST(test_probes_that_cannot_be_sent)
{
	set_mode(ACD_MODE_STRICT);
	sim_host_start(s->host);
	scene_run(s, MS(10));
	s->port->troubles.send = 105; /* ENOBUFS */
	scene_run(s, S(20));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_gt(s->port->iface.client->counters.send_failed, 2);
}
END_TEST

static const struct iface_ops *real_ops;
static bool deaf;

static int watch_if_it_can(struct iface *i, ipv4_addr address)
{
	return deaf ? -12 : real_ops->watch(i, address); /* ENOMEM */
}

/* Without a socket to hear by all goes on, and it is tried again. */
START_TEST(test_no_ear)
{
	static struct iface_ops ops;

	set_mode(ACD_MODE_FAST);
	sim_host_start(s->host);
	real_ops = s->host->shared.ops;
	ops = *real_ops;
	ops.watch = watch_if_it_can;
	s->host->shared.ops = &ops;
	deaf = true;
	scene_run(s, S(1));
	ck_assert_uint_eq(address_of(0), SCENE_FIRST);
	ck_assert_uint_eq(s->port->watched[0], IPV4_ANY);
	deaf = false;
	scene_run(s, S(2));
	ck_assert_uint_eq(s->port->watched[0], SCENE_FIRST);
}
END_TEST

Suite *test_sim_acd_suite(void)
{
	Suite *suite = suite_create("sim_acd");
	TCase *tcase = tcase_create("acd");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_a_lease_by_each_mode, 0, ACD_MODE_COUNT);
	tcase_add_loop_test(tcase, test_a_squatter, ACD_MODE_STRICT,
			    ACD_MODE_COUNT);
	tcase_add_test(tcase, test_two_hosts_with_one_address);
	tcase_add_loop_test(tcase,
			    test_probes_of_others_are_answered_and_harmless,
			    ACD_MODE_STRICT, ACD_MODE_COUNT);
	tcase_add_test(tcase, test_a_claim_to_an_address_in_use);
	tcase_add_loop_test(tcase, test_who_answers, 0, 2);
	tcase_add_test(tcase, test_probes_that_cannot_be_sent);
	tcase_add_test(tcase, test_no_ear);
	suite_add_tcase(suite, tcase);
	return suite;
}
