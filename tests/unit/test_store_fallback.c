/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the fallback's address: what is written is read, and nothing else. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/crc_line.h"
#include "daemon/store.h"
#include "unit/runner.h"

Suite *test_store_fallback_suite(void);

static char directory[] = "/tmp/store-XXXXXX";
static struct store *store;

static void setup(void)
{
	strcpy(directory, "/tmp/store-XXXXXX");
	CHECK(mkdtemp(directory));
	ck_assert_int_eq(store_open(&store, directory), 0);
}

static void teardown(void)
{
	char path[64];

	store_close(store);
	snprintf(path, sizeof(path), "%s/eth0.fallback", directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/eth0.fallback.bad", directory);
	unlink(path);
	CHECK(rmdir(directory) == 0);
}

/* With the line that is the last of every file. */
static void write_file(const char *line)
{
	char path[64], text[256];
	struct str whole = str_over(text, sizeof(text));
	FILE *file;

	str_text(&whole, line);
	crc_line_append(&whole);
	snprintf(path, sizeof(path), "%s/eth0.fallback", directory);
	file = fopen(path, "w");
	CHECK(file);
	fputs(text, file);
	fclose(file);
}

static struct store_fallback load(void)
{
	struct store_fallback read = { 1, 1, true };

	store_load_fallback(store, "eth0", &read);
	return read;
}

START_TEST(what_is_written_is_read)
{
	struct store_fallback written = { 0xa9fe0102, 16, true }, read;

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
}
END_TEST

START_TEST(of_another_boot_nothing_is_in_the_kernel)
{
	struct store_fallback read;

	write_file("169.254.1.2/16 00000000-0000-0000-0000-000000000000\n");
	read = load();
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
	char path[64];

	write_file(damaged[_i]);
	ck_assert_uint_eq(load().address, IPV4_ANY);
	snprintf(path, sizeof(path), "%s/eth0.fallback.bad", directory);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* A full or read-only disk. */
START_TEST(what_cannot_be_written_is_said)
{
	struct store_fallback fallback = { 0xa9fe0102, 16, true };
	char path[64];

	snprintf(path, sizeof(path), "%s/eth0.fallback.new", directory);
	CHECK(mkdir(path, 0700) == 0);
	ck_assert_int_eq(store_save_fallback(store, "eth0", &fallback), -EISDIR);
	CHECK(rmdir(path) == 0);
}
END_TEST

Suite *test_store_fallback_suite(void)
{
	Suite *suite = suite_create("store_fallback");
	TCase *tests = tcase_create("store_fallback");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_is_written_is_read);
	tcase_add_test(tests, of_another_boot_nothing_is_in_the_kernel);
	tcase_add_test(tests, without_a_file_there_is_none);
	tcase_add_loop_test(tests, what_is_damaged_is_not_used, 0,
			    ARRAY_SIZE(damaged));
	tcase_add_test(tests, what_cannot_be_written_is_said);
	suite_add_tcase(suite, tests);
	return suite;
}
