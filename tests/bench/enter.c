/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enter: starts a contender of the bench where it can harm nothing, and stays
 * its parent until all that it started has ended.
 *
 *   enter -n NETNS [-b SOURCE:TARGET]... [-t FD] [-k] -- COMMAND...
 *     -n  the network namespace, as a path
 *     -b  mounts SOURCE over TARGET; only the contender sees it
 *     -t  writes CLOCK_MONOTONIC there, in ns, as the last act before COMMAND
 *     -k  as on a kernel that has nothing to confine a program with
 *
 * The contender also has a /sys of its own, read-only, so that it does not wait
 * for udev, and a host name that it may change.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BINDS_MAX 8

#define SET_MDWE 65 /* PR_SET_MDWE, since Linux 6.3 */

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE_IF(value, error) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

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

/* Low halves of arguments come first on the machines that this runs on. */
static void confine_nothing(void)
{
	struct sock_filter filter[] = {
		LOAD(nr),
		REFUSE_IF(SYS_landlock_create_ruleset, ENOSYS),
		REFUSE_IF(SYS_seccomp, ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		LOAD(args[0]),
		REFUSE_IF(PR_CAPBSET_DROP, EINVAL),
		REFUSE_IF(PR_SET_SECUREBITS, EINVAL),
		REFUSE_IF(PR_SET_KEEPCAPS, EINVAL),
		REFUSE_IF(SET_MDWE, EINVAL),
		REFUSE_IF(PR_SET_NO_NEW_PRIVS, EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		fail("a filter of system calls");
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
	bool bare = false;
	pid_t child;

	while ((option = getopt(argc, argv, "+n:b:t:k")) != -1) {
		if (option == 'n')
			network = optarg;
		else if (option == 'b' && count < BINDS_MAX)
			binds[count++] = optarg;
		else if (option == 't')
			fd = atoi(optarg);
		else if (option == 'k')
			bare = true;
		else
			return 64;
	}
	if (!network || optind >= argc)
		return 64;
	enter_network(network);
	own_files(binds, count);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (bare)
		confine_nothing();
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
