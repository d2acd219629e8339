/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections: octets in, requests to varlink.c, replies out.
 *
 * A connection takes one request a turn of the loop, so that nobody keeps the
 * loop busy by asking much at once; and all of them together no more of a turn
 * than IPC_TURN_NS, one after another in rounds. After each turn
 * ipc_client_settle() derives from its state what it waits for and until when;
 * nothing else arms anything. An idle connection holds no buffer and no timer.
 */
#include "daemon/ipc_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/log.h"
#include "daemon/subscription.h"

static void client_free(struct loop_grave *grave)
{
	struct ipc_client *client = LOOP_OWNER(grave, struct ipc_client, grave);

	free(client->in.bytes);
	free(client->out.bytes);
	free(client);
}

/* It waits for nothing any more, and is told nothing. */
static void forget(struct ipc_client *client)
{
	control_forget(&client->peer);
	subscription_close(client->peer.subscription);
	client->peer.subscription = NULL;
}

/* The last one takes its place. */
static void take_out(const struct ipc_client *client)
{
	struct ipc *ipc = client->ipc;
	struct ipc_client *last = ipc->clients[--ipc->count];

	ipc->clients[client->slot] = last;
	last->slot = client->slot;
}

/* Hangs up. why: for the log, or NULL if the peer did. */
static void drop(struct ipc_client *client, const char *why)
{
	struct loop *loop = client->ipc->daemon->loop;

	if (client->dropped)
		return;
	if (why)
		log_debug("socket: hung up on uid %u: %s",
			  (unsigned)client->uid, why);
	client->dropped = true;
	take_out(client);
	forget(client);
	loop_timer_set(loop, &client->timer, NSEC_NEVER);
	loop_unwatch(loop, &client->source);
	close(client->source.fd);
	loop_bury(loop, &client->grave);
}

/* The size of the first request with its NUL; 0 if there is no whole one. */
static size_t request_size(const struct ipc_client *client)
{
	size_t used = buffer_used(&client->in);
	const char *start, *end;

	if (!used)
		return 0;
	start = client->in.bytes + client->in.start;
	end = memchr(start, '\0', used);
	return end ? (size_t)(end - start) + 1 : 0;
}

/* A call is being answered: the next one has its turn later, or never. */
static bool is_busy(const struct ipc_client *client)
{
	return client->peer.wait.command || client->peer.subscription;
}

static bool may_take(const struct ipc_client *client)
{
	return !is_busy(client) && buffer_used(&client->out) < IPC_OUTPUT_MAX;
}

static bool has_output(const struct ipc_client *client)
{
	const struct subscription *s = client->peer.subscription;

	return buffer_used(&client->out) > 0 || (s && subscription_has_output(s));
}

/* How long it may read nothing: a subscriber has a limit before that one. */
static nsec patience(const struct ipc_client *client)
{
	const struct subscription *s = client->peer.subscription;

	return s && s->lagging ? IPC_SUBSCRIBER_PATIENCE_NS : IPC_PATIENCE_NS;
}

void ipc_client_settle(struct ipc_client *client, nsec now)
{
	struct loop *loop = client->ipc->daemon->loop;
	bool request = request_size(client) > 0;
	bool output = has_output(client);
	uint32_t events = 0;
	nsec deadline = NSEC_NEVER;

	if (client->dropped)
		return;
	if (client->peer.failed) {
		drop(client, "no memory for a reply");
		return;
	}
	if (client->ended && !request && !output && !is_busy(client)) {
		drop(client, NULL);
		return;
	}
	if (!request && buffer_used(&client->in) >= IPC_REQUEST_MAX) {
		drop(client, "a request that is too long");
		return;
	}

	if (!client->ended && buffer_used(&client->in) < IPC_REQUEST_MAX)
		events |= EPOLLIN;
	if (output || (request && may_take(client)))
		events |= EPOLLOUT;
	if (client->peer.wait.command)
		deadline = client->peer.wait.deadline;
	if (!request)
		deadline = nsec_min(deadline,
				    nsec_add(client->in_since, IPC_PATIENCE_NS));
	if (!output)
		client->out_since = NSEC_NEVER;
	else if (client->out_since == NSEC_NEVER)
		client->out_since = now;
	deadline = nsec_min(deadline,
			    nsec_add(client->out_since, patience(client)));

	loop_timer_set(loop, &client->timer, deadline);
	if (loop_watch(loop, &client->source, events) < 0)
		drop(client, "it cannot be watched");
}

