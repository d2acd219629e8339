/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Known networks beside the machine (RFC 4436): when routers are asked, and what
 * an answer is worth.
 *
 * The test runs while DHCP asks. Our own router confirms the lease, which is then
 * BOUND with the times it had, while the answer to the REQUEST still counts. The
 * router of another network has its lease recalled, and asked for in the same way.
 * After a lease was granted its router is learned.
 */
#include <string.h>

#include "base/assert.h"
#include "core/linklocal.h"
#include "core/step.h"

/* What the routers are for in a state. */
enum part {
	PART_NONE,  /* nobody asks where we are */
	PART_WAIT,  /* a test goes on, none begins */
	PART_ASK,   /* a test begins with the exchange */
	PART_LEARN, /* the lease is ours: whose is it? */
};

static const enum part parts[DHCP4_STATE_COUNT] = {
	[DHCP4_STATE_STOPPED] = PART_NONE,
	[DHCP4_STATE_INIT] = PART_WAIT,
	[DHCP4_STATE_SELECTING] = PART_ASK,
	[DHCP4_STATE_REQUESTING] = PART_WAIT,
	[DHCP4_STATE_INIT_REBOOT] = PART_WAIT,
	[DHCP4_STATE_REBOOTING] = PART_ASK,
	[DHCP4_STATE_PROBING] = PART_NONE,
	[DHCP4_STATE_BOUND] = PART_LEARN,
	[DHCP4_STATE_RENEWING] = PART_LEARN,
	[DHCP4_STATE_REBINDING] = PART_LEARN,
	[DHCP4_STATE_INFORMING] = PART_NONE,
	[DHCP4_STATE_V6ONLY_WAIT] = PART_NONE,
};

/* Of Ethernet alone; and what a router says by ARP proves nothing (4436 2.1). */
static bool is_on(const struct dhcp4_config *config)
{
	return config->known_networks && config->auth == DHCP4_AUTH_NONE &&
	       dhcp4_has_arp(config);
}

bool dhcp4_learns_routers(const struct dhcp4_config *config)
{
	return is_on(config);
}

/* Both have a name, and it is not the same. */
static bool has_other_name(const struct network_id *a, const struct network_id *b)
{
	return a->size && b->size && !network_id_equal(a, b);
}

bool dhcp4_node_of(const struct dhcp4_lease *lease,
		   const struct dhcp4_config *config, uint8_t index, nsec now,
		   struct attach_node *ret)
{
	bool infinite = lease->lease_s == DHCP4_LEASE_INFINITE;

	if (!is_on(config) || lease_is_bootp(lease) ||
	    linklocal_has(lease->address) ||
	    lease->router_hw.size != ARP_HWADDR_SIZE || lease->expiry_ns <= now ||
	    (lease->expiry_ns == NSEC_NEVER && !infinite) ||
	    !client_id_equal(&lease->client_id, &config->client_id) ||
	    has_other_name(&lease->network, &config->network) ||
	    (config->requested_address &&
	     config->requested_address != lease->address))
		return false;
	*ret = (struct attach_node){
		.index = index,
		.address = lease->address,
		.router = lease->router,
		.router_hw = lease->router_hw,
	};
	return true;
}

/* ---- what the caller knows ---------------------------------------------- */

void known_note(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct dhcp4_event *event = s->event;
	bool starts = s->kind == DHCP4_EVENT_START;

	if (!is_on(s->config))
		return;
	if (s->kind == DHCP4_EVENT_CARRIER && !event->carrier.up)
		attach_stop(&c->attach);
	else if (starts == (c->state == DHCP4_STATE_STOPPED) &&
		 (s->kind != DHCP4_EVENT_CARRIER || event->carrier.moved ||
		  !c->carrier))
		attach_prepare(&c->attach, &event->known);
}

/* ---- the test, and what it finds ---------------------------------------- */

static void begin_test(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct attach_node own;
	bool ours = c->tenure != DHCP4_TENURE_NONE &&
		    (c->tenure != DHCP4_TENURE_REMEMBERED || c->usable) &&
		    dhcp4_node_of(&c->lease, s->config, ATTACH_OWN, c->now, &own);

	attach_test(&c->attach, ours ? &own : NULL, c->now);
}

