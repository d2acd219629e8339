/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The draw. Sizes and times are spread over their orders of magnitude, since
 * that is how the field has them; faults gather around each other and around
 * renewals, since that is where they hurt.
 */
#include "sim/plan.h"

#include <string.h>

#include "base/assert.h"
#include "base/prng.h"

/* BOOTTIME is counted from a boot; the network's clock is older than all. */
#define START (1000 * NSEC_PER_S)

/* Beyond the longest lease: back-offs, and the pauses after NAKs. */
#define CALM_NS (1800 * NSEC_PER_S)

static const char *const names[FAULT_CHARACTER] = {
	[FAULT_CUT] = "cable cut",
	[FAULT_FLAPS] = "link flaps",
	[FAULT_LOSS] = "loss",
	[FAULT_DUPLICATION] = "duplication",
	[FAULT_DELAY] = "delay",
	[FAULT_REORDERING] = "reordering",
	[FAULT_CORRUPTION] = "corruption",
	[FAULT_MOVE] = "moved to another network",
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
	[FAULT_ADDRESS_TAKEN] = "address removed by an admin",
	[FAULT_HWADDR_CHANGE] = "hardware address changed",
	[FAULT_RENEW] = "renew asked",
	[FAULT_REBIND] = "rebind asked",
	[FAULT_SERVER_SILENT] = "server silent",
	[FAULT_SERVER_SLOW] = "server slow",
	[FAULT_SERVER_AMNESIA] = "server lost its leases",
	[FAULT_SERVER_ID_CHANGE] = "server has another id",
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

/* Networks of one plan differ little in lease time, or one makes the run long. */
static void draw_network(struct plan *plan, struct prng *p, unsigned number,
			 uint32_t longest_s)
{
	struct plan_network *n = &plan->networks[number];
	uint32_t lease_s = longest_s >> below(p, 3);

	*n = (struct plan_network){
		.address = 0x0a000000U + ((number + 1) << 16),
		.prefix_length = (uint8_t)(chance(p, 80) ? 24 : 16),
		.relayed = chance(p, 30),
		.lease_s = lease_s,
	};
	n->servers = n->relayed ? 0 : 1 + chance(p, 25);
	if (chance(p, 20)) {
		n->t1_s = lease_s / 4;
		n->t2_s = lease_s / 2;
	}
}

static void draw_host(struct plan *plan, struct prng *p, unsigned number)
{
	struct plan_host *h = &plan->hosts[number];

	*h = (struct plan_host){
		.network = below(p, plan->network_count),
		.ports = 1 + (chance(p, 20) ? below(p, PLAN_PORTS_MAX) : 0),
		.start_at = plan->start + prng_below(p, 10 * NSEC_PER_S),
		.broadcast = chance(p, 10),
		.offer_window_ns =
			chance(p, 15) ? spread(p, NSEC_PER_MS, 5 * NSEC_PER_S) : 0,
	};
	if (chance(p, 10))
		h->requested =
			plan->networks[h->network].address + 100 + below(p, 50);
}

static uint32_t longest_lease_s(const struct plan *plan)
{
	uint32_t longest = 0;

	for (unsigned i = 0; i < plan->network_count; i++)
		if (plan->networks[i].lease_s > longest)
			longest = plan->networks[i].lease_s;
	return longest;
}

/* Anywhere, or close behind another fault, or about a renewal. */
static nsec draw_time(const struct plan *plan, struct prng *p)
{
	nsec length = plan->calm_at - plan->start;
	const struct plan_host *host = &plan->hosts[below(p, plan->host_count)];
	nsec half = plan->networks[host->network].lease_s * NSEC_PER_S / 2;
	nsec at = plan->start + prng_below(p, length);

	if (plan->fault_count && chance(p, 40))
		at = plan->faults[below(p, plan->fault_count)].at +
		     spread(p, NSEC_PER_MS, 60 * NSEC_PER_S);
	else if (chance(p, 40))
		at = host->start_at +
		     below(p, 1 + (unsigned)(length / half)) * half +
		     prng_below(p, 4 * NSEC_PER_S);
	return nsec_min(at, plan->calm_at - 1);
}

static void draw_fault(struct plan *plan, struct prng *p)
{
	struct fault *f = &plan->faults[plan->fault_count];
	const struct plan_host *host;

	f->index = plan->fault_count;
	f->kind = (enum fault_kind)below(p, FAULT_COUNT);
	f->at = draw_time(plan, p);
	f->duration = spread(p, 10 * NSEC_PER_MS,
			     2 * longest_lease_s(plan) * NSEC_PER_S);
	f->host = below(p, plan->host_count);
	host = &plan->hosts[f->host];
	f->port = below(p, host->ports);
	f->server = below(p, PLAN_SERVERS_MAX);
	f->number = prng_u32(p);
	plan->fault_count++;
}

/* Hosts that come late, to servers that may have an address of others for them. */
static void draw_newcomers(struct plan *plan, struct prng *p)
{
	plan->thrifty = chance(p, 50);
	for (unsigned i = 0; i < plan->host_count; i++) {
		if (chance(p, 30))
			plan->hosts[i].start_at =
				plan->start +
				prng_below(p, plan->calm_at - plan->start);
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
