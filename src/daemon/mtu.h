/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MTU that a lease brings (option 26), where it is wanted at all: a server
 * that is wrong about it, or lies, breaks connections in ways that are hard to
 * find.
 */
#ifndef DAEMON_MTU_H
#define DAEMON_MTU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "core/lease.h"

struct iface_settings;
struct managed;

/* Of an interface. */
struct mtu_state {
	uint32_t former; /* before ours; 0: the present one is not ours */
	uint32_t ours;	 /* as set last */
	uint32_t tried;	 /* what the lease says, which is tried once; or 0 */
	nsec changed_ns; /* when we changed it; 0: never */
};

/* A device may lose its carrier for so long when its MTU is changed. */
#define MTU_GRACE_NS (5 * NSEC_PER_S)

/* The MTU of a lease that these settings allow; 0: none. */
uint32_t mtu_wanted(const struct iface_settings *, const struct dhcp4_lease *);

/*
 * Brings the interface to the MTU that its client's lease says, or back to the
 * former one if there is no lease any more. A lease that waits for its checks
 * changes nothing. What is refused is said and not tried again.
 */
void mtu_settle(struct managed *, nsec now);

/* Brings it back to the former one, whatever there is of a lease. */
void mtu_restore(struct managed *, nsec now);

/* An earlier process has set it, and this is what the MTU was before. */
void mtu_adopt(struct managed *, uint32_t former);

/* Whether a change of the carrier is taken for a consequence of our own deed. */
bool mtu_excuses(const struct mtu_state *, nsec now);

#endif
