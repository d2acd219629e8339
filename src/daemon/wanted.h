/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which links the configuration wants managed: at the start, when one appears, and
 * after a reload. A link that is meant by anything but its name joins when udev,
 * where it runs, is done with it, since its name may change until then.
 */
#ifndef DAEMON_WANTED_H
#define DAEMON_WANTED_H

#include "daemon/daemon.h"

struct link_info;
struct reload_listener;

/*
 * At the start, while there are privileges: makes members of all that is wanted and
 * there. What is known of their links goes to *ret_links, in the order of
 * daemon.managed, to be freed in any case. The code is as daemon_open()'s.
 */
enum exit_code wanted_open(struct daemon *, const struct instance *,
			   struct link_info **ret_links);
void wanted_close(struct daemon *);

/* News of a link that nobody manages: it joins if it is wanted. */
void wanted_appeared(struct daemon *, const struct link_info *, nsec now);

/* The same of one that went, and is nobody's. */
void wanted_gone(struct daemon *, int ifindex);

/* What it takes to look for all that is wanted. */
struct wanted_view {
	struct rivals *rivals;
	struct link_info *links;
	const struct link_info **by_name; /* the same, in that order */
	size_t count;
};

/* 0 or -errno. */
int wanted_look(struct wanted_view *ret);
void wanted_forget(struct wanted_view *);

/*
 * The settings are other ones: who is not wanted any more leaves, who is wanted now
 * joins, and the others have the settings that are for them now. Ends the view.
 */
void wanted_again(struct daemon *, struct wanted_view *,
		  const struct reload_listener *, nsec now);

#endif
