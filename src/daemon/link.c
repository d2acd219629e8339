/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links: read and looked up by rtnetlink. link_monitor.c is what watches them,
 * route.c what sets.
 */
#include "daemon/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/list.h"
#include "host/kind.h"
#include "host/netlink.h"

/* In <linux/if.h>, which does not go together with <net/if.h> everywhere. */
#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP 0x10000
#endif

/* The same index in every namespace. */
#define LOOPBACK_IFINDEX 1

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
		.pending = (header->ifi_flags & carrier) ==
			   (carrier & ~(unsigned)IFF_RUNNING),
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

bool link_is_there(const struct link_info *told)
{
	struct link_info now;
	int r = link_find(told->name, &now);

	return r == 0 ? now.ifindex == told->ifindex : r != -ENODEV;
}

int link_dump(mnl_cb_t take, void *context)
{
	_Alignas(struct nlmsghdr) char buffer[256];

	return netlink_ask(put_getlink(buffer, NLM_F_DUMP), take, context);
}

struct link_array {
	struct link_info *list;
	size_t count;
	bool failed;
};

static int append_link(const struct nlmsghdr *message, void *context)
{
	struct link_array *a = context;
	struct link_info info, *larger;

	if (message->nlmsg_type != RTM_NEWLINK || !link_read(message, &info) ||
	    a->failed)
		return MNL_CB_OK;
	larger = list_make_room(a->list, a->count, sizeof(*larger));
	a->failed = !larger;
	if (!larger)
		return MNL_CB_OK;
	a->list = larger;
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
	struct link_array a = { 0 };
	int error = link_dump(append_link, &a);

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

int link_addresses(int ifindex, uint8_t family, mnl_cb_t take, void *context)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct ifaddrmsg *header;
	struct nlmsghdr *message =
		netlink_put_dump(buffer, RTM_GETADDR, sizeof(*header));

	header = mnl_nlmsg_get_payload(message);
	header->ifa_family = family;
	header->ifa_index = (uint32_t)ifindex;
	return netlink_ask(message, take, context);
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
	int error = link_addresses(ifindex, AF_INET, match_address, &q);

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
	int error = link_addresses(ifindex, AF_INET, match_own_address, &q);

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
	int error = link_addresses(ifindex, AF_INET6, match_ipv6, &q);

	if (!error)
		*ret = q.has;
	return error;
}
