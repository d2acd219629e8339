/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address besides a lease: when there is one, how it is checked and defended,
 * and that the lease machine does not know of it.
 */
#include <string.h>

#include "core/linklocal.h"
#include "unit/support.h"

Suite *test_client_fallback_suite(void);

#define OWN 0x0a000163 /* 10.0.1.99, the user's */

static struct world w;

static void setup_as(enum fallback_mode mode)
{
	world_init(&w, 1);
	w.config.fallback.mode = mode;
	if (mode == FALLBACK_MODE_STATIC)
		w.config.fallback =
			(struct fallback_config){ mode, OWN, 24, 0x0a0001fe };
}

static void setup(void)
{
	setup_as(FALLBACK_MODE_LINKLOCAL);
}

static ipv4_addr drawn(unsigned number)
{
	return linklocal_draw(&w.config.hwaddr, number);
}

static ipv4_addr watched(void)
{
	return dhcp4_want(&w.client).watch_fallback;
}

/* The third DISCOVER has just left. */
static void fall_silent(void)
{
	world_start(&w);
	while (world_count(&w, DHCP4_REQUEST_DISCOVER) < 3)
		world_tick(&w);
}

/* In use, and the kernel says so. */
static void settle(void)
{
	fall_silent();
	world_run(&w, S(10));
	CHECK(w.fallback != IPV4_ANY);
	world_fallback(&w, DHCP4_FALLBACK_CONFIGURED, IPV4_ANY);
}

/* Somebody else has it. */
static void claim(ipv4_addr address)
{
	world_arp(&w, ARP_OP_REPLY, address, SERVER);
}

/* ---- when ------------------------------------------------------------ */

START_TEST(it_begins_with_the_third_silent_discover)
{
	setup();
	world_start(&w);
	world_tick(&w);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DISCOVER), 2);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_tick(&w);
	ck_assert_uint_eq(watched(), drawn(0));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	world_run(&w, S(7));
	ck_assert_uint_eq(w.fallback, drawn(0));
	ck_assert_uint_eq(w.fallback_length, 16);
	ck_assert_uint_eq(w.fallback_gateway, IPV4_ANY);
	ck_assert_uint_eq(w.fallback_adds, 1);
	world_fallback(&w, DHCP4_FALLBACK_CONFIGURED, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_READY), 1);
	world_fallback(&w, DHCP4_FALLBACK_CONFIGURED, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_READY), 1);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(without_being_asked_for_there_is_none)
{
	setup_as(FALLBACK_MODE_OFF);
	fall_silent();
	world_run(&w, S(600));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(w.arp_count, 0);
}
END_TEST

/* It could not be checked there. */
START_TEST(where_there_is_no_arp_there_is_none)
{
	setup();
	w.config.hardware_type = 32;
	CHECK(dhcp4_fallback_mode(&w.config) == FALLBACK_MODE_OFF);
	fall_silent();
	world_run(&w, S(600));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	setup_as(FALLBACK_MODE_STATIC);
	w.config.fallback.address = IPV4_ANY;
	CHECK(dhcp4_fallback_mode(&w.config) == FALLBACK_MODE_OFF);
}
END_TEST

START_TEST(it_gives_way_to_a_lease)
{
	setup();
	settle();
	world_forget(&w);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.fallback, drawn(0));
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_ENDED), 1);
	CHECK(w.effects.list[0].kind == DHCP4_EFFECT_CONFIGURE);
	CHECK(w.effects.list[1].kind == DHCP4_EFFECT_FALLBACK_REMOVE);
	ck_assert_uint_eq(watched(), IPV4_ANY);
}
END_TEST

/* And is the same one as before (RFC 3927 2.1). */
START_TEST(it_comes_back_when_the_lease_is_lost)
{
	setup();
	settle();
	claim(drawn(0));
	claim(drawn(0));
	ck_assert_uint_eq(watched(), drawn(1));
	world_run(&w, S(8));
	world_offer(&w);
	world_ack(&w);
	world_run(&w, S(3600));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	world_run(&w, S(30));
	ck_assert_uint_eq(w.fallback, drawn(1));
}
END_TEST

/* A server that offers and does not keep its word changes nothing. */
START_TEST(an_offer_alone_does_not_end_it)
{
	setup();
	settle();
	world_offer(&w);
	world_run(&w, S(100));
	ck_assert_uint_eq(w.fallback, drawn(0));
	ck_assert_uint_eq(w.fallback_removes, 0);
}
END_TEST

