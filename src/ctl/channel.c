/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's half of varlink's framing. */
#include "ctl/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/memory.h"

#define STEP 65536

/* Objects a turn. */
#define TURN_MAX 256

/* A call is short, and the daemon takes it at once or never. */
#define SEND_TIMEOUT_S 5

int channel_open(struct channel *c, const char *path, size_t object_max)
{
	const struct timeval timeout = { .tv_sec = SEND_TIMEOUT_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	int error;

	*c = (struct channel){ .fd = -1, .object_max = object_max };
	if (length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, length);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd >= 0 &&
	    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout,
		       sizeof(timeout)) == 0 &&
	    connect(c->fd, (const struct sockaddr *)&address, sizeof(address)) ==
		    0)
		return 0;
	error = -errno;
	channel_close(c);
	return error;
}

void channel_close(struct channel *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->text);
	*c = (struct channel){ .fd = -1 };
}

int channel_send(struct channel *c, const char *method, json_t *parameters,
		 bool more)
{
	json_auto_t *call = json_pack("{s:s, s:o*}", "method", method,
				      "parameters", parameters);
	char *text;
	size_t size, done = 0;
	int error = 0;

	if (more)
		json_object_set_new(call, "more", json_true());
	text = json_dumps(call, JSON_COMPACT);
	if (!text)
		return -ENOMEM;
	size = strlen(text) + 1;
	while (done < size && error == 0) {
		ssize_t sent =
			send(c->fd, text + done, size - done, MSG_NOSIGNAL);

		if (sent > 0)
			done += (size_t)sent;
		else if (errno != EINTR)
			error = errno == EPIPE ? -ECONNRESET : -errno;
	}
	free(text);
	return error;
}

/* Takes the first object of those that were read, if it is there. */
static int take(struct channel *c, json_t **ret)
{
	size_t fresh = c->used - c->searched, length;
	char *end = fresh ? memchr(c->text + c->searched, '\0', fresh) : NULL;
	json_t *object;

	if (!end) {
		c->searched = c->used;
		return c->used < c->object_max ? 0 : -EPROTO;
	}
	length = (size_t)(end - c->text);
	object = json_loadb(c->text, length, JSON_REJECT_DUPLICATES, NULL);
	c->used -= length + 1;
	c->searched = 0;
	memmove(c->text, end + 1, c->used);
	if (!json_is_object(object)) {
		json_decref(object);
		return -EPROTO;
	}
	*ret = object;
	return 1;
}

static void make_room(struct channel *c)
{
	size_t size = 2 * c->size + STEP;
	char *text;

	if (c->size - c->used >= STEP)
		return;
	text = memory_get(size);
	if (c->used)
		memcpy(text, c->text, c->used);
	free(c->text);
	c->text = text;
	c->size = size;
}

int channel_receive(struct channel *c, json_t **ret)
{
	ssize_t got;
	int r;

	if (c->turn == TURN_MAX)
		return 0;
	r = take(c, ret);
	while (r == 0) {
		make_room(c);
		got = recv(c->fd, c->text + c->used, c->size - c->used,
			   MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (got == 0)
			return -ECONNRESET;
		c->used += (size_t)got;
		r = take(c, ret);
	}
	c->turn++;
	return r;
}

bool channel_turn(struct channel *c)
{
	bool rest = c->turn == TURN_MAX;

	c->turn = 0;
	return rest;
}
