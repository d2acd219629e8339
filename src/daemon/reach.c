/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories instead of files: an editor replaces a file by another one, and other
 * files come beside it.
 */
#include "daemon/reach.h"

#include <config.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "daemon/config.h"

/* The same for every daemon. */
static const struct landlock_path usual[] = {
	{ TENURED_SYSCONFDIR, LANDLOCK_ACCESS_READ, 0 },
	/* Names of routing tables (table.c). */
	{ "/etc/iproute2", LANDLOCK_ACCESS_READ, 0 },
	{ "/usr/share/iproute2", LANDLOCK_ACCESS_READ, 0 },
	/* udev's data; and who else manages an interface that returns */
	{ "/run", LANDLOCK_ACCESS_READ, 0 },
	{ "/proc", LANDLOCK_ACCESS_READ, 0 },
};

/* Each once. */
static int add(struct reach *r, struct landlock_path path)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->paths[i].access == path.access &&
		    strcmp(r->paths[i].path, path.path) == 0)
			return 0;
	if (r->count == REACH_MAX)
		return 0;
	path.path = strdup(path.path);
	if (!path.path)
		return -ENOMEM;
	r->paths[r->count++] = path;
	return 0;
}

static int add_directory(struct reach *r, const char *file)
{
	const char *slash = strrchr(file, '/');
	char *path;
	int error;

	if (!slash)
		return 0;
	path = strndup(file, slash == file ? 1 : (size_t)(slash - file));
	if (!path)
		return -ENOMEM;
	error = add(r, (struct landlock_path){ path, LANDLOCK_ACCESS_READ, 0 });
	free(path);
	return error;
}

/* Where it is named, and where it is. */
static int add_file(struct reach *r, const char *file)
{
	int error = file ? add_directory(r, file) : 0;
	struct stat info;
	char *path;

	if (!file || error < 0 || lstat(file, &info) < 0 ||
	    !S_ISLNK(info.st_mode))
		return error;
	path = realpath(file, NULL);
	if (path)
		error = add_directory(r, path);
	free(path);
	return error;
}

int reach_find(struct reach *r, const struct settings *s,
	       const struct instance *instance)
{
	const char *const files[] = {
		s->config_file ? s->config_file : CONFIG_DEFAULT,
		s->auth_file,
		s->duid_file,
	};
	const struct landlock_path ours[] = {
		{ instance->lock_dir, LANDLOCK_ACCESS_KEEP,
		  instance->locks.directory },
		{ instance->state_dir, LANDLOCK_ACCESS_KEEP, instance->state },
	};
	int error = 0;

	r->count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ours) && error == 0; i++)
		error = add(r, ours[i]);
	for (size_t i = 0; i < ARRAY_SIZE(usual) && error == 0; i++)
		error = add(r, usual[i]);
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
