/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conflict detection beside the machine: which address it is about follows from
 * state and tenure after each step, so that no handler begins or ends it.
 *
 * `fast` begins while an offer is requested, so that both waits overlap;
 * `strict` when the address is granted; `optimistic` when it is in use already.
 * An address that was in use before the carrier returned is probed while it is
 * used, but by `strict`, which withdraws it until then (RFC 5227 2.1).
 */
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

void guard_decline(struct step *s, ipv4_addr address)
{
	struct dhcp4_client *c = s->client;
	struct dhcp4_declined *oldest = &c->declined[0];

	for (unsigned i = 1; i < DHCP4_DECLINED_MAX; i++) {
		if (c->declined[i].until < oldest->until)
			oldest = &c->declined[i];
	}
	*oldest = (struct dhcp4_declined){ address,
					   nsec_add(c->now, DECLINED_NS) };
}

bool guard_must_wait(const struct step *s, ipv4_addr address)
{
	const struct dhcp4_client *c = s->client;
	enum acd_mode mode = s->config->acd;
	bool used = c->tenure == DHCP4_TENURE_HELD && c->lease.address == address;

	if (c->conflict == address)
		return true;
	if (mode == ACD_MODE_OFF || mode == ACD_MODE_OPTIMISTIC || used)
		return false;
	return c->acd.phase != ACD_PHASE_PASSED || c->acd.address != address;
}

bool guard_withdraws(const struct step *s)
{
	return s->config->acd == ACD_MODE_STRICT &&
	       s->client->tenure == DHCP4_TENURE_HELD;
}

/* The address that is of interest; 0: none. */
static ipv4_addr address_of_interest(const struct step *s)
{
	const struct dhcp4_client *c = s->client;

	if (s->config->acd == ACD_MODE_OFF || !c->carrier ||
	    c->state == DHCP4_STATE_STOPPED)
		return IPV4_ANY;
	if (c->state == DHCP4_STATE_REQUESTING && s->config->acd == ACD_MODE_FAST)
		return c->chosen.address;
	if (c->tenure == DHCP4_TENURE_REMEMBERED &&
	    c->state != DHCP4_STATE_REBOOTING)
		return IPV4_ANY;
	return c->tenure == DHCP4_TENURE_NONE ? IPV4_ANY : c->lease.address;
}

static void note_send(struct step *s, enum acd_send send)
{
	if (send == ACD_SEND_NONE)
		return;
	ASSERT(s->arp_count < DHCP4_ARPS_MAX);
	acd_write(&s->client->acd, send, s->config->hwaddr.bytes,
		  s->arps[s->arp_count++]);
}

static void run_due(struct step *s)
{
	struct acd *acd = &s->client->acd;

	while (acd->next_at <= s->client->now)
		note_send(s, acd_tick(acd, s->config->acd, &s->client->prng,
				      s->client->now)
				     .send);
}

void guard_settle(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct acd *acd = &c->acd;
	ipv4_addr address = address_of_interest(s);

	if (acd->address != address)
		acd_stop(acd);
	if (address == IPV4_ANY || c->conflict == address)
		return;
	if (acd->phase == ACD_PHASE_IDLE)
		acd_probe(acd, s->config->acd, address, &c->prng, c->now);
	if (c->tenure == DHCP4_TENURE_HELD && c->lease.address == address)
		acd_use(acd, address, c->now);
	run_due(s);
}

/* Somebody else uses an address that we use, or were about to. */
static void note_conflict(struct step *s, ipv4_addr address)
{
	struct dhcp4_client *c = s->client;

	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_CONFLICT,
					      .address = address });
	if (c->tenure != DHCP4_TENURE_NONE &&
	    c->tenure != DHCP4_TENURE_REMEMBERED && c->lease.address == address) {
		s->kind = DHCP4_EVENT_ADDRESS_LOST;
		s->lost = DHCP4_ADDRESS_LOST_CONFLICT;
	} else {
		/* Its ACK, if there is one, is answered by a DECLINE. */
		guard_decline(s, address);
		c->conflict = address;
	}
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
