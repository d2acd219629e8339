/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks in their directories. What is trusted is what nobody but root, or the
 * user that this runs as, can change; each time it is looked at anew.
 */
#include "daemon/hook_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

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
	log_warning(*name ? "%s/%s is not run: others than root could change it"
			  : "no hook of %s%s is run: others than root could "
			    "change it",
		    path, name);
}

/* Letters, digits, "_" and "-": no backups, no files of package managers. */
static bool is_name(const char *name)
{
	const char *at = name;

	while (isalnum((unsigned char)*at) || *at == '_' || *at == '-')
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

/* It says nothing of what was to be opened: later it may be. */
static bool is_passing(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE;
}

/* A directory that can be trusted; NULL, and errno, otherwise. */
static DIR *open_directory(const char *path, bool say)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = NULL;
	struct stat info;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) == 0) {
		bool trusted = is_trusted(&info);

		if (trusted)
			directory = fdopendir(fd);
		else if (say)
			say_untrusted(&info, path, "");
		errno = trusted ? errno : EPERM;
	}
	if (!directory)
		close(fd);
	return directory;
}

/*
 * A file to be executed. -ENOENT: it is none; empty or not executable it is
 * switched off, and what others could write to is not run.
 */
static int open_hook(DIR *directory, const char *path, const char *name)
{
	int fd = openat(dirfd(directory), name, O_PATH | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return is_passing(errno) ? -errno : -ENOENT;
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
		DIR *directory = open_directory(settings->directories[i], true);
		struct dirent *entry;

		if (!directory && is_passing(errno))
			return -errno;
		while (directory && (entry = readdir(directory))) {
			const char *name = entry->d_name;
			int order = found < 0 ? -1 : strcmp(name, ret);

			if (order > 0 || strcmp(name, after) <= 0 ||
			    !is_name(name) || is_skipped(settings, name))
				continue;
			snprintf(ret, NAME_MAX + 1, "%s", name);
			found = (int)i;
		}
		if (directory)
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
		DIR *directory;

		if (found < 0)
			return found;
		path = settings->directories[found];
		directory = open_directory(path, true);
		if (directory) {
			fd = open_hook(directory, path, next);
			closedir(directory);
		} else if (is_passing(errno)) {
			fd = -errno;
		}
		if (fd >= 0 || fd == -ENOENT)
			memcpy(name, next, sizeof(next));
	}
	return fd;
}

int hook_files_check(const struct runner_settings *settings,
		     const char **ret_directory)
{
	char name[NAME_MAX + 1] = "";
	int fd;

	for (unsigned i = 0; i < settings->directory_count; i++) {
		DIR *directory = open_directory(settings->directories[i], false);

		*ret_directory = settings->directories[i];
		if (directory)
			closedir(directory);
		/* The usual ones need not be there, one that was named must. */
		else if (errno != ENOENT || settings->directory_count == 1)
			return -errno;
	}
	fd = hook_files_next(settings, name);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	close(fd);
	return 1;
}
