/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hooks of one interface: what they were told, are being told, and will be told;
 * and the one that runs. Who is told what, and how long one may run, is the runner's
 * matter (runner.h).
 */
#ifndef DAEMON_HOOK_JOB_H
#define DAEMON_HOOK_JOB_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/nsec.h"
#include "daemon/hook_output.h"
#include "daemon/runner.h"
#include "lease/hook_environment.h"

struct hook_job {
	struct hook_job *next;
	uint32_t ifindex;
	uint64_t netns; /* in which it has that number; see runner.c */
	int channel;	/* of the runner: whose it is */
	struct hook_message *known, *told, *waiting; /* NULL: nothing */
	char interface[IFNAMSIZ];
	char hook[NAME_MAX + 1]; /* the last one that was begun */
	bool script;		 /* that is the script, and nothing follows */
	pid_t pid;		 /* 0: none runs */
	uint32_t failed;	 /* hooks, since it was last told of */
	nsec deadline; /* of the one that runs; NSEC_NEVER: it was killed */
	struct hook_output output;
};

/*
 * Starts the hook that is next in turn to be told; the environment is room to work
 * in. 0; -ENOENT: there is no more; another -errno: not yet.
 */
int hook_job_start(struct hook_job *, const struct runner_settings *,
		   struct hook_environment *);

/* Kills whatever is in the process group of the hook that runs. */
void hook_job_kill(struct hook_job *);

/*
 * Logs what the hook that runs printed; true if it ended, which is logged, too: then
 * nothing of its group lives. ending: the runner itself comes to its end.
 */
bool hook_job_look(struct hook_job *, const struct runner_settings *,
		   bool ending);

/* All hooks ran: what they were told is what they know. */
void hook_job_finish(struct hook_job *);

/* What waits is told from now on, beginning with the first hook; false: nothing. */
bool hook_job_turn(struct hook_job *);

/* False if there is nothing to be told: all that it has is what hooks know. */
bool hook_job_is_busy(const struct hook_job *);

#endif
