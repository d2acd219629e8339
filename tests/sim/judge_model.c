/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a port has sent and heard, and what follows: what it waits for, what may
 * leave it next and when, which lease it has.
 */
#include <string.h>

#include "sim/judge_internal.h"

/* RFC 2131 4.1, and tenured(8) for the rest. */
#define JITTER_NS      NSEC_PER_S
#define EXTENSION_MIN  (60 * NSEC_PER_S)
#define REQUESTS_MAX   5
#define SOON_MAX       3
#define REBOOT_GIVE_UP (7 * NSEC_PER_S)
#define NAK_PAUSE_MAX  (300 * NSEC_PER_S)

static const struct judge_span never = { NSEC_NEVER, NSEC_NEVER };

nsec judge_now(const struct port_model *p)
{
	return p->judge->network->clock.now;
}

bool port_model_is_awake(const struct port_model *p)
{
	return p->running && !p->suspended;
}

bool port_model_just(const struct port_model *p, enum sim_event event)
{
	return p->event == event && p->event_at == judge_now(p);
}

bool port_model_end_is_open(const struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;

	return lease->exempt ||
	       (lease->vague &&
		judge_now(p) + judge_lease_early(lease) >= lease->expiry);
}

void port_model_idle(struct port_model *p, nsec begin, enum dhcp4_request kind,
		     const char *why)
{
	p->phase = JUDGE_PHASE_IDLE;
	p->again = never;
	p->begin = (struct judge_span){ begin, begin };
	p->begin_kind = kind;
	p->send_by = begin;
	p->at_once = true;
	p->send_why = why;
}

void port_model_take_away(struct port_model *p, nsec gone_by)
{
	p->gone_by = gone_by;
	/* What the kernel cannot be asked to remove, its lifetime removes. */
	if (p->kernel.address == p->lease.address &&
	    (p->port->troubles.configure || p->unready))
		p->stuck = true;
}

void port_model_end_lease(struct port_model *p, nsec gone_by)
{
	p->lease.valid = false;
	port_model_take_away(p, gone_by);
}

/* ---- what is sent -------------------------------------------------------- */

static bool is_extension(enum dhcp4_request kind)
{
	return kind == DHCP4_REQUEST_RENEWING || kind == DHCP4_REQUEST_REBINDING;
}

/* 4, 8, 16, 32, then 64 s, each 1 s more or less. */
static struct judge_span backed_off(nsec at, unsigned tries)
{
	nsec wait = (UINT64_C(4) << (tries < 5 ? tries - 1 : 4)) * NSEC_PER_S;

	return (struct judge_span){ at + wait - JITTER_NS, at + wait + JITTER_NS };
}

/* Half of what remains until the end, but 60 s at the least. */
static nsec half_way(nsec at, nsec end)
{
	nsec left = nsec_until(at, end);

	if (left == NSEC_NEVER)
		left = 0;
	return at + nsec_max(left / 2, EXTENSION_MIN);
}

/* The next one of RENEWING or REBINDING, whose end is known to be in a span. */
static void plan_extension(struct port_model *p, nsec end_early, nsec end)
{
	nsec at = p->last.at;

	/* Of a clock that was moved nobody knows when the end comes. */
	if (p->lease.exempt) {
		p->again = (struct judge_span){ at, NSEC_NEVER };
		p->send_by = NSEC_NEVER;
		return;
	}
	p->again.from = half_way(at, end_early);
	p->again.to = half_way(at, end);
	p->send_by = nsec_min(p->again.to, end);
}

/* One that was asked for is soon repeated: 4, 8 and 16 s after the one before. */
static void plan_soon(struct port_model *p, nsec end)
{
	if (port_model_just(p, SIM_EVENT_RENEW_ASKED) ||
	    port_model_just(p, SIM_EVENT_REBIND_ASKED))
		p->soon = SOON_MAX;
	if (!p->soon)
		return;
	p->again = backed_off(p->last.at, SOON_MAX + 1 - p->soon--);
	p->send_by = nsec_min(p->again.to, end);
}

