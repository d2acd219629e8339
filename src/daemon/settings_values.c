/* SPDX-License-Identifier: BSD-2-Clause */
/* The values in force. What nobody set has its preset. */
#include "daemon/settings_values.h"

#include "daemon/keys.h"

struct telling {
	const struct settings *settings;
	settings_value_told *told;
	void *context;
};

static void tell_origin(const struct telling *t, const struct origin *origin)
{
	const struct origins *origins = &t->settings->origins;
	struct settings_value row = {
		.key = key_name(&keys[origin->key]),
		.value = origin_value(origins, origin),
		.file = origin_file(origins, origin),
	};

	if (origin->section != ORIGIN_COMMON)
		row.section =
			t->settings->sections[origin->section - 1].selector.text;
	if (row.file) {
		row.source = SETTINGS_SOURCE_FILE;
		row.line = origin->line;
	} else if (origin->file == ORIGIN_COMMAND_LINE) {
		row.source = SETTINGS_SOURCE_COMMAND_LINE;
	}
	t->told(t->context, &row);
}

/* What a section says itself; false if it says nothing of the key. */
static bool tell_section(const struct telling *t, const struct key *key,
			 size_t section)
{
	const struct origins *origins = &t->settings->origins;
	const struct origin *origin = origins_find(origins, key, section);

	if (!origin)
		return false;
	do
		tell_origin(t, origin);
	while (origins_follows(origins, ++origin));
	return true;
}

static void tell_default(const struct telling *t, const struct key *key)
{
	const struct settings_value row = {
		.key = key_name(key),
		.value = key->preset ? key->preset : "",
	};

	t->told(t->context, &row);
}

void settings_tell(const struct settings *s, settings_value_told *told,
		   void *context)
{
	const struct telling t = { s, told, context };
	const struct origins *origins = &s->origins;

	for (size_t i = 0; i < key_count; i++)
		if (keys[i].in_file && !tell_section(&t, &keys[i], ORIGIN_COMMON))
			tell_default(&t, &keys[i]);
	for (size_t i = 0; i < origins->count; i++)
		if (origins->list[i].section != ORIGIN_COMMON)
			tell_origin(&t, &origins->list[i]);
}

/* What can be repeated adds to what all have; else the section's own holds. */
static void tell_key(const struct telling *t, const struct key *key,
		     size_t section)
{
	bool told = key->repeatable && tell_section(t, key, ORIGIN_COMMON);

	if (section != ORIGIN_COMMON)
		told |= tell_section(t, key, section);
	if (!told && !tell_section(t, key, ORIGIN_COMMON))
		tell_default(t, key);
}

void settings_tell_iface(const struct settings *s,
			 const struct iface_settings *iface,
			 settings_value_told *told, void *context)
{
	const struct telling t = { s, told, context };
	size_t section = settings_section_of(s, iface);

	for (size_t i = 0; i < key_count; i++) {
		const struct key *key = &keys[i];

		if (!key->in_file || key->scope != KEY_SCOPE_IFACE)
			continue;
		tell_key(&t, key, section);
	}
}
