/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Others' routes, and what the core makes of them. They are dumped and compared
 * one by one, not kept: there may be a million.
 *
 * A host with a routing daemon changes them all the time. So the kernel filters
 * news: of protocol DHCP, our own; of others than unicast routes, such as come
 * with each address; of routes that none of ours lies in. And the first news end
 * the listening for a second; then what was queued is thrown away, and all routes
 * are looked at once.
 */
#include "daemon/shadow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/bisect.h"
#include "base/str.h"
#include "daemon/installed.h"
#include "daemon/log.h"
#include "daemon/netlink_watch.h"
#include "daemon/route.h"
#include "daemon/shadow_filter.h"
#include "host/netlink.h"

/* From the first news to the look, and between two looks at least. */
#define PAUSE_NS NSEC_PER_S

/* No more than this part of the time is spent with looking. */
#define REST_FACTOR 100

struct shadow_guard {
	struct loop_source source; /* first: wake casts back */
	struct mnl_socket *socket; /* NULL: there is nothing to guard */
	struct loop_timer look;
	struct daemon *daemon;
	nsec rested;  /* no look is due before */
	bool unheard; /* news do not come of all that is guarded */
};

/* ---- others' routes ----------------------------------------------------- */

/* A route of ours, of which is found out whom it takes traffic from. */
struct mark {
	ipv4_addr address; /* the first one of it */
	const struct managed *managed;
	struct shadow *shadow;
};

/*
 * Each route of the dump is held against ours that lie in it. Thousands of
 * interfaces may have as many routes to the same: of those the first two tell all,
 * since no interface is compared with itself.
 */
struct comparison {
	struct mark *marks; /* ascending */
	size_t count;
	struct shadow_foreign last;
	uint32_t last_table;
	bool two;
};

static bool concerns(const struct managed *m,
		     const struct shadow_foreign *foreign, uint32_t table)
{
	uint32_t own = daemon_table(m);

	/* A table of its own takes nothing from another one. */
	return m->shadow && foreign->ifindex != m->iface.ifindex &&
	       (own == ROUTE_TABLE_MAIN || own == table);
}

/* The first mark that is not below. */
static size_t find_mark(const struct comparison *c, ipv4_addr address)
{
	struct bisect b = { 0, c->count };

	while (b.low < b.high)
		bisect_step(&b, c->marks[bisect_middle(b)].address < address);
	return b.low;
}

/* True if two interfaces, or this one, have that route, as far as was seen. */
static bool is_nothing_new(struct comparison *c,
			   const struct shadow_foreign *foreign, uint32_t table)
{
	const struct shadow_foreign *last = &c->last;

	if (last->ifindex && table == c->last_table &&
	    last->prefix.address == foreign->prefix.address &&
	    last->prefix.length == foreign->prefix.length &&
	    last->is_subnet == foreign->is_subnet) {
		if (c->two || last->ifindex == foreign->ifindex)
			return true;
		c->two = true;
		return false;
	}
	c->last = *foreign;
	c->last_table = table;
	c->two = false;
	return false;
}

static void compare(struct comparison *c, struct shadow_foreign foreign,
		    uint32_t table)
{
	const struct ipv4_prefix *in = &foreign.prefix;

	if (is_nothing_new(c, &foreign, table))
		return;
	for (size_t i = find_mark(c, in->address);
	     i < c->count && ipv4_in(c->marks[i].address, in->address, in->length);
	     i++) {
		if (concerns(c->marks[i].managed, &foreign, table))
			shadows_note(c->marks[i].shadow, 1, &foreign);
	}
}

/* Each way of a route with several is one. */
static void compare_ways(struct comparison *c, const struct nlattr *ways,
			 struct shadow_foreign foreign, uint32_t table)
{
	const struct rtnexthop *way = mnl_attr_get_payload(ways);
	int left = mnl_attr_get_payload_len(ways);

	for (; RTNH_OK(way, left);
	     left -= RTNH_ALIGN(way->rtnh_len), way = RTNH_NEXT(way)) {
		foreign.ifindex = way->rtnh_ifindex;
		compare(c, foreign, table);
	}
}

