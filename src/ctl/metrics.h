/* SPDX-License-Identifier: BSD-2-Clause */
/* What was counted, and what is leased, for Prometheus and the like. */
#ifndef CTL_METRICS_H
#define CTL_METRICS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/call.h"

int metrics_run(const struct call *);

/*
 * All of it as OpenMetrics text, which node_exporter's collector of files reads as
 * well. daemons: answers of Status, each with "statistics", the answer of Statistics,
 * and "daemon", a name to tell it from others, or "". now_s: seconds since 1970.
 */
void metrics_print(FILE *, const json_t *daemons, int64_t now_s);

#endif
