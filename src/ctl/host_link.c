/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links, and what their kinds add. Counters, timers that run, what the hardware is
 * able to and the settings that /proc/sys has are left out.
 */
#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "ctl/host.h"
#include "ctl/host_kinds.h"
#include "ctl/host_value.h"
#include "host/netlink.h"

/* Newer than some <linux/if_link.h>. */
#define LINK_DEVLINK_PORT      62
#define LINK_GSO_IPV4_MAX_SIZE 63
#define LINK_GRO_IPV4_MAX_SIZE 64
#define LINK_DPLL_PIN	       65
#define LINK_PACING_HORIZON    66
#define LINK_NETNS_IMMUTABLE   67
#define LINK_HEADROOM	       68
#define LINK_TAILROOM	       69

/* <linux/if.h> does not go together with <net/if.h> everywhere. */
static const struct value_name flags[] = {
	{ 1u << 0, "up" },	    { 1u << 1, "broadcast" },
	{ 1u << 2, "debug" },	    { 1u << 3, "loopback" },
	{ 1u << 4, "pointopoint" }, { 1u << 5, "notrailers" },
	{ 1u << 6, "running" },	    { 1u << 7, "noarp" },
	{ 1u << 8, "promisc" },	    { 1u << 9, "allmulti" },
	{ 1u << 10, "master" },	    { 1u << 11, "slave" },
	{ 1u << 12, "multicast" },  { 1u << 13, "portsel" },
	{ 1u << 14, "automedia" },  { 1u << 15, "dynamic" },
	{ 1u << 16, "lower-up" },   { 1u << 17, "dormant" },
	{ 1u << 18, "echo" },	    { 0, NULL },
};
#define FLAG_UP	     (1u << 0)
#define FLAG_RUNNING (1u << 6)
#define FLAG_LOWER   (1u << 16)
#define FLAG_CARRIER (FLAG_UP | FLAG_RUNNING | FLAG_LOWER)

static const struct value_name hardware[] = {
	{ ARPHRD_ETHER, "ether" },
	{ ARPHRD_LOOPBACK, "loopback" },
	{ ARPHRD_INFINIBAND, "infiniband" },
	{ ARPHRD_IEEE1394, "ieee1394" },
	{ ARPHRD_PPP, "ppp" },
	{ ARPHRD_TUNNEL, "ipip" },
	{ ARPHRD_TUNNEL6, "tunnel6" },
	{ ARPHRD_SIT, "sit" },
	{ ARPHRD_IPGRE, "gre" },
	{ ARPHRD_IP6GRE, "gre6" },
	{ ARPHRD_NONE, "none" },
	{ 0, NULL },
};

static const struct value_name states[] = {
	{ 0, "unknown" }, { 1, "not-present" },
	{ 2, "down" },	  { 3, "lower-layer-down" },
	{ 4, "testing" }, { 5, "dormant" },
	{ 6, "up" },	  { 0, NULL },
};

static const struct value_name modes[] = {
	{ 0, "default" },
	{ 1, "dormant" },
	{ 2, "testing" },
	{ 0, NULL },
};

static const struct value_name generations[] = {
	{ IN6_ADDR_GEN_MODE_EUI64, "eui64" },
	{ IN6_ADDR_GEN_MODE_NONE, "none" },
	{ IN6_ADDR_GEN_MODE_STABLE_PRIVACY, "stable-privacy" },
	{ IN6_ADDR_GEN_MODE_RANDOM, "random" },
	{ 0, NULL },
};

/* ---- nested ---------------------------------------------------------------- */

static const struct value_row of_ipv6[] = {
	{ IFLA_INET6_TOKEN, VALUE_ADDRESS, .key = "token" },
	{ IFLA_INET6_ADDR_GEN_MODE, VALUE_NAMED, .key = "addressGeneration",
	  .names = generations },
	{ IFLA_INET6_RA_MTU, VALUE_NUMBER, .key = "mtuByRa" },
};
static const uint16_t not_of_ipv6[] = {
	IFLA_INET6_FLAGS, IFLA_INET6_CONF,	IFLA_INET6_STATS,
	IFLA_INET6_MCAST, IFLA_INET6_CACHEINFO, IFLA_INET6_ICMP6STATS,
};
static const struct value_table ipv6 = VALUE_TABLE_BUT(of_ipv6, not_of_ipv6);

