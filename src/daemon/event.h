/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An event of the method Subscribe: something that happened, encoded once however
 * many are told of it. What happens is events.c's matter.
 */
#ifndef DAEMON_EVENT_H
#define DAEMON_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"
#include "daemon/daemon.h"

enum event_kind {
	EVENT_PRESENT,
	EVENT_READY,
	EVENT_TRANSITION,
	EVENT_SENT,
	EVENT_OFFERED,
	EVENT_LEASED,
	EVENT_RENEWED,
	EVENT_CONFIGURED,
	EVENT_UNCONFIGURED,
	EVENT_EXPIRED,
	EVENT_RELEASED,
	EVENT_LOST,
	EVENT_STOPPED,
	EVENT_NAK,
	EVENT_CONFLICT,
	EVENT_FALLBACK,
	EVENT_LINK,
	EVENT_NOTE,
	EVENT_TROUBLE,
	EVENT_ADDED,
	EVENT_REMOVED,
	EVENT_CHANGED,
	EVENT_DROPPED,
	EVENT_KIND_COUNT
};

/* What is told; members that are NULL or 0 are not. */
struct event_facts {
	enum event_kind kind;
	const char *interface;
	const char *state, *from, *reason, *packet;
	unsigned attempt;
	ipv4_addr server, address;
	const struct managed *lease_of; /* with its lease, which may be null */
	const char *text;		/* another one than its kind's */
	uint64_t lost;
};

/* The octets of a reply, but for its beginning, which has the number. */
struct event {
	unsigned references;
	size_t size;
	char octets[];
};

/* Without raw there are no octets of options in it. NULL: out of memory. */
struct event *event_encode(const struct event_facts *, bool raw, nsec now);

struct event *event_reference(struct event *);
void event_release(struct event *); /* NULL is fine */

/* Writes it whole, as the event of this number. 0 or -1. */
int event_write(const struct event *, uint64_t sequence,
		json_dump_callback_t write, void *data);

#endif
