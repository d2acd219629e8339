/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon put together: opened in the order that privileges allow, its
 * wake-ups led to the interfaces they are about, and closed.
 */
#include "daemon/daemon.h"

#include <config.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/audit.h"
#include "daemon/fallback.h"
#include "daemon/handover.h"
#include "daemon/hook.h"
#include "daemon/hook_runner.h"
#include "daemon/import.h"
#include "daemon/instance.h"
#include "daemon/ipc.h"
#include "daemon/link_monitor.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/presence.h"
#include "daemon/reach.h"
#include "daemon/reload.h"
#include "daemon/route.h"
#include "daemon/service_notify.h"
#include "daemon/shadow.h"
#include "daemon/store.h"
#include "daemon/summary.h"
#include "daemon/upkeep.h"
#include "daemon/vrf.h"
#include "daemon/wanted.h"
#include "host/netlink.h"

#define CLEANUP_INSTANCE __attribute__((cleanup(instance_free)))

/* ---- wake-ups ----------------------------------------------------------- */

static void frame_received(void *owner, const struct packet_frame *frame, nsec now)
{
	struct managed *m = daemon_find_index(owner, frame->ifindex);

	if (m && !audit_take(m, frame, now))
		iface_frame(&m->iface, frame->bytes, frame->size,
			    frame->checksum_partial, &frame->source, now);
}

/* What an interface of this host sends, as another of them hears it, is ours. */
static void arp_received(void *owner, const struct packet_frame *frame, nsec now)
{
	struct daemon *d = owner;
	struct managed *m = daemon_find_index(d, frame->ifindex);
	struct hwaddr sender = { .size = ARP_HWADDR_SIZE };
	struct arp arp;

	if (!m || !arp_parse(frame->bytes, frame->size, &arp))
		return;
	memcpy(sender.bytes, arp.sender_hw, ARP_HWADDR_SIZE);
	iface_arp(&m->iface, frame->bytes, frame->size,
		  link_monitor_owns(d->links, &sender, now), now);
}

static void settle_reached(struct loop_timer *timer, nsec now)
{
	daemon_settle(LOOP_OWNER(timer, struct daemon, settle), now);
}

/* Its end of the turn does the work. */
static void work_reached(struct loop_timer *timer, nsec now)
{
	(void)timer;
	(void)now;
}

static void for_all(struct daemon *d, void (*act)(struct iface *, nsec), nsec now)
{
	for (size_t i = 0; i < d->managed_count; i++)
		act(&d->managed[i]->iface, now);
}

static void release(struct iface *i, nsec now)
{
	iface_stop(i, true, now);
}

static bool holds_a_lease(const struct daemon *d)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		if (d->managed[i]->iface.client->tenure == DHCP4_TENURE_HELD)
			return true;
	}
	return false;
}

static void say_end(const struct daemon *d)
{
	char text[SUMMARY_SIZE];
	struct str s = str_over(text, sizeof(text));

	summary_write(&s, d);
	log_notice("ends, with %s%s", text,
		   holds_a_lease(d) ? "; addresses stay as long as their leases"
				    : "");
}

/* A service that its manager ends did what it was for, with a lease or without. */
static enum exit_code end_code(struct daemon *d)
{
	enum exit_code code =
		d->outcome ? outcome_ended(d->outcome) : EXIT_CODE_LEASED;

	return d->service ? EXIT_CODE_LEASED : code;
}

/* SIGTERM keeps address and lease, and says nothing to the server. */
static void end(struct daemon *d, nsec now)
{
	enum exit_code code = end_code(d);

	if (d->settings->release_on_exit)
		for_all(d, release, now);
	say_end(d);
	loop_quit(d->loop, (int)code);
}

static void signalled(void *owner, int signal, nsec now)
{
	struct daemon *d = owner;
	struct settings_error error; /* which the log says, too */

	switch (signal) {
	case SIGTERM:
	case SIGINT:
		end(d, now);
		break;
	case SIGUSR1:
		for_all(d, iface_renew, now);
		break;
	case SIGUSR2:
		for_all(d, release, now);
		break;
	case SIGHUP:
		daemon_reload(d, NULL, now, &error);
		break;
	default:
		UNREACHABLE();
	}
}

static void resumed(void *owner, nsec now)
{
	for_all(owner, iface_resumed, now);
}

