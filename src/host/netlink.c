/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnetlink sockets, and synchronous questions. The kernel answers those while
 * they are sent, so waiting for the answer does not hold up the loop.
 */
#include "host/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"

/* As in the kernel. */
#define ERRNO_MAX 4095

int netlink_open(struct mnl_socket **ret, unsigned groups, int flags)
{
	struct mnl_socket *socket =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | flags);
	int on = 1;

	if (!socket)
		return -errno;
	/* Both came with Linux 4.12 and 4.20; without, less is explained. */
	(void)mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &on,
				    sizeof(on));
	if (mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID) < 0) {
		int error = -errno;

		mnl_socket_close(socket);
		return error;
	}
	*ret = socket;
	return 0;
}

void netlink_set_buffer(struct mnl_socket *socket, int size)
{
	int half = size / 2; /* the kernel doubles it */

	(void)setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUFFORCE,
			 &half, sizeof(half));
}

/* A message as long as it says, and a failure that has a number. */
static bool is_sound(const char *bytes, size_t size)
{
	struct nlmsghdr header;
	int error;

	memcpy(&header, bytes, sizeof(header));
	if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size)
		return false;
	if (header.nlmsg_type != NLMSG_ERROR && header.nlmsg_type != NLMSG_DONE)
		return true;
	/* How a dump ended need not be told. */
	if (header.nlmsg_len < sizeof(header) + sizeof(error))
		return header.nlmsg_type == NLMSG_DONE;
	if (header.nlmsg_type == NLMSG_ERROR &&
	    header.nlmsg_len < sizeof(header) + sizeof(struct nlmsgerr))
		return false;
	memcpy(&error, bytes + sizeof(header), sizeof(error));
	return error <= 0 && error >= -ERRNO_MAX;
}

size_t netlink_sound_size(const void *bytes, size_t size)
{
	const char *start = bytes;
	size_t used = 0;

	while (size - used >= sizeof(struct nlmsghdr) &&
	       is_sound(start + used, size - used)) {
		uint32_t length;

		memcpy(&length, start + used, sizeof(length));
		/* The last one may lack what aligns it. */
		if (NLMSG_ALIGN(length) > size - used)
			return size;
		used += NLMSG_ALIGN(length);
	}
	return used;
}

ssize_t netlink_receive(struct mnl_socket *socket, void *buffer, size_t size)
{
	ssize_t got = mnl_socket_recvfrom(socket, buffer, size);

	return got < 0 ? got : (ssize_t)netlink_sound_size(buffer, (size_t)got);
}

/* Of an answer, and of a dump: libmnl does not look at how that ended. */
static int take_end(const struct nlmsghdr *message, void *context)
{
	const int *error = mnl_nlmsg_get_payload(message);

	(void)context;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*error) || *error >= 0)
		return MNL_CB_STOP;
	errno = -*error;
	return MNL_CB_ERROR;
}

static int talk(struct mnl_socket *socket, const struct nlmsghdr *request,
		mnl_cb_t each, void *context)
{
	mnl_cb_t ends[] = {
		[NLMSG_ERROR] = take_end,
		[NLMSG_DONE] = take_end,
	};
	_Alignas(struct nlmsghdr) char buffer[NETLINK_BUFFER_SIZE];
	int more;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t size = netlink_receive(socket, buffer, sizeof(buffer));

		if (size < 0)
			return -errno;
		more = mnl_cb_run2(buffer, (size_t)size, request->nlmsg_seq,
				   mnl_socket_get_portid(socket), each, context,
				   ends, ARRAY_SIZE(ends));
	} while (more > 0);
	return more < 0 ? -errno : 0;
}

int netlink_ask_once(struct nlmsghdr *request, mnl_cb_t each, void *context)
{
	struct mnl_socket *socket = NULL;
	int error = netlink_open(&socket, 0, 0);

	if (error)
		return error;
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	error = talk(socket, request, each, context);
	mnl_socket_close(socket);
	return error;
}

int netlink_ask(struct nlmsghdr *request, mnl_cb_t each, void *context)
{
	int error = -EINTR;

	for (int tries = 0; tries < NETLINK_TRIES && error == -EINTR; tries++)
		error = netlink_ask_once(request, each, context);
	return error;
}

static int take_attribute(const struct nlattr *attribute, void *context)
{
	const struct netlink_attributes *list = context;
	uint16_t type = mnl_attr_get_type(attribute);

	if (type <= list->max)
		list->by_type[type] = attribute;
	return MNL_CB_OK;
}

void netlink_read(const struct nlmsghdr *message, unsigned header_size,
		  struct netlink_attributes list)
{
	(void)mnl_attr_parse(message, header_size, take_attribute, &list);
}

void netlink_read_payload(const void *payload, size_t size,
			  struct netlink_attributes list)
{
	(void)mnl_attr_parse_payload(payload, size, take_attribute, &list);
}

const struct nlattr *netlink_next(const void *payload, size_t size,
				  const struct nlattr *attribute)
{
	const char *at = payload, *end = at + size;

	if (attribute)
		at = (const char *)attribute + MNL_ALIGN(attribute->nla_len);
	/* The last one may lack what aligns it. */
	if (at > end || !mnl_attr_ok((const void *)at, (int)(end - at)))
		return NULL;
	return (const void *)at;
}

uint32_t netlink_u32(const struct nlattr *attribute, uint32_t otherwise)
{
	if (!attribute || mnl_attr_get_payload_len(attribute) != 4)
		return otherwise;
	return mnl_attr_get_u32(attribute);
}
