/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of known networks: a puppet does each thing wrong that a client could,
 * and one oracle notices; done right, none complains.
 */
#include <check.h>
#include <string.h>

#include "unit/puppet.h"

Suite *test_sim_judge_known_suite(void);

static struct sim_network network;
static struct judge *judge;
static struct puppet puppet;
static struct puppet *const p = &puppet;

static void setup(void)
{
	static const uint8_t seed[32] = { 'k', 'n', 'o', 'w' };

	sim_network_init(&network, seed, S(1000));
	judge = judge_new(&network);
	puppet_init(p, &network, judge, "host");
	p->port->iface.config.known_networks = true;
}

static void teardown(void)
{
	judge_free(judge);
	sim_network_free(&network);
}

static void check_fine(void)
{
	judge_check_fine(judge);
}

static void check_blamed(const char *oracle)
{
	judge_check_blamed(judge, oracle);
}

static void ask(void)
{
	puppet_send_arp(p, CLIENT, SERVER);
}

static void answer(void)
{
	puppet_hear_arp(p, ARP_OP_REPLY, SERVER, CLIENT);
}

static void attached(void)
{
	puppet_notice(p, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_ATTACHED,
						.address = CLIENT,
						.server = SERVER });
}

/* Leased; its router was asked, has answered, and is stored. */
static void settle(void)
{
	puppet_bind(p);
	ask();
	answer();
	p->lease.router = SERVER;
	p->lease.router_hw = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x77 } };
	puppet_store(p);
	check_fine();
}

/* The carrier is back, and the REQUEST out. */
static void to_rebooting(void)
{
	settle();
	puppet_at(p, S(100));
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_at(p, S(110));
	puppet_carrier(p, true);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
	check_fine();
}

START_TEST(a_client_without_fault)
{
	to_rebooting();
	ask();
	answer();
	attached();
	puppet_enter(p, DHCP4_STATE_BOUND);
	puppet_at(p, S(112));
	check_fine();
	/* The answer of DHCP still counts. */
	puppet_hear_type(p, DHCP4_TYPE_NAK);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_forget(p);
	puppet_enter(p, DHCP4_STATE_INIT);
	check_fine();
}
END_TEST

START_TEST(asks_though_it_was_not_told_to)
{
	p->port->iface.config.known_networks = false;
	puppet_bind(p);
	ask();
	check_blamed("known");
}
END_TEST

START_TEST(asks_somebody_else)
{
	puppet_bind(p);
	puppet_send_arp(p, CLIENT, OTHER);
	check_blamed("known");
}
END_TEST

START_TEST(asks_to_learn_a_fourth_time)
{
	puppet_bind(p);
	for (unsigned i = 0; i < 3; i++)
		ask();
	check_fine();
	ask();
	check_blamed("known");
}
END_TEST

START_TEST(asks_about_what_is_not_stored)
{
	to_rebooting();
	puppet_send_arp(p, CLIENT_2, SERVER);
	check_blamed("known");
}
END_TEST

START_TEST(asks_a_fourth_time)
{
	to_rebooting();
	for (unsigned i = 0; i < 3; i++)
		ask();
	check_fine();
	ask();
	check_blamed("known");
}
END_TEST

START_TEST(tests_twice_a_second)
{
	to_rebooting();
	ask();
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_at(p, S(110) + MS(900));
	puppet_carrier(p, true);
	ask();
	check_blamed("known");
}
END_TEST

START_TEST(is_confirmed_by_nobody)
{
	to_rebooting();
	ask();
	attached();
	check_blamed("known");
}
END_TEST

START_TEST(is_confirmed_by_another_hardware_address)
{
	puppet_bind(p);
	p->lease.router = SERVER;
	p->lease.router_hw = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x78 } };
	puppet_store(p);
	puppet_at(p, S(100));
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_carrier(p, true);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
	ask();
	answer();
	check_fine();
	attached();
	check_blamed("known");
}
END_TEST

START_TEST(does_not_see_that_it_is_confirmed)
{
	to_rebooting();
	ask();
	answer();
	puppet_at(p, S(111));
	check_blamed("agree");
}
END_TEST

START_TEST(keeps_a_file_that_must_go)
{
	struct reply nak;

	to_rebooting();
	ask();
	nak = puppet_reply(p, DHCP4_TYPE_NAK);
	nak.server_id = OTHER;
	puppet_hear(p, &nak);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(111));
	check_fine();
	/* It is this network after all. */
	answer();
	puppet_at(p, S(112));
	check_blamed("file");
}
END_TEST

/* Confirmed by the router, sent back to the same question, and refused. */
static void be_refused_a_moment_later(void)
{
	struct reply nak;

	to_rebooting();
	puppet_at(p, S(110) + MS(500));
	ask();
	answer();
	attached();
	puppet_enter(p, DHCP4_STATE_BOUND);
	puppet_at(p, S(111) + MS(200));
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_carrier(p, true);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
	nak = puppet_reply(p, DHCP4_TYPE_NAK);
	nak.server_id = OTHER;
	puppet_hear(p, &nak);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(111) + MS(600));
	check_fine();
}

/* Two tests are a second apart: the router is not asked yet. */
START_TEST(a_file_stays_until_its_router_was_asked)
{
	be_refused_a_moment_later();
	ask();
	answer();
	puppet_forget(p);
	puppet_at(p, S(112));
	check_fine();
}
END_TEST

START_TEST(keeps_a_file_whose_router_was_asked_late)
{
	be_refused_a_moment_later();
	ask();
	answer();
	puppet_at(p, S(112));
	check_blamed("file");
}
END_TEST

Suite *test_sim_judge_known_suite(void)
{
	Suite *suite = suite_create("sim_judge_known");
	TCase *tcase = tcase_create("sim_judge_known");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_client_without_fault);
	tcase_add_test(tcase, asks_though_it_was_not_told_to);
	tcase_add_test(tcase, asks_somebody_else);
	tcase_add_test(tcase, asks_to_learn_a_fourth_time);
	tcase_add_test(tcase, asks_about_what_is_not_stored);
	tcase_add_test(tcase, asks_a_fourth_time);
	tcase_add_test(tcase, tests_twice_a_second);
	tcase_add_test(tcase, is_confirmed_by_nobody);
	tcase_add_test(tcase, is_confirmed_by_another_hardware_address);
	tcase_add_test(tcase, does_not_see_that_it_is_confirmed);
	tcase_add_test(tcase, keeps_a_file_that_must_go);
	tcase_add_test(tcase, a_file_stays_until_its_router_was_asked);
	tcase_add_test(tcase, keeps_a_file_whose_router_was_asked_late);
	suite_add_tcase(suite, tcase);
	return suite;
}
