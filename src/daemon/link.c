/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links: looked up, and watched by rtnetlink. Reads only; route.c is what sets.
 */
#include "daemon/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/log.h"
#include "host/kind.h"
#include "host/netlink.h"

/* In <linux/if.h>, which does not go together with <net/if.h> everywhere. */
#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP 0x10000
#endif

/* The same index in every namespace. */
#define LOOPBACK_IFINDEX 1

/* A message of a link takes 2 to 4 KiB, a flap brings about five of them. */
#define MONITOR_BUFFER (8 << 20)

/* Messages a wake-up; the rest wakes again. */
#define MONITOR_BUDGET 256

/* After a dump that failed, or could not be kept. */
#define DUMP_RETRY_NS NSEC_PER_S

/* ---- messages -------------------------------------------------------- */

static void read_hwaddr(const struct nlattr *a, struct hwaddr *ret)
{
	size_t size = a ? mnl_attr_get_payload_len(a) : 0;

	if (size == 0 || size > HWADDR_SIZE_MAX)
		return;
	ret->size = (uint8_t)size;
	memcpy(ret->bytes, mnl_attr_get_payload(a), size);
}

/* The attributes inside of one. */
static void read_nested(const struct nlattr *outer, struct netlink_attributes list)
{
	netlink_read_payload(mnl_attr_get_payload(outer),
			     mnl_attr_get_payload_len(outer), list);
}

static void read_kind(const struct nlattr *linkinfo, struct link_info *ret)
{
	const struct nlattr *info[IFLA_INFO_KIND + 1] = { 0 };
	const struct nlattr *kind;

	if (!linkinfo)
		return;
	read_nested(linkinfo,
		    (struct netlink_attributes){ info, ARRAY_SIZE(info) - 1 });
	kind = info[IFLA_INFO_KIND];
	if (kind && mnl_attr_validate(kind, MNL_TYPE_NUL_STRING) == 0 &&
	    mnl_attr_get_payload_len(kind) <= sizeof(ret->kind))
		strcpy(ret->kind, mnl_attr_get_str(kind));
}

/*
 * Whose port it is. Each port of a VRF tells of itself what that one's table is,
 * and hears what comes in as if it were nobody's.
 */
static void read_master(const struct nlattr *linkinfo,
			const struct nlattr *master, struct link_info *ret)
{
	const struct nlattr *info[IFLA_INFO_SLAVE_DATA + 1] = { 0 };
	const struct nlattr *port[IFLA_VRF_PORT_TABLE + 1] = { 0 };

	ret->master = (int)netlink_u32(master, 0);
	if (!linkinfo || !master)
		return;
	read_nested(linkinfo,
		    (struct netlink_attributes){ info, ARRAY_SIZE(info) - 1 });
	if (!info[IFLA_INFO_SLAVE_KIND] || !info[IFLA_INFO_SLAVE_DATA] ||
	    mnl_attr_validate(info[IFLA_INFO_SLAVE_KIND], MNL_TYPE_NUL_STRING) <
		    0 ||
	    strcmp(mnl_attr_get_str(info[IFLA_INFO_SLAVE_KIND]), "vrf") != 0)
		return;
	read_nested(info[IFLA_INFO_SLAVE_DATA],
		    (struct netlink_attributes){ port, ARRAY_SIZE(port) - 1 });
	ret->vrf = ret->master;
	ret->master = 0;
	ret->vrf_table = netlink_u32(port[IFLA_VRF_PORT_TABLE], 0);
}

bool link_read(const struct nlmsghdr *message, struct link_info *ret)
{
	const unsigned carrier = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[IFLA_CARRIER_CHANGES + 1] = { 0 };

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    header->ifi_family != AF_UNSPEC)
		return false;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (a[IFLA_WIRELESS] || !a[IFLA_IFNAME] ||
	    mnl_attr_validate(a[IFLA_IFNAME], MNL_TYPE_NUL_STRING) < 0 ||
	    mnl_attr_get_payload_len(a[IFLA_IFNAME]) > IFNAMSIZ)
		return false;
	*ret = (struct link_info){
		.ifindex = header->ifi_index,
		.hardware_type = header->ifi_type,
		.mtu = netlink_u32(a[IFLA_MTU], 0),
		.up = header->ifi_flags & IFF_UP,
		.carrier = (header->ifi_flags & carrier) == carrier,
		.carrier_changes = netlink_u32(a[IFLA_CARRIER_CHANGES], 0),
		.gone = message->nlmsg_type == RTM_DELLINK,
	};
	strcpy(ret->name, mnl_attr_get_str(a[IFLA_IFNAME]));
	read_hwaddr(a[IFLA_ADDRESS], &ret->hwaddr);
	read_hwaddr(a[IFLA_BROADCAST], &ret->broadcast);
	read_kind(a[IFLA_LINKINFO], ret);
	read_master(a[IFLA_LINKINFO], a[IFLA_MASTER], ret);
	ret->virtual_end =
		ret->master || kind_is_virtual(ret->kind, header->ifi_flags);
	return true;
}

