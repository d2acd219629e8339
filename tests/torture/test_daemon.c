/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole daemon, from its start over a lease to its end, on a real network. It
 * starts or says why not; once there is memory it gets what it is there for; the
 * kernel, the file and the client agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "core/names.h"
#include "daemon/link.h"
#include "torture/haste.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

/* What a daemon may need that starts with nothing and no memory for a while. */
#define CONVERGENCE (300 * NSEC_PER_S)

#define ARGUMENTS_MAX 24

static struct settings settings;
static struct daemon d;
static struct managed *m;

/* ---- promises ----------------------------------------------------------- */

/* There is an instant to come, or nothing to wait for. */
static void promise_deadline(void)
{
	nsec wanted = m->iface.want.deadline;

	PROMISE(wanted == NSEC_NEVER || m->timer.link, "a deadline was lost");
	PROMISE(wanted != NSEC_NEVER || !m->iface.client.carrier ||
			m->iface.client.state == DHCP4_STATE_STOPPED ||
			m->iface.client.lease.lease_s == DHCP4_LEASE_INFINITE,
		"it waits for nothing");
}

static bool is_held(void)
{
	return m->iface.client.tenure == DHCP4_TENURE_HELD;
}

/* The kernel has the address of a lease that is held, and of no other. */
static void promise_agreement(void)
{
	promise_deadline();
	if (net_has(NET_CLIENT))
		PROMISE(is_held() || m->removal.link,
			"an address without a lease");
	else
		PROMISE(!is_held() || !m->iface.client.configured,
			"a lease without its address");
}

static bool is_bound(void *context)
{
	(void)context;
	return m->iface.client.state == DHCP4_STATE_BOUND &&
	       m->iface.client.configured && net_has(NET_CLIENT);
}

/* ---- its life ------------------------------------------------------------ */

