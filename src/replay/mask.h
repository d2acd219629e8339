/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A copy of a recording to be given to others: names, addresses and contents are
 * others (anon.h), the wall clock is not told, and the core does the same with it,
 * which is checked. Times and transaction ids stay, and so does the generator's
 * key that they came from.
 */
#ifndef REPLAY_MASK_H
#define REPLAY_MASK_H

#include <stdbool.h>
#include <stdint.h>

#include "replay/file.h"

/* Why there is no copy; what is NULL if there is one. */
struct mask_failure {
	const char *what;
	unsigned event; /* from 1 on; 0: before the first one */
	bool diverges;	/* the recording itself does not do what it says */
};

/*
 * Masks the whole file of a recording with a key of 32 random octets. *ret is the
 * copy unless *ret_failure says otherwise. *ret_again: another key would do better,
 * since an address became itself, or two names one. 0 or -errno.
 */
int mask_file(const struct file *, const uint8_t key[32], struct file *ret,
	      struct mask_failure *ret_failure, bool *ret_again);

#endif