/* What may follow the last message, if no answer comes. */
static void plan(struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;

	p->again = p->begin = never;
	p->begin_kind = DHCP4_REQUEST_DISCOVER;
	p->at_once = false;
	p->send_why = "there was no answer";
	switch (p->last.kind) {
	case DHCP4_REQUEST_DISCOVER:
	case DHCP4_REQUEST_INFORM:
		p->again = backed_off(p->last.at, p->tries);
		p->send_by = p->again.to;
		break;
	case DHCP4_REQUEST_SELECTING:
		if (p->tries < REQUESTS_MAX)
			p->again = backed_off(p->last.at, p->tries);
		else
			p->begin = backed_off(p->last.at, 1);
		p->send_by = p->tries < REQUESTS_MAX ? p->again.to : p->begin.to;
		break;
	case DHCP4_REQUEST_REBOOTING:
		p->begin.from = p->begin.to = p->first_at + REBOOT_GIVE_UP;
		p->send_by = p->begin.to;
		if (p->tries > 1)
			break;
		p->again.from = p->last.at + 3 * NSEC_PER_S;
		p->send_by = p->again.to = p->last.at + 4 * NSEC_PER_S;
		break;
	case DHCP4_REQUEST_RENEWING:
		plan_extension(p, judge_lease_t2_early(lease), lease->t2);
		plan_soon(p, lease->t2);
		break;
	case DHCP4_REQUEST_REBINDING:
		plan_extension(p, lease->expiry - judge_lease_early(lease),
			       lease->expiry);
		plan_soon(p, lease->expiry);
		break;
	case DHCP4_REQUEST_DECLINE:
	case DHCP4_REQUEST_RELEASE:
	case DHCP4_REQUEST_COUNT:
		p->send_by = NSEC_NEVER;
		break;
	}
}

/*
 * INIT-REBOOT was given up: a lease that is only remembered comes into use after
 * two REQUESTs in vain, if nobody else has it, or is no more than a wish
 * (RFC 2131 3.2 (3)).
 */
static void reboot_given_up(struct port_model *p)
{
	struct judge_lease *lease = &p->lease;

	if (!lease->valid || lease->ours)
		return;
	lease->valid = p->usable && p->tries >= 2 &&
		       judge_now(p) >= p->first_at + REBOOT_GIVE_UP &&
		       judge_guard_allows(p, lease->address);
	if (lease->valid)
		judge_guard_use(p);
}

/* A message that does not go on with what was there before. */
static void note_first(struct port_model *p, const struct judge_packet *m)
{
	bool goes_on =
		p->phase == JUDGE_PHASE_ASKED && is_extension(p->last.kind);

	if (m->sent.kind == DHCP4_REQUEST_SELECTING)
		return;
	if (!is_extension(m->sent.kind)) {
		if (p->phase == JUDGE_PHASE_ASKED &&
		    p->last.kind == DHCP4_REQUEST_REBOOTING)
			reboot_given_up(p);
		else if (m->sent.kind == DHCP4_REQUEST_DISCOVER &&
			 p->lease.exempt && !p->lease.ours)
			p->lease.valid = false;
		if (m->sent.kind == DHCP4_REQUEST_DISCOVER)
			p->guard.taken = IPV4_ANY;
		p->begun_at = m->sent.at;
		p->offer_count = 0;
	}
	if (!is_extension(m->sent.kind) || !goes_on)
		p->exchange_at = m->sent.at;
}

void port_model_sent(struct port_model *p, const struct judge_packet *m)
{
	enum dhcp4_request kind = m->sent.kind;
	bool same_kind = p->phase == JUDGE_PHASE_ASKED && p->last.kind == kind;
	bool next_offer = same_kind && kind == DHCP4_REQUEST_SELECTING &&
			  (p->last.server_id != m->sent.server_id ||
			   p->last.requested != m->sent.requested);
	bool repeats = same_kind && !next_offer &&
		       (p->last.xid == m->sent.xid || is_extension(kind));

	if (kind == DHCP4_REQUEST_RELEASE)
		p->send_by =
			p->phase == JUDGE_PHASE_IDLE ? p->begin.to : NSEC_NEVER;
	if (kind == DHCP4_REQUEST_DECLINE)
		p->guard.decline_at = NSEC_NEVER;
	if (kind == DHCP4_REQUEST_RELEASE || kind == DHCP4_REQUEST_DECLINE)
		return;
	if (judge_known_is_open(p) && kind == DHCP4_REQUEST_REBOOTING) {
		p->tries++;
		p->last = m->sent;
		p->again = never;
		return;
	}
	p->known.open_until = 0;
	if (kind == DHCP4_REQUEST_SELECTING && !same_kind)
		judge_choice_answered(p);
	if (!repeats) {
		note_first(p, m);
		p->tries = p->soon = 0;
	}
	/* The lease counts from the first REQUEST with its id, whose ever. */
	if ((!repeats && !next_offer) || is_extension(kind))
		p->first_at = m->sent.at;
	p->tries++;
	p->last = m->sent;
	p->phase = JUDGE_PHASE_ASKED;
	plan(p);
}

