/* SPDX-License-Identifier: BSD-2-Clause */
/* How long to wait; each schedule is one line of data or one formula. */
#include "core/backoff.h"

#include "base/assert.h"

#define EXCHANGE_FIRST_S 4
#define EXCHANGE_LAST_S	 64
#define REMAINING_MIN_S	 60
#define NAK_LAST_S	 300
#define CONFIGURE_LAST_S 64

/* first, doubled steps times, at most last. */
static nsec doubled(unsigned first_s, unsigned steps, unsigned last_s)
{
	uint64_t seconds = first_s;

	while (steps-- && seconds < last_s)
		seconds *= 2;
	return (seconds < last_s ? seconds : last_s) * NSEC_PER_S;
}

nsec backoff_exchange(struct prng *prng, unsigned sent)
{
	ASSERT(sent > 0);
	return doubled(EXCHANGE_FIRST_S, sent - 1, EXCHANGE_LAST_S) -
	       NSEC_PER_S + prng_below(prng, 2 * NSEC_PER_S + 1);
}

nsec backoff_remaining(nsec now, nsec end)
{
	/* An infinite lease is extended when somebody asks: half of it is long. */
	if (end == NSEC_NEVER)
		return REMAINING_MIN_S * NSEC_PER_S;
	return nsec_max(nsec_until(now, end) / 2, REMAINING_MIN_S * NSEC_PER_S);
}

nsec backoff_nak(unsigned count)
{
	ASSERT(count > 0);
	return count == 1 ? 0 : doubled(1, count - 2, NAK_LAST_S);
}

nsec backoff_configure(unsigned count)
{
	ASSERT(count > 0);
	return doubled(1, count - 1, CONFIGURE_LAST_S);
}
