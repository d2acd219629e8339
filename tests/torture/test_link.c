/* SPDX-License-Identifier: BSD-2-Clause */
/* Links: questions are answered or refused; whom the monitor knows, it knows. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/link_monitor.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

static const struct loop_hooks no_hooks;
static const struct hwaddr srv0 = { 6, { 2, 0, 0, 0, 0, 1 } };

static struct {
	struct loop *loop;
	struct link_monitor *monitor;
	bool told, carrier;
} w;

static void take_news(void *owner, const struct link_info *info, nsec now)
{
	(void)owner, (void)now;
	if (info->ifindex != net_ifindex())
		return;
	w.told = true;
	w.carrier = info->carrier;
}

static bool open_monitor(void)
{
	int r;

	alloc_pause();
	PROMISE(loop_open(&w.loop, &no_hooks, NULL) == 0, "no loop");
	alloc_resume();
	r = link_monitor_open(&w.monitor, w.loop, take_news, NULL);
	if (went_well(r))
		return true;
	loop_close(w.loop);
	return false;
}

static void close_monitor(void)
{
	link_monitor_close(w.monitor);
	loop_close(w.loop);
}

static void finds(void)
{
	struct link_info info = { 0 };

	if (went_well(link_find(NET_IFACE, &info)))
		PROMISE(info.ifindex == net_ifindex(), "another one");
	else
		PROMISE(info.ifindex == 0, "half of it is filled in");
}

static void names(void)
{
	char text[64] = "";

	int r = link_names(text, sizeof(text));

	/* So the C library calls it, and it is for a line of log alone. */
	if (r == -ENOBUFS && !all_had_memory())
		return;
	if (went_well(r))
		PROMISE(strstr(text, NET_IFACE), "it is not among %s", text);
}

static void asks_for_addresses(void)
{
	bool has = true, has_ipv6 = true;
	uint32_t valid_s = 1;
	ipv4_addr own = 1;

	if (went_well(link_has_address(net_ifindex(), NET_CLIENT, &has, &valid_s)))
		PROMISE(!has, "nobody has it");
	if (went_well(link_own_address(net_ifindex(), &own)))
		PROMISE(own == 0, "it has none");
	if (went_well(link_has_ipv6(net_ifindex(), &has_ipv6)))
		PROMISE(!has_ipv6, "it is switched off");
}

static bool is_told(void *context)
{
	return w.told && w.carrier == *(bool *)context;
}

/* Whatever could not be kept in mind, news are told. */
static void monitor_tells(void)
{
	bool carrier = false;

	if (!open_monitor())
		return;
	net_carrier(false);
	PROMISE(spin_until(w.loop, is_told, &carrier, SPIN_PATIENCE),
		"nobody told that the carrier went");
	net_carrier(true);
	carrier = true;
	PROMISE(spin_until(w.loop, is_told, &carrier, SPIN_PATIENCE),
		"nobody told that the carrier came");
	close_monitor();
}

/*
 * An address of our own that is taken for somebody else's is a conflict, which
 * costs a lease.
 */
static bool owns(const struct hwaddr *hwaddr)
{
	return link_monitor_owns(w.monitor, hwaddr, loop_clock());
}

static bool knows_a_stranger(void *context)
{
	return !owns(context);
}

static void monitor_knows_our_own(void)
{
	struct hwaddr stranger = { 6, { 2, 0, 0, 0, 0, 99 } };

	if (!open_monitor())
		return;
	PROMISE(owns(&srv0), "ours is taken for a stranger's");
	PROMISE(!owns(&stranger) || !all_had_memory(), "a stranger's is ours");
	alloc_heal();
	PROMISE(owns(&srv0), "ours is taken for a stranger's, with memory");
	PROMISE(!link_monitor_owns(w.monitor, &stranger,
				   loop_clock() + 2 * NSEC_PER_S),
		"a stranger's is taken for ours for ever");
	PROMISE(owns(&srv0), "ours is taken for a stranger's, in the end");
	close_monitor();
}

/* The same of one whose news came when there was no memory. */
static void monitor_learns_later(void)
{
	struct hwaddr stranger = { 6, { 2, 0, 0, 0, 0, 99 } };
	bool carrier = true;

	if (!open_monitor())
		return;
	(void)owns(&stranger);
	w.told = false;
	net_carrier(false);
	net_carrier(true);
	PROMISE(spin_until(w.loop, is_told, &carrier, SPIN_PATIENCE), "no news");
	PROMISE(owns(&srv0), "ours is taken for a stranger's");
	alloc_heal();
	PROMISE(spin_until(w.loop, knows_a_stranger, &stranger, SPIN_PATIENCE),
		"a stranger's is taken for ours for ever");
	PROMISE(owns(&srv0), "ours is taken for a stranger's, in the end");
	close_monitor();
}

#define NET SCENARIO_PLACE_NET

SCENARIOS(link) = {
	{ "link_finds", finds, .place = NET },
	{ "link_names", names, .place = NET },
	{ "link_asks_for_addresses", asks_for_addresses, .place = NET },
	{ "link_monitor_tells", monitor_tells, .place = NET },
	{ "link_monitor_knows_our_own", monitor_knows_our_own, .place = NET },
	{ "link_monitor_learns_later", monitor_learns_later, .place = NET,
	  .slow = true },
	{ 0 },
};
