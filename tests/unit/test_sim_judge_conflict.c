/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of conflict detection: a puppet does each thing wrong that a client
 * could, and one oracle notices; done right, none complains.
 */
#include <check.h>
#include <string.h>

#include "unit/puppet.h"

Suite *test_sim_judge_conflict_suite(void);

static struct sim_network network;
static struct judge *judge;
static struct puppet puppet;
static struct puppet *const p = &puppet;

static void setup(void)
{
	static const uint8_t seed[32] = { 'a', 'c', 'd' };

	sim_network_init(&network, seed, S(1000));
	judge = judge_new(&network);
	puppet_init(p, &network, judge, "host");
	p->port->iface.config.acd = ACD_MODE_FAST;
	p->port->iface.config.acd_defence = ACD_DEFENCE_ONCE;
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

/* It has found something, and this oracle was the first. */
static void check_blamed(const char *oracle)
{
	judge_check_blamed(judge, oracle);
}

/* It was all right until now, and is found when a little time has passed. */
static void check_missed(const char *oracle)
{
	check_fine();
	sim_clock_run(&network.clock, network.clock.now + MS(10));
	check_blamed(oracle);
}

/* ---- a client without fault ------------------------------------------------ */

static void probe(void)
{
	puppet_send_arp(p, IPV4_ANY, CLIENT);
}

static void announce(void)
{
	puppet_send_arp(p, CLIENT, CLIENT);
}

static void claim(void)
{
	puppet_hear_arp(p, ARP_OP_REPLY, CLIENT, SERVER);
}

/* At 0 s the REQUEST has left. */
static void to_requesting(enum acd_mode mode)
{
	p->port->iface.config.acd = mode;
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	puppet_enter(p, DHCP4_STATE_REQUESTING);
}

static void use(void)
{
	puppet_configure(p, S(1000) + S(PUPPET_LEASE_S));
	puppet_store(p);
	puppet_enter(p, DHCP4_STATE_BOUND);
	puppet_notice(p, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_READY });
}

/* puppet_take_ack() has the lease; its effects come later. */
static void take_ack(void)
{
	puppet_hear_type(p, DHCP4_TYPE_ACK);
	puppet_note_lease(p);
}

/* PROBING, and the first probe has left. */
static void to_probing(void)
{
	to_requesting(ACD_MODE_FAST);
	probe();
	take_ack();
	puppet_enter(p, DHCP4_STATE_PROBING);
}

/* All three have left; the address is free at 190 ms. */
static void to_last_probe(void)
{
	to_probing();
	puppet_at(p, MS(60));
	probe();
	puppet_at(p, MS(120));
	probe();
}

/* In use, and announced once. */
static void to_bound(void)
{
	to_last_probe();
	puppet_at(p, MS(190));
	announce();
	use();
}

/* In use, and all is said. */
static void settle(void)
{
	to_bound();
	puppet_at(p, MS(2190));
	announce();
	puppet_at(p, S(20));
	check_fine();
}

START_TEST(fast_is_fine)
{
	settle();
	puppet_hear_arp(p, ARP_OP_REQUEST, IPV4_ANY, CLIENT);
	puppet_hear_arp(p, ARP_OP_REPLY, CLIENT_2, CLIENT);
	claim();
	announce();
	puppet_at(p, S(400));
	check_fine();
}
END_TEST

START_TEST(strict_is_fine)
{
	to_requesting(ACD_MODE_STRICT);
	take_ack();
	puppet_enter(p, DHCP4_STATE_PROBING);
	puppet_at(p, MS(900));
	probe();
	puppet_at(p, MS(2000));
	probe();
	puppet_at(p, MS(3900));
	probe();
	puppet_at(p, MS(5900));
	announce();
	use();
	puppet_at(p, MS(7900));
	announce();
	puppet_at(p, S(20));
	check_fine();
	/* The link is lost: not used until it was probed again. */
	puppet_carrier(p, false);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_at(p, S(30));
	check_fine();
}
END_TEST

