/* SPDX-License-Identifier: BSD-2-Clause */
/* Who begins to wait is counted in windows of time, one behind the other. */
#include "daemon/rush.h"

/* So many in so short a time are a rush, which lasts so much longer. */
#define RUSH_COUNT   16
#define RUSH_NS	     (100 * NSEC_PER_MS)
#define RUSH_MORE_NS RUSH_NS

/* For so long there is no other one. */
#define CALM_NS NSEC_PER_S

/* Whoever looks at the end of the turn finds that there is none. */
static void end_reached(struct loop_timer *timer, nsec now)
{
	(void)timer;
	(void)now;
}

void rush_init(struct rush *r, struct loop *loop)
{
	*r = (struct rush){ .loop = loop, .end.fire = end_reached };
}

void rush_join(struct rush *r, nsec now)
{
	if (now < r->since)
		return;
	if (now >= nsec_add(r->since, RUSH_NS)) {
		r->since = now;
		r->count = 0;
	}
	if (++r->count == RUSH_COUNT)
		loop_timer_set(r->loop, &r->end,
			       nsec_add(r->since, RUSH_NS + RUSH_MORE_NS));
}

void rush_disperse(struct rush *r, nsec now)
{
	if (!rush_is_on(r))
		return;
	rush_end(r);
	r->since = nsec_add(now, CALM_NS);
	r->count = 0;
}

void rush_end(struct rush *r)
{
	loop_timer_set(r->loop, &r->end, NSEC_NEVER);
}
