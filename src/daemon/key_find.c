/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a key: by its names, or by what looks like one of them. */
#include <string.h>

#include "base/nearest.h"
#include "daemon/keys.h"

void key_set_add(struct key_set *set, const struct key *key)
{
	set->has[key - keys] = true;
}

bool key_set_has(const struct key_set *set, const struct key *key)
{
	return set->has[key - keys];
}

const char *key_name(const struct key *key)
{
	if (!key->in_file)
		return NULL;
	return strcmp(key->implied, "no") == 0 ? key->option + strlen("no-")
					       : key->option;
}

const struct key *key_of_name(const char *name)
{
	for (size_t i = 0; i < key_count; i++) {
		const char *own = key_name(&keys[i]);

		if (own && strcmp(own, name) == 0)
			return &keys[i];
	}
	return NULL;
}

const struct key *key_of_option(const char *option)
{
	for (size_t i = 0; i < key_count; i++)
		if (strcmp(keys[i].option, option) == 0)
			return &keys[i];
	return NULL;
}

const char *key_nearest(const char *word, bool option)
{
	struct nearest nearest = nearest_to(word);

	for (size_t i = 0; i < key_count; i++) {
		const char *own = option ? keys[i].option : key_name(&keys[i]);

		if (own)
			nearest_consider(&nearest, own);
	}
	return nearest.best;
}

const char *key_apply(const struct key *key, const char *value,
		      struct settings *settings, struct iface_settings *iface)
{
	char *base = key->scope == KEY_SCOPE_IFACE ? (char *)iface
						   : (char *)settings;

	return key->apply(value, base + key->field);
}
