/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the state machine as rows: one place, one event, what becomes of it.
 * tests/machine.golden is what it printed when last looked at: a change of the
 * machine is a diff of rows.
 *
 * Fails if a legal transition is in no row.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/names.h"
#include "unit/support.h"

#define ROW_MAX 400

static const char legend[] =
	"What the machine does, one row for a place and an event: the new state,\n"
	"the new thing it waits for (and how long, where chance has no part in it),\n"
	"and what was done; \"-\" where nothing changed. A place with a comma is a\n"
	"plain one with something added; only its rows that differ are shown.\n"
	"Addresses are told by their last octet. A TICK comes at the instant that\n"
	"it is named for, late for all that was due before.\n"
	"Made by tests/check-golden --update.\n";

static struct world w;

/* Transitions in the rows. */
static bool seen[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT];

void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, expression);
	abort();
}

/* ---- deadlines -------------------------------------------------------- */

#define ALL	  ~0U
#define IN(state) (1U << DHCP4_STATE_##state)

/* What is waited for: an instant of the client, in some states. */
static const struct deadline {
	const char *name;
	size_t offset;
	unsigned states;
	bool of_lease;
	bool drawn; /* chance has a part in how long that is */
} deadlines[] = {
	{ "send", offsetof(struct dhcp4_client, send_at), ALL, false, false },
	{ "retransmit", offsetof(struct dhcp4_client, retransmit_at), ALL,
	  false, true },
	{ "window", offsetof(struct dhcp4_client, choose_at), ALL, false, false },
	{ "give up", offsetof(struct dhcp4_client, give_up_at), ALL, false, true },
	{ "configure", offsetof(struct dhcp4_client, configure_at), ALL, false,
	  false },
	{ "T1", offsetof(struct dhcp4_client, lease.t1_ns),
	  IN(PROBING) | IN(BOUND), true, true },
	{ "T2", offsetof(struct dhcp4_client, lease.t2_ns),
	  IN(PROBING) | IN(BOUND) | IN(RENEWING), true, true },
	{ "expiry", offsetof(struct dhcp4_client, lease.expiry_ns), ALL, true,
	  true },
	{ "ARP", offsetof(struct dhcp4_client, acd.next_at), ALL, false, true },
	{ "router", offsetof(struct dhcp4_client, attach.next_at), ALL, false,
	  false },
};

/* NSEC_NEVER if the client has no such deadline. */
static nsec instant_of(const struct dhcp4_client *c, const struct deadline *d)
{
	nsec instant;

	if (!(d->states >> c->state & 1) ||
	    (d->of_lease && c->tenure == DHCP4_TENURE_NONE))
		return NSEC_NEVER;
	memcpy(&instant, (const char *)c + d->offset, sizeof(instant));
	return instant;
}

/* ---- places with something added -------------------------------------- */

static void to_inform(void)
{
	w.config.inform_address = CLIENT;
	world_reach(&w, DHCP4_STATE_STOPPED, false);
}

static void to_inform_with_lease(void)
{
	world_reach(&w, DHCP4_STATE_STOPPED, true);
	w.config.inform_address = CLIENT;
}

static void remembering(void)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_load(&w, &lease, false, true);
}

static void refused_twice(void)
{
	world_reach(&w, DHCP4_STATE_REQUESTING, false);
	world_nak(&w);
	world_offer(&w);
	world_nak(&w);
}

static void window_open(void)
{
	w.config.offer_window_ns = S(1);
	world_reach(&w, DHCP4_STATE_SELECTING, false);
	world_offer(&w);
}

/* Nobody has offered. */
static void bootp(void)
{
	w.config.bootp = true;
	world_reach(&w, DHCP4_STATE_SELECTING, false);
	world_tick(&w);
}

static void bootp_with_detection(void)
{
	w.config.acd = ACD_MODE_STRICT;
	bootp();
}

static void last_try(void)
{
	world_reach(&w, DHCP4_STATE_REQUESTING, false);
	while (w.client.give_up_at == NSEC_NEVER)
		world_tick(&w);
}