/* ---- what is heard ------------------------------------------------------- */

/* For this client, by hardware address and by identifier (RFC 6842 3). */
static bool is_addressed(const struct port_model *p,
			 const struct dhcp4_message *m)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	struct option_value id;

	if (m->header.op != DHCP4_OP_REPLY ||
	    m->header.htype != config->hardware_type ||
	    m->header.hlen != config->hwaddr.size ||
	    memcmp(m->header.chaddr, config->hwaddr.bytes,
		   config->hwaddr.size) != 0)
		return false;
	return !config->client_id.size ||
	       !dhcp4_options_get(&m->options, DHCP4_OPTION_CLIENT_ID, &id) ||
	       (id.size == config->client_id.size &&
		memcmp(id.bytes, config->client_id.bytes, id.size) == 0);
}

/* A lease that is not over already. */
static bool is_in_time(const struct port_model *p, const struct dhcp4_message *m)
{
	uint32_t lease_s = 0;

	dhcp4_options_get_u32(&m->options, DHCP4_OPTION_LEASE_TIME, &lease_s);
	return lease_s == DHCP4_LEASE_INFINITE ||
	       p->first_at + lease_s * NSEC_PER_S > judge_now(p);
}

/* An ACK of what was asked for. */
static bool is_grant(const struct port_model *p, const struct dhcp4_message *m)
{
	ipv4_addr asked = p->last.requested ? p->last.requested : p->last.ciaddr;

	return judge_lease_is_legal(p, m) && m->header.yiaddr == asked &&
	       is_in_time(p, m);
}

/* What another host was found to have lately is not taken. */
static bool is_takable(const struct port_model *p, const struct judge_reply *r)
{
	return judge_lease_is_legal(p, &r->message) &&
	       !judge_guard_is_declined(p, r->message.header.yiaddr);
}

/* An answer to a DISCOVER. */
static enum judge_verdict verdict_of_offer(const struct port_model *p,
					   const struct judge_reply *r)
{
	const struct dhcp4_message *m = &r->message;
	bool none = m->header.yiaddr == IPV4_ANY;

	if (r->type == DHCP4_TYPE_ACK && judge_choice_takes_rapid(p, m) &&
	    is_takable(p, r) && is_in_time(p, m))
		return judge_choice_v6only_s(p, m) ? JUDGE_VERDICT_V6ONLY
						   : JUDGE_VERDICT_ACK;
	if (r->type != DHCP4_TYPE_OFFER)
		return JUDGE_VERDICT_INERT;
	if (is_takable(p, r) || (none && judge_choice_v6only_s(p, m)))
		return JUDGE_VERDICT_OFFER;
	return judge_choice_is_no_address(p, m) ? JUDGE_VERDICT_TOLD
						: JUDGE_VERDICT_INERT;
}

/* A NAK of the server that was asked, or of none that names itself. */
static bool is_of_server(const struct judge_reply *r, ipv4_addr server_id)
{
	return !r->named || r->server_id == server_id;
}

static enum judge_verdict verdict_of(const struct port_model *p,
				     const struct judge_reply *r)
{
	bool ack = r->type == DHCP4_TYPE_ACK, nak = r->type == DHCP4_TYPE_NAK;

	switch (p->last.kind) {
	case DHCP4_REQUEST_DISCOVER:
		return verdict_of_offer(p, r);
	case DHCP4_REQUEST_SELECTING:
		nak = nak && is_of_server(r, p->last.server_id);
		break;
	case DHCP4_REQUEST_RENEWING:
		nak = nak && is_of_server(r, p->lease.server_id);
		break;
	case DHCP4_REQUEST_REBOOTING:
	case DHCP4_REQUEST_REBINDING:
		break;
	case DHCP4_REQUEST_DECLINE:
	case DHCP4_REQUEST_RELEASE:
	case DHCP4_REQUEST_INFORM:
	case DHCP4_REQUEST_COUNT:
		return JUDGE_VERDICT_INERT;
	}
	if (nak)
		return JUDGE_VERDICT_NAK;
	if (!ack || !is_grant(p, &r->message))
		return JUDGE_VERDICT_INERT;
	return p->last.kind == DHCP4_REQUEST_REBOOTING &&
			       judge_choice_v6only_s(p, &r->message)
		       ? JUDGE_VERDICT_V6ONLY
		       : JUDGE_VERDICT_ACK;
}

