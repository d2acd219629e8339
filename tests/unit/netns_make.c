/* SPDX-License-Identifier: BSD-2-Clause */
/* The namespace itself, without what Check needs. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"

static bool skip(const char *what, int error)
{
	fprintf(stderr, "SKIPPED: %s: %s\n", what, strerror(error));
	return false;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

static bool enter_user_namespace(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %u 1", uid);
	snprintf(groups, sizeof(groups), "0 %u 1", gid);
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 &&
	       write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/uid_map", users) &&
	       write_file("/proc/self/gid_map", groups);
}

bool netns_make(void)
{
	if (system("ip -V >/dev/null 2>&1") != 0)
		return skip("ip(8)", ENOENT);
	if (unshare(CLONE_NEWNET) < 0 && !enter_user_namespace())
		return skip("a network namespace", errno);
	return true;
}
