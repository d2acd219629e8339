/* SPDX-License-Identifier: BSD-2-Clause */
/* What a translation says, done. */
#ifndef COMPAT_ACT_H
#define COMPAT_ACT_H

#include "compat/translation.h"

/* The code to exit with, if there is no other program by then that has one. */
int act_run(struct translation *);

#endif
