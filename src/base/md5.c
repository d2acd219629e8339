/* SPDX-License-Identifier: BSD-2-Clause */
/* In the terms of RFC 1321 3. */
#include "base/md5.h"

#include <string.h>

/* What of a block precedes the length of all. */
#define LENGTH_AT (MD5_BLOCK_SIZE - 8)

/* The first 32 bits behind the point of |sin(i)|, i from 1 to 64. */
/* clang-format off */
static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee,
	0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
	0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
	0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
	0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039,
	0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
/* clang-format on */

static const uint8_t turns[4][4] = {
	{ 7, 12, 17, 22 },
	{ 5, 9, 14, 20 },
	{ 4, 11, 16, 23 },
	{ 6, 10, 15, 21 },
};

static uint32_t turned(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

static uint32_t load(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void store(uint8_t *at, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> 8 * i);
}

/* F, G, H and I. */
static uint32_t mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	const uint32_t mixed[4] = { (b & c) | (~b & d), (b & d) | (c & ~d),
				    b ^ c ^ d, c ^ (b | ~d) };

	return mixed[round];
}

static void take_block(struct md5 *m)
{
	static const uint8_t first[4] = { 0, 1, 5, 0 }, step[4] = { 1, 5, 3, 7 };
	uint32_t a = m->state[0], b = m->state[1], c = m->state[2],
		 d = m->state[3];

	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16;
		unsigned word = (first[round] + step[round] * i) % 16;
		uint32_t sum = a + mix(round, b, c, d) +
			       load(m->block + 4 * word) + sines[i];

		a = d;
		d = c;
		c = b;
		b += turned(sum, turns[round][i % 4]);
	}
	m->state[0] += a;
	m->state[1] += b;
	m->state[2] += c;
	m->state[3] += d;
}

void md5_begin(struct md5 *m)
{
	*m = (struct md5){
		.state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 },
	};
}

void md5_add(struct md5 *m, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++) {
		m->block[m->size++ % MD5_BLOCK_SIZE] = at[i];
		if (m->size % MD5_BLOCK_SIZE == 0)
			take_block(m);
	}
}

void md5_end(struct md5 *m, uint8_t ret[MD5_SIZE])
{
	static const uint8_t one_bit = 0x80, zeros = 0;
	uint64_t bits = m->size * 8;

	md5_add(m, &one_bit, 1);
	while (m->size % MD5_BLOCK_SIZE != LENGTH_AT)
		md5_add(m, &zeros, 1);
	store(m->block + LENGTH_AT, (uint32_t)bits);
	store(m->block + LENGTH_AT + 4, (uint32_t)(bits >> 32));
	take_block(m);
	for (unsigned i = 0; i < 4; i++)
		store(ret + 4 * i, m->state[i]);
}
