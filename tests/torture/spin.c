/* SPDX-License-Identifier: BSD-2-Clause */
/* A timer of the scenario's own looks again and again. */
#include "torture/spin.h"

#include "torture/haste.h"
#include "torture/torture.h"

#define LOOK_NS	    (NSEC_PER_MS / 2)
#define HASTE_LOOKS 40

struct spin {
	struct loop_timer timer; /* first: look() casts back */
	struct loop *loop;
	bool (*holds)(void *);
	void *context;
	nsec until;
	unsigned looks_left; /* until time is passed over; 0: it never is */
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
	if (spin->looks_left && --spin->looks_left == 0) {
		haste_pass(NSEC_PER_S);
		spin->looks_left = HASTE_LOOKS;
	}
	if (spin->held || now >= spin->until)
		loop_quit(spin->loop, 0);
	else
		look_later(spin, now);
}

static bool run(struct spin *spin, nsec patience)
{
	int r;

	spin->timer.fire = look;
	spin->until = nsec_add(loop_clock(), patience);
	look_later(spin, loop_clock());
	r = loop_run(spin->loop);
	PROMISE(r == 0, "the loop ends with %d", r);
	/* Somebody else may have ended it. */
	loop_timer_set(spin->loop, &spin->timer, NSEC_NEVER);
	return spin->held;
}

bool spin_until(struct loop *loop, bool (*holds)(void *), void *context,
		nsec patience)
{
	struct spin spin = { .loop = loop, .holds = holds, .context = context };

	return run(&spin, patience);
}

bool spin_hastily(struct loop *loop, bool (*holds)(void *), void *context,
		  nsec patience)
{
	struct spin spin = { .loop = loop,
			     .holds = holds,
			     .context = context,
			     .looks_left = HASTE_LOOKS };

	return run(&spin, patience);
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
