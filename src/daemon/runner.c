/* SPDX-License-Identifier: BSD-2-Clause */
/* The hook runner: messages in, hooks run one after another, answers out. */
#include "daemon/runner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/nsec.h"
#include "daemon/hook_job.h"
#include "daemon/log.h"
#include "daemon/runner_process.h"
#include "lease/hook_environment.h"
#include "lease/hook_message.h"

/* After SIGTERM, what is still to be done has so long. */
#define ENDING_NS (1500 * NSEC_PER_MS)

/* Of one daemon, in one turn. */
#define MESSAGES_MAX 64

/* Of those who may not connect, and of nonsense, no more is said. */
#define COMPLAINTS_EVERY_NS (60 * NSEC_PER_S)

/* For want of memory or descriptors something is put off so long. */
#define AGAIN_NS (100 * NSEC_PER_MS)

#define NO_CHANNEL (-1)

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* younger than some headers */
#endif

struct runner {
	const struct runner_settings *settings;
	int listener;			     /* -1: the daemon forked it */
	int channels[RUNNER_CHANNELS_MAX];   /* -1: free */
	uint64_t netns[RUNNER_CHANNELS_MAX]; /* see netns_of() */
	int signals;
	nsec ending; /* when it ends at the latest */
	nsec again;  /* when something is tried again */
	nsec complained;
	struct hook_job *jobs;
	unsigned job_count, running;

	/* Room for the next message and for who it is about; NULL: none. */
	struct hook_message *next_message;
	struct hook_job *next_job;

	struct hook_job *runs[RUNNER_HOOKS_MAX]; /* those that a hook runs for */
	struct hook_environment environment;
};

/* Timeouts are not to pass while the machine sleeps. */
static nsec now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (nsec)t.tv_sec * NSEC_PER_S + (nsec)t.tv_nsec;
}

static void complain(struct runner *r, const char *what)
{
	nsec now = now_ns();

	if (r->complained && now - r->complained < COMPLAINTS_EVERY_NS)
		return;
	r->complained = now;
	log_error("%s", what);
}

/* There is no memory, or no descriptor: what was to be done is to be done. */
static void put_off(struct runner *r, int error)
{
	char text[128];

	snprintf(text, sizeof(text), "hooks have to wait: %s", strerror(error));
	complain(r, text);
	r->again = now_ns() + AGAIN_NS;
}

/* ---- running them ------------------------------------------------------- */

/* Starts what is next of it. 0; -ENOENT: there is none; -errno: not yet. */
static int start(struct runner *r, struct hook_job *job)
{
	int error = hook_job_start(job, r->settings, &r->environment);

	if (error < 0)
		return error;
	job->deadline = nsec_min(r->ending,
				 now_ns() + r->settings->timeout_s * NSEC_PER_S);
	r->runs[r->running++] = job;
	return 0;
}

