/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links watched by rtnetlink. Knows who is there, by index and hardware address;
 * what else is told of a link is handed on and forgotten.
 */
#include "daemon/link_monitor.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/bisect.h"
#include "daemon/log.h"
#include "daemon/netlink_watch.h"
#include "host/netlink.h"
#include "host/room.h"

/* A message of a link takes 2 to 4 KiB, a flap brings about five of them. */
#define MONITOR_BUFFER (8 << 20)

/* Messages a wake-up; the rest wakes again. */
#define MONITOR_BUDGET 256

/* After a dump that failed, or could not be kept. */
#define DUMP_RETRY_NS NSEC_PER_S

struct known_link {
	int ifindex;
	unsigned seen; /* the dump that it was last in */
	struct hwaddr hwaddr;
};

struct link_monitor {
	struct loop_source source; /* first: wake casts back */
	struct loop *loop;
	struct mnl_socket *socket;
	link_changed *changed;
	void *owner;

	/* Who is there, ascending: a dump also tells who is not any more. */
	struct known_link *known;
	size_t known_count, known_size;
	unsigned dump;
	bool complete;		 /* there is nobody else */
	struct loop_timer again; /* the next try to have it so */
	nsec again_at;

	nsec now; /* of the wake-up, for the callback */
};

/* The index of the first known link whose ifindex is not below. */
static size_t find_known(const struct link_monitor *m, int ifindex)
{
	struct bisect b = { 0, m->known_count };

	while (b.low < b.high)
		bisect_step(&b, m->known[bisect_middle(b)].ifindex < ifindex);
	return b.low;
}

/* Somebody is not known, or news are lost: the next dump tells. */
static void miss(struct link_monitor *m)
{
	m->complete = false;
	m->again_at = nsec_add(m->now, DUMP_RETRY_NS);
	loop_timer_set(m->loop, &m->again, m->again_at);
}

static void insert_known(struct link_monitor *m, size_t at, int ifindex)
{
	if (m->known_count == m->known_size) {
		size_t size = m->known_size ? 2 * m->known_size : 16;
		struct known_link *known =
			realloc(m->known, size * sizeof(*known));

		if (!known) {
			miss(m);
			return;
		}
		m->known = known;
		m->known_size = size;
	}
	memmove(m->known + at + 1, m->known + at,
		(m->known_count - at) * sizeof(*m->known));
	m->known[at].ifindex = ifindex;
	m->known_count++;
}

static void remove_known(struct link_monitor *m, size_t at)
{
	m->known_count--;
	memmove(m->known + at, m->known + at + 1,
		(m->known_count - at) * sizeof(*m->known));
}

static void keep_known(struct link_monitor *m, const struct link_info *info)
{
	size_t at = find_known(m, info->ifindex);
	bool is_new =
		at == m->known_count || m->known[at].ifindex != info->ifindex;

	if (!info->gone && is_new)
		insert_known(m, at, info->ifindex);
	if (at == m->known_count || m->known[at].ifindex != info->ifindex)
		return;
	if (info->gone) {
		remove_known(m, at);
		return;
	}
	m->known[at].seen = m->dump;
	m->known[at].hwaddr = info->hwaddr;
}

static int take_news(const struct nlmsghdr *message, void *context)
{
	struct link_monitor *m = context;
	struct link_info info;

	if ((message->nlmsg_type == RTM_NEWLINK ||
	     message->nlmsg_type == RTM_DELLINK) &&
	    link_read(message, &info)) {
		keep_known(m, &info);
		m->changed(m->owner, &info, m->now);
	}
	return MNL_CB_OK;
}

/* Calls back for the links that the last dump has not shown. */
static void sweep(struct link_monitor *m)
{
	for (size_t i = m->known_count; i-- > 0;) {
		struct link_info info = { .ifindex = m->known[i].ifindex,
					  .gone = true };

		if (m->known[i].seen == m->dump)
			continue;
		remove_known(m, i);
		m->changed(m->owner, &info, m->now);
	}
}

void link_monitor_widen(struct link_monitor *m)
{
	netlink_set_buffer(m->socket, MONITOR_BUFFER);
}

/* Whatever is queued goes unread. */
static void drop_news(struct link_monitor *m)
{
	void *room = room_take();

	while (netlink_receive(m->socket, room) >= 0 || errno == ENOBUFS ||
	       errno == ENOSPC)
		continue;
	room_give();
}

/*
 * What is queued is older than the dump, and would show a link's past after its
 * present: it goes first.
 */
static int dump_all(struct link_monitor *m)
{
	int error;

	drop_news(m);
	m->dump++;
	m->complete = true;
	error = link_dump(take_news, m);
	if (error)
		miss(m);
	else
		sweep(m);
	return error;
}

static void dump_again(struct loop_timer *timer, nsec now)
{
	struct link_monitor *m = LOOP_OWNER(timer, struct link_monitor, again);

	m->now = now;
	(void)dump_all(m);
}

/* Of thousands nearly all differ in that octet: they are told apart without a call. */
static bool is_known(const struct link_monitor *m, const struct hwaddr *hwaddr)
{
	const size_t last = ARP_HWADDR_SIZE - 1;

	for (size_t i = 0; i < m->known_count; i++) {
		const struct hwaddr *known = &m->known[i].hwaddr;

		if (known->bytes[last] == hwaddr->bytes[last] &&
		    hwaddr_equal(known, hwaddr))
			return true;
	}
	return false;
}

bool link_monitor_owns(struct link_monitor *m, const struct hwaddr *hwaddr,
		       nsec now)
{
	if (is_known(m, hwaddr))
		return true;
	/* Until the first dump only those are known that changed meanwhile. */
	if (m->complete)
		return false;
	m->now = now;
	if (now >= m->again_at && dump_all(m) < 0)
		log_about(NULL, LOG_LEVEL_WARNING,
			  "links not listed: another host's address conflict "
			  "may be seen late");
	return !m->complete || is_known(m, hwaddr);
}

/* False: some are lost. */
static bool take_all_news(struct link_monitor *m, void *room)
{
	for (int i = 0; i < MONITOR_BUDGET; i++) {
		ssize_t size = netlink_receive(m->socket, room);

		if (size < 0)
			/* Else ENOBUFS, or a message longer than the room. */
			return errno == EAGAIN;
		(void)mnl_cb_run(room, (size_t)size, 0, 0, take_news, m);
	}
	return true;
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct link_monitor *m = (struct link_monitor *)source;
	bool lost;
	int error;

	(void)events;
	m->now = now;
	lost = !take_all_news(m, room_take());
	room_give();
	if (!lost)
		return;
	link_monitor_widen(m);
	error = dump_all(m);
	if (error)
		log_about(NULL, LOG_LEVEL_WARNING,
			  "links not listed after an overflow, trying "
			  "again: %s",
			  strerror(-error));
}

int link_monitor_open(struct link_monitor **ret, struct loop *loop,
		      link_changed *changed, void *owner)
{
	struct link_monitor *m = calloc(1, sizeof(*m));
	int error;

	if (!m)
		return -ENOMEM;
	m->loop = loop;
	m->changed = changed;
	m->owner = owner;
	m->again.fire = dump_again;
	m->source.wake = wake;
	error = netlink_watch(&m->socket, RTMGRP_LINK, loop, &m->source);
	if (error) {
		free(m);
		return error;
	}
	*ret = m;
	return 0;
}

void link_monitor_close(struct link_monitor *m)
{
	if (!m)
		return;
	loop_timer_set(m->loop, &m->again, NSEC_NEVER);
	netlink_unwatch(m->socket, m->loop, &m->source);
	free(m->known);
	free(m);
}
