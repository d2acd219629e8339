/* SPDX-License-Identifier: BSD-2-Clause */
/* Which links are virtual ends, that nobody means who names none in full. */
#ifndef HOST_KIND_H
#define HOST_KIND_H

#include <stdbool.h>

/* True for a kind whose links are all ends of something: of a pair, a tap. */
bool kind_is_end(const char *kind);

/* True for a link of such a kind, and for one that asks nobody. flags: IFF_. */
bool kind_is_virtual(const char *kind, unsigned flags);

#endif
