/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link-local addresses (RFC 3927): which ones there are, and in which order a
 * host tries them. That nobody else has one is acd.c's matter, and when one is
 * used at all is fallback.c's.
 */
#ifndef CORE_LINKLOCAL_H
#define CORE_LINKLOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/frame.h"

/* 169.254/16 is one link, and has no subnets (RFC 3927 2.8). */
#define LINKLOCAL_NETWORK	UINT32_C(0xa9fe0000)
#define LINKLOCAL_PREFIX_LENGTH 16

static inline bool linklocal_has(ipv4_addr address)
{
	return ipv4_in(address, LINKLOCAL_NETWORK, LINKLOCAL_PREFIX_LENGTH);
}

/* All but the first and the last 256, which are reserved (RFC 3927 2.1). */
bool linklocal_is_usable(ipv4_addr);

/*
 * A host's candidate of this number. They are spread evenly, in an order that
 * follows from the hardware address alone: the same after each boot, and another
 * one for each host (RFC 3927 2.1).
 */
ipv4_addr linklocal_draw(const struct hwaddr *, uint32_t number);

#endif
