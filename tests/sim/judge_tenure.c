/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A valid lease is never lost: its address leaves the kernel by expiry, a NAK
 * that counts, a release, a new lease, an admin or a reboot, and by nothing else.
 */
#include "sim/judge_internal.h"

/* Nothing but the end of the lease itself could take it away. */
static bool is_due_to_stay(const struct port_model *p,
			   const struct sim_kernel *before)
{
	const struct judge_lease *lease = &p->lease;

	return lease->valid && lease->used && !port_model_end_is_open(p) &&
	       !judge_choice_gives_back(p) && lease->address == before->address &&
	       /* For a kernel, an address with another mask is another. */
	       lease->prefix_length == before->prefix_length;
}

static void kernel(struct port_model *p, const struct sim_kernel *before,
		   enum sim_cause cause)
{
	bool kept = p->kernel.address == before->address &&
		    p->kernel.prefix_length == before->prefix_length;

	if (!before->address || kept || !is_due_to_stay(p, before))
		return;
	switch (cause) {
	case SIM_CAUSE_DAEMON:
		judge_fail(p, "%s is taken from the kernel; it is valid until %s",
			   judge_ip(before->address).text,
			   judge_s(p->lease.expiry).text);
		return;
	case SIM_CAUSE_LIFETIME:
		/* What was renewed, but could not be told to the kernel. */
		if (p->unready)
			return;
		judge_fail(p,
			   "the kernel's lifetime of %s is over; it is valid until "
			   "%s",
			   judge_ip(before->address).text,
			   judge_s(p->lease.expiry).text);
		return;
	case SIM_CAUSE_ADMIN:
	case SIM_CAUSE_REBOOT:
	case SIM_CAUSE_REMOVED:
		return;
	}
}

const struct judge_oracle judge_tenure = {
	.name = "tenure",
	.holds = "a valid lease is never lost",
	.kernel = kernel,
};
