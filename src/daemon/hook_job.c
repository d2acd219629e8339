/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks of one interface, one after another. */
#include "daemon/hook_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/hook_files.h"
#include "daemon/log.h"
#include "lease/hook_message.h"

/* In the child: nothing of the runner's is left. */
static _Noreturn void become(struct hook_environment *environment,
			     const char *name, int fd, int output)
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
	syscall(SYS_execveat, fd, "", arguments, environment->list,
		AT_EMPTY_PATH);
	_exit(127);
}

/* Forks; 0 or -errno. */
static int run(struct hook_environment *environment, struct hook_job *job, int fd)
{
	int output = hook_output_open(&job->output);

	if (output < 0)
		return output;
	job->pid = fork();
	if (job->pid == 0)
		become(environment, job->hook, fd, output);
	close(output);
	if (job->pid > 0)
		return 0;
	job->pid = 0;
	close(job->output.fd);
	return -errno;
}

/* What the daemon wrote for its hooks; an older daemon did not. */
static void add_json(const struct runner_settings *settings,
		     struct hook_environment *environment,
		     const struct hook_job *job)
{
	struct stat status;
	char path[PATH_MAX];

	if (!settings->run_dir)
		return;
	snprintf(path, sizeof(path), "%s/%s.json", settings->run_dir,
		 job->interface);
	if (lstat(path, &status) == 0 && S_ISREG(status.st_mode))
		hook_environment_text(environment, "LEASE_JSON", path);
}

/* Opens what is to be run next: a hook, and after the last one the script. */
static int open_next(const struct runner_settings *settings, struct hook_job *job)
{
	int fd = job->script ? -ENOENT : hook_files_next(settings, job->hook);

	if (fd != -ENOENT || job->script)
		return fd;
	fd = hook_files_script(settings);
	job->script = fd >= 0;
	if (fd >= 0)
		snprintf(job->hook, sizeof(job->hook), "%s",
			 strrchr(settings->script, '/') + 1);
	return fd;
}

int hook_job_start(struct hook_job *job, const struct runner_settings *settings,
		   struct hook_environment *environment)
{
	int fd, error;

	while ((fd = open_next(settings, job)) >= 0) {
		hook_environment_make(environment, job->told, job->known);
		add_json(settings, environment, job);
		if (job->script)
			hook_environment_inherit(environment, environ);
		error = run(environment, job, fd);
		close(fd);
		if (error == 0)
			return 0;
		log_about(job->interface, LOG_LEVEL_ERROR, "hook %s: %s",
			  job->hook, strerror(-error));
	}
	return fd;
}

static void say_end(const struct hook_job *job,
		    const struct runner_settings *settings, bool ending,
		    int status)
{
	if (job->deadline == NSEC_NEVER && ending)
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s was killed: the end", job->hook);
	else if (job->deadline == NSEC_NEVER)
		log_about(job->interface, LOG_LEVEL_WARNING,
			  "hook %s was killed after %u s", job->hook,
			  settings->timeout_s);
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

void hook_job_kill(struct hook_job *job)
{
	/* A hook that is just begun has no group of its own yet. */
	if (kill(-job->pid, SIGKILL) < 0)
		kill(job->pid, SIGKILL);
}

bool hook_job_look(struct hook_job *job, const struct runner_settings *settings,
		   bool ending)
{
	siginfo_t info = { 0 };
	int status;

	hook_output_read(&job->output, job->interface, job->hook);
	waitid(P_PID, (id_t)job->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	if (info.si_pid == 0)
		return false;
	/* Until it is waited for, the group's number is nobody else's. */
	hook_job_kill(job);
	waitpid(job->pid, &status, 0);
	hook_output_close(&job->output, job->interface, job->hook);
	say_end(job, settings, ending, status);
	job->failed += status != 0;
	job->pid = 0;
	return true;
}

static bool has_lease(const struct hook_message *message)
{
	struct reader r = reader_over(message->bytes, message->size);
	struct hook_header header;

	return hook_message_read(&r, &header) && r.left > 0;
}

void hook_job_finish(struct hook_job *job)
{
	job->failed = 0;
	free(job->known);
	job->known = job->told;
	job->told = NULL;
	if (has_lease(job->known))
		return;
	free(job->known);
	job->known = NULL;
}

bool hook_job_turn(struct hook_job *job)
{
	if (!job->waiting)
		return false;
	job->told = job->waiting;
	job->waiting = NULL;
	job->hook[0] = '\0';
	job->script = false;
	return true;
}

bool hook_job_is_busy(const struct hook_job *job)
{
	return job->pid || job->told || job->waiting;
}
