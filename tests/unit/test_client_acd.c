/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What conflict detection means for a lease, mode by mode: when an address may be
 * used, what a conflict costs, and what is sent about it.
 */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_acd_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

/* ---- ways ------------------------------------------------------------ */

static void setup_as(enum acd_mode mode)
{
	setup();
	w.config.acd = mode;
}

static void to_requesting(enum acd_mode mode)
{
	setup_as(mode);
	world_start(&w);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}

static void to_ack(enum acd_mode mode)
{
	to_requesting(mode);
	world_ack(&w);
}

/* Probed, in use, announced, and quiet. */
static void settle(enum acd_mode mode)
{
	to_ack(mode);
	world_run(&w, S(12));
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
}

/* A host that has the address, and one that asks whether anybody has. */
static void claim_of(ipv4_addr address)
{
	world_arp(&w, ARP_OP_REPLY, address, w.now & 1 ? SERVER : IPV4_ANY);
}

static void claim(void)
{
	claim_of(CLIENT);
}

static void probe(void)
{
	world_arp(&w, ARP_OP_REQUEST, IPV4_ANY, CLIENT);
}

static unsigned count_arps(bool probes)
{
	unsigned count = 0;

	for (unsigned i = 0; i < w.arp_count; i++)
		count += w.arps[i].probe == probes;
	return count;
}

static ipv4_addr watched(void)
{
	return dhcp4_want(&w.client).watch;
}

static void check_sent(unsigned probes, unsigned announcements)
{
	ck_assert_uint_eq(count_arps(true), probes);
	ck_assert_uint_eq(count_arps(false), announcements);
}

/* A DECLINE left in this step, the lease is gone, and ten seconds must pass. */
static void check_declined(void)
{
	const struct sent *last = world_last(&w);
	nsec at = w.now;

	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	ck_assert_int_eq(last->request, DHCP4_REQUEST_DECLINE);
	ck_assert(last->at == at);
	ck_assert_uint_eq(last->requested, CLIENT);
	ck_assert_uint_eq(last->server_id, SERVER);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DECLINE), 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_CONFLICT), 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 1);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.stored, IPV4_ANY);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_sleep_to(&w, at + S(10) - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
}

/* ---- from the offer to the lease ------------------------------------- */

/* Covers: 2131-2.2-01 5227-2.1-01 */
START_TEST(fast_probes_while_it_requests)
{
	nsec began;

	to_requesting(ACD_MODE_FAST);
	began = w.now;
	check_sent(1, 0);
	ck_assert_uint_eq(w.arps[0].address, CLIENT);
	ck_assert_uint_eq(watched(), CLIENT);
	world_run(&w, MS(10));
	world_ack(&w);
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.configures + w.saves, 0);
	while (w.client.state == DHCP4_STATE_PROBING)
		world_tick(&w);
	ck_assert(w.now - began <= ACD_FAST_NS);
	check_sent(3, 1);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.stored, CLIENT);
}
END_TEST

/* A slow server is waited for anyway: nothing is added to that. */
START_TEST(fast_is_done_when_the_ack_is_late)
{
	to_requesting(ACD_MODE_FAST);
	world_run(&w, ACD_FAST_NS);
	check_sent(3, 0);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	check_sent(3, 1);
	ck_assert(!w.seen[DHCP4_STATE_REQUESTING][DHCP4_STATE_PROBING]);
}
END_TEST

/* Covers: 2131-2.2-01 5227-2.1-01 5227-2.1.1-08 */
START_TEST(strict_probes_what_was_granted)
{
	nsec acked;

	to_requesting(ACD_MODE_STRICT);
	world_run(&w, S(1));
	check_sent(0, 0);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_ack(&w);
	acked = w.now;
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(watched(), CLIENT);
	while (w.client.state == DHCP4_STATE_PROBING) {
		ck_assert_uint_eq(w.configures + w.saves, 0);
		world_tick(&w);
	}
	check_sent(3, 1);
	ck_assert(w.now - acked >= S(4) && w.now - acked <= S(7));
	ck_assert(w.now == w.arps[2].at + S(2));
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.stored, CLIENT);
}
END_TEST