static void tell_status(const struct daemon *d)
{
	char text[SUMMARY_SIZE];
	struct str s = str_over(text, sizeof(text));

	summary_write(&s, d);
	service_notify_status(d->service, text);
}

static void turn_ended(void *owner, nsec now)
{
	const struct daemon *d = owner;

	daemon_end_turn(owner, now);
	if (service_notify_wants_status(d->service, now))
		tell_status(d);
}

/* ---- the start ---------------------------------------------------------- */

enum exit_code daemon_fail(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return EXIT_CODE_FAILED;
}

static enum exit_code find_user(const struct settings *settings,
				struct sandbox_user *ret)
{
	const char *name = settings->user ? settings->user : TENURED_USER;
	int r = sandbox_find_user(name, ret);

	if (r == -EPERM) {
		log_error("not permitted: run it as root, or with the "
			  "capabilities CAP_NET_ADMIN and CAP_NET_RAW");
		return EXIT_CODE_NOT_PERMITTED;
	}
	if (r == -ENOENT) {
		log_error("there is no user %s to become; make it with: "
			  "useradd --system --home-dir %s "
			  "--shell /usr/sbin/nologin %s; or name one by --user",
			  name, TENURED_STATEDIR, name);
		return EXIT_CODE_NOT_PERMITTED;
	}
	return EXIT_CODE_LEASED;
}

static enum exit_code make_directories(struct instance *instance,
				       const struct sandbox_user *user)
{
	const char *path;
	int r;

	instance->change_owner = user->kept == NULL;
	instance->uid = user->uid;
	instance->gid = user->gid;
	r = instance_make(instance, &path);
	if ((r == -EROFS || r == -ENOSPC) && path == instance->state_dir) {
		log_warning("cannot make %s: %s; leases are kept in %s until the "
			    "next boot",
			    path, strerror(-r), instance->run_dir);
		r = instance_keep_in_run_dir(instance);
		if (r == 0)
			r = instance_make(instance, &path);
	}
	if (r == 0)
		return EXIT_CODE_LEASED;
	if (r == -EEXIST)
		log_error("%s is not the daemon's: chown it to %u:%u, or name "
			  "another directory",
			  path, (unsigned)user->uid, (unsigned)user->gid);
	else
		log_error("cannot make %s: %s", path, strerror(-r));
	return r == -EACCES || r == -EPERM || r == -EEXIST
		       ? EXIT_CODE_NOT_PERMITTED
		       : EXIT_CODE_FAILED;
}

static enum exit_code open_ipc(struct daemon *d, const struct instance *instance)
{
	const char *group = d->settings->control_group;
	int r = ipc_open(&d->ipc, d, instance->socket);

	if (r == -EADDRINUSE) {
		log_error("another process serves %s; --instance NAME gives "
			  "this one a socket of its own",
			  instance->socket);
		return EXIT_CODE_FAILED;
	}
	if (r < 0)
		return daemon_fail(instance->socket, r);
	r = ipc_allow_group(d->ipc, group);
	if (r == -ENOENT)
		log_error("there is no group %s, whose members shall control the "
			  "daemon; make it, or name another one by "
			  "--control-group",
			  group);
	else if (r < 0)
		daemon_fail(group, r);
	return r < 0 ? EXIT_CODE_CONFIGURATION : EXIT_CODE_LEASED;
}

void daemon_widen(struct daemon *d)
{
	if (d->wide)
		return;
	d->wide = true;
	packet_widen(d->packet);
	packet_widen(d->arp);
	link_monitor_widen(d->links);
	route_widen(d->route);
}

/* Sockets that need privileges, or that must be there before they are gone. */
static enum exit_code open_sockets(struct daemon *d,
				   const struct instance *instance)
{
	int only = d->managed_count ? d->managed[0]->iface.ifindex : 0;
	int r;

	vrf_open_sockets(d);
	r = packet_open(&d->packet, PACKET_KIND_REPLIES, d->loop, only,
			frame_received, d);
	if (r == 0)
		r = packet_open(&d->arp, PACKET_KIND_ARP, d->loop, only,
				arp_received, d);
	if (r < 0)
		return daemon_fail("packet socket", r);
	r = route_open(&d->route, d->loop);
	if (r == 0)
		r = upkeep_open(d);
	if (r < 0)
		return daemon_fail("rtnetlink", r);
	if (d->managed_count != 1)
		daemon_widen(d);
	r = shadow_open(&d->shadow, d);
	if (r < 0)
		return daemon_fail("memory", r);
	r = service_notify_open(&d->service, d->loop);
	if (r == -ENOMEM)
		return daemon_fail("memory", r);
	if (r < 0)
		service_notify_unheard(r);
	return open_ipc(d, instance);
}

