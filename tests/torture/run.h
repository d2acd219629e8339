/* SPDX-License-Identifier: BSD-2-Clause */
/* One play of a scenario, in a process of its own, and what became of it. */
#ifndef TORTURE_RUN_H
#define TORTURE_RUN_H

#include "torture/torture.h"

/* Which allocation fails; number 0: none. */
struct run {
	const struct scenario *scenario;
	unsigned number;
	enum alloc_mode mode;
};

struct run_result {
	struct alloc_counts counts;
	bool finding;
	char text[512]; /* what was found */
	char log[2048]; /* the end of what was said */
};

/* Before all runs, and after them. */
void run_open(void);
void run_close(void);

/* Plays it in a child. */
void run_play(const struct run *, struct run_result *ret);

/* Plays it here, for a debugger; ends the process with 0 if nothing is found. */
_Noreturn void run_play_here(const struct run *);

#endif
