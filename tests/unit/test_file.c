/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files: read to their end, and written once. */
#include "replay/file.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/scratch.h"

Suite *test_file_suite(void);

static char path[64];

static void set_up(void)
{
	scratch_open();
	strcpy(path, scratch_path("file"));
}

static void tear_down(void)
{
	scratch_close();
}

/* Also if it is longer than one read, or empty. */
START_TEST(what_was_written_is_read)
{
	static const size_t sizes[] = { 0, 1, 65536, 300000 };
	struct file file = { .size = sizes[_i] }, again = { 0 };

	file.bytes = malloc(file.size + 1);
	for (size_t i = 0; i < file.size; i++)
		file.bytes[i] = (uint8_t)(i ^ i >> 8);
	ck_assert_int_eq(file_write(path, &file), 0);
	ck_assert_int_eq(file_read(path, &again), 0);
	ck_assert_uint_eq(again.size, file.size);
	ck_assert(memcmp(again.bytes, file.bytes, file.size) == 0);
	file_free(&again);
	ck_assert_ptr_null(again.bytes);
	file_free(&file);
}
END_TEST

START_TEST(what_is_there_stays)
{
	struct file first = { (uint8_t[]){ 1 }, 1 };
	struct file second = { (uint8_t[]){ 2 }, 1 }, again;

	ck_assert_int_eq(file_write(path, &first), 0);
	ck_assert_int_eq(file_write(path, &second), -EEXIST);
	ck_assert_int_eq(file_read(path, &again), 0);
	ck_assert_uint_eq(again.bytes[0], 1);
	file_free(&again);
}
END_TEST

START_TEST(errors_are_told)
{
	struct file file = { (uint8_t[]){ 1 }, 1 };

	ck_assert_int_eq(file_read(path, &file), -ENOENT);
	ck_assert_int_eq(file_read(scratch_directory(), &file), -EISDIR);
	ck_assert_int_eq(file_read("/dev/zero", &file), -EFBIG);
	ck_assert_uint_eq(file.size, 1); /* untouched */
	strcat(path, "/none");
	ck_assert_int_eq(file_write(path, &file), -ENOENT);
}
END_TEST

Suite *test_file_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, what_was_written_is_read, 0, 4);
	tcase_add_test(tcase, what_is_there_stays);
	tcase_add_test(tcase, errors_are_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
