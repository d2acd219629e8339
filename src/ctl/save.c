/* SPDX-License-Identifier: BSD-2-Clause */
/* It is written under another name, in the same directory, and linked then. */
#include "ctl/save.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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
	char temporary[PATH_MAX];
	int length = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	int fd, error;

	if (length < 0 || length >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkstemp(temporary);
	if (fd < 0)
		return -errno;
	error = write_all(fd, octets, size);
	if (close(fd) < 0 && error == 0)
		error = -errno;
	if (error == 0 && link(temporary, path) < 0)
		error = -errno;
	unlink(temporary);
	return error;
}
