/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket that programs and tenurectl talk to: connections, who is at the
 * other end, limits. What is said over it is varlink.c's matter.
 */
#ifndef DAEMON_IPC_H
#define DAEMON_IPC_H

#include "base/nsec.h"
#include "core/client.h"
#include "daemon/daemon.h"

/* Connections in all; of all users but root; and of one of them. */
#define IPC_CLIENTS_MAX	       2048
#define IPC_CLIENTS_OTHERS_MAX 256
#define IPC_CLIENTS_USER_MAX   8

/* One request with its NUL, in octets. */
#define IPC_REQUEST_MAX 65536

/*
 * With more replies than this unread, in octets, no further request is taken.
 * One reply may be longer: a status of thousands of interfaces is.
 */
#define IPC_OUTPUT_MAX (256 * 1024)

/*
 * With so much unread by all but root, none of them may ask for more: an answer
 * that is asked for and not read is the only memory that they can make grow.
 */
#define IPC_OUTPUT_OTHERS_MAX (64 * 1024 * 1024)

/* In a turn of the loop no request is taken after this time. */
#define IPC_TURN_NS (5 * NSEC_PER_MS)

/* A request must be complete, and a reply be read on, within this time. */
#define IPC_PATIENCE_NS (10 * NSEC_PER_S)

/* A subscriber who reads nothing misses events first; that is for him to mend. */
#define IPC_SUBSCRIBER_PATIENCE_NS (60 * NSEC_PER_S)

/* After accept() failed for want of descriptors or memory. */
#define IPC_PAUSE_NS (100 * NSEC_PER_MS)

struct ipc;

/*
 * Makes the socket at path (mode 0666: who may do what is decided by the peer's
 * credentials) and seeds the JSON library's hash. Nothing is read before
 * ipc_start(). Whoever is the effective user now may control later, as root may.
 * A stale socket at the path is replaced; -EADDRINUSE: somebody serves it, or it
 * is no socket. 0 or -errno.
 */
int ipc_open(struct ipc **ret, struct daemon *, const char *path);
int ipc_start(struct ipc *);

/*
 * Lets members of a group, by name or number, control; NULL: of none. -ENOENT: there
 * is no such group; or -errno.
 */
int ipc_allow_group(struct ipc *, const char *name);

/*
 * Something happened on an interface: ends the waits that it decides, and is
 * kept for status if it is trouble. May be called in the midst of a step: it
 * sends nothing itself and calls nobody back. NULL is fine.
 */
void ipc_notice(struct ipc *, struct managed *, const struct dhcp4_notice *,
		nsec now);

/* What events.h tells subscribers of. NULL is fine in each. */
void ipc_sent(struct ipc *, struct managed *, const struct dhcp4_effect *,
	      int error);
void ipc_stepped(struct ipc *, struct managed *, nsec now);
void ipc_added(struct ipc *, struct managed *, nsec now);
void ipc_changed(struct ipc *, struct managed *, nsec now);
void ipc_renamed(struct ipc *, struct managed *, const char *before, nsec now);

/* Who is connected. */
struct ipc_census {
	size_t connections, subscribers;
};

struct ipc_census ipc_count(const struct ipc *);

/* At the end of a turn: whoever has something to read now shall get it. */
void ipc_end_turn(struct ipc *, nsec now);

/*
 * The interface is no member any more, or is about to be: all who still wait for it
 * are answered with an error. NULL is fine.
 */
void ipc_removed(struct ipc *, struct managed *, nsec now);

/*
 * Answers all who wait with an error, closes, removes the socket. What it held
 * is freed when the loop's turn ends, or by loop_close(). NULL is fine.
 */
void ipc_close(struct ipc *);

#endif
