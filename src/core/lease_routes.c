/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routes of a lease: which options count, which entries are usable, and in
 * which order the kernel can take them.
 */
#include <string.h>

#include "base/assert.h"
#include "core/lease.h"

/* Routes as they are collected; what does not fit is left out. */
struct collection {
	struct lease_terms of;
	const struct route_policy *policy;
	struct dhcp4_route *routes;
	unsigned count;
	struct flaws *flaws;
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

static struct ipv4_prefix prefix_of(const struct dhcp4_route *route)
{
	return (struct ipv4_prefix){ route->destination, route->prefix_length };
}

/* The route of the subnet, which the address itself brings. */
static bool is_own_subnet(const struct collection *c,
			  const struct dhcp4_route *route)
{
	return route->prefix_length == c->of.prefix_length &&
	       ipv4_in(route->destination, c->of.address, c->of.prefix_length);
}

static const struct dhcp4_route *find(const struct collection *c,
				      const struct dhcp4_route *route)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (c->routes[i].destination == route->destination &&
		    c->routes[i].prefix_length == route->prefix_length &&
		    c->routes[i].preference == route->preference)
			return &c->routes[i];
	}
	return NULL;
}

/* ---- the rules ---------------------------------------------------------- */

/* Parts of these lead nowhere; 0.0.0.0/0 and 0.0.0.0/1 are more than a part. */
static bool leads_nowhere(const struct collection *c,
			  const struct dhcp4_route *route)
{
	static const struct ipv4_prefix nowhere[] = {
		{ UINT32_C(0x00000000), 8 },
		{ UINT32_C(0x7f000000), 8 },
		{ UINT32_C(0xe0000000), 3 }, /* 224/4 and 240/4 */
	};

	(void)c;
	for (size_t i = 0; i < ARRAY_SIZE(nowhere); i++) {
		if (ipv4_prefix_in(prefix_of(route), nowhere[i]))
			return true;
	}
	return false;
}

static bool leads_to_us(const struct collection *c,
			const struct dhcp4_route *route)
{
	return route->prefix_length == 32 && route->destination == c->of.address;
}

static bool goes_by_no_host(const struct collection *c,
			    const struct dhcp4_route *route)
{
	(void)c;
	return route->gateway && !ipv4_is_host(route->gateway);
}

static bool goes_by_us(const struct collection *c, const struct dhcp4_route *route)
{
	return route->gateway && route->gateway == c->of.address;
}

static bool is_not_allowed(const struct collection *c,
			   const struct dhcp4_route *route)
{
	return !route_policy_allows(c->policy, prefix_of(route));
}

static bool is_second(const struct collection *c, const struct dhcp4_route *route)
{
	return is_own_subnet(c, route) || find(c, route);
}

static bool is_one_too_many(const struct collection *c,
			    const struct dhcp4_route *route)
{
	(void)route;
	return c->count == DHCP4_ROUTES_MAX;
}

/* In this order: the first rule that is broken is the one that is told. */
static const struct {
	enum flaw flaw;
	bool (*is_broken)(const struct collection *, const struct dhcp4_route *);
} rules[] = {
	{ FLAW_DESTINATION, leads_nowhere }, { FLAW_OWN_ADDRESS, leads_to_us },
	{ FLAW_GATEWAY, goes_by_no_host },   { FLAW_OWN_GATEWAY, goes_by_us },
	{ FLAW_POLICY, is_not_allowed },     { FLAW_SECOND_WAY, is_second },
	{ FLAW_SURPLUS, is_one_too_many },
};

/* To say the same twice is no flaw, nor to tell the subnet. */
static bool is_said_already(const struct collection *c,
			    const struct dhcp4_route *route)
{
	const struct dhcp4_route *same = find(c, route);

	return same ? same->gateway == route->gateway
		    : route->gateway == 0 && is_own_subnet(c, route);
}