static void offer_kept(uint32_t v6only_s)
{
	struct reply offer;

	w.config.v6only = v6only_s;
	w.config.offer_window_ns = S(1);
	world_reach(&w, DHCP4_STATE_SELECTING, false);
	world_offer(&w);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	offer.server_id = offer.source = OTHER;
	offer.yiaddr = CLIENT_2;
	offer.options = (const uint8_t[]){ 108, 4, 0, 0, 7, 8 };
	offer.options_size = v6only_s ? 6 : 0;
	world_receive(&w, &offer);
	while (w.client.give_up_at == NSEC_NEVER)
		world_tick(&w);
}

static void last_try_of_two(void)
{
	offer_kept(0);
}

static void last_try_before_v6only(void)
{
	offer_kept(1800);
}

static void wishful(enum dhcp4_state state)
{
	w.config.rapid_commit = w.config.v6only = w.config.auto_configure = true;
	w.config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	world_reach(&w, state, false);
}

static void selecting_wishful(void)
{
	wishful(DHCP4_STATE_SELECTING);
}

static void rebooting_wishful(void)
{
	wishful(DHCP4_STATE_REBOOTING);
}

static void selecting_after_silence(void)
{
	last_try();
	world_tick(&w);
}

static void requesting_with_detection(void)
{
	w.config.acd = ACD_MODE_STRICT;
	world_reach(&w, DHCP4_STATE_REQUESTING, false);
}

static void requesting_fast(void)
{
	w.config.acd = ACD_MODE_FAST;
	world_reach(&w, DHCP4_STATE_REQUESTING, false);
}

static void requesting_passed(void)
{
	requesting_fast();
	world_run(&w, ACD_FAST_NS);
}

static void claim(void)
{
	world_arp(&w, ARP_OP_REPLY, CLIENT, CLIENT_2);
}

static void requesting_what_is_taken(void)
{
	requesting_fast();
	claim();
}

static void requesting_optimistic(void)
{
	w.config.acd = ACD_MODE_OPTIMISTIC;
	world_reach(&w, DHCP4_STATE_REQUESTING, false);
}

static void requesting_another(void)
{
	struct reply offer;

	world_reach(&w, DHCP4_STATE_SELECTING, true);
	offer = world_reply(&w, DHCP4_TYPE_OFFER);
	offer.yiaddr = CLIENT_2;
	world_receive(&w, &offer);
}

static void resumed_out_of_turn(void)
{
	world_reach(&w, DHCP4_STATE_BOUND, true);
	w.earliest_send = w.now + S(2);
	world_event(&w, DHCP4_EVENT_RESUME);
	w.earliest_send = 0;
}

static void doubtful(void)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_load(&w, &lease, false, false);
	world_start(&w);
}

static void rebooting_with_detection(void)
{
	w.config.acd = ACD_MODE_STRICT;
	world_reach(&w, DHCP4_STATE_REBOOTING, false);
}

static void rebooting_fast(void)
{
	w.config.acd = ACD_MODE_FAST;
	world_reach(&w, DHCP4_STATE_REBOOTING, false);
}

static void rebooting_to_what_is_taken(void)
{
	rebooting_fast();
	claim();
}

static void carrier_flaps(enum acd_mode mode)
{
	world_reach(&w, DHCP4_STATE_BOUND, true);
	world_sleep(&w, S(10));
	w.config.acd = mode;
	world_carrier(&w, false);
	world_carrier(&w, true);
}

static void rebooting_with_held_fast(void)
{
	carrier_flaps(ACD_MODE_FAST);
}

/* The router is known, and is asked; so is another network's. */
static void rebooting_known(void)
{
	w.config.known_networks = true;
	world_reach(&w, DHCP4_STATE_BOUND, true);
	world_arp(&w, ARP_OP_REPLY, SERVER, CLIENT);
	world_sleep(&w, S(10));
	world_carrier(&w, false);
	world_step(&w, (struct dhcp4_event){
			       .kind = DHCP4_EVENT_CARRIER,
			       .carrier.up = true,
			       .known.node = { { 1, CLIENT_2, OTHER,
						 w.client.lease.router_hw } } });
}

static void bound_known(void)
{
	w.config.v6only = true;
	rebooting_known();
	world_arp(&w, ARP_OP_REPLY, SERVER, CLIENT);
}

