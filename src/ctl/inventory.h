/* SPDX-License-Identifier: BSD-2-Clause */
/* All that was found out about the host, to be shown to people or programs. */
#ifndef CTL_INVENTORY_H
#define CTL_INVENTORY_H

#include <jansson.h>
#include <stdbool.h>

#include "ctl/host.h"
#include "ctl/manager.h"
#include "ctl/member.h"

#define INVENTORY_FAMILIES 2

struct inventory {
	bool all;		      /* routes are kept, not only counted */
	const struct host_link *only; /* NULL: of all links */
	struct host_dump links, addresses, nexthops, rules, routes;
	struct host_links by_index;
	struct managers *managers;
	json_t *defaults[INVENTORY_FAMILIES]; /* a route, or NULL */
	size_t counts[INVENTORY_FAMILIES][HOST_ROUTE_NONE];
};

extern const struct inventory_family {
	uint8_t family;
	const char *name;
} inventory_families[INVENTORY_FAMILIES];

/* Which of them it is; INVENTORY_FAMILIES: none. */
unsigned inventory_family(uint8_t family);

/* A link with its addresses, its manager and what it is the default for. */
json_t *inventory_link(const struct inventory *, const struct host_link *);

#endif
