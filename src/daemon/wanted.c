/* SPDX-License-Identifier: BSD-2-Clause */
/* From selectors to members. Whose settings a link has, settings_links.c says. */
#include "daemon/wanted.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/reload.h"

#define UDEV_CONTROL "/run/udev/control"
#define UDEV_DATA    "/run/udev/data/n"

/*
 * Whether udev is done, or there is memory, is looked at so often, and so long
 * after the last link that has to wait for it.
 */
#define EVERY_NS    (100 * NSEC_PER_MS)
#define PATIENCE_NS (60 * NSEC_PER_S)

/* So long it is not asked again who else manages interfaces. */
#define RIVALS_NS NSEC_PER_S

/* A link that is wanted, and is no member. */
struct pending {
	int ifindex;
	bool refused; /* it cannot be one, and that was said */
	bool told;    /* so was what it is short of */
};

struct wanted {
	struct daemon *daemon;
	struct loop_timer again;
	nsec until;	       /* it is looked again */
	struct rivals *rivals; /* as they were then; NULL: not looked for yet */
	nsec rivals_at;
	struct pending *list;
	size_t count;
};

/* ---- those that are pending ---------------------------------------------- */

static struct pending *find(const struct wanted *w, int ifindex)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->list[i].ifindex == ifindex)
			return &w->list[i];
	}
	return NULL;
}

/* Without memory it is forgotten until there is news of it again. */
static void note(struct wanted *w, int ifindex, bool refused)
{
	struct pending *p = find(w, ifindex), *larger;
	size_t n = w->count;

	if (!p && (n & (n - 1)) == 0) {
		larger = reallocarray(w->list, n ? 2 * n : 1, sizeof(*larger));
		if (!larger)
			return;
		w->list = larger;
	}
	if (!p) {
		p = &w->list[w->count++];
		*p = (struct pending){ 0 };
	}
	p->ifindex = ifindex;
	p->refused = refused;
}

void wanted_gone(struct daemon *d, int ifindex)
{
	struct wanted *w = d->wanted;
	struct pending *p = find(w, ifindex);

	if (p)
		*p = w->list[--w->count];
}

/* ---- whether a link may join --------------------------------------------- */

static bool is_named(const struct settings *s, const char *name)
{
	const char *other;
	size_t at = 0;

	while ((other = settings_next_name(s, &at))) {
		if (strcmp(other, name) == 0)
			return true;
	}
	return false;
}

static enum membership membership_of(const struct settings *s, const char *name)
{
	return is_named(s, name) ? MEMBERSHIP_NAMED : MEMBERSHIP_PATTERN;
}

static bool is_done_with(int ifindex)
{
	char path[sizeof(UDEV_DATA) + 16];
	struct stat info;

	snprintf(path, sizeof(path), "%s%d", UDEV_DATA, ifindex);
	return stat(UDEV_CONTROL, &info) < 0 || stat(path, &info) == 0;
}

static void look_later(struct wanted *w, int ifindex, nsec now)
{
	note(w, ifindex, false);
	w->until = nsec_add(now, PATIENCE_NS);
	loop_timer_set(w->daemon->loop, &w->again, nsec_add(now, EVERY_NS));
}

/* It is wanted, and may join now; else it is looked at later, if it is wanted. */
static bool is_ready(struct daemon *d, const struct link_info *link, nsec now)
{
	if (!settings_for_link(d->settings, link->name, link))
		return false;
	if (is_named(d->settings, link->name) || is_done_with(link->ifindex))
		return true;
	look_later(d->wanted, link->ifindex, now);
	return false;
}

static bool is_short(const struct members_result *result)
{
	int error = result->failure;

	return error == ENOMEM || error == ENOBUFS || error == EMFILE ||
	       error == ENFILE;
}

/* What there was no memory for may be had later; what is somebody else's is not. */
static void refuse(struct daemon *d, const struct members_result *result,
		   const struct link_info *link, nsec now)
{
	struct pending *p = find(d->wanted, link->ifindex);

	if (!p || !p->told)
		members_refuse(result, d, link->name);
	if (is_short(result)) {
		look_later(d->wanted, link->ifindex, now);
		p = find(d->wanted, link->ifindex);
		if (p)
			p->told = true;
		return;
	}
	log_about(link->name, LOG_LEVEL_WARNING,
		  "left alone until it comes again, or a reload");
	note(d->wanted, link->ifindex, true);
}

/* Becomes a member if it is wanted and may be; else NULL. */
static struct managed *join(const struct joining *j,
			    const struct link_info *link, nsec now)
{
	struct daemon *d = j->daemon;
	struct members_wish wish = {
		.name = link->name,
		.settings = settings_for_link(d->settings, link->name, link),
		.membership = membership_of(d->settings, link->name),
	};
	struct members_result result = { 0 };
	struct managed *m;

	if (!is_ready(d, link, now))
		return NULL;
	m = members_join(j, &wish, link, &result);
	if (m)
		wanted_gone(d, link->ifindex);
	else
		refuse(d, &result, link, now);
	return m;
}

