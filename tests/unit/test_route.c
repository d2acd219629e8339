/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and routes on a veth pair in a namespace of the test. What the
 * kernel announces while it happens is compared as text, since the order is what
 * keeps a host reachable; what is there afterwards is asked of ip(8).
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "host/netlink.h"
#include "host/room.h"
#include "daemon/route.h"
#include "netns.h"

Suite *test_route_suite(void);

#define METRIC 1002

#define ADDRESS UINT32_C(0x0a000005) /* 10.0.0.5 */
#define ROUTER	UINT32_C(0x0a000001)
#define ROUTER2 UINT32_C(0x0a000002)

struct fixture {
	struct loop *loop;
	struct route *route;
	struct mnl_socket *monitor;
	int ifindex;
};

/* What done was told. */
struct result {
	struct loop *loop; /* to be quit, or NULL */
	unsigned calls;
	int error;
	char what[256];
};

static bool set_up(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	if (!netns_enter())
		return false;
	netns_ip("link add v0 type veth peer name v1");
	netns_ip("link set v1 up");
	f->ifindex = netns_index("v0");
	ck_assert_int_eq(route_link_up(f->ifindex), 0);
	ck_assert_int_eq(loop_open(&f->loop, &(struct loop_hooks){ 0 }, NULL), 0);
	ck_assert_int_eq(route_open(&f->route, f->loop), 0);
	ck_assert_int_eq(netlink_open(&f->monitor,
				      RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_IFADDR,
				      SOCK_NONBLOCK),
			 0);
	return true;
}

static void tear_down(struct fixture *f)
{
	mnl_socket_close(f->monitor);
	route_close(f->route);
	loop_close(f->loop);
}

/* A state of v0 with these routes; to be freed. */
static struct route_state *make_state(const struct fixture *f, ipv4_addr address,
				      uint8_t prefix_length, unsigned count,
				      const struct dhcp4_route *routes)
{
	struct route_state *s = calloc(1, sizeof(*s) + count * sizeof(*routes));

	ck_assert_ptr_nonnull(s);
	s->ifindex = f->ifindex;
	s->address = address;
	s->prefix_length = prefix_length;
	s->broadcast =
		prefix_length < 31 ? address | ~ipv4_mask(prefix_length) : 0;
	s->valid_s = 600;
	s->metric = METRIC;
	s->table = ROUTE_TABLE_MAIN;
	s->route_count = count;
	if (count)
		memcpy(s->routes, routes, count * sizeof(*routes));
	return s;
}

static struct route_state *make_simple(const struct fixture *f,
				       ipv4_addr address, ipv4_addr router)
{
	return make_state(f, address, 24, 1,
			  &(struct dhcp4_route){ .gateway = router });
}

static void take_done(void *context, const char *what, int error, nsec now)
{
	struct result *result = context;

	(void)now;
	ck_assert((what != NULL) == (error != 0));
	result->calls++;
	result->error = error;
	strcpy(result->what, what ? what : "");
	if (result->loop)
		loop_quit(result->loop, 0);
}

static struct result change(struct fixture *f, const struct route_state *from,
			    const struct route_state *to)
{
	struct result result = { 0 };

	ck_assert_int_eq(route_change(f->route, from, to, take_done, &result), 0);
	ck_assert_uint_eq(result.calls, 0);
	route_drain(f->route);
	ck_assert_uint_eq(result.calls, 1);
	return result;
}

static void change_well(struct fixture *f, const struct route_state *from,
			const struct route_state *to)
{
	struct result result = change(f, from, to);

	ck_assert_msg(result.error == 0, "%s: %s", result.what,
		      strerror(result.error));
}

/* ---- what the kernel announced ---------------------------------------- */

static int take_announcement(const struct nlmsghdr *message, void *context)
{
	struct str *s = context;
	const struct nlattr *a[RTA_GATEWAY + 1] = { 0 };
	bool address = message->nlmsg_type == RTM_NEWADDR ||
		       message->nlmsg_type == RTM_DELADDR;
	bool gone = message->nlmsg_type == RTM_DELADDR ||
		    message->nlmsg_type == RTM_DELROUTE;

	if (address) {
		const struct ifaddrmsg *h = mnl_nlmsg_get_payload(message);

		netlink_read(message, sizeof(*h),
			     (struct netlink_attributes){ a, RTA_GATEWAY });
		str_text(s, gone ? "-address " : "+address ");
		str_ipv4(s, ntohl(netlink_u32(a[IFA_LOCAL], 0)));
		str_char(s, '\n');
	} else {
		const struct rtmsg *h = mnl_nlmsg_get_payload(message);

		if (h->rtm_table != RT_TABLE_MAIN)
			return MNL_CB_OK;
		netlink_read(message, sizeof(*h),
			     (struct netlink_attributes){ a, RTA_GATEWAY });
		str_char(s, gone ? '-' : '+');
		str_ipv4(s, ntohl(netlink_u32(a[RTA_DST], 0)));
		str_char(s, '/');
		str_u64(s, h->rtm_dst_len);
		if (a[RTA_GATEWAY]) {
			str_text(s, " via ");
			str_ipv4(s, ntohl(netlink_u32(a[RTA_GATEWAY], 0)));
		}
		str_char(s, '\n');
	}
	return MNL_CB_OK;
}

