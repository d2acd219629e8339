/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run: fork, play, judge what every scenario has to leave behind: no memory, no
 * descriptor, no crash, no hanging.
 */
#include "torture/run.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/netlink.h"
#include "torture/net.h"

/* A run takes some ms. Busy machines are slow, loops without end slower. */
#define RUN_SECONDS	30
#define RUN_CPU_SECONDS 5

#define DESCRIPTORS_MAX 256

static char top[] = "/tmp/tenured-torture-XXXXXX";
static int output = -1;		   /* what a run says */
static struct run_result *verdict; /* shared with the child */
static bool here;		   /* no child: stderr is stderr */

_Noreturn void finding(const char *file, int line, const char *format, ...)
{
	const char *base = strrchr(file, '/');
	char what[384];
	va_list list;

	alloc_pause();
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	snprintf(verdict->text, sizeof(verdict->text), "%s:%d: %s",
		 base ? base + 1 : file, line, what);
	verdict->finding = true;
	if (here)
		fprintf(stderr, "%s\n", verdict->text);
	_exit(1);
}

bool all_had_memory(void)
{
	return alloc_counts().failed == 0;
}

bool went_well(int r)
{
	PROMISE(r == 0 || (r == -ENOMEM && !all_had_memory()),
		"neither 0 nor -ENOMEM: %s", strerror(-r));
	return r == 0;
}

const char *scratch(void)
{
	return top;
}

const char *scratch_path(const char *name)
{
	static char paths[4][256];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

const char *logged(void)
{
	static char text[65536];
	ssize_t size = here ? 0 : pread(output, text, sizeof(text) - 1, 0);

	text[size > 0 ? size : 0] = '\0';
	return text;
}

/* ---- a child ------------------------------------------------------------ */

static void note_descriptors(bool open[DESCRIPTORS_MAX])
{
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
		open[fd] = fcntl(fd, F_GETFD) >= 0;
}

/* Where in the program, for addr2line(1), or in which library. */
static void name_caller(const void *caller, char *text, size_t size)
{
	Dl_info info;

	if (!caller || !dladdr(caller, &info))
		snprintf(text, size, "nobody");
	else
		snprintf(text, size, "%s+%#lx", info.dli_fname,
			 (unsigned long)((const char *)caller -
					 (const char *)info.dli_fbase));
}

static void judge(const struct scenario *scenario,
		  const bool before[DESCRIPTORS_MAX])
{
	bool after[DESCRIPTORS_MAX];
	struct alloc_leak leak;
	char caller[256];

	netlink_rest();
	leak = alloc_leak();
	alloc_pause();
	note_descriptors(after);
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
		PROMISE(before[fd] == after[fd], "descriptor %d was left %s",
			fd, after[fd] ? "open" : "closed");
	name_caller(leak.caller, caller, sizeof(caller));
	PROMISE(scenario->keeps_memory || leak.count == 0,
		"%u allocations leak, the first is number %u, of %zu octets, "
		"by %s",
		leak.count, leak.number, leak.size, caller);
}

static void play(const struct run *run)
{
	bool before[DESCRIPTORS_MAX];

	note_descriptors(before);
	alloc_count_in(&verdict->counts);
	alloc_watch(run->number, run->mode);
	run->scenario->play();
	/* The socket for the next question is nobody's. */
	netlink_rest();
	judge(run->scenario, before);
	PROMISE(run->number || verdict->counts.failed == 0,
		"it failed by itself");
}

static _Noreturn void be_child(const struct run *run)
{
	const struct rlimit cpu = { RUN_CPU_SECONDS, RUN_CPU_SECONDS };
	const struct rlimit core = { 0, 0 };

	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	alarm(RUN_SECONDS);
	play(run);
	_exit(0);
}

/* ---- the parent ---------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *info, int type,
		      struct FTW *walk)
{
	(void)info, (void)type;
	return walk->level ? remove(path) : 0;
}

static void clean(const struct scenario *scenario)
{
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	if (scenario->place == SCENARIO_PLACE_NET)
		net_clean();
}

static void take_end_of_log(struct run_result *ret)
{
	struct stat info = { 0 };
	off_t most = (off_t)sizeof(ret->log) - 1;
	ssize_t size;

	fstat(output, &info);
	size = pread(output, ret->log, (size_t)most,
		     info.st_size > most ? info.st_size - most : 0);
	ret->log[size > 0 ? size : 0] = '\0';
}

static void take_status(int status, struct run_result *ret)
{
	if (ret->finding || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return;
	ret->finding = true;
	if (!WIFSIGNALED(status))
		snprintf(ret->text, sizeof(ret->text), "it exits with %d",
			 WEXITSTATUS(status));
	else if (WTERMSIG(status) == SIGALRM)
		snprintf(ret->text, sizeof(ret->text), "it hangs");
	else
		snprintf(ret->text, sizeof(ret->text), "it is killed: %s",
			 strsignal(WTERMSIG(status)));
}

void run_play(const struct run *run, struct run_result *ret)
{
	int status = 0;
	pid_t pid;

	*verdict = (struct run_result){ 0 };
	if (ftruncate(output, 0) < 0 || lseek(output, 0, SEEK_SET) < 0)
		abort();
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		be_child(run);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("torture");
		exit(EXIT_FAILURE);
	}
	*ret = *verdict;
	take_status(status, ret);
	take_end_of_log(ret);
	clean(run->scenario);
}

_Noreturn void run_play_here(const struct run *run)
{
	char victim[256];

	here = true;
	play(run);
	clean(run->scenario);
	name_caller(alloc_victim(), victim, sizeof(victim));
	fprintf(stderr, "%u allocations, %u failed, the first by %s\n",
		verdict->counts.asked, verdict->counts.failed, victim);
	run_close();
	exit(EXIT_SUCCESS);
}

void run_open(void)
{
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	output = memfd_create("output", MFD_CLOEXEC);
	if (verdict == MAP_FAILED || output < 0 || !mkdtemp(top)) {
		perror("torture");
		exit(EXIT_FAILURE);
	}
}

void run_close(void)
{
	rmdir(top);
	close(output);
}