/* UDP to port 68, whatever else is wrong with it: where its payload is, or 0. */
static size_t payload_of(const struct sim_frame *frame)
{
	const uint8_t *ip = frame->bytes;
	size_t udp = (ip[0] & 15U) * 4;

	if (frame->ethertype != SIM_ETHERTYPE_IPV4 || frame->vlan ||
	    frame->size < udp + 8 || ip[9] != 17 || ip[udp + 2] != 0 ||
	    ip[udp + 3] != DHCP4_CLIENT_PORT)
		return 0;
	return udp + 8;
}

/* Reads it all: whether it is sound, for this client, and what it says. */
static enum judge_verdict read_reply(const struct port_model *p,
				     const struct sim_frame *frame,
				     struct judge_reply *r)
{
	struct datagram d;

	if (!judge_checksums_are_right(frame->bytes, frame->size) ||
	    frame_parse(frame->bytes, frame->size, DHCP4_CLIENT_PORT, false,
			&d) != REJECT_NONE ||
	    dhcp4_message_parse(d.payload, d.size, &r->message) != REJECT_NONE)
		return JUDGE_VERDICT_INERT;
	r->type = r->message.type;
	r->server_id = IPV4_ANY;
	r->named = dhcp4_options_get_address(
		&r->message.options, DHCP4_OPTION_SERVER_ID, 0, &r->server_id);
	r->pin = judge_choice_pin(p, frame, r->server_id);
	if (!is_addressed(p, &r->message) ||
	    !judge_choice_is_of_subnet(p, &r->message) ||
	    !judge_choice_hears(p, r->named ? r->server_id : d.source, r->pin))
		return JUDGE_VERDICT_INERT;
	if (p->phase == JUDGE_PHASE_BOUND && !judge_known_is_open(p))
		return judge_auth_is_forced(p, &d, r) ? JUDGE_VERDICT_FORCE
						      : JUDGE_VERDICT_INERT;
	if (r->message.header.xid != p->last.xid)
		return JUDGE_VERDICT_INERT;
	if (judge_auth_admits(p, &d, r))
		return judge_override_admits(p, &r->message)
			       ? verdict_of(p, r)
			       : JUDGE_VERDICT_INERT;
	return judge_auth_turns_back(p, r) ? JUDGE_VERDICT_UNPROVEN
					   : JUDGE_VERDICT_INERT;
}

/* Most replies are broadcast and somebody else's: those are not read. */
bool port_model_classify(const struct port_model *p,
			 const struct sim_frame *frame, struct judge_reply *ret)
{
	size_t at = payload_of(frame);
	const uint8_t *message = frame->bytes + at;
	struct reader xid = reader_over(message + 4, 4);

	if (at == 0)
		return false;
	ret->verdict = JUDGE_VERDICT_INERT;
	ret->type = 0;
	ret->proven = false;
	ret->auth.content = AUTH_CONTENT_NONE;
	if (frame->size < at + DHCP4_HEADER_SIZE + 3)
		return true;
	/* Where servers put option 53: first. */
	if (message[DHCP4_HEADER_SIZE] == DHCP4_OPTION_MESSAGE_TYPE)
		ret->type = message[DHCP4_HEADER_SIZE + 2];
	if (port_model_is_awake(p) &&
	    (p->phase == JUDGE_PHASE_ASKED || judge_known_is_open(p)) &&
	    reader_u32(&xid) == p->last.xid)
		ret->verdict = read_reply(p, frame, ret);
	/* The xid of a FORCERENEW is its server's own. */
	if (port_model_is_awake(p) && p->phase == JUDGE_PHASE_BOUND &&
	    p->state == DHCP4_STATE_BOUND && ret->type == DHCP4_TYPE_FORCERENEW)
		ret->verdict = read_reply(p, frame, ret);
	return true;
}

/* What a server says again is one offer. */
static struct judge_offer *find_offer(struct port_model *p, ipv4_addr server_id)
{
	unsigned i = 0;

	while (i < p->offer_count && p->offers[i].server_id != server_id)
		i++;
	if (i == p->offer_count && i < JUDGE_OFFERS_MAX)
		p->offers[p->offer_count++].at = judge_now(p);
	return i < p->offer_count ? &p->offers[i] : NULL;
}

