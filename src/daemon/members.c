/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Members come and go. One who comes is found, set up, locked, compared with other
 * programs, and started; before that nothing of it is in any list. One who goes
 * leaves all lists at once, and is freed when nobody can still mean it: hooks that
 * are to be told, and the kernel's answers, are waited for.
 */
#include "daemon/members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/audit.h"
#include "daemon/fallback.h"
#include "daemon/installed.h"
#include "daemon/ipc.h"
#include "daemon/log.h"
#include "daemon/outcome.h"
#include "daemon/packet.h"
#include "daemon/sent.h"
#include "daemon/servers.h"
#include "daemon/service_notify.h"
#include "daemon/shadow.h"
#include "daemon/upkeep.h"
#include "daemon/vrf.h"

/* ---- why not ------------------------------------------------------------- */

static void explain_no_link(struct str *s, const char *name)
{
	char names[256];

	str_text(s, "there is no interface ");
	str_text(s, name);
	if (link_names(names, sizeof(names)) < 0 || !names[0]) {
		str_text(s, ", nor any other but loopback");
		return;
	}
	str_text(s, "; there are: ");
	str_text(s, names);
}

static void explain_busy(struct str *s, const struct members_result *result,
			 const char *name)
{
	str_text(s, name);
	str_text(s, " is the interface ");
	str_text(s, result->managed->iface.name);
	str_text(s, ", which is managed already");
}

static void explain_rival(struct str *s, const struct rival *rival)
{
	str_text(s, rival->name);
	str_text(s, " manages it already, with pid ");
	str_u64(s, (uint64_t)rival->pid);
	str_text(s, ": ");
	str_text(s, rival->advice);
	str_text(s, ", or use --force");
}

/* What follows the name of the interface. */
static void explain_rest(struct str *s, const struct members_result *result,
			 const struct daemon *d)
{
	switch (result->error) {
	case MEMBERS_LOCKED:
		str_text(s, "tenured runs there already, with pid ");
		str_u64(s, (uint64_t)result->pid);
		return;
	case MEMBERS_RIVAL:
		explain_rival(s, &result->rival);
		return;
	case MEMBERS_NO_ADDRESS:
		str_text(s, "it has no address to inform a server of; set one "
			    "first, or name one by --inform=ADDRESS");
		return;
	case MEMBERS_NO_DUID:
		str_text(s, d->settings->duid_file);
		str_text(s, ": cannot be read as a DUID: ");
		str_text(s, result->failure == EBADMSG
				    ? "it holds no line of hex, as in "
				      "00:04:5a:..."
				    : strerror(result->failure));
		return;
	case MEMBERS_NO_IDENTIFIER:
		str_text(s, "auth delayed needs a client identifier, and the "
			    "interface has no hardware address to make one of: "
			    "give one by --client-id");
		return;
	case MEMBERS_FULL:
		str_text(s, "there are as many interfaces as one process may "
			    "manage; let another one do it, with an --instance "
			    "of its own");
		return;
	case MEMBERS_FAILED:
		str_text(s, strerror(result->failure));
		return;
	case MEMBERS_OK:
	case MEMBERS_NO_LINK:
	case MEMBERS_BUSY:
	case MEMBERS_ERROR_COUNT:
		break;
	}
	UNREACHABLE();
}

void members_explain(const struct members_result *result,
		     const struct daemon *d, const char *name, struct str *s)
{
	if (result->error == MEMBERS_NO_LINK) {
		explain_no_link(s, name);
	} else if (result->error == MEMBERS_BUSY) {
		explain_busy(s, result, name);
	} else {
		str_text(s, name);
		str_text(s, ": ");
		explain_rest(s, result, d);
	}
}

static enum members_error fail(struct members_result *ret,
			       enum members_error error, int r)
{
	ret->error = error;
	ret->failure = -r;
	return error;
}

/* ---- joining ------------------------------------------------------------- */

