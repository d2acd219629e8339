/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The effects of the core on Linux: what is sent and heard, the lease file, and
 * who is told. Each does what it is told; what follows from it, the core decides.
 */
#include <string.h>

#include "core/names.h"
#include "daemon/daemon.h"
#include "daemon/fallback.h"
#include "daemon/installed.h"
#include "daemon/ipc.h"
#include "daemon/known.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/notice_log.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/service_notify.h"
#include "daemon/storing.h"
#include "daemon/udp.h"
#include "daemon/upkeep.h"
#include "host/netlink.h"

/* So long after the last change of any lease nothing more is expected. */
#define SETTLE_NS (5 * NSEC_PER_S)

void daemon_mark_due(struct managed *m)
{
	if (m->due)
		return;
	m->due = true;
	m->due_next = m->daemon->due;
	m->daemon->due = m;
}

/* ---- packets ------------------------------------------------------------ */

static int send_broadcast(struct iface *i, const void *packet, size_t size)
{
	struct managed *m = managed_of(i);

	return packet_send(m->daemon->packet, i->ifindex, &m->link.broadcast,
			   packet, size);
}

static int send_unicast(struct iface *i, const struct dhcp4_effect *effect)
{
	struct managed *m = managed_of(i);
	const struct hwaddr *hw = &effect->send.hw;

	if (effect->send.by_socket && m->udp >= 0)
		return udp_send(m->udp, i->ifindex, effect->send.packet[1],
				effect->send.source, effect->send.destination,
				effect->send.packet + FRAME_HEADERS_SIZE,
				effect->send.size - FRAME_HEADERS_SIZE);
	/* No known hardware address: everybody hears it, one is meant. */
	return packet_send(m->daemon->packet, i->ifindex,
			   hw->size ? hw : &m->link.broadcast,
			   effect->send.packet, effect->send.size);
}

static int send_arp(struct iface *i, const struct dhcp4_effect *effect)
{
	struct managed *m = managed_of(i);
	const struct hwaddr *to = &effect->arp.to;
	int r = packet_send(m->daemon->arp, i->ifindex,
			    to->size ? to : &m->link.broadcast,
			    effect->arp.packet, ARP_SIZE);

	if (r < 0)
		log_about(i->name, LOG_LEVEL_WARNING, "cannot send ARP: %s",
			  strerror(-r));
	return r;
}

static void sent(struct iface *i, const struct dhcp4_effect *effect, int error)
{
	notice_log_sent(i, effect, error);
	ipc_sent(managed_of(i)->daemon->ipc, managed_of(i), effect, error);
}

/* It is said if it failed: nothing is heard then, and nobody else says so. */
static int listened(const struct iface *i, const char *failure, int r)
{
	if (r < 0)
		log_about(i->name, LOG_LEVEL_ERROR, "%s: %s", failure,
			  strerror(-r));
	return r;
}

static int listen_for(struct iface *i, uint32_t xid)
{
	return listened(i, "cannot receive",
			packet_listen(managed_of(i)->daemon->packet, xid));
}

static void unlisten(struct iface *i, uint32_t xid)
{
	packet_unlisten(managed_of(i)->daemon->packet, xid);
}

static int listen_any(struct iface *i)
{
	return listened(i, "cannot receive",
			packet_listen_any(managed_of(i)->daemon->packet));
}

static void unlisten_any(struct iface *i)
{
	packet_unlisten_any(managed_of(i)->daemon->packet);
}

static int watch(struct iface *i, ipv4_addr address)
{
	return listened(i, "cannot receive ARP",
			packet_listen(managed_of(i)->daemon->arp, address));
}

static void unwatch(struct iface *i, ipv4_addr address)
{
	packet_unlisten(managed_of(i)->daemon->arp, address);
}

static void set_deadline(struct iface *i, nsec deadline)
{
	struct managed *m = managed_of(i);

	loop_timer_set(m->daemon->loop, &m->timer, deadline);
}

void daemon_settle_later(struct daemon *d, nsec now)
{
	d->settled = 0;
	loop_timer_set(d->loop, &d->settle, nsec_add(now, SETTLE_NS));
}

/* ---- those who listen --------------------------------------------------- */

static void notify(struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	struct managed *m = managed_of(i);
	struct daemon *d = m->daemon;

	notice_log(i, notice, now);
	if (notice->kind == DHCP4_NOTICE_REJECTED)
		return;
	daemon_settle_later(d, now);
	service_notify_changed(d->service);
	ipc_notice(d->ipc, m, notice, now);
	hook_notice(d->hooks, m, notice, now);
	if (d->outcome)
		outcome_notice(d->outcome, m, notice, now);
}

static void stepped(struct iface *i, nsec now)
{
	ipc_stepped(managed_of(i)->daemon->ipc, managed_of(i), now);
}

const struct iface_ops daemon_ops = {
	.send_broadcast = send_broadcast,
	.send_unicast = send_unicast,
	.send_arp = send_arp,
	.configure = daemon_configure,
	.deconfigure = daemon_deconfigure,
	.add_fallback = daemon_fallback_add,
	.remove_fallback = daemon_fallback_remove,
	.save_lease = storing_save,
	.forget_lease = storing_forget,
	.known = daemon_known,
	.recall = daemon_recall,
	.notify = notify,
	.sent = sent,
	.stepped = stepped,
	.listen = listen_for,
	.unlisten = unlisten,
	.watch = watch,
	.unwatch = unwatch,
	.set_deadline = set_deadline,
	.listen_any = listen_any,
	.unlisten_any = unlisten_any,
};

/* ---- the end of a turn -------------------------------------------------- */

static void mark_unsaved(struct managed *m)
{
	if (m->unsaved)
		return;
	m->unsaved = true;
	m->unsaved_next = m->daemon->unsaved;
	m->daemon->unsaved = m;
}

/* Those that are due; who has a file to write waits for its turn. */
static void settle_due(struct daemon *d, nsec now)
{
	struct managed *due = d->due;

	d->due = NULL;
	while (due) {
		struct managed *m = due;

		due = m->due_next;
		m->due = false;
		mtu_settle(m, now);
		if (storing_has_work(m))
			mark_unsaved(m);
	}
}

/* One of these a turn: a thousand leases hold nothing up. */
static void save_one(struct daemon *d, nsec now)
{
	bool saved = false;

	while (d->unsaved && !saved) {
		struct managed *m = d->unsaved;

		d->unsaved = m->unsaved_next;
		m->unsaved = false;
		saved = storing_has_work(m);
		storing_work(m, now);
	}
}

void daemon_end_turn(struct daemon *d, nsec now)
{
	int r = packet_flush(d->packet);

	if (r == 0)
		r = packet_flush(d->arp);
	if (r < 0)
		log_about(NULL, LOG_LEVEL_ERROR,
			  "cannot set the packet filter: %s", strerror(-r));
	settle_due(d, now);
	save_one(d, now);
	if (d->due || d->unsaved)
		loop_timer_set(d->loop, &d->work, now);
	upkeep_listen(d);
	ipc_end_turn(d->ipc, now);
	members_bury(d);
	netlink_rest();
}

void daemon_settle(struct daemon *d, nsec now)
{
	packet_settle(d->packet);
	packet_settle(d->arp);
	while (d->settled < d->managed_count) {
		if (!storing_settle(d->managed[d->settled++], now))
			continue;
		/* The next one in the next turn: the disk may be slow. */
		loop_timer_set(d->loop, &d->settle, now);
		return;
	}
}
