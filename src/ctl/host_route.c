/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes, their nexthops and metrics. How much they are in use is left out. */
#include <libmnl/libmnl.h>
#include <linux/icmpv6.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "ctl/host.h"
#include "ctl/host_names.h"
#include "ctl/host_value.h"
#include "host/netlink.h"

/* ---- attributes ------------------------------------------------------------- */

static const struct value_row of_metrics[] = {
	{ RTAX_LOCK, VALUE_NUMBER, .key = "lock" }, /* a bit for each that is */
	{ RTAX_MTU, VALUE_NUMBER, .key = "mtu" },
	{ RTAX_WINDOW, VALUE_NUMBER, .key = "window" },
	{ RTAX_RTT, VALUE_NUMBER, .key = "rtt" },
	{ RTAX_RTTVAR, VALUE_NUMBER, .key = "rttvar" },
	{ RTAX_SSTHRESH, VALUE_NUMBER, .key = "ssthresh" },
	{ RTAX_CWND, VALUE_NUMBER, .key = "cwnd" },
	{ RTAX_ADVMSS, VALUE_NUMBER, .key = "advmss" },
	{ RTAX_REORDERING, VALUE_NUMBER, .key = "reordering" },
	{ RTAX_HOPLIMIT, VALUE_NUMBER, .key = "hopLimit" },
	{ RTAX_INITCWND, VALUE_NUMBER, .key = "initcwnd" },
	{ RTAX_FEATURES, VALUE_NUMBER, .key = "features" },
	{ RTAX_RTO_MIN, VALUE_NUMBER, .key = "rtoMin" },
	{ RTAX_INITRWND, VALUE_NUMBER, .key = "initrwnd" },
	{ RTAX_QUICKACK, VALUE_NUMBER, .key = "quickAck" },
	{ RTAX_CC_ALGO, VALUE_TEXT, .key = "congestionControl" },
	{ RTAX_FASTOPEN_NO_COOKIE, VALUE_NUMBER, .key = "fastopenNoCookie" },
};
static const struct value_table metrics = VALUE_TABLE(of_metrics);

/* A gateway of another family than the route's: it shows by its text. */
static void read_via(const struct value_target *to, const struct nlattr *a)
{
	const char *octets = mnl_attr_get_payload(a);
	size_t size = mnl_attr_get_payload_len(a);
	json_t *address = NULL;

	if (size > sizeof(struct rtvia))
		address = value_address(octets + sizeof(struct rtvia),
					size - sizeof(struct rtvia));
	if (address)
		json_object_set_new(to->object, "gateway", address);
	else
		value_put_other(to, a);
}

/* Ticks of the clock that user space is told of. */
static void read_expiry(const struct value_target *to, const struct nlattr *a)
{
	struct rta_cacheinfo info;
	long ticks_s = sysconf(_SC_CLK_TCK);

	if (mnl_attr_get_payload_len(a) < sizeof(info)) {
		value_put_other(to, a);
		return;
	}
	memcpy(&info, mnl_attr_get_payload(a), sizeof(info));
	if (info.rta_expires > 0 && ticks_s > 0)
		json_object_set_new(to->object, "expiresInSeconds",
				    json_integer(info.rta_expires / ticks_s));
	if (info.rta_error)
		json_object_set_new(to->object, "error",
				    json_integer((int32_t)info.rta_error));
}

/* ---- nexthops ------------------------------------------------------------------ */

/* Attributes that each nexthop has, and a route that has but one. */
#define OF_HOP \
	{ RTA_GATEWAY, VALUE_ADDRESS, .key = "gateway" }, \
		{ RTA_VIA, VALUE_READER, .read = read_via }, \
		{ RTA_FLOW, VALUE_NUMBER, .key = "realms" }, \
		{ RTA_ENCAP_TYPE, VALUE_NAMED, .key = "encapsulation", \
		  .names = host_encapsulations }, \
		{ RTA_ENCAP, VALUE_OCTETS, .key = "encapsulationData" }, \
		{ RTA_NEWDST, VALUE_OCTETS, .key = "newDestination" }, \
	{ \
		RTA_TTL_PROPAGATE, VALUE_NUMBER, .key = "ttlPropagate" \
	}

static const struct value_row of_hop[] = { OF_HOP };
static const struct value_table hop_table = VALUE_TABLE(of_hop);

/* The next one of size octets, or NULL: it is not there as a whole. */
static const struct rtnexthop *nexthop_in(const char *at, size_t size)
{
	struct rtnexthop hop;

	if (size < sizeof(hop))
		return NULL;
	memcpy(&hop, at, sizeof(hop));
	if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > size)
		return NULL;
	return (const void *)at;
}

/* How many octets to the one behind it; the last one may lack what aligns it. */
static size_t nexthop_step(const struct rtnexthop *hop, size_t size)
{
	size_t step = (hop->rtnh_len + RTNH_ALIGNTO - 1u) & ~(RTNH_ALIGNTO - 1u);

	return step < size ? step : size;
}

static void read_nexthops(const struct value_target *to, const struct nlattr *a)
{
	const char *at = mnl_attr_get_payload(a);
	size_t size = mnl_attr_get_payload_len(a), step;
	json_t *list = json_array();
	const struct rtnexthop *hop;

	for (; (hop = nexthop_in(at, size)); at += step, size -= step) {
		struct value_target one = { json_object(), to->links };

		step = nexthop_step(hop, size);
		value_put_link(&one, "interface", (uint32_t)hop->rtnh_ifindex);
		json_object_set_new(one.object, "weight",
				    json_integer(hop->rtnh_hops + 1));
		json_object_set_new(one.object, "flags",
				    value_bits(host_route_flags, hop->rtnh_flags));
		values_read(&one, hop + 1, hop->rtnh_len - sizeof(*hop),
			    &hop_table);
		json_array_append_new(list, one.object);
	}
	json_object_set_new(to->object, "nexthops", list);
	if (size)
		value_put_other(to, a);
}

