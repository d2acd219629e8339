/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 5227 section 2: probe, announce, watch, defend. Names of constants are the
 * RFC's own.
 */
#include "core/acd.h"

#include <string.h>

#include "base/assert.h"

#define PROBE_NUM	     3
#define ANNOUNCE_NUM	     2
#define ANNOUNCE_INTERVAL_NS (2 * NSEC_PER_S)

/* The pace of probing: PROBE_WAIT, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT. */
static const struct pace {
	nsec wait, gap_min, gap_max, after;
} paces[ACD_MODE_COUNT] = {
	[ACD_MODE_STRICT] = { NSEC_PER_S, NSEC_PER_S, 2 * NSEC_PER_S,
			      2 * NSEC_PER_S },
	/* Hosts of a LAN answer within a few milliseconds, or are asleep. */
	[ACD_MODE_FAST] = { 0, 55 * NSEC_PER_MS, 65 * NSEC_PER_MS,
			    70 * NSEC_PER_MS },
	/* In use already: there is no hurry to end. */
	[ACD_MODE_OPTIMISTIC] = { 0, NSEC_PER_S, 2 * NSEC_PER_S, 2 * NSEC_PER_S },
};

static nsec draw(struct prng *prng, nsec least, nsec most)
{
	return least + prng_below(prng, most - least + 1);
}

bool acd_is_limited(const struct acd *a, nsec now)
{
	return a->conflicts >= ACD_MAX_CONFLICTS &&
	       now < nsec_add(a->conflict_at, ACD_ROW_NS);
}

void acd_probe(struct acd *a, enum acd_mode mode, ipv4_addr address,
	       struct prng *prng, nsec now)
{
	nsec earliest = now;

	ASSERT(mode != ACD_MODE_OFF && address != IPV4_ANY);
	if (acd_is_limited(a, now))
		earliest = nsec_max(now, nsec_add(a->probed_at,
						  ACD_RATE_LIMIT_INTERVAL_NS));
	a->phase = ACD_PHASE_PROBING;
	a->address = address;
	a->in_use = false;
	a->sent = 0;
	a->defended_at = 0;
	a->next_at = nsec_add(earliest, draw(prng, 0, paces[mode].wait));
	a->probed_at = a->next_at;
}

static void announce(struct acd *a, nsec now)
{
	a->phase = ACD_PHASE_ANNOUNCING;
	a->sent = 0;
	a->next_at = now;
}

void acd_use(struct acd *a, nsec now)
{
	ASSERT(a->phase != ACD_PHASE_IDLE);
	a->in_use = true;
	if (a->phase == ACD_PHASE_PASSED)
		announce(a, now);
}

void acd_postpone(struct acd *a, nsec until)
{
	if (a->phase == ACD_PHASE_ANNOUNCING && a->sent == 0)
		a->next_at = until;
}

void acd_stop(struct acd *a)
{
	a->phase = ACD_PHASE_IDLE;
	a->address = IPV4_ANY;
	a->in_use = false;
	a->next_at = NSEC_NEVER;
}

static void note_conflict(struct acd *a, nsec now)
{
	if (now >= nsec_add(a->conflict_at, ACD_ROW_NS))
		a->conflicts = 0;
	a->conflicts++;
	a->conflict_at = now;
	acd_stop(a);
}

static struct acd_result probe_due(struct acd *a, enum acd_mode mode,
				   struct prng *prng, nsec now)
{
	const struct pace *pace = &paces[mode];

	if (a->sent < PROBE_NUM) {
		a->sent++;
		a->next_at = nsec_add(now, a->sent < PROBE_NUM
						   ? draw(prng, pace->gap_min,
							  pace->gap_max)
						   : pace->after);
		return (struct acd_result){ .send = ACD_SEND_PROBE };
	}
	if (a->in_use) {
		announce(a, now);
	} else {
		a->phase = ACD_PHASE_PASSED;
		a->next_at = NSEC_NEVER;
	}
	return (struct acd_result){ .verdict = ACD_VERDICT_PASSED };
}

static struct acd_result announcement_due(struct acd *a, nsec now)
{
	a->sent++;
	a->next_at = nsec_add(now, ANNOUNCE_INTERVAL_NS);
	if (a->sent == ANNOUNCE_NUM) {
		a->phase = ACD_PHASE_DEFENDING;
		a->next_at = NSEC_NEVER;
	}
	return (struct acd_result){ .send = ACD_SEND_ANNOUNCEMENT };
}

struct acd_result acd_tick(struct acd *a, enum acd_mode mode, struct prng *prng,
			   nsec now)
{
	switch (a->phase) {
	case ACD_PHASE_PROBING:
		if (a->next_at <= now)
			return probe_due(a, mode, prng, now);
		break;
	case ACD_PHASE_ANNOUNCING:
		if (a->next_at <= now)
			return announcement_due(a, now);
		break;
	case ACD_PHASE_IDLE:
	case ACD_PHASE_PASSED:
	case ACD_PHASE_DEFENDING:
	case ACD_PHASE_COUNT:
		break;
	}
	return (struct acd_result){ 0 };
}

/*
 * Somebody else's packet is a conflict if it comes from the address; as long as
 * we do not use that, also if it probes for it. A probe for an address in use is
 * answered by the kernel and harms nobody.
 */
static bool is_conflict(const struct acd *a, const struct arp *arp)
{
	if (a->phase == ACD_PHASE_IDLE)
		return false;
	if (arp->sender == a->address)
		return true;
	return !a->in_use && arp->op == ARP_OP_REQUEST &&
	       arp->sender == IPV4_ANY && arp->target == a->address;
}

/* RFC 5227 2.4: true if the address shall be kept. */
static bool may_defend(const struct acd *a, enum acd_defence defence, nsec now)
{
	bool recent = a->defended_at &&
		      now < nsec_add(a->defended_at, ACD_DEFEND_INTERVAL_NS);

	if (a->phase != ACD_PHASE_ANNOUNCING && a->phase != ACD_PHASE_DEFENDING)
		return false;
	return defence == ACD_DEFENCE_ALWAYS ||
	       (defence == ACD_DEFENCE_ONCE && !recent);
}

struct acd_result acd_hear(struct acd *a, const struct arp *arp, bool own,
			   enum acd_defence defence, nsec now)
{
	struct acd_result result = { .verdict = ACD_VERDICT_DEFENDED };

	if (own || !is_conflict(a, arp))
		return (struct acd_result){ 0 };
	if (!may_defend(a, defence, now)) {
		note_conflict(a, now);
		return (struct acd_result){ .verdict = ACD_VERDICT_CONFLICT };
	}
	if (!a->defended_at ||
	    now >= nsec_add(a->defended_at, ACD_DEFEND_INTERVAL_NS)) {
		a->defended_at = now;
		result.send = ACD_SEND_ANNOUNCEMENT;
	}
	return result;
}

void acd_write(const struct acd *a, enum acd_send send, const uint8_t hw[6],
	       uint8_t packet[ARP_SIZE])
{
	struct arp arp = {
		.op = ARP_OP_REQUEST,
		.sender = send == ACD_SEND_PROBE ? IPV4_ANY : a->address,
		.target = a->address,
	};

	ASSERT(send != ACD_SEND_NONE);
	memcpy(arp.sender_hw, hw, sizeof(arp.sender_hw));
	arp_write(packet, &arp);
}
