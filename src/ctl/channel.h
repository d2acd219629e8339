/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to a daemon: objects of JSON in both directions, each ended by a NUL.
 * Only to send may block, and not for ever; what is received is taken as it comes.
 */
#ifndef CTL_CHANNEL_H
#define CTL_CHANNEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A longer object is not believed. A reply tells of tens of thousands of interfaces at
 * most; a daemon keeps no more than a quarter of this of events that were not read.
 */
#define CHANNEL_REPLY_MAX (64 * 1024 * 1024)
#define CHANNEL_EVENT_MAX (1024 * 1024)

struct channel {
	int fd; /* to be waited for; -1: there is no connection */
	size_t object_max;
	char *text;
	size_t used, size;
	size_t searched; /* that many octets have no NUL */
	unsigned turn;	 /* so many objects were received in it */
};

/*
 * Connects to the socket at a path, which sends objects of less than so many octets.
 * 0 or -errno; then there is nothing to close.
 */
int channel_open(struct channel *, const char *path, size_t object_max);
void channel_close(struct channel *);

/*
 * Calls a method; more: for several replies. Takes the reference to the parameters,
 * which may be NULL. 0 or -errno: -ECONNRESET if the daemon hung up.
 */
int channel_send(struct channel *, const char *method, json_t *parameters,
		 bool more);

/*
 * The next object that was received: 1, and the caller owns it; 0 if it is not there
 * as a whole, or the turn is over; -ECONNRESET if the daemon hung up, -EPROTO if it
 * is no object, or too long a one.
 */
int channel_receive(struct channel *, json_t **ret);

/*
 * Before the descriptor is waited for: a turn is so long that who talks without end
 * leaves the others theirs, and begins anew. True: the last one left a rest, which is
 * not to be waited for, since it may have been read from the descriptor already.
 */
bool channel_turn(struct channel *);

#endif
