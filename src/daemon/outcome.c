/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The result of the start. One message goes to the parent: a code, and the lines
 * to print; the end of the connection without one is a failure.
 */
#include "daemon/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/installed.h"
#include "daemon/log.h"
#include "daemon/oneshot.h"
#include "daemon/service_notify.h"
#include "host/regular.h"

/* After so long without a lease one line says what is missing. */
#define HINT_NS (5 * NSEC_PER_S)

/* The lines of so many interfaces are printed; the others' are in the log. */
#define TEXT_SIZE 2048

struct message {
	enum exit_code code;
	char text[TEXT_SIZE];
};

struct outcome {
	struct daemon *daemon;
	struct loop_source parent; /* fd -1: there is none */
	struct loop_timer timeout, hint;
	size_t leased; /* so many of the first interfaces were leased */
	bool decided;
};

/* ---- the parent --------------------------------------------------------- */

static int write_pid_file(const char *path, pid_t pid)
{
	/* Nobody may ever read from a pipe. */
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY |
			      O_CLOEXEC,
		      0666);
	int r;

	if (fd < 0)
		return -errno;
	r = dprintf(fd, "%d\n", (int)pid) < 0 ? -errno : 0;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static void make_pid_file(const struct settings *settings, pid_t pid)
{
	int r = write_pid_file(settings->pid_file, pid);

	if (r < 0)
		log_error("pid file %s: %s", settings->pid_file,
			  regular_error(r));
}

static void interrupt(int signal)
{
	(void)signal;
}

/* What calls the start off. */
static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };

/*
 * Blocks them, so that they come in the wait and at no other time. The daemon
 * inherits that: its loop takes them by a descriptor.
 */
static void block_interrupts(sigset_t *ret_before)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++)
		sigaddset(&blocked, interrupts[i]);
	sigprocmask(SIG_BLOCK, &blocked, ret_before);
}

/* Waits for the daemon's word; a signal calls the start off meanwhile. */
static void wait_for_word(int daemon, const sigset_t *before)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct pollfd p = { .fd = daemon, .events = POLLIN };

	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++)
		sigaction(interrupts[i], &action, NULL);
	while (ppoll(&p, 1, NULL, before) < 0 && errno == EINTR)
		shutdown(daemon, SHUT_WR);
}

/* Not inlined: its message would lie below all of a daemon's life. */
__attribute__((noinline)) static _Noreturn void wait_for_daemon(
	const struct settings *settings, pid_t pid, int daemon,
	const sigset_t *before)
{
	struct message message;

	wait_for_word(daemon, before);
	if (recv(daemon, &message, sizeof(message), 0) !=
	    (ssize_t)sizeof(message)) {
		/*
		 * It ended without a word; what it had to say is on stderr. If
		 * it lives all the same, nobody knows of it: it is to end.
		 */
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
		exit(EXIT_CODE_FAILED);
	}
	/* No daemon is meant to be left: its end is waited for, too. */
	if (message.code != EXIT_CODE_LEASED)
		waitpid(pid, NULL, 0);
	else if (settings->pid_file)
		make_pid_file(settings, pid);
	message.text[TEXT_SIZE - 1] = '\0';
	fputs(message.text, stdout);
	exit((int)message.code);
}

int outcome_fork(const struct settings *settings)
{
	int pair[2], null;
	sigset_t before;
	pid_t pid;

	if (settings->foreground || settings->quit)
		return -1;
	block_interrupts(&before);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
	    (pid = fork()) < 0) {
		log_error("cannot go to the background: %s", strerror(errno));
		exit(EXIT_CODE_FAILED);
	}
	if (pid > 0) {
		close(pair[1]);
		wait_for_daemon(settings, pid, pair[0], &before);
	}
	close(pair[0]);
	/* Away from the terminal, whose signals are the parent's to handle. */
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (chdir("/") < 0)
		log_warning("cannot leave the directory: %s", strerror(errno));
	log_open(LOG_WHERE_BOTH);
	return pair[1];
}