START_TEST(optimistic_uses_what_it_probes)
{
	to_requesting(ACD_MODE_OPTIMISTIC);
	check_sent(0, 0);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	check_sent(1, 0);
	ck_assert_uint_eq(watched(), CLIENT);
	/* Announced it is not before nobody was found. */
	while (count_arps(false) == 0) {
		ck_assert_uint_lt(w.client.acd.sent, 4);
		world_tick(&w);
	}
	check_sent(3, 1);
	ck_assert(w.now == w.arps[2].at + S(2));
}
END_TEST

START_TEST(off_sends_and_hears_nothing)
{
	settle(ACD_MODE_OFF);
	claim();
	probe();
	world_carrier(&w, false);
	world_carrier(&w, true);
	world_run(&w, S(60));
	check_sent(0, 0);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	ck_assert_uint_eq(w.deconfigures, 0);
}
END_TEST

/* Covers: 5227-2.3-01 5227-2.1-03 2131-4.4.1-11 */
START_TEST(announced_twice_and_then_quiet)
{
	const enum acd_mode mode = (enum acd_mode)_i;
	nsec first, second;

	settle(mode);
	check_sent(3, 2);
	first = w.arps[3].at;
	second = w.arps[4].at;
	ck_assert(second == first + S(2));
	ck_assert_uint_eq(watched(), CLIENT);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	world_tick(&w);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	/* A renewal is no reason to check anew. */
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	check_sent(3, 2);
}
END_TEST

/* ---- conflicts before the lease is used ------------------------------- */

/* Covers: 2131-3.1-07 2131-4.4-03 5227-2.1.1-03 5227-2.1.1-04 */
START_TEST(conflict_before_the_ack)
{
	to_requesting(ACD_MODE_FAST);
	if (_i)
		claim();
	else
		probe();
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_CONFLICT), 1);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DECLINE), 0);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	/* There is nothing more to find out, nor to ask for in vain. */
	world_run(&w, S(1));
	check_sent(1, 0);
	world_ack(&w);
	ck_assert_uint_eq(w.configures + w.saves, 0);
	check_declined();
}
END_TEST

/* Also with the first ACK lost: it is the one that is answered. */
START_TEST(conflict_before_a_late_ack)
{
	to_requesting(ACD_MODE_FAST);
	claim();
	world_run(&w, S(5));
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_SELECTING), 2);
	world_ack(&w);
	check_declined();
}
END_TEST

/* Nobody granted it, so there is nothing to decline; nor is it taken next. */
START_TEST(conflict_and_no_ack)
{
	struct reply offer;

	to_requesting(ACD_MODE_FAST);
	claim();
	if (_i)
		world_nak(&w);
	else
		world_run(&w, S(100));
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DECLINE), 0);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.client.conflict, IPV4_ANY);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	world_refuses(&w, &offer, REJECT_DECLINED);
	offer.yiaddr = CLIENT_2;
	world_receive(&w, &offer);
	/* Another one's offer would be preferred to one that fell silent. */
	if (!_i)
		world_tick(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(watched(), CLIENT_2);
}
END_TEST

/* Covers: 2131-3.1-07 2131-4.4-03 5227-2.1.1-03 5227-2.1.1-04 */
START_TEST(conflict_while_probing)
{
	const enum acd_mode mode = _i & 1 ? ACD_MODE_STRICT : ACD_MODE_FAST;
	const unsigned probes = 1 + (unsigned)_i / 4;

	to_ack(mode);
	while (w.arp_count < probes)
		world_tick(&w);
	if (probes == 3)
		world_sleep_to(&w, dhcp4_want(&w.client).deadline - 1);
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	if (_i & 2)
		claim();
	else
		probe();
	check_sent(probes, 0);
	ck_assert_uint_eq(w.configures + w.saves, 0);
	check_declined();
}
END_TEST

/* Passed is not used: the word of another host still counts. */
START_TEST(conflict_between_the_probes_and_the_ack)
{
	to_requesting(ACD_MODE_FAST);
	world_run(&w, S(1));
	claim();
	world_ack(&w);
	check_declined();
}
END_TEST

/* Covers: 5227-2.1.1-05 */
START_TEST(own_packets_are_no_conflict)
{
	const struct arp arp = { .op = ARP_OP_REQUEST,
				 .sender_hw = { 2, 0, 0, 0, 0, 0x10 },
				 .target = CLIENT };
	uint8_t packet[ARP_SIZE];

	arp_write(packet, &arp);
	to_ack(ACD_MODE_FAST);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP,
					     .arp = { packet, ARP_SIZE, true } });
	ck_assert_uint_eq(w.effects.count, 0);
	world_run(&w, S(1));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

