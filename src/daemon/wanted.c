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
#include "daemon/list.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/refusal.h"
#include "daemon/reload.h"
#include "host/shortage.h"

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

/*
 * So many names are looked up in a list of all links: to ask for one costs three
 * times what it costs in the list, and makes the kernel tell everybody of what its
 * link has not told yet. A host may have thousands that nobody asked for.
 */
#define NAMES_MANY 32

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

	if (!p) {
		larger = list_make_room(w->list, w->count, sizeof(*larger));
		if (!larger)
			return;
		w->list = larger;
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

static enum membership membership_of(const struct settings *s, const char *name)
{
	return settings_is_name(s, name) ? MEMBERSHIP_NAMED : MEMBERSHIP_PATTERN;
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

/* Its settings if it may join now; else it is looked at later, if it is wanted. */
static const struct iface_settings *settings_if_ready(struct daemon *d,
						      const struct link_info *link,
						      nsec now)
{
	const struct iface_settings *settings =
		settings_for_link(d->settings, link->name, link);

	if (!settings || settings_is_name(d->settings, link->name))
		return settings;
	/* What udev did before it was done may be news that is still to come. */
	if (is_done_with(link->ifindex))
		return link_is_there(link) ? settings : NULL;
	look_later(d->wanted, link->ifindex, now);
	return NULL;
}

/* What there was no memory for may be had later; what is somebody else's is not. */
static void refuse(struct daemon *d, const struct members_result *result,
		   const struct link_info *link, nsec now)
{
	struct pending *p = find(d->wanted, link->ifindex);

	if (!p || !p->told)
		refusal_log(result, d, link->name);
	if (shortage_is(result->failure)) {
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

/* With these settings; NULL if it may not. */
static struct managed *join_with(const struct joining *j,
				 const struct link_info *link,
				 const struct iface_settings *settings, nsec now)
{
	struct daemon *d = j->daemon;
	struct members_wish wish = {
		.name = link->name,
		.settings = settings,
		.membership = membership_of(d->settings, link->name),
	};
	struct members_result result = { 0 };
	struct managed *m = members_join(j, &wish, link, &result);

	if (m)
		wanted_gone(d, link->ifindex);
	else
		refuse(d, &result, link, now);
	return m;
}

/* As it is now; false if it has gone, or another one, somebody's, has its name. */
static bool find_again(const char *name, int ifindex, struct link_info *ret)
{
	struct link_info link;

	if (link_find(name, &link) < 0 || link.ifindex != ifindex)
		return false;
	*ret = link;
	return true;
}

/* Becomes a member if it is wanted and may be; else NULL. The link is a list's. */
static struct managed *join(const struct joining *j, struct link_info *link,
			    nsec now)
{
	const struct iface_settings *settings =
		settings_if_ready(j->daemon, link, now);

	/* If it has gone, or has another name, that is news to come. */
	if (settings && link->pending)
		(void)find_again(link->name, link->ifindex, link);
	return settings ? join_with(j, link, settings, now) : NULL;
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
	const struct iface_settings *settings;
	struct joining j = { .daemon = d };
	struct managed *m;

	if (p && p->refused)
		return;
	settings = settings_if_ready(d, link, now);
	if (!settings)
		return;
	j.rivals = look_for_rivals(d->wanted, now);
	if (!j.rivals) {
		look_later(d->wanted, link->ifindex, now);
		return;
	}
	m = join_with(&j, link, settings, now);
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
		int ifindex;

		if (i >= w->count || w->list[i].refused)
			continue;
		waiting = true;
		ifindex = w->list[i].ifindex;
		if (is_done_with(ifindex) &&
		    if_indextoname((unsigned)ifindex, name) &&
		    find_again(name, ifindex, &link))
			wanted_appeared(w->daemon, &link, now);
	}
	/* Later there has to be news of the link. */
	if (waiting && now < w->until)
		loop_timer_set(w->daemon->loop, timer, nsec_add(now, EVERY_NS));
}

/* ---- all that is there --------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	const struct link_info *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int list_links(struct wanted_view *view)
{
	int r = link_list(&view->links, &view->count);

	if (r < 0)
		return r;
	view->by_name = calloc(view->count + 1, sizeof(*view->by_name));
	if (!view->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < view->count; i++)
		view->by_name[i] = &view->links[i];
	qsort(view->by_name, view->count, sizeof(*view->by_name), compare_names);
	return 0;
}

/* What is not listed may have come since, or have that for another name. */
static int find_link(const struct wanted_view *view, const char *name,
		     struct link_info *ret)
{
	struct link_info wanted;
	const struct link_info *key = &wanted, *const *found = NULL;

	snprintf(wanted.name, sizeof(wanted.name), "%s", name);
	if (view->count)
		found = bsearch(&key, view->by_name, view->count,
				sizeof(*view->by_name), compare_names);
	if (!found || (*found)->pending)
		return link_find(name, ret);
	*ret = **found;
	return 0;
}

void wanted_forget(struct wanted_view *view)
{
	rivals_close(view->rivals);
	free(view->links);
	free(view->by_name);
}

/* Without a list each link is asked for. */
static int look(struct wanted_view *ret, bool list)
{
	int r;

	*ret = (struct wanted_view){ 0 };
	r = rivals_open(&ret->rivals, &rivals_host);
	if (r == 0 && list)
		r = list_links(ret);
	if (r < 0)
		wanted_forget(ret);
	return r;
}

int wanted_look(struct wanted_view *ret)
{
	return look(ret, true);
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
		return refusal_log(&result, d, name);
	result.error = MEMBERS_OK;
	if (!members_await(j, &wish, &result))
		return refusal_log(&result, d, name);
	log_about(name, LOG_LEVEL_NOTICE,
		  "there is no such interface yet; waiting for it");
	return EXIT_CODE_LEASED;
}

/* One that is named, wherever it is named; it has to succeed. */
static enum exit_code open_named(const struct joining *j,
				 const struct wanted_view *view,
				 const char *name, struct link_info *link)
{
	struct daemon *d = j->daemon;
	struct members_wish wish = { .name = name };
	struct members_result result = { 0 };
	int r = find_link(view, name, link);

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
		       : refusal_log(&result, d, name);
}

static enum exit_code open_all(const struct joining *j,
			       const struct wanted_view *view,
			       struct link_info *links)
{
	struct daemon *d = j->daemon;
	enum exit_code code = EXIT_CODE_LEASED;
	/* Whom nobody named may still fit. */
	size_t count = settings_by_names_alone(d->settings) ? 0 : view->count;
	const char *name;
	size_t at = 0;

	while (code == EXIT_CODE_LEASED &&
	       (name = settings_next_name(d->settings, &at)))
		code = open_named(j, view, name, &links[d->managed_count]);
	for (size_t i = 0; code == EXIT_CODE_LEASED && i < count; i++) {
		links[d->managed_count] = view->links[i];
		if (!daemon_find_index(d, view->links[i].ifindex))
			join(j, &links[d->managed_count], loop_clock());
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
	size_t selectors = s->wanted_count + s->section_count;
	struct wanted_view view;
	enum exit_code code;
	int r = look(&view,
		     selectors >= NAMES_MANY || !settings_by_names_alone(s));

	if (r < 0)
		return daemon_fail("what there is on this host", r);
	/* One that was made since then may be named. */
	*ret_links = calloc(view.count + selectors + 1, sizeof(**ret_links));
	d->wanted = make(d);
	j.rivals = view.rivals;
	code = *ret_links && d->wanted ? open_all(&j, &view, *ret_links)
				       : daemon_fail("memory", -ENOMEM);
	wanted_forget(&view);
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
static void settle_named(const struct joining *j, const struct wanted_view *view,
			 const struct reload_listener *listener, nsec now)
{
	static const struct link_info nothing;
	struct daemon *d = j->daemon;
	const char *name;
	size_t at = 0;

	while ((name = settings_next_name(d->settings, &at))) {
		struct link_info link;
		struct managed *m;
		int r = find_link(view, name, &link);

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
static void settle_links(const struct joining *j, const struct wanted_view *view,
			 const struct reload_listener *listener, nsec now)
{
	struct daemon *d = j->daemon;

	for (size_t i = 0; i < view->count; i++) {
		struct link_info *link = &view->links[i];
		struct managed *m = daemon_find_index(d, link->ifindex);

		if (m && is_ours(m)) {
			settle(m, link->name, link, listener, now);
		} else if (!m && (m = join(j, link, now))) {
			m->seen = true;
			members_start_later(m, link, now);
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

void wanted_again(struct daemon *d, struct wanted_view *view,
		  const struct reload_listener *listener, nsec now)
{
	const struct joining j = { .daemon = d, .rivals = view->rivals };

	/* Who was refused may have been set right. */
	d->wanted->count = 0;
	settle_named(&j, view, listener, now);
	settle_links(&j, view, listener, now);
	sweep(d, listener, now);
	wanted_forget(view);
}
