/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom the routes of a lease take traffic from: a route goes before all that lead
 * to more of the world, those of a VPN too (TunnelVision, CVE-2024-3661). Decides
 * only; which routes others have, and what comes of it, is the shell's matter.
 */
#ifndef CORE_SHADOW_H
#define CORE_SHADOW_H

#include <stdbool.h>
#include <stddef.h>

#include "core/lease.h"

/* A route of another interface, by whomever. */
struct shadow_foreign {
	struct ipv4_prefix prefix;
	int ifindex;

	/* Reached directly, from an address inside: it is that one's subnet. */
	bool is_subnet;
};

/* A route of the lease, and the narrowest of others that it lies in. */
struct shadow {
	struct ipv4_prefix prefix;
	bool is_subnet; /* of the address; else a server's route */
	int over;	/* the other interface; 0: it lies in none */
	struct ipv4_prefix over_prefix;

	/* The shell's: the interface of which it was told, and what came of it. */
	int told;
	bool left_out;
};

/* The subnet of the address, and each route. */
#define SHADOWS_MAX (1 + DHCP4_ROUTES_MAX)

/*
 * Fills in the shadows of a lease, of which none is known to lie in another one
 * yet: its subnet (unless it is a /32) and its routes, but for the default route,
 * which any interface may have. Returns their number.
 */
unsigned shadows_of(const struct lease_terms *, const struct dhcp4_route *,
		    unsigned route_count, struct shadow ret[SHADOWS_MAX]);

/*
 * Takes note of one foreign route. A route lies in it that equals it or is a part
 * of it, with two exceptions: a subnet of both interfaces is of both, and a subnet
 * lies in the default route of another interface without harm, as all do.
 */
void shadows_note(struct shadow *, unsigned count, const struct shadow_foreign *);

/*
 * Leaves out the routes that lie in others, and those by gateways that cannot be
 * reached any more. *ret_subnet: the subnet's own route stays. Returns the number
 * of those that stay.
 */
unsigned shadows_refuse(const struct shadow *, unsigned count,
			const struct lease_terms *, struct dhcp4_route *,
			unsigned route_count, bool *ret_subnet);

#endif