/* The first interface that needs the DUID may have it made of its own address. */
static int load_duid(struct daemon *d, const struct instance *instance,
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
		return fail(ret, r == -EBUSY ? MEMBERS_LOCKED : MEMBERS_FAILED,
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

/* Under which circumstances somebody joins. */
struct joining {
	struct daemon *daemon;
	const struct instance *instance; /* NULL: privileges are gone */
	const struct rivals *rivals;
};

/* All that may keep an interface from being managed, one after another. */
static enum members_error check(struct managed *m, const struct joining *j,
				const struct link_info *link,
				struct members_result *ret)
{
	enum members_error error = MEMBERS_OK;
	int r = load_duid(j->daemon, j->instance, m->settings, link);

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

/* It is in the lists, but does not run yet; or NULL. Takes over own settings. */
static struct managed *join(const struct joining *j,
			    const struct members_wish *wish,
			    const struct link_info *link,
			    struct members_result *ret)
{
	struct managed *m = calloc(1, sizeof(*m));

	if (!m) {
		fail(ret, MEMBERS_FAILED, -ENOMEM);
		return NULL;
	}
	m->lock = -1;
	m->settings = wish->settings;
	m->membership = wish->membership;
	m->key = wish->key ? strdup(wish->key) : NULL;
	if (wish->key && !m->key)
		fail(ret, MEMBERS_FAILED, -ENOMEM);
	else
		check(m, j, link, ret);
	if (ret->error == MEMBERS_OK) {
		m->own = wish->key ? wish->settings : NULL;
		ret->managed = m;
		return m;
	}
	daemon_free_managed(m);
	return NULL;
}

void members_start(struct managed *m, const struct link_info *link, nsec now)
{
	servers_load(m);
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
static void start_later(struct managed *m, const struct link_info *link, nsec now)
{
	struct daemon *d = m->daemon;

	settle_former(d, m->iface.ifindex, now);
	packet_widen(d->packet);
	packet_widen(d->arp);
	vrf_join(m);
	upkeep_watch(d);
	ipc_added(d->ipc, m, now);
	members_start(m, link, now);
}

static bool is_full(const struct daemon *d)
{
	return d->managed_count >= SETTINGS_IFACES_MAX;
}

/* 0 or a positive error: the link, and whether somebody may join for it. */
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
	if (ret->managed)
		return fail(ret, MEMBERS_BUSY, 0);
	return is_full(d) ? fail(ret, MEMBERS_FULL, 0) : MEMBERS_OK;
}

static void free_own(const struct members_wish *wish)
{
	if (!wish->key)
		return;
	sent_unref(wish->settings->sent);
	free(wish->settings);
}

bool members_add(struct daemon *d, const struct members_wish *wish, nsec now,
		 struct members_result *ret)
{
	struct joining j = { .daemon = d };
	struct rivals *rivals = NULL;
	struct link_info link;
	struct managed *m = NULL;
	int r;

	*ret = (struct members_result){ 0 };
	if (find_link(d, wish->name, &link, ret) == MEMBERS_OK) {
		/* One that was removed waits for its return, by its name. */
		ret->managed = daemon_find(d, link.name);
		if (ret->managed)
			fail(ret, MEMBERS_BUSY, 0);
	}
	if (ret->error == MEMBERS_OK) {
		r = rivals_open(&rivals, &rivals_host);
		j.rivals = rivals;
		if (r < 0)
			fail(ret, MEMBERS_FAILED, r);
		else
			m = join(&j, wish, &link, ret);
		rivals_close(rivals);
	}
	if (!m) {
		/* Who asks for the same again has it already. */
		if (ret->error == MEMBERS_BUSY && wish->key &&
		    members_is_of(ret->managed, wish->key))
			ret->error = MEMBERS_OK;
		free_own(wish);
		return false;
	}
	log_about(m->iface.name, LOG_LEVEL_NOTICE, "managed from now on%s%s",
		  m->key ? ", for " : "", m->key ? m->key : "");
	service_notify_changed(m->daemon->service);
	start_later(m, &link, now);
	return true;
}

bool members_is_of(const struct managed *m, const char *key)
{
	return m->key && strcmp(m->key, key) == 0;
}

/* ---- at the start -------------------------------------------------------- */

static const enum exit_code exit_codes[MEMBERS_ERROR_COUNT] = {
	[MEMBERS_NO_LINK] = EXIT_CODE_NO_INTERFACE,
	[MEMBERS_BUSY] = EXIT_CODE_USAGE,
	[MEMBERS_LOCKED] = EXIT_CODE_RUNNING,
	[MEMBERS_RIVAL] = EXIT_CODE_RUNNING,
	[MEMBERS_NO_ADDRESS] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_NO_DUID] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_NO_IDENTIFIER] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_FULL] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_FAILED] = EXIT_CODE_FAILED,
};

