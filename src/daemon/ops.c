/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The effects of the core on Linux: packets, addresses, files, log lines. It
 * does what it is told; what follows from it, the core decides.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/sum.h"
#include "core/names.h"
#include "daemon/daemon.h"
#include "daemon/fallback.h"
#include "daemon/ipc.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/route.h"
#include "daemon/store.h"
#include "daemon/udp.h"

#define METRIC_BASE 1000

/* So long after the last change of any lease nothing more is expected. */
#define SETTLE_NS (5 * NSEC_PER_S)

/* What could not be removed for want of memory is, so much later. */
#define REMOVAL_RETRY_NS NSEC_PER_S

/* A renewal that changes only times reaches the disk no more often. */
#define SYNC_SPACING_NS (600 * NSEC_PER_S)

static struct managed *managed_of(struct iface *i)
{
	return (struct managed *)i;
}

/* Something is left for the end of the turn. */
static void mark_due(struct managed *m)
{
	if (m->due)
		return;
	m->due = true;
	m->due_next = m->daemon->due;
	m->daemon->due = m;
}

static const char *text_of(char buffer[20], ipv4_addr address)
{
	struct str s = str_over(buffer, 20);

	str_ipv4(&s, address);
	return buffer;
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

	if (loop_timer_set(m->daemon->loop, &m->timer, deadline) < 0)
		log_error("%s: no memory for a timer", i->name);
}

/* ---- the kernel --------------------------------------------------------- */

uint32_t daemon_metric(const struct managed *m)
{
	return m->settings->metric ? m->settings->metric
				   : METRIC_BASE + (uint32_t)m->iface.ifindex;
}

uint32_t daemon_table(const struct managed *m)
{
	if (m->settings->table != SETTINGS_TABLE_DEFAULT)
		return m->settings->table;
	return m->link.vrf_table ? m->link.vrf_table : ROUTE_TABLE_MAIN;
}

static struct route_state *state_of(const struct managed *m,
				    const struct dhcp4_lease *lease, nsec now)
{
	const struct iface_settings *settings = m->settings;
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	unsigned count = lease_routes(lease, settings->accept_routes, routes);
	struct route_state *state =
		malloc(sizeof(*state) + count * sizeof(*routes));

	if (!state)
		return NULL;
	*state = (struct route_state){
		.ifindex = m->iface.ifindex,
		.address = lease->address,
		.prefix_length = lease->prefix_length,
		.broadcast = lease_broadcast(lease),
		.valid_s = lease_remaining_s(lease, now),
		.metric = daemon_metric(m),
		.table = daemon_table(m),
	};
	for (unsigned i = 0; i < count; i++) {
		if (settings->gateway || routes[i].prefix_length > 0)
			state->routes[state->route_count++] = routes[i];
	}
	return state;
}

static bool has_route(const struct route_state *state,
		      const struct dhcp4_route *route)
{
	for (unsigned i = 0; state && i < state->route_count; i++) {
		if (state->routes[i].destination == route->destination &&
		    state->routes[i].prefix_length == route->prefix_length)
			return true;
	}
	return false;
}

/*
 * A server's route to a part of the world goes before any other interface's to
 * more of it, a VPN's too (CVE-2024-3661): who did not expect that is told.
 */
static void warn_of_diversions(const struct managed *m,
			       const struct route_state *state)
{
	if (state->table != ROUTE_TABLE_MAIN)
		return;
	for (unsigned i = 0; i < state->route_count; i++) {
		const struct dhcp4_route *route = &state->routes[i];
		char text[20], name[IF_NAMESIZE];
		ipv4_addr middle = route->destination;
		int ifindex;

		if (route->prefix_length == 0 || has_route(m->installed, route))
			continue;
		if (route->prefix_length < 32)
			middle |= UINT32_C(1) << (31 - route->prefix_length);
		if (link_towards(middle, &ifindex) < 0 || ifindex == 0 ||
		    ifindex == m->iface.ifindex ||
		    !if_indextoname((unsigned)ifindex, name))
			continue;
		log_warning("%s: the server's route to %s/%u takes traffic from "
			    "%s; --routes=default-only refuses such routes",
			    m->iface.name, text_of(text, route->destination),
			    route->prefix_length, name);
	}
}