/* All its hooks ran: who told them is told how many failed. */
static void finish(struct runner *r, struct hook_job *job)
{
	struct hook_answer answer = { .ifindex = job->ifindex,
				      .failed = job->failed };
	struct reader told = reader_over(job->told->bytes, job->told->size);
	uint8_t bytes[HOOK_ANSWER_SIZE];
	struct writer w = writer_over(bytes, sizeof(bytes));

	answer.number = reader_u32(&told);
	hook_answer_write(&w, &answer);
	if (job->channel != NO_CHANNEL)
		send(r->channels[job->channel], bytes, sizeof(bytes),
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	hook_job_finish(job);
}

/* Goes on with a job, as far as it gets without waiting. */
static void advance(struct runner *r, struct hook_job *job)
{
	while (!job->pid && r->running < RUNNER_HOOKS_MAX) {
		int error = job->told ? start(r, job) : -ENOENT;

		if (error < 0 && error != -ENOENT)
			put_off(r, -error);
		if (error != -ENOENT)
			return;
		if (job->told)
			finish(r, job);
		if (!hook_job_turn(job))
			return;
	}
}

/* What its hooks know is told anew by a daemon that comes back. */
static bool is_needed(const struct runner *r, const struct hook_job *job)
{
	return hook_job_is_busy(job) ||
	       (job->known && (job->channel != NO_CHANNEL ||
			       r->job_count <= RUNNER_JOBS_KEPT));
}

static void advance_all(struct runner *r)
{
	struct hook_job **at = &r->jobs;

	while (*at) {
		struct hook_job *job = *at;

		advance(r, job);
		if (is_needed(r, job)) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		r->job_count--;
		free(job->known);
		free(job);
	}
}

/* Reads what they print, and drops those that ended. */
static void look_after(struct runner *r)
{
	for (unsigned i = 0; i < r->running;) {
		if (hook_job_look(r->runs[i], r->settings,
				  r->ending != NSEC_NEVER))
			r->runs[i] = r->runs[--r->running];
		else
			i++;
	}
}

/* ---- messages ----------------------------------------------------------- */

static struct hook_job *find_job(struct runner *r, uint64_t netns,
				 const struct hook_header *header)
{
	struct hook_job *job = r->jobs;

	while (job && (job->ifindex != header->ifindex || job->netns != netns))
		job = job->next;
	if (job || r->job_count == RUNNER_JOBS_MAX)
		return job;
	job = r->next_job;
	r->next_job = NULL;
	job->ifindex = header->ifindex;
	job->netns = netns;
	job->next = r->jobs;
	r->jobs = job;
	r->job_count++;
	return job;
}

/* Without room for it a message is not read: it waits where it is. */
static bool make_room(struct runner *r)
{
	if (!r->next_message)
		r->next_message =
			malloc(sizeof(*r->next_message) + HOOK_MESSAGE_MAX + 1);
	if (!r->next_job)
		r->next_job = calloc(1, sizeof(*r->next_job));
	if (r->next_message && r->next_job)
		return true;
	put_off(r, ENOMEM);
	return false;
}

/* The message that was read, in no more memory than it takes. */
static struct hook_message *take_message(struct runner *r, size_t size)
{
	struct hook_message *message = r->next_message, *smaller;

	r->next_message = NULL;
	message->size = size;
	smaller = realloc(message, sizeof(*message) + size);
	return smaller ? smaller : message;
}

/* The newest message waits, in the place of what waited before. */
static bool take(struct runner *r, int channel, size_t size)
{
	const uint8_t *bytes = r->next_message->bytes;
	struct reader reader = reader_over(bytes, size);
	struct hook_message **place;
	struct hook_header header;
	struct hook_job *job;

	if (!hook_message_is_valid(bytes, size) ||
	    !hook_message_read(&reader, &header)) {
		complain(r, "a daemon told its hook runner what makes no sense");
		return false;
	}
	job = find_job(r, r->netns[channel], &header);
	if (!job) {
		complain(r, "there are too many interfaces to run hooks for");
		return true;
	}
	memcpy(job->interface, header.interface, sizeof(job->interface));
	job->channel = channel;
	place = header.reason == HOOK_REASON_KNOWN ? &job->known : &job->waiting;
	free(*place);
	*place = take_message(r, size);
	return true;
}

/* What was told is done; the answer is nobody's. */
static void drop_channel(struct runner *r, int channel)
{
	close(r->channels[channel]);
	r->channels[channel] = -1;
	for (struct hook_job *job = r->jobs; job; job = job->next)
		if (job->channel == channel)
			job->channel = NO_CHANNEL;
}

static void receive(struct runner *r, int channel)
{
	for (int i = 0; i < MESSAGES_MAX && make_room(r); i++) {
		ssize_t size = recv(r->channels[channel], r->next_message->bytes,
				    HOOK_MESSAGE_MAX + 1, MSG_DONTWAIT);

		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		/* It ended, with an answer unread: what it told before is there. */
		if (size < 0 && errno == ECONNRESET)
			continue;
		if (size <= 0 || !take(r, channel, (size_t)size)) {
			drop_channel(r, channel);
			return;
		}
	}
}

/* Root and the daemon's user; who else gets here is turned away. */
static bool may_connect(const struct runner *r, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == r->settings->user);
}

/*
 * The network namespace of who connected, by a number that no other one ever has: each
 * has interfaces of its own. Before Linux 5.14 all have the same.
 */
