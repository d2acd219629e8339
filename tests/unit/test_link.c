/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links found and watched, on a veth pair in a namespace of the test.
 */
#include <check.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/link_monitor.h"
#include "host/netlink.h"
#include "netns.h"

Suite *test_link_suite(void);

/* How long news may be on their way. */
#define PATIENCE (50 * NSEC_PER_MS)

/* News of one interface, v0, and how many there were of others. */
struct fixture {
	struct loop_timer timer; /* first: stop() casts back */
	struct loop *loop;
	struct link_monitor *monitor;
	int ifindex;
	unsigned calls, others, downs;
	struct link_info last;
};

static void take_news(void *owner, const struct link_info *info, nsec now)
{
	struct fixture *f = owner;

	ck_assert_uint_gt(now, 0);
	if (info->ifindex != f->ifindex) {
		f->others++;
		return;
	}
	f->calls++;
	f->downs += !info->up;
	f->last = *info;
}

static void stop(struct loop_timer *timer, nsec now)
{
	(void)now;
	loop_quit(((struct fixture *)timer)->loop, 0);
}

static bool set_up(struct fixture *f)
{
	*f = (struct fixture){ .timer.fire = stop };
	if (!netns_enter())
		return false;
	netns_ip("link add v0 address 02:00:00:00:00:00 type veth "
		 "peer name v1 address 02:00:00:00:00:01");
	f->ifindex = netns_index("v0");
	ck_assert_int_eq(loop_open(&f->loop, &(struct loop_hooks){ 0 }, NULL), 0);
	ck_assert_int_eq(link_monitor_open(&f->monitor, f->loop, take_news, f),
			 0);
	return true;
}

static void tear_down(struct fixture *f)
{
	link_monitor_close(f->monitor);
	loop_close(f->loop);
}

/* Runs the loop for a moment; returns how much news of v0 came in it. */
static unsigned watch(struct fixture *f)
{
	f->calls = f->others = f->downs = 0;
	loop_timer_set(f->loop, &f->timer, loop_clock() + PATIENCE);
	ck_assert_int_eq(loop_run(f->loop), 0);
	return f->calls;
}

/* ---- questions ------------------------------------------------------- */

START_TEST(test_find)
{
	static const struct hwaddr own = { 6, { 2, 0, 0, 0, 0, 0 } };
	static const struct hwaddr all = { 6, { 255, 255, 255, 255, 255, 255 } };
	struct link_info info = { .ifindex = 77 };
	struct fixture f;

	if (!set_up(&f))
		return;
	ck_assert_int_eq(link_find("v7", &info), -ENODEV);
	ck_assert_int_eq(link_find("", &info), -ENODEV);
	ck_assert_int_eq(link_find("a-name-much-too-long", &info), -ENODEV);
	ck_assert_int_eq(info.ifindex, 77);
	netns_ip("link set v0 mtu 1400");
	ck_assert_int_eq(link_find("v0", &info), 0);
	ck_assert_int_eq(info.ifindex, f.ifindex);
	ck_assert_str_eq(info.name, "v0");
	ck_assert_uint_eq(info.hardware_type, ARP_HTYPE_ETHERNET);
	ck_assert(hwaddr_equal(&info.hwaddr, &own));
	ck_assert(hwaddr_equal(&info.broadcast, &all));
	ck_assert_uint_eq(info.mtu, 1400);
	ck_assert(!info.up && !info.carrier && !info.gone);
	netns_ip("link set v0 up");
	ck_assert_int_eq(link_find("v0", &info), 0);
	ck_assert(info.up && !info.carrier);
	netns_ip("link set v1 up");
	ck_assert_int_eq(link_find("v0", &info), 0);
	ck_assert(info.up && info.carrier);
	tear_down(&f);
}
END_TEST

START_TEST(test_kinds)
{
	static const struct {
		const char *name, *kind;
		bool virtual_end;
	} links[] = {
		{ "lo", "", true },	    { "v0", "veth", true },
		{ "br7", "bridge", false }, { "mv8", "macvlan", false },
		{ "mv7", "macvlan", true }, { "if7", "ifb", true },
	};
	struct link_info *list = NULL, info;
	size_t count = 0;
	struct fixture f;

	if (!set_up(&f))
		return;
	netns_ip("link add br7 type bridge");
	netns_ip("link add link v1 name mv8 type macvlan");
	netns_ip("link add link v0 name mv7 type macvlan");
	netns_ip("link set mv7 master br7");
	netns_ip("link add if7 type ifb");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		ck_assert_int_eq(link_find(links[i].name, &info), 0);
		ck_assert_str_eq(info.kind, links[i].kind);
		ck_assert_int_eq(info.virtual_end, links[i].virtual_end);
	}
	ck_assert_int_eq(link_list(&list, &count), 0);
	ck_assert_uint_eq(count, ARRAY_SIZE(links) + 1);
	for (size_t i = 1; i < count; i++)
		ck_assert_int_gt(list[i].ifindex, list[i - 1].ifindex);
	free(list);
	tear_down(&f);
}
END_TEST