/* ---- the daemon --------------------------------------------------------- */

static void tell(int parent, const struct message *message)
{
	if (parent >= 0 &&
	    send(parent, message, sizeof(*message), MSG_NOSIGNAL) < 0)
		log_warning("cannot tell the parent: %s", strerror(errno));
}

void outcome_started(const struct settings *settings, int parent)
{
	if (parent < 0 && settings->pid_file)
		make_pid_file(settings, getpid());
}

/* Not inlined: its message, too, would lie below all of a life. */
__attribute__((noinline)) void outcome_fail(int parent, enum exit_code code)
{
	tell(parent, &(struct message){ .code = code });
}

/* From now on the terminal is not ours. */
static void leave_terminal(void)
{
	log_open(LOG_WHERE_BACKGROUND);
	/* That is /dev/null since the fork. */
	dup2(STDIN_FILENO, STDOUT_FILENO);
	dup2(STDIN_FILENO, STDERR_FILENO);
}

static void decide(struct outcome *o, struct message *message)
{
	struct loop *loop = o->daemon->loop;

	o->decided = true;
	loop_timer_set(loop, &o->timeout, NSEC_NEVER);
	loop_timer_set(loop, &o->hint, NSEC_NEVER);
	if (message->code == EXIT_CODE_LEASED)
		service_notify_fd_ready(o->daemon->settings->ready_fd);
	if (o->parent.fd < 0)
		return;
	tell(o->parent.fd, message);
	loop_unwatch(loop, &o->parent);
	close(o->parent.fd);
	o->parent.fd = -1;
	leave_terminal();
}

static bool is_leased(const struct managed *m)
{
	const struct dhcp4_client *c = m->iface.client;

	if (m->iface.config.inform_address)
		return m->confirmed;
	return m->confirmed && c->tenure == DHCP4_TENURE_HELD && c->configured;
}

/* Leased, and what is run for that was run. */
static bool is_ready(const struct managed *m)
{
	return is_leased(m) && hook_is_settled(m->daemon->hooks, m);
}

/*
 * Goes on from where it last stopped, so that a thousand interfaces cost a
 * thousand looks; at the end all are looked at once more. Those that are not there
 * keep nobody waiting, but there has to be one.
 */
static bool all_are(struct outcome *o, bool (*is_so)(const struct managed *))
{
	const struct daemon *d = o->daemon;
	bool any = false;

	while (o->leased < d->managed_count &&
	       (d->managed[o->leased]->link.gone || is_so(d->managed[o->leased])))
		o->leased++;
	if (o->leased < d->managed_count)
		return false;
	for (o->leased = 0; o->leased < d->managed_count; o->leased++) {
		const struct managed *m = d->managed[o->leased];

		if (!m->link.gone && !is_so(m))
			return false;
		any |= !m->link.gone;
	}
	return any;
}

/* "eth0: 10.0.0.5/24 from 10.0.0.1, 1 h" */
static void describe(struct str *s, const struct managed *m, nsec now)
{
	const struct dhcp4_lease *lease = &m->iface.client->lease;
	uint32_t left = lease_remaining_s(lease, now);

	str_text(s, m->iface.name);
	str_text(s, ": ");
	if (m->iface.config.inform_address) {
		str_text(s, "parameters from ");
		str_ipv4(s, lease->server_id);
		return;
	}
	str_ipv4(s, lease->address);
	str_char(s, '/');
	str_u64(s, lease->prefix_length);
	str_text(s, " from ");
	if (lease_is_bootp(lease))
		str_text(s, "BOOTP");
	else
		str_ipv4(s, lease->server_id);
	str_text(s, ", ");
	if (left == DHCP4_LEASE_INFINITE)
		str_text(s, "for ever");
	else
		str_duration(s, left);
}

