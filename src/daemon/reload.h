/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration read again while the daemon runs: what differs is applied,
 * and what is the same is not touched. On any error all stays as it was.
 */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "daemon/daemon.h"

/* What became of it, one name after another. */
enum reload_news {
	RELOAD_CHANGED, /* an interface, to which something new applies */
	RELOAD_ADDED,	/* an interface */
	RELOAD_REMOVED, /* an interface; its lease and address stay */
	RELOAD_RESTART, /* a key that takes effect with the next start */
	RELOAD_KEPT,	/* a key whose former value holds on; see the log */
	RELOAD_NEWS_COUNT
};

/* Called during the reload; the name is good for the call. All are logged, too. */
struct reload_listener {
	void (*told)(void *context, enum reload_news, const char *name);
	void *context;
};

/*
 * Reads the command line's arguments and the files again, and applies the
 * difference: interfaces come (members_add()), go (members_remove() without a
 * release), or change as far as their keys changed. One that cannot come is logged
 * and stays away; it is no error of the configuration. listener may be NULL.
 *
 * 0; -EINVAL: nothing was changed, *ret says why and so does the log; or -errno for
 * want of memory, after a line of log.
 */
int daemon_reload(struct daemon *, const struct reload_listener *, nsec now,
		  struct settings_error *ret);

/*
 * For wanted.c: an interface of the configuration has these settings from now on.
 * True if something changed.
 */
bool reload_apply(struct managed *, const struct iface_settings *, nsec now);

/* And these keys for authentication. */
void reload_keys(struct managed *);

/* For the same; listener may be NULL. */
void reload_tell(const struct reload_listener *, enum reload_news,
		 const char *name);

/* Nobody can look at former settings any more. */
void reload_forget(struct daemon *);

/*
 * Other settings for one interface, of which the difference is applied. They are
 * its own from now on, as members_wish has it; the same again change nothing.
 * True if something changed.
 */
bool reload_member(struct managed *, struct iface_settings *own, nsec now);

#endif