static void bound_learning(void)
{
	w.config.known_networks = true;
	world_reach(&w, DHCP4_STATE_BOUND, true);
}

/* What `strict` has withdrawn. */
static void rebooting_withdrawn(void)
{
	carrier_flaps(ACD_MODE_STRICT);
}

static void probing_fast(void)
{
	requesting_fast();
	world_ack(&w);
}

static void probing_nearly_done(void)
{
	world_reach(&w, DHCP4_STATE_PROBING, false);
	while (w.arp_count < 3)
		world_tick(&w);
}

/* Fast, and all that was to be sent is sent. */
static void settled(void)
{
	probing_fast();
	world_run(&w, S(3));
	world_event(&w, DHCP4_EVENT_CONFIGURED);
}

static void defended(void)
{
	settled();
	claim();
}

static void never_defended(void)
{
	settled();
	w.config.acd_defence = ACD_DEFENCE_NEVER;
}

static void bound_strict(void)
{
	settled();
	w.config.acd = ACD_MODE_STRICT;
}

static void bound_optimistic(void)
{
	requesting_optimistic();
	world_ack(&w);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
}

static void t1_out_of_turn(void)
{
	world_reach(&w, DHCP4_STATE_BOUND, true);
	w.earliest_send = w.client.lease.t1_ns + S(2);
	world_run_to(&w, w.client.lease.t1_ns);
	w.earliest_send = 0;
}

static void not_configured(void)
{
	world_reach(&w, DHCP4_STATE_BOUND, true);
	world_event(&w, DHCP4_EVENT_CONFIGURE_FAILED);
}

static void for_ever(void)
{
	struct reply ack = world_reply(&w, DHCP4_TYPE_ACK);

	ack.lease_s = DHCP4_LEASE_INFINITE;
	world_bind_as(&w, &ack);
}

static void informed(void)
{
	world_reach(&w, DHCP4_STATE_INFORMING, false);
	world_ack(&w);
}

static void informing_without_carrier(void)
{
	world_reach(&w, DHCP4_STATE_INFORMING, false);
	world_carrier(&w, false);
}

/*
 * Each belongs to the plain place in whose state it ends. One without a name is
 * told from it by its tenure.
 */
static const struct variant {
	const char *name;
	void (*reach)(void);
} variants[] = {
	{ NULL, remembering },
	{ "to inform", to_inform },
	{ "to inform", to_inform_with_lease },
	{ "refused twice", refused_twice },
	{ "window open", window_open },
	{ "bootp", bootp },
	{ "bootp, strict", bootp_with_detection },
	{ "wishful", selecting_wishful },
	{ "silent before", selecting_after_silence },
	{ "last try", last_try },
	{ "last try of two", last_try_of_two },
	{ "last try, then IPv6", last_try_before_v6only },
	{ "wishful", rebooting_wishful },
	{ "strict", requesting_with_detection },
	{ "fast", requesting_fast },
	{ "fast, passed", requesting_passed },
	{ "fast, taken", requesting_what_is_taken },
	{ "optimistic", requesting_optimistic },
	{ "another", requesting_another },
	{ "not its turn", resumed_out_of_turn },
	{ "doubtful", doubtful },
	{ "strict", rebooting_with_detection },
	{ "fast", rebooting_fast },
	{ "fast, taken", rebooting_to_what_is_taken },
	{ "fast", rebooting_with_held_fast },
	{ NULL, rebooting_withdrawn },
	{ "known", rebooting_known },
	{ "known", bound_known },
	{ "learning", bound_learning },
	{ "fast", probing_fast },
	{ "nearly done", probing_nearly_done },
	{ "fast", settled },
	{ "fast, defended", defended },
	{ "never defended", never_defended },
	{ "strict", bound_strict },
	{ "optimistic", bound_optimistic },
	{ "not its turn", t1_out_of_turn },
	{ "not configured", not_configured },
	{ "for ever", for_ever },
	{ "informed", informed },
	{ "no carrier", informing_without_carrier },
};

/* ---- events ----------------------------------------------------------- */

