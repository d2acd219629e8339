/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks in their directories. What is trusted is what nobody but root, or the
 * user that this runs as, can change; each time it is looked at anew.
 */
#include "daemon/hook_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/log.h"
#include "host/shortage.h"

/* Files and directories of which it was said that they are not trusted. */
#define SAID_MAX 16

static bool is_trusted(const struct stat *info)
{
	return (info->st_uid == 0 || info->st_uid == geteuid()) &&
	       (info->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Says so, once for as long as nothing about it changes. */
static void say_untrusted(const struct stat *info, const char *path,
			  const char *name)
{
	static struct {
		dev_t device;
		ino_t inode;
		struct timespec changed;
	} said[SAID_MAX];
	static unsigned next;

	for (unsigned i = 0; i < SAID_MAX; i++)
		if (said[i].device == info->st_dev &&
		    said[i].inode == info->st_ino &&
		    said[i].changed.tv_sec == info->st_ctim.tv_sec &&
		    said[i].changed.tv_nsec == info->st_ctim.tv_nsec)
			return;
	said[next].device = info->st_dev;
	said[next].inode = info->st_ino;
	said[next].changed = info->st_ctim;
	next = (next + 1) % SAID_MAX;
	log_warning(*name == '/'
			    ? "%s%s is not run: others than root could change it"
		    : *name ? "%s/%s is not run: others than root could change it"
			    : "no hook of %s%s is run: others than root could "
			      "change it",
		    path, name);
}

/* Letters, digits, "_" and "-": no backups, no files of package managers. */
static bool is_name(const char *name)
{
	const char *at = name;

	while (str_is_letter(*at) || str_is_digit(*at) || *at == '_' || *at == '-')
		at++;
	return at > name && *at == '\0' && *name != '-';
}

static bool is_skipped(const struct runner_settings *settings, const char *name)
{
	const char *at = settings->skipped;
	size_t length = strlen(name);

	while (at && *at) {
		size_t word = strcspn(at, ",");

		if (word == length && memcmp(at, name, length) == 0)
			return true;
		at += word + (at[word] == ',');
	}
	return false;
}

/* A directory that is open, and where it is. */
struct place {
	const char *path;
	DIR *list;
};

static void close_place(const struct place *place)
{
	if (place->list)
		closedir(place->list);
}

#define CLEANUP_PLACE __attribute__((cleanup(close_place)))

/* NULL and errno: it is not to be trusted, which perhaps is said, or cannot be had. */
static DIR *open_directory(const char *path, bool say)
{
	DIR *list = opendir(path);
	struct stat info = { 0 };

	if (!list || (fstat(dirfd(list), &info) == 0 && is_trusted(&info)))
		return list;
	if (say)
		say_untrusted(&info, path, "");
	closedir(list);
	errno = EPERM;
	return NULL;
}

/*
 * A file to be executed. -ENOENT: it is none; empty or not executable it is
 * switched off, and what others could write to is not run.
 */
static int open_hook(int directory, const char *path, const char *name)
{
	int fd = openat(directory, name, O_PATH | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return shortage_is(errno) ? -errno : -ENOENT;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
	    info.st_size > 0 && (info.st_mode & S_IXUSR)) {
		if (is_trusted(&info))
			return fd;
		say_untrusted(&info, path, name);
	}
	close(fd);
	return -ENOENT;
}

/* Takes the next name after another one, if that is not behind the one it has. */
static bool take_name(const struct runner_settings *settings, DIR *list,
		      const char *after, bool has, char name[NAME_MAX + 1])
{
	bool taken = false;
	struct dirent *entry;

	while ((entry = readdir(list))) {
		const char *next = entry->d_name;

		if (((has || taken) && strcmp(next, name) > 0) ||
		    strcmp(next, after) <= 0 || !is_name(next) ||
		    is_skipped(settings, next))
			continue;
		snprintf(name, NAME_MAX + 1, "%s", next);
		taken = true;
	}
	return taken;
}

/* The usual ones need not be there, one that was named must. */
static bool may_lack(const struct runner_settings *settings, int error)
{
	return error == ENOENT && settings->directory_count > 1;
}

/*
 * The next name after another one, in the order of names, and the last directory
 * that has it. -ENOENT: there is none; or another -errno. ret_bad: a directory that
 * cannot be opened or trusted is an error; which one it is. NULL: it is passed over.
 */
static int find_next(const struct runner_settings *settings, const char *after,
		     char ret[NAME_MAX + 1], struct place *ret_place,
		     const char **ret_bad)
{
	for (unsigned i = 0; i < settings->directory_count; i++) {
		const char *path = settings->directories[i];
		DIR *list = open_directory(path, !ret_bad), *former = list;

		if (!list && ret_bad && !may_lack(settings, errno)) {
			*ret_bad = path;
			return -errno;
		}
		if (!list && shortage_is(errno))
			return -errno;
		if (list &&
		    take_name(settings, list, after, ret_place->list, ret)) {
			former = ret_place->list;
			*ret_place = (struct place){ path, list };
		}
		if (former)
			closedir(former);
	}
	return ret_place->list ? 0 : -ENOENT;
}

/* See hook_files_next(), and find_next(). */
static int open_next(const struct runner_settings *settings,
		     char name[NAME_MAX + 1], const char **ret_bad)
{
	int fd = -ENOENT;

	while (fd == -ENOENT) {
		CLEANUP_PLACE struct place place = { 0 };
		char next[NAME_MAX + 1];
		int r = find_next(settings, name, next, &place, ret_bad);

		if (r < 0)
			return r;
		ASSERT(place.list);
		fd = open_hook(dirfd(place.list), place.path, next);
		if (fd >= 0 || fd == -ENOENT)
			memcpy(name, next, sizeof(next));
	}
	return fd;
}

int hook_files_next(const struct runner_settings *settings,
		    char name[NAME_MAX + 1])
{
	return open_next(settings, name, NULL);
}

int hook_files_script(const struct runner_settings *settings)
{
	if (!settings->script)
		return -ENOENT;
	/* Absolute, so that no directory counts. */
	return open_hook(AT_FDCWD, "", settings->script);
}

int hook_files_check(const struct runner_settings *settings,
		     const char **ret_directory)
{
	char name[NAME_MAX + 1] = "";
	const char *bad = NULL;
	int fd = open_next(settings, name, &bad);

	*ret_directory = bad ? bad : settings->directories[0];
	if (fd == -ENOENT && !bad)
		fd = hook_files_script(settings);
	if (fd < 0)
		return fd == -ENOENT && !bad ? 0 : fd;
	close(fd);
	return 1;
}
