/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The draw. Sizes and times are spread over their orders of magnitude, since
 * that is how the field has them. Faults gather around each other, and many wait
 * for their port to send: a client is silent most of its life, and what happens
 * then mostly hurts nobody.
 */
#include "sim/plan.h"

#include <string.h>

#include "base/assert.h"
#include "base/prng.h"

/* BOOTTIME is counted from a boot; the network's clock is older than all. */
#define START (1000 * NSEC_PER_S)

/* Beyond the longest lease: back-offs, and the pauses after NAKs. */
#define CALM_NS (1800 * NSEC_PER_S)

/*
 * A server that keeps its clients busy does so no longer: what they say in a week
 * is what they say in an hour.
 */
#define BUSY_NS (3600 * NSEC_PER_S)

/* From T1 to the end of a lease a client sends hardly more. */
#define SENDS_MAX 8

static const char *const names[FAULT_CHARACTER] = {
	[FAULT_CUT] = "cable cut",
	[FAULT_FLAPS] = "link flaps",
	[FAULT_LOSS] = "loss",
	[FAULT_DUPLICATION] = "duplication",
	[FAULT_DELAY] = "delay",
	[FAULT_REORDERING] = "reordering",
	[FAULT_CORRUPTION] = "corruption",
	[FAULT_MOVE] = "moved to another network",
	[FAULT_UPLINK_CUT] = "uplink cut",
	[FAULT_KILL] = "kill -9",
	[FAULT_END] = "SIGTERM",
	[FAULT_RELEASE] = "release",
	[FAULT_REBOOT] = "reboot",
	[FAULT_SUSPEND] = "suspend",
	[FAULT_CLOCK_STEP] = "wall clock step",
	[FAULT_SEND_ERROR] = "sends fail",
	[FAULT_CONFIGURE_ERROR] = "rtnetlink cannot be asked",
	[FAULT_NETLINK_ERROR] = "rtnetlink refuses",
	[FAULT_NETLINK_SLOW] = "rtnetlink is slow",
	[FAULT_DISK_ERROR] = "disk full",
	[FAULT_FILE_TORN] = "killed, lease file torn",
	[FAULT_ADDRESS_TAKEN] = "address removed by an admin",
	[FAULT_HWADDR_CHANGE] = "hardware address changed",
	[FAULT_RENEW] = "renew asked",
	[FAULT_REBIND] = "rebind asked",
	[FAULT_RELOAD] = "configuration reloaded",
	[FAULT_REMOVED] = "interface removed",
	[FAULT_SERVER_SILENT] = "server silent",
	[FAULT_SERVER_SLOW] = "server slow",
	[FAULT_SERVER_AMNESIA] = "server lost its leases",
	[FAULT_SERVER_ID_CHANGE] = "server has another id",
	[FAULT_SERVER_TIMES] = "server grants other times",
	[FAULT_OUTAGE] = "all servers silent",
	[FAULT_NEW_HWADDR] = "server or router replaced",
	[FAULT_SQUATTER] = "a device takes an address",
	[FAULT_FORCE_RENEW] = "server wants a renewal",
	[FAULT_FORCE_FORGED] = "somebody wants a renewal",
	[FAULT_PROBES] = "a device probes for addresses",
	[FAULT_ROGUE] = "rogue server",
};

enum server_character fault_character(enum fault_kind kind)
{
	ASSERT(kind >= FAULT_CHARACTER);
	return (enum server_character)(SERVER_CHARACTER_HONEST + 1 + kind -
				       FAULT_CHARACTER);
}

void fault_say(struct str *s, enum fault_kind kind)
{
	if (kind < FAULT_CHARACTER) {
		str_text(s, names[kind]);
		return;
	}
	str_text(s, "server: ");
	str_text(s, server_character_name(fault_character(kind)));
}

static unsigned below(struct prng *p, unsigned bound)
{
	return (unsigned)prng_below(p, bound);
}

static bool chance(struct prng *p, unsigned percent)
{
	return below(p, 100) < percent;
}

/* Spread over orders of magnitude: each octave is as likely as the next. */
static nsec spread(struct prng *p, nsec least, nsec most)
{
	unsigned octaves = 0;
	nsec low;

	while (least << (octaves + 1) <= most)
		octaves++;
	low = least << below(p, octaves + 1);
	return low + prng_below(p, nsec_min(low, most - low + 1));
}

