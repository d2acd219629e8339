/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket that is bound anew at each start, and may be left from an earlier one. */
#include "daemon/ipc_listen.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Connections that wait until they are taken. */
#define BACKLOG 128

/* True if what is at the address is a socket that nobody serves any more. */
static bool is_stale(const struct sockaddr_un *address)
{
	struct stat status;
	bool refused;
	int fd;

	if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)address,
			  sizeof(*address)) < 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/* Mode 0666 by the umask: a chmod() could be led elsewhere by a symlink. */
static int bind_open(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0111);
	int error =
		bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0
			? -errno
			: 0;

	umask(mask);
	return error;
}

int ipc_listen(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	error = bind_open(fd, address);
	if (error == -EADDRINUSE && is_stale(address)) {
		unlink(address->sun_path);
		error = bind_open(fd, address);
	}
	if (error == 0 && listen(fd, BACKLOG) < 0) {
		error = -errno;
		unlink(address->sun_path);
	}
	if (error == 0)
		return fd;
	close(fd);
	return error;
}
