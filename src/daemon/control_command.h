/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands to an interface, which are answered when their outcome is known. The
 * work is iface.c's; here it is asked for, awaited and put into words.
 */
#ifndef DAEMON_CONTROL_COMMAND_H
#define DAEMON_CONTROL_COMMAND_H

#include "daemon/varlink.h"

/* How long a command is waited for, in seconds. */
#define CONTROL_WAIT_DEFAULT_S 30
#define CONTROL_WAIT_MAX_S     86400

/* The handler of all of them; which one it is, the method's row says. */
varlink_handler control_command;

/* Answers the peer as Start does, about an interface that was just added. */
void control_await_start(struct varlink_peer *, struct managed *,
			 json_int_t wait_s, nsec now);

extern const struct control_command control_renew, control_accept,
	control_rebind, control_release, control_stop, control_start;

#endif