/* Since the last call, a line each; until the next call. */
static const char *announced(struct fixture *f)
{
	static char text[8192];
	_Alignas(struct nlmsghdr) char buffer[ROOM_SIZE];
	struct str s = str_over(text, sizeof(text));
	ssize_t size;

	while ((size = mnl_socket_recvfrom(f->monitor, buffer, sizeof(buffer))) >
	       0)
		mnl_cb_run(buffer, (size_t)size, 0, 0, take_announcement, &s);
	return text;
}

#define ASSERT_SHOWS(text, part) \
	ck_assert_msg(strstr((text), (part)), "\"%s\" not in:\n%s", (part), \
		      (text))

#define ASSERT_LACKS(text, part) \
	ck_assert_msg(!strstr((text), (part)), "\"%s\" is in:\n%s", (part), \
		      (text))

/* ---- tests ----------------------------------------------------------- */

START_TEST(test_address_and_routes)
{
	struct fixture f;
	struct route_state *s;
	const char *text;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	change_well(&f, NULL, s);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n"
					"+10.0.0.0/24\n"
					"+0.0.0.0/0 via 10.0.0.1\n");
	text = netns_show("-4 -o addr show dev v0");
	ASSERT_SHOWS(text, "inet 10.0.0.5/24 brd 10.0.0.255 ");
	ASSERT_SHOWS(text, " noprefixroute ");
	ck_assert(strstr(text, "valid_lft 600sec preferred_lft 600sec") ||
		  strstr(text, "valid_lft 599sec preferred_lft 599sec"));
	text = netns_show("-4 route show");
	ASSERT_SHOWS(text, "default via 10.0.0.1 dev v0 proto 16 src 10.0.0.5 "
			   "metric 1002");
	ASSERT_SHOWS(text, "10.0.0.0/24 dev v0 proto 16 scope 253 src 10.0.0.5 "
			   "metric 1002");
	s->valid_s = DHCP4_LEASE_INFINITE;
	change_well(&f, s, s);
	ASSERT_SHOWS(netns_show("-4 -o addr show dev v0"),
		     "valid_lft forever preferred_lft forever");
	free(s);
	tear_down(&f);
}
END_TEST

static int take_protocol(const struct nlmsghdr *message, void *context)
{
	const struct nlattr *a[12] = { 0 };

	if (message->nlmsg_type == RTM_NEWADDR)
		netlink_read(message, sizeof(struct ifaddrmsg),
			     (struct netlink_attributes){ a, 11 });
	if (a[11] && ntohl(netlink_u32(a[IFA_LOCAL], 0)) == ADDRESS)
		*(unsigned *)context = mnl_attr_get_u8(a[11]);
	return MNL_CB_OK;
}

