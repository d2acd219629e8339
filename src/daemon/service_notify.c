/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines to the service manager, and its watchdog: the loop turns. */
#include "daemon/service_notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/datagram.h"
#include "daemon/log.h"
#include "daemon/loop.h"

#define STATUS_SIZE  160
#define MESSAGE_SIZE (STATUS_SIZE + 64)

/* What could not be told is told again after that. */
#define AGAIN_NS (100 * NSEC_PER_MS)

/* Who tells it once alone waits for a slow manager so long. */
#define ONCE_MS 1000

/* Thousands of interfaces change it all the time; people read no faster. */
#define STATUS_EVERY_NS NSEC_PER_S

struct service_notify {
	struct loop *loop;
	struct datagram socket;
	struct loop_timer watchdog, again, later;
	nsec watchdog_ns; /* how often; 0: nobody watches */
	bool ready, changed, forked;
	bool ready_due, status_due; /* to be told */
	char status[STATUS_SIZE];
	nsec status_at; /* the next one may be told */
};

static int tell(struct service_notify *s, const char *lines)
{
	struct iovec part = { (void *)(uintptr_t)lines, strlen(lines) };

	return datagram_send(&s->socket, &part, 1);
}

/*
 * All that is due, at once. A manager that is slow is told later, since without
 * READY it would end what it started; one that is away is not waited for.
 */
static void tell_due(struct service_notify *s)
{
	char lines[MESSAGE_SIZE];
	struct str text = str_over(lines, sizeof(lines));

	if (s->ready_due)
		str_text(&text, "READY=1\n");
	if (s->ready_due && s->forked) {
		str_text(&text, "MAINPID=");
		str_u64(&text, (uint64_t)getpid());
		str_char(&text, '\n');
	}
	if (s->status_due) {
		str_text(&text, "STATUS=");
		str_text(&text, s->status);
		str_char(&text, '\n');
	}
	if (tell(s, lines) == -EAGAIN) {
		loop_timer_set(s->loop, &s->again,
			       nsec_add(loop_clock(), AGAIN_NS));
		return;
	}
	s->ready_due = s->status_due = false;
	loop_timer_set(s->loop, &s->again, NSEC_NEVER);
}

static void again_fire(struct loop_timer *timer, nsec now)
{
	(void)now;
	tell_due(LOOP_OWNER(timer, struct service_notify, again));
}

/* The end of its turn does the work. */
static void later_fire(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
}

/* ---- the watchdog -------------------------------------------------------- */

static void watchdog_fire(struct loop_timer *timer, nsec now)
{
	struct service_notify *s =
		LOOP_OWNER(timer, struct service_notify, watchdog);

	tell(s, "WATCHDOG=1");
	loop_timer_set(s->loop, timer, nsec_add(now, s->watchdog_ns));
}

/* Twice as often as it has to, or 0: it is not us whom somebody watches. */
static nsec watchdog_period(const char *usec, const char *pid)
{
	uint64_t most, whose;

	if (!usec || !str_to_u64(usec, NSEC_NEVER / 2000, &most))
		return 0;
	if (pid &&
	    (!str_to_u64(pid, INT32_MAX, &whose) || whose != (uint64_t)getpid()))
		return 0;
	return most * 1000 / 2;
}

/* ---- opening ------------------------------------------------------------- */

static void forget_environment(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

int service_notify_open(struct service_notify **ret, struct loop *loop)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct service_notify *s = NULL;
	int r = 0;

	*ret = NULL;
	if (path && *path) {
		s = calloc(1, sizeof(*s));
		r = s ? datagram_open(&s->socket, path) : -ENOMEM;
	}
	if (s && r == 0) {
		s->loop = loop;
		s->watchdog.fire = watchdog_fire;
		s->again.fire = again_fire;
		s->later.fire = later_fire;
		s->watchdog_ns = watchdog_period(getenv("WATCHDOG_USEC"),
						 getenv("WATCHDOG_PID"));
		*ret = s;
	} else if (s) {
		datagram_close(&s->socket);
		free(s);
	}
	forget_environment();
	return r;
}

int service_notify_once(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct service_notify s = { .loop = NULL };
	int r = 0;

	if (path && *path) {
		r = datagram_open(&s.socket, path);
		if (r == 0) {
			struct pollfd p = { s.socket.fd, POLLOUT, 0 };

			/* It has nothing to do yet that this could hold up. */
			poll(&p, 1, ONCE_MS);
			r = tell(&s, "READY=1\n");
		}
		datagram_close(&s.socket);
	}
	forget_environment();
	return r;
}

void service_notify_unheard(int r)
{
	log_warning("the service manager is told nothing: $NOTIFY_SOCKET: %s",
		    strerror(-r));
}

void service_notify_close(struct service_notify *s)
{
	if (!s)
		return;
	if (s->ready)
		tell(s, "STOPPING=1");
	loop_timer_set(s->loop, &s->watchdog, NSEC_NEVER);
	loop_timer_set(s->loop, &s->again, NSEC_NEVER);
	loop_timer_set(s->loop, &s->later, NSEC_NEVER);
	datagram_close(&s->socket);
	free(s);
}

/* ---- what becomes of it -------------------------------------------------- */

void service_notify_ready(struct service_notify *s, bool forked, nsec now)
{
	if (!s)
		return;
	s->forked = forked;
	s->ready = s->changed = s->ready_due = true;
	tell_due(s);
	if (s->watchdog_ns)
		watchdog_fire(&s->watchdog, now);
}

void service_notify_reloading(struct service_notify *s)
{
	char lines[MESSAGE_SIZE];
	struct timespec t;

	if (!s)
		return;
	/* The manager's clock, by which it knows old news from new ones. */
	clock_gettime(CLOCK_MONOTONIC, &t);
	snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%llu",
		 (unsigned long long)t.tv_sec * 1000000 +
			 (unsigned long long)t.tv_nsec / 1000);
	tell(s, lines);
}

void service_notify_reloaded(struct service_notify *s)
{
	if (!s)
		return;
	s->changed = s->ready_due = true;
	tell_due(s);
}

void service_notify_changed(struct service_notify *s)
{
	if (s)
		s->changed = true;
}

bool service_notify_wants_status(struct service_notify *s, nsec now)
{
	if (!s || !s->ready || !s->changed)
		return false;
	if (now < s->status_at)
		loop_timer_set(s->loop, &s->later, s->status_at);
	return now >= s->status_at;
}

void service_notify_status(struct service_notify *s, const char *text)
{
	struct str status;

	if (!s)
		return;
	s->changed = false;
	if (strncmp(text, s->status, sizeof(s->status) - 1) == 0)
		return;
	s->status_at = nsec_add(loop_clock(), STATUS_EVERY_NS);
	status = str_over(s->status, sizeof(s->status));
	str_text(&status, text);
	s->status_due = true;
	tell_due(s);
}

/* ---- the descriptor ------------------------------------------------------ */

bool service_notify_fd_is_open(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	/* Our own have that flag from the beginning. */
	return flags >= 0 && !(flags & FD_CLOEXEC) &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

void service_notify_fd_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (fd < 0)
		return;
	/* A pipe that somebody filled is left: nothing may hold up a lease. */
	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT) ||
	    write(fd, "\n", 1) != 1)
		log_warning("descriptor %d takes no word that it is ready", fd);
	close(fd);
}
