/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wall clock, which anybody may set: for what outlives this boot, and for
 * people. It is no call of time(): of that the loader of the GNU C library chooses
 * a variant at each start, in pages which nothing else of the daemon touches.
 */
#ifndef DAEMON_WALL_CLOCK_H
#define DAEMON_WALL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Seconds since 1970. */
static inline int64_t wall_clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

#endif
