/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All interfaces in one line, for those who look at a service: of a few each by
 * its name, "eth0 bound 10.0.0.5; wlan0 asking", of many how many there are.
 */
#ifndef DAEMON_SUMMARY_H
#define DAEMON_SUMMARY_H

#include "base/str.h"
#include "daemon/daemon.h"

/* Room for any. */
#define SUMMARY_SIZE 160

void summary_write(struct str *, const struct daemon *);

#endif
