/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the service manager that started the process is told: that it is ready,
 * what it does, that it is alive. sd_notify(3)'s protocol, without its library:
 * lines in a datagram to $NOTIFY_SOCKET. And --ready-fd, which is s6's.
 *
 * The manager's "ready" is that of the service: interfaces are worked on, and the
 * socket listens. A lease may take for ever; who needs one waits for that. The
 * descriptor's "ready" is that of the lease, as the exit of a parent is
 * (outcome.h). Nobody's being slow, or away, is waited for or is an error.
 */
#ifndef DAEMON_SERVICE_NOTIFY_H
#define DAEMON_SERVICE_NOTIFY_H

#include <stdbool.h>

#include "base/nsec.h"

struct loop;
struct service_notify;

/*
 * Takes the variables of the environment away, whoever they are meant for. *ret
 * is NULL if no manager wants to know, which all the others take. 0 or -errno.
 */
int service_notify_open(struct service_notify **ret, struct loop *);

/*
 * For a process without a loop: that it works, and nothing later. 0 or -errno; the
 * variables are gone.
 */
int service_notify_once(void);

/* Says on the log that either of these failed with -errno. */
void service_notify_unheard(int r);

/* It works now; a process of its own, and not the one that was started: forked. */
void service_notify_ready(struct service_notify *, bool forked, nsec now);

/* Around a reload, whether it leads to something or not. */
void service_notify_reloading(struct service_notify *);
void service_notify_reloaded(struct service_notify *);

/*
 * One line for people; told if it is another one than before. What it says may
 * have changed: only then wants_status() holds, until it is given; and not soon
 * after another one was told, but then the loop turns once more in time.
 */
void service_notify_changed(struct service_notify *);
bool service_notify_wants_status(struct service_notify *, nsec now);
void service_notify_status(struct service_notify *, const char *text);

/* It is about to end. */
void service_notify_close(struct service_notify *);

/* True if somebody left this descriptor open for us; nobody else gets it then. */
bool service_notify_fd_is_open(int fd);

/* Tells by this descriptor, unless it is -1, that there is a lease; closes it. */
void service_notify_fd_ready(int fd);

#endif
