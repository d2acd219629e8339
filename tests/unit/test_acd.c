/* SPDX-License-Identifier: BSD-2-Clause */
/* Conflict detection by itself: what it sends, when, and what it makes of ARP. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/acd.h"

#define S(n)	(1000 * NSEC_PER_S + (nsec)(n)*NSEC_PER_S)
#define ADDRESS 0x0a000032
#define OTHER	0x0a000033

Suite *test_acd_suite(void);

static struct acd acd;
static struct prng prng;
static nsec now;

static void setup(void)
{
	uint8_t seed[32] = { 5 };

	memset(&acd, 0, sizeof(acd));
	prng_init(&prng, seed);
	now = S(0);
}

static void probe(enum acd_mode mode)
{
	acd_probe(&acd, mode, ADDRESS, &prng, now);
}

/* Goes to the next instant; nothing may be due before it. */
static struct acd_result tick(enum acd_mode mode)
{
	struct acd_result early;

	ck_assert(acd.next_at != NSEC_NEVER);
	if (acd.next_at > now) {
		early = acd_tick(&acd, mode, &prng, acd.next_at - 1);
		ck_assert(early.send == ACD_SEND_NONE &&
			  early.verdict == ACD_VERDICT_NONE);
		now = acd.next_at;
	}
	return acd_tick(&acd, mode, &prng, now);
}

/* Probes until the verdict; returns how long that took. */
static nsec pass(enum acd_mode mode)
{
	nsec began = now;

	probe(mode);
	for (unsigned i = 0; i < 3; i++) {
		struct acd_result r = tick(mode);

		ck_assert(r.send == ACD_SEND_PROBE);
		ck_assert(r.verdict == ACD_VERDICT_NONE);
	}
	ck_assert(tick(mode).verdict == ACD_VERDICT_PASSED);
	return now - began;
}

/* Passed, in use and announced. */
static void use(void)
{
	pass(ACD_MODE_FAST);
	acd_use(&acd, now);
	for (unsigned i = 0; i < 2; i++)
		ck_assert(tick(ACD_MODE_FAST).send == ACD_SEND_ANNOUNCEMENT);
}

static struct acd_result hear(uint16_t op, ipv4_addr sender, ipv4_addr target,
			      bool own, enum acd_defence defence)
{
	struct arp arp = { .op = op, .sender = sender, .target = target };

	return acd_hear(&acd, &arp, own, defence, now);
}

static enum acd_verdict claim(enum acd_defence defence)
{
	return hear(ARP_OP_REPLY, ADDRESS, OTHER, false, defence).verdict;
}

/* Covers: 5227-2.1.1-01 5227-2.1.1-02 5227-2.1.1-08 */
START_TEST(strict_probing_has_the_pace_of_the_rfc)
{
	nsec waits[2] = { NSEC_NEVER, 0 }, gaps[2] = { NSEC_NEVER, 0 };

	for (unsigned run = 0; run < 200; run++) {
		nsec last = now;

		probe(ACD_MODE_STRICT);
		for (unsigned i = 0; i < 3; i++) {
			nsec *range = i ? gaps : waits;

			ck_assert(tick(ACD_MODE_STRICT).send == ACD_SEND_PROBE);
			range[0] = nsec_min(range[0], now - last);
			range[1] = nsec_max(range[1], now - last);
			last = now;
		}
		ck_assert(tick(ACD_MODE_STRICT).verdict == ACD_VERDICT_PASSED);
		ck_assert_uint_eq(now - last, 2 * NSEC_PER_S);
	}
	ck_assert(waits[0] < 50 * NSEC_PER_MS);
	ck_assert(waits[1] > 950 * NSEC_PER_MS && waits[1] <= NSEC_PER_S);
	ck_assert(gaps[0] >= NSEC_PER_S && gaps[0] < 1050 * NSEC_PER_MS);
	ck_assert(gaps[1] > 1950 * NSEC_PER_MS && gaps[1] <= 2 * NSEC_PER_S);
}
END_TEST

START_TEST(fast_probing_ends_in_its_time)
{
	for (unsigned run = 0; run < 200; run++) {
		nsec taken = pass(ACD_MODE_FAST);

		ck_assert(taken <= ACD_FAST_NS);
		ck_assert(taken >= ACD_FAST_NS - 30 * NSEC_PER_MS);
	}
}
END_TEST

