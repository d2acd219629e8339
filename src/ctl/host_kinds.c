/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table for each kind that people configure addresses on; the others keep their
 * numbers. Timers that run and what the kernel counts are left out.
 */
#include "ctl/host_kinds.h"

#include <libmnl/libmnl.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <string.h>

#include "base/assert.h"
#include "host/netlink.h"

static const struct value_name ethertypes[] = {
	{ ETH_P_8021Q, "802.1Q" },
	{ ETH_P_8021AD, "802.1ad" },
	{ 0, NULL },
};

/* ---- VLAN and VRF ------------------------------------------------------------ */

/* Mask and flags; only set ones are in the mask of an answer. */
static void read_vlan_flags(const struct value_target *to, const struct nlattr *a)
{
	static const struct value_name names[] = {
		{ VLAN_FLAG_REORDER_HDR, "reorder-header" },
		{ VLAN_FLAG_GVRP, "gvrp" },
		{ VLAN_FLAG_LOOSE_BINDING, "loose-binding" },
		{ VLAN_FLAG_MVRP, "mvrp" },
		{ VLAN_FLAG_BRIDGE_BINDING, "bridge-binding" },
		{ 0, NULL },
	};
	struct ifla_vlan_flags flags;

	if (mnl_attr_get_payload_len(a) != sizeof(flags)) {
		value_put_other(to, a);
		return;
	}
	memcpy(&flags, mnl_attr_get_payload(a), sizeof(flags));
	json_object_set_new(to->object, "flags", value_bits(names, flags.flags));
}

static const struct value_row of_vlan[] = {
	{ IFLA_VLAN_ID, VALUE_NUMBER, .key = "id" },
	{ IFLA_VLAN_PROTOCOL, VALUE_BIG, .key = "protocol", .names = ethertypes },
	{ IFLA_VLAN_FLAGS, VALUE_READER, .read = read_vlan_flags },
	{ IFLA_VLAN_EGRESS_QOS, VALUE_OCTETS, .key = "egressQos" },
	{ IFLA_VLAN_INGRESS_QOS, VALUE_OCTETS, .key = "ingressQos" },
};
static const struct value_table vlan = VALUE_TABLE(of_vlan);

static const struct value_row of_vrf[] = {
	{ IFLA_VRF_TABLE, VALUE_NUMBER, .key = "table" },
};
static const struct value_table vrf = VALUE_TABLE(of_vrf);

/* IFLA_VRF_PORT_TABLE has the same number and meaning. */
#define vrf_port vrf

/* ---- bridges ------------------------------------------------------------------- */

static const struct value_row of_bridge[] = {
	{ IFLA_BR_FORWARD_DELAY, VALUE_NUMBER, .key = "forwardDelay" },
	{ IFLA_BR_HELLO_TIME, VALUE_NUMBER, .key = "helloTime" },
	{ IFLA_BR_MAX_AGE, VALUE_NUMBER, .key = "maxAge" },
	{ IFLA_BR_AGEING_TIME, VALUE_NUMBER, .key = "ageingTime" },
	{ IFLA_BR_STP_STATE, VALUE_NUMBER, .key = "stp" },
	{ IFLA_BR_PRIORITY, VALUE_NUMBER, .key = "priority" },
	{ IFLA_BR_VLAN_FILTERING, VALUE_SWITCH, .key = "vlanFiltering" },
	{ IFLA_BR_VLAN_PROTOCOL, VALUE_BIG, .key = "vlanProtocol",
	  .names = ethertypes },
	{ IFLA_BR_VLAN_DEFAULT_PVID, VALUE_NUMBER, .key = "vlanDefaultPvid" },
	{ IFLA_BR_GROUP_FWD_MASK, VALUE_NUMBER, .key = "groupForwardMask" },
	{ IFLA_BR_GROUP_ADDR, VALUE_HARDWARE, .key = "groupAddress" },
	{ IFLA_BR_ROOT_ID, VALUE_OCTETS, .key = "rootId" },
	{ IFLA_BR_BRIDGE_ID, VALUE_OCTETS, .key = "bridgeId" },
	{ IFLA_BR_ROOT_PORT, VALUE_NUMBER, .key = "rootPort" },
	{ IFLA_BR_ROOT_PATH_COST, VALUE_NUMBER, .key = "rootPathCost" },
	{ IFLA_BR_MCAST_SNOOPING, VALUE_SWITCH, .key = "multicastSnooping" },
	{ IFLA_BR_MCAST_QUERIER, VALUE_SWITCH, .key = "multicastQuerier" },
	{ IFLA_BR_MCAST_ROUTER, VALUE_NUMBER, .key = "multicastRouter" },
};
static const uint16_t not_of_bridge[] = {
	IFLA_BR_HELLO_TIMER,
	IFLA_BR_TCN_TIMER,
	IFLA_BR_TOPOLOGY_CHANGE_TIMER,
	IFLA_BR_GC_TIMER,
	IFLA_BR_TOPOLOGY_CHANGE,
	IFLA_BR_TOPOLOGY_CHANGE_DETECTED,
	IFLA_BR_MCAST_QUERIER_STATE,
	IFLA_BR_PAD,
	48, /* IFLA_BR_FDB_N_LEARNED, Linux 6.7 */
};
static const struct value_table bridge =
	VALUE_TABLE_BUT(of_bridge, not_of_bridge);