START_TEST(optimistic_is_fine)
{
	to_requesting(ACD_MODE_OPTIMISTIC);
	take_ack();
	probe();
	use();
	puppet_at(p, S(1));
	probe();
	puppet_at(p, S(3));
	probe();
	puppet_at(p, S(5));
	announce();
	puppet_at(p, S(7));
	announce();
	puppet_at(p, S(20));
	check_fine();
}
END_TEST

/* The lease is lost, as it should be: DECLINE, and the rest of it. */
static void lose(void)
{
	puppet_send_first(p, DHCP4_REQUEST_DECLINE);
	if (p->port->kernel.address) {
		puppet_withdraw(p, SIM_CAUSE_DAEMON);
		puppet_forget(p);
	}
	puppet_enter(p, DHCP4_STATE_INIT);
}

START_TEST(conflicts_are_fine)
{
	settle();
	claim();
	announce();
	puppet_at(p, S(29));
	claim();
	lose();
	puppet_at(p, S(39));
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(42));
	check_fine();
}
END_TEST

START_TEST(conflict_before_the_ack_is_fine)
{
	to_requesting(ACD_MODE_FAST);
	probe();
	claim();
	puppet_at(p, S(1));
	puppet_hear_type(p, DHCP4_TYPE_ACK);
	puppet_enter(p, DHCP4_STATE_PROBING);
	lose();
	puppet_at(p, S(11));
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(12));
	check_fine();
}
END_TEST

/* ---- what is wrong ---------------------------------------------------------- */

START_TEST(used_before_it_was_probed)
{
	to_last_probe();
	puppet_at(p, MS(189));
	check_fine();
	use();
	check_blamed("expiry");
}
END_TEST

START_TEST(not_used_though_it_was_probed)
{
	to_last_probe();
	puppet_at(p, MS(190));
	announce();
	check_missed("agree");
}
END_TEST

START_TEST(not_probed_at_all)
{
	to_requesting(ACD_MODE_FAST);
	check_missed("conflict");
}
END_TEST

START_TEST(probed_twice)
{
	to_probing();
	puppet_at(p, MS(60));
	probe();
	puppet_at(p, MS(125));
	check_missed("conflict");
}
END_TEST

START_TEST(probed_too_fast)
{
	to_probing();
	puppet_at(p, MS(54));
	probe();
	check_blamed("conflict");
}
END_TEST

START_TEST(probed_a_fourth_time)
{
	to_last_probe();
	puppet_at(p, MS(180));
	probe();
	check_blamed("conflict");
}
END_TEST

START_TEST(probes_of_another_address)
{
	to_requesting(ACD_MODE_FAST);
	puppet_send_arp(p, IPV4_ANY, CLIENT_2);
	check_blamed("conflict");
}
END_TEST

START_TEST(asks_with_an_address)
{
	to_requesting(ACD_MODE_FAST);
	puppet_send_arp(p, CLIENT_2, CLIENT);
	check_blamed("known");
}
END_TEST

START_TEST(probed_though_it_is_taken)
{
	to_requesting(ACD_MODE_FAST);
	probe();
	claim();
	puppet_at(p, MS(60));
	check_fine();
	probe();
	check_blamed("conflict");
}
END_TEST

START_TEST(announced_before_it_was_probed)
{
	to_probing();
	announce();
	check_blamed("conflict");
}
END_TEST

START_TEST(announced_once)
{
	to_bound();
	puppet_at(p, MS(2190));
	check_missed("conflict");
}
END_TEST

START_TEST(announced_too_fast)
{
	to_bound();
	puppet_at(p, MS(2189));
	announce();
	check_blamed("conflict");
}
END_TEST

START_TEST(announced_three_times)
{
	settle();
	announce();
	check_blamed("conflict");
}
END_TEST