START_TEST(test_address_is_marked)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *header =
		mnl_nlmsg_put_extra_header(message, sizeof(*header));
	unsigned protocol = RTPROT_DHCP; /* kernels before 5.18 have none */
	struct route_state *s;
	struct fixture f;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	change_well(&f, NULL, s);
	message->nlmsg_type = RTM_GETADDR;
	message->nlmsg_flags = NLM_F_DUMP;
	header->ifa_family = AF_INET;
	ck_assert_int_eq(netlink_ask(message, take_protocol, &protocol), 0);
	ck_assert_uint_eq(protocol, RTPROT_DHCP);
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_the_same_again_announces_the_address_alone)
{
	struct fixture f;
	struct route_state *s;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	change_well(&f, NULL, s);
	announced(&f);
	change_well(&f, s, s);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n");
	/* As after a restart that does not know what it finds. */
	change_well(&f, NULL, s);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n");
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_what_vanished_is_put_back)
{
	struct fixture f;
	struct route_state *s;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	change_well(&f, NULL, s);
	netns_ip("link set v0 down");
	netns_ip("link set v0 up");
	ck_assert_str_eq(netns_show("-4 route show"), "");
	announced(&f);
	change_well(&f, s, s);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n"
					"+10.0.0.0/24\n"
					"+0.0.0.0/0 via 10.0.0.1\n");
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_another_gateway_leaves_no_gap)
{
	struct fixture f;
	struct route_state *from, *to;

	if (!set_up(&f))
		return;
	from = make_simple(&f, ADDRESS, ROUTER);
	to = make_simple(&f, ADDRESS, ROUTER2);
	change_well(&f, NULL, from);
	announced(&f);
	change_well(&f, from, to);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n"
					"+0.0.0.0/0 via 10.0.0.2\n"
					"-0.0.0.0/0 via 10.0.0.1\n");
	ASSERT_SHOWS(netns_show("-4 route show"),
		     "default via 10.0.0.2 dev v0 proto 16 src 10.0.0.5 "
		     "metric 1002");
	ASSERT_LACKS(netns_show("-4 route show"), "via 10.0.0.1");
	free(from);
	free(to);
	tear_down(&f);
}
END_TEST

START_TEST(test_another_subnet)
{
	struct fixture f;
	struct route_state *from, *to;

	if (!set_up(&f))
		return;
	from = make_simple(&f, ADDRESS, ROUTER);
	to = make_simple(&f, 0x0a000105, 0x0a000101);
	change_well(&f, NULL, from);
	announced(&f);
	change_well(&f, from, to);
	ck_assert_str_eq(announced(&f), "+address 10.0.1.5\n"
					"+10.0.1.0/24\n"
					"+0.0.0.0/0 via 10.0.1.1\n"
					"-0.0.0.0/0 via 10.0.0.1\n"
					"-10.0.0.0/24\n"
					"-address 10.0.0.5\n");
	ASSERT_LACKS(netns_show("-4 addr show dev v0"), "10.0.0.");
	ASSERT_LACKS(netns_show("-4 route show"), "10.0.0.");
	free(from);
	free(to);
	tear_down(&f);
}
END_TEST

/* The new address is a secondary one of the old until that is removed. */
START_TEST(test_another_address_of_the_subnet)
{
	struct fixture f;
	struct route_state *from, *to;
	const char *text;

	if (!set_up(&f))
		return;
	from = make_simple(&f, ADDRESS, ROUTER);
	to = make_simple(&f, ADDRESS + 1, ROUTER);
	change_well(&f, NULL, from);
	netns_ip("addr add 10.0.0.77/24 dev v0");
	change_well(&f, from, to);
	text = netns_show("-4 addr show dev v0");
	ASSERT_LACKS(text, "10.0.0.5/");
	ASSERT_SHOWS(text, "10.0.0.6/24");
	ASSERT_SHOWS(text, "10.0.0.77/24");
	text = netns_show("-4 route show");
	ASSERT_SHOWS(text, "default via 10.0.0.1 dev v0 proto 16 src 10.0.0.6");
	ASSERT_SHOWS(text, "10.0.0.0/24 dev v0 proto 16 scope 253 src 10.0.0.6");
	ASSERT_LACKS(text, "10.0.0.5");
	free(from);
	free(to);
	tear_down(&f);
}
END_TEST

START_TEST(test_another_mask)
{
	struct fixture f;
	struct route_state *from, *to;
	const char *text;

	if (!set_up(&f))
		return;
	from = make_simple(&f, ADDRESS, ROUTER);
	to = make_simple(&f, ADDRESS, ROUTER);
	to->prefix_length = 16;
	to->broadcast = 0x0a00ffff;
	change_well(&f, NULL, from);
	announced(&f);
	change_well(&f, from, to);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n"
					"+10.0.0.0/16\n"
					"-10.0.0.0/24\n"
					"-address 10.0.0.5\n");
	text = netns_show("-4 addr show dev v0");
	ASSERT_SHOWS(text, "10.0.0.5/16");
	ASSERT_LACKS(text, "10.0.0.5/24");
	ASSERT_SHOWS(netns_show("-4 route show"), "default via 10.0.0.1");
	free(from);
	free(to);
	tear_down(&f);
}
END_TEST

