/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces that are managed at somebody's word, under a key of his own. */
#ifndef CTL_OWNERSHIP_H
#define CTL_OWNERSHIP_H

#include "ctl/call.h"

int ownership_add(const struct call *);
int ownership_remove(const struct call *);

#endif