static const struct value_row of_families[] = {
	{ AF_INET6, VALUE_NESTED, .key = "ipv6", .table = &ipv6 },
};
static const uint16_t not_of_families[] = {
	AF_INET,
};
static const struct value_table families =
	VALUE_TABLE_BUT(of_families, not_of_families);

static void read_families(const struct value_target *to, const struct nlattr *a)
{
	values_read(to, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a),
		    &families);
}

static void read_names(const struct value_target *to, const struct nlattr *a)
{
	json_t *names = json_array();
	const struct nlattr *one = NULL;

	while ((one = netlink_next(mnl_attr_get_payload(a),
				   mnl_attr_get_payload_len(a), one))) {
		if (mnl_attr_get_type(one) == IFLA_ALT_IFNAME)
			json_array_append_new(
				names, value_text(mnl_attr_get_payload(one),
						  mnl_attr_get_payload_len(one)));
		else
			value_put_other(to, one);
	}
	json_object_set_new(to->object, "alternativeNames", names);
}

/* A program that the kernel runs for each packet: how it is attached. */
static void read_xdp(const struct value_target *to, const struct nlattr *a)
{
	static const struct value_name attached[] = {
		{ XDP_ATTACHED_DRV, "driver" },
		{ XDP_ATTACHED_SKB, "generic" },
		{ XDP_ATTACHED_HW, "hardware" },
		{ XDP_ATTACHED_MULTI, "several" },
		{ 0, NULL },
	};
	const struct nlattr *one = NULL;
	uint64_t how;

	while ((one = netlink_next(mnl_attr_get_payload(a),
				   mnl_attr_get_payload_len(a), one))) {
		if (mnl_attr_get_type(one) == IFLA_XDP_ATTACHED &&
		    value_number(one, &how) == 0 && how > 0 && how <= UINT8_MAX)
			json_object_set_new(to->object, "xdp",
					    value_named(attached, (uint32_t)how));
	}
}

/* ---- the table ----------------------------------------------------------------- */

static const struct value_row of_link[] = {
	{ IFLA_IFNAME, VALUE_TEXT, .key = "name" },
	{ IFLA_PROP_LIST, VALUE_READER, .read = read_names },
	{ IFLA_IFALIAS, VALUE_TEXT, .key = "alias" },
	{ IFLA_LINKINFO, VALUE_READER, .read = host_kind_read },
	{ IFLA_ADDRESS, VALUE_HARDWARE, .key = "hardwareAddress" },
	{ IFLA_BROADCAST, VALUE_HARDWARE, .key = "hardwareBroadcast" },
	{ IFLA_PERM_ADDRESS, VALUE_HARDWARE, .key = "permanentAddress" },
	{ IFLA_MTU, VALUE_NUMBER, .key = "mtu" },
	{ IFLA_MIN_MTU, VALUE_NUMBER, .key = "mtuMin" },
	{ IFLA_MAX_MTU, VALUE_NUMBER, .key = "mtuMax" },
	{ IFLA_OPERSTATE, VALUE_NAMED, .key = "operationalState",
	  .names = states },
	{ IFLA_LINKMODE, VALUE_NAMED, .key = "linkMode", .names = modes },
	{ IFLA_MASTER, VALUE_LINK, .key = "master" },
	{ IFLA_LINK_NETNSID, VALUE_SIGNED, .key = "lowerNamespace" },
	{ IFLA_GROUP, VALUE_NUMBER, .key = "group" },
	{ IFLA_TXQLEN, VALUE_NUMBER, .key = "transmitQueueLength" },
	{ IFLA_QDISC, VALUE_TEXT, .key = "queueDiscipline" },
	{ IFLA_NUM_TX_QUEUES, VALUE_NUMBER, .key = "transmitQueues" },
	{ IFLA_NUM_RX_QUEUES, VALUE_NUMBER, .key = "receiveQueues" },
	{ IFLA_PROTO_DOWN, VALUE_SWITCH, .key = "protocolDown" },
	{ IFLA_PROMISCUITY, VALUE_NUMBER, .key = "promiscuity" },
	{ IFLA_ALLMULTI, VALUE_NUMBER, .key = "allMulticast" },
	{ IFLA_PHYS_PORT_ID, VALUE_OCTETS, .key = "physicalPortId" },
	{ IFLA_PHYS_SWITCH_ID, VALUE_OCTETS, .key = "physicalSwitchId" },
	{ IFLA_PHYS_PORT_NAME, VALUE_TEXT, .key = "physicalPortName" },
	{ IFLA_PARENT_DEV_NAME, VALUE_TEXT, .key = "parentDevice" },
	{ IFLA_PARENT_DEV_BUS_NAME, VALUE_TEXT, .key = "parentBus" },
	{ IFLA_XDP, VALUE_READER, .read = read_xdp },
	{ IFLA_AF_SPEC, VALUE_READER, .read = read_families },
	{ IFLA_GSO_MAX_SEGS, VALUE_NUMBER, .key = "gsoMaxSegments" },
	{ IFLA_GSO_MAX_SIZE, VALUE_NUMBER, .key = "gsoMaxSize" },
	{ IFLA_GRO_MAX_SIZE, VALUE_NUMBER, .key = "groMaxSize" },
	{ LINK_GSO_IPV4_MAX_SIZE, VALUE_NUMBER, .key = "gsoIpv4MaxSize" },
	{ LINK_GRO_IPV4_MAX_SIZE, VALUE_NUMBER, .key = "groIpv4MaxSize" },
};
static const uint16_t not_of_link[] = {
	IFLA_LINK,    /* by put_below() */
	IFLA_CARRIER, /* by flags */
	IFLA_CARRIER_CHANGES,
	IFLA_CARRIER_UP_COUNT,
	IFLA_CARRIER_DOWN_COUNT,
	IFLA_STATS,
	IFLA_STATS64,
	IFLA_MAP,
	IFLA_WEIGHT,
	IFLA_EVENT,
	IFLA_EXT_MASK,
	IFLA_PAD,
	IFLA_TSO_MAX_SIZE,
	IFLA_TSO_MAX_SEGS,
	LINK_DEVLINK_PORT,
	LINK_DPLL_PIN,
	LINK_PACING_HORIZON,
	LINK_NETNS_IMMUTABLE,
	LINK_HEADROOM,
	LINK_TAILROOM,
};
static const struct value_table link_table =
	VALUE_TABLE_BUT(of_link, not_of_link);

