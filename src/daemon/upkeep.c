/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * News of the monitor only say whom to look at. What is so is asked of the kernel
 * when the sources of a turn are done with: a link that went away has been heard
 * of by then, and much that was removed at once is looked at once. After news
 * were lost all are looked at.
 */
#include "daemon/upkeep.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "daemon/daemon.h"
#include "daemon/installed.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/monitor.h"
#include "daemon/route.h"
#include "host/shortage.h"

/* What could not be looked at for want of something is, so much later. */
#define AGAIN_NS NSEC_PER_S

#define ADDRESS 0 /* its part; the routes' follow */

static bool has(const struct installation_parts *parts, unsigned part)
{
	return parts->bits[part / 8] & 1u << part % 8;
}

static void set(struct installation_parts *parts, unsigned part, bool on)
{
	uint8_t bit = (uint8_t)(1u << part % 8);

	parts->bits[part / 8] = (uint8_t)(on ? parts->bits[part / 8] | bit
					     : parts->bits[part / 8] & ~bit);
}

/* ---- what an item is of ours ---------------------------------------------- */

/* The destination is the same, and who asks for it cannot have both. */
static bool is_in_place_of(const struct route_state *state,
			   const struct dhcp4_route *route,
			   const struct monitor_item *item)
{
	return item->is_route && item->table == state->table &&
	       item->prefix_length == route->prefix_length &&
	       item->address == route->destination &&
	       item->metric == route_state_metric(state, route);
}

static bool is_our_route(const struct route_state *state,
			 const struct dhcp4_route *route,
			 const struct monitor_item *item)
{
	return is_in_place_of(state, route, item) &&
	       item->protocol == RTPROT_DHCP && item->ifindex == state->ifindex &&
	       item->gateway == route->gateway && item->source == state->address;
}

static bool is_our_address(const struct route_state *state,
			   const struct monitor_item *item)
{
	return !item->is_route && item->ifindex == state->ifindex &&
	       item->address == state->address &&
	       item->prefix_length == state->prefix_length;
}

typedef bool is_part(const struct route_state *, const struct dhcp4_route *,
		     const struct monitor_item *);

/* The part that an item is, or takes the place of; -1: none. */
static int find_part(const struct installation *i,
		     const struct monitor_item *item, is_part *matches)
{
	struct dhcp4_route routes[ROUTE_COUNT_MAX];
	unsigned count;

	if (!i->state)
		return -1;
	if (is_our_address(i->state, item))
		return ADDRESS;
	count = route_state_list(i->state, routes);
	for (unsigned n = 0; n < count; n++) {
		if (matches(i->state, &routes[n], item))
			return (int)n + 1;
	}
	return -1;
}

static unsigned count_parts(const struct installation *i)
{
	struct dhcp4_route routes[ROUTE_COUNT_MAX];

	return i->state ? 1 + route_state_list(i->state, routes) : 0;
}

static bool is_any_missing(const struct installation *i)
{
	static const struct installation_parts none;

	return memcmp(&i->missing, &none, sizeof(none)) != 0;
}

static struct installation *installation_of(struct managed *m, bool fallback)
{
	return fallback ? &m->fallback.installed : &m->installed;
}

/* ---- looking -------------------------------------------------------------- */

static void expect_all(struct installation *i)
{
	unsigned count = count_parts(i);

	for (unsigned n = 0; n < count; n++)
		set(&i->missing, n, true);
}

static void note_present(void *owner, const struct monitor_item *item)
{
	struct managed *m = daemon_find_index(owner, item->ifindex);

	for (int fallback = 0; m && fallback < 2; fallback++) {
		struct installation *i = installation_of(m, fallback);
		int part = find_part(i, item, is_our_route);

		if (part < 0)
			continue;
		set(&i->missing, (unsigned)part, false);
		set(&i->replaced, (unsigned)part, false);
	}
}

static void name_part(struct str *s, const struct route_state *state,
		      unsigned part)
{
	struct dhcp4_route routes[ROUTE_COUNT_MAX];

	if (part == ADDRESS) {
		str_ipv4(s, state->address);
		return;
	}
	route_state_list(state, routes);
	str_text(s, "the route to ");
	str_ipv4(s, routes[part - 1].destination);
	str_char(s, '/');
	str_u64(s, routes[part - 1].prefix_length);
}