static int take_route(const struct nlmsghdr *message, void *context)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[RTA_VIA + 1] = { 0 };
	struct shadow_foreign foreign;
	uint32_t table;
	ipv4_addr source;

	if (message->nlmsg_type != RTM_NEWROUTE ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    header->rtm_type != RTN_UNICAST || header->rtm_dst_len > 32)
		return MNL_CB_OK;
	netlink_read(message, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	table = netlink_u32(a[RTA_TABLE], header->rtm_table);
	source = ntohl(netlink_u32(a[RTA_PREFSRC], 0));
	foreign = (struct shadow_foreign){
		.prefix = { ntohl(netlink_u32(a[RTA_DST], 0)),
			    header->rtm_dst_len },
		.ifindex = (int)netlink_u32(a[RTA_OIF], 0),
	};
	foreign.is_subnet =
		!a[RTA_GATEWAY] && !a[RTA_VIA] && source &&
		ipv4_in(source, foreign.prefix.address, foreign.prefix.length);
	if (a[RTA_MULTIPATH])
		compare_ways(context, a[RTA_MULTIPATH], foreign, table);
	else if (foreign.ifindex)
		compare(context, foreign, table);
	return MNL_CB_OK;
}

static int compare_marks(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* Nothing is known of them any more. 0 or -ENOMEM. */
static int mark_all(struct comparison *c, struct managed *const *all, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += all[i]->shadow ? all[i]->shadow->count : 0;
	c->marks = calloc(size ? size : 1, sizeof(*c->marks));
	if (!c->marks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct shadow_view *view = all[i]->shadow;

		for (unsigned j = 0; view && j < view->count; j++) {
			struct shadow *s = &view->shadows[j];

			s->over = 0;
			c->marks[c->count++] =
				(struct mark){ s->prefix.address, all[i], s };
		}
	}
	qsort(c->marks, c->count, sizeof(*c->marks), compare_marks);
	return 0;
}

/* False: the kernel did not tell, and nothing is known. */
static bool look_for(struct shadow_guard *g, struct managed *const *all,
		     size_t count)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct rtmsg *header;
	struct nlmsghdr *message =
		netlink_put_dump(buffer, RTM_GETROUTE, sizeof(*header));
	struct comparison comparison = { 0 };
	nsec begin = loop_clock(), end;
	int r;

	header = mnl_nlmsg_get_payload(message);
	header->rtm_family = AF_INET;
	r = mark_all(&comparison, all, count);
	if (r == 0)
		r = netlink_ask(message, take_route, &comparison);
	free(comparison.marks);
	if (r < 0)
		log_about(NULL, LOG_LEVEL_WARNING,
			  "routes of others not listed: %s", strerror(-r));
	for (size_t i = 0; i < count; i++) {
		if (all[i]->shadow)
			all[i]->shadow->unknown = r < 0;
	}
	end = loop_clock();
	g->rested =
		nsec_add(end, nsec_max(PAUSE_NS, (end - begin) * REST_FACTOR));
	return r == 0;
}

/* ---- what is told ------------------------------------------------------- */

static void tell(const struct managed *m, const struct shadow *s)
{
	bool refused = m->settings->shadow_guard == SHADOW_GUARD_ON;
	char text[128], name[IF_NAMESIZE];
	struct str t = str_over(text, sizeof(text));

	if (!if_indextoname((unsigned)s->over, name))
		strcpy(name, "?");
	str_text(&t, s->is_subnet ? "the lease's subnet "
				  : "the server's route to ");
	str_ipv4(&t, s->prefix.address);
	str_char(&t, '/');
	str_u64(&t, s->prefix.length);
	str_text(&t, refused ? " is refused: it would take traffic from "
			     : " takes traffic from ");
	str_text(&t, name);
	str_text(&t, " (");
	str_ipv4(&t, s->over_prefix.address);
	str_char(&t, '/');
	str_u64(&t, s->over_prefix.length);
	str_char(&t, ')');
	log_about(m->iface.name, LOG_LEVEL_WARNING, "%s%s", text,
		  refused ? "" : "; --shadow-guard=on refuses such routes");
}

