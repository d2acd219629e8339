/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a managed interface is: how it is found, set up and started. Which ones
 * there are is members.c's, how their links change presence.c's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/client_config.h"
#include "daemon/daemon.h"
#include "daemon/fallback.h"
#include "daemon/installed.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/presence.h"
#include "daemon/route.h"
#include "daemon/sent.h"
#include "daemon/servers.h"

/* ---- finding ------------------------------------------------------------ */

struct managed *daemon_find(struct daemon *d, const char *name)
{
	struct managed *gone = NULL;

	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = d->managed[i];

		if (strcmp(m->iface.name, name) != 0)
			continue;
		/* Another one may have taken the name of one that is gone. */
		if (!m->link.gone)
			return m;
		gone = m;
	}
	return gone;
}

/* One that is gone has none: it may be another's by now. */
static int index_of(const struct managed *m)
{
	return m->link.gone ? 0 : m->iface.ifindex;
}

struct managed *daemon_find_index(struct daemon *d, int ifindex)
{
	size_t low = 0, high = d->managed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct managed *m = d->by_index[middle];

		if (index_of(m) == ifindex)
			return m;
		if (index_of(m) < ifindex)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int compare_index(const void *a, const void *b)
{
	const struct managed *const *x = a, *const *y = b;

	return (index_of(*x) > index_of(*y)) - (index_of(*x) < index_of(*y));
}

void daemon_sort(struct daemon *d)
{
	qsort(d->by_index, d->managed_count, sizeof(*d->by_index), compare_index);
}

/* ---- who is in the lists ------------------------------------------------- */

/* There is room for the next power of two. */
static int make_room(struct managed ***list, size_t count)
{
	struct managed **larger;

	if (count & (count - 1))
		return 0;
	larger = reallocarray(*list, count ? 2 * count : 1, sizeof(**list));
	if (!larger)
		return -ENOMEM;
	*list = larger;
	return 0;
}

int daemon_insert(struct managed *m)
{
	struct daemon *d = m->daemon;
	size_t at = d->managed_count;

	if (make_room(&d->managed, at) < 0 || make_room(&d->by_index, at) < 0)
		return -ENOMEM;
	d->managed[d->managed_count++] = m;
	/* As a rule the newest one has the highest index. */
	for (; at > 0 && compare_index(&d->by_index[at - 1], &m) > 0; at--)
		d->by_index[at] = d->by_index[at - 1];
	d->by_index[at] = m;
	return 0;
}

static void take_out(struct managed **list, size_t count, const struct managed *m)
{
	size_t at = 0;

	while (list[at] != m)
		at++;
	memmove(list + at, list + at + 1, (count - at - 1) * sizeof(*list));
}

void daemon_remove(struct managed *m)
{
	struct daemon *d = m->daemon;

	take_out(d->managed, d->managed_count, m);
	take_out(d->by_index, d->managed_count, m);
	d->managed_count--;
}

/* ---- what it is --------------------------------------------------------- */

void daemon_identify(struct managed *m)
{
	struct dhcp4_config *config = &m->iface.config;
	struct sent_settings *before = m->sent;

	m->sent = sent_ref(m->settings->sent);
	sent_unref(before);
	sent_configure(m->settings, m->daemon->secret, config);
	sent_identify(m->settings, m->iface.name, &m->daemon->duid, config);
}

/* Loopback and the like have more than option 57 could ever say. */
static uint16_t usable_mtu(const struct link_info *link)
{
	return (uint16_t)(link->mtu > UINT16_MAX ? UINT16_MAX : link->mtu);
}

bool daemon_note_link(struct managed *m, const struct link_info *link)
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
	daemon_identify(m);
	return true;
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
	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		return -errno;
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
	daemon_note_link(m, link);
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
	iface_init(&m->iface, &d->host, seed);
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
	sent_unref(m->sent);
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
	    store_load(d->store, m->iface.name, now, &file) < 0)
		return;
	if (file.same_boot)
		mtu_adopt(m, file.former_mtu);
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
	/*
	 * Also for a link that is up: without promote_secondaries an address of
	 * somebody else would go with ours.
	 */
	r = route_link_up(m->iface.ifindex, m->settings->configure);
	if (r < 0)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "cannot set it up: %s", strerror(-r));
}