#define NAME_SIZE sizeof("the route to 255.255.255.255/32")

/* A route in the place of one that is missing; it is said once. */
static void note_replaced(void *context, const struct monitor_item *item)
{
	struct installation *i = context;
	int part = find_part(i, item, is_in_place_of);
	char name[NAME_SIZE];
	struct str s = str_over(name, sizeof(name));

	if (part <= ADDRESS || !has(&i->missing, (unsigned)part) ||
	    has(&i->replaced, (unsigned)part))
		return;
	set(&i->replaced, (unsigned)part, true);
	name_part(&s, i->state, (unsigned)part);
	log_about(i->managed->iface.name, LOG_LEVEL_WARNING,
		  "%s was replaced by somebody else's; it is left so", name);
}

/* 0, or -errno: nothing was learned. */
static int look(struct daemon *d, int ifindex)
{
	int r = monitor_addresses(ifindex, note_present, d);

	if (r == 0)
		r = monitor_routes(0, RTPROT_DHCP, ifindex, note_present, d);
	return r;
}

/* ---- judging -------------------------------------------------------------- */

static void say_missing(const struct installation *i)
{
	unsigned count = count_parts(i);

	for (unsigned n = 0; n < count; n++) {
		char name[NAME_SIZE];
		struct str s = str_over(name, sizeof(name));

		if (!has(&i->missing, n) || has(&i->replaced, n))
			continue;
		name_part(&s, i->state, n);
		log_about(i->managed->iface.name, LOG_LEVEL_NOTICE,
			  "somebody removed %s", name);
		/* Its routes went with it. */
		if (n == ADDRESS)
			return;
	}
}

/* True if something was removed, and nobody has put his own in its place. */
static bool is_removed(struct installation *i, bool configured)
{
	unsigned count = count_parts(i);

	if (!is_any_missing(i))
		return false;
	if (has(&i->missing, ADDRESS))
		return true;
	/* While the kernel refuses some of it, that is tried again anyway. */
	if (!configured)
		return false;
	monitor_routes(i->state->table, 0, 0, note_replaced, i);
	for (unsigned n = 0; n < count; n++) {
		if (has(&i->missing, n) && !has(&i->replaced, n))
			return true;
	}
	return false;
}

static void judge(struct managed *m, nsec now)
{
	const struct dhcp4_client *c = m->iface.client;
	bool lease = is_removed(&m->installed, c->configured);
	bool fallback =
		is_removed(&m->fallback.installed, c->fallback.configured);

	if (!lease && !fallback)
		return;
	if (lease && c->configured)
		say_missing(&m->installed);
	if (fallback)
		say_missing(&m->fallback.installed);
	iface_address_lost(&m->iface,
			   lease && has(&m->installed.missing, ADDRESS)
				   ? DHCP4_ADDRESS_LOST_REMOVED
				   : DHCP4_ADDRESS_LOST_PARTLY,
			   now);
}

/* A link that is down has no routes; they are put back when it is up. */
static bool is_suspect(const struct managed *m)
{
	return m->suspect && m->link.up && !m->link.gone;
}

/* How many there are to be looked at, and the last one's link. */
static unsigned prepare(struct daemon *d, int *ret_ifindex)
{
	unsigned suspects = 0;

	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = d->managed[i];

		m->suspect = is_suspect(m);
		if (!m->suspect)
			continue;
		expect_all(&m->installed);
		expect_all(&m->fallback.installed);
		*ret_ifindex = m->iface.ifindex;
		suspects++;
	}
	return suspects;
}

/* It says nothing of what is there: it is looked at again. EINTR: it changed meanwhile. */
static bool is_passing(int error)
{
	return shortage_is(error) || error == -EINTR;
}

