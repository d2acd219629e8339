/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subscriber: what it was told, and what waits for it. Whoever does not take its
 * events is told how many were dropped, and all that is present once more, so that
 * a view of it can always be made from what it reads.
 */
#ifndef DAEMON_SUBSCRIPTION_H
#define DAEMON_SUBSCRIPTION_H

#include "daemon/event.h"

struct events;

/* So many events wait, of so many octets in all; of more, all are dropped. */
#define SUBSCRIPTION_EVENTS_MAX 256
#define SUBSCRIPTION_OCTETS_MAX (256 * 1024)

struct subscription {
	struct events *events;
	struct subscription *next, **link; /* in the list of events */
	char interface[IFNAMSIZ];	   /* the only one; empty: all */
	bool raw;			   /* octets of options, too */

	uint64_t sequence; /* of the next event that is written */
	bool presenting;   /* the present state is being told */
	bool lagging;	   /* what happens is not kept, only counted */
	bool fresh;	   /* something came since this was last cleared */
	uint64_t cursor;   /* the interface that was presented last */
	uint64_t lost;	   /* events, since `dropped` told of them */

	struct event *ring[SUBSCRIPTION_EVENTS_MAX];
	unsigned first, count;
	size_t octets; /* of those in the ring */
};

/*
 * Begins with what is present. interface: NULL for all of them. 0 or -ENOMEM. Whoever
 * has it closes it; NULL is fine there.
 */
int subscription_open(struct subscription **ret, struct events *,
		      const char *interface, bool raw);
void subscription_close(struct subscription *);

/* Whether it is told of what happens on the interface now. */
bool subscription_wants(const struct subscription *, const struct managed *,
			const char *name);

/* Keeps one reference more, or drops all; NULL: there was no memory for it. */
void subscription_push(struct subscription *, struct event *);

/* Nobody reads: what waits is dropped, and what comes until somebody does. */
void subscription_stall(struct subscription *);

/* True if there is something to be written. */
bool subscription_has_output(const struct subscription *);

/* Writes some of it, not all if there is much. 0 or -1. */
int subscription_write(struct subscription *, nsec now,
		       json_dump_callback_t write, void *data);

#endif
