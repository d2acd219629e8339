/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the daemon as JSON: the one shape in which programs see it.
 *
 * What came from the network appears as addresses, integers and hex alone. The
 * objects are those that org.tenured.Client.varlink declares; the caller owns
 * them. NULL: out of memory.
 */
#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include <jansson.h>

#include "base/nsec.h"
#include "core/client.h"
#include "daemon/daemon.h"

/* The lease that an interface holds, or was granted and checks; or NULL. */
const struct dhcp4_lease *report_shown_lease(const struct managed *);

/* The same as JSON, or null. */
json_t *report_lease_of(const struct managed *, nsec now, bool raw);

/* The type Interface. */
json_t *report_interface(const struct managed *, nsec now, bool raw);

/* The answer of Status, with one interface or, for NULL, with all of them. */
json_t *report_daemon(const struct daemon *, const struct managed *only,
		      nsec now, bool raw);

/* The answer of Record; there must be a recorder. */
json_t *report_recording(const struct managed *, nsec now);

/* Keeps a notice that tells of trouble, until another one settles it. */
void report_notice(struct managed *, const struct dhcp4_notice *);

#endif
