/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets that came and are to be read, or that shall go. Empty, it has no memory. */
#ifndef DAEMON_BUFFER_H
#define DAEMON_BUFFER_H

#include <stddef.h>

#define BUFFER_STEP 4096

/* From start to end; zeroed but for that before the first use. */
struct buffer {
	char *bytes;
	size_t start, end, size;
};

static inline size_t buffer_used(const struct buffer *b)
{
	return b->end - b->start;
}

/* Makes room for size octets at the end. 0 or -ENOMEM. */
int buffer_reserve(struct buffer *, size_t size);

/* Drops size octets from the start; of an empty one, 0, its memory too. */
void buffer_consume(struct buffer *, size_t size);

#endif
