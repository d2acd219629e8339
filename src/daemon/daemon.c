/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon put together: opened in the order that privileges allow, its
 * wake-ups led to the interfaces they are about, and closed.
 */
#include "daemon/daemon.h"

#include <config.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/fallback.h"
#include "daemon/hook.h"
#include "daemon/instance.h"
#include "daemon/ipc.h"
#include "daemon/link.h"
#include "daemon/keys_exchange.h"
#include "daemon/log.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/presence.h"
#include "daemon/route.h"
#include "daemon/sent.h"
#include "daemon/store.h"
#include "daemon/vrf.h"

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

/* ---- wake-ups ----------------------------------------------------------- */

static void frame_received(void *owner, const struct packet_frame *frame, nsec now)
{
	struct managed *m = daemon_find_index(owner, frame->ifindex);

	if (m)
		iface_frame(&m->iface, frame->bytes, frame->size,
			    frame->checksum_partial, &frame->source, now);
}

/* What an interface of this host sends, as another of them hears it, is ours. */
static void arp_received(void *owner, const struct packet_frame *frame, nsec now)
{
	struct daemon *d = owner;
	struct managed *m = daemon_find_index(d, frame->ifindex);
	struct hwaddr sender = { .size = ARP_HWADDR_SIZE };
	struct arp arp;

	if (!m || !arp_parse(frame->bytes, frame->size, &arp))
		return;
	memcpy(sender.bytes, arp.sender_hw, ARP_HWADDR_SIZE);
	iface_arp(&m->iface, frame->bytes, frame->size,
		  link_monitor_owns(d->links, &sender, now), now);
}

static void deadline_reached(struct loop_timer *timer, nsec now)
{
	struct managed *m = LOOP_OWNER(timer, struct managed, timer);

	iface_tick(&m->iface, now);
}

static void removal_reached(struct loop_timer *timer, nsec now)
{
	daemon_remove(LOOP_OWNER(timer, struct managed, removal), now);
}

static void settle_reached(struct loop_timer *timer, nsec now)
{
	daemon_settle(LOOP_OWNER(timer, struct daemon, settle), now);
}

/* Its end of the turn does the work. */
static void work_reached(struct loop_timer *timer, nsec now)
{
	(void)timer;
	(void)now;
}

