/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of addresses besides a lease: a puppet does each thing wrong that a
 * client could, and the oracle notices; done right, none complains.
 */
#include <check.h>
#include <string.h>

#include "unit/puppet.h"

Suite *test_sim_judge_fallback_suite(void);

#define FIRST  0xa9fe0102
#define SECOND 0xa9fe0103
#define OWN    0x0aff0001

static struct sim_network network;
static struct judge *judge;
static struct puppet puppet, other_puppet;
static struct puppet *const p = &puppet;

static void setup(void)
{
	static const uint8_t seed[32] = { 'l', 'l' };

	sim_network_init(&network, seed, S(1000));
	judge = judge_new(&network);
	puppet_init(p, &network, judge, "host");
	p->port->iface.config.fallback.mode = FALLBACK_MODE_ALWAYS;
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

static void check_blamed(void)
{
	judge_check_blamed(judge, "fallback");
}

static void pass(nsec duration)
{
	sim_clock_run(&network.clock, network.clock.now + duration);
}

/* It was all right until now, and is found when a little time has passed. */
static void check_missed(void)
{
	check_fine();
	pass(MS(10));
	check_blamed();
}

/* ---- a client without fault ------------------------------------------------ */

static void probe(ipv4_addr address)
{
	puppet_send_arp(p, IPV4_ANY, address);
}

static void announce(ipv4_addr address)
{
	puppet_send_arp(p, address, address);
}

static void claim(ipv4_addr address)
{
	puppet_hear_arp(p, ARP_OP_REPLY, address, SERVER);
}

/* The kernel has it, with this prefix; 0: none. */
static void has(struct puppet *whose, ipv4_addr address, uint8_t prefix_length)
{
	struct sim_watch *watch = whose->host->watches;
	ipv4_addr before = whose->port->fallback.address;

	whose->port->fallback.address = address;
	whose->port->fallback.prefix_length = prefix_length;
	watch->fallback(watch, whose->port, before);
}

static void use(ipv4_addr address)
{
	has(p, address, 16);
}

static void pass_probes(ipv4_addr address)
{
	for (unsigned i = 0; i < 3; i++) {
		pass(MS(1500));
		probe(address);
	}
	pass(S(2));
}

static void to_use(void)
{
	puppet_bind(p);
	pass_probes(FIRST);
	announce(FIRST);
	use(FIRST);
	pass(S(2));
	announce(FIRST);
	pass(S(60));
	check_fine();
}

START_TEST(done_right_it_is_fine)
{
	to_use();
	claim(FIRST);
	announce(FIRST);
	pass(S(11));
	claim(FIRST);
	announce(FIRST);
	claim(FIRST);
	use(IPV4_ANY);
	pass_probes(SECOND);
	announce(SECOND);
	use(SECOND);
	pass(S(2));
	announce(SECOND);
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	use(IPV4_ANY);
	pass(S(20));
	check_fine();
}
END_TEST

START_TEST(what_a_crash_left_is_used_on)
{
	to_use();
	p->port->fallback.stored = FIRST;
	p->port->fallback.stored_boot = p->host->boots;
	puppet_kill(p);
	pass(S(1));
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
	probe(FIRST);
	pass(S(1));
	use(IPV4_ANY);
	use(FIRST);
	check_fine();
	claim(FIRST);
	check_missed();
}
END_TEST

/* No process knows that it is there. */
START_TEST(what_a_full_disk_left_is_nobodys_fault)
{
	to_use();
	puppet_kill(p);
	p->port->iface.config.fallback.mode = FALLBACK_MODE_OFF;
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
	pass(S(1));
	check_fine();
}
END_TEST

/* ---- faults -------------------------------------------------------------------- */

START_TEST(nobody_asked_for_it)
{
	p->port->iface.config.fallback.mode = FALLBACK_MODE_OFF;
	puppet_bind(p);
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(there_is_a_lease)
{
	p->port->iface.config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	puppet_bind(p);
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(there_was_no_silence)
{
	p->port->iface.config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(it_is_reserved)
{
	puppet_bind(p);
	probe(0xa9fe0007);
	check_blamed();
}
END_TEST

START_TEST(it_is_not_what_was_configured)
{
	p->port->iface.config.fallback =
		(struct fallback_config){ FALLBACK_MODE_STATIC, OWN, 24, 0 };
	puppet_bind(p);
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(nothing_is_probed)
{
	puppet_bind(p);
	pass(S(9));
	check_fine();
	pass(S(2));
	check_blamed();
}
END_TEST

START_TEST(a_probe_comes_too_soon)
{
	puppet_bind(p);
	probe(FIRST);
	pass(MS(999));
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(a_probe_is_missing)
{
	puppet_bind(p);
	probe(FIRST);
	pass(S(2));
	check_missed();
}
END_TEST

START_TEST(it_is_probed_a_fourth_time)
{
	puppet_bind(p);
	pass_probes(FIRST);
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(it_is_used_too_soon)
{
	puppet_bind(p);
	pass_probes(FIRST);
	check_fine();
	has(p, IPV4_ANY, 0);
	puppet_carrier(p, false);
	use(FIRST);
	check_blamed();
}
END_TEST

START_TEST(it_is_used_unchecked)
{
	puppet_bind(p);
	probe(FIRST);
	use(FIRST);
	check_blamed();
}
END_TEST

START_TEST(it_is_not_used)
{
	puppet_bind(p);
	pass_probes(FIRST);
	announce(FIRST);
	pass(S(1));
	check_blamed();
}
END_TEST

START_TEST(its_prefix_is_wrong)
{
	puppet_bind(p);
	pass_probes(FIRST);
	has(p, FIRST, 24);
	check_blamed();
}
END_TEST

START_TEST(it_is_announced_unchecked)
{
	puppet_bind(p);
	probe(FIRST);
	announce(FIRST);
	check_blamed();
}
END_TEST

START_TEST(it_is_announced_a_third_time)
{
	to_use();
	announce(FIRST);
	check_blamed();
}
END_TEST

START_TEST(it_is_announced_again_too_soon)
{
	puppet_bind(p);
	pass_probes(FIRST);
	announce(FIRST);
	use(FIRST);
	pass(S(1));
	announce(FIRST);
	check_blamed();
}
END_TEST

START_TEST(somebody_has_what_is_probed)
{
	puppet_bind(p);
	probe(FIRST);
	puppet_hear_arp(p, ARP_OP_REQUEST, IPV4_ANY, FIRST);
	pass(S(1));
	probe(FIRST);
	check_blamed();
}
END_TEST

START_TEST(another_one_is_tried_for_nothing)
{
	puppet_bind(p);
	probe(FIRST);
	pass(S(1));
	probe(SECOND);
	check_blamed();
}
END_TEST

START_TEST(after_many_conflicts_it_goes_on_too_fast)
{
	puppet_bind(p);
	for (ipv4_addr i = 0; i < 11; i++) {
		probe(FIRST + i);
		claim(FIRST + i);
		pass(S(1));
	}
	check_fine();
	probe(FIRST + 11);
	check_blamed();
}
END_TEST

START_TEST(a_claim_is_not_answered)
{
	to_use();
	claim(FIRST);
	check_missed();
}
END_TEST

START_TEST(a_second_claim_is_not_believed)
{
	to_use();
	claim(FIRST);
	announce(FIRST);
	claim(FIRST);
	check_missed();
}
END_TEST

START_TEST(it_outlives_its_carrier)
{
	to_use();
	puppet_carrier(p, false);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	check_missed();
}
END_TEST

START_TEST(it_is_used_on_after_a_sleep)
{
	to_use();
	puppet_event(p, SIM_EVENT_SUSPENDED);
	pass(S(100));
	puppet_event(p, SIM_EVENT_RESUMED);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
	check_missed();
}
END_TEST

START_TEST(it_tells_who_an_anonymous_one_was)
{
	to_use();
	p->port->iface.config.anonymous = true;
	puppet_event(p, SIM_EVENT_HWADDR_CHANGED);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	check_missed();
}
END_TEST

/* Nothing was lost on the way: the second one must have heard the first one. */
START_TEST(two_have_it)
{
	struct sim_interface *wall = sim_interface_peer(p->port->interface);
	struct puppet *q = &other_puppet;

	puppet_init(q, &network, judge, "other");
	sim_link_move(q->link, sim_interface_peer(q->port->interface),
		      sim_interface_add(wall->device, "second"));
	q->port->iface.config.fallback.mode = FALLBACK_MODE_ALWAYS;
	q->values.xid = 100;
	to_use();
	puppet_start(q);
	q->port->fallback.address = FIRST;
	use(IPV4_ANY);
	use(FIRST);
	check_blamed();
}
END_TEST

Suite *test_sim_judge_fallback_suite(void)
{
	Suite *suite = suite_create("sim_judge_fallback");
	TCase *tests = tcase_create("sim_judge_fallback");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, done_right_it_is_fine);
	tcase_add_test(tests, what_a_crash_left_is_used_on);
	tcase_add_test(tests, what_a_full_disk_left_is_nobodys_fault);
	tcase_add_test(tests, nobody_asked_for_it);
	tcase_add_test(tests, there_is_a_lease);
	tcase_add_test(tests, there_was_no_silence);
	tcase_add_test(tests, it_is_reserved);
	tcase_add_test(tests, it_is_not_what_was_configured);
	tcase_add_test(tests, nothing_is_probed);
	tcase_add_test(tests, a_probe_comes_too_soon);
	tcase_add_test(tests, a_probe_is_missing);
	tcase_add_test(tests, it_is_probed_a_fourth_time);
	tcase_add_test(tests, it_is_used_too_soon);
	tcase_add_test(tests, it_is_used_unchecked);
	tcase_add_test(tests, it_is_not_used);
	tcase_add_test(tests, its_prefix_is_wrong);
	tcase_add_test(tests, it_is_announced_unchecked);
	tcase_add_test(tests, it_is_announced_a_third_time);
	tcase_add_test(tests, it_is_announced_again_too_soon);
	tcase_add_test(tests, somebody_has_what_is_probed);
	tcase_add_test(tests, another_one_is_tried_for_nothing);
	tcase_add_test(tests, after_many_conflicts_it_goes_on_too_fast);
	tcase_add_test(tests, a_claim_is_not_answered);
	tcase_add_test(tests, a_second_claim_is_not_believed);
	tcase_add_test(tests, it_outlives_its_carrier);
	tcase_add_test(tests, it_is_used_on_after_a_sleep);
	tcase_add_test(tests, it_tells_who_an_anonymous_one_was);
	tcase_add_test(tests, two_have_it);
	suite_add_tcase(suite, tests);
	return suite;
}
