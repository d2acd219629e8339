/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop: epoll, one timerfd over a heap of deadlines, signals, and the
 * notice that the machine slept or its wall clock was set.
 *
 * `now` is CLOCK_BOOTTIME, read once a wake-up and handed to every callback.
 * Level-triggered; no threads. Whoever frees something that a callback of the
 * same turn may still hold lets loop_bury() do it at the end of the turn.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"

struct loop;

/* The struct, of a type, in which a source, timer or grave lies as a member. */
#define LOOP_OWNER(part, type, member) \
	((type *)(void *)((char *)(part)-offsetof(type, member)))

/* A descriptor that is watched. Lies inside its owner; fd is the owner's. */
struct loop_source {
	int fd;
	uint32_t events; /* EPOLLIN, EPOLLOUT */
	void (*wake)(struct loop_source *, uint32_t events, nsec now);
	bool added;
};

/*
 * A deadline. Lies inside its owner, which stays where it is; zeroed but for fire
 * before the first use.
 */
struct loop_timer {
	nsec at;
	void (*fire)(struct loop_timer *, nsec now);
	struct loop_timer **link; /* what points to it; NULL: not set */
	struct loop_timer *child, *next;
};

static inline bool loop_timer_is_set(const struct loop_timer *timer)
{
	return timer->link;
}

/* Something to be freed when the turn ends. Lies inside of what it frees. */
struct loop_grave {
	struct loop_grave *next;
	void (*free)(struct loop_grave *);
};

/* What the loop tells its owner; each may be NULL. */
struct loop_hooks {
	void (*signal)(void *owner, int signal, nsec now);
	void (*resumed)(void *owner, nsec now); /* slept, or clock leapt ahead */
	void (*turn_ended)(void *owner, nsec now); /* after each wake-up */
};

/* Sets up the loop and blocks the signals it will deliver. 0 or -errno. */
int loop_open(struct loop **ret, const struct loop_hooks *, void *owner);
void loop_close(struct loop *);

/* Adds a source, or changes its events if it was added. 0 or -errno. */
int loop_watch(struct loop *, struct loop_source *, uint32_t events);
void loop_unwatch(struct loop *, struct loop_source *);

/* Sets, moves or (NSEC_NEVER) clears a timer. It takes no memory. */
void loop_timer_set(struct loop *, struct loop_timer *, nsec at);

void loop_bury(struct loop *, struct loop_grave *);

/*
 * Runs until loop_quit(), also one before; returns the code given to it, or
 * -errno. May be run again.
 */
int loop_run(struct loop *);
void loop_quit(struct loop *, int code);

/* How often it woke up since it was opened; 0 of none. */
uint64_t loop_wakeups(const struct loop *);

/* CLOCK_BOOTTIME now; for what happens outside of a turn. */
nsec loop_clock(void);

#endif
