/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded cursors; every access of network octets goes through one of them. */
#include "base/cursor.h"

#include <endian.h>
#include <string.h>

struct reader reader_over(const void *data, size_t size)
{
	return (struct reader){ .at = data, .left = size };
}

const uint8_t *reader_bytes(struct reader *r, size_t size)
{
	const uint8_t *bytes = r->at;

	if (r->failed || size > r->left) {
		r->failed = true;
		r->left = 0;
		return NULL;
	}
	r->at += size;
	r->left -= size;
	return bytes;
}

uint8_t reader_u8(struct reader *r)
{
	const uint8_t *b = reader_bytes(r, 1);

	return b ? b[0] : 0;
}

uint16_t reader_u16(struct reader *r)
{
	const uint8_t *b = reader_bytes(r, 2);

	return (uint16_t)(b ? b[0] << 8 | b[1] : 0);
}

uint32_t reader_u32(struct reader *r)
{
	const uint8_t *b = reader_bytes(r, 4);

	return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
			       (uint32_t)b[2] << 8 | b[3]
		 : 0;
}

uint64_t reader_u64(struct reader *r)
{
	const uint8_t *b = reader_bytes(r, 8);
	uint64_t value = 0;

	for (int i = 0; b && i < 8; i++)
		value = value << 8 | b[i];
	return value;
}

struct reader reader_sub(struct reader *r, size_t size)
{
	const uint8_t *bytes = reader_bytes(r, size);

	if (r->failed)
		return (struct reader){ .failed = true };
	return reader_over(bytes, size);
}

struct writer writer_over(void *data, size_t size)
{
	return (struct writer){ .start = data, .size = size };
}

/* Room for size more octets, or NULL. */
static uint8_t *writer_room(struct writer *w, size_t size)
{
	uint8_t *room;

	if (w->failed || size > w->size - w->used) {
		w->failed = true;
		return NULL;
	}
	room = w->start + w->used;
	w->used += size;
	return room;
}

void writer_bytes(struct writer *w, const void *data, size_t size)
{
	uint8_t *room = writer_room(w, size);

	if (room && size)
		memcpy(room, data, size);
}

void writer_u8(struct writer *w, uint8_t value)
{
	uint8_t *room = writer_room(w, 1);

	if (room)
		room[0] = value;
}

void writer_u16(struct writer *w, uint16_t value)
{
	uint8_t *room = writer_room(w, sizeof(value));

	value = htobe16(value);
	if (room)
		memcpy(room, &value, sizeof(value));
}

void writer_u32(struct writer *w, uint32_t value)
{
	uint8_t *room = writer_room(w, sizeof(value));

	value = htobe32(value);
	if (room)
		memcpy(room, &value, sizeof(value));
}

void writer_u64(struct writer *w, uint64_t value)
{
	uint8_t *room = writer_room(w, sizeof(value));

	value = htobe64(value);
	if (room)
		memcpy(room, &value, sizeof(value));
}

void writer_pad(struct writer *w, size_t size)
{
	uint8_t *room;

	if (size <= w->used)
		return;
	size -= w->used;
	room = writer_room(w, size);
	if (room)
		memset(room, 0, size);
}

void writer_patch_u16(struct writer *w, size_t offset, uint16_t value)
{
	if (w->failed || w->used < 2 || offset > w->used - 2) {
		w->failed = true;
		return;
	}
	w->start[offset] = (uint8_t)(value >> 8);
	w->start[offset + 1] = (uint8_t)value;
}
