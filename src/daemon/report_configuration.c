/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of settings_values.h to JSON, and what AddInterface said besides. */
#include "daemon/report_configuration.h"

#include "base/assert.h"
#include "daemon/keys.h"
#include "daemon/link.h"
#include "daemon/settings_values.h"
#include "lease/report_leaf.h"

static const char *const sources[] = {
	[SETTINGS_SOURCE_DEFAULT] = "default",
	[SETTINGS_SOURCE_FILE] = "file",
	[SETTINGS_SOURCE_COMMAND_LINE] = "command_line",
};
_Static_assert(ARRAY_SIZE(sources) == SETTINGS_SOURCE_COUNT, "a name for each");

/* What is being told, and what was said by whoever added the interface. */
struct rows {
	json_t *list;
	const json_t *added; /* NULL: nothing */
};

/* A file may hold any octets; who reads JSON takes UTF-8 alone. */
static json_t *text_of(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();

	return value ? value : json_string_nocheck("?");
}

static void add_row(void *context, const struct settings_value *value)
{
	struct rows *rows = context;
	const struct key *key = key_of_name(value->key);

	if (json_object_get(rows->added, value->key) && key && !key->repeatable)
		return;
	report_append(&rows->list,
		      json_pack("{s:o, s:s, s:o, s:s, s:o, s:o}", "section",
				text_of(value->section), "key", value->key,
				"value", text_of(value->value), "source",
				sources[value->source], "file",
				text_of(value->file), "line",
				value->file ? json_integer(value->line)
					    : json_null()));
}

static void add_own(struct rows *rows)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)rows->added, key, value)
		report_append(&rows->list,
			      json_pack("{s:n, s:s, s:O, s:s, s:n, s:n}",
					"section", "key", key, "value", value,
					"source", "add", "file", "line"));
}

/* Those of the configuration that were the beginning of its own. */
static const struct iface_settings *base_of(const struct managed *m)
{
	const struct iface_settings *base = NULL;
	struct link_info link;

	if (!m->own)
		return m->settings;
	if (link_find(m->iface.name, &link) == 0)
		base = settings_for_link(m->daemon->settings, m->iface.name,
					 &link);
	return base ? base : &m->daemon->settings->common;
}

json_t *report_configuration(const struct daemon *daemon,
			     const struct managed *only)
{
	struct rows rows = { .list = json_array() };

	if (only) {
		rows.added = only->added;
		settings_tell_iface(daemon->settings, base_of(only), add_row,
				    &rows);
		add_own(&rows);
	} else {
		settings_tell(daemon->settings, add_row, &rows);
	}
	return json_pack("{s:o}", "values", rows.list);
}
