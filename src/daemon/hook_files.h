/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which files are hooks: those of the directories that are named by letters,
 * digits, "_" and "-", in the order of their names.
 */
#ifndef DAEMON_HOOK_FILES_H
#define DAEMON_HOOK_FILES_H

#include <limits.h>

#include "daemon/runner.h"

/*
 * Opens the hook that follows a name ("" for the first one), and puts its own
 * name there. The file of the last directory that has the name counts: one that
 * is empty or not executable switches the hook off. -ENOENT: there is none; another
 * -errno: for want of memory or descriptors nobody knows, and the name is as it was.
 */
int hook_files_next(const struct runner_settings *, char name[NAME_MAX + 1]);

/* Opens the script, if it can be trusted; or -ENOENT, or another -errno as above. */
int hook_files_script(const struct runner_settings *);

/*
 * Whether there is a hook to be run: 1, or 0. -EPERM: others than root (or who
 * this runs as) could change a directory; another -errno: it cannot be opened.
 * ret_directory tells which. Of several directories each may be missing.
 */
int hook_files_check(const struct runner_settings *, const char **ret_directory);

#endif
