/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces that come and go. */
#include "daemon/presence.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/audit.h"
#include "daemon/daemon.h"
#include "daemon/fallback.h"
#include "daemon/ipc.h"
#include "daemon/lease_json.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/shadow.h"
#include "daemon/store.h"
#include "daemon/upkeep.h"
#include "daemon/vrf.h"
#include "daemon/wanted.h"

/* What its files are called: after itself, or after its number. */
static void name_files(const struct managed *m, char ret[IFNAMSIZ])
{
	if (m->link.parked)
		snprintf(ret, IFNAMSIZ, ":%d", m->iface.ifindex);
	else
		memcpy(ret, m->iface.name, IFNAMSIZ);
}

/*
 * Its name is another one's by now. Its own is told after that, where news were lost
 * and all is told anew: its files go out of the way until then.
 */
static void park_files(struct managed *m)
{
	char aside[IFNAMSIZ];

	m->link.parked = true;
	name_files(m, aside);
	if (store_rename(m->daemon->store, m->iface.name, aside) < 0)
		m->link.parked = false;
}

static void rename_files(struct managed *m, const char *name)
{
	struct managed *other = daemon_find(m->daemon, name);
	char before[IFNAMSIZ];
	int r;

	if (other && !other->link.gone && !other->link.parked)
		park_files(other);
	name_files(m, before);
	m->link.parked = false;
	storing_replaced(m);
	r = store_rename(m->daemon->store, before, name);
	if (r < 0)
		log_about(name, LOG_LEVEL_WARNING,
			  "cannot rename the lease file: %s", strerror(-r));
}

/* Logs, status and lease file follow a new name. */
static void note_name(struct managed *m, const char *name, nsec now)
{
	struct daemon *d = m->daemon;
	char before[IFNAMSIZ];

	if (strcmp(m->iface.name, name) == 0)
		return;
	rename_files(m, name);
	memcpy(before, m->iface.name, sizeof(before));
	strcpy(m->iface.name, name);
	daemon_reorder(m);
	log_about(before, LOG_LEVEL_NOTICE, "the interface is called %s now",
		  name);
	/* What is written while another one seems to have the name is that one's. */
	if (m->iface.client->tenure == DHCP4_TENURE_HELD)
		storing_save(&m->iface, now);
	if (!daemon_find(d, before))
		lease_json_remove(d, before);
	hook_renamed(d->hooks, m, now);
	ipc_renamed(d->ipc, m, before, now);
}

static void note_end(struct managed *m, nsec now)
{
	struct daemon *d = m->daemon;
	bool waits = m->membership != MEMBERSHIP_PATTERN;

	log_about(m->iface.name, LOG_LEVEL_WARNING, "the interface was removed%s",
		  waits ? "; waiting for its return" : "");
	audit_deafen(m);
	m->link.gone = true;
	/* What it finds when it is back is what its name has by then. */
	m->link.parked = false;
	daemon_reorder(m);
	m->link.left_alone = 0;
	m->link.up = m->link.carrier = false;
	loop_timer_set(d->loop, &m->excused, NSEC_NEVER);
	m->mtu = (struct mtu_state){ 0 };
	storing_close(m, now);
	storing_replaced(m);
	iface_gone(&m->iface, now);
	/* Its address and routes went with it. */
	installation_gone(&m->installed, now);
	shadow_forget(m);
	installation_gone(&m->fallback.installed, now);
	close(m->lock);
	m->lock = -1;
	m->adopted = IPV4_ANY;
	m->confirmed = false;
	if (d->outcome)
		outcome_removed(d->outcome, m, now);
	/* Nothing is to come back that only fitted a pattern. */
	if (!waits)
		members_remove(m, false, now);
}

/* True once for each link that has the name and is left alone. */
static bool is_news(struct managed *m, int ifindex)
{
	bool news = m->link.left_alone != ifindex;

	m->link.left_alone = ifindex;
	return news;
}

static bool lock(struct managed *m, int ifindex)
{
	pid_t pid = 0;
	int r = instance_lock_later(&m->daemon->locks, ifindex, &pid);

	if (r >= 0)
		m->lock = r;
	else if (!is_news(m, ifindex))
		return false;
	else if (r == -EBUSY)
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "back, but served by another tenured, with pid %d",
			  (int)pid);
	else
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "back, but it cannot be locked: %s", strerror(-r));
	return r >= 0;
}

/* What cannot be found out counts as nobody's. */
static bool is_taken(struct managed *m)
{
	struct rivals *rivals;
	bool taken;

	if (rivals_open(&rivals, &rivals_host) < 0)
		return false;
	taken = daemon_has_rival(m, rivals);
	rivals_close(rivals);
	if (taken && is_news(m, m->iface.ifindex))
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "back, but managed by %s, with pid %d; left alone",
			  m->rival.name, (int)m->rival.pid);
	return taken;
}

/* In another VRF it sends by that one's socket. */
static bool note_link(struct managed *m, const struct link_info *link)
{
	bool moved = link->vrf != m->link.vrf, other;

	if (moved)
		vrf_leave(m);
	other = daemon_note_link(m, link);
	if (moved)
		vrf_join(m);
	return other;
}

/* Of one that was not there at the start nothing was known. */
static void note_identity(struct managed *m, const struct link_info *link)
{
	int r = members_load_duid(m->daemon, NULL, m->settings, link);

	if (r < 0)
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "no DUID can be had: %s", strerror(-r));
	note_link(m, link);
	daemon_identify(m);
	daemon_set_auth_again(m);
}

