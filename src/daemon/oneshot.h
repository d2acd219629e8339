/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What --oneshot prints: the lease as tenurectl tells of it, 'lease IFACE --json',
 * in one line; built without the socket, 'lease IFACE --env'.
 */
#ifndef DAEMON_ONESHOT_H
#define DAEMON_ONESHOT_H

#include "base/nsec.h"
#include "daemon/daemon.h"

/* On stdout, which tells itself if it did not take it. 0, or -ENOMEM: nothing. */
int oneshot_print(const struct managed *, nsec now);

#endif
