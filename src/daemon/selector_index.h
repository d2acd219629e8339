/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of thousands of selectors has a text, without a look at each: their
 * numbers, in the order of their texts. The selectors themselves lie in a list of
 * somebody else's, each at the beginning of what may be more.
 */
#ifndef DAEMON_SELECTOR_INDEX_H
#define DAEMON_SELECTOR_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define SELECTOR_INDEX_NONE SIZE_MAX

struct selector;

struct selector_index {
	uint16_t *order;
	size_t count, room;
};

/* Where the selectors are. */
struct selector_list {
	const void *first;
	size_t stride; /* from one to the next, in octets */
};

/* The one of this number, counted from 0; there is one. */
const struct selector *selector_list_at(struct selector_list, size_t number);

/* The number of the one that has the text, or SELECTOR_INDEX_NONE. */
size_t selector_index_find(const struct selector_index *, struct selector_list,
			   const char *text);

/* Room for one more. 0 or -ENOMEM. */
int selector_index_reserve(struct selector_index *);

/* The next one of the list, whose text none has yet; there is room for it. */
void selector_index_add(struct selector_index *, struct selector_list);

void selector_index_free(struct selector_index *);

#endif
