/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a port must know of others that have its address: a second account of
 * RFC 5227, and of what tenured(8) makes of it. Which address is looked after
 * follows from the other facts; what was sent and heard about it is kept here.
 */
#include <string.h>

#include "sim/judge_internal.h"

#define PROBES		3
#define ANNOUNCE_GAP	(2 * NSEC_PER_S)
#define DEFEND_GAP	(10 * NSEC_PER_S)
#define DECLINE_PAUSE	(10 * NSEC_PER_S)
#define DECLINED_NS	(300 * NSEC_PER_S)
#define LIMIT_GAP	(60 * NSEC_PER_S)
#define LIMIT_COUNT	10
#define LIMIT_FORGOTTEN (3600 * NSEC_PER_S)

/* How much later a packet that has to leave is missed. */
#define MISSED_NS NSEC_PER_MS

static enum acd_mode mode_of(const struct port_model *p)
{
	return p->port->iface.config.acd;
}

/* How long until the first probe at most; and from the last one to the end. */
static nsec longest_wait(enum acd_mode mode)
{
	return mode == ACD_MODE_STRICT ? NSEC_PER_S : 0;
}

static nsec last_wait(enum acd_mode mode)
{
	return (mode == ACD_MODE_FAST ? 70 : 2000) * NSEC_PER_MS;
}

struct judge_span judge_guard_gap(const struct port_model *p)
{
	bool fast = mode_of(p) == ACD_MODE_FAST;
	nsec at = p->guard.sent_at;

	return (struct judge_span){
		at + (fast ? 55 : 1000) * NSEC_PER_MS,
		at + (fast ? 65 : 2000) * NSEC_PER_MS,
	};
}

static bool is_limited(const struct port_model *p)
{
	const struct judge_guard *g = &p->guard;

	return g->conflicts >= LIMIT_COUNT &&
	       judge_now(p) < g->conflict_at + LIMIT_FORGOTTEN;
}

bool judge_guard_is_declined(const struct port_model *p, ipv4_addr address)
{
	for (unsigned i = 0; i < JUDGE_DECLINED_MAX; i++) {
		if (p->guard.declined[i].address == address &&
		    judge_now(p) < p->guard.declined[i].until)
			return true;
	}
	return false;
}

nsec judge_guard_pause_end(const struct port_model *p)
{
	nsec last = 0;

	for (unsigned i = 0; i < JUDGE_DECLINED_MAX; i++)
		last = nsec_max(last, p->guard.declined[i].until);
	return last ? last - DECLINED_NS + DECLINE_PAUSE : 0;
}

static void note_declined(struct port_model *p, ipv4_addr address)
{
	struct judge_guard *g = &p->guard;
	unsigned oldest = 0;

	for (unsigned i = 0; i < JUDGE_DECLINED_MAX; i++) {
		if (g->declined[i].address == address) {
			oldest = i;
			break;
		}
		if (g->declined[i].until < g->declined[oldest].until)
			oldest = i;
	}
	g->declined[oldest].address = address;
	g->declined[oldest].until = judge_now(p) + DECLINED_NS;
}

/* ---- which address, and whether it may be used ---------------------------- */

bool judge_guard_in_use(const struct port_model *p)
{
	return p->lease.valid && p->lease.used &&
	       p->lease.address == p->guard.address;
}

bool judge_guard_has_passed(const struct port_model *p)
{
	return p->guard.passes_at <= judge_now(p);
}

static ipv4_addr address_of_interest(const struct port_model *p)
{
	bool asked = p->phase == JUDGE_PHASE_ASKED;
	const struct judge_lease *lease = &p->lease;

	if (mode_of(p) == ACD_MODE_OFF || !p->running || !p->carrier ||
	    p->phase == JUDGE_PHASE_OFF)
		return IPV4_ANY;
	if (asked && p->last.kind == DHCP4_REQUEST_SELECTING &&
	    mode_of(p) == ACD_MODE_FAST)
		return p->last.requested;
	if (!lease->valid ||
	    (!lease->ours && !(asked && p->last.kind == DHCP4_REQUEST_REBOOTING)))
		return IPV4_ANY;
	return lease->address;
}

