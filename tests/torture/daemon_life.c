/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts, judges and ends it. */
#include "torture/daemon_life.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "core/names.h"
#include "daemon/log.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

#define ARGUMENTS_MAX 24

struct daemon life_daemon;
struct managed *life_managed;

static struct settings settings;
static char *argv[ARGUMENTS_MAX];
static int argc;

/* ---- what it promises --------------------------------------------------- */

static void judge_deadline(const struct managed *m)
{
	const struct dhcp4_client *c = m->iface.client;
	nsec wanted = m->iface.want.deadline;

	PROMISE(wanted == NSEC_NEVER || loop_timer_is_set(&m->timer),
		"%s: a deadline is lost", m->iface.name);
	PROMISE(wanted != NSEC_NEVER || !c->carrier ||
			c->state == DHCP4_STATE_STOPPED ||
			c->state == DHCP4_STATE_INFORMING ||
			c->lease.lease_s == DHCP4_LEASE_INFINITE,
		"%s: it waits for nothing in %s", m->iface.name,
		dhcp4_state_name(c->state));
}

bool life_is_held(void)
{
	return life_managed->iface.client->tenure == DHCP4_TENURE_HELD;
}

void life_judge(void)
{
	const struct managed *m = life_managed;

	for (size_t i = 0; i < life_daemon.managed_count; i++)
		judge_deadline(life_daemon.managed[i]);
	if (!m->settings->configure)
		PROMISE(!net_has(NET_CLIENT), "an address nobody wanted");
	else if (net_has(NET_CLIENT))
		PROMISE(life_is_held() || loop_timer_is_set(&m->installed.again),
			"an address without a lease");
	else
		PROMISE(!life_is_held() || !m->iface.client->configured,
			"a lease without its address");
}

bool life_is_bound(void *context)
{
	(void)context;
	return life_managed->iface.client->state == DHCP4_STATE_BOUND &&
	       life_managed->iface.client->configured &&
	       (net_has(NET_CLIENT) || !life_managed->settings->configure);
}

bool life_is_renewed(void *before)
{
	return life_managed->iface.client->lease.granted_ns > *(nsec *)before &&
	       life_is_bound(NULL);
}

bool life_is_gone(void *context)
{
	(void)context;
	return !net_has(NET_CLIENT);
}

bool life_has_file(void *context)
{
	char path[256];
	int fd;

	(void)context;
	snprintf(path, sizeof(path), "%s/state/" NET_IFACE ".lease", scratch());
	/* Of what the sandbox lets it do. */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void life_until(bool (*holds)(void *), void *context, const char *what)
{
	struct loop *loop = life_daemon.loop;
	bool held;

	spin_until(loop, holds, context, LIFE_MOMENT);
	life_judge();
	alloc_heal();
	held = spin_hastily(loop, holds, context, LIFE_CONVERGENCE);
	PROMISE(held, "with memory: %s; it is in %s", what,
		dhcp4_state_name(life_managed->iface.client->state));
	life_judge();
}

/* ---- its life ----------------------------------------------------------- */

static void load_settings(const char *const *words)
{
	static char run[64], state[64];
	static char *const first[] = { (char *)"tenured",
				       (char *)"-f",
				       (char *)"--config",
				       (char *)"/dev/null",
				       (char *)"--user",
				       (char *)"0",
				       (char *)"--acd",
				       (char *)"off",
				       run,
				       state };
	enum exit_code code = EXIT_CODE_LEASED;

	argc = ARRAY_SIZE(first);
	memcpy(argv, first, sizeof(first));
	snprintf(run, sizeof(run), "--run-dir=%s/run", scratch());
	snprintf(state, sizeof(state), "--state-dir=%s/state", scratch());
	while (*words && argc < ARGUMENTS_MAX - 1)
		argv[argc++] = (char *)(uintptr_t)*words++;
	alloc_pause();
	PROMISE(settings_load(argc, argv, &settings, &code) == SETTINGS_OK,
		"settings: %s", logged());
	alloc_resume();
	log_set_level(LOG_LEVEL_INFO);
}

static void free_settings(void)
{
	alloc_pause();
	settings_free(&settings);
	alloc_resume();
}

bool life_start(const char *const *words)
{
	enum exit_code code;

	load_settings(words);
	code = daemon_open(&life_daemon, &settings, -1);
	life_daemon.argc = argc;
	life_daemon.argv = argv;
	life_managed = code == EXIT_CODE_LEASED ? life_daemon.managed[0] : NULL;
	if (code == EXIT_CODE_LEASED)
		return true;
	PROMISE(!all_had_memory(), "it does not start, with memory");
	PROMISE(*logged(), "it does not start, and does not say so");
	life_end();
	return false;
}

void life_end(void)
{
	daemon_close(&life_daemon);
	free_settings();
}

void life_start_well(const char *const *words)
{
	alloc_pause();
	PROMISE(life_start(words), "it does not start: %s", logged());
	alloc_resume();
}

void life_start_bound(const char *const *words)
{
	struct loop *loop;

	alloc_pause();
	PROMISE(life_start(words), "it does not start: %s", logged());
	loop = life_daemon.loop;
	PROMISE(spin_hastily(loop, life_is_bound, NULL, LIFE_CONVERGENCE),
		"no lease");
	PROMISE(spin_hastily(loop, life_has_file, NULL, LIFE_CONVERGENCE),
		"no file");
	alloc_resume();
}

void life_before(const char *const *words)
{
	int status;
	pid_t first;

	alloc_pause();
	first = fork();
	if (first == 0) {
		life_start_well(words);
		PROMISE(spin_until(life_daemon.loop, life_is_bound, NULL,
				   LIFE_CONVERGENCE),
			"no lease");
		life_end();
		_exit(0);
	}
	alloc_resume();
	PROMISE(waitpid(first, &status, 0) == first && status == 0,
		"the one before it failed");
}
