/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was leased before the root was mounted: in an initramfs tenured is started
 * with --state-dir RUNDIR/initramfs, which is there still when the daemon of the
 * real root starts. Leases of this boot, whose addresses the kernel has, and the
 * DUID by which they were got become that daemon's.
 *
 * Each is taken when it is needed, by who has the interface's lock, and written
 * anew; only then it is removed there. What cannot be written is used all the same.
 */
#ifndef DAEMON_HANDOVER_H
#define DAEMON_HANDOVER_H

#include <stdbool.h>

#include "base/nsec.h"
#include "daemon/duid.h"
#include "daemon/instance.h"
#include "daemon/store.h"

struct handover;

/*
 * Opens what is there, if it is not the state directory itself: the initramfs' own
 * daemon has nothing to take from itself. NULL, on most hosts: there is nothing; or
 * what is there is somebody else's or cannot be read, which is said.
 */
struct handover *handover_open(const struct instance *);
void handover_close(struct handover *);

/*
 * A host without a DUID goes on with the one it had before; one that has its own
 * keeps that, since other programs may have told it to others. True: *ret is it,
 * whether or not the place has taken it. NULL is fine: false.
 */
bool handover_duid(struct handover *, const struct duid_place *,
		   struct duid *ret);

/*
 * As store_load(); but a lease of this boot that is newer than the store's is taken
 * over, and is the store's from then on, unless what the store has cannot be read
 * now. NULL is fine.
 */
int handover_load(struct handover *, struct store *, const char *ifname,
		  nsec now, struct lease_file *ret);

#endif
