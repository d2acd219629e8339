/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop. A turn is: wait, read the clock once, fire what is due, wake
 * the sources that are ready, tell the owner that the turn is over, bury what
 * died in it, and set the timerfd to the earliest deadline if that moved.
 */
#include "daemon/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/clocks.h"

/* Sources woken in one turn; the rest is ready still in the next. */
#define WAKE_MAX 32

struct loop {
	int epoll;
	struct loop_source timer, signals, clock;
	struct loop_hooks hooks;
	void *owner;

	struct loop_timer *first; /* the earliest; the others are below it */
	nsec armed;  /* what the timerfd is set to; 0: it has fired */
	nsec firing; /* the instant whose timers fire, or 0 */

	uint64_t wakeups;

	struct loop_grave *graves;
	struct clocks clocks; /* as they were when the wall clock was set */
	bool quit;
	int code;
};

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	/* Fails for no clock that Linux has had since 2.6.39. */
	clock_gettime(id, &t);
	return t.tv_sec * (int64_t)NSEC_PER_S + t.tv_nsec;
}

nsec loop_clock(void)
{
	return (nsec)read_clock(CLOCK_BOOTTIME);
}

/* ---- timers -------------------------------------------------------------- */

/*
 * A pairing heap. Each timer holds its own place in it, so that setting one takes
 * no memory: a deadline that could not be set would be a lease that is not renewed.
 */

/* Makes one heap of two, and gives its root. */
static struct loop_timer *meld(struct loop_timer *a, struct loop_timer *b)
{
	if (b->at < a->at) {
		struct loop_timer *later = a;

		a = b;
		b = later;
	}
	b->next = a->child;
	if (b->next)
		b->next->link = &b->next;
	b->link = &a->child;
	a->child = b;
	return a;
}

/* Makes one heap of a list of them. */
static struct loop_timer *meld_all(struct loop_timer *list)
{
	struct loop_timer *pairs = NULL, *root = NULL;

	while (list) {
		struct loop_timer *pair = list, *second = list->next;

		list = second ? second->next : NULL;
		if (second)
			pair = meld(pair, second);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct loop_timer *pair = pairs;

		pairs = pair->next;
		root = root ? meld(root, pair) : pair;
	}
	return root;
}

static void heap_add(struct loop *l, struct loop_timer *heap)
{
	l->first = l->first ? meld(l->first, heap) : heap;
	l->first->next = NULL;
	l->first->link = &l->first;
}

static void heap_remove(struct loop *l, struct loop_timer *t)
{
	struct loop_timer *children = t->child;

	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->link = NULL;
	t->next = t->child = NULL;
	if (children)
		heap_add(l, meld_all(children));
}

void loop_timer_set(struct loop *l, struct loop_timer *t, nsec at)
{
	/* One that is set for now while timers fire has the next turn. */
	if (at <= l->firing)
		at = l->firing + 1;
	if (loop_timer_is_set(t))
		heap_remove(l, t);
	t->at = at;
	if (at != NSEC_NEVER)
		heap_add(l, t);
}

static void fire_timers(struct loop *l, nsec now)
{
	l->firing = now;
	while (l->first && l->first->at <= now && !l->quit) {
		struct loop_timer *t = l->first;

		heap_remove(l, t);
		t->fire(t, now);
	}
	l->firing = 0;
}

/*
 * How long epoll waits: until the timerfd fires, which is set to the earliest
 * deadline; not at all if that has been reached.
 */
static int arm(struct loop *l, nsec now)
{
	nsec at = l->first ? l->first->at : NSEC_NEVER;
	struct itimerspec spec = { 0 };

	if (at <= now)
		return 0;
	if (at == l->armed)
		return -1;
	if (at != NSEC_NEVER) {
		spec.it_value.tv_sec = (time_t)(at / NSEC_PER_S);
		spec.it_value.tv_nsec = (long)(at % NSEC_PER_S);
	}
	timerfd_settime(l->timer.fd, TFD_TIMER_ABSTIME, &spec, NULL);
	l->armed = at;
	return -1;
}

/* What is due fires by the heap; being set anew, the timerfd is not ready any more. */
static void timer_wake(struct loop_source *s, uint32_t events, nsec now)
{
	struct loop *l = LOOP_OWNER(s, struct loop, timer);

	(void)events;
	(void)now;
	l->armed = 0;
}

/* ---- signals and clocks ------------------------------------------------ */

static void signals_wake(struct loop_source *s, uint32_t events, nsec now)
{
	struct loop *l = LOOP_OWNER(s, struct loop, signals);
	struct signalfd_siginfo info;

	(void)events;
	while (read(s->fd, &info, sizeof(info)) == sizeof(info)) {
		if (l->hooks.signal)
			l->hooks.signal(l->owner, (int)info.ssi_signo, now);
	}
}

