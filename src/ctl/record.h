/* SPDX-License-Identifier: BSD-2-Clause */
/* What the flight recorder of a daemon holds, saved in a file. */
#ifndef CTL_RECORD_H
#define CTL_RECORD_H

#include "ctl/call.h"

int record_run(const struct call *);

#endif
