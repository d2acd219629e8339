/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks, as the daemon sees them: notices of the core become messages to the hook
 * runner, and the runner's answers are noted. Nobody ever waits for a hook here,
 * and nothing but the start's result depends on one.
 */
#ifndef DAEMON_HOOK_H
#define DAEMON_HOOK_H

#include <stdbool.h>

#include "base/nsec.h"
#include "core/client.h"

struct daemon;
struct managed;
struct hooks;

enum hooks_state {
	HOOKS_STATE_NONE, /* none is installed, or they are switched off */
	HOOKS_STATE_UNAVAILABLE, /* they cannot be run */
	HOOKS_STATE_RUNNING,
	HOOKS_STATE_SEPARATE, /* by a runner that is a service */
	HOOKS_STATE_DEAD, /* the runner ended, and none can be started here */
	HOOKS_STATE_COUNT
};

const char *hooks_state_name(enum hooks_state); /* "running" */

/* What an interface's hooks know; all zeros at first. */
struct hook_port {
	uint8_t reason;	  /* told when the kernel has the lease; 0: nothing */
	uint8_t unsent;	  /* for want of room; 0: nothing */
	bool told;	  /* of a lease, here or by a daemon before */
	bool refused;	  /* its name is nothing to be handed on */
	bool ran;	  /* the first time for a lease, to the end */
	uint32_t awaited; /* the message that this was; 0: none yet */
	struct managed *next_unsent;
};

/*
 * Looks for hooks, and starts the runner if there are any; with the privileges
 * that hooks are to have. background: nothing of it may use stderr. run_dir: if a
 * runner that is a service has its socket there, that one runs them; NULL for none
 * but our own; that is used for the sake of a script, too. 0, or -errno for want of
 * memory; whatever else is wrong is logged, and is the state.
 */
int hooks_open(struct hooks **ret, struct daemon *, bool background,
	       const char *run_dir);

/* The rest of what is to be told is told; the runner goes on until it has run. */
void hooks_close(struct hooks *);

/* The state, and why it is so (empty if hooks are run). NULL is fine: none. */
enum hooks_state hooks_state(const struct hooks *, const char **ret_reason);

/* A daemon before this one had the lease: its hooks were told. */
void hook_adopt(struct hooks *, struct managed *, const struct dhcp4_lease *,
		nsec now);

/* Something happened on an interface. May be called in the midst of a step. */
void hook_notice(struct hooks *, struct managed *, const struct dhcp4_notice *,
		 nsec now);

/* The interface has another name: what was set up by the old one is to follow. */
void hook_renamed(struct hooks *, struct managed *, nsec now);

/* The address is taken away, and the core is not told. */
void hook_withdraw(struct hooks *, struct managed *, nsec now);

/* There is no lease in the time that a start has. */
void hook_fail(struct hooks *, struct managed *, nsec now);

/* True if something is to be told of the interface, and somebody listens. */
bool hook_has_news(const struct hooks *, const struct managed *);

/* The interface is no member any more: whatever is still to be told is not. */
void hook_forget(struct hooks *, struct managed *);

/* False while the first hooks for a lease are still to be run, or run. */
bool hook_is_settled(const struct hooks *, const struct managed *);

#endif
