/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole daemon, from its start over a lease to its end, on a real network. It
 * starts or says why not; once there is memory it gets what it is there for; the
 * kernel, the file and the client agree.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "torture/daemon_life.h"
#include "torture/haste.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

static struct iface *iface(void)
{
	return &life_managed->iface;
}

static const char *const plain[] = { "--no-hooks", NET_IFACE, NULL };

/* ---- the start ------------------------------------------------------------ */

/* Whatever fails from the first line on: it runs, or nothing is left of it. */
static void lives(const char *const *words)
{
	if (!life_start(words)) {
		PROMISE(!net_has(NET_CLIENT), "an address is left behind");
		return;
	}
	life_until(life_is_bound, NULL, "there is no lease");
	PROMISE(spin_hastily(life_daemon.loop, life_has_file, NULL,
			     LIFE_CONVERGENCE),
		"no file");
	life_end();
	PROMISE(net_has(NET_CLIENT), "it takes the address with it");
}

static void starts(void)
{
	static const char *const words[] = { NET_IFACE, NULL };

	lives(words);
}

/* What it offers besides, all at once. */
static void starts_with_much(void)
{
	static const char *const words[] = {
		"--hostname=me",
		"--acd=optimistic",
		"--rapid-commit=on",
		"--mtu",
		"--fallback=link-local",
		NET_IFACE,
		NULL,
	};

	lives(words);
}

static void starts_with_several(void)
{
	static const char *const words[] = { NET_IFACE, NET_OTHER, "srv1", NULL };

	lives(words);
}

/* Another daemon after this one: the address was there all the time. */
static void starts_again(void)
{
	life_before(plain);
	if (!life_start(plain)) {
		PROMISE(net_has(NET_CLIENT), "the address is gone");
		return;
	}
	PROMISE(net_has(NET_CLIENT), "the address is gone");
	life_until(life_is_bound, NULL, "there is no lease");
	life_end();
}

/* ---- getting a lease ----------------------------------------------------- */

static void is_leased_with(const char *const *words)
{
	life_start_well(words);
	life_until(life_is_bound, NULL, "there is no lease");
	life_end();
}

static void is_leased(void)
{
	is_leased_with(plain);
}

static void probes(void)
{
	static const char *const words[] = { "--no-hooks", "--acd=fast",
					     NET_IFACE, NULL };

	is_leased_with(words);
}

static void leaves_the_kernel_alone(void)
{
	static const char *const words[] = { "--no-hooks", "--no-configure",
					     NET_IFACE, NULL };

	is_leased_with(words);
}

static bool is_shadowing(void *context)
{
	(void)context;
	PROMISE(!net_has_route(NET_SHADOW), "it takes traffic from another one");
	return life_is_bound(NULL);
}

/* A route that is to be refused is never there, whatever is not known. */
static void guards_others(void)
{
	static const char *const words[] = { "--no-hooks", "--shadow-guard=on",
					     NET_IFACE, NULL };

	life_start_well(words);
	life_until(is_shadowing, NULL, "there is no lease");
	iface_renew(iface(), loop_clock());
	spin_until(life_daemon.loop, is_shadowing, NULL, LIFE_MOMENT);
	life_end();
}

/* The same while there is a lease, which is renewed without memory. */
static void goes_on_guarding(void)
{
	static const char *const words[] = { "--no-hooks", "--shadow-guard=on",
					     NET_IFACE, NULL };
	nsec before;

	life_start_bound(words);
	before = iface()->client->lease.granted_ns;
	iface_renew(iface(), loop_clock());
	haste_pass(2 * NSEC_PER_S);
	spin_for(life_daemon.loop, LIFE_MOMENT);
	PROMISE(!net_has_route(NET_SHADOW), "it takes traffic from another one");
	life_until(life_is_renewed, &before, "it is not extended");
	PROMISE(!net_has_route(NET_SHADOW), "it takes traffic from another one");
	life_end();
}

static void pins_servers(void)
{
	static const char *const words[] = { "--no-hooks", "--server-pin=learn",
					     NET_IFACE, NULL };

	lives(words);
}

static bool is_informed(void *context)
{
	(void)context;
	return iface()->client->lease.server_id != 0;
}

static void informs(void)
{
	static const char *const words[] = { "--no-hooks", "--inform=10.0.0.77",
					     NET_IFACE, NULL };

	life_start_well(words);
	life_until(is_informed, NULL, "nobody is informed");
	life_end();
}

static bool has_fallback(void *context)
{
	(void)context;
	return iface()->client->fallback.configured;
}

/* Nobody leases: there is an address all the same. */
static void falls_back(void)
{
	static const char *const words[] = { "--no-hooks",
					     "--fallback=link-local",
					     "--deny-server=10.0.0.1",
					     NET_IFACE, NULL };

	life_start_well(words);
	haste_pass(30 * NSEC_PER_S);
	life_until(has_fallback, NULL, "there is no fallback");
	life_end();
}

/* ---- having one ------------------------------------------------------------ */

/* Something that happens to a lease: it is there all the time, then new. */
static void keeps(void (*happens)(void))
{
	nsec before;

	life_start_bound(plain);
	before = iface()->client->lease.granted_ns;
	happens();
	PROMISE(life_is_held() && net_has(NET_CLIENT), "the lease is lost");
	life_until(life_is_renewed, &before, "it is not confirmed");
	PROMISE(life_is_held() && net_has(NET_CLIENT), "the lease is lost");
	life_end();
}

static void renew(void)
{
	iface_renew(iface(), loop_clock());
}

