/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From notices to messages. A message is made when it can be sent, of what the
 * client has then: what waits here is a reason, and no lease is ever copied.
 */
#include "daemon/hook.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/daemon.h"
#include "daemon/hook_files.h"
#include "daemon/hook_runner.h"
#include "daemon/installed.h"
#include "daemon/lease_json.h"
#include "daemon/log.h"
#include "daemon/outcome.h"
#include "daemon/wall_clock.h"
#include "lease/hook_lease.h"
#include "lease/hook_message.h"

/* At the end the runner has so long to take what is left. */
#define LAST_WORDS_MS 1000

struct hooks {
	struct daemon *daemon;
	struct loop_source channel;
	enum hooks_state state;
	char why[256];
	uint32_t number; /* of the last message; never 0 again */
	struct managed *unsent;

	/* Of a runner that is a service, which may come back. */
	char *run_dir; /* NULL: the runner is our own */
	struct loop_source watch;
};

static const char *const state_names[] = {
	[HOOKS_STATE_NONE] = "none",
	[HOOKS_STATE_UNAVAILABLE] = "unavailable",
	[HOOKS_STATE_RUNNING] = "running",
	[HOOKS_STATE_SEPARATE] = "separate",
	[HOOKS_STATE_DEAD] = "dead",
};
_Static_assert(ARRAY_SIZE(state_names) == HOOKS_STATE_COUNT, "a name each");

const char *hooks_state_name(enum hooks_state state)
{
	return state_names[state];
}

enum hooks_state hooks_state(const struct hooks *h, const char **ret_reason)
{
	*ret_reason = h ? h->why : "";
	return h ? h->state : HOOKS_STATE_NONE;
}

/* Somebody listens. */
static bool is_heard(const struct hooks *h)
{
	return h->state == HOOKS_STATE_RUNNING ||
	       h->state == HOOKS_STATE_SEPARATE;
}

bool hook_is_settled(const struct hooks *h, const struct managed *m)
{
	return !h || !is_heard(h) || m->hook.ran || m->hook.refused;
}

/* ---- telling ------------------------------------------------------------ */

static void set_state(struct hooks *h, enum hooks_state state,
		      const char *before, const char *what)
{
	h->state = state;
	snprintf(h->why, sizeof(h->why), "%s%s", before, what);
}

static void die(struct hooks *h)
{
	if (!is_heard(h))
		return;
	set_state(h, HOOKS_STATE_DEAD, "the hook runner ended; start ",
		  h->run_dir ? "tenured --hook-runner" : "tenured anew");
	log_about(NULL, LOG_LEVEL_ERROR, "%s: until then no hooks are run",
		  h->why);
	loop_unwatch(h->daemon->loop, &h->channel);
	close(h->channel.fd);
	h->channel.fd = -1;
}

/* Seconds since 1970; 0 for a lease that does not end. */
static uint64_t expiry_of(const struct dhcp4_lease *lease, nsec now)
{
	if (lease->expiry_ns == NSEC_NEVER)
		return 0;
	return (uint64_t)wall_clock_s() + lease_remaining_s(lease, now);
}

/* One message; lease is NULL if there is none. 0, or -EAGAIN if it is not taken. */
static int send_message(struct hooks *h, struct managed *m,
			enum hook_reason reason,
			const struct dhcp4_lease *lease, nsec now)
{
	uint8_t bytes[HOOK_MESSAGE_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct hook_header header = {
		.number = h->number + 1 ? h->number + 1 : 1,
		.ifindex = (uint32_t)m->iface.ifindex,
		.metric = daemon_metric(m),
		.reason = reason,
		.dns = m->settings->dns && m->settings->configure,
	};

	memcpy(header.interface, m->iface.name, sizeof(header.interface));
	/* No hook runs for what is only known. */
	if (reason != HOOK_REASON_KNOWN)
		lease_json_write(m, now);
	hook_message_begin(&w, &header);
	if (lease)
		hook_lease_put(&w, lease, expiry_of(lease, now));
	if (send(h->channel.fd, bytes, w.used, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN && errno != ENOBUFS)
			die(h);
		return -EAGAIN;
	}
	h->number = header.number;
	if (lease && reason != HOOK_REASON_KNOWN && !m->hook.awaited)
		m->hook.awaited = header.number;
	return 0;
}

/* The lease that hooks are told of with a reason, or NULL. */
static const struct dhcp4_lease *lease_for(const struct managed *m,
					   enum hook_reason reason)
{
	const struct dhcp4_client *c = m->iface.client;

	ASSERT(reason != HOOK_REASON_NONE);
	if (reason == HOOK_REASON_STOP &&
	    (!m->hook.told || c->tenure != DHCP4_TENURE_HELD))
		return NULL;
	return hook_reason_suits(reason, true) ? &c->lease : NULL;
}

static int send_reason(struct hooks *h, struct managed *m,
		       enum hook_reason reason, nsec now)
{
	return send_message(h, m, reason, lease_for(m, reason), now);
}

/* Sends what there was no room for, as far as there is now. */
static int flush(struct hooks *h, nsec now)
{
	while (h->unsent && is_heard(h)) {
		struct managed *m = h->unsent;
		int r = m->hook.refused ? 0
					: send_reason(h, m, m->hook.unsent, now);

		if (r < 0)
			return r;
		m->hook.unsent = 0;
		h->unsent = m->hook.next_unsent;
	}
	return 0;
}

/* An interface may get another name; each one that will not do is said once. */
static bool is_refused(struct managed *m)
{
	bool was_refused = m->hook.refused;

	m->hook.refused = !hook_interface_is_plain(m->iface.name);
	if (m->hook.refused && !was_refused)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "no hooks are run for an interface of this name");
	return m->hook.refused;
}

