/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told beside a call, by a daemon of a test's own. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "ctl/commands.h"
#include "ctl/progress.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_ctl_progress_suite(void);

/*
 * The kernel hands so many over at once, and whoever shows 256 of them and waits for
 * another second each time has not shown the last one when it gives up.
 */
#define EVENTS	  1100
#define TIMEOUT_S 3
#define EVENT	  "{\"parameters\":{\"event\":{\"kind\":\"x\"}}}"
#define REPLY	  "{\"parameters\":{}}"

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	CHECK(bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(fd, 2) == 0);
	return fd;
}

/* The next caller, whose call was read. */
static int answer(int listener)
{
	int fd = accept(listener, NULL, NULL);
	char octet;

	do
		CHECK(read(fd, &octet, 1) == 1);
	while (octet);
	return fd;
}

/* Tells all events in one go, and of the outcome when the last one was shown. */
static _Noreturn void be_daemon(int listener, int shown)
{
	static char events[EVENTS * sizeof(EVENT)];
	unsigned lines = 0;
	int fd;
	char octet;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < sizeof(events); i += sizeof(EVENT))
		memcpy(events + i, EVENT, sizeof(EVENT));
	fd = answer(listener);
	CHECK(send(fd, events, sizeof(events), 0) == (ssize_t)sizeof(events));
	fd = answer(listener);
	while (lines < EVENTS && read(shown, &octet, 1) == 1)
		lines += octet == '\n';
	(void)!write(fd, REPLY, sizeof(REPLY));
	_exit(0);
}

START_TEST(all_that_came_at_once_is_shown_at_once)
{
	const struct call call = { .interface = "eth0",
				   .given = OPTION_BIT(OPTION_VERBOSE) };
	int pipes[2], console = dup(STDERR_FILENO), r;
	json_t *reply = NULL;
	pid_t daemon;
	int listener;

	scratch_open();
	listener = listen_at(scratch_path("s"));
	CHECK(pipe(pipes) == 0);
	daemon = fork();
	if (daemon == 0)
		be_daemon(listener, pipes[0]);
	dup2(pipes[1], STDERR_FILENO);
	r = progress_call(&call, scratch_path("s"), "Renew", NULL, TIMEOUT_S,
			  &reply);
	dup2(console, STDERR_FILENO);
	ck_assert_int_eq(r, 0);
	ck_assert_ptr_nonnull(json_object_get(reply, "parameters"));
	json_decref(reply);
	kill(daemon, SIGKILL);
	waitpid(daemon, NULL, 0);
	close(listener);
	close(console);
	close(pipes[0]);
	close(pipes[1]);
	scratch_close();
}
END_TEST

Suite *test_ctl_progress_suite(void)
{
	Suite *suite = suite_create("ctl_progress");
	TCase *tcase = tcase_create("progress");

	tcase_add_test(tcase, all_that_came_at_once_is_shown_at_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
