/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which route leads out. The kernel is asked by addresses that are reserved for
 * documentation (RFC 5737, RFC 3849, RFC 9637); nothing is sent, but it
 * looks at rules and metrics as it would for a packet.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "ctl/host.h"
#include "host/netlink.h"

/* More than one: a host of a laboratory may have a route to some. */
static const struct {
	uint8_t family, size;
	uint8_t address[16];
} anywhere[] = {
	{ AF_INET, 4, { 192, 0, 2, 1 } },
	{ AF_INET, 4, { 198, 51, 100, 1 } },
	{ AF_INET, 4, { 203, 0, 113, 1 } },
	{ AF_INET6, 16, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } },
	{ AF_INET6, 16, { 0x3f, 0xff, [15] = 1 } },
};

static int take(const struct nlmsghdr *message, void *context)
{
	struct host_dump *answer = context;

	if (message->nlmsg_type == RTM_NEWROUTE && !answer->used)
		host_dump_add(answer, message);
	return MNL_CB_OK;
}

/* The route that was found, not what was cached of it. */
static void ask(size_t which, struct host_dump *answer)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct rtmsg *header;

	request->nlmsg_type = RTM_GETROUTE;
	header = mnl_nlmsg_put_extra_header(request, sizeof(*header));
	header->rtm_family = anywhere[which].family;
	header->rtm_dst_len = (uint8_t)(8 * anywhere[which].size);
	header->rtm_flags = RTM_F_FIB_MATCH;
	/* Of IPv6 the table is told in any case, and not to be asked for. */
	if (header->rtm_family == AF_INET)
		header->rtm_flags |= RTM_F_LOOKUP_TABLE;
	mnl_attr_put(request, RTA_DST, anywhere[which].size,
		     anywhere[which].address);
	answer->used = 0;
	/* No route, or one that refuses: the table tells as much. */
	(void)netlink_ask(request, take, answer);
}

/* NULL: it does not tell of a default route. */
static const struct nlmsghdr *ask_all(uint8_t family, struct host_dump *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(anywhere); i++) {
		const struct nlmsghdr *m;

		if (anywhere[i].family != family)
			continue;
		ask(i, answer);
		m = host_dump_next(answer, NULL);
		if (m && host_route_classify(m) == HOST_ROUTE_DEFAULT)
			return m;
	}
	return NULL;
}

/* The metric of a default route of the main table; -1: it is none. */
static int64_t metric_of(const struct nlmsghdr *message, uint8_t family)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[RTA_TABLE + 1] = { 0 };

	if (host_route_classify(message) != HOST_ROUTE_DEFAULT ||
	    header->rtm_family != family)
		return -1;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (netlink_u32(a[RTA_TABLE], header->rtm_table) != RT_TABLE_MAIN)
		return -1;
	return netlink_u32(a[RTA_PRIORITY], 0);
}

static const struct nlmsghdr *least_of(const struct host_dump *routes,
				       uint8_t family)
{
	const struct nlmsghdr *m = NULL, *best = NULL;
	int64_t least = INT64_MAX;

	while ((m = host_dump_next(routes, m))) {
		int64_t metric = metric_of(m, family);

		if (metric >= 0 && metric < least) {
			least = metric;
			best = m;
		}
	}
	return best;
}

json_t *host_default_json(const struct host_links *links,
			  const struct host_dump *routes, uint8_t family)
{
	struct host_dump answer = { 0 };
	const struct nlmsghdr *m = ask_all(family, &answer);
	const char *by = "kernel";
	json_t *route = NULL;

	if (!m) {
		m = least_of(routes, family);
		by = "metric";
	}
	if (m)
		route = host_route_json(links, m);
	if (route)
		json_object_set_new(route, "chosenBy", json_string(by));
	host_dump_free(&answer);
	return route;
}
