/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rush: many interfaces that begin to wait for answers in a short time, at a
 * start or a common T1. A filter of its own for each of them would cost more than
 * to hear too much for a moment, since most have their answer by then. When there
 * is one is said here, what it means for the socket in packet.c.
 */
#ifndef DAEMON_RUSH_H
#define DAEMON_RUSH_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/loop.h"

struct rush {
	struct loop *loop;
	nsec since;   /* since then they are counted; later than now: not yet */
	size_t count; /* who began to wait */
	struct loop_timer end; /* set: there is one */
};

/* There is none. The loop stays the caller's. */
void rush_init(struct rush *, struct loop *);

static inline bool rush_is_on(const struct rush *r)
{
	return loop_timer_is_set(&r->end);
}

/*
 * One more begins to wait, which may begin a rush or prolong it. It ends by itself,
 * in a turn of the loop.
 */
void rush_join(struct rush *, nsec now);

/*
 * Most of what is heard is others': a rush ends, and for a second there is none.
 * Nothing, if there is none.
 */
void rush_disperse(struct rush *, nsec now);

/* It ends at once, if there is one: nobody waits any more. */
void rush_end(struct rush *);

#endif