static const struct value_name port_states[] = {
	{ BR_STATE_DISABLED, "disabled" },
	{ BR_STATE_LISTENING, "listening" },
	{ BR_STATE_LEARNING, "learning" },
	{ BR_STATE_FORWARDING, "forwarding" },
	{ BR_STATE_BLOCKING, "blocking" },
	{ 0, NULL },
};

static const struct value_row of_bridge_port[] = {
	{ IFLA_BRPORT_STATE, VALUE_NAMED, .key = "state", .names = port_states },
	{ IFLA_BRPORT_PRIORITY, VALUE_NUMBER, .key = "priority" },
	{ IFLA_BRPORT_COST, VALUE_NUMBER, .key = "cost" },
	{ IFLA_BRPORT_MODE, VALUE_SWITCH, .key = "hairpin" },
	{ IFLA_BRPORT_GUARD, VALUE_SWITCH, .key = "guard" },
	{ IFLA_BRPORT_PROTECT, VALUE_SWITCH, .key = "rootBlock" },
	{ IFLA_BRPORT_FAST_LEAVE, VALUE_SWITCH, .key = "fastLeave" },
	{ IFLA_BRPORT_LEARNING, VALUE_SWITCH, .key = "learning" },
	{ IFLA_BRPORT_UNICAST_FLOOD, VALUE_SWITCH, .key = "flood" },
	{ IFLA_BRPORT_MCAST_FLOOD, VALUE_SWITCH, .key = "multicastFlood" },
	{ IFLA_BRPORT_BCAST_FLOOD, VALUE_SWITCH, .key = "broadcastFlood" },
	{ IFLA_BRPORT_PROXYARP, VALUE_SWITCH, .key = "proxyArp" },
	{ IFLA_BRPORT_NEIGH_SUPPRESS, VALUE_SWITCH,
	  .key = "neighbourSuppression" },
	{ IFLA_BRPORT_ISOLATED, VALUE_SWITCH, .key = "isolated" },
	{ IFLA_BRPORT_LOCKED, VALUE_SWITCH, .key = "locked" },
	{ IFLA_BRPORT_ROOT_ID, VALUE_OCTETS, .key = "rootId" },
	{ IFLA_BRPORT_BRIDGE_ID, VALUE_OCTETS, .key = "bridgeId" },
	{ IFLA_BRPORT_NO, VALUE_NUMBER, .key = "number" },
	{ IFLA_BRPORT_ID, VALUE_NUMBER, .key = "id" },
	{ IFLA_BRPORT_BACKUP_PORT, VALUE_LINK, .key = "backupPort" },
};
static const uint16_t not_of_bridge_port[] = {
	IFLA_BRPORT_MESSAGE_AGE_TIMER,
	IFLA_BRPORT_FORWARD_DELAY_TIMER,
	IFLA_BRPORT_HOLD_TIMER,
	IFLA_BRPORT_TOPOLOGY_CHANGE_ACK,
	IFLA_BRPORT_CONFIG_PENDING,
	IFLA_BRPORT_MCAST_EHT_HOSTS_CNT,
	IFLA_BRPORT_PAD,
};
static const struct value_table bridge_port =
	VALUE_TABLE_BUT(of_bridge_port, not_of_bridge_port);

