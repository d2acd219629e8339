/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a daemon that was started by another client's command line. */
#ifndef COMPAT_ENDING_H
#define COMPAT_ENDING_H

#include <stdbool.h>
#include <sys/types.h>

/* A process, and none that has its number later. */
struct ending {
	pid_t pid;
	int fd;		   /* to be closed, which ending_make() does */
	bool is_directory; /* fd: the kernel has nothing better */
};

/*
 * The process of a pid file, if it is a tenured that lives. 0; -ESRCH: there is
 * none; -EACCES: the caller may not know; -ENXIO: its file is none; or -errno.
 */
int ending_find(const char *pid_file, struct ending *ret);

/*
 * Has it ask for a longer lease: who starts a client again, without a word about a
 * pid file, wants no more. The code to exit with.
 */
int ending_renew(const struct ending *);

/*
 * Ends it, after it gave back its leases if release is true, and waits for that; the
 * pid file goes, too. The code to exit with.
 */
int ending_make(const struct ending *, const char *pid_file, bool release);

#endif
