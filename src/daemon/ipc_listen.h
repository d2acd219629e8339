/* SPDX-License-Identifier: BSD-2-Clause */
/* The place in the file system where the daemon can be reached. */
#ifndef DAEMON_IPC_LISTEN_H
#define DAEMON_IPC_LISTEN_H

#include <sys/un.h>

/*
 * A listening socket at the address, open to everybody; one that nobody serves any
 * more is replaced. -EADDRINUSE: somebody does, or it is no socket; or -errno.
 */
int ipc_listen(const struct sockaddr_un *);

#endif
