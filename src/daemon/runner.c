/* SPDX-License-Identifier: BSD-2-Clause */
/* The hook runner: messages in, hooks run one after another, answers out. */
#include "daemon/runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/nsec.h"
#include "daemon/hook_files.h"
#include "daemon/hook_output.h"
#include "daemon/log.h"
#include "lease/hook_environment.h"
#include "lease/hook_message.h"

/* After SIGTERM, what is still to be done has so long. */
#define ENDING_NS (1500 * NSEC_PER_MS)

/* Of one daemon, in one turn. */
#define MESSAGES_MAX 64

/* Of those who may not connect, and of nonsense, no more is said. */
#define COMPLAINTS_EVERY_NS (60 * NSEC_PER_S)

/* Linux 6.3; not inherited by 6.6. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
#define MDWE_REFUSE_EXEC_GAIN 1
#define MDWE_NO_INHERIT	      2

/* For want of memory or descriptors something is put off so long. */
#define AGAIN_NS (100 * NSEC_PER_MS)

#define NO_CHANNEL (-1)

/* An interface: what its hooks were told, are being told, and will be told. */
struct job {
	struct job *next;
	uint32_t ifindex;
	int channel; /* whose it is, by index; or NO_CHANNEL */
	struct hook_message *known, *told, *waiting;
	char interface[IFNAMSIZ];
	char hook[NAME_MAX + 1]; /* the last one that was begun */
	pid_t pid;		 /* 0: none runs */
	uint32_t failed;	 /* hooks, since it was last told of */
	nsec deadline;
	struct hook_output output;
};

struct runner {
	const struct runner_settings *settings;
	int listener;			   /* -1: the daemon forked it */
	int channels[RUNNER_CHANNELS_MAX]; /* -1: free */
	int signals;
	nsec ending; /* when it ends at the latest */
	nsec again;  /* when something is tried again */
	nsec complained;
	struct job *jobs;
	unsigned job_count, running;

	/* Room for the next message and for who it is about; NULL: none. */
	struct hook_message *next_message;
	struct job *next_job;

	struct job *runs[RUNNER_HOOKS_MAX]; /* those that a hook runs for */
	struct hook_environment environment;
};

/* Timeouts are not to pass while the machine sleeps. */
static nsec now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (nsec)t.tv_sec * NSEC_PER_S + (nsec)t.tv_nsec;
}

static void complain(struct runner *r, const char *what)
{
	nsec now = now_ns();

	if (r->complained && now - r->complained < COMPLAINTS_EVERY_NS)
		return;
	r->complained = now;
	log_error("%s", what);
}

/* There is no memory, or no descriptor: what was to be done is to be done. */
static void put_off(struct runner *r, int error)
{
	char text[128];

	snprintf(text, sizeof(text), "hooks have to wait: %s", strerror(error));
	complain(r, text);
	r->again = now_ns() + AGAIN_NS;
}

/* ---- running them ------------------------------------------------------- */

/* In the child: nothing of the runner's is left. */
static _Noreturn void become(const struct runner *r, const char *name, int fd,
			     int output)
{
	char *arguments[] = { (char *)(uintptr_t)name, NULL };
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	/* An interpreter is given its script by this descriptor. */
	fcntl(fd, F_SETFD, 0);
	syscall(SYS_execveat, fd, "", arguments, r->environment.list,
		AT_EMPTY_PATH);
	_exit(127);
}

/* Forks; 0 or -errno. */
static int run(struct runner *r, struct job *job, int fd)
{
	int output = hook_output_open(&job->output);

	if (output < 0)
		return output;
	job->pid = fork();
	if (job->pid == 0)
		become(r, job->hook, fd, output);
	close(output);
	if (job->pid > 0)
		return 0;
	job->pid = 0;
	close(job->output.fd);
	return -errno;
}

/* What the daemon wrote for its hooks; an older daemon did not. */
static void add_json(struct runner *r, const struct job *job)
{
	struct stat status;
	char path[PATH_MAX];

	if (!r->settings->run_dir)
		return;
	snprintf(path, sizeof(path), "%s/%s.json", r->settings->run_dir,
		 job->interface);
	if (lstat(path, &status) == 0 && S_ISREG(status.st_mode))
		hook_environment_text(&r->environment, "LEASE_JSON", path);
}