START_TEST(what_is_about_others_is_no_conflict)
{
	to_ack(ACD_MODE_FAST);
	world_arp(&w, ARP_OP_REQUEST, CLIENT_2, CLIENT);
	world_arp(&w, ARP_OP_REPLY, CLIENT_2, CLIENT);
	world_arp(&w, ARP_OP_REQUEST, IPV4_ANY, CLIENT_2);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP });
	world_run(&w, S(1));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- conflicts in use -------------------------------------------------- */

/* Covers: 5227-2.4-01 5227-2.4-02 5227-2.4-03 */
START_TEST(defended_once)
{
	settle((enum acd_mode)_i);
	world_forget(&w);
	claim();
	check_sent(0, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_DEFENDED), 1);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_sleep(&w, S(10));
	claim();
	check_sent(0, 2);
	world_sleep(&w, S(10) - 1);
	claim();
	check_sent(0, 2);
	check_declined();
}
END_TEST

START_TEST(defended_never)
{
	settle(ACD_MODE_FAST);
	w.config.acd_defence = ACD_DEFENCE_NEVER;
	claim();
	check_declined();
}
END_TEST

/* Covers: 5227-2.4-04 */
START_TEST(defended_always)
{
	settle(ACD_MODE_FAST);
	w.config.acd_defence = ACD_DEFENCE_ALWAYS;
	world_forget(&w);
	for (unsigned i = 0; i < 100; i++) {
		claim();
		world_sleep(&w, MS(100));
	}
	check_sent(0, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_DEFENDED), 1);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Devices that look who is there, all the time and from everywhere. */
START_TEST(probes_never_cost_an_address_in_use)
{
	settle((enum acd_mode)_i);
	w.config.acd_defence = ACD_DEFENCE_NEVER;
	world_forget(&w);
	for (unsigned i = 0; i < 20; i++) {
		probe();
		ck_assert_uint_eq(w.effects.count, 0);
		world_sleep(&w, MS(300));
	}
	check_sent(0, 0);
}
END_TEST

/* What optimism got wrong: nothing is defended that was not checked. */
START_TEST(optimistic_withdraws_and_declines)
{
	to_ack(ACD_MODE_OPTIMISTIC);
	w.config.acd_defence = ACD_DEFENCE_ALWAYS;
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_run(&w, S(1));
	probe();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	claim();
	ck_assert_int_eq(w.loss, DHCP4_LOSS_CONFLICT);
	ck_assert_uint_eq(count_arps(false), 0);
	check_declined();
}
END_TEST

START_TEST(conflict_while_renewing)
{
	settle(ACD_MODE_FAST);
	w.config.acd_defence = ACD_DEFENCE_NEVER;
	world_run_to(&w, _i ? w.client.lease.t2_ns : w.client.lease.t1_ns);
	world_forget(&w);
	claim();
	check_declined();
}
END_TEST

/* ---- time passes while it is checked ----------------------------------- */

/* With 60 s between attempts even a T2 may pass. */
static void to_long_probing(uint32_t lease_s)
{
	struct reply ack;

	to_requesting(ACD_MODE_STRICT);
	w.client.acd.conflicts = ACD_MAX_CONFLICTS;
	w.client.acd.conflict_at = w.client.acd.probed_at = w.now;
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.lease_s = lease_s;
	world_receive(&w, &ack);
	world_forget(&w);
	while (w.client.state == DHCP4_STATE_PROBING) {
		ck_assert_uint_eq(w.sent_count, 0);
		ck_assert_uint_eq(w.kernel, IPV4_ANY);
		world_tick(&w);
	}
}

START_TEST(t1_that_passed_is_acted_on)
{
	to_long_probing(100);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(w.kernel, CLIENT);
	check_sent(3, 1);
}
END_TEST

START_TEST(t2_that_passed_is_acted_on)
{
	to_long_probing(70);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBINDING);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

START_TEST(expiry_is_acted_on_at_once)
{
	to_long_probing(60);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	check_sent(0, 0);
	ck_assert_uint_eq(watched(), IPV4_ANY);
}
END_TEST

