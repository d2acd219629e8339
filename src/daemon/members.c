/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Members come and go. One who comes is found, set up, locked, compared with other
 * programs, and started; before that nothing of it is in any list. One who goes
 * leaves all lists at once, and is freed when nobody can still mean it: hooks that
 * are to be told, and the kernel's answers, are waited for.
 */
#include "daemon/members.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/audit.h"
#include "daemon/fallback.h"
#include "daemon/handover.h"
#include "daemon/installed.h"
#include "daemon/ipc.h"
#include "daemon/lease_json.h"
#include "daemon/log.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/reload.h"
#include "daemon/sent.h"
#include "daemon/servers.h"
#include "daemon/service_notify.h"
#include "daemon/shadow.h"
#include "daemon/store.h"
#include "daemon/upkeep.h"
#include "daemon/vrf.h"

/* ---- joining ------------------------------------------------------------- */

static enum members_error fail(struct members_result *ret,
			       enum members_error error, int r)
{
	ret->error = error;
	ret->failure = -r;
	return error;
}

int members_load_duid(struct daemon *d, const struct instance *instance,
		      const struct iface_settings *wanted,
		      const struct link_info *link)
{
	const struct settings *settings = d->settings;
	struct duid_place place = {
		.directory = d->state_dir,
		.hardware_type = link->hardware_type,
		.hwaddr = &link->hwaddr,
	};

	if (d->duid.size || !sent_wants_duid(wanted, &link->hwaddr))
		return 0;
	if (settings->duid_file)
		return duid_read(settings->duid_file, &d->duid);
	if (instance) {
		place.change_owner = instance->change_owner;
		place.uid = instance->uid;
		place.gid = instance->gid;
	}
	if (settings->duid.kind == DUID_KIND_GIVEN ||
	    !handover_duid(d->handover, &place, &d->duid))
		duid_load(&settings->duid, &place, &d->duid);
	return 0;
}

/* An address by other means, about which a server is to be asked. */
static enum members_error find_own_address(struct managed *m,
					   struct members_result *ret)
{
	ipv4_addr *address = &m->iface.config.inform_address;
	int r = m->settings->inform.own
			? link_own_address(m->iface.ifindex, address)
			: 0;

	if (r < 0)
		return fail(ret, MEMBERS_FAILED, r);
	return m->settings->inform.own && !*address
		       ? fail(ret, MEMBERS_NO_ADDRESS, 0)
		       : MEMBERS_OK;
}

/* instance: while there are privileges to lock for somebody else; or NULL. */
static enum members_error lock(struct managed *m, const struct instance *instance,
			       struct members_result *ret)
{
	int ifindex = m->iface.ifindex;
	int r = instance ? instance_lock(instance, ifindex, &ret->pid)
			 : instance_lock_later(&m->daemon->locks, ifindex,
					       &ret->pid);

	if (r < 0)
		return fail(ret, r == -EBUSY ? MEMBERS_LOCKED : MEMBERS_NO_LOCK,
			    r);
	m->lock = r;
	return MEMBERS_OK;
}

static enum members_error refuse_rival(struct managed *m,
				       const struct rivals *rivals,
				       struct members_result *ret)
{
	if (!daemon_has_rival(m, rivals))
		return MEMBERS_OK;
	ret->rival = m->rival;
	return fail(ret, MEMBERS_RIVAL, 0);
}

/* All that may keep an interface from being managed, one after another. */
static enum members_error check(struct managed *m, const struct joining *j,
				const struct link_info *link,
				struct members_result *ret)
{
	enum members_error error = MEMBERS_OK;
	int r = members_load_duid(j->daemon, j->instance, m->settings, link);

	if (r < 0)
		return fail(ret, MEMBERS_NO_DUID, r);
	r = daemon_set_up(m, j->daemon, m->settings, link);
	if (r == -EINVAL)
		return fail(ret, MEMBERS_NO_IDENTIFIER, 0);
	if (r < 0)
		return fail(ret, MEMBERS_FAILED, r);
	error = find_own_address(m, ret);
	if (error == MEMBERS_OK)
		error = lock(m, j->instance, ret);
	if (error == MEMBERS_OK)
		error = refuse_rival(m, j->rivals, ret);
	if (error == MEMBERS_OK && daemon_insert(m) < 0)
		error = fail(ret, MEMBERS_FAILED, -ENOMEM);
	return error;
}

