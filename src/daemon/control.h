/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface org.tenured.Client. Its methods are those of control_*.c; here is
 * what they share, and how a call waits for its outcome. A peer that hangs up
 * ends its wait, never the work.
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <jansson.h>

#include "base/nsec.h"
#include "core/client.h"
#include "daemon/daemon.h"

struct control_command;
struct varlink_interface;
struct varlink_peer;

/* The name of an error of this interface. */
#define CONTROL_ERROR(name) "org.tenured.Client." name

struct control_wait {
	const struct control_command *command; /* NULL: not waiting */
	struct managed *managed;
	nsec deadline;
	json_t *lease; /* what the command gave up, or NULL */
};

extern const struct varlink_interface control_interface;

/* Something happened on an interface; answers the peer if it waited for that. */
void control_notice(struct varlink_peer *, const struct managed *,
		    const struct dhcp4_notice *, nsec now);

/* The interface that a peer waits for is managed no more. */
void control_removed(struct varlink_peer *, nsec now);

/* Answers a peer that waits with Timeout, or with Ended. */
void control_timeout(struct varlink_peer *, nsec now);
void control_end(struct varlink_peer *, nsec now);

/* The peer waits no more, and is told nothing. */
void control_forget(struct varlink_peer *);

/* Tells the peer of an error about an interface; the message is for people. */
void control_fail(struct varlink_peer *, const char *error,
		  const char *interface, const char *message);

/* The interface that is named; NULL if there is none: the peer was told. */
struct managed *control_find(struct varlink_peer *, const char *name);

/* The same of the parameter "interface", which is wanted. */
struct managed *control_take(struct varlink_peer *, const json_t *parameters);

/* The peer waits for an audit that has begun; its end is that of the wait. */
void control_await_audit(struct varlink_peer *, struct managed *, nsec deadline);

#endif
