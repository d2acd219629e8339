/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the servers of an interface, and what one of them tried. */
#ifndef DAEMON_REPORT_SERVERS_H
#define DAEMON_REPORT_SERVERS_H

#include <jansson.h>

#include "daemon/iface.h"

/*
 * Puts serverPin, knownServers and heldChanges; NULL stays NULL. all: also what
 * networks the interface was in.
 */
void report_servers(json_t **object, const struct iface *, bool all);

#endif
