/* SPDX-License-Identifier: BSD-2-Clause */
/* What udhcpc is told to send: -x OPTION:VALUE. */
#ifndef COMPAT_UDHCPC_SENT_H
#define COMPAT_UDHCPC_SENT_H

#include "compat/translation.h"

/* Adds the words for it; what tenured has an option of its own for goes by that. */
void udhcpc_sent_add(struct translation *, const char *argument);

#endif