START_TEST(release_while_probing)
{
	to_ack(_i ? ACD_MODE_STRICT : ACD_MODE_FAST);
	world_stop(&w, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_forget(&w);
	world_sleep(&w, S(100));
	check_sent(0, 0);
}
END_TEST

/* Stopped, it is neither checked nor used; started, both, and asked for. */
START_TEST(stop_while_probing)
{
	to_ack(ACD_MODE_FAST);
	world_stop(&w, false);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_sleep(&w, S(10));
	ck_assert_uint_eq(w.configures, 0);
	world_forget(&w);
	world_event(&w, DHCP4_EVENT_START);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	world_run(&w, ACD_FAST_NS);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	check_sent(3, 1);
	ck_assert_uint_eq(w.saves, 1);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* The administrator does not want to wait after all. */
START_TEST(switched_off_while_probing)
{
	to_ack(ACD_MODE_STRICT);
	w.config.acd = ACD_MODE_OFF;
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	check_sent(0, 0);
}
END_TEST

START_TEST(switched_on_in_use)
{
	settle(ACD_MODE_OFF);
	w.config.acd = (enum acd_mode)_i;
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	world_run(&w, S(12));
	check_sent(3, 2);
	ck_assert_uint_eq(w.deconfigures, 0);
}
END_TEST

/* ---- the link comes back ------------------------------------------------ */

static void lose_carrier(void)
{
	world_carrier(&w, false);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_forget(&w);
	world_sleep(&w, S(5));
	check_sent(0, 0);
}

static void wake_up(void)
{
	world_forget(&w);
	w.now += S(1000);
	world_event(&w, DHCP4_EVENT_RESUME);
}

static void interrupt(bool suspend)
{
	if (suspend) {
		wake_up();
	} else {
		lose_carrier();
		world_carrier(&w, true);
	}
}

/* Covers: 5227-2.1-02 */
START_TEST(kept_and_probed_when_the_link_is_back)
{
	settle(_i & 1 ? ACD_MODE_FAST : ACD_MODE_OPTIMISTIC);
	interrupt(_i & 2);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	check_sent(1, 0);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_run(&w, S(12));
	check_sent(3, 2);
	ck_assert_uint_eq(w.deconfigures, 0);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/* Covers: 5227-2.1-02 */
START_TEST(strict_withdraws_until_it_is_checked)
{
	settle(ACD_MODE_STRICT);
	interrupt(_i & 1);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.stored, CLIENT);
	if (_i & 2) {
		world_ack(&w);
		world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	}
	while (w.client.tenure == DHCP4_TENURE_GRANTED) {
		ck_assert_uint_eq(w.configures, 0);
		world_tick(&w);
	}
	world_check(&w, _i & 2 ? DHCP4_STATE_BOUND : DHCP4_STATE_REBOOTING,
		    DHCP4_TENURE_HELD);
	check_sent(3, 1);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

START_TEST(strict_tells_that_it_withdraws)
{
	settle(ACD_MODE_STRICT);
	world_event(&w, DHCP4_EVENT_CONFIGURE_FAILED);
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT_REBOOT, DHCP4_TENURE_GRANTED);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_WITHDRAWN);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_WITHDRAWN), 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 0);
	ck_assert_uint_eq(w.forgets, 0);
	/* Nor is the kernel asked again for what it refused. */
	world_sleep_to(&w, w.client.lease.expiry_ns - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
}
END_TEST

/* Also while no server confirms it, and another address is asked for. */
START_TEST(strict_withdraws_wherever_it_is_held)
{
	for (size_t i = 0; i < PLACES; i++) {
		const bool stopped = places[i].state == DHCP4_STATE_STOPPED;

		if (!places[i].held)
			continue;
		setup();
		world_reach(&w, places[i].state, true);
		w.config.acd = ACD_MODE_STRICT;
		world_event(&w, DHCP4_EVENT_RESUME);
		ck_assert_int_eq(w.client.tenure, stopped ? DHCP4_TENURE_HELD
							  : DHCP4_TENURE_GRANTED);
		ck_assert_uint_eq(w.kernel, stopped ? CLIENT : IPV4_ANY);
	}
}
END_TEST

