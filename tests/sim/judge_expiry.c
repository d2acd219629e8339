/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An invalid lease is never used: the kernel has an address only from the ACK of
 * a lease until its end, or one that is remembered after two REQUESTs in vain.
 */
#include "sim/judge_internal.h"

/* Lifetimes are told to the kernel in whole seconds, rounded up. */
#define ROUNDING NSEC_PER_S

/* Why the port may not use this address; NULL if it may. */
static const char *fault_of(const struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;

	if (!p->running)
		return "there is no process";
	if (lease->address != p->kernel.address)
		return "no ACK gave it to this port";
	if (!lease->valid)
		return "its lease has ended";
	if (!lease->used)
		return "it is only remembered, or not checked yet";
	return NULL;
}

/* How long the kernel would keep it by itself, on the network's clock. */
static nsec kernel_end(const struct port_model *p)
{
	nsec left = nsec_until(sim_host_monotonic(p->port->host),
			       p->kernel.valid_until);

	return nsec_add(judge_now(p), left);
}

static void kernel(struct port_model *p, const struct sim_kernel *before,
		   enum sim_cause cause)
{
	const struct judge_lease *lease = &p->lease;
	const char *fault;
	nsec latest;

	(void)before;
	if (!p->kernel.address || cause != SIM_CAUSE_DAEMON)
		return;
	fault = fault_of(p);
	if (fault) {
		judge_fail(p, "the kernel gets %s: %s",
			   judge_ip(p->kernel.address).text, fault);
		return;
	}
	latest = nsec_add(lease->expiry, ROUNDING);
	if (!lease->exempt && kernel_end(p) > latest)
		judge_fail(p, "the kernel gets %s until %s; its lease ends at %s",
			   judge_ip(lease->address).text,
			   judge_s(kernel_end(p)).text,
			   judge_s(lease->expiry).text);
}

/* Once the lease has ended, and again when all is settled. */
static void look(struct port_model *p)
{
	if (p->gone_by >= judge_now(p))
		return;
	p->gone_by = NSEC_NEVER;
	if (p->kernel.address == p->lease.address && p->kernel.address &&
	    !(p->lease.valid && p->lease.used) && !p->stuck)
		judge_fail(p, "the kernel still has %s, whose lease has ended",
			   judge_ip(p->kernel.address).text);
}

const struct judge_oracle judge_expiry = {
	.name = "expiry",
	.holds = "an invalid lease is never used",
	.kernel = kernel,
	.look = look,
};
