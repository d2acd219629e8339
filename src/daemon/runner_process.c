/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors, signals and limits of the hook runner. */
#include "daemon/runner_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/log.h"

/* Linux 6.3; not inherited by 6.6. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
#define MDWE_REFUSE_EXEC_GAIN 1
#define MDWE_NO_INHERIT	      2

/*
 * Closes all behind the last one that is kept. Among them is the daemon's end of
 * the channel: while that is open, the daemon's end is not seen.
 */
static bool close_others(int kept)
{
	struct dirent *entry;
	DIR *list;

	/* Linux 5.9; some containers refuse it. */
	if (syscall(SYS_close_range, kept + 1, ~0U, 0) == 0)
		return true;
	list = opendir("/proc/self/fd");
	if (!list)
		return false;
	while ((entry = readdir(list))) {
		int fd = atoi(entry->d_name);

		if (fd > kept && fd != dirfd(list))
			close(fd);
	}
	closedir(list);
	return true;
}

/* Keeps one descriptor but for the standard ones; returns its new number. */
static int keep_only(const struct runner_settings *settings, int fd)
{
	const int kept = STDERR_FILENO + 1;
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(settings->foreground ? STDERR_FILENO : null, STDOUT_FILENO);
	if (!settings->foreground)
		dup2(null, STDERR_FILENO);
	log_close();
	/* With its number already it is closed by exec, as all of ours. */
	if (null < 0 || (fd != kept && dup3(fd, kept, O_CLOEXEC) < 0) ||
	    !close_others(kept))
		_exit(1);
	log_open(settings->foreground ? LOG_WHERE_FOREGROUND
				      : LOG_WHERE_BACKGROUND);
	return kept;
}

/* Not the greatest number, which they could not set themselves again. */
static void limit_descriptors(rlim_t count)
{
	struct rlimit limit;

	if (!count || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = count;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* What a runner of hooks can do without; see runner.h for what it cannot. */
static void settle_in(const struct runner_settings *settings)
{
	prctl(PR_SET_NAME, "tenured-hooks");
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN | MDWE_NO_INHERIT, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	limit_descriptors(settings->descriptors);
	umask(022);
	if (chdir("/") < 0)
		_exit(1);
}

int runner_process_begin(const struct runner_settings *settings, int fd)
{
	int kept = keep_only(settings, fd);

	settle_in(settings);
	return kept;
}

int runner_process_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGCHLD, SIG_DFL);
	/* Blocked, not ignored: that would be handed on to hooks. */
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		_exit(1);
	return fd;
}
