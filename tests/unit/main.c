/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs all suites of this directory and ends in Check's summary.
 *
 * The Makefile makes unit/suites.h of the names of the files: a test_NAME.c that
 * defines test_NAME_suite() needs no line anywhere. CK_RUN_SUITE=NAME and
 * CK_FORK=no in the environment help with a debugger.
 */
#include <check.h>
#include <stdlib.h>

#include "base/assert.h"

#define SUITE(name) Suite *test_##name##_suite(void);
#include "unit/suites.h"
#undef SUITE

/* clang-format off */
static Suite *(*const suites[])(void) = {
#define SUITE(name) test_##name##_suite,
#include "unit/suites.h"
};
/* clang-format on */

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

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
