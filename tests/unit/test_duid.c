/* SPDX-License-Identifier: BSD-2-Clause */
/* The DUID and its file: given, made once, kept, shared, torn. */
#include "daemon/duid.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/keys.h"
#include "unit/runner.h"
#include "unit/scratch.h"
#include "unit/support.h"

Suite *test_duid_suite(void);

static struct hwaddr hwaddr;
static struct duid_settings settings;
static struct duid_place place;
static struct duid duid;

static void set_up(void)
{
	scratch_open();
	hwaddr = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x10 } };
	settings = (struct duid_settings){ 0 };
	place = (struct duid_place){ .directory = scratch_directory(),
				     .hardware_type = 1,
				     .hwaddr = &hwaddr };
	/* What is logged is no matter of these. */
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

static void tear_down(void)
{
	chmod(scratch_directory(), 0700);
	scratch_close();
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
	scratch_expect("duid", line);
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

/* What is wrong is the directory, not what would be in it. */
START_TEST(why_it_is_not_kept_is_said)
{
	char log[512];

	ck_assert_ptr_nonnull(freopen(scratch_path("log"), "w", stderr));
	place.directory = "/nonexistent";
	load();
	fflush(stderr);
	scratch_read("log", log, sizeof(log));
	ck_assert_ptr_nonnull(strstr(
		log,
		"cannot be kept in /nonexistent: No such file or directory\n"));
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
	scratch_put("duid", torn[_i]);
	load();
	ck_assert_uint_eq(duid.bytes[1], 4);
	scratch_expect("duid.bad", torn[_i]);
	ck_assert(scratch_has("duid"));
}
END_TEST

/* The line of one that was made, of the type of this turn of the test. */
static void make_one(int kind, char line[3 * DUID_SIZE_MAX + 2])
{
	FILE *f;

	settings.kind = (enum duid_kind)kind;
	load();
	f = fopen(scratch_path("duid"), "r");
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
		scratch_put("duid", prefix);
		load();
		scratch_expect("duid.bad", prefix);
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
		scratch_put("duid", turned);
		unlink(scratch_path("duid.bad"));
		load();
		if (scratch_has("duid.bad")) {
			scratch_expect("duid.bad", turned);
			continue;
		}
		scratch_put("other", turned);
		ck_assert_int_eq(duid_read(scratch_path("other"), &given), 0);
		ck_assert_mem_eq(&duid, &given, sizeof(duid));
	}
}
END_TEST

/* It is to be the same for ever: not another one for want of a descriptor. */
START_TEST(a_shortage_does_not_replace_it)
{
	struct rlimit limit, few;
	struct duid first;
	char log[512], said[128];

	load();
	first = duid;
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	few = limit;
	ck_assert_ptr_nonnull(freopen(scratch_path("log"), "w", stderr));
	/* One descriptor, the directory's; or none. */
	few.rlim_cur = (rlim_t)dup(0) + (_i == 0);
	close((int)few.rlim_cur - (_i == 0));
	CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
	duid_load(&settings, &place, &duid);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	fflush(stderr);
	scratch_read("log", log, sizeof(log));
	snprintf(said, sizeof(said), "duid cannot be read now: %s; ",
		 strerror(EMFILE));
	ck_assert_ptr_nonnull(strstr(log, said));
	ck_assert(!scratch_has("duid.bad"));
	load();
	ck_assert_mem_eq(&duid, &first, sizeof(duid));
}
END_TEST

START_TEST(a_link_is_not_followed)
{
	scratch_put("other", "12:34:56\n");
	ck_assert_int_eq(symlink("other", scratch_path("duid")), 0);
	load();
	ck_assert_uint_eq(duid.bytes[1], 4);
	scratch_expect("other", "12:34:56\n");
}
END_TEST

/* Covers: 8415-11-01 */
/* The directory is another user's, who must not have root write elsewhere, or wait. */
START_TEST(what_lies_in_the_way_is_not_written_to)
{
	char other[128];

	scratch_put("other", "kept\n");
	snprintf(other, sizeof(other), "%s", scratch_path("other"));
	ck_assert_int_eq(link(other, scratch_path("duid.new")), 0);
	duid_load(&settings, &place, &duid);
	scratch_expect("other", "kept\n");
	ck_assert_int_eq(unlink(scratch_path("duid")), 0);
	ck_assert_int_eq(mkfifo(scratch_path("duid.new"), 0600), 0);
	duid_load(&settings, &place, &duid);
	ck_assert_int_eq(access(scratch_path("duid"), R_OK), 0);
	ck_assert(!scratch_has("duid.new"));
}
END_TEST

START_TEST(one_of_any_type_is_taken_as_it_is)
{
	scratch_put("duid", "fe:00:01\n");
	load();
	ck_assert_uint_eq(duid.size, 3);
	ck_assert_mem_eq(duid.bytes, "\xfe\0\1", 3);
	ck_assert(!scratch_has("duid.bad"));
}
END_TEST

/* Covers: 4361-6.1-06 */
START_TEST(that_of_another_program_is_used)
{
	scratch_put("other", "00:01:00:01:12:34:56:78:02:00:00:00:00:10\n");
	ck_assert_int_eq(duid_read(scratch_path("other"), &duid), 0);
	ck_assert_uint_eq(duid.size, 14);
	ck_assert_mem_eq(duid.bytes, "\0\1\0\1\x12\x34\x56\x78\2\0\0\0\0\x10",
			 14);
	scratch_put("other", "fe:00:01");
	ck_assert_int_eq(duid_read(scratch_path("other"), &duid), 0);
	scratch_put("other", "fe:00");
	ck_assert_int_eq(duid_read(scratch_path("other"), &duid), -EBADMSG);
	ck_assert_int_eq(duid_read(scratch_path("nothing"), &duid), -ENOENT);
	ck_assert_int_eq(duid_read(scratch_directory(), &duid), -EISDIR);
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
	scratch_put("duid", "fe:00:01\n");
	ck_assert_pstr_eq(set("fe:00:02"), NULL);
	load();
	ck_assert_uint_eq(duid.size, 3);
	ck_assert_mem_eq(duid.bytes, "\xfe\0\2", 3);
	scratch_expect("duid", "fe:00:01\n");
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
	tcase_add_loop_test(tcase, a_shortage_does_not_replace_it, 0, 2);
	tcase_add_test(tcase, why_it_is_not_kept_is_said);
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