/* What cannot be queued is the end of the connection. */
static int client_write(const char *bytes, size_t size, void *data)
{
	struct ipc_client *client = data;

	/* The library goes on after some of the failures. */
	if (client->peer.failed || buffer_reserve(&client->out, size) < 0) {
		client->peer.failed = true;
		return -1;
	}
	memcpy(client->out.bytes + client->out.end, bytes, size);
	client->out.end += size;
	return 0;
}

/* Reads what there is, up to a limit. 0 or -errno; at the end sets `ended`. */
static int client_read(struct ipc_client *client, nsec now)
{
	size_t used = buffer_used(&client->in), room = BUFFER_STEP;
	ssize_t got;

	if (client->ended || used >= IPC_REQUEST_MAX)
		return 0;
	if (room > IPC_REQUEST_MAX - used)
		room = IPC_REQUEST_MAX - used;
	if (buffer_reserve(&client->in, room) < 0)
		return -ENOMEM;
	/* Without room for control data the kernel closes what was passed. */
	got = recv(client->source.fd, client->in.bytes + client->in.end, room, 0);
	if (got > 0) {
		client->in.end += (size_t)got;
		if (client->in_since == NSEC_NEVER)
			client->in_since = now;
		return 0;
	}
	if (got < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNRESET)
		return -errno;
	/* One who left answers unread has hung up as well as any other. */
	client->ended = got == 0 || errno == ECONNRESET;
	buffer_consume(&client->in, 0);
	return 0;
}

/* Whether a request of it may be taken in this turn; if not, then in a later one. */
static bool has_turn(struct ipc_client *client)
{
	struct ipc *ipc = client->ipc;
	nsec clock;

	if (client->round == ipc->round)
		return false;
	clock = loop_clock();
	if (ipc->taking_since == NSEC_NEVER)
		ipc->taking_since = clock;
	if (nsec_until(ipc->taking_since, clock) >= IPC_TURN_NS) {
		ipc->late = true;
		return false;
	}
	client->round = ipc->round;
	return true;
}

/* What all but root have not read is too much for one of them to ask for more. */
static bool owes_too_much(const struct ipc_client *client)
{
	const struct ipc *ipc = client->ipc;
	size_t unread = 0;

	if (client->peer.level >= VARLINK_LEVEL_ADMIN)
		return false;
	for (size_t i = 0; i < ipc->count; i++) {
		if (ipc->clients[i]->peer.level < VARLINK_LEVEL_ADMIN)
			unread += ipc->clients[i]->out.size;
	}
	return unread >= IPC_OUTPUT_OTHERS_MAX;
}

/* Takes the first request, if there is a whole one. 0, -EPROTO or -EUSERS. */
static int client_take(struct ipc_client *client, nsec now)
{
	size_t size = request_size(client);
	int error;

	if (!size || !may_take(client) || !has_turn(client))
		return 0;
	if (owes_too_much(client))
		return -EUSERS;
	error = varlink_call(&client->peer, client->in.bytes + client->in.start,
			     size - 1, now);
	buffer_consume(&client->in, size);
	client->in_since = buffer_used(&client->in) ? now : NSEC_NEVER;
	return error;
}

/* Sends what can be sent; replies that nobody will read are forgotten. */
static void client_flush(struct ipc_client *client, nsec now)
{
	struct subscription *s = client->peer.subscription;
	size_t used;
	ssize_t sent;

	/* Events become replies when there is room for them, not before. */
	if (s && !buffer_used(&client->out) &&
	    subscription_write(s, now, client_write, client) < 0)
		client->peer.failed = true;
	used = buffer_used(&client->out);
	if (!used)
		return;
	sent = send(client->source.fd, client->out.bytes + client->out.start,
		    used, MSG_NOSIGNAL);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	buffer_consume(&client->out, sent < 0 ? used : (size_t)sent);
	client->out_since = now;
}

