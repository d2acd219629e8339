/* SPDX-License-Identifier: BSD-2-Clause */
/* Known servers: in which network, which of them, and who is forgotten first. */
#include <check.h>
#include <string.h>

#include "core/pins.h"
#include "unit/support.h"

Suite *test_pins_suite(void);

#define ROUTER 0x0a0000fe

static struct pins pins;
static struct dhcp4_client client;
static struct dhcp4_config config;

static struct hwaddr hw(uint8_t last)
{
	return (struct hwaddr){ 6, { 2, 0, 0, 0, 0, last } };
}

static struct network_id name(const char *text)
{
	struct network_id id = { .size = (uint8_t)strlen(text) };

	memcpy(id.bytes, text, id.size);
	return id;
}

/* A lease of SERVER behind a router that is known, in use. */
static void setup(void)
{
	memset(&pins, 0, sizeof(pins));
	memset(&client, 0, sizeof(client));
	memset(&config, 0, sizeof(config));
	config.hardware_type = ARP_HTYPE_ETHERNET;
	config.hwaddr = hw(1);
	config.known_networks = true;
	config.server_pin = SERVER_PIN_LEARN;
	client.state = DHCP4_STATE_BOUND;
	client.tenure = DHCP4_TENURE_HELD;
	client.lease.server_id = SERVER;
	client.lease.server_hw = hw(9);
	client.lease.router = ROUTER;
	client.lease.router_hw = hw(8);
}

static enum pin_note note(void)
{
	return pins_note(&pins, &client, &config);
}

static enum pin_verdict judge(ipv4_addr id, uint8_t last)
{
	const struct pin_server server = { id, hw(last) };

	return pins_judge(&pins, &client, &config, &server);
}

START_TEST(first_server_is_learned)
{
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_NONE);
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert(pins.changed);
	pins.changed = false;
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	ck_assert(!pins.changed);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_STRANGER);
	ck_assert_int_eq(judge(SERVER, 10), PIN_VERDICT_STRANGER);
	/* Who does not name itself is known by where it came from. */
	ck_assert_int_eq(judge(IPV4_ANY, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(IPV4_ANY, 10), PIN_VERDICT_STRANGER);
}
END_TEST

START_TEST(another_one_is_told_and_learned)
{
	note();
	client.lease.server_hw = hw(10);
	ck_assert_int_eq(note(), PIN_NOTE_OTHER);
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(SERVER, 10), PIN_VERDICT_KNOWN);
	/* The oldest goes first. */
	for (uint8_t i = 11; i < 9 + 1 + PINS_SERVERS_MAX; i++) {
		client.lease.server_hw = hw(i);
		ck_assert_int_eq(note(), PIN_NOTE_OTHER);
	}
	ck_assert_uint_eq(pins.networks[0].count, PINS_SERVERS_MAX);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_STRANGER);
	ck_assert_int_eq(judge(SERVER, 10), PIN_VERDICT_KNOWN);
}
END_TEST

START_TEST(strict_learns_the_first_alone)
{
	config.server_pin = SERVER_PIN_STRICT;
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	pins.changed = false;
	client.lease.server_id = OTHER;
	ck_assert_int_eq(note(), PIN_NOTE_OTHER);
	ck_assert(!pins.changed);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_STRANGER);
	pins_forget(&pins);
	ck_assert(pins.changed);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_NONE);
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_KNOWN);
}
END_TEST

/* What tells a network is on its way: nothing is said of the wrong one. */
START_TEST(router_is_waited_for)
{
	client.lease.router_hw.size = 0;
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	ck_assert_uint_eq(pins.count, 0);
	/* Nobody will ask; or there is none; or the name tells it. */
	config.known_networks = false;
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	config.known_networks = true;
	client.lease.router = IPV4_ANY;
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	client.lease.router = ROUTER;
	client.lease.network = name("home");
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_uint_eq(pins.count, 2);
}
END_TEST

