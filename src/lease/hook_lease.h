/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hooks are told of a lease: its options turned into typed fields. This is
 * the side that reads what came from the network; the runner never does.
 */
#ifndef LEASE_HOOK_LEASE_H
#define LEASE_HOOK_LEASE_H

#include "base/cursor.h"
#include "core/lease.h"

/*
 * Puts the fields of a lease into a message that was begun: each option as octets,
 * and by its type where it has one that is more than text; then the address and
 * what follows from it. expiry_s is in seconds since 1970, 0 for never. What is
 * not safe to hand on, or does not fit, is left out.
 */
void hook_lease_put(struct writer *, const struct dhcp4_lease *,
		    uint64_t expiry_s);

#endif
