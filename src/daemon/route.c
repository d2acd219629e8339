/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and routes, set by rtnetlink. Nothing is read back here: the kernel
 * says of each request whether it could be done, and that is the whole state.
 *
 * Only the last request of a batch wants an answer; the others answer if they
 * fail. An error's answer carries the request, so that it can be named without
 * keeping it.
 */
#include "daemon/route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/netlink_watch.h"
#include "daemon/route_batch.h"
#include "daemon/route_failure.h"
#include "host/netlink.h"
#include "host/room.h"

/* Answers to a change of each of some thousand interfaces. */
#define ANSWERS_BUFFER (8 << 20)

/* "route 255.255.255.255/32 via 255.255.255.255", and why in the kernel's words. */
#define WHAT_SIZE 192

/* Its header, the link's, and an attribute. */
#define LINK_REQUEST_SIZE 128

#define DRAIN_TIME (1 * NSEC_PER_S)

/* A batch that the kernel has, and that has not been answered to its end. */
struct pending {
	struct pending *next;
	uint32_t first, last; /* sequence numbers, which may wrap */
	route_done *done;
	void *context;
	int error; /* of the first request that failed */
};

struct route {
	struct loop_source source; /* first: wake casts back */
	struct loop *loop;
	struct mnl_socket *socket;
	uint32_t sequence;

	/* Oldest first, which is the order of the answers. */
	struct pending *oldest, **end;
	char what[WHAT_SIZE]; /* that failed of the oldest, if something did */
};

/* ---- answers --------------------------------------------------------- */

static void finish_oldest(struct route *r, nsec now)
{
	struct pending *p = r->oldest;

	r->oldest = p->next;
	if (!r->oldest)
		r->end = &r->oldest;
	if (p->done)
		p->done(p->context, p->error ? r->what : NULL, p->error, now);
	free(p);
}

/* NULL: there was no answer. */
static void name_failure(struct route *r, int error, const struct nlmsghdr *answer)
{
	struct str s = str_over(r->what, sizeof(r->what));

	r->oldest->error = error;
	if (answer)
		route_failure_name(&s, answer);
	else
		str_text(&s, "answer of the kernel");
}

static void take_answer(struct route *r, const struct nlmsghdr *answer, nsec now)
{
	const struct nlmsgerr *message = mnl_nlmsg_get_payload(answer);
	struct pending *p = r->oldest;
	int error;

	if (answer->nlmsg_type != NLMSG_ERROR ||
	    mnl_nlmsg_get_payload_len(answer) < sizeof(*message) || !p ||
	    answer->nlmsg_seq - p->first > p->last - p->first)
		return;
	error = -message->error;
	if (error > 0 && p->error == 0 &&
	    !route_failure_is_harmless(message->msg.nlmsg_type, error))
		name_failure(r, error, answer);
	if (answer->nlmsg_seq == p->last)
		finish_oldest(r, now);
}

/*
 * The kernel has dropped answers. It answers while it is asked, so that all who
 * still wait once the queue is empty wait in vain: they are told that it failed,
 * and may ask for the same again.
 */
static void give_up_all(struct route *r, nsec now)
{
	struct pending *last = r->oldest;

	while (last && last->next)
		last = last->next;
	/* Those who are told may add to the list. */
	while (last) {
		if (r->oldest->error == 0)
			name_failure(r, ENOBUFS, NULL);
		if (r->oldest == last)
			last = NULL;
		finish_oldest(r, now);
	}
}

static void receive(struct route *r, nsec now)
{
	void *room = room_take();
	bool overflow = false;

	do {
		ssize_t size = netlink_receive(r->socket, room);
		const struct nlmsghdr *answer = room;
		int left = (int)size;

		if (size < 0 && errno == ENOBUFS) {
			overflow = true;
			continue;
		}
		if (size < 0)
			break;
		for (; mnl_nlmsg_ok(answer, left);
		     answer = mnl_nlmsg_next(answer, &left))
			take_answer(r, answer, now);
	} while (r->oldest || overflow);
	room_give();
	if (overflow)
		give_up_all(r, now);
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	(void)events;
	receive((struct route *)source, now);
}

/* ---- the interface --------------------------------------------------- */

int route_open(struct route **ret, struct loop *loop)
{
	struct route *r = calloc(1, sizeof(*r));
	int error, on = 1;

	if (!r)
		return -ENOMEM;
	r->loop = loop;
	r->end = &r->oldest;
	r->source.wake = wake;
	error = netlink_watch(&r->socket, 0, loop, &r->source);
	if (error) {
		free(r);
		return error;
	}
	/* Since Linux 4.12; without, less is explained. */
	(void)mnl_socket_setsockopt(r->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	if (mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		error = -errno;
		route_close(r);
		return error;
	}
	*ret = r;
	return 0;
}

void route_close(struct route *r)
{
	if (!r)
		return;
	netlink_unwatch(r->socket, r->loop, &r->source);
	while (r->oldest) {
		struct pending *p = r->oldest;

		r->oldest = p->next;
		free(p);
	}
	free(r);
}

void route_widen(struct route *r)
{
	netlink_set_buffer(r->socket, ANSWERS_BUFFER);
}

uint32_t route_port(const struct route *r)
{
	return mnl_socket_get_portid(r->socket);
}

int route_change(struct route *r, const struct route_state *from,
		 const struct route_state *to, route_done *done, void *context)
{
	struct pending *p = calloc(1, sizeof(*p));
	struct route_batch batch = { .sequence = r->sequence };
	int error = 0;

	if (!p)
		return -ENOMEM;
	p->first = r->sequence + 1;
	p->done = done;
	p->context = context;
	batch.room = room_take();
	route_batch_put(&batch, from, to);
	p->last = r->sequence = batch.sequence;
	if (mnl_socket_sendto(r->socket, batch.room, batch.used) < 0)
		error = -errno;
	room_give();
	if (error) {
		free(p);
		return error;
	}
	*r->end = p;
	r->end = &p->next;
	return 0;
}

/* The flags are set; 0: they stay as they are. */
static struct nlmsghdr *put_link(char buffer[LINK_REQUEST_SIZE], int ifindex,
				 unsigned flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *header;

	message->nlmsg_type = RTM_NEWLINK;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = ifindex;
	header->ifi_flags = flags;
	header->ifi_change = flags;
	return message;
}

int route_link_up(int ifindex)
{
	_Alignas(struct nlmsghdr) char buffer[LINK_REQUEST_SIZE];

	return netlink_ask(put_link(buffer, ifindex, IFF_UP), NULL, NULL);
}

int route_set_mtu(int ifindex, uint32_t mtu)
{
	_Alignas(struct nlmsghdr) char buffer[LINK_REQUEST_SIZE];
	struct nlmsghdr *message = put_link(buffer, ifindex, 0);

	mnl_attr_put_u32(message, IFLA_MTU, mtu);
	return netlink_ask(message, NULL, NULL);
}

void route_cancel(struct route *r, void *context)
{
	for (struct pending *p = r ? r->oldest : NULL; p; p = p->next) {
		if (p->context == context)
			p->done = NULL;
	}
}

void route_drain(struct route *r)
{
	nsec end = nsec_add(loop_clock(), DRAIN_TIME);
	struct pollfd wait = { .fd = r->source.fd, .events = POLLIN };

	while (r->oldest) {
		nsec left = nsec_until(loop_clock(), end);

		if (left == 0 || poll(&wait, 1, (int)(left / NSEC_PER_MS)) <= 0)
			return;
		receive(r, loop_clock());
	}
}