static void free_own(struct iface_settings *own)
{
	if (own)
		iface_settings_clear(own);
	free(own);
}

/* All that the wish says, and nothing of a link. */
static struct managed *make(const struct members_wish *wish,
			    struct members_result *ret)
{
	struct managed *m = calloc(1, sizeof(*m));
	char *key = wish->key ? strdup(wish->key) : NULL;

	if (!m || (wish->key && !key)) {
		free(m);
		free(key);
		free_own(wish->own);
		fail(ret, MEMBERS_FAILED, -ENOMEM);
		return NULL;
	}
	m->lock = -1;
	m->settings = wish->own ? wish->own : wish->settings;
	m->own = wish->own;
	m->membership = wish->membership;
	m->key = key;
	return m;
}

struct managed *members_join(const struct joining *j,
			     const struct members_wish *wish,
			     const struct link_info *link,
			     struct members_result *ret)
{
	struct managed *m = make(wish, ret);

	if (m && j->daemon->managed_count >= SETTINGS_IFACES_MAX)
		fail(ret, MEMBERS_FULL, 0);
	else if (m && check(m, j, link, ret) == MEMBERS_OK) {
		ret->managed = m;
		return m;
	}
	daemon_free_managed(m);
	return NULL;
}

struct managed *members_await(const struct joining *j,
			      const struct members_wish *wish,
			      struct members_result *ret)
{
	struct managed *m = make(wish, ret);
	struct link_info nothing = { 0 };
	int r;

	if (!m)
		return NULL;
	snprintf(nothing.name, sizeof(nothing.name), "%s", wish->name);
	r = daemon_set_up(m, j->daemon, m->settings, &nothing);
	m->link.gone = true;
	/* Whether it can authenticate is seen when it is there. */
	if (r == 0 || r == -EINVAL)
		r = daemon_insert(m);
	if (r == 0) {
		ret->managed = m;
		return m;
	}
	fail(ret, MEMBERS_FAILED, r);
	daemon_free_managed(m);
	return NULL;
}

void members_start(struct managed *m, const struct link_info *link, nsec now)
{
	servers_load(m);
	if (!m->link.gone)
		daemon_start(m, link, now);
}

/*
 * Who left the same interface and has not got all done: now or never. What it
 * would do later would be done to the new one.
 */
static void settle_former(struct daemon *d, int ifindex, nsec now)
{
	for (struct managed *m = d->left; m; m = m->left_next) {
		if (m->iface.ifindex != ifindex)
			continue;
		if (!installation_is_settled(&m->installed) &&
		    !installation_remove(&m->installed, NULL, now))
			installation_forget(&m->installed);
		daemon_fallback_remove(&m->iface, now);
		installation_forget(&m->fallback.installed);
		hook_forget(d->hooks, m);
	}
}

/* The sockets have been for one interface, perhaps, and are to be for more. */
void members_start_later(struct managed *m, const struct link_info *link, nsec now)
{
	struct daemon *d = m->daemon;

	settle_former(d, m->iface.ifindex, now);
	daemon_widen(d);
	vrf_join(m);
	upkeep_watch(d);
	store_doubt(d->store);
	ipc_added(d->ipc, m, now);
	members_start(m, link, now);
}

/* The link, and whether somebody may join for it. */
static enum members_error find_link(struct daemon *d, const char *name,
				    struct link_info *link,
				    struct members_result *ret)
{
	int r = link_find(name, link);

	if (r < 0)
		return fail(ret,
			    r == -ENODEV ? MEMBERS_NO_LINK : MEMBERS_FAILED, r);
	/* An interface has other names, too (ip link property add altname). */
	ret->managed = daemon_find_index(d, link->ifindex);
	/* One that was removed waits for its return, by its name. */
	if (!ret->managed)
		ret->managed = daemon_find(d, link->name);
	if (ret->managed)
		return fail(ret, MEMBERS_BUSY, 0);
	return MEMBERS_OK;
}

/* Who asks for the same again has it already, or changes it. */
static void add_again(const struct members_wish *wish, nsec now,
		      struct members_result *ret)
{
	if (!wish->key || !members_is_of(ret->managed, wish->key)) {
		free_own(wish->own);
		return;
	}
	ret->error = MEMBERS_OK;
	reload_member(ret->managed, wish->own, now);
}

