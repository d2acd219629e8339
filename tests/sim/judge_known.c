/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Known networks, a second account of RFC 4436: which leases lie on the disk with
 * which router, who was asked where we are, and what an answer makes of a lease.
 */
#include <string.h>

#include "sim/judge_internal.h"

#define REQUESTS_MAX 3
#define SPACING	     NSEC_PER_S
#define TEST_NS	     (7 * NSEC_PER_S)
#define LEARN_NS     (3 * NSEC_PER_S)

static bool is_question(const struct arp *arp)
{
	return arp->sender && arp->sender != arp->target;
}

/* The lease is settled: who asks now wants to learn its router. */
static bool is_learning(const struct port_model *p)
{
	return p->phase == JUDGE_PHASE_BOUND ||
	       (p->phase == JUDGE_PHASE_ASKED &&
		(p->last.kind == DHCP4_REQUEST_RENEWING ||
		 p->last.kind == DHCP4_REQUEST_REBINDING));
}

bool judge_known_is_open(const struct port_model *p)
{
	return p->phase == JUDGE_PHASE_BOUND &&
	       judge_now(p) <= p->known.open_until;
}

/* ---- networks -------------------------------------------------------------- */

static struct judge_network *find_network(struct port_model *p,
					  ipv4_addr address, ipv4_addr router)
{
	for (unsigned i = 0; i < JUDGE_NETWORKS_MAX; i++) {
		struct judge_network *n = &p->known.networks[i];

		if (n->router && n->router == router &&
		    n->lease.address == address)
			return n;
	}
	return NULL;
}

/* The file has a lease now, or none any more. */
void judge_known_stored(struct port_model *p, const struct dhcp4_lease *filed)
{
	struct judge_known *k = &p->known;
	struct judge_network *n;

	k->denied = IPV4_ANY;
	if (!filed) {
		for (unsigned i = 0; i < JUDGE_NETWORKS_MAX; i++) {
			n = &k->networks[i];
			if (n->lease.address == p->filed.address &&
			    n->lease.granted == p->filed.granted)
				n->router = IPV4_ANY;
		}
		return;
	}
	if (!filed->router_hw.size || k->recalled)
		return;
	n = find_network(p, filed->address, filed->router);
	if (!n) {
		n = &k->networks[k->network_next];
		k->network_next = (k->network_next + 1) % JUDGE_NETWORKS_MAX;
	}
	n->lease = p->lease;
	n->router = filed->router;
	memcpy(n->hw, filed->router_hw.bytes, sizeof(n->hw));
	n->boots = p->port->host->boots;
	n->offset_s = p->port->host->wall_offset_s;
	n->wall_s = sim_host_wall_s(p->port->host);
}

static bool is_own(const struct port_model *p, ipv4_addr address)
{
	return p->lease.valid && p->lease.address == address;
}

/* ---- questions --------------------------------------------------------------- */

void judge_known_reset(struct port_model *p)
{
	p->known.question_count = 0;
	p->known.attached = false;
	p->known.open_until = 0;
	p->known.denied = IPV4_ANY;
}

static bool is_test_open(const struct port_model *p,
			 const struct judge_question *q)
{
	return judge_now(p) < q->at + TEST_NS;
}

static struct judge_question *find_question(struct port_model *p,
					    ipv4_addr address, ipv4_addr router)
{
	for (unsigned i = 0; i < p->known.question_count; i++) {
		struct judge_question *q = &p->known.questions[i];

		if (q->address == address && q->router == router)
			return q;
	}
	return NULL;
}

/* The question about the lease that there is, or was until a NAK. */
static struct judge_question *own_question(const struct port_model *p)
{
	for (unsigned i = 0; i < p->known.question_count; i++) {
		const struct judge_question *q = &p->known.questions[i];

		if (q->address == p->lease.address && is_test_open(p, q))
			return (struct judge_question *)q;
	}
	return NULL;
}

bool judge_known_must_be_quiet(const struct port_model *p)
{
	return p->lease.valid && !p->known.attached && !is_learning(p) &&
	       own_question(p);
}

bool judge_known_may_be_quiet(const struct port_model *p)
{
	return p->port->iface.config.known_networks && !is_learning(p);
}

static void ask_to_learn(struct port_model *p, const struct arp *arp)
{
	struct judge_known *k = &p->known;

	if (k->learn_of != p->lease.granted || k->learn_router != arp->target) {
		k->learn_of = p->lease.granted;
		k->learn_router = arp->target;
		k->learn_at = judge_now(p);
		k->learn_count = 0;
	}
	k->learn_count++;
}

