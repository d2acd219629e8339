/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers that are known in the networks of an interface (server-pin). */
#ifndef DAEMON_SERVERS_H
#define DAEMON_SERVERS_H

#include "daemon/daemon.h"

/* Makes room for them, if the settings want that. 0 or -ENOMEM. */
int servers_init(struct managed *);

/* Loads those of an earlier run. */
void servers_load(struct managed *);

/* None is known any more: the first one that grants a lease will be. */
void servers_forget(struct managed *, nsec now);

#endif
