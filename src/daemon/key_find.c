/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a key: by its names, or by what looks like one of them. */
#include <string.h>

#include "daemon/keys.h"

void key_set_add(struct key_set *set, const struct key *key)
{
	set->has[key - keys] = true;
}

bool key_set_has(const struct key_set *set, const struct key *key)
{
	return set->has[key - keys];
}

const struct key *key_of_name(const char *name)
{
	for (size_t i = 0; i < key_count; i++)
		if (keys[i].name && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

const struct key *key_of_option(const char *option)
{
	for (size_t i = 0; i < key_count; i++)
		if (strcmp(keys[i].option, option) == 0)
			return &keys[i];
	return NULL;
}

/* Words of more characters than this are not like any of ours. */
#define WORD_MAX 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * In how many single letters, inserted, removed or replaced, two words differ
 * (Levenshtein); b has at most WORD_MAX.
 */
static size_t word_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], length = strlen(b);

	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (; *a; a++) {
		size_t diagonal = row[0]++;

		for (size_t i = 1; i <= length; i++) {
			size_t replaced = diagonal + (*a != b[i - 1]);

			diagonal = row[i];
			row[i] = least(least(row[i], row[i - 1]) + 1, replaced);
		}
	}
	return row[length];
}

const char *key_nearest(const char *word, bool option)
{
	const char *nearest = NULL;
	size_t length = strlen(word), bound = (length + 2) / 3 + 1;

	if (length > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < key_count; i++) {
		const char *own = option ? keys[i].option : keys[i].name;
		size_t distance = own ? word_distance(own, word) : bound;

		if (distance < bound) {
			bound = distance;
			nearest = own;
		}
	}
	return nearest;
}

const char *key_apply(const struct key *key, const char *value,
		      struct settings *settings, struct iface_settings *iface)
{
	char *base = key->scope == KEY_SCOPE_IFACE ? (char *)iface
						   : (char *)settings;

	return key->apply(value, base + key->field);
}