static void say_farewell(const struct managed *m, nsec now)
{
	const struct dhcp4_client *c = m->iface.client;
	char left[32];
	struct str s = str_over(left, sizeof(left));

	if (c->tenure != DHCP4_TENURE_HELD || c->lease.expiry_ns == NSEC_NEVER)
		return;
	str_duration(&s, lease_remaining_s(&c->lease, now));
	log_about(m->iface.name, LOG_LEVEL_NOTICE,
		  "nobody renews the lease; the address ends in %s", left);
}

/* For people a line, which goes with those of the log; for programs all of it. */
static int print(const struct managed *m, nsec now)
{
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (m->daemon->settings->oneshot)
		return oneshot_print(m, now);
	describe(&s, m, now);
	puts(text);
	return 0;
}

/* -q: nobody renews the address; the user is told until when it lives. */
static void print_and_quit(struct outcome *o, nsec now)
{
	struct daemon *d = o->daemon;
	int r = 0;

	for (size_t i = 0; i < d->managed_count; i++) {
		if (d->managed[i]->link.gone)
			continue;
		if (r == 0)
			r = print(d->managed[i], now);
		say_farewell(d->managed[i], now);
	}
	if (r == 0 && fflush(stdout) != 0)
		r = -errno;
	if (r == 0 && ferror(stdout))
		r = -EIO;
	/* Leased, but who wants to know what does not. */
	loop_quit(d->loop, r == 0 ? (int)EXIT_CODE_LEASED
				  : (int)daemon_fail("stdout", r));
}

static void succeed(struct outcome *o, nsec now)
{
	struct daemon *d = o->daemon;
	struct message message = { .code = EXIT_CODE_LEASED };
	struct str s = str_over(message.text, sizeof(message.text));

	for (size_t i = 0; i < d->managed_count; i++) {
		if (d->managed[i]->link.gone)
			continue;
		describe(&s, d->managed[i], now);
		str_char(&s, '\n');
	}
	decide(o, &message);
	if (d->settings->quit)
		print_and_quit(o, now);
}

void outcome_notice(struct outcome *o, struct managed *m,
		    const struct dhcp4_notice *notice, nsec now)
{
	bool confirms = notice->kind == DHCP4_NOTICE_ACK ||
			notice->kind == DHCP4_NOTICE_ATTACHED ||
			notice->kind == DHCP4_NOTICE_INFORMED;

	if (confirms)
		m->confirmed = true;
	if (!o->decided && (confirms || notice->kind == DHCP4_NOTICE_READY) &&
	    all_are(o, is_ready))
		succeed(o, now);
}

void outcome_hooked(struct outcome *o, nsec now)
{
	if (!o->decided && all_are(o, is_ready))
		succeed(o, now);
}

/* What an interface waits for, in words. */
static const char *missing(const struct managed *m)
{
	const struct dhcp4_client *c = m->iface.client;

	if (is_leased(m))
		return "a hook is still running";
	if (!c->carrier)
		return "no carrier";
	if (c->state == DHCP4_STATE_V6ONLY_WAIT)
		return "the network prefers IPv6 alone";
	if (c->state == DHCP4_STATE_INIT || c->state == DHCP4_STATE_SELECTING)
		return "no OFFER";
	if (c->tenure == DHCP4_TENURE_HELD && m->confirmed)
		return "the kernel has not taken the address";
	return "no ACK";
}

static void say_missing(struct outcome *o)
{
	struct daemon *d = o->daemon;

	for (size_t i = 0; i < d->managed_count; i++) {
		if (!d->managed[i]->link.gone && !is_ready(d->managed[i]))
			log_about(d->managed[i]->iface.name, LOG_LEVEL_NOTICE,
				  "still waiting: %s", missing(d->managed[i]));
	}
}

static void hint_fire(struct loop_timer *timer, nsec now)
{
	struct outcome *o = LOOP_OWNER(timer, struct outcome, hint);

	(void)now;
	say_missing(o);
}