/* Starts the next hook. 0; -ENOENT: there is none; -errno: not yet. */
static int start_next(struct runner *r, struct job *job)
{
	int fd, error;

	while ((fd = hook_files_next(r->settings, job->hook)) >= 0) {
		hook_environment_make(&r->environment, job->told, job->known);
		add_json(r, job);
		error = run(r, job, fd);
		close(fd);
		if (error == 0)
			break;
		log_about(job->interface, LOG_LEVEL_ERROR, "hook %s: %s",
			  job->hook, strerror(-error));
	}
	if (fd < 0)
		return fd;
	job->deadline = nsec_min(r->ending,
				 now_ns() + r->settings->timeout_s * NSEC_PER_S);
	r->runs[r->running++] = job;
	return 0;
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
	struct hook_answer answer = { .ifindex = job->ifindex,
				      .failed = job->failed };
	struct reader told = reader_over(job->told->bytes, job->told->size);
	uint8_t bytes[HOOK_ANSWER_SIZE];
	struct writer w = writer_over(bytes, sizeof(bytes));

	answer.number = reader_u32(&told);
	hook_answer_write(&w, &answer);
	if (job->channel != NO_CHANNEL)
		send(r->channels[job->channel], bytes, sizeof(bytes),
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	job->failed = 0;
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
		int error = job->told ? start_next(r, job) : -ENOENT;

		if (error < 0 && error != -ENOENT)
			put_off(r, -error);
		if (error != -ENOENT)
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
		if (job->pid || job->told || job->waiting || job->known) {
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
	if (job->deadline == NSEC_NEVER && r->ending != NSEC_NEVER)
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s was killed: the end", job->hook);
	else if (job->deadline == NSEC_NEVER)
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s was killed after %u s", job->hook,
			  r->settings->timeout_s);
	else if (WIFSIGNALED(status))
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s ended by signal %d", job->hook,
			  WTERMSIG(status));
	else if (WEXITSTATUS(status) == 127)
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s cannot be executed, or not what it calls (127)",
			  job->hook);
	else if (WEXITSTATUS(status) != 0)
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s failed (%d)", job->hook, WEXITSTATUS(status));
}

/* Whatever is in the hook's process group, or the hook that has none yet. */
static void kill_group(const struct job *job)
{
	if (kill(-job->pid, SIGKILL) < 0)
		kill(job->pid, SIGKILL);
}

/* Reads what they print, and goes on where one ended. */
static void look_after(struct runner *r)
{
	for (unsigned i = 0; i < r->running;) {
		struct job *job = r->runs[i];
		siginfo_t info = { 0 };
		int status;

		hook_output_read(&job->output, job->interface, job->hook);
		waitid(P_PID, (id_t)job->pid, &info, WEXITED | WNOHANG | WNOWAIT);
		if (info.si_pid == 0) {
			i++;
			continue;
		}
		/* Until it is waited for, the group's number is nobody else's. */
		kill_group(job);
		waitpid(job->pid, &status, 0);
		hook_output_close(&job->output, job->interface, job->hook);
		say_end(r, job, status);
		if (status != 0)
			job->failed++;
		job->pid = 0;
		r->runs[i] = r->runs[--r->running];
	}
}

/* ---- messages ----------------------------------------------------------- */

static struct job *find_job(struct runner *r, const struct hook_header *header)
{
	struct job *job = r->jobs;

	while (job && job->ifindex != header->ifindex)
		job = job->next;
	if (job || r->job_count == RUNNER_JOBS_MAX)
		return job;
	job = r->next_job;
	r->next_job = NULL;
	job->ifindex = header->ifindex;
	job->next = r->jobs;
	r->jobs = job;
	r->job_count++;
	return job;
}

/* Without room for it a message is not read: it waits where it is. */
static bool make_room(struct runner *r)
{
	if (!r->next_message)
		r->next_message =
			malloc(sizeof(*r->next_message) + HOOK_MESSAGE_MAX + 1);
	if (!r->next_job)
		r->next_job = calloc(1, sizeof(*r->next_job));
	if (r->next_message && r->next_job)
		return true;
	put_off(r, ENOMEM);
	return false;
}

/* The message that was read, in no more memory than it takes. */
static struct hook_message *take_message(struct runner *r, size_t size)
{
	struct hook_message *message = r->next_message, *smaller;

	r->next_message = NULL;
	message->size = size;
	smaller = realloc(message, sizeof(*message) + size);
	return smaller ? smaller : message;
}

/* The newest message waits, in the place of what waited before. */
static bool take(struct runner *r, int channel, size_t size)
{
	const uint8_t *bytes = r->next_message->bytes;
	struct reader reader = reader_over(bytes, size);
	struct hook_message **place;
	struct hook_header header;
	struct job *job;

	if (!hook_message_is_valid(bytes, size) ||
	    !hook_message_read(&reader, &header)) {
		complain(r, "a daemon told its hook runner what makes no sense");
		return false;
	}
	job = find_job(r, &header);
	if (!job) {
		complain(r, "there are too many interfaces to run hooks for");
		return true;
	}
	memcpy(job->interface, header.interface, sizeof(job->interface));
	job->channel = channel;
	place = header.reason == HOOK_REASON_KNOWN ? &job->known : &job->waiting;
	free(*place);
	*place = take_message(r, size);
	return true;
}

/* What was told is done; the answer is nobody's. */
static void drop_channel(struct runner *r, int channel)
{
	close(r->channels[channel]);
	r->channels[channel] = -1;
	for (struct job *job = r->jobs; job; job = job->next)
		if (job->channel == channel)
			job->channel = NO_CHANNEL;
}

static void receive(struct runner *r, int channel)
{
	for (int i = 0; i < MESSAGES_MAX && make_room(r); i++) {
		ssize_t size = recv(r->channels[channel], r->next_message->bytes,
				    HOOK_MESSAGE_MAX + 1, MSG_DONTWAIT);

		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (size <= 0 || !take(r, channel, (size_t)size)) {
			drop_channel(r, channel);
			return;
		}
	}
}