/* A name is one link's. A list of all shows the new one before the old one's end. */
static void note_replaced(struct daemon *d, const char *name, nsec now)
{
	struct managed *m = daemon_find(d, name);
	char other[IF_NAMESIZE];

	if (m && !m->link.gone &&
	    !if_indextoname((unsigned)m->iface.ifindex, other) && errno == ENXIO)
		note_end(m, now);
}

/* It is ours from now on if an interface waits for its name. */
static void note_return(struct daemon *d, const struct link_info *link, nsec now)
{
	struct managed *m;

	note_replaced(d, link->name, now);
	m = daemon_find_gone(d, link->name);
	if (!m) {
		wanted_appeared(d, link, now);
		return;
	}
	/* That it went since is news to come. */
	if (!link_is_there(link) || !lock(m, link->ifindex))
		return;
	m->iface.ifindex = link->ifindex;
	if (is_taken(m)) {
		close(m->lock);
		m->lock = -1;
		return;
	}
	log_about(m->iface.name, LOG_LEVEL_NOTICE, "the interface is back");
	m->link.gone = false;
	daemon_reorder(m);
	m->link.up = link->up;
	m->link.carrier_changes = link->carrier_changes;
	note_identity(m, link);
	upkeep_watch(d);
	store_doubt(d->store);
	packet_move(d->packet, link->ifindex);
	packet_move(d->arp, link->ifindex);
	daemon_start(m, link, now);
	/* A port of another link does not start. */
	ipc_stepped(d->ipc, m, now);
}

/*
 * A carrier that was lost and is back before anybody told of it was lost all the
 * same: at the other end there may be another network.
 */
static void note_carrier(struct managed *m, const struct link_info *link, nsec now)
{
	const nsec until = nsec_add(m->mtu.changed_ns, MTU_GRACE_NS);
	bool was_there = m->iface.client->carrier;
	bool flapped = link->carrier && was_there &&
		       link->carrier_changes != m->link.carrier_changes;

	m->link.carrier_changes = link->carrier_changes;
	m->link.carrier = link->carrier;
	if (mtu_excuses(&m->mtu, now) && was_there) {
		loop_timer_set(m->daemon->loop, &m->excused,
			       link->carrier ? NSEC_NEVER : until);
		return;
	}
	if (flapped || link->carrier != was_there)
		log_about(m->iface.name, LOG_LEVEL_INFO, "carrier %s",
			  flapped	  ? "lost and back"
			  : link->carrier ? "up"
					  : "lost");
	if (flapped)
		iface_carrier(&m->iface, false, now);
	iface_carrier(&m->iface, link->carrier, now);
}

/* It is not back in time: it was not our doing, or not that alone. */
void presence_excuse_ended(struct loop_timer *timer, nsec now)
{
	struct managed *m = LOOP_OWNER(timer, struct managed, excused);

	if (!m->link.gone && !m->link.carrier) {
		log_about(m->iface.name, LOG_LEVEL_INFO, "carrier lost");
		iface_carrier(&m->iface, false, now);
	}
}

bool presence_is_port(struct managed *m, const struct link_info *link)
{
	char name[IF_NAMESIZE] = "another link";

	m->link.master = link->master;
	if (!link->master)
		return false;
	if_indextoname((unsigned)link->master, name);
	log_about(m->iface.name, LOG_LEVEL_WARNING,
		  "it is a port of %s, which takes all that it receives; "
		  "waiting until it leaves",
		  name);
	return true;
}

/* As one that is removed, and one that comes; but its address is still there. */
static void note_master(struct managed *m, const struct link_info *link, nsec now)
{
	bool was_port = m->link.master;

	if (presence_is_port(m, link)) {
		if (was_port)
			return;
		loop_timer_set(m->daemon->loop, &m->excused, NSEC_NEVER);
		iface_gone(&m->iface, now);
		m->adopted = IPV4_ANY;
		m->confirmed = false;
		return;
	}
	log_about(m->iface.name, LOG_LEVEL_NOTICE,
		  "it is nobody's port any more");
	m->link.carrier_changes = link->carrier_changes;
	daemon_start(m, link, now);
}

static void note_change(struct managed *m, const struct link_info *link, nsec now)
{
	bool other_table = link->vrf_table != m->link.vrf_table;
	bool was_up = m->link.up;

	m->link.up = link->up;
	note_name(m, link->name, now);
	if (m->link.master || link->master) {
		note_link(m, link);
		if (link->master != m->link.master)
			note_master(m, link, now);
		return;
	}
	if (note_link(m, link)) {
		log_about(m->iface.name, LOG_LEVEL_NOTICE,
			  "the hardware address changed");
		iface_reconfigured(&m->iface, true, now);
	}
	/* Setting a link down flushes its routes without a word. */
	if ((link->up && !was_up) || other_table)
		upkeep_flushed(m, now);
	note_carrier(m, link, now);
}

void presence_changed(void *owner, const struct link_info *link, nsec now)
{
	struct daemon *d = owner;
	struct managed *m = daemon_find_index(d, link->ifindex);

	if (!link->up)
		shadow_link_gone(d->shadow, link->ifindex, now);
	if (link->gone) {
		if (m)
			note_end(m, now);
		wanted_gone(d, link->ifindex);
	} else if (m) {
		note_change(m, link, now);
	} else {
		note_return(d, link, now);
	}
}
