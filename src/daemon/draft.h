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

	/* What holds for all interfaces, unless their section says otherwise. */
	struct iface_settings common;

	struct key_set given; /* keys on the command line */

	struct iface_settings *sections;
	size_t section_count;

	const char *path; /* of the configuration file */
	bool file_absent; /* the default one, which need not exist */

	enum exit_code code; /* set by draft_fail() */
};

/* Logs an error and notes the code to exit with. Returns SETTINGS_FAILED. */
enum settings_result draft_fail(struct draft *, enum exit_code,
				const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Appends an interface to a list, all zeros but its name, which must fit. NULL
 * if there is no memory.
 */
struct iface_settings *draft_add_iface(struct iface_settings **list,
				       size_t *count, const char *name);

/* Makes all settings of an interface but its name those of another. */
void draft_inherit(struct iface_settings *, const struct iface_settings *from);

/* The interface of that name in a list, or NULL. */
struct iface_settings *draft_find_iface(struct iface_settings *list,
					size_t count, const char *name);

#endif
