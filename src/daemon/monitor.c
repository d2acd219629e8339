/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and routes, read by rtnetlink: news of them, and dumps. */
#include "daemon/monitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "daemon/link.h"
#include "daemon/netlink_watch.h"
#include "host/netlink.h"
#include "host/room.h"

/* News a wake-up; the rest wakes again. */
#define BUDGET 256

struct monitor {
	struct loop_source source; /* first: wake casts back */
	struct loop *loop;
	struct mnl_socket *socket;
	bool hears; /* only when there is a filter */
	const struct monitor_hooks *hooks;
	void *owner;
};

/* ---- messages ----------------------------------------------------------- */

static ipv4_addr address_in(const struct nlattr *attribute)
{
	return ntohl(netlink_u32(attribute, 0));
}

static bool read_address(const struct nlmsghdr *message, struct monitor_item *ret)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[IFA_LOCAL + 1] = { 0 };

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    header->ifa_family != AF_INET || header->ifa_prefixlen > 32)
		return false;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	*ret = (struct monitor_item){
		.removed = message->nlmsg_type == RTM_DELADDR,
		.ifindex = (int)header->ifa_index,
		.address = address_in(a[IFA_LOCAL]),
		.prefix_length = header->ifa_prefixlen,
	};
	return true;
}

static bool read_route(const struct nlmsghdr *message, struct monitor_item *ret)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[RTA_TABLE + 1] = { 0 };

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    header->rtm_family != AF_INET || header->rtm_tos != 0 ||
	    header->rtm_dst_len > 32)
		return false;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	*ret = (struct monitor_item){
		.is_route = true,
		.removed = message->nlmsg_type == RTM_DELROUTE,
		.ifindex = (int)netlink_u32(a[RTA_OIF], 0),
		.address = address_in(a[RTA_DST]),
		.prefix_length = header->rtm_dst_len,
		.protocol = header->rtm_protocol,
		.table = netlink_u32(a[RTA_TABLE], header->rtm_table),
		.metric = netlink_u32(a[RTA_PRIORITY], 0),
		.gateway = address_in(a[RTA_GATEWAY]),
		.source = address_in(a[RTA_PREFSRC]),
	};
	return true;
}

static bool read_item(const struct nlmsghdr *message, struct monitor_item *ret)
{
	switch (message->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return read_address(message, ret);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return read_route(message, ret);
	default:
		return false;
	}
}

/* ---- the filter --------------------------------------------------------- */

/* Headers are in the order of this machine, and loaded in that of the network. */
#define AT(type, member) \
	((uint32_t)(NLMSG_HDRLEN + offsetof(struct type, member)))
#define LOAD(size, offset) \
	(struct sock_filter) BPF_STMT(BPF_LD | (size) | BPF_ABS, (offset))
#define UNLESS(how, value, skip) \
	(struct sock_filter) \
		BPF_JUMP(BPF_JMP | (how) | BPF_K, (value), 0, (skip))
#define RETURN(verdict) \
	(struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (verdict))
#define PASS UINT32_MAX
#define DROP 0

/* Two instructions an interface, in each of two lists, and what is about them. */
#define PROGRAM_MAX (4 * MONITOR_INTERFACES_MAX + 32)

struct program {
	unsigned short count;
	struct sock_filter code[PROGRAM_MAX];
};

static void put(struct program *p, struct sock_filter instruction)
{
	ASSERT(p->count < PROGRAM_MAX);
	p->code[p->count++] = instruction;
}

/* What follows until end() is for messages of this type alone, and decides. */
static unsigned begin(struct program *p, uint16_t type)
{
	put(p, LOAD(BPF_H, offsetof(struct nlmsghdr, nlmsg_type)));
	put(p, UNLESS(BPF_JEQ, htons(type), 0));
	return p->count - 1u;
}

static void end(struct program *p, unsigned start)
{
	put(p, RETURN(DROP));
	p->code[start].jf = (uint8_t)(p->count - start - 1);
}

static void pass_if(struct program *p, uint32_t loaded)
{
	put(p, UNLESS(BPF_JEQ, loaded, 1));
	put(p, RETURN(PASS));
}

static bool is_listed(const struct monitor_interest *interest)
{
	return interest->count <= MONITOR_INTERFACES_MAX;
}

static void filter_addresses(struct program *p,
			     const struct monitor_interest *interest)
{
	unsigned start = begin(p, RTM_DELADDR);

	put(p, LOAD(BPF_W, AT(ifaddrmsg, ifa_index)));
	for (size_t i = 0; is_listed(interest) && i < interest->count; i++)
		pass_if(p, htonl((uint32_t)interest->ifindex[i]));
	if (!is_listed(interest))
		put(p, RETURN(PASS));
	end(p, start);
}

