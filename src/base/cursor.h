/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bounded cursors over octets, in network byte order.
 *
 * A reader can only shrink, a writer can only grow to its size. The first
 * access out of bounds sets `failed` for good: from then on reads give zeros
 * and writes do nothing, so that a caller checks once, at the end.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *at;
	size_t left;
	bool failed;
};

/* Reads size octets at data, which the caller keeps alive. */
struct reader reader_over(const void *data, size_t size);

uint8_t reader_u8(struct reader *);
uint16_t reader_u16(struct reader *);
uint32_t reader_u32(struct reader *);
uint64_t reader_u64(struct reader *);

/* The next size octets, in place; NULL, and failed, if there are fewer. */
const uint8_t *reader_bytes(struct reader *, size_t size);

/* A reader over the next size octets; an empty, failed one if there are fewer. */
struct reader reader_sub(struct reader *, size_t size);

struct writer {
	uint8_t *start;
	size_t used, size;
	bool failed;
};

/* Writes into size octets at data, which the caller owns. */
struct writer writer_over(void *data, size_t size);

void writer_u8(struct writer *, uint8_t);
void writer_u16(struct writer *, uint16_t);
void writer_u32(struct writer *, uint32_t);
void writer_u64(struct writer *, uint64_t);
void writer_bytes(struct writer *, const void *data, size_t size);

/* Writes zeros until used is at least size. */
void writer_pad(struct writer *, size_t size);

/* Puts a value over octets that were written before, at an offset. */
void writer_patch_u16(struct writer *, size_t offset, uint16_t);

#endif
