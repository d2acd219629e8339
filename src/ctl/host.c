/* SPDX-License-Identifier: BSD-2-Clause */
/* Dumps, and who is in those of links and addresses. */
#include "ctl/host.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "ctl/memory.h"
#include "host/netlink.h"

#define DUMP_STEP 65536

/* ---- messages -------------------------------------------------------------- */

void host_dump_add(struct host_dump *dump, const struct nlmsghdr *message)
{
	size_t size = NLMSG_ALIGN(message->nlmsg_len);

	if (dump->size - dump->used < size) {
		dump->size = 2 * dump->size + size + DUMP_STEP;
		dump->bytes = memory_resize(dump->bytes, dump->size);
	}
	/* The last of a datagram may lack what aligns it. */
	memset(dump->bytes + dump->used + size - NLMSG_ALIGNTO, 0, NLMSG_ALIGNTO);
	memcpy(dump->bytes + dump->used, message, message->nlmsg_len);
	dump->used += size;
}

void host_dump_free(struct host_dump *dump)
{
	free(dump->bytes);
	*dump = (struct host_dump){ 0 };
}

const struct nlmsghdr *host_dump_next(const struct host_dump *dump,
				      const struct nlmsghdr *message)
{
	const char *next =
		message ? (const char *)message + NLMSG_ALIGN(message->nlmsg_len)
			: dump->bytes;

	if (next == NULL || next == dump->bytes + dump->used)
		return NULL;
	return (const void *)next;
}

struct taking {
	struct host_dump *dump;
	host_keep *keep;
	void *context;
};

static int take(const struct nlmsghdr *message, void *context)
{
	const struct taking *t = context;

	if (!t->keep || t->keep(t->context, message))
		host_dump_add(t->dump, message);
	return MNL_CB_OK;
}

/* The fixed part in front of the attributes, which is zeros in a request. */
static size_t header_size(uint16_t kind)
{
	switch (kind) {
	case RTM_GETLINK:
		return sizeof(struct ifinfomsg);
	case RTM_GETADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_GETNEXTHOP:
		return sizeof(struct nhmsg);
	default:
		return sizeof(struct rtmsg); /* and of rules */
	}
}

int host_dump_take(struct host_dump *ret, uint16_t kind, host_keep *keep,
		   void (*begin)(void *context), void *context)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct taking t = { ret, keep, context };
	int error = -EINTR;

	for (int tries = 0; tries < NETLINK_TRIES && error == -EINTR; tries++) {
		struct nlmsghdr *request =
			netlink_put_dump(buffer, kind, header_size(kind));

		if (kind == RTM_GETLINK)
			mnl_attr_put_u32(request, IFLA_EXT_MASK,
					 RTEXT_FILTER_SKIP_STATS);
		ret->used = 0;
		if (begin)
			begin(context);
		error = netlink_ask_once(request, take, &t);
	}
	/* A kernel without rules, or older than nexthops. */
	return error == -EOPNOTSUPP ? 0 : error;
}

/* ---- links ------------------------------------------------------------------ */

static int by_index(const void *a, const void *b)
{
	const struct host_link *one = a, *two = b;

	return (one->index > two->index) - (one->index < two->index);
}

/* Of one link they stay in the kernel's order, which is that of the dump. */
static int by_link(const void *a, const void *b)
{
	const struct nlmsghdr *const *one = a, *const *two = b;
	const struct ifaddrmsg *ones = mnl_nlmsg_get_payload(*one);
	const struct ifaddrmsg *twos = mnl_nlmsg_get_payload(*two);

	if (ones->ifa_index != twos->ifa_index)
		return ones->ifa_index > twos->ifa_index ? 1 : -1;
	return (*one > *two) - (*one < *two);
}

/* Its name; NULL: it is no message of a link. */
static const char *name_of(const struct nlmsghdr *message)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[IFLA_IFNAME + 1] = { 0 };

	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    header->ifi_family != AF_UNSPEC || header->ifi_index <= 0)
		return NULL;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (!a[IFLA_IFNAME] ||
	    mnl_attr_validate(a[IFLA_IFNAME], MNL_TYPE_NUL_STRING) < 0 ||
	    mnl_attr_get_payload_len(a[IFLA_IFNAME]) > IFNAMSIZ)
		return NULL;
	return mnl_attr_get_str(a[IFLA_IFNAME]);
}

