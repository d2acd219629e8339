/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories and locks of an instance. */
#include "daemon/instance.h"

#include <config.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* 0 or -errno. Parts are joined by slashes; an empty one is left out. */
static int join(char **ret, const char *directory, const char *name,
		const char *file)
{
	char *path;
	int n = asprintf(&path, "%s%s%s%s%s", directory, *name ? "/" : "", name,
			 *file ? "/" : "", file);

	if (n < 0)
		return -ENOMEM;
	*ret = path;
	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int instance_find(const struct settings *settings, struct instance *ret)
{
	const char *run = settings->run_dir ? settings->run_dir : TENURED_RUNDIR;
	const char *state =
		settings->state_dir ? settings->state_dir : TENURED_STATEDIR;
	const char *only = settings_only_name(settings);
	char space[NAME_MAX + 1] = "", file[IFNAMSIZ + 8] = "tenured.sock";
	const char *name = settings->instance ? settings->instance : space;
	struct stat ours, first;
	bool nameless = false;
	int r;

	*ret = (struct instance){ .locks.directory = -1, .state = -1 };
	if (stat("/proc/self/ns/net", &ours) < 0)
		return -errno;
	ret->locks.netns = ours.st_ino;
	if (stat("/proc/1/ns/net", &first) == 0 && !is_same(&ours, &first)) {
		find_name(&ours, space);
		nameless = !space[0] && !settings->instance;
		if (!space[0])
			snprintf(space, sizeof(space), "netns-%ju",
				 (uintmax_t)ours.st_ino);
	}
	if (only)
		snprintf(file, sizeof(file), "%s.sock", only);
	r = join(&ret->lock_dir, run, "", "");
	if (r == 0)
		r = join(&ret->run_dir, run, name, "");
	if (r == 0)
		r = join(&ret->state_dir,
			 nameless && !settings->state_dir ? run : state, name,
			 "");
	if (r == 0)
		r = join(&ret->early_dir, run, "initramfs", space);
	if (r == 0)
		r = join(&ret->socket, ret->run_dir, file, "");
	return r;
}

void instance_free(struct instance *instance)
{
	free(instance->lock_dir);
	free(instance->run_dir);
	free(instance->state_dir);
	free(instance->early_dir);
	free(instance->socket);
}

int instance_keep_in_run_dir(struct instance *instance)
{
	char *state_dir = strdup(instance->run_dir);

	if (!state_dir)
		return -ENOMEM;
	free(instance->state_dir);
	instance->state_dir = state_dir;
	return 0;
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

/* It is the owner's from now on; never somebody else's directory. */
static int give(const struct instance *instance, int fd, const char *path,
		bool made)
{
	struct stat info;

	if (!made) {
		if (fstat(fd, &info) < 0)
			return -errno;
		if (info.st_uid == instance->uid)
			return 0;
		if (info.st_uid != 0 || !is_built_in(path))
			return -EEXIST;
	}
	return fchown(fd, instance->uid, instance->gid) < 0 ? -errno : 0;
}

/* A descriptor or -errno. */
static int open_directory(const struct instance *instance, const char *path,
			  mode_t mode, bool *ret_made)
{
	int r = make_directory(path, mode, ret_made), fd;

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = instance->change_owner ? give(instance, fd, path, *ret_made) : 0;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

void instance_close_locks(struct instance_locks *locks)
{
	if (locks->directory >= 0)
		close(locks->directory);
	locks->directory = -1;
}

/* Those that all may pass. */
static int make_run_directories(struct instance *instance, const char **ret_path)
{
	bool made;
	int run;

	*ret_path = instance->lock_dir;
	instance->locks.directory =
		open_directory(instance, instance->lock_dir, 0755, &made);
	if (instance->locks.directory < 0)
		return instance->locks.directory;
	if (strcmp(instance->run_dir, instance->lock_dir) == 0)
		return 0;
	*ret_path = instance->run_dir;
	run = open_directory(instance, instance->run_dir, 0755, &made);
	if (run >= 0)
		close(run);
	return run < 0 ? run : 0;
}

int instance_make(struct instance *instance, const char **ret_path)
{
	int r = make_run_directories(instance, ret_path);

	if (r == 0) {
		*ret_path = instance->state_dir;
		instance->state = open_directory(instance, instance->state_dir,
						 0700, &instance->state_new);
		r = instance->state < 0 ? instance->state : 0;
	}
	if (r < 0)
		instance_close_locks(&instance->locks);
	return r;
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

int instance_lock(const struct instance *instance, int ifindex, pid_t *ret_pid)
{
	return lock_at(&instance->locks, ifindex,
		       instance->change_owner ? instance : NULL, ret_pid);
}

int instance_lock_later(const struct instance_locks *locks, int ifindex,
			pid_t *ret_pid)
{
	return lock_at(locks, ifindex, NULL, ret_pid);
}
