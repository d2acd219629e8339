/* SPDX-License-Identifier: BSD-2-Clause */
/* Which word somebody meant who misspelt it: the one with the fewest mistakes. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word;
	const char *best; /* NULL: none is nearly the same */
	size_t bound;	  /* only with fewer mistakes than these */
};

/* The word stays the caller's. Of a word over 32 characters nothing is near. */
struct nearest nearest_to(const char *word);

/* Takes a candidate into account; of those that are equally near, the first. */
void nearest_consider(struct nearest *, const char *candidate);

#endif
