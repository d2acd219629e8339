/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long to wait before the next transmission.
 */
#ifndef CORE_BACKOFF_H
#define CORE_BACKOFF_H

#include "base/nsec.h"
#include "base/prng.h"

/*
 * The wait after the transmission number sent (1 for the first one): 4, 8, 16,
 * 32, then 64 s, each 1 s more or less, uniformly (RFC 2131 4.1).
 */
nsec backoff_exchange(struct prng *, unsigned sent);

/*
 * In RENEWING and REBINDING: half of the time that remains until the end, at
 * least 60 s (RFC 2131 4.4.5). Without an end, 60 s.
 */
nsec backoff_remaining(nsec now, nsec end);

/*
 * After the NAK number count in a row (1 for the first one): 0, 1, 2, 4 ... 300 s.
 * The RFC has none; without one, a server that refuses all makes a storm.
 */
nsec backoff_nak(unsigned count);

/* After a configuration that the kernel refused for the count-th time: 1 ... 64 s. */
nsec backoff_configure(unsigned count);

#endif
