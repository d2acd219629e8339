/* SPDX-License-Identifier: BSD-2-Clause */
/* A search by halves finds what a look at each would find, and ends as soon. */
#include <check.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/bisect.h"

Suite *test_bisect_suite(void);

static size_t count_below(const unsigned *list, size_t count, unsigned wanted)
{
	size_t below = 0;

	while (below < count && list[below] < wanted)
		below++;
	return below;
}

static size_t bisect(const unsigned *list, size_t count, unsigned wanted,
		     size_t *ret_steps)
{
	struct bisect b = { 0, count };

	for (*ret_steps = 0; b.low < b.high; ++*ret_steps)
		bisect_step(&b, list[bisect_middle(b)] < wanted);
	ck_assert_uint_eq(b.low, b.high);
	return b.low;
}

/* Each number of each length of list, those beside and between its own, too. */
START_TEST(it_finds_what_a_look_at_each_finds)
{
	const unsigned list[] = { 1, 3, 3, 3, 5, 7, 9, 9, 11, 13, 13, 15, 17 };
	size_t steps;

	for (size_t count = 0; count <= ARRAY_SIZE(list); count++)
		for (unsigned wanted = 0; wanted < 20; wanted++)
			ck_assert_uint_eq(bisect(list, count, wanted, &steps),
					  count_below(list, count, wanted));
}
END_TEST

START_TEST(it_looks_at_few)
{
	unsigned list[1000];
	size_t steps;

	for (unsigned i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = i;
	for (unsigned wanted = 0; wanted <= ARRAY_SIZE(list); wanted++) {
		ck_assert_uint_eq(bisect(list, ARRAY_SIZE(list), wanted, &steps),
				  wanted);
		ck_assert_uint_le(steps, 10);
	}
}
END_TEST

START_TEST(the_longest_list_has_a_middle)
{
	struct bisect b = { SIZE_MAX - 2, SIZE_MAX };

	ck_assert_uint_eq(bisect_middle(b), SIZE_MAX - 1);
}
END_TEST

Suite *test_bisect_suite(void)
{
	Suite *suite = suite_create("bisect");
	TCase *tcase = tcase_create("bisect");

	tcase_add_test(tcase, it_finds_what_a_look_at_each_finds);
	tcase_add_test(tcase, it_looks_at_few);
	tcase_add_test(tcase, the_longest_list_has_a_middle);
	suite_add_tcase(suite, tcase);
	return suite;
}