/* What was found out before the sleep is not known any more. */
START_TEST(sleep_begins_the_check_anew)
{
	to_ack(ACD_MODE_STRICT);
	while (w.arp_count < 3)
		world_tick(&w);
	wake_up();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	world_run(&w, S(10));
	ck_assert_int_eq(w.client.tenure, DHCP4_TENURE_HELD);
	check_sent(3, 2);

	to_requesting(ACD_MODE_FAST);
	world_run(&w, ACD_FAST_NS);
	w.now += S(1);
	world_event(&w, DHCP4_EVENT_RESUME);
	world_offer(&w);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
}
END_TEST

START_TEST(flap_while_probing)
{
	to_ack(ACD_MODE_FAST);
	lose_carrier();
	world_check(&w, DHCP4_STATE_INIT_REBOOT, DHCP4_TENURE_GRANTED);
	world_carrier(&w, true);
	world_run(&w, ACD_FAST_NS);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	check_sent(3, 1);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/*
 * Whose address it is on this network, a server is to say: an ACK is declined.
 * Covers: 2131-3.2-01
 */
START_TEST(conflict_before_it_is_confirmed)
{
	settle(_i & 1 ? ACD_MODE_STRICT : ACD_MODE_FAST);
	interrupt(_i & 2);
	world_forget(&w);
	claim();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.forgets, 0);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DECLINE), 0);
	world_ack(&w);
	check_declined();
}
END_TEST

/* The lease is over before the server grants the same address again. */
START_TEST(expired_while_it_is_requested_again)
{
	settle(ACD_MODE_FAST);
	interrupt(false);
	world_run_to(&w, w.client.lease.expiry_ns - S(1));
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_HELD);
	world_forget(&w);
	world_run(&w, S(2));
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	check_sent(3, 1);
}
END_TEST

/* On another network that host is at home, and nobody is to wait. */
START_TEST(conflict_and_a_nak)
{
	settle(ACD_MODE_FAST);
	interrupt(false);
	claim();
	world_nak(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DECLINE), 0);
	ck_assert_uint_eq(w.stored, IPV4_ANY);
}
END_TEST

START_TEST(conflict_and_nobody_confirms)
{
	settle(ACD_MODE_FAST);
	interrupt(false);
	claim();
	world_run(&w, S(7));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DECLINE), 0);
}
END_TEST

/* Home again, where it is nobody's: the lease is as good as it was. */
START_TEST(conflict_on_one_network_and_none_on_the_next)
{
	settle(ACD_MODE_FAST);
	w.client.usable = false;
	interrupt(false);
	claim();
	interrupt(false);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	world_run(&w, S(7));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/* Nobody has confirmed it, and somebody has it. */
START_TEST(conflict_of_an_unconfirmed_lease)
{
	settle(ACD_MODE_FAST);
	interrupt(false);
	world_run(&w, S(8));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	w.config.acd_defence = ACD_DEFENCE_NEVER;
	world_forget(&w);
	claim();
	check_declined();
}
END_TEST

/* Servers that refuse whatever is asked for, and then the address is lost. */
START_TEST(conflict_after_many_refusals)
{
	nsec due;

	settle(ACD_MODE_FAST);
	interrupt(false);
	world_run(&w, S(8));
	for (unsigned i = 0; i < 7; i++) {
		struct reply offer;

		while (w.client.state != DHCP4_STATE_SELECTING)
			world_tick(&w);
		offer = world_reply(&w, DHCP4_TYPE_OFFER);
		offer.yiaddr = CLIENT_2;
		world_receive(&w, &offer);
		world_nak(&w);
	}
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_HELD);
	due = w.client.send_at;
	ck_assert(due > w.now + S(11));
	w.config.acd_defence = ACD_DEFENCE_NEVER;
	claim();
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DECLINE);
	ck_assert(w.client.send_at == due);
}
END_TEST

/* ---- a lease of an earlier process, and of an earlier boot --------------- */

static void load(enum acd_mode mode, bool in_kernel, bool usable)
{
	struct dhcp4_lease lease;

	setup_as(mode);
	lease = world_lease(&w, 3000);
	world_load(&w, &lease, in_kernel, usable);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_forget(&w);
	world_start(&w);
}

START_TEST(restart_keeps_the_address_and_probes)
{
	load(_i ? ACD_MODE_FAST : ACD_MODE_OPTIMISTIC, true, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.deconfigures, 0);
	check_sent(1, 0);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_run(&w, S(12));
	check_sent(3, 2);
	ck_assert_uint_eq(w.deconfigures, 0);
}
END_TEST

