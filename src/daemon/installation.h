/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel was asked to hold for an interface: an address and its routes.
 * An interface has one of its lease (installed.c) and one of its fallback
 * (fallback.c), which decide what that is.
 */
#ifndef DAEMON_INSTALLATION_H
#define DAEMON_INSTALLATION_H

#include <stdbool.h>

#include "base/nsec.h"
#include "daemon/loop.h"
#include "daemon/route.h"

struct iface;
struct managed;

/* Whose an installation is. */
struct installation_kind {
	const char *name; /* "the address" */
	/* The answer to installation_set(): 0 or a positive errno. */
	void (*configured)(struct iface *, int error, nsec now);
	/* Asks for its removal, which could not even be asked for. */
	void (*remove)(struct iface *, nsec now);
};

/* The address in bit 0, then the routes in the order of route_state_list(). */
struct installation_parts {
	uint8_t bits[(1 + ROUTE_COUNT_MAX + 7) / 8];
};

/* Lies inside of its interface. */
struct installation {
	const struct installation_kind *kind;
	struct managed *managed;
	struct route_state *state; /* NULL: nothing */

	/* What of it is not there, as upkeep.c saw last. */
	struct installation_parts missing;
	struct installation_parts replaced; /* by a route of somebody else */

	bool asked; /* the kernel, which has not answered to the end */

	/* Without a state to answer for it; with one to remove that again. */
	struct loop_timer again;
};

void installation_init(struct installation *, struct managed *,
		       const struct installation_kind *);

/*
 * Asks the kernel for a state instead of the present one, and takes it over,
 * whatever comes of it; NULL is one for which there was no memory. The answer
 * comes by kind->configured. 0, or -errno (after a line of log, but for -ENOMEM),
 * which leaves the present state and no answer.
 */
int installation_set(struct installation *, struct route_state *);

/* Answers that it is as it shall be, where no kernel is asked. */
void installation_pretend(struct installation *);

/* The kernel holds a state already; takes it over. */
void installation_adopt(struct installation *, struct route_state *);

/*
 * Asks the kernel to remove what is there, except what is of another state as
 * well (or NULL). False if it could not be asked: kind->remove is called later.
 */
bool installation_remove(struct installation *, const struct route_state *keep,
			 nsec now);

/* It is the kernel's alone from now on, or was removed without us. */
void installation_forget(struct installation *);

/* Nothing is asked, and nothing is to be asked again. */
bool installation_is_settled(const struct installation *);

/* The interface went, and all of this with it, but for a rule. */
void installation_gone(struct installation *, nsec now);

#endif