static struct clocks read_clocks(void)
{
	return (struct clocks){ .boot = read_clock(CLOCK_BOOTTIME),
				.monotonic = read_clock(CLOCK_MONOTONIC),
				.wall = read_clock(CLOCK_REALTIME) };
}

static void clock_wake(struct loop_source *s, uint32_t events, nsec now)
{
	struct loop *l = LOOP_OWNER(s, struct loop, clock);
	const struct clocks before = l->clocks;
	uint64_t expirations;

	(void)events;
	/* ECANCELED: the wall clock was set, or the machine slept. */
	if (read(s->fd, &expirations, sizeof(expirations)) > 0 ||
	    errno != ECANCELED)
		return;
	l->clocks = read_clocks();
	if (clocks_leapt(&before, &l->clocks) && l->hooks.resumed)
		l->hooks.resumed(l->owner, now);
}

static int open_timer(struct loop *l)
{
	l->timer.fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (l->timer.fd < 0)
		return -errno;
	l->timer.wake = timer_wake;
	l->armed = NSEC_NEVER;
	return loop_watch(l, &l->timer, EPOLLIN);
}

static int open_signals(struct loop *l)
{
	static const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 };
	sigset_t set, blocked;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		sigaddset(&set, wanted[i]);
	/* Nobody waits for this one: whoever writes is told. */
	blocked = set;
	sigaddset(&blocked, SIGPIPE);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	l->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l->signals.fd < 0)
		return -errno;
	l->signals.wake = signals_wake;
	return loop_watch(l, &l->signals, EPOLLIN);
}

/* A timer in the far future that is cancelled when the clock is set. */
static int open_clock(struct loop *l)
{
	struct itimerspec spec = { .it_value.tv_sec = (time_t)INT32_MAX * 16 };

	l->clock.fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (l->clock.fd < 0)
		return -errno;
	if (timerfd_settime(l->clock.fd,
			    TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec,
			    NULL) < 0)
		return -errno;
	l->clocks = read_clocks();
	l->clock.wake = clock_wake;
	return loop_watch(l, &l->clock, EPOLLIN);
}

/* ---- the loop ----------------------------------------------------------- */

int loop_open(struct loop **ret, const struct loop_hooks *hooks, void *owner)
{
	struct loop *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return -ENOMEM;
	l->hooks = *hooks;
	l->owner = owner;
	l->timer.fd = l->signals.fd = l->clock.fd = -1;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	r = l->epoll < 0 ? -errno : open_timer(l);
	if (r == 0)
		r = open_signals(l);
	if (r == 0)
		r = open_clock(l);
	if (r < 0) {
		loop_close(l);
		return r;
	}
	*ret = l;
	return 0;
}

static void bury_all(struct loop *l)
{
	while (l->graves) {
		struct loop_grave *grave = l->graves;

		l->graves = grave->next;
		grave->free(grave);
	}
}

void loop_close(struct loop *l)
{
	const int fds[] = { l->timer.fd, l->signals.fd, l->clock.fd, l->epoll };

	bury_all(l);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	free(l);
}

int loop_watch(struct loop *l, struct loop_source *s, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = s };

	if (s->added && s->events == events)
		return 0;
	if (epoll_ctl(l->epoll, s->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, s->fd,
		      &event) < 0)
		return -errno;
	s->added = true;
	s->events = events;
	return 0;
}

void loop_unwatch(struct loop *l, struct loop_source *s)
{
	if (s->added)
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, s->fd, NULL);
	s->added = false;
}

void loop_bury(struct loop *l, struct loop_grave *grave)
{
	grave->next = l->graves;
	l->graves = grave;
}

static int turn(struct loop *l, int timeout_ms)
{
	struct epoll_event events[WAKE_MAX];
	int count = epoll_wait(l->epoll, events, WAKE_MAX, timeout_ms);
	nsec now = loop_clock();

	l->wakeups++;
	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count && !l->quit; i++) {
		struct loop_source *s = events[i].data.ptr;

		/* Unwatched earlier in this turn: it is not to be woken. */
		if (s->added)
			s->wake(s, events[i].events, now);
	}
	fire_timers(l, now);
	return 0;
}

int loop_run(struct loop *l)
{
	int r = 0;

	while (!l->quit && r == 0) {
		nsec now = loop_clock();

		if (l->hooks.turn_ended)
			l->hooks.turn_ended(l->owner, now);
		bury_all(l);
		if (!l->quit)
			r = turn(l, arm(l, now));
	}
	l->quit = false;
	return r < 0 ? r : l->code;
}

uint64_t loop_wakeups(const struct loop *l)
{
	return l ? l->wakeups : 0;
}

void loop_quit(struct loop *l, int code)
{
	l->quit = true;
	l->code = code;
}
