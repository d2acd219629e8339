/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many runs in several processes, and the shrinking of a failure to the fewest
 * faults that still bring it about.
 */
#ifndef SIM_CROWD_H
#define SIM_CROWD_H

#include <stdint.h>

#include "sim/run.h"

/*
 * Runs count seeds from first on, in jobs processes, until one fails. sum gets
 * the figures; where a run failed, its seed, oracle and text (of the lowest seed
 * that did). A process that dies counts as a failure of the run it was at.
 */
void crowd_run(uint64_t first, uint64_t count, unsigned jobs,
	       struct run_result *sum);

/*
 * The faults of a failing seed that still make the same oracle fail, as bits;
 * no single one of them can be left out.
 */
uint32_t crowd_shrink(uint64_t seed, const char *oracle);

/*
 * One run with some of its faults, in a process of its own: an assertion that
 * fails there is a failure whose oracle is "assertion".
 */
void crowd_run_one(uint64_t seed, uint32_t faults, FILE *timeline,
		   struct run_result *);

#endif
