/* SPDX-License-Identifier: BSD-2-Clause */
/* Options that no client of today asks for, as servers of all kinds might send them. */
#ifndef SERVER_RICH_H
#define SERVER_RICH_H

#include <stdint.h>

#include "base/cursor.h"

/* What they take in a message at most. */
#define RICH_SIZE_MAX 700

/* Writes some of them, which the number chooses: most good, some malformed. */
void rich_write(struct writer *, uint32_t number);

#endif
