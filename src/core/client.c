/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One step of the client: takes an event in, lets the state's handler decide,
 * derives the effects on the lease, and checks what must hold afterwards.
 */
#include "core/client.h"

#include <string.h>

#include "base/assert.h"
#include "core/linklocal.h"
#include "core/step.h"

/* More deadlines cannot be due at once; a step that goes on is spinning. */
#define ROUNDS_MAX 8

void dhcp4_init(struct dhcp4_client *c, const uint8_t seed[32])
{
	memset(c, 0, DHCP4_CLIENT_SIZE(0));
	prng_init(&c->prng, seed);
	c->send_at = c->retransmit_at = c->choose_at = c->give_up_at =
		c->configure_at = c->xid_sent_ns = c->restore_at = NSEC_NEVER;
	acd_stop(&c->acd);
	fallback_init(&c->fallback);
	attach_stop(&c->attach);
}

/*
 * What a message may hold, in its last part and in sname and file, joined: in a set
 * an option takes three octets besides its value, instead of two.
 */
static size_t options_of_frame(size_t size)
{
	const size_t least = FRAME_HEADERS_SIZE + DHCP4_HEADER_SIZE;
	size_t octets =
		size < least ? 0
			     : size - least + DHCP4_SNAME_SIZE + DHCP4_FILE_SIZE;

	return octets + octets / 2;
}

/* What edits make of them may be as long as it gets. */
size_t dhcp4_options_after(const struct dhcp4_client *c,
			   const struct dhcp4_config *config,
			   const struct dhcp4_event *event)
{
	const struct dhcp4_override *edits = config->override;
	size_t most = c->lease.options.used, other = 0;

	if (event->kind == DHCP4_EVENT_FRAME)
		other = edits && edits->used
				? DHCP4_OPTIONS_SIZE
				: options_of_frame(event->frame.size);
	else if (event->kind == DHCP4_EVENT_LEASE_LOADED)
		other = event->lease_loaded.lease->options.used;
	if (other > DHCP4_OPTIONS_SIZE)
		return DHCP4_OPTIONS_SIZE;
	return other > most ? other : most;
}

void step_notice(struct step *s, struct dhcp4_notice notice)
{
	ASSERT(s->notice_count < DHCP4_NOTICES_MAX);
	s->notices[s->notice_count++] = notice;
}

void step_reject(struct step *s, enum reject why)
{
	s->client->counters.rejected[why]++;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_REJECTED,
					      .reject = why });
}

/* A new exchange has a new id; an OFFER's REQUEST goes on with it (4.4.1). */
static bool begins_exchange(enum dhcp4_state state)
{
	return state == DHCP4_STATE_SELECTING || state == DHCP4_STATE_REBOOTING ||
	       state == DHCP4_STATE_RENEWING || state == DHCP4_STATE_REBINDING;
}

void step_enter(struct step *s, enum dhcp4_state to)
{
	struct dhcp4_client *c = s->client;
	bool goes_on =
		c->state == DHCP4_STATE_RENEWING && to == DHCP4_STATE_REBINDING;
	bool next_offer = c->state == DHCP4_STATE_REQUESTING &&
			  to == DHCP4_STATE_REQUESTING;

	ASSERT(dhcp4_transition_is_legal(c->state, to));
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_TRANSITION,
					      .from = c->state,
					      .to = to });
	/* What was not chosen may be, if who was chosen is silent. */
	if (to != DHCP4_STATE_REQUESTING)
		offer_clear(s->pool, &c->offers);
	c->send_at = c->retransmit_at = c->choose_at = c->give_up_at = NSEC_NEVER;
	c->tries = 0;
	c->soon = 0;
	c->accepting = c->accepting && goes_on;
	c->state = to;
	c->since_ns = c->now;
	if (to == DHCP4_STATE_SELECTING)
		c->conflict = IPV4_ANY;
	if (begins_exchange(to)) {
		step_draw_xid(c);
		/* Rebinding is the renewal going on (RFC 2131 2, secs). */
		if (!goes_on)
			c->exchange_ns = c->now;
	} else if (to == DHCP4_STATE_REQUESTING && !next_offer) {
		/* The lease is counted from the REQUEST, not the DISCOVER. */
		c->xid_sent_ns = NSEC_NEVER;
	}
}