static void run_due(struct step *s)
{
	struct attach *a = &s->client->attach;

	if (!attach_tick(a, s->client->now))
		return;
	for (unsigned i = 0; i < ATTACH_NODES_MAX; i++) {
		if (!a->node[i].router)
			continue;
		ASSERT(s->arp_count < DHCP4_ARPS_MAX);
		attach_write(a, i, s->config->hwaddr.bytes,
			     s->arps[s->arp_count], &s->arp_to[s->arp_count]);
		s->arp_count++;
	}
}

static bool is_testing_own(const struct dhcp4_client *c)
{
	return c->attach.phase == ATTACH_PHASE_TESTING &&
	       c->attach.node[ATTACH_OWN].router;
}

nsec known_quiet_until(const struct dhcp4_client *c)
{
	/* Which it is turns out when the exchange begins. */
	if (c->attach.phase == ATTACH_PHASE_READY)
		return NSEC_NEVER;
	return is_testing_own(c) ? nsec_add(c->attach.tested_at, ATTACH_TEST_NS)
				 : c->now;
}

static void confirmed(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct attach *a = &c->attach;
	const struct attach_node *node = &a->node[0];

	if (a->refused) {
		/* The server that denied it is one of this network, after all. */
		s->forget = true;
		attach_stop(a);
		return;
	}
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_ATTACHED,
					      .address = node->address,
					      .server = node->router });
	if (node->index != ATTACH_OWN)
		s->recall = node->index;
}

void known_hear(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct dhcp4_event *event = s->event;
	struct arp arp;

	if (!arp_parse(event->arp.bytes, event->arp.size, &arp))
		return;
	switch (attach_hear(&c->attach, &arp, event->arp.own)) {
	case ATTACH_VERDICT_NONE:
		return;
	case ATTACH_VERDICT_CONFIRMED:
		confirmed(s);
		return;
	case ATTACH_VERDICT_LEARNED:
		c->lease.router_hw = c->attach.node[0].router_hw;
		s->save = true;
		return;
	}
	UNREACHABLE();
}

/* It is the lease that was asked for, and good. */
static bool is_awaited(const struct step *s, const struct dhcp4_lease *lease)
{
	const struct dhcp4_client *c = s->client;
	const struct attach *a = &c->attach;
	const struct attach_node *node = &a->node[0];

	if (lease->expiry_ns <= c->now || lease_is_bootp(lease) ||
	    !client_id_equal(&lease->client_id, &s->config->client_id))
		return false;
	if (a->phase == ATTACH_PHASE_CONFIRMED)
		return node->index != ATTACH_OWN &&
		       node->address == lease->address &&
		       node->router == lease->router &&
		       hwaddr_equal(&node->router_hw, &lease->router_hw);
	/* By name: nothing else is known of where we are. */
	return c->tenure == DHCP4_TENURE_NONE &&
	       (c->state == DHCP4_STATE_INIT ||
		c->state == DHCP4_STATE_SELECTING);
}

void known_recalled(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct dhcp4_lease *lease = s->event->lease_loaded.lease;

	if (!is_awaited(s, lease))
		return;
	if (c->tenure != DHCP4_TENURE_NONE)
		step_lose(s, DHCP4_LOSS_MOVED);
	if (c->attach.phase == ATTACH_PHASE_CONFIRMED) {
		c->attach.node[0].index = ATTACH_OWN;
		step_forget_network(s);
	} else {
		attach_prepare(&c->attach, &(struct attach_known){ 0 });
	}
	lease_copy(&c->lease, lease);
	step_drop_ignored(s, &c->lease.options);
	c->tenure = DHCP4_TENURE_REMEMBERED;
	c->usable = s->event->lease_loaded.usable;
	c->conflict = IPV4_ANY;
	/* The kernel may have the address, with the other network's routes. */
	s->reconfigure = s->save = true;
	step_enter(s, DHCP4_STATE_INIT_REBOOT);
	c->send_at = c->now;
}

/* ---- what follows ------------------------------------------------------- */

/* BOUND as before; what the REQUEST brings is still taken (RFC 4436 2.1). */
static void bind(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool asked = c->state == DHCP4_STATE_REBOOTING;
	nsec retransmit_at = c->retransmit_at, give_up_at = c->give_up_at;
	unsigned tries = c->tries;

	attach_stop(&c->attach);
	c->attach.phase = ATTACH_PHASE_DONE;
	step_enter(s, DHCP4_STATE_BOUND);
	if (!asked)
		return;
	c->retransmit_at = retransmit_at;
	c->give_up_at = give_up_at;
	c->tries = tries;
}

