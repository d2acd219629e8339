/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers answer in a network. */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include "ctl/call.h"

/*
 * A table of all servers that answered, and of each what it would give and which
 * rules it breaks.
 */
int audit_run(const struct call *);

#endif
