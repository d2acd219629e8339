/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One that must not replace another is made under its own name: not every file
 * system has links, with which one that is complete could be given its name.
 */
#include "ctl/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *octets, size_t size)
{
	while (size) {
		ssize_t done = write(fd, octets, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		octets += done;
		size -= (size_t)done;
	}
	return 0;
}

int save_file(const char *path, const void *octets, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error;

	if (fd < 0)
		return -errno;
	error = write_all(fd, octets, size);
	if (close(fd) < 0 && error == 0)
		error = -errno;
	if (error < 0)
		unlink(path);
	return error;
}

/* Its name ends otherwise: who looks for files of this kind passes it over. */
int save_replace(const char *path, const void *octets, size_t size)
{
	char other[PATH_MAX];
	int n = snprintf(other, sizeof(other), "%s.XXXXXX", path), fd, error;
	struct stat there;

	/* Root could replace /dev/stdout, for all. */
	if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
		return -ENOTSUP;
	if (n < 0 || n >= (int)sizeof(other))
		return -ENAMETOOLONG;
	fd = mkostemp(other, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = write_all(fd, octets, size);
	if (error == 0 && fchmod(fd, 0644) < 0)
		error = -errno;
	if (close(fd) < 0 && error == 0)
		error = -errno;
	if (error == 0 && rename(other, path) < 0)
		error = -errno;
	if (error < 0)
		unlink(other);
	return error;
}
