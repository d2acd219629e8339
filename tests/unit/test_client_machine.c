/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as a whole: every event in every state, walks at random, and that
 * just the legal transitions happen. What must hold of each step is support.c's.
 */
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "core/names.h"
#include "unit/support.h"

Suite *test_client_machine_suite(void);

static struct world w;

/* ---- what can happen -------------------------------------------------- */

static void do_start(void)
{
	world_event(&w, DHCP4_EVENT_START);
}

static void do_stop(void)
{
	world_stop(&w, false);
}

static void do_release(void)
{
	world_stop(&w, true);
}

static void do_carrier_up(void)
{
	world_carrier(&w, true);
}

static void do_carrier_down(void)
{
	world_carrier(&w, false);
}

static void do_move(void)
{
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					     .carrier = { true, true } });
}

static void do_resume(void)
{
	world_event(&w, DHCP4_EVENT_RESUME);
}

static void do_tick(void)
{
	world_event(&w, DHCP4_EVENT_TICK);
}

static void do_arp(void)
{
	static const uint8_t octets[ARP_SIZE];

	world_step(&w,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP,
					 .arp = { octets, ARP_SIZE, false } });
}

/* The address that the client is after, or has, or had. */
static ipv4_addr address_in_question(void)
{
	return w.client.state == DHCP4_STATE_REQUESTING ? w.client.chosen.address
							: w.client.lease.address;
}

static void do_claim(void)
{
	world_arp(&w, ARP_OP_REPLY, address_in_question(), SERVER);
}

static void do_probe(void)
{
	world_arp(&w, ARP_OP_REQUEST, IPV4_ANY, address_in_question());
}

static void do_send_failed(void)
{
	world_event(&w, DHCP4_EVENT_SEND_FAILED);
}

static void do_configured(void)
{
	world_event(&w, DHCP4_EVENT_CONFIGURED);
}

static void do_configure_failed(void)
{
	world_event(&w, DHCP4_EVENT_CONFIGURE_FAILED);
}

static void do_remove(void)
{
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
}

static void do_conflict(void)
{
	world_lost(&w, DHCP4_ADDRESS_LOST_CONFLICT);
}

static void do_renew(void)
{
	world_event(&w, DHCP4_EVENT_RENEW);
}

static void do_rebind(void)
{
	world_event(&w, DHCP4_EVENT_REBIND);
}

static void do_reconfigure(void)
{
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
}

static void do_rename(void)
{
	w.config.client_id.bytes[6]++;
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
					     .reconfigure.identity = true });
}

static void do_load(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	world_load(&w, &lease, false, true);
}

static void do_recall(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	lease.router = OTHER;
	lease.router_hw = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x77 } };
	world_step(&w,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_LEASE_LOADED,
					 .lease_loaded = { .lease = &lease,
							   .usable = true,
							   .attached = true } });
}

/* Routers of this network and of another one; both may be asked for. */
static void do_router(void)
{
	world_arp(&w, ARP_OP_REPLY, SERVER, CLIENT);
}

static void do_other_router(void)
{
	world_arp(&w, ARP_OP_REPLY, OTHER, CLIENT);
}

static void do_carrier_up_knowing(void)
{
	struct dhcp4_event event = { .kind = DHCP4_EVENT_CARRIER,
				     .carrier.up = true };

	event.known.node[0] = (struct attach_node){
		1, CLIENT, OTHER, { 6, { 2, 0, 0, 0, 0, 0x77 } }
	};
	world_step(&w, event);
}

static void do_load_held(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	world_load(&w, &lease, true, true);
}

static void do_offer(void)
{
	world_offer(&w);
}

static void do_offer_of_another(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_OFFER);

	reply.yiaddr = CLIENT_2;
	reply.server_id = OTHER;
	world_receive(&w, &reply);
}

static void do_ack(void)
{
	world_ack(&w);
}

static void do_ack_for_a_minute(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_ACK);

	reply.lease_s = 60;
	reply.mask = 0;
	world_receive(&w, &reply);
}

static void do_nak(void)
{
	world_nak(&w);
}

static void do_nak_of_another(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_NAK);

	reply.server_id = OTHER;
	world_receive(&w, &reply);
}

/* The window closes over two offers, and who is asked is silent. */
static void do_offers_in_vain(void)
{
	if (w.client.state != DHCP4_STATE_SELECTING)
		return;
	w.config.offer_window_ns = S(1);
	do_offer();
	do_offer_of_another();
	w.config.offer_window_ns = 0;
	world_run(&w, S(90));
}

