/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel should hold for our interfaces against what it holds. Others
 * may remove it or put theirs in its place; the core is told, and decides how
 * often it comes back. What others have is never touched.
 */
#ifndef DAEMON_UPKEEP_H
#define DAEMON_UPKEEP_H

#include "base/nsec.h"
#include "base/str.h"
#include "daemon/loop.h"

struct daemon;
struct installation;
struct managed;

/* 0 or -errno. It does not listen yet: nothing is ours, and a DISCOVER comes first. */
int upkeep_open(struct daemon *);
void upkeep_close(struct daemon *);

/*
 * Other interfaces are there now, or have other numbers: that is for the end of the
 * turn, since many may come and go in one. upkeep_listen() does what is due: then,
 * and before the kernel is given something of ours, or asked whether it has some.
 */
void upkeep_watch(struct daemon *);
void upkeep_listen(struct daemon *);

/*
 * The link was set up, or changed its table: with its state the kernel flushes
 * routes without a word.
 */
void upkeep_flushed(struct managed *, nsec now);

/*
 * Calls back for each address and route that is not there as it should be, in
 * words: "10.0.0.0/24: removed".
 */
void upkeep_list(const struct installation *,
		 void (*each)(void *context, const char *text), void *context);

#endif
