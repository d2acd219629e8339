/* SPDX-License-Identifier: BSD-2-Clause */
/* The generator: RFC 8439's vector, seeds, and how its numbers are spread. */
#include <check.h>
#include <string.h>

#include "base/prng.h"

Suite *test_prng_suite(void);

/* RFC 8439 2.3.2: key 00 01 ... 1f, nonce 00 00 00 09 00 00 00 4a ..., block 1. */
START_TEST(block_is_that_of_rfc8439)
{
	static const uint32_t expected[16] = {
		0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3,
		0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
		0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
		0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2,
	};
	static const uint32_t nonce[3] = { 0x09000000, 0x4a000000, 0 };
	uint8_t seed[32];
	struct prng prng;
	uint32_t out[16];

	for (uint8_t i = 0; i < 32; i++)
		seed[i] = i;
	prng_init(&prng, seed);
	ck_assert_uint_eq(prng.key[0], 0x03020100);
	ck_assert_uint_eq(prng.key[7], 0x1f1e1d1c);
	prng_block(prng.key, 1, nonce, out);
	ck_assert_mem_eq(out, expected, sizeof(out));
}
END_TEST

/* RFC 8439 A.1, vector 1: key, nonce and counter 0. */
START_TEST(block_of_zeros)
{
	static const uint32_t key[8], nonce[3];
	uint32_t out[16];

	prng_block(key, 0, nonce, out);
	ck_assert_uint_eq(out[0], 0xade0b876);
	ck_assert_uint_eq(out[1], 0x903df1a0);
	ck_assert_uint_eq(out[15], 0x8665eeb2);
}
END_TEST

START_TEST(same_seed_same_numbers)
{
	uint8_t seed[32] = { 1 };
	struct prng a, b;

	prng_init(&a, seed);
	prng_init(&b, seed);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(prng_u32(&a), prng_u32(&b));
	b = a;
	ck_assert_uint_eq(prng_u32(&a), prng_u32(&b));
}
END_TEST

/* Every octet of the seed matters. */
START_TEST(other_seed_other_numbers)
{
	uint8_t seed[32] = { 0 };
	uint32_t first[33];
	struct prng prng;

	prng_init(&prng, seed);
	first[32] = prng_u32(&prng);
	for (int i = 0; i < 32; i++) {
		seed[i] = 1;
		prng_init(&prng, seed);
		seed[i] = 0;
		first[i] = prng_u32(&prng);
		for (int j = 0; j < i; j++)
			ck_assert_uint_ne(first[i], first[j]);
		ck_assert_uint_ne(first[i], first[32]);
	}
}
END_TEST

START_TEST(counter_is_of_64_bits)
{
	uint8_t seed[32] = { 0 };
	struct prng prng;
	uint32_t first;

	prng_init(&prng, seed);
	first = prng_u32(&prng);
	prng.counter = UINT64_C(1) << 32;
	ck_assert_uint_ne(prng_u32(&prng), first);
	ck_assert_uint_eq(prng.counter, (UINT64_C(1) << 32) + 1);
}
END_TEST

/* Each bit of 4,096 numbers is set about half of the time: 6 sigma is 192. */
START_TEST(bits_are_even)
{
	uint8_t seed[32] = "bits";
	unsigned set[32] = { 0 };
	struct prng prng;

	prng_init(&prng, seed);
	for (int i = 0; i < 4096; i++) {
		uint32_t number = prng_u32(&prng);

		for (int bit = 0; bit < 32; bit++)
			set[bit] += number >> bit & 1;
	}
	for (int bit = 0; bit < 32; bit++) {
		ck_assert_uint_gt(set[bit], 2048 - 192);
		ck_assert_uint_lt(set[bit], 2048 + 192);
	}
}
END_TEST

START_TEST(below_is_uniform)
{
	uint8_t seed[32] = "below";
	unsigned count[10] = { 0 };
	struct prng prng;

	prng_init(&prng, seed);
	for (int i = 0; i < 10000; i++) {
		uint64_t number = prng_below(&prng, 10);

		ck_assert_uint_lt(number, 10);
		count[number]++;
	}
	for (int i = 0; i < 10; i++) {
		ck_assert_uint_gt(count[i], 1000 - 180);
		ck_assert_uint_lt(count[i], 1000 + 180);
	}
}
END_TEST

/* A bound just over half of the range would show a bias of the plain modulus. */
START_TEST(below_of_large_bounds)
{
	uint8_t seed[32] = "large";
	uint64_t bound = (UINT64_C(1) << 63) + (UINT64_C(1) << 62);
	unsigned low = 0;
	struct prng prng;

	prng_init(&prng, seed);
	for (int i = 0; i < 3000; i++) {
		uint64_t number = prng_below(&prng, bound);

		ck_assert(number < bound);
		low += number < UINT64_C(1) << 62;
	}
	/* A third, not the half that a modulus gives. */
	ck_assert_uint_gt(low, 1000 - 160);
	ck_assert_uint_lt(low, 1000 + 160);
}
END_TEST

START_TEST(below_one_is_zero)
{
	uint8_t seed[32] = { 0 };
	struct prng prng;

	prng_init(&prng, seed);
	for (int i = 0; i < 10; i++)
		ck_assert_uint_eq(prng_below(&prng, 1), 0);
}
END_TEST

/* RFC 8439 A.1, test vector 1: its first 32 octets, on every machine. */
START_TEST(a_seed_is_half_a_block)
{
	static const uint8_t expected[32] = {
		0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
		0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28,
		0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a,
		0xa8, 0x36, 0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7,
	};
	uint8_t seed[32] = { 0 };
	struct prng prng;

	prng_init(&prng, seed);
	prng_seed(&prng, seed);
	ck_assert_mem_eq(seed, expected, sizeof(seed));
	prng_seed(&prng, seed);
	ck_assert_mem_ne(seed, expected, sizeof(seed));
}
END_TEST

Suite *test_prng_suite(void)
{
	Suite *suite = suite_create("prng");
	TCase *tcase = tcase_create("prng");

	tcase_add_test(tcase, block_is_that_of_rfc8439);
	tcase_add_test(tcase, block_of_zeros);
	tcase_add_test(tcase, same_seed_same_numbers);
	tcase_add_test(tcase, other_seed_other_numbers);
	tcase_add_test(tcase, counter_is_of_64_bits);
	tcase_add_test(tcase, bits_are_even);
	tcase_add_test(tcase, below_is_uniform);
	tcase_add_test(tcase, below_of_large_bounds);
	tcase_add_test(tcase, below_one_is_zero);
	tcase_add_test(tcase, a_seed_is_half_a_block);
	suite_add_tcase(suite, tcase);
	return suite;
}
