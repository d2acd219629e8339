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

/* 0, or -errno: it is not to be trusted, and perhaps that is said. */
static int look_at_directory(int fd, const char *path, bool say)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return -errno;
	if (is_trusted(&info))
		return 0;
	if (say)
		say_untrusted(&info, path, "");
	return -EPERM;
}

/* A directory that can be trusted, or -errno. */
static int open_directory(const char *path, bool say)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : look_at_directory(fd, path, say);

	if (r == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return r;
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

/*
 * The next name after another one, in the order of names, and the last directory
 * that has it. -ENOENT: there is none; or another -errno.
 */
static int find_next(const struct runner_settings *settings, const char *after,
		     char ret[NAME_MAX + 1])
{
	int found = -ENOENT;

	for (unsigned i = 0; i < settings->directory_count; i++) {
		const char *path = settings->directories[i];
		DIR *directory = opendir(path);
		struct dirent *entry;

		if (!directory && shortage_is(errno))
			return -errno;
		if (!directory)
			continue;
		if (look_at_directory(dirfd(directory), path, true) < 0) {
			closedir(directory);
			continue;
		}
		while ((entry = readdir(directory))) {
			const char *name = entry->d_name;
			int order = found < 0 ? -1 : strcmp(name, ret);

			if (order > 0 || strcmp(name, after) <= 0 ||
			    !is_name(name) || is_skipped(settings, name))
				continue;
			snprintf(ret, NAME_MAX + 1, "%s", name);
			found = (int)i;
		}
		closedir(directory);
	}
	return found;
}

int hook_files_next(const struct runner_settings *settings,
		    char name[NAME_MAX + 1])
{
	int fd = -ENOENT;

	while (fd == -ENOENT) {
		char next[NAME_MAX + 1];
		int found = find_next(settings, name, next);
		const char *path;
		int directory;

		if (found < 0)
			return found;
		path = settings->directories[found];
		directory = open_directory(path, true);
		if (directory >= 0) {
			fd = open_hook(directory, path, next);
			close(directory);
		} else if (shortage_is(-directory)) {
			fd = directory;
		}
		if (fd >= 0 || fd == -ENOENT)
			memcpy(name, next, sizeof(next));
	}
	return fd;
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
	bool any = false;
	int fd;

	for (unsigned i = 0; i < settings->directory_count; i++) {
		int directory = open_directory(settings->directories[i], false);

		*ret_directory = settings->directories[i];
		any |= directory >= 0;
		if (directory >= 0)
			close(directory);
		/* The usual ones need not be there, one that was named must. */
		else if (directory != -ENOENT || settings->directory_count == 1)
			return directory;
	}
	fd = any ? hook_files_next(settings, name) : -ENOENT;
	if (fd == -ENOENT)
		fd = hook_files_script(settings);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	close(fd);
	return 1;
}
