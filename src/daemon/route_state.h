/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address and its routes, as an interface shall have them, or was given them.
 * How it comes to have them is route.h's.
 */
#ifndef DAEMON_ROUTE_STATE_H
#define DAEMON_ROUTE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/lease.h"

#define ROUTE_TABLE_MAIN 254

/* An interface's own: this and its ifindex. Its rule comes after main's. */
#define ROUTE_TABLE_OWN	  UINT32_C(0x44480000)
#define ROUTE_RULE_BEHIND 32770

/* The state that an interface shall have, or was given. */
struct route_state {
	int ifindex;
	ipv4_addr address;
	uint8_t prefix_length;
	ipv4_addr broadcast; /* 0: none */
	uint32_t valid_s;    /* DHCP4_LEASE_INFINITE: for ever */
	uint32_t metric; /* of the first preference; the next ones have more */
	uint32_t table;
	uint8_t scope; /* of the address: RT_SCOPE_..., as a rule 0 */
	bool no_subnet_route;
	bool has_rule; /* one that leads to the table, behind that of main */
	unsigned route_count;
	struct dhcp4_route routes[]; /* in order of installation */
};

/* All routes of a state, the prefix route first: a /32 has none, nor has a /0. */
#define ROUTE_COUNT_MAX (1 + DHCP4_ROUTES_MAX)
unsigned route_state_list(const struct route_state *,
			  struct dhcp4_route ret[ROUTE_COUNT_MAX]);

/* The metric of one of them. */
uint32_t route_state_metric(const struct route_state *,
			    const struct dhcp4_route *);

#endif
