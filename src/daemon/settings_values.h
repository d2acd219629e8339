/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values that are in force, each with the place that it came from: what the
 * method Configuration tells, row by row.
 */
#ifndef DAEMON_SETTINGS_VALUES_H
#define DAEMON_SETTINGS_VALUES_H

#include "daemon/settings.h"

enum settings_source {
	SETTINGS_SOURCE_DEFAULT,
	SETTINGS_SOURCE_FILE,
	SETTINGS_SOURCE_COMMAND_LINE,
	SETTINGS_SOURCE_COUNT
};

struct settings_value {
	const char *section; /* as it is in its brackets; NULL: before all */
	const char *key;
	const char *value; /* as it was written; of a default may be empty */
	enum settings_source source;
	const char *file; /* NULL: in none */
	unsigned line;	  /* 0 then */
};

/* The texts are good as long as the settings are. */
typedef void settings_value_told(void *context, const struct settings_value *);

/* All of them: those for the process and for all links, then each section's own. */
void settings_tell(const struct settings *, settings_value_told *, void *context);

/*
 * Those that settings_for_link() gave for a link: of its section, or else of all;
 * nothing about the process. Where they are not part of the settings, as if no
 * section held.
 */
void settings_tell_iface(const struct settings *, const struct iface_settings *,
			 settings_value_told *, void *context);

#endif
