/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks: which of them are run, and that they are told what they are to be told,
 * by a runner without memory, too, in the end. The scenario is the daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/hook_files.h"
#include "daemon/runner.h"
#include "lease/hook_lease.h"
#include "lease/hook_message.h"
#include "torture/torture.h"
#include "unit/ipc_world.h"

#define PATIENCE_MS 5000
#define MOMENT_MS   30

static char below[256], above[256]; /* two directories, the second wins */
static struct runner_settings settings;

/* ---- files ----------------------------------------------------------------- */

static void hook(const char *directory, const char *name, const char *body)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "we");
	PROMISE(file && fprintf(file, "%s", body) >= 0 && fclose(file) == 0 &&
			chmod(path, 0755) == 0,
		"%s cannot be made", path);
}

/*
 * 10-a is told, 20-b is switched off above, 30-c is another one above. Each says
 * its name and the reason in a file.
 */
static void make_hooks(void)
{
	char body[512];

	alloc_pause();
	snprintf(below, sizeof(below), "%s/below", scratch());
	snprintf(above, sizeof(above), "%s/above", scratch());
	PROMISE(mkdir(below, 0755) == 0 && mkdir(above, 0755) == 0, "no place");
	snprintf(body, sizeof(body), "#!/bin/sh\necho a $reason >>%s/told\n",
		 scratch());
	hook(below, "10-a", body);
	hook(below, "20-b", body);
	hook(above, "20-b", "");
	hook(below, "30-c", "#!/bin/sh\nexit 1\n");
	snprintf(body, sizeof(body),
		 "#!/bin/sh\necho above $reason >>%s/told\n", scratch());
	hook(above, "30-c", body);
	settings = (struct runner_settings){ .directories = { below, above },
					     .directory_count = 2,
					     .timeout_s = 5,
					     .foreground = true };
	alloc_resume();
}

static void are_found(void)
{
	const char *directory;
	int r;

	make_hooks();
	r = hook_files_check(&settings, &directory);
	PROMISE(r == 1 || !all_had_memory(), "%d", r);
	PROMISE(r != 0, "what cannot be looked at is called empty");
}

/* Those that there are, one after another, and nothing that is switched off. */
static void come_in_order(void)
{
	static const char *const names[] = { "10-a", "30-c" };
	char name[NAME_MAX + 1] = "";
	unsigned i = 0;
	int fd;

	make_hooks();
	for (; (fd = hook_files_next(&settings, name)) >= 0; i++) {
		PROMISE(i < 2 && strcmp(name, names[i]) == 0, "%s is run", name);
		close(fd);
	}
	PROMISE(fd != -ENOENT || i == 2, "%u are there, it says", i);
	PROMISE(fd == -ENOENT || !all_had_memory(), "it fails: %s",
		strerror(-fd));
}

/* ---- the runner ------------------------------------------------------------ */

static struct {
	pid_t pid;
	int channel;
	uint32_t number;
} runner;

static void start_runner(void)
{
	int ends[2];

	make_hooks();
	PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0,
		"no channel");
	runner.pid = fork();
	if (runner.pid == 0)
		runner_main(&settings, ends[1], false);
	close(ends[1]);
	runner.channel = ends[0];
}

static void tell(enum hook_reason reason, bool leased)
{
	struct hook_header header = { .number = ++runner.number,
				      .ifindex = 2,
				      .metric = 1002,
				      .reason = reason,
				      .interface = "eth0" };
	uint8_t bytes[HOOK_MESSAGE_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct dhcp4_lease lease;

	world_lease(&lease, WORLD_START);
	hook_message_begin(&w, &header);
	if (leased)
		hook_lease_put(&w, &lease, 0);
	PROMISE(send(runner.channel, bytes, w.used, MSG_NOSIGNAL) > 0,
		"nobody hears it");
}

/* The answer to the last message comes within so long. */
static bool is_answered(int patience_ms)
{
	struct pollfd wait = { .fd = runner.channel, .events = POLLIN };

	while (poll(&wait, 1, patience_ms) > 0) {
		uint8_t bytes[HOOK_ANSWER_SIZE];
		struct reader r = reader_over(bytes, sizeof(bytes));
		struct hook_answer answer;

		PROMISE(recv(runner.channel, bytes, sizeof(bytes), 0) ==
					sizeof(bytes) &&
				hook_answer_read(&r, &answer),
			"the runner ended");
		if (answer.number == runner.number)
			return true;
	}
	return false;
}

/* It has a moment, and then memory, however late it comes to need some. */
static void wait_answer(void)
{
	int waited_ms = 0;

	while (!is_answered(MOMENT_MS)) {
		waited_ms += MOMENT_MS;
		PROMISE(waited_ms < PATIENCE_MS, "no answer, %s",
			all_had_memory() ? "and memory failed nobody"
					 : "with memory");
		if (!all_had_memory())
			alloc_heal();
	}
}

static void end_runner(void)
{
	int status = 0;

	close(runner.channel);
	PROMISE(waitpid(runner.pid, &status, 0) == runner.pid &&
			WIFEXITED(status) && WEXITSTATUS(status) == 0,
		"it ends by %x", (unsigned)status);
}

static const char *told(void)
{
	static char text[512];
	int fd = open(scratch_path("told"), O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[size > 0 ? size : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

static void are_told(void)
{
	start_runner();
	tell(HOOK_REASON_BOUND, true);
	wait_answer();
	PROMISE(strcmp(told(), "a BOUND\nabove BOUND\n") == 0, "%s", told());
	end_runner();
}

/* The newest is what they are told last; none is told again. */
static void are_told_the_newest(void)
{
	start_runner();
	tell(HOOK_REASON_BOUND, true);
	tell(HOOK_REASON_RENEW, true);
	tell(HOOK_REASON_EXPIRE, false);
	wait_answer();
	PROMISE(strstr(told(), "a EXPIRE\nabove EXPIRE\n"), "%s", told());
	end_runner();
}

/* What is told last is done, by a runner that nobody talks to any more, too. */
static void are_told_at_the_end(void)
{
	start_runner();
	tell(HOOK_REASON_BOUND, true);
	wait_answer();
	tell(HOOK_REASON_STOP, false);
	usleep(MOMENT_MS * 1000);
	alloc_heal();
	end_runner();
	PROMISE(strstr(told(), "a STOP\nabove STOP\n"), "%s", told());
}

SCENARIOS(hooks) = {
	{ .name = "hooks_are_found", .play = are_found },
	{ .name = "hooks_come_in_order", .play = come_in_order },
	{ .name = "hooks_are_told", .play = are_told },
	{ .name = "hooks_are_told_the_newest", .play = are_told_the_newest },
	{ .name = "hooks_are_told_at_the_end", .play = are_told_at_the_end },
	{ 0 },
};
