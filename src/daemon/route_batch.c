/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A change goes out as one batch, in this order:
 *
 *	the new address (its lifetimes, if it is the old one)
 *	promote_secondaries, if it is another one
 *	the new routes, and the rule that leads to them
 *	the old rule, and the old routes that are not among them, last first
 *	the old address, if it is another one
 *
 * so that there is no moment without a route. Two routes to one destination with
 * one metric would collide, were they added with NLM_F_EXCL; with NLM_F_APPEND
 * the second lies behind the first, and is used once the first is removed a few
 * microseconds later. It also leaves an administrator's route with our metric in
 * front. The kernel answers EEXIST then only if the very same route is there,
 * with our gateway, source and protocol: as wanted. So routes that did not change
 * are asked for again, which puts back what vanished without a word.
 */
#include "daemon/route_batch.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "host/room.h"

/* In <linux/if_addr.h> since Linux 5.18; older kernels ignore it. */
#define ADDRESS_PROTOCOL 11

/* Address, prefix route and rule, and a set of routes, twice; promote_secondaries. */
#define REQUESTS_MAX	 (2 * (3 + DHCP4_ROUTES_MAX) + 1)
#define REQUEST_SIZE_MAX 96

_Static_assert(ROUTE_TABLE_MAIN == RT_TABLE_MAIN, "the kernel's number");
_Static_assert(REQUESTS_MAX *REQUEST_SIZE_MAX <= ROOM_SIZE, "a batch");

static void *put_request(struct route_batch *b, uint16_t type, uint16_t flags,
			 size_t header_size)
{
	ASSERT(b->used + REQUEST_SIZE_MAX <= ROOM_SIZE);
	b->last = mnl_nlmsg_put_header(b->room + b->used);
	b->last->nlmsg_type = type;
	b->last->nlmsg_flags = NLM_F_REQUEST | flags;
	b->last->nlmsg_seq = ++b->sequence;
	return mnl_nlmsg_put_extra_header(b->last, header_size);
}

static void end_request(struct route_batch *b)
{
	ASSERT(b->last->nlmsg_len <= REQUEST_SIZE_MAX);
	b->used += NLMSG_ALIGN(b->last->nlmsg_len);
}

static void put_address(struct route_batch *b, const struct route_state *state,
			uint16_t type, uint16_t flags)
{
	const struct ifa_cacheinfo lifetimes = {
		.ifa_prefered = state->valid_s,
		.ifa_valid = state->valid_s,
	};
	struct ifaddrmsg *header = put_request(b, type, flags, sizeof(*header));

	header->ifa_family = AF_INET;
	header->ifa_prefixlen = state->prefix_length;
	header->ifa_scope = state->scope;
	header->ifa_index = (uint32_t)state->ifindex;
	mnl_attr_put_u32(b->last, IFA_LOCAL, htonl(state->address));
	mnl_attr_put_u32(b->last, IFA_ADDRESS, htonl(state->address));
	if (type == RTM_NEWADDR) {
		if (state->broadcast)
			mnl_attr_put_u32(b->last, IFA_BROADCAST,
					 htonl(state->broadcast));
		mnl_attr_put(b->last, IFA_CACHEINFO, sizeof(lifetimes),
			     &lifetimes);
		mnl_attr_put_u32(b->last, IFA_FLAGS, IFA_F_NOPREFIXROUTE);
		mnl_attr_put_u8(b->last, ADDRESS_PROTOCOL, RTPROT_DHCP);
	}
	end_request(b);
}

/*
 * promote_secondaries: without it, the kernel deletes the other addresses of a
 * subnet with the first one.
 */
static void put_promotion(struct route_batch *b, int ifindex)
{
	struct ifinfomsg *header =
		put_request(b, RTM_NEWLINK, 0, sizeof(*header));
	struct nlattr *families, *inet, *settings;

	header->ifi_family = AF_UNSPEC;
	header->ifi_index = ifindex;
	families = mnl_attr_nest_start(b->last, IFLA_AF_SPEC);
	inet = mnl_attr_nest_start(b->last, AF_INET);
	settings = mnl_attr_nest_start(b->last, IFLA_INET_CONF);
	mnl_attr_put_u32(b->last, IPV4_DEVCONF_PROMOTE_SECONDARIES, 1);
	mnl_attr_nest_end(b->last, settings);
	mnl_attr_nest_end(b->last, inet);
	mnl_attr_nest_end(b->last, families);
	end_request(b);
}

