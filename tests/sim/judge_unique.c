/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two clients never use one address that one honest server gave out. A host that
 * sleeps uses nothing once its lease is over; one that is awake uses what its
 * kernel has, whatever became of the lease, unless it cannot be rid of it.
 */
#include "sim/judge_internal.h"

static bool is_honest(const struct judge *judge, const struct sim_dhcpd *dhcpd)
{
	for (const struct judge_server *s = judge->servers; s; s = s->next) {
		if (s->dhcpd == dhcpd)
			return s->honest;
	}
	return false;
}

static bool uses(const struct port_model *p, ipv4_addr address,
		 const struct sim_dhcpd *granter)
{
	const struct judge_lease *lease = &p->lease;

	if (p->kernel.address != address || lease->address != address ||
	    lease->granter != granter)
		return false;
	if (lease->valid)
		return judge_now(p) < lease->expiry;
	/* All that follows from the end of the lease was looked at. */
	return port_model_is_awake(p) && p->look_at == NSEC_NEVER && !p->stuck;
}

static void kernel(struct port_model *p, const struct sim_kernel *before,
		   enum sim_cause cause)
{
	ipv4_addr address = p->kernel.address;
	const struct sim_dhcpd *granter = p->lease.granter;

	(void)before;
	(void)cause;
	if (!address || !granter || !uses(p, address, granter) ||
	    !is_honest(p->judge, granter))
		return;
	for (const struct judge_host *h = p->judge->hosts; h; h = h->next) {
		for (unsigned n = 0; n < h->host->port_count; n++) {
			const struct port_model *other = &h->ports[n];

			if (other == p || !uses(other, address, granter))
				continue;
			judge_fail(p, "%s is used by %s/%s, too",
				   judge_ip(address).text, h->host->device->name,
				   other->port->iface.name);
			return;
		}
	}
}

const struct judge_oracle judge_unique = {
	.name = "unique",
	.holds = "no two clients use one address of one honest server",
	.kernel = kernel,
};