START_TEST(test_host_address_with_a_gateway_elsewhere)
{
	static const struct dhcp4_route routes[] = {
		{ .destination = 0xc0000201, .prefix_length = 32 },
		{ .gateway = 0xc0000201 },
	};
	struct fixture f;
	struct route_state *s;

	if (!set_up(&f))
		return;
	s = make_state(&f, ADDRESS, 32, ARRAY_SIZE(routes), routes);
	change_well(&f, NULL, s);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n"
					"+192.0.2.1/32\n"
					"+0.0.0.0/0 via 192.0.2.1\n");
	change_well(&f, s, NULL);
	ck_assert_str_eq(announced(&f), "-0.0.0.0/0 via 192.0.2.1\n"
					"-192.0.2.1/32\n"
					"-address 10.0.0.5\n");
	free(s);
	tear_down(&f);
}
END_TEST

/* Several routers, each with a worse metric than the one before. */
START_TEST(test_preferences)
{
	static const struct dhcp4_route routes[] = {
		{ .gateway = 0x0a000001 },
		{ .gateway = 0x0a000002, .preference = 1 },
		{ .gateway = 0x0a000003, .preference = 2 },
	};
	struct fixture f;
	struct route_state *s, *fewer;
	const char *text;

	if (!set_up(&f))
		return;
	s = make_state(&f, ADDRESS, 24, ARRAY_SIZE(routes), routes);
	fewer = make_state(&f, ADDRESS, 24, 2, routes);
	change_well(&f, NULL, s);
	text = netns_show("-4 route show");
	ASSERT_SHOWS(text, "default via 10.0.0.1 dev v0 proto 16 "
			   "src 10.0.0.5 metric 1002");
	ASSERT_SHOWS(text, "default via 10.0.0.2 dev v0 proto 16 "
			   "src 10.0.0.5 metric 1003");
	ASSERT_SHOWS(text, "default via 10.0.0.3 dev v0 proto 16 "
			   "src 10.0.0.5 metric 1004");
	announced(&f);
	change_well(&f, s, fewer);
	ck_assert_str_eq(announced(&f), "+address 10.0.0.5\n"
					"-0.0.0.0/0 via 10.0.0.3\n");
	/* One that became better is another route. */
	fewer->routes[0] = routes[1];
	fewer->routes[0].preference = 0;
	fewer->route_count = 1;
	change_well(&f, s, fewer);
	ASSERT_SHOWS(netns_show("-4 route show"),
		     "default via 10.0.0.2 dev v0 proto 16 "
		     "src 10.0.0.5 metric 1002");
	ASSERT_LACKS(netns_show("-4 route show"), "metric 1003");
	change_well(&f, fewer, NULL);
	ck_assert_str_eq(netns_show("-4 route show"), "");
	/* There is nothing worse than the worst. */
	s->metric = UINT32_MAX - 1;
	change_well(&f, NULL, s);
	ASSERT_SHOWS(netns_show("-4 route show"), "metric 4294967294");
	ASSERT_SHOWS(netns_show("-4 route show"),
		     "via 10.0.0.3 dev v0 proto 16 "
		     "src 10.0.0.5 metric 4294967295");
	change_well(&f, s, NULL);
	ck_assert_str_eq(netns_show("-4 route show"), "");
	free(s);
	free(fewer);
	tear_down(&f);
}
END_TEST

START_TEST(test_another_table)
{
	struct fixture f;
	struct route_state *s, *moved;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	moved = make_simple(&f, ADDRESS, ROUTER);
	moved->table = 1000;
	change_well(&f, NULL, s);
	change_well(&f, s, moved);
	ck_assert_str_eq(netns_show("-4 route show"), "");
	ASSERT_SHOWS(netns_show("-4 route show table 1000"),
		     "default via 10.0.0.1");
	ASSERT_SHOWS(netns_show("-4 route show table 1000"), "10.0.0.0/24 dev");
	change_well(&f, moved, NULL);
	ck_assert_str_eq(netns_show("-4 route show table all proto 16"), "");
	free(s);
	free(moved);
	tear_down(&f);
}
END_TEST

START_TEST(test_mtu)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	ck_assert_int_eq(route_set_mtu(f.ifindex, 1400), 0);
	ASSERT_SHOWS(netns_show("link show dev v0"), "mtu 1400");
	ck_assert_int_eq(route_set_mtu(f.ifindex, 20), -EINVAL);
	ck_assert_int_eq(route_set_mtu(12345, 1400), -ENODEV);
	tear_down(&f);
}
END_TEST