START_TEST(it_can_be_there_always)
{
	setup_as(FALLBACK_MODE_ALWAYS);
	world_start(&w);
	ck_assert_uint_eq(watched(), drawn(0));
	world_offer(&w);
	world_ack(&w);
	world_run(&w, S(8));
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.fallback, drawn(0));
	ck_assert_uint_eq(w.fallback_gateway, IPV4_ANY);
	world_run(&w, S(10000));
	ck_assert_uint_eq(w.fallback, drawn(0));
}
END_TEST

START_TEST(without_a_carrier_it_ends)
{
	setup();
	settle();
	world_carrier(&w, false);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_forget(&w);
	world_carrier(&w, true);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	while (world_count(&w, DHCP4_REQUEST_DISCOVER) < 3)
		world_tick(&w);
	ck_assert_uint_eq(watched(), drawn(0));
}
END_TEST

START_TEST(on_another_network_it_ends)
{
	setup();
	settle();
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					     .carrier = { true, true } });
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	/* A carrier that was there before is nothing new. */
	setup();
	settle();
	world_carrier(&w, true);
	ck_assert_uint_eq(w.fallback, drawn(0));
}
END_TEST

START_TEST(after_a_suspend_it_is_probed_before_it_is_used_again)
{
	setup();
	settle();
	world_forget(&w);
	world_event(&w, DHCP4_EVENT_RESUME);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	world_run(&w, S(7));
	ck_assert_uint_eq(w.fallback, drawn(0));
	CHECK(w.arp_count >= 3 && w.arps[0].probe && w.arps[2].probe);
}
END_TEST

START_TEST(who_is_stopped_has_none)
{
	setup();
	settle();
	world_stop(&w, false);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(watched(), IPV4_ANY);
}
END_TEST

START_TEST(who_only_informs_has_none)
{
	setup_as(FALLBACK_MODE_ALWAYS);
	w.config.inform_address = CLIENT;
	world_start(&w);
	world_run(&w, S(600));
	world_check(&w, DHCP4_STATE_INFORMING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.arp_count, 0);
}
END_TEST

/* Who does without IPv4 does without this, too (RFC 8925). */
START_TEST(a_network_without_ipv4_has_none)
{
	setup_as(FALLBACK_MODE_ALWAYS);
	world_reach(&w, DHCP4_STATE_V6ONLY_WAIT, false);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_run(&w, S(100));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
}
END_TEST

/* A server forbids what a host makes up (RFC 2563), not what its user set. */
START_TEST(one_of_the_users_is_nobodys_to_forbid)
{
	setup();
	settle();
	w.client.autoconf_forbidden = true;
	world_event(&w, DHCP4_EVENT_TICK);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	w.config.fallback =
		(struct fallback_config){ FALLBACK_MODE_STATIC, OWN, 24, 0 };
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	world_run(&w, S(10));
	ck_assert_uint_eq(w.fallback, OWN);
}
END_TEST

/* What a client says in ten minutes without a server. */
static void speak(enum fallback_mode mode)
{
	setup_as(mode);
	world_start(&w);
	world_run(&w, S(600));
}

START_TEST(it_changes_nothing_that_is_sent)
{
	static struct sent without[20];
	unsigned count;

	speak(FALLBACK_MODE_OFF);
	count = w.sent_count;
	CHECK(count > 10 && count < 20);
	memcpy(without, w.sent, sizeof(without));
	for (int mode = FALLBACK_MODE_OFF; mode < FALLBACK_MODE_COUNT; mode++) {
		speak((enum fallback_mode)mode);
		CHECK((w.arp_count > 0) == (mode != FALLBACK_MODE_OFF));
		ck_assert_uint_eq(w.sent_count, count);
		for (unsigned i = 0; i < count; i++)
			CHECK(w.sent[i].at == without[i].at &&
			      w.sent[i].size == without[i].size &&
			      memcmp(w.sent[i].packet, without[i].packet,
				     without[i].size) == 0);
	}
}
END_TEST

/* ---- which ----------------------------------------------------------- */

/* Covers: 3927-2.1-04 */
START_TEST(what_was_used_last_is_tried_first)
{
	setup();
	w.config.fallback.address = 0xa9fe1234;
	fall_silent();
	ck_assert_uint_eq(watched(), 0xa9fe1234);
	claim(0xa9fe1234);
	ck_assert_uint_eq(watched(), drawn(0));
	claim(drawn(0));
	ck_assert_uint_eq(watched(), drawn(1));
}
END_TEST

/* A record that somebody altered. */
START_TEST(what_could_never_be_used_is_not_tried)
{
	setup();
	w.config.fallback.address = 0xa9fe0001;
	fall_silent();
	ck_assert_uint_eq(watched(), drawn(0));
}
END_TEST