/* ---- links that appear --------------------------------------------------- */

/* Hundreds may appear at once: the same view of other programs does for them. */
static struct rivals *look_for_rivals(struct wanted *w, nsec now)
{
	if (w->rivals && now < nsec_add(w->rivals_at, RIVALS_NS))
		return w->rivals;
	rivals_close(w->rivals);
	w->rivals = NULL;
	w->rivals_at = now;
	return rivals_open(&w->rivals, &rivals_host) < 0 ? NULL : w->rivals;
}

void wanted_appeared(struct daemon *d, const struct link_info *link, nsec now)
{
	const struct pending *p = find(d->wanted, link->ifindex);
	struct joining j = { .daemon = d };
	struct managed *m;

	if ((p && p->refused) || !is_ready(d, link, now))
		return;
	j.rivals = look_for_rivals(d->wanted, now);
	if (!j.rivals) {
		look_later(d->wanted, link->ifindex, now);
		return;
	}
	m = join(&j, link, now);
	if (!m)
		return;
	log_about(m->iface.name, LOG_LEVEL_NOTICE,
		  "it has appeared, and is managed from now on");
	members_start_later(m, link, now);
}

static void again_reached(struct loop_timer *timer, nsec now)
{
	struct wanted *w = LOOP_OWNER(timer, struct wanted, again);
	bool waiting = false;

	/* From the last: whoever joins leaves the list. */
	for (size_t i = w->count; i-- > 0;) {
		char name[IF_NAMESIZE];
		struct link_info link;

		if (i >= w->count || w->list[i].refused)
			continue;
		waiting = true;
		if (is_done_with(w->list[i].ifindex) &&
		    if_indextoname((unsigned)w->list[i].ifindex, name) &&
		    link_find(name, &link) == 0)
			wanted_appeared(w->daemon, &link, now);
	}
	/* Later there has to be news of the link. */
	if (waiting && now < w->until)
		loop_timer_set(w->daemon->loop, timer, nsec_add(now, EVERY_NS));
}

/* ---- the start ----------------------------------------------------------- */

static struct wanted *make(struct daemon *d)
{
	struct wanted *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->daemon = d;
	w->again.fire = again_reached;
	return w;
}

void wanted_close(struct daemon *d)
{
	if (!d->wanted)
		return;
	loop_timer_set(d->loop, &d->wanted->again, NSEC_NEVER);
	rivals_close(d->wanted->rivals);
	free(d->wanted->list);
	free(d->wanted);
}

/* One that is not there: named by an argument it is an error, else waited for. */
static enum exit_code await(const struct joining *j, const char *name)
{
	static const struct link_info nothing;
	struct daemon *d = j->daemon;
	const struct members_wish wish = {
		.name = name,
		.settings = settings_for_link(d->settings, name, &nothing),
	};
	struct members_result result = { .error = MEMBERS_NO_LINK };

	if (d->settings->wanted_count || d->settings->fail_now)
		return members_refuse(&result, d, name);
	result.error = MEMBERS_OK;
	if (!members_await(j, &wish, &result))
		return members_refuse(&result, d, name);
	log_about(name, LOG_LEVEL_NOTICE,
		  "there is no such interface yet; waiting for it");
	return EXIT_CODE_LEASED;
}

/* One that is named, wherever it is named; it has to succeed. */
static enum exit_code open_named(const struct joining *j, const char *name,
				 struct link_info *link)
{
	struct daemon *d = j->daemon;
	struct members_wish wish = { .name = name };
	struct members_result result = { 0 };
	int r = link_find(name, link);

	if (r == -ENODEV)
		return await(j, name);
	if (r < 0)
		return daemon_fail(name, r);
	wish.settings = settings_for_link(d->settings, name, link);
	/* An interface has other names, too (ip link property add altname). */
	result.managed = daemon_find_index(d, link->ifindex);
	if (result.managed)
		result.error = MEMBERS_BUSY;
	return !result.managed && members_join(j, &wish, link, &result)
		       ? EXIT_CODE_LEASED
		       : members_refuse(&result, d, name);
}

static enum exit_code open_all(const struct joining *j,
			       const struct link_info *all, size_t count,
			       struct link_info *links)
{
	struct daemon *d = j->daemon;
	enum exit_code code = EXIT_CODE_LEASED;
	const char *name;
	size_t at = 0;

	while (code == EXIT_CODE_LEASED &&
	       (name = settings_next_name(d->settings, &at)))
		code = open_named(j, name, &links[d->managed_count]);
	for (size_t i = 0; code == EXIT_CODE_LEASED && i < count; i++) {
		links[d->managed_count] = all[i];
		if (!daemon_find_index(d, all[i].ifindex))
			join(j, &all[i], loop_clock());
	}
	if (code != EXIT_CODE_LEASED || d->managed_count)
		return code;
	if (d->settings->fail_now) {
		log_error("no interface fits the configuration");
		return EXIT_CODE_NO_INTERFACE;
	}
	log_notice("no interface fits the configuration yet; waiting for one");
	return EXIT_CODE_LEASED;
}

