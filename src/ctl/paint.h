/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colour, which only ever adds to what is said without it. By default it is for
 * terminals that know it and people who did not ask for none: NO_COLOR, TERM.
 */
#ifndef CTL_PAINT_H
#define CTL_PAINT_H

#include <stdbool.h>
#include <stdio.h>

enum paint {
	PAINT_NONE,
	PAINT_STRONG, /* a heading */
	PAINT_GOOD,
	PAINT_WAITING, /* not good yet */
	PAINT_BAD,
	PAINT_COUNT
};

enum paint_when {
	PAINT_WHEN_AUTO,
	PAINT_WHEN_ALWAYS,
	PAINT_WHEN_NEVER
};

/* For the rest of the process. */
void paint_choose(enum paint_when);

/* Prints a text as it is, in this paint where paint is wanted. */
void paint_put(FILE *, enum paint, const char *text);

/* Whether a stream leads to a terminal on which a line can be rewritten. */
bool paint_can_rewrite(FILE *);

#endif
