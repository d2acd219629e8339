/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of options to be sent: in order, each once, and never past its room. */
#include "core/encoded.h"

#include <check.h>
#include <string.h>

Suite *test_encoded_suite(void);

static struct dhcp4_encoded set;

static void setup(void)
{
	memset(&set, 0, sizeof(set));
}

static void expect(const void *bytes, size_t size)
{
	ck_assert_uint_eq(set.used, size);
	ck_assert_mem_eq(set.bytes, bytes, size);
}

START_TEST(options_are_in_order_and_each_once)
{
	struct option_value value;

	ck_assert(encoded_put(&set, 60, "b", 1));
	ck_assert(encoded_put(&set, 12, "a", 1));
	ck_assert(encoded_put(&set, 77, "c", 1));
	expect("\x0c\0\1a\x3c\0\1b\x4d\0\1c", 12);
	ck_assert(encoded_put(&set, 60, "longer", 6));
	expect("\x0c\0\1a\x3c\0\6longer\x4d\0\1c", 17);
	encoded_remove(&set, 12);
	encoded_remove(&set, 13);
	expect("\x3c\0\6longer\x4d\0\1c", 13);
	ck_assert(encoded_get(&set, 77, &value));
	ck_assert_uint_eq(value.size, 1);
	ck_assert_int_eq(*value.bytes, 'c');
	ck_assert(!encoded_get(&set, 12, &value));
	encoded_remove(&set, 60);
	encoded_remove(&set, 77);
	ck_assert_uint_eq(set.used, 0);
	ck_assert(encoded_put_u32(&set, 51, 0x01020304));
	expect("\x33\0\4\1\2\3\4", 7);
}
END_TEST

START_TEST(what_is_too_long_changes_nothing)
{
	static const uint8_t zeros[DHCP4_ENCODED_SIZE + 1];
	struct dhcp4_encoded before;

	ck_assert(encoded_put(&set, 43, "a", 1));
	before = set;
	ck_assert(!encoded_put(&set, 60, zeros, sizeof(zeros)));
	ck_assert(!encoded_put(&set, 60, zeros, DHCP4_ENCODED_SIZE - 6));
	ck_assert(!encoded_put(&set, 12, "", 0));
	ck_assert_mem_eq(&set, &before, sizeof(set));
	ck_assert(encoded_put(&set, 60, zeros, DHCP4_ENCODED_SIZE - 7));
	ck_assert_uint_eq(set.used, DHCP4_ENCODED_SIZE);
	ck_assert(!encoded_put(&set, 61, "abc", 3));
}
END_TEST

/* Covers: 4578-2-01 */
START_TEST(options_of_a_boot_have_their_sizes)
{
	uint8_t value[18] = { 0 };

	for (size_t size = 0; size <= sizeof(value); size++) {
		ck_assert_int_eq(encoded_put(&set, 93, value, size),
				 size > 0 && size % 2 == 0);
		ck_assert_int_eq(encoded_put(&set, 94, value, size), size == 3);
		ck_assert_int_eq(encoded_put(&set, 97, value, size), size == 17);
	}
	value[0] = 1;
	ck_assert(!encoded_put(&set, 97, value, 17));
}
END_TEST

START_TEST(pad_and_end_are_no_options)
{
	ck_assert(!encoded_put(&set, 0, "a", 1));
	ck_assert(!encoded_put(&set, 255, "a", 1));
	ck_assert_uint_eq(set.used, 0);
}
END_TEST

Suite *test_encoded_suite(void)
{
	Suite *suite = suite_create("encoded");
	TCase *tcase = tcase_create("encoded");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, options_are_in_order_and_each_once);
	tcase_add_test(tcase, what_is_too_long_changes_nothing);
	tcase_add_test(tcase, options_of_a_boot_have_their_sizes);
	tcase_add_test(tcase, pad_and_end_are_no_options);
	suite_add_tcase(suite, tcase);
	return suite;
}