/* ---- bonds, and what stands on another link -------------------------------------- */

static const struct value_name bond_modes[] = {
	{ 0, "balance-rr" },  { 1, "active-backup" },
	{ 2, "balance-xor" }, { 3, "broadcast" },
	{ 4, "802.3ad" },     { 5, "balance-tlb" },
	{ 6, "balance-alb" }, { 0, NULL },
};

static const struct value_row of_bond[] = {
	{ IFLA_BOND_MODE, VALUE_NAMED, .key = "mode", .names = bond_modes },
	{ IFLA_BOND_ACTIVE_SLAVE, VALUE_LINK, .key = "activePort" },
	{ IFLA_BOND_PRIMARY, VALUE_LINK, .key = "primary" },
	{ IFLA_BOND_MIIMON, VALUE_NUMBER, .key = "miimon" },
	{ IFLA_BOND_UPDELAY, VALUE_NUMBER, .key = "upDelay" },
	{ IFLA_BOND_DOWNDELAY, VALUE_NUMBER, .key = "downDelay" },
	{ IFLA_BOND_ARP_INTERVAL, VALUE_NUMBER, .key = "arpInterval" },
	{ IFLA_BOND_MIN_LINKS, VALUE_NUMBER, .key = "minLinks" },
	{ IFLA_BOND_FAIL_OVER_MAC, VALUE_NUMBER, .key = "failOverMac" },
	{ IFLA_BOND_XMIT_HASH_POLICY, VALUE_NUMBER, .key = "transmitHashPolicy" },
	{ IFLA_BOND_AD_LACP_RATE, VALUE_NUMBER, .key = "lacpRate" },
};
static const uint16_t not_of_bond[] = { IFLA_BOND_AD_INFO };
static const struct value_table bond = VALUE_TABLE_BUT(of_bond, not_of_bond);

static const struct value_row of_bond_port[] = {
	{ IFLA_BOND_SLAVE_PERM_HWADDR, VALUE_HARDWARE, .key = "permanentAddress" },
	{ IFLA_BOND_SLAVE_QUEUE_ID, VALUE_NUMBER, .key = "queueId" },
	{ IFLA_BOND_SLAVE_PRIO, VALUE_SIGNED, .key = "priority" },
	{ IFLA_BOND_SLAVE_STATE, VALUE_NUMBER, .key = "state" },
	{ IFLA_BOND_SLAVE_MII_STATUS, VALUE_NUMBER, .key = "miiStatus" },
};
static const uint16_t not_of_bond_port[] = {
	IFLA_BOND_SLAVE_LINK_FAILURE_COUNT,
	IFLA_BOND_SLAVE_AD_AGGREGATOR_ID,
	IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE,
	IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE,
};
static const struct value_table bond_port =
	VALUE_TABLE_BUT(of_bond_port, not_of_bond_port);

static const struct value_name macvlan_modes[] = {
	{ MACVLAN_MODE_PRIVATE, "private" },
	{ MACVLAN_MODE_VEPA, "vepa" },
	{ MACVLAN_MODE_BRIDGE, "bridge" },
	{ MACVLAN_MODE_PASSTHRU, "passthru" },
	{ MACVLAN_MODE_SOURCE, "source" },
	{ 0, NULL },
};

