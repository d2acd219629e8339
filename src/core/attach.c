/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4436 section 2.1: ask the routers that are known, and no more than thrice. */
#include "core/attach.h"

#include <string.h>

#include "base/assert.h"

/* The first request, and two repetitions. */
#define REQUESTS 3

/* A test begins no more often (RFC 4436 2.1). */
#define SPACING_NS NSEC_PER_S

/*
 * How long each request is waited for. A switch may take seconds to let a new
 * port speak, so the test is spread over the time that DHCP takes beside it;
 * learning has to be done before everything settles.
 */
static const nsec waits[ATTACH_PHASE_COUNT][REQUESTS] = {
	[ATTACH_PHASE_TESTING] = { NSEC_PER_S / 2, 3 * NSEC_PER_S / 2,
				   ATTACH_TEST_NS - 2 * NSEC_PER_S },
	[ATTACH_PHASE_LEARNING] = { NSEC_PER_S, NSEC_PER_S, NSEC_PER_S },
};

void attach_stop(struct attach *a)
{
	a->phase = ATTACH_PHASE_IDLE;
	a->sent = 0;
	a->next_at = NSEC_NEVER;
	a->refused = false;
	memset(a->node, 0, sizeof(a->node));
}

void attach_prepare(struct attach *a, const struct attach_known *known)
{
	attach_stop(a);
	a->phase = ATTACH_PHASE_READY;
	memcpy(&a->node[1], known->node, sizeof(known->node));
}

static void begin(struct attach *a, enum attach_phase phase, nsec at)
{
	a->phase = phase;
	a->sent = 0;
	a->next_at = at;
}

static bool is_same_router(const struct attach_node *a,
			   const struct attach_node *b)
{
	return a->router == b->router &&
	       hwaddr_equal(&a->router_hw, &b->router_hw);
}

void attach_test(struct attach *a, const struct attach_node *own, nsec now)
{
	bool any = own;

	for (unsigned i = 1; i < ATTACH_NODES_MAX; i++) {
		if (own && is_same_router(&a->node[i], own))
			a->node[i] = (struct attach_node){ 0 };
		any = any || a->node[i].router;
	}
	if (!any) {
		attach_stop(a);
		return;
	}
	if (own)
		a->node[ATTACH_OWN] = *own;
	if (a->tested_at)
		now = nsec_max(now, nsec_add(a->tested_at, SPACING_NS));
	a->tested_at = now;
	begin(a, ATTACH_PHASE_TESTING, now);
}

void attach_forget_own(struct attach *a)
{
	if (a->node[0].index != ATTACH_OWN)
		return;
	if (a->phase == ATTACH_PHASE_READY || a->phase == ATTACH_PHASE_TESTING)
		a->node[ATTACH_OWN] = (struct attach_node){ 0 };
	else
		attach_stop(a);
}

void attach_learn(struct attach *a, ipv4_addr address, ipv4_addr router, nsec now)
{
	attach_stop(a);
	a->node[ATTACH_OWN].address = address;
	a->node[ATTACH_OWN].router = router;
	begin(a, ATTACH_PHASE_LEARNING, now);
}

bool attach_tick(struct attach *a, nsec now)
{
	bool learning = a->phase == ATTACH_PHASE_LEARNING;

	if (a->next_at > now)
		return false;
	if (a->sent == REQUESTS) {
		attach_stop(a);
		/* A router that is not there is not looked for again. */
		a->phase = learning ? ATTACH_PHASE_DONE : ATTACH_PHASE_IDLE;
		return false;
	}
	a->next_at = nsec_add(now, waits[a->phase][a->sent]);
	a->sent++;
	return true;
}

/* RFC 4436 2.1.1: IP and hardware address together. */
static bool is_answer(const struct attach_node *node, const struct arp *arp)
{
	return node->router && arp->sender == node->router &&
	       arp->target == node->address &&
	       memcmp(arp->sender_hw, node->router_hw.bytes, ARP_HWADDR_SIZE) ==
		       0;
}

static enum attach_verdict confirm(struct attach *a, const struct arp *arp)
{
	for (unsigned i = 0; i < ATTACH_NODES_MAX; i++) {
		struct attach_node node = a->node[i];
		bool refused = a->refused;

		if (!is_answer(&node, arp))
			continue;
		attach_stop(a);
		a->phase = ATTACH_PHASE_CONFIRMED;
		a->refused = refused && node.index == ATTACH_OWN;
		a->node[0] = node;
		return ATTACH_VERDICT_CONFIRMED;
	}
	return ATTACH_VERDICT_NONE;
}

/* What can be the address of one station. */
static bool is_station(const uint8_t hw[ARP_HWADDR_SIZE])
{
	static const uint8_t none[ARP_HWADDR_SIZE];

	return !(hw[0] & 1) && memcmp(hw, none, sizeof(none)) != 0;
}

static enum attach_verdict learn(struct attach *a, const struct arp *arp)
{
	struct attach_node *node = &a->node[0];

	if (arp->sender != node->router || arp->target != node->address ||
	    !is_station(arp->sender_hw))
		return ATTACH_VERDICT_NONE;
	node->router_hw.size = ARP_HWADDR_SIZE;
	memcpy(node->router_hw.bytes, arp->sender_hw, ARP_HWADDR_SIZE);
	a->phase = ATTACH_PHASE_DONE;
	a->next_at = NSEC_NEVER;
	return ATTACH_VERDICT_LEARNED;
}

enum attach_verdict attach_hear(struct attach *a, const struct arp *arp, bool own)
{
	/* What comes before the first question was asked elsewhere, maybe. */
	if (own || arp->op != ARP_OP_REPLY || a->sent == 0)
		return ATTACH_VERDICT_NONE;
	if (a->phase == ATTACH_PHASE_TESTING)
		return confirm(a, arp);
	if (a->phase == ATTACH_PHASE_LEARNING)
		return learn(a, arp);
	return ATTACH_VERDICT_NONE;
}

void attach_write(const struct attach *a, unsigned node, const uint8_t hw[6],
		  uint8_t packet[ARP_SIZE], struct hwaddr *ret_to)
{
	struct arp arp = {
		.op = ARP_OP_REQUEST,
		.sender = a->node[node].address,
		.target = a->node[node].router,
	};

	ASSERT(arp.target != IPV4_ANY);
	memcpy(arp.sender_hw, hw, sizeof(arp.sender_hw));
	arp_write(packet, &arp);
	*ret_to = a->node[node].router_hw;
}