/* By the time that there is room, of the newest state alone. */
static void queue(struct hooks *h, struct managed *m, enum hook_reason reason)
{
	m->hook.unsent = (uint8_t)reason;
	m->hook.next_unsent = h->unsent;
	h->unsent = m;
	if (is_heard(h))
		loop_watch(h->daemon->loop, &h->channel, EPOLLIN | EPOLLOUT);
}

/* Tells now, or when there is room, or somebody who listens again. */
static void tell(struct hooks *h, struct managed *m, enum hook_reason reason,
		 nsec now)
{
	if ((!is_heard(h) && !h->run_dir) || is_refused(m))
		return;
	if (m->hook.unsent)
		m->hook.unsent = (uint8_t)reason;
	else if (!is_heard(h) || send_reason(h, m, reason, now) < 0)
		queue(h, m, reason);
}

/* ---- notices ------------------------------------------------------------ */

/* How a lease came, by the state it was asked for in. */
static const enum hook_reason reasons_of_states[DHCP4_STATE_COUNT] = {
	[DHCP4_STATE_SELECTING] = HOOK_REASON_BOUND,
	[DHCP4_STATE_REQUESTING] = HOOK_REASON_BOUND,
	[DHCP4_STATE_REBOOTING] = HOOK_REASON_REBOOT,
	[DHCP4_STATE_RENEWING] = HOOK_REASON_RENEW,
	[DHCP4_STATE_REBINDING] = HOOK_REASON_REBIND,
};

/* How it went; one that is replaced is followed by its successor. */
static const enum hook_reason reasons_of_losses[] = {
	[DHCP4_LOSS_EXPIRED] = HOOK_REASON_EXPIRE,
	[DHCP4_LOSS_NAK] = HOOK_REASON_NAK,
	[DHCP4_LOSS_CONFLICT] = HOOK_REASON_CONFLICT,
	[DHCP4_LOSS_RELEASED] = HOOK_REASON_RELEASE,
	[DHCP4_LOSS_MOVED] = HOOK_REASON_EXPIRE,
	[DHCP4_LOSS_REMOVED] = HOOK_REASON_STOP,
};

static void note_loss(struct hooks *h, struct managed *m,
		      enum hook_reason reason, nsec now)
{
	m->hook.reason = 0;
	if (!m->hook.told)
		return;
	m->hook.told = false;
	tell(h, m, reason, now);
}

static void note_transition(struct hooks *h, struct managed *m,
			    const struct dhcp4_notice *notice, nsec now)
{
	const struct dhcp4_client *c = m->iface.client;
	enum hook_reason reason = reasons_of_states[notice->from];

	if ((notice->to == DHCP4_STATE_BOUND ||
	     notice->to == DHCP4_STATE_PROBING) &&
	    reason)
		m->hook.reason = (uint8_t)reason;
	if (notice->to != DHCP4_STATE_STOPPED || !m->hook.told)
		return;
	/* The address stays; parameters without one are nobody's any more. */
	if (c->tenure == DHCP4_TENURE_HELD)
		tell(h, m, HOOK_REASON_STOP, now);
	else
		note_loss(h, m, HOOK_REASON_STOP, now);
}

/* In use are a lease and what came with it when the kernel has both. */
static void tell_if_configured(struct hooks *h, struct managed *m, nsec now)
{
	const struct dhcp4_client *c = m->iface.client;
	enum hook_reason reason = m->hook.reason;

	if (!reason || !c->configured)
		return;
	m->hook.reason = 0;
	m->hook.told = true;
	tell(h, m, reason, now);
}

