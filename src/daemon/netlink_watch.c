/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done with what comes is the wake's matter. */
#include "daemon/netlink_watch.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "host/netlink.h"

int netlink_watch(struct mnl_socket **ret, unsigned groups, struct loop *loop,
		  struct loop_source *source)
{
	struct mnl_socket *socket;
	int error = netlink_open(&socket, groups, SOCK_NONBLOCK);

	if (error)
		return error;
	source->fd = mnl_socket_get_fd(socket);
	error = loop_watch(loop, source, EPOLLIN);
	if (error) {
		mnl_socket_close(socket);
		return error;
	}
	*ret = socket;
	return 0;
}

void netlink_unwatch(struct mnl_socket *socket, struct loop *loop,
		     struct loop_source *source)
{
	loop_unwatch(loop, source);
	mnl_socket_close(socket);
}