static uint64_t netns_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size);
	return cookie;
}

static void accept_one(struct runner *r)
{
	int fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int i = 0;

	if (fd < 0) {
		/* Who cannot be accepted for want of something waits, too. */
		if (errno != EAGAIN && errno != ECONNABORTED)
			put_off(r, errno);
		return;
	}
	while (i < RUNNER_CHANNELS_MAX && r->channels[i] >= 0)
		i++;
	if (i < RUNNER_CHANNELS_MAX && may_connect(r, fd)) {
		r->channels[i] = fd;
		r->netns[i] = netns_of(fd);
		return;
	}
	complain(r, i < RUNNER_CHANNELS_MAX
			    ? "somebody who is neither root nor the daemon's "
			      "user wants hooks run"
			    : "there are too many daemons to run hooks for");
	close(fd);
}

/* ---- the process -------------------------------------------------------- */

static void read_signals(struct runner *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) > 0) {
		if (info.ssi_signo != SIGTERM && info.ssi_signo != SIGINT)
			continue;
		r->ending = nsec_min(r->ending, now_ns() + ENDING_NS);
		for (unsigned i = 0; i < r->running; i++)
			r->runs[i]->deadline =
				nsec_min(r->runs[i]->deadline, r->ending);
	}
}

/* Kills what is overdue. Returns how long to wait, in ms; -1: no matter. */
static int kill_overdue(struct runner *r)
{
	nsec now = now_ns(), next = nsec_min(r->ending, r->again);

	for (unsigned i = 0; i < r->running; i++) {
		struct hook_job *job = r->runs[i];

		if (job->deadline <= now) {
			hook_job_kill(job);
			job->deadline = NSEC_NEVER;
		}
		next = nsec_min(next, job->deadline);
	}
	return next == NSEC_NEVER
		       ? -1
		       : (int)(nsec_until(now, next) / NSEC_PER_MS + 1);
}

static void wait_for_news(struct runner *r)
{
	struct pollfd wait[2 + RUNNER_CHANNELS_MAX + RUNNER_HOOKS_MAX];
	bool room = r->next_message && r->next_job;
	nfds_t count = 0;

	wait[count++] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
	wait[count++] = (struct pollfd){
		.fd = r->again == NSEC_NEVER ? r->listener : -1,
		.events = POLLIN,
	};
	for (int i = 0; i < RUNNER_CHANNELS_MAX; i++)
		wait[count++] = (struct pollfd){
			.fd = room ? r->channels[i] : -1,
			.events = POLLIN,
		};
	for (unsigned i = 0; i < r->running; i++)
		wait[count++] = (struct pollfd){ .fd = r->runs[i]->output.fd,
						 .events = POLLIN };
	poll(wait, count, kill_overdue(r));
	r->again = NSEC_NEVER;
}

/* True once nobody is there to tell more, and all that was told is done. */
static bool is_done(const struct runner *r)
{
	if (r->ending <= now_ns())
		return true;
	return r->running == 0 && r->again == NSEC_NEVER &&
	       (r->listener >= 0 ? r->ending != NSEC_NEVER : r->channels[0] < 0);
}

void runner_main(const struct runner_settings *settings, int fd, bool listening)
{
	static struct runner runner;
	struct runner *r = &runner;

	*r = (struct runner){ .settings = settings,
			      .listener = -1,
			      .ending = NSEC_NEVER,
			      .again = NSEC_NEVER };
	for (int i = 0; i < RUNNER_CHANNELS_MAX; i++)
		r->channels[i] = -1;
	*(listening ? &r->listener : &r->channels[0]) =
		runner_process_begin(settings, fd);
	r->signals = runner_process_signals();
	for (;;) {
		make_room(r);
		advance_all(r);
		if (is_done(r))
			break;
		wait_for_news(r);
		read_signals(r);
		look_after(r);
		if (r->listener >= 0)
			accept_one(r);
		for (int i = 0; i < RUNNER_CHANNELS_MAX; i++)
			if (r->channels[i] >= 0)
				receive(r, i);
	}
	for (unsigned i = 0; i < r->running; i++)
		hook_job_kill(r->runs[i]);
	log_close();
	_exit(0);
}
