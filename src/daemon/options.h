/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of tenured(8), as the table of keys has it.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include "daemon/draft.h"

/*
 * Reads the command line into the draft: its settings, what is common to all
 * interfaces, and which keys were given. SETTINGS_DONE as soon as --help or
 * --version was answered.
 */
enum settings_result options_read(struct draft *, int argc, char **argv);

/* True if all that was printed on stdout got there. */
bool options_printed(struct draft *);

#endif
