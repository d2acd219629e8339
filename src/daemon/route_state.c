/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a state is not written in it: its prefix route, and each metric. */
#include "daemon/route_state.h"

#include "base/assert.h"

/* As with addresses whose prefix route the kernel makes. */
unsigned route_state_list(const struct route_state *state,
			  struct dhcp4_route routes[ROUTE_COUNT_MAX])
{
	unsigned count = 0;

	ASSERT(state->route_count <= DHCP4_ROUTES_MAX);
	if (!state->no_subnet_route && state->prefix_length > 0 &&
	    state->prefix_length < 32)
		routes[count++] = (struct dhcp4_route){
			.destination = state->address &
				       ipv4_mask(state->prefix_length),
			.prefix_length = state->prefix_length,
		};
	for (unsigned i = 0; i < state->route_count; i++)
		routes[count++] = state->routes[i];
	return count;
}

/* Without end, so that a metric which is the worst one stays the worst. */
uint32_t route_state_metric(const struct route_state *state,
			    const struct dhcp4_route *route)
{
	return state->metric > UINT32_MAX - route->preference
		       ? UINT32_MAX
		       : state->metric + route->preference;
}
