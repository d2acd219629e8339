/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded cursors: the order of octets, each bound, and errors that stick. */
#include <check.h>
#include <string.h>

#include "base/cursor.h"

Suite *test_cursor_suite(void);

START_TEST(reader_takes_network_order)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 0xff };
	struct reader r = reader_over(data, sizeof(data));

	ck_assert_uint_eq(reader_u8(&r), 1);
	ck_assert_uint_eq(reader_u16(&r), 0x0203);
	ck_assert_uint_eq(reader_u32(&r), 0x04050607);
	ck_assert_uint_eq(r.left, 1);
	ck_assert_uint_eq(reader_u8(&r), 0xff);
	ck_assert_uint_eq(r.left, 0);
	ck_assert(!r.failed);
}
END_TEST

START_TEST(reader_takes_high_bits_unsigned)
{
	static const uint8_t data[] = { 0xff, 0xfe, 0xfd, 0xfc, 0x80, 0 };
	struct reader r = reader_over(data, sizeof(data));

	ck_assert_uint_eq(reader_u32(&r), 0xfffefdfcU);
	ck_assert_uint_eq(reader_u16(&r), 0x8000);
}
END_TEST

START_TEST(eight_octets_go_both_ways)
{
	uint8_t data[9];
	struct writer w = writer_over(data, sizeof(data));
	struct reader r = reader_over(data, sizeof(data));

	writer_u8(&w, 9);
	writer_u64(&w, UINT64_C(0xf102030405060708));
	ck_assert_mem_eq(data, "\11\xf1\2\3\4\5\6\7\10", 9);
	writer_u64(&w, 0);
	ck_assert(w.failed);
	ck_assert_uint_eq(reader_u8(&r), 9);
	ck_assert_uint_eq(reader_u64(&r), UINT64_C(0xf102030405060708));
	ck_assert(!r.failed);
	ck_assert_uint_eq(reader_u64(&r), 0);
	ck_assert(r.failed);
}
END_TEST

/* The first read that does not fit gives 0, and so do all that would. */
START_TEST(reader_failure_sticks)
{
	static const uint8_t data[] = { 1, 2, 3 };
	struct reader r = reader_over(data, sizeof(data));

	ck_assert_uint_eq(reader_u32(&r), 0);
	ck_assert(r.failed);
	ck_assert_uint_eq(r.left, 0);
	ck_assert_uint_eq(reader_u8(&r), 0);
	ck_assert_uint_eq(reader_u16(&r), 0);
	ck_assert_ptr_null(reader_bytes(&r, 0));
	ck_assert(reader_sub(&r, 0).failed);
}
END_TEST

START_TEST(reader_reads_at_every_bound)
{
	uint8_t data[5] = { 1, 1, 1, 1, 1 };

	for (size_t size = 0; size <= sizeof(data); size++) {
		struct reader r = reader_over(data, size);

		reader_u8(&r);
		ck_assert_int_eq(r.failed, size < 1);
		r = reader_over(data, size);
		reader_u16(&r);
		ck_assert_int_eq(r.failed, size < 2);
		r = reader_over(data, size);
		reader_u32(&r);
		ck_assert_int_eq(r.failed, size < 4);
	}
}
END_TEST

START_TEST(reader_bytes_are_in_place)
{
	static const uint8_t data[] = { 1, 2, 3 };
	struct reader r = reader_over(data, sizeof(data));

	ck_assert_ptr_eq(reader_bytes(&r, 2), data);
	ck_assert_ptr_eq(reader_bytes(&r, 0), data + 2);
	ck_assert_ptr_eq(reader_bytes(&r, 1), data + 2);
	ck_assert(!r.failed);
	ck_assert_ptr_null(reader_bytes(&r, SIZE_MAX));
	ck_assert(r.failed);
}
END_TEST

START_TEST(reader_sub_cannot_leave_its_part)
{
	static const uint8_t data[] = { 1, 2, 3, 4 };
	struct reader r = reader_over(data, sizeof(data));
	struct reader sub = reader_sub(&r, 3);

	ck_assert_uint_eq(sub.left, 3);
	ck_assert_uint_eq(reader_u32(&sub), 0);
	ck_assert(sub.failed);
	ck_assert(!r.failed);
	ck_assert_uint_eq(reader_u8(&r), 4);
}
END_TEST

START_TEST(reader_sub_too_long_fails_both)
{
	static const uint8_t data[] = { 1, 2 };
	struct reader r = reader_over(data, sizeof(data));
	struct reader sub = reader_sub(&r, 3);

	ck_assert(sub.failed && r.failed);
	ck_assert_uint_eq(sub.left, 0);
}
END_TEST

START_TEST(reader_over_nothing)
{
	struct reader r = reader_over(NULL, 0);
	struct reader sub = reader_sub(&r, 0);

	ck_assert(!r.failed);
	ck_assert(!sub.failed);
	reader_u8(&sub);
	ck_assert(sub.failed);
}
END_TEST

