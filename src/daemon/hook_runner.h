/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a hook runner comes to be: forked by the daemon, or a service by itself that
 * daemons without privileges connect to. What it does then is runner.h's matter.
 */
#ifndef DAEMON_HOOK_RUNNER_H
#define DAEMON_HOOK_RUNNER_H

#include <stdbool.h>

#include "daemon/instance.h"
#include "daemon/runner.h"
#include "daemon/sandbox.h"
#include "daemon/settings.h"

/* Its socket in the run directory; those of daemons are called IFNAME.sock. */
#define HOOK_RUNNER_SOCKET "hook-runner"

struct runner_settings hook_runner_settings(const struct settings *,
					    const char *run_dir);

/*
 * Forks a runner with the rights that this process has now. Whatever is open is
 * not for it, and secrets of the settings are wiped there. Its channel, or -errno.
 */
int hook_runner_fork(const struct settings *, const struct runner_settings *);

/* Connects to a runner that is a service; its channel, or -errno. */
int hook_runner_connect(const char *run_dir);

/* True if there is the socket of one, whether or not it listens now. */
bool hook_runner_exists(const char *run_dir);

/* A descriptor that can be read when a runner has come to listen; or -errno. */
int hook_runner_watch(const char *run_dir);

/* Reads such a descriptor empty. */
void hook_runner_seen(int watch);

/*
 * Is the service: does not return but for what kept it from it, the code to exit
 * with, after a line of log. The directories of the instance exist.
 */
enum exit_code hook_runner_serve(const struct settings *, const struct instance *,
				 const struct sandbox_user *);

#endif
