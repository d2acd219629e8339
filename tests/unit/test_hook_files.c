/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files are hooks, in which order, and whose are not run. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/hook_files.h"
#include "daemon/log.h"
#include "unit/scratch.h"

Suite *test_hook_files_suite(void);

static char shipped[64], own[64];
static struct runner_settings settings;

static void setup(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	scratch_open();
	snprintf(shipped, sizeof(shipped), "%s", scratch_path("shipped"));
	snprintf(own, sizeof(own), "%s", scratch_path("own"));
	ck_assert_int_eq(mkdir(shipped, 0755), 0);
	ck_assert_int_eq(mkdir(own, 0755), 0);
	settings = (struct runner_settings){ .directories = { shipped, own },
					     .directory_count = 2 };
}

static void teardown(void)
{
	scratch_close();
}

static void file(const char *directory, const char *name, const char *content,
		 mode_t mode)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(content, f);
	fclose(f);
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* The first octet of the hook that follows; 0 if there is none. */
static char next(char name[NAME_MAX + 1])
{
	int fd = hook_files_next(&settings, name);
	char path[64], octet = 0;
	int again;

	if (fd < 0)
		return 0;
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	ck_assert_int_eq(read(again, &octet, 1), 1);
	close(again);
	close(fd);
	return octet;
}

START_TEST(hooks_come_in_the_order_of_their_names)
{
	char name[NAME_MAX + 1] = "";

	file(shipped, "50-b", "B", 0755);
	file(own, "10-a", "A", 0755);
	file(own, "resolv", "D", 0755);
	file(shipped, "90_c", "C", 0700);
	ck_assert_int_eq(next(name), 'A');
	ck_assert_str_eq(name, "10-a");
	ck_assert_int_eq(next(name), 'B');
	ck_assert_int_eq(next(name), 'C');
	ck_assert_int_eq(next(name), 'D');
	ck_assert_int_eq(next(name), 0);
}
END_TEST

START_TEST(administrators_hook_replaces_the_shipped_one)
{
	char name[NAME_MAX + 1] = "";

	file(shipped, "a", "S", 0755);
	file(own, "a", "O", 0755);
	ck_assert_int_eq(next(name), 'O');
	ck_assert_int_eq(next(name), 0);
}
END_TEST

START_TEST(hooks_are_switched_off)
{
	char name[NAME_MAX + 1] = "", path[128];

	file(shipped, "a", "S", 0755);
	file(own, "a", "", 0755);
	file(shipped, "b", "S", 0755);
	file(own, "b", "O", 0644);
	file(shipped, "c", "S", 0755);
	snprintf(path, sizeof(path), "%s/c", own);
	ck_assert_int_eq(symlink("/dev/null", path), 0);
	ck_assert_int_eq(next(name), 0);
	ck_assert_int_eq(hook_files_check(&settings, &(const char *){ NULL }), 0);
}
END_TEST

START_TEST(hooks_are_skipped_by_name)
{
	char name[NAME_MAX + 1] = "";

	settings.skipped = "a,cc";
	file(shipped, "a", "A", 0755);
	file(shipped, "b", "B", 0755);
	file(shipped, "c", "C", 0755);
	file(shipped, "cc", "D", 0755);
	ck_assert_int_eq(next(name), 'B');
	ck_assert_int_eq(next(name), 'C');
	ck_assert_int_eq(next(name), 0);
}
END_TEST

START_TEST(other_files_are_no_hooks)
{
	static const char *const names[] = { "a~", "a.dpkg-old", ".a",	  "#a#",
					     "-a", "a b",	 "a$(x)", "a.sh" };
	char name[NAME_MAX + 1] = "", path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		file(shipped, names[i], "X", 0755);
	snprintf(path, sizeof(path), "%s/directory", own);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/pipe", own);
	ck_assert_int_eq(mkfifo(path, 0755), 0);
	ck_assert_int_eq(next(name), 0);
}
END_TEST

START_TEST(what_others_could_change_is_not_run)
{
	char name[NAME_MAX + 1] = "";

	file(shipped, "a", "A", 0775);
	file(shipped, "b", "B", 0757);
	file(shipped, "c", "C", 0755);
	ck_assert_int_eq(next(name), 'C');
}
END_TEST

