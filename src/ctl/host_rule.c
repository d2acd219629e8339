/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of policy routing. */
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/host.h"
#include "ctl/host_names.h"
#include "ctl/host_value.h"
#include "host/netlink.h"

/* Newer than some <linux/fib_rules.h>: Linux 6.13 to 6.15. */
#define RULE_DSCP	     25
#define RULE_FLOW_LABEL	     26
#define RULE_FLOW_LABEL_MASK 27
#define RULE_SPORT_MASK	     28
#define RULE_DPORT_MASK	     29
#define RULE_DSCP_MASK	     30

static const struct value_name actions[] = {
	{ FR_ACT_TO_TBL, "table" },
	{ FR_ACT_GOTO, "goto" },
	{ FR_ACT_NOP, "nop" },
	{ FR_ACT_BLACKHOLE, "blackhole" },
	{ FR_ACT_UNREACHABLE, "unreachable" },
	{ FR_ACT_PROHIBIT, "prohibit" },
	{ 0, NULL },
};

static const struct value_name flags[] = {
	{ FIB_RULE_PERMANENT, "permanent" },
	{ FIB_RULE_INVERT, "not" },
	{ FIB_RULE_UNRESOLVED, "unresolved" },
	{ FIB_RULE_IIF_DETACHED, "input-detached" },
	{ FIB_RULE_OIF_DETACHED, "output-detached" },
	{ FIB_RULE_FIND_SADDR, "find-source" },
	{ 0, NULL },
};

static void put_range(const struct value_target *to, const char *key,
		      uint32_t first, uint32_t last)
{
	json_object_set_new(to->object, key,
			    json_pack("[I, I]", (json_int_t)first,
				      (json_int_t)last));
}

static void read_users(const struct value_target *to, const struct nlattr *a)
{
	struct fib_rule_uid_range range;

	if (mnl_attr_get_payload_len(a) != sizeof(range)) {
		value_put_other(to, a);
		return;
	}
	memcpy(&range, mnl_attr_get_payload(a), sizeof(range));
	put_range(to, "users", range.start, range.end);
}

static void read_ports(const struct value_target *to, const struct nlattr *a)
{
	bool source = mnl_attr_get_type(a) == FRA_SPORT_RANGE;
	struct fib_rule_port_range range;

	if (mnl_attr_get_payload_len(a) != sizeof(range)) {
		value_put_other(to, a);
		return;
	}
	memcpy(&range, mnl_attr_get_payload(a), sizeof(range));
	put_range(to, source ? "sourcePorts" : "destinationPorts", range.start,
		  range.end);
}

static const struct value_row of_rule[] = {
	{ FRA_PRIORITY, VALUE_NUMBER, .key = "priority" },
	{ FRA_IIFNAME, VALUE_TEXT, .key = "inputInterface" },
	{ FRA_OIFNAME, VALUE_TEXT, .key = "outputInterface" },
	{ FRA_FWMARK, VALUE_NUMBER, .key = "mark" },
	{ FRA_FWMASK, VALUE_NUMBER, .key = "markMask" },
	{ FRA_TABLE, VALUE_NUMBER, .key = "table" },
	{ FRA_GOTO, VALUE_NUMBER, .key = "goto" },
	{ FRA_FLOW, VALUE_NUMBER, .key = "realms" },
	{ FRA_TUN_ID, VALUE_BIG, .key = "tunnelId" },
	{ FRA_L3MDEV, VALUE_SWITCH, .key = "vrf" },
	{ FRA_PROTOCOL, VALUE_NAMED, .key = "protocol", .names = host_protocols },
	{ FRA_IP_PROTO, VALUE_NUMBER, .key = "ipProtocol" },
	{ FRA_SUPPRESS_PREFIXLEN, VALUE_SIGNED, .key = "suppressPrefixLength" },
	{ FRA_SUPPRESS_IFGROUP, VALUE_SIGNED, .key = "suppressGroup" },
	{ RULE_DSCP, VALUE_NUMBER, .key = "dscp" },
	{ RULE_DSCP_MASK, VALUE_NUMBER, .key = "dscpMask" },
	{ RULE_FLOW_LABEL, VALUE_BIG, .key = "flowLabel" },
	{ RULE_FLOW_LABEL_MASK, VALUE_BIG, .key = "flowLabelMask" },
	{ RULE_SPORT_MASK, VALUE_NUMBER, .key = "sourcePortMask" },
	{ RULE_DPORT_MASK, VALUE_NUMBER, .key = "destinationPortMask" },
	{ FRA_UID_RANGE, VALUE_READER, .read = read_users },
	{ FRA_SPORT_RANGE, VALUE_READER, .read = read_ports },
	{ FRA_DPORT_RANGE, VALUE_READER, .read = read_ports },
};
static const uint16_t not_of_rule[] = { FRA_DST, FRA_SRC, FRA_PAD };
static const struct value_table rule_table =
	VALUE_TABLE_BUT(of_rule, not_of_rule);

static json_t *prefix_of(const struct nlattr *a, uint8_t family, unsigned length)
{
	return value_prefix(family, a ? mnl_attr_get_payload(a) : NULL,
			    a ? mnl_attr_get_payload_len(a) : 0, length);
}

json_t *host_rule_json(const struct host_links *links,
		       const struct nlmsghdr *message)
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[FRA_SRC + 1] = { 0 };
	struct value_target to = { NULL, links };

	if (message->nlmsg_type != RTM_NEWRULE ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return NULL;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	to.object = json_object();
	json_object_set_new(to.object, "family",
			    value_named(host_families, header->family));
	json_object_set_new(to.object, "priority", json_integer(0));
	json_object_set_new(to.object, "from",
			    prefix_of(a[FRA_SRC], header->family,
				      header->src_len));
	json_object_set_new(to.object, "to",
			    prefix_of(a[FRA_DST], header->family,
				      header->dst_len));
	json_object_set_new(to.object, "tos", json_integer(header->tos));
	json_object_set_new(to.object, "action",
			    value_named(actions, header->action));
	json_object_set_new(to.object, "table", json_integer(header->table));
	json_object_set_new(to.object, "flags", value_bits(flags, header->flags));
	values_read(&to, mnl_nlmsg_get_payload_offset(message, sizeof(*header)),
		    mnl_nlmsg_get_payload_len(message) - sizeof(*header),
		    &rule_table);
	return to.object;
}
