/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A keyed generator: from a 32-byte seed, numbers that nobody without the seed
 * can foretell, and the same ones again with it.
 *
 * It is the ChaCha20 block function of RFC 8439 in counter mode. Transaction ids
 * must not be guessable (RFC 2131 4.1), and a recorded run must replay.
 */
#ifndef BASE_PRNG_H
#define BASE_PRNG_H

#include <stdint.h>

struct prng {
	uint32_t key[8];
	uint64_t counter;
};

void prng_init(struct prng *, const uint8_t seed[32]);

uint32_t prng_u32(struct prng *);

/* A seed for another one, which tells nothing of this one's. */
void prng_seed(struct prng *, uint8_t ret[32]);

/* Uniform in 0 to bound - 1; bound is at least 1. */
uint64_t prng_below(struct prng *, uint64_t bound);

/* One ChaCha20 block (RFC 8439 2.3); public for its test vector. */
void prng_block(const uint32_t key[8], uint32_t counter,
		const uint32_t nonce[3], uint32_t out[16]);

#endif
