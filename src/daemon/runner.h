/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hook runner: a process of its own, forked off before the daemon gives up
 * its privileges, that runs the executables of the hook directories and nothing
 * else. It parses no packet and opens no socket; what it is told are the messages
 * of hook_message.h, checked again.
 *
 * Of each interface one hook runs at a time, and one message waits: the newest.
 * When the daemon is gone it does what it was told last, and ends.
 */
#ifndef DAEMON_RUNNER_H
#define DAEMON_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#define RUNNER_DIRECTORIES_MAX 2

/* Hooks that run at the same time, each of another interface. */
#define RUNNER_HOOKS_MAX 8

/* Interfaces with a lease, or with hooks running. */
#define RUNNER_JOBS_MAX 4096

struct runner_settings {
	/* A file of a later one replaces that of an earlier one. Absolute. */
	const char *directories[RUNNER_DIRECTORIES_MAX];
	unsigned directory_count;
	const char *skipped; /* names of hooks, commas between them; or NULL */
	uint32_t timeout_s;  /* for each hook; then it is killed */
	bool foreground;     /* hooks and log lines may use stderr */
};

/*
 * Becomes the runner, which never returns; channel is a SOCK_SEQPACKET socket
 * whose other end is the daemon's. Closes every other descriptor above stderr.
 */
_Noreturn void runner_main(const struct runner_settings *, int channel);

#endif
