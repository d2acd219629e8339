/* SPDX-License-Identifier: BSD-2-Clause */
/* CK_RUN_SUITE=NAME and CK_FORK=no in the environment help with a debugger. */
#include "unit/runner.h"

#include <stdlib.h>

/*
 * Each test is a fork of this process, which meanwhile reads and frees what tests
 * tell it. AddressSanitizer keeps 256 MiB of that, and each fork would take longer
 * than the one before.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4";
}

int runner_run(Suite *(*const *suites)(void), size_t count)
{
	SRunner *runner;
	int failed;

	/* Against tests that hang; a busy machine shall fail none. */
	setenv("CK_DEFAULT_TIMEOUT", "120", 0);
	runner = srunner_create(NULL);
	for (size_t i = 0; i < count; i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
