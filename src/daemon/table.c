/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of routing tables. The kernel knows numbers alone: names are a matter of
 * iproute2's files, an administrator's before those of the package.
 */
#include "daemon/table.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"

static const char *const files[] = {
	"/etc/iproute2/rt_tables",
	"/usr/share/iproute2/rt_tables",
};

/* Those that are there without a file. */
static const struct {
	const char *name;
	uint32_t table;
} known[] = {
	{ "main", RT_TABLE_MAIN },
	{ "default", RT_TABLE_DEFAULT },
	{ "local", RT_TABLE_LOCAL },
};

static bool to_number(const char *text, uint32_t *ret)
{
	uint64_t number;

	if (!str_to_u64(text, UINT32_MAX, &number) || number == 0)
		return false;
	*ret = (uint32_t)number;
	return true;
}

/* Lines of a number and a name; a # begins a comment. */
static bool find_in(const char *path, const char *name, uint32_t *ret)
{
	char line[256];
	bool found = false;
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		char *rest = line;
		const char *number, *word;

		line[strcspn(line, "#\n")] = '\0';
		number = strtok_r(rest, " \t", &rest);
		word = strtok_r(NULL, " \t", &rest);
		found = word && strcmp(word, name) == 0 && to_number(number, ret);
	}
	fclose(file);
	return found;
}

bool table_find(const char *name, uint32_t *ret)
{
	if (to_number(name, ret))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			*ret = known[i].table;
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (find_in(files[i], name, ret))
			return true;
	}
	return false;
}
