/* SPDX-License-Identifier: BSD-2-Clause */
/* As what others see the addresses of an interface, and through what. */
#ifndef CTL_EXTERNAL_H
#define CTL_EXTERNAL_H

#include "ctl/call.h"

int external_run(const struct call *);

#endif
