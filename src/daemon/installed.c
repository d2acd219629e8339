/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a lease to addresses and routes, and again when the kernel could not be
 * asked. The messages to it are route.c's.
 */
#include "daemon/installed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/route.h"

#define METRIC_BASE 1000

/* What could not be removed for want of memory is, so much later. */
#define REMOVAL_RETRY_NS NSEC_PER_S

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

		if (route->prefix_length == 0 || has_route(m->installed, route))
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

static void configured(void *context, const char *what, int error, nsec now)
{
	struct managed *m = context;

	if (error)
		log_error("%s: %s: %s", m->iface.name, what, strerror(error));
	iface_configured(&m->iface, error, now);
}

int daemon_configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	struct managed *m = managed_of(i);
	struct route_state *state;
	int r;

	/* What is to go is replaced by this, now or when it is tried again. */
	loop_timer_set(m->daemon->loop, &m->removal, NSEC_NEVER);
	if (!m->settings->configure) {
		m->configured_due = true;
		daemon_mark_due(m);
		return 0;
	}
	state = state_of(m, lease, now);
	if (!state)
		return -ENOMEM;
	warn_of_diversions(m, state);
	route_cancel(m->daemon->route, m);
	r = route_change(m->daemon->route, m->installed, state, configured, m);
	if (r < 0) {
		log_error("%s: cannot ask the kernel: %s", i->name, strerror(-r));
		free(state);
		return r;
	}
	free(m->installed);
	m->installed = state;
	daemon_mark_due(m);
	return 0;
}

void daemon_adopt(struct managed *m, const struct dhcp4_lease *lease, nsec now)
{
	m->adopted = lease->address;
	/* Without memory it is adopted when it is configured again. */
	m->installed = state_of(m, lease, now);
}

/* A removal that failed is said; the address has its lifetime all the same. */
static void withdrawn(void *context, const char *what, int error, nsec now)
{
	const struct managed *m = context;

	(void)now;
	if (error)
		log_error("%s: cannot remove %s: %s", m->iface.name, what,
			  strerror(error));
}

/*
 * Takes away what is installed, if it is. What the kernel could not even be
 * asked to remove stays on record, and is asked for again: its lifetime alone
 * would not do, which a suspend stops.
 */
void daemon_remove(struct managed *m, nsec now)
{
	int r;

	m->configured_due = false;
	if (!m->installed)
		return;
	route_cancel(m->daemon->route, m);
	r = route_change(m->daemon->route, m->installed, NULL, withdrawn, m);
	if (r < 0) {
		log_error("%s: cannot remove the address, trying again: %s",
			  m->iface.name, strerror(-r));
		loop_timer_set(m->daemon->loop, &m->removal,
			       nsec_add(now, REMOVAL_RETRY_NS));
		return;
	}
	free(m->installed);
	m->installed = NULL;
}

void daemon_deconfigure(struct iface *i, enum dhcp4_loss why, nsec now)
{
	(void)why;
	daemon_remove(managed_of(i), now);
	daemon_mark_due(managed_of(i));
}

void daemon_withdraw(struct daemon *d, nsec now)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = &d->managed[i];

		/* Hooks may know of one that the kernel was never told of. */
		if (m->adopted &&
		    (!m->installed || m->installed->address == m->adopted))
			continue;
		if (d->settings->release_on_exit)
			iface_stop(&m->iface, true, now);
		mtu_restore(m, now);
		daemon_remove(m, now);
		hook_withdraw(d->hooks, m, now);
	}
	route_drain(d->route);
}