static void ask_to_test(struct port_model *p, const struct arp *arp)
{
	struct judge_known *k = &p->known;
	struct judge_question *q = find_question(p, arp->sender, arp->target);

	if (!q || !is_test_open(p, q)) {
		/* All of a test are asked at once. */
		if (k->test_at != judge_now(p))
			k->question_count = 0;
		k->test_at = judge_now(p);
		q = &k->questions[k->question_count++ % ATTACH_NODES_MAX];
		*q = (struct judge_question){ .address = arp->sender,
					      .router = arp->target,
					      .at = judge_now(p),
					      .denied = arp->sender == k->denied };
	}
	q->count++;
}

void judge_known_sent(struct port_model *p, const struct arp *arp)
{
	if (is_learning(p))
		ask_to_learn(p, arp);
	else
		ask_to_test(p, arp);
}

/* ---- answers ----------------------------------------------------------------- */

/* A recalled lease has the times of its file, as one after a start (load_lease). */
static void recall(struct port_model *p, const struct judge_network *n)
{
	const struct sim_host *host = p->port->host;
	struct judge_lease *lease = &p->lease;
	nsec now = judge_now(p);
	bool same_boot = n->boots == host->boots;

	if (lease->valid)
		port_model_end_lease(p, now);
	*lease = n->lease;
	lease->vague = lease->vague || !same_boot;
	lease->exempt = lease->exempt ||
			(!same_boot &&
			 (n->offset_s != host->wall_offset_s ||
			  lease->expiry <= now + judge_lease_early(lease)));
	lease->valid = true;
	lease->used = false;
	p->usable = same_boot || sim_host_wall_s(host) >= n->wall_s;
	lease->ours = p->usable;
	p->known.attached = p->usable;
	p->known.recalled = n;
	p->guard.taken = IPV4_ANY;
	/* What was learned on the network that was left is of no use here. */
	memset(p->guard.declined, 0, sizeof(p->guard.declined));
	p->refused = p->flag = p->nonce_known = p->forbidden = false;
	p->naks = 0;
	p->silent_until = 0;
	p->file_late = p->port->troubles.store != 0;
	port_model_idle(p, now, DHCP4_REQUEST_REBOOTING,
			"a known network was recalled");
}

static void confirm(struct port_model *p)
{
	p->known.attached = true;
	/* Found to be somebody's, it waits for what a server says. */
	if ((p->lease.ours || p->usable) && p->guard.taken != p->lease.address)
		p->lease.ours = true;
}

static void attach(struct port_model *p, struct judge_question *q,
		   const struct judge_network *n)
{
	bool own = is_own(p, q->address);

	if (!p->lease.valid && q->denied) {
		p->file_must_go = p->port->file_size != 0;
		p->known.question_count = 0;
		port_model_settle(p);
		return;
	}
	if (!own && (!n || n->lease.expiry <= judge_now(p)))
		return;
	p->known.question_count = 0;
	p->known.attached_at = judge_now(p);
	p->known.attached_address = q->address;
	if (own)
		confirm(p);
	else
		recall(p, n);
	port_model_settle(p);
}

void judge_known_heard(struct port_model *p, const struct arp *arp)
{
	struct judge_known *k = &p->known;
	struct judge_question *q = find_question(p, arp->target, arp->sender);
	const struct judge_network *n;
	const uint8_t *hw;

	if (arp->op != ARP_OP_REPLY)
		return;
	if (is_learning(p) && arp->target == p->lease.address &&
	    arp->sender == k->learn_router &&
	    judge_now(p) <= k->learn_at + LEARN_NS) {
		memcpy(k->heard, arp->sender_hw, sizeof(k->heard));
		k->heard_of = arp->sender;
		return;
	}
	if (!q || !is_test_open(p, q) || is_learning(p))
		return;
	n = find_network(p, q->address, q->router);
	/* What is on the disk may be older than what was learned. */
	hw = n ? n->hw : NULL;
	if (is_own(p, q->address) && k->heard_of == q->router)
		hw = k->heard;
	if (hw && memcmp(hw, arp->sender_hw, SIM_HWADDR_SIZE) == 0)
		attach(p, q, n);
}

