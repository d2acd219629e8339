/* SPDX-License-Identifier: BSD-2-Clause */
/* In front of the C library's functions, as alloc.c is. */
#include "torture/haste.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

static nsec passed;

void haste_pass(nsec time)
{
	passed += time;
}

/* Where time_t is wider than long, functions have other names for the linker. */
static void *next(const char *name, const char *name64)
{
	void *function =
		dlsym(RTLD_NEXT, sizeof(time_t) > sizeof(long) ? name64 : name);

	if (!function)
		abort();
	return function;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	static int (*real)(clockid_t, struct timespec *);
	nsec now;
	int r;

	if (!real) {
		void *function = next("clock_gettime", "__clock_gettime64");

		memcpy(&real, &function, sizeof(real));
	}
	r = real(id, ret);
	if (r < 0 || (id != CLOCK_BOOTTIME && id != CLOCK_MONOTONIC))
		return r;
	now = (nsec)ret->tv_sec * NSEC_PER_S + (nsec)ret->tv_nsec + passed;
	ret->tv_sec = (time_t)(now / NSEC_PER_S);
	ret->tv_nsec = (long)(now % NSEC_PER_S);
	return 0;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *new,
		    struct itimerspec *old)
{
	static int (*real)(int, int, const struct itimerspec *,
			   struct itimerspec *);
	struct itimerspec spec = *new;
	nsec at = (nsec)spec.it_value.tv_sec * NSEC_PER_S +
		  (nsec)spec.it_value.tv_nsec;

	if (!real) {
		void *function = next("timerfd_settime", "__timerfd_settime64");

		memcpy(&real, &function, sizeof(real));
	}
	/* Not that of the wall clock; and all zeros switch it off. */
	if (at && flags == TFD_TIMER_ABSTIME) {
		at = at > passed ? at - passed : 1;
		spec.it_value.tv_sec = (time_t)(at / NSEC_PER_S);
		spec.it_value.tv_nsec = (long)(at % NSEC_PER_S);
	}
	return real(fd, flags, &spec, old);
}