void hook_notice(struct hooks *h, struct managed *m,
		 const struct dhcp4_notice *notice, nsec now)
{
	if (!h)
		return;
	if (notice->kind == DHCP4_NOTICE_TRANSITION) {
		note_transition(h, m, notice, now);
	} else if (notice->kind == DHCP4_NOTICE_UNCONFIRMED) {
		m->hook.reason = HOOK_REASON_REBOOT;
	} else if (notice->kind == DHCP4_NOTICE_LOST) {
		if (reasons_of_losses[notice->loss])
			note_loss(h, m, reasons_of_losses[notice->loss], now);
	} else if (notice->kind == DHCP4_NOTICE_WITHDRAWN) {
		/* One that is only checked again is back in seconds. */
		if (m->iface.client->tenure == DHCP4_TENURE_REMEMBERED)
			note_loss(h, m, HOOK_REASON_CONFLICT, now);
	} else if (notice->kind == DHCP4_NOTICE_INFORMED) {
		m->hook.told = true;
		tell(h, m, HOOK_REASON_INFORM, now);
	}
	tell_if_configured(h, m, now);
}

void hook_adopt(struct hooks *h, struct managed *m,
		const struct dhcp4_lease *lease, nsec now)
{
	m->hook.told = true;
	if (!h || !hook_interface_is_plain(m->iface.name))
		return;
	/* Later it is the client's, if it is not replaced by then. */
	if (is_heard(h) && send_message(h, m, HOOK_REASON_KNOWN, lease, now) == 0)
		return;
	if (is_heard(h) || h->run_dir)
		queue(h, m, HOOK_REASON_KNOWN);
}

void hook_renamed(struct hooks *h, struct managed *m, nsec now)
{
	if (!h || !m->hook.told)
		return;
	if (m->iface.client->state == DHCP4_STATE_INFORMING) {
		tell(h, m, HOOK_REASON_INFORM, now);
		return;
	}
	if (!m->hook.reason)
		m->hook.reason = HOOK_REASON_REBOOT;
	tell_if_configured(h, m, now);
}

void hook_withdraw(struct hooks *h, struct managed *m, nsec now)
{
	if (h)
		note_loss(h, m, HOOK_REASON_STOP, now);
}

void hook_fail(struct hooks *h, struct managed *m, nsec now)
{
	if (h && !m->hook.told)
		tell(h, m, HOOK_REASON_FAIL, now);
}

bool hook_has_news(const struct hooks *h, const struct managed *m)
{
	return h && m->hook.unsent && is_heard(h);
}

void hook_forget(struct hooks *h, struct managed *m)
{
	struct managed **at = h ? &h->unsent : NULL;

	if (!m->hook.unsent || !at)
		return;
	while (*at != m)
		at = &(*at)->hook.next_unsent;
	*at = m->hook.next_unsent;
	m->hook.unsent = 0;
}

/* ---- the runner --------------------------------------------------------- */

static void note_answer(struct hooks *h, const struct hook_answer *answer,
			nsec now)
{
	struct managed *m =
		answer->ifindex <= INT32_MAX
			? daemon_find_index(h->daemon, (int)answer->ifindex)
			: NULL;

	if (m)
		m->counts.hooks_failed += answer->failed;
	/* One that was passed over was followed by a newer one, which ran. */
	if (!m || !m->hook.awaited || m->hook.ran ||
	    answer->number - m->hook.awaited > INT32_MAX)
		return;
	m->hook.ran = true;
	if (h->daemon->outcome)
		outcome_hooked(h->daemon->outcome, now);
}

static void channel_wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct hooks *h = LOOP_OWNER(source, struct hooks, channel);
	uint8_t bytes[HOOK_ANSWER_SIZE + 1];
	struct hook_answer answer;

	(void)events;
	while (is_heard(h)) {
		ssize_t size =
			recv(source->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		struct reader r;

		if (size < 0 && errno == EAGAIN)
			break;
		if (size <= 0) {
			die(h);
			break;
		}
		r = reader_over(bytes, (size_t)size);
		if (hook_answer_read(&r, &answer))
			note_answer(h, &answer, now);
	}
	if (!is_heard(h)) {
		/* Those who wait for it wait no more. */
		if (h->daemon->outcome)
			outcome_hooked(h->daemon->outcome, now);
	} else if (flush(h, now) == 0) {
		loop_watch(h->daemon->loop, source, EPOLLIN);
	}
}

static int take_channel(struct hooks *h, int fd, enum hooks_state state)
{
	set_state(h, state, "", "");
	h->channel = (struct loop_source){ .fd = fd, .wake = channel_wake };
	return loop_watch(h->daemon->loop, &h->channel, EPOLLIN);
}

static void refuse(struct hooks *h, const char *directory, int error)
{
	h->state = HOOKS_STATE_UNAVAILABLE;
	if (error == EPERM)
		snprintf(h->why, sizeof(h->why),
			 "others than root could change %s", directory);
	else
		snprintf(h->why, sizeof(h->why), "cannot open %s: %s",
			 directory, strerror(error));
}

