/* SPDX-License-Identifier: BSD-2-Clause */
/* Becomes tenured or tenurectl, or ends a daemon. */
#include "compat/act.h"

#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/assert.h"
#include "compat/dump.h"
#include "compat/ending.h"
#include "compat/script.h"
#include "host/regular.h"

/* A variable may name another program, which tests need. */
static void put_program(struct translation *t, const char *variable,
			const char *program)
{
	const char *other = getenv(variable);

	translation_put_first(t, other ? other : program, NULL);
	unsetenv(variable);
}

/* Returns after an error alone. */
static int execute(const struct translation *t)
{
	execv(t->words[0], (char **)(uintptr_t)t->words);
	fprintf(stderr, "%s (of tenured): %s: %m\n", t->program, t->words[0]);
	return EX_UNAVAILABLE;
}

/* The exit code of the program; quiet: what it prints nobody sees. */
static int run(const struct translation *t, bool quiet)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = quiet ? open("/dev/null", O_WRONLY) : -1;

		if (null >= 0) {
			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
		}
		_exit(execute(t));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return EXIT_FAILURE;
	return WEXITSTATUS(status);
}

/* Whether there is a lease that a client of before did not give back. */
static bool is_left(const struct translation *t)
{
	struct translation ask = *t;

	ask.word_count = 1;
	translation_add(&ask, "lease", t->names[0]);
	return run(&ask, true) == EXIT_SUCCESS;
}

/* Of an interface, whoever started what manages it. */
static int end_management(struct translation *t)
{
	int code;

	put_program(t, "TENURECTL", COMPAT_TENURECTL);
	code = run(t, false);
	if (code != EX_UNAVAILABLE || !t->none_is_well)
		return code;
	return t->act == TRANSLATION_RELEASE && is_left(t) ? code : EXIT_SUCCESS;
}

static int say_none(const struct translation *t)
{
	fprintf(stderr, "%s (of tenured): no process of %s runs\n", t->program,
		t->pid_file);
	return EXIT_SUCCESS;
}

/* Whether it runs is not known. */
static int say_error(const struct translation *t, const char *pid_file, int error)
{
	if (error == -EACCES) {
		fprintf(stderr,
			"%s (of tenured): the process of %s may not be looked "
			"at; root may\n",
			t->program, pid_file);
		return EX_NOPERM;
	}
	fprintf(stderr, "%s (of tenured): %s: %s\n", t->program, pid_file,
		regular_error(error));
	return EXIT_FAILURE;
}

/* The code to exit with; or as ending_find(), if nobody was reached. */
static int end_process(const struct translation *t, const char *pid_file)
{
	struct ending ending;
	int r = ending_find(pid_file, &ending);

	return r < 0 ? r
		     : ending_make(&ending, pid_file,
				   t->act == TRANSLATION_RELEASE);
}

/* The processes of all pid files whose names are like this one. */
static int end_all(const struct translation *t)
{
	int code = -ESRCH;
	glob_t files;

	if (glob(t->pid_file, 0, NULL, &files) != 0)
		return say_none(t);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		int r = end_process(t, files.gl_pathv[i]);

		if (r == -ESRCH)
			continue;
		if (r < 0)
			r = say_error(t, files.gl_pathv[i], r);
		if (code <= 0)
			code = r;
	}
	return code < 0 ? say_none(t) : code;
}

static int end(struct translation *t)
{
	int r;

	if (t->hint && !t->name_count)
		return end_all(t);
	r = end_process(t, t->pid_file);
	if (r >= 0)
		return r;
	/* Who names a file means that process alone. */
	if (t->hint)
		return end_management(t);
	return r == -ESRCH ? say_none(t) : say_error(t, t->pid_file, r);
}

/*
 * As a daemon of that name if there is such a file, for those who look what the
 * process of a pid file is.
 */
static const char *tenured_of(const struct translation *t)
{
	const char *named =
		translation_text(COMPAT_LIBEXECDIR "/tenured-%s", t->program);

	return access(named, X_OK) == 0 ? named : COMPAT_TENURED;
}

static int start(struct translation *t)
{
	struct ending ending;

	if (t->hint && t->pid_file && t->name_count == 1 &&
	    ending_find(t->pid_file, &ending) == 0)
		return ending_renew(&ending);
	if (t->script)
		script_begin(t);
	if (t->directory)
		mkdir(t->directory, 0755);
	put_program(t, "TENURED", tenured_of(t));
	return execute(t);
}

int act_run(struct translation *t)
{
	switch (t->act) {
	case TRANSLATION_RUN:
		return start(t);
	case TRANSLATION_ASK:
	case TRANSLATION_DUMP:
		put_program(t, "TENURECTL", COMPAT_TENURECTL);
		return t->act == TRANSLATION_ASK ? execute(t)
						 : dump_run(t->words);
	case TRANSLATION_RELEASE:
	case TRANSLATION_STOP:
		return end(t);
	case TRANSLATION_ANSWER:
		puts(t->answer);
		return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	UNREACHABLE();
}
