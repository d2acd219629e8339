/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conflict detection: three probes at the pace of the mode before an address is
 * used, or while an optimist uses it; two announcements when nobody was found; a
 * DECLINE when somebody was. That nothing is used too early is judge_expiry.c's
 * matter, and when a DECLINE may leave judge_timing.c's.
 */
#include <string.h>

#include "sim/judge_internal.h"

#define ANNOUNCEMENTS 2
#define ANNOUNCE_GAP  (2 * NSEC_PER_S)

static void check_packet(struct port_model *p, const struct arp *arp)
{
	static const uint8_t zero[SIM_HWADDR_SIZE];

	if (arp->op != ARP_OP_REQUEST ||
	    memcmp(arp->sender_hw, p->port->interface->hw, SIM_HWADDR_SIZE) ||
	    memcmp(arp->target_hw, zero, SIM_HWADDR_SIZE))
		judge_fail(p, "an ARP packet left that RFC 5227 does not know");
	else if (arp->sender && arp->sender != arp->target)
		return; /* judge_known.c's matter */
	else if (arp->target != p->guard.address)
		judge_fail(p, "ARP left about %s; %s is what matters now",
			   judge_ip(arp->target).text,
			   judge_ip(p->guard.address).text);
}

/* What came due in a sleep leaves when it is over. */
static bool is_in(const struct port_model *p, struct judge_span span)
{
	nsec now = judge_now(p);

	return span.from <= now && now <= nsec_max(span.to, p->resumed_at);
}

static void check_probe(struct port_model *p)
{
	const struct judge_guard *g = &p->guard;

	if (g->taken == g->address)
		judge_fail(p, "%s is probed, and known to be somebody's",
			   judge_ip(g->address).text);
	else if (g->passes_at != NSEC_NEVER)
		judge_fail(p, "%s is probed a fourth time",
			   judge_ip(g->address).text);
	else if (g->probes > 0 && !is_in(p, judge_guard_gap(p)))
		judge_fail(p, "probe %u of %s left %s after the last",
			   g->probes + 1, judge_ip(g->address).text,
			   judge_s(judge_now(p) - g->sent_at).text);
}

static void check_announcement(struct port_model *p)
{
	const struct judge_guard *g = &p->guard;
	nsec next = g->announced_at + ANNOUNCE_GAP;

	if (g->defend_at == judge_now(p))
		return;
	if (judge_known_must_be_quiet(p))
		judge_fail(p, "%s is announced, and its router has not answered",
			   judge_ip(g->address).text);
	else if (!judge_guard_in_use(p) || !judge_guard_has_passed(p))
		judge_fail(p, "%s is announced, and not checked or not used",
			   judge_ip(g->address).text);
	else if (g->announced == ANNOUNCEMENTS)
		judge_fail(p, "%s is announced a third time",
			   judge_ip(g->address).text);
	else if (g->announced && !is_in(p, (struct judge_span){ next, next }))
		judge_fail(p, "%s is announced again after %s",
			   judge_ip(g->address).text,
			   judge_s(judge_now(p) - g->announced_at).text);
}

static void arp(struct port_model *p, const struct arp *arp)
{
	if (judge_fallback_concerns(p, arp->target))
		return;
	check_packet(p, arp);
	if (arp->sender && arp->sender != arp->target)
		return;
	if (arp->sender)
		check_announcement(p);
	else
		check_probe(p);
}

static void look(struct port_model *p)
{
	const struct judge_guard *g = &p->guard;
	nsec now = judge_now(p);

	if (g->decline_at < now)
		judge_fail(p,
			   "%s was found to be somebody's, and no DECLINE left",
			   judge_ip(p->lease.address).text);
	else if (g->defend_at < now)
		judge_fail(p, "%s was claimed, and is not defended",
			   judge_ip(g->address).text);
	else if (g->due_by < now)
		judge_fail(p,
			   "nothing is said about %s since %s; %u probes, %u "
			   "announcements",
			   judge_ip(g->address).text, judge_s(g->sent_at).text,
			   g->probes, g->announced);
}

const struct judge_oracle judge_conflict = {
	.name = "conflict",
	.holds = "addresses are probed, announced, defended and declined",
	.arp = arp,
	.look = look,
};
