/* SPDX-License-Identifier: BSD-2-Clause */
/* Rooms that lie one behind another. */
#include "host/room.h"

#include <stddef.h>

#include "base/assert.h"

/*
 * News, the questions of who is told of them, and those of who is told of answers;
 * and a file, while it is read or written.
 */
#define ROOMS_MAX 5

/*
 * Of what is never used there is no page. The number is not 0 at first, or it would
 * lie behind the last room, in a page of its own.
 */
static _Alignas(max_align_t) char rooms[ROOMS_MAX][ROOM_SIZE];
static unsigned rooms_left = ROOMS_MAX;

void *room_take(void)
{
	ASSERT(rooms_left > 0);
	return rooms[ROOMS_MAX - rooms_left--];
}

void room_give(void)
{
	ASSERT(rooms_left < ROOMS_MAX);
	rooms_left++;
}