void step_lose(struct step *s, enum dhcp4_loss why)
{
	struct dhcp4_client *c = s->client;

	ASSERT(c->tenure != DHCP4_TENURE_NONE);
	if (c->tenure != DHCP4_TENURE_REMEMBERED)
		step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_LOST,
						      .address = c->lease.address,
						      .loss = why });
	s->loss = why;
	/* An expired address is asked for again; no other one is. */
	c->hint = why == DHCP4_LOSS_EXPIRED ? c->lease.address : IPV4_ANY;
	c->tenure = DHCP4_TENURE_NONE;
	c->held = 0;
	c->configure_failures = 0;
	c->configure_at = c->restore_at = NSEC_NEVER;
}

void step_drop_ignored(const struct step *s, struct dhcp4_options *options)
{
	if (!s->config->ignore_classless_routes)
		return;
	dhcp4_options_remove(options, DHCP4_OPTION_CLASSLESS_ROUTES);
	dhcp4_options_remove(options, DHCP4_OPTION_CLASSLESS_ROUTES_MS);
}

/* RFC 6842 3; a server older than that sends none. */
bool step_is_for_client_id(const struct dhcp4_message *m,
			   const struct client_id *id)
{
	struct option_value value;

	if (!id->size ||
	    !dhcp4_options_get(&m->options, DHCP4_OPTION_CLIENT_ID, &value))
		return true;
	return value.size == id->size &&
	       memcmp(value.bytes, id->bytes, id->size) == 0;
}

bool step_is_for_hwaddr(const struct dhcp4_header *header,
			const struct dhcp4_config *config)
{
	uint8_t size = config->hwaddr.size;

	if (size > DHCP4_CHADDR_SIZE)
		size = 0;
	return header->htype == config->hardware_type && header->hlen == size &&
	       memcmp(header->chaddr, config->hwaddr.bytes, size) == 0;
}

/*
 * What was let in becomes what the administrator makes of it. An OFFER of no
 * address is no lease, whatever comes with it.
 */
static enum reject override_message(const struct step *s, struct dhcp4_message *m)
{
	const struct dhcp4_override *edits = s->config->override;
	bool offers =
		(m->type == DHCP4_TYPE_OFFER || m->type == DHCP4_TYPE_BOOTP) &&
		m->header.yiaddr;

	if (!edits || !(offers || m->type == DHCP4_TYPE_ACK))
		return REJECT_NONE;
	if (override_lacks(edits, &m->options))
		return REJECT_REQUIRED;
	return override_apply(edits, &m->options) ? REJECT_NONE : REJECT_OVERRIDE;
}

/* From an IPv4 packet to a reply that answers us, or why it does not. */
static enum reject receive(struct step *s, struct dhcp4_message *ret)
{
	const struct dhcp4_event *event = s->event;
	struct datagram d;
	enum reject why;

	why = frame_parse(event->frame.bytes, event->frame.size,
			  DHCP4_CLIENT_PORT, event->frame.checksum_partial, &d);
	if (why == REJECT_NONE)
		why = dhcp4_message_parse(d.payload, d.size, ret);
	if (why != REJECT_NONE)
		return why;
	if (ret->header.op != DHCP4_OP_REPLY)
		return REJECT_NOT_REPLY;
	/* The xid of a FORCERENEW is its server's own (RFC 3203 2.3). */
	if (ret->header.xid != s->client->xid &&
	    ret->type != DHCP4_TYPE_FORCERENEW)
		return REJECT_XID;
	if (!step_is_for_hwaddr(&ret->header, s->config))
		return REJECT_CHADDR;
	if (!step_is_for_client_id(ret, &s->config->client_id))
		return REJECT_CLIENT_ID;
	step_drop_ignored(s, &ret->options);
	why = choice_check(s, ret, d.source);
	if (why == REJECT_NONE)
		why = admit_message(s, ret, d.destination);
	return why != REJECT_NONE ? why : override_message(s, ret);
}

static void push(struct step *s, struct dhcp4_effect effect)
{
	ASSERT(s->effects->count < DHCP4_EFFECTS_MAX);
	s->effects->list[s->effects->count++] = effect;
}

