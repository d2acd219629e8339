/* SPDX-License-Identifier: BSD-2-Clause */
/* What concerns a daemon as a whole, and all that are found. */
#ifndef CTL_PROCESS_H
#define CTL_PROCESS_H

#include "ctl/call.h"

int process_reload(const struct call *);
int process_log_level(const struct call *);

#endif
