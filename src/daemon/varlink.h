/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Varlink (varlink.org): a call is a JSON object, a reply another one, each
 * ended by a NUL. This is the protocol and the interface that every service has;
 * sockets are ipc.c's matter, what tenured itself can do is control.c's.
 */
#ifndef DAEMON_VARLINK_H
#define DAEMON_VARLINK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/nsec.h"
#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/description.h"

/* Objects and lists within one another in a call; deeper ones are not parsed. */
#define VARLINK_DEPTH_MAX 32

/* What somebody may do, and what a method demands. */
enum varlink_level {
	VARLINK_LEVEL_READ,    /* what `ip addr` would show, and the state */
	VARLINK_LEVEL_CONTROL, /* commands, and options in hex */
	VARLINK_LEVEL_ADMIN,   /* what is managed, and what is recorded */
};

/* The other end of a connection. Calls are answered one after another. */
struct varlink_peer {
	struct daemon *daemon;
	enum varlink_level level;

	/* Queues octets to be sent; data is the peer itself. 0 or -1. */
	json_dump_callback_t write;

	bool oneway; /* the call at hand wants no reply, not even an error */
	bool more;   /* it takes several */
	bool failed; /* a reply could not be queued: hang up */
	struct control_wait wait; /* the call is answered later */

	struct events *events;		   /* what there is to subscribe to */
	struct subscription *subscription; /* the call is answered for ever */
};

static inline bool varlink_may_control(const struct varlink_peer *peer)
{
	return peer->level >= VARLINK_LEVEL_CONTROL;
}

/*
 * Takes one call of size octets, without its NUL: replies, or has the peer wait.
 * 0; -EPROTO: that was no call, or there is no memory for it, and there is nothing
 * to be said to it.
 */
int varlink_call(struct varlink_peer *, const char *text, size_t size, nsec now);

/* ---- for those who implement methods ----------------------------------- */

struct varlink_method;
typedef void varlink_handler(struct varlink_peer *, const struct varlink_method *,
			     const json_t *parameters, nsec now);

struct varlink_method {
	const char *name;
	enum varlink_level level;
	varlink_handler *handler;
	const struct control_command *command; /* the handler's, or NULL */
};

struct varlink_interface {
	const char *name;
	const struct description *description; /* in varlink's own language */
	const struct varlink_method *methods;
	size_t method_count;
};

/* What this service implements; ends with NULL. */
extern const struct varlink_interface *const varlink_interfaces[];

/* These take the reference to the parameters; NULL there: out of memory. */
void varlink_reply(struct varlink_peer *, json_t *parameters);
void varlink_error(struct varlink_peer *, const char *error, json_t *parameters);

/* Tells the peer that a parameter is missing, or is none that can be. False. */
bool varlink_invalid(struct varlink_peer *, const char *parameter);

/*
 * Read a parameter: *ret stays as it is when an optional one is absent or null.
 * False if it is missing, of another type or out of range; the peer was told.
 */
bool varlink_take_text(struct varlink_peer *, const json_t *parameters,
		       const char *name, bool optional, const char **ret);
bool varlink_take_flag(struct varlink_peer *, const json_t *parameters,
		       const char *name, bool *ret);
bool varlink_take_int(struct varlink_peer *, const json_t *parameters,
		      const char *name, json_int_t max, json_int_t *ret);

#endif
