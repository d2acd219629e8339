/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The states that the daemon says it goes through follow on each other, by the
 * transitions that the manual shows.
 */
#include "core/names.h"
#include "sim/judge_internal.h"

static void notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind != DHCP4_NOTICE_TRANSITION)
		return;
	if (notice->from != p->state)
		judge_fail(p, "it goes from %s to %s, and was %s",
			   dhcp4_state_name(notice->from),
			   dhcp4_state_name(notice->to),
			   dhcp4_state_name(p->state));
	else if (!dhcp4_transition_is_legal(notice->from, notice->to))
		judge_fail(p, "it goes from %s to %s, which no row allows",
			   dhcp4_state_name(notice->from),
			   dhcp4_state_name(notice->to));
}

const struct judge_oracle judge_legal = {
	.name = "legal",
	.holds = "only legal transitions are made",
	.notice = notice,
};
