/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shadow guard: looks whether routes of a lease take traffic from other
 * interfaces, when they are installed and when others' routes change.
 */
#ifndef DAEMON_SHADOW_H
#define DAEMON_SHADOW_H

#include "core/shadow.h"
#include "daemon/daemon.h"

struct shadow_guard;

/* What was found of an interface's routes; NULL in struct managed: nothing yet. */
struct shadow_view {
	unsigned count;
	bool unknown; /* the kernel did not tell, when it was asked last */
	struct shadow shadows[];
};

/* Nothing is watched until there is a route. 0 or -errno. */
int shadow_open(struct shadow_guard **ret, struct daemon *);
void shadow_close(struct shadow_guard *);

/*
 * Routes are about to be installed: where the guard refuses some, those that are
 * left out are taken out of the state. Where it reports, it does so soon after. 0,
 * or -errno: which ones are to be refused is not known, so none is to be installed.
 */
int shadow_check(struct managed *, struct route_state *, nsec now);

/* An interface went, or was set down, and its routes without a word. */
void shadow_link_gone(struct shadow_guard *, int ifindex, nsec now);

/* Forgets what is known of an interface. */
void shadow_forget(struct managed *);

#endif