/* Those that are no more than their arguments. */
static const struct {
	const char *name;
	struct dhcp4_event event;
} plain_events[] = {
	{ "START", { .kind = DHCP4_EVENT_START } },
	{ "STOP", { .kind = DHCP4_EVENT_STOP } },
	{ "STOP release", { .kind = DHCP4_EVENT_STOP, .stop.release = true } },
	{ "STOP gone", { .kind = DHCP4_EVENT_STOP, .stop.gone = true } },
	{ "CARRIER up", { .kind = DHCP4_EVENT_CARRIER, .carrier.up = true } },
	{ "CARRIER up, moved",
	  { .kind = DHCP4_EVENT_CARRIER, .carrier = { true, true } } },
	{ "CARRIER down", { .kind = DHCP4_EVENT_CARRIER } },
	{ "RESUME", { .kind = DHCP4_EVENT_RESUME } },
	{ "TICK early", { .kind = DHCP4_EVENT_TICK } },
	{ "ARP cut short", { .kind = DHCP4_EVENT_ARP } },
	{ "SEND_FAILED", { .kind = DHCP4_EVENT_SEND_FAILED } },
	{ "CONFIGURED", { .kind = DHCP4_EVENT_CONFIGURED } },
	{ "CONFIGURE_FAILED", { .kind = DHCP4_EVENT_CONFIGURE_FAILED } },
	{ "ADDRESS_LOST removed",
	  { .kind = DHCP4_EVENT_ADDRESS_LOST,
	    .address_lost = DHCP4_ADDRESS_LOST_REMOVED } },
	{ "ADDRESS_LOST conflict",
	  { .kind = DHCP4_EVENT_ADDRESS_LOST,
	    .address_lost = DHCP4_ADDRESS_LOST_CONFLICT } },
	{ "ADDRESS_LOST flushed",
	  { .kind = DHCP4_EVENT_ADDRESS_LOST,
	    .address_lost = DHCP4_ADDRESS_LOST_FLUSHED } },
	{ "RENEW", { .kind = DHCP4_EVENT_RENEW } },
	{ "REBIND", { .kind = DHCP4_EVENT_REBIND } },
	{ "RECONFIGURE", { .kind = DHCP4_EVENT_RECONFIGURE } },
};

static void reconfigure_identity(void)
{
	w.config.client_id.bytes[6]++;
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
					     .reconfigure.identity = true });
}

static void load_in_kernel(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	world_load(&w, &lease, true, true);
}

static void load_usable(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	world_load(&w, &lease, false, true);
}

static void load_unusable(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	world_load(&w, &lease, false, false);
}

static void load_expired(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	lease.expiry_ns = w.now;
	world_load(&w, &lease, false, true);
}

static void hear_claim(void)
{
	world_arp(&w, ARP_OP_REQUEST, CLIENT, SERVER);
}

static void hear_probe(void)
{
	world_arp(&w, ARP_OP_REQUEST, IPV4_ANY, CLIENT);
}

static void hear_other(void)
{
	world_arp(&w, ARP_OP_REQUEST, CLIENT_2, CLIENT);
}

static void hear_router(void)
{
	world_arp(&w, ARP_OP_REPLY, SERVER, CLIENT);
}

static void hear_other_router(void)
{
	world_arp(&w, ARP_OP_REPLY, OTHER, CLIENT_2);
}

static void load_attached(void)
{
	struct dhcp4_lease lease = world_lease(&w, 500);

	world_step(&w,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_LEASE_LOADED,
					 .lease_loaded = { .lease = &lease,
							   .usable = true,
							   .attached = true } });
}

static void receive_cut(void)
{
	struct reply ack = world_reply(&w, DHCP4_TYPE_ACK);
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size = reply_write(&ack, packet);

	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_FRAME,
					     .frame = { packet, size - 1, false,
							w.server_hw, w.verdict,
							w.pin } });
}

static void receive_bootp(void)
{
	struct reply reply = world_bootp_reply(&w);

	world_receive(&w, &reply);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "RECONFIGURE identity", reconfigure_identity },
	{ "LEASE_LOADED in kernel", load_in_kernel },
	{ "LEASE_LOADED usable", load_usable },
	{ "LEASE_LOADED not usable", load_unusable },
	{ "LEASE_LOADED expired", load_expired },
	{ "LEASE_LOADED attached", load_attached },
	{ "ARP claim", hear_claim },
	{ "ARP probe", hear_probe },
	{ "ARP other", hear_other },
	{ "ARP router", hear_router },
	{ "ARP other router", hear_other_router },
	{ "FRAME cut short", receive_cut },
	{ "BOOTP reply", receive_bootp },
};

