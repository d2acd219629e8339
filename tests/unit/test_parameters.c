/* SPDX-License-Identifier: BSD-2-Clause */
/* Option 55: what is added, taken out, and in which order it stands. */
#include "core/parameters.h"

#include <check.h>
#include <string.h>

Suite *test_parameters_suite(void);

static uint8_t codes[DHCP4_PARAMETERS_MAX], count;

static void setup(void)
{
	count = 0;
}

static void expect(const char *bytes, size_t size)
{
	ck_assert_uint_eq(count, size);
	ck_assert_mem_eq(codes, bytes, size);
}

/* Covers: 3442-client-04 */
START_TEST(classless_routes_go_to_the_front)
{
	ck_assert(parameters_add(codes, &count, 3));
	ck_assert(parameters_add(codes, &count, 33));
	ck_assert(parameters_add(codes, &count, 121));
	ck_assert(parameters_add(codes, &count, 6));
	ck_assert(parameters_add(codes, &count, 3));
	ck_assert(parameters_add(codes, &count, 249));
	expect("\xf9\x79\3\x21\6", 5);
	parameters_remove(codes, &count, 121);
	parameters_remove(codes, &count, 121);
	parameters_remove(codes, &count, 6);
	expect("\xf9\3\x21", 3);
}
END_TEST

START_TEST(there_is_room_for_32)
{
	for (uint8_t i = 0; i < DHCP4_PARAMETERS_MAX; i++)
		ck_assert(parameters_add(codes, &count, (uint8_t)(i + 1)));
	ck_assert(parameters_add(codes, &count, 1));
	ck_assert(!parameters_add(codes, &count, 121));
	ck_assert_uint_eq(count, DHCP4_PARAMETERS_MAX);
}
END_TEST

static size_t place_of(uint8_t code)
{
	const uint8_t *at = memchr(codes, code, count);

	ck_assert_ptr_nonnull(at);
	return (size_t)(at - codes);
}

/* Covers: 7844-3.6-01 */
START_TEST(shuffled_lists_differ_but_for_classless_routes)
{
	static const uint8_t list[] = { 1, 3, 6, 15, 33, 42, 121, 249 };
	uint8_t last[sizeof(list)] = { 0 };
	unsigned changes = 0, first = 0;
	struct prng prng;

	prng_init(&prng, (uint8_t[32]){ 1 });
	for (unsigned run = 0; run < 100; run++) {
		memcpy(codes, list, sizeof(list));
		count = sizeof(list);
		parameters_shuffle(codes, count, &prng);
		for (size_t i = 0; i < sizeof(list); i++)
			place_of(list[i]);
		ck_assert_uint_lt(place_of(121), place_of(3));
		ck_assert_uint_lt(place_of(121), place_of(33));
		ck_assert_uint_lt(place_of(249), place_of(3));
		ck_assert_uint_lt(place_of(249), place_of(33));
		changes += memcmp(codes, last, sizeof(last)) != 0;
		first += codes[0] == 1;
		memcpy(last, codes, sizeof(last));
	}
	ck_assert_uint_gt(changes, 95);
	ck_assert_uint_lt(first, 40);
	parameters_shuffle(codes, 0, &prng);
}
END_TEST

Suite *test_parameters_suite(void)
{
	Suite *suite = suite_create("parameters");
	TCase *tcase = tcase_create("parameters");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, classless_routes_go_to_the_front);
	tcase_add_test(tcase, there_is_room_for_32);
	tcase_add_test(tcase, shuffled_lists_differ_but_for_classless_routes);
	suite_add_tcase(suite, tcase);
	return suite;
}