static void begin(struct port_model *p, ipv4_addr address)
{
	struct judge_guard *g = &p->guard;
	nsec now = judge_now(p);

	g->address = address;
	g->used = false;
	g->probes = g->announced = 0;
	g->passes_at = g->due_by = NSEC_NEVER;
	g->defended_at = 0;
	if (address == IPV4_ANY || g->taken == address)
		return;
	g->due_by = now;
	if (is_limited(p))
		g->due_by = nsec_max(now, g->probed_at + LIMIT_GAP);
	g->due_by += longest_wait(mode_of(p));
	g->probed_at = g->due_by;
}

bool judge_guard_allows(const struct port_model *p, ipv4_addr address)
{
	enum acd_mode mode = mode_of(p);

	if (p->guard.taken == address)
		return false;
	if (mode == ACD_MODE_OFF ||
	    (mode == ACD_MODE_OPTIMISTIC && !is_limited(p)))
		return true;
	return p->guard.address == address && judge_guard_has_passed(p);
}

void judge_guard_use(struct port_model *p)
{
	p->lease.used = p->lease.ours = true;
	p->gone_by = p->lease.expiry;
	p->file_late = p->port->troubles.store != 0;
	if (p->phase != JUDGE_PHASE_BOUND)
		return;
	p->send_by = nsec_max(p->lease.t1, judge_now(p));
	p->at_once = false;
	p->send_why = "T1 has come";
}

void judge_guard_settle(struct port_model *p)
{
	struct judge_guard *g = &p->guard;
	ipv4_addr address = address_of_interest(p);

	if (p->suspended)
		return;
	/* What was in use, and is asked for again, may be somebody's by now. */
	if (g->address != address || (g->used && !judge_guard_in_use(p)))
		begin(p, address);
	if (p->lease.valid && p->lease.ours && !p->lease.used &&
	    p->phase != JUDGE_PHASE_OFF &&
	    judge_guard_allows(p, p->lease.address)) {
		judge_guard_use(p);
		port_model_settle(p);
	}
	judge_known_settle(p);
	g->used |= judge_guard_in_use(p);
	/* Whether one whose end is near comes into use, the kernel shows. */
	if (judge_guard_in_use(p) && judge_guard_has_passed(p) &&
	    g->announced == 0 && g->due_by == NSEC_NEVER &&
	    (!port_model_end_is_open(p) || p->kernel.address == address) &&
	    !judge_known_may_be_quiet(p))
		g->due_by = judge_now(p);
}

/* Out of use, but not lost. */
static void withdraw(struct port_model *p)
{
	if (p->lease.used)
		port_model_take_away(p, judge_now(p));
	p->lease.used = false;
}

void judge_guard_recheck(struct port_model *p)
{
	p->guard.taken = IPV4_ANY;
	begin(p, IPV4_ANY);
	if (mode_of(p) == ACD_MODE_STRICT && p->lease.valid &&
	    p->phase != JUDGE_PHASE_OFF)
		withdraw(p);
}

void judge_guard_start(struct port_model *p)
{
	p->guard = (struct judge_guard){ .passes_at = NSEC_NEVER,
					 .due_by = NSEC_NEVER,
					 .decline_at = NSEC_NEVER,
					 .defend_at = NSEC_NEVER,
					 .lost_at = NSEC_NEVER };
}

nsec judge_guard_next(const struct port_model *p)
{
	const struct judge_guard *g = &p->guard;
	nsec missed = nsec_min(nsec_min(g->due_by, g->decline_at), g->defend_at);
	nsec at = nsec_add(missed, MISSED_NS);

	/* It comes into use in that very instant. */
	return g->passes_at > judge_now(p) ? nsec_min(at, g->passes_at) : at;
}

void judge_guard_give_up(struct port_model *p)
{
	struct judge_guard *g = &p->guard;
	nsec now = judge_now(p);

	if (g->due_by < now) {
		g->due_by = NSEC_NEVER;
		g->announced++;
	}
	if (g->decline_at < now)
		g->decline_at = NSEC_NEVER;
	if (g->defend_at < now)
		g->defend_at = NSEC_NEVER;
}

