/* SPDX-License-Identifier: BSD-2-Clause */
/* What was counted, for people. */
#ifndef CTL_STATS_H
#define CTL_STATS_H

#include "ctl/call.h"

int stats_run(const struct call *);

#endif