enum exit_code wanted_open(struct daemon *d, const struct instance *instance,
			   struct link_info **ret_links)
{
	struct joining j = { .daemon = d, .instance = instance };
	const struct settings *s = d->settings;
	struct link_info *all = NULL;
	struct rivals *rivals = NULL;
	enum exit_code code;
	size_t count = 0;
	/* A host may have thousands of links that nobody asked for. */
	int r = settings_by_names_alone(s) ? 0 : link_list(&all, &count);

	if (r < 0)
		return daemon_fail("rtnetlink", r);
	/* One that was made since then may be named. */
	*ret_links = calloc(count + s->wanted_count + s->section_count + 1,
			    sizeof(**ret_links));
	d->wanted = make(d);
	r = *ret_links && d->wanted ? rivals_open(&rivals, &rivals_host)
				    : -ENOMEM;
	j.rivals = rivals;
	code = r < 0 ? daemon_fail("memory", r)
		     : open_all(&j, all, count, *ret_links);
	if (r == 0)
		rivals_close(rivals);
	free(all);
	return code;
}

/* ---- after a reload ------------------------------------------------------ */

/* A link that is there and a member already: its settings, or its end. */
static void settle(struct managed *m, const char *name,
		   const struct link_info *link,
		   const struct reload_listener *listener, nsec now)
{
	const struct settings *s = m->daemon->settings;
	const struct iface_settings *settings = settings_for_link(s, name, link);

	if (!settings || m->seen)
		return;
	m->seen = true;
	m->membership = membership_of(s, name);
	if (reload_apply(m, settings, now))
		reload_tell(listener, RELOAD_CHANGED, m->iface.name);
}

/* One that is a member by the configuration. */
static bool is_ours(const struct managed *m)
{
	return m->membership != MEMBERSHIP_KEY;
}

/* It is as good as there: what all share serves it from now on, too. */
static void settle_awaited(struct managed *m,
			   const struct reload_listener *listener, nsec now)
{
	static const struct link_info nothing;

	m->seen = true;
	members_start_later(m, &nothing, now);
	reload_tell(listener, RELOAD_ADDED, m->iface.name);
}

/* Those that are named, by whatever name; who is not there is waited for. */
static void settle_named(const struct joining *j,
			 const struct reload_listener *listener, nsec now)
{
	static const struct link_info nothing;
	struct daemon *d = j->daemon;
	const char *name;
	size_t at = 0;

	while ((name = settings_next_name(d->settings, &at))) {
		struct link_info link;
		struct managed *m;
		int r = link_find(name, &link);

		m = r == 0 ? daemon_find_index(d, link.ifindex)
			   : daemon_find(d, name);
		if (m && is_ours(m))
			settle(m, name, r == 0 ? &link : &nothing, listener, now);
		else if (!m && r == -ENODEV && await(j, name) == EXIT_CODE_LEASED)
			settle_awaited(d->managed[d->managed_count - 1],
				       listener, now);
	}
}

/* All that are there: those that fit, and those that join. */
static void settle_links(const struct joining *j, const struct link_info *all,
			 size_t count, const struct reload_listener *listener,
			 nsec now)
{
	struct daemon *d = j->daemon;

	for (size_t i = 0; i < count; i++) {
		struct managed *m = daemon_find_index(d, all[i].ifindex);

		if (m && is_ours(m)) {
			settle(m, all[i].name, &all[i], listener, now);
		} else if (!m && (m = join(j, &all[i], now))) {
			m->seen = true;
			members_start_later(m, &all[i], now);
			log_about(m->iface.name, LOG_LEVEL_NOTICE,
				  "managed from now on");
			reload_tell(listener, RELOAD_ADDED, m->iface.name);
		}
	}
}

/* Who was not seen is not wanted. */
static void sweep(struct daemon *d, const struct reload_listener *listener,
		  nsec now)
{
	for (size_t i = d->managed_count; i-- > 0;) {
		struct managed *m = d->managed[i];
		bool wanted = m->seen || !is_ours(m);

		m->seen = false;
		reload_keys(m);
		if (wanted)
			continue;
		reload_tell(listener, RELOAD_REMOVED, m->iface.name);
		members_remove(m, false, now);
	}
}

int wanted_look(struct wanted_view *ret)
{
	int r = rivals_open(&ret->rivals, &rivals_host);

	if (r < 0)
		return r;
	r = link_list(&ret->links, &ret->count);
	if (r < 0)
		rivals_close(ret->rivals);
	return r;
}

void wanted_forget(struct wanted_view *view)
{
	rivals_close(view->rivals);
	free(view->links);
}

void wanted_again(struct daemon *d, struct wanted_view *view,
		  const struct reload_listener *listener, nsec now)
{
	const struct joining j = { .daemon = d, .rivals = view->rivals };

	/* Who was refused may have been set right. */
	d->wanted->count = 0;
	settle_named(&j, listener, now);
	settle_links(&j, view->links, view->count, listener, now);
	sweep(d, listener, now);
	wanted_forget(view);
}
