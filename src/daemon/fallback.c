/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second address of an interface, without lifetimes. It has the lease's metric,
 * and a default route only where the user named a gateway.
 *
 * Its file is the one sign that an address in the kernel is ours: it says so
 * before the kernel is asked, until the address is gone.
 */
#include "daemon/fallback.h"

#include <errno.h>
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

/* What could not be removed for want of memory is, so much later. */
#define REMOVAL_RETRY_NS NSEC_PER_S

/* Answers are told apart by whom they are for: the lease's are the managed's. */
static struct managed *managed_by(void *context)
{
	return LOOP_OWNER(context, struct managed, fallback);
}

static struct route_state *state_of(const struct managed *m, ipv4_addr address,
				    uint8_t prefix_length, ipv4_addr gateway)
{
	struct route_state *state =
		malloc(sizeof(*state) + sizeof(state->routes[0]));

	if (!state)
		return NULL;
	*state = (struct route_state){
		.ifindex = m->iface.ifindex,
		.address = address,
		.prefix_length = prefix_length,
		.valid_s = DHCP4_LEASE_INFINITE,
		.metric = daemon_metric(m),
		.table = daemon_table(m),
	};
	if (prefix_length < 31)
		state->broadcast = address | ~ipv4_mask(prefix_length);
	if (linklocal_has(address))
		state->scope = RT_SCOPE_LINK;
	if (gateway && m->settings->gateway)
		state->routes[state->route_count++] =
			(struct dhcp4_route){ .gateway = gateway };
	return state;
}

static void configured(void *context, const char *what, int error, nsec now)
{
	struct managed *m = managed_by(context);

	if (error)
		log_error("%s: %s: %s", m->iface.name, what, strerror(error));
	iface_fallback_configured(&m->iface, error, now);
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
	int r;

	loop_timer_set(m->daemon->loop, &f->removal, NSEC_NEVER);
	if (!m->settings->configure) {
		loop_timer_set(m->daemon->loop, &f->answer, 0);
		return 0;
	}
	state = state_of(m, effect->fallback.address,
			 effect->fallback.prefix_length,
			 effect->fallback.gateway);
	if (!state)
		return -ENOMEM;
	f->stored.address = effect->fallback.address;
	f->stored.prefix_length = effect->fallback.prefix_length;
	remember(m, true, loop_clock());
	route_cancel(m->daemon->route, f);
	r = route_change(m->daemon->route, f->installed, state, configured, f);
	if (r < 0) {
		log_error("%s: cannot ask the kernel: %s", i->name, strerror(-r));
		free(state);
		return r;
	}
	free(f->installed);
	f->installed = state;
	return 0;
}

static void removed(void *context, const char *what, int error, nsec now)
{
	(void)now;
	if (error)
		log_error("%s: cannot remove %s: %s",
			  managed_by(context)->iface.name, what, strerror(error));
}

/*
 * If the lease is of the same address, that stays; what the fallback had besides
 * goes.
 */
static const struct route_state *remains(const struct managed *m)
{
	const struct route_state *lease = m->installed;
	const struct route_state *fallback = m->fallback.installed;

	return lease && lease->address == fallback->address ? lease : NULL;
}

void daemon_fallback_remove(struct iface *i, nsec now)
{
	struct managed *m = managed_of(i);
	struct managed_fallback *f = &m->fallback;
	int r;

	loop_timer_set(m->daemon->loop, &f->answer, NSEC_NEVER);
	loop_timer_set(m->daemon->loop, &f->removal, NSEC_NEVER);
	if (!f->installed)
		return;
	route_cancel(m->daemon->route, f);
	r = route_change(m->daemon->route, f->installed, remains(m), removed, f);
	if (r < 0) {
		log_error("%s: cannot remove the fallback address, trying again: %s",
			  i->name, strerror(-r));
		loop_timer_set(m->daemon->loop, &f->removal,
			       nsec_add(now, REMOVAL_RETRY_NS));
		return;
	}
	free(f->installed);
	f->installed = NULL;
	remember(m, false, now);
}

static void removal_reached(struct loop_timer *timer, nsec now)
{
	struct managed *m = LOOP_OWNER(timer, struct managed, fallback.removal);

	daemon_fallback_remove(&m->iface, now);
}

/* There was nothing to ask the kernel. */
static void answer_reached(struct loop_timer *timer, nsec now)
{
	struct managed *m = LOOP_OWNER(timer, struct managed, fallback.answer);

	iface_fallback_configured(&m->iface, 0, now);
}

/* ---- start and end ------------------------------------------------------ */

void daemon_fallback_init(struct managed *m)
{
	struct fallback_config *config = &m->iface.config.fallback;

	m->fallback.removal.fire = removal_reached;
	m->fallback.answer.fire = answer_reached;
	*config = m->settings->fallback;
	store_load_fallback(m->daemon->store, m->iface.name, &m->fallback.stored);
	if (config->mode != FALLBACK_MODE_STATIC)
		config->address = m->fallback.stored.address;
	if (dhcp4_fallback_mode(&m->iface.config) != config->mode)
		log_notice("%s: no fallback address: its hardware address is "
			   "not Ethernet's",
			   m->iface.name);
}

void daemon_fallback_adopt(struct managed *m, nsec now)
{
	const struct store_fallback *stored = &m->fallback.stored;
	ipv4_addr address = stored->address;
	bool has = false;
	uint32_t valid_s;

	/* The one that a lease gave later has lifetimes. */
	if (!stored->in_kernel || !m->settings->configure ||
	    link_has_address(m->iface.ifindex, address, &has, &valid_s) < 0 ||
	    !has || valid_s != DHCP4_LEASE_INFINITE)
		return;
	/* Its routes go with it. Without memory it is left as it is. */
	m->fallback.installed =
		state_of(m, address, stored->prefix_length, IPV4_ANY);
	iface_fallback_found(&m->iface, address, now);
}

void daemon_fallback_gone(struct managed *m)
{
	struct managed_fallback *f = &m->fallback;

	loop_timer_set(m->daemon->loop, &f->answer, NSEC_NEVER);
	loop_timer_set(m->daemon->loop, &f->removal, NSEC_NEVER);
	route_cancel(m->daemon->route, f);
	free(f->installed);
	f->installed = NULL;
}

void daemon_fallback_close(struct managed *m, nsec now)
{
	/* What is removed by then is removed; nobody tries it again. */
	daemon_fallback_remove(&m->iface, now);
	free(m->fallback.installed);
	m->fallback.installed = NULL;
}
