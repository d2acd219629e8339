/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer of Statistics, and what is counted for it. */
#ifndef DAEMON_REPORT_STATISTICS_H
#define DAEMON_REPORT_STATISTICS_H

#include <jansson.h>

#include "base/nsec.h"
#include "core/client.h"
#include "daemon/daemon.h"

/* Counts a notice. */
void report_count(struct managed *, const struct dhcp4_notice *, nsec now);

/* With one interface or, for NULL, all of them. NULL: out of memory. */
json_t *report_statistics(const struct daemon *, const struct managed *only,
			  nsec now);

#endif
