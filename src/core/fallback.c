/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether there is a fallback, and which, follows from state and tenure after
 * each step, as with conflict detection (guard.c): no handler begins or ends it.
 *
 * Its probes begin with the third DISCOVER that nobody answered so far. That one
 * has the seconds that probing takes, as the ones before had theirs.
 */
#include "core/fallback.h"

#include "base/assert.h"
#include "core/linklocal.h"
#include "core/step.h"

#define DISCOVERS 3

/* An address of the user's that is somebody else's is looked at so often. */
#define RETRY_NS (60 * NSEC_PER_S)

void fallback_init(struct fallback *f)
{
	*f = (struct fallback){ .begin_at = NSEC_NEVER,
				.configure_at = NSEC_NEVER };
	acd_stop(&f->acd);
}

ipv4_addr fallback_address(const struct fallback *f)
{
	return f->acd.in_use ? f->acd.address : IPV4_ANY;
}

nsec fallback_deadline(const struct fallback *f)
{
	return nsec_min(nsec_min(f->acd.next_at, f->begin_at), f->configure_at);
}

enum fallback_mode dhcp4_fallback_mode(const struct dhcp4_config *config)
{
	const struct fallback_config *fallback = &config->fallback;

	if (!dhcp4_has_arp(config) || (fallback->mode == FALLBACK_MODE_STATIC &&
				       fallback->address == IPV4_ANY))
		return FALLBACK_MODE_OFF;
	return fallback->mode;
}

/*
 * Delays are drawn from the client's generator, far away from where it is: what
 * the client sends, and when, is the same with a fallback as without.
 */
static struct prng branch(const struct dhcp4_client *c)
{
	struct prng p = c->prng;

	p.counter = UINT64_C(1) << 63 | c->now;
	return p;
}

static void next_candidate(struct step *s)
{
	struct fallback *f = &s->client->fallback;

	f->candidate = linklocal_draw(&s->config->hwaddr, f->drawn++);
}

/* The address to use, if one is; link-local, it stays the same (2.1). */
static ipv4_addr choose(struct step *s)
{
	const struct fallback_config *config = &s->config->fallback;
	struct fallback *f = &s->client->fallback;

	if (config->mode == FALLBACK_MODE_STATIC)
		return config->address;
	/* One that was used before may be of another hardware address. */
	if (f->candidate == IPV4_ANY && !s->config->anonymous &&
	    linklocal_is_usable(config->address))
		f->candidate = config->address;
	if (f->candidate == IPV4_ANY)
		next_candidate(s);
	return f->candidate;
}

static bool is_allowed(const struct step *s)
{
	const struct dhcp4_client *c = s->client;
	enum fallback_mode mode = dhcp4_fallback_mode(s->config);

	if (mode == FALLBACK_MODE_OFF || !c->carrier ||
	    c->state == DHCP4_STATE_STOPPED || c->state == DHCP4_STATE_INFORMING ||
	    c->state == DHCP4_STATE_V6ONLY_WAIT)
		return false;
	/* RFC 2563 2.1; an address of the user's is not made up by the host. */
	if (c->autoconf_forbidden && mode != FALLBACK_MODE_STATIC)
		return false;
	return mode == FALLBACK_MODE_ALWAYS || c->tenure != DHCP4_TENURE_HELD;
}

static bool is_due(const struct step *s)
{
	const struct dhcp4_client *c = s->client;

	return s->config->fallback.mode == FALLBACK_MODE_ALWAYS ||
	       (c->state == DHCP4_STATE_SELECTING && c->tries >= DISCOVERS);
}

static void send(struct step *s, enum acd_send what)
{
	if (what == ACD_SEND_NONE)
		return;
	ASSERT(s->arp_count < DHCP4_ARPS_MAX);
	acd_write(&s->client->fallback.acd, what, s->config->hwaddr.bytes,
		  s->arps[s->arp_count++]);
}

static void run_due(struct step *s, struct prng *prng)
{
	struct acd *acd = &s->client->fallback.acd;

	while (acd->next_at <= s->client->now)
		send(s,
		     acd_tick(acd, ACD_MODE_STRICT, prng, s->client->now).send);
}

static void probe(struct step *s, struct prng *prng)
{
	struct fallback *f = &s->client->fallback;

	if (f->begin_at <= s->client->now)
		f->begin_at = NSEC_NEVER;
	if (f->acd.phase == ACD_PHASE_IDLE && f->begin_at == NSEC_NEVER)
		acd_probe(&f->acd, ACD_MODE_STRICT, choose(s), prng,
			  s->client->now);
}

void fallback_settle(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct fallback *f = &c->fallback;
	struct prng prng = branch(c);

	f->active = is_allowed(s) && (f->active || is_due(s));
	if (!f->active) {
		acd_stop(&f->acd);
		f->begin_at = NSEC_NEVER;
	} else {
		if (f->acd.address != choose(s))
			acd_stop(&f->acd);
		probe(s, &prng);
	}
	run_due(s, &prng);
	if (f->acd.phase == ACD_PHASE_PASSED) {
		acd_use(&f->acd, c->now);
		run_due(s, &prng);
	}
	if (f->configure_at <= c->now) {
		f->configure_at = NSEC_NEVER;
		s->fallback_again = true;
	}
}

