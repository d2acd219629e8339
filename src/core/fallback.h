/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address besides a lease: a link-local one (RFC 3927), or one that the user
 * named, for as long as no server gives any.
 *
 * It runs beside the machine, which does not know of it: no message, timer or
 * lease is another for it (RFC 3927 1.9, 2.11). It is probed before it is used,
 * announced and defended (RFC 5227) at the RFC's pace, whatever is done about
 * leases.
 */
#ifndef CORE_FALLBACK_H
#define CORE_FALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "core/acd.h"

enum fallback_mode {
	FALLBACK_MODE_OFF,
	FALLBACK_MODE_LINKLOCAL, /* while servers are silent */
	FALLBACK_MODE_STATIC,	 /* the same, but an address of the user's */
	FALLBACK_MODE_ALWAYS,	 /* link-local, besides a lease, too */
	FALLBACK_MODE_COUNT
};

struct fallback_config {
	enum fallback_mode mode;
	ipv4_addr address;     /* STATIC; else what is tried first, or 0 */
	uint8_t prefix_length; /* STATIC */
	ipv4_addr gateway;     /* STATIC: of the default route, or 0 */
};

/* With fallback_init(): nothing was begun yet. */
struct fallback {
	struct acd acd; /* of its address; in use: ours */
	nsec begin_at;	/* STATIC, and somebody's: it is probed again then */

	/* Link-local: what is probed or used, or was last; 0: none yet. */
	ipv4_addr candidate;
	uint32_t drawn; /* from the host's sequence, so far */

	bool active; /* begun, and not ended since */

	/* In use: whether the kernel has it, and the next attempt if not. */
	bool configured;
	unsigned configure_failures; /* in a row */
	nsec configure_at;
};

void fallback_init(struct fallback *);

/* The address in use, or 0. */
ipv4_addr fallback_address(const struct fallback *);

/* When something is to be done; NSEC_NEVER: nothing. */
nsec fallback_deadline(const struct fallback *);

#endif
