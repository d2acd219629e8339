/* SPDX-License-Identifier: BSD-2-Clause */
/* One lease: of the daemon, or of its file where no daemon manages it. */
#ifndef CTL_LEASE_H
#define CTL_LEASE_H

#include "ctl/call.h"

int lease_run(const struct call *);

#endif
