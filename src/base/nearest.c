/* SPDX-License-Identifier: BSD-2-Clause */
/* Words are compared by Levenshtein's distance, in one row of it. */
#include "base/nearest.h"

#include <string.h>

/* Words of more characters than this are not like any of ours. */
#define WORD_MAX 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* In how many single letters, inserted, removed or replaced, two words differ. */
static size_t distance(const char *a, const char *b, size_t length)
{
	size_t row[WORD_MAX + 1];

	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (; *a; a++) {
		size_t diagonal = row[0]++;

		for (size_t i = 1; i <= length; i++) {
			size_t replaced = diagonal + (*a != b[i - 1]);

			diagonal = row[i];
			row[i] = least(least(row[i], row[i - 1]) + 1, replaced);
		}
	}
	return row[length];
}

struct nearest nearest_to(const char *word)
{
	size_t length = strlen(word);

	return (struct nearest){
		.word = word,
		.bound = length > WORD_MAX ? 0 : (length + 2) / 3 + 1,
	};
}

void nearest_consider(struct nearest *n, const char *candidate)
{
	size_t mistakes;

	if (!n->bound)
		return;
	mistakes = distance(candidate, n->word, strlen(n->word));
	if (mistakes < n->bound) {
		n->bound = mistakes;
		n->best = candidate;
	}
}
