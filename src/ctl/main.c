/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tenurectl: asks the daemons what they lease, gives them commands, and saves what
 * they recorded. What there is to ask is in commands.c.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/command_line.h"
#include "ctl/commands.h"
#include "ctl/failure.h"
#include "ctl/memory.h"

_Noreturn void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "tenurectl: %s:%d: %s; please report this\n", file,
		line, expression);
	abort();
}

int main(int argc, char **argv)
{
	struct call call;
	int code;

	json_set_alloc_funcs(memory_get, free);
	if (command_line_read(argc - 1, argv + 1, &call, &code))
		code = call.command->run(&call);
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail(EXIT_FAILURE, "standard output", strerror(errno));
	return code;
}
