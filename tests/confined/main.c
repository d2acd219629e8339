/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confined DIRECTORY USER: what the sandbox is for. Each act is tried in a child
 * that has entered all of the sandbox, and must fail; in one without any, to know
 * how it ends if nobody minds; and in one for each layer alone, which must stop it
 * if the act's row says so and it would not have failed anyhow. A row of output is
 * an act, how it ended, and the layers that stop it.
 *
 * To be run with namespaces of its own, as tests/net does.
 */
#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "confined/acts.h"
#include "daemon/landlock.h"
#include "daemon/sandbox.h"
#include "daemon/seccomp.h"

#define EXIT_SKIPPED 77
#define SETUP_FAILED 255 /* no errno is as high */

static const char *const layer_names[LAYER_COUNT] = {
	[LAYER_PRIVILEGES] = "privileges",
	[LAYER_LANDLOCK] = "landlock",
	[LAYER_SECCOMP] = "seccomp",
};

enum {
	ALL_LAYERS = LAYER_COUNT,
	NO_LAYER
};

struct trial {
	const char *directory;
	struct scenery scenery;
	struct sandbox_user user;
	struct sandbox_report *report; /* shared with the children */
};

void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, expression);
	abort();
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "confined: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- the scenery -------------------------------------------------------- */

/* A new one each time: what an act changed must not stop the next one. */
static char *make_place(const char *directory, const struct sandbox_user *user)
{
	static unsigned count;
	char *path = NULL, *file = NULL;
	int fd;

	if (asprintf(&path, "%s/%u", directory, ++count) < 0 ||
	    asprintf(&file, "%s/file", path) < 0)
		give_up("memory");
	mkdir(path, 0777);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || fchmod(fd, 0666) < 0 || chmod(path, 0777) < 0)
		give_up(file);
	/* For whom the privileges are gone, the places are still open. */
	if (!user->kept && (chown(path, user->uid, user->gid) < 0 ||
			    fchown(fd, user->uid, user->gid) < 0))
		give_up(path);
	close(fd);
	free(file);
	return path;
}

static void serve_abstract(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path + 1, name, strlen(name));
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			     strlen(name))) < 0 ||
	    listen(fd, 128) < 0)
		give_up("an abstract socket");
}

static pid_t make_victim(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			pause();
	}
	return pid;
}

static struct scenery make_scenery(void)
{
	struct scenery s = {
		.abstract = "tenured-confined",
		.victim = make_victim(),
		.program = open("/bin/true", O_RDONLY | O_CLOEXEC),
		.netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
	};

	serve_abstract(s.abstract);
	if (s.victim < 0 || s.program < 0 || s.netns < 0)
		give_up("the scenery");
	return s;
}

/* ---- one trial ---------------------------------------------------------- */

static bool enter_landlock(const struct landlock_path *path, const char **ret_why)
{
	struct landlock landlock = landlock_prepare(path, 1);

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return landlock_enter(&landlock, ret_why);
}

static bool enter(struct trial *t, unsigned which)
{
	const struct landlock_path path = { t->scenery.inside,
					    LANDLOCK_ACCESS_KEEP, 0 };
	const char *why;

	switch (which) {
	case LAYER_PRIVILEGES:
		return sandbox_give_up(&t->user, t->report) == 0;
	case LAYER_LANDLOCK:
		return enter_landlock(&path, &why);
	case LAYER_SECCOMP:
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		return seccomp_enter(&why);
	case ALL_LAYERS:
		return sandbox_enter(&t->user, &path, 1, t->report) == 0;
	case NO_LAYER:
		return true;
	default:
		UNREACHABLE();
	}
}

static int perform(const struct act *act, const struct scenery *s)
{
	const long *a = act->arguments;

	if (act->perform)
		return act->perform(s);
	return syscall(act->call, a[0], a[1], a[2], a[3], a[4]) < 0 ? -errno : 0;
}

