/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an ACK to a lease, a second time: what is refused, the prefix, the times,
 * as tenured(8) and RFC 2131 4.4.5 have them. Routes are the core's own; they
 * have tests of their own.
 */
#include <string.h>

#include "base/assert.h"
#include "base/sum.h"
#include "sim/judge_internal.h"

/* T1 and T2 come up to a fiftieth earlier. */
#define FUZZ_PART 50

/* Over a reboot a lease is counted by seconds, to its disadvantage. */
#define VAGUE_NS (3 * NSEC_PER_S)

/* An option 121 up to where it is malformed: its next route, or false. */
static bool next_route(const struct option_value *v, size_t *at,
		       struct dhcp4_route *ret)
{
	unsigned length, octets;

	if (*at >= v->size)
		return false;
	length = v->bytes[*at];
	octets = (length + 7) / 8;
	if (length > 32 || *at + 1 + octets + 4 > v->size)
		return false;
	*ret = (struct dhcp4_route){ .prefix_length = (uint8_t)length };
	for (unsigned i = 0; i < 4; i++) {
		if (i < octets)
			ret->destination |= (ipv4_addr)v->bytes[*at + 1 + i]
					    << (24 - 8 * i);
		ret->gateway = ret->gateway << 8 | v->bytes[*at + 1 + octets + i];
	}
	*at += 1 + octets + 4;
	return true;
}

/* Without a mask: what is held for it, the on-link route around it, its class. */
static unsigned guessed_length(const struct port_model *p,
			       const struct dhcp4_message *m)
{
	ipv4_addr address = m->header.yiaddr;
	struct option_value value;
	struct dhcp4_route route;
	size_t at = 0;

	if (p->lease.valid && p->lease.address == address)
		return p->lease.prefix_length;
	if (dhcp4_options_get(&m->options, DHCP4_OPTION_CLASSLESS_ROUTES, &value)) {
		while (next_route(&value, &at, &route)) {
			if (!route.gateway && route.prefix_length >= 8 &&
			    ipv4_in(address, route.destination,
				    route.prefix_length))
				return route.prefix_length;
		}
	}
	if (address < 0x80000000U)
		return 8;
	return address < 0xc0000000U ? 16 : 24;
}

static unsigned length_of(const struct port_model *p,
			  const struct dhcp4_message *m)
{
	ipv4_addr mask;
	unsigned length = 0;

	if (!dhcp4_options_get_address(&m->options, DHCP4_OPTION_SUBNET_MASK, 0,
				       &mask))
		return guessed_length(p, m);
	for (; mask & 0x80000000U; mask <<= 1)
		length++;
	return length;
}

static bool is_host(ipv4_addr address)
{
	unsigned first = address >> 24;

	return first != 0 && first != 127 && first < 224;
}

/* Of at least eight bits, all in front. */
static bool is_mask(ipv4_addr mask)
{
	return mask >= 0xff000000 && (mask | (mask - 1)) == IPV4_BROADCAST;
}

bool judge_lease_is_legal(const struct port_model *p,
			  const struct dhcp4_message *m)
{
	const struct dhcp4_options *options = &m->options;
	ipv4_addr server_id, mask, host_bits;
	uint32_t lease_s;
	unsigned length;

	if (!dhcp4_options_get_address(options, DHCP4_OPTION_SERVER_ID, 0,
				       &server_id) ||
	    !is_host(server_id))
		return false;
	if (dhcp4_options_get_address(options, DHCP4_OPTION_SUBNET_MASK, 0,
				      &mask) &&
	    !is_mask(mask))
		return false;
	if (!dhcp4_options_get_u32(options, DHCP4_OPTION_LEASE_TIME, &lease_s) ||
	    lease_s == 0)
		return false;
	length = length_of(p, m);
	host_bits = length < 32 ? IPV4_BROADCAST >> length : 0;
	return is_host(m->header.yiaddr) &&
	       (length >= 31 || ((m->header.yiaddr & host_bits) != 0 &&
				 (m->header.yiaddr & host_bits) != host_bits));
}

/* T1 < T2 < the lease: a missing one by the other, and by half and 7/8. */
static void read_times(const struct dhcp4_message *m, struct judge_lease *lease)
{
	nsec whole = lease->lease_s * NSEC_PER_S;
	uint32_t t1_s = 0, t2_s = 0;
	nsec t1, t2;

	if (lease->lease_s == DHCP4_LEASE_INFINITE) {
		lease->t1 = lease->t2 = lease->expiry = NSEC_NEVER;
		return;
	}
	dhcp4_options_get_u32(&m->options, DHCP4_OPTION_T1, &t1_s);
	dhcp4_options_get_u32(&m->options, DHCP4_OPTION_T2, &t2_s);
	t1 = t1_s * NSEC_PER_S;
	t2 = t2_s * NSEC_PER_S;
	if (t1 && !t2 && t1 < whole)
		t2 = nsec_max(whole / 8 * 7, (t1 + whole) / 2);
	else if (t2 && !t1 && t2 < whole)
		t1 = nsec_min(whole, t2) / 2;
	if (!(0 < t1 && t1 < t2 && t2 < whole)) {
		t1 = whole / 2;
		t2 = whole / 8 * 7;
	}
	lease->t1 = lease->granted + t1;
	lease->t2 = lease->granted + t2;
	lease->expiry = lease->granted + whole;
}

