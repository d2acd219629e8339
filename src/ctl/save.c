/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * It is made under its own name: not every file system has links, with which one
 * that is complete could be given its name without taking another one's place.
 */
#include "ctl/save.h"

#include <errno.h>
#include <fcntl.h>
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
