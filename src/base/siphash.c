/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-2-4: words are little-endian, whatever the machine's are. */
#include "base/siphash.h"

#define WORD_SIZE 8

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void mix(struct state *s, unsigned rounds)
{
	while (rounds--) {
		s->v0 += s->v1;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v3;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 += s->v3;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 += s->v1;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v2 = rotate(s->v2, 32);
	}
}

static uint64_t word_of(const uint8_t *bytes, size_t size)
{
	uint64_t word = 0;

	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

static void take(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s, 2);
	s->v0 ^= word;
}

static void give(struct state *s, uint8_t ret[WORD_SIZE])
{
	uint64_t word;

	mix(s, 4);
	word = s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
	for (size_t i = 0; i < WORD_SIZE; i++)
		ret[i] = (uint8_t)(word >> (8 * i));
}

void siphash(const uint8_t key[SIPHASH_KEY_SIZE], const void *data, size_t size,
	     uint8_t ret[SIPHASH_SIZE])
{
	uint64_t k0 = word_of(key, WORD_SIZE);
	uint64_t k1 = word_of(key + WORD_SIZE, WORD_SIZE);
	struct state s = { k0 ^ UINT64_C(0x736f6d6570736575),
			   k1 ^ UINT64_C(0x646f72616e646f6d) ^ 0xee,
			   k0 ^ UINT64_C(0x6c7967656e657261),
			   k1 ^ UINT64_C(0x7465646279746573) };
	const uint8_t *bytes = data;
	size_t whole = size - size % WORD_SIZE;

	for (size_t at = 0; at < whole; at += WORD_SIZE)
		take(&s, word_of(bytes + at, WORD_SIZE));
	/* The last word ends with the length. */
	take(&s, word_of(bytes + whole, size % WORD_SIZE) | (uint64_t)size << 56);
	s.v2 ^= 0xee;
	give(&s, ret);
	s.v1 ^= 0xdd;
	give(&s, ret + WORD_SIZE);
}
