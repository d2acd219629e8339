/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says of links, addresses, routes, rules and nexthops, as JSON:
 * each in its words, and nothing lost of what has none, or is not as it should be.
 */
#include "ctl/host.h"

#include <arpa/inet.h>
#include <check.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "ctl/host_value.h"

Suite *test_ctl_host_suite(void);

static _Alignas(struct nlmsghdr) char buffer[4096];
static struct host_dump link_dump, address_dump;
static struct host_links links;

/* Begins a message with this header, which is zeros but for what a test sets. */
static struct nlmsghdr *begin(uint16_t type, const void *header, size_t size)
{
	struct nlmsghdr *message;

	memset(buffer, 0, sizeof(buffer));
	message = mnl_nlmsg_put_header(buffer);
	message->nlmsg_type = type;
	memcpy(mnl_nlmsg_put_extra_header(message, size), header, size);
	return message;
}

static struct nlmsghdr *begin_link(int index, unsigned flags)
{
	const struct ifinfomsg header = { .ifi_type = 1,
					  .ifi_index = index,
					  .ifi_flags = flags };

	return begin(RTM_NEWLINK, &header, sizeof(header));
}

static struct nlmsghdr *begin_address(unsigned index)
{
	const struct ifaddrmsg header = { .ifa_family = AF_INET,
					  .ifa_prefixlen = 24,
					  .ifa_index = index };

	return begin(RTM_NEWADDR, &header, sizeof(header));
}

static struct nlmsghdr *begin_route(uint8_t type, uint8_t length)
{
	const struct rtmsg header = { .rtm_family = AF_INET,
				      .rtm_dst_len = length,
				      .rtm_table = RT_TABLE_MAIN,
				      .rtm_protocol = RTPROT_DHCP,
				      .rtm_type = type };

	return begin(RTM_NEWROUTE, &header, sizeof(header));
}

static void put_ipv4(struct nlmsghdr *message, uint16_t type, const char *address)
{
	ipv4_addr value = 0;
	uint8_t octets[4];

	ck_assert(str_to_ipv4(address, &value));
	for (int i = 0; i < 4; i++)
		octets[i] = (uint8_t)(value >> (24 - 8 * i));
	mnl_attr_put(message, type, sizeof(octets), octets);
}

static void add_link(int index, const char *name, const char *other)
{
	struct nlmsghdr *message = begin_link(index, 0);
	struct nlattr *list;

	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	list = mnl_attr_nest_start(message, IFLA_PROP_LIST);
	if (other)
		mnl_attr_put_strz(message, IFLA_ALT_IFNAME, other);
	mnl_attr_nest_end(message, list);
	host_dump_add(&link_dump, message);
}

/* eth0 is 2, eth1 is 7. */
static void set_up(void)
{
	add_link(7, "eth1", "a-name-that-is-too-long");
	add_link(2, "eth0", NULL);
	host_links_open(&links, &link_dump, &address_dump);
}

static void tear_down(void)
{
	host_links_close(&links);
	host_dump_free(&link_dump);
	host_dump_free(&address_dump);
}

/* Each member is as in the text, where ' stands for "; null: it is not there. */
static void tells(json_t *object, const char *text)
{
	char *expected = strdup(text), *at = expected;
	json_t *members, *value;
	const char *key;

	while ((at = strchr(at, '\'')))
		*at = '"';
	members = json_loads(expected, 0, NULL);
	ck_assert_msg(members != NULL, "%s", expected);
	json_object_foreach (members, key, value) {
		const json_t *told = json_object_get(object, key);
		char *shown = told ? json_dumps(told, JSON_ENCODE_ANY) : NULL;

		ck_assert_msg(json_is_null(value) ? !told || json_is_null(told)
						  : json_equal(told, value),
			      "%s: %s", key, shown);
		free(shown);
	}
	json_decref(members);
	json_decref(object);
	free(expected);
}

/* ---- links ------------------------------------------------------------------- */