static struct managed *join_alone(struct daemon *d,
				  const struct members_wish *wish,
				  const struct link_info *link,
				  struct members_result *ret)
{
	struct joining j = { .daemon = d };
	struct rivals *rivals;
	struct managed *m;
	int r = rivals_open(&rivals, &rivals_host);

	if (r < 0) {
		fail(ret, MEMBERS_FAILED, r);
		free_own(wish->own);
		return NULL;
	}
	j.rivals = rivals;
	m = members_join(&j, wish, link, ret);
	rivals_close(rivals);
	return m;
}

bool members_add(struct daemon *d, const struct members_wish *wish, nsec now,
		 struct members_result *ret)
{
	struct link_info link;
	struct managed *m;

	*ret = (struct members_result){ 0 };
	if (find_link(d, wish->name, &link, ret) == MEMBERS_BUSY) {
		add_again(wish, now, ret);
		return false;
	}
	if (ret->error != MEMBERS_OK) {
		free_own(wish->own);
		return false;
	}
	m = join_alone(d, wish, &link, ret);
	if (!m)
		return false;
	log_about(m->iface.name, LOG_LEVEL_NOTICE,
		  "managed from now on, for %s", m->key);
	service_notify_changed(m->daemon->service);
	members_start_later(m, &link, now);
	return true;
}

bool members_is_of(const struct managed *m, const char *key)
{
	return m->key && strcmp(m->key, key) == 0;
}

/* ---- leaving ------------------------------------------------------------- */

/* The lock goes at once: whoever is next, here or elsewhere, may have it. */
static void let_go(struct managed *m, nsec now)
{
	iface_close(&m->iface);
	mtu_settle(m, now);
	storing_close(m, now);
	shadow_forget(m);
	vrf_leave(m);
	if (m->lock >= 0)
		close(m->lock);
	m->lock = -1;
}

void members_remove(struct managed *m, bool release, nsec now)
{
	struct daemon *d = m->daemon;

	if (!m->link.gone)
		iface_stop(&m->iface, release, now);
	/* Nobody would defend it. */
	daemon_fallback_remove(&m->iface, now);
	ipc_removed(d->ipc, m, now);
	audit_end(m);
	let_go(m, now);
	if (!release)
		installation_forget(&m->installed);
	log_about(m->iface.name, LOG_LEVEL_NOTICE, "not managed any more");
	service_notify_changed(m->daemon->service);
	daemon_remove(m);
	upkeep_watch(d);
	m->left_next = d->left;
	d->left = m;
	if (d->outcome)
		outcome_left(d->outcome, now);
}

/* Nothing that is to come needs it any more. */
static bool is_done(const struct managed *m)
{
	return !m->due && !m->unsaved && installation_is_settled(&m->installed) &&
	       installation_is_settled(&m->fallback.installed) &&
	       !hook_has_news(m->daemon->hooks, m);
}

static void bury(struct managed *m)
{
	iface_close(&m->iface);
	loop_timer_set(m->daemon->loop, &m->excused, NSEC_NEVER);
	installation_forget(&m->installed);
	installation_forget(&m->fallback.installed);
	hook_forget(m->daemon->hooks, m);
	/* Unless another one has come meanwhile that has the name. */
	if (!daemon_find(m->daemon, m->iface.name))
		lease_json_remove(m->daemon, m->iface.name);
	daemon_free_managed(m);
}

void members_bury(struct daemon *d)
{
	struct managed **at = &d->left;

	while (*at) {
		struct managed *m = *at;

		if (!is_done(m)) {
			at = &m->left_next;
			continue;
		}
		*at = m->left_next;
		bury(m);
	}
	if (!d->left)
		reload_forget(d);
}

void members_free(struct daemon *d)
{
	size_t count = d->managed_count;

	while (d->left) {
		struct managed *m = d->left;

		d->left = m->left_next;
		bury(m);
	}
	/* None of them is found any more. */
	d->managed_count = 0;
	while (count) {
		struct managed *m = d->managed[--count];

		shadow_forget(m);
		bury(m);
	}
	free(d->managed);
	free(d->by_index);
	free(d->by_name);
	reload_forget(d);
}