/* Adds a route, unless it breaks a rule. */
static void add(struct collection *c, struct dhcp4_route route)
{
	if (is_said_already(c, &route))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!rules[i].is_broken(c, &route))
			continue;
		flaws_note(c->flaws, rules[i].flaw, prefix_of(&route));
		return;
	}
	c->routes[c->count++] = route;
}

/* ---- where they stand --------------------------------------------------- */

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
 * 0.0.0.0 is of class A, and as a router means nothing here.
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
		if (route.gateway)
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
		     c->of.options, DHCP4_OPTION_ROUTER, i, &route.gateway);
	     i++) {
		if (!route.gateway || has_default_via(c, route.gateway))
			continue;
		before = c->count;
		add(c, route);
		if (c->count > before)
			route.preference++;
	}
}

/* ---- their order -------------------------------------------------------- */

/* Whether a gateway is in the subnet or behind one of these on-link routes. */
static bool is_reachable(const struct collection *c,
			 const struct dhcp4_route *links, unsigned count,
			 ipv4_addr gateway)
{
	if (ipv4_in(gateway, c->of.address, c->of.prefix_length))
		return true;
	for (unsigned i = 0; i < count; i++) {
		if (links[i].prefix_length &&
		    ipv4_in(gateway, links[i].destination, links[i].prefix_length))
			return true;
	}
	return false;
}

/* Whether the way to a gateway is ours to make. */
static bool may_have_way(const struct collection *c, const struct dhcp4_route *way)
{
	/* One that is itself behind a gateway is none for the kernel. */
	if (find(c, way))
		return false;
	if (c->policy->ways || route_policy_allows(c->policy, prefix_of(way)))
		return true;
	flaws_note(c->flaws, FLAW_POLICY, prefix_of(way));
	return false;
}

/*
 * On-link routes to the front, the order otherwise kept. A gateway outside of
 * the subnet gets a route to itself there: large clouds lease a /32 and a router
 * elsewhere.
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
		const struct dhcp4_route *route = &c->routes[i];
		const struct dhcp4_route way = { .destination = route->gateway,
						 .prefix_length = 32 };
		bool needs_way = !is_reachable(c, sorted, links, route->gateway);

		if (!route->gateway || (needs_way && !may_have_way(c, &way)))
			continue;
		if (used + needs_way >= DHCP4_ROUTES_MAX) {
			flaws_note(c->flaws, FLAW_SURPLUS, prefix_of(route));
			continue;
		}
		if (needs_way) {
			memmove(sorted + links + 1, sorted + links,
				(used - links) * sizeof(*sorted));
			sorted[links++] = way;
			used++;
		}
		sorted[used++] = *route;
	}
	c->count = used;
	memcpy(c->routes, sorted, used * sizeof(*sorted));
}

unsigned lease_terms_routes(const struct lease_terms *of,
			    const struct route_policy *policy,
			    struct dhcp4_route routes[DHCP4_ROUTES_MAX],
			    struct flaws *flaws)
{
	struct collection c = {
		.of = *of, .policy = policy, .routes = routes, .flaws = flaws
	};
	struct option_value value;

	if (dhcp4_options_get(of->options, DHCP4_OPTION_CLASSLESS_ROUTES, &value) ||
	    dhcp4_options_get(of->options, DHCP4_OPTION_CLASSLESS_ROUTES_MS,
			      &value)) {
		add_classless(&c, &value);
	} else {
		if (dhcp4_options_get(of->options, DHCP4_OPTION_STATIC_ROUTES,
				      &value))
			add_static(&c, &value);
		add_defaults(&c);
	}
	put_in_order(&c);
	return c.count;
}

unsigned lease_routes(const struct dhcp4_lease *lease,
		      const struct route_policy *policy,
		      struct dhcp4_route routes[DHCP4_ROUTES_MAX])
{
	const struct lease_terms terms = lease_terms(lease);

	return lease_terms_routes(&terms, policy, routes, NULL);
}
