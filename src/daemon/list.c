/* SPDX-License-Identifier: BSD-2-Clause */
/* How much room there is follows from the count alone. */
#include "daemon/list.h"

#include <stdlib.h>

void *list_make_room(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return reallocarray(list, count ? 2 * count : 1, size);
}