/*
 * A hang-up may come together with the last requests, or before they were read:
 * they are done all the same, but nothing is awaited for a peer that is gone.
 */
static void client_wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct ipc_client *client = LOOP_OWNER(source, struct ipc_client, source);
	bool readable = events & (EPOLLIN | EPOLLHUP | EPOLLERR);
	int error;

	if (readable && client_read(client, now) < 0) {
		drop(client, NULL);
		return;
	}
	error = client_take(client, now);
	if (error < 0) {
		drop(client, error == -EPROTO ? "not a call"
					      : "too much is unread by others");
		return;
	}
	if (events & EPOLLHUP)
		forget(client);
	if (!client->dropped)
		client_flush(client, now);
	ipc_client_settle(client, now);
}

static void client_stalls(struct ipc_client *client)
{
	struct subscription *s = client->peer.subscription;

	if (s && !s->lagging)
		subscription_stall(s);
	else
		drop(client, "does not read its replies");
}

static void client_expire(struct loop_timer *timer, nsec now)
{
	struct ipc_client *client = LOOP_OWNER(timer, struct ipc_client, timer);

	if (client->peer.wait.command && now >= client->peer.wait.deadline)
		control_timeout(&client->peer, now);
	else if (now >= nsec_add(client->out_since, patience(client)))
		client_stalls(client);
	else if (!request_size(client) &&
		 now >= nsec_add(client->in_since, IPC_PATIENCE_NS))
		drop(client, "no whole request in time");
	ipc_client_settle(client, now);
}

/* Whether one more may come in. 0, -EUSERS or -ENOMEM. */
static int make_room(struct ipc *ipc, uid_t uid, enum varlink_level level)
{
	size_t others = 0, same = 0, room = 2 * ipc->room + 8;
	struct ipc_client **clients;

	for (size_t i = 0; i < ipc->count; i++) {
		others += ipc->clients[i]->peer.level < VARLINK_LEVEL_ADMIN;
		same += ipc->clients[i]->uid == uid;
	}
	if (ipc->count >= IPC_CLIENTS_MAX ||
	    (level < VARLINK_LEVEL_ADMIN &&
	     (same >= IPC_CLIENTS_USER_MAX || others >= IPC_CLIENTS_OTHERS_MAX)))
		return -EUSERS;
	if (ipc->count < ipc->room)
		return 0;
	clients = reallocarray(ipc->clients, room, sizeof(*clients));
	if (!clients)
		return -ENOMEM;
	ipc->clients = clients;
	ipc->room = room;
	return 0;
}

int ipc_client_open(struct ipc *ipc, int fd, nsec now)
{
	struct ipc_client *client;
	uid_t uid;
	enum varlink_level level;
	int r;

	r = ipc_peer(fd, &ipc->rights, &uid, &level);
	if (r == 0)
		r = make_room(ipc, uid, level);
	if (r < 0)
		return r;
	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	client->peer.daemon = ipc->daemon;
	client->peer.level = level;
	client->peer.events = &ipc->events;
	client->peer.write = client_write;
	client->ipc = ipc;
	client->slot = ipc->count;
	client->uid = uid;
	client->source.fd = fd;
	client->source.wake = client_wake;
	client->timer.fire = client_expire;
	client->grave.free = client_free;
	client->in_since = now;
	client->out_since = NSEC_NEVER;
	/* Or by coming again and again one would always be the first. */
	client->round = ipc->round;
	ipc->clients[ipc->count++] = client;
	ipc_client_settle(client, now);
	return 0;
}

void ipc_client_end(struct ipc_client *client, nsec now)
{
	control_end(&client->peer, now);
	client_flush(client, now);
	drop(client, NULL);
}
