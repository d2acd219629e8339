/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is heard of addresses and routes in a namespace of the test, and what is
 * kept from us by the filter; and what the kernel lists.
 */
#include <check.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/monitor.h"
#include "daemon/route.h"
#include "netns.h"

Suite *test_monitor_suite(void);

#define METRIC 1002

#define ADDRESS UINT32_C(0x0a000005) /* 10.0.0.5 */
#define ROUTER	UINT32_C(0x0a000001)

struct fixture {
	struct loop *loop;
	struct route *route;
	struct monitor *monitor;
	int ifindex;
	struct loop_timer timer; /* of the end of listening */
	unsigned overflows;
	char text[4096]; /* what was heard, a line each */
	size_t used;
};

static void print_item(void *owner, const struct monitor_item *item)
{
	struct fixture *f = owner;
	struct str s = str_over(f->text + f->used, sizeof(f->text) - f->used);

	str_char(&s, item->removed ? '-' : '+');
	str_ipv4(&s, item->address);
	str_char(&s, '/');
	str_u64(&s, item->prefix_length);
	if (item->is_route) {
		str_text(&s, " via ");
		str_ipv4(&s, item->gateway);
		str_text(&s, " metric ");
		str_u64(&s, item->metric);
		str_text(&s, " table ");
		str_u64(&s, item->table);
	}
	str_char(&s, '\n');
	f->used += s.used;
}

static void overflowed(void *owner)
{
	((struct fixture *)owner)->overflows++;
}

static const struct monitor_hooks hooks = { print_item, overflowed };

static bool set_up(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	if (!netns_enter())
		return false;
	netns_ip("link add v0 type veth peer name v1");
	netns_ip("link set v0 up");
	netns_ip("link set v1 up");
	f->ifindex = netns_index("v0");
	ck_assert_int_eq(loop_open(&f->loop, &(struct loop_hooks){ 0 }, NULL), 0);
	ck_assert_int_eq(route_open(&f->route, f->loop), 0);
	ck_assert_int_eq(monitor_open(&f->monitor, f->loop, &hooks, f), 0);
	return true;
}

static void tear_down(struct fixture *f)
{
	monitor_close(f->monitor);
	route_close(f->route);
	loop_close(f->loop);
}

/* As of an interface, or of one and many others. */
static void listen_as(struct fixture *f, size_t count)
{
	struct monitor_interest interest = {
		.self = route_port(f->route),
		.count = count,
		.ifindex = { f->ifindex },
		.metric = { METRIC },
	};

	for (size_t i = 1; i < count && i < MONITOR_INTERFACES_MAX; i++) {
		interest.ifindex[i] = 1000 + (int)i;
		interest.metric[i] = 2000 + (uint32_t)i;
	}
	ck_assert_int_eq(monitor_watch(f->monitor, &interest), 0);
}

static void quit(struct loop_timer *timer, nsec now)
{
	(void)now;
	loop_quit(LOOP_OWNER(timer, struct fixture, timer)->loop, 0);
}

/* What was heard since the last call. */
static const char *heard(struct fixture *f)
{
	f->used = 0;
	f->text[0] = '\0';
	f->timer.fire = quit;
	loop_timer_set(f->loop, &f->timer, loop_clock() + 20 * NSEC_PER_MS);
	ck_assert_int_eq(loop_run(f->loop), 0);
	return f->text;
}

static void is_heard(struct fixture *f, const char *expected)
{
	ck_assert_str_eq(heard(f), expected);
}

/* ---- news ---------------------------------------------------------------- */

START_TEST(test_nothing_before_it_is_asked_for)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	netns_ip("address add 10.0.0.5/24 dev v0");
	netns_ip("address del 10.0.0.5/24 dev v0");
	is_heard(&f, "");
	tear_down(&f);
}
END_TEST

START_TEST(test_addresses)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	for (size_t count = 1; count <= 2 * MONITOR_INTERFACES_MAX;
	     count += MONITOR_INTERFACES_MAX - 1) {
		bool all = count > MONITOR_INTERFACES_MAX;

		listen_as(&f, count);
		netns_ip("address add 10.0.0.5/24 dev v0");
		netns_ip("address change 10.0.0.5/24 dev v0 valid_lft 60 "
			 "preferred_lft 60");
		netns_ip("address add 10.1.0.5/24 dev v1");
		is_heard(&f, "");
		netns_ip("address del 10.1.0.5/24 dev v1");
		is_heard(&f, all ? "-10.1.0.5/24\n" : "");
		netns_ip("address del 10.0.0.5/24 dev v0");
		is_heard(&f, "-10.0.0.5/24\n");
	}
	ck_assert_uint_eq(f.overflows, 0);
	tear_down(&f);
}
END_TEST

