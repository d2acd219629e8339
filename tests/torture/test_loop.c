/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop: once it is open it needs no memory, so that no deadline is lost. */
#include "daemon/loop.h"
#include "torture/spin.h"
#include "torture/torture.h"

#define TIMERS 40

static const struct loop_hooks no_hooks;
static unsigned fired;

static void opens(void)
{
	struct loop *loop;

	if (went_well(loop_open(&loop, &no_hooks, NULL)))
		loop_close(loop);
}

static void count(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
	fired++;
}

static bool all_fired(void *context)
{
	(void)context;
	return fired == TIMERS / 2;
}

static void sets_timers(void)
{
	struct loop_timer timers[TIMERS];
	nsec now = loop_clock();
	struct loop *loop;

	if (!went_well(loop_open(&loop, &no_hooks, NULL)))
		return;
	for (unsigned i = 0; i < TIMERS; i++) {
		timers[i] = (struct loop_timer){ .fire = count };
		loop_timer_set(loop, &timers[i], now + i);
	}
	for (unsigned i = 0; i < TIMERS; i++)
		loop_timer_set(loop, &timers[i], i % 2 ? NSEC_NEVER : now);
	PROMISE(spin_until(loop, all_fired, NULL, SPIN_PATIENCE), "%u fired",
		fired);
	PROMISE(alloc_counts().asked == 1, "timers take memory");
	loop_close(loop);
}

SCENARIOS(loop) = {
	{ .name = "loop_opens", .play = opens },
	{ .name = "loop_sets_timers", .play = sets_timers },
	{ 0 },
};
