/* SPDX-License-Identifier: BSD-2-Clause */
/* What would be done, on stdout. */
#ifndef COMPAT_SHOW_H
#define COMPAT_SHOW_H

#include "compat/translation.h"

/* The code to exit with. */
int show_translation(const struct translation *);

#endif