static void filter_removed_routes(struct program *p)
{
	unsigned start = begin(p, RTM_DELROUTE);

	put(p, LOAD(BPF_B, AT(rtmsg, rtm_protocol)));
	pass_if(p, RTPROT_DHCP);
	end(p, start);
}

/* Of a route that is replaced no removal is told. */
static void filter_new_routes(struct program *p,
			      const struct monitor_interest *interest)
{
	const uint32_t attributes = NLMSG_HDRLEN + sizeof(struct rtmsg);
	unsigned start = begin(p, RTM_NEWROUTE);

	put(p, LOAD(BPF_H, offsetof(struct nlmsghdr, nlmsg_flags)));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
					    htons(NLM_F_REPLACE), 1, 0));
	put(p, RETURN(DROP));
	if (!is_listed(interest))
		put(p, RETURN(PASS));
	put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, attributes));
	put(p, (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, RTA_PRIORITY));
	put(p, LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)));
	/* Without one, type and flags are loaded, which are no metric of ours. */
	put(p, (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0));
	put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_IND,
					    sizeof(struct nlattr)));
	for (size_t i = 0; is_listed(interest) && i < interest->count; i++)
		pass_if(p, htonl(interest->metric[i]));
	end(p, start);
}

int monitor_watch(struct monitor *m, const struct monitor_interest *interest)
{
	struct program p = { 0 };
	struct sock_fprog fprog = { .filter = p.code };
	int error;

	put(&p, LOAD(BPF_W, offsetof(struct nlmsghdr, nlmsg_pid)));
	put(&p, UNLESS(BPF_JEQ, htonl(interest->self), 1));
	put(&p, RETURN(DROP));
	filter_addresses(&p, interest);
	filter_removed_routes(&p);
	filter_new_routes(&p, interest);
	put(&p, RETURN(DROP));
	fprog.len = p.count;
	if (setsockopt(m->source.fd, SOL_SOCKET, SO_ATTACH_FILTER, &fprog,
		       sizeof(fprog)) < 0)
		return -errno;
	if (m->hears)
		return 0;
	error = netlink_hear(m->socket, RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE);
	m->hears = !error;
	return error;
}

/* ---- news --------------------------------------------------------------- */

static int tell(const struct nlmsghdr *message, void *context)
{
	struct monitor *m = context;
	struct monitor_item item;

	if (read_item(message, &item))
		m->hooks->news(m->owner, &item);
	return MNL_CB_OK;
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct monitor *m = (struct monitor *)source;
	void *room = room_take();

	(void)events;
	(void)now;
	for (int i = 0; i < BUDGET; i++) {
		ssize_t size = netlink_receive(m->socket, room);

		if (size >= 0)
			(void)mnl_cb_run(room, (size_t)size, 0, 0, tell, m);
		else if (errno == EAGAIN)
			break;
		else
			m->hooks->overflow(m->owner);
	}
	room_give();
}

int monitor_open(struct monitor **ret, struct loop *loop,
		 const struct monitor_hooks *hooks, void *owner)
{
	struct monitor *m = calloc(1, sizeof(*m));
	int error;

	if (!m)
		return -ENOMEM;
	m->loop = loop;
	m->hooks = hooks;
	m->owner = owner;
	m->source.wake = wake;
	error = netlink_watch(&m->socket, 0, loop, &m->source);
	if (error) {
		free(m);
		return error;
	}
	*ret = m;
	return 0;
}

void monitor_close(struct monitor *m)
{
	if (!m)
		return;
	netlink_unwatch(m->socket, m->loop, &m->source);
	free(m);
}

/* ---- dumps -------------------------------------------------------------- */

struct taker {
	monitor_take *take;
	void *owner;
};

static int hand_over(const struct nlmsghdr *message, void *context)
{
	const struct taker *taker = context;
	struct monitor_item item;

	if (read_item(message, &item))
		taker->take(taker->owner, &item);
	return MNL_CB_OK;
}

int monitor_addresses(int ifindex, monitor_take *take, void *owner)
{
	struct taker taker = { take, owner };

	return link_addresses(ifindex, AF_INET, hand_over, &taker);
}

/* Kernels before 4.20 tell of others as well: they are not what is looked for. */
int monitor_routes(uint32_t table, uint8_t protocol, int ifindex,
		   monitor_take *take, void *owner)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct taker taker = { take, owner };
	struct rtmsg *header;
	struct nlmsghdr *message =
		netlink_put_dump(buffer, RTM_GETROUTE, sizeof(*header));
	int error;

	header = mnl_nlmsg_get_payload(message);
	header->rtm_family = AF_INET;
	header->rtm_protocol = protocol;
	if (table)
		mnl_attr_put_u32(message, RTA_TABLE, table);
	if (ifindex)
		mnl_attr_put_u32(message, RTA_OIF, (uint32_t)ifindex);
	error = netlink_ask(message, hand_over, &taker);
	/* A table is there from its first route on. */
	return error == -ENOENT ? 0 : error;
}
