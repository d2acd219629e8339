/* SPDX-License-Identifier: BSD-2-Clause */
/* News of the namespace's links, managed or not. */
#ifndef DAEMON_LINK_MONITOR_H
#define DAEMON_LINK_MONITOR_H

#include <stdbool.h>

#include "base/nsec.h"
#include "core/frame.h"
#include "daemon/link.h"
#include "daemon/loop.h"

struct link_monitor;
typedef void link_changed(void *owner, const struct link_info *, nsec now);

/*
 * Calls back for every RTM_NEWLINK and RTM_DELLINK of the namespace. After an
 * overflow of its buffer it dumps all links and calls back for each, and for
 * those that went meanwhile. A callback may not close the monitor. 0 or -errno.
 */
int link_monitor_open(struct link_monitor **ret, struct loop *, link_changed *,
		      void *owner);
void link_monitor_close(struct link_monitor *);

/* Allows for news of thousands at once; an overflow does so, too. */
void link_monitor_widen(struct link_monitor *);

/*
 * Whether a link of the namespace, managed or not, has this hardware address. The
 * first to ask about one that is not known yet causes a dump, as of now. True, too,
 * as long as that is not known: a conflict shows again, a lease that was given up
 * for nothing does not come back.
 */
bool link_monitor_owns(struct link_monitor *, const struct hwaddr *, nsec now);

#endif
