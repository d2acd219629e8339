/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client always has something ahead of it: it never falls silent for longer
 * than its timers are long.
 */
#include "sim/judge_internal.h"

static void look(struct port_model *p)
{
	if (p->at_once || !p->carrier || p->send_by >= judge_now(p))
		return;
	judge_fail(p, "nothing has left since %s, though until %s %s",
		   judge_s(p->last.at).text, judge_s(p->send_by).text,
		   p->send_why);
}

const struct judge_oracle judge_alive = {
	.name = "alive",
	.holds = "no client falls silent for longer than a timer",
	.look = look,
};
