/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration files: keys of the table for the process and for all
 * interfaces, then a section for those that differ.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include "daemon/draft.h"

#define CONFIG_DEFAULT TENURED_SYSCONFDIR "/tenured.conf" /* with <config.h> */

/* A file is read whole; a larger one is refused. */
#define CONFIG_SIZE_MAX (1024 * 1024)

/*
 * Reads the file that the settings name, or the default one if it is there, and
 * those of its directory, into the draft, after the command line: what that gave
 * is checked here, but stays. SETTINGS_OK, or SETTINGS_FAILED at the first error.
 */
enum settings_result config_read(struct draft *draft);

#endif
