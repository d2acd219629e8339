/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routes of a lease: which options count, which entries are usable, and in
 * which order the kernel can take them.
 */
#include <string.h>

#include "core/lease.h"

/* Routes as they are collected; what does not fit is left out. */
struct collection {
	const struct dhcp4_lease *lease;
	enum lease_accept accept;
	struct dhcp4_route *routes;
	unsigned count;
};

bool lease_next_route(struct reader *r, struct dhcp4_route *ret)
{
	struct dhcp4_route route;

	route.prefix_length = reader_u8(r);
	if (r->failed || route.prefix_length > 32)
		return false;
	route.destination = 0;
	route.preference = 0;
	for (unsigned bits = 0; bits < route.prefix_length; bits += 8)
		route.destination |= (ipv4_addr)reader_u8(r) << (24 - bits);
	route.destination &= ipv4_mask(route.prefix_length);
	route.gateway = reader_u32(r);
	if (r->failed)
		return false;
	*ret = route;
	return true;
}

/* No route to ourselves, to loopback, multicast or class E: 0/0 is fine. */
static bool is_usable(const struct dhcp4_lease *lease,
		      const struct dhcp4_route *route)
{
	bool is_default = route->prefix_length == 0;

	if (!is_default && !ipv4_is_host(route->destination) &&
	    route->destination != 0)
		return false;
	if (route->prefix_length == 32 && route->destination == lease->address)
		return false;
	/* The address itself brings the route of its subnet. */
	if (route->prefix_length == lease->prefix_length &&
	    ipv4_in(route->destination, lease->address, lease->prefix_length))
		return false;
	return route->gateway == 0 || (ipv4_is_host(route->gateway) &&
				       route->gateway != lease->address);
}

static bool is_accepted(enum lease_accept accept, const struct dhcp4_route *route)
{
	return accept == LEASE_ACCEPT_ALL ||
	       (accept == LEASE_ACCEPT_DEFAULT && route->prefix_length == 0);
}

static bool has_route(const struct collection *c, ipv4_addr destination,
		      unsigned prefix_length, unsigned preference)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (c->routes[i].destination == destination &&
		    c->routes[i].prefix_length == prefix_length &&
		    c->routes[i].preference == preference)
			return true;
	}
	return false;
}

/* Adds a route unless it is unusable or the destination has one: the first wins. */
static void add(struct collection *c, struct dhcp4_route route)
{
	if (is_usable(c->lease, &route) && is_accepted(c->accept, &route) &&
	    c->count < DHCP4_ROUTES_MAX &&
	    !has_route(c, route.destination, route.prefix_length,
		       route.preference))
		c->routes[c->count++] = route;
}

/* RFC 3442; also option 249, which is the same under another number. */
static void add_classless(struct collection *c, const struct option_value *value)
{
	struct reader r = reader_over(value->bytes, value->size);
	struct dhcp4_route route;

	while (lease_next_route(&r, &route))
		add(c, route);
}

/*
 * RFC 2132 5.8: destinations by class, and a host where bits below it are set.
 * Neither 0.0.0.0 as destination nor as router means anything here.
 */
static void add_static(struct collection *c, const struct option_value *value)
{
	struct reader r = reader_over(value->bytes, value->size);

	while (r.left) {
		struct dhcp4_route route = { 0 };
		unsigned length;

		route.destination = reader_u32(&r);
		route.gateway = reader_u32(&r);
		length = ipv4_class_length(route.destination);
		if (route.destination & ~ipv4_mask(length))
			length = 32;
		route.prefix_length = (uint8_t)length;
		if (ipv4_is_host(route.destination) && route.gateway)
			add(c, route);
	}
}

static bool has_default_via(const struct collection *c, ipv4_addr gateway)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (c->routes[i].prefix_length == 0 &&
		    c->routes[i].gateway == gateway)
			return true;
	}
	return false;
}

/*
 * Option 3: routers in order of preference (RFC 2132 3.5). The first that can be
 * one is the default gateway, and the others are there should it go.
 */
static void add_defaults(struct collection *c)
{
	struct dhcp4_route route = { 0 };
	unsigned before;

	for (unsigned i = 0; dhcp4_options_get_address(
		     &c->lease->options, DHCP4_OPTION_ROUTER, i, &route.gateway);
	     i++) {
		if (!route.gateway || has_default_via(c, route.gateway))
			continue;
		before = c->count;
		add(c, route);
		if (c->count > before)
			route.preference++;
	}
}

/* Whether a gateway is in the subnet or behind one of these on-link routes. */
static bool is_reachable(const struct dhcp4_lease *lease,
			 const struct dhcp4_route *links, unsigned count,
			 ipv4_addr gateway)
{
	if (ipv4_in(gateway, lease->address, lease->prefix_length))
		return true;
	for (unsigned i = 0; i < count; i++) {
		if (links[i].prefix_length &&
		    ipv4_in(gateway, links[i].destination, links[i].prefix_length))
			return true;
	}
	return false;
}

/*
 * On-link routes to the front, the order otherwise kept. A gateway outside of
 * the subnet gets a route to itself there: large clouds lease a /32 and a router
 * elsewhere. One that is itself behind a gateway is none for the kernel.
 */
static void put_in_order(struct collection *c)
{
	struct dhcp4_route sorted[DHCP4_ROUTES_MAX];
	unsigned used = 0, links;

	for (unsigned i = 0; i < c->count; i++) {
		if (!c->routes[i].gateway)
			sorted[used++] = c->routes[i];
	}
	links = used;
	for (unsigned i = 0; i < c->count; i++) {
		ipv4_addr gateway = c->routes[i].gateway;
		bool needs_link = !is_reachable(c->lease, sorted, links, gateway);

		if (!gateway || (needs_link && has_route(c, gateway, 32, 0)))
			continue;
		if (used + needs_link >= DHCP4_ROUTES_MAX)
			break;
		if (needs_link) {
			memmove(sorted + links + 1, sorted + links,
				(used - links) * sizeof(*sorted));
			sorted[links++] = (struct dhcp4_route){
				.destination = gateway,
				.prefix_length = 32,
			};
			used++;
		}
		sorted[used++] = c->routes[i];
	}
	c->count = used;
	memcpy(c->routes, sorted, used * sizeof(*sorted));
}

unsigned lease_routes(const struct dhcp4_lease *lease, enum lease_accept accept,
		      struct dhcp4_route routes[DHCP4_ROUTES_MAX])
{
	struct collection c = { .lease = lease,
				.accept = accept,
				.routes = routes };
	struct option_value value;

	if (dhcp4_options_get(&lease->options, DHCP4_OPTION_CLASSLESS_ROUTES,
			      &value) ||
	    dhcp4_options_get(&lease->options, DHCP4_OPTION_CLASSLESS_ROUTES_MS,
			      &value)) {
		add_classless(&c, &value);
	} else {
		if (dhcp4_options_get(&lease->options,
				      DHCP4_OPTION_STATIC_ROUTES, &value))
			add_static(&c, &value);
		add_defaults(&c);
	}
	put_in_order(&c);
	return c.count;
}
