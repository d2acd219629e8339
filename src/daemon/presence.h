/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is heard of links: carriers, names and hardware addresses that change,
 * links that go and come back.
 *
 * A link keeps its index when it is renamed, and stays the same interface. One
 * that was removed takes with it what the kernel had of ours; who comes back by
 * its name is another one, with another index and perhaps another hardware
 * address, and begins as at the start of the process.
 */
#ifndef DAEMON_PRESENCE_H
#define DAEMON_PRESENCE_H

#include <stdbool.h>

#include "base/nsec.h"
#include "daemon/loop.h"

struct link_info;
struct managed;

/* News of any link, for link_monitor_open(); owner is the daemon. */
void presence_changed(void *owner, const struct link_info *, nsec now);

/*
 * True if the link is a port of another one, which takes all that comes in: it is
 * said, and the interface is not to be served until it leaves.
 */
bool presence_is_port(struct managed *, const struct link_info *);

/* The timer of a carrier that went with our change of the MTU. */
void presence_excuse_ended(struct loop_timer *, nsec now);

#endif