START_TEST(a_vlan_has_an_id_and_a_link_below)
{
	const struct ifla_vlan_flags flags = { VLAN_FLAG_GVRP, UINT32_MAX };
	struct nlmsghdr *m = begin_link(9, IFF_UP | IFF_RUNNING | 0x10000);
	struct nlattr *info, *data;

	mnl_attr_put_strz(m, IFLA_IFNAME, "eth0.5");
	mnl_attr_put_u32(m, IFLA_LINK, 2);
	info = mnl_attr_nest_start(m, IFLA_LINKINFO);
	mnl_attr_put_strz(m, IFLA_INFO_KIND, "vlan");
	data = mnl_attr_nest_start(m, IFLA_INFO_DATA);
	mnl_attr_put_u16(m, IFLA_VLAN_ID, 5);
	mnl_attr_put_u16(m, IFLA_VLAN_PROTOCOL, htons(0x88a8));
	mnl_attr_put(m, IFLA_VLAN_FLAGS, sizeof(flags), &flags);
	mnl_attr_nest_end(m, data);
	mnl_attr_nest_end(m, info);
	tells(host_link_json(&links, m),
	      "{'name': 'eth0.5', 'index': 9, 'kind': 'vlan', 'lower': 'eth0',"
	      " 'lowerIndex': 2, 'up': true, 'carrier': true, 'peer': null,"
	      " 'hardwareType': 'ether', 'flags': ['up', 'running', 'lower-up'],"
	      " 'other': null, 'kindData': {'id': 5, 'protocol': '802.1ad',"
	      " 'flags': ['gvrp']}}");
}
END_TEST

