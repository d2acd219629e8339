/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All suites of this directory. The Makefile makes conformance/suites.h of the names of
 * the files: a test_NAME.c that defines test_NAME_suite() needs no line anywhere.
 */
#include "base/assert.h"
#include "unit/runner.h"

#define SUITE(name) Suite *test_##name##_suite(void);
#include "conformance/suites.h"
#undef SUITE

/* clang-format off */
static Suite *(*const suites[])(void) = {
#define SUITE(name) test_##name##_suite,
#include "conformance/suites.h"
};
/* clang-format on */

int main(void)
{
	return runner_run(suites, ARRAY_SIZE(suites));
}
