/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces that are renamed, that go, and that come back.
 *
 * A link keeps its index when it is renamed, and stays the same interface. One
 * that was removed takes with it what the kernel had of ours; who comes back by
 * its name is another one, with another index and perhaps another hardware
 * address, and begins as at the start of the process.
 */
#ifndef DAEMON_PRESENCE_H
#define DAEMON_PRESENCE_H

#include "base/nsec.h"

struct daemon;
struct link_info;
struct managed;

/* Logs, status and lease file follow a new name; nothing if it is the old one. */
void presence_rename(struct managed *, const char *name, nsec now);

/* The link is not there any more. */
void presence_remove(struct managed *, nsec now);

/* A link that is not ours: it is from now on if an interface waits for its name. */
void presence_return(struct daemon *, const struct link_info *, nsec now);

#endif