START_TEST(networks_have_their_own)
{
	note();
	client.lease.router_hw = hw(7);
	client.lease.server_id = OTHER;
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_NONE);
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_STRANGER);
	client.lease.router_hw = hw(8);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_STRANGER);
	/* Another address of a router is another router. */
	client.lease.router = ROUTER - 1;
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_NONE);
}
END_TEST

/* Where it is not known where we are, the servers of all networks count. */
START_TEST(anywhere_all_count)
{
	note();
	client.lease.router_hw = hw(7);
	client.lease.server_id = OTHER;
	note();
	client.state = DHCP4_STATE_SELECTING;
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(OTHER, 3), PIN_VERDICT_STRANGER);
	/* A router that answers tells. */
	client.attach.phase = ATTACH_PHASE_CONFIRMED;
	client.attach.node[0].router = ROUTER;
	client.attach.node[0].router_hw = hw(8);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_STRANGER);
	/* And so does somebody who names the network. */
	config.network = name("cafe");
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_NONE);
	/* A lease that tells nothing is not a place. */
	config.network.size = 0;
	client.attach.phase = ATTACH_PHASE_IDLE;
	client.state = _i ? DHCP4_STATE_RENEWING : DHCP4_STATE_REBINDING;
	client.lease.router_hw.size = 0;
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	client.lease.network = name("cafe");
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_NONE);
}
END_TEST

START_TEST(names_win)
{
	note();
	/* The network got a name: it is the same one. */
	client.lease.network = config.network = name("home");
	pins.changed = false;
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	ck_assert(pins.changed);
	ck_assert_uint_eq(pins.count, 1);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_STRANGER);
	/* Its router was replaced. */
	client.lease.router_hw = hw(6);
	pins.changed = false;
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	ck_assert(pins.changed);
	ck_assert_uint_eq(pins.count, 1);
	/* The same router under another name is another network's. */
	client.lease.network = config.network = name("cafe");
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_NONE);
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_uint_eq(pins.count, 2);
	/* A name without a router is not the network without either. */
	client.lease.router = IPV4_ANY;
	client.lease.router_hw.size = 0;
	client.lease.network.size = 0;
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_uint_eq(pins.count, 3);
}
END_TEST

/* One that has neither name nor router is not each one that has. */
START_TEST(a_router_tells_it_from_none)
{
	client.lease.router = IPV4_ANY;
	client.lease.router_hw.size = 0;
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	client.lease.router = ROUTER;
	client.lease.router_hw = hw(8);
	ck_assert_int_eq(judge(OTHER, 9), PIN_VERDICT_NONE);
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_uint_eq(pins.count, 2);
}
END_TEST

START_TEST(least_used_network_goes)
{
	for (uint8_t i = 0; i < PINS_NETWORKS_MAX; i++) {
		client.lease.router_hw = hw((uint8_t)(100 + i));
		ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	}
	client.lease.router_hw = hw(100);
	ck_assert_int_eq(note(), PIN_NOTE_NOTHING);
	client.lease.router_hw = hw(200);
	ck_assert_int_eq(note(), PIN_NOTE_FIRST);
	ck_assert_uint_eq(pins.count, PINS_NETWORKS_MAX);
	client.lease.router_hw = hw(100);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_KNOWN);
	client.lease.router_hw = hw(101);
	ck_assert_int_eq(judge(SERVER, 9), PIN_VERDICT_NONE);
}
END_TEST

Suite *test_pins_suite(void)
{
	Suite *suite = suite_create("pins");
	TCase *tcase = tcase_create("pins");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, first_server_is_learned);
	tcase_add_test(tcase, another_one_is_told_and_learned);
	tcase_add_test(tcase, strict_learns_the_first_alone);
	tcase_add_test(tcase, router_is_waited_for);
	tcase_add_test(tcase, networks_have_their_own);
	tcase_add_loop_test(tcase, anywhere_all_count, 0, 2);
	tcase_add_test(tcase, names_win);
	tcase_add_test(tcase, a_router_tells_it_from_none);
	tcase_add_test(tcase, least_used_network_goes);
	suite_add_tcase(suite, tcase);
	return suite;
}
