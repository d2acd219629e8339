/* SPDX-License-Identifier: BSD-2-Clause */
/* Nexthops that are objects of their own, which routes name by their numbers. */
#include <libmnl/libmnl.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

#include "ctl/host.h"
#include "ctl/host_names.h"
#include "ctl/host_value.h"

/* Newer than some <linux/nexthop.h>: Linux 6.12 and 6.9. */
#define NEXTHOP_OP_FLAGS 14

/*
 * More and less weight stand in two fields since Linux 6.12; older headers call the
 * octet after weight resvd1, newer ones weight_high.
 */
static int weight_of(const struct nexthop_grp *one)
{
	const uint8_t *octets = (const uint8_t *)one;
	size_t at = offsetof(struct nexthop_grp, weight);

	return (octets[at + 1] << 8 | octets[at]) + 1;
}

static void read_group(const struct value_target *to, const struct nlattr *a)
{
	const char *at = mnl_attr_get_payload(a);
	size_t size = mnl_attr_get_payload_len(a);
	json_t *group = json_array();

	for (; size >= sizeof(struct nexthop_grp);
	     size -= sizeof(struct nexthop_grp)) {
		struct nexthop_grp one;

		memcpy(&one, at, sizeof(one));
		at += sizeof(one);
		json_array_append_new(
			group, json_pack("{s:I, s:i}", "id", (json_int_t)one.id,
					 "weight", weight_of(&one)));
	}
	json_object_set_new(to->object, "group", group);
	if (size)
		value_put_other(to, a);
}

static void read_flag(const struct value_target *to, const struct nlattr *a)
{
	json_object_set_new(to->object,
			    mnl_attr_get_type(a) == NHA_FDB ? "fdb" : "blackhole",
			    json_true());
}

static const struct value_name group_types[] = {
	{ NEXTHOP_GRP_TYPE_MPATH, "multipath" },
	{ NEXTHOP_GRP_TYPE_RES, "resilient" },
	{ 0, NULL },
};

static const struct value_row of_resilient[] = {
	{ NHA_RES_GROUP_BUCKETS, VALUE_NUMBER, .key = "buckets" },
	{ NHA_RES_GROUP_IDLE_TIMER, VALUE_NUMBER, .key = "idleTimer" },
	{ NHA_RES_GROUP_UNBALANCED_TIMER, VALUE_NUMBER, .key = "unbalancedTimer" },
};
static const uint16_t not_of_resilient[] = {
	NHA_RES_GROUP_PAD,
	NHA_RES_GROUP_UNBALANCED_TIME,
};
static const struct value_table resilient =
	VALUE_TABLE_BUT(of_resilient, not_of_resilient);

static const struct value_row of_nexthop[] = {
	{ NHA_ID, VALUE_NUMBER, .key = "id" },
	{ NHA_OIF, VALUE_LINK, .key = "interface" },
	{ NHA_GATEWAY, VALUE_ADDRESS, .key = "gateway" },
	{ NHA_BLACKHOLE, VALUE_READER, .read = read_flag },
	{ NHA_FDB, VALUE_READER, .read = read_flag },
	{ NHA_GROUP, VALUE_READER, .read = read_group },
	{ NHA_GROUP_TYPE, VALUE_NAMED, .key = "groupType", .names = group_types },
	{ NHA_RES_GROUP, VALUE_NESTED, .key = "resilient", .table = &resilient },
	{ NHA_ENCAP_TYPE, VALUE_NAMED, .key = "encapsulation",
	  .names = host_encapsulations },
	{ NHA_ENCAP, VALUE_OCTETS, .key = "encapsulationData" },
};
static const uint16_t not_of_nexthop[] = { NEXTHOP_OP_FLAGS };
static const struct value_table nexthop_table =
	VALUE_TABLE_BUT(of_nexthop, not_of_nexthop);

json_t *host_nexthop_json(const struct host_links *links,
			  const struct nlmsghdr *message)
{
	const struct nhmsg *header = mnl_nlmsg_get_payload(message);
	struct value_target to = { NULL, links };

	if (message->nlmsg_type != RTM_NEWNEXTHOP ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return NULL;
	to.object = json_object();
	json_object_set_new(to.object, "id", json_null());
	json_object_set_new(to.object, "family",
			    value_named(host_families, header->nh_family));
	json_object_set_new(to.object, "scope",
			    value_named(host_scopes, header->nh_scope));
	json_object_set_new(to.object, "protocol",
			    value_named(host_protocols, header->nh_protocol));
	json_object_set_new(to.object, "flags",
			    value_bits(host_route_flags, header->nh_flags));
	values_read(&to, mnl_nlmsg_get_payload_offset(message, sizeof(*header)),
		    mnl_nlmsg_get_payload_len(message) - sizeof(*header),
		    &nexthop_table);
	return to.object;
}
