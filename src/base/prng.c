/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ChaCha20 as a generator: one block a number. Numbers are drawn a few times a
 * lease, so the state is kept small (no block is buffered) instead of fast.
 */
#include "base/prng.h"

#include <string.h>

#include "base/assert.h"

static uint32_t rotate(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

/* In between nothing goes to memory, which a compiler cannot know to be four words. */
static void quarter_round(uint32_t s[16], int ia, int ib, int ic, int id)
{
	uint32_t a = s[ia], b = s[ib], c = s[ic], d = s[id];

	a += b;
	d = rotate(d ^ a, 16);
	c += d;
	b = rotate(b ^ c, 12);
	a += b;
	d = rotate(d ^ a, 8);
	c += d;
	b = rotate(b ^ c, 7);
	s[ia] = a;
	s[ib] = b;
	s[ic] = c;
	s[id] = d;
}

void prng_block(const uint32_t key[8], uint32_t counter,
		const uint32_t nonce[3], uint32_t out[16])
{
	uint32_t start[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memcpy(start + 4, key, 8 * sizeof(*key));
	start[12] = counter;
	memcpy(start + 13, nonce, 3 * sizeof(*nonce));
	memcpy(out, start, sizeof(start));
	for (int i = 0; i < 10; i++) {
		quarter_round(out, 0, 4, 8, 12);
		quarter_round(out, 1, 5, 9, 13);
		quarter_round(out, 2, 6, 10, 14);
		quarter_round(out, 3, 7, 11, 15);
		quarter_round(out, 0, 5, 10, 15);
		quarter_round(out, 1, 6, 11, 12);
		quarter_round(out, 2, 7, 8, 13);
		quarter_round(out, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		out[i] += start[i];
}

void prng_init(struct prng *p, const uint8_t seed[32])
{
	for (int i = 0; i < 8; i++)
		p->key[i] = (uint32_t)seed[4 * i] |
			    (uint32_t)seed[4 * i + 1] << 8 |
			    (uint32_t)seed[4 * i + 2] << 16 |
			    (uint32_t)seed[4 * i + 3] << 24;
	p->counter = 0;
}

static void next_block(struct prng *p, uint32_t block[16])
{
	uint32_t nonce[3] = { 0, (uint32_t)(p->counter >> 32), 0 };

	prng_block(p->key, (uint32_t)p->counter, nonce, block);
	p->counter++;
}

static uint64_t prng_u64(struct prng *p)
{
	uint32_t block[16];

	next_block(p, block);
	return (uint64_t)block[1] << 32 | block[0];
}

void prng_seed(struct prng *p, uint8_t ret[32])
{
	uint32_t block[16];

	next_block(p, block);
	for (int i = 0; i < 32; i++)
		ret[i] = (uint8_t)(block[i / 4] >> i % 4 * 8);
}

uint32_t prng_u32(struct prng *p)
{
	return (uint32_t)prng_u64(p);
}

uint64_t prng_below(struct prng *p, uint64_t bound)
{
	uint64_t limit, value;

	ASSERT(bound > 0);
	/* Values past the last whole multiple of bound would favour some. */
	limit = UINT64_MAX - UINT64_MAX % bound;
	do
		value = prng_u64(p);
	while (value >= limit);
	return value % bound;
}
