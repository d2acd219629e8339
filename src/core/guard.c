/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conflict detection beside the machine: which address it is about, and whether
 * that may be used, follows from state and tenure after each step, so that no
 * handler begins or ends it.
 *
 * `fast` begins while an offer is requested, so that both waits overlap;
 * `strict` when the address is granted; `optimistic` when it is in use already.
 * An address that was in use before the carrier returned is probed while it is
 * used, but by `strict`, which withdraws it until then (RFC 5227 2.1).
 */
#include <string.h>

#include "base/assert.h"
#include "core/step.h"

/* An address that somebody else uses is refused for so long. */
#define DECLINED_NS (300 * NSEC_PER_S)

bool guard_is_declined(const struct step *s, ipv4_addr address)
{
	const struct dhcp4_client *c = s->client;

	for (unsigned i = 0; i < DHCP4_DECLINED_MAX; i++) {
		if (c->declined[i].address == address &&
		    c->now < c->declined[i].until)
			return true;
	}
	return false;
}

/* Where an address stands already, or else instead of the oldest. */
static struct dhcp4_declined *place_of(struct dhcp4_client *c, ipv4_addr address)
{
	struct dhcp4_declined *oldest = &c->declined[0];

	for (unsigned i = 0; i < DHCP4_DECLINED_MAX; i++) {
		if (c->declined[i].address == address)
			return &c->declined[i];
		if (c->declined[i].until < oldest->until)
			oldest = &c->declined[i];
	}
	return oldest;
}

void guard_decline(struct step *s, ipv4_addr address)
{
	struct dhcp4_client *c = s->client;
	struct dhcp4_declined *place = place_of(c, address);

	place->address = address;
	place->until = nsec_add(c->now, DECLINED_NS);
}

nsec guard_declined_at(const struct step *s)
{
	nsec at = 0;

	for (unsigned i = 0; i < DHCP4_DECLINED_MAX; i++)
		at = nsec_max(at, s->client->declined[i].until);
	return at > DECLINED_NS ? at - DECLINED_NS : 0;
}

void guard_forget(struct step *s)
{
	memset(s->client->declined, 0, sizeof(s->client->declined));
}

/* ---- which address, and whether it may be used ------------------------- */

bool dhcp4_has_arp(const struct dhcp4_config *config)
{
	return config->hardware_type == ARP_HTYPE_ETHERNET &&
	       config->hwaddr.size == ARP_HWADDR_SIZE;
}

enum acd_mode dhcp4_acd_mode(const struct dhcp4_config *config)
{
	return dhcp4_has_arp(config) ? config->acd : ACD_MODE_OFF;
}

bool guard_must_wait(const struct step *s, ipv4_addr address)
{
	const struct dhcp4_client *c = s->client;
	enum acd_mode mode = dhcp4_acd_mode(s->config);

	if (c->conflict == address)
		return true;
	if (mode == ACD_MODE_OFF ||
	    (c->tenure == DHCP4_TENURE_HELD && c->lease.address == address))
		return false;
	/* Ten conflicts are an end of optimism, too. */
	if (mode == ACD_MODE_OPTIMISTIC && !acd_is_limited(&c->acd, c->now))
		return false;
	return c->acd.phase != ACD_PHASE_PASSED || c->acd.address != address;
}

/* The address that is of interest; 0: none. */
static ipv4_addr address_of_interest(const struct step *s)
{
	const struct dhcp4_client *c = s->client;
	enum acd_mode mode = dhcp4_acd_mode(s->config);

	if (mode == ACD_MODE_OFF || !c->carrier || c->state == DHCP4_STATE_STOPPED)
		return IPV4_ANY;
	if (c->state == DHCP4_STATE_REQUESTING && mode == ACD_MODE_FAST)
		return c->chosen.address;
	/* A lease of another boot is probed while it is asked for. */
	if (c->tenure == DHCP4_TENURE_NONE ||
	    (c->tenure == DHCP4_TENURE_REMEMBERED &&
	     c->state != DHCP4_STATE_REBOOTING))
		return IPV4_ANY;
	return c->lease.address;
}

static void note_send(struct step *s, enum acd_send send)
{
	if (send == ACD_SEND_NONE)
		return;
	ASSERT(s->arp_count < DHCP4_ARPS_MAX);
	acd_write(&s->client->acd, send, s->config->hwaddr.bytes,
		  s->arps[s->arp_count++]);
}