START_TEST(test_names)
{
	struct fixture f;
	char text[64];

	if (!set_up(&f))
		return;
	ck_assert_int_eq(link_names(text, sizeof(text)), 0);
	ck_assert(strcmp(text, "v1, v0") == 0 || strcmp(text, "v0, v1") == 0);
	ck_assert_int_eq(link_names(text, 4), 0);
	ck_assert_uint_eq(strlen(text), 3);
	tear_down(&f);
}
END_TEST

START_TEST(test_has_address)
{
	uint32_t valid_s = 1;
	struct fixture f;
	bool has = true;
	int other;

	if (!set_up(&f))
		return;
	other = netns_index("v1");
	ck_assert_int_eq(link_has_address(f.ifindex, 0x0a000005, &has, &valid_s),
			 0);
	ck_assert(!has);
	ck_assert_uint_eq(valid_s, 0);
	netns_ip("addr add 10.0.0.5/24 valid_lft 900 preferred_lft 900 dev v0");
	netns_ip("addr add 10.0.0.6/24 dev v0");
	ck_assert_int_eq(link_has_address(f.ifindex, 0x0a000005, &has, &valid_s),
			 0);
	ck_assert(has);
	ck_assert_uint_ge(valid_s, 890);
	ck_assert_uint_le(valid_s, 900);
	ck_assert_int_eq(link_has_address(f.ifindex, 0x0a000006, &has, &valid_s),
			 0);
	ck_assert(has);
	ck_assert_uint_eq(valid_s, UINT32_MAX);
	ck_assert_int_eq(link_has_address(other, 0x0a000005, &has, &valid_s), 0);
	ck_assert(!has);
	tear_down(&f);
}
END_TEST

/* ---- the monitor ----------------------------------------------------- */

START_TEST(test_news)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	ck_assert_uint_eq(watch(&f), 0);
	netns_ip("link set v0 up");
	ck_assert_uint_gt(watch(&f), 0);
	ck_assert(f.last.up && !f.last.carrier && !f.last.gone);
	netns_ip("link set v1 up");
	ck_assert_uint_gt(watch(&f), 0);
	ck_assert(f.last.carrier);
	netns_ip("link set v1 down");
	ck_assert_uint_gt(watch(&f), 0);
	ck_assert(f.last.up && !f.last.carrier);
	netns_ip("link set v0 down");
	netns_ip("link set v0 name wan0");
	ck_assert_uint_gt(watch(&f), 0);
	ck_assert(!f.last.up);
	ck_assert_str_eq(f.last.name, "wan0");
	netns_ip("link del wan0");
	ck_assert_uint_gt(watch(&f), 0);
	ck_assert(f.last.gone);
	tear_down(&f);
}
END_TEST

/* A port that leaves its bridge is announced as RTM_DELLINK of the bridge. */
START_TEST(test_leaving_a_bridge_is_not_leaving)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	netns_ip("link add br0 type bridge");
	netns_ip("link set v0 master br0");
	netns_ip("link set v0 nomaster");
	ck_assert_uint_gt(watch(&f), 0);
	ck_assert(!f.last.gone);
	tear_down(&f);
}
END_TEST

static bool owns(const struct fixture *f, const struct hwaddr *hwaddr)
{
	return link_monitor_owns(f->monitor, hwaddr, loop_clock());
}

/* The first question about an address that is not known makes it dump. */
static void dump(const struct fixture *f)
{
	static const struct hwaddr nobody = { 6, { 2, 0, 0, 0, 0, 10 } };

	ck_assert(!owns(f, &nobody));
}

/* What was announced before a dump is older than it, and is not told after. */
START_TEST(test_dump)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	netns_ip("link set v1 up");
	netns_ip("link set v0 up");
	netns_ip("link set v0 down");
	netns_ip("link set v0 up");
	netns_wait_up("v0");
	dump(&f);
	ck_assert_uint_eq(f.calls, 1);
	ck_assert_uint_eq(f.others, 2);
	/* Not its carrier: the kernel finds that out in its own time. */
	ck_assert(f.last.up);
	watch(&f);
	ck_assert_uint_eq(f.downs, 0);
	tear_down(&f);
}
END_TEST

/* All links of the host, managed or not, and those that come later. */
START_TEST(test_own_hardware_addresses)
{
	static const struct hwaddr v1 = { 6, { 2, 0, 0, 0, 0, 1 } };
	static const struct hwaddr other = { 6, { 2, 0, 0, 0, 0, 10 } };
	static const struct hwaddr alike = { 6, { 2, 0, 0, 0, 1, 1 } };
	static const struct hwaddr later = { 6, { 2, 0, 0, 0, 0, 11 } };
	struct fixture f;

	if (!set_up(&f))
		return;
	ck_assert(owns(&f, &v1));
	ck_assert(!owns(&f, &other));
	ck_assert(!owns(&f, &alike));
	ck_assert(!owns(&f, &later));
	netns_ip("link set v1 address 02:00:00:00:00:0b");
	watch(&f);
	ck_assert(owns(&f, &later));
	ck_assert(!owns(&f, &v1));
	netns_ip("link del v0");
	watch(&f);
	ck_assert(!owns(&f, &later));
	tear_down(&f);
}
END_TEST

