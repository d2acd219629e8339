/* SPDX-License-Identifier: BSD-2-Clause */
/* Told, not guessed: a kernel that lacks something fails the test. */
#include "emulated.h"

#include <stdio.h>
#include <stdlib.h>

bool emulated(const char *what)
{
	const char *emulator = getenv("TENURED_EMULATOR");

	if (emulator)
		fprintf(stderr, "SKIPPED: %s has no %s\n", emulator, what);
	return emulator;
}