static void from_other_server(struct reply *r)
{
	r->server_id = r->source = OTHER;
}

static void with_v6only(struct reply *r)
{
	r->options = (const uint8_t *)"\154\4\0\0\7\10";
	r->options_size = 6;
}

static void with_rapid_commit(struct reply *r)
{
	r->options = (const uint8_t *)"\120\0";
	r->options_size = 2;
}

static void of_no_address(struct reply *r)
{
	r->yiaddr = IPV4_ANY;
	r->options = (const uint8_t *)"\164\1\0";
	r->options_size = 3;
}

static void without_server_id(struct reply *r)
{
	r->server_id = IPV4_ANY;
}

static void of_another_address(struct reply *r)
{
	r->yiaddr = r->yiaddr == CLIENT ? CLIENT_2 : CLIENT;
}

static void without_mask(struct reply *r)
{
	r->mask = 0;
}

static void with_another_mask(struct reply *r)
{
	r->mask = 0xffff0000;
}

/* As an INFORM is answered. */
static void without_lease(struct reply *r)
{
	r->yiaddr = IPV4_ANY;
	r->lease_s = 0;
}

static void with_another_xid(struct reply *r)
{
	r->xid++;
}

static void of_unknown_type(struct reply *r)
{
	r->type = 99;
}

/* The usual reply, with one change. */
static const struct {
	const char *name;
	enum dhcp4_type type;
	void (*change)(struct reply *);
} frames[] = {
	{ "OFFER", DHCP4_TYPE_OFFER, NULL },
	{ "OFFER, other server", DHCP4_TYPE_OFFER, from_other_server },
	{ "OFFER, no server id", DHCP4_TYPE_OFFER, without_server_id },
	{ "OFFER, other address", DHCP4_TYPE_OFFER, of_another_address },
	{ "OFFER, prefers IPv6", DHCP4_TYPE_OFFER, with_v6only },
	{ "OFFER of no address", DHCP4_TYPE_OFFER, of_no_address },
	{ "ACK", DHCP4_TYPE_ACK, NULL },
	{ "ACK, prefers IPv6", DHCP4_TYPE_ACK, with_v6only },
	{ "ACK, rapid", DHCP4_TYPE_ACK, with_rapid_commit },
	{ "ACK, other server", DHCP4_TYPE_ACK, from_other_server },
	{ "ACK, no server id", DHCP4_TYPE_ACK, without_server_id },
	{ "ACK, other address", DHCP4_TYPE_ACK, of_another_address },
	{ "ACK, no mask", DHCP4_TYPE_ACK, without_mask },
	{ "ACK, other mask", DHCP4_TYPE_ACK, with_another_mask },
	{ "ACK of an INFORM", DHCP4_TYPE_ACK, without_lease },
	{ "NAK", DHCP4_TYPE_NAK, NULL },
	{ "NAK, other server", DHCP4_TYPE_NAK, from_other_server },
	{ "NAK, no server id", DHCP4_TYPE_NAK, without_server_id },
	{ "FRAME, other xid", DHCP4_TYPE_ACK, with_another_xid },
	{ "FRAME, unknown type", DHCP4_TYPE_ACK, of_unknown_type },
};

/* ---- a row ------------------------------------------------------------ */

/* Text that grows; what does not fit is a defect of this program. */
struct text {
	size_t used;
	char bytes[ROW_MAX];
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t,
						      const char *format, ...)
{
	size_t room = sizeof(t->bytes) - t->used;
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(t->bytes + t->used, room, format, arguments);
	va_end(arguments);
	ASSERT(size >= 0 && (size_t)size < room);
	t->used += (size_t)size;
}

static void add_address(struct text *t, ipv4_addr address)
{
	if (address)
		add(t, " .%u", address & 0xff);
}

