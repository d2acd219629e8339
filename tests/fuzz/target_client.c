/* SPDX-License-Identifier: BSD-2-Clause */
/* A script for a client: any events, at any times (play.h says what is checked). */
#include "fuzz/fuzz.h"
#include "fuzz/play.h"

static void run(const uint8_t *data, size_t size)
{
	static struct play play;

	play_begin(&play, data, size);
	while (play_next(&play))
		continue;
	play_end(&play);
}

const struct fuzz_target fuzz_client = { "client", 1024, run };
