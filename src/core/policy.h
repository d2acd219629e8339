/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which routes of a server an administrator allows, by where they lead. What is
 * never used, whoever allows it, is lease_routes.c's matter.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>

#include "base/ipv4.h"

#define ROUTE_POLICY_PREFIXES_MAX 16

/*
 * A route is allowed if all of its destination lies inside one of the prefixes.
 * That of length 0 is the default route alone, and nothing that is more special.
 */
struct route_policy {
	bool all; /* any route is allowed: the prefixes mean nothing */

	/*
	 * The way to a gateway outside of the subnet, a route to that host, comes
	 * with the route that needs it; else it has to be allowed itself.
	 */
	bool ways;

	uint8_t count;
	struct ipv4_prefix prefixes[ROUTE_POLICY_PREFIXES_MAX];
};

extern const struct route_policy route_policy_all;	    /* any */
extern const struct route_policy route_policy_default_only; /* 0.0.0.0/0, ways */
extern const struct route_policy route_policy_none;

/* RFC 1918's, RFC 6598's, and 0.0.0.0/0. */
extern const struct route_policy route_policy_private_only;

bool route_policy_allows(const struct route_policy *, struct ipv4_prefix);

#endif
