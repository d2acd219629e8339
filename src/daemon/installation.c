/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state in the kernel, from its first request to its removal. The messages are
 * route.c's, and what to do about an answer is the core's.
 */
#include "daemon/installation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/route.h"
#include "daemon/upkeep.h"

/* What could not be removed for want of memory is, so much later. */
#define REMOVAL_RETRY_NS NSEC_PER_S

static void again_reached(struct loop_timer *timer, nsec now)
{
	struct installation *i = LOOP_OWNER(timer, struct installation, again);
	struct iface *iface = &i->managed->iface;

	if (i->state)
		i->kind->remove(iface, now);
	else
		i->kind->configured(iface, 0, now);
}

void installation_init(struct installation *i, struct managed *m,
		       const struct installation_kind *kind)
{
	*i = (struct installation){
		.kind = kind,
		.managed = m,
		.again.fire = again_reached,
	};
}

/* Whatever was under way is settled by what comes now. */
static void begin(struct installation *i)
{
	struct daemon *d = i->managed->daemon;

	loop_timer_set(d->loop, &i->again, NSEC_NEVER);
	if (i->asked)
		route_cancel(d->route, i);
	i->asked = false;
}

static void hold(struct installation *i, struct route_state *state)
{
	free(i->state);
	i->state = state;
	i->missing = i->replaced = (struct installation_parts){ 0 };
}

static void configured(void *context, const char *what, int error, nsec now)
{
	struct installation *i = context;
	struct iface *iface = &i->managed->iface;

	i->asked = false;
	if (error)
		log_about(iface->name, LOG_LEVEL_ERROR, "%s: %s", what,
			  strerror(error));
	i->kind->configured(iface, error, now);
}

int installation_set(struct installation *i, struct route_state *state)
{
	struct managed *m = i->managed;
	int r;

	begin(i);
	if (!state)
		return -ENOMEM;
	upkeep_listen(m->daemon);
	r = route_change(m->daemon->route, i->state, state, configured, i);
	if (r < 0) {
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "cannot ask the kernel: %s", strerror(-r));
		free(state);
		return r;
	}
	i->asked = true;
	hold(i, state);
	return 0;
}

void installation_pretend(struct installation *i)
{
	loop_timer_set(i->managed->daemon->loop, &i->again, 0);
}

void installation_adopt(struct installation *i, struct route_state *state)
{
	hold(i, state);
}

/* Lease and fallback have one table, and the rule that leads to it. */
static bool shares_rule(const struct installation *i)
{
	const struct managed *m = i->managed;
	const struct installation *other =
		i == &m->installed ? &m->fallback.installed : &m->installed;

	return other->state && other->state->has_rule &&
	       other->state->table == i->state->table;
}

/* A removal that failed is said; the address has its lifetime all the same. */
static void removed(void *context, const char *what, int error, nsec now)
{
	struct installation *i = context;

	(void)now;
	i->asked = false;
	if (error)
		log_about(i->managed->iface.name, LOG_LEVEL_ERROR,
			  "cannot remove %s: %s", what, strerror(error));
}

/*
 * What the kernel could not even be asked to remove stays on record, and is asked
 * for again: its lifetime alone would not do, which a suspend stops.
 */
bool installation_remove(struct installation *i, const struct route_state *keep,
			 nsec now)
{
	struct managed *m = i->managed;
	bool has_rule;
	int r;

	begin(i);
	if (!i->state)
		return true;
	has_rule = i->state->has_rule;
	i->state->has_rule = has_rule && !shares_rule(i);
	r = route_change(m->daemon->route, i->state, keep, removed, i);
	if (r < 0) {
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "cannot remove %s, trying again: %s", i->kind->name,
			  strerror(-r));
		i->state->has_rule = has_rule;
		loop_timer_set(m->daemon->loop, &i->again,
			       nsec_add(now, REMOVAL_RETRY_NS));
		return false;
	}
	i->asked = true;
	hold(i, NULL);
	return true;
}

void installation_forget(struct installation *i)
{
	begin(i);
	hold(i, NULL);
}

bool installation_is_settled(const struct installation *i)
{
	return !i->asked && !loop_timer_is_set(&i->again);
}

void installation_gone(struct installation *i, nsec now)
{
	if (i->state && i->state->has_rule)
		(void)installation_remove(i, NULL, now);
	installation_forget(i);
}