static void start(struct hooks *h, bool background)
{
	struct runner_settings settings =
		hook_runner_settings(h->daemon->settings, h->daemon->run_dir);
	const char *directory;
	int r = hook_files_check(&settings, &directory), script;

	script = hook_files_script(&settings);
	if (script >= 0)
		close(script);
	else if (settings.script)
		log_error("--script %s: there is no such program",
			  settings.script);
	if (r == 0) {
		set_state(h, HOOKS_STATE_NONE, "no hook is installed", "");
		return;
	}
	if (r < 0) {
		refuse(h, directory, -r);
	} else {
		settings.foreground = !background;
		settings.descriptors = h->daemon->descriptors;
		r = hook_runner_fork(h->daemon->settings, &settings);
		if (r >= 0)
			r = take_channel(h, r, HOOKS_STATE_RUNNING);
		if (r < 0)
			set_state(h, HOOKS_STATE_UNAVAILABLE,
				  "the hook runner cannot be started: ",
				  strerror(-r));
	}
	if (r < 0)
		log_warning("no hooks are run: %s", h->why);
}

/* ---- one that is a service ---------------------------------------------- */

/* What somebody who knows nothing is to be told of an interface. */
static enum hook_reason state_of(const struct managed *m)
{
	const struct dhcp4_client *c = m->iface.client;

	if (!m->hook.told)
		return HOOK_REASON_NONE;
	if (c->state == DHCP4_STATE_INFORMING)
		return HOOK_REASON_INFORM;
	if (c->tenure != DHCP4_TENURE_HELD)
		return HOOK_REASON_NONE;
	return c->state == DHCP4_STATE_STOPPED ? HOOK_REASON_STOP
					       : HOOK_REASON_REBOOT;
}

/* 0; -errno is the state, too. */
static int attach(struct hooks *h)
{
	int fd = hook_runner_connect(h->run_dir);

	if (fd >= 0)
		return take_channel(h, fd, HOOKS_STATE_SEPARATE);
	set_state(h, HOOKS_STATE_DEAD, "no hook runner listens: ", strerror(-fd));
	return fd;
}

/* A new one knows nothing, and what was not told before is due. */
static void runner_came(struct loop_source *source, uint32_t events, nsec now)
{
	struct hooks *h = LOOP_OWNER(source, struct hooks, watch);

	(void)events;
	hook_runner_seen(source->fd);
	if (is_heard(h) || attach(h) < 0)
		return;
	log_about(NULL, LOG_LEVEL_NOTICE, "hooks are run again");
	for (size_t i = 0; i < h->daemon->managed_count; i++) {
		struct managed *m = h->daemon->managed[i];
		enum hook_reason reason = state_of(m);

		if (reason != HOOK_REASON_NONE && !m->hook.unsent)
			tell(h, m, reason, now);
	}
	flush(h, now);
	if (is_heard(h) && h->unsent)
		loop_watch(h->daemon->loop, &h->channel, EPOLLIN | EPOLLOUT);
}

/* 0, or -errno, and then there is none. */
static int start_separate(struct hooks *h, const char *run_dir)
{
	int r = 0;

	h->run_dir = strdup(run_dir);
	if (!h->run_dir)
		return -ENOMEM;
	/* Watched for before it is looked for, so that none is missed. */
	h->watch.wake = runner_came;
	h->watch.fd = hook_runner_watch(run_dir);
	if (h->watch.fd >= 0)
		r = loop_watch(h->daemon->loop, &h->watch, EPOLLIN);
	if (h->watch.fd < 0 || r < 0)
		log_warning("a hook runner that ends is not noticed again");
	if (attach(h) < 0)
		log_warning("no hooks are run: %s", h->why);
	return 0;
}

int hooks_open(struct hooks **ret, struct daemon *d, bool background,
	       const char *run_dir)
{
	struct hooks *h = calloc(1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	h->daemon = d;
	h->channel.fd = h->watch.fd = -1;
	*ret = h;
	if (!d->settings->hooks && !d->settings->script)
		set_state(h, HOOKS_STATE_NONE, "switched off", "");
	else if (run_dir && !d->settings->script && hook_runner_exists(run_dir))
		return start_separate(h, run_dir);
	else
		start(h, background);
	return 0;
}

static void close_source(struct hooks *h, struct loop_source *source)
{
	if (source->fd < 0)
		return;
	loop_unwatch(h->daemon->loop, source);
	close(source->fd);
}

void hooks_close(struct hooks *h)
{
	nsec now = loop_clock();

	if (!h)
		return;
	while (h->channel.fd >= 0 && flush(h, now) < 0) {
		struct pollfd p = { .fd = h->channel.fd, .events = POLLOUT };

		if (p.fd < 0 || poll(&p, 1, LAST_WORDS_MS) <= 0)
			break;
	}
	close_source(h, &h->channel);
	close_source(h, &h->watch);
	free(h->run_dir);
	free(h);
}
