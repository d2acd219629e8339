/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A binary heap of timers. Each timer knows its place, so that it is moved or
 * cancelled without a search.
 */
#include "sim/clock.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_SIZE_FIRST 64

static bool is_before(const struct sim_timer *a, const struct sim_timer *b)
{
	return a->at != b->at ? a->at < b->at : a->sequence < b->sequence;
}

static void put(struct sim_clock *clock, size_t place, struct sim_timer *timer)
{
	clock->heap[place] = timer;
	timer->place = place;
}

/* Brings a timer from a free place to where it belongs. */
static void sift(struct sim_clock *clock, size_t place, struct sim_timer *timer)
{
	struct sim_timer **heap = clock->heap;

	while (place > 1 && is_before(timer, heap[place / 2])) {
		put(clock, place, heap[place / 2]);
		place /= 2;
	}
	for (;;) {
		size_t child = place * 2;

		if (child < clock->count &&
		    is_before(heap[child + 1], heap[child]))
			child++;
		if (child > clock->count || !is_before(heap[child], timer))
			break;
		put(clock, place, heap[child]);
		place = child;
	}
	put(clock, place, timer);
}

/* Makes room for one more; place 0 of the heap is never used. */
static void grow(struct sim_clock *clock)
{
	size_t size = clock->size ? clock->size * 2 : CLOCK_SIZE_FIRST;

	if (clock->count + 1 < clock->size)
		return;
	clock->heap = reallocarray(clock->heap, size, sizeof(*clock->heap));
	if (!clock->heap)
		err(EXIT_FAILURE, "the simulated clock");
	clock->size = size;
}

void sim_clock_init(struct sim_clock *clock, nsec now)
{
	memset(clock, 0, sizeof(*clock));
	clock->now = now;
}

void sim_clock_free(struct sim_clock *clock)
{
	free(clock->heap);
	memset(clock, 0, sizeof(*clock));
}

void sim_timer_cancel(struct sim_clock *clock, struct sim_timer *timer)
{
	size_t place = timer->place;
	struct sim_timer *last;

	if (!place)
		return;
	timer->place = 0;
	last = clock->heap[clock->count--];
	if (last != timer)
		sift(clock, place, last);
}

void sim_timer_set(struct sim_clock *clock, struct sim_timer *timer, nsec at)
{
	if (at == NSEC_NEVER) {
		sim_timer_cancel(clock, timer);
		return;
	}
	timer->at = at;
	timer->sequence = ++clock->sequence;
	if (!timer->place) {
		grow(clock);
		timer->place = ++clock->count;
	}
	sift(clock, timer->place, timer);
}

bool sim_clock_step(struct sim_clock *clock, nsec until)
{
	struct sim_timer *timer = clock->count ? clock->heap[1] : NULL;

	if (!timer || timer->at > until)
		return false;
	sim_timer_cancel(clock, timer);
	clock->now = nsec_max(clock->now, timer->at);
	clock->fired++;
	timer->fire(timer);
	return true;
}

void sim_clock_run(struct sim_clock *clock, nsec until)
{
	while (sim_clock_step(clock, until))
		continue;
	/* Until NSEC_NEVER is until nothing is left; the present stays. */
	if (until != NSEC_NEVER)
		clock->now = nsec_max(clock->now, until);
}
