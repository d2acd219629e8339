/* SPDX-License-Identifier: BSD-2-Clause */
/* A search by halves; who is added moves the others up. */
#include "daemon/selector_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/bisect.h"
#include "daemon/selector.h"

#define ROOM_FIRST 8

const struct selector *selector_list_at(struct selector_list list, size_t number)
{
	const char *at = (const char *)list.first + number * list.stride;

	return (const struct selector *)(const void *)at;
}

static const char *text_of(struct selector_list list, size_t number)
{
	return selector_list_at(list, number)->text;
}

/* The first in order whose text is not below. */
static size_t place_of(const struct selector_index *index,
		       struct selector_list list, const char *text)
{
	struct bisect b = { 0, index->count };

	while (b.low < b.high) {
		size_t number = index->order[bisect_middle(b)];

		bisect_step(&b, strcmp(text_of(list, number), text) < 0);
	}
	return b.low;
}

size_t selector_index_find(const struct selector_index *index,
			   struct selector_list list, const char *text)
{
	size_t at = place_of(index, list, text);

	return at < index->count &&
			       strcmp(text_of(list, index->order[at]), text) == 0
		       ? index->order[at]
		       : SELECTOR_INDEX_NONE;
}

int selector_index_reserve(struct selector_index *index)
{
	size_t room = index->room ? 2 * index->room : ROOM_FIRST;
	uint16_t *larger;

	if (index->count < index->room)
		return 0;
	larger = reallocarray(index->order, room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	index->order = larger;
	index->room = room;
	return 0;
}

void selector_index_add(struct selector_index *index, struct selector_list list)
{
	size_t at = place_of(index, list, text_of(list, index->count));

	ASSERT(index->count < index->room && index->count <= UINT16_MAX);
	memmove(index->order + at + 1, index->order + at,
		(index->count - at) * sizeof(*index->order));
	index->order[at] = (uint16_t)index->count++;
}

void selector_index_free(struct selector_index *index)
{
	free(index->order);
	*index = (struct selector_index){ 0 };
}