static void add_place(struct text *t, const struct dhcp4_client *c)
{
	add(t, "%s", dhcp4_state_name(c->state));
	if (c->tenure != DHCP4_TENURE_NONE)
		add(t, " %s", dhcp4_tenure_name(c->tenure));
}

static void add_wait(struct text *t, const struct dhcp4_client *c)
{
	nsec deadline = dhcp4_want(c).deadline;

	if (deadline == NSEC_NEVER) {
		add(t, "nothing");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		const struct deadline *d = &deadlines[i];

		if (instant_of(c, d) != deadline)
			continue;
		add(t, "%s", d->name);
		if (!d->drawn)
			add(t, " %u s",
			    (unsigned)((deadline - c->now) / NSEC_PER_S));
		return;
	}
	UNREACHABLE();
}

static const char *const notice_names[] = {
	[DHCP4_NOTICE_TRANSITION] = "",
	[DHCP4_NOTICE_OFFER] = "offer",
	[DHCP4_NOTICE_NAK] = "nak",
	[DHCP4_NOTICE_ACK] = "ack",
	[DHCP4_NOTICE_REJECTED] = "rejected",
	[DHCP4_NOTICE_SILENT] = "silent",
	[DHCP4_NOTICE_UNCONFIRMED] = "unconfirmed",
	[DHCP4_NOTICE_MASK_GUESSED] = "mask guessed",
	[DHCP4_NOTICE_LOST] = "lost",
	[DHCP4_NOTICE_WITHDRAWN] = "withdrawn",
	[DHCP4_NOTICE_READY] = "ready",
	[DHCP4_NOTICE_CONFIGURE_FAILED] = "configure failed",
	[DHCP4_NOTICE_CONFLICT] = "conflict",
	[DHCP4_NOTICE_DEFENDED] = "defended",
	[DHCP4_NOTICE_FALLBACK_READY] = "fallback ready",
	[DHCP4_NOTICE_FALLBACK_ENDED] = "fallback ended",
	[DHCP4_NOTICE_FALLBACK_TAKEN] = "fallback taken",
	[DHCP4_NOTICE_FALLBACK_FAILED] = "fallback failed",
	[DHCP4_NOTICE_INFORMED] = "informed",
	[DHCP4_NOTICE_V6ONLY] = "IPv6 alone",
	[DHCP4_NOTICE_NO_ADDRESS] = "no address",
	[DHCP4_NOTICE_UNAUTHENTICATED] = "unauthenticated",
	[DHCP4_NOTICE_FORCED] = "forced",
	[DHCP4_NOTICE_ATTACHED] = "attached",
	[DHCP4_NOTICE_SERVER_REFUSED] = "server refused",
	[DHCP4_NOTICE_SERVER_MOVED] = "server moved",
	[DHCP4_NOTICE_CHANGED] = "changed",
	[DHCP4_NOTICE_HELD] = "held",
	[DHCP4_NOTICE_LEFT] = "left",
};

static void add_notice(struct text *t, const struct dhcp4_notice *n)
{
	if (n->kind == DHCP4_NOTICE_TRANSITION) {
		add(t, "%s->%s", dhcp4_state_name(n->from),
		    dhcp4_state_name(n->to));
		return;
	}
	ASSERT(n->kind < ARRAY_SIZE(notice_names) && notice_names[n->kind]);
	add(t, "%s", notice_names[n->kind]);
	add_address(t, n->address);
	if (n->kind == DHCP4_NOTICE_REJECTED)
		add(t, " %s", reject_name(n->reject));
	if (n->kind == DHCP4_NOTICE_LOST)
		add(t, " %s", dhcp4_loss_name(n->loss));
	if (n->irregular)
		add(t, " irregular");
}

static void add_send(struct text *t, const struct dhcp4_effect *effect,
		     const struct sent *sent)
{
	add(t, "%s", dhcp4_request_name(effect->send.request));
	add_address(t, sent->requested ? sent->requested : sent->ciaddr);
	if (effect->kind == DHCP4_EFFECT_SEND_UNICAST)
		add(t, effect->send.by_socket ? " by socket" : " unicast");
}