static enum exit_code refuse(const struct members_result *result,
			     const struct daemon *d, const char *name)
{
	char text[512];
	struct str s = str_over(text, sizeof(text));

	members_explain(result, d, name, &s);
	log_error("%s", text);
	return result->failure == EACCES ? EXIT_CODE_NOT_PERMITTED
					 : exit_codes[result->error];
}

/* Those that are named; without them nothing begins. */
static enum exit_code open_named(const struct joining *j, struct link_info *links)
{
	struct daemon *d = j->daemon;
	const char *name;
	size_t at = 0;

	while ((name = settings_next_name(d->settings, &at))) {
		struct link_info *link = &links[d->managed_count];
		struct members_result result = { 0 };
		struct members_wish wish = { .name = name };

		if (find_link(d, name, link, &result) == MEMBERS_OK)
			wish.settings =
				settings_for_link(d->settings, name, link);
		if (!wish.settings || !join(j, &wish, link, &result))
			return refuse(&result, d, name);
	}
	return EXIT_CODE_LEASED;
}

/*
 * Those that patterns and the like mean, as long as there is room. One that cannot
 * be managed is logged, and keeps nobody else from it: nobody named it.
 */
static void open_others(const struct joining *j, const struct link_info *all,
			size_t count, struct link_info *links)
{
	struct daemon *d = j->daemon;

	for (size_t i = 0; i < count && !is_full(d); i++) {
		struct link_info *link = &links[d->managed_count];
		struct members_result result = { 0 };
		const struct members_wish wish = {
			.name = all[i].name,
			.settings = settings_for_link(d->settings, all[i].name,
						      &all[i]),
			.membership = MEMBERSHIP_PATTERN,
		};

		if (!wish.settings || daemon_find_index(d, all[i].ifindex))
			continue;
		*link = all[i];
		if (!join(j, &wish, link, &result))
			(void)refuse(&result, d, wish.name);
	}
}

static enum exit_code open_all(const struct joining *j, struct link_info **ret)
{
	const struct settings *s = j->daemon->settings;
	struct link_info *all;
	enum exit_code code;
	size_t count;
	int r = link_list(&all, &count);

	if (r < 0)
		return daemon_fail("rtnetlink", r);
	/* What was made since then may be named. */
	*ret = calloc(count + s->wanted_count + s->section_count, sizeof(**ret));
	code = *ret ? open_named(j, *ret) : daemon_fail("memory", -ENOMEM);
	if (code == EXIT_CODE_LEASED)
		open_others(j, all, count, *ret);
	free(all);
	return code;
}

enum exit_code members_open(struct daemon *d, const struct instance *instance,
			    struct link_info **ret_links)
{
	struct joining j = { .daemon = d, .instance = instance };
	struct rivals *rivals;
	enum exit_code code;
	int r = rivals_open(&rivals, &rivals_host);

	if (r < 0)
		return daemon_fail("memory", r);
	j.rivals = rivals;
	code = open_all(&j, ret_links);
	rivals_close(rivals);
	return code;
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
	return !m->due && installation_is_settled(&m->installed) &&
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
}

void members_free(struct daemon *d)
{
	while (d->left) {
		struct managed *m = d->left;

		d->left = m->left_next;
		bury(m);
	}
	while (d->managed_count) {
		struct managed *m = d->managed[--d->managed_count];

		shadow_forget(m);
		bury(m);
	}
	free(d->managed);
	free(d->by_index);
}
