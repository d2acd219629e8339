/* SPDX-License-Identifier: BSD-2-Clause */
/* What others do to the kernel's state, and who they are. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/monitor.h"
#include "host/rivals.h"
#include "torture/net.h"
#include "torture/torture.h"

static const struct loop_hooks no_hooks;

static void ignore(void *owner, const struct monitor_item *item)
{
	(void)owner, (void)item;
}

static void overflow(void *owner)
{
	(void)owner;
}

static void watches(void)
{
	static const struct monitor_hooks hooks = { ignore, overflow };
	const struct monitor_interest interest = { .count = 1,
						   .ifindex = { net_ifindex() },
						   .metric = { 1002 } };
	struct monitor *monitor;
	struct loop *loop;

	alloc_pause();
	PROMISE(loop_open(&loop, &no_hooks, NULL) == 0, "no loop");
	alloc_resume();
	if (went_well(monitor_open(&monitor, loop, &hooks, NULL))) {
		(void)went_well(monitor_watch(monitor, &interest));
		monitor_close(monitor);
	}
	loop_close(loop);
}

static void count(void *owner, const struct monitor_item *item)
{
	(void)item;
	++*(unsigned *)owner;
}

static void lists(void)
{
	unsigned addresses = 0, routes = 0;

	if (went_well(monitor_addresses(0, count, &addresses)))
		PROMISE(addresses > 0, "there is one at least");
	if (went_well(monitor_routes(0, 0, 0, count, &routes)))
		PROMISE(routes > 0, "there is one at least");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	PROMISE(file && fputs(text, file) >= 0 && fclose(file) == 0,
		"%s cannot be written", path);
}

/* Who manages an interface is found, or it is said that nobody looked. */
static void find_rivals(void)
{
	char run[256], path[300];
	const struct rivals_place place = { "/proc", run };
	struct rivals *rivals;
	struct rival found;

	alloc_pause();
	snprintf(run, sizeof(run), "%s", scratch_path("run"));
	snprintf(path, sizeof(path), "%s/systemd/netif/links/7", run);
	for (char *slash = path + strlen(scratch()) + 1;
	     (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		PROMISE(mkdir(path, 0755) == 0, "no %s", path);
		*slash = '/';
	}
	write_file(path, "ADMIN_STATE=configured\nDHCP4=yes\n");
	alloc_resume();
	if (!went_well(rivals_open(&rivals, &place)))
		return;
	(void)rivals_find(rivals, "eth0", 7, &found);
	rivals_close(rivals);
}

#define NET SCENARIO_PLACE_NET

SCENARIOS(kernel) = {
	{ "kernel_is_watched", watches, .place = NET },
	{ "kernel_is_listed", lists, .place = NET },
	{ .name = "kernel_rivals_are_found", .play = find_rivals },
	{ 0 },
};
