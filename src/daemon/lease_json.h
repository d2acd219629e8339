/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the socket's Status says of an interface, in a file for its hooks, who may
 * not be able to ask: RUNDIR/IFNAME.json, for root and the daemon alone, since there
 * are octets of options in it. Built without the socket there is none.
 */
#ifndef DAEMON_LEASE_JSON_H
#define DAEMON_LEASE_JSON_H

#include "base/nsec.h"
#include "daemon/daemon.h"

/* Before hooks are told of something: replaces the file as a whole, or warns. */
void lease_json_write(const struct managed *, nsec now);

/* The interface is not managed any more, or not by this name. */
void lease_json_remove(const struct daemon *, const char *ifname);

#endif
