/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the fallback's address: what is written is read, and nothing else. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/crc_line.h"
#include "daemon/store.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_store_fallback_suite(void);

static struct store *store;

static void setup(void)
{
	scratch_open();
	store = scratch_store("");
	store_doubt(store);
}

static void teardown(void)
{
	store_close(store);
	scratch_close();
}

/* With the line that is the last of every file. */
static void write_file(const char *line)
{
	char text[256];
	struct str whole = str_over(text, sizeof(text));

	str_text(&whole, line);
	crc_line_append(&whole);
	scratch_put("eth0.fallback", text);
}

static struct fallback_file load(void)
{
	struct fallback_file read = { 1, 1, true };

	store_load_fallback(store, "eth0", &read);
	return read;
}

START_TEST(what_is_written_is_read)
{
	struct fallback_file written = { 0xa9fe0102, 16, true }, read;

	ck_assert_int_eq(store_save_fallback(store, "eth0", &written), 0);
	read = load();
	ck_assert_uint_eq(read.address, 0xa9fe0102);
	ck_assert_uint_eq(read.prefix_length, 16);
	CHECK(read.in_kernel);
	written.in_kernel = false;
	ck_assert_int_eq(store_save_fallback(store, "eth0", &written), 0);
	read = load();
	ck_assert_uint_eq(read.address, 0xa9fe0102);
	CHECK(!read.in_kernel);
	CHECK(!scratch_has("eth0.fallback.new"));
}
END_TEST

START_TEST(of_another_boot_nothing_is_in_the_kernel)
{
	struct fallback_file read;

	write_file("169.254.1.2/16 00000000-0000-0000-0000-000000000000\n");
	read = load();
	ck_assert_uint_eq(read.address, 0xa9fe0102);
	CHECK(!read.in_kernel);
}
END_TEST

/* Whose id nobody knows, now as then. */
START_TEST(of_no_boot_nothing_is_in_the_kernel)
{
	const struct fallback_file written = { 0xa9fe0102, 16, true };
	char text[FALLBACK_FILE_SIZE_MAX];
	size_t size = fallback_file_write(&written, BOOT_ID_NONE, text);
	struct fallback_file read;

	ck_assert_int_eq(fallback_file_read(text, size, BOOT_ID_NONE, &read), 0);
	ck_assert_uint_eq(read.address, 0xa9fe0102);
	CHECK(!read.in_kernel);
}
END_TEST

START_TEST(without_a_file_there_is_none)
{
	ck_assert_uint_eq(load().address, IPV4_ANY);
}
END_TEST

static const char *const damaged[] = {
	"",
	"\n",
	"169.254.1.2/16 -",
	"169.254.1.2 -\n",
	"169.254.1.2/16\n",
	"169.254.1/16 -\n",
	"127.0.0.1/16 -\n",
	"169.254.1.2/0 -\n",
	"169.254.1.2/33 -\n",
	"169.254.1.2 -/16\n",
	"169.254.1.2/16 01234567890123456789012345678901234567890123456789012\n",
};

START_TEST(what_is_damaged_is_not_used)
{
	write_file(damaged[_i]);
	ck_assert_uint_eq(load().address, IPV4_ANY);
	CHECK(scratch_has("eth0.fallback.bad"));
}
END_TEST

/* A full or read-only disk. */
START_TEST(what_cannot_be_written_is_said)
{
	struct fallback_file fallback = { 0xa9fe0102, 16, true };

	CHECK(mkdir(scratch_path("eth0.fallback.new"), 0700) == 0);
	ck_assert_int_eq(store_save_fallback(store, "eth0", &fallback), -EISDIR);
}
END_TEST

Suite *test_store_fallback_suite(void)
{
	Suite *suite = suite_create("store_fallback");
	TCase *tests = tcase_create("store_fallback");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_is_written_is_read);
	tcase_add_test(tests, of_another_boot_nothing_is_in_the_kernel);
	tcase_add_test(tests, of_no_boot_nothing_is_in_the_kernel);
	tcase_add_test(tests, without_a_file_there_is_none);
	tcase_add_loop_test(tests, what_is_damaged_is_not_used, 0,
			    ARRAY_SIZE(damaged));
	tcase_add_test(tests, what_cannot_be_written_is_said);
	suite_add_tcase(suite, tests);
	return suite;
}