/* Nothing that this process configured remains; what was there before does. */
static void give_up(struct outcome *o, enum exit_code code, nsec now)
{
	struct message message = { .code = code };

	/* Answers that come while this is undone are no success any more. */
	o->decided = true;
	daemon_withdraw(o->daemon, now);
	decide(o, &message);
	loop_quit(o->daemon->loop, (int)code);
}

static void tell_of_failures(struct outcome *o, nsec now)
{
	struct daemon *d = o->daemon;

	for (size_t i = 0; i < d->managed_count; i++) {
		if (!d->managed[i]->link.gone && !is_leased(d->managed[i]))
			hook_fail(d->hooks, d->managed[i], now);
	}
}

static void timeout_fire(struct loop_timer *timer, nsec now)
{
	struct outcome *o = LOOP_OWNER(timer, struct outcome, timeout);
	const struct settings *settings = o->daemon->settings;
	struct message message = { .code = EXIT_CODE_LEASED };

	/* -q never leaves the foreground, so that -b has nothing to do there. */
	if (!settings->fail_now && (!settings->background || settings->quit))
		return;
	say_missing(o);
	tell_of_failures(o, now);
	/* There are leases in time; a hook that hangs is not waited for. */
	if (all_are(o, is_leased)) {
		succeed(o, now);
		return;
	}
	if (settings->fail_now) {
		log_error("no lease within %u s", settings->timeout_s);
		give_up(o, EXIT_CODE_NO_LEASE, now);
		return;
	}
	snprintf(message.text, sizeof(message.text),
		 "no lease within %u s; going on in the background\n",
		 settings->timeout_s);
	decide(o, &message);
}

void outcome_removed(struct outcome *o, const struct managed *m, nsec now)
{
	const struct settings *settings = o->daemon->settings;

	if (o->decided || !(settings->fail_now || settings->quit))
		return;
	log_about(m->iface.name, LOG_LEVEL_ERROR,
		  "the interface was removed before it had a lease");
	give_up(o, EXIT_CODE_NO_INTERFACE, now);
}

void outcome_left(struct outcome *o, nsec now)
{
	if (o->daemon->managed_count > 0)
		outcome_hooked(o, now);
}

/* The parent was interrupted, or died: the start is called off. */
static void parent_wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct outcome *o = LOOP_OWNER(source, struct outcome, parent);

	(void)events;
	log_error("the start was called off");
	give_up(o, EXIT_CODE_FAILED, now);
}

int outcome_begin(struct outcome **ret, struct daemon *d, int parent, nsec now)
{
	struct outcome *o = calloc(1, sizeof(*o));
	int r = 0;

	if (!o)
		return -ENOMEM;
	o->daemon = d;
	o->parent.fd = parent;
	o->parent.wake = parent_wake;
	o->timeout.fire = timeout_fire;
	o->hint.fire = hint_fire;
	if (parent >= 0)
		r = loop_watch(d->loop, &o->parent, EPOLLIN);
	if (r < 0) {
		free(o);
		return r;
	}
	loop_timer_set(d->loop, &o->timeout,
		       nsec_add(now, d->settings->timeout_s * NSEC_PER_S));
	loop_timer_set(d->loop, &o->hint, nsec_add(now, HINT_NS));
	*ret = o;
	return 0;
}

enum exit_code outcome_ended(struct outcome *o)
{
	bool leased = o->decided;

	/* What the kernel answers from now on changes nothing. */
	o->decided = true;
	return leased ? EXIT_CODE_LEASED : EXIT_CODE_FAILED;
}

void outcome_close(struct outcome *o)
{
	loop_timer_set(o->daemon->loop, &o->timeout, NSEC_NEVER);
	loop_timer_set(o->daemon->loop, &o->hint, NSEC_NEVER);
	free(o);
}