/* What is sent, and by whom: both may be made of the hardware address. */
static void identify(struct managed *m)
{
	struct dhcp4_config *config = &m->iface.config;

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

static void for_all(struct daemon *d, void (*act)(struct iface *, nsec), nsec now)
{
	for (size_t i = 0; i < d->managed_count; i++)
		act(&d->managed[i].iface, now);
}

static void release(struct iface *i, nsec now)
{
	iface_stop(i, true, now);
}

/* SIGTERM keeps address and lease, and says nothing to the server. */
static void end(struct daemon *d, nsec now)
{
	enum exit_code code =
		d->outcome ? outcome_ended(d->outcome) : EXIT_CODE_LEASED;

	if (d->settings->release_on_exit)
		for_all(d, release, now);
	loop_quit(d->loop, (int)code);
}

static void signalled(void *owner, int signal, nsec now)
{
	struct daemon *d = owner;

	switch (signal) {
	case SIGTERM:
	case SIGINT:
		end(d, now);
		break;
	case SIGUSR1:
		for_all(d, iface_renew, now);
		break;
	case SIGUSR2:
		for_all(d, release, now);
		break;
	case SIGHUP:
		log_notice("SIGHUP: settings are read at the start only");
		break;
	default:
		UNREACHABLE();
	}
}

static void resumed(void *owner, nsec now)
{
	for_all(owner, iface_resumed, now);
}

static void turn_ended(void *owner, nsec now)
{
	daemon_end_turn(owner, now);
}

/* ---- the start ---------------------------------------------------------- */

static enum exit_code fail(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return EXIT_CODE_FAILED;
}

static enum exit_code find_user(const struct settings *settings,
				struct sandbox_user *ret)
{
	const char *name = settings->user ? settings->user : TENURED_USER;
	int r = sandbox_find_user(name, ret);

	if (r == -EPERM) {
		log_error("not permitted: run it as root, or with the "
			  "capabilities CAP_NET_ADMIN and CAP_NET_RAW");
		return EXIT_CODE_NOT_PERMITTED;
	}
	if (r == -ENOENT) {
		log_error("there is no user %s to become; make it with: "
			  "useradd --system --home-dir %s "
			  "--shell /usr/sbin/nologin %s; or name one by --user",
			  name, TENURED_STATEDIR, name);
		return EXIT_CODE_NOT_PERMITTED;
	}
	return EXIT_CODE_LEASED;
}

static enum exit_code make_directories(struct instance *instance,
				       const struct sandbox_user *user)
{
	const char *path;
	int r;

	instance->change_owner = user->kept == NULL;
	instance->uid = user->uid;
	instance->gid = user->gid;
	r = instance_make(instance, &path);
	if (r == 0)
		return EXIT_CODE_LEASED;
	if (r == -EEXIST)
		log_error("%s is not the daemon's: chown it to %u:%u, or name "
			  "another directory",
			  path, (unsigned)user->uid, (unsigned)user->gid);
	else
		log_error("cannot make %s: %s", path, strerror(-r));
	return r == -EACCES || r == -EPERM || r == -EEXIST
		       ? EXIT_CODE_NOT_PERMITTED
		       : EXIT_CODE_FAILED;
}

static enum exit_code no_interface(const char *name, int r)
{
	char names[256];

	if (r != -ENODEV)
		return fail(name, r);
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
	fail("cannot lock the interface", r);
	return r == -EACCES ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_FAILED;
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
	m->removal.fire = removal_reached;
	m->excused.fire = presence_excuse_ended;
	m->udp = m->lock = -1;
	m->link.up = link->up;
	m->link.carrier_changes = link->carrier_changes;
	m->iface.ifindex = link->ifindex;
	memcpy(m->iface.name, link->name, sizeof(m->iface.name));
	daemon_note_link(m, link);
	config->requested_address = settings->requested_address;
	exchange_configure(config, settings);
	config->bootp = settings->bootp;
	config->acd = settings->acd;
	config->acd_defence = settings->acd_defence;
	/* They are asked by messages that tell where one was (RFC 7844 3.3). */
	config->known_networks = settings->known_networks && !settings->anonymous;
	config->dscp = settings->dscp;
	config->inform_address = settings->inform.address;
	config->inform_server = settings->inform.server;
	if (dhcp4_acd_mode(config) != config->acd)
		log_notice("%s: no conflict detection: its hardware address is "
			   "not Ethernet's",
			   link->name);
	config->ignore_classless_routes = !settings->classless_routes;
	identify(m);
	check_size(m);
	r = daemon_set_auth(m, d->settings->keys);
	if (r < 0)
		return r;
	iface_init(&m->iface, &d->host, seed);
	return 0;
}

/* An address by other means, about which a server is to be asked. */
static enum exit_code find_own_address(struct managed *m)
{
	ipv4_addr *address = &m->iface.config.inform_address;
	int r = link_own_address(m->iface.ifindex, address);

	if (r < 0)
		return fail(m->iface.name, r);
	if (*address)
		return EXIT_CODE_LEASED;
	log_error("%s: it has no address to inform a server of; set one first, "
		  "or name one by --inform=ADDRESS",
		  m->iface.name);
	return EXIT_CODE_CONFIGURATION;
}

static enum exit_code add_interfaces(struct daemon *d,
				     const struct instance *instance,
				     struct link_info *links)
{
	const struct settings *settings = d->settings;

	d->managed = calloc(settings->iface_count, sizeof(*d->managed));
	d->by_index = calloc(settings->iface_count, sizeof(*d->by_index));
	if (!d->managed || !d->by_index)
		return fail("memory", -ENOMEM);
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
		if (r < 0)
			return fail(wanted->name, r);
		code = refuse_twice(d, m, wanted->name);
		if (code == EXIT_CODE_LEASED && wanted->inform.own)
			code = find_own_address(m);
		if (code == EXIT_CODE_LEASED)
			code = lock(instance, m);
		if (code != EXIT_CODE_LEASED)
			return code;
		d->by_index[d->managed_count++] = m;
	}
	daemon_sort(d);
	return EXIT_CODE_LEASED;
}

/* Sockets that need privileges, or that must be there before they are gone. */
static enum exit_code open_sockets(struct daemon *d,
				   const struct instance *instance)
{
	int only = d->managed_count == 1 ? d->managed[0].iface.ifindex : 0;
	int r = instance_open_locks(instance, &d->locks);

	if (r < 0)
		return fail(instance->lock_dir, r);
	vrf_open_sockets(d);
	r = packet_open(&d->packet, PACKET_KIND_REPLIES, d->loop, only,
			frame_received, d);
	if (r == 0)
		r = packet_open(&d->arp, PACKET_KIND_ARP, d->loop, only,
				arp_received, d);
	if (r < 0)
		return fail("packet socket", r);
	r = route_open(&d->route, d->loop);
	if (r < 0)
		return fail("rtnetlink", r);
	r = store_open(&d->store, instance->state_dir);
	if (r < 0)
		return fail(instance->state_dir, r);
	r = ipc_open(&d->ipc, d, instance->socket);
	if (r == -EADDRINUSE)
		log_error("another process serves %s; --instance NAME gives "
			  "this one a socket of its own",
			  instance->socket);
	else if (r < 0)
		fail(instance->socket, r);
	return r < 0 ? EXIT_CODE_FAILED : EXIT_CODE_LEASED;
}