static void add_arp(struct text *t, const struct dhcp4_effect *effect)
{
	struct arp arp;

	arp_parse(effect->arp.packet, ARP_SIZE, &arp);
	if (arp.sender && arp.sender != arp.target) {
		add(t, "SEND_ARP question of");
		add_address(t, arp.sender);
		add(t, effect->arp.to.size ? " unicast" : " to all");
		return;
	}
	add(t, "SEND_ARP %s", arp.sender ? "announcement" : "probe");
	add_address(t, arp.target);
}

static void add_effect(struct text *t, const struct dhcp4_effect *effect,
		       const struct sent *sent)
{
	switch (effect->kind) {
	case DHCP4_EFFECT_SEND_BROADCAST:
	case DHCP4_EFFECT_SEND_UNICAST:
		add_send(t, effect, sent);
		break;
	case DHCP4_EFFECT_SEND_ARP:
		add_arp(t, effect);
		break;
	case DHCP4_EFFECT_DECONFIGURE:
		add(t, "DECONFIGURE");
		add_address(t, effect->deconfigure.address);
		add(t, " %s", dhcp4_loss_name(effect->deconfigure.why));
		break;
	case DHCP4_EFFECT_CONFIGURE:
	case DHCP4_EFFECT_EXTEND:
	case DHCP4_EFFECT_SAVE_LEASE:
		add(t, "%s", dhcp4_effect_name(effect->kind));
		add_address(t, effect->lease->address);
		break;
	case DHCP4_EFFECT_FALLBACK_REMOVE:
	case DHCP4_EFFECT_FALLBACK_ADD:
		add(t, "%s", dhcp4_effect_name(effect->kind));
		add_address(t, effect->fallback.address);
		break;
	case DHCP4_EFFECT_FORGET_LEASE:
		add(t, "%s", dhcp4_effect_name(effect->kind));
		break;
	case DHCP4_EFFECT_RECALL:
		add(t, "RECALL %u", effect->recall);
		break;
	case DHCP4_EFFECT_NOTIFY:
		add_notice(t, &effect->notice);
		break;
	}
}

static void add_effects(struct text *t)
{
	const struct sent *sent = NULL;

	for (unsigned i = 0; i < w.effects.count; i++) {
		/* Sends come first, and the world logged them in that order. */
		if (i < w.effects.packets)
			sent = world_sent(&w,
					  w.sent_count - w.effects.packets + i);
		add(t, i ? "; " : "");
		add_effect(t, &w.effects.list[i], sent);
	}
}

/* Whether the client is what it was, but for the time and its counters. */
static bool is_unchanged(const struct dhcp4_client *before)
{
	static struct dhcp4_client after;

	after = w.client;
	after.now = before->now;
	after.counters = before->counters;
	return memcmp(&after, before, sizeof(after)) == 0;
}

/* What became of an event that came to a client, after its place. */
static void add_outcome(struct text *t, const struct dhcp4_client *before)
{
	struct text place = { 0 }, wait = { 0 };

	if (w.effects.count == 0 && is_unchanged(before)) {
		add(t, "-");
		return;
	}
	if (before->state == w.client.state && before->tenure == w.client.tenure)
		add(&place, "-");
	else
		add_place(&place, &w.client);
	if (dhcp4_want(before).deadline == dhcp4_want(&w.client).deadline)
		add(&wait, "-");
	else
		add_wait(&wait, &w.client);
	add(t, "%-22s | %-13s | ", place.bytes, wait.bytes);
	if (w.effects.count == 0)
		add(t, "(keeps it in mind)");
	add_effects(t);
}

/* ---- all rows --------------------------------------------------------- */

#define EVENTS \
	(ARRAY_SIZE(plain_events) + ARRAY_SIZE(acts) + ARRAY_SIZE(deadlines) + \
	 ARRAY_SIZE(frames))

static bool tick(const struct deadline *deadline)
{
	nsec instant = instant_of(&w.client, deadline);

	if (instant == NSEC_NEVER || instant <= w.now)
		return false;
	w.now = instant;
	world_event(&w, DHCP4_EVENT_TICK);
	return true;
}

static void receive(size_t n)
{
	struct reply reply = world_reply(&w, frames[n].type);

	if (frames[n].change)
		frames[n].change(&reply);
	world_receive(&w, &reply);
}

