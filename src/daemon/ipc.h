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

struct ipc;

/*
 * Makes the socket at path (mode 0666: who may do what is decided by the peer's
 * credentials) and seeds the JSON library's hash. Nothing is read before
 * ipc_start(). A stale socket at the path is replaced. 0 or -errno.
 */
int ipc_open(struct ipc **ret, struct daemon *, const char *path);
int ipc_start(struct ipc *);

/* Something happened on an interface: ends the waits that it decides. */
void ipc_notice(struct ipc *, struct managed *, const struct dhcp4_notice *,
		nsec now);

/* Answers all who wait with an error, closes, removes the socket. NULL is fine. */
void ipc_close(struct ipc *);

#endif
