/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host has, whoever manages it. */
#ifndef CTL_INTERFACES_H
#define CTL_INTERFACES_H

#include "ctl/call.h"

/*
 * A table of all links, or one of them in full; as JSON all of them with all
 * addresses, routes, rules and nexthops. No daemon is needed, and no right.
 */
int interfaces_run(const struct call *);

#endif
