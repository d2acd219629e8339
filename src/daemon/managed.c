/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces of a daemon, from their names to their start. Who comes, goes or
 * changes afterwards is presence.c's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

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
		struct managed *m = &d->managed[i];

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

/* ---- what it is --------------------------------------------------------- */

/* What is sent, and by whom: both may be made of the hardware address. */
static void identify(struct managed *m)
{
	struct dhcp4_config *config = &m->iface.config;
	struct sent_settings *before = m->sent;

	m->sent = sent_ref(m->settings->sent);
	sent_unref(before);
	sent_configure(m->settings, m->daemon->secret, config);
	sent_identify(m->settings, &m->daemon->duid, config);
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
	identify(m);
	return true;
}

/* ---- adding ------------------------------------------------------------- */

static enum exit_code no_interface(const char *name, int r)
{
	char names[256];

	if (r != -ENODEV)
		return daemon_fail(name, r);
	if (link_names(names, sizeof(names)) < 0 || !names[0])
		log_error("there is no interface %s, nor any other but loopback",
			  name);
	else
		log_error("there is no interface %s; there are: %s", name, names);
	return EXIT_CODE_NO_INTERFACE;
}

/* An interface has other names, too (ip link property add ... altname). */
static enum exit_code refuse_twice(const struct daemon *d,
				   const struct managed *m, const char *name)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		if (d->managed[i].iface.ifindex != m->iface.ifindex)
			continue;
		log_error("%s is the interface %s, which was named already",
			  name, m->iface.name);
		return EXIT_CODE_USAGE;
	}
	return EXIT_CODE_LEASED;
}

static enum exit_code lock(const struct instance *instance, struct managed *m)
{
	pid_t pid = 0;
	int r = instance_lock(instance, m->iface.ifindex, &pid);

	if (r == -EBUSY) {
		log_error("%s: tenured runs there already, with pid %d",
			  m->iface.name, (int)pid);
		return EXIT_CODE_RUNNING;
	}
	if (r >= 0) {
		m->lock = r;
		return EXIT_CODE_LEASED;
	}
	daemon_fail("cannot lock the interface", r);
	return r == -EACCES ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_FAILED;
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
		log_warning("%s: %s, with pid %d, manages it, too",
			    m->iface.name, m->rival.name, (int)m->rival.pid);
	return !m->settings->force;
}

static enum exit_code refuse_rival(struct managed *m, const struct rivals *rivals)
{
	if (!daemon_has_rival(m, rivals))
		return EXIT_CODE_LEASED;
	log_error("%s: %s manages it already, with pid %d: %s, or use --force",
		  m->iface.name, m->rival.name, (int)m->rival.pid,
		  m->rival.advice);
	return EXIT_CODE_RUNNING;
}

/* The first interface that needs the DUID may have it made of its own address. */
static int load_duid(struct daemon *d, const struct instance *instance,
		     const struct iface_settings *wanted,
		     const struct link_info *link)
{
	const struct settings *settings = d->settings;
	const struct duid_place place = {
		.directory = instance->state_dir,
		.change_owner = instance->change_owner,
		.uid = instance->uid,
		.gid = instance->gid,
		.hardware_type = link->hardware_type,
		.hwaddr = &link->hwaddr,
	};

	if (d->duid.size || !sent_wants_duid(wanted, &link->hwaddr))
		return 0;
	if (settings->duid_file)
		return duid_read(settings->duid_file, &d->duid);
	duid_load(&settings->duid, &place, &d->duid);
	return 0;
}

static enum exit_code no_duid(const struct settings *settings, int r)
{
	log_error("%s: cannot be read as a DUID: %s", settings->duid_file,
		  r == -EBADMSG ? "it holds no line of hex, as in "
				  "00:04:5a:..."
				: strerror(-r));
	return EXIT_CODE_CONFIGURATION;
}

/* Before a server says otherwise, it need not take more (RFC 2131 2). */
static void check_size(const struct managed *m)
{
	const size_t most = DHCP4_PACKET_MIN - FRAME_HEADERS_SIZE;
	size_t size = sent_message_size(&m->iface.config);

	if (size > most)
		log_warning("%s: what is to be sent makes messages of up to %zu "
			    "octets; many servers take no more than %zu",
			    m->iface.name, size, most);
}

