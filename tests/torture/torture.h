/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Torture: a scenario is played once to count its allocations, then once for each
 * of them that fails, alone or with all after it, each time in a process of its
 * own. Whatever fails, the shell keeps its promises: what could not be done is
 * said by -ENOMEM or on the log, what was there before is as it was or complete,
 * nothing is lost, nothing is left open, nobody hangs; and once there is memory
 * again, all goes on.
 */
#ifndef TORTURE_TORTURE_H
#define TORTURE_TORTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "torture/alloc.h"

/* Where a scenario is played. */
enum scenario_place {
	SCENARIO_PLACE_ANY,
	SCENARIO_PLACE_NET, /* in a network namespace, see net.h */
};

struct scenario {
	const char *name;
	void (*play)(void);
	enum scenario_place place;
	bool slow; /* left out unless --all is said */

	/* The C library keeps some of what it allocates for itself. */
	bool keeps_memory;
};

/* The scenarios of tests/torture/test_NAME.c, up to one without a name. */
#define SCENARIOS(name) const struct scenario torture_##name[]

/* Ends the run, and it is a finding, unless this holds. */
#define PROMISE(condition, ...) \
	do { \
		if (!(condition)) \
			finding(__FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

_Noreturn void finding(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* No allocation failed until now: all there was to do was done. */
bool all_had_memory(void);

/*
 * True if r is 0. It may be -ENOMEM, too, where an allocation failed; anything
 * else is a finding.
 */
bool went_well(int r);

/* A directory of this run's own; gone after it. */
const char *scratch(void);

/* A path in it; until the next call but three. */
const char *scratch_path(const char *name);

/* What the run has logged until now. */
const char *logged(void);

#endif