/* ---- events ------------------------------------------------------------- */

static void note(struct step *s, enum dhcp4_notice_kind kind, ipv4_addr address)
{
	step_notice(s, (struct dhcp4_notice){ .kind = kind, .address = address });
}

/* What a process before us left in the kernel: used on, or taken away. */
static void found(struct step *s)
{
	struct fallback *f = &s->client->fallback;
	ipv4_addr address = s->event->fallback.address;
	struct prng prng = branch(s->client);

	s->fallback_before = address;
	if (!is_allowed(s) || address != choose(s))
		return;
	if (f->acd.address != address)
		acd_stop(&f->acd);
	f->active = true;
	f->begin_at = NSEC_NEVER;
	probe(s, &prng);
	acd_use(&f->acd, s->client->now);
	s->fallback_again = true;
}

static void configured(struct step *s)
{
	struct fallback *f = &s->client->fallback;
	ipv4_addr address = fallback_address(f);

	if (address == IPV4_ANY)
		return;
	f->configure_failures = 0;
	f->configure_at = NSEC_NEVER;
	if (!f->configured)
		note(s, DHCP4_NOTICE_FALLBACK_READY, address);
	f->configured = true;
}

static void refused(struct step *s)
{
	struct fallback *f = &s->client->fallback;
	ipv4_addr address = fallback_address(f);

	if (address == IPV4_ANY)
		return;
	f->configured = false;
	f->configure_failures++;
	f->configure_at = nsec_add(s->client->now,
				   backoff_configure(f->configure_failures));
	step_notice(s,
		    (struct dhcp4_notice){ .kind = DHCP4_NOTICE_FALLBACK_FAILED,
					   .address = address,
					   .error = s->event->fallback.error });
}

static void hear(struct step *s)
{
	const struct dhcp4_event *event = s->event;
	struct dhcp4_client *c = s->client;
	struct fallback *f = &c->fallback;
	bool is_static = s->config->fallback.mode == FALLBACK_MODE_STATIC;
	ipv4_addr address = f->acd.address;
	struct acd_result result;
	struct arp arp;

	if (!arp_parse(event->arp.bytes, event->arp.size, &arp))
		return;
	/* RFC 3927 2.5 (b); a link-local address is never worth more. */
	result = acd_hear(&f->acd, &arp, event->arp.own,
			  is_static ? s->config->acd_defence : ACD_DEFENCE_ONCE,
			  c->now);
	send(s, result.send);
	if (result.send != ACD_SEND_NONE)
		note(s, DHCP4_NOTICE_DEFENDED, address);
	if (result.verdict != ACD_VERDICT_CONFLICT)
		return;
	note(s, DHCP4_NOTICE_FALLBACK_TAKEN, address);
	if (is_static)
		f->begin_at = nsec_add(c->now, RETRY_NS);
	else
		next_candidate(s);
}

static void reported(struct step *s)
{
	switch (s->event->fallback.what) {
	case DHCP4_FALLBACK_FOUND:
		found(s);
		return;
	case DHCP4_FALLBACK_CONFIGURED:
		configured(s);
		return;
	case DHCP4_FALLBACK_REFUSED:
		refused(s);
		return;
	}
	UNREACHABLE();
}

void fallback_take(struct step *s)
{
	struct fallback *f = &s->client->fallback;

	switch (s->event->kind) {
	case DHCP4_EVENT_ARP:
		hear(s);
		return;
	case DHCP4_EVENT_CARRIER:
		/* Another network, maybe one with a server. */
		if (s->event->carrier.moved) {
			f->active = false;
			acd_stop(&f->acd);
		}
		return;
	case DHCP4_EVENT_RESUME:
		/* Others were there meanwhile: it is probed anew (2.2). */
		acd_stop(&f->acd);
		return;
	case DHCP4_EVENT_RECONFIGURE:
		/* Nobody is to take it for who it was (RFC 7844 2.1). */
		if (s->config->anonymous && s->event->reconfigure.identity) {
			f->candidate = IPV4_ANY;
			f->drawn = 0;
		}
		s->fallback_again = true;
		return;
	case DHCP4_EVENT_ADDRESS_LOST:
		s->fallback_again = s->restore;
		return;
	case DHCP4_EVENT_FALLBACK:
		reported(s);
		return;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_STOP:
	case DHCP4_EVENT_TICK:
	case DHCP4_EVENT_FRAME:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_COUNT:
		return;
	}
}

void fallback_end_step(struct step *s)
{
	struct fallback *f = &s->client->fallback;
	ipv4_addr address = fallback_address(f);

	if (address == s->fallback_before && address != IPV4_ANY)
		return;
	f->configured = false;
	f->configure_failures = 0;
	f->configure_at = NSEC_NEVER;
	if (s->fallback_before != IPV4_ANY)
		note(s, DHCP4_NOTICE_FALLBACK_ENDED, s->fallback_before);
}