/* ---- routes ------------------------------------------------------------------------ */

static const struct value_name preferences[] = {
	{ ICMPV6_ROUTER_PREF_LOW, "low" },
	{ ICMPV6_ROUTER_PREF_MEDIUM, "medium" },
	{ ICMPV6_ROUTER_PREF_HIGH, "high" },
	{ 0, NULL },
};

static const struct value_row of_route[] = {
	OF_HOP,
	{ RTA_TABLE, VALUE_NUMBER, .key = "table" },
	{ RTA_OIF, VALUE_LINK, .key = "interface" },
	{ RTA_IIF, VALUE_LINK, .key = "inputInterface" },
	{ RTA_PRIORITY, VALUE_NUMBER, .key = "metric" },
	{ RTA_PREFSRC, VALUE_ADDRESS, .key = "preferredSource" },
	{ RTA_METRICS, VALUE_NESTED, .key = "metrics", .table = &metrics },
	{ RTA_MULTIPATH, VALUE_READER, .read = read_nexthops },
	{ RTA_NH_ID, VALUE_NUMBER, .key = "nexthopId" },
	{ RTA_PREF, VALUE_NAMED, .key = "preference", .names = preferences },
	{ RTA_CACHEINFO, VALUE_READER, .read = read_expiry },
	{ RTA_EXPIRES, VALUE_NUMBER, .key = "expires" },
	{ RTA_MARK, VALUE_NUMBER, .key = "mark" },
};
static const uint16_t not_of_route[] = {
	RTA_DST, /* by host_route_json() */
	RTA_SRC, RTA_UID, RTA_PAD, RTA_MFC_STATS,
};
static const struct value_table route_table =
	VALUE_TABLE_BUT(of_route, not_of_route);

static bool is_route(const struct nlmsghdr *message)
{
	return message->nlmsg_type == RTM_NEWROUTE &&
	       mnl_nlmsg_get_payload_len(message) >= sizeof(struct rtmsg);
}

static json_t *prefix_of(const struct nlattr *a, uint8_t family, unsigned length)
{
	return value_prefix(family, a ? mnl_attr_get_payload(a) : NULL,
			    a ? mnl_attr_get_payload_len(a) : 0, length);
}

json_t *host_route_json(const struct host_links *links,
			const struct nlmsghdr *message)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[RTA_SRC + 1] = { 0 };
	struct value_target to = { NULL, links };

	if (!is_route(message))
		return NULL;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	to.object = json_object();
	json_object_set_new(to.object, "family",
			    value_named(host_families, header->rtm_family));
	json_object_set_new(to.object, "type",
			    value_named(host_route_types, header->rtm_type));
	json_object_set_new(to.object, "destination",
			    prefix_of(a[RTA_DST], header->rtm_family,
				      header->rtm_dst_len));
	if (a[RTA_SRC] || header->rtm_src_len)
		json_object_set_new(to.object, "from",
				    prefix_of(a[RTA_SRC], header->rtm_family,
					      header->rtm_src_len));
	json_object_set_new(to.object, "tos", json_integer(header->rtm_tos));
	json_object_set_new(to.object, "table", json_integer(header->rtm_table));
	json_object_set_new(to.object, "protocol",
			    value_named(host_protocols, header->rtm_protocol));
	json_object_set_new(to.object, "scope",
			    value_named(host_scopes, header->rtm_scope));
	json_object_set_new(to.object, "flags",
			    value_bits(host_route_flags, header->rtm_flags));
	values_read(&to, mnl_nlmsg_get_payload_offset(message, sizeof(*header)),
		    mnl_nlmsg_get_payload_len(message) - sizeof(*header),
		    &route_table);
	return to.object;
}

enum host_route_class host_route_classify(const struct nlmsghdr *message)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[RTA_NH_ID + 1] = { 0 };

	if (!is_route(message) || (header->rtm_flags & RTM_F_CLONED))
		return HOST_ROUTE_NONE;
	if (header->rtm_type == RTN_LOCAL || header->rtm_type == RTN_BROADCAST ||
	    header->rtm_type == RTN_ANYCAST || header->rtm_type == RTN_MULTICAST)
		return HOST_ROUTE_LOCAL;
	if (header->rtm_type != RTN_UNICAST)
		return HOST_ROUTE_OTHER;
	if (header->rtm_dst_len == 0)
		return HOST_ROUTE_DEFAULT;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	return a[RTA_GATEWAY] || a[RTA_VIA] || a[RTA_MULTIPATH] || a[RTA_NH_ID]
		       ? HOST_ROUTE_OTHER
		       : HOST_ROUTE_CONNECTED;
}

bool host_route_uses(const struct nlmsghdr *message, uint32_t index)
{
	const struct nlattr *a[RTA_MULTIPATH + 1] = { 0 };
	const struct rtnexthop *hop;
	const char *at;
	size_t size;

	if (!is_route(message))
		return false;
	netlink_read(message, sizeof(struct rtmsg),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (netlink_u32(a[RTA_OIF], 0) == index)
		return true;
	if (!a[RTA_MULTIPATH])
		return false;
	at = mnl_attr_get_payload(a[RTA_MULTIPATH]);
	size = mnl_attr_get_payload_len(a[RTA_MULTIPATH]);
	while ((hop = nexthop_in(at, size))) {
		size_t step = nexthop_step(hop, size);

		if ((uint32_t)hop->rtnh_ifindex == index)
			return true;
		at += step;
		size -= step;
	}
	return false;
}