/*
 * Draws are statements of their own everywhere: those of one expression, or of one
 * initializer, may be evaluated in any order.
 */

/* Networks of one plan differ little in lease time, or one makes the run long. */
static void draw_network(struct plan *plan, struct prng *p, unsigned number,
			 uint32_t longest_s)
{
	struct plan_network *n = &plan->networks[number];

	n->address = 0x0a000000U + ((number + 1) << 16);
	n->prefix_length = chance(p, 80) ? 24 : 16;
	n->mask_length = n->prefix_length;
	if (chance(p, 15))
		n->mask_length = chance(p, 50) ? 31 : 32;
	n->relayed = chance(p, 30);
	n->classless = chance(p, 25);
	n->bootp = chance(p, 20);
	if (!n->relayed)
		n->servers = chance(p, 25) ? 2 : 1;
	n->lease_s = longest_s >> below(p, 3);
	if (chance(p, 20))
		n->t1_s = n->lease_s / 4;
	if (chance(p, 20))
		n->t2_s = n->lease_s / 2;
}

static enum plan_purpose draw_purpose(struct prng *p)
{
	if (chance(p, 85))
		return PLAN_PURPOSE_LEASE;
	return chance(p, 50) ? PLAN_PURPOSE_BOOTP : PLAN_PURPOSE_INFORM;
}

static void draw_host(struct plan *plan, struct prng *p, unsigned number)
{
	struct plan_host *h = &plan->hosts[number];
	unsigned network = below(p, plan->network_count);
	bool apart = chance(p, 50);

	h->ports = 1;
	if (chance(p, 20))
		h->ports += below(p, PLAN_PORTS_MAX);
	for (unsigned i = 0; i < h->ports; i++)
		h->networks[i] = (network + i * apart) % plan->network_count;
	h->purpose = draw_purpose(p);
	h->start_at = plan->start + prng_below(p, 10 * NSEC_PER_S);
	h->at_edge = chance(p, 50);
	h->broadcast = chance(p, 10) ? DHCP4_BROADCAST_YES : DHCP4_BROADCAST_AUTO;
	h->has_own_id = chance(p, 25);
	if (chance(p, 15))
		h->offer_window_ns = spread(p, NSEC_PER_MS, 5 * NSEC_PER_S);
	if (chance(p, 10))
		h->requested =
			plan->networks[network].address + 10 + below(p, 140);
}

static uint32_t longest_lease_s(const struct plan *plan)
{
	uint32_t longest = 0;

	for (unsigned i = 0; i < plan->network_count; i++)
		if (plan->networks[i].lease_s > longest)
			longest = plan->networks[i].lease_s;
	return longest;
}

/* At any time, or from the beginning on. */
static void draw_time(const struct plan *plan, struct prng *p, struct fault *f)
{
	f->timing = (enum fault_timing)below(p, FAULT_TIMING_COUNT);
	f->at = plan->start;
	if (chance(p, 85))
		f->at += prng_below(p, plan->calm_at - plan->start);
	f->after = spread(p, NSEC_PER_MS / 100, 100 * NSEC_PER_S);
	f->sends = 1;
	while (f->sends < SENDS_MAX && chance(p, 40))
		f->sends++;
}

/* Close behind another fault, or while that one waits; often of the same port. */
static void draw_time_at(const struct plan *plan, struct prng *p,
			 const struct fault *other, struct fault *f)
{
	nsec gap = spread(p, NSEC_PER_MS, 60 * NSEC_PER_S);

	f->timing = other->timing;
	f->at = other->at;
	f->after = other->after;
	f->sends = other->sends;
	switch (other->timing) {
	case FAULT_TIMING_ONCE_SENT:
		f->after += gap;
		break;
	case FAULT_TIMING_UNTIL_SENT:
		f->timing = FAULT_TIMING_ONCE_SENT;
		f->after = gap;
		f->sends = 1 + below(p, other->sends);
		break;
	case FAULT_TIMING_PLAIN:
	case FAULT_TIMING_COUNT:
		f->at = nsec_min(f->at + gap, plan->calm_at - 1);
		break;
	}
	if (chance(p, 50)) {
		f->host = other->host;
		f->port = other->port;
	}
}

