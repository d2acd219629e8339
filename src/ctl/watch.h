/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens, as it happens. */
#ifndef CTL_WATCH_H
#define CTL_WATCH_H

#include "ctl/call.h"

int watch_run(const struct call *);

#endif