/* Not before it is known whether this is its network (RFC 4436 2.1.1). */
static void hold_back(struct dhcp4_client *c)
{
	acd_postpone(&c->acd, known_quiet_until(c));
}

static void run_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	hold_back(c);
	while (c->acd.next_at <= c->now) {
		note_send(s,
			  acd_tick(&c->acd, s->config->acd, &c->prng, c->now).send);
		hold_back(c);
	}
}

/* What was granted may be used from now on. */
static void use_granted(struct step *s)
{
	s->client->tenure = DHCP4_TENURE_HELD;
	if (s->client->state == DHCP4_STATE_PROBING)
		step_enter(s, DHCP4_STATE_BOUND);
}

void guard_settle(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct acd *acd = &c->acd;
	ipv4_addr address = address_of_interest(s);

	/* Also what was in use and is not any more is probed anew. */
	if (acd->address != address ||
	    (acd->in_use && c->tenure != DHCP4_TENURE_HELD))
		acd_stop(acd);
	if (address != IPV4_ANY && acd->phase == ACD_PHASE_IDLE &&
	    c->conflict != address)
		acd_probe(acd, s->config->acd, address, &c->prng, c->now);
	run_due(s);
	if (c->tenure == DHCP4_TENURE_GRANTED && c->state != DHCP4_STATE_STOPPED &&
	    !guard_must_wait(s, c->lease.address))
		use_granted(s);
	if (c->tenure == DHCP4_TENURE_HELD && acd->address == c->lease.address) {
		acd_use(acd, c->now);
		run_due(s);
	}
}

/* The lease is not used any more, but not lost either. */
static void withdraw(struct step *s, enum dhcp4_tenure tenure)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure == DHCP4_TENURE_HELD) {
		s->loss = DHCP4_LOSS_WITHDRAWN;
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_WITHDRAWN,
				       .address = c->lease.address });
	}
	c->tenure = tenure;
	c->usable = true;
	c->configure_failures = 0;
	c->configure_at = NSEC_NEVER;
}

void guard_recheck(struct step *s)
{
	struct dhcp4_client *c = s->client;

	acd_stop(&c->acd);
	c->conflict = IPV4_ANY;
	if (dhcp4_acd_mode(s->config) == ACD_MODE_STRICT &&
	    c->tenure == DHCP4_TENURE_HELD && c->state != DHCP4_STATE_STOPPED)
		withdraw(s, DHCP4_TENURE_GRANTED);
}

/* ---- what others say ---------------------------------------------------- */

/*
 * Somebody else uses an address that we use, or were about to. One that a server
 * is being asked for waits for its answer: an ACK is answered by a DECLINE, but on
 * another network, where that host is at home, the answer is a NAK.
 */
static void note_conflict(struct step *s, ipv4_addr address)
{
	struct dhcp4_client *c = s->client;
	bool asked = c->state == DHCP4_STATE_INIT_REBOOT ||
		     c->state == DHCP4_STATE_REBOOTING;
	bool ours = c->lease.address == address &&
		    (c->tenure == DHCP4_TENURE_GRANTED ||
		     c->tenure == DHCP4_TENURE_HELD);

	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_CONFLICT,
					      .address = address });
	if (ours && !asked) {
		s->kind = DHCP4_EVENT_ADDRESS_LOST;
		s->lost = DHCP4_ADDRESS_LOST_CONFLICT;
		return;
	}
	if (ours)
		withdraw(s, DHCP4_TENURE_REMEMBERED);
	guard_decline(s, address);
	c->conflict = address;
}

void guard_hear(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct dhcp4_event *event = s->event;
	ipv4_addr address = c->acd.address;
	struct acd_result result;
	struct arp arp;

	if (!arp_parse(event->arp.bytes, event->arp.size, &arp))
		return;
	result = acd_hear(&c->acd, &arp, event->arp.own, s->config->acd_defence,
			  c->now);
	note_send(s, result.send);
	if (result.verdict == ACD_VERDICT_CONFLICT)
		note_conflict(s, address);
	else if (result.send != ACD_SEND_NONE)
		step_notice(s,
			    (struct dhcp4_notice){ .kind = DHCP4_NOTICE_DEFENDED,
						   .address = address });
}
