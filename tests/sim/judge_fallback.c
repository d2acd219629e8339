/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address besides a lease: a second account of RFC 3927 2.2 to 2.5, and of
 * what tenured(8) makes of it. It is there while servers are silent and no longer;
 * three probes precede its use; nobody uses what somebody else was heard to have.
 * Which address is tried is the client's to choose: it is known once it is probed.
 */
#include <string.h>

#include "core/linklocal.h"
#include "sim/judge_internal.h"

#define DISCOVERS     3
#define PROBES	      3
#define ANNOUNCEMENTS 2
#define ANNOUNCE_GAP  (2 * NSEC_PER_S)
#define PASS_GAP      (2 * NSEC_PER_S)
#define DEFEND_GAP    (10 * NSEC_PER_S)
#define LIMIT_GAP     (60 * NSEC_PER_S)
#define LIMIT_COUNT   10
#define FORGOTTEN     (3600 * NSEC_PER_S)

/* The first probe leaves within a second, if nobody has what is not known yet. */
#define BEGIN_MAX (10 * NSEC_PER_S)

/* A kernel that refuses is asked again after 64 s at the latest. */
#define RETRY_MAX (65 * NSEC_PER_S)

#define MISSED_NS NSEC_PER_MS

static const struct fallback_config *config_of(const struct port_model *p)
{
	return &p->port->iface.config.fallback;
}

static bool is_static(const struct port_model *p)
{
	return config_of(p)->mode == FALLBACK_MODE_STATIC;
}

static bool is_leased(const struct port_model *p)
{
	return p->lease.valid && p->lease.used;
}

bool judge_fallback_concerns(const struct port_model *p, ipv4_addr address)
{
	return linklocal_has(address) ||
	       (is_static(p) && address == config_of(p)->address);
}

/* Whether there may be one now, by what was said and heard. */
static bool is_allowed(const struct port_model *p)
{
	enum fallback_mode mode = config_of(p)->mode;

	if (mode == FALLBACK_MODE_OFF || !p->running || !p->carrier ||
	    p->phase == JUDGE_PHASE_OFF || p->state == DHCP4_STATE_V6ONLY_WAIT ||
	    (p->forbidden && !is_static(p)))
		return false;
	return mode == FALLBACK_MODE_ALWAYS || !is_leased(p);
}

static bool is_silent(const struct port_model *p)
{
	/* An OFFER that is taken at once ends it. */
	bool taken = p->offer_count > 0 && p->send_by <= judge_now(p);

	return p->phase == JUDGE_PHASE_ASKED && !taken &&
	       p->last.kind == DHCP4_REQUEST_DISCOVER && p->tries >= DISCOVERS;
}

static bool has_passed(const struct port_model *p)
{
	return p->fallback.passes_at <= judge_now(p);
}

static bool is_in_use(const struct port_model *p)
{
	return p->fallback.adopted || has_passed(p);
}

/* Nothing is known of any address; how many conflicts there were stays so. */
static void forget(struct port_model *p)
{
	struct judge_fallback *f = &p->fallback;

	f->address = IPV4_ANY;
	f->probes = f->announced = 0;
	f->taken = f->adopted = false;
	f->defended_at = 0;
	f->passes_at = f->due_by = f->defend_at = NSEC_NEVER;
}

void judge_fallback_start(struct port_model *p)
{
	const struct sim_fallback *kernel = &p->port->fallback;

	p->fallback = (struct judge_fallback){ 0 };
	forget(p);
	/* What no file tells of, nobody takes away. */
	p->fallback.stuck = kernel->address &&
			    (kernel->stored != kernel->address ||
			     kernel->stored_boot != p->port->host->boots);
	p->fallback.adopted = kernel->address && !p->fallback.stuck;
	p->fallback.address = p->fallback.adopted ? kernel->address : IPV4_ANY;
}

/* What is heard of others comes too late to be of use. */
static bool is_late(const struct port_model *p)
{
	const struct sim_link *link = p->port->interface->link;

	return link && link->weather.delay >= NSEC_PER_S / 10;
}

