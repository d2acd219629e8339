/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of no noun in particular, and what other rules are made of. */
#include "daemon/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

const char rule_no_memory[] = "out of memory";

size_t rule_word(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], word) != 0)
		i++;
	return i;
}

bool rule_is_only(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

const char *rule_store_text(const char *value, char **field)
{
	char *copy = strdup(value);

	if (!copy)
		return rule_no_memory;
	free(*field);
	*field = copy;
	return NULL;
}

bool rule_read_prefix(const char *text, size_t length, struct ipv4_prefix *ret)
{
	char word[sizeof("255.255.255.255/32")], *slash;
	uint64_t prefix_length = 32;

	if (length >= sizeof(word))
		return false;
	memcpy(word, text, length);
	word[length] = '\0';
	slash = strchr(word, '/');
	if (slash) {
		*slash = '\0';
		if (!str_to_u64(slash + 1, 32, &prefix_length))
			return false;
	}
	ret->length = (uint8_t)prefix_length;
	return str_to_ipv4(word, &ret->address) &&
	       !(ret->address & ~ipv4_mask(ret->length));
}

const char *rule_yes_no(const char *value, void *field)
{
	bool *flag = field, yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return "must be yes or no";
	*flag = yes;
	return NULL;
}

const char *rule_on_off(const char *value, void *field)
{
	bool *flag = field, on = strcmp(value, "on") == 0;

	if (!on && strcmp(value, "off") != 0)
		return "must be on or off";
	*flag = on;
	return NULL;
}

/* Of a file: as the caller sees it now. */
const char *rule_path(const char *value, void *field)
{
	return *value ? rule_store_text(value, field)
		      : "must be the path of a file";
}

/* Of a directory that is used after the process has left its first one. */
const char *rule_directory(const char *value, void *field)
{
	return *value == '/' ? rule_store_text(value, field)
			     : "must be an absolute path";
}