/* 0 if it was done, an error's number, or -signal. */
static int attempt(struct trial *t, const struct act *act, unsigned which)
{
	int status;
	pid_t pid;

	fflush(NULL);
	t->scenery.inside = make_place(t->directory, &t->user);
	t->scenery.outside = make_place(t->directory, &t->user);
	pid = fork();
	if (pid == 0) {
		if (!enter(t, which))
			_exit(SETUP_FAILED);
		_exit(-perform(act, &t->scenery));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("a child");
	free(t->scenery.inside);
	free(t->scenery.outside);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- all of them -------------------------------------------------------- */

static const char *end_of(int result)
{
	if (result == 0)
		return "DONE";
	return result < 0 ? strsignal(-result) : strerror(result);
}

/* What an unbound process may not either shows nothing, but for a kill. */
static bool is_stopped(int result, int unbound)
{
	return result == -SIGSYS || (result != unbound && result != 0);
}

static bool could_have_been(int unbound)
{
	return unbound != EPERM && unbound != EACCES && unbound != ENOSYS &&
	       unbound != ENODEV && unbound != EOPNOTSUPP;
}

/* Which layers have to hold here: not those that the kernel lacks. */
static unsigned layers_here(const struct trial *t)
{
	const struct sandbox_report *r = t->report;
	unsigned layers = 0;

	if (!r->unavailable[SANDBOX_LAYER_USER])
		layers |= 1u << LAYER_PRIVILEGES;
	if (!r->unavailable[SANDBOX_LAYER_LANDLOCK] &&
	    !r->limited[SANDBOX_LAYER_LANDLOCK])
		layers |= 1u << LAYER_LANDLOCK;
	if (!r->unavailable[SANDBOX_LAYER_SECCOMP])
		layers |= 1u << LAYER_SECCOMP;
	return layers;
}

static bool try(struct trial *t, const struct act *act, unsigned here)
{
	int together = attempt(t, act, ALL_LAYERS);
	int unbound = attempt(t, act, NO_LAYER);
	bool failed = together == 0 || together == SETUP_FAILED;

	printf("%-30s %-35s", act->name, end_of(together));
	for (unsigned i = 0; i < LAYER_COUNT; i++) {
		bool meant = act->layers & here & 1u << i;
		int alone = attempt(t, act, i);

		if (alone != SETUP_FAILED && is_stopped(alone, unbound)) {
			printf(" %s", layer_names[i]);
		} else if (meant && could_have_been(unbound)) {
			printf(" NOT %s (%s)", layer_names[i], end_of(alone));
			failed = true;
		}
	}
	if (!could_have_been(unbound))
		printf(" (%s anyhow)", end_of(unbound));
	printf("%s\n", failed ? "  FAILED" : "");
	return !failed;
}

static bool allow(struct trial *t, const struct need *need)
{
	struct act act = { .name = need->name, .perform = need->perform };
	int end = attempt(t, &act, ALL_LAYERS);

	printf("%-30s %s%s\n", need->name, end_of(end),
	       end == need->end ? "" : "  FAILED");
	return end == need->end;
}

int main(int argc, char **argv)
{
	struct trial t = { .directory = argv[1] };
	unsigned passed = 0, failed = 0;
	unsigned here;

	if (argc != 3) {
		fprintf(stderr, "usage: confined DIRECTORY USER\n");
		return 64;
	}
	if (TENURED_SANITIZED) {
		puts("built with sanitizers, whose sandbox is wider");
		return EXIT_SKIPPED;
	}
	if (sandbox_find_user(argv[2], &t.user) < 0)
		give_up(argv[2]);
	t.scenery = make_scenery();
	t.report = mmap(NULL, sizeof(*t.report), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t.report == MAP_FAILED ||
	    attempt(&t, &acts[0], ALL_LAYERS) == SETUP_FAILED)
		give_up("the sandbox");
	here = layers_here(&t);
	for (size_t i = 0; i < act_count; i++)
		passed += try(&t, &acts[i], here);
	for (size_t i = 0; i < need_count; i++)
		failed += !allow(&t, &needs[i]);
	printf("%u stopped, %zu not as they should be\n", passed,
	       act_count - passed + failed);
	kill(t.scenery.victim, SIGKILL);
	return passed == act_count && !failed ? 0 : 1;
}
