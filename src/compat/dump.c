/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program prints, line by line. */
#include "compat/dump.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define PREFIX "new_"

static void print_lines(FILE *from)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, from) > 0) {
		bool prefixed = strncmp(line, PREFIX, strlen(PREFIX)) == 0;

		fputs(line + (prefixed ? strlen(PREFIX) : 0), stdout);
	}
	free(line);
	fclose(from);
}

int dump_run(const char *const *words)
{
	int ends[2], status;
	FILE *from;
	pid_t pid;

	if (pipe(ends) < 0 || (pid = fork()) < 0) {
		perror(words[0]);
		return EX_OSERR;
	}
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(words[0], (char **)(uintptr_t)words);
		perror(words[0]);
		_exit(EX_UNAVAILABLE);
	}
	close(ends[1]);
	from = fdopen(ends[0], "r");
	if (from)
		print_lines(from);
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return EXIT_FAILURE;
	return fflush(stdout) == 0 ? WEXITSTATUS(status) : EXIT_FAILURE;
}
