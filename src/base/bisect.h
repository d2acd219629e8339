/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A search by halves in what is in order, whatever it is made of: how many are
 * below what is looked for. The first that is not below lies there, and there one
 * more is put in.
 *
 *	struct bisect b = { 0, count };
 *
 *	while (b.low < b.high)
 *		bisect_step(&b, list[bisect_middle(b)] < wanted);
 *	return b.low;
 *
 * How two of them compare is the caller's, in its own types.
 */
#ifndef BASE_BISECT_H
#define BASE_BISECT_H

#include <stdbool.h>
#include <stddef.h>

/* At least low are below, and at most high. */
struct bisect {
	size_t low, high;
};

/* The index of the next one to compare; low is less than high. */
static inline size_t bisect_middle(struct bisect b)
{
	return b.low + (b.high - b.low) / 2;
}

/*
 * Whether that one is below. Inlined even where size counts: then the two are
 * registers, and no larger than a loop without this.
 */
__attribute__((always_inline)) static inline void bisect_step(struct bisect *b,
							      bool is_below)
{
	size_t middle = bisect_middle(*b);

	if (is_below)
		b->low = middle + 1;
	else
		b->high = middle;
}

#endif
