/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit/listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/runner.h"

static char directory[64];
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int fd = -1;
static char message[4096];

void listener_return(void)
{
	unlink(address.sun_path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
}

const char *listener_open(void)
{
	snprintf(directory, sizeof(directory), "/tmp/tenured-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
	listener_return();
	return address.sun_path;
}

void listener_leave(void)
{
	close(fd);
	fd = -1;
}

const char *listener_next(void)
{
	ssize_t size = recv(fd, message, sizeof(message) - 1, 0);

	if (size < 0)
		return NULL;
	message[size] = '\0';
	return message;
}

void listener_close(void)
{
	if (fd >= 0)
		listener_leave();
	unlink(address.sun_path);
	rmdir(directory);
}
