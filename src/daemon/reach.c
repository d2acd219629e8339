/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories instead of files: an editor replaces a file by another one, and other
 * files come beside it.
 */
#include "daemon/reach.h"

#include <config.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "daemon/config.h"

/* The same for every daemon. */
static const struct landlock_path usual[] = {
	{ TENURED_SYSCONFDIR, LANDLOCK_ACCESS_READ },
	/* Names of routing tables (table.c). */
	{ "/etc/iproute2", LANDLOCK_ACCESS_READ },
	{ "/usr/share/iproute2", LANDLOCK_ACCESS_READ },
	/* udev's data; and who else manages an interface that returns */
	{ "/run", LANDLOCK_ACCESS_READ },
	{ "/proc", LANDLOCK_ACCESS_READ },
	{ "/dev/null", LANDLOCK_ACCESS_USE },
};

/* Each once. */
static int add(struct reach *r, const char *path, enum landlock_access access)
{
	char *copy;

	for (size_t i = 0; i < r->count; i++)
		if (r->paths[i].access == access &&
		    strcmp(r->paths[i].path, path) == 0)
			return 0;
	if (r->count == REACH_MAX)
		return 0;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	r->paths[r->count++] = (struct landlock_path){ copy, access };
	return 0;
}

static int add_directory(struct reach *r, const char *file)
{
	char path[PATH_MAX];
	char *slash;

	if (snprintf(path, sizeof(path), "%s", file) >= (int)sizeof(path))
		return 0;
	slash = strrchr(path, '/');
	if (!slash)
		return 0;
	slash[slash == path] = '\0';
	return add(r, path, LANDLOCK_ACCESS_READ);
}

/* Where it is named, and where it is. */
static int add_file(struct reach *r, const char *file)
{
	int error = file ? add_directory(r, file) : 0;
	char path[PATH_MAX];
	struct stat info;

	if (!file || error < 0 || lstat(file, &info) < 0 ||
	    !S_ISLNK(info.st_mode) || !realpath(file, path))
		return error;
	return add_directory(r, path);
}

int reach_find(struct reach *r, const struct settings *s,
	       const struct instance *instance)
{
	const char *const files[] = {
		s->config_file ? s->config_file : CONFIG_DEFAULT,
		s->auth_file,
		s->duid_file,
	};
	int error;

	r->count = 0;
	error = add(r, instance->lock_dir, LANDLOCK_ACCESS_KEEP);
	if (error == 0)
		error = add(r, instance->state_dir, LANDLOCK_ACCESS_KEEP);
	for (size_t i = 0; i < ARRAY_SIZE(usual) && error == 0; i++)
		error = add(r, usual[i].path, usual[i].access);
	for (size_t i = 0; i < ARRAY_SIZE(files) && error == 0; i++)
		error = add_file(r, files[i]);
	for (size_t i = 0; i < s->origins.file_count && error == 0; i++)
		error = add_file(r, s->origins.files[i]);
	return error;
}

void reach_free(struct reach *r)
{
	for (size_t i = 0; i < r->count; i++)
		free((char *)(uintptr_t)r->paths[i].path);
	r->count = 0;
}
