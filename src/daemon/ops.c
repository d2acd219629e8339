/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The effects of the core on Linux: what is sent and heard, the lease file, and
 * who is told. Each does what it is told; what follows from it, the core decides.
 */
#include <string.h>

#include "base/sum.h"
#include "core/names.h"
#include "daemon/daemon.h"
#include "daemon/fallback.h"
#include "daemon/installed.h"
#include "daemon/ipc.h"
#include "daemon/known.h"
#include "daemon/log.h"
#include "daemon/notice_log.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/store.h"
#include "daemon/udp.h"

/* So long after the last change of any lease nothing more is expected. */
#define SETTLE_NS (5 * NSEC_PER_S)

/* A renewal that changes only times reaches the disk no more often. */
#define SYNC_SPACING_NS (600 * NSEC_PER_S)

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
		log_warning("%s: cannot send ARP: %s", i->name, strerror(-r));
	return r;
}

static void sent(struct iface *i, const struct dhcp4_effect *effect, int error)
{
	const char *name = dhcp4_request_name(effect->send.request);

	if (error)
		log_warning("%s: cannot send %s: %s", i->name, name,
			    strerror(error));
	else if (effect->send.number > 1)
		log_info("%s: %s sent, try %u", i->name, name,
			 effect->send.number);
	else
		log_info("%s: %s sent", i->name, name);
}

static int listen_for(struct iface *i, uint32_t xid)
{
	int r = packet_listen(managed_of(i)->daemon->packet, xid);

	if (r < 0)
		log_error("%s: cannot receive: %s", i->name, strerror(-r));
	return r;
}

static void unlisten(struct iface *i, uint32_t xid)
{
	packet_unlisten(managed_of(i)->daemon->packet, xid);
}

static int listen_any(struct iface *i)
{
	int r = packet_listen_any(managed_of(i)->daemon->packet);

	if (r < 0)
		log_error("%s: cannot receive: %s", i->name, strerror(-r));
	return r;
}

static void unlisten_any(struct iface *i)
{
	packet_unlisten_any(managed_of(i)->daemon->packet);
}

static int watch(struct iface *i, ipv4_addr address)
{
	int r = packet_listen(managed_of(i)->daemon->arp, address);

	if (r < 0)
		log_error("%s: cannot receive ARP: %s", i->name, strerror(-r));
	return r;
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

/* ---- the lease file ----------------------------------------------------- */

/* It is a cache: written when the turn ends, after the kernel was asked. */
static void save_lease(struct iface *i, nsec now)
{
	(void)now;
	managed_of(i)->save_due = true;
	daemon_mark_due(managed_of(i));
}

static void forget_lease(struct iface *i)
{
	struct managed *m = managed_of(i);
	int r = store_forget(m->daemon->store, i->name);

	m->save_due = m->sync_due = false;
	if (r < 0)
		log_warning("%s: cannot remove the lease file: %s", i->name,
			    strerror(-r));
}

/* What a lease says besides its times, in a number. */
static uint64_t sum_of(const struct dhcp4_lease *lease)
{
	uint64_t sum = sum_fnv(SUM_FNV_START ^ lease->address,
			       lease->options.bytes, lease->options.used);

	return sum_fnv(sum, lease->router_hw.bytes, lease->router_hw.size);
}

/* A disk that is full or read-only costs the cache, never the lease. */
void daemon_save_lease(struct managed *m, nsec now)
{
	const struct dhcp4_lease *lease = &m->iface.client.lease;
	struct store_networks networks =
		store_networks(m->daemon->store, m->iface.name, now);
	uint64_t sum = sum_of(lease);
	int r;

	if (m->iface.config.known_networks)
		networks_make_room(&networks.slots, lease, now);
	r = store_save(m->daemon->store, m->iface.name, lease, m->mtu.former,
		       now);

	m->save_due = false;
	if (r == 0 && (sum != m->synced_sum ||
		       now >= nsec_add(m->synced_ns, SYNC_SPACING_NS)))
		m->sync_due = true;
	m->synced_sum = sum;
	if (r < 0)
		log_warning("%s: the lease is not stored: %s", m->iface.name,
			    strerror(-r));
}

/* ---- those who listen --------------------------------------------------- */

static void notify(struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	struct managed *m = managed_of(i);
	struct daemon *d = m->daemon;

	notice_log(i, notice, now);
	if (notice->kind == DHCP4_NOTICE_REJECTED)
		return;
	loop_timer_set(d->loop, &d->settle, nsec_add(now, SETTLE_NS));
	ipc_notice(d->ipc, m, notice, now);
	hook_notice(d->hooks, m, notice, now);
	if (d->outcome)
		outcome_notice(d->outcome, m, notice, now);
}

const struct iface_ops daemon_ops = {
	.send_broadcast = send_broadcast,
	.send_unicast = send_unicast,
	.send_arp = send_arp,
	.configure = daemon_configure,
	.deconfigure = daemon_deconfigure,
	.add_fallback = daemon_fallback_add,
	.remove_fallback = daemon_fallback_remove,
	.save_lease = save_lease,
	.forget_lease = forget_lease,
	.known = daemon_known,
	.recall = daemon_recall,
	.notify = notify,
	.sent = sent,
	.listen = listen_for,
	.unlisten = unlisten,
	.watch = watch,
	.unwatch = unwatch,
	.set_deadline = set_deadline,
	.listen_any = listen_any,
	.unlisten_any = unlisten_any,
};

/* ---- the end of a turn -------------------------------------------------- */

/* One of these a turn: a thousand leases at once hold nothing up. */
static bool save_one(struct managed *m, bool *saved, nsec now)
{
	if (m->save_due && !*saved) {
		daemon_save_lease(m, now);
		*saved = true;
	}
	return m->save_due;
}

void daemon_end_turn(struct daemon *d, nsec now)
{
	struct managed *due = d->due;
	bool saved = false;
	int r = packet_flush(d->packet);

	if (r == 0)
		r = packet_flush(d->arp);
	if (r < 0)
		log_error("cannot set the packet filter: %s", strerror(-r));
	d->due = NULL;
	while (due) {
		struct managed *m = due;

		due = m->due_next;
		m->due = false;
		if (m->configured_due) {
			m->configured_due = false;
			iface_configured(&m->iface, 0, now);
		}
		mtu_settle(m, now);
		if (save_one(m, &saved, now))
			daemon_mark_due(m);
	}
	if (d->due)
		loop_timer_set(d->loop, &d->work, now);
}

void daemon_sync_lease(struct managed *m)
{
	int r = store_sync(m->daemon->store, m->iface.name);

	if (r < 0)
		log_warning("%s: the lease is stored, but not on the disk: %s",
			    m->iface.name, strerror(-r));
}

void daemon_settle(struct daemon *d, nsec now)
{
	packet_settle(d->packet);
	packet_settle(d->arp);
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = &d->managed[i];

		if (!m->sync_due)
			continue;
		m->sync_due = false;
		m->synced_ns = now;
		daemon_sync_lease(m);
		/* The next one in the next turn: the disk may be slow. */
		loop_timer_set(d->loop, &d->settle, now);
		return;
	}
}