START_TEST(writer_puts_network_order)
{
	static const uint8_t expected[] = { 1, 2, 3, 0xff, 5, 6, 7, 8, 9 };
	uint8_t data[9];
	struct writer w = writer_over(data, sizeof(data));

	writer_u8(&w, 1);
	writer_u16(&w, 0x0203);
	writer_u32(&w, 0xff050607);
	writer_bytes(&w, "\10\11", 2);
	ck_assert(!w.failed);
	ck_assert_uint_eq(w.used, sizeof(data));
	ck_assert_mem_eq(data, expected, sizeof(data));
}
END_TEST

/* What does not fit is left out whole, and so is all that follows. */
START_TEST(writer_failure_sticks)
{
	uint8_t data[4] = { 9, 9, 9, 9 };
	struct writer w = writer_over(data, 3);

	writer_u16(&w, 1);
	writer_bytes(&w, "ab", 2);
	ck_assert(w.failed);
	ck_assert_uint_eq(w.used, 2);
	writer_u8(&w, 5);
	writer_pad(&w, 3);
	writer_patch_u16(&w, 0, 0x0707);
	ck_assert_uint_eq(w.used, 2);
	ck_assert_mem_eq(data, "\0\1\11\11", 4);
}
END_TEST

START_TEST(writer_never_passes_its_size)
{
	uint8_t data[8];

	for (size_t size = 0; size < 6; size++) {
		struct writer w = writer_over(data, size);

		memset(data, 0xee, sizeof(data));
		writer_u32(&w, 0);
		writer_u8(&w, 0);
		ck_assert_int_eq(w.failed, size < 5);
		for (size_t i = size; i < sizeof(data); i++)
			ck_assert_uint_eq(data[i], 0xee);
	}
}
END_TEST

START_TEST(writer_takes_no_octets)
{
	struct writer w = writer_over(NULL, 0);

	writer_bytes(&w, NULL, 0);
	ck_assert(!w.failed);
	writer_bytes(&w, "a", SIZE_MAX);
	ck_assert(w.failed);
}
END_TEST

START_TEST(writer_pads_with_zeros)
{
	uint8_t data[6] = { 7, 7, 7, 7, 7, 7 };
	struct writer w = writer_over(data, sizeof(data));

	writer_u8(&w, 1);
	writer_pad(&w, 4);
	ck_assert_uint_eq(w.used, 4);
	ck_assert_mem_eq(data, "\1\0\0\0\7\7", 6);
	writer_pad(&w, 2);
	ck_assert_uint_eq(w.used, 4);
	writer_pad(&w, 7);
	ck_assert(w.failed);
	ck_assert_uint_eq(w.used, 4);
}
END_TEST

START_TEST(writer_patches_what_was_written)
{
	uint8_t data[6] = { 0 };
	struct writer w = writer_over(data, sizeof(data));

	writer_pad(&w, 4);
	writer_patch_u16(&w, 2, 0x1234);
	ck_assert(!w.failed);
	ck_assert_mem_eq(data, "\0\0\x12\x34\0\0", 6);
	writer_patch_u16(&w, 3, 0xffff);
	ck_assert(w.failed);
	ck_assert_mem_eq(data, "\0\0\x12\x34\0\0", 6);
}
END_TEST

START_TEST(writer_patch_checks_any_offset)
{
	static const size_t offsets[] = { 1, 2, 3, SIZE_MAX - 1, SIZE_MAX };
	uint8_t data[2] = { 0 };

	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		struct writer w = writer_over(data, sizeof(data));

		writer_pad(&w, 2);
		writer_patch_u16(&w, offsets[i], 0xffff);
		ck_assert(w.failed);
	}
	/* Nor is there anything to patch before two octets are written. */
	for (size_t written = 0; written < 2; written++) {
		struct writer w = writer_over(data, sizeof(data));

		writer_pad(&w, written);
		writer_patch_u16(&w, 0, 0xffff);
		ck_assert(w.failed);
	}
	ck_assert_uint_eq(data[0] | data[1], 0);
}
END_TEST

Suite *test_cursor_suite(void)
{
	Suite *suite = suite_create("cursor");
	TCase *tcase = tcase_create("cursor");

	tcase_add_test(tcase, reader_takes_network_order);
	tcase_add_test(tcase, reader_takes_high_bits_unsigned);
	tcase_add_test(tcase, eight_octets_go_both_ways);
	tcase_add_test(tcase, reader_failure_sticks);
	tcase_add_test(tcase, reader_reads_at_every_bound);
	tcase_add_test(tcase, reader_bytes_are_in_place);
	tcase_add_test(tcase, reader_sub_cannot_leave_its_part);
	tcase_add_test(tcase, reader_sub_too_long_fails_both);
	tcase_add_test(tcase, reader_over_nothing);
	tcase_add_test(tcase, writer_puts_network_order);
	tcase_add_test(tcase, writer_failure_sticks);
	tcase_add_test(tcase, writer_never_passes_its_size);
	tcase_add_test(tcase, writer_takes_no_octets);
	tcase_add_test(tcase, writer_pads_with_zeros);
	tcase_add_test(tcase, writer_patches_what_was_written);
	tcase_add_test(tcase, writer_patch_checks_any_offset);
	suite_add_tcase(suite, tcase);
	return suite;
}
