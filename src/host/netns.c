/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which network a process sees, the file of that network's devices tells: unlike
 * ns/net, everybody may look at it.
 */
#include "host/netns.h"

#include <stdio.h>
#include <sys/stat.h>

/* Of where /proc is, and some words behind that. */
#define PATH_SIZE 512

enum netns netns_of(const char *proc, const char *pid)
{
	char path[PATH_SIZE];
	struct stat ours, its;

	snprintf(path, sizeof(path), "%s/self/net/dev", proc);
	if (stat(path, &ours) < 0)
		return NETNS_OURS;
	snprintf(path, sizeof(path), "%s/%s/net/dev", proc, pid);
	if (stat(path, &its) < 0)
		return NETNS_UNKNOWN;
	return ours.st_dev == its.st_dev && ours.st_ino == its.st_ino
		       ? NETNS_OURS
		       : NETNS_OTHER;
}
