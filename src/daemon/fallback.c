/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second address of an interface, without lifetimes. It has the lease's metric,
 * and a default route only where the user named a gateway.
 *
 * Its file is the one sign that an address in the kernel is ours: it says so
 * before the kernel is asked, until the address is gone.
 */
#include "daemon/fallback.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipv4.h"
#include "core/linklocal.h"
#include "daemon/installed.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/route.h"
#include "daemon/store.h"
#include "daemon/upkeep.h"

static struct route_state *state_of(const struct managed *m, ipv4_addr address,
				    uint8_t prefix_length, ipv4_addr gateway)
{
	struct route_state *state =
		malloc(sizeof(*state) + sizeof(state->routes[0]));

	if (!state)
		return NULL;
	*state = (struct route_state){
		.address = address,
		.prefix_length = prefix_length,
		.valid_s = DHCP4_LEASE_INFINITE,
	};
	daemon_place(m, state);
	if (prefix_length < 31)
		state->broadcast = address | ~ipv4_mask(prefix_length);
	if (linklocal_has(address))
		state->scope = RT_SCOPE_LINK;
	if (gateway && m->settings->gateway)
		state->routes[state->route_count++] =
			(struct dhcp4_route){ .gateway = gateway };
	return state;
}

/* Without the file it is used all the same; a crash would leave it behind. */
static void remember(struct managed *m, bool in_kernel, nsec now)
{
	m->fallback.stored.in_kernel = in_kernel;
	storing_fallback(m, now);
}

int daemon_fallback_add(struct iface *i, const struct dhcp4_effect *effect)
{
	struct managed *m = managed_of(i);
	struct managed_fallback *f = &m->fallback;
	struct route_state *state;

	if (!m->settings->configure) {
		installation_pretend(&f->installed);
		return 0;
	}
	state = state_of(m, effect->fallback.address,
			 effect->fallback.prefix_length,
			 effect->fallback.gateway);
	if (state) {
		f->stored.address = state->address;
		f->stored.prefix_length = state->prefix_length;
		remember(m, true, loop_clock());
	}
	return installation_set(&f->installed, state);
}

/*
 * If the lease is of the same address, that stays; what the fallback had besides
 * goes.
 */
static const struct route_state *remains(const struct managed *m)
{
	const struct route_state *lease = m->installed.state;
	const struct route_state *fallback = m->fallback.installed.state;

	return lease && fallback && lease->address == fallback->address ? lease
									: NULL;
}

void daemon_fallback_remove(struct iface *i, nsec now)
{
	struct managed *m = managed_of(i);
	bool had = m->fallback.installed.state;

	if (installation_remove(&m->fallback.installed, remains(m), now) && had)
		remember(m, false, now);
}

const struct installation_kind daemon_fallback_kind = {
	.name = "the fallback address",
	.configured = iface_fallback_configured,
	.remove = daemon_fallback_remove,
};

void daemon_fallback_again(struct managed *m, nsec now)
{
	const struct route_state *is = m->fallback.installed.state;
	size_t size =
		is ? sizeof(*is) + is->route_count * sizeof(*is->routes) : 0;
	struct route_state *state = is ? malloc(size) : NULL;
	int r;

	if (!is)
		return;
	if (state) {
		memcpy(state, is, size);
		daemon_place(m, state);
	}
	r = installation_set(&m->fallback.installed, state);
	if (r < 0)
		iface_fallback_configured(&m->iface, -r, now);
}

/* ---- start and end ------------------------------------------------------ */

void daemon_fallback_init(struct managed *m)
{
	struct fallback_config *config = &m->iface.config.fallback;

	*config = m->settings->fallback;
	store_load_fallback(m->daemon->store, m->iface.name, &m->fallback.stored);
	if (config->mode != FALLBACK_MODE_STATIC)
		config->address = m->fallback.stored.address;
	if (dhcp4_fallback_mode(&m->iface.config) != config->mode)
		log_about(m->iface.name, LOG_LEVEL_NOTICE,
			  "no fallback address: its hardware address is "
			  "not Ethernet's");
}

void daemon_fallback_adopt(struct managed *m, nsec now)
{
	const struct fallback_file *stored = &m->fallback.stored;
	ipv4_addr address = stored->address;
	bool has = false;
	uint32_t valid_s;

	if (!stored->in_kernel || !m->settings->configure)
		return;
	upkeep_listen(m->daemon);
	/* The one that a lease gave later has lifetimes. */
	if (link_has_address(m->iface.ifindex, address, &has, &valid_s) < 0 ||
	    !has || valid_s != DHCP4_LEASE_INFINITE)
		return;
	/* Its routes go with it. Without memory it is left as it is. */
	installation_adopt(&m->fallback.installed,
			   state_of(m, address, stored->prefix_length, IPV4_ANY));
	iface_fallback_found(&m->iface, address, now);
}

void daemon_fallback_close(struct managed *m, nsec now)
{
	/* What is removed by then is removed; nobody tries it again. */
	daemon_fallback_remove(&m->iface, now);
	installation_forget(&m->fallback.installed);
}