/* Begins a request about links, without the counters that nobody reads. */
static struct nlmsghdr *put_getlink(void *buffer, unsigned short flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *header;

	message->nlmsg_type = RTM_GETLINK;
	message->nlmsg_flags = flags;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return message;
}

/* ---- questions ------------------------------------------------------- */

static int take_link(const struct nlmsghdr *message, void *context)
{
	if (message->nlmsg_type == RTM_NEWLINK)
		(void)link_read(message, context);
	return MNL_CB_OK;
}

int link_find(const char *name, struct link_info *ret)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct link_info info = { 0 };
	struct nlmsghdr *message;
	int error;

	if (name[0] == '\0' || strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	message = put_getlink(buffer, 0);
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	error = netlink_ask(message, take_link, &info);
	if (error)
		return error;
	if (info.ifindex == 0)
		return -ENODEV;
	*ret = info;
	return 0;
}

struct link_array {
	struct link_info *list;
	size_t count;
	bool failed;
};

static int append_link(const struct nlmsghdr *message, void *context)
{
	struct link_array *a = context;
	size_t n = a->count;
	struct link_info info, *larger;

	if (message->nlmsg_type != RTM_NEWLINK || !link_read(message, &info) ||
	    a->failed)
		return MNL_CB_OK;
	/* There is room for the next power of two. */
	if ((n & (n - 1)) == 0) {
		larger = reallocarray(a->list, n ? 2 * n : 1, sizeof(*larger));
		a->failed = !larger;
		if (!larger)
			return MNL_CB_OK;
		a->list = larger;
	}
	a->list[a->count++] = info;
	return MNL_CB_OK;
}

static int compare_indices(const void *a, const void *b)
{
	const struct link_info *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

/* In order, and none twice, as a dump that began anew may have them. */
static void sort_links(struct link_array *a)
{
	size_t kept = 0;

	if (a->count)
		qsort(a->list, a->count, sizeof(*a->list), compare_indices);
	for (size_t i = 0; i < a->count; i++)
		if (i == 0 || a->list[i].ifindex != a->list[i - 1].ifindex)
			a->list[kept++] = a->list[i];
	a->count = kept;
}

int link_list(struct link_info **ret, size_t *ret_count)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct link_array a = { 0 };
	int error = netlink_ask(put_getlink(buffer, NLM_F_DUMP), append_link, &a);

	if (!error && a.failed)
		error = -ENOMEM;
	if (error) {
		free(a.list);
		return error;
	}
	sort_links(&a);
	*ret = a.list;
	*ret_count = a.count;
	return 0;
}

int link_names(char *buffer, size_t size)
{
	struct if_nameindex *list = if_nameindex();
	struct str s = str_over(buffer, size);

	if (!list)
		return -errno;
	for (struct if_nameindex *i = list; i->if_index; i++) {
		if (i->if_index == LOOPBACK_IFINDEX)
			continue;
		if (s.used)
			str_text(&s, ", ");
		str_text(&s, i->if_name);
	}
	if_freenameindex(list);
	return 0;
}

/* Asks for the addresses of a family on an interface. */
static int ask_addresses(int ifindex, uint8_t family, mnl_cb_t each, void *context)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *header;

	message->nlmsg_type = RTM_GETADDR;
	message->nlmsg_flags = NLM_F_DUMP;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifa_family = family;
	header->ifa_index = (uint32_t)ifindex;
	return netlink_ask(message, each, context);
}

struct address_question {
	int ifindex;
	ipv4_addr address;
	bool has;
	uint32_t valid_s;
};

static int match_address(const struct nlmsghdr *message, void *context)
{
	struct address_question *q = context;
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[IFA_CACHEINFO + 1] = { 0 };
	const struct ifa_cacheinfo *lifetimes;

	/* Kernels before 4.20 ignore the index in the question. */
	if (message->nlmsg_type != RTM_NEWADDR ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    (int)header->ifa_index != q->ifindex)
		return MNL_CB_OK;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (!a[IFA_LOCAL] || netlink_u32(a[IFA_LOCAL], 0) != htonl(q->address))
		return MNL_CB_OK;
	q->has = true;
	q->valid_s = UINT32_MAX;
	if (a[IFA_CACHEINFO] &&
	    mnl_attr_get_payload_len(a[IFA_CACHEINFO]) >= sizeof(*lifetimes)) {
		lifetimes = mnl_attr_get_payload(a[IFA_CACHEINFO]);
		q->valid_s = lifetimes->ifa_valid;
	}
	return MNL_CB_OK;
}

