/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fast by default: what need not wait happens in the instant of its cause. The
 * first message leaves with the carrier, the REQUEST with the OFFER, and a lease
 * that is extended is extended in the kernel at once.
 */
#include "sim/judge_internal.h"

static void check_kernel(struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;
	nsec left = nsec_until(sim_host_monotonic(p->port->host),
			       p->kernel.valid_until);
	nsec end = nsec_add(judge_now(p), left);
	/* It is told in whole seconds, rounded up. */
	nsec latest = nsec_add(lease->expiry, NSEC_PER_S + p->naps);

	if (end < lease->expiry - judge_lease_early(lease) || end > latest)
		judge_fail(p, "the kernel has %s until %s; its lease ends at %s",
			   judge_ip(lease->address).text, judge_s(end).text,
			   judge_s(lease->expiry).text);
}

static void look(struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;

	if (p->at_once && p->send_by < judge_now(p) &&
	    (p->carrier || p->phase == JUDGE_PHASE_OFF)) {
		judge_fail(p, "nothing left at %s, though %s",
			   judge_s(p->send_by).text, p->send_why);
		return;
	}
	if (port_model_is_settled(p) && lease->valid && lease->used &&
	    !port_model_end_is_open(p) && !p->unready &&
	    p->kernel.address == lease->address)
		check_kernel(p);
}

const struct judge_oracle judge_fresh = {
	.name = "fresh",
	.holds = "what need not wait happens at once",
	.look = look,
};