void judge_fallback_settle(struct port_model *p)
{
	struct judge_fallback *f = &p->fallback;
	bool was_active = f->active;

	p->unheard = p->unheard || p->port->troubles.send || is_late(p);
	if (p->suspended)
		return;
	/* The file is read once the process runs, and the link is known. */
	if (f->adopted && is_allowed(p) && !f->active) {
		f->active = was_active = true;
		f->due_by = judge_now(p) + BEGIN_MAX;
	}
	f->active = is_allowed(p) && (f->active || is_silent(p) ||
				      config_of(p)->mode == FALLBACK_MODE_ALWAYS);
	if (!f->active) {
		if (was_active)
			port_model_settle(p);
		forget(p);
	} else if (!was_active && f->conflicts == 0) {
		f->due_by = judge_now(p) + BEGIN_MAX;
	}
}

void judge_fallback_recheck(struct port_model *p)
{
	bool active = p->fallback.active;

	forget(p);
	if (active && p->fallback.conflicts == 0)
		p->fallback.due_by = judge_now(p) + BEGIN_MAX;
	port_model_settle(p);
}

void judge_fallback_rename(struct port_model *p)
{
	if (!is_static(p))
		judge_fallback_recheck(p);
}

/* ---- what is sent ----------------------------------------------------------- */

static void check_packet(struct port_model *p, const struct arp *arp)
{
	static const uint8_t zero[SIM_HWADDR_SIZE];

	if (arp->op != ARP_OP_REQUEST ||
	    memcmp(arp->sender_hw, p->port->interface->hw, SIM_HWADDR_SIZE) ||
	    memcmp(arp->target_hw, zero, SIM_HWADDR_SIZE) ||
	    (arp->sender && arp->sender != arp->target))
		judge_fail(p, "an ARP packet left that RFC 3927 does not know");
	else if (is_static(p) ? arp->target != config_of(p)->address
			      : !linklocal_is_usable(arp->target))
		judge_fail(p, "%s is nobody's to take",
			   judge_ip(arp->target).text);
	else if (!p->fallback.active)
		judge_fail(p, "ARP left about %s, which is not needed",
			   judge_ip(arp->target).text);
}

static bool is_in(const struct port_model *p, nsec from, nsec to)
{
	nsec now = judge_now(p);

	return from <= now && now <= nsec_max(to, p->resumed_at);
}

static bool is_limited(const struct port_model *p)
{
	const struct judge_fallback *f = &p->fallback;

	return is_static(p) || (f->conflicts > LIMIT_COUNT &&
				judge_now(p) < f->conflict_at + FORGOTTEN);
}

static void check_first_probe(struct port_model *p, ipv4_addr address)
{
	const struct judge_fallback *f = &p->fallback;

	/* Who is anonymous goes on with what a process before it had, or not. */
	bool left = f->adopted && p->port->iface.config.anonymous;

	if (f->address && !f->taken && f->address != address && !left)
		judge_fail(p, "%s is probed, and nobody has %s",
			   judge_ip(address).text, judge_ip(f->address).text);
	else if (f->address == address && f->taken && !is_static(p))
		judge_fail(p, "%s is probed, and known to be somebody's",
			   judge_ip(address).text);
	else if (f->taken && is_limited(p) &&
		 judge_now(p) < f->first_at + LIMIT_GAP)
		judge_fail(p, "%s is probed too soon after the last conflict",
			   judge_ip(address).text);
}

static bool is_first_probe(const struct port_model *p, ipv4_addr address)
{
	const struct judge_fallback *f = &p->fallback;

	return f->address != address || f->taken || f->probes == 0;
}

static void check_probe(struct port_model *p, ipv4_addr address)
{
	const struct judge_fallback *f = &p->fallback;

	if (is_first_probe(p, address))
		check_first_probe(p, address);
	else if (f->probes == PROBES)
		judge_fail(p, "%s is probed a fourth time",
			   judge_ip(address).text);
	else if (!is_in(p, f->sent_at + NSEC_PER_S, f->sent_at + 2 * NSEC_PER_S))
		judge_fail(p, "probe %u of %s left %s after the last",
			   f->probes + 1, judge_ip(address).text,
			   judge_s(judge_now(p) - f->sent_at).text);
}