START_TEST(not_announced)
{
	to_last_probe();
	puppet_at(p, MS(190));
	use();
	check_missed("conflict");
}
END_TEST

START_TEST(not_defended)
{
	settle();
	claim();
	check_missed("conflict");
}
END_TEST

START_TEST(defended_once_too_often)
{
	settle();
	claim();
	announce();
	puppet_at(p, S(29));
	claim();
	check_fine();
	announce();
	check_blamed("conflict");
}
END_TEST

START_TEST(not_declined)
{
	to_probing();
	claim();
	puppet_enter(p, DHCP4_STATE_INIT);
	check_missed("conflict");
}
END_TEST

START_TEST(declined_for_no_reason)
{
	to_probing();
	puppet_send_first(p, DHCP4_REQUEST_DECLINE);
	check_blamed("timing");
}
END_TEST

START_TEST(asks_again_too_soon)
{
	to_probing();
	claim();
	lose();
	puppet_at(p, S(9));
	check_fine();
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	check_blamed("timing");
}
END_TEST

/* Offered again, it is as if nobody had said a word. */
START_TEST(takes_what_was_declined)
{
	to_probing();
	claim();
	lose();
	puppet_at(p, S(10));
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	check_fine();
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	check_blamed("tables");
}
END_TEST

START_TEST(still_used_after_a_conflict)
{
	settle();
	p->port->iface.config.acd_defence = ACD_DEFENCE_NEVER;
	claim();
	puppet_send_first(p, DHCP4_REQUEST_DECLINE);
	puppet_forget(p);
	puppet_enter(p, DHCP4_STATE_INIT);
	check_missed("expiry");
}
END_TEST

START_TEST(not_withdrawn_by_strict)
{
	settle();
	p->port->iface.config.acd = ACD_MODE_STRICT;
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	check_missed("expiry");
}
END_TEST

static TCase *fine_tests(void)
{
	TCase *tcase = tcase_create("fine");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, fast_is_fine);
	tcase_add_test(tcase, strict_is_fine);
	tcase_add_test(tcase, optimistic_is_fine);
	tcase_add_test(tcase, conflicts_are_fine);
	tcase_add_test(tcase, conflict_before_the_ack_is_fine);
	return tcase;
}

static TCase *arp_tests(void)
{
	TCase *tcase = tcase_create("arp");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, used_before_it_was_probed);
	tcase_add_test(tcase, not_used_though_it_was_probed);
	tcase_add_test(tcase, not_probed_at_all);
	tcase_add_test(tcase, probed_twice);
	tcase_add_test(tcase, probed_too_fast);
	tcase_add_test(tcase, probed_a_fourth_time);
	tcase_add_test(tcase, probes_of_another_address);
	tcase_add_test(tcase, asks_with_an_address);
	tcase_add_test(tcase, probed_though_it_is_taken);
	tcase_add_test(tcase, announced_before_it_was_probed);
	tcase_add_test(tcase, announced_once);
	tcase_add_test(tcase, announced_too_fast);
	tcase_add_test(tcase, announced_three_times);
	tcase_add_test(tcase, not_announced);
	return tcase;
}

static TCase *conflict_tests(void)
{
	TCase *tcase = tcase_create("conflict");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, not_defended);
	tcase_add_test(tcase, defended_once_too_often);
	tcase_add_test(tcase, not_declined);
	tcase_add_test(tcase, declined_for_no_reason);
	tcase_add_test(tcase, asks_again_too_soon);
	tcase_add_test(tcase, takes_what_was_declined);
	tcase_add_test(tcase, still_used_after_a_conflict);
	tcase_add_test(tcase, not_withdrawn_by_strict);
	return tcase;
}

Suite *test_sim_judge_conflict_suite(void)
{
	Suite *suite = suite_create("sim_judge_conflict");

	suite_add_tcase(suite, fine_tests());
	suite_add_tcase(suite, arp_tests());
	suite_add_tcase(suite, conflict_tests());
	return suite;
}
