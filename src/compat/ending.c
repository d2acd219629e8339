/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals to a daemon, by its pid file. Numbers are used again: the process is held
 * before it is looked at, and what is held gets the signals. Before Linux 5.3 its
 * directory in /proc is what is held: that is no other's either, and before 5.1 is
 * looked at just before a signal goes to the number.
 */
#include "compat/ending.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "compat/table.h"
#include "host/regular.h"

#define WAIT_MS 10000
#define LOOK_MS 10 /* how often, where nothing tells of the end */

#define OURS	"tenured"
#define DELETED " (deleted)" /* of a file that an upgrade replaced */

static int hold_directory(struct ending *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", (int)e->pid);
	e->is_directory = true;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Not every libc has these calls. 0 or -errno; -ESRCH: nobody has the number. */
static int hold(struct ending *e)
{
	e->fd = (int)syscall(SYS_pidfd_open, e->pid, 0);
	if (e->fd < 0 && errno == ENOSYS)
		e->fd = hold_directory(e);
	if (e->fd >= 0)
		return 0;
	/* Of a thread that is no process it is another error. */
	return errno == EINVAL || errno == ENOENT ? -ESRCH : -errno;
}

/* There is no file behind a zombie, and nothing in the directory of nobody. */
static bool is_over(const struct ending *e)
{
	char exe[1];

	return readlinkat(e->fd, "exe", exe, sizeof(exe)) < 0 &&
	       (errno == ENOENT || errno == ESRCH);
}

static int send_signal(const struct ending *e, int number)
{
	int r = (int)syscall(SYS_pidfd_send_signal, e->fd, number, NULL, 0);

	if (r == 0 || errno != ENOSYS)
		return r;
	if (!is_over(e))
		return kill(e->pid, number);
	errno = ESRCH;
	return -1;
}

/* True once it ended. */
static bool wait_for(const struct ending *e)
{
	struct pollfd end = { .fd = e->fd, .events = POLLIN };

	if (!e->is_directory)
		return poll(&end, 1, WAIT_MS) == 1;
	for (int waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
		if (is_over(e))
			return true;
		poll(NULL, 0, LOOK_MS);
	}
	return false;
}

/* tenured, or a link to it that is called after a client (see act.c). */
static bool is_ours(char *exe)
{
	size_t size = strlen(exe), deleted = strlen(DELETED);
	const char *name = strrchr(exe, '/');

	if (size > deleted && strcmp(exe + size - deleted, DELETED) == 0)
		exe[size - deleted] = '\0';
	if (!name || strncmp(name + 1, OURS, strlen(OURS)) != 0)
		return false;
	name += 1 + strlen(OURS);
	return !*name || (*name == '-' && table_by_name(name + 1));
}

/* What the process is that has the number now, as ending_find(). */
static int look_at(pid_t pid)
{
	char path[64], exe[PATH_MAX];
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	size = readlink(path, exe, sizeof(exe) - 1);
	if (size >= 0) {
		exe[size] = '\0';
		return is_ours(exe) ? 0 : -ESRCH;
	}
	if (errno == EACCES || errno == EPERM)
		return -EACCES;
	/* There is no file behind a zombie; of others all may be hidden. */
	*strrchr(path, '/') = '\0';
	return access(path, F_OK) == 0 ? -ESRCH : -EACCES;
}

static int read_pid(const char *pid_file, pid_t *ret)
{
	int fd = regular_open(pid_file);
	char line[16];
	uint64_t pid = 0;
	ssize_t size;

	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? -ESRCH : fd;
	size = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[size < 0 ? 0 : size] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (!str_to_u64(line, INT32_MAX, &pid) || !pid)
		return -ESRCH;
	*ret = (pid_t)pid;
	return 0;
}

int ending_find(const char *pid_file, struct ending *ret)
{
	struct ending e = { .fd = -1 };
	int r = read_pid(pid_file, &e.pid);

	if (r == 0)
		r = hold(&e);
	if (r < 0)
		return r;
	r = look_at(e.pid);
	/* What lives still is what had the number all the time. */
	if (send_signal(&e, 0) < 0 && errno == ESRCH)
		r = -ESRCH;
	if (r < 0)
		close(e.fd);
	else
		*ret = e;
	return r;
}

static int say_error(const struct ending *e)
{
	int code = errno == EPERM ? EX_NOPERM : EXIT_FAILURE;

	fprintf(stderr, "tenured, process %d: %m\n", (int)e->pid);
	return code;
}

int ending_renew(const struct ending *e)
{
	if (send_signal(e, SIGUSR1) < 0)
		return say_error(e);
	fprintf(stderr, "tenured manages it already, as process %d, and renews\n",
		(int)e->pid);
	return EXIT_SUCCESS;
}

static int end(const struct ending *e, const char *pid_file, bool release)
{
	if (((release && send_signal(e, SIGUSR2) < 0) ||
	     send_signal(e, SIGTERM) < 0) &&
	    errno != ESRCH)
		return say_error(e);
	if (wait_for(e)) {
		unlink(pid_file);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "tenured, process %d, does not end\n", (int)e->pid);
	return EXIT_FAILURE;
}

int ending_make(const struct ending *e, const char *pid_file, bool release)
{
	int code = end(e, pid_file, release);

	close(e->fd);
	return code;
}