static void check_announcement(struct port_model *p, ipv4_addr address)
{
	const struct judge_fallback *f = &p->fallback;
	nsec next = f->announced_at + ANNOUNCE_GAP;

	if (f->defend_at == judge_now(p) && f->address == address)
		return;
	if (f->address != address || f->taken || !has_passed(p))
		judge_fail(p, "%s is announced, and was not checked",
			   judge_ip(address).text);
	else if (f->announced == ANNOUNCEMENTS)
		judge_fail(p, "%s is announced a third time",
			   judge_ip(address).text);
	else if (f->announced && !is_in(p, next, next))
		judge_fail(p, "%s is announced again after %s",
			   judge_ip(address).text,
			   judge_s(judge_now(p) - f->announced_at).text);
}

static void arp(struct port_model *p, const struct arp *arp)
{
	if (!judge_fallback_concerns(p, arp->target) || port_model_end_is_open(p))
		return;
	check_packet(p, arp);
	if (arp->sender)
		check_announcement(p, arp->target);
	else
		check_probe(p, arp->target);
}

static void note_probe(struct port_model *p, ipv4_addr address)
{
	struct judge_fallback *f = &p->fallback;
	bool adopted = f->adopted && f->address == address;

	if (is_first_probe(p, address)) {
		forget(p);
		f->adopted = adopted;
		f->address = address;
		f->first_at = judge_now(p);
	}
	f->sent_at = judge_now(p);
	f->due_by = f->sent_at + 2 * NSEC_PER_S;
	if (++f->probes == PROBES) {
		f->passes_at = f->sent_at + PASS_GAP;
		f->due_by = f->passes_at;
	}
}

void judge_fallback_sent(struct port_model *p, const struct arp *arp)
{
	struct judge_fallback *f = &p->fallback;

	if (arp->sender == IPV4_ANY) {
		note_probe(p, arp->target);
	} else if (f->defend_at == judge_now(p)) {
		f->defend_at = NSEC_NEVER;
	} else {
		f->announced_at = judge_now(p);
		f->due_by = ++f->announced == 1 ? f->announced_at + ANNOUNCE_GAP
						: NSEC_NEVER;
		f->adopted = false;
		/* It is in use from now on, at the latest. */
		port_model_settle(p);
	}
}

/* ---- what is heard ------------------------------------------------------------ */

/* True if the address is kept. */
static bool defends(struct port_model *p)
{
	struct judge_fallback *f = &p->fallback;
	enum acd_defence defence = is_static(p)
					   ? p->port->iface.config.acd_defence
					   : ACD_DEFENCE_ONCE;
	bool recent =
		f->defended_at && judge_now(p) < f->defended_at + DEFEND_GAP;

	if (!has_passed(p) || defence == ACD_DEFENCE_NEVER ||
	    (defence == ACD_DEFENCE_ONCE && recent))
		return false;
	if (!recent)
		f->defend_at = f->defended_at = judge_now(p);
	return true;
}

void judge_fallback_heard(struct port_model *p, const struct arp *arp)
{
	struct judge_fallback *f = &p->fallback;
	/* One that was chosen beforehand is known before it is probed. */
	ipv4_addr address = f->address || !is_static(p) ? f->address
							: config_of(p)->address;
	bool probe = arp->op == ARP_OP_REQUEST && arp->sender == IPV4_ANY &&
		     arp->target == address && !is_in_use(p);
	nsec now = judge_now(p);

	if (address == IPV4_ANY || f->taken || !f->active ||
	    (arp->sender != address && !probe) || judge_guard_is_own(p, arp) ||
	    defends(p))
		return;
	f->address = address;
	if (now >= f->conflict_at + FORGOTTEN)
		f->conflicts = 0;
	f->conflicts++;
	f->conflict_at = now;
	f->taken = true;
	f->adopted = false;
	f->passes_at = f->due_by = f->defend_at = NSEC_NEVER;
	port_model_settle(p);
}

void judge_fallback_noticed(struct port_model *p,
			    const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_FALLBACK_FAILED)
		p->fallback.refused_at = judge_now(p);
	else if (notice->kind == DHCP4_NOTICE_FALLBACK_READY)
		p->fallback.refused_at = 0;
}

/* ---- what the kernel has --------------------------------------------------------- */

