/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer of ListInterfaces: each interface in a line. */
#ifndef DAEMON_REPORT_LIST_H
#define DAEMON_REPORT_LIST_H

#include <jansson.h>

#include "daemon/daemon.h"

/* NULL: out of memory. */
json_t *report_list(const struct daemon *);

/* The address that can be used now, or 0. */
ipv4_addr report_usable(const struct managed *);

#endif
