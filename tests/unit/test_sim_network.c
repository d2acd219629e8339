/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated network: links and their weather, ARP, pings, switches. */
#include <check.h>
#include <string.h>

#include "sim/network.h"
#include "unit/support.h"

Suite *test_sim_network_suite(void);

static const uint8_t seed[32] = { 1, 2, 3 };
static struct sim_network network;

static void setup(void)
{
	sim_network_init(&network, seed, S(1000));
}

static void teardown(void)
{
	sim_network_free(&network);
}

/* A station that answers ARP and pings, on its own device. */
static struct sim_interface *station(const char *name, ipv4_addr address)
{
	struct sim_interface *interface =
		sim_interface_add(sim_device_add(&network, name), "eth0");

	sim_interface_set_address(interface, address, 24);
	sim_arp_add(interface);
	sim_echo_add(interface);
	return interface;
}

/* Counts what it sees. */
struct counter {
	struct sim_tap tap;
	unsigned sent, received, pongs;
};

static void count(struct sim_tap *tap, struct sim_interface *interface,
		  const struct sim_frame *frame, bool sent)
{
	struct counter *counter = (struct counter *)(void *)tap;

	(void)interface;
	if (sent)
		counter->sent++;
	else
		counter->received++;
	if (!sent && sim_is_pong(frame, 0x0a000002, 7))
		counter->pongs++;
}

START_TEST(ping_crosses_a_link)
{
	struct sim_interface *a = station("a", 0x0a000001);
	struct sim_interface *b = station("b", 0x0a000002);
	struct counter counter = { .tap = { .frame = count } };

	sim_link_join(a, b);
	sim_tap_add(a, &counter.tap);
	sim_ping(a, 0x0a000002, 7);
	sim_clock_run(&network.clock, S(1001));
	ck_assert_uint_eq(counter.pongs, 1);
}
END_TEST

Suite *test_sim_network_suite(void)
{
	Suite *suite = suite_create("sim_network");
	TCase *tcase = tcase_create("sim_network");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, ping_crosses_a_link);
	suite_add_tcase(suite, tcase);
	return suite;
}
