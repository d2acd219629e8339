/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enter: starts a contender of the bench where it can harm nothing, and stays
 * its parent until all that it started has ended.
 *
 *   enter -n NETNS [-b SOURCE:TARGET]... [-t FD] -- COMMAND...
 *     -n  the network namespace, as a path
 *     -b  mounts SOURCE over TARGET; only the contender sees it
 *     -t  writes CLOCK_MONOTONIC there, in ns, as the last act before COMMAND
 *
 * The contender also has a /sys of its own, read-only, so that it does not wait
 * for udev, and a host name that it may change.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BINDS_MAX 8

_Noreturn static void fail(const char *what)
{
	fprintf(stderr, "enter: %s: %s\n", what, strerror(errno));
	_exit(126);
}

static void enter_network(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		fail(path);
	close(fd);
}

static void own_files(char *const *binds, int count)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		fail("a mount namespace");
	if (mount("sysfs", "/sys", "sysfs",
		  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		fail("/sys");
	for (int i = 0; i < count; i++) {
		char *target = strchr(binds[i], ':');

		if (!target)
			fail(binds[i]);
		*target++ = '\0';
		if (mount(binds[i], target, NULL, MS_BIND, NULL) < 0)
			fail(target);
	}
}

static void tell_time(int fd)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	dprintf(fd, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
	close(fd);
}

int main(int argc, char **argv)
{
	char *binds[BINDS_MAX];
	const char *network = NULL;
	int option, count = 0, fd = -1;
	pid_t child;

	while ((option = getopt(argc, argv, "+n:b:t:")) != -1) {
		if (option == 'n')
			network = optarg;
		else if (option == 'b' && count < BINDS_MAX)
			binds[count++] = optarg;
		else if (option == 't')
			fd = atoi(optarg);
		else
			return 64;
	}
	if (!network || optind >= argc)
		return 64;
	enter_network(network);
	own_files(binds, count);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		setsid();
		if (fd >= 0)
			tell_time(fd);
		execvp(argv[optind], argv + optind);
		fail(argv[optind]);
	}
	if (fd >= 0)
		close(fd);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return 0;
}