/*
 * What it stands on: the link below it, and of a pair its other end. An index of
 * another namespace names no link of ours.
 */
static void put_below(const struct value_target *to,
		      const struct nlmsghdr *message)
{
	static const char *const pairs[] = { "veth", "vxcan", "netkit" };
	const char *kind = json_string_value(json_object_get(to->object, "kind"));
	const struct nlattr *a[IFLA_LINK_NETNSID + 1] = { 0 };
	const char *key = "lower";
	uint32_t index;

	netlink_read(message, sizeof(struct ifinfomsg),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	index = netlink_u32(a[IFLA_LINK], 0);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (kind && strcmp(kind, pairs[i]) == 0)
			key = "peer";
	}
	if (a[IFLA_LINK_NETNSID])
		value_put_link(&(struct value_target){ to->object, NULL }, key,
			       index);
	else if (index)
		value_put_link(to, key, index);
}

json_t *host_link_json(const struct host_links *links,
		       const struct nlmsghdr *message)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct value_target to = { NULL, links };

	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return NULL;
	to.object = json_object();
	json_object_set_new(to.object, "name", json_null()); /* it comes first */
	json_object_set_new(to.object, "index", json_integer(header->ifi_index));
	json_object_set_new(to.object, "kind", json_string("physical"));
	json_object_set_new(to.object, "hardwareType",
			    value_named(hardware, header->ifi_type));
	if (header->ifi_type == ARPHRD_LOOPBACK)
		json_object_set_new(to.object, "kind", json_string("loopback"));
	json_object_set_new(to.object, "up",
			    json_boolean(header->ifi_flags & FLAG_UP));
	json_object_set_new(to.object, "carrier",
			    json_boolean((header->ifi_flags & FLAG_CARRIER) ==
					 FLAG_CARRIER));
	json_object_set_new(to.object, "flags",
			    value_bits(flags, header->ifi_flags));
	values_read(&to, mnl_nlmsg_get_payload_offset(message, sizeof(*header)),
		    mnl_nlmsg_get_payload_len(message) - sizeof(*header),
		    &link_table);
	put_below(&to, message);
	return to.object;
}
