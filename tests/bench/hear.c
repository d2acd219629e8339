/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hear: what a subscriber is told over tenured's socket, a line an event, with the
 * CLOCK_MONOTONIC in ns at which it was read.
 *
 *   hear SOCKET
 *
 *   NS EVENT     the reply as it came, in JSON
 *
 * Like watch it is awake for moments, but then at once.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MAX (1 << 17)

static const char call[] = "{\"method\":\"org.tenured.Client.Subscribe\","
			   "\"parameters\":{},\"more\":true}";

_Noreturn static void fail(const char *what)
{
	fprintf(stderr, "hear: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int subscribe(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		fail(path);
	}
	strcpy(address.sun_path, path);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    send(fd, call, sizeof(call), MSG_NOSIGNAL) != sizeof(call))
		fail(path);
	return fd;
}

static long long clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Replies end with a NUL; how much of the last one is there is returned. */
static size_t tell(char *replies, size_t size, long long now)
{
	size_t start = 0;
	const char *end;

	while ((end = memchr(replies + start, '\0', size - start))) {
		printf("%lld %s\n", now, replies + start);
		start = (size_t)(end - replies) + 1;
	}
	fflush(stdout);
	memmove(replies, replies + start, size - start);
	return size - start;
}

int main(int argc, char **argv)
{
	static char replies[REPLY_MAX];
	struct sched_param priority = { .sched_priority = 1 };
	size_t used = 0;
	ssize_t got;
	int fd;

	if (argc != 2)
		return 64;
	if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0)
		perror("hear: its own instants may be late");
	fd = subscribe(argv[1]);
	printf("0 READY\n");
	fflush(stdout);
	while ((got = read(fd, replies + used, sizeof(replies) - used)) > 0)
		used = tell(replies, used + (size_t)got, clock_ns());
	return got < 0;
}