static void configured(void *context, const char *what, int error, nsec now)
{
	struct managed *m = context;

	if (error)
		log_error("%s: %s: %s", m->iface.name, what, strerror(error));
	iface_configured(&m->iface, error, now);
}

static int configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	struct managed *m = managed_of(i);
	struct route_state *state;
	int r;

	/* What is to go is replaced by this, now or when it is tried again. */
	loop_timer_set(m->daemon->loop, &m->removal, NSEC_NEVER);
	if (!m->settings->configure) {
		m->configured_due = true;
		mark_due(m);
		return 0;
	}
	state = state_of(m, lease, now);
	if (!state)
		return -ENOMEM;
	warn_of_diversions(m, state);
	route_cancel(m->daemon->route, m);
	r = route_change(m->daemon->route, m->installed, state, configured, m);
	if (r < 0) {
		log_error("%s: cannot ask the kernel: %s", i->name, strerror(-r));
		free(state);
		return r;
	}
	free(m->installed);
	m->installed = state;
	mark_due(m);
	return 0;
}

void daemon_adopt(struct managed *m, const struct dhcp4_lease *lease, nsec now)
{
	m->adopted = lease->address;
	/* Without memory it is adopted when it is configured again. */
	m->installed = state_of(m, lease, now);
}

/* A removal that failed is said; the address has its lifetime all the same. */
static void withdrawn(void *context, const char *what, int error, nsec now)
{
	const struct managed *m = context;

	(void)now;
	if (error)
		log_error("%s: cannot remove %s: %s", m->iface.name, what,
			  strerror(error));
}

/*
 * Takes away what is installed, if it is. What the kernel could not even be
 * asked to remove stays on record, and is asked for again: its lifetime alone
 * would not do, which a suspend stops.
 */
void daemon_remove(struct managed *m, nsec now)
{
	int r;

	m->configured_due = false;
	if (!m->installed)
		return;
	route_cancel(m->daemon->route, m);
	r = route_change(m->daemon->route, m->installed, NULL, withdrawn, m);
	if (r < 0) {
		log_error("%s: cannot remove the address, trying again: %s",
			  m->iface.name, strerror(-r));
		loop_timer_set(m->daemon->loop, &m->removal,
			       nsec_add(now, REMOVAL_RETRY_NS));
		return;
	}
	free(m->installed);
	m->installed = NULL;
}

static void deconfigure(struct iface *i, enum dhcp4_loss why, nsec now)
{
	(void)why;
	daemon_remove(managed_of(i), now);
	mark_due(managed_of(i));
}

void daemon_withdraw(struct daemon *d, nsec now)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = &d->managed[i];

		/* Hooks may know of one that the kernel was never told of. */
		if (m->adopted &&
		    (!m->installed || m->installed->address == m->adopted))
			continue;
		if (d->settings->release_on_exit)
			iface_stop(&m->iface, true, now);
		mtu_restore(m, now);
		daemon_remove(m, now);
		hook_withdraw(d->hooks, m, now);
	}
	route_drain(d->route);
}

/* ---- the lease file ----------------------------------------------------- */

