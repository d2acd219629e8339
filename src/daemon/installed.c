/* SPDX-License-Identifier: BSD-2-Clause */
/* From a lease to what the kernel is asked for. */
#include "daemon/installed.h"

#include <stdlib.h>

#include "base/str.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/route.h"

#define METRIC_BASE 1000

uint32_t daemon_metric(const struct managed *m)
{
	return m->settings->metric ? m->settings->metric
				   : METRIC_BASE + (uint32_t)m->iface.ifindex;
}

uint32_t daemon_table(const struct managed *m)
{
	if (m->settings->table != SETTINGS_TABLE_DEFAULT)
		return m->settings->table;
	return m->link.vrf_table ? m->link.vrf_table : ROUTE_TABLE_MAIN;
}

static struct route_state *state_of(const struct managed *m,
				    const struct dhcp4_lease *lease, nsec now)
{
	const struct iface_settings *settings = m->settings;
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	unsigned count = lease_routes(lease, settings->accept_routes, routes);
	struct route_state *state =
		malloc(sizeof(*state) + count * sizeof(*routes));

	if (!state)
		return NULL;
	*state = (struct route_state){
		.ifindex = m->iface.ifindex,
		.address = lease->address,
		.prefix_length = lease->prefix_length,
		.broadcast = lease_broadcast(lease),
		.valid_s = lease_remaining_s(lease, now),
		.metric = daemon_metric(m),
		.table = daemon_table(m),
	};
	for (unsigned i = 0; i < count; i++) {
		if (settings->gateway || routes[i].prefix_length > 0)
			state->routes[state->route_count++] = routes[i];
	}
	return state;
}

static bool has_route(const struct route_state *state,
		      const struct dhcp4_route *route)
{
	for (unsigned i = 0; state && i < state->route_count; i++) {
		if (state->routes[i].destination == route->destination &&
		    state->routes[i].prefix_length == route->prefix_length)
			return true;
	}
	return false;
}

/*
 * A server's route to a part of the world goes before any other interface's to
 * more of it, a VPN's too (CVE-2024-3661): who did not expect that is told.
 */
static void warn_of_diversions(const struct managed *m,
			       const struct route_state *state)
{
	if (state->table != ROUTE_TABLE_MAIN)
		return;
	for (unsigned i = 0; i < state->route_count; i++) {
		const struct dhcp4_route *route = &state->routes[i];
		char text[sizeof("255.255.255.255")], name[IF_NAMESIZE];
		struct str destination = str_over(text, sizeof(text));
		ipv4_addr middle = route->destination;
		int ifindex;

		if (route->prefix_length == 0 ||
		    has_route(m->installed.state, route))
			continue;
		if (route->prefix_length < 32)
			middle |= UINT32_C(1) << (31 - route->prefix_length);
		if (link_towards(middle, &ifindex) < 0 || ifindex == 0 ||
		    ifindex == m->iface.ifindex ||
		    !if_indextoname((unsigned)ifindex, name))
			continue;
		str_ipv4(&destination, route->destination);
		log_warning("%s: the server's route to %s/%u takes traffic from "
			    "%s; --routes=default-only refuses such routes",
			    m->iface.name, text, route->prefix_length, name);
	}
}

int daemon_configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	struct managed *m = managed_of(i);
	struct route_state *state;

	daemon_mark_due(m);
	if (!m->settings->configure)
		return installation_pretend(&m->installed);
	state = state_of(m, lease, now);
	if (state)
		warn_of_diversions(m, state);
	return installation_set(&m->installed, state);
}

void daemon_adopt(struct managed *m, const struct dhcp4_lease *lease, nsec now)
{
	m->adopted = lease->address;
	/* Without memory it is adopted when it is configured again. */
	installation_adopt(&m->installed, state_of(m, lease, now));
}

static void remove_lease(struct iface *i, nsec now)
{
	installation_remove(&managed_of(i)->installed, NULL, now);
}

void daemon_deconfigure(struct iface *i, enum dhcp4_loss why, nsec now)
{
	(void)why;
	remove_lease(i, now);
	daemon_mark_due(managed_of(i));
}

const struct installation_kind daemon_lease_kind = {
	.name = "the address",
	.configured = iface_configured,
	.remove = remove_lease,
};

void daemon_withdraw(struct daemon *d, nsec now)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = &d->managed[i];

		/* Hooks may know of one that the kernel was never told of. */
		if (m->adopted && (!m->installed.state ||
				   m->installed.state->address == m->adopted))
			continue;
		if (d->settings->release_on_exit)
			iface_stop(&m->iface, true, now);
		mtu_restore(m, now);
		installation_remove(&m->installed, NULL, now);
		hook_withdraw(d->hooks, m, now);
	}
	route_drain(d->route);
}
