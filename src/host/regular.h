/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file that somebody named, to be read at once and to its end: a regular one, or
 * /dev/null, which stands for an empty one. Nothing on which a reader would wait.
 */
#ifndef HOST_REGULAR_H
#define HOST_REGULAR_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static inline int regular_judge(const struct stat *info)
{
	if (S_ISREG(info->st_mode) ||
	    (S_ISCHR(info->st_mode) && info->st_rdev == makedev(1, 3)))
		return 0;
	return S_ISDIR(info->st_mode) ? -EISDIR : -ENXIO;
}

/* A descriptor; -ENXIO: it is none of these; or another -errno. */
static inline int regular_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat info;
	int r;

	if (fd < 0)
		return -errno;
	r = fstat(fd, &info) < 0 ? -errno : regular_judge(&info);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

/* What is said of an -errno of regular_open(). */
static inline const char *regular_error(int error)
{
	return error == -ENXIO ? "it is no regular file" : strerror(-error);
}

#endif