static void open_list(struct host_links *links, const struct host_dump *dump)
{
	const struct nlmsghdr *m = NULL;
	size_t count = 0;

	while ((m = host_dump_next(dump, m)))
		count += name_of(m) != NULL;
	links->list = memory_get((count + 1) * sizeof(*links->list));
	while ((m = host_dump_next(dump, m))) {
		const struct ifinfomsg *header = mnl_nlmsg_get_payload(m);
		const char *name = name_of(m);

		if (name)
			links->list[links->count++] = (struct host_link){
				.index = (uint32_t)header->ifi_index,
				.name = name,
				.message = m,
			};
	}
	qsort(links->list, links->count, sizeof(*links->list), by_index);
}

static bool is_address(const struct nlmsghdr *message)
{
	return message->nlmsg_type == RTM_NEWADDR &&
	       mnl_nlmsg_get_payload_len(message) >= sizeof(struct ifaddrmsg);
}

static void open_addresses(struct host_links *links, const struct host_dump *dump)
{
	const struct nlmsghdr *m = NULL;
	size_t count = 0, a = 0;

	while ((m = host_dump_next(dump, m)))
		count += is_address(m);
	links->addresses = memory_get((count + 1) * sizeof(*links->addresses));
	count = 0;
	while ((m = host_dump_next(dump, m))) {
		if (is_address(m))
			links->addresses[count++] = m;
	}
	qsort(links->addresses, count, sizeof(*links->addresses), by_link);
	for (size_t i = 0; i < links->count; i++) {
		struct host_link *link = &links->list[i];

		for (; a < count; a++) {
			const struct ifaddrmsg *header =
				mnl_nlmsg_get_payload(links->addresses[a]);

			if (header->ifa_index > link->index)
				break;
			if (header->ifa_index < link->index)
				continue;
			if (!link->address_count++)
				link->first_address = a;
		}
	}
}

void host_links_open(struct host_links *ret, const struct host_dump *links,
		     const struct host_dump *addresses)
{
	*ret = (struct host_links){ 0 };
	open_list(ret, links);
	open_addresses(ret, addresses);
}

void host_links_close(struct host_links *links)
{
	free(links->list);
	free(links->addresses);
	*links = (struct host_links){ 0 };
}

const struct host_link *host_link_at(const struct host_links *links,
				     uint32_t index)
{
	const struct host_link key = { .index = index };

	if (!links->count)
		return NULL;
	return bsearch(&key, links->list, links->count, sizeof(key), by_index);
}

const char *host_link_name(const struct host_links *links, uint32_t index)
{
	const struct host_link *link = host_link_at(links, index);

	return link ? link->name : NULL;
}

static bool has_alternative(const struct nlmsghdr *message, const char *name)
{
	const struct nlattr *a[IFLA_PROP_LIST + 1] = { 0 }, *one = NULL;

	netlink_read(message, sizeof(struct ifinfomsg),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (!a[IFLA_PROP_LIST])
		return false;
	while ((one = netlink_next(mnl_attr_get_payload(a[IFLA_PROP_LIST]),
				   mnl_attr_get_payload_len(a[IFLA_PROP_LIST]),
				   one))) {
		if (mnl_attr_get_type(one) == IFLA_ALT_IFNAME &&
		    mnl_attr_validate(one, MNL_TYPE_NUL_STRING) == 0 &&
		    strcmp(mnl_attr_get_str(one), name) == 0)
			return true;
	}
	return false;
}

const struct host_link *host_link_find(const struct host_links *links,
				       const char *name)
{
	for (size_t i = 0; i < links->count; i++) {
		if (strcmp(links->list[i].name, name) == 0)
			return &links->list[i];
	}
	for (size_t i = 0; i < links->count; i++) {
		if (has_alternative(links->list[i].message, name))
			return &links->list[i];
	}
	return NULL;
}
