/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When what is to be kept of an interface is written, and what follows where the
 * disk does not take it: it lives in memory, one line says so, and it is tried
 * again, less and less often. How files are written is store.h's.
 */
#ifndef DAEMON_STORING_H
#define DAEMON_STORING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "daemon/loop.h"

struct daemon;
struct iface;
struct managed;

/* What the disk does not have yet. */
struct storing {
	bool forget_due;     /* the lease file is to go */
	bool save_due;	     /* the lease file is to be written */
	bool fallback_due;   /* so is the fallback's */
	bool servers_due;    /* and that of the servers that are known */
	bool sync_due;	     /* it is to reach the disk, when all has settled */
	uint8_t failures;    /* in a row; 0: the disk takes what it is given */
	nsec synced_ns;	     /* when it last reached the disk */
	uint64_t stored_sum; /* of what the file's says besides; 0: not known */
	struct loop_timer retry;
};

void storing_init(struct managed *);

/* The lease's file, for struct iface_ops. It is a cache: written by storing_work(). */
void storing_save(struct iface *, nsec now);
void storing_forget(struct iface *);

/* The fallback's, at once. */
void storing_fallback(struct managed *, nsec now);

/* So is that of the servers that are known, where they are not learned of a lease. */
void storing_servers(struct managed *, nsec now);

/* The end of a turn: writes what is due, and is not to be tried later. */
void storing_work(struct managed *, nsec now);

/* True if the lease is that of its file, times aside; false: maybe not. */
bool storing_is_stored(const struct managed *);

/* The file is another lease's from now on, or none is there. */
void storing_replaced(struct managed *);

/* True if that would write a lease file. */
bool storing_has_work(const struct managed *);

/* All is quiet: brings the lease file to the disk. False if it is there already. */
bool storing_settle(struct managed *, nsec now);

/* The end of the interface or process: what is due is tried a last time. */
void storing_close(struct managed *, nsec now);

#endif