/* Root and the daemon's user; who else gets here is turned away. */
static bool may_connect(const struct runner *r, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == r->settings->user);
}

static void accept_one(struct runner *r)
{
	int fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int i = 0;

	if (fd < 0) {
		/* Who cannot be accepted for want of something waits, too. */
		if (r->listener >= 0 && errno != EAGAIN && errno != ECONNABORTED)
			put_off(r, errno);
		return;
	}
	while (i < RUNNER_CHANNELS_MAX && r->channels[i] >= 0)
		i++;
	if (i < RUNNER_CHANNELS_MAX && may_connect(r, fd)) {
		r->channels[i] = fd;
		return;
	}
	complain(r, i < RUNNER_CHANNELS_MAX
			    ? "somebody who is neither root nor the daemon's "
			      "user wants hooks run"
			    : "there are too many daemons to run hooks for");
	close(fd);
}

/* ---- the process -------------------------------------------------------- */

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
	dup2(STDOUT_FILENO, STDERR_FILENO);
	log_close();
	if (null < 0 || dup2(fd, kept) < 0 || !close_others(kept))
		_exit(1);
	fcntl(kept, F_SETFD, FD_CLOEXEC);
	log_open(settings->foreground ? LOG_WHERE_FOREGROUND
				      : LOG_WHERE_BACKGROUND);
	return kept;
}

/* What a runner of hooks can do without; see runner.h for what it cannot. */
static void settle_in(struct runner *r)
{
	sigset_t set;

	prctl(PR_SET_NAME, "tenured-hooks");
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN | MDWE_NO_INHERIT, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	umask(022);
	signal(SIGCHLD, SIG_DFL);
	/* Blocked, not ignored: that would be handed on to hooks. */
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	r->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r->signals < 0 || chdir("/") < 0)
		_exit(1);
}

static void read_signals(struct runner *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) > 0) {
		if (info.ssi_signo != SIGTERM && info.ssi_signo != SIGINT)
			continue;
		r->ending = nsec_min(r->ending, now_ns() + ENDING_NS);
		for (unsigned i = 0; i < r->running; i++)
			r->runs[i]->deadline =
				nsec_min(r->runs[i]->deadline, r->ending);
	}
}

/* Kills what is overdue. Returns how long to wait, in ms; -1: no matter. */
static int kill_overdue(struct runner *r)
{
	nsec now = now_ns(), next = nsec_min(r->ending, r->again);

	for (unsigned i = 0; i < r->running; i++) {
		struct job *job = r->runs[i];

		if (job->deadline <= now) {
			kill_group(job);
			job->deadline = NSEC_NEVER;
		}
		next = nsec_min(next, job->deadline);
	}
	return next == NSEC_NEVER
		       ? -1
		       : (int)(nsec_until(now, next) / NSEC_PER_MS + 1);
}

static void wait_for_news(struct runner *r)
{
	struct pollfd wait[2 + RUNNER_CHANNELS_MAX + RUNNER_HOOKS_MAX];
	bool room = r->next_message && r->next_job;
	nfds_t count = 0;

	wait[count++] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
	wait[count++] = (struct pollfd){
		.fd = r->again == NSEC_NEVER ? r->listener : -1,
		.events = POLLIN,
	};
	for (int i = 0; i < RUNNER_CHANNELS_MAX; i++)
		wait[count++] = (struct pollfd){
			.fd = room ? r->channels[i] : -1,
			.events = POLLIN,
		};
	for (unsigned i = 0; i < r->running; i++)
		wait[count++] = (struct pollfd){ .fd = r->runs[i]->output.fd,
						 .events = POLLIN };
	poll(wait, count, kill_overdue(r));
	r->again = NSEC_NEVER;
}

/* True once nobody is there to tell more, and all that was told is done. */
static bool is_done(const struct runner *r)
{
	if (r->ending <= now_ns())
		return true;
	return r->running == 0 && r->again == NSEC_NEVER &&
	       (r->listener >= 0 ? r->ending != NSEC_NEVER : r->channels[0] < 0);
}

void runner_main(const struct runner_settings *settings, int fd, bool listening)
{
	static struct runner runner;
	struct runner *r = &runner;

	*r = (struct runner){ .settings = settings,
			      .listener = -1,
			      .ending = NSEC_NEVER,
			      .again = NSEC_NEVER };
	for (int i = 0; i < RUNNER_CHANNELS_MAX; i++)
		r->channels[i] = -1;
	*(listening ? &r->listener : &r->channels[0]) = keep_only(settings, fd);
	settle_in(r);
	for (;;) {
		make_room(r);
		advance_all(r);
		if (is_done(r))
			break;
		wait_for_news(r);
		read_signals(r);
		look_after(r);
		accept_one(r);
		for (int i = 0; i < RUNNER_CHANNELS_MAX; i++)
			if (r->channels[i] >= 0)
				receive(r, i);
	}
	for (unsigned i = 0; i < r->running; i++)
		kill_group(r->runs[i]);
	log_close();
	_exit(0);
}