/* The address is used, and the exchange of REBOOTING open beside it. */
void judge_known_settle(struct port_model *p)
{
	bool rebooting = p->last.kind == DHCP4_REQUEST_REBOOTING;

	if (!p->known.attached || !p->lease.valid || !p->lease.used ||
	    p->phase != JUDGE_PHASE_ASKED ||
	    (!rebooting && p->last.kind != DHCP4_REQUEST_DISCOVER))
		return;
	p->known.attached = false;
	p->phase = JUDGE_PHASE_BOUND;
	p->begin = (struct judge_span){ NSEC_NEVER, NSEC_NEVER };
	p->known.open_until = rebooting ? p->first_at + TEST_NS : 0;
	p->send_by = nsec_max(p->lease.t1, judge_now(p));
	p->at_once = false;
	p->send_why = "T1 has come";
	port_model_settle(p);
}

/* Routers were asked a moment before this exchange: its own test has to wait. */
static bool is_test_held(const struct port_model *p)
{
	const struct judge_known *k = &p->known;

	return k->test_at && k->test_at < p->first_at &&
	       judge_now(p) < k->test_at + SPACING;
}

bool judge_known_keeps_file(struct port_model *p, const struct judge_reply *r)
{
	struct judge_question *q = own_question(p);

	if (p->phase != JUDGE_PHASE_ASKED || p->known.attached ||
	    p->last.kind != DHCP4_REQUEST_REBOOTING || !r->named ||
	    r->server_id == p->lease.server_id || (!q && !is_test_held(p)))
		return false;
	if (q)
		q->denied = true;
	else
		p->known.denied = p->lease.address;
	return true;
}

bool judge_known_may_forget(const struct port_model *p)
{
	return p->known.denied;
}

/* ---- the oracle ---------------------------------------------------------------- */

static void check_learning(struct port_model *p, const struct arp *arp)
{
	const struct judge_known *k = &p->known;
	bool again = k->learn_of == p->lease.granted &&
		     k->learn_router == arp->target;
	bool named = false;

	for (unsigned i = 0; i < p->lease.route_count; i++) {
		const struct dhcp4_route *r = &p->lease.routes[i];

		named = named ||
			(r->prefix_length == 0 && r->gateway == arp->target);
	}
	if (!p->lease.used || arp->sender != p->lease.address || !named)
		judge_fail(p, "%s asks for %s, which is not its router",
			   judge_ip(arp->sender).text,
			   judge_ip(arp->target).text);
	else if (again && k->learn_count >= REQUESTS_MAX)
		judge_fail(p, "router %s is asked a fourth time",
			   judge_ip(arp->target).text);
}

static void check_test(struct port_model *p, const struct arp *arp)
{
	const struct judge_known *k = &p->known;
	const struct judge_question *q =
		find_question(p, arp->sender, arp->target);
	const struct judge_network *n = find_network(p, arp->sender, arp->target);
	nsec now = judge_now(p);

	/* What was asked rightly is repeated, whatever was lost meanwhile. */
	if (!is_own(p, arp->sender) && !(q && is_test_open(p, q)) &&
	    (!n || (!n->lease.exempt && n->lease.expiry <= now)))
		judge_fail(p, "%s asks for %s, and no lease of them is stored",
			   judge_ip(arp->sender).text,
			   judge_ip(arp->target).text);
	else if (q && is_test_open(p, q) && q->count >= REQUESTS_MAX)
		judge_fail(p, "router %s is asked a fourth time",
			   judge_ip(arp->target).text);
	else if ((!q || !is_test_open(p, q)) && k->test_at &&
		 k->test_at != now && now < k->test_at + SPACING)
		judge_fail(p, "a test of routers follows the last one after %s",
			   judge_s(now - k->test_at).text);
}

static void arp(struct port_model *p, const struct arp *arp)
{
	if (!is_question(arp))
		return;
	if (!p->port->iface.config.known_networks)
		judge_fail(p, "%s asks for %s, and was not told to",
			   judge_ip(arp->sender).text,
			   judge_ip(arp->target).text);
	else if (is_learning(p))
		check_learning(p, arp);
	else
		check_test(p, arp);
}

static void notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_ATTACHED &&
	    (p->known.attached_at != judge_now(p) ||
	     p->known.attached_address != notice->address))
		judge_fail(p, "%s is said to be confirmed by %s, and is not",
			   judge_ip(notice->address).text,
			   judge_ip(notice->server).text);
}

const struct judge_oracle judge_known = {
	.name = "known",
	.holds = "routers are asked sparingly, and only their answer confirms",
	.arp = arp,
	.notice = notice,
};