int link_has_address(int ifindex, ipv4_addr address, bool *ret_has,
		     uint32_t *ret_valid_s)
{
	struct address_question q = { .ifindex = ifindex, .address = address };
	int error = ask_addresses(ifindex, AF_INET, match_address, &q);

	if (error)
		return error;
	*ret_has = q.has;
	*ret_valid_s = q.valid_s;
	return 0;
}

struct own_address_question {
	int ifindex;
	ipv4_addr address;
};

static int match_own_address(const struct nlmsghdr *message, void *context)
{
	struct own_address_question *q = context;
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[IFA_LOCAL + 1] = { 0 };

	if (message->nlmsg_type != RTM_NEWADDR ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    (int)header->ifa_index != q->ifindex ||
	    header->ifa_scope == RT_SCOPE_HOST || q->address)
		return MNL_CB_OK;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	q->address = ntohl(netlink_u32(a[IFA_LOCAL], 0));
	return MNL_CB_OK;
}

int link_own_address(int ifindex, ipv4_addr *ret)
{
	struct own_address_question q = { .ifindex = ifindex };
	int error = ask_addresses(ifindex, AF_INET, match_own_address, &q);

	if (!error)
		*ret = q.address;
	return error;
}

struct ipv6_question {
	int ifindex;
	bool has;
};

static int match_ipv6(const struct nlmsghdr *message, void *context)
{
	struct ipv6_question *q = context;
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);

	/* A kernel without IPv6 answers with the addresses of all families. */
	if (message->nlmsg_type == RTM_NEWADDR &&
	    mnl_nlmsg_get_payload_len(message) >= sizeof(*header) &&
	    (int)header->ifa_index == q->ifindex &&
	    header->ifa_family == AF_INET6)
		q->has = true;
	return MNL_CB_OK;
}

int link_has_ipv6(int ifindex, bool *ret)
{
	struct ipv6_question q = { .ifindex = ifindex };
	int error = ask_addresses(ifindex, AF_INET6, match_ipv6, &q);

	if (!error)
		*ret = q.has;
	return error;
}

/* ---- the monitor ----------------------------------------------------- */

struct known_link {
	int ifindex;
	unsigned seen; /* the dump that it was last in */
	struct hwaddr hwaddr;
};

struct link_monitor {
	struct loop_source source; /* first: wake casts back */
	struct loop *loop;
	struct mnl_socket *socket;
	link_changed *changed;
	void *owner;

	/* Who is there, ascending: a dump also tells who is not any more. */
	struct known_link *known;
	size_t known_count, known_size;
	unsigned dump;
	bool complete;		 /* there is nobody else */
	struct loop_timer again; /* the next try to have it so */
	nsec again_at;

	nsec now; /* of the wake-up, for the callback */
	_Alignas(struct nlmsghdr) char buffer[NETLINK_BUFFER_SIZE];
};

/* The index of the first known link whose ifindex is not below. */
static size_t find_known(const struct link_monitor *m, int ifindex)
{
	size_t low = 0, high = m->known_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->known[middle].ifindex < ifindex)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Somebody is not known, or news are lost: the next dump tells. */
static void miss(struct link_monitor *m)
{
	m->complete = false;
	m->again_at = nsec_add(m->now, DUMP_RETRY_NS);
	loop_timer_set(m->loop, &m->again, m->again_at);
}

static void insert_known(struct link_monitor *m, size_t at, int ifindex)
{
	if (m->known_count == m->known_size) {
		size_t size = m->known_size ? 2 * m->known_size : 16;
		struct known_link *known =
			realloc(m->known, size * sizeof(*known));

		if (!known) {
			miss(m);
			return;
		}
		m->known = known;
		m->known_size = size;
	}
	memmove(m->known + at + 1, m->known + at,
		(m->known_count - at) * sizeof(*m->known));
	m->known[at].ifindex = ifindex;
	m->known_count++;
}

static void remove_known(struct link_monitor *m, size_t at)
{
	m->known_count--;
	memmove(m->known + at, m->known + at + 1,
		(m->known_count - at) * sizeof(*m->known));
}

