/* SPDX-License-Identifier: BSD-2-Clause */
/* The hook runner: messages in, hooks run one after another, answers out. */
#include "daemon/runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/nsec.h"
#include "daemon/hook_environment.h"
#include "daemon/hook_files.h"
#include "daemon/hook_message.h"
#include "daemon/log.h"
#include "daemon/loop.h"

/* An interface: what its hooks were told, are being told, and will be told. */
struct job {
	struct job *next;
	uint32_t ifindex;
	struct hook_message *known, *told, *waiting;
	char interface[IFNAMSIZ];
	char hook[NAME_MAX + 1]; /* the last one that was begun */
	pid_t pid;		 /* 0: none runs */
	nsec deadline;
};

struct runner {
	const struct runner_settings *settings;
	int channel; /* -1: the daemon is gone */
	int children;
	struct job *jobs;
	unsigned job_count, running;
	struct hook_environment environment;
};

/* ---- running them ------------------------------------------------------- */

/* In the child: nothing of the runner's is left but stderr. */
static _Noreturn void become(const struct runner *r, const char *name, int fd)
{
	char *arguments[] = { (char *)(uintptr_t)name, NULL };
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	/* An interpreter is given its script by this descriptor. */
	fcntl(fd, F_SETFD, 0);
	fexecve(fd, arguments, (char **)(uintptr_t)r->environment.list);
	_exit(127);
}

/* Starts the next hook; false if there is none. */
static bool start_next(struct runner *r, struct job *job)
{
	int fd = hook_files_next(r->settings, job->hook);

	if (fd < 0)
		return false;
	hook_environment_make(&r->environment, job->told, job->known);
	job->pid = fork();
	if (job->pid == 0)
		become(r, job->hook, fd);
	close(fd);
	if (job->pid < 0) {
		log_error("%s: hook %s: %s", job->interface, job->hook,
			  strerror(errno));
		job->pid = 0;
		return false;
	}
	job->deadline =
		nsec_add(loop_clock(), r->settings->timeout_s * NSEC_PER_S);
	r->running++;
	return true;
}

static bool has_lease(const struct hook_message *message)
{
	struct reader r = reader_over(message->bytes, message->size);
	struct hook_header header;

	return hook_message_read(&r, &header) && r.left > 0;
}

/* All hooks ran: what they were told is what they know. */
static void finish(struct runner *r, struct job *job)
{
	struct hook_answer answer = { .ifindex = job->ifindex };
	struct reader told = reader_over(job->told->bytes, job->told->size);
	uint8_t bytes[HOOK_ANSWER_SIZE];
	struct writer w = writer_over(bytes, sizeof(bytes));

	answer.number = reader_u32(&told);
	hook_answer_write(&w, &answer);
	if (r->channel >= 0)
		send(r->channel, bytes, sizeof(bytes),
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	free(job->known);
	job->known = job->told;
	job->told = NULL;
	if (has_lease(job->known))
		return;
	free(job->known);
	job->known = NULL;
}

/* Goes on with a job, as far as it gets without waiting. */
static void advance(struct runner *r, struct job *job)
{
	while (!job->pid && r->running < RUNNER_HOOKS_MAX) {
		if (job->told && start_next(r, job))
			return;
		if (job->told)
			finish(r, job);
		if (!job->waiting)
			return;
		job->told = job->waiting;
		job->waiting = NULL;
		job->hook[0] = '\0';
	}
}

static void advance_all(struct runner *r)
{
	struct job **at = &r->jobs;

	while (*at) {
		struct job *job = *at;

		advance(r, job);
		if (job->pid || job->told || job->known) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		r->job_count--;
		free(job);
	}
}

static void say_end(const struct runner *r, const struct job *job, int status)
{
	if (job->deadline == NSEC_NEVER)
		log_warning("%s: hook %s was killed after %u s", job->interface,
			    job->hook, r->settings->timeout_s);
	else if (WIFSIGNALED(status))
		log_warning("%s: hook %s ended by signal %d", job->interface,
			    job->hook, WTERMSIG(status));
	else if (WEXITSTATUS(status) == 127)
		log_warning("%s: hook %s cannot be executed, or not what it "
			    "calls (127)",
			    job->interface, job->hook);
	else if (WEXITSTATUS(status) != 0)
		log_warning("%s: hook %s failed (%d)", job->interface,
			    job->hook, WEXITSTATUS(status));
}

static void reap(struct runner *r)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct job *job = r->jobs; job; job = job->next) {
			if (job->pid != pid)
				continue;
			say_end(r, job, status);
			job->pid = 0;
			r->running--;
		}
	}
}