/* Without a socket nobody could ask for what was recorded. */
static void start_recorder(struct daemon *d)
{
	size_t size = (size_t)d->settings->record_kib * 1024;
	void *memory;

	if (!size || !d->ipc)
		return;
	memory = malloc(size);
	if (!memory) {
		log_warning("no memory to record %zu octets of events", size);
		return;
	}
	recorder_init(&d->recorder, memory, size);
	d->host.recorder = &d->recorder;
}

static void start_interfaces(struct daemon *d, const struct link_info *links)
{
	nsec now = loop_clock();

	for (size_t i = 0; i < d->managed_count; i++)
		members_start(d->managed[i], &links[i], now);
}

/* Whatever is opened by its name from now on has to be within reach (reach.h). */
static int enter_sandbox(struct daemon *d, const struct instance *instance,
			 const struct sandbox_user *user)
{
	struct reach reach;
	int r = reach_find(&reach, d->settings, instance);

	if (r == 0)
		r = sandbox_enter(user, reach.paths, reach.count, &d->sandbox);
	reach_free(&reach);
	return r;
}

static enum exit_code give_up_privileges(struct daemon *d,
					 const struct instance *instance,
					 const struct sandbox_user *user)
{
	int r = enter_sandbox(d, instance, user);
	enum sandbox_layer gap;

	if (r < 0) {
		log_error("cannot give up privileges: %s", strerror(-r));
		return EXIT_CODE_NOT_PERMITTED;
	}
	gap = sandbox_gap(&d->sandbox);
	if (d->settings->sandbox_required && gap < SANDBOX_LAYER_COUNT) {
		log_error("the sandbox is required, but its layer %s is "
			  "unavailable: %s; --sandbox best-effort does without",
			  sandbox_layer_name(gap), d->sandbox.unavailable[gap]);
		return EXIT_CODE_NOT_PERMITTED;
	}
	return EXIT_CODE_LEASED;
}

/* What any of our processes has: its directories, and whose they are. */
static enum exit_code prepare(const struct settings *settings,
			      struct instance *instance,
			      struct sandbox_user *user)
{
	int r = instance_find(settings, instance);
	enum exit_code code;

	if (r < 0)
		return daemon_fail("cannot name the directories", r);
	code = find_user(settings, user);
	return code == EXIT_CODE_LEASED ? make_directories(instance, user) : code;
}

/* The directories are the daemon's from now on. */
static enum exit_code take_directories(struct daemon *d,
				       const struct instance *instance)
{
	int r = store_open(&d->store, instance->state);

	if (r == 0 && instance->state_new)
		store_is_empty(d->store);
	d->locks = instance->locks;
	d->state_dir = strdup(instance->state_dir);
	d->run_dir = strdup(instance->run_dir);
	return r < 0 || !d->state_dir || !d->run_dir
		       ? daemon_fail("memory", -ENOMEM)
		       : EXIT_CODE_LEASED;
}

/*
 * As many as it may have: each interface takes two, each client of the socket one. It
 * cannot have more later on.
 */
static void allow_descriptors(struct daemon *d)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur == limit.rlim_max)
		return;
	d->descriptors = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static enum exit_code open_all(struct daemon *d, int parent,
			       struct link_info **ret_links)
{
	CLEANUP_INSTANCE struct instance instance = { 0 };
	struct sandbox_user user;
	enum exit_code code = prepare(d->settings, &instance, &user);
	int r;

