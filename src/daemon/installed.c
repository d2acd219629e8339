/* SPDX-License-Identifier: BSD-2-Clause */
/* From a lease to what the kernel is asked for. */
#include "daemon/installed.h"

#include <stdlib.h>

#include "daemon/flawed.h"
#include "daemon/route.h"
#include "daemon/shadow.h"

#define METRIC_BASE 1000

uint32_t daemon_metric(const struct managed *m)
{
	return m->settings->metric ? m->settings->metric
				   : METRIC_BASE + (uint32_t)m->iface.ifindex;
}

uint32_t daemon_table(const struct managed *m)
{
	uint32_t table = m->settings->table;

	if (table != SETTINGS_TABLE_DEFAULT && table != SETTINGS_TABLE_AUTO)
		return table;
	if (m->link.vrf_table)
		return m->link.vrf_table;
	return table == SETTINGS_TABLE_AUTO
		       ? ROUTE_TABLE_OWN + (uint32_t)m->iface.ifindex
		       : ROUTE_TABLE_MAIN;
}

void daemon_place(const struct managed *m, struct route_state *state)
{
	state->ifindex = m->iface.ifindex;
	state->metric = daemon_metric(m);
	state->table = daemon_table(m);
	state->has_rule =
		m->settings->table == SETTINGS_TABLE_AUTO && !m->link.vrf_table;
}

static struct route_state *state_of(const struct managed *m,
				    const struct dhcp4_lease *lease, nsec now)
{
	const struct iface_settings *settings = m->settings;
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	unsigned count = lease_routes(lease, &settings->route_policy, routes);
	struct route_state *state =
		malloc(sizeof(*state) + count * sizeof(*routes));

	if (!state)
		return NULL;
	*state = (struct route_state){
		.address = lease->address,
		.prefix_length = lease->prefix_length,
		.broadcast = lease_broadcast(lease),
		.valid_s = lease_remaining_s(lease, now),
	};
	daemon_place(m, state);
	for (unsigned i = 0; i < count; i++) {
		if (settings->gateway || routes[i].prefix_length > 0)
			state->routes[state->route_count++] = routes[i];
	}
	return state;
}

int daemon_configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	struct managed *m = managed_of(i);
	struct route_state *state;

	daemon_mark_due(m);
	flawed_tell(m, lease);
	if (!m->settings->configure) {
		installation_pretend(&m->installed);
		return 0;
	}
	state = state_of(m, lease, now);
	if (state && shadow_check(m, state, now) < 0) {
		free(state);
		state = NULL;
	}
	return installation_set(&m->installed, state);
}

void daemon_configure_again(struct managed *m, nsec now)
{
	int r = 0;

	if (m->installed.state && m->iface.client->tenure == DHCP4_TENURE_HELD)
		r = daemon_configure(&m->iface, &m->iface.client->lease, now);
	/* The core tries again, as after its own wish. */
	if (r < 0)
		iface_configured(&m->iface, -r, now);
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
	struct managed *m = managed_of(i);

	(void)why;
	remove_lease(i, now);
	m->flaws_told = 0;
	daemon_mark_due(m);
}

const struct installation_kind daemon_lease_kind = {
	.name = "the address",
	.configured = iface_configured,
	.remove = remove_lease,
};

void daemon_withdraw(struct daemon *d, nsec now)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = d->managed[i];

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
