/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events of all daemons of a place at once, each by a connection of its own. Which
 * daemons there are is looked for again whenever somebody asks.
 */
#ifndef CTL_SUBSCRIPTIONS_H
#define CTL_SUBSCRIPTIONS_H

#include <poll.h>

#include "ctl/channel.h"
#include "ctl/service.h"

struct subscription {
	char *path;
	struct channel channel;
};

struct subscriptions {
	const struct service_place *place;
	const char *interface; /* NULL: all */
	struct subscription *list;
	struct pollfd *polls; /* the last one is standard output's reader */
	size_t count;
};

/*
 * Subscribes to each daemon of the place that is not in the list yet. 0, or -errno
 * of the last one that cannot be subscribed to for another reason than that nobody
 * serves its socket.
 */
int subscriptions_find(struct subscriptions *);
void subscriptions_close(struct subscriptions *);

/*
 * Waits, for so many milliseconds or, for -1, until there is something. False: what
 * is printed has no reader any more.
 */
bool subscriptions_wait(struct subscriptions *, int timeout_ms);

/* What one of the daemons said. */
struct subscription_news {
	json_t *reply; /* to be freed; NULL: the connection ended */
	int error;     /* why: -ECONNRESET, or -EPROTO */
	char *path;    /* whose; to be freed */
};

/*
 * Takes the next news, if there are any: each daemon has its turn (channel.h), which
 * ends with subscriptions_wait(). Whose connection ended is not listed.
 */
bool subscriptions_next(struct subscriptions *, struct subscription_news *ret);

#endif