/* The same, and the second one prefers IPv6. */
static void do_offers_in_vain_v6only(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_OFFER);

	if (w.client.state != DHCP4_STATE_SELECTING)
		return;
	w.config.v6only = true;
	w.config.offer_window_ns = S(1);
	do_offer();
	reply.server_id = OTHER;
	reply.options = (const uint8_t[]){ 108, 4, 0, 0, 0, 0 };
	reply.options_size = 6;
	world_receive(&w, &reply);
	w.config.offer_window_ns = 0;
	world_run(&w, S(90));
}

static void do_ack_v6only(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_ACK);

	w.config.v6only = true;
	reply.options = (const uint8_t[]){ 108, 4, 0, 0, 0, 0 };
	reply.options_size = 6;
	world_receive(&w, &reply);
}

/* The router of the lease says that this is its network; then the server does. */
static void do_ack_v6only_where_known(void)
{
	w.config.known_networks = true;
	world_event(&w, DHCP4_EVENT_TICK);
	do_router();
	do_carrier_down();
	do_carrier_up();
	world_run(&w, S(1));
	do_router();
	do_ack_v6only();
}

static void do_rapid_ack(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_ACK);

	w.config.rapid_commit = true;
	reply.options = (const uint8_t[]){ 80, 0 };
	reply.options_size = 2;
	world_receive(&w, &reply);
}

static void do_bootp(void)
{
	struct reply reply = world_bootp_reply(&w);

	w.config.bootp = true;
	if (w.client.state == DHCP4_STATE_SELECTING && !w.client.offers.count)
		world_bootp(&w);
	else
		world_receive(&w, &reply);
}

static void do_noise(void)
{
	static const uint8_t octets[28] = { 0x45 };

	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_FRAME,
					     .frame = { octets, 28, false,
							w.server_hw, w.verdict,
							w.pin } });
}

/* Time passes; it is noticed at once, or late. */
static void do_wait(void)
{
	if (dhcp4_want(&w.client).deadline != NSEC_NEVER)
		world_tick(&w);
}

static void do_wait_8_s(void)
{
	world_run(&w, S(8));
}

static void do_wait_90_s(void)
{
	world_run(&w, S(90));
}

static void do_wait_for_t2(void)
{
	if (w.client.tenure != DHCP4_TENURE_NONE &&
	    w.client.lease.t2_ns != NSEC_NEVER && w.client.lease.t2_ns > w.now)
		world_run_to(&w, w.client.lease.t2_ns);
}

static void do_sleep_for_an_hour(void)
{
	w.now += S(3600);
	world_event(&w, DHCP4_EVENT_RESUME);
}

static void (*const actions[])(void) = {
	do_start,
	do_stop,
	do_release,
	do_carrier_up,
	do_carrier_down,
	do_move,
	do_resume,
	do_tick,
	do_arp,
	do_claim,
	do_probe,
	do_send_failed,
	do_configured,
	do_configure_failed,
	do_remove,
	do_conflict,
	do_renew,
	do_rebind,
	do_reconfigure,
	do_rename,
	do_load,
	do_load_held,
	do_recall,
	do_router,
	do_other_router,
	do_carrier_up_knowing,
	do_offer,
	do_offer_of_another,
	do_ack,
	do_ack_for_a_minute,
	do_nak,
	do_nak_of_another,
	do_noise,
	do_bootp,
	do_offers_in_vain,
	do_offers_in_vain_v6only,
	do_ack_v6only,
	do_ack_v6only_where_known,
	do_rapid_ack,
	do_wait,
	do_wait_8_s,
	do_wait_90_s,
	do_wait_for_t2,
	do_sleep_for_an_hour,
};

/*
 * Faults end: from wherever it is, the client gets its lease, or its parameters,
 * within ten minutes.
 */
static void check_convergence(void)
{
	nsec end = w.now + S(600);

	w.config.acd = ACD_MODE_OFF;
	w.earliest_send = 0;
	world_forget(&w);
	world_carrier(&w, true);
	world_event(&w, DHCP4_EVENT_START);
	while (w.client.state != DHCP4_STATE_BOUND) {
		switch (w.client.state) {
		case DHCP4_STATE_SELECTING:
			world_offer(&w);
			break;
		case DHCP4_STATE_REQUESTING:
		case DHCP4_STATE_REBOOTING:
		case DHCP4_STATE_RENEWING:
		case DHCP4_STATE_REBINDING:
			world_ack(&w);
			break;
		case DHCP4_STATE_INIT:
		case DHCP4_STATE_INIT_REBOOT:
		case DHCP4_STATE_V6ONLY_WAIT:
			break;
		case DHCP4_STATE_INFORMING:
			if (!dhcp4_want(&w.client).listen)
				return;
			world_ack(&w);
			continue;
		case DHCP4_STATE_STOPPED:
		case DHCP4_STATE_PROBING:
		case DHCP4_STATE_BOUND:
		case DHCP4_STATE_COUNT:
			ck_abort_msg("started, and in %s",
				     dhcp4_state_name(w.client.state));
		}
		if (w.client.state == DHCP4_STATE_BOUND)
			break;
		do_wait();
		ck_assert(w.now < end);
	}
	ck_assert_uint_eq(w.kernel, w.client.lease.address);
}