static void rebind(void)
{
	iface_rebind(iface(), loop_clock());
}

static void resume(void)
{
	iface_resumed(iface(), loop_clock());
}

static void flap(void)
{
	net_carrier(false);
	spin_for(life_daemon.loop, 10 * NSEC_PER_MS);
	PROMISE(life_is_held() && net_has(NET_CLIENT), "the lease is lost");
	net_carrier(true);
}

static void pass_t1(void)
{
	haste_pass(301 * NSEC_PER_S);
}

static void renews(void)
{
	keeps(renew);
}

static void rebinds(void)
{
	keeps(rebind);
}

static void resumes(void)
{
	keeps(resume);
}

static void loses_carrier(void)
{
	keeps(flap);
}

static void renews_at_t1(void)
{
	keeps(pass_t1);
}

/* ---- its end --------------------------------------------------------------- */

/* What is given back is not used any more. */
static void gives_back(void)
{
	life_start_bound(plain);
	iface_stop(iface(), true, loop_clock());
	PROMISE(iface()->client->tenure == DHCP4_TENURE_NONE,
		"it is still there");
	life_until(life_is_gone, NULL, "the address stays");
	PROMISE(!life_has_file(NULL), "the file stays");
	life_end();
}

/* Time passes without a server: the address is gone, at its time. */
static void expires(void)
{
	life_start_bound(plain);
	net_carrier(false);
	spin_for(life_daemon.loop, 10 * NSEC_PER_MS);
	haste_pass(601 * NSEC_PER_S);
	spin_for(life_daemon.loop, 20 * NSEC_PER_MS);
	PROMISE(!life_is_held(), "an expired lease is held");
	life_until(life_is_gone, NULL, "an expired address stays");
	life_end();
}

static bool has_ended(void *context)
{
	(void)context;
	return false;
}

/* Told to end, it ends. The sandbox does not let it tell itself. */
static void end_by_signal(const char *const *words)
{
	int ends[2];
	pid_t teller;

	PROMISE(pipe(ends) == 0, "no pipe");
	teller = fork();
	if (teller == 0) {
		char octet;

		close(ends[1]);
		_exit(read(ends[0], &octet, 1) != 1 ||
		      kill(getppid(), SIGTERM) < 0);
	}
	close(ends[0]);
	life_start_bound(words);
	PROMISE(write(ends[1], "", 1) == 1, "nobody tells it");
	close(ends[1]);
	spin_until(life_daemon.loop, has_ended, NULL, SPIN_PATIENCE);
	life_end();
}

/* The last word is a RELEASE, with -R. */
static void ends_with_a_release(void)
{
	static const char *const words[] = { "--no-hooks", "-R", NET_IFACE, NULL };

	end_by_signal(words);
	PROMISE(!net_has(NET_CLIENT) || !all_had_memory(), "the address stays");
}

static void ends_and_keeps(void)
{
	end_by_signal(plain);
	PROMISE(net_has(NET_CLIENT), "the address is gone");
	PROMISE(life_has_file(NULL), "the file is gone");
}

/* ---- interfaces that come and go ------------------------------------------- */

static bool is_away(void *context)
{
	(void)context;
	return life_managed->link.gone;
}

static bool is_back(void *context)
{
	(void)context;
	return !life_managed->link.gone && life_managed->lock >= 0 &&
	       iface()->client->state == DHCP4_STATE_SELECTING;
}

static void loses_an_interface(void)
{
	static const char *const words[] = { "--no-hooks", NET_OTHER, NULL };

	life_start_well(words);
	net_plug(false);
	PROMISE(spin_until(life_daemon.loop, is_away, NULL, SPIN_PATIENCE),
		"it does not notice");
	net_plug(true);
	life_until(is_back, NULL, "it is not back");
	life_end();
}

#define NET SCENARIO_PLACE_NET

SCENARIOS(daemon) = {
	{ "daemon_starts", starts, .place = NET },
	{ "daemon_starts_with_much", starts_with_much, .place = NET,
	  .slow = true },
	{ "daemon_starts_with_several", starts_with_several, .place = NET,
	  .slow = true },
	{ "daemon_starts_again", starts_again, .place = NET, .slow = true },
	{ "daemon_is_leased", is_leased, .place = NET },
	{ "daemon_probes", probes, .place = NET },
	{ "daemon_leaves_the_kernel_alone", leaves_the_kernel_alone,
	  .place = NET },
	{ "daemon_guards_others", guards_others, .place = NET },
	{ "daemon_goes_on_guarding", goes_on_guarding, .place = NET },
	{ "daemon_pins_servers", pins_servers, .place = NET, .slow = true },
	{ "daemon_informs", informs, .place = NET },
	{ "daemon_falls_back", falls_back, .place = NET },
	{ "daemon_renews", renews, .place = NET },
	{ "daemon_rebinds", rebinds, .place = NET },
	{ "daemon_resumes", resumes, .place = NET },
	{ "daemon_renews_at_t1", renews_at_t1, .place = NET },
	{ "daemon_loses_carrier", loses_carrier, .place = NET, .slow = true },
	{ "daemon_gives_back", gives_back, .place = NET },
	{ "daemon_expires", expires, .place = NET, .slow = true },
	{ "daemon_ends_with_a_release", ends_with_a_release, .place = NET },
	{ "daemon_ends_and_keeps", ends_and_keeps, .place = NET },
	{ "daemon_loses_an_interface", loses_an_interface, .place = NET,
	  .slow = true },
	{ 0 },
};
