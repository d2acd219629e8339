/* SPDX-License-Identifier: BSD-2-Clause */
/* What the core counts of an interface, as members of an object. */
#ifndef DAEMON_REPORT_COUNTERS_H
#define DAEMON_REPORT_COUNTERS_H

#include <jansson.h>

#include "core/client.h"

/* sent, received and rejected, each with those counters that counted something. */
void report_counters(json_t **object, const struct dhcp4_counters *);

#endif
