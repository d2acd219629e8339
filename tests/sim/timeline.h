/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run in lines to read: when, where, what. It only looks on.
 */
#ifndef SIM_TIMELINE_H
#define SIM_TIMELINE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/host.h"
#include "sim/plan.h"

struct timeline;

/* NULL for a NULL file; then the others do nothing. */
struct timeline *timeline_new(FILE *, struct sim_network *);
void timeline_free(struct timeline *);

void timeline_watch_host(struct timeline *, struct sim_host *);
void timeline_fault(struct timeline *, const struct fault *, bool begins);

/* A heading. */
void timeline_say(struct timeline *, const char *text);

#endif
