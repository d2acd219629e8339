/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnetlink sockets, and synchronous questions. The kernel answers those while
 * they are sent, so waiting for the answer does not hold up the loop.
 */
#include "host/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "host/room.h"

/* As in the kernel. */
#define ERRNO_MAX 4095

/* ---- sockets ------------------------------------------------------------- */

int netlink_hear(struct mnl_socket *socket, unsigned groups)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK,
					     .nl_groups = groups };

	/* Not by the library, which asks for a port that nobody wants to know. */
	return bind(mnl_socket_get_fd(socket),
		    (const struct sockaddr *)&address, sizeof(address)) < 0
		       ? -errno
		       : 0;
}

int netlink_open(struct mnl_socket **ret, unsigned groups, int flags)
{
	struct mnl_socket *socket =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | flags);
	int error = 0;

	if (!socket)
		return -errno;
	if (groups)
		error = netlink_hear(socket, groups);
	if (error)
		mnl_socket_close(socket);
	else
		*ret = socket;
	return error;
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

ssize_t netlink_receive(struct mnl_socket *socket, void *room)
{
	ssize_t got = mnl_socket_recvfrom(socket, room, ROOM_SIZE);

	return got < 0 ? got : (ssize_t)netlink_sound_size(room, (size_t)got);
}

/* ---- questions ----------------------------------------------------------- */

struct nlmsghdr *netlink_put_dump(void *buffer, uint16_t type, size_t size)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(message, size);
	return message;
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

/* Of each four types of rtnetlink the third one asks. */
static bool is_question(const struct nlmsghdr *request)
{
	return request->nlmsg_type % 4 == RTM_GETLINK % 4;
}

static bool is_dump(const struct nlmsghdr *request)
{
	return is_question(request) && request->nlmsg_flags & NLM_F_DUMP;
}

static int take_answers(struct mnl_socket *socket, const struct nlmsghdr *request,
			void *room, mnl_cb_t each, void *context)
{
	mnl_cb_t ends[] = {
		[NLMSG_ERROR] = take_end,
		[NLMSG_DONE] = take_end,
	};
	int more;

	do {
		ssize_t size = netlink_receive(socket, room);

		if (size < 0)
			return -errno;
		more = mnl_cb_run2(room, (size_t)size, request->nlmsg_seq, 0,
				   each, context, ends, ARRAY_SIZE(ends));
	} while (more > 0 && (is_dump(request) || !is_question(request)));
	return more < 0 ? -errno : 0;
}

static int talk(struct mnl_socket *socket, const struct nlmsghdr *request,
		mnl_cb_t each, void *context)
{
	int error;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	error = take_answers(socket, request, room_take(), each, context);
	room_give();
	return error;
}

/*
 * The socket of the last question that was answered well, if there is one, and the
 * number of the next one. Were all 0 at first they would lie behind the buffers of
 * room.c, most of which are never used, in a page of their own.
 */
static struct {
	struct mnl_socket *kept;
	uint32_t sequence;
} questions = { .sequence = 1 };

void netlink_rest(void)
{
	if (questions.kept)
		mnl_socket_close(questions.kept);
	questions.kept = NULL;
}

/* What is left of an answer that went wrong goes with its socket. */
int netlink_ask_once(struct nlmsghdr *request, mnl_cb_t each, void *context)
{
	struct mnl_socket *socket = questions.kept;
	int error = socket ? 0 : netlink_open(&socket, 0, 0), on = 1;

	if (error)
		return error;
	/* Who is called back may ask something, too. */
	questions.kept = NULL;
	request->nlmsg_flags |= NLM_F_REQUEST;
	request->nlmsg_seq = questions.sequence++;
	/* Since Linux 4.20; without, it tells of what was not asked for. */
	if (is_dump(request))
		(void)mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &on,
					    sizeof(on));
	else if (!is_question(request))
		request->nlmsg_flags |= NLM_F_ACK;
	error = talk(socket, request, each, context);
	if (error || questions.kept)
		mnl_socket_close(socket);
	else
		questions.kept = socket;
	return error;
}

int netlink_ask(struct nlmsghdr *request, mnl_cb_t each, void *context)
{
	int error = -EINTR;

	for (int tries = 0; tries < NETLINK_TRIES && error == -EINTR; tries++)
		error = netlink_ask_once(request, each, context);
	return error;
}

/* ---- attributes ---------------------------------------------------------- */

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
