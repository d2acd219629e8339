/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running daemon: its interfaces and what they share.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/iface.h"
#include "daemon/loop.h"
#include "daemon/sandbox.h"
#include "daemon/settings.h"

struct ipc;
struct link_monitor;
struct packet;
struct route;
struct route_state;
struct store;

/* An interface with what the shell keeps about it. */
struct managed {
	struct iface iface; /* first: ops cast back to struct managed */
	struct daemon *daemon;
	const struct iface_settings *settings;
	struct loop_timer timer;
	struct route_state *installed; /* what the kernel was asked to hold */
	bool gone;          /* the link was removed */
	bool confirmed;     /* an ACK came since the start */
	bool adopted;       /* the address was valid before we started */
};

struct daemon {
	struct loop *loop;
	struct settings *settings;
	struct iface_host host;
	struct packet *packet;
	int udp; /* -1: port 68 could not be had */
	struct route *route;
	struct link_monitor *links;
	struct store *store;
	struct ipc *ipc;
	struct sandbox_report sandbox;

	struct managed *managed;
	size_t managed_count;
};

/* The managed interface of this name or index, or NULL. */
struct managed *daemon_find(struct daemon *, const char *name);
struct managed *daemon_find_index(struct daemon *, int ifindex);

#endif
