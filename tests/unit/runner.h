/* SPDX-License-Identifier: BSD-2-Clause */
/* What the test programs that stand on Check have in common. */
#ifndef UNIT_RUNNER_H
#define UNIT_RUNNER_H

#include <check.h>
#include <stddef.h>

#include "base/nsec.h"

#define S(n)  ((nsec)(n)*NSEC_PER_S)
#define MS(n) ((nsec)(n)*NSEC_PER_MS)

/* As ck_assert(), which is slow: it tells the parent of each success, too. */
#define CHECK(condition) \
	do { \
		if (!(condition)) \
			ck_abort_msg("%s", #condition); \
	} while (0)

/* Runs all suites and prints Check's summary; returns what main() is to. */
int runner_run(Suite *(*const *suites)(void), size_t count);

#endif
