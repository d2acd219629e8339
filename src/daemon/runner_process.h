/* SPDX-License-Identifier: BSD-2-Clause */
/* The hook runner as a process: what it keeps, and what it gives up. */
#ifndef DAEMON_RUNNER_PROCESS_H
#define DAEMON_RUNNER_PROCESS_H

#include "daemon/runner.h"

/*
 * Keeps one descriptor but for the standard ones, and the rights that hooks are to
 * have; gives up what runner.h says. Returns the descriptor's new number.
 */
int runner_process_begin(const struct runner_settings *, int fd);

/* A descriptor that tells of all signals, none of which is handled any more. */
int runner_process_signals(void);

#endif
