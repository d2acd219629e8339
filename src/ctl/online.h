/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits until there is an address to be used. */
#ifndef CTL_ONLINE_H
#define CTL_ONLINE_H

#include "ctl/call.h"

int online_wait(const struct call *);

#endif
