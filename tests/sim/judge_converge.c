/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When faults are over, each client has a lease that a server knows of, and keeps
 * it. A lease of a liar's is kept to its end: the client cannot know.
 */
#include "core/names.h"
#include "sim/judge_internal.h"

static bool is_bound(const struct port_model *p)
{
	return p->state == DHCP4_STATE_BOUND ||
	       p->state == DHCP4_STATE_RENEWING ||
	       p->state == DHCP4_STATE_REBINDING;
}

/* True if a server that is watched has the address on record for this client. */
static bool is_on_record(const struct port_model *p)
{
	const struct client_id *id = &p->port->iface.config.client_id;

	for (struct judge_server *s = p->judge->servers; s; s = s->next) {
		const struct server_lease *lease =
			server_lease_at(&s->dhcpd->server, p->kernel.address);

		if (lease && lease->state == SERVER_LEASE_BOUND &&
		    lease->expiry > judge_now(p) &&
		    client_id_equal(&lease->client, id))
			return true;
	}
	return false;
}

static void look(struct port_model *p)
{
	if (p->judge->calm && port_model_is_settled(p) && is_bound(p) &&
	    p->lease.granted >= p->judge->calm_at && is_on_record(p))
		p->converged = true;
}

static void notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind != DHCP4_NOTICE_TRANSITION || !p->converged ||
	    p->event_at == judge_now(p))
		return;
	/* A stranger has the address: it begins anew, and soon has another. */
	if (p->guard.lost_at == judge_now(p)) {
		p->converged = false;
		return;
	}
	if (notice->to == DHCP4_STATE_INIT || notice->to == DHCP4_STATE_STOPPED)
		judge_fail(p, "%s was leased and all is calm; it goes to %s",
			   judge_ip(p->lease.address).text,
			   dhcp4_state_name(notice->to));
}

static void end(struct port_model *p)
{
	if (!p->judge->calm || !port_model_is_awake(p) || !p->carrier ||
	    p->released)
		return;
	/* Of a network without IPv4 no more is wanted, when it is asked again. */
	if (p->state == DHCP4_STATE_V6ONLY_WAIT || judge_choice_v6only_offer(p))
		return;
	if (!is_bound(p) || !p->kernel.address)
		judge_fail(p, "it is %s and has %s, %s after all is calm",
			   dhcp4_state_name(p->state),
			   p->kernel.address ? judge_ip(p->kernel.address).text
					     : "no address",
			   judge_s(p->judge->calm_limit).text);
	else if (p->lease.granted >= p->judge->calm_at && !is_on_record(p))
		judge_fail(p, "it has %s, and no server knows of it",
			   judge_ip(p->kernel.address).text);
}

const struct judge_oracle judge_converge = {
	.name = "converge",
	.holds = "in calm each client gets a lease and keeps it",
	.look = look,
	.notice = notice,
	.end = end,
};
