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
	const struct settings *former; /* those that hold so far, or NULL */
	struct settings_error *error;

	struct key_set given; /* keys on the command line */
	bool file_absent;     /* the default one, which need not exist */
};

/* Notes an error, of which it says no place. Returns SETTINGS_FAILED. */
enum settings_result draft_fail(struct draft *, enum exit_code,
				const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* An error of the configuration, in a line of a file; 0: in all of it. */
enum settings_result draft_fail_at(struct draft *, const char *file,
				   size_t line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* There is no memory. */
enum settings_result draft_fail_memory(struct draft *);

#endif