/* It is a cache: written when the turn ends, after the kernel was asked. */
static void save_lease(struct iface *i, nsec now)
{
	(void)now;
	managed_of(i)->save_due = true;
	mark_due(managed_of(i));
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

static void known(struct iface *i, nsec now, struct attach_known *ret)
{
	struct store_networks networks =
		store_networks(managed_of(i)->daemon->store, i->name, now);
	bool has = i->client.tenure != DHCP4_TENURE_NONE;

	networks_known(&networks.slots, &i->config,
		       has ? &i->client.lease : NULL, now, ret);
}

static void recall(struct iface *i, uint8_t index, nsec now)
{
	struct managed *m = managed_of(i);
	struct store_networks networks =
		store_networks(m->daemon->store, i->name, now);
	struct lease_file file;

	if (networks.slots.load(&networks.slots, index - 1U, &file) < 0)
		return;
	networks_recall(&networks.slots, index - 1U);
	iface_recalled(i, &file.lease,
		       file.time_known && m->settings->configure, now);
}

/* The name of where we are, as far as anybody told. */
static const struct network_id *present_name(const struct iface *i)
{
	if (i->config.network.size || i->client.tenure == DHCP4_TENURE_NONE)
		return &i->config.network;
	return &i->client.lease.network;
}

static void recall_by_name(struct managed *m, nsec now)
{
	struct iface *i = &m->iface;
	struct store_networks networks =
		store_networks(m->daemon->store, i->name, now);
	struct lease_file file;
	int slot;

	if (!i->config.known_networks)
		return;
	slot = networks_find(&networks.slots, &i->config.network, now, &file);
	if (slot < 0)
		return;
	networks_recall(&networks.slots, (unsigned)slot);
	iface_recalled(i, &file.lease,
		       file.time_known && m->settings->configure, now);
}

/* As if the carrier had been lost: what is leased is confirmed. */
static void confirm_lease(struct iface *i, nsec now)
{
	bool leased = i->client.state == DHCP4_STATE_BOUND ||
		      i->client.state == DHCP4_STATE_RENEWING ||
		      i->client.state == DHCP4_STATE_REBINDING;

	/* The lease takes the name in any case. */
	iface_reconfigured(i, false, now);
	if (!leased || now < i->client.restart_at)
		return;
	iface_carrier(i, false, now);
	iface_carrier(i, true, now);
}

void daemon_name_network(struct managed *m, const struct network_id *id, nsec now)
{
	struct iface *i = &m->iface;
	const struct network_id before = *present_name(i);
	bool carrier = i->client.carrier;

	i->config.network = *id;
	if (before.size && !network_id_equal(&before, id)) {
		log_info("%s: another network", i->name);
		iface_moved(i, now);
		recall_by_name(m, now);
		iface_carrier(i, carrier, now);
	} else if (i->client.tenure == DHCP4_TENURE_NONE) {
		recall_by_name(m, now);
	} else {
		confirm_lease(i, now);
	}
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

/* ---- log lines and those who listen ------------------------------------- */

static void log_lease(const struct iface *i, nsec now)
{
	const struct dhcp4_lease *lease = &i->client.lease;
	char address[20], server[20], left[32], renewal[32];
	struct str l = str_over(left, sizeof(left));
	struct str r = str_over(renewal, sizeof(renewal));

	if (lease->expiry_ns == NSEC_NEVER) {
		str_text(&l, "ever");
		str_text(&r, "never");
	} else {
		str_duration(&l, lease_remaining_s(lease, now));
		str_text(&r, "in ");
		str_duration(&r, nsec_until(now, lease->t1_ns) / NSEC_PER_S);
	}
	log_notice("%s: leased %s/%u from %s for %s, renewal %s", i->name,
		   text_of(address, lease->address), lease->prefix_length,
		   lease_is_bootp(lease) ? "BOOTP"
					 : text_of(server, lease->server_id),
		   left, renewal);
}

/* What a server says, or not, of other things than a lease. */
static void log_word_of(const struct iface *i,
			const struct dhcp4_notice *notice, nsec now)
{
	char address[20], server[20], left[32];
	struct str s = str_over(left, sizeof(left));

	text_of(address, notice->address);
	text_of(server, notice->server);
	str_duration(&s, nsec_until(now, i->client.send_at) / NSEC_PER_S);
	if (notice->kind == DHCP4_NOTICE_V6ONLY)
		log_notice("%s: %s prefers IPv6 alone; no IPv4 for %s", i->name,
			   server, left);
	else if (notice->kind == DHCP4_NOTICE_NO_ADDRESS)
		log_warning("%s: %s has no address to give%s%s", i->name,
			    server, *notice->text ? ": " : "", notice->text);
	else if (notice->kind == DHCP4_NOTICE_UNAUTHENTICATED)
		log_warning("%s: accepted without authentication: %s", i->name,
			    server);
	else if (notice->kind == DHCP4_NOTICE_FORCED)
		log_notice("%s: FORCERENEW from %s", i->name, server);
	else if (notice->kind == DHCP4_NOTICE_SILENT)
		log_warning("%s: %s offered %s and then fell silent; starting again",
			    i->name, server, address);
	else if (notice->kind == DHCP4_NOTICE_ATTACHED)
		log_notice("%s: a known network: router %s is here, for %s",
			   i->name, server, address);
	else
		log_notice("%s: parameters from %s", i->name, server);
}

/* Notices that tell of what a server did, or did not. */
static void log_notice_of(const struct iface *i,
			  const struct dhcp4_notice *notice, nsec now)
{
	char address[20], server[20];

	text_of(address, notice->address);
	text_of(server, notice->server);
	switch (notice->kind) {
	case DHCP4_NOTICE_TRANSITION:
		log_info("%s: %s -> %s", i->name, dhcp4_state_name(notice->from),
			 dhcp4_state_name(notice->to));
		break;
	case DHCP4_NOTICE_OFFER:
		log_info("%s: OFFER of %s from %s", i->name, address, server);
		break;
	case DHCP4_NOTICE_NAK:
		log_warning("%s: NAK from %s%s", i->name, server,
			    notice->irregular ? ", which did not name itself"
					      : "");
		break;
	case DHCP4_NOTICE_ACK:
		log_lease(i, now);
		break;
	case DHCP4_NOTICE_REJECTED:
		log_debug("%s: packet refused: %s", i->name,
			  reject_text(notice->reject));
		break;
	case DHCP4_NOTICE_UNCONFIRMED:
		log_warning("%s: no server confirmed %s; using it to its expiry",
			    i->name, address);
		break;
	case DHCP4_NOTICE_MASK_GUESSED:
		log_warning("%s: the server sent no subnet mask; taking %s/%u",
			    i->name, address, i->client.lease.prefix_length);
		break;
	case DHCP4_NOTICE_LOST:
		log_notice("%s: %s is gone: %s", i->name, address,
			   dhcp4_loss_name(notice->loss));
		break;
	case DHCP4_NOTICE_WITHDRAWN:
		log_notice("%s: %s is not used until it is checked", i->name,
			   address);
		break;
	case DHCP4_NOTICE_READY:
		log_info("%s: %s is ready", i->name, address);
		break;
	case DHCP4_NOTICE_CONFIGURE_FAILED:
		log_warning("%s: %s is not configured yet; trying again",
			    i->name, address);
		break;
	case DHCP4_NOTICE_CONFLICT:
		log_warning("%s: another host uses %s", i->name, address);
		break;
	case DHCP4_NOTICE_DEFENDED:
		log_warning("%s: another host claimed %s; defended", i->name,
			    address);
		break;
	case DHCP4_NOTICE_FALLBACK_READY:
	case DHCP4_NOTICE_FALLBACK_ENDED:
	case DHCP4_NOTICE_FALLBACK_TAKEN:
	case DHCP4_NOTICE_FALLBACK_FAILED:
		daemon_fallback_log(i, notice);
		break;
	case DHCP4_NOTICE_SILENT:
	case DHCP4_NOTICE_INFORMED:
	case DHCP4_NOTICE_V6ONLY:
	case DHCP4_NOTICE_NO_ADDRESS:
	case DHCP4_NOTICE_UNAUTHENTICATED:
	case DHCP4_NOTICE_FORCED:
	case DHCP4_NOTICE_ATTACHED:
		log_word_of(i, notice, now);
		break;
	}
}

static void notify(struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	struct managed *m = managed_of(i);
	struct daemon *d = m->daemon;

	log_notice_of(i, notice, now);
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
	.configure = configure,
	.deconfigure = deconfigure,
	.add_fallback = daemon_fallback_add,
	.remove_fallback = daemon_fallback_remove,
	.save_lease = save_lease,
	.forget_lease = forget_lease,
	.known = known,
	.recall = recall,
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
			mark_due(m);
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
