/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What src/compat does in a process of its own, since most of it ends by exit() or
 * exec(): the code that it ends with, and what it printed.
 */
#ifndef UNIT_COMPAT_RUN_H
#define UNIT_COMPAT_RUN_H

#include <sys/types.h>

struct compat_run {
	int code; /* -1: a signal */
	/* Standard output and error; this program's own path is SELF in it. */
	char text[16384];
};

/* Calls act(context) there, which returns the code to exit with. */
void compat_run(struct compat_run *, int (*act)(const void *),
		const void *context);

/* Translates a command line, words with a space between, and shows what it becomes. */
void compat_run_line(struct compat_run *, const char *program, const char *line);

/* The same; the test fails unless it is this, without the newline at the end. */
void compat_run_becomes(const char *program, const char *line,
			const char *becomes);

/* The test fails unless it exits with 64 and this, behind the program's name. */
void compat_run_fails(const char *program, const char *line, const char *error);

/* A directory for the files of a test, and its end: of a fixture. */
extern char compat_run_directory[];
void compat_run_setup(void);
void compat_run_teardown(void);

/* Writes a file there; its path, which the caller may use until the test ends. */
const char *compat_run_file(const char *name, const char *text, mode_t mode);

#endif
