/* SPDX-License-Identifier: BSD-2-Clause */
/* Which settings are in force, and where each comes from. */
#ifndef CTL_CONFIG_H
#define CTL_CONFIG_H

#include "ctl/call.h"

int config_run(const struct call *);

#endif