/* Of each route once, for as long as it is there and the other interface too. */
static void tell_all(struct managed *m)
{
	for (unsigned i = 0; i < m->shadow->count; i++) {
		struct shadow *s = &m->shadow->shadows[i];

		if (!s->over || s->told == s->over)
			continue;
		s->told = s->over;
		tell(m, s);
	}
}

/* ---- listening ---------------------------------------------------------- */

static const struct shadow *find(const struct shadow_view *view,
				 const struct shadow *like)
{
	for (unsigned i = 0; view && i < view->count; i++) {
		const struct shadow *s = &view->shadows[i];

		if (s->prefix.address == like->prefix.address &&
		    s->prefix.length == like->prefix.length &&
		    s->is_subnet == like->is_subnet)
			return s;
	}
	return NULL;
}

static void plan_look(struct shadow_guard *g, nsec at)
{
	nsec earliest = nsec_max(at, g->rested);

	if (!loop_timer_is_set(&g->look) || earliest < g->look.at)
		loop_timer_set(g->daemon->loop, &g->look, earliest);
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct shadow_guard *g = (struct shadow_guard *)source;

	(void)events;
	loop_unwatch(g->daemon->loop, &g->source);
	plan_look(g, nsec_add(now, PAUSE_NS));
}

/* ---- the socket --------------------------------------------------------- */

/* Without it, routes are looked at when they are installed alone. */
static void listen_for_news(struct shadow_guard *g)
{
	const int none = 0;
	int r;

	g->unheard = false;
	if (g->socket) {
		/* Two long ones at a time are more memory than it may have. */
		(void)setsockopt(g->source.fd, SOL_SOCKET, SO_DETACH_FILTER,
				 &none, sizeof(none));
		shadow_filter_attach(g->daemon, g->source.fd);
		return;
	}
	r = netlink_watch(&g->socket, RTMGRP_IPV4_ROUTE, g->daemon->loop,
			  &g->source);
	if (r == 0)
		shadow_filter_attach(g->daemon, g->source.fd);
	else
		log_about(NULL, LOG_LEVEL_WARNING,
			  "changes of routes are not noticed: %s", strerror(-r));
}

static void stop_listening(struct shadow_guard *g)
{
	if (!g->socket)
		return;
	netlink_unwatch(g->socket, g->daemon->loop, &g->source);
	g->socket = NULL;
}

/* An overflow is news like others; so is what came meanwhile. */
static void listen_again(struct shadow_guard *g)
{
	char octets[1];

	if (!g->socket)
		return;
	while (recv(g->source.fd, octets, sizeof(octets), 0) >= 0 ||
	       errno == ENOBUFS || errno == EINTR)
		continue;
	if (loop_watch(g->daemon->loop, &g->source, EPOLLIN) < 0)
		stop_listening(g);
}

/* ---- looking ------------------------------------------------------------ */

static bool is_guarded(const struct managed *m)
{
	return m->installed.state && m->shadow && m->shadow->count;
}

/* Whether other routes are refused now than those that are left out. */
static bool is_other(const struct managed *m)
{
	if (m->settings->shadow_guard != SHADOW_GUARD_ON)
		return false;
	for (unsigned i = 0; i < m->shadow->count; i++) {
		if (m->shadow->shadows[i].left_out != !!m->shadow->shadows[i].over)
			return true;
	}
	return false;
}

static void look_reached(struct loop_timer *timer, nsec now)
{
	struct shadow_guard *g = LOOP_OWNER(timer, struct shadow_guard, look);
	struct daemon *d = g->daemon;
	bool any = false;

	for (size_t i = 0; i < d->managed_count; i++)
		any |= is_guarded(d->managed[i]);
	if (!any) {
		stop_listening(g);
		return;
	}
	if (g->unheard)
		listen_for_news(g);
	listen_again(g);
	if (!look_for(g, d->by_index, d->managed_count)) {
		plan_look(g, now);
		return;
	}
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = d->managed[i];

		if (!is_guarded(m))
			continue;
		tell_all(m);
		if (is_other(m))
			daemon_configure_again(m, now);
	}
}