START_TEST(strict_restart_withdraws)
{
	load(ACD_MODE_STRICT, true, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	world_run(&w, S(7));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

/* One that no REQUEST can confirm is checked all the same. */
START_TEST(strict_restart_to_another_address)
{
	setup();
	w.config.requested_address = CLIENT_2;
	load(ACD_MODE_STRICT, true, true);
	w.config.requested_address = CLIENT_2;
	world_stop(&w, false);
	world_event(&w, DHCP4_EVENT_START);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_GRANTED);
	world_run(&w, S(7));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(watched(), CLIENT);
}
END_TEST

/* Both REQUESTs stayed unanswered, and nobody was found. */
START_TEST(remembered_lease_is_checked_before_use)
{
	const enum acd_mode mode = (enum acd_mode)_i;

	load(mode, false, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(watched(), CLIENT);
	world_run(&w, S(7) - 1);
	ck_assert_uint_eq(w.configures, 0);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	world_run(&w, S(3));
	check_sent(3, 2);
}
END_TEST

START_TEST(remembered_lease_with_an_ack)
{
	load((enum acd_mode)_i, false, true);
	world_ack(&w);
	if (_i == ACD_MODE_OPTIMISTIC) {
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	} else {
		world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
		ck_assert_uint_eq(w.kernel, IPV4_ANY);
	}
	world_run(&w, S(12));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	check_sent(3, 2);
}
END_TEST

/* Covers: 2131-3.2-01 */
START_TEST(remembered_lease_with_a_conflict)
{
	const enum acd_mode mode = (enum acd_mode)(_i / 2);

	load(mode, false, true);
	world_run(&w, S(1));
	claim();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(w.deconfigures, 0);
	if (_i % 2) {
		world_ack(&w);
		ck_assert_uint_eq(w.configures, 0);
		check_declined();
		return;
	}
	world_run(&w, S(7));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.configures, 0);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	ck_assert_uint_eq(watched(), IPV4_ANY);
}
END_TEST

START_TEST(doubtful_lease_is_not_used_though_nobody_has_it)
{
	load(ACD_MODE_FAST, false, false);
	world_run(&w, S(8));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	ck_assert_uint_eq(watched(), IPV4_ANY);
}
END_TEST

/* ---- what is not tried again --------------------------------------------- */

/* Out of SELECTING by another address, which is lost, too. */
static void lose_another(ipv4_addr address)
{
	struct reply offer = world_reply(&w, DHCP4_TYPE_OFFER);

	offer.yiaddr = address;
	world_receive(&w, &offer);
	world_ack(&w);
	claim_of(address);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}

START_TEST(declined_address_is_refused_for_five_minutes)
{
	struct reply offer;
	nsec declined;

	to_ack(ACD_MODE_FAST);
	declined = w.now;
	claim();
	world_run_to(&w, declined + S(300) - 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	world_refuses(&w, &offer, REJECT_DECLINED);
	world_run(&w, 1);
	world_receive(&w, &offer);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(declined_address_is_not_asked_for)
{
	setup_as(ACD_MODE_FAST);
	w.config.requested_address = CLIENT;
	world_start(&w);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
	world_offer(&w);
	world_ack(&w);
	claim();
	world_run(&w, S(10));
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	world_run(&w, S(400));
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT);
}
END_TEST

/* Several are kept in mind; of more, the oldest are not. */
START_TEST(last_declined_addresses_are_remembered)
{
	struct reply offer;

	setup_as(ACD_MODE_FAST);
	world_start(&w);
	for (ipv4_addr i = 0; i <= DHCP4_DECLINED_MAX; i++)
		lose_another(CLIENT + i);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	for (ipv4_addr i = 1; i <= DHCP4_DECLINED_MAX; i++) {
		offer.yiaddr = CLIENT + i;
		world_refuses(&w, &offer, REJECT_DECLINED);
	}
	offer.yiaddr = CLIENT;
	world_receive(&w, &offer);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Each has its place, also what was in the way before the ACK and after it. */
START_TEST(address_is_declined_once)
{
	struct reply offer;

	setup_as(ACD_MODE_FAST);
	world_start(&w);
	for (ipv4_addr i = 0; i < DHCP4_DECLINED_MAX; i++) {
		offer = world_reply(&w, DHCP4_TYPE_OFFER);
		offer.yiaddr = CLIENT + i;
		world_receive(&w, &offer);
		claim_of(CLIENT + i);
		world_ack(&w);
		world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
		world_tick(&w);
	}
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	for (ipv4_addr i = 0; i < DHCP4_DECLINED_MAX; i++) {
		offer.yiaddr = CLIENT + i;
		world_refuses(&w, &offer, REJECT_DECLINED);
	}
}
END_TEST

START_TEST(declined_address_of_bootp)
{
	struct reply reply;

	setup_as(ACD_MODE_FAST);
	world_start(&w);
	lose_another(CLIENT);
	w.config.bootp = true;
	while (w.client.tries < 2)
		world_tick(&w);
	reply = world_bootp_reply(&w);
	world_refuses(&w, &reply, REJECT_DECLINED);
}
END_TEST

START_TEST(another_network_has_other_conflicts)
{
	setup_as(ACD_MODE_FAST);
	world_start(&w);
	lose_another(CLIENT);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					     .carrier = { true, true } });
	world_run(&w, S(1));
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Covers: 5227-2.1.1-06 2131-3.1-08 */
START_TEST(ten_conflicts_slow_it_down)
{
	const enum acd_mode mode = (enum acd_mode)_i;
	nsec last = 0;

	setup_as(mode);
	world_start(&w);
	for (ipv4_addr i = 0; i < ACD_MAX_CONFLICTS; i++)
		lose_another(CLIENT + i);
	for (ipv4_addr i = 0; i < 3; i++) {
		struct reply offer = world_reply(&w, DHCP4_TYPE_OFFER);

		offer.yiaddr = CLIENT + 50 + i;
		world_forget(&w);
		world_receive(&w, &offer);
		world_ack(&w);
		/* Not even an optimist uses it unchecked now. */
		world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
		while (w.arp_count == 0)
			world_tick(&w);
		ck_assert(i == 0 || w.now >= last + S(60));
		last = w.now;
		claim_of(offer.yiaddr);
		world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
		world_run(&w, S(10));
	}
}
END_TEST

/* ---- links of other kinds ------------------------------------------------ */

/* There is no ARP for addresses of other lengths: it is as if it were off. */
START_TEST(other_links_have_no_detection)
{
	static const struct {
		uint8_t type;
		struct hwaddr hw;
	} links[] = {
		{ 1, { .size = 0 } },
		{ 1, { .size = 8 } },
		{ 32, { .size = 20 } },
		{ 32, { .size = 6 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		setup_as(ACD_MODE_STRICT);
		w.config.hardware_type = links[i].type;
		w.config.hwaddr = links[i].hw;
		ck_assert_int_eq(dhcp4_acd_mode(&w.config), ACD_MODE_OFF);
		world_start(&w);
		world_offer(&w);
		world_ack(&w);
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
		world_carrier(&w, false);
		ck_assert_uint_eq(w.deconfigures, 0);
		check_sent(0, 0);
	}
	setup_as(ACD_MODE_STRICT);
	ck_assert_int_eq(dhcp4_acd_mode(&w.config), ACD_MODE_STRICT);
}
END_TEST

/* ---- the suite ----------------------------------------------------------- */

/* For strict, fast and optimistic. */
#define add_mode_test(tcase, test) \
	tcase_add_loop_test(tcase, test, ACD_MODE_STRICT, ACD_MODE_COUNT)

static TCase *way_tests(void)
{
	TCase *tcase = tcase_create("way");

	tcase_add_test(tcase, fast_probes_while_it_requests);
	tcase_add_test(tcase, fast_is_done_when_the_ack_is_late);
	tcase_add_test(tcase, strict_probes_what_was_granted);
	tcase_add_test(tcase, optimistic_uses_what_it_probes);
	tcase_add_test(tcase, off_sends_and_hears_nothing);
	add_mode_test(tcase, announced_twice_and_then_quiet);
	tcase_add_loop_test(tcase, conflict_before_the_ack, 0, 2);
	tcase_add_test(tcase, conflict_before_a_late_ack);
	tcase_add_loop_test(tcase, conflict_and_no_ack, 0, 2);
	tcase_add_loop_test(tcase, conflict_while_probing, 0, 12);
	tcase_add_test(tcase, conflict_between_the_probes_and_the_ack);
	tcase_add_test(tcase, own_packets_are_no_conflict);
	tcase_add_test(tcase, what_is_about_others_is_no_conflict);
	return tcase;
}

static TCase *use_tests(void)
{
	TCase *tcase = tcase_create("use");

	add_mode_test(tcase, defended_once);
	tcase_add_test(tcase, defended_never);
	tcase_add_test(tcase, defended_always);
	add_mode_test(tcase, probes_never_cost_an_address_in_use);
	tcase_add_test(tcase, optimistic_withdraws_and_declines);
	tcase_add_loop_test(tcase, conflict_while_renewing, 0, 2);
	return tcase;
}

static TCase *time_tests(void)
{
	TCase *tcase = tcase_create("time");

	tcase_add_test(tcase, t1_that_passed_is_acted_on);
	tcase_add_test(tcase, t2_that_passed_is_acted_on);
	tcase_add_test(tcase, expiry_is_acted_on_at_once);
	tcase_add_loop_test(tcase, release_while_probing, 0, 2);
	tcase_add_test(tcase, stop_while_probing);
	tcase_add_test(tcase, switched_off_while_probing);
	add_mode_test(tcase, switched_on_in_use);
	return tcase;
}

static TCase *link_tests(void)
{
	TCase *tcase = tcase_create("link");

	tcase_add_loop_test(tcase, kept_and_probed_when_the_link_is_back, 0, 4);
	tcase_add_loop_test(tcase, strict_withdraws_until_it_is_checked, 0, 4);
	tcase_add_test(tcase, strict_tells_that_it_withdraws);
	tcase_add_test(tcase, strict_withdraws_wherever_it_is_held);
	tcase_add_test(tcase, sleep_begins_the_check_anew);
	tcase_add_test(tcase, flap_while_probing);
	tcase_add_loop_test(tcase, conflict_before_it_is_confirmed, 0, 4);
	tcase_add_test(tcase, expired_while_it_is_requested_again);
	tcase_add_test(tcase, conflict_and_a_nak);
	tcase_add_test(tcase, conflict_and_nobody_confirms);
	tcase_add_test(tcase, conflict_on_one_network_and_none_on_the_next);
	tcase_add_test(tcase, conflict_of_an_unconfirmed_lease);
	tcase_add_test(tcase, conflict_after_many_refusals);
	tcase_add_test(tcase, other_links_have_no_detection);
	return tcase;
}

static TCase *restart_tests(void)
{
	TCase *tcase = tcase_create("restart");

	tcase_add_loop_test(tcase, restart_keeps_the_address_and_probes, 0, 2);
	tcase_add_test(tcase, strict_restart_withdraws);
	tcase_add_test(tcase, strict_restart_to_another_address);
	add_mode_test(tcase, remembered_lease_is_checked_before_use);
	add_mode_test(tcase, remembered_lease_with_an_ack);
	tcase_add_loop_test(tcase, remembered_lease_with_a_conflict,
			    2 * ACD_MODE_STRICT, 2 * ACD_MODE_COUNT);
	tcase_add_test(tcase, doubtful_lease_is_not_used_though_nobody_has_it);
	return tcase;
}

static TCase *decline_tests(void)
{
	TCase *tcase = tcase_create("decline");

	tcase_add_test(tcase, declined_address_is_refused_for_five_minutes);
	tcase_add_test(tcase, declined_address_is_not_asked_for);
	tcase_add_test(tcase, last_declined_addresses_are_remembered);
	tcase_add_test(tcase, address_is_declined_once);
	tcase_add_test(tcase, declined_address_of_bootp);
	tcase_add_test(tcase, another_network_has_other_conflicts);
	add_mode_test(tcase, ten_conflicts_slow_it_down);
	return tcase;
}

Suite *test_client_acd_suite(void)
{
	Suite *suite = suite_create("client_acd");

	suite_add_tcase(suite, way_tests());
	suite_add_tcase(suite, use_tests());
	suite_add_tcase(suite, time_tests());
	suite_add_tcase(suite, link_tests());
	suite_add_tcase(suite, restart_tests());
	suite_add_tcase(suite, decline_tests());
	return suite;
}
