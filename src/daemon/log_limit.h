/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines of log are repeats, and one too many. Whoever can make an interface
 * say something again and again, by packets or a bad cable, shall not fill a disk:
 * of each kind of line an interface has some at once, and then one from time to
 * time, which says how many were left out.
 *
 * Memory and a time go in; it writes nothing and reads no clock.
 */
#ifndef DAEMON_LOG_LIMIT_H
#define DAEMON_LOG_LIMIT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"

/* So many at once, and one more whenever so much time has passed. */
#define LOG_LIMIT_BURST	   10
#define LOG_LIMIT_EVERY_NS (6 * 60 * NSEC_PER_S)

/* Interfaces times kinds that are kept apart; all others count together. */
#define LOG_LIMIT_KEYS	      256
#define LOG_LIMIT_OTHER_BURST 8192

#define LOG_LIMIT_TEXT 160

/* One kind of line of one interface. Zeroed: nothing was said yet. */
struct log_limit_entry {
	const void *kind; /* whatever tells kinds apart; NULL: this is free */
	char interface[IFNAMSIZ];
	int level;
	nsec full_at;	   /* when nothing of it counts any more */
	nsec said_at;	   /* the last one that was not left out */
	uint32_t left_out; /* since then */
};

struct log_limit {
	uint32_t waiting; /* entries that left something out */
	struct log_limit_entry other, entries[LOG_LIMIT_KEYS];

	/*
	 * Of the last one that was left out, of other and of each entry. Apart from
	 * them: most never leave out any, and all are looked through for each line.
	 */
	char texts[1 + LOG_LIMIT_KEYS][LOG_LIMIT_TEXT];
};

/* The account of this kind of line, which another one may have next. */
struct log_limit_entry *log_limit_find(struct log_limit *, const char *interface,
				       const void *kind, nsec now);

/* True if one more may be said now. */
bool log_limit_allows(const struct log_limit *, const struct log_limit_entry *,
		      nsec now);

/* It is said. Returns how many were left out before it. */
uint32_t log_limit_say(struct log_limit *, struct log_limit_entry *, nsec now);

/* It is not said: keeps what it would have been. */
void log_limit_leave_out(struct log_limit *, struct log_limit_entry *,
			 int level, const char *text);

/*
 * One that left something out and is allowed again, or NULL; at the end, any one
 * that left something out. What is said for it is its text.
 */
struct log_limit_entry *log_limit_due(struct log_limit *, nsec now, bool end);

/* What was left out last. */
const char *log_limit_text(const struct log_limit *,
			   const struct log_limit_entry *);

#endif
