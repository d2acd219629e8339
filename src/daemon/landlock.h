/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon may do with files, and that it speaks no TCP, sends no signals
 * and connects to no abstract socket: as far as the kernel can be told so.
 */
#ifndef DAEMON_LANDLOCK_H
#define DAEMON_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

enum landlock_access {
	LANDLOCK_ACCESS_READ, /* files, and what there is */
	LANDLOCK_ACCESS_KEEP, /* files are made, changed and removed */
	LANDLOCK_ACCESS_COUNT
};

/* With all below it. One that is only read may be missing. */
struct landlock_path {
	const char *path;
	enum landlock_access access;
	int directory; /* it is open already; 0: it is not */
};

/* Rules that wait to be applied. */
struct landlock {
	int ruleset;	 /* -1: there are none */
	const char *why; /* not, or how far they go; NULL: all that there is */
};

/* Makes them, while all of the paths can still be opened. */
struct landlock landlock_prepare(const struct landlock_path *, size_t count);

/*
 * Binds the process to them, for good; wants no_new_privs. True with *ret_why NULL
 * or how it is limited; false with why it does not hold: constant strings.
 */
bool landlock_enter(struct landlock *, const char **ret_why);

/* They are not to be applied. */
void landlock_forget(struct landlock *);

#endif
