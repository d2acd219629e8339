/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which links are meant: by a section's name in the configuration, or by an
 * argument of the command line.
 *
 *	eth0			the link of that name
 *	hwaddr 52:54:00:12:34:56	those with that hardware address,
 *	hwaddr 52:54:00:*		or with one that begins so
 *	en*			those whose names fit (fnmatch(3))
 *	kind vlan		those of that kind, "physical" where the kernel
 *				names none
 *
 * A pattern, the beginning of an address and a kind mean no virtual end (see
 * link.h): these have to be named in full. It decides nothing about several
 * selectors; settings.c does.
 */
#ifndef DAEMON_SELECTOR_H
#define DAEMON_SELECTOR_H

#include <stdbool.h>

#include "core/frame.h"

/* Where several mean a link, the first one of these holds. */
enum selector_by {
	SELECTOR_BY_NAME,
	SELECTOR_BY_HWADDR,
	SELECTOR_BY_PATTERN,
	SELECTOR_BY_KIND,
};

#define SELECTOR_TEXT_MAX 71 /* "hwaddr ", 20 octets and ":*" */

struct selector {
	enum selector_by by;
	bool begins;	      /* of an address: more octets may follow */
	struct hwaddr hwaddr; /* BY_HWADDR */
	char text[SELECTOR_TEXT_MAX + 1]; /* all of it, in one spelling */
};

struct link_info;

/* Reads one. Returns what is wrong with it, or NULL. */
const char *selector_read(const char *text, struct selector *ret);

/* True if it means one link, which is named in full, by name or address. */
bool selector_is_full(const struct selector *);

/*
 * True if it means the link, which is known here by that name: its own, or an
 * alternative one by which it was looked up.
 */
bool selector_means(const struct selector *, const char *name,
		    const struct link_info *);

#endif
