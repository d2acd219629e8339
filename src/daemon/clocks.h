/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the clocks say about each other: that the machine slept, or was restored
 * from where it was stopped; and whether the wall clock may be believed at all.
 * No clock is read here.
 */
#ifndef DAEMON_CLOCKS_H
#define DAEMON_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

/* Each in nanoseconds, at about one moment. */
struct clocks {
	int64_t boot; /* CLOCK_BOOTTIME, which counts a sleep */
	int64_t monotonic;
	int64_t wall; /* CLOCK_REALTIME, which anybody may set */
};

/*
 * True if between two readings the machine slept for over a second, or the wall
 * clock was set ahead by over a minute: it may be a machine that was restored,
 * whose other clocks know nothing of the time in between.
 */
bool clocks_leapt(const struct clocks *before, const struct clocks *now);

/*
 * True if at boot the wall clock was not merely guessed, as from a file: it is
 * synchronised, or the kernel read a clock that goes on without it. rtc: where the
 * kernel tells of its clocks, CLOCKS_RTC.
 */
#define CLOCKS_RTC "/sys/class/rtc"
bool clocks_wall_is_known(bool synchronised, const char *rtc);

/* True if the machine is one whose kernel always has such a clock. */
extern const bool clocks_always_known;

#endif
