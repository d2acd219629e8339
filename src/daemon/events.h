/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens, as subscribers are told of it: notices of the core, and news of
 * links and of who is managed, become events here and nowhere else.
 *
 * While nobody subscribed, nothing is done. All of it may be called in the midst of
 * a step: events are queued, and nobody is called back.
 */
#ifndef DAEMON_EVENTS_H
#define DAEMON_EVENTS_H

#include "core/client.h"
#include "daemon/event.h"

struct subscription;

/* A step sends fewer packets than this; more would be told before its notices. */
#define EVENTS_SENT_MAX 4

struct events {
	struct daemon *daemon;
	struct subscription *first;
	size_t count;
	uint64_t serial; /* of the interface that came last */
	bool fresh;	 /* some subscription is, since this was last cleared */

	/* What the step at hand sent: told behind its notices, which are why. */
	struct event_facts sent[EVENTS_SENT_MAX];
	unsigned sent_count;
};

void events_notice(struct events *, struct managed *,
		   const struct dhcp4_notice *, nsec now);

/* A packet left, or failed to. */
void events_sent(struct events *, struct managed *, const struct dhcp4_effect *,
		 int error, nsec now);

/* A step of the core is over: tells what no notice told of. */
void events_stepped(struct events *, struct managed *, nsec now);

/* Managed from now on; not any more; by another name; with other settings. */
void events_added(struct events *, struct managed *, nsec now);
void events_removed(struct events *, struct managed *, nsec now);
void events_renamed(struct events *, struct managed *, const char *before,
		    nsec now);
void events_changed(struct events *, struct managed *, nsec now);

/* ---- for subscription.c -------------------------------------------------- */

void events_join(struct events *, struct subscription *);
void events_leave(struct events *, struct subscription *);

/* The first interface that came after that one; NULL: there is none. */
struct managed *events_next(const struct events *, uint64_t serial);

/* An event of the kind that tells all of an interface. NULL: no memory. */
struct event *events_present(const struct managed *, enum event_kind, bool raw,
			     nsec now);

#endif
