/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer reads without waiting while the daemon's loop turns. */
#include "torture/talk.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/ipc.h"
#include "daemon/loop.h"
#include "torture/spin.h"
#include "torture/torture.h"

#define SOCKET "socket"

struct world talk_world;

static struct {
	int fd;
	char text[1 << 20];
	size_t size;
	bool ended;
} peer;

static void end_turn(void *owner, nsec now)
{
	struct world *w = owner;

	ipc_end_turn(w->daemon.ipc, now);
}

bool talk_open(void)
{
	static const struct loop_hooks hooks = { .turn_ended = end_turn };
	static struct settings settings;
	struct daemon *d = &talk_world.daemon;
	const char *path = scratch_path(SOCKET);
	int r;

	alloc_pause();
	world_open(&talk_world);
	d->settings = &settings;
	world_bind(&talk_world.managed[0], loop_clock());
	PROMISE(loop_open(&d->loop, &hooks, &talk_world) == 0, "no loop");
	alloc_resume();
	r = ipc_open(&d->ipc, d, path);
	if (went_well(r)) {
		PROMISE(ipc_start(d->ipc) == 0, "it does not start");
		return true;
	}
	PROMISE(access(path, F_OK) < 0, "a socket is left behind");
	loop_close(d->loop);
	world_close(&talk_world);
	return false;
}

void talk_close(void)
{
	ipc_close(talk_world.daemon.ipc);
	world_close(&talk_world);
	loop_close(talk_world.daemon.loop);
	PROMISE(access(scratch_path(SOCKET), F_OK) < 0,
		"a socket is left behind");
}

int talk_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	strncpy(address.sun_path, scratch_path(SOCKET),
		sizeof(address.sun_path) - 1);
	PROMISE(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
		"nobody listens: %s", strerror(errno));
	return fd;
}

/* True when an answer is whole, or the daemon hung up. */
static bool is_answered(void *context)
{
	size_t room = sizeof(peer.text) - 1 - peer.size;
	ssize_t got = recv(peer.fd, peer.text + peer.size, room, 0);

	(void)context;
	if (got > 0)
		peer.size += (size_t)got;
	peer.ended = got == 0 || (got < 0 && errno != EAGAIN);
	peer.text[peer.size] = '\0';
	return peer.ended || memchr(peer.text, '\0', peer.size);
}

static enum talk_answer judge_answer(void)
{
	enum talk_answer answer = TALK_ANSWER_ERROR;
	json_t *json;

	if (!memchr(peer.text, '\0', peer.size))
		return peer.ended ? TALK_ANSWER_END : TALK_ANSWER_NONE;
	alloc_pause();
	json = json_loads(peer.text, 0, NULL);
	PROMISE(json_is_object(json), "no JSON: %.80s", peer.text);
	if (!json_object_get(json, "error"))
		answer = TALK_ANSWER_REPLY;
	json_decref(json);
	alloc_resume();
	return answer;
}

enum talk_answer talk_ask(const char *call)
{
	size_t size = strlen(call) + 1;

	peer.size = 0;
	peer.ended = false;
	peer.fd = talk_connect();
	PROMISE(send(peer.fd, call, size, MSG_NOSIGNAL) == (ssize_t)size,
		"it cannot be sent in one go");
	spin_until(talk_world.daemon.loop, is_answered, NULL, SPIN_PATIENCE);
	close(peer.fd);
	return judge_answer();
}

const char *talk_text(void)
{
	return peer.text;
}

void talk_expect(const char *call, enum talk_answer expected, const char *text)
{
	enum talk_answer answer = talk_ask(call);

	PROMISE(answer != TALK_ANSWER_NONE, "neither an answer nor an end");
	if (answer == TALK_ANSWER_END)
		PROMISE(!all_had_memory(), "hung up on, with memory");
	else
		PROMISE(answer == expected && strstr(talk_text(), text),
			"it answers %.300s", talk_text());
	alloc_heal();
}

const char *talk_call(const char *method)
{
	static char text[256];

	snprintf(text, sizeof(text),
		 "{\"method\":\"org.tenured.Client.%s\","
		 "\"parameters\":{\"interface\":\"eth0\"}}",
		 method);
	return text;
}