static void put_route(struct route_batch *b, const struct route_state *state,
		      const struct dhcp4_route *route, uint16_t type,
		      uint16_t flags)
{
	struct rtmsg *header = put_request(b, type, flags, sizeof(*header));

	header->rtm_family = AF_INET;
	header->rtm_dst_len = route->prefix_length;
	header->rtm_table = RT_TABLE_UNSPEC; /* RTA_TABLE has it */
	header->rtm_protocol = RTPROT_DHCP;
	header->rtm_scope = route->gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	header->rtm_type = RTN_UNICAST;
	if (route->prefix_length)
		mnl_attr_put_u32(b->last, RTA_DST, htonl(route->destination));
	if (route->gateway)
		mnl_attr_put_u32(b->last, RTA_GATEWAY, htonl(route->gateway));
	mnl_attr_put_u32(b->last, RTA_OIF, (uint32_t)state->ifindex);
	mnl_attr_put_u32(b->last, RTA_PREFSRC, htonl(state->address));
	mnl_attr_put_u32(b->last, RTA_PRIORITY, route_state_metric(state, route));
	mnl_attr_put_u32(b->last, RTA_TABLE, state->table);
	end_request(b);
}

/* Who finds nothing better in main comes here; all interfaces' are alike. */
static void put_rule(struct route_batch *b, const struct route_state *state,
		     uint16_t type, uint16_t flags)
{
	struct fib_rule_hdr *header =
		put_request(b, type, flags, sizeof(*header));

	header->family = AF_INET;
	header->table = RT_TABLE_UNSPEC; /* FRA_TABLE has it */
	header->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(b->last, FRA_PRIORITY, ROUTE_RULE_BEHIND);
	mnl_attr_put_u32(b->last, FRA_TABLE, state->table);
	mnl_attr_put_u8(b->last, FRA_PROTOCOL, RTPROT_DHCP);
	end_request(b);
}

static bool contains(const struct dhcp4_route *routes, unsigned count,
		     const struct dhcp4_route *route)
{
	for (unsigned i = 0; i < count; i++) {
		if (routes[i].destination == route->destination &&
		    routes[i].prefix_length == route->prefix_length &&
		    routes[i].gateway == route->gateway &&
		    routes[i].preference == route->preference)
			return true;
	}
	return false;
}

/* Address and prefix length are what the kernel tells addresses apart by. */
static bool same_address(const struct route_state *a, const struct route_state *b)
{
	return a->ifindex == b->ifindex && a->address == b->address &&
	       a->prefix_length == b->prefix_length;
}

/* The routes of both may be the same to the kernel. */
static bool same_source(const struct route_state *a, const struct route_state *b)
{
	return a->ifindex == b->ifindex && a->address == b->address &&
	       a->metric == b->metric && a->table == b->table;
}

static bool same_rule(const struct route_state *a, const struct route_state *b)
{
	return b && b->has_rule && a->table == b->table;
}

void route_batch_put(struct route_batch *b, const struct route_state *from,
		     const struct route_state *to)
{
	struct dhcp4_route old[ROUTE_COUNT_MAX];
	struct dhcp4_route new[ROUTE_COUNT_MAX];
	unsigned old_count = from ? route_state_list(from, old) : 0;
	unsigned new_count = to ? route_state_list(to, new) : 0;

	ASSERT(from || to);
	if (to)
		put_address(b, to, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
	if (to && (!from || !same_address(from, to)))
		put_promotion(b, to->ifindex);
	for (unsigned i = 0; i < new_count; i++)
		put_route(b, to, &new[i], RTM_NEWROUTE,
			  NLM_F_CREATE | NLM_F_APPEND);
	if (to && to->has_rule)
		put_rule(b, to, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
	if (from && from->has_rule && !same_rule(from, to))
		put_rule(b, from, RTM_DELRULE, 0);
	for (unsigned i = old_count; i-- > 0;) {
		if (!to || !same_source(from, to) ||
		    !contains(new, new_count, &old[i]))
			put_route(b, from, &old[i], RTM_DELROUTE, 0);
	}
	if (from && (!to || !same_address(from, to)))
		put_address(b, from, RTM_DELADDR, 0);
	b->last->nlmsg_flags |= NLM_F_ACK;
}