static void keep_known(struct link_monitor *m, const struct link_info *info)
{
	size_t at = find_known(m, info->ifindex);
	bool is_new =
		at == m->known_count || m->known[at].ifindex != info->ifindex;

	if (!info->gone && is_new)
		insert_known(m, at, info->ifindex);
	if (at == m->known_count || m->known[at].ifindex != info->ifindex)
		return;
	if (info->gone) {
		remove_known(m, at);
		return;
	}
	m->known[at].seen = m->dump;
	m->known[at].hwaddr = info->hwaddr;
}

static int take_news(const struct nlmsghdr *message, void *context)
{
	struct link_monitor *m = context;
	struct link_info info;

	if ((message->nlmsg_type == RTM_NEWLINK ||
	     message->nlmsg_type == RTM_DELLINK) &&
	    link_read(message, &info)) {
		keep_known(m, &info);
		m->changed(m->owner, &info, m->now);
	}
	return MNL_CB_OK;
}

/* Calls back for the links that the last dump has not shown. */
static void sweep(struct link_monitor *m)
{
	for (size_t i = m->known_count; i-- > 0;) {
		struct link_info info = { .ifindex = m->known[i].ifindex,
					  .gone = true };

		if (m->known[i].seen == m->dump)
			continue;
		remove_known(m, i);
		m->changed(m->owner, &info, m->now);
	}
}

static ssize_t receive(struct link_monitor *m)
{
	return netlink_receive(m->socket, m->buffer, sizeof(m->buffer));
}

/*
 * What is queued is older than the dump, and would show a link's past after its
 * present: it goes first.
 */
static int dump_all(struct link_monitor *m)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	int error;

	while (receive(m) >= 0 || errno == ENOBUFS || errno == ENOSPC)
		continue;
	m->dump++;
	m->complete = true;
	error = netlink_ask(put_getlink(buffer, NLM_F_DUMP), take_news, m);
	if (error)
		miss(m);
	else
		sweep(m);
	return error;
}

static void dump_again(struct loop_timer *timer, nsec now)
{
	struct link_monitor *m = LOOP_OWNER(timer, struct link_monitor, again);

	m->now = now;
	(void)dump_all(m);
}

static bool is_known(const struct link_monitor *m, const struct hwaddr *hwaddr)
{
	for (size_t i = 0; i < m->known_count; i++) {
		if (hwaddr_equal(&m->known[i].hwaddr, hwaddr))
			return true;
	}
	return false;
}

bool link_monitor_owns(struct link_monitor *m, const struct hwaddr *hwaddr,
		       nsec now)
{
	if (is_known(m, hwaddr))
		return true;
	/* Until the first dump only those are known that changed meanwhile. */
	if (m->complete)
		return false;
	m->now = now;
	if (now >= m->again_at && dump_all(m) < 0)
		log_about(NULL, LOG_LEVEL_WARNING,
			  "links not listed: another host's address conflict "
			  "may be seen late");
	return !m->complete || is_known(m, hwaddr);
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct link_monitor *m = (struct link_monitor *)source;
	int error;

	(void)events;
	m->now = now;
	for (int i = 0; i < MONITOR_BUDGET; i++) {
		ssize_t size = receive(m);

		if (size >= 0) {
			(void)mnl_cb_run(m->buffer, (size_t)size, 0, 0,
					 take_news, m);
			continue;
		}
		if (errno == EAGAIN)
			return;
		/* ENOBUFS, or a message longer than the buffer. */
		error = dump_all(m);
		if (error)
			log_about(NULL, LOG_LEVEL_WARNING,
				  "links not listed after an overflow, trying "
				  "again: %s",
				  strerror(-error));
		return;
	}
}

int link_monitor_open(struct link_monitor **ret, struct loop *loop,
		      link_changed *changed, void *owner)
{
	struct link_monitor *m = calloc(1, sizeof(*m));
	int error;

	if (!m)
		return -ENOMEM;
	m->loop = loop;
	m->changed = changed;
	m->owner = owner;
	m->again.fire = dump_again;
	error = netlink_open(&m->socket, RTMGRP_LINK, SOCK_NONBLOCK);
	if (error)
		goto fail;
	netlink_set_buffer(m->socket, MONITOR_BUFFER);
	m->source.fd = mnl_socket_get_fd(m->socket);
	m->source.wake = wake;
	error = loop_watch(loop, &m->source, EPOLLIN);
	if (error)
		goto fail_socket;
	*ret = m;
	return 0;

fail_socket:
	mnl_socket_close(m->socket);
fail:
	free(m);
	return error;
}

void link_monitor_close(struct link_monitor *m)
{
	if (!m)
		return;
	loop_timer_set(m->loop, &m->again, NSEC_NEVER);
	loop_unwatch(m->loop, &m->source);
	mnl_socket_close(m->socket);
	free(m->known);
	free(m);
}
