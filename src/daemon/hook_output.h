/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hook prints, standard output and error alike: its first lines become
 * lines of log, the rest is thrown away and counted. A hook never waits for
 * whoever reads the log, and cannot fill it.
 */
#ifndef DAEMON_HOOK_OUTPUT_H
#define DAEMON_HOOK_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOOK_OUTPUT_LINES 20  /* of each run of a hook */
#define HOOK_OUTPUT_LINE  200 /* octets; what is longer is cut */

struct hook_output {
	int fd; /* -1: closed */
	unsigned lines;
	bool cut;	  /* of the present line the rest is thrown away */
	uint64_t dropped; /* octets */
	size_t used;
	char line[HOOK_OUTPUT_LINE + 1];
};

/* Begins; the descriptor that the hook is to write to, the caller's, or -errno. */
int hook_output_open(struct hook_output *);

/*
 * Reads what there is, if anything, and not without end; log lines name the
 * interface and the hook.
 */
void hook_output_read(struct hook_output *, const char *interface,
		      const char *hook);

/* Reads what is left, says what was thrown away, and closes. */
void hook_output_close(struct hook_output *, const char *interface,
		       const char *hook);

#endif