/* The n-th event happens; false if the client cannot have it here. */
static bool happen(size_t n, struct text *name)
{
	if (n < ARRAY_SIZE(plain_events)) {
		add(name, "%s", plain_events[n].name);
		world_step(&w, plain_events[n].event);
		return true;
	}
	n -= ARRAY_SIZE(plain_events);
	if (n < ARRAY_SIZE(deadlines)) {
		add(name, "TICK %s", deadlines[n].name);
		return tick(&deadlines[n]);
	}
	n -= ARRAY_SIZE(deadlines);
	if (n < ARRAY_SIZE(acts)) {
		add(name, "%s", acts[n].name);
		acts[n].act();
		return true;
	}
	n -= ARRAY_SIZE(acts);
	add(name, "%s", frames[n].name);
	receive(n);
	return true;
}

static void reach(const struct place *place, const struct variant *variant)
{
	world_init(&w, 1);
	if (variant)
		variant->reach();
	else
		world_reach(&w, place->state, place->held);
	memset(w.seen, 0, sizeof(w.seen));
}

/* From the event on; empty if the client cannot have that event here. */
static void make_row(const struct place *place, const struct variant *variant,
		     size_t event, struct text *ret_place, struct text *ret_row)
{
	static struct dhcp4_client before;
	struct text name = { 0 };

	*ret_place = *ret_row = (struct text){ 0 };
	reach(place, variant);
	before = w.client;
	add_place(ret_place, &before);
	if (variant && variant->name)
		add(ret_place, ", %s", variant->name);
	if (!happen(event, &name))
		return;
	add(ret_row, "%-23s | ", name.bytes);
	add_outcome(ret_row, &before);
	for (size_t i = 0; i < sizeof(seen); i++)
		(&seen[0][0])[i] |= (&w.seen[0][0])[i];
}

static void print_row(const struct text *place, const struct text *row)
{
	if (row->used)
		printf("%-30s | %s\n", place->bytes, row->bytes);
}

static bool is_variant_of(const struct variant *variant, const struct place *place)
{
	reach(NULL, variant);
	return w.client.state == place->state &&
	       (w.client.tenure == DHCP4_TENURE_HELD) == place->held;
}

static void print_place(const struct place *place)
{
	static struct text plain[EVENTS], row, name;

	putchar('\n');
	for (size_t i = 0; i < EVENTS; i++) {
		make_row(place, NULL, i, &name, &plain[i]);
		print_row(&name, &plain[i]);
	}
	for (size_t v = 0; v < ARRAY_SIZE(variants); v++) {
		if (!is_variant_of(&variants[v], place))
			continue;
		putchar('\n');
		for (size_t i = 0; i < EVENTS; i++) {
			make_row(NULL, &variants[v], i, &name, &row);
			if (!variants[v].name ||
			    strcmp(row.bytes, plain[i].bytes) != 0)
				print_row(&name, &row);
		}
	}
}

/* True if all legal transitions are in the rows; the world sees to the others. */
static bool check_transitions(void)
{
	unsigned count;
	const struct dhcp4_transition *rows = dhcp4_transitions(&count);
	bool complete = true;

	for (unsigned i = 0; i < count; i++) {
		if (seen[rows[i].from][rows[i].to])
			continue;
		fprintf(stderr,
			"machine: %s to %s is legal and in no row: tests/tools/"
			"machine.c wants a place or an event for it\n",
			dhcp4_state_name(rows[i].from),
			dhcp4_state_name(rows[i].to));
		complete = false;
	}
	return complete;
}

START_TEST(print)
{
	fputs(legend, stdout);
	for (size_t i = 0; i < PLACES; i++)
		print_place(&places[i]);
	ck_assert(check_transitions());
}
END_TEST

/* A test of Check, for the world's assertions want one around them. */
int main(void)
{
	Suite *suite = suite_create("machine");
	TCase *rows = tcase_create("rows");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(rows, print);
	suite_add_tcase(suite, rows);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	if (failed) {
		TestResult **failures = srunner_failures(runner);

		fprintf(stderr, "machine: %s:%d: %s\n", tr_lfile(failures[0]),
			tr_lno(failures[0]), tr_msg(failures[0]));
		free(failures);
	}
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
