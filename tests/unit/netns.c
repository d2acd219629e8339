/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces for tests, and ip(8) as what they are compared with. */
#include "netns.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_SIZE 512

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

bool netns_enter(void)
{
	if (system("ip -V >/dev/null 2>&1") != 0)
		return skip("ip(8)", ENOENT);
	if (unshare(CLONE_NEWNET) < 0 && !enter_user_namespace())
		return skip("a network namespace", errno);
	netns_ip("link set lo up");
	return true;
}

void netns_ip(const char *format, ...)
{
	char command[COMMAND_SIZE] = "ip ";
	va_list list;

	va_start(list, format);
	vsnprintf(command + 3, sizeof(command) - 3, format, list);
	va_end(list);
	ck_assert_msg(system(command) == 0, "%s", command);
}

const char *netns_show(const char *format, ...)
{
	static char text[1 << 16];
	char command[COMMAND_SIZE] = "ip -N ";
	size_t size;
	va_list list;
	FILE *pipe;

	va_start(list, format);
	vsnprintf(command + 6, sizeof(command) - 6, format, list);
	va_end(list);
	pipe = popen(command, "re");
	ck_assert_ptr_nonnull(pipe);
	size = fread(text, 1, sizeof(text) - 1, pipe);
	text[size] = '\0';
	ck_assert_msg(pclose(pipe) == 0, "%s", command);
	return text;
}

void netns_wait_up(const char *name)
{
	for (int i = 0; i < 500; i++) {
		if (strstr(netns_show("link show dev %s", name), " state UP "))
			return;
		usleep(10000);
	}
	ck_abort_msg("%s does not come up", name);
}

int netns_index(const char *name)
{
	int index = (int)if_nametoindex(name);

	ck_assert_int_gt(index, 0);
	return index;
}
