/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The targets under clang's fuzzer: the one that the program is called by, so that
 * each has a link to it of its own name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');

	(void)argc;
	target = fuzz_find(slash ? slash + 1 : (*argv)[0]);
	if (target)
		return 0;
	fprintf(stderr, "fuzz: %s is no target; tests/fuzz/run makes links\n",
		(*argv)[0]);
	exit(64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_run(target, data, size);
	return 0;
}