/* ---- every event in every state --------------------------------------- */

START_TEST(every_event_in_every_state)
{
	const struct place *place = &places[_i];

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		world_init(&w, (unsigned)i);
		world_reach(&w, place->state, place->held);
		world_forget(&w);
		actions[i]();
		/* What it does on the quiet for the next two hours. */
		world_run(&w, S(7200));
		check_convergence();
	}
}
END_TEST

/* The same with a turn to wait for, and a window, after any first event. */
START_TEST(every_pair_of_events)
{
	const struct place *place = &places[_i];

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(actions); j++) {
			world_init(&w, (unsigned)(i * j));
			w.config.offer_window_ns = i % 2 ? S(1) : 0;
			w.config.broadcast = j % 2;
			if (w.config.offer_window_ns &&
			    (place->state == DHCP4_STATE_REQUESTING ||
			     place->state == DHCP4_STATE_V6ONLY_WAIT ||
			     place->held || place->state == DHCP4_STATE_PROBING))
				w.config.offer_window_ns = 0;
			world_reach(&w, place->state, place->held);
			world_forget(&w);
			w.config.acd = (i + j) % ACD_MODE_COUNT;
			w.config.known_networks = (i + j) % 3;
			w.earliest_send = w.now + S(2);
			actions[i]();
			w.now += MS(700);
			world_event(&w, DHCP4_EVENT_TICK);
			actions[j]();
			world_run(&w, S(30));
		}
	}
}
END_TEST

/* ---- walks at random --------------------------------------------------- */

START_TEST(random_walks)
{
	uint8_t seed[32] = { (uint8_t)_i, 77 };
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned walk = 0; walk < 12; walk++) {
		world_init(&w, (unsigned)_i * 100 + walk);
		w.config.offer_window_ns = walk % 3 ? 0 : MS(500);
		w.config.inform_address = walk == 11 ? CLIENT : IPV4_ANY;
		w.config.known_networks = walk % 2;
		world_start(&w);
		for (unsigned i = 0; i < 150; i++) {
			if (prng_below(&prng, 4) == 0) {
				w.now += prng_below(&prng, S(4));
				world_event(&w, DHCP4_EVENT_TICK);
			}
			if (prng_below(&prng, 20) == 0)
				w.config.acd = (enum acd_mode)prng_below(
					&prng, ACD_MODE_COUNT);
			w.earliest_send = w.now + prng_below(&prng, S(1));
			if (prng_below(&prng, 3) == 0)
				world_offer(&w);
			else if (prng_below(&prng, 3) == 0)
				world_ack(&w);
			else
				actions[prng_below(&prng, ARRAY_SIZE(actions))]();
		}
		check_convergence();
	}
}
END_TEST

/* Two worlds with the same seed and the same story end alike. */
START_TEST(history_repeats_itself)
{
	static struct world other;

	for (int i = 0; i < 2; i++) {
		world_init(&w, 9);
		world_start(&w);
		world_run(&w, S(20));
		world_offer(&w);
		world_run(&w, S(5));
		world_ack(&w);
		world_run(&w, S(3500));
		if (i == 0)
			other = w;
	}
	ck_assert_uint_eq(w.sent_count, other.sent_count);
	for (unsigned i = 0; i < w.sent_count; i++) {
		ck_assert(w.sent[i].at == other.sent[i].at);
		ck_assert_uint_eq(w.sent[i].size, other.sent[i].size);
		ck_assert_mem_eq(w.sent[i].packet, other.sent[i].packet,
				 w.sent[i].size);
	}
	world_init(&other, 10);
	world_start(&other);
	ck_assert_uint_ne(other.sent[0].xid, w.sent[0].xid);
}
END_TEST

/* ---- the tables -------------------------------------------------------- */

