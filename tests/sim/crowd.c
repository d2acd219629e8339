/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process a job: each takes every jobs-th seed, says which it is at, and sends
 * its figures home through a pipe when it is done or something failed.
 */
#include "sim/crowd.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

#define JOBS_MAX 64
#define ALL	 UINT32_MAX

/* Shared by all processes: how far each is, and whether to go on. */
struct board {
	uint64_t at[JOBS_MAX];
	bool stop;
};

struct job {
	pid_t pid;
	int fd;
};

static struct board *share_board(void)
{
	void *board = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (board == MAP_FAILED)
		err(EXIT_FAILURE, "the board of all jobs");
	return board;
}

static void send_home(int fd, const struct run_result *result)
{
	const char *at = (const char *)result;
	size_t left = sizeof(*result);

	while (left > 0) {
		ssize_t n = write(fd, at, left);

		if (n < 0)
			_exit(1);
		at += n;
		left -= (size_t)n;
	}
}

/* False if the process ended without a result, ... */
static bool take_result(int fd, struct run_result *result)
{
	char *at = (char *)result;
	size_t left = sizeof(*result);

	while (left > 0) {
		ssize_t n = read(fd, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		left -= (size_t)n;
	}
	return true;
}

/* ... or badly after it: sanitizers look for leaks at the end. */
static bool take_home(int fd, pid_t pid, struct run_result *result, int *how)
{
	bool whole = take_result(fd, result);

	close(fd);
	while (waitpid(pid, how, 0) < 0)
		ASSERT(errno == EINTR);
	return whole && *how == 0;
}

/* A signal other than SIGABRT may come from elsewhere: the seed tells. */
static void blame_assertion(struct run_result *result, uint64_t seed, int how)
{
	result->failed = true;
	result->runs += result->runs == 0;
	result->seed = seed;
	snprintf(result->oracle, sizeof(result->oracle), "assertion");
	snprintf(result->text, sizeof(result->text),
		 "the process ended by %s %d; what it said stands above",
		 WIFSIGNALED(how) ? "signal" : "exit code",
		 WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
}

static void take_failure(struct run_result *sum, const struct run_result *r)
{
	if (!r->failed || (sum->failed && sum->seed <= r->seed))
		return;
	sum->failed = true;
	sum->seed = r->seed;
	sum->at = r->at;
	memcpy(sum->oracle, r->oracle, sizeof(sum->oracle));
	memcpy(sum->text, r->text, sizeof(sum->text));
}

static void work(struct board *board, unsigned job, unsigned jobs,
		 uint64_t first, uint64_t count, int fd)
{
	static struct run_result sum, one;
	static struct plan plan;

	for (uint64_t i = job; i < count && !sum.failed; i += jobs) {
		if (__atomic_load_n(&board->stop, __ATOMIC_RELAXED))
			break;
		board->at[job] = first + i;
		plan_draw(&plan, first + i);
		run_plan(&plan, NULL, &one);
		run_result_add(&sum, &one);
		take_failure(&sum, &one);
	}
	send_home(fd, &sum);
	exit(0);
}

static struct job start_job(struct board *board, unsigned number, unsigned jobs,
			    uint64_t first, uint64_t count)
{
	struct job job;
	int fds[2];

	fflush(NULL);
	if (pipe(fds) < 0 || (job.pid = fork()) < 0)
		err(EXIT_FAILURE, "a job");
	if (job.pid == 0) {
		close(fds[0]);
		work(board, number, jobs, first, count, fds[1]);
	}
	close(fds[1]);
	job.fd = fds[0];
	return job;
}

/* Waits for whichever job ends next. */
static unsigned next_ended(const struct job *job, unsigned jobs)
{
	struct pollfd polls[JOBS_MAX];

	for (unsigned i = 0; i < jobs; i++)
		polls[i] = (struct pollfd){ .fd = job[i].fd, .events = POLLIN };
	while (poll(polls, jobs, -1) < 0)
		ASSERT(errno == EINTR);
	for (unsigned i = 0; i < jobs; i++) {
		if (polls[i].revents)
			return i;
	}
	UNREACHABLE();
}

void crowd_run(uint64_t first, uint64_t count, unsigned jobs,
	       struct run_result *sum)
{
	static struct run_result one;
	struct board *board = share_board();
	struct job job[JOBS_MAX];
	int how;

	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < jobs; i++)
		job[i] = start_job(board, i, jobs, first, count);
	for (unsigned left = jobs; left > 0; left--) {
		unsigned i = next_ended(job, jobs);

		memset(&one, 0, sizeof(one));
		if (!take_home(job[i].fd, job[i].pid, &one, &how))
			blame_assertion(&one, board->at[i], how);
		job[i].fd = -1;
		run_result_add(sum, &one);
		take_failure(sum, &one);
		if (sum->failed)
			__atomic_store_n(&board->stop, true, __ATOMIC_RELAXED);
	}
	munmap(board, sizeof(*board));
}

void crowd_run_one(uint64_t seed, uint32_t faults, FILE *timeline,
		   struct run_result *result)
{
	int fds[2], how;
	pid_t pid;

	memset(result, 0, sizeof(*result));
	fflush(NULL);
	if (pipe(fds) < 0 || (pid = fork()) < 0)
		err(EXIT_FAILURE, "a run");
	if (pid == 0) {
		static struct plan plan;

		close(fds[0]);
		plan_draw(&plan, seed);
		plan_keep(&plan, faults);
		run_plan(&plan, timeline, result);
		fflush(NULL);
		send_home(fds[1], result);
		exit(0);
	}
	close(fds[1]);
	if (!take_home(fds[0], pid, result, &how))
		blame_assertion(result, seed, how);
}

static bool still_fails(uint64_t seed, uint32_t faults, const char *oracle)
{
	static struct run_result result;

	crowd_run_one(seed, faults, NULL, &result);
	return result.failed && strcmp(result.oracle, oracle) == 0;
}

uint32_t crowd_shrink(uint64_t seed, const char *oracle)
{
	uint32_t kept = ALL;
	bool smaller = true;
	static struct plan plan;

	plan_draw(&plan, seed);
	if (plan.fault_count < PLAN_FAULTS_MAX)
		kept = (1U << plan.fault_count) - 1;
	while (smaller) {
		smaller = false;
		for (unsigned i = 0; i < PLAN_FAULTS_MAX; i++) {
			uint32_t fewer = kept & ~(1U << i);

			if (fewer == kept || !still_fails(seed, fewer, oracle))
				continue;
			kept = fewer;
			smaller = true;
		}
	}
	return kept;
}