/* ---- messages ----------------------------------------------------------- */

static struct job *find_job(struct runner *r, const struct hook_header *header)
{
	struct job *job = r->jobs;

	while (job && job->ifindex != header->ifindex)
		job = job->next;
	if (job || r->job_count == RUNNER_JOBS_MAX ||
	    !(job = calloc(1, sizeof(*job))))
		return job;
	job->ifindex = header->ifindex;
	job->next = r->jobs;
	r->jobs = job;
	r->job_count++;
	return job;
}

/* The newest message waits, in the place of what waited before. */
static void take(struct runner *r, const uint8_t *bytes, size_t size)
{
	struct reader reader = reader_over(bytes, size);
	struct hook_header header;
	struct hook_message *copy;
	struct job *job;

	if (!hook_message_is_valid(bytes, size) ||
	    !hook_message_read(&reader, &header)) {
		log_error("the daemon told its hook runner what makes no sense");
		return;
	}
	job = find_job(r, &header);
	copy = malloc(sizeof(*copy) + size);
	if (!job || !copy) {
		log_error("%s: no memory to run hooks", header.interface);
		free(copy);
		return;
	}
	copy->size = size;
	memcpy(copy->bytes, bytes, size);
	memcpy(job->interface, header.interface, sizeof(job->interface));
	if (header.reason == HOOK_REASON_KNOWN) {
		free(job->known);
		job->known = copy;
		return;
	}
	free(job->waiting);
	job->waiting = copy;
}

static void receive(struct runner *r)
{
	uint8_t bytes[HOOK_MESSAGE_MAX + 1];
	ssize_t size;

	while ((size = recv(r->channel, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		take(r, bytes, (size_t)size);
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	close(r->channel);
	r->channel = -1;
}

/* ---- the process -------------------------------------------------------- */

/* Kills what is overdue. Returns how long to wait, in ms; -1: no hook runs. */
static int kill_overdue(struct runner *r)
{
	nsec now = loop_clock(), next = NSEC_NEVER;

	for (struct job *job = r->jobs; job; job = job->next) {
		if (!job->pid)
			continue;
		if (job->deadline <= now) {
			kill(-job->pid, SIGKILL);
			job->deadline = NSEC_NEVER;
		}
		next = nsec_min(next, job->deadline);
	}
	return next == NSEC_NEVER
		       ? -1
		       : (int)(nsec_until(now, next) / NSEC_PER_MS + 1);
}

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

/* The daemon's descriptors are not ours: the channel alone is kept. */
static void keep_channel(struct runner *r, int channel)
{
	const int kept = STDERR_FILENO + 1;
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(r->settings->foreground ? STDERR_FILENO : null, STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	closelog();
	if (null < 0 || dup2(channel, kept) < 0 || !close_others(kept))
		_exit(1);
	fcntl(kept, F_SETFD, FD_CLOEXEC);
	r->channel = kept;
	if (!r->settings->foreground)
		log_to_syslog(false);
}

/* What a runner of hooks can do without. */
static void settle_in(struct runner *r)
{
	sigset_t set;

	prctl(PR_SET_NAME, "tenured-hooks");
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	umask(022);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->children = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r->children < 0 || chdir("/") < 0)
		_exit(1);
}

void runner_main(const struct runner_settings *settings, int channel)
{
	static struct runner runner;
	struct runner *r = &runner;

	r->settings = settings;
	keep_channel(r, channel);
	settle_in(r);
	for (;;) {
		struct signalfd_siginfo info;
		struct pollfd wait[] = {
			{ .fd = r->children, .events = POLLIN },
			{ .fd = r->channel, .events = POLLIN },
		};

		advance_all(r);
		if (r->channel < 0 && r->running == 0)
			_exit(0);
		poll(wait, 2, kill_overdue(r));
		while (read(r->children, &info, sizeof(info)) > 0)
			continue;
		reap(r);
		if (r->channel >= 0)
			receive(r);
	}
}