static const struct value_row of_macvlan[] = {
	{ IFLA_MACVLAN_MODE, VALUE_NAMED, .key = "mode", .names = macvlan_modes },
	{ IFLA_MACVLAN_FLAGS, VALUE_NUMBER, .key = "flags" },
	{ IFLA_MACVLAN_MACADDR_COUNT, VALUE_NUMBER, .key = "addressCount" },
	{ IFLA_MACVLAN_BC_QUEUE_LEN, VALUE_NUMBER, .key = "broadcastQueue" },
};
static const uint16_t not_of_macvlan[] = { IFLA_MACVLAN_BC_QUEUE_LEN_USED };
static const struct value_table macvlan =
	VALUE_TABLE_BUT(of_macvlan, not_of_macvlan);

static const struct value_row of_vxlan[] = {
	{ IFLA_VXLAN_ID, VALUE_NUMBER, .key = "id" },
	{ IFLA_VXLAN_GROUP, VALUE_ADDRESS, .key = "remote" },
	{ IFLA_VXLAN_GROUP6, VALUE_ADDRESS, .key = "remote" },
	{ IFLA_VXLAN_LOCAL, VALUE_ADDRESS, .key = "local" },
	{ IFLA_VXLAN_LOCAL6, VALUE_ADDRESS, .key = "local" },
	{ IFLA_VXLAN_LINK, VALUE_LINK, .key = "device" },
	{ IFLA_VXLAN_PORT, VALUE_BIG, .key = "port" },
	{ IFLA_VXLAN_TTL, VALUE_NUMBER, .key = "ttl" },
	{ IFLA_VXLAN_TOS, VALUE_NUMBER, .key = "tos" },
	{ IFLA_VXLAN_LEARNING, VALUE_SWITCH, .key = "learning" },
	{ IFLA_VXLAN_AGEING, VALUE_NUMBER, .key = "ageingTime" },
	{ IFLA_VXLAN_LIMIT, VALUE_NUMBER, .key = "limit" },
};
static const struct value_table vxlan = VALUE_TABLE(of_vxlan);

/* ---- by kind ----------------------------------------------------------------------- */

static const struct {
	const char *kind;
	const struct value_table *data, *port;
} kinds[] = {
	{ "vlan", &vlan, NULL },
	{ "vrf", &vrf, &vrf_port },
	{ "bridge", &bridge, &bridge_port },
	{ "bond", &bond, &bond_port },
	{ "macvlan", &macvlan, NULL },
	{ "macvtap", &macvlan, NULL },
	{ "vxlan", &vxlan, NULL },
};

/* The data of a kind, or of its port. */
static void read_data(const struct value_target *to, const char *key,
		      const struct nlattr *data, const char *kind, bool of_port)
{
	static const struct value_table none = { 0 };
	const struct value_target below = { json_object(), to->links };
	const struct value_table *table = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kind && strcmp(kinds[i].kind, kind) == 0)
			table = of_port ? kinds[i].port : kinds[i].data;
	}
	values_read(&below, mnl_attr_get_payload(data),
		    mnl_attr_get_payload_len(data), table ? table : &none);
	json_object_set_new(to->object, key, below.object);
}

/* The name of a kind, which becomes a member; NULL: there is none. */
static const char *read_name(const struct value_target *to, const char *key,
			     const struct nlattr *a)
{
	if (!a || mnl_attr_get_payload_len(a) == 0)
		return NULL;
	json_object_set_new(to->object, key,
			    value_text(mnl_attr_get_payload(a),
				       mnl_attr_get_payload_len(a)));
	return json_string_value(json_object_get(to->object, key));
}

void host_kind_read(const struct value_target *to, const struct nlattr *info)
{
	const struct nlattr *a[IFLA_INFO_SLAVE_DATA + 1] = { 0 };
	const char *kind;

	netlink_read_payload(mnl_attr_get_payload(info),
			     mnl_attr_get_payload_len(info),
			     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	kind = read_name(to, "kind", a[IFLA_INFO_KIND]);
	if (a[IFLA_INFO_DATA])
		read_data(to, "kindData", a[IFLA_INFO_DATA], kind, false);
	kind = read_name(to, "portKind", a[IFLA_INFO_SLAVE_KIND]);
	if (a[IFLA_INFO_SLAVE_DATA])
		read_data(to, "portData", a[IFLA_INFO_SLAVE_DATA], kind, true);
}
