/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon says, what the kernel has and what the wire showed agree as
 * soon as nothing is outstanding.
 */
#include "base/assert.h"
#include "core/names.h"
#include "sim/judge_internal.h"

/* A kernel that refuses is asked again after 64 s at the latest. */
#define RETRY_MAX (65 * NSEC_PER_S)

#define MINUTE (60 * NSEC_PER_S)

static bool is_state_right(const struct port_model *p)
{
	static const enum dhcp4_state asked[DHCP4_REQUEST_COUNT] = {
		[DHCP4_REQUEST_DISCOVER] = DHCP4_STATE_SELECTING,
		[DHCP4_REQUEST_SELECTING] = DHCP4_STATE_REQUESTING,
		[DHCP4_REQUEST_REBOOTING] = DHCP4_STATE_REBOOTING,
		[DHCP4_REQUEST_RENEWING] = DHCP4_STATE_RENEWING,
		[DHCP4_REQUEST_REBINDING] = DHCP4_STATE_REBINDING,
	};

	switch (p->phase) {
	case JUDGE_PHASE_OFF:
		return p->state == DHCP4_STATE_STOPPED;
	case JUDGE_PHASE_IDLE:
		return p->state == DHCP4_STATE_INIT ||
		       p->state == DHCP4_STATE_INIT_REBOOT ||
		       p->state == DHCP4_STATE_V6ONLY_WAIT;
	case JUDGE_PHASE_ASKED:
		return p->state == asked[p->last.kind];
	case JUDGE_PHASE_BOUND:
		return p->state ==
		       (p->lease.used ? DHCP4_STATE_BOUND : DHCP4_STATE_PROBING);
	}
	UNREACHABLE();
}

static bool has_default(const struct sim_kernel *kernel, ipv4_addr router)
{
	for (unsigned i = 0; i < kernel->route_count; i++) {
		if (kernel->routes[i].prefix_length == 0 &&
		    kernel->routes[i].gateway == router)
			return true;
	}
	return false;
}

static bool are_routes_right(const struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;

	if (p->kernel.route_count != lease->route_count ||
	    (lease->router && !has_default(&p->kernel, lease->router)))
		return false;
	for (unsigned i = 0; i < lease->route_count; i++) {
		const struct dhcp4_route *is = &p->kernel.routes[i];
		const struct dhcp4_route *has_to_be = &lease->routes[i];

		if (is->destination != has_to_be->destination ||
		    is->prefix_length != has_to_be->prefix_length ||
		    is->gateway != has_to_be->gateway ||
		    is->preference != has_to_be->preference)
			return false;
	}
	return true;
}

/* By rules of its own, in case the core's routes are wrong on both sides. */
static bool is_route_legal(const struct sim_kernel *kernel, unsigned n)
{
	const struct dhcp4_route *route = &kernel->routes[n];
	unsigned first = route->destination >> 24;

	for (unsigned i = 0; i < n; i++) {
		if (kernel->routes[i].destination == route->destination &&
		    kernel->routes[i].prefix_length == route->prefix_length &&
		    kernel->routes[i].preference == route->preference)
			return false;
	}
	return route->gateway != kernel->address &&
	       route->destination != kernel->address &&
	       (route->prefix_length < 8 || (first != 0 && first != 127)) &&
	       (route->prefix_length < 3 || first < 224) &&
	       (route->gateway >> 24 < 224 && route->gateway >> 24 != 127);
}

static bool are_routes_legal(const struct sim_kernel *kernel)
{
	for (unsigned i = 0; i < kernel->route_count; i++) {
		if (!is_route_legal(kernel, i))
			return false;
	}
	return true;
}

static void check_used(struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;

	if (p->kernel.address != lease->address ||
	    p->kernel.prefix_length != lease->prefix_length)
		judge_fail(p,
			   "the daemon is %s, and the kernel has %s/%u, not %s/%u",
			   dhcp4_state_name(p->state),
			   judge_ip(p->kernel.address).text,
			   p->kernel.prefix_length,
			   judge_ip(lease->address).text, lease->prefix_length);
	else if (!are_routes_legal(&p->kernel))
		judge_fail(p, "the kernel has a route that nobody may have");
	else if (!are_routes_right(p))
		judge_fail(p, "the kernel has not the %u routes of the lease",
			   lease->route_count);
}

static void check_kernel(struct port_model *p)
{
	const struct sim_troubles *troubles = &p->port->troubles;

	if (troubles->configure || troubles->netlink) {
		p->look_at = judge_now(p) + RETRY_MAX;
		return;
	}
	if (p->unready && judge_now(p) < p->refused_at + RETRY_MAX) {
		p->look_at = p->refused_at + RETRY_MAX;
		return;
	}
	if (p->lease.valid && p->lease.used)
		check_used(p);
	else if (p->kernel.address && !p->stuck)
		judge_fail(p, "the kernel has %s without a lease",
			   judge_ip(p->kernel.address).text);
}

static void look(struct port_model *p)
{
	if (p->look_at > judge_now(p))
		return;
	if (!port_model_is_settled(p)) {
		port_model_settle(p);
		return;
	}
	if (!is_state_right(p)) {
		judge_fail(p, "the daemon says %s; its last message was a %s",
			   dhcp4_state_name(p->state),
			   judge_kind_name(p->last.kind));
		return;
	}
	if (!port_model_end_is_open(p))
		check_kernel(p);
}

/* An address is left away after four removals; the first turn is used a minute on. */
static void notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_LEFT &&
	    (!p->taken_at[0] || judge_now(p) >= p->taken_at[0] + 2 * MINUTE))
		judge_fail(p, "the daemon leaves what was hardly ever removed");
}

const struct judge_oracle judge_agree = {
	.name = "agree",
	.holds = "daemon, kernel and wire agree when nothing is outstanding",
	.notice = notice,
	.look = look,
};