static void upkeep_reached(struct loop_timer *timer, nsec now)
{
	struct daemon *d = LOOP_OWNER(timer, struct daemon, upkeep);
	int ifindex = 0;
	unsigned suspects = prepare(d, &ifindex);
	int r = suspects ? look(d, suspects == 1 ? ifindex : 0) : 0;

	/* Its link has gone meanwhile, or there was no memory. */
	if (r < 0)
		log_info("addresses not listed: %s", strerror(-r));
	if (is_passing(r))
		loop_timer_set(d->loop, &d->upkeep, nsec_add(now, AGAIN_NS));
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = d->managed[i];

		if (m->suspect && r == 0)
			judge(m, now);
		else if (m->suspect)
			m->installed.missing = m->fallback.installed.missing =
				(struct installation_parts){ 0 };
		m->suspect = m->suspect && is_passing(r);
	}
}

/* ---- news ----------------------------------------------------------------- */

static void suspect(struct managed *m)
{
	m->suspect = true;
	loop_timer_set(m->daemon->loop, &m->daemon->upkeep, 0);
}

static bool concerns(struct managed *m, const struct monitor_item *item)
{
	is_part *matches = item->removed ? is_our_route : is_in_place_of;

	return find_part(&m->installed, item, matches) >= 0 ||
	       find_part(&m->fallback.installed, item, matches) >= 0;
}

static void heard(void *owner, const struct monitor_item *item)
{
	struct daemon *d = owner;
	struct managed *m = daemon_find_index(d, item->ifindex);

	if (item->removed) {
		if (m && concerns(m, item))
			suspect(m);
		return;
	}
	/* The way to somewhere leads through another interface now. */
	for (size_t i = 0; i < d->managed_count; i++) {
		if (concerns(d->managed[i], item))
			suspect(d->managed[i]);
	}
}

static void overflowed(void *owner)
{
	struct daemon *d = owner;

	log_info("news of addresses and routes were lost; looking at all");
	for (size_t i = 0; i < d->managed_count; i++)
		suspect(d->managed[i]);
}

/* ---- the interface -------------------------------------------------------- */

static void watch(struct daemon *d)
{
	struct monitor_interest interest = { .self = route_port(d->route) };
	int r;

	for (size_t i = 0; i < d->managed_count; i++) {
		const struct managed *m = d->managed[i];

		if (m->link.gone)
			continue;
		if (interest.count < MONITOR_INTERFACES_MAX) {
			interest.ifindex[interest.count] = m->iface.ifindex;
			interest.metric[interest.count] = daemon_metric(m);
		}
		interest.count++;
	}
	r = monitor_watch(d->monitor, &interest);
	if (r < 0)
		log_about(NULL, LOG_LEVEL_WARNING,
			  "what others do to addresses is not heard: %s",
			  strerror(-r));
}

void upkeep_watch(struct daemon *d)
{
	d->watch_due = true;
}

void upkeep_listen(struct daemon *d)
{
	if (d->watch_due)
		watch(d);
	d->watch_due = false;
}

int upkeep_open(struct daemon *d)
{
	static const struct monitor_hooks hooks = {
		.news = heard,
		.overflow = overflowed,
	};
	int r = monitor_open(&d->monitor, d->loop, &hooks, d);

	d->upkeep.fire = upkeep_reached;
	d->watch_due = true;
	return r;
}

void upkeep_close(struct daemon *d)
{
	monitor_close(d->monitor);
}

void upkeep_flushed(struct managed *m, nsec now)
{
	const struct route_state *state = m->installed.state;
	enum dhcp4_address_lost how = DHCP4_ADDRESS_LOST_FLUSHED;
	uint32_t valid_s;
	bool there = true;

	/* Who removed the address while the link was down has removed it. */
	if (state &&
	    link_has_address(state->ifindex, state->address, &there, &valid_s) ==
		    0 &&
	    !there)
		how = DHCP4_ADDRESS_LOST_REMOVED;
	iface_address_lost(&m->iface, how, now);
}

void upkeep_list(const struct installation *i,
		 void (*each)(void *context, const char *text), void *context)
{
	unsigned count = count_parts(i);

	for (unsigned n = 0; n < count; n++) {
		char text[NAME_SIZE + sizeof(" is replaced")];
		struct str s = str_over(text, sizeof(text));

		if (!has(&i->missing, n))
			continue;
		name_part(&s, i->state, n);
		str_text(&s,
			 has(&i->replaced, n) ? " is replaced" : " is removed");
		each(context, text);
	}
}
