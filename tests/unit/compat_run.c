/* SPDX-License-Identifier: BSD-2-Clause */
/* A child, and a file that it prints to. */
#include "unit/compat_run.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/assert.h"
#include "compat/show.h"
#include "compat/table.h"

/*
 * What is under test ends by exec() and frees nothing (compat/translation.h): from a
 * test's first use of this file on, a sanitizer looks for no leaks in it. The name is
 * the sanitizer's.
 */
int __lsan_is_turned_off(void);

static bool frees_nothing;

int __lsan_is_turned_off(void)
{
	return frees_nothing;
}

#define DIRECTORY "/tmp/tenured-compat-XXXXXX"
#define WORDS_MAX 400

char compat_run_directory[] = DIRECTORY;

/* Each path of this program, which --script names, becomes SELF. */
static void hide_self(char *text)
{
	char self[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(size, (int)strlen("SELF"));
	self[size] = '\0';
	while ((text = strstr(text, self))) {
		memcpy(text, "SELF", 4);
		memmove(text + 4, text + size, strlen(text + size) + 1);
	}
}

static void read_back(struct compat_run *run, FILE *file)
{
	size_t size;

	rewind(file);
	size = fread(run->text, 1, sizeof(run->text), file);
	ck_assert_uint_lt(size, sizeof(run->text));
	run->text[size] = '\0';
	fclose(file);
	hide_self(run->text);
}

void compat_run(struct compat_run *run, int (*act)(const void *),
		const void *context)
{
	FILE *file = tmpfile();
	int status;
	pid_t pid;

	ck_assert_ptr_nonnull(file);
	frees_nothing = true;
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fileno(file), STDOUT_FILENO);
		dup2(fileno(file), STDERR_FILENO);
		exit(act(context));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	run->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	read_back(run, file);
}

struct line {
	const char *program, *text;
};

static int show_line(const void *context)
{
	const struct line *line = context;
	struct translation t = { .act = TRANSLATION_RUN };
	char *rest = strdup(line->text), *word, *words[WORDS_MAX] = { NULL };
	size_t count = 0;

	while ((word = strsep(&rest, " ")))
		if (*word && count + 1 < WORDS_MAX)
			words[count++] = word;
	table_translate(table_by_name(line->program), words, &t);
	return show_translation(&t);
}

void compat_run_line(struct compat_run *run, const char *program, const char *line)
{
	compat_run(run, show_line,
		   &(struct line){ .program = program, .text = line });
}

void compat_run_becomes(const char *program, const char *line, const char *becomes)
{
	struct compat_run run;

	compat_run_line(&run, program, line);
	run.text[strcspn(run.text, "\n")] = '\0';
	if (run.code != EXIT_SUCCESS || strcmp(run.text, becomes) != 0)
		ck_abort_msg("%s %s\nbecomes  %s (%d)\ninstead  %s", program,
			     line, run.text, run.code, becomes);
}

void compat_run_fails(const char *program, const char *line, const char *error)
{
	struct compat_run run;
	char expected[1024];

	compat_run_line(&run, program, line);
	snprintf(expected, sizeof(expected), "%s (of tenured): %s\n", program,
		 error);
	if (run.code != EX_USAGE || strcmp(run.text, expected) != 0)
		ck_abort_msg("%s %s\nsays     %s (%d)\ninstead  %s", program,
			     line, run.text, run.code, expected);
}

void compat_run_setup(void)
{
	frees_nothing = true;
	strcpy(compat_run_directory, DIRECTORY);
	ck_assert_ptr_nonnull(mkdtemp(compat_run_directory));
}

/* Paths of the files of a test. */
static char *paths[16];
static size_t path_count;

void compat_run_teardown(void)
{
	char command[64];

	while (path_count)
		free(paths[--path_count]);
	snprintf(command, sizeof(command), "rm -rf %s", compat_run_directory);
	ck_assert_int_eq(system(command), 0);
}

const char *compat_run_file(const char *name, const char *text, mode_t mode)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", compat_run_directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
	ck_assert_uint_lt(path_count, ARRAY_SIZE(paths));
	paths[path_count] = strdup(path);
	return paths[path_count++];
}