START_TEST(one_of_the_users_is_used_as_he_said)
{
	setup_as(FALLBACK_MODE_STATIC);
	settle();
	ck_assert_uint_eq(w.fallback, OWN);
	ck_assert_uint_eq(w.fallback_length, 24);
	ck_assert_uint_eq(w.fallback_gateway, 0x0a0001fe);
	world_offer(&w);
	world_ack(&w);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
}
END_TEST

/* The lease has it then: it must not be taken away from it. */
START_TEST(one_of_the_users_may_be_leased)
{
	setup_as(FALLBACK_MODE_STATIC);
	w.config.fallback.address = CLIENT;
	settle();
	world_offer(&w);
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
}
END_TEST

/* ---- checked, announced, defended -------------------------------------- */

START_TEST(it_is_probed_and_announced_at_the_pace_of_the_rfc)
{
	nsec begun;

	setup();
	fall_silent();
	begun = w.now;
	world_run(&w, S(60));
	ck_assert_uint_eq(w.arp_count, 5);
	CHECK(w.arps[0].at <= begun + S(1));
	for (unsigned i = 0; i < 3; i++) {
		CHECK(w.arps[i].probe && w.arps[i].address == drawn(0));
		if (i)
			CHECK(w.arps[i].at - w.arps[i - 1].at >= S(1) &&
			      w.arps[i].at - w.arps[i - 1].at <= S(2));
	}
	CHECK(w.arps[3].at == w.arps[2].at + S(2) && !w.arps[3].probe);
	CHECK(w.arps[4].at == w.arps[3].at + S(2) && !w.arps[4].probe);
}
END_TEST

START_TEST(delays_differ_by_the_seed_of_the_client)
{
	nsec first;

	setup();
	fall_silent();
	world_run(&w, S(2));
	first = w.arps[0].at;
	world_init(&w, 2);
	w.config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	fall_silent();
	world_run(&w, S(2));
	CHECK(w.arps[0].at != first);
}
END_TEST

START_TEST(another_host_that_probes_for_it_has_it)
{
	setup();
	fall_silent();
	world_run(&w, S(2));
	world_arp(&w, ARP_OP_REQUEST, IPV4_ANY, drawn(0));
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_TAKEN), 1);
	ck_assert_uint_eq(watched(), drawn(1));
	world_forget(&w);
	world_run(&w, S(8));
	ck_assert_uint_eq(w.fallback, drawn(1));
	ck_assert_uint_eq(w.arps[0].address, drawn(1));
}
END_TEST

START_TEST(one_claim_is_answered_and_the_second_believed)
{
	setup();
	settle();
	world_run(&w, S(10));
	world_forget(&w);
	claim(drawn(0));
	ck_assert_uint_eq(w.arp_count, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_DEFENDED), 1);
	ck_assert_uint_eq(w.fallback, drawn(0));
	world_run(&w, S(9));
	claim(drawn(0));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_TAKEN), 1);
	ck_assert_uint_eq(watched(), drawn(1));
}
END_TEST

/* Whatever is said of leases: link-local is never worth more (RFC 3927 2.5). */
START_TEST(a_link_local_one_is_not_defended_for_ever)
{
	setup();
	w.config.acd_defence = ACD_DEFENCE_ALWAYS;
	settle();
	claim(drawn(0));
	claim(drawn(0));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	setup_as(FALLBACK_MODE_STATIC);
	w.config.acd_defence = ACD_DEFENCE_ALWAYS;
	settle();
	claim(OWN);
	claim(OWN);
	ck_assert_uint_eq(w.fallback, OWN);
}
END_TEST

START_TEST(one_of_the_users_that_is_taken_is_looked_at_once_a_minute)
{
	setup_as(FALLBACK_MODE_STATIC);
	fall_silent();
	world_run(&w, S(2));
	world_forget(&w);
	claim(OWN);
	ck_assert_uint_eq(watched(), IPV4_ANY);
	world_run(&w, S(59));
	ck_assert_uint_eq(w.arp_count, 0);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	world_run(&w, S(10));
	ck_assert_uint_eq(w.fallback, OWN);
}
END_TEST

/* Nobody waits for it any more. */
START_TEST(a_lease_ends_the_wait_for_one_that_is_taken)
{
	setup_as(FALLBACK_MODE_STATIC);
	fall_silent();
	claim(OWN);
	CHECK(w.client.fallback.begin_at != NSEC_NEVER);
	world_offer(&w);
	world_ack(&w);
	CHECK(w.client.fallback.begin_at == NSEC_NEVER);
}
END_TEST

