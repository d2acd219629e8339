/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 3927 section 2.1. */
#include "core/linklocal.h"

#include <string.h>

#include "base/prng.h"

#define FIRST (LINKLOCAL_NETWORK + 256)
#define COUNT (65536 - 2 * 256)

bool linklocal_is_usable(ipv4_addr address)
{
	return address >= FIRST && address < FIRST + COUNT;
}

ipv4_addr linklocal_draw(const struct hwaddr *hw, uint32_t number)
{
	uint8_t seed[32] = { 0 };
	struct prng prng;

	memcpy(seed, hw->bytes, sizeof(hw->bytes));
	prng_init(&prng, seed);
	/* The rare draws that prng_below() repeats come from numbers apart. */
	prng.counter = (uint64_t)number << 32;
	return FIRST + (ipv4_addr)prng_below(&prng, COUNT);
}