START_TEST(test_routes)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	listen_as(&f, MONITOR_INTERFACES_MAX);
	netns_ip("address add 10.0.0.5/24 dev v0");
	netns_ip("route add 10.7.0.0/16 via 10.0.0.1 proto dhcp metric %d",
		 METRIC);
	netns_ip("route add 10.8.0.0/16 via 10.0.0.1 proto bird metric %d",
		 METRIC);
	netns_ip("route add 10.8.0.0/16 via 10.0.0.1 proto bird");
	netns_ip("route append 10.7.0.0/16 via 10.0.0.2 metric %d", METRIC);
	netns_ip("route replace 10.8.0.0/16 via 10.0.0.2 proto bird");
	netns_ip("route replace 10.8.0.0/16 via 10.0.0.2 metric 20");
	netns_ip("route del 10.8.0.0/16 metric %d", METRIC);
	is_heard(&f, "");
	/* In the place of ours: no removal is told. */
	netns_ip("route replace 10.7.0.0/16 via 10.0.0.3 metric %d", METRIC);
	is_heard(&f, "+10.7.0.0/16 via 10.0.0.3 metric 1002 table 254\n");
	netns_ip("route add 10.9.0.0/16 via 10.0.0.1 proto dhcp table 1000");
	netns_ip("route del 10.9.0.0/16 table 1000");
	is_heard(&f, "-10.9.0.0/16 via 10.0.0.1 metric 0 table 1000\n");
	/* Who has more interfaces than can be listed looks at each of them. */
	listen_as(&f, MONITOR_INTERFACES_MAX + 1);
	netns_ip("route replace 10.8.0.0/16 via 10.0.0.3 metric 20");
	is_heard(&f, "+10.8.0.0/16 via 10.0.0.3 metric 20 table 254\n");
	tear_down(&f);
}
END_TEST

/* What we do ourselves is no news, and what we undo is not either. */
START_TEST(test_our_own_changes)
{
	static const struct dhcp4_route routes[] = { { .gateway = ROUTER } };
	struct fixture f;
	struct route_state *state = calloc(1, sizeof(*state) + sizeof(routes[0]));

	ck_assert_ptr_nonnull(state);
	if (!set_up(&f)) {
		free(state);
		return;
	}
	*state = (struct route_state){
		.ifindex = f.ifindex,
		.address = ADDRESS,
		.prefix_length = 24,
		.valid_s = 600,
		.metric = METRIC,
		.table = ROUTE_TABLE_MAIN,
		.route_count = 1,
	};
	state->routes[0] = routes[0];
	listen_as(&f, 1);
	ck_assert_int_eq(route_change(f.route, NULL, state, NULL, NULL), 0);
	ck_assert_int_eq(route_change(f.route, state, state, NULL, NULL), 0);
	ck_assert_int_eq(route_change(f.route, state, NULL, NULL, NULL), 0);
	route_drain(f.route);
	is_heard(&f, "");
	ck_assert_int_eq(route_change(f.route, NULL, state, NULL, NULL), 0);
	route_drain(f.route);
	netns_ip("route del default");
	is_heard(&f, "-0.0.0.0/0 via 10.0.0.1 metric 1002 table 254\n");
	tear_down(&f);
	free(state);
}
END_TEST

/* ---- dumps --------------------------------------------------------------- */

START_TEST(test_listed)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	netns_ip("address add 10.0.0.5/24 dev v0 noprefixroute");
	netns_ip("address add 10.1.0.5/24 dev v1 noprefixroute");
	netns_ip("route add 10.7.0.0/16 dev v0 proto dhcp metric 7");
	netns_ip("route add 10.7.0.0/16 dev v1 proto dhcp metric 8");
	netns_ip("route add 10.8.0.0/16 dev v0 proto bird");
	netns_ip("route add 10.9.0.0/16 dev v0 proto dhcp table 1000");
	ck_assert_int_eq(monitor_addresses(f.ifindex, print_item, &f), 0);
	ck_assert_str_eq(f.text, "+10.0.0.5/24\n");
	f.used = 0;
	ck_assert_int_eq(monitor_addresses(0, print_item, &f), 0);
	ck_assert_ptr_nonnull(strstr(f.text, "+10.0.0.5/24\n"));
	ck_assert_ptr_nonnull(strstr(f.text, "+10.1.0.5/24\n"));
	f.used = 0;
	ck_assert_int_eq(
		monitor_routes(0, RTPROT_DHCP, f.ifindex, print_item, &f), 0);
	ck_assert_ptr_nonnull(strstr(f.text, "10.7.0.0/16 via 0.0.0.0 metric 7"));
	ck_assert_ptr_nonnull(strstr(f.text, "table 1000"));
	ck_assert_ptr_null(strstr(f.text, "metric 8"));
	ck_assert_ptr_null(strstr(f.text, "10.8.0.0"));
	f.used = 0;
	ck_assert_int_eq(monitor_routes(1000, 0, 0, print_item, &f), 0);
	ck_assert_str_eq(f.text,
			 "+10.9.0.0/16 via 0.0.0.0 metric 0 table 1000\n");
	/* A table that has never been, and a link that is not. */
	f.used = 0;
	ck_assert_int_eq(monitor_routes(1001, 0, 0, print_item, &f), 0);
	ck_assert_uint_eq(f.used, 0);
	ck_assert_int_lt(monitor_addresses(4711, print_item, &f), 0);
	tear_down(&f);
}
END_TEST

Suite *test_monitor_suite(void)
{
	Suite *suite = suite_create("monitor");
	TCase *tcase = tcase_create("monitor");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, test_nothing_before_it_is_asked_for);
	tcase_add_test(tcase, test_addresses);
	tcase_add_test(tcase, test_routes);
	tcase_add_test(tcase, test_our_own_changes);
	tcase_add_test(tcase, test_listed);
	suite_add_tcase(suite, tcase);
	return suite;
}
