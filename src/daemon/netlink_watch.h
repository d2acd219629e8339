/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket of rtnetlink's that a loop watches: opened and closed, and no more. */
#ifndef DAEMON_NETLINK_WATCH_H
#define DAEMON_NETLINK_WATCH_H

#include <libmnl/libmnl.h>

#include "daemon/loop.h"

/*
 * Opens a socket that does not block, for news of these groups (a mask of RTMGRP_;
 * 0: for answers alone), and has it watched by source, whose wake is set. 0 or
 * -errno: nothing is open.
 */
int netlink_watch(struct mnl_socket **ret, unsigned groups, struct loop *,
		  struct loop_source *);

void netlink_unwatch(struct mnl_socket *, struct loop *, struct loop_source *);

#endif
