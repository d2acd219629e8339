/* SPDX-License-Identifier: BSD-2-Clause */
/* A timer of the scenario's own looks again and again. */
#include "torture/spin.h"

#include "torture/torture.h"

#define LOOK_NS (NSEC_PER_MS / 2)

struct spin {
	struct loop_timer timer; /* first: look() casts back */
	struct loop *loop;
	bool (*holds)(void *);
	void *context;
	nsec until;
	bool held;
};

static void look_later(struct spin *spin, nsec now)
{
	loop_timer_set(spin->loop, &spin->timer, nsec_add(now, LOOK_NS));
}

static void look(struct loop_timer *timer, nsec now)
{
	struct spin *spin = (struct spin *)timer;

	spin->held = spin->holds(spin->context);
	if (spin->held || now >= spin->until)
		loop_quit(spin->loop, 0);
	else
		look_later(spin, now);
}

bool spin_until(struct loop *loop, bool (*holds)(void *), void *context,
		nsec patience)
{
	struct spin spin = { .timer.fire = look,
			     .loop = loop,
			     .holds = holds,
			     .context = context,
			     .until = nsec_add(loop_clock(), patience) };
	int r;

	look_later(&spin, loop_clock());
	r = loop_run(loop);
	PROMISE(r == 0, "the loop ends with %d", r);
	/* Somebody else may have ended it. */
	loop_timer_set(loop, &spin.timer, NSEC_NEVER);
	return spin.held;
}

static bool never(void *context)
{
	(void)context;
	return false;
}

void spin_for(struct loop *loop, nsec time)
{
	spin_until(loop, never, NULL, time);
}