static void note_offer(struct port_model *p, const struct judge_reply *r)
{
	struct judge_offer *offer;

	p->forbidden = false;
	if (p->offer_count == 0) {
		p->again = never;
		p->send_by = judge_now(p) + judge_choice_window(p, r);
		p->at_once = true;
		p->send_why = "an OFFER came";
	}
	offer = find_offer(p, r->server_id);
	if (!offer)
		return;
	offer->server_id = r->server_id;
	offer->address = r->message.header.yiaddr;
	offer->v6only_s = judge_choice_v6only_s(p, &r->message);
	offer->window = judge_choice_window(p, r);
	if (offer->window == 0)
		p->send_by = judge_now(p);
	offer->proven = r->proven;
	offer->nonces = r->nonces;
}

/* What is used already stays so; anything else waits until it is checked. */
static void note_ack(struct port_model *p, const struct judge_reply *r)
{
	bool used = p->lease.valid && p->lease.used &&
		    p->lease.address == r->message.header.yiaddr;

	judge_known_reset(p);
	if (p->last.kind == DHCP4_REQUEST_RENEWING ||
	    p->last.kind == DHCP4_REQUEST_REBINDING)
		judge_lease_renew(p, &r->message, p->first_at, &p->lease);
	else
		judge_lease_read(p, &r->message, p->first_at, &p->lease);
	judge_choice_answered(p);
	p->forbidden = false;
	p->lease.proven = r->proven;
	p->phase = JUDGE_PHASE_BOUND;
	p->again = p->begin = never;
	p->refused = false;
	p->naks = 0;
	p->nak_until = 0;
	p->send_by = NSEC_NEVER;
	p->judge->counters.leases++;
	if (used)
		judge_guard_use(p);
	else if (p->guard.taken == p->lease.address)
		judge_guard_lose(p);
}

/* 0, then 1, 2, 4 ... 300 s. */
static nsec nak_pause(unsigned naks)
{
	if (naks < 2)
		return 0;
	return naks > 10 ? NAK_PAUSE_MAX
			 : nsec_min((UINT64_C(1) << (naks - 2)) * NSEC_PER_S,
				    NAK_PAUSE_MAX);
}

static void note_nak(struct port_model *p, const struct judge_reply *r)
{
	bool lost = p->last.kind != DHCP4_REQUEST_SELECTING ||
		    p->lease.address == p->last.requested;

	if (p->lease.valid && lost) {
		p->file_must_go = p->port->file_size != 0 &&
				  !judge_known_keeps_file(p, r);
		p->known.attached = false;
		p->known.open_until = 0;
		port_model_end_lease(p, judge_now(p));
	}
	p->refused = !p->lease.valid;
	p->naks++;
	p->nak_until = judge_now(p) + nak_pause(p->naks);
	port_model_idle(p, p->nak_until, DHCP4_REQUEST_DISCOVER,
			"the pause after a NAK was over");
}

/* As after a NAK, but for what is said of the address: nothing. */
static void note_unproven(struct port_model *p)
{
	p->naks++;
	p->nak_until = judge_now(p) + nak_pause(p->naks);
	port_model_idle(p, p->nak_until, DHCP4_REQUEST_DISCOVER,
			"the pause after an unproven ACK was over");
}

void port_model_received(struct port_model *p, const struct judge_reply *r)
{
	judge_auth_received(p, r);
	switch (r->verdict) {
	case JUDGE_VERDICT_INERT:
		p->inert = true;
		p->inert_turn = p->judge->network->clock.fired;
		p->inert_at = judge_now(p);
		return;
	case JUDGE_VERDICT_OFFER:
		note_offer(p, r);
		break;
	case JUDGE_VERDICT_ACK:
		note_ack(p, r);
		break;
	case JUDGE_VERDICT_NAK:
		note_nak(p, r);
		break;
	case JUDGE_VERDICT_V6ONLY:
		judge_choice_acked_v6only(p, r);
		break;
	case JUDGE_VERDICT_TOLD:
		p->forbidden |= judge_choice_forbids(&r->message);
		break;
	case JUDGE_VERDICT_UNPROVEN:
		note_unproven(p);
		break;
	case JUDGE_VERDICT_FORCE:
		port_model_event(p, SIM_EVENT_RENEW_ASKED);
		break;
	}
	p->inert = false;
	port_model_settle(p);
}