START_TEST(test_removal_leaves_what_others_added)
{
	struct fixture f;
	struct route_state *s;
	char before[4096];

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	netns_ip("addr add 10.0.0.77/24 dev v0");
	netns_ip("route add 192.0.2.0/24 via 10.0.0.9 dev v0");
	/* Even with our metric, and to where one of ours leads. */
	netns_ip("route add default via 10.0.0.9 dev v0 metric 1002");
	strcpy(before, netns_show("-4 route show"));
	change_well(&f, NULL, s);
	ASSERT_SHOWS(netns_show("route get 203.0.113.1"), "via 10.0.0.9");
	ASSERT_SHOWS(netns_show("-4 route show"), "via 10.0.0.1 dev v0");
	change_well(&f, s, NULL);
	ck_assert_str_eq(netns_show("-4 route show"), before);
	ASSERT_SHOWS(netns_show("-4 addr show dev v0"), "10.0.0.77/24");
	ASSERT_LACKS(netns_show("-4 addr show dev v0"), "10.0.0.5/24");
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_removal_of_what_is_gone)
{
	struct fixture f;
	struct route_state *s;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	change_well(&f, s, NULL);
	change_well(&f, NULL, s);
	netns_ip("link del v0");
	change_well(&f, s, NULL);
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_rule)
{
	static const char rule[] = "32770:\tfrom all lookup 1145569283 proto 16";
	struct fixture f;
	struct route_state *s, *moved;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	s->table = ROUTE_TABLE_OWN + 3;
	s->has_rule = true;
	change_well(&f, NULL, s);
	ASSERT_SHOWS(netns_show("rule show"), rule);
	/* Once, however often it is asked for. */
	change_well(&f, s, s);
	change_well(&f, NULL, s);
	netns_ip("rule del priority 32770");
	ASSERT_LACKS(netns_show("rule show"), "32770");
	change_well(&f, s, s);
	ASSERT_SHOWS(netns_show("rule show"), rule);
	/* The rule goes with the table, and another one's stays. */
	moved = make_simple(&f, ADDRESS, ROUTER);
	moved->table = ROUTE_TABLE_OWN + 4;
	moved->has_rule = true;
	change_well(&f, s, moved);
	ASSERT_LACKS(netns_show("rule show"), rule);
	ASSERT_SHOWS(netns_show("rule show"), "lookup 1145569284");
	change_well(&f, moved, NULL);
	ASSERT_LACKS(netns_show("rule show"), "32770");
	/* What is gone already is as wanted. */
	change_well(&f, moved, NULL);
	free(s);
	free(moved);
	tear_down(&f);
}
END_TEST

START_TEST(test_subnet_without_a_route)
{
	struct fixture f;
	struct route_state *s;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	change_well(&f, NULL, s);
	s->no_subnet_route = true;
	s->route_count = 0;
	change_well(&f, NULL, s);
	ASSERT_SHOWS(netns_show("-4 route show"), "10.0.0.0/24");
	s->no_subnet_route = false;
	change_well(&f, s, NULL);
	s->no_subnet_route = true;
	change_well(&f, NULL, s);
	ck_assert_str_eq(netns_show("-4 route show"), "");
	ASSERT_SHOWS(netns_show("-4 -o addr show dev v0"), "inet 10.0.0.5/24");
	change_well(&f, s, NULL);
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_failures_are_named)
{
	struct fixture f;
	struct route_state *s;
	struct result result;

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, 0xc0000201);
	result = change(&f, NULL, s);
	ck_assert_int_eq(result.error, ENETUNREACH);
	ck_assert_str_eq(result.what, "route 0.0.0.0/0 via 192.0.2.1 "
				      "(Nexthop has invalid gateway)");
	change_well(&f, s, NULL);
	netns_ip("link set v0 down");
	result = change(&f, NULL, s);
	ck_assert_int_eq(result.error, ENETDOWN);
	ASSERT_SHOWS(result.what, "route 10.0.0.0/24");
	s->ifindex = 12345;
	result = change(&f, NULL, s);
	ck_assert_int_eq(result.error, ENODEV);
	ASSERT_SHOWS(result.what, "address 10.0.0.5/24");
	free(s);
	tear_down(&f);
}
END_TEST

START_TEST(test_answers_come_through_the_loop)
{
	struct fixture f;
	struct route_state *s;
	struct result result = { 0 };

	if (!set_up(&f))
		return;
	result.loop = f.loop;
	s = make_simple(&f, ADDRESS, ROUTER);
	ck_assert_int_eq(route_change(f.route, NULL, s, take_done, &result), 0);
	free(s);
	ck_assert_int_eq(loop_run(f.loop), 0);
	ck_assert_uint_eq(result.calls, 1);
	ck_assert_int_eq(result.error, 0);
	tear_down(&f);
}
END_TEST