/* Covers: 5227-1.1-01 5227-1.1-02 2131-4.4.1-10 */
START_TEST(probe_names_no_sender_address)
{
	static const uint8_t hw[6] = { 2, 0, 0, 0, 0, 9 }, zero[6];
	uint8_t packet[ARP_SIZE];
	struct arp arp;

	probe(ACD_MODE_STRICT);
	acd_write(&acd, ACD_SEND_PROBE, hw, packet);
	ck_assert(arp_parse(packet, sizeof(packet), &arp));
	ck_assert_uint_eq(arp.op, ARP_OP_REQUEST);
	ck_assert_mem_eq(arp.sender_hw, hw, 6);
	ck_assert_mem_eq(arp.target_hw, zero, 6);
	ck_assert_uint_eq(arp.sender, 0);
	ck_assert_uint_eq(arp.target, ADDRESS);
	acd_write(&acd, ACD_SEND_ANNOUNCEMENT, hw, packet);
	ck_assert(arp_parse(packet, sizeof(packet), &arp));
	ck_assert_uint_eq(arp.op, ARP_OP_REQUEST);
	ck_assert_uint_eq(arp.sender, ADDRESS);
	ck_assert_uint_eq(arp.target, ADDRESS);
}
END_TEST

/* Covers: 5227-2.1.1-03 5227-2.1.1-04 */
START_TEST(claims_and_probes_of_others_are_conflicts_while_probing)
{
	static const struct {
		uint16_t op;
		ipv4_addr sender, target;
		enum acd_verdict verdict;
	} cases[] = {
		{ ARP_OP_REPLY, ADDRESS, 0, ACD_VERDICT_CONFLICT },
		{ ARP_OP_REPLY, ADDRESS, OTHER, ACD_VERDICT_CONFLICT },
		{ ARP_OP_REQUEST, ADDRESS, OTHER, ACD_VERDICT_CONFLICT },
		{ ARP_OP_REQUEST, ADDRESS, ADDRESS, ACD_VERDICT_CONFLICT },
		{ ARP_OP_REQUEST, 0, ADDRESS, ACD_VERDICT_CONFLICT },
		{ ARP_OP_REPLY, 0, ADDRESS, ACD_VERDICT_NONE },
		{ ARP_OP_REQUEST, 0, OTHER, ACD_VERDICT_NONE },
		{ ARP_OP_REQUEST, OTHER, ADDRESS, ACD_VERDICT_NONE },
		{ ARP_OP_REPLY, OTHER, ADDRESS, ACD_VERDICT_NONE },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned probes = 0; probes <= 3; probes++) {
			setup();
			probe(ACD_MODE_STRICT);
			for (unsigned n = 0; n < probes; n++)
				tick(ACD_MODE_STRICT);
			now = acd.next_at - 1;
			ck_assert_int_eq(hear(cases[i].op, cases[i].sender,
					      cases[i].target, false,
					      ACD_DEFENCE_ALWAYS)
						 .verdict,
					 cases[i].verdict);
		}
	}
}
END_TEST

/* Covers: 5227-2.1.1-05 */
START_TEST(own_packets_are_no_conflict)
{
	probe(ACD_MODE_STRICT);
	ck_assert(hear(ARP_OP_REQUEST, 0, ADDRESS, true, ACD_DEFENCE_ONCE).verdict ==
		  ACD_VERDICT_NONE);
	ck_assert(hear(ARP_OP_REPLY, ADDRESS, 0, true, ACD_DEFENCE_ONCE).verdict ==
		  ACD_VERDICT_NONE);
	ck_assert_uint_eq(acd.phase, ACD_PHASE_PROBING);
	acd_use(&acd, now);
	ck_assert(hear(ARP_OP_REPLY, ADDRESS, 0, true, ACD_DEFENCE_NEVER).verdict ==
		  ACD_VERDICT_NONE);
}
END_TEST

/* What passed is not in use yet, and may still be found to be somebody's. */
START_TEST(conflict_after_the_last_probe_counts_until_use)
{
	pass(ACD_MODE_FAST);
	ck_assert_uint_eq(acd.phase, ACD_PHASE_PASSED);
	ck_assert(acd.next_at == NSEC_NEVER);
	ck_assert(claim(ACD_DEFENCE_ALWAYS) == ACD_VERDICT_CONFLICT);
	ck_assert_uint_eq(acd.phase, ACD_PHASE_IDLE);
	ck_assert_uint_eq(acd.conflicts, 1);
}
END_TEST

