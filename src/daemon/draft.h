/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings while they are put together: what the command line said, then what
 * the file says. settings.c makes the settings of it.
 */
#ifndef DAEMON_DRAFT_H
#define DAEMON_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/keys.h"
#include "daemon/settings.h"

struct draft {
	struct settings *settings;

	struct key_set given; /* keys on the command line */

	const char *path; /* of the configuration file */
	bool file_absent; /* the default one, which need not exist */

	enum exit_code code; /* set by draft_fail() */

	/* Where settings hold already: those, and where errors go. Else NULL. */
	const struct settings *former;
	struct settings_error *error;
};

/* Logs an error, or keeps it, and notes the code to exit with. Returns SETTINGS_FAILED. */
enum settings_result draft_fail(struct draft *, enum exit_code,
				const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
