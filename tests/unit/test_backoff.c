/* SPDX-License-Identifier: BSD-2-Clause */
/* The waits: their ranges, that they fill these, and their ends. */
#include <check.h>

#include "base/assert.h"
#include "core/backoff.h"

Suite *test_backoff_suite(void);

#define S(n) ((nsec)(n)*NSEC_PER_S)

/* Covers: 2131-4.1-05 2131-4.1-06 2131-4.1-07 */
START_TEST(exchange_doubles_within_a_second)
{
	static const unsigned seconds[] = { 4, 8, 16, 32, 64, 64, 64, 64 };
	uint8_t seed[32] = "exchange";
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned i = 0; i < ARRAY_SIZE(seconds); i++) {
		nsec least = NSEC_NEVER, most = 0;

		for (int round = 0; round < 200; round++) {
			nsec wait = backoff_exchange(&prng, i + 1);

			least = nsec_min(least, wait);
			most = nsec_max(most, wait);
		}
		ck_assert(least >= S(seconds[i] - 1));
		ck_assert(most <= S(seconds[i] + 1));
		/* The interval is used, on both sides. */
		ck_assert(least < S(seconds[i]) - S(1) / 2);
		ck_assert(most > S(seconds[i]) + S(1) / 2);
	}
}
END_TEST

START_TEST(exchange_ends_at_64_for_any_number)
{
	static const unsigned numbers[] = { 33, 65, 1000000, UINT32_MAX };
	uint8_t seed[32] = { 0 };
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
		nsec wait = backoff_exchange(&prng, numbers[i]);

		ck_assert(wait >= S(63) && wait <= S(65));
	}
}
END_TEST

/* Covers: 2131-4.4.5-09 2131-4.4.5-11 */
START_TEST(remaining_is_halved)
{
	ck_assert(backoff_remaining(S(100), S(100 + 1350)) == S(675));
	ck_assert(backoff_remaining(S(100), S(100 + 121)) == S(60) + S(1) / 2);
	ck_assert(backoff_remaining(S(100), S(100 + 120)) == S(60));
	ck_assert(backoff_remaining(S(100), S(100 + 119)) == S(60));
	ck_assert(backoff_remaining(S(100), S(100)) == S(60));
	ck_assert(backoff_remaining(S(100), S(99)) == S(60));
	ck_assert(backoff_remaining(S(100), NSEC_NEVER) == S(60));
}
END_TEST

/* Covers: DF-msg-08 */
START_TEST(naks_wait_longer_each_time)
{
	static const unsigned seconds[] = { 0,	1,  2,	 4,   8,   16,
					    32, 64, 128, 256, 300, 300 };

	for (unsigned i = 0; i < ARRAY_SIZE(seconds); i++)
		ck_assert(backoff_nak(i + 1) == S(seconds[i]));
	ck_assert(backoff_nak(UINT32_MAX) == S(300));
}
END_TEST

START_TEST(configurations_wait_longer_each_time)
{
	static const unsigned seconds[] = { 1, 2, 4, 8, 16, 32, 64, 64 };

	for (unsigned i = 0; i < ARRAY_SIZE(seconds); i++)
		ck_assert(backoff_configure(i + 1) == S(seconds[i]));
	ck_assert(backoff_configure(UINT32_MAX) == S(64));
}
END_TEST

START_TEST(instants_do_not_wrap)
{
	ck_assert(nsec_add(1, 2) == 3);
	ck_assert(nsec_add(NSEC_NEVER, 0) == NSEC_NEVER);
	ck_assert(nsec_add(NSEC_NEVER, 5) == NSEC_NEVER);
	ck_assert(nsec_add(5, NSEC_NEVER) == NSEC_NEVER);
	ck_assert(nsec_add(NSEC_NEVER - 1, 1) == NSEC_NEVER);
	ck_assert(nsec_add(NSEC_NEVER - 2, 1) == NSEC_NEVER - 1);
	ck_assert(nsec_until(5, 7) == 2);
	ck_assert(nsec_until(7, 5) == 0);
	ck_assert(nsec_until(7, NSEC_NEVER) == NSEC_NEVER);
	ck_assert(nsec_min(1, 2) == 1 && nsec_min(2, 1) == 1);
	ck_assert(nsec_max(1, 2) == 2 && nsec_max(2, 1) == 2);
}
END_TEST

Suite *test_backoff_suite(void)
{
	Suite *suite = suite_create("backoff");
	TCase *tcase = tcase_create("backoff");

	tcase_add_test(tcase, exchange_doubles_within_a_second);
	tcase_add_test(tcase, exchange_ends_at_64_for_any_number);
	tcase_add_test(tcase, remaining_is_halved);
	tcase_add_test(tcase, naks_wait_longer_each_time);
	tcase_add_test(tcase, configurations_wait_longer_each_time);
	tcase_add_test(tcase, instants_do_not_wrap);
	suite_add_tcase(suite, tcase);
	return suite;
}