START_TEST(what_says_nothing_of_it_is_passed_over)
{
	uint8_t packet[4] = { 0 };

	setup();
	settle();
	world_forget(&w);
	world_arp(&w, ARP_OP_REQUEST, SERVER, drawn(0));
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP,
					     .arp = { packet, 4, false } });
	ck_assert_uint_eq(w.arp_count, 0);
	ck_assert_uint_eq(w.fallback, drawn(0));
}
END_TEST

/* ---- the kernel -------------------------------------------------------- */

START_TEST(a_refusal_is_answered_by_another_try_later)
{
	setup();
	fall_silent();
	world_run(&w, S(8));
	world_forget(&w);
	world_fallback(&w, DHCP4_FALLBACK_REFUSED, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_FAILED), 1);
	world_run(&w, S(1) - 1);
	ck_assert_uint_eq(w.fallback_adds, 0);
	world_run(&w, 1);
	ck_assert_uint_eq(w.fallback_adds, 1);
	world_fallback(&w, DHCP4_FALLBACK_REFUSED, IPV4_ANY);
	world_run(&w, S(1));
	ck_assert_uint_eq(w.fallback_adds, 1);
	world_run(&w, S(1));
	ck_assert_uint_eq(w.fallback_adds, 2);
	world_fallback(&w, DHCP4_FALLBACK_CONFIGURED, IPV4_ANY);
	world_run(&w, S(600));
	ck_assert_uint_eq(w.fallback_adds, 2);
}
END_TEST

START_TEST(an_answer_that_comes_too_late_means_nothing)
{
	setup();
	world_start(&w);
	world_fallback(&w, DHCP4_FALLBACK_REFUSED, IPV4_ANY);
	world_fallback(&w, DHCP4_FALLBACK_CONFIGURED, IPV4_ANY);
	CHECK(w.client.fallback.configure_at == NSEC_NEVER);
	CHECK(!w.client.fallback.configured);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FALLBACK_READY), 0);
}
END_TEST

START_TEST(what_somebody_took_away_is_put_back)
{
	setup();
	settle();
	world_forget(&w);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.fallback_adds, 1);
	ck_assert_uint_eq(w.fallback_removes, 0);
}
END_TEST

START_TEST(another_configuration_is_obeyed)
{
	setup_as(FALLBACK_MODE_STATIC);
	settle();
	world_forget(&w);
	w.config.fallback.gateway = IPV4_ANY;
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.fallback_adds, 1);
	ck_assert_uint_eq(w.fallback_gateway, IPV4_ANY);
	w.config.fallback.address = OWN + 1;
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	world_run(&w, S(8));
	ck_assert_uint_eq(w.fallback, OWN + 1);
	w.config.fallback.mode = FALLBACK_MODE_OFF;
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
}
END_TEST

/* ---- after a restart ----------------------------------------------------- */

START_TEST(what_is_in_the_kernel_is_used_on_and_probed_meanwhile)
{
	setup();
	w.config.fallback.address = drawn(7);
	world_start(&w);
	world_fallback(&w, DHCP4_FALLBACK_FOUND, drawn(7));
	ck_assert_uint_eq(w.fallback, drawn(7));
	ck_assert_uint_eq(w.fallback_adds, 1);
	ck_assert_uint_eq(w.fallback_removes, 0);
	world_run(&w, S(20));
	ck_assert_uint_eq(w.arp_count, 5);
	CHECK(w.arps[2].probe && !w.arps[3].probe);
	ck_assert_uint_eq(w.fallback, drawn(7));
}
END_TEST

START_TEST(a_conflict_of_what_is_used_on_ends_it_at_once)
{
	setup();
	w.config.fallback.address = drawn(7);
	world_start(&w);
	world_fallback(&w, DHCP4_FALLBACK_FOUND, drawn(7));
	claim(drawn(7));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(watched(), drawn(0));
}
END_TEST

START_TEST(what_is_in_the_kernel_is_taken_over_while_it_is_probed)
{
	setup_as(FALLBACK_MODE_ALWAYS);
	w.config.fallback.address = drawn(7);
	world_start(&w);
	world_run(&w, S(2));
	world_fallback(&w, DHCP4_FALLBACK_FOUND, drawn(7));
	ck_assert_uint_eq(w.fallback, drawn(7));
	world_run(&w, S(10));
	ck_assert_uint_eq(w.arp_count, 5);
}
END_TEST

