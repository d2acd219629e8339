/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is at the other end of a connection, and what he may do. The kernel tells: of
 * the time when he connected, and not by what he says.
 */
#ifndef DAEMON_IPC_PEER_H
#define DAEMON_IPC_PEER_H

#include <sys/types.h>

#include "daemon/varlink.h"

/* Who may do more than read. */
struct ipc_rights {
	uid_t owner; /* all that root may do */
	gid_t group; /* control; (gid_t)-1: none */
};

/* A group by its name or number. 0; -ENOENT: there is none; or -errno. */
int ipc_find_group(const char *name, gid_t *ret);

/* 0 or -errno. */
int ipc_peer(int fd, const struct ipc_rights *, uid_t *ret_uid,
	     enum varlink_level *ret_level);

#endif
