/* SPDX-License-Identifier: BSD-2-Clause */
/* What is leased, in a table or of one interface in full. */
#ifndef CTL_STATUS_H
#define CTL_STATUS_H

#include "ctl/call.h"

int status_run(const struct call *);

#endif