/* Covers: 5227-2.3-01 5227-2.1-03 2131-4.4.1-11 */
START_TEST(use_is_announced_twice_and_then_there_is_silence)
{
	nsec first;

	pass(ACD_MODE_STRICT);
	acd_use(&acd, now);
	first = now;
	ck_assert(tick(ACD_MODE_STRICT).send == ACD_SEND_ANNOUNCEMENT);
	ck_assert_uint_eq(now, first);
	ck_assert(tick(ACD_MODE_STRICT).send == ACD_SEND_ANNOUNCEMENT);
	ck_assert_uint_eq(now, first + 2 * NSEC_PER_S);
	ck_assert(acd.next_at == NSEC_NEVER);
	ck_assert(acd_tick(&acd, ACD_MODE_STRICT, &prng, NSEC_NEVER - 1).send ==
		  ACD_SEND_NONE);
}
END_TEST

START_TEST(address_in_use_is_probed_and_only_then_announced)
{
	probe(ACD_MODE_OPTIMISTIC);
	acd_use(&acd, now);
	ck_assert_uint_eq(acd.next_at, now);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(tick(ACD_MODE_OPTIMISTIC).send == ACD_SEND_PROBE);
	ck_assert(tick(ACD_MODE_OPTIMISTIC).verdict == ACD_VERDICT_PASSED);
	ck_assert(tick(ACD_MODE_OPTIMISTIC).send == ACD_SEND_ANNOUNCEMENT);
}
END_TEST

/* Covers: 5227-2.4-01 */
START_TEST(address_in_use_but_not_probed_yet_is_not_defended)
{
	probe(ACD_MODE_OPTIMISTIC);
	acd_use(&acd, now);
	ck_assert(claim(ACD_DEFENCE_ALWAYS) == ACD_VERDICT_CONFLICT);
}
END_TEST

/* Covers: 5227-2.4-01 5227-2.4-02 5227-2.4-03 */
START_TEST(second_conflict_within_ten_seconds_costs_the_address)
{
	use();
	ck_assert(hear(ARP_OP_REQUEST, ADDRESS, OTHER, false, ACD_DEFENCE_ONCE).send ==
		  ACD_SEND_ANNOUNCEMENT);
	now += 10 * NSEC_PER_S;
	ck_assert(claim(ACD_DEFENCE_ONCE) == ACD_VERDICT_DEFENDED);
	now += 10 * NSEC_PER_S - 1;
	ck_assert(claim(ACD_DEFENCE_ONCE) == ACD_VERDICT_CONFLICT);
	ck_assert(claim(ACD_DEFENCE_ONCE) == ACD_VERDICT_NONE);
}
END_TEST

/* Covers: 5227-2.4-01 5227-2.4-02 5227-2.4-03 */
START_TEST(address_is_defended_between_its_announcements)
{
	pass(ACD_MODE_FAST);
	acd_use(&acd, now);
	ck_assert(tick(ACD_MODE_FAST).send == ACD_SEND_ANNOUNCEMENT);
	now += NSEC_PER_S;
	ck_assert(hear(ARP_OP_REPLY, ADDRESS, OTHER, false, ACD_DEFENCE_ONCE).send ==
		  ACD_SEND_ANNOUNCEMENT);
	ck_assert(tick(ACD_MODE_FAST).send == ACD_SEND_ANNOUNCEMENT);
	ck_assert(claim(ACD_DEFENCE_ONCE) == ACD_VERDICT_CONFLICT);
}
END_TEST

START_TEST(address_that_is_never_defended_goes_at_once)
{
	use();
	ck_assert(claim(ACD_DEFENCE_NEVER) == ACD_VERDICT_CONFLICT);
}
END_TEST

/* Covers: 5227-2.4-04 */
START_TEST(address_that_is_always_defended_is_so_every_ten_seconds)
{
	unsigned sent = 0;

	use();
	for (unsigned i = 0; i < 200; i++) {
		struct acd_result r = hear(ARP_OP_REPLY, ADDRESS, OTHER, false,
					   ACD_DEFENCE_ALWAYS);

		ck_assert(r.verdict == ACD_VERDICT_DEFENDED);
		sent += r.send == ACD_SEND_ANNOUNCEMENT;
		now += NSEC_PER_S / 10;
	}
	ck_assert_uint_eq(sent, 2);
}
END_TEST

/* Devices that probe for who is there harm nobody. */
START_TEST(probes_of_others_never_cost_an_address_in_use)
{
	use();
	for (unsigned i = 0; i < 10; i++)
		ck_assert(hear(ARP_OP_REQUEST, 0, ADDRESS, false, ACD_DEFENCE_NEVER)
				  .verdict == ACD_VERDICT_NONE);
}
END_TEST

/* Five found by probes, five in use: a defence that failed counts as much. */
static void conflict(unsigned n)
{
	if (n % 2)
		probe(ACD_MODE_FAST);
	else
		use();
	ck_assert(claim(ACD_DEFENCE_NEVER) == ACD_VERDICT_CONFLICT);
}