/* eth0, its own directories, no conflict detection, and more. */
static bool load_settings(const char *const *more)
{
	static char run[64], state[64];
	char *argv[ARGUMENTS_MAX] = { (char *)"tenured",
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
	int argc = 10;
	bool loaded;

	snprintf(run, sizeof(run), "--run-dir=%s/run", scratch());
	snprintf(state, sizeof(state), "--state-dir=%s/state", scratch());
	while (*more && argc < ARGUMENTS_MAX - 2)
		argv[argc++] = (char *)(uintptr_t)*more++;
	argv[argc++] = (char *)NET_IFACE;
	alloc_pause();
	loaded = settings_load(argc, argv, &settings, &code) == SETTINGS_OK;
	PROMISE(loaded, "settings: %s", logged());
	alloc_resume();
	log_set_level(LOG_LEVEL_INFO);
	return loaded;
}

static void free_settings(void)
{
	alloc_pause();
	settings_free(&settings);
	alloc_resume();
}

/* True if it runs; else it said why not, and all is closed. */
static bool start(const char *const *more)
{
	enum exit_code code;

	if (!settings.iface_count)
		load_settings(more);
	code = daemon_open(&d, &settings, -1);
	m = d.managed;
	if (code == EXIT_CODE_LEASED)
		return true;
	PROMISE(!all_had_memory(), "it does not start, with memory");
	PROMISE(*logged(), "it does not start, and does not say so");
	daemon_close(&d);
	return false;
}

static void end(void)
{
	daemon_close(&d);
	free_settings();
}

/* Bound, in the end; before there is memory it may be, or not. */
static void become_bound(void)
{
	spin_until(d.loop, is_bound, NULL, 50 * NSEC_PER_MS);
	promise_agreement();
	alloc_heal();
	PROMISE(spin_hastily(d.loop, is_bound, NULL, CONVERGENCE),
		"it gets no lease, with memory: %s",
		dhcp4_state_name(m->iface.client.state));
	promise_agreement();
}

static bool has_file(void *context)
{
	char path[256];

	(void)context;
	snprintf(path, sizeof(path), "%s/state/" NET_IFACE ".lease", scratch());
	return access(path, F_OK) == 0;
}

static const char *const plain[] = { NULL };
static const char *const without_hooks[] = { "--no-hooks", NULL };

/* From its start on something fails. */
static void starts(void)
{
	if (!start(plain)) {
		PROMISE(!net_has(NET_CLIENT), "an address is left behind");
		free_settings();
		return;
	}
	become_bound();
	PROMISE(spin_hastily(d.loop, has_file, NULL, CONVERGENCE), "no file");
	end();
	/* It was told to end, and keeps its lease. */
	PROMISE(net_has(NET_CLIENT), "the address is gone");
}

/* It starts with memory; what it is to do later is what may fail. */
static void start_well(const char *const *more)
{
	alloc_pause();
	PROMISE(start(more), "it does not start: %s", logged());
	alloc_resume();
}

static void start_bound(const char *const *more)
{
	alloc_pause();
	PROMISE(start(more), "it does not start: %s", logged());
	PROMISE(spin_until(d.loop, is_bound, NULL, SPIN_PATIENCE), "no lease");
	PROMISE(spin_hastily(d.loop, has_file, NULL, CONVERGENCE), "no file");
	alloc_resume();
}

static void is_leased(void)
{
	start_well(without_hooks);
	become_bound();
	end();
}

static bool was_renewed(void *context)
{
	return m->iface.client.lease.granted_ns > *(nsec *)context &&
	       is_bound(NULL);
}

/* A lease is extended, and is there all the time. */
static void renews(void)
{
	nsec before;

	start_bound(without_hooks);
	before = m->iface.client.lease.granted_ns;
	iface_renew(&m->iface, loop_clock());
	spin_until(d.loop, was_renewed, &before, 50 * NSEC_PER_MS);
	PROMISE(is_held() && net_has(NET_CLIENT), "the lease is lost");
	promise_agreement();
	alloc_heal();
	PROMISE(spin_hastily(d.loop, was_renewed, &before, CONVERGENCE),
		"it is not extended, with memory");
	PROMISE(net_has(NET_CLIENT), "the address is gone");
	promise_agreement();
	end();
}

static bool is_gone(void *context)
{
	(void)context;
	return !net_has(NET_CLIENT);
}

/* What is given back is not used any more. */
static void gives_back(void)
{
	start_bound(without_hooks);
	iface_stop(&m->iface, true, loop_clock());
	PROMISE(m->iface.client.tenure == DHCP4_TENURE_NONE, "it is still there");
	spin_until(d.loop, is_gone, NULL, 50 * NSEC_PER_MS);
	alloc_heal();
	PROMISE(spin_hastily(d.loop, is_gone, NULL, CONVERGENCE),
		"the address stays, with memory");
	PROMISE(!has_file(NULL), "the file stays");
	end();
}

/* The cable is pulled and put back: the lease is kept, and confirmed. */
static void loses_carrier(void)
{
	nsec before;

	start_bound(without_hooks);
	before = m->iface.client.lease.granted_ns;
	net_carrier(false);
	spin_for(d.loop, 10 * NSEC_PER_MS);
	PROMISE(is_held() && net_has(NET_CLIENT), "the lease is lost");
	net_carrier(true);
	spin_until(d.loop, was_renewed, &before, 50 * NSEC_PER_MS);
	PROMISE(is_held() && net_has(NET_CLIENT), "the lease is lost");
	promise_agreement();
	alloc_heal();
	PROMISE(spin_hastily(d.loop, was_renewed, &before, CONVERGENCE),
		"it is not confirmed, with memory");
	end();
}

/* Another daemon after this one: the address was there all the time. */
static void starts_again(void)
{
	start_bound(without_hooks);
	alloc_pause();
	daemon_close(&d);
	alloc_resume();
	if (!start(without_hooks)) {
		PROMISE(net_has(NET_CLIENT), "the address is gone");
		free_settings();
		return;
	}
	PROMISE(net_has(NET_CLIENT), "the address is gone");
	become_bound();
	end();
}

static void resumes(void)
{
	nsec before;

	start_bound(without_hooks);
	before = m->iface.client.lease.granted_ns;
	iface_resumed(&m->iface, loop_clock());
	spin_until(d.loop, was_renewed, &before, 50 * NSEC_PER_MS);
	PROMISE(is_held() && net_has(NET_CLIENT), "the lease is lost");
	alloc_heal();
	PROMISE(spin_hastily(d.loop, was_renewed, &before, CONVERGENCE),
		"it is not confirmed, with memory");
	end();
}

static bool is_expired(void *context)
{
	(void)context;
	return !is_held() && !net_has(NET_CLIENT);
}

/* Time passes without a server: in the end the address is gone, at its time. */
static void expires(void)
{
	start_bound(without_hooks);
	net_carrier(false);
	spin_until(d.loop, is_expired, NULL, 10 * NSEC_PER_MS);
	haste_pass(601 * NSEC_PER_S);
	spin_until(d.loop, is_expired, NULL, 20 * NSEC_PER_MS);
	PROMISE(!is_held(), "an expired lease is held");
	alloc_heal();
	PROMISE(spin_hastily(d.loop, is_expired, NULL, CONVERGENCE),
		"an expired address stays, with memory");
	end();
}

#define NET SCENARIO_PLACE_NET

SCENARIOS(daemon) = {
	{ "daemon_starts", starts, .place = NET },
	{ "daemon_is_leased", is_leased, .place = NET },
	{ "daemon_renews", renews, .place = NET },
	{ "daemon_gives_back", gives_back, .place = NET },
	{ "daemon_loses_carrier", loses_carrier, .place = NET, .slow = true },
	{ "daemon_starts_again", starts_again, .place = NET, .slow = true },
	{ "daemon_resumes", resumes, .place = NET },
	{ "daemon_expires", expires, .place = NET, .slow = true },
	{ 0 },
};
