/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces for tests, and ip(8) as what they are compared with. */
#include "netns.h"

#include <check.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulated.h"

#define COMMAND_SIZE 512

bool netns_enter(void)
{
	if (emulated("sockets of a network namespace") || !netns_make())
		return false;
	netns_ip("link set lo up");
	return true;
}

/* Runs a command, in this process or in the other one. True if it went well. */
static bool run(const char *command, char *text, size_t size)
{
	FILE *pipe = popen(command, "re");
	size_t used = pipe ? fread(text, 1, size - 1, pipe) : 0;

	text[used] = '\0';
	return pipe && pclose(pipe) == 0;
}

static int other = -1; /* a socket to it */

/* What it answers: whether the command went well, and what that printed. */
struct answer {
	bool well;
	char text[1 << 16];
};

static _Noreturn void serve(int fd)
{
	static struct answer answer;
	char command[COMMAND_SIZE];

	while (recv(fd, command, sizeof(command), 0) > 0) {
		answer.well = run(command, answer.text, sizeof(answer.text));
		send(fd, &answer, sizeof(answer), MSG_NOSIGNAL);
	}
	_exit(0);
}

void netns_delegate(void)
{
	int pair[2];

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	if (fork() == 0) {
		close(pair[0]);
		serve(pair[1]);
	}
	close(pair[1]);
	other = pair[0];
}

static const char *get(const char *command)
{
	static struct answer answer;

	if (other < 0) {
		answer.well = run(command, answer.text, sizeof(answer.text));
	} else {
		ck_assert_int_gt((int)send(other, command, strlen(command) + 1,
					   MSG_NOSIGNAL),
				 0);
		ck_assert_int_eq((int)recv(other, &answer, sizeof(answer), 0),
				 (int)sizeof(answer));
	}
	ck_assert_msg(answer.well, "%s", command);
	return answer.text;
}

void netns_ip(const char *format, ...)
{
	char command[COMMAND_SIZE] = "ip ";
	va_list list;

	va_start(list, format);
	vsnprintf(command + 3, sizeof(command) - 3, format, list);
	va_end(list);
	get(command);
}

void netns_command(const char *format, ...)
{
	char command[COMMAND_SIZE];
	va_list list;

	va_start(list, format);
	vsnprintf(command, sizeof(command), format, list);
	va_end(list);
	get(command);
}

const char *netns_show(const char *format, ...)
{
	char command[COMMAND_SIZE] = "ip -N ";
	va_list list;

	va_start(list, format);
	vsnprintf(command + 6, sizeof(command) - 6, format, list);
	va_end(list);
	return get(command);
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