/* One process sees them all: Check's fork mode keeps nothing between tests. */
START_TEST(just_the_legal_transitions_happen)
{
	static bool seen[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT];

	for (unsigned mode = 0; mode < ACD_MODE_COUNT; mode++) {
		for (size_t i = 0; i < PLACES * ARRAY_SIZE(actions); i++) {
			const struct place *place = &places[i % PLACES];

			world_init(&w, 1);
			world_reach(&w, place->state, place->held);
			w.config.acd = mode;
			actions[i / PLACES]();
			for (unsigned j = 0; j < sizeof(seen); j++)
				(&seen[0][0])[j] |= (&w.seen[0][0])[j];
		}
	}
	for (unsigned i = 0; i < sizeof(seen); i++) {
		enum dhcp4_state from = i / DHCP4_STATE_COUNT;
		enum dhcp4_state to = i % DHCP4_STATE_COUNT;

		ck_assert_msg(seen[from][to] ==
				      dhcp4_transition_is_legal(from, to),
			      "%s to %s was %s", dhcp4_state_name(from),
			      dhcp4_state_name(to),
			      seen[from][to] ? "seen" : "not seen");
	}
}
END_TEST

START_TEST(transitions_are_a_table)
{
	unsigned count;
	const struct dhcp4_transition *rows = dhcp4_transitions(&count);

	for (unsigned i = 0; i < count; i++) {
		/* There may be another offer to request. */
		ck_assert(rows[i].from != rows[i].to ||
			  rows[i].from == DHCP4_STATE_REQUESTING);
		ck_assert_str_ne(rows[i].cause, "");
		for (unsigned j = 0; j < i; j++)
			ck_assert(rows[i].from != rows[j].from ||
				  rows[i].to != rows[j].to);
		ck_assert(dhcp4_transition_is_legal(rows[i].from, rows[i].to));
	}
	/* From every state a client can be stopped. */
	for (unsigned state = 1; state < DHCP4_STATE_COUNT; state++)
		ck_assert(dhcp4_transition_is_legal(state, DHCP4_STATE_STOPPED));
}
END_TEST

/* A lease that `strict` withdraws stays granted, wherever that leads. */
static void see_withdrawn(bool seen[][DHCP4_TENURE_HELD + 1])
{
	for (size_t i = 0; i < PLACES; i++) {
		if (!places[i].held)
			continue;
		world_init(&w, 1);
		world_reach(&w, places[i].state, true);
		w.config.acd = ACD_MODE_STRICT;
		world_event(&w, DHCP4_EVENT_RESUME);
		seen[w.client.state][w.client.tenure] = true;
		if (w.client.state == DHCP4_STATE_SELECTING)
			world_offer(&w);
		seen[w.client.state][w.client.tenure] = true;
		world_stop(&w, false);
		seen[w.client.state][w.client.tenure] = true;
	}
}

/* What each state may have of a lease is what can be had there. */
START_TEST(tenures_are_those_reached)
{
	bool seen[DHCP4_STATE_COUNT][DHCP4_TENURE_HELD + 1] = { { false } };

	for (size_t i = 0; i < PLACES; i++) {
		world_init(&w, 1);
		world_reach(&w, places[i].state, places[i].held);
		seen[w.client.state][w.client.tenure] = true;
	}
	world_init(&w, 1);
	do_load();
	seen[w.client.state][w.client.tenure] = true;
	see_withdrawn(seen);
	for (unsigned i = 0; i < DHCP4_STATE_COUNT; i++) {
		for (unsigned j = 0; j <= DHCP4_TENURE_HELD; j++)
			ck_assert_msg(seen[i][j] == dhcp4_tenure_is_legal(i, j),
				      "%s, %s", dhcp4_state_name(i),
				      dhcp4_tenure_name(j));
	}
}
END_TEST

Suite *test_client_machine_suite(void)
{
	Suite *suite = suite_create("client_machine");
	TCase *walks = tcase_create("walks");
	TCase *tables = tcase_create("tables");

	tcase_set_timeout(walks, 60);
	tcase_add_loop_test(walks, every_event_in_every_state, 0, PLACES);
	tcase_add_loop_test(walks, every_pair_of_events, 0, PLACES);
	tcase_add_loop_test(walks, random_walks, 0, 12);
	tcase_add_test(walks, history_repeats_itself);
	suite_add_tcase(suite, walks);
	tcase_set_timeout(tables, 30);
	tcase_add_test(tables, just_the_legal_transitions_happen);
	tcase_add_test(tables, transitions_are_a_table);
	tcase_add_test(tables, tenures_are_those_reached);
	suite_add_tcase(suite, tables);
	return suite;
}
