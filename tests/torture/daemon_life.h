/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole daemon in a scenario: how it starts, and what it promises. */
#ifndef TORTURE_DAEMON_LIFE_H
#define TORTURE_DAEMON_LIFE_H

#include "daemon/daemon.h"

/* What a daemon may need that starts with nothing and no memory for a while. */
#define LIFE_CONVERGENCE (300 * NSEC_PER_S)

/* What happens at once where there is memory, happens within this. */
#define LIFE_MOMENT (50 * NSEC_PER_MS)

/* The daemon, and the first of its interfaces. */
extern struct daemon life_daemon;
extern struct managed *life_managed;

/*
 * Starts it with directories of this run's own, no conflict detection, and these
 * words, up to NULL. False: it said why not, and all is closed.
 */
bool life_start(const char *const *words);

/* The same with memory; then until the lease of eth0 is there and stored. */
void life_start_well(const char *const *words);
void life_start_bound(const char *const *words);

/* Closes it, and frees the settings. */
void life_end(void);

/*
 * The whole life of another one, in a process of its own, which leaves a lease. Not
 * hastily: what it passed over would be the future of who comes after it, and the
 * lease another boot's.
 */
void life_before(const char *const *words);

/*
 * Each interface has a deadline unless it waits for nothing, and the kernel has
 * the address of a lease that is in use, and of no other.
 */
void life_judge(void);

/* What is waited for, by spin_until(). */
bool life_is_bound(void *);
bool life_is_gone(void *); /* the kernel has not got the address */
bool life_has_file(void *);
bool life_is_renewed(void *before); /* the lease, since this instant; an nsec */
bool life_is_held(void);

/*
 * It has a moment for something; then there is memory, and it comes to be in the
 * end. It is judged at both times.
 */
void life_until(bool (*holds)(void *), void *context, const char *what);

#endif