/* The lease is that of this network: used, unless somebody else does. */
static void settle_confirmed(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->state != DHCP4_STATE_REBOOTING && c->state != DHCP4_STATE_SELECTING)
		return;
	if (c->tenure == DHCP4_TENURE_REMEMBERED && c->usable &&
	    c->conflict != c->lease.address) {
		c->tenure = DHCP4_TENURE_GRANTED;
		s->save = true;
		guard_settle(s);
	}
	if (c->tenure == DHCP4_TENURE_HELD)
		bind(s);
}

/* Its request would announce the address: not while that is still probed. */
static bool may_learn(const struct dhcp4_client *c)
{
	return c->attach.phase == ATTACH_PHASE_IDLE && c->configured &&
	       c->lease.router && !c->lease.router_hw.size &&
	       c->acd.phase != ACD_PHASE_PROBING;
}

/*
 * Somebody told the name of the network when the lease was there already; what is
 * told before it is confirmed may be the name of the next network.
 */
static void name_lease(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct network_id *name = &s->config->network;

	if (parts[c->state] != PART_LEARN || !name->size ||
	    network_id_equal(name, &c->lease.network))
		return;
	c->lease.network = *name;
	s->save = true;
}

static void settle_test(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct attach *a = &c->attach;
	enum part part = parts[c->state];

	if (!is_on(s->config) || !c->carrier || part == PART_NONE ||
	    (a->phase == ATTACH_PHASE_LEARNING && part != PART_LEARN)) {
		attach_stop(a);
		return;
	}
	if (c->tenure == DHCP4_TENURE_NONE && !a->refused)
		attach_forget_own(a);
	if (part == PART_ASK && a->phase == ATTACH_PHASE_READY)
		begin_test(s);
	if (part == PART_LEARN && may_learn(c))
		attach_learn(a, c->lease.address, c->lease.router, c->now);
	if (a->phase == ATTACH_PHASE_CONFIRMED && a->node[0].index == ATTACH_OWN)
		settle_confirmed(s);
	run_due(s);
}

void known_settle(struct step *s)
{
	settle_test(s);
	name_lease(s);
}

/* ---- BOUND, while the answer is open ------------------------------------- */

static bool is_asking(const struct dhcp4_client *c)
{
	return c->give_up_at != NSEC_NEVER;
}

void known_close(struct step *s)
{
	s->client->retransmit_at = s->client->give_up_at = NSEC_NEVER;
}

void known_bound_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (step_is_due(s, c->give_up_at)) {
		known_close(s);
	} else if (step_is_due(s, c->retransmit_at)) {
		c->retransmit_at = NSEC_NEVER;
		step_send_request(s, DHCP4_REQUEST_REBOOTING);
	}
}

void known_bound_answered(struct step *s)
{
	if (is_asking(s->client))
		step_take_answer(s, s->client->lease.address);
	else
		step_reject(s, REJECT_UNEXPECTED);
}

/* ---- ACK and NAK -------------------------------------------------------- */

/* The first router that leads out. */
static ipv4_addr first_router(const struct dhcp4_lease *lease)
{
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	unsigned count = lease_routes(lease, &route_policy_all, routes);

	for (unsigned i = 0; i < count; i++) {
		if (routes[i].prefix_length == 0)
			return routes[i].gateway;
	}
	return IPV4_ANY;
}

void known_granted(struct step *s)
{
	struct dhcp4_client *c = s->client;
	ipv4_addr router = first_router(&c->lease);
	bool stays = c->state == DHCP4_STATE_BOUND ||
		     c->state == DHCP4_STATE_RENEWING ||
		     c->state == DHCP4_STATE_REBINDING;

	/* The network may be another one even where the address is the same. */
	if (!stays || router != c->lease.router)
		c->lease.router_hw = (struct hwaddr){ .size = 0 };
	c->lease.router = router;
	c->lease.network = s->config->network;
	if (!c->lease.router_hw.size)
		attach_stop(&c->attach);
}

void known_refused(struct step *s, ipv4_addr server, bool irregular)
{
	struct dhcp4_client *c = s->client;

	/* Maybe it is only that we are elsewhere: then the lease may be good. */
	if (c->state != DHCP4_STATE_REBOOTING || irregular ||
	    server == c->lease.server_id || !is_testing_own(c))
		return;
	c->attach.refused = true;
	s->keep = true;
}
