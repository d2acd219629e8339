/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must change nothing changes nothing: NAKs that do not count, OFFERs that
 * nobody waits for, replies for others or that are broken. What follows a frame
 * in the same turn of the clock follows from it, unless it was due just then.
 */
#include "core/names.h"
#include "sim/judge_internal.h"

/* Instants that are exact, at which a frame may come by chance, too. */
static bool is_due(const struct port_model *p)
{
	nsec now = judge_now(p);

	return p->send_by == now || p->begin.from == now ||
	       p->begin.to == now || p->again.from == now ||
	       p->again.to == now || p->lease.expiry == now;
}

static bool follows(struct port_model *p)
{
	bool follows = p->inert && p->inert_at == judge_now(p) &&
		       p->inert_turn == p->judge->network->clock.fired;

	/* Once something is due, the rest of the turn is its doing. */
	if (follows && is_due(p))
		follows = p->inert = false;
	return follows;
}

static void sent(struct port_model *p, const struct judge_packet *m)
{
	if (!m->late && follows(p))
		judge_fail(p, "a %s follows from a reply that means nothing",
			   judge_kind_name(m->sent.kind));
}

static void kernel(struct port_model *p, const struct sim_kernel *before,
		   enum sim_cause cause)
{
	if (cause == SIM_CAUSE_DAEMON && follows(p))
		judge_fail(p,
			   "a reply that means nothing makes the kernel's address "
			   "%s, from %s",
			   judge_ip(p->kernel.address).text,
			   judge_ip(before->address).text);
}

static void stored(struct port_model *p)
{
	if (follows(p))
		judge_fail(
			p,
			"a reply that means nothing makes the lease file change");
}

static void notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_REJECTED ||
	    notice->kind == DHCP4_NOTICE_SERVER_REFUSED || !follows(p))
		return;
	if (notice->kind == DHCP4_NOTICE_TRANSITION)
		judge_fail(p, "a reply that means nothing leads from %s to %s",
			   dhcp4_state_name(notice->from),
			   dhcp4_state_name(notice->to));
	else
		judge_fail(p, "a reply that means nothing is told as if it did");
}

const struct judge_oracle judge_inert = {
	.name = "inert",
	.holds = "replies that do not count change nothing",
	.sent = sent,
	.kernel = kernel,
	.stored = stored,
	.notice = notice,
};