/* Covers: 5227-2.1.1-06 5227-2.1.1-07 */
START_TEST(ten_conflicts_in_a_row_slow_it_down)
{
	nsec last;

	for (unsigned i = 0; i < 10; i++) {
		ck_assert(!acd_is_limited(&acd, now));
		conflict(i);
		now += 3500 * NSEC_PER_S;
	}
	ck_assert(acd_is_limited(&acd, now));
	now -= 3500 * NSEC_PER_S;
	last = acd.probed_at;
	for (unsigned i = 0; i < 5; i++) {
		probe(ACD_MODE_FAST);
		ck_assert(acd.next_at >= last + 60 * NSEC_PER_S);
		last = acd.next_at;
		tick(ACD_MODE_FAST);
		claim(ACD_DEFENCE_ONCE);
	}
	ck_assert_uint_eq(acd.conflicts, 15);
}
END_TEST

START_TEST(an_hour_without_a_conflict_ends_the_row)
{
	for (unsigned i = 0; i < 10; i++)
		conflict(i);
	now += 3600 * NSEC_PER_S - 1;
	ck_assert(acd_is_limited(&acd, now));
	now++;
	ck_assert(!acd_is_limited(&acd, now));
	probe(ACD_MODE_FAST);
	ck_assert_uint_eq(acd.next_at, now);
	claim(ACD_DEFENCE_ONCE);
	ck_assert_uint_eq(acd.conflicts, 1);
}
END_TEST

START_TEST(use_told_twice_is_announced_once)
{
	pass(ACD_MODE_FAST);
	acd_use(&acd, now);
	tick(ACD_MODE_FAST);
	acd_use(&acd, now);
	ck_assert_uint_eq(acd.sent, 1);
}
END_TEST

/* Probed again, an address is defended as if for the first time. */
START_TEST(probing_anew_forgets_the_last_defence)
{
	use();
	ck_assert(claim(ACD_DEFENCE_ONCE) == ACD_VERDICT_DEFENDED);
	acd_stop(&acd);
	use();
	ck_assert(claim(ACD_DEFENCE_ONCE) == ACD_VERDICT_DEFENDED);
}
END_TEST

START_TEST(nothing_is_heard_or_sent_while_idle)
{
	use();
	acd_stop(&acd);
	ck_assert(acd.next_at == NSEC_NEVER);
	ck_assert(claim(ACD_DEFENCE_NEVER) == ACD_VERDICT_NONE);
	ck_assert(acd_tick(&acd, ACD_MODE_FAST, &prng, now).send == ACD_SEND_NONE);
	ck_assert(hear(ARP_OP_REQUEST, 0, 0, false, ACD_DEFENCE_NEVER).verdict ==
		  ACD_VERDICT_NONE);
}
END_TEST

Suite *test_acd_suite(void)
{
	Suite *suite = suite_create("acd");
	TCase *tcase = tcase_create("acd");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, strict_probing_has_the_pace_of_the_rfc);
	tcase_add_test(tcase, fast_probing_ends_in_its_time);
	tcase_add_test(tcase, probe_names_no_sender_address);
	tcase_add_test(tcase,
		       claims_and_probes_of_others_are_conflicts_while_probing);
	tcase_add_test(tcase, own_packets_are_no_conflict);
	tcase_add_test(tcase, conflict_after_the_last_probe_counts_until_use);
	tcase_add_test(tcase, use_is_announced_twice_and_then_there_is_silence);
	tcase_add_test(tcase, address_in_use_is_probed_and_only_then_announced);
	tcase_add_test(tcase, address_in_use_but_not_probed_yet_is_not_defended);
	tcase_add_test(tcase,
		       second_conflict_within_ten_seconds_costs_the_address);
	tcase_add_test(tcase, address_is_defended_between_its_announcements);
	tcase_add_test(tcase, address_that_is_never_defended_goes_at_once);
	tcase_add_test(tcase,
		       address_that_is_always_defended_is_so_every_ten_seconds);
	tcase_add_test(tcase, probes_of_others_never_cost_an_address_in_use);
	tcase_add_test(tcase, ten_conflicts_in_a_row_slow_it_down);
	tcase_add_test(tcase, an_hour_without_a_conflict_ends_the_row);
	tcase_add_test(tcase, use_told_twice_is_announced_once);
	tcase_add_test(tcase, probing_anew_forgets_the_last_defence);
	tcase_add_test(tcase, nothing_is_heard_or_sent_while_idle);
	suite_add_tcase(suite, tcase);
	return suite;
}
