/* SPDX-License-Identifier: BSD-2-Clause */
/* Whoever gets datagrams: a journal, a service manager; in a directory of its own. */
#ifndef UNIT_LISTENER_H
#define UNIT_LISTENER_H

#include <stdbool.h>

/* Listens under a path in a new directory, which is the result; it stays. */
const char *listener_open(void);

/* Ends, and perhaps comes back under the same path. */
void listener_leave(void);
void listener_return(void);

/* The next datagram, as text; NULL: there is none. */
const char *listener_next(void);

void listener_close(void);

#endif
