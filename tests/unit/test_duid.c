/* SPDX-License-Identifier: BSD-2-Clause */
/* The DUID and its file: given, made once, kept, shared, torn. */
#include "daemon/duid.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/keys.h"
#include "unit/runner.h"
#include "unit/support.h"

Suite *test_duid_suite(void);

static char directory[] = "/tmp/tenured-duid-XXXXXX";
static struct hwaddr hwaddr;
static struct duid_settings settings;
static struct duid_place place;
static struct duid duid;

static void set_up(void)
{
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	hwaddr = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x10 } };
	settings = (struct duid_settings){ 0 };
	place = (struct duid_place){ .directory = directory,
				     .hardware_type = 1,
				     .hwaddr = &hwaddr };
	/* What is logged is no matter of these. */
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void tear_down(void)
{
	chmod(directory, 0700);
	unlink(path_of("duid"));
	unlink(path_of("duid.bad"));
	unlink(path_of("other"));
	rmdir(directory);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	fclose(f);
}

static void expect_file(const char *name, const char *text)
{
	char is[512] = "";
	FILE *f = fopen(path_of(name), "r");

	ck_assert_ptr_nonnull(f);
	is[fread(is, 1, sizeof(is) - 1, f)] = '\0';
	fclose(f);
	ck_assert_str_eq(is, text);
}

static void load(void)
{
	duid.size = 0;
	duid_load(&settings, &place, &duid);
	ck_assert_uint_ge(duid.size, DUID_SIZE_MIN);
}

/* Covers: 4361-6.1-08 4361-6.1-01 */
START_TEST(made_once_and_kept)
{
	static const enum duid_kind kinds[] = { DUID_KIND_ANY, DUID_KIND_UUID,
						DUID_KIND_LLT, DUID_KIND_LL };
	static const uint8_t types[] = { 4, 4, 1, 3 };
	char line[3 * DUID_SIZE_MAX + 2];
	struct str text = str_over(line, sizeof(line));
	struct duid first;

	settings.kind = kinds[_i];
	load();
	first = duid;
	ck_assert_uint_eq(first.bytes[0], 0);
	ck_assert_uint_eq(first.bytes[1], types[_i]);
	str_hex(&text, first.bytes, first.size, ':');
	str_char(&text, '\n');
	expect_file("duid", line);
	/* Another address, another wish: it stays what it was. */
	hwaddr.bytes[5] ^= 1;
	settings.kind = DUID_KIND_LL;
	load();
	ck_assert_mem_eq(&duid, &first, sizeof(duid));
}
END_TEST

START_TEST(without_an_address_it_is_a_uuid)
{
	hwaddr.size = 0;
	settings.kind = (enum duid_kind)_i;
	load();
	ck_assert_uint_eq(duid.bytes[1], 4);
}
END_TEST

/* The machine's id gives the same one where nothing can be stored. */
START_TEST(a_disk_that_takes_nothing_stops_nothing)
{
	struct duid first;

	place.directory = "/nonexistent";
	load();
	first = duid;
	load();
	if (access("/etc/machine-id", R_OK) == 0)
		ck_assert_mem_eq(&first, &duid, sizeof(duid));
}
END_TEST

/* What is no DUID whole. */
static const char *const torn[] = {
	"",
	"\n",
	"00:04:01\n",
	"00:04:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e",
	"00:04:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10\n",
	"00:01:00:01:00:00:00:00\n",
	"00:02:00:00:00:09\n",
	"00:03:00:01\n",
	"12:34\n",
	"something else\n",
	"12:34:56\nmore\n",
};

START_TEST(what_is_torn_is_put_aside)
{
	write_file("duid", torn[_i]);
	load();
	ck_assert_uint_eq(duid.bytes[1], 4);
	expect_file("duid.bad", torn[_i]);
	ck_assert_int_eq(access(path_of("duid"), F_OK), 0);
}
END_TEST

