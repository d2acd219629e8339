/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an initramfs leaves: taken over, or left where it is; never in neither
 * place, and the address stays. What --oneshot prints is whole, or nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/handover.h"
#include "daemon/oneshot.h"
#include "torture/daemon_life.h"
#include "torture/net.h"
#include "torture/torture.h"

#define NOW	(1000 * NSEC_PER_S)
#define ADDRESS 0x0a000032

/* More than is ever printed. */
#define OUTPUT_MAX 65536

/* ---- files ---------------------------------------------------------------- */

static bool is_there(const char *name)
{
	struct stat info;

	return lstat(scratch_path(name), &info) == 0;
}

static void leave_lease(void)
{
	const struct dhcp4_lease lease = {
		.address = ADDRESS,
		.prefix_length = 24,
		.server_id = NET_SERVER,
		.granted_ns = NOW,
		.lease_s = 3600,
		.t1_ns = NOW + 1800 * NSEC_PER_S,
		.t2_ns = NOW + 3150 * NSEC_PER_S,
		.expiry_ns = NOW + 3600 * NSEC_PER_S,
	};
	struct store *store;

	PROMISE(store_open(&store, open(scratch_path("early"),
					O_RDONLY | O_DIRECTORY)) == 0 &&
			store_save(store, "eth0", &lease, 0, NOW) == 0,
		"no lease can be left");
	store_close(store);
}

static void leave_duid(void)
{
	FILE *file = fopen(scratch_path("early/duid"), "w");

	PROMISE(file && fputs("00:03:00:01:02:00:00:00:00:10\n", file) >= 0 &&
			fclose(file) == 0,
		"no DUID can be left");
}

static void leave(struct instance *instance)
{
	alloc_pause();
	PROMISE(mkdir(scratch_path("early"), 0700) == 0 &&
			mkdir(scratch_path("state"), 0700) == 0,
		"no directories can be made");
	instance->early_dir = strdup(scratch_path("early"));
	instance->state_dir = strdup(scratch_path("state"));
	PROMISE(instance->early_dir && instance->state_dir, "no names");
	leave_lease();
	leave_duid();
	alloc_resume();
}

/* Once: what was not moved is there, and is moved the next time. */
static void take(const struct instance *instance)
{
	const struct duid_place place = { .directory = instance->state_dir };
	struct handover *handover = handover_open(instance);
	struct lease_file file;
	struct store *store = NULL;
	struct duid duid;

	PROMISE(handover || (!all_had_memory() && *logged()),
		"nothing is taken over, with memory or without a word");
	if (handover &&
	    went_well(store_open(&store, open(instance->state_dir,
					      O_RDONLY | O_DIRECTORY)))) {
		PROMISE(handover_duid(handover, &place, &duid), "no DUID");
		PROMISE(handover_load(handover, store, "eth0", NOW, &file) == 0 &&
				file.lease.address == ADDRESS,
			"no lease");
	}
	store_close(store);
	handover_close(handover);
	PROMISE(is_there("state/eth0.lease") != is_there("early/eth0.lease"),
		"the lease is in both or in neither place");
	PROMISE(is_there("state/duid") != is_there("early/duid"),
		"the DUID is in both or in neither place");
}

static void is_taken(void)
{
	struct instance instance = { 0 };

	leave(&instance);
	take(&instance);
	alloc_heal();
	if (is_there("early/eth0.lease"))
		take(&instance);
	PROMISE(is_there("state/eth0.lease") && is_there("state/duid"),
		"with memory it is not taken");
	instance_free(&instance);
}

/* ---- daemons --------------------------------------------------------------- */

/* Known by a DUID that is made where the leases are kept. */
static const char *const *with_state_dir(const char *name)
{
	static char state[300];
	static const char *const words[] = { "--no-hooks", "--client-id=duid",
					     state, NET_IFACE, NULL };

	snprintf(state, sizeof(state), "--state-dir=%s", scratch_path(name));
	return words;
}

/* Whatever fails: the address is there all the time, and is leased in the end. */
static void goes_on(void)
{
	life_before(with_state_dir("run/initramfs"));
	PROMISE(net_has(NET_CLIENT), "the initramfs' daemon takes it with it");
	if (life_start(with_state_dir("state"))) {
		PROMISE(net_has(NET_CLIENT), "the address is gone");
		life_until(life_is_bound, NULL, "there is no lease");
		life_end();
	}
	PROMISE(net_has(NET_CLIENT), "the address is gone");
}

/* ---- what is printed ------------------------------------------------------- */

/* Of a file that stdout is from now on: the sandbox has it read in no other way. */
static const char *see_stdout(void)
{
	static char buffer[BUFSIZ];
	const char *text;

	PROMISE(freopen(scratch_path("stdout"), "w+", stdout) &&
			ftruncate(fileno(stdout), OUTPUT_MAX) == 0,
		"stdout cannot be a file");
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	text = mmap(NULL, OUTPUT_MAX, PROT_READ, MAP_SHARED, fileno(stdout), 0);
	PROMISE(text != MAP_FAILED, "stdout cannot be seen");
	return text;
}

static unsigned count(const char *text, char which)
{
	unsigned n = 0;

	while (*text)
		n += *text++ == which;
	return n;
}

/* Whoever reads it takes what there is for all there is to know. */
static void prints(void)
{
	const char *text;
	bool printed;

	alloc_pause();
	text = see_stdout();
	alloc_resume();
	life_start_bound((const char *const[]){ "--no-hooks", NET_IFACE, NULL });
	printed = went_well(oneshot_print(life_managed, loop_clock()));
	fflush(stdout);
	if (printed)
		PROMISE(text[0] && text[strlen(text) - 1] == '\n' &&
				strstr(text, "10.0.0.10") &&
				count(text, '{') == count(text, '}'),
			"it prints '%s'", text);
	else
		PROMISE(!text[0], "of what cannot be told it prints '%s'", text);
	life_end();
}

SCENARIOS(handover) = {
	{ .name = "handover_is_taken", .play = is_taken },
	{ "handover_goes_on", goes_on, .place = SCENARIO_PLACE_NET },
	{ "oneshot_prints", prints, .place = SCENARIO_PLACE_NET },
	{ 0 },
};