START_TEST(a_vrf_and_its_port_have_its_table)
{
	static const struct {
		uint16_t kind, data;
		const char *expected;
	} cases[] = {
		{ IFLA_INFO_KIND, IFLA_INFO_DATA,
		  "{'kind': 'vrf', 'kindData': {'table': 500},"
		  " 'portData': null}" },
		{ IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA,
		  "{'kind': 'physical', 'portKind': 'vrf', 'master': 'eth1',"
		  " 'masterIndex': 7, 'portData': {'table': 500},"
		  " 'kindData': null}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nlmsghdr *m = begin_link(9, IFF_UP);
		struct nlattr *info, *data;

		mnl_attr_put_u32(m, IFLA_MASTER, 7);
		info = mnl_attr_nest_start(m, IFLA_LINKINFO);
		mnl_attr_put_strz(m, cases[i].kind, "vrf");
		data = mnl_attr_nest_start(m, cases[i].data);
		mnl_attr_put_u32(m, 1, 500);
		mnl_attr_nest_end(m, data);
		mnl_attr_nest_end(m, info);
		tells(host_link_json(&links, m), cases[i].expected);
	}
}
END_TEST

/* An index there is another link here. */
START_TEST(a_link_of_another_namespace_has_no_name_here)
{
	struct nlmsghdr *m = begin_link(9, 0);
	struct nlattr *info;

	mnl_attr_put_u32(m, IFLA_LINK, 2);
	mnl_attr_put_u32(m, IFLA_LINK_NETNSID, 0);
	info = mnl_attr_nest_start(m, IFLA_LINKINFO);
	mnl_attr_put_strz(m, IFLA_INFO_KIND, "veth");
	mnl_attr_nest_end(m, info);
	tells(host_link_json(&links, m),
	      "{'kind': 'veth', 'peer': null, 'peerIndex': 2, 'lower': null,"
	      " 'lowerNamespace': 0}");
}
END_TEST

START_TEST(what_has_no_row_is_kept_as_hex)
{
	struct nlmsghdr *m = begin_link(9, 0);
	struct nlattr *info, *data;

	mnl_attr_put(m, 1000, 3, "\x01\x02\xff");
	mnl_attr_put(m, IFLA_MTU, 3, "\x05\xdc\x01"); /* of no such size */
	mnl_attr_put(m, IFLA_STATS, 3, "abc");	      /* left out */
	info = mnl_attr_nest_start(m, IFLA_LINKINFO);
	mnl_attr_put_strz(m, IFLA_INFO_KIND, "strange");
	data = mnl_attr_nest_start(m, IFLA_INFO_DATA);
	mnl_attr_put_u8(m, 4, 7);
	mnl_attr_nest_end(m, data);
	mnl_attr_nest_end(m, info);
	tells(host_link_json(&links, m),
	      "{'other': {'1000': '0102ff', '4': '05dc01'}, 'mtu': null,"
	      " 'kind': 'strange', 'kindData': {'other': {'4': '07'}}}");
}
END_TEST

START_TEST(a_name_that_is_not_utf8_is_hex)
{
	struct nlmsghdr *m = begin_link(9, 0);

	mnl_attr_put_strz(m, IFLA_IFNAME, "e\xff\x1b");
	mnl_attr_put_strz(m, IFLA_IFALIAS, "gr\xc3\xbc\xc3\x9f\x1b");
	tells(host_link_json(&links, m),
	      "{'name': {'hex': '65ff1b'}, 'alias': 'gr\xc3\xbc\xc3\x9f\\u001b'}");
}
END_TEST

START_TEST(links_are_found_by_index_and_by_name)
{
	ck_assert_uint_eq(links.count, 2);
	ck_assert_uint_eq(links.list[0].index, 2);
	ck_assert_str_eq(host_link_name(&links, 7), "eth1");
	ck_assert_ptr_null(host_link_name(&links, 3));
	ck_assert_ptr_null(host_link_name(&links, 0));
	ck_assert_ptr_eq(host_link_find(&links, "eth0"), &links.list[0]);
	ck_assert_ptr_eq(host_link_find(&links, "a-name-that-is-too-long"),
			 &links.list[1]);
	ck_assert_ptr_null(host_link_find(&links, "eth2"));
}
END_TEST

/* ---- addresses ---------------------------------------------------------------- */

START_TEST(addresses_lie_with_their_link)
{
	static const struct {
		unsigned index;
		const char *address;
	} cases[] = {
		{ 7, "10.0.0.3" },
		{ 2, "10.0.0.1" },
		{ 7, "10.0.0.2" },
		{ 5, "10.0.0.9" }, /* of no link that is there */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nlmsghdr *m = begin_address(cases[i].index);

		put_ipv4(m, IFA_LOCAL, cases[i].address);
		host_dump_add(&address_dump, m);
	}
	host_links_close(&links);
	host_links_open(&links, &link_dump, &address_dump);
	ck_assert_uint_eq(links.list[0].address_count, 1);
	ck_assert_uint_eq(links.list[1].address_count, 2);
	tells(host_address_json(&links,
				links.addresses[links.list[0].first_address]),
	      "{'address': '10.0.0.1'}");
	/* In the kernel's order. */
	tells(host_address_json(&links,
				links.addresses[links.list[1].first_address]),
	      "{'address': '10.0.0.3'}");
}
END_TEST

START_TEST(an_address_has_lifetimes_flags_and_a_peer)
{
	const struct ifa_cacheinfo times = { 60, UINT32_MAX, 1, 2 };
	struct nlmsghdr *m = begin_address(2);

	put_ipv4(m, IFA_ADDRESS, "10.0.0.2");
	put_ipv4(m, IFA_LOCAL, "10.0.0.1");
	mnl_attr_put_u32(m, IFA_FLAGS, IFA_F_NOPREFIXROUTE | 0x80000000);
	mnl_attr_put(m, IFA_CACHEINFO, sizeof(times), &times);
	mnl_attr_put_u8(m, 11, 16);
	tells(host_address_json(&links, m),
	      "{'family': 'ipv4', 'address': '10.0.0.1', 'peer': '10.0.0.2',"
	      " 'prefixLength': 24, 'scope': 'global', 'protocol': 16,"
	      " 'flags': ['no-prefix-route', 2147483648],"
	      " 'preferredSeconds': 60, 'validSeconds': null, 'other': null}");
	m = begin_address(2);
	put_ipv4(m, IFA_ADDRESS, "10.0.0.2");
	mnl_attr_put(m, IFA_CACHEINFO, 4, "\x3c\0\0\0");
	mnl_attr_put(m, IFA_BROADCAST, 3, "abc");
	tells(host_address_json(&links, m),
	      "{'address': '10.0.0.2', 'peer': null, 'broadcast': null,"
	      " 'other': {'6': '3c000000', '4': '616263'}}");
}
END_TEST

/* ---- routes -------------------------------------------------------------------- */

START_TEST(a_route_has_its_words)
{
	struct nlmsghdr *m = begin_route(RTN_UNICAST, 12);
	struct nlattr *metrics;

	put_ipv4(m, RTA_DST, "172.16.0.0");
	put_ipv4(m, RTA_GATEWAY, "10.0.0.254");
	mnl_attr_put_u32(m, RTA_TABLE, 70000);
	mnl_attr_put_u32(m, RTA_OIF, 2);
	mnl_attr_put_u32(m, RTA_PRIORITY, 1002);
	metrics = mnl_attr_nest_start(m, RTA_METRICS);
	mnl_attr_put_u32(m, RTAX_MTU, 1300);
	mnl_attr_put_strz(m, RTAX_CC_ALGO, "bbr");
	mnl_attr_nest_end(m, metrics);
	tells(host_route_json(&links, m),
	      "{'family': 'ipv4', 'type': 'unicast', 'destination':"
	      " '172.16.0.0/12', 'gateway': '10.0.0.254', 'interface': 'eth0',"
	      " 'interfaceIndex': 2, 'metric': 1002, 'table': 70000,"
	      " 'protocol': 'dhcp', 'scope': 'global', 'flags': [],"
	      " 'metrics': {'mtu': 1300, 'congestionControl': 'bbr'},"
	      " 'from': null, 'other': null}");
}
END_TEST

START_TEST(a_gateway_may_be_of_another_family)
{
	static const uint8_t via[18] = { AF_INET6, 0, 0xfe, 0x80, [17] = 1 };
	struct nlmsghdr *m = begin_route(RTN_UNICAST, 0);

	mnl_attr_put(m, RTA_VIA, sizeof(via), via);
	tells(host_route_json(&links, m),
	      "{'destination': '0.0.0.0/0', 'gateway': 'fe80::1'}");
	m = begin_route(RTN_UNICAST, 0);
	mnl_attr_put(m, RTA_VIA, 2, via);
	tells(host_route_json(&links, m),
	      "{'gateway': null, 'other': {'18': '0a00'}}");
}
END_TEST

/* One whole nexthop, and one that says it is longer than what is left. */
/* Numbers are in this machine's order of octets, which are told as they are. */
START_TEST(nexthops_end_where_they_are_cut)
{
	struct nlmsghdr *m = begin_route(RTN_UNICAST, 8);
	char expected[256];
	size_t size;
	struct {
		struct rtnexthop hop;
		struct nlattr attribute;
		uint8_t gateway[4];
		struct rtnexthop cut;
	} hops = {
		.hop = { .rtnh_len = 16,
			 .rtnh_flags = RTNH_F_ONLINK,
			 .rtnh_hops = 2,
			 .rtnh_ifindex = 7 },
		.attribute = { 8, RTA_GATEWAY },
		.gateway = { 10, 0, 0, 1 },
		.cut = { .rtnh_len = 9, .rtnh_ifindex = 2 },
	};

	put_ipv4(m, RTA_DST, "10.0.0.0");
	mnl_attr_put(m, RTA_MULTIPATH, sizeof(hops) - 4, &hops);
	ck_assert(host_route_uses(m, 7) && !host_route_uses(m, 2));
	size = (size_t)snprintf(
		expected, sizeof(expected),
		"{'nexthops': [{'interface': 'eth1', 'interfaceIndex': 7,"
		" 'weight': 3, 'flags': ['onlink'], 'gateway': '10.0.0.1'}],"
		" 'other': {'9': '");
	for (size_t i = 0; i < sizeof(hops) - 4; i++)
		size += (size_t)snprintf(&expected[size], 3, "%02x",
					 ((const uint8_t *)&hops)[i]);
	strcpy(&expected[size], "'}}");
	tells(host_route_json(&links, m), expected);
	hops.cut.rtnh_len = 0;
	m = begin_route(RTN_UNICAST, 8);
	mnl_attr_put(m, RTA_MULTIPATH, sizeof(hops), &hops);
	ck_assert(host_route_uses(m, 7) && !host_route_uses(m, 2));
	hops.cut.rtnh_len = 8;
	m = begin_route(RTN_UNICAST, 8);
	mnl_attr_put(m, RTA_MULTIPATH, sizeof(hops), &hops);
	ck_assert(host_route_uses(m, 7) && host_route_uses(m, 2));
}
END_TEST

START_TEST(routes_are_of_a_class)
{
	static const struct {
		uint8_t type, length;
		uint16_t leads;
		enum host_route_class class;
	} cases[] = {
		{ RTN_UNICAST, 0, RTA_GATEWAY, HOST_ROUTE_DEFAULT },
		{ RTN_UNICAST, 24, 0, HOST_ROUTE_CONNECTED },
		{ RTN_UNICAST, 24, RTA_GATEWAY, HOST_ROUTE_OTHER },
		{ RTN_UNICAST, 24, RTA_VIA, HOST_ROUTE_OTHER },
		{ RTN_UNICAST, 24, RTA_MULTIPATH, HOST_ROUTE_OTHER },
		{ RTN_UNICAST, 24, RTA_NH_ID, HOST_ROUTE_OTHER },
		{ RTN_BLACKHOLE, 0, 0, HOST_ROUTE_OTHER },
		{ RTN_LOCAL, 32, 0, HOST_ROUTE_LOCAL },
		{ RTN_MULTICAST, 8, 0, HOST_ROUTE_LOCAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nlmsghdr *m = begin_route(cases[i].type, cases[i].length);
		struct rtmsg *header = mnl_nlmsg_get_payload(m);

		if (cases[i].leads)
			put_ipv4(m, cases[i].leads, "10.0.0.1");
		ck_assert_int_eq((int)host_route_classify(m),
				 (int)cases[i].class);
		header->rtm_flags = RTM_F_CLONED;
		ck_assert_int_eq((int)host_route_classify(m),
				 (int)HOST_ROUTE_NONE);
	}
}
END_TEST

/* ---- rules and nexthops ------------------------------------------------------------ */

START_TEST(a_rule_has_its_words)
{
	const struct fib_rule_hdr header = { .family = AF_INET6,
					     .src_len = 0,
					     .dst_len = 0,
					     .table = RT_TABLE_UNSPEC,
					     .action = FR_ACT_TO_TBL,
					     .flags = FIB_RULE_INVERT };
	const struct fib_rule_port_range ports = { 53, 54 };
	const struct fib_rule_uid_range users = { 0, UINT32_MAX };
	struct nlmsghdr *m = begin(RTM_NEWRULE, &header, sizeof(header));

	mnl_attr_put_u32(m, FRA_PRIORITY, 100);
	mnl_attr_put_u32(m, FRA_TABLE, 70000);
	mnl_attr_put_u32(m, FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
	mnl_attr_put(m, FRA_DPORT_RANGE, sizeof(ports), &ports);
	mnl_attr_put(m, FRA_UID_RANGE, sizeof(users), &users);
	mnl_attr_put(m, FRA_SPORT_RANGE, 2, "\x35\0");
	tells(host_rule_json(&links, m),
	      "{'family': 'ipv6', 'priority': 100, 'from': '::/0', 'to': '::/0',"
	      " 'flags': ['not'], 'action': 'table', 'table': 70000,"
	      " 'suppressPrefixLength': -1, 'destinationPorts': [53, 54],"
	      " 'users': [0, 4294967295], 'sourcePorts': null,"
	      " 'other': {'23': '3500'}}");
}
END_TEST

START_TEST(a_group_of_nexthops_has_weights)
{
	const struct nhmsg header = { .nh_protocol = RTPROT_STATIC };
	const struct nexthop_grp group[] = { { 11, 2, 0, 0 }, { 14, 0, 1, 0 } };
	struct nlmsghdr *m = begin(RTM_NEWNEXTHOP, &header, sizeof(header));

	mnl_attr_put_u32(m, NHA_ID, 20);
	mnl_attr_put_u16(m, NHA_GROUP_TYPE, NEXTHOP_GRP_TYPE_MPATH);
	mnl_attr_put(m, NHA_GROUP, sizeof(group), group);
	tells(host_nexthop_json(&links, m),
	      "{'id': 20, 'groupType': 'multipath', 'protocol': 'static',"
	      " 'group': [{'id': 11, 'weight': 3}, {'id': 14, 'weight': 257}],"
	      " 'other': null}");
	m = begin(RTM_NEWNEXTHOP, &header, sizeof(header));
	mnl_attr_put(m, NHA_BLACKHOLE, 0, NULL);
	mnl_attr_put(m, NHA_GROUP, 3, "\x0b\0\0");
	tells(host_nexthop_json(&links, m),
	      "{'blackhole': true, 'group': [], 'other': {'2': '0b0000'}}");
}
END_TEST

/* ---- what is none -------------------------------------------------------------------- */

START_TEST(what_is_shorter_than_its_header_is_none)
{
	static const uint16_t types[] = { RTM_NEWLINK, RTM_NEWADDR, RTM_NEWROUTE,
					  RTM_NEWRULE, RTM_NEWNEXTHOP };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct nlmsghdr *m = begin(types[i], "", 0);

		/* Nothing at all, and what is short by four octets. */
		for (m->nlmsg_len = NLMSG_HDRLEN;
		     m->nlmsg_len <= NLMSG_HDRLEN + 4; m->nlmsg_len += 4) {
			ck_assert_ptr_null(host_link_json(&links, m));
			ck_assert_ptr_null(host_address_json(&links, m));
			ck_assert_ptr_null(host_route_json(&links, m));
			ck_assert_ptr_null(host_rule_json(&links, m));
			ck_assert_ptr_null(host_nexthop_json(&links, m));
			ck_assert(!host_route_uses(m, 0));
			ck_assert_int_eq((int)host_route_classify(m),
					 (int)HOST_ROUTE_NONE);
		}
	}
}
END_TEST

/* Attributes that end early, or before themselves: what is whole is told. */
START_TEST(attributes_end_where_they_are_cut)
{
	static const uint16_t lengths[] = { 0, 3, 9, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct nlmsghdr *m = begin_link(9, 0);
		struct nlattr *cut;

		mnl_attr_put_u32(m, IFLA_GROUP, 5);
		cut = mnl_nlmsg_get_payload_tail(m);
		mnl_attr_put_u32(m, IFLA_MTU, 1500);
		cut->nla_len = lengths[i];
		tells(host_link_json(&links, m), "{'group': 5, 'mtu': null}");
	}
}
END_TEST

START_TEST(the_last_message_may_lack_what_aligns_it)
{
	struct host_dump dump = { 0 };
	const struct nlmsghdr *m;

	for (int i = 0; i < 2; i++) {
		struct nlmsghdr *one = begin_address(2);

		mnl_attr_put(one, IFA_LABEL, 5, "eth0");
		one->nlmsg_len -= 3;
		host_dump_add(&dump, one);
	}
	m = host_dump_next(&dump, NULL);
	tells(host_address_json(&links, m), "{'label': 'eth0'}");
	m = host_dump_next(&dump, m);
	tells(host_address_json(&links, m), "{'label': 'eth0'}");
	ck_assert_ptr_null(host_dump_next(&dump, m));
	host_dump_free(&dump);
	ck_assert_ptr_null(host_dump_next(&dump, NULL));
}
END_TEST

Suite *test_ctl_host_suite(void)
{
	Suite *suite = suite_create("ctl_host");
	TCase *tcase = tcase_create("ctl_host");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_vlan_has_an_id_and_a_link_below);
	tcase_add_test(tcase, a_vrf_and_its_port_have_its_table);
	tcase_add_test(tcase, a_link_of_another_namespace_has_no_name_here);
	tcase_add_test(tcase, what_has_no_row_is_kept_as_hex);
	tcase_add_test(tcase, a_name_that_is_not_utf8_is_hex);
	tcase_add_test(tcase, links_are_found_by_index_and_by_name);
	tcase_add_test(tcase, addresses_lie_with_their_link);
	tcase_add_test(tcase, an_address_has_lifetimes_flags_and_a_peer);
	tcase_add_test(tcase, a_route_has_its_words);
	tcase_add_test(tcase, a_gateway_may_be_of_another_family);
	tcase_add_test(tcase, nexthops_end_where_they_are_cut);
	tcase_add_test(tcase, routes_are_of_a_class);
	tcase_add_test(tcase, a_rule_has_its_words);
	tcase_add_test(tcase, a_group_of_nexthops_has_weights);
	tcase_add_test(tcase, what_is_shorter_than_its_header_is_none);
	tcase_add_test(tcase, attributes_end_where_they_are_cut);
	tcase_add_test(tcase, the_last_message_may_lack_what_aligns_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
