/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces that join and leave a running daemon. One that cannot join for want
 * of memory leaves nothing behind, and can once there is memory; one that leaves
 * takes with it what it was to take, if later.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/members.h"
#include "daemon/refusal.h"
#include "daemon/reload.h"
#include "torture/daemon_life.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

static const char *const other[] = { "--no-hooks", NET_OTHER, NULL };
static const char *const both[] = { "--no-hooks", NET_IFACE, NET_OTHER, NULL };

/* The first one's settings, as somebody's own. */
static struct iface_settings *copy_settings(void)
{
	struct iface_settings *own;

	alloc_pause();
	own = calloc(1, sizeof(*own));
	PROMISE(own, "no memory");
	iface_settings_copy(own, life_daemon.managed[0]->settings);
	alloc_resume();
	return own;
}

static bool add(void)
{
	const struct members_wish wish = { .name = NET_IFACE,
					   .own = copy_settings(),
					   .membership = MEMBERSHIP_KEY,
					   .key = "torture" };
	struct members_result result;
	char text[256];
	struct str s = str_over(text, sizeof(text));

	if (members_add(&life_daemon, &wish, loop_clock(), &result)) {
		PROMISE(result.error == MEMBERS_OK, "added, and an error");
		life_managed = result.managed;
		return true;
	}
	refusal_explain(&result, &life_daemon, NET_IFACE, &s);
	PROMISE(!all_had_memory(), "not added, with memory: %s", text);
	PROMISE(result.error == MEMBERS_FAILED, "%s", text);
	PROMISE(!daemon_find(&life_daemon, NET_IFACE), "half of it is there");
	return false;
}

static void joins(void)
{
	bool added;

	life_start_well(other);
	added = add();
	alloc_heal();
	PROMISE(added || add(), "it does not join, with memory");
	life_until(life_is_bound, NULL, "there is no lease");
	life_end();
}

static bool is_buried(void *context)
{
	(void)context;
	return !life_daemon.left;
}

static void leave(bool release)
{
	members_remove(life_managed, release, loop_clock());
	PROMISE(!daemon_find(&life_daemon, NET_IFACE), "it is still there");
	life_managed = life_daemon.managed[0];
	spin_until(life_daemon.loop, is_buried, NULL, LIFE_MOMENT);
	alloc_heal();
	PROMISE(spin_hastily(life_daemon.loop, is_buried, NULL, LIFE_CONVERGENCE),
		"it is never freed");
}

static void leaves(void)
{
	life_start_bound(both);
	leave(true);
	PROMISE(!net_has(NET_CLIENT), "the address stays");
	life_end();
}

static void leaves_and_keeps(void)
{
	life_start_bound(both);
	leave(false);
	PROMISE(net_has(NET_CLIENT), "the address is gone");
	PROMISE(life_has_file(NULL), "the file is gone");
	life_end();
}

static void leaves_and_joins(void)
{
	bool added;

	life_start_bound(both);
	members_remove(life_managed, true, loop_clock());
	life_managed = life_daemon.managed[0];
	added = add();
	alloc_heal();
	PROMISE(added || add(), "it does not join, with memory");
	life_until(life_is_bound, NULL, "there is no lease");
	life_end();
}

/* In the one directory where the sandbox lets it be replaced. */
static const char *configuration(const char *text)
{
	const char *path = scratch_path("state/conf");
	FILE *file;

	alloc_pause();
	mkdir(scratch_path("state"), 0700);
	file = fopen(path, "we");
	PROMISE(file && fputs(text, file) >= 0 && fclose(file) == 0,
		"no configuration");
	alloc_resume();
	return path;
}

static bool is_asking(void *context)
{
	(void)context;
	return !life_managed->link.gone && life_managed->lock >= 0 &&
	       life_managed->iface.client->state == DHCP4_STATE_SELECTING;
}

/* A section's interface is not there at the start, and then it is. */
static void is_waited_for(void)
{
	static char option[128];
	static const char *const words[] = { "--no-hooks", option, NULL };

	net_plug(false);
	snprintf(option, sizeof(option), "--config=%s",
		 configuration("[" NET_OTHER "]\n"));
	if (!life_start(words))
		return;
	PROMISE(life_managed->link.gone, "it is there already");
	net_plug(true);
	life_until(is_asking, NULL, "it is not asking");
	life_end();
}

/* ---- a reload ------------------------------------------------------------ */

static void start_by(const char *text)
{
	static char option[128];
	static const char *const words[] = { "--no-hooks", option, NULL };

	snprintf(option, sizeof(option), "--config=%s", configuration(text));
	life_start_bound(words);
}

static bool reload(const char *text)
{
	struct settings_error error;
	int r;

	configuration(text);
	r = daemon_reload(&life_daemon, NULL, loop_clock(), &error);
	PROMISE(r == 0 || !all_had_memory(), "not read, with memory: %s",
		error.message);
	PROMISE(r == 0 || *error.message, "not read, and nothing said");
	return r == 0;
}

static bool has_metric(void *metric)
{
	return life_is_bound(NULL) && life_managed->installed.state &&
	       life_managed->installed.state->metric == *(uint32_t *)metric;
}

static void reloads(void)
{
	static const char after[] = "[" NET_IFACE "]\nmetric = 7\n"
				    "hostname = other\nserver-pin = learn\n";
	uint32_t metric = 7;
	bool read;

	start_by("[" NET_IFACE "]\n");
	read = reload(after);
	alloc_heal();
	PROMISE(life_is_held(), "the lease is lost");
	PROMISE(read || reload(after), "not read, with memory");
	life_until(has_metric, &metric, "the routes have not moved");
	life_end();
}

static void reloads_others(void)
{
	static const char after[] = "[" NET_OTHER "]\n";
	bool read;

	start_by("[" NET_IFACE "]\n");
	read = reload(after);
	if (read)
		life_managed = NULL;
	alloc_heal();
	PROMISE(read || reload(after), "not read, with memory");
	PROMISE(!daemon_find(&life_daemon, NET_IFACE), "it is still there");
	/* Who could not join for want of memory is not a member yet. */
	PROMISE(daemon_find(&life_daemon, NET_OTHER) || reload(after),
		"not read, with memory");
	PROMISE(daemon_find(&life_daemon, NET_OTHER), "it does not join");
	PROMISE(net_has(NET_CLIENT), "the address is gone");
	life_end();
}

#define NET SCENARIO_PLACE_NET

SCENARIOS(members) = {
	{ "members_joins", joins, .place = NET },
	{ "members_leaves", leaves, .place = NET },
	{ "members_leaves_and_keeps", leaves_and_keeps, .place = NET },
	{ "members_is_waited_for", is_waited_for, .place = NET, .slow = true },
	{ "members_reloads", reloads, .place = NET, .slow = true },
	{ "members_reloads_others", reloads_others, .place = NET, .slow = true },
	{ "members_leaves_and_joins", leaves_and_joins, .place = NET,
	  .slow = true },
	{ 0 },
};
