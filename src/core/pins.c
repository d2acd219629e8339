/* SPDX-License-Identifier: BSD-2-Clause */
/* Known servers: which network it is about, who is known there, who is new. */
#include "core/pins.h"

#include <string.h>

#include "core/client.h"

/* ---- where we are ------------------------------------------------------- */

static bool is_same_router(const struct pin_place *a, const struct pin_place *b)
{
	return a->router == b->router &&
	       hwaddr_equal(&a->router_hw, &b->router_hw);
}

/* Names decide if both have one, else routers; of neither there is one network. */
static bool is_same_place(const struct pin_place *a, const struct pin_place *b)
{
	if (a->name.size && b->name.size)
		return network_id_equal(&a->name, &b->name);
	if (a->router_hw.size || b->router_hw.size)
		return is_same_router(a, b);
	return a->name.size == b->name.size;
}

static struct pin_place place_of(const struct dhcp4_lease *lease)
{
	struct pin_place place = { .name = lease->network };

	/* By its address alone a router is no network's sign. */
	if (lease->router_hw.size) {
		place.router = lease->router;
		place.router_hw = lease->router_hw;
	}
	return place;
}

static bool is_leased(const struct dhcp4_client *c)
{
	return c->state == DHCP4_STATE_BOUND ||
	       c->state == DHCP4_STATE_RENEWING ||
	       c->state == DHCP4_STATE_REBINDING;
}

/* False if it is not known where the client is. */
static bool find_place(const struct dhcp4_client *c,
		       const struct dhcp4_config *config, struct pin_place *ret)
{
	const struct attach_node *node = &c->attach.node[0];

	*ret = (struct pin_place){ .name = config->network };
	if (config->network.size)
		return true;
	if (c->attach.phase == ATTACH_PHASE_CONFIRMED) {
		ret->router = node->router;
		ret->router_hw = node->router_hw;
		return true;
	}
	*ret = place_of(&c->lease);
	return is_leased(c) && (ret->name.size || ret->router_hw.size);
}

/* ---- who is known ------------------------------------------------------- */

/* Who does not name itself is known by its hardware address alone. */
static bool has_server(const struct pin_network *network,
		       const struct pin_server *server)
{
	for (unsigned i = 0; i < network->count; i++) {
		const struct pin_server *known = &network->servers[i];

		if ((!server->id || known->id == server->id) &&
		    hwaddr_equal(&known->hw, &server->hw))
			return true;
	}
	return false;
}

enum pin_verdict pins_judge(const struct pins *pins, const struct dhcp4_client *c,
			    const struct dhcp4_config *config,
			    const struct pin_server *server)
{
	enum pin_verdict verdict = PIN_VERDICT_NONE;
	struct pin_place place;
	bool found = find_place(c, config, &place);

	for (unsigned i = 0; i < pins->count; i++) {
		const struct pin_network *network = &pins->networks[i];

		if (found && !is_same_place(&network->place, &place))
			continue;
		if (has_server(network, server))
			return PIN_VERDICT_KNOWN;
		verdict = PIN_VERDICT_STRANGER;
	}
	return verdict;
}

/* ---- who is new --------------------------------------------------------- */

/* To the front, so that the last one is the one to give up. */
static struct pin_network *use(struct pins *pins, unsigned index)
{
	struct pin_network network = pins->networks[index];

	memmove(pins->networks + 1, pins->networks,
		index * sizeof(pins->networks[0]));
	pins->networks[0] = network;
	return &pins->networks[0];
}

static struct pin_network *find_network(struct pins *pins,
					const struct pin_place *place)
{
	for (unsigned i = 0; i < pins->count; i++) {
		if (is_same_place(&pins->networks[i].place, place))
			return use(pins, i);
	}
	return NULL;
}

static void add_server(struct pins *pins, struct pin_network *network,
		       const struct pin_server *server)
{
	if (network->count < PINS_SERVERS_MAX)
		network->count++;
	memmove(network->servers + 1, network->servers,
		(network->count - 1U) * sizeof(network->servers[0]));
	network->servers[0] = *server;
	pins->changed = true;
}

static void add_network(struct pins *pins, const struct pin_place *place,
			const struct pin_server *server)
{
	struct pin_network *network;

	if (pins->count < PINS_NETWORKS_MAX)
		pins->count++;
	network = use(pins, pins->count - 1U);
	*network = (struct pin_network){ .place = *place };
	add_server(pins, network, server);
}

/* A network that has got a name is known by it, too. */
static void complete(struct pins *pins, struct pin_network *network,
		     const struct pin_place *place)
{
	struct pin_place *known = &network->place;

	if (place->name.size && !known->name.size) {
		known->name = place->name;
		pins->changed = true;
	}
	if (place->router_hw.size && !is_same_router(known, place)) {
		known->router = place->router;
		known->router_hw = place->router_hw;
		pins->changed = true;
	}
}

/* Its router's hardware address will be learned, and nothing else tells it. */
static bool is_too_early(const struct dhcp4_lease *lease,
			 const struct dhcp4_config *config)
{
	return !lease->network.size && lease->router &&
	       !lease->router_hw.size && dhcp4_learns_routers(config);
}

enum pin_note pins_note(struct pins *pins, const struct dhcp4_client *c,
			const struct dhcp4_config *config)
{
	const struct dhcp4_lease *lease = &c->lease;
	const struct pin_server server = { lease->server_id, lease->server_hw };
	const struct pin_place place = place_of(lease);
	struct pin_network *network;

	if (is_too_early(lease, config))
		return PIN_NOTE_NOTHING;
	network = find_network(pins, &place);
	if (!network) {
		add_network(pins, &place, &server);
		return PIN_NOTE_FIRST;
	}
	complete(pins, network, &place);
	if (has_server(network, &server))
		return PIN_NOTE_NOTHING;
	if (config->server_pin == SERVER_PIN_LEARN)
		add_server(pins, network, &server);
	return PIN_NOTE_OTHER;
}

void pins_forget(struct pins *pins)
{
	*pins = (struct pins){ .changed = true };
}
