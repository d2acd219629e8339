/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instants and durations in nanoseconds.
 *
 * An instant is absolute, counted on CLOCK_BOOTTIME, which runs during suspend.
 * NSEC_NEVER is later than every instant; adding to it, or past it, stays there.
 */
#ifndef BASE_NSEC_H
#define BASE_NSEC_H

#include <stdint.h>

typedef uint64_t nsec;

#define NSEC_NEVER  UINT64_MAX
#define NSEC_PER_MS UINT64_C(1000000)
#define NSEC_PER_S  UINT64_C(1000000000)

static inline nsec nsec_add(nsec instant, nsec duration)
{
	return duration >= NSEC_NEVER - instant ? NSEC_NEVER : instant + duration;
}

/* The time from now to instant; 0 if it has passed. */
static inline nsec nsec_until(nsec now, nsec instant)
{
	if (instant == NSEC_NEVER)
		return NSEC_NEVER;
	return instant > now ? instant - now : 0;
}

static inline nsec nsec_min(nsec a, nsec b)
{
	return a < b ? a : b;
}

static inline nsec nsec_max(nsec a, nsec b)
{
	return a > b ? a : b;
}

#endif