	if (code == EXIT_CODE_LEASED)
		code = take_directories(d, &instance);
	if (code == EXIT_CODE_LEASED) {
		allow_descriptors(d);
		d->handover = handover_open(&instance);
		code = wanted_open(d, &instance, ret_links);
	}
	if (code == EXIT_CODE_LEASED) {
		/* Before the sockets below: the runner has no use for any. */
		r = hooks_open(&d->hooks, d, parent >= 0,
			       user.root ? NULL : instance.run_dir);
		code = r < 0 ? daemon_fail("hooks", r)
			     : open_sockets(d, &instance);
	}
	if (code != EXIT_CODE_LEASED)
		return code;
	outcome_started(d->settings, parent);
	r = outcome_begin(&d->outcome, d, parent, loop_clock());
	if (r < 0)
		return daemon_fail("cannot wait for the result", r);
	start_recorder(d);
	/* The first DISCOVER leaves here; no octet is read before the next line. */
	if (instance.change_owner)
		store_give_to(d->store, instance.uid, instance.gid);
	start_interfaces(d, *ret_links);
	store_give_to_none(d->store);
	code = give_up_privileges(d, &instance, &user);
	if (code == EXIT_CODE_LEASED && ipc_start(d->ipc) < 0)
		log_error("the socket %s takes no connections", instance.socket);
	if (code == EXIT_CODE_LEASED)
		service_notify_ready(d->service, parent >= 0, loop_clock());
	return code;
}

enum exit_code daemon_import(const struct settings *settings)
{
	CLEANUP_INSTANCE struct instance instance = { 0 };
	struct sandbox_user user;
	enum exit_code code = prepare(settings, &instance, &user);

	return code == EXIT_CODE_LEASED ? import_run(settings, &instance, &user)
					: code;
}

enum exit_code daemon_run_hooks(const struct settings *settings)
{
	CLEANUP_INSTANCE struct instance instance = { 0 };
	struct sandbox_user user;
	enum exit_code code = prepare(settings, &instance, &user);

	if (code == EXIT_CODE_LEASED)
		code = hook_runner_serve(settings, &instance, &user);
	return code;
}

/* Not inlined: what only the start needs would lie below all of a life. */
__attribute__((noinline)) enum exit_code daemon_open(struct daemon *d,
						     struct settings *settings,
						     int parent)
{
	static const struct loop_hooks hooks = {
		.signal = signalled,
		.resumed = resumed,
		.turn_ended = turn_ended,
	};
	struct {
		uint8_t secret[SIPHASH_KEY_SIZE], seed[32];
	} random;
	struct link_info *links = NULL;
	enum exit_code code;
	int r;

	*d = (struct daemon){ .settings = settings,
			      .udp = -1,
			      .started_ns = loop_clock(),
			      .locks.directory = -1,
			      .settle.fire = settle_reached,
			      .work.fire = work_reached,
			      .host.ops = &daemon_ops };
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return daemon_fail("random octets", -errno);
	memcpy(d->secret, random.secret, sizeof(d->secret));
	prng_init(&d->seeds, random.seed);
	r = loop_open(&d->loop, &hooks, d);
	if (r < 0)
		return daemon_fail("event loop", r);
	/* Before the links are read, so that no change is missed. */
	r = link_monitor_open(&d->links, d->loop, presence_changed, d);
	if (r < 0)
		return daemon_fail("rtnetlink", r);
	code = open_all(d, parent, &links);
	free(links);
	return code;
}

void daemon_close(struct daemon *d)
{
	service_notify_close(d->service);
	for (size_t i = 0; i < d->managed_count && d->route; i++)
		daemon_fallback_close(d->managed[i], loop_clock());
	/* Answers that come now are still told to those who wait for them. */
	if (d->route)
		route_drain(d->route);
	ipc_close(d->ipc);
	d->ipc = NULL;
	hooks_close(d->hooks);
	d->hooks = NULL;
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = d->managed[i];

		mtu_settle(m, loop_clock());
		/* What is stored is stored for good now. */
		storing_close(m, loop_clock());
	}
	vrf_close_sockets(d);
	members_free(d);
	wanted_close(d);
	shadow_close(d->shadow);
	store_close(d->store);
	handover_close(d->handover);
	if (d->outcome)
		outcome_close(d->outcome);
	if (d->route)
		route_close(d->route);
	upkeep_close(d);
	packet_close(d->packet);
	packet_close(d->arp);
	if (d->links)
		link_monitor_close(d->links);
	netlink_rest();
	instance_close_locks(&d->locks);
	if (d->loop)
		loop_close(d->loop);
	free(d->recorder.memory);
	free(d->state_dir);
	free(d->run_dir);
}
