/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and routes: all of a change or nothing of it, and an answer to it. */
#include <errno.h>
#include <stdlib.h>

#include "daemon/route.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

static const struct loop_hooks no_hooks;

static struct {
	struct loop *loop;
	struct route *route;
	unsigned answers;
	int error;
} r;

static struct route_state *state;

static void done(void *context, const char *what, int error, nsec now)
{
	(void)context, (void)what, (void)now;
	r.answers++;
	r.error = error;
}

static bool open_route(void)
{
	alloc_pause();
	PROMISE(loop_open(&r.loop, &no_hooks, NULL) == 0, "no loop");
	state = malloc(sizeof(*state) + sizeof(state->routes[0]));
	PROMISE(state, "no state");
	alloc_resume();
	*state = (struct route_state){ .ifindex = net_ifindex(),
				       .address = NET_CLIENT,
				       .prefix_length = 24,
				       .valid_s = 600,
				       .metric = 1002,
				       .table = ROUTE_TABLE_MAIN,
				       .route_count = 1 };
	state->routes[0] = (struct dhcp4_route){ .gateway = NET_SERVER };
	if (went_well(route_open(&r.route, r.loop)))
		return true;
	free(state);
	loop_close(r.loop);
	return false;
}

static void close_route(void)
{
	route_close(r.route);
	free(state);
	loop_close(r.loop);
}

static bool is_answered(void *context)
{
	return r.answers == *(unsigned *)context;
}

/* Asks for a change, and waits for the answer if there is to be one. */
static bool change(const struct route_state *from, const struct route_state *to)
{
	unsigned expected = r.answers + 1;

	if (!went_well(route_change(r.route, from, to, done, NULL)))
		return false;
	PROMISE(spin_until(r.loop, is_answered, &expected, SPIN_PATIENCE),
		"no answer, or two");
	PROMISE(r.error == 0, "the kernel refuses");
	return true;
}

static void changes(void)
{
	if (!open_route())
		return;
	PROMISE(change(NULL, state) == net_has(NET_CLIENT),
		"the answer and the kernel disagree");
	if (net_has(NET_CLIENT))
		PROMISE(change(state, NULL) != net_has(NET_CLIENT),
			"the answer and the kernel disagree");
	close_route();
}

/* What is refused for want of memory can be done when there is some. */
static void changes_later(void)
{
	if (!open_route())
		return;
	(void)change(NULL, state);
	alloc_heal();
	PROMISE(change(NULL, state) && net_has(NET_CLIENT), "refused");
	PROMISE(change(state, NULL) && !net_has(NET_CLIENT), "refused");
	close_route();
}

/* Nobody answers to him who went away, and nothing of him is kept. */
static void cancels(void)
{
	if (!open_route())
		return;
	for (int i = 0; i < 3; i++)
		(void)went_well(route_change(r.route, NULL, state, done, &r));
	route_cancel(r.route, &r);
	route_drain(r.route);
	PROMISE(r.answers == 0, "there are answers");
	(void)went_well(route_change(r.route, state, NULL, NULL, NULL));
	close_route();
}

static void sets_links(void)
{
	(void)went_well(route_link_up(net_ifindex()));
	(void)went_well(route_set_mtu(net_ifindex(), 1400));
	alloc_heal();
	PROMISE(route_set_mtu(net_ifindex(), 1500) == 0, "it stays");
}

#define NET SCENARIO_PLACE_NET

SCENARIOS(route) = {
	{ "route_changes", changes, .place = NET },
	{ "route_changes_later", changes_later, .place = NET },
	{ "route_cancels", cancels, .place = NET },
	{ "route_sets_links", sets_links, .place = NET },
	{ 0 },
};
