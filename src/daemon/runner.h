/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hook runner: a process of its own that runs the executables of the hook
 * directories and nothing else. It parses no packet; what it is told are the
 * messages of hook_message.h, checked again. Either the daemon forks it off before
 * it gives up its privileges, or it is a service by itself (runner_socket.h).
 *
 * Of each interface one hook runs at a time, and one message waits: the newest.
 * When a daemon that forked it is gone it does what it was told last, and ends.
 *
 * The script is the one program that somebody named for one start: it has the
 * environment of that start, too, for what a script of another client finds there.
 *
 * It has the rights that hooks are to have, which is to say all: whatever it gave
 * up, by capabilities, no_new_privs, Landlock or seccomp, hooks would be without,
 * and nobody knows what they need. What exec() does not hand on it does give up:
 * descriptors, the environment, being traced or dumped, memory that is both
 * writable and executable.
 */
#ifndef DAEMON_RUNNER_H
#define DAEMON_RUNNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define RUNNER_DIRECTORIES_MAX 2

/* Hooks that run at the same time, each of another interface. */
#define RUNNER_HOOKS_MAX 8

/*
 * Interfaces with a lease, or with hooks running. Of those whose daemon is gone no
 * more are kept than leave half of the room: they may never come back.
 */
#define RUNNER_JOBS_MAX	 4096
#define RUNNER_JOBS_KEPT (RUNNER_JOBS_MAX / 2)

/* Daemons that one runner serves. */
#define RUNNER_CHANNELS_MAX 64

struct runner_settings {
	/* A file of a later one replaces that of an earlier one. Absolute. */
	const char *directories[RUNNER_DIRECTORIES_MAX];
	unsigned directory_count;
	const char *script;  /* run after the hooks; absolute, or NULL */
	const char *run_dir; /* of daemons: IFNAME.json lies there; or NULL */
	const char *skipped; /* names of hooks, commas between them; or NULL */
	uint32_t timeout_s;  /* for each hook; then it is killed */
	bool foreground;     /* log lines may use stderr */
	uid_t user;	     /* of daemons that may connect, besides root */

	/* What hooks may have open at a time: many a program knows no more. 0: as is. */
	rlim_t descriptors;
};

/*
 * Becomes the runner, which never returns. fd is a SOCK_SEQPACKET socket: the
 * daemon's channel, or if listening is true one that daemons connect to. Closes
 * every other descriptor above stderr.
 */
_Noreturn void runner_main(const struct runner_settings *, int fd,
			   bool listening);

#endif