/* Long enough for a lease to end in it; but see BUSY_NS. */
static nsec draw_duration(const struct plan *plan, struct prng *p,
			  const struct fault *f)
{
	nsec most = longest_lease_s(plan) * NSEC_PER_S / 4 * 5;

	if (f->timing == FAULT_TIMING_UNTIL_SENT)
		return most;
	if (f->kind >= FAULT_ROGUE)
		most = nsec_min(most, BUSY_NS);
	return chance(p, 70) ? spread(p, 10 * NSEC_PER_MS, most)
			     : prng_below(p, most);
}

static void draw_fault(struct plan *plan, struct prng *p)
{
	struct fault *f = &plan->faults[plan->fault_count];

	f->index = plan->fault_count;
	f->kind = (enum fault_kind)below(p, FAULT_COUNT);
	f->host = below(p, plan->host_count);
	f->port = below(p, plan->hosts[f->host].ports);
	f->server = below(p, PLAN_SERVERS_MAX);
	if (plan->fault_count == 0 || chance(p, 60))
		draw_time(plan, p, f);
	else
		draw_time_at(plan, p,
			     &plan->faults[below(p, plan->fault_count)], f);
	f->duration = draw_duration(plan, p, f);
	f->number = prng_u32(p);
	plan->fault_count++;
}

/* Hosts that come late, to servers that may have an address of others for them. */
static void draw_newcomers(struct plan *plan, struct prng *p)
{
	plan->thrifty = chance(p, 75);
	for (unsigned i = 0; i < plan->host_count; i++) {
		if (chance(p, 40))
			plan->hosts[i].start_at =
				plan->start +
				prng_below(p, plan->calm_at - plan->start);
	}
}

/* Half of them as the daemon has it by default. */
static void draw_detection(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct plan_host *h = &plan->hosts[i];

		h->acd = ACD_MODE_FAST;
		if (chance(p, 50))
			h->acd = (enum acd_mode)below(p, ACD_MODE_COUNT);
		h->acd_defence = ACD_DEFENCE_ONCE;
		if (chance(p, 50))
			h->acd_defence =
				(enum acd_defence)below(p, ACD_DEFENCE_COUNT);
	}
}

/* Routers that answer, and hosts that know networks by them. */
static void draw_known(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->network_count; i++)
		plan->networks[i].gateway = chance(p, 80);
	for (unsigned i = 0; i < plan->host_count; i++)
		plan->hosts[i].known_networks = chance(p, 75);
}

/*
 * Many remember the same few addresses, or were told one, so that there are
 * conflicts at all: what is drawn freely meets once in a thousand years.
 */
static void draw_fallback(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct fallback_config *f = &plan->hosts[i].fallback;

		if (chance(p, 50))
			continue;
		f->mode = (enum fallback_mode)below(p, FALLBACK_MODE_COUNT);
		f->address = PLAN_LINKLOCAL + below(p, PLAN_FALLBACKS);
		if (f->mode != FALLBACK_MODE_STATIC)
			continue;
		f->address = PLAN_STATIC + below(p, PLAN_FALLBACKS);
		f->prefix_length = 24;
		if (chance(p, 50))
			f->gateway = PLAN_STATIC + 100;
	}
}

/* What servers and hosts do besides what all of them do. */
static void draw_wishes(struct plan *plan, struct prng *p)
{
	bool flag = false;

	for (unsigned i = 0; i < plan->network_count; i++) {
		struct plan_network *n = &plan->networks[i];

		n->rapid_commit = chance(p, 40);
		n->wants_flag = chance(p, 15);
		n->v6only = chance(p, 20);
		n->v6only_s = chance(p, 30) ? below(p, 300) : below(p, 7200);
		flag = flag || n->wants_flag;
	}
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct plan_host *h = &plan->hosts[i];

		h->rapid_commit = chance(p, 40);
		h->v6only = chance(p, 25);
		h->auto_configure = chance(p, 40);
		h->denies_rogues = chance(p, 25);
		/* Who never asks for it is not served where it is wanted. */
		if (chance(p, 15) && !flag)
			h->broadcast = DHCP4_BROADCAST_NO;
	}
}

/* What servers are told of a host; some would rather tell nothing. */
static void draw_sent(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct plan_host *h = &plan->hosts[i];

		h->anonymous = chance(p, 15);
		if (h->anonymous)
			h->has_own_id = h->rapid_commit = h->auto_configure =
				false;
		if (chance(p, 50))
			h->fqdn = (enum fqdn_mode)below(p, FQDN_MODE_COUNT);
		if (chance(p, 30))
			h->vendor_size = 1 + below(p, 400);
		if (chance(p, 20))
			h->lease_s = plan->networks[0].lease_s / 2;
	}
}

