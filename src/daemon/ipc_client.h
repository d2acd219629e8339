/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection to the socket, and what it has to know of the others: the inside
 * of ipc.c, which is what the rest of the daemon calls.
 */
#ifndef DAEMON_IPC_CLIENT_H
#define DAEMON_IPC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/nsec.h"
#include "daemon/buffer.h"
#include "daemon/events.h"
#include "daemon/ipc.h"
#include "daemon/ipc_peer.h"
#include "daemon/loop.h"
#include "daemon/varlink.h"

struct ipc_client {
	struct varlink_peer peer; /* first: what it writes comes back here */
	struct ipc *ipc;
	size_t slot;
	uid_t uid;
	struct loop_source source;
	struct loop_timer timer;
	struct loop_grave grave;

	struct buffer in, out;
	nsec in_since; /* a request is awaited since; NSEC_NEVER: none is due */
	nsec out_since; /* the peer has not read since; NSEC_NEVER: it has */
	uint64_t round; /* in which it took its last request */
	bool ended;	/* the peer sends no more */
	bool dropped;	/* closed, waits for the end of the turn */
};

struct ipc {
	struct daemon *daemon;
	struct loop_source source;
	struct loop_timer pause;
	struct loop_grave grave;
	struct ipc_rights rights;
	struct events events;

	/* In no order; grown on demand. */
	struct ipc_client **clients;
	size_t count, room;

	/* A round is over once nobody is late, who had to leave it to others. */
	uint64_t round;
	bool late;
	nsec taking_since; /* requests, in this turn; NSEC_NEVER: none yet */

	struct sockaddr_un address;
};

/*
 * Takes over a connection that was accepted, if all goes well. 0; -EUSERS: there
 * are too many; or -errno.
 */
int ipc_client_open(struct ipc *, int fd, nsec now);

/*
 * Decides what a connection waits for now: to be read from, to be written to (or
 * to have its next turn, which comes the same way), and until when. May hang up.
 */
void ipc_client_settle(struct ipc_client *, nsec now);

/* Answers what is awaited with an error, sends what it takes at once, hangs up. */
void ipc_client_end(struct ipc_client *, nsec now);

#endif
