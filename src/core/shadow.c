/* SPDX-License-Identifier: BSD-2-Clause */
/* Which routes of a lease lie in those of others. */
#include "core/shadow.h"

static struct ipv4_prefix prefix_of(const struct dhcp4_route *route)
{
	return (struct ipv4_prefix){ route->destination, route->prefix_length };
}

static bool prefix_equal(struct ipv4_prefix a, struct ipv4_prefix b)
{
	return a.address == b.address && a.length == b.length;
}

unsigned shadows_of(const struct lease_terms *terms,
		    const struct dhcp4_route *routes, unsigned route_count,
		    struct shadow ret[SHADOWS_MAX])
{
	unsigned count = 0;

	if (terms->prefix_length < 32)
		ret[count++] = (struct shadow){
			.prefix = { terms->address &
					    ipv4_mask(terms->prefix_length),
				    terms->prefix_length },
			.is_subnet = true,
		};
	for (unsigned i = 0; i < route_count; i++) {
		if (routes[i].prefix_length)
			ret[count++] =
				(struct shadow){ .prefix = prefix_of(&routes[i]) };
	}
	return count;
}

static bool lies_in(const struct shadow *s, const struct shadow_foreign *foreign)
{
	if (!ipv4_prefix_in(s->prefix, foreign->prefix))
		return false;
	if (foreign->is_subnet && prefix_equal(s->prefix, foreign->prefix))
		return false;
	return !s->is_subnet || foreign->prefix.length > 0;
}

void shadows_note(struct shadow *shadows, unsigned count,
		  const struct shadow_foreign *foreign)
{
	for (unsigned i = 0; i < count; i++) {
		struct shadow *s = &shadows[i];

		if (!lies_in(s, foreign) ||
		    (s->over && s->over_prefix.length >= foreign->prefix.length))
			continue;
		s->over = foreign->ifindex;
		s->over_prefix = foreign->prefix;
	}
}

static bool is_refused(const struct shadow *shadows, unsigned count,
		       struct ipv4_prefix prefix, bool is_subnet)
{
	for (unsigned i = 0; i < count; i++) {
		if (shadows[i].over && shadows[i].is_subnet == is_subnet &&
		    prefix_equal(shadows[i].prefix, prefix))
			return true;
	}
	return false;
}

/* By the subnet, or by one of the routes that stay, which stand before it. */
static bool is_reachable(ipv4_addr gateway, const struct lease_terms *terms,
			 bool subnet, const struct dhcp4_route *kept,
			 unsigned count)
{
	if (gateway == IPV4_ANY)
		return true;
	if (subnet && ipv4_in(gateway, terms->address, terms->prefix_length))
		return true;
	for (unsigned i = 0; i < count; i++) {
		if (kept[i].gateway == IPV4_ANY && kept[i].prefix_length &&
		    ipv4_in(gateway, kept[i].destination, kept[i].prefix_length))
			return true;
	}
	return false;
}

unsigned shadows_refuse(const struct shadow *shadows, unsigned count,
			const struct lease_terms *terms,
			struct dhcp4_route *routes, unsigned route_count,
			bool *ret_subnet)
{
	const struct ipv4_prefix subnet = {
		terms->address & ipv4_mask(terms->prefix_length),
		terms->prefix_length
	};
	unsigned kept = 0;

	*ret_subnet = !is_refused(shadows, count, subnet, true);
	for (unsigned i = 0; i < route_count; i++) {
		if (!is_refused(shadows, count, prefix_of(&routes[i]), false) &&
		    is_reachable(routes[i].gateway, terms, *ret_subnet, routes,
				 kept))
			routes[kept++] = routes[i];
	}
	return kept;
}
