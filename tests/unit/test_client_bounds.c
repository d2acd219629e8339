/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The most that one step does: all is due at once, and something happens besides.
 * What the bounds of client.h are made of is put together here by hand, since no
 * network is so unlucky; a step with more would end the process.
 */
#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_bounds_suite(void);

static struct world w;

static unsigned count(enum dhcp4_effect_kind first, enum dhcp4_effect_kind last)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w.effects.count; i++)
		n += w.effects.list[i].kind >= first &&
		     w.effects.list[i].kind <= last;
	return n;
}

/* The address is in use, and its second announcement is due. */
static struct acd announced_until(nsec at)
{
	return (struct acd){ .phase = ACD_PHASE_ANNOUNCING,
			     .address = CLIENT,
			     .in_use = true,
			     .sent = 1,
			     .next_at = at };
}

START_TEST(arp_of_all_at_once)
{
	struct dhcp4_client *c = &w.client;
	struct reply offer;
	nsec at;

	world_init(&w, 1);
	world_reach(&w, DHCP4_STATE_SELECTING, true);
	w.config.offer_window_ns = S(1);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	offer.yiaddr = CLIENT_2;
	world_receive(&w, &offer);
	at = c->choose_at;
	ck_assert(at == w.now + S(1));

	w.config.acd = ACD_MODE_FAST;
	w.config.known_networks = true;
	w.config.fallback.mode = FALLBACK_MODE_ALWAYS;
	c->acd = c->fallback.acd = announced_until(at);
	c->fallback.active = true;
	c->fallback.candidate = w.fallback = CLIENT;
	c->attach.phase = ATTACH_PHASE_TESTING;
	c->attach.sent = 1;
	c->attach.next_at = at;
	for (unsigned i = 0; i < ATTACH_NODES_MAX; i++)
		c->attach.node[i] =
			(struct attach_node){ (uint8_t)i, CLIENT, SERVER + i,
					      w.server_hw };
	w.now = at;
	world_forget(&w);
	world_arp(&w, ARP_OP_REPLY, CLIENT, SERVER);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.ask_count, ATTACH_NODES_MAX);
	ck_assert_uint_eq(count(DHCP4_EFFECT_SEND_ARP, DHCP4_EFFECT_SEND_ARP),
			  DHCP4_ARPS_MAX);
}
END_TEST

/* REBOOTING was overtaken by a router's answer; its REQUEST is repeated at T2. */
START_TEST(requests_of_two_states)
{
	world_init(&w, 1);
	world_reach(&w, DHCP4_STATE_BOUND, true);
	w.now = w.client.lease.t2_ns;
	w.client.retransmit_at = w.now;
	w.client.give_up_at = w.now + 1;
	world_event(&w, DHCP4_EVENT_TICK);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(count(DHCP4_EFFECT_SEND_BROADCAST,
				DHCP4_EFFECT_SEND_UNICAST),
			  DHCP4_SENDS_MAX);
}
END_TEST

/* The mask is missing, nobody proved anything, T2 is over when the ACK comes. */
START_TEST(notices_of_one_ack)
{
	struct reply ack;

	world_init(&w, 1);
	world_reach(&w, DHCP4_STATE_REQUESTING, true);
	w.config.auth = DHCP4_AUTH_TOKEN;
	w.config.auth_token_size = 4;
	w.config.acd = ACD_MODE_FAST;
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.yiaddr = w.client.chosen.address = CLIENT_2;
	ack.mask = 0;
	ack.lease_s = 100;
	w.client.acd = (struct acd){ .phase = ACD_PHASE_PROBING,
				     .address = CLIENT_2,
				     .sent = 3 };
	w.client.xid_sent_ns = w.now;
	w.now += S(99);
	w.client.lease.expiry_ns = w.client.acd.next_at = w.now;
	world_forget(&w);
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(count(DHCP4_EFFECT_NOTIFY, DHCP4_EFFECT_NOTIFY), 7);
	ck_assert_uint_eq(w.notice_count, 7);
}
END_TEST

Suite *test_client_bounds_suite(void)
{
	Suite *suite = suite_create("client_bounds");
	TCase *bounds = tcase_create("bounds");

	tcase_add_test(bounds, arp_of_all_at_once);
	tcase_add_test(bounds, requests_of_two_states);
	tcase_add_test(bounds, notices_of_one_ack);
	suite_add_tcase(suite, bounds);
	return suite;
}