/* Makes the kernel announce v1 often. */
static void chatter(int ifindex, int count)
{
	for (int i = 0; i < count; i++) {
		_Alignas(struct nlmsghdr) char buffer[64];
		struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
		struct ifinfomsg *header =
			mnl_nlmsg_put_extra_header(message, sizeof(*header));

		message->nlmsg_type = RTM_NEWLINK;
		header->ifi_index = ifindex;
		mnl_attr_put_u32(message, IFLA_MTU, 1400U + (uint32_t)i % 2);
		ck_assert_int_eq(netlink_ask(message, NULL, NULL), 0);
	}
}

START_TEST(test_removed_during_an_overflow)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	netns_ip("link add w0 type veth peer name w1");
	dump(&f);
	chatter(netns_index("w1"), 20000);
	netns_ip("link del v0");
	ck_assert_uint_eq(watch(&f), 1);
	ck_assert(f.last.gone);
	ck_assert_uint_le(f.others, 8);
	netns_ip("link set w0 up");
	watch(&f);
	ck_assert_uint_gt(f.others, 0);
	tear_down(&f);
}
END_TEST

/* ---- other questions ---------------------------------------------------- */

START_TEST(test_own_address)
{
	ipv4_addr address = 1;

	if (!netns_enter())
		return;
	netns_ip("link add v0 type veth peer name v1");
	ck_assert_int_eq(link_own_address(netns_index("v0"), &address), 0);
	ck_assert_uint_eq(address, IPV4_ANY);
	netns_ip("addr add 127.0.0.9/8 dev v0 scope host");
	netns_ip("addr add 10.0.0.5/24 dev v0");
	netns_ip("addr add 10.0.0.6/24 dev v0");
	netns_ip("addr add 10.0.0.7/24 dev v1");
	ck_assert_int_eq(link_own_address(netns_index("v0"), &address), 0);
	ck_assert_uint_eq(address, 0x0a000005);
	ck_assert_int_eq(link_own_address(netns_index("v1"), &address), 0);
	ck_assert_uint_eq(address, 0x0a000007);
}
END_TEST

START_TEST(test_ipv6)
{
	bool has = true;

	if (!netns_enter())
		return;
	netns_ip("link add v0 type veth peer name v1");
	netns_ip("addr add 10.0.0.5/24 dev v0");
	ck_assert_int_eq(link_has_ipv6(netns_index("v0"), &has), 0);
	ck_assert(!has);
	netns_ip("addr add 2001:db8::1/64 dev v0");
	ck_assert_int_eq(link_has_ipv6(netns_index("v0"), &has), 0);
	ck_assert(has);
	ck_assert_int_eq(link_has_ipv6(netns_index("v1"), &has), 0);
	ck_assert(!has);
}
END_TEST

/* What a port of a VRF tells, made by hand: few kernels of tests have VRFs. */
static bool read_port(const char *kind, struct link_info *ret)
{
	_Alignas(struct nlmsghdr) char buffer[512];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *header;
	struct nlattr *info, *data;

	message->nlmsg_type = RTM_NEWLINK;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifi_index = 7;
	mnl_attr_put_strz(message, IFLA_IFNAME, "port");
	mnl_attr_put_u32(message, IFLA_MASTER, 5);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	if (kind) {
		mnl_attr_put_strz(message, IFLA_INFO_SLAVE_KIND, kind);
		data = mnl_attr_nest_start(message, IFLA_INFO_SLAVE_DATA);
		mnl_attr_put_u32(message, IFLA_VRF_PORT_TABLE, 1000);
		mnl_attr_nest_end(message, data);
	}
	mnl_attr_nest_end(message, info);
	return link_read(message, ret);
}

START_TEST(test_vrf)
{
	struct link_info info;

	ck_assert(read_port("vrf", &info));
	ck_assert_int_eq(info.vrf, 5);
	ck_assert_int_eq(info.master, 0);
	ck_assert_uint_eq(info.vrf_table, 1000);
	ck_assert(read_port("bridge", &info));
	ck_assert(info.vrf == 0 && info.vrf_table == 0 && info.master == 5);
	ck_assert(read_port(NULL, &info));
	ck_assert(info.vrf == 0 && info.vrf_table == 0 && info.master == 5);
}
END_TEST

Suite *test_link_suite(void)
{
	Suite *suite = suite_create("link");
	TCase *tcase = tcase_create("link");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, test_find);
	tcase_add_test(tcase, test_kinds);
	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_has_address);
	tcase_add_test(tcase, test_news);
	tcase_add_test(tcase, test_leaving_a_bridge_is_not_leaving);
	tcase_add_test(tcase, test_dump);
	tcase_add_test(tcase, test_own_hardware_addresses);
	tcase_add_test(tcase, test_removed_during_an_overflow);
	tcase_add_test(tcase, test_own_address);
	tcase_add_test(tcase, test_ipv6);
	tcase_add_test(tcase, test_vrf);
	suite_add_tcase(suite, tcase);
	return suite;
}
