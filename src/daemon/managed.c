/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a managed interface is: how it is found, set up and started. Which ones
 * there are is members.c's, how their links change presence.c's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/bisect.h"
#include "daemon/client_config.h"
#include "daemon/daemon.h"
#include "daemon/fallback.h"
#include "daemon/handover.h"
#include "daemon/installed.h"
#include "daemon/link.h"
#include "daemon/list.h"
#include "daemon/log.h"
#include "daemon/presence.h"
#include "daemon/route.h"
#include "daemon/sent.h"
#include "daemon/servers.h"
#include "daemon/upkeep.h"

/* ---- finding ------------------------------------------------------------ */

/* How many there are whose names are below, or such, too. */
static size_t count_names(const struct daemon *d, const char *name, bool such)
{
	struct bisect b = { 0, d->managed_count };

	while (b.low < b.high) {
		const struct managed *m = d->by_name[bisect_middle(b)];
		int order = strcmp(m->iface.name, name);

		bisect_step(&b, order < 0 || (such && order == 0));
	}
	return b.low;
}

static struct managed *if_named(struct managed *m, const char *name)
{
	return strcmp(m->iface.name, name) == 0 ? m : NULL;
}

struct managed *daemon_find(struct daemon *d, const char *name)
{
	size_t at = count_names(d, name, false);

	return at < d->managed_count ? if_named(d->by_name[at], name) : NULL;
}

struct managed *daemon_find_gone(struct daemon *d, const char *name)
{
	size_t at = count_names(d, name, true);
	struct managed *m = at > 0 ? if_named(d->by_name[at - 1], name) : NULL;

	return m && m->link.gone ? m : NULL;
}

/* One that is gone has none: it may be another's by now. */
static int index_of(const struct managed *m)
{
	return m->link.gone ? 0 : m->iface.ifindex;
}

struct managed *daemon_find_index(struct daemon *d, int ifindex)
{
	struct bisect b = { 0, d->managed_count };
	struct managed *m;

	while (b.low < b.high)
		bisect_step(&b,
			    index_of(d->by_index[bisect_middle(b)]) < ifindex);
	m = b.low < d->managed_count ? d->by_index[b.low] : NULL;
	return m && index_of(m) == ifindex ? m : NULL;
}

typedef int compare(const struct managed *, const struct managed *);

static int compare_index(const struct managed *a, const struct managed *b)
{
	return (index_of(a) > index_of(b)) - (index_of(a) < index_of(b));
}

/* Another one may have taken the name of one that is gone. */
static int compare_name(const struct managed *a, const struct managed *b)
{
	int order = strcmp(a->iface.name, b->iface.name);

	return order ? order : a->link.gone - b->link.gone;
}

/* ---- who is in the lists ------------------------------------------------- */

static int make_room(struct managed ***list, size_t count)
{
	struct managed **larger = list_make_room(*list, count, sizeof(**list));

	if (!larger)
		return -ENOMEM;
	*list = larger;
	return 0;
}

/* Where it belongs in a list of so many others. */
static void insert(struct managed **list, size_t count, compare *order,
		   struct managed *m)
{
	struct bisect b = { 0, count };

	while (b.low < b.high)
		bisect_step(&b, order(list[bisect_middle(b)], m) < 0);
	memmove(list + b.low + 1, list + b.low, (count - b.low) * sizeof(*list));
	list[b.low] = m;
}

int daemon_insert(struct managed *m)
{
	struct daemon *d = m->daemon;
	size_t count = d->managed_count;

	if (make_room(&d->managed, count) < 0 ||
	    make_room(&d->by_index, count) < 0 ||
	    make_room(&d->by_name, count) < 0)
		return -ENOMEM;
	insert(d->by_index, count, compare_index, m);
	insert(d->by_name, count, compare_name, m);
	d->managed[d->managed_count++] = m;
	return 0;
}

static void take_out(struct managed **list, size_t count, const struct managed *m)
{
	size_t at = 0;

	while (list[at] != m)
		at++;
	memmove(list + at, list + at + 1, (count - at - 1) * sizeof(*list));
}

void daemon_reorder(struct managed *m)
{
	struct daemon *d = m->daemon;
	size_t count = d->managed_count;

	take_out(d->by_index, count, m);
	insert(d->by_index, count - 1, compare_index, m);
	take_out(d->by_name, count, m);
	insert(d->by_name, count - 1, compare_name, m);
}

void daemon_remove(struct managed *m)
{
	struct daemon *d = m->daemon;

	take_out(d->managed, d->managed_count, m);
	take_out(d->by_index, d->managed_count, m);
	take_out(d->by_name, d->managed_count, m);
	d->managed_count--;
	d->settled = 0;
}

/* ---- what it is --------------------------------------------------------- */

void daemon_identify(struct managed *m)
{
	struct dhcp4_config *config = &m->iface.config;
	struct sent_settings *before = m->sent;

	m->sent = sent_ref(m->settings->sent);
	/* Without memory it has no name, which tells no more of it. */
	if (sent_has_own(m->settings) && !m->pseudonym)
		m->pseudonym = malloc(sizeof(*m->pseudonym));
	sent_configure(m->settings, m->daemon->secret, m->pseudonym, config);
	sent_unref(before);
	sent_identify(m->settings, m->iface.name, &m->daemon->duid, config);
}

/* Loopback and the like have more than option 57 could ever say. */
static uint16_t usable_mtu(const struct link_info *link)
{
	return (uint16_t)(link->mtu > UINT16_MAX ? UINT16_MAX : link->mtu);
}