START_TEST(what_is_in_the_kernel_for_nothing_is_removed)
{
	struct dhcp4_lease lease;

	/* There is none any more. */
	setup_as(FALLBACK_MODE_OFF);
	world_start(&w);
	world_fallback(&w, DHCP4_FALLBACK_FOUND, drawn(7));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	/* Another one is meant. */
	setup_as(FALLBACK_MODE_STATIC);
	world_start(&w);
	world_fallback(&w, DHCP4_FALLBACK_FOUND, drawn(7));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	/* There is a lease. */
	setup();
	w.config.fallback.address = drawn(7);
	lease = world_lease(&w, 1000);
	world_load(&w, &lease, true, true);
	world_start(&w);
	world_fallback(&w, DHCP4_FALLBACK_FOUND, drawn(7));
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	ck_assert_uint_eq(w.fallback_removes, 1);
}
END_TEST

/* The configuration changed between probe and report. */
START_TEST(what_is_found_wins_over_what_was_begun)
{
	setup_as(FALLBACK_MODE_STATIC);
	fall_silent();
	ck_assert_uint_eq(watched(), OWN);
	w.config.fallback.address = OWN + 1;
	world_fallback(&w, DHCP4_FALLBACK_FOUND, OWN + 1);
	ck_assert_uint_eq(w.fallback, OWN + 1);
}
END_TEST

START_TEST(a_step_leaves_no_contradiction_behind)
{
	setup();
	settle();
	ck_assert_ptr_null(dhcp4_flaw(&w.client));
	w.client.fallback.acd.in_use = false;
	ck_assert_str_eq(dhcp4_flaw(&w.client), "configured without a fallback");
}
END_TEST

Suite *test_client_fallback_suite(void)
{
	Suite *suite = suite_create("client_fallback");
	TCase *tests = tcase_create("client_fallback");

	tcase_add_test(tests, it_begins_with_the_third_silent_discover);
	tcase_add_test(tests, without_being_asked_for_there_is_none);
	tcase_add_test(tests, where_there_is_no_arp_there_is_none);
	tcase_add_test(tests, it_gives_way_to_a_lease);
	tcase_add_test(tests, it_comes_back_when_the_lease_is_lost);
	tcase_add_test(tests, an_offer_alone_does_not_end_it);
	tcase_add_test(tests, it_can_be_there_always);
	tcase_add_test(tests, without_a_carrier_it_ends);
	tcase_add_test(tests, on_another_network_it_ends);
	tcase_add_test(tests,
		       after_a_suspend_it_is_probed_before_it_is_used_again);
	tcase_add_test(tests, who_is_stopped_has_none);
	tcase_add_test(tests, who_only_informs_has_none);
	tcase_add_test(tests, a_network_without_ipv4_has_none);
	tcase_add_test(tests, one_of_the_users_is_nobodys_to_forbid);
	tcase_add_test(tests, it_changes_nothing_that_is_sent);
	tcase_add_test(tests, what_was_used_last_is_tried_first);
	tcase_add_test(tests, what_could_never_be_used_is_not_tried);
	tcase_add_test(tests, one_of_the_users_is_used_as_he_said);
	tcase_add_test(tests, one_of_the_users_may_be_leased);
	tcase_add_test(tests, it_is_probed_and_announced_at_the_pace_of_the_rfc);
	tcase_add_test(tests, delays_differ_by_the_seed_of_the_client);
	tcase_add_test(tests, another_host_that_probes_for_it_has_it);
	tcase_add_test(tests, one_claim_is_answered_and_the_second_believed);
	tcase_add_test(tests, a_link_local_one_is_not_defended_for_ever);
	tcase_add_test(tests,
		       one_of_the_users_that_is_taken_is_looked_at_once_a_minute);
	tcase_add_test(tests, a_lease_ends_the_wait_for_one_that_is_taken);
	tcase_add_test(tests, what_says_nothing_of_it_is_passed_over);
	tcase_add_test(tests, a_refusal_is_answered_by_another_try_later);
	tcase_add_test(tests, an_answer_that_comes_too_late_means_nothing);
	tcase_add_test(tests, what_somebody_took_away_is_put_back);
	tcase_add_test(tests, another_configuration_is_obeyed);
	tcase_add_test(tests,
		       what_is_in_the_kernel_is_used_on_and_probed_meanwhile);
	tcase_add_test(tests, a_conflict_of_what_is_used_on_ends_it_at_once);
	tcase_add_test(tests,
		       what_is_in_the_kernel_is_taken_over_while_it_is_probed);
	tcase_add_test(tests, what_is_in_the_kernel_for_nothing_is_removed);
	tcase_add_test(tests, what_is_found_wins_over_what_was_begun);
	tcase_add_test(tests, a_step_leaves_no_contradiction_behind);
	suite_add_tcase(suite, tests);
	return suite;
}
