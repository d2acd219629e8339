/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells what of a lease is not used; the rules are the core's (flaw.h). */
#ifndef DAEMON_FLAWED_H
#define DAEMON_FLAWED_H

#include "daemon/daemon.h"

/* A line of log for each rule that is broken, and was not by the lease before. */
void flawed_tell(struct managed *, const struct dhcp4_lease *);

#endif