/* True if it is another one to servers from now on. */
static bool take_link(struct managed *m, const struct link_info *link)
{
	struct dhcp4_config *config = &m->iface.config;

	m->link.mtu = link->mtu;
	m->link.broadcast = link->broadcast;
	m->link.vrf = link->vrf;
	m->link.vrf_table = link->vrf_table;
	config->mtu = usable_mtu(link);
	/* A number that htype cannot hold is the kernel's own, not ARP's. */
	config->hardware_type = link->hardware_type <= UINT8_MAX
					? (uint8_t)link->hardware_type
					: 0;
	if (hwaddr_equal(&config->hwaddr, &link->hwaddr))
		return false;
	config->hwaddr = link->hwaddr;
	return true;
}

bool daemon_note_link(struct managed *m, const struct link_info *link)
{
	bool other = take_link(m, link);

	if (other)
		daemon_identify(m);
	return other;
}

/* Who only asks about an address of other means does not compete for it. */
bool daemon_has_rival(struct managed *m, const struct rivals *rivals)
{
	if (m->iface.config.inform_address ||
	    !rivals_find(rivals, m->iface.name, m->iface.ifindex, &m->rival)) {
		m->rival = (struct rival){ 0 };
		return false;
	}
	ASSERT(m->settings);
	if (m->settings->force)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "%s, with pid %d, manages it, too", m->rival.name,
			  (int)m->rival.pid);
	return !m->settings->force;
}

/* Before a server says otherwise, it need not take more (RFC 2131 2). */
static void check_size(const struct managed *m)
{
	const size_t most = DHCP4_PACKET_MIN - FRAME_HEADERS_SIZE;
	size_t size = sent_message_size(&m->iface.config);

	if (size > most)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "what is to be sent makes messages of up to %zu "
			  "octets; many servers take no more than %zu",
			  size, most);
}

static void deadline_reached(struct loop_timer *timer, nsec now)
{
	struct managed *m = LOOP_OWNER(timer, struct managed, timer);

	iface_tick(&m->iface, now);
}

int daemon_set_up(struct managed *m, struct daemon *d,
		  const struct iface_settings *settings,
		  const struct link_info *link)
{
	struct dhcp4_config *config = &m->iface.config;
	uint8_t seed[32];
	int r;

	m->udp = m->lock = -1;
	m->daemon = d;
	m->settings = settings;
	m->timer.fire = deadline_reached;
	installation_init(&m->installed, m, &daemon_lease_kind);
	installation_init(&m->fallback.installed, m, &daemon_fallback_kind);
	m->excused.fire = presence_excuse_ended;
	storing_init(m);
	m->link.up = link->up;
	m->link.carrier_changes = link->carrier_changes;
	m->iface.ifindex = link->ifindex;
	memcpy(m->iface.name, link->name, sizeof(m->iface.name));
	take_link(m, link);
	client_config_set(config, settings);
	/* Of one that is waited for nothing is known. */
	if (link->ifindex && dhcp4_acd_mode(config) != config->acd)
		log_about(link->name, LOG_LEVEL_NOTICE,
			  "no conflict detection: its hardware address is "
			  "not Ethernet's");
	daemon_identify(m);
	check_size(m);
	r = servers_init(m);
	if (r < 0)
		return r;
	prng_seed(&d->seeds, seed);
	r = iface_init(&m->iface, &d->host, seed);
	if (r < 0)
		return r;
	/* The last one: who is waited for goes on without. */
	return daemon_set_auth(m, d->settings->auth_keys);
}

void daemon_free_managed(struct managed *m)
{
	if (!m)
		return;
	if (m->lock >= 0)
		close(m->lock);
	free(m->iface.pins);
	iface_free(&m->iface);
	sent_unref(m->sent);
	free(m->pseudonym);
	free(m->key);
	if (m->own)
		iface_settings_clear(m->own);
	free(m->own);
	free(m);
}

/* ---- starting ----------------------------------------------------------- */

/*
 * A lease of an earlier run: held if the kernel still has its address. That is of
 * this boot even where the file is not: an unconfirmed lease is not written anew.
 */
static void load_lease(struct daemon *d, struct managed *m, nsec now)
{
	struct lease_file file;
	bool has = false;
	uint32_t valid_s;

	if (m->iface.config.inform_address ||
	    handover_load(d->handover, d->store, m->iface.name, now, &file) < 0)
		return;
	if (file.same_boot)
		mtu_adopt(m, file.former_mtu);
	upkeep_listen(d);
	if (file.time_known && m->settings->configure &&
	    link_has_address(m->iface.ifindex, file.lease.address, &has,
			     &valid_s) < 0)
		has = false;
	if (has) {
		daemon_adopt(m, &file.lease, now);
		hook_adopt(d->hooks, m, &file.lease, now);
	}
	iface_load_lease(&m->iface, &file.lease, has,
			 file.time_known && m->settings->configure, now);
}

void daemon_start(struct managed *m, const struct link_info *link, nsec now)
{
	int r;

	if (presence_is_port(m, link))
		return;
	daemon_fallback_init(m);
	load_lease(m->daemon, m, now);
	m->link.carrier = link->carrier;
	iface_carrier(&m->iface, link->carrier, now);
	iface_start(&m->iface, now);
	daemon_fallback_adopt(m, now);
	r = link->up ? 0 : route_link_up(m->iface.ifindex);
	if (r < 0)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "cannot set it up: %s", strerror(-r));
}