static void draw_links(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->network_count; i++)
		plan->networks[i].spare_router = chance(p, 40);
	for (unsigned i = 0; i < plan->host_count; i++)
		plan->hosts[i].dscp = (uint8_t)below(p, 64);
}

/* A BOOTP server has neither token nor key. */
static void draw_authentication(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct plan_host *h = &plan->hosts[i];
		bool on = chance(p, 30), delayed = chance(p, 70);
		bool force_renew = chance(p, 40);

		h->auth_required = chance(p, 70);
		/* Who proves who it is is not anonymous. */
		if (h->anonymous)
			continue;
		if (on && h->purpose != PLAN_PURPOSE_BOOTP)
			h->auth = delayed ? DHCP4_AUTH_DELAYED : DHCP4_AUTH_TOKEN;
		h->force_renew = force_renew && h->auth != DHCP4_AUTH_TOKEN;
	}
}

/* To some an address that somebody takes away is one that nobody wants. */
static void draw_removals(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++)
		plan->hosts[i].address_removed = chance(p, 30)
							 ? DHCP4_REMOVAL_RELEASE
							 : DHCP4_REMOVAL_RESTORE;
}

/* What they think of servers that are new, or new-fangled. */
static void draw_distrust(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct plan_host *h = &plan->hosts[i];

		if (chance(p, 25))
			h->server_pin =
				(enum server_pin)below(p, SERVER_PIN_COUNT);
		if (chance(p, 25))
			h->renew_changes = RENEW_CHANGES_HOLD;
	}
}

static void draw_overrides(struct plan *plan, struct prng *p)
{
	for (unsigned i = 0; i < plan->host_count; i++) {
		if (!chance(p, 40))
			continue;
		for (unsigned bit = 0; bit < PLAN_OVERRIDE_COUNT; bit++)
			plan->hosts[i].overrides |= (unsigned)chance(p, 35)
						    << bit;
	}
}

void plan_draw(struct plan *plan, uint64_t seed)
{
	uint8_t octets[32] = "tenured plan";
	static const uint32_t leases[] = { 120,	 240,	600,   3600,
					   3600, 14400, 86400, 604800 };
	struct prng p;
	uint32_t lease_s;
	unsigned faults;

	for (unsigned i = 0; i < 8; i++)
		octets[24 + i] = (uint8_t)(seed >> (8 * i));
	prng_init(&p, octets);
	memset(plan, 0, sizeof(*plan));
	plan->seed = seed;
	plan->start = START;
	plan->network_count = 1 + below(&p, PLAN_NETWORKS_MAX);
	plan->centres = 1 + chance(&p, 25);
	lease_s = leases[below(&p, ARRAY_SIZE(leases))];
	for (unsigned i = 0; i < plan->network_count; i++)
		draw_network(plan, &p, i, lease_s);
	plan->host_count = 1 + below(&p, PLAN_HOSTS_MAX);
	for (unsigned i = 0; i < plan->host_count; i++)
		draw_host(plan, &p, i);
	plan->calm_at = plan->start + (4 + prng_below(&p, 20)) *
					      longest_lease_s(plan) * NSEC_PER_S;
	plan->end_at =
		plan->calm_at + CALM_NS + 2 * longest_lease_s(plan) * NSEC_PER_S;
	faults = below(&p, PLAN_FAULTS_MAX + 1);
	for (unsigned i = 0; i < faults; i++)
		draw_fault(plan, &p);
	draw_newcomers(plan, &p);
	draw_detection(plan, &p);
	draw_known(plan, &p);
	draw_fallback(plan, &p);
	draw_wishes(plan, &p);
	draw_sent(plan, &p);
	draw_links(plan, &p);
	draw_authentication(plan, &p);
	draw_removals(plan, &p);
	draw_distrust(plan, &p);
	draw_overrides(plan, &p);
}

void plan_keep(struct plan *plan, uint32_t faults)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < plan->fault_count; i++) {
		if (faults >> i & 1)
			plan->faults[kept++] = plan->faults[i];
	}
	plan->fault_count = kept;
}