/* The default gateway, where it is not a matter of classless routes. */
static ipv4_addr router_of(const struct dhcp4_message *m)
{
	struct option_value value;
	ipv4_addr router;
	unsigned i = 0;

	if (dhcp4_options_get(&m->options, DHCP4_OPTION_CLASSLESS_ROUTES, &value) ||
	    dhcp4_options_get(&m->options, DHCP4_OPTION_CLASSLESS_ROUTES_MS,
			      &value))
		return IPV4_ANY;
	while (dhcp4_options_get_address(&m->options, DHCP4_OPTION_ROUTER, i++,
					 &router)) {
		if (is_host(router) && router != m->header.yiaddr)
			return router;
	}
	return IPV4_ANY;
}

/* The core's own routes of it; the struct is too large for a caller's stack. */
static void read_routes(const struct dhcp4_message *m, struct judge_lease *lease)
{
	struct dhcp4_lease core;

	core.address = lease->address;
	core.prefix_length = lease->prefix_length;
	core.local_names = false;
	core.options.used = m->options.used;
	memcpy(core.options.bytes, m->options.bytes, m->options.used);
	lease->router = router_of(m);
	lease->route_count =
		lease_routes(&core, &route_policy_all, lease->routes);
}

/* The mask is a matter of the prefix length. */
static uint64_t terms_of(const struct dhcp4_options *options)
{
	static const uint8_t codes[] = { 3, 6, 15, 33, 119, 121, 249 };
	uint64_t sum = SUM_FNV_START;
	struct option_value value;

	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++) {
		if (!dhcp4_options_get(options, codes[i], &value))
			continue;
		sum = sum_fnv(sum, &codes[i], 1);
		sum = sum_fnv(sum, &value.size, sizeof(value.size));
		sum = sum_fnv(sum, value.bytes, value.size);
	}
	return sum;
}

static const struct sim_dhcpd *find_granter(const struct port_model *p,
					    uint32_t xid, ipv4_addr server_id)
{
	for (unsigned i = 0; i < JUDGE_GRANTERS_MAX; i++) {
		const struct judge_granter *g = &p->granters[i];

		if (g->dhcpd && g->xid == xid && g->server_id == server_id)
			return g->dhcpd;
	}
	return NULL;
}

void judge_lease_read(const struct port_model *p, const struct dhcp4_message *m,
		      nsec granted, struct judge_lease *ret)
{
	struct judge_lease *lease = ret;
	uint8_t length = (uint8_t)length_of(p, m);

	lease->valid = lease->ours = true;
	lease->used = false;
	lease->vague = lease->exempt = false;
	lease->address = m->header.yiaddr;
	lease->prefix_length = length;
	lease->client_id = p->port->iface.config.client_id;
	lease->granted = granted;
	dhcp4_options_get_address(&m->options, DHCP4_OPTION_SERVER_ID, 0,
				  &lease->server_id);
	dhcp4_options_get_u32(&m->options, DHCP4_OPTION_LEASE_TIME,
			      &lease->lease_s);
	lease->granter = find_granter(p, m->header.xid, lease->server_id);
	read_times(m, lease);
	read_routes(m, lease);
	lease->terms = terms_of(&m->options);
}

void judge_lease_renew(const struct port_model *p, const struct dhcp4_message *m,
		       nsec granted, struct judge_lease *ret)
{
	const struct judge_lease before = *ret;

	judge_lease_read(p, m, granted, ret);
	if (p->port->iface.config.renew_changes != RENEW_CHANGES_HOLD ||
	    (ret->terms == before.terms &&
	     ret->prefix_length == before.prefix_length))
		return;
	ret->prefix_length = before.prefix_length;
	ret->router = before.router;
	ret->route_count = before.route_count;
	memcpy(ret->routes, before.routes, sizeof(ret->routes));
	ret->terms = before.terms;
}

nsec judge_lease_early(const struct judge_lease *lease)
{
	return lease->vague ? VAGUE_NS : 0;
}

nsec judge_lease_t1_early(const struct judge_lease *lease)
{
	if (lease->t1 == NSEC_NEVER)
		return NSEC_NEVER;
	return lease->t1 - (lease->t1 - lease->granted) / FUZZ_PART -
	       judge_lease_early(lease);
}

nsec judge_lease_t2_early(const struct judge_lease *lease)
{
	if (lease->t2 == NSEC_NEVER)
		return NSEC_NEVER;
	return lease->t2 - (lease->t2 - lease->t1) / FUZZ_PART -
	       judge_lease_early(lease);
}