/* The routes of a state, with what is known of them; all: there are no others. */
static struct shadow_view *make_view(const struct managed *m,
				     const struct route_state *state,
				     bool *ret_all)
{
	const struct lease_terms terms = { state->address, state->prefix_length,
					   NULL, false };
	struct shadow shadows[SHADOWS_MAX];
	unsigned count =
		shadows_of(&terms, state->routes, state->route_count, shadows);
	struct shadow_view *view =
		malloc(sizeof(*view) + count * sizeof(*shadows));

	if (!view)
		return NULL;
	*ret_all = !m->shadow || !m->shadow->unknown;
	view->unknown = false;
	view->count = count;
	for (unsigned i = 0; i < count; i++) {
		const struct shadow *before = find(m->shadow, &shadows[i]);

		view->shadows[i] = before ? *before : shadows[i];
		*ret_all &= before != NULL;
	}
	return view;
}

static void leave_out(struct managed *m, struct route_state *state)
{
	const struct lease_terms terms = { state->address, state->prefix_length,
					   NULL, false };
	struct shadow_view *view = m->shadow;
	bool subnet;

	state->route_count =
		shadows_refuse(view->shadows, view->count, &terms,
			       state->routes, state->route_count, &subnet);
	state->no_subnet_route = !subnet;
	for (unsigned i = 0; i < view->count; i++)
		view->shadows[i].left_out = view->shadows[i].over != 0;
}

int shadow_check(struct managed *m, struct route_state *state, nsec now)
{
	const enum shadow_guard_mode mode = m->settings->shadow_guard;
	struct shadow_guard *g = m->daemon->shadow;
	struct shadow_view *view;
	bool all_known;

	if (mode == SHADOW_GUARD_OFF)
		return 0;
	view = make_view(m, state, &all_known);
	if (!view)
		return mode == SHADOW_GUARD_ON ? -ENOMEM : 0;
	free(m->shadow);
	m->shadow = view;
	if (view->count == 0)
		return 0;
	/* Others may have come and gone, unheard or not looked at yet. */
	all_known &= g->socket && !loop_timer_is_set(&g->look);
	g->unheard |= !all_known;
	if (mode == SHADOW_GUARD_ON && !all_known) {
		listen_for_news(g);
		if (!look_for(g, &m, 1))
			return -EAGAIN;
		tell_all(m);
	}
	if (mode == SHADOW_GUARD_ON)
		leave_out(m, state);
	/* What is ours is no news to us: others of our interfaces look, too. */
	if (!all_known &&
	    (mode != SHADOW_GUARD_ON || m->daemon->managed_count > 1))
		plan_look(g, now);
	return 0;
}

void shadow_link_gone(struct shadow_guard *g, int ifindex, nsec now)
{
	const struct daemon *d = g->daemon;

	for (size_t i = 0; i < d->managed_count; i++) {
		const struct shadow_view *view = d->managed[i]->shadow;

		for (unsigned j = 0; view && j < view->count; j++) {
			if (view->shadows[j].over == ifindex)
				plan_look(g, now);
		}
	}
}

/* ---- the interface ------------------------------------------------------ */

void shadow_forget(struct managed *m)
{
	free(m->shadow);
	m->shadow = NULL;
}

int shadow_open(struct shadow_guard **ret, struct daemon *d)
{
	struct shadow_guard *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	g->daemon = d;
	g->source.wake = wake;
	g->look.fire = look_reached;
	*ret = g;
	return 0;
}

void shadow_close(struct shadow_guard *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->daemon->managed_count; i++)
		shadow_forget(g->daemon->managed[i]);
	if (loop_timer_is_set(&g->look))
		loop_timer_set(g->daemon->loop, &g->look, NSEC_NEVER);
	stop_listening(g);
	free(g);
}
