/* SPDX-License-Identifier: BSD-2-Clause */
/* What was consumed makes room for what comes before more memory is asked for. */
#include "daemon/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int buffer_reserve(struct buffer *b, size_t size)
{
	size_t used = buffer_used(b), grown;
	char *bytes;

	if (b->size - b->end >= size)
		return 0;
	if (b->start) {
		memmove(b->bytes, b->bytes + b->start, used);
		b->start = 0;
		b->end = used;
	}
	if (b->size - b->end >= size)
		return 0;
	grown = 2 * b->size + BUFFER_STEP + size;
	bytes = realloc(b->bytes, grown);
	if (!bytes)
		return -ENOMEM;
	b->bytes = bytes;
	b->size = grown;
	return 0;
}

void buffer_consume(struct buffer *b, size_t size)
{
	b->start += size;
	if (b->start == b->end) {
		free(b->bytes);
		*b = (struct buffer){ 0 };
	}
}