/* So do those on the fallback. */
static void derive_fallback(struct step *s)
{
	const struct fallback_config *config = &s->config->fallback;
	bool is_static = config->mode == FALLBACK_MODE_STATIC;
	ipv4_addr before = s->fallback_before;
	ipv4_addr address = fallback_address(&s->client->fallback);

	if (before != IPV4_ANY && before != address)
		push(s,
		     (struct dhcp4_effect){ .kind = DHCP4_EFFECT_FALLBACK_REMOVE,
					    .fallback.address = before });
	if (address != IPV4_ANY && (address != before || s->fallback_again))
		push(s, (struct dhcp4_effect){
				.kind = DHCP4_EFFECT_FALLBACK_ADD,
				.fallback = { address,
					      is_static ? config->prefix_length
							: LINKLOCAL_PREFIX_LENGTH,
					      is_static ? config->gateway
							: IPV4_ANY } });
	fallback_end_step(s);
}

/*
 * The effects on the lease follow from the lease before the step and after it,
 * so that no path through the handlers can forget one.
 */
static void derive_effects(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool held = c->tenure == DHCP4_TENURE_HELD;
	bool was_held = s->tenure_before == DHCP4_TENURE_HELD;
	/* For a kernel, an address with another mask is another address. */
	bool same = held && was_held && c->lease.address == s->address_before &&
		    c->lease.prefix_length == s->prefix_length_before;

	for (unsigned i = 0; i < s->arp_count; i++) {
		memcpy(s->effects->arp[i], s->arps[i], ARP_SIZE);
		push(s, (struct dhcp4_effect){
				.kind = DHCP4_EFFECT_SEND_ARP,
				.arp = { s->effects->arp[i], s->arp_to[i] } });
	}
	if (was_held && !same)
		push(s,
		     (struct dhcp4_effect){
			     .kind = DHCP4_EFFECT_DECONFIGURE,
			     .deconfigure = {
				     s->address_before, s->prefix_length_before,
				     s->loss ? s->loss : DHCP4_LOSS_REPLACED } });
	if (!same)
		c->configured = false;
	if (held && !same) {
		push(s, (struct dhcp4_effect){ .kind = DHCP4_EFFECT_CONFIGURE,
					       .lease = &c->lease });
	} else if (same && (s->granted || s->reconfigure)) {
		push(s, (struct dhcp4_effect){ .kind = DHCP4_EFFECT_EXTEND,
					       .lease = &c->lease });
	}
	derive_fallback(s);
	/*
	 * A lease that was granted is saved when it may be used. The times of one
	 * that was granted before the boot are known to its file alone.
	 */
	if (held && c->lease.granted_ns &&
	    (s->granted || s->save || s->tenure_before == DHCP4_TENURE_GRANTED))
		push(s, (struct dhcp4_effect){ .kind = DHCP4_EFFECT_SAVE_LEASE,
					       .lease = &c->lease });
	if ((s->loss == DHCP4_LOSS_NAK && !s->keep) ||
	    s->loss == DHCP4_LOSS_CONFLICT || s->loss == DHCP4_LOSS_RELEASED ||
	    s->loss == DHCP4_LOSS_V6ONLY || s->forget)
		push(s,
		     (struct dhcp4_effect){ .kind = DHCP4_EFFECT_FORGET_LEASE });
	if (s->recall)
		push(s, (struct dhcp4_effect){ .kind = DHCP4_EFFECT_RECALL,
					       .recall = s->recall });
	for (unsigned i = 0; i < s->notice_count; i++)
		push(s, (struct dhcp4_effect){ .kind = DHCP4_EFFECT_NOTIFY,
					       .notice = s->notices[i] });
}

const char *dhcp4_flaw(const struct dhcp4_client *c)
{
	if (!dhcp4_tenure_is_legal(c->state, c->tenure))
		return "a tenure that the state may not have";
	if (dhcp4_want(c).deadline <= c->now)
		return "a deadline that has passed";
	if (!c->carrier && c->state != DHCP4_STATE_STOPPED &&
	    c->state != DHCP4_STATE_INIT && c->state != DHCP4_STATE_INIT_REBOOT &&
	    c->state != DHCP4_STATE_INFORMING)
		return "a state that needs a carrier";
	if (c->tenure != DHCP4_TENURE_NONE && c->lease.address == IPV4_ANY)
		return "a lease of no address";
	if (c->configured && c->tenure != DHCP4_TENURE_HELD)
		return "configured without a lease";
	if (c->fallback.configured && !fallback_address(&c->fallback))
		return "configured without a fallback";
	return NULL;
}

static void check_invariants(const struct dhcp4_client *c)
{
	ASSERT(dhcp4_flaw(c) == NULL);
	ASSERT(dhcp4_may_keep_offers(c->state) || c->offers.count == 0);
}

