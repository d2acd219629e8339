/* SPDX-License-Identifier: BSD-2-Clause */
/* Connected, so that sending asks for no right; connected again when it must be. */
#include "daemon/datagram.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static int set_address(struct datagram *d, const char *path)
{
	size_t length = strlen(path);

	if (!length || length >= sizeof(d->address.sun_path))
		return -EINVAL;
	d->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(d->address.sun_path, path, length);
	/* An abstract name begins with a NUL, and does not end with one. */
	if (*path == '@')
		d->address.sun_path[0] = '\0';
	else if (*path != '/')
		return -EINVAL;
	else
		length++;
	d->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return 0;
}

static int join(const struct datagram *d)
{
	return connect(d->fd, (const struct sockaddr *)&d->address, d->size) < 0
		       ? -errno
		       : 0;
}

int datagram_open(struct datagram *d, const char *path)
{
	int r = set_address(d, path);

	d->fd = -1;
	if (r < 0)
		return r;
	d->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd < 0)
		return -errno;
	return join(d);
}

/* How many fits whatever msg_iovlen is: a size_t, or an int where libc is musl. */
static int send_once(const struct datagram *d, struct iovec *parts, uint8_t count)
{
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };

	return sendmsg(d->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno
									 : 0;
}

int datagram_send(struct datagram *d, struct iovec *parts, uint8_t count)
{
	int r;

	if (d->fd < 0)
		return -ENOTCONN;
	r = send_once(d, parts, count);
	/* Gone, perhaps a while ago; perhaps there is another one by now. */
	if ((r == -ECONNREFUSED || r == -ENOTCONN || r == -ECONNRESET) &&
	    join(d) == 0)
		r = send_once(d, parts, count);
	return r;
}

void datagram_close(struct datagram *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}
