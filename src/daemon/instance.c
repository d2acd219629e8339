/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories and locks of an instance. */
#include "daemon/instance.h"

#include <config.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"

#define NETNS_DIR "/run/netns"

/* What names are for: a directory below ours, and no way out of it. */
static bool is_plain_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/');
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The name of a namespace in /run/netns; empty if it has none. */
static void find_name(const struct stat *ours, char name[NAME_MAX + 1])
{
	DIR *dir = opendir(NETNS_DIR);
	struct dirent *entry;
	struct stat other;

	name[0] = '\0';
	while (dir && (entry = readdir(dir))) {
		if (is_plain_name(entry->d_name) &&
		    fstatat(dirfd(dir), entry->d_name, &other, 0) == 0 &&
		    is_same(ours, &other)) {
			snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
			break;
		}
	}
	if (dir)
		closedir(dir);
}

/* 0, or -ENAMETOOLONG. Parts are joined by slashes; an empty one is left out. */
static int join(char path[PATH_MAX], const char *directory, const char *name,
		const char *file)
{
	int n = snprintf(path, PATH_MAX, "%s%s%s%s%s", directory,
			 *name ? "/" : "", name, *file ? "/" : "", file);

	return n >= 0 && n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int instance_find(const struct settings *settings, struct instance *ret)
{
	const char *run = settings->run_dir ? settings->run_dir : TENURED_RUNDIR;
	const char *state =
		settings->state_dir ? settings->state_dir : TENURED_STATEDIR;
	const char *only = settings_only_name(settings);
	char name[NAME_MAX + 1] = "", file[IFNAMSIZ + 8] = "tenured.sock";
	struct stat ours, first;
	bool nameless = false;
	int r;

	if (stat("/proc/self/ns/net", &ours) < 0)
		return -errno;
	ret->netns = ours.st_ino;
	if (settings->instance) {
		snprintf(name, sizeof(name), "%s", settings->instance);
	} else if (stat("/proc/1/ns/net", &first) == 0 &&
		   !is_same(&ours, &first)) {
		find_name(&ours, name);
		nameless = !name[0];
		if (nameless)
			snprintf(name, sizeof(name), "netns-%ju",
				 (uintmax_t)ours.st_ino);
	}
	if (only)
		snprintf(file, sizeof(file), "%s.sock", only);
	r = join(ret->lock_dir, run, "", "");
	if (r == 0)
		r = join(ret->run_dir, run, name, "");
	if (r == 0)
		r = join(ret->state_dir,
			 nameless && !settings->state_dir ? run : state, name,
			 "");
	if (r == 0)
		r = join(ret->socket, ret->run_dir, file, "");
	return r;
}

/* Makes the directories above a path that are missing. */
static int make_parents(const char *path)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* With those above it, if it has to be; most often it is there. */
static int make_directory(const char *path, mode_t mode, bool *ret_made)
{
	int r = 0;

	*ret_made = mkdir(path, mode) == 0;
	if (!*ret_made && errno == ENOENT) {
		r = make_parents(path);
		*ret_made = r == 0 && mkdir(path, mode) == 0;
	}
	return r < 0 || *ret_made || errno == EEXIST ? r : -errno;
}

/* The directories of the build are nobody else's, whoever made them. */
static bool is_built_in(const char *path)
{
	return strcmp(path, TENURED_RUNDIR) == 0 ||
	       strcmp(path, TENURED_STATEDIR) == 0;
}

/* Gives a directory to the owner; never somebody else's directory. */
static int give(const struct instance *instance, const char *path, bool made)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &info) < 0)
		r = -errno;
	else if (info.st_uid == instance->uid)
		r = 0;
	else if (!made && !(info.st_uid == 0 && is_built_in(path)))
		r = -EEXIST;
	else if (fchown(fd, instance->uid, instance->gid) < 0)
		r = -errno;
	close(fd);
	return r;
}

int instance_make(const struct instance *instance, const char **ret_path)
{
	const struct {
		const char *path;
		mode_t mode;
	} directories[] = {
		{ instance->lock_dir, 0755 },
		{ instance->run_dir, 0755 },
		{ instance->state_dir, 0700 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		const char *path = directories[i].path;
		bool made;
		int r;

		if (i > 0 && strcmp(path, directories[i - 1].path) == 0)
			continue;
		*ret_path = path;
		r = make_directory(path, directories[i].mode, &made);
		if (r == 0 && instance->change_owner)
			r = give(instance, path, made);
		if (r < 0)
			return r;
	}
	return 0;
}

/* For the next start, which may be its own. What else was linked there is not. */
static int give_lock(int fd, const struct instance *owner)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode) || info.st_nlink != 1)
		return -EACCES;
	return fchown(fd, owner->uid, owner->gid) < 0 ? -errno : 0;
}

/* See instance_lock(). owner: NULL if the file shall be whose process this is. */
static int lock_at(const struct instance_locks *locks, int ifindex,
		   const struct instance *owner, pid_t *ret_pid)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char file[64];
	int fd, r;

	snprintf(file, sizeof(file), "lock-%ju-%d", (uintmax_t)locks->netns,
		 ifindex);
	fd = openat(locks->directory, file,
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = owner ? give_lock(fd, owner) : 0;
	if (r < 0) {
		close(fd);
		return r;
	}
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	r = errno == EACCES || errno == EAGAIN ? -EBUSY : -errno;
	if (r == -EBUSY && fcntl(fd, F_GETLK, &lock) == 0)
		*ret_pid = lock.l_pid;
	close(fd);
	return r;
}

int instance_open_locks(const struct instance *instance,
			struct instance_locks *ret)
{
	int fd = open(instance->lock_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret = (struct instance_locks){ fd, instance->netns };
	return 0;
}

void instance_close_locks(struct instance_locks *locks)
{
	if (locks->directory >= 0)
		close(locks->directory);
	locks->directory = -1;
}

int instance_lock(const struct instance *instance, int ifindex, pid_t *ret_pid)
{
	struct instance_locks locks = { .directory = -1 };
	int r = instance_open_locks(instance, &locks);

	if (r < 0)
		return r;
	r = lock_at(&locks, ifindex, instance->change_owner ? instance : NULL,
		    ret_pid);
	instance_close_locks(&locks);
	return r;
}

int instance_lock_later(const struct instance_locks *locks, int ifindex,
			pid_t *ret_pid)
{
	return lock_at(locks, ifindex, NULL, ret_pid);
}