/* Without a socket nobody could ask for what was recorded. */
static void start_recorder(struct daemon *d)
{
	size_t size = (size_t)d->settings->record_kib * 1024;
	void *memory;

	if (!size || !d->ipc)
		return;
	memory = malloc(size);
	if (!memory) {
		log_warning("no memory to record %zu octets of events", size);
		return;
	}
	recorder_init(&d->recorder, memory, size);
	d->host.recorder = &d->recorder;
}

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

static void start_interfaces(struct daemon *d, const struct link_info *links)
{
	nsec now = loop_clock();

	for (size_t i = 0; i < d->managed_count; i++)
		daemon_start(&d->managed[i], &links[i], now);
}

static enum exit_code give_up_privileges(struct daemon *d,
					 const struct sandbox_user *user)
{
	int r = sandbox_enter(user, &d->sandbox);

	if (r < 0) {
		log_error("cannot give up privileges: %s", strerror(-r));
		return EXIT_CODE_NOT_PERMITTED;
	}
	return EXIT_CODE_LEASED;
}

static enum exit_code open_all(struct daemon *d, int parent,
			       struct link_info *links)
{
	struct instance instance;
	struct sandbox_user user;
	enum exit_code code;
	int r = instance_find(d->settings, &instance);

	if (r < 0)
		return fail("cannot name the directories", r);
	code = find_user(d->settings, &user);
	if (code == EXIT_CODE_LEASED)
		code = make_directories(&instance, &user);
	if (code == EXIT_CODE_LEASED)
		code = add_interfaces(d, &instance, links);
	if (code == EXIT_CODE_LEASED) {
		/* Before there is a socket that it would have to close. */
		r = hooks_open(&d->hooks, d, parent >= 0);
		code = r < 0 ? fail("hooks", r) : open_sockets(d, &instance);
	}
	if (code != EXIT_CODE_LEASED)
		return code;
	outcome_started(d->settings, parent);
	r = outcome_begin(&d->outcome, d, parent, loop_clock());
	if (r < 0)
		return fail("cannot wait for the result", r);
	start_recorder(d);
	/* The first DISCOVER leaves here; no octet is read before the next line. */
	start_interfaces(d, links);
	code = give_up_privileges(d, &user);
	if (code == EXIT_CODE_LEASED && ipc_start(d->ipc) < 0)
		log_error("the socket %s takes no connections", instance.socket);
	return code;
}

enum exit_code daemon_open(struct daemon *d, struct settings *settings, int parent)
{
	static const struct loop_hooks hooks = {
		.signal = signalled,
		.resumed = resumed,
		.turn_ended = turn_ended,
	};
	struct link_info *links;
	enum exit_code code;
	int r;

	*d = (struct daemon){ .settings = settings,
			      .udp = -1,
			      .locks.directory = -1,
			      .settle.fire = settle_reached,
			      .work.fire = work_reached,
			      .host.ops = &daemon_ops };
	if (getrandom(d->secret, sizeof(d->secret), 0) != sizeof(d->secret))
		return fail("random octets", -errno);
	r = loop_open(&d->loop, &hooks, d);
	if (r < 0)
		return fail("event loop", r);
	/* Before the links are read, so that no change is missed. */
	r = link_monitor_open(&d->links, d->loop, presence_changed, d);
	if (r < 0)
		return fail("rtnetlink", r);
	links = calloc(settings->iface_count, sizeof(*links));
	if (!links)
		return fail("memory", -ENOMEM);
	code = open_all(d, parent, links);
	free(links);
	return code;
}

void daemon_close(struct daemon *d)
{
	for (size_t i = 0; i < d->managed_count && d->route; i++)
		daemon_fallback_close(&d->managed[i], loop_clock());
	/* Answers that come now are still told to those who wait for them. */
	if (d->route)
		route_drain(d->route);
	ipc_close(d->ipc);
	d->ipc = NULL;
	hooks_close(d->hooks);
	d->hooks = NULL;
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = &d->managed[i];

		mtu_settle(m, loop_clock());
		/* What is stored is stored for good now. */
		if (m->save_due)
			daemon_save_lease(m, loop_clock());
		if (m->sync_due)
			daemon_sync_lease(m);
		free(m->installed);
	}
	store_close(d->store);
	if (d->outcome)
		outcome_close(d->outcome);
	if (d->route)
		route_close(d->route);
	packet_close(d->packet);
	packet_close(d->arp);
	if (d->links)
		link_monitor_close(d->links);
	vrf_close_sockets(d);
	instance_close_locks(&d->locks);
	if (d->loop)
		loop_close(d->loop);
	free(d->recorder.memory);
	free(d->by_index);
	free(d->managed);
}
