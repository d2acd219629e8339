/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of the start: whether all interfaces were leased in time, what
 * the process does about it (-b, -n, -q, -f), and how the one who started it is
 * told. The parent waits in outcome_fork(); the daemon decides with the rest.
 */
#ifndef DAEMON_OUTCOME_H
#define DAEMON_OUTCOME_H

#include "core/client.h"
#include "daemon/daemon.h"
#include "daemon/settings.h"

struct outcome;

/*
 * Forks, unless the settings keep the process in the foreground. Returns in the
 * daemon only, with the descriptor to the parent or -1; in the parent it waits
 * for the result, prints it, writes the pid file and exits with the code.
 */
int outcome_fork(const struct settings *);

/*
 * The process is the only one for its interfaces: without a parent that would,
 * it writes the pid file itself, now that it is nobody else's.
 */
void outcome_started(const struct settings *, int parent);

/* Tells the parent, if there is one, with what code to exit. */
void outcome_fail(int parent, enum exit_code);

/* Begins to wait for the leases of all interfaces. 0 or -errno. */
int outcome_begin(struct outcome **ret, struct daemon *, int parent, nsec now);

/* Something happened on an interface. */
void outcome_notice(struct outcome *, struct managed *,
		    const struct dhcp4_notice *, nsec now);

/* Hooks that were waited for ran, or nobody is left to run them. */
void outcome_hooked(struct outcome *, nsec now);

/*
 * The interface was removed. Who was to have its lease soon (-n), or to quit with
 * it (-q), does not wait for another one of that name.
 */
void outcome_removed(struct outcome *, const struct managed *, nsec now);

/* An interface is managed no more: what it lacked is not waited for. */
void outcome_left(struct outcome *, nsec now);

/* The daemon was told to end. Returns the code to exit with. */
enum exit_code outcome_ended(struct outcome *);

void outcome_close(struct outcome *);

#endif