START_TEST(test_who_cancelled_is_not_told)
{
	struct fixture f;
	struct route_state *s;
	struct result gone = { 0 }, stays = { 0 };

	if (!set_up(&f))
		return;
	s = make_simple(&f, ADDRESS, ROUTER);
	ck_assert_int_eq(route_change(f.route, NULL, s, take_done, &gone), 0);
	ck_assert_int_eq(route_change(f.route, s, s, NULL, NULL), 0);
	ck_assert_int_eq(route_change(f.route, s, s, take_done, &stays), 0);
	route_cancel(f.route, &gone);
	route_drain(f.route);
	ck_assert_uint_eq(gone.calls, 0);
	ck_assert_uint_eq(stays.calls, 1);
	free(s);
	tear_down(&f);
}
END_TEST

/* More than the socket holds answers for: nobody is told twice, or never. */
START_TEST(test_lost_answers)
{
	enum {
		COUNT = 20000
	};
	struct result *results = calloc(COUNT, sizeof(*results));
	unsigned lost = 0;
	struct fixture f;
	struct route_state *s;

	ck_assert_ptr_nonnull(results);
	if (set_up(&f)) {
		s = make_state(&f, ADDRESS, 32, 0, NULL);
		for (int i = 0; i < COUNT; i++)
			ck_assert_int_eq(route_change(f.route, s, s, take_done,
						      &results[i]),
					 0);
		route_drain(f.route);
		for (int i = 0; i < COUNT; i++) {
			ck_assert_uint_eq(results[i].calls, 1);
			ck_assert(results[i].error == 0 ||
				  results[i].error == ENOBUFS);
			lost += results[i].error != 0;
		}
		ck_assert_uint_gt(lost, 0);
		change_well(&f, s, s);
		free(s);
		tear_down(&f);
	}
	free(results);
}
END_TEST

/* As many requests as a change can have. */
START_TEST(test_largest_change)
{
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	struct fixture f;
	struct route_state *from, *to;

	if (!set_up(&f))
		return;
	for (unsigned i = 0; i < DHCP4_ROUTES_MAX; i++)
		routes[i] = (struct dhcp4_route){
			.destination = 0xc0000000 + i * 256,
			.prefix_length = 24,
			.gateway = ROUTER,
		};
	from = make_state(&f, ADDRESS, 24, DHCP4_ROUTES_MAX, routes);
	for (unsigned i = 0; i < DHCP4_ROUTES_MAX; i++)
		routes[i].gateway = 0x0a000101;
	to = make_state(&f, 0x0a000105, 24, DHCP4_ROUTES_MAX, routes);
	change_well(&f, NULL, from);
	change_well(&f, from, to);
	ASSERT_LACKS(netns_show("-4 route show"), "10.0.0.");
	change_well(&f, to, NULL);
	ck_assert_str_eq(netns_show("-4 route show"), "");
	free(from);
	free(to);
	tear_down(&f);
}
END_TEST

Suite *test_route_suite(void)
{
	Suite *suite = suite_create("route");
	TCase *tcase = tcase_create("route");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, test_address_and_routes);
	tcase_add_test(tcase, test_address_is_marked);
	tcase_add_test(tcase, test_the_same_again_announces_the_address_alone);
	tcase_add_test(tcase, test_what_vanished_is_put_back);
	tcase_add_test(tcase, test_another_gateway_leaves_no_gap);
	tcase_add_test(tcase, test_another_subnet);
	tcase_add_test(tcase, test_another_address_of_the_subnet);
	tcase_add_test(tcase, test_another_mask);
	tcase_add_test(tcase, test_host_address_with_a_gateway_elsewhere);
	tcase_add_test(tcase, test_preferences);
	tcase_add_test(tcase, test_another_table);
	tcase_add_test(tcase, test_rule);
	tcase_add_test(tcase, test_subnet_without_a_route);
	tcase_add_test(tcase, test_mtu);
	tcase_add_test(tcase, test_removal_leaves_what_others_added);
	tcase_add_test(tcase, test_removal_of_what_is_gone);
	tcase_add_test(tcase, test_failures_are_named);
	tcase_add_test(tcase, test_answers_come_through_the_loop);
	tcase_add_test(tcase, test_who_cancelled_is_not_told);
	tcase_add_test(tcase, test_lost_answers);
	tcase_add_test(tcase, test_largest_change);
	suite_add_tcase(suite, tcase);
	return suite;
}