static void deadline_reached(struct loop_timer *timer, nsec now)
{
	struct managed *m = LOOP_OWNER(timer, struct managed, timer);

	iface_tick(&m->iface, now);
}

/* Everything about an interface that is known before it starts. */
static int set_up(struct daemon *d, struct managed *m,
		  const struct iface_settings *settings,
		  const struct link_info *link)
{
	struct dhcp4_config *config = &m->iface.config;
	uint8_t seed[32];
	int r;

	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		return -errno;
	m->daemon = d;
	m->settings = settings;
	m->timer.fire = deadline_reached;
	installation_init(&m->installed, m, &daemon_lease_kind);
	installation_init(&m->fallback.installed, m, &daemon_fallback_kind);
	m->excused.fire = presence_excuse_ended;
	storing_init(m);
	m->udp = m->lock = -1;
	m->link.up = link->up;
	m->link.carrier_changes = link->carrier_changes;
	m->iface.ifindex = link->ifindex;
	memcpy(m->iface.name, link->name, sizeof(m->iface.name));
	daemon_note_link(m, link);
	client_config_set(config, settings);
	if (dhcp4_acd_mode(config) != config->acd)
		log_notice("%s: no conflict detection: its hardware address is "
			   "not Ethernet's",
			   link->name);
	identify(m);
	check_size(m);
	r = daemon_set_auth(m, d->settings->auth_keys);
	if (r == 0)
		r = servers_init(m);
	if (r < 0)
		return r;
	iface_init(&m->iface, &d->host, seed);
	return 0;
}

/* It was set up in vain. */
static void drop(struct managed *m)
{
	free(m->iface.pins);
	sent_unref(m->sent);
}

/* An address by other means, about which a server is to be asked. */
static enum exit_code find_own_address(struct managed *m)
{
	ipv4_addr *address = &m->iface.config.inform_address;
	int r = link_own_address(m->iface.ifindex, address);

	if (r < 0)
		return daemon_fail(m->iface.name, r);
	if (*address)
		return EXIT_CODE_LEASED;
	log_error("%s: it has no address to inform a server of; set one first, "
		  "or name one by --inform=ADDRESS",
		  m->iface.name);
	return EXIT_CODE_CONFIGURATION;
}

static enum exit_code add_interfaces(struct daemon *d,
				     const struct instance *instance,
				     const struct rivals *rivals,
				     struct link_info *links)
{
	const struct settings *settings = d->settings;

	d->managed = calloc(settings->iface_count, sizeof(*d->managed));
	d->by_index = calloc(settings->iface_count, sizeof(*d->by_index));
	if (!d->managed || !d->by_index)
		return daemon_fail("memory", -ENOMEM);
	for (size_t i = 0; i < settings->iface_count; i++) {
		const struct iface_settings *wanted = &settings->ifaces[i];
		struct managed *m = &d->managed[i];
		enum exit_code code;
		int r = link_find(wanted->name, &links[i]);

		if (r < 0)
			return no_interface(wanted->name, r);
		r = load_duid(d, instance, wanted, &links[i]);
		if (r < 0)
			return no_duid(settings, r);
		r = set_up(d, m, wanted, &links[i]);
		if (r < 0) {
			drop(m);
			return daemon_fail(wanted->name, r);
		}
		code = refuse_twice(d, m, wanted->name);
		if (code == EXIT_CODE_LEASED && wanted->inform.own)
			code = find_own_address(m);
		if (code == EXIT_CODE_LEASED)
			code = lock(instance, m);
		if (code == EXIT_CODE_LEASED)
			code = refuse_rival(m, rivals);
		if (code != EXIT_CODE_LEASED) {
			drop(m);
			return code;
		}
		d->by_index[d->managed_count++] = m;
	}
	daemon_sort(d);
	return EXIT_CODE_LEASED;
}

enum exit_code daemon_add_interfaces(struct daemon *d,
				     const struct instance *instance,
				     struct link_info *links)
{
	struct rivals *rivals;
	enum exit_code code;
	int r = rivals_open(&rivals, &rivals_host);

	if (r < 0)
		return daemon_fail("memory", r);
	code = add_interfaces(d, instance, rivals, links);
	rivals_close(rivals);
	return code;
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
		log_warning("%s: cannot set it up: %s", m->iface.name,
			    strerror(-r));
}
