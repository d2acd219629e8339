/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of anything that grows by one at a time: there is room in it for the next
 * power of two, so that nothing has to be kept of how much room there is.
 */
#ifndef DAEMON_LIST_H
#define DAEMON_LIST_H

#include <stddef.h>

/*
 * Room for one more behind count elements of a size in octets. The list, which may
 * be elsewhere now (NULL is an empty one); or NULL for want of memory, and then it
 * is as it was.
 */
void *list_make_room(void *list, size_t count, size_t size);

#endif