/* Nothing that it sent or was sent to it was lost on the way, or came late. */
static bool is_clean(const struct port_model *p)
{
	const struct sim_link *link = p->port->interface->link;

	return !p->unheard && link->counters.lost == 0 &&
	       link->counters.cut == 0 && link->counters.corrupted == 0 &&
	       link->counters.reordered == 0;
}

/* Of two that could hear each other, one has it. */
static void check_unique(struct port_model *p)
{
	const struct judge *judge = p->judge;

	for (const struct judge_host *h = judge->hosts; h; h = h->next) {
		for (unsigned n = 0; n < h->host->port_count; n++) {
			const struct port_model *other = &h->ports[n];

			if (other != p && port_model_is_awake(other) &&
			    other->port->fallback.address ==
				    p->port->fallback.address &&
			    h->host != p->port->host &&
			    other->resumed_at + BEGIN_MAX < judge_now(p) &&
			    sim_interface_peer(p->port->interface)->device ==
				    sim_interface_peer(other->port->interface)->device &&
			    is_clean(p) && is_clean(other))
				judge_fail(p, "%s is used by %s/%s, too",
					   judge_ip(p->fallback.address).text,
					   h->host->device->name,
					   other->port->iface.name);
		}
	}
}

static void fallback(struct port_model *p)
{
	const struct sim_fallback *kernel = &p->port->fallback;
	struct judge_fallback *f = &p->fallback;

	f->stuck = false;
	port_model_settle(p);
	if (kernel->address == IPV4_ANY || port_model_end_is_open(p))
		return;
	if (!f->active || kernel->address != f->address || f->taken ||
	    !is_in_use(p))
		judge_fail(p, "%s is used without need, or without a check",
			   judge_ip(kernel->address).text);
	else if (is_static(p) ? kernel->prefix_length != config_of(p)->prefix_length
			      : kernel->prefix_length != 16 || kernel->gateway)
		judge_fail(p, "%s has another prefix, or a gateway",
			   judge_ip(kernel->address).text);
	else
		check_unique(p);
}

static bool is_kernel_refusing(const struct port_model *p)
{
	const struct judge_fallback *f = &p->fallback;

	return p->port->troubles.configure || p->port->troubles.netlink ||
	       p->port->fallback.removal.place || f->stuck ||
	       (f->refused_at && judge_now(p) < f->refused_at + RETRY_MAX);
}

static void check_kernel(struct port_model *p)
{
	ipv4_addr has = p->port->fallback.address;
	const struct judge_fallback *f = &p->fallback;
	bool wanted = f->active && f->address && !f->taken && is_in_use(p);

	if (port_model_end_is_open(p) || p->port->fallback.netlink.place)
		return;
	if (is_kernel_refusing(p))
		p->look_at = judge_now(p) + RETRY_MAX;
	else if (has && (!wanted || has != f->address))
		judge_fail(p, "the kernel has %s, which is not to be used",
			   judge_ip(has).text);
	else if (!has && wanted && has_passed(p))
		judge_fail(p, "%s was checked, and is not used",
			   judge_ip(f->address).text);
}

static void look(struct port_model *p)
{
	const struct judge_fallback *f = &p->fallback;
	nsec now = judge_now(p);

	if (f->defend_at < now)
		judge_fail(p, "%s was claimed, and is not defended",
			   judge_ip(f->address).text);
	else if (f->due_by < now)
		judge_fail(p, "nothing is said about %s since %s",
			   judge_ip(f->address).text, judge_s(f->sent_at).text);
	else if (p->look_at <= now && port_model_is_settled(p))
		check_kernel(p);
}

nsec judge_fallback_next(const struct port_model *p)
{
	const struct judge_fallback *f = &p->fallback;

	return nsec_add(nsec_min(f->due_by, f->defend_at), MISSED_NS);
}

void judge_fallback_give_up(struct port_model *p)
{
	struct judge_fallback *f = &p->fallback;

	if (f->due_by < judge_now(p))
		f->due_by = NSEC_NEVER;
	if (f->defend_at < judge_now(p))
		f->defend_at = NSEC_NEVER;
}

const struct judge_oracle judge_fallback = {
	.name = "fallback",
	.holds = "an address besides a lease is checked, and gives way",
	.arp = arp,
	.fallback = fallback,
	.look = look,
};
