/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The present state is not kept but made while it is read, one interface after
 * another; what happens on those that were presented waits until all were, and
 * what happens on others is part of how they will be presented.
 */
#include "daemon/subscription.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/events.h"

/* So many octets are written at a time. */
#define WRITE_SIZE 4096

int subscription_open(struct subscription **ret, struct events *events,
		      const char *interface, bool raw)
{
	struct subscription *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->events = events;
	if (interface)
		strncpy(s->interface, interface, sizeof(s->interface) - 1);
	s->raw = raw;
	s->presenting = true;
	events_join(events, s);
	*ret = s;
	return 0;
}

static void drop_all(struct subscription *s)
{
	for (; s->count; s->count--) {
		event_release(s->ring[s->first]);
		s->first = (s->first + 1) % SUBSCRIPTION_EVENTS_MAX;
	}
	s->octets = 0;
}

void subscription_close(struct subscription *s)
{
	if (!s)
		return;
	events_leave(s->events, s);
	drop_all(s);
	free(s);
}

static bool is_of_interest(const struct subscription *s, const char *name)
{
	return !*s->interface || strcmp(s->interface, name) == 0;
}

bool subscription_wants(const struct subscription *s,
			const struct managed *managed, const char *name)
{
	return is_of_interest(s, name) &&
	       (!s->presenting || managed->told.serial <= s->cursor);
}

void subscription_stall(struct subscription *s)
{
	s->lost += s->count;
	drop_all(s);
	s->lagging = true;
}

void subscription_push(struct subscription *s, struct event *event)
{
	if (!event || s->lagging || s->count == SUBSCRIPTION_EVENTS_MAX ||
	    s->octets + event->size > SUBSCRIPTION_OCTETS_MAX) {
		subscription_stall(s);
		s->lost++;
		s->fresh = true;
		return;
	}
	s->ring[(s->first + s->count++) % SUBSCRIPTION_EVENTS_MAX] =
		event_reference(event);
	s->octets += event->size;
	s->fresh = true;
}

bool subscription_has_output(const struct subscription *s)
{
	return s->presenting || s->count || s->lost;
}

/* What is next, whose reference is the caller's; NULL: no memory. */
static struct event *take(struct subscription *s, nsec now)
{
	struct event_facts facts = { .kind = EVENT_READY };
	struct managed *managed = NULL;
	struct event *event;

	if (s->lost) {
		facts.kind = EVENT_DROPPED;
		facts.lost = s->lost;
		s->lost = s->cursor = 0;
		s->lagging = false;
		s->presenting = true;
	} else if (s->presenting) {
		do
			managed = events_next(s->events, s->cursor);
		while (managed && (s->cursor = managed->told.serial) &&
		       !is_of_interest(s, managed->iface.name));
		s->presenting = managed;
	} else {
		event = s->ring[s->first];
		s->first = (s->first + 1) % SUBSCRIPTION_EVENTS_MAX;
		s->count--;
		s->octets -= event->size;
		return event;
	}
	if (managed)
		return events_present(managed, EVENT_PRESENT, s->raw, now);
	return event_encode(&facts, s->raw, now);
}

int subscription_write(struct subscription *s, nsec now,
		       json_dump_callback_t write, void *data)
{
	size_t written = 0;

	/* It reads, so it shall be told of what comes. */
	s->lagging = s->lagging && s->lost;
	while (written < WRITE_SIZE && subscription_has_output(s)) {
		struct event *event = take(s, now);
		int r = -1;

		if (event) {
			written += event->size;
			r = event_write(event, s->sequence++, write, data);
		}
		event_release(event);
		if (r < 0)
			return -1;
	}
	return 0;
}
