/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket as a whole: who may come in, what reaches whom of those who are, and
 * the end. One connection is ipc_client.c's matter.
 */
#include "daemon/ipc.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/ipc_client.h"
#include "daemon/ipc_listen.h"
#include "daemon/log.h"
#include "daemon/report.h"
#include "daemon/report_statistics.h"
#include "daemon/subscription.h"

/* Connections taken in a turn: who comes in crowds holds nothing up. */
#define ACCEPT_MAX 16

/* ---- who comes in ------------------------------------------------------ */

/* False: there are no more to be taken now. */
static bool take_connection(struct ipc *ipc, nsec now)
{
	int fd = accept4(ipc->source.fd, NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);
	int error;

	if (fd < 0)
		return errno == EINTR || errno == ECONNABORTED;
	error = ipc_client_open(ipc, fd, now);
	if (error < 0) {
		log_debug("socket: a connection was refused: %s",
			  strerror(-error));
		close(fd);
	}
	return true;
}

/*
 * A socket that has more connections to give than there are descriptors stays
 * readable: it is left alone for a moment, so that the loop does not spin.
 */
static void listener_wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct ipc *ipc = LOOP_OWNER(source, struct ipc, source);
	unsigned left = ACCEPT_MAX;

	(void)events;
	while (left && take_connection(ipc, now))
		left--;
	if (!left || errno == EAGAIN)
		return;
	loop_timer_set(ipc->daemon->loop, &ipc->pause,
		       nsec_add(now, IPC_PAUSE_NS));
	loop_watch(ipc->daemon->loop, source, 0);
}

static void listener_resume(struct loop_timer *timer, nsec now)
{
	struct ipc *ipc = LOOP_OWNER(timer, struct ipc, pause);

	(void)now;
	ipc_start(ipc);
}

/* ---- the whole --------------------------------------------------------- */

static void ipc_free(struct loop_grave *grave)
{
	struct ipc *ipc = LOOP_OWNER(grave, struct ipc, grave);

	free(ipc->clients);
	free(ipc);
}

int ipc_open(struct ipc **ret, struct daemon *daemon, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	uint8_t hash[SIPHASH_SIZE];
	size_t length = strlen(path), seed;
	struct ipc *ipc;
	int fd;

	if (length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, length);
	ipc = calloc(1, sizeof(*ipc));
	if (!ipc)
		return -ENOMEM;
	ipc->daemon = daemon;
	ipc->taking_since = NSEC_NEVER;
	ipc->events.daemon = daemon;
	ipc->rights = (struct ipc_rights){ geteuid(), (gid_t)-1 };
	ipc->address = address;
	fd = ipc_listen(&address);
	if (fd < 0) {
		free(ipc);
		return fd;
	}
	ipc->source.fd = fd;
	ipc->source.wake = listener_wake;
	ipc->pause.fire = listener_resume;
	ipc->grave.free = ipc_free;

	siphash(daemon->secret, "json", strlen("json"), hash);
	memcpy(&seed, hash, sizeof(seed));
	json_object_seed(seed);
	*ret = ipc;
	return 0;
}

int ipc_allow_group(struct ipc *ipc, const char *name)
{
	return name ? ipc_find_group(name, &ipc->rights.group) : 0;
}

int ipc_start(struct ipc *ipc)
{
	return loop_watch(ipc->daemon->loop, &ipc->source, EPOLLIN);
}

/* From the last on: whoever is dropped has his place taken by one that was. */
void ipc_notice(struct ipc *ipc, struct managed *managed,
		const struct dhcp4_notice *notice, nsec now)
{
	report_notice(managed, notice);
	report_count(managed, notice, now);
	if (!ipc)
		return;
	events_notice(&ipc->events, managed, notice, now);
	for (size_t i = ipc->count; i-- > 0;) {
		struct ipc_client *client = ipc->clients[i];

		if (client->peer.wait.managed != managed)
			continue;
		control_notice(&client->peer, managed, notice, now);
		ipc_client_settle(client, now);
	}
}

void ipc_sent(struct ipc *ipc, struct managed *managed,
	      const struct dhcp4_effect *effect, int error)
{
	if (ipc)
		events_sent(&ipc->events, managed, effect, error,
			    managed->iface.client->now);
}

void ipc_stepped(struct ipc *ipc, struct managed *managed, nsec now)
{
	if (ipc)
		events_stepped(&ipc->events, managed, now);
}

void ipc_added(struct ipc *ipc, struct managed *managed, nsec now)
{
	if (ipc)
		events_added(&ipc->events, managed, now);
}

void ipc_changed(struct ipc *ipc, struct managed *managed, nsec now)
{
	if (ipc)
		events_changed(&ipc->events, managed, now);
}

void ipc_renamed(struct ipc *ipc, struct managed *managed, const char *before,
		 nsec now)
{
	if (ipc)
		events_renamed(&ipc->events, managed, before, now);
}

struct ipc_census ipc_count(const struct ipc *ipc)
{
	if (!ipc)
		return (struct ipc_census){ 0 };
	return (struct ipc_census){ ipc->count, ipc->events.count };
}

void ipc_end_turn(struct ipc *ipc, nsec now)
{
	if (!ipc)
		return;
	ipc->round += !ipc->late;
	ipc->late = false;
	ipc->taking_since = NSEC_NEVER;
	if (!ipc->events.fresh)
		return;
	ipc->events.fresh = false;
	for (size_t i = ipc->count; i-- > 0;) {
		struct ipc_client *client = ipc->clients[i];
		struct subscription *s = client->peer.subscription;

		if (!s || !s->fresh)
			continue;
		s->fresh = false;
		ipc_client_settle(client, now);
	}
}

static void forget_added(struct managed *managed)
{
	json_decref(managed->added);
	managed->added = NULL;
}

void ipc_removed(struct ipc *ipc, struct managed *managed, nsec now)
{
	forget_added(managed);
	if (!ipc)
		return;
	events_removed(&ipc->events, managed, now);
	for (size_t i = ipc->count; i-- > 0;) {
		struct ipc_client *client = ipc->clients[i];

		if (client->peer.wait.managed != managed)
			continue;
		control_removed(&client->peer, now);
		ipc_client_settle(client, now);
	}
}

void ipc_close(struct ipc *ipc)
{
	nsec now;

	if (!ipc)
		return;
	now = loop_clock();
	for (size_t i = 0; i < ipc->daemon->managed_count; i++)
		forget_added(ipc->daemon->managed[i]);
	while (ipc->count)
		ipc_client_end(ipc->clients[ipc->count - 1], now);
	loop_timer_set(ipc->daemon->loop, &ipc->pause, NSEC_NEVER);
	loop_unwatch(ipc->daemon->loop, &ipc->source);
	close(ipc->source.fd);
	unlink(ipc->address.sun_path);
	loop_bury(ipc->daemon->loop, &ipc->grave);
}
