/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces for tests, and ip(8) as what they are compared with. */
#include "netns.h"

#include <check.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_SIZE 512

bool netns_enter(void)
{
	if (!netns_make())
		return false;
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
