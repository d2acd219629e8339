/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses. When they were made and last changed is left out. */
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "ctl/host.h"
#include "ctl/host_names.h"
#include "ctl/host_value.h"
#include "host/netlink.h"

/* Newer than some <linux/if_addr.h>: Linux 5.18. */
#define ADDRESS_PROTO 11

#define LIFETIME_INFINITE UINT32_MAX

static const struct value_name flags[] = {
	{ IFA_F_SECONDARY, "secondary" },
	{ IFA_F_NODAD, "no-dad" },
	{ IFA_F_OPTIMISTIC, "optimistic" },
	{ IFA_F_DADFAILED, "dad-failed" },
	{ IFA_F_HOMEADDRESS, "home-address" },
	{ IFA_F_DEPRECATED, "deprecated" },
	{ IFA_F_TENTATIVE, "tentative" },
	{ IFA_F_PERMANENT, "permanent" },
	{ IFA_F_MANAGETEMPADDR, "manage-temporary" },
	{ IFA_F_NOPREFIXROUTE, "no-prefix-route" },
	{ IFA_F_MCAUTOJOIN, "multicast-autojoin" },
	{ IFA_F_STABLE_PRIVACY, "stable-privacy" },
	{ 0, NULL },
};

static const struct value_name protocols[] = {
	{ 0, "unspecified" }, { 1, "kernel-loopback" },
	{ 2, "kernel-ra" },   { 3, "kernel-link-local" },
	{ 0, NULL },
};

static json_t *lifetime(uint32_t seconds)
{
	return seconds == LIFETIME_INFINITE ? json_null() : json_integer(seconds);
}

static void read_lifetimes(const struct value_target *to, const struct nlattr *a)
{
	struct ifa_cacheinfo times;

	if (mnl_attr_get_payload_len(a) < sizeof(times)) {
		value_put_other(to, a);
		return;
	}
	memcpy(&times, mnl_attr_get_payload(a), sizeof(times));
	json_object_set_new(to->object, "validSeconds",
			    lifetime(times.ifa_valid));
	json_object_set_new(to->object, "preferredSeconds",
			    lifetime(times.ifa_prefered));
}

static const struct value_row of_address[] = {
	{ IFA_BROADCAST, VALUE_ADDRESS, .key = "broadcast" },
	{ IFA_ANYCAST, VALUE_ADDRESS, .key = "anycast" },
	{ IFA_MULTICAST, VALUE_ADDRESS, .key = "multicast" },
	{ IFA_LABEL, VALUE_TEXT, .key = "label" },
	{ IFA_FLAGS, VALUE_BITS, .key = "flags", .names = flags },
	{ IFA_RT_PRIORITY, VALUE_NUMBER, .key = "metric" },
	{ ADDRESS_PROTO, VALUE_NAMED, .key = "protocol", .names = protocols },
	{ IFA_CACHEINFO, VALUE_READER, .read = read_lifetimes },
};
static const uint16_t not_of_address[] = {
	IFA_ADDRESS, /* by put_address() */
	IFA_LOCAL,
};
static const struct value_table address_table =
	VALUE_TABLE_BUT(of_address, not_of_address);

static json_t *octets_of(const struct nlattr *a)
{
	return a ? value_address(mnl_attr_get_payload(a),
				 mnl_attr_get_payload_len(a))
		 : NULL;
}

/* The local one is ours, if there are two; the other one then is the peer's. */
static void put_address(const struct value_target *to,
			const struct nlmsghdr *message)
{
	const struct nlattr *a[IFA_LOCAL + 1] = { 0 };
	json_t *address, *local;

	netlink_read(message, sizeof(struct ifaddrmsg),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	address = octets_of(a[IFA_ADDRESS]);
	local = octets_of(a[IFA_LOCAL]);
	if (local && address && !json_equal(local, address))
		json_object_set(to->object, "peer", address);
	json_object_set_new(to->object, "address",
			    local     ? json_incref(local)
			    : address ? json_incref(address)
				      : json_null());
	json_decref(address);
	json_decref(local);
}

json_t *host_address_json(const struct host_links *links,
			  const struct nlmsghdr *message)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	struct value_target to = { NULL, links };

	if (message->nlmsg_type != RTM_NEWADDR ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return NULL;
	to.object = json_object();
	json_object_set_new(to.object, "family",
			    value_named(host_families, header->ifa_family));
	put_address(&to, message);
	json_object_set_new(to.object, "prefixLength",
			    json_integer(header->ifa_prefixlen));
	json_object_set_new(to.object, "scope",
			    value_named(host_scopes, header->ifa_scope));
	json_object_set_new(to.object, "flags",
			    value_bits(flags, header->ifa_flags));
	values_read(&to, mnl_nlmsg_get_payload_offset(message, sizeof(*header)),
		    mnl_nlmsg_get_payload_len(message) - sizeof(*header),
		    &address_table);
	return to.object;
}
