/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual clock: timers in a heap by (time, sequence). It never waits; it
 * jumps to the next timer, and of two at one instant the one set first fires
 * first, so that a run is the same each time.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"

/* Lies inside of what it is for; zeroed but for fire, it is not set. */
struct sim_timer {
	void (*fire)(struct sim_timer *);
	nsec at;
	uint64_t sequence;
	size_t place; /* in the heap, from 1 on; 0: not set */
};

/* The struct that a timer lies in. */
#define SIM_OWNER(timer, type, member) \
	((type *)(void *)((char *)(timer)-offsetof(type, member)))

struct sim_clock {
	nsec now;
	uint64_t sequence;
	uint64_t fired; /* how many timers did, so far */
	size_t count, size;
	struct sim_timer **heap;
};

void sim_clock_init(struct sim_clock *, nsec now);
void sim_clock_free(struct sim_clock *);

/* Sets or moves a timer; at NSEC_NEVER it is cancelled. A past one fires next. */
void sim_timer_set(struct sim_clock *, struct sim_timer *, nsec at);
void sim_timer_cancel(struct sim_clock *, struct sim_timer *);

/* Fires the next timer if it is due until then; false if there is none. */
bool sim_clock_step(struct sim_clock *, nsec until);

/* Fires all timers until then, and makes it the present. */
void sim_clock_run(struct sim_clock *, nsec until);

#endif