/* The line of one that was made, of the type of this turn of the test. */
static void make_one(int kind, char line[3 * DUID_SIZE_MAX + 2])
{
	FILE *f;

	settings.kind = (enum duid_kind)kind;
	load();
	f = fopen(path_of("duid"), "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, 3 * DUID_SIZE_MAX + 2, f));
	fclose(f);
}

START_TEST(each_prefix_is_put_aside)
{
	char line[3 * DUID_SIZE_MAX + 2], prefix[sizeof(line)];

	make_one(_i, line);
	for (size_t size = 0; size < strlen(line); size++) {
		snprintf(prefix, sizeof(prefix), "%.*s", (int)size, line);
		write_file("duid", prefix);
		load();
		expect_file("duid.bad", prefix);
	}
}
END_TEST

/*
 * The file is as other programs have it, without a sum: what still is a DUID after
 * a bit turned is used, as it is; everything else is put aside.
 */
START_TEST(each_bit_is_another_one_or_put_aside)
{
	char line[3 * DUID_SIZE_MAX + 2], turned[sizeof(line)];
	struct duid given;

	make_one(_i, line);
	for (size_t bit = 0; bit < 8 * strlen(line); bit++) {
		memcpy(turned, line, sizeof(line));
		turned[bit / 8] ^= (char)(1 << bit % 8);
		write_file("duid", turned);
		unlink(path_of("duid.bad"));
		load();
		if (access(path_of("duid.bad"), F_OK) == 0) {
			expect_file("duid.bad", turned);
			continue;
		}
		write_file("other", turned);
		ck_assert_int_eq(duid_read(path_of("other"), &given), 0);
		ck_assert_mem_eq(&duid, &given, sizeof(duid));
	}
}
END_TEST

/* It is to be the same for ever: not another one for want of a descriptor. */
START_TEST(a_shortage_does_not_replace_it)
{
	struct rlimit limit, few;
	struct duid first;

	load();
	first = duid;
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	few = limit;
	/* One descriptor: the directory's. */
	few.rlim_cur = (rlim_t)dup(0) + 1;
	close((int)few.rlim_cur - 1);
	CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
	duid_load(&settings, &place, &duid);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	ck_assert_int_ne(access(path_of("duid.bad"), F_OK), 0);
	load();
	ck_assert_mem_eq(&duid, &first, sizeof(duid));
}
END_TEST

START_TEST(a_link_is_not_followed)
{
	write_file("other", "12:34:56\n");
	ck_assert_int_eq(symlink("other", path_of("duid")), 0);
	load();
	ck_assert_uint_eq(duid.bytes[1], 4);
	expect_file("other", "12:34:56\n");
}
END_TEST

/* Covers: 8415-11-01 */
/* The directory is another user's, who must not have root write elsewhere, or wait. */
START_TEST(what_lies_in_the_way_is_not_written_to)
{
	char other[128];

	write_file("other", "kept\n");
	snprintf(other, sizeof(other), "%s", path_of("other"));
	ck_assert_int_eq(link(other, path_of("duid.new")), 0);
	duid_load(&settings, &place, &duid);
	expect_file("other", "kept\n");
	ck_assert_int_eq(unlink(path_of("duid")), 0);
	ck_assert_int_eq(mkfifo(path_of("duid.new"), 0600), 0);
	duid_load(&settings, &place, &duid);
	ck_assert_int_eq(access(path_of("duid"), R_OK), 0);
	ck_assert_int_ne(access(path_of("duid.new"), F_OK), 0);
}
END_TEST

START_TEST(one_of_any_type_is_taken_as_it_is)
{
	write_file("duid", "fe:00:01\n");
	load();
	ck_assert_uint_eq(duid.size, 3);
	ck_assert_mem_eq(duid.bytes, "\xfe\0\1", 3);
	ck_assert_int_eq(access(path_of("duid.bad"), F_OK), -1);
}
END_TEST

/* Covers: 4361-6.1-06 */
START_TEST(that_of_another_program_is_used)
{
	write_file("other", "00:01:00:01:12:34:56:78:02:00:00:00:00:10\n");
	ck_assert_int_eq(duid_read(path_of("other"), &duid), 0);
	ck_assert_uint_eq(duid.size, 14);
	ck_assert_mem_eq(duid.bytes, "\0\1\0\1\x12\x34\x56\x78\2\0\0\0\0\x10",
			 14);
	write_file("other", "fe:00:01");
	ck_assert_int_eq(duid_read(path_of("other"), &duid), 0);
	write_file("other", "fe:00");
	ck_assert_int_eq(duid_read(path_of("other"), &duid), -EBADMSG);
	ck_assert_int_eq(duid_read(path_of("nothing"), &duid), -ENOENT);
	ck_assert_int_eq(duid_read(directory, &duid), -EISDIR);
}
END_TEST

/* ---- the key --------------------------------------------------------------- */

static const char *set(const char *value)
{
	static struct settings process;
	const char *error;

	error = key_apply(key_of_name("duid"), value, &process, NULL);
	settings = process.duid;
	return error;
}

/* Covers: 4361-6.1-05 8415-11-01 */
START_TEST(a_given_one_is_used_and_not_kept)
{
	write_file("duid", "fe:00:01\n");
	ck_assert_pstr_eq(set("fe:00:02"), NULL);
	load();
	ck_assert_uint_eq(duid.size, 3);
	ck_assert_mem_eq(duid.bytes, "\xfe\0\2", 3);
	expect_file("duid", "fe:00:01\n");
	ck_assert_pstr_eq(set("en:9:0a:1b"), NULL);
	load();
	ck_assert_uint_eq(duid.size, 8);
	ck_assert_mem_eq(duid.bytes, "\0\2\0\0\0\x09\x0a\x1b", 8);
}
END_TEST

START_TEST(kinds_are_named)
{
	ck_assert_pstr_eq(set("uuid"), NULL);
	ck_assert_int_eq(settings.kind, DUID_KIND_UUID);
	ck_assert_pstr_eq(set("llt"), NULL);
	ck_assert_int_eq(settings.kind, DUID_KIND_LLT);
	ck_assert_pstr_eq(set("ll"), NULL);
	ck_assert_int_eq(settings.kind, DUID_KIND_LL);
}
END_TEST

/* Covers: 8415-11-02 */
START_TEST(a_duid_has_3_to_130_octets)
{
	char text[2 * 131 + 1];

	memset(text, 'a', sizeof(text));
	text[4] = '\0';
	ck_assert_ptr_nonnull(strstr(set(text), "3 to 130"));
	text[4] = 'a';
	text[262] = '\0';
	ck_assert_ptr_nonnull(strstr(set(text), "3 to 130"));
	text[260] = '\0';
	ck_assert_pstr_eq(set(text), NULL);
	ck_assert_uint_eq(settings.given.size, 130);
	text[6] = '\0';
	ck_assert_pstr_eq(set(text), NULL);
	ck_assert_uint_eq(settings.given.size, 3);
}
END_TEST

START_TEST(a_wrong_one_is_told)
{
	static const char *const wrong[] = {
		"en:", "en:9", "en:9:", "en:x:01", "en:42949672960:01", "en:9:0"
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_ptr_nonnull(strstr(set(wrong[i]), "en:NUMBER:HEX"));
	ck_assert_ptr_nonnull(strstr(set("word"), "uuid, llt, ll"));
}
END_TEST

Suite *test_duid_suite(void)
{
	Suite *suite = suite_create("duid");
	TCase *tcase = tcase_create("duid");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, made_once_and_kept, 0, 4);
	tcase_add_loop_test(tcase, without_an_address_it_is_a_uuid,
			    DUID_KIND_ANY, DUID_KIND_GIVEN);
	tcase_add_test(tcase, a_disk_that_takes_nothing_stops_nothing);
	tcase_add_loop_test(tcase, what_is_torn_is_put_aside, 0,
			    ARRAY_SIZE(torn));
	tcase_add_loop_test(tcase, each_prefix_is_put_aside, DUID_KIND_UUID,
			    DUID_KIND_GIVEN);
	tcase_add_loop_test(tcase, each_bit_is_another_one_or_put_aside,
			    DUID_KIND_UUID, DUID_KIND_GIVEN);
	tcase_add_test(tcase, a_shortage_does_not_replace_it);
	tcase_add_test(tcase, a_link_is_not_followed);
	tcase_add_test(tcase, what_lies_in_the_way_is_not_written_to);
	tcase_add_test(tcase, one_of_any_type_is_taken_as_it_is);
	tcase_add_test(tcase, that_of_another_program_is_used);
	tcase_add_test(tcase, a_given_one_is_used_and_not_kept);
	tcase_add_test(tcase, kinds_are_named);
	tcase_add_test(tcase, a_duid_has_3_to_130_octets);
	tcase_add_test(tcase, a_wrong_one_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