START_TEST(directories_that_others_could_change_are_told)
{
	const char *directory = NULL;
	char name[NAME_MAX + 1] = "";

	file(shipped, "a", "A", 0755);
	ck_assert_int_eq(hook_files_check(&settings, &directory), 1);
	ck_assert_int_eq(chmod(own, 0777), 0);
	file(own, "b", "B", 0755);
	ck_assert_int_eq(hook_files_check(&settings, &directory), -EPERM);
	ck_assert_str_eq(directory, own);
	/* One that becomes so later on is passed over. */
	ck_assert_int_eq(next(name), 'A');
	ck_assert_int_eq(next(name), 0);
}
END_TEST

START_TEST(what_belongs_to_others_is_not_run)
{
	const char *directory = NULL;
	char name[NAME_MAX + 1] = "", path[128];

	if (geteuid() != 0)
		return;
	file(shipped, "a", "A", 0755);
	snprintf(path, sizeof(path), "%s/a", shipped);
	if (chown(path, 1, 1) < 0)
		return; /* a user namespace of one user */
	ck_assert_int_eq(next(name), 0);
	ck_assert_int_eq(chown(shipped, 1, 1), 0);
	ck_assert_int_eq(hook_files_check(&settings, &directory), -EPERM);
	ck_assert_str_eq(directory, shipped);
}
END_TEST

START_TEST(directories_need_not_exist)
{
	char name[NAME_MAX + 1] = "";

	settings.directories[0] = "/nonexistent/hooks";
	file(own, "a", "A", 0755);
	ck_assert_int_eq(hook_files_check(&settings, &(const char *){ NULL }), 1);
	ck_assert_int_eq(next(name), 'A');
}
END_TEST

START_TEST(a_directory_that_was_named_has_to_exist)
{
	static const char *const missing = "/nonexistent/hooks";
	char name[NAME_MAX + 1] = "";
	const char *directory;

	settings.directories[0] = missing;
	settings.directory_count = 1;
	ck_assert_int_eq(hook_files_check(&settings, &directory), -ENOENT);
	ck_assert_str_eq(directory, missing);
	/* One that goes later on is passed over. */
	ck_assert_int_eq(next(name), 0);
	settings.directories[0] = "/dev/null";
	ck_assert_int_eq(hook_files_check(&settings, &directory), -ENOTDIR);
	ck_assert_str_eq(directory, "/dev/null");
}
END_TEST

START_TEST(a_script_is_a_hook_of_its_own)
{
	char path[PATH_MAX], name[NAME_MAX + 1] = "";
	const char *directory;
	int fd;

	ck_assert_int_eq(hook_files_script(&settings), -ENOENT);
	snprintf(path, sizeof(path), "%s/script.sh", own);
	settings.script = path;
	ck_assert_int_eq(hook_files_script(&settings), -ENOENT);
	ck_assert_int_eq(hook_files_check(&settings, &directory), 0);
	file(own, "script.sh", "S", 0755);
	fd = hook_files_script(&settings);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(hook_files_check(&settings, &directory), 1);
	settings.directory_count = 0;
	ck_assert_int_eq(hook_files_check(&settings, &directory), 1);
	ck_assert_int_eq(next(name), 0);
	file(own, "script.sh", "S", 0777);
	ck_assert_int_eq(hook_files_script(&settings), -ENOENT);
}
END_TEST

Suite *test_hook_files_suite(void)
{
	Suite *suite = suite_create("hook_files");
	TCase *tcase = tcase_create("hook_files");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, hooks_come_in_the_order_of_their_names);
	tcase_add_test(tcase, administrators_hook_replaces_the_shipped_one);
	tcase_add_test(tcase, hooks_are_switched_off);
	tcase_add_test(tcase, hooks_are_skipped_by_name);
	tcase_add_test(tcase, other_files_are_no_hooks);
	tcase_add_test(tcase, what_others_could_change_is_not_run);
	tcase_add_test(tcase, directories_that_others_could_change_are_told);
	tcase_add_test(tcase, what_belongs_to_others_is_not_run);
	tcase_add_test(tcase, directories_need_not_exist);
	tcase_add_test(tcase, a_directory_that_was_named_has_to_exist);
	tcase_add_test(tcase, a_script_is_a_hook_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}