void dhcp4_step(struct dhcp4_client *c, const struct dhcp4_config *config,
		struct dhcp4_offer_pool *pool, const struct dhcp4_event *event,
		struct dhcp4_effects *effects)
{
	struct step s = {
		.client = c,
		.config = config,
		.pool = pool,
		.event = event,
		.effects = effects,
		.kind = event->kind,
		.tenure_before = c->tenure,
		.address_before = c->lease.address,
		.prefix_length_before = c->lease.prefix_length,
		.fallback_before = fallback_address(&c->fallback),
	};
	struct dhcp4_message message;
	enum reject why = REJECT_NONE;

	ASSERT(event->now >= c->now);
	c->now = event->now;
	effects->count = effects->packets = 0;
	effects->slot_taken = false;
	if (s.kind == DHCP4_EVENT_ADDRESS_LOST)
		restore_note(&s);
	if (s.kind == DHCP4_EVENT_ARP)
		guard_hear(&s);
	if (s.kind == DHCP4_EVENT_ARP)
		known_hear(&s);
	if (s.kind == DHCP4_EVENT_START || s.kind == DHCP4_EVENT_CARRIER ||
	    s.kind == DHCP4_EVENT_RESUME)
		known_note(&s);
	if (s.kind == DHCP4_EVENT_FRAME) {
		why = receive(&s, &message);
		s.message = &message;
	}
	if (why != REJECT_NONE) {
		step_reject(&s, why);
		admit_refused(&s, why);
		choice_refused(&s, why);
		s.kind = DHCP4_EVENT_TICK;
	}
	fallback_take(&s);
	/* What is due is done in the same step: no deadline ever lies behind. */
	for (unsigned round = 0;; round++) {
		ASSERT(round < ROUNDS_MAX);
		state_common(&s);
		state_handlers[c->state](&s);
		known_settle(&s);
		guard_settle(&s);
		fallback_settle(&s);
		s.kind = DHCP4_EVENT_TICK;
		if (dhcp4_want(c).deadline > c->now)
			break;
	}
	admit_settle(&s);
	derive_effects(&s);
	check_invariants(c);
}

static bool is_listening(const struct dhcp4_client *c)
{
	return c->state == DHCP4_STATE_SELECTING ||
	       c->state == DHCP4_STATE_REQUESTING ||
	       c->state == DHCP4_STATE_REBOOTING ||
	       c->state == DHCP4_STATE_RENEWING ||
	       c->state == DHCP4_STATE_REBINDING ||
	       (c->state == DHCP4_STATE_INFORMING &&
		c->retransmit_at != NSEC_NEVER) ||
	       (c->state == DHCP4_STATE_BOUND && c->give_up_at != NSEC_NEVER);
}

/* The deadline that the state sets for the lease it has. */
static nsec lease_deadline(const struct dhcp4_client *c)
{
	if (c->tenure == DHCP4_TENURE_NONE)
		return NSEC_NEVER;
	/* A T1 whose turn is given waits for the turn instead, until T2. */
	if (c->state == DHCP4_STATE_BOUND)
		return c->send_at == NSEC_NEVER ? c->lease.t1_ns : c->lease.t2_ns;
	if (c->state == DHCP4_STATE_RENEWING)
		return c->lease.t2_ns;
	return c->lease.expiry_ns;
}

struct dhcp4_want dhcp4_want(const struct dhcp4_client *c)
{
	nsec deadline = lease_deadline(c);
	bool asks = c->attach.next_at != NSEC_NEVER;
	struct dhcp4_want want;

	if (c->carrier)
		deadline = nsec_min(deadline, c->send_at);
	deadline = nsec_min(deadline, c->retransmit_at);
	deadline = nsec_min(deadline, c->choose_at);
	deadline = nsec_min(deadline, c->give_up_at);
	deadline = nsec_min(deadline, c->configure_at);
	deadline = nsec_min(deadline, c->restore_at);
	deadline = nsec_min(deadline, c->acd.next_at);
	deadline = nsec_min(deadline, fallback_deadline(&c->fallback));
	deadline = nsec_min(deadline, c->attach.next_at);
	want = (struct dhcp4_want){
		.deadline = deadline,
		.listen = is_listening(c),
		.xid = c->xid,
		.watch = c->acd.address,
		.watch_fallback = c->fallback.acd.address,
		.listen_any = c->forcible,
	};
	for (unsigned i = 0; i < ATTACH_NODES_MAX && asks; i++)
		want.routers[i] = c->attach.node[i].router;
	return want;
}