/* ---- what is sent and heard ------------------------------------------------ */

void judge_guard_sent(struct port_model *p, const struct arp *arp)
{
	struct judge_guard *g = &p->guard;

	if (arp->sender && arp->sender != arp->target) {
		judge_known_sent(p, arp);
		return;
	}
	g->sent_at = judge_now(p);
	if (arp->sender == IPV4_ANY) {
		if (++g->probes == 1)
			g->probed_at = g->sent_at;
		g->due_by = judge_guard_gap(p).to;
		if (g->probes == PROBES) {
			g->passes_at = g->sent_at + last_wait(mode_of(p));
			g->due_by = NSEC_NEVER;
		}
	} else if (g->defend_at == judge_now(p)) {
		g->defend_at = NSEC_NEVER;
	} else {
		g->announced_at = g->sent_at;
		g->due_by = ++g->announced == 1 ? g->sent_at + ANNOUNCE_GAP
						: NSEC_NEVER;
	}
}

/* The lease is lost: a DECLINE at once, and then a pause. */
void judge_guard_lose(struct port_model *p)
{
	struct judge_guard *g = &p->guard;
	nsec now = judge_now(p);

	note_declined(p, p->lease.address);
	if (p->carrier)
		g->decline_at = now;
	g->lost_at = now;
	p->file_must_go = p->port->file_size != 0;
	port_model_end_lease(p, now);
	p->refused = true;
	p->nak_until = nsec_max(p->nak_until, now + DECLINE_PAUSE);
	port_model_idle(p, p->nak_until, DHCP4_REQUEST_DISCOVER,
			"the pause after a DECLINE was over");
}

static void note_conflict(struct port_model *p, ipv4_addr address)
{
	struct judge_guard *g = &p->guard;
	bool asked = p->state == DHCP4_STATE_INIT_REBOOT ||
		     p->state == DHCP4_STATE_REBOOTING;
	bool ours =
		p->lease.valid && p->lease.ours && p->lease.address == address;
	nsec now = judge_now(p);

	if (now >= g->conflict_at + LIMIT_FORGOTTEN)
		g->conflicts = 0;
	g->conflicts++;
	g->conflict_at = now;
	if (ours && !asked) {
		judge_guard_lose(p);
		return;
	}
	/* An answer of a server is waited for; an ACK is declined. */
	if (ours) {
		withdraw(p);
		p->lease.ours = false;
		p->usable = true;
	}
	note_declined(p, address);
	g->taken = address;
	begin(p, address);
}

/* True if the address is kept (RFC 5227 2.4). */
static bool defends(struct port_model *p)
{
	struct judge_guard *g = &p->guard;
	enum acd_defence defence = p->port->iface.config.acd_defence;
	bool recent =
		g->defended_at && judge_now(p) < g->defended_at + DEFEND_GAP;

	if (!judge_guard_in_use(p) || !judge_guard_has_passed(p) ||
	    defence == ACD_DEFENCE_NEVER ||
	    (defence == ACD_DEFENCE_ONCE && recent))
		return false;
	if (!recent)
		g->defend_at = g->defended_at = judge_now(p);
	return true;
}

bool judge_guard_is_own(const struct port_model *p, const struct arp *arp)
{
	const struct sim_host *host = p->port->host;

	for (unsigned n = 0; n < host->port_count; n++) {
		if (memcmp(host->ports[n].interface->hw, arp->sender_hw,
			   SIM_HWADDR_SIZE) == 0)
			return true;
	}
	return false;
}

void judge_guard_heard(struct port_model *p, const struct arp *arp)
{
	struct judge_guard *g = &p->guard;
	bool probe = arp->op == ARP_OP_REQUEST && arp->sender == IPV4_ANY &&
		     arp->target == g->address && !judge_guard_in_use(p);

	if (g->address == IPV4_ANY || g->taken == g->address ||
	    (arp->sender != g->address && !probe) ||
	    judge_guard_is_own(p, arp) || defends(p))
		return;
	note_conflict(p, g->address);
	port_model_settle(p);
}
