/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several files of configuration: which are read, which of their values holds, and
 * where each of those in force came from.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/keys.h"
#include "daemon/sent.h"
#include "daemon/settings_values.h"
#include "unit/scratch.h"
#include "unit/settings_run.h"

Suite *test_origins_suite(void);

static char path[128]; /* of main.conf in it */

static void setup(void)
{
	run_setup();
	scratch_open();
	snprintf(path, sizeof(path), "%s", scratch_path("main.conf"));
	ck_assert_int_eq(mkdir(scratch_path("main.conf.d"), 0755), 0);
	scratch_put("main.conf", "");
	config_path = path;
}

static void teardown(void)
{
	run_teardown();
	scratch_close();
}

static void expect_refusal(const char *name, const char *message)
{
	char text[OUTPUT_MAX];

	snprintf(text, sizeof(text), "%s%s", scratch_path(name), message);
	expect_failure(EXIT_CODE_CONFIGURATION, text);
}

/* ---- files ----------------------------------------------------------- */

START_TEST(later_files_replace_what_former_ones_say)
{
	scratch_put("main.conf", "metric = 1\ntimeout = 5\nacd = strict\n"
				 "[a]\nmetric = 2\nbootp = yes\n");
	scratch_put("main.conf.d/20-b.conf", "timeout = 7\n[a]\nmetric = 3\n");
	scratch_put("main.conf.d/10-a.conf", "timeout = 6\nacd = off\n[b]\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(settings.timeout_s, 7);
	ck_assert_uint_eq(run_iface_count(), 2);
	ck_assert_str_eq(run_name(0), "a");
	ck_assert_uint_eq(run_iface(0)->metric, 3);
	ck_assert(run_iface(0)->bootp);
	ck_assert_uint_eq(run_iface(1)->metric, 1);
	/* What holds for all comes from all files, for sections of each. */
	ck_assert_int_eq(run_iface(0)->acd, ACD_MODE_OFF);
	ck_assert_int_eq(run_iface(1)->acd, ACD_MODE_OFF);
}
END_TEST

START_TEST(a_later_section_wins_over_former_values_for_all)
{
	scratch_put("main.conf", "[a]\nmetric = 2\n");
	scratch_put("main.conf.d/a.conf", "metric = 1\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->metric, 2);
}
END_TEST

/* What adds up within a file does not with another file's. */
START_TEST(repeated_values_are_replaced_together)
{
	scratch_put("main.conf", "request-option = 42\nrequest-option = 43\n"
				 "[a]\nrequest-option = 66\n");
	scratch_put("main.conf.d/a.conf", "request-option = 114\n[b]\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->sent->wanted_count, 2);
	ck_assert_uint_eq(run_iface(1)->sent->wanted_count, 1);
	ck_assert_uint_eq(run_iface(1)->sent->wanted[0], 114);
}
END_TEST

START_TEST(the_command_line_wins_over_all_files)
{
	scratch_put("main.conf", "metric = 1\nhostname = a\nno-hook = x\n");
	scratch_put("main.conf.d/a.conf", "metric = 2\n[a]\nmetric = 3\n");
	RUN("--metric=4", "--no-hook=y", "--no-hook=z");
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->metric, 4);
	ck_assert_str_eq(settings.hooks_skipped, "y,z");
	ck_assert_str_eq(run_iface(0)->sent->hostname, "a");
}
END_TEST

START_TEST(only_configuration_is_read)
{
	scratch_put("main.conf.d/.hidden.conf", "nonsense\n");
	scratch_put("main.conf.d/a.conf~", "nonsense\n");
	scratch_put("main.conf.d/a.conf.dpkg-new", "nonsense\n");
	scratch_put("main.conf.d/README", "nonsense\n");
	scratch_put("main.conf.d/.conf", "nonsense\n");
	scratch_put("main.conf.d/z.conf", "metric = 2\n");
	scratch_put("main.conf.d/Z.conf", "metric = 1\n");
	ck_assert_int_eq(
		symlink("/dev/null", scratch_path("main.conf.d/b.conf")), 0);
	RUN("a");
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->metric, 2);
}
END_TEST

START_TEST(what_cannot_be_read_is_refused)
{
	char refused[128];

	ck_assert_int_eq(mkdir(scratch_path("main.conf.d/a.conf"), 0755), 0);
	RUN("a");
	expect_refusal("main.conf.d/a.conf",
		       ": cannot be read as configuration: Is a directory");
	ck_assert_int_eq(rmdir(scratch_path("main.conf.d/a.conf")), 0);
	/* Nobody would wait at the other end, or write there. */
	ck_assert_int_eq(mkfifo(scratch_path("main.conf.d/a.conf"), 0644), 0);
	RUN("a");
	expect_refusal("main.conf.d/a.conf", ": cannot be read as configuration: "
					     "it is no regular file");
	ck_assert_int_eq(unlink(scratch_path("main.conf.d/a.conf")), 0);
	ck_assert_int_eq(symlink("gone", scratch_path("main.conf.d/a.conf")), 0);
	RUN("a");
	expect_refusal("main.conf.d/a.conf", ": cannot be read as configuration: "
					     "No such file or directory");
	ck_assert_int_eq(unlink(scratch_path("main.conf.d/a.conf")), 0);
	ck_assert_int_eq(rmdir(scratch_path("main.conf.d")), 0);
	RUN("a");
	expect_ok();
	ck_assert_int_eq(symlink("main.conf.d", scratch_path("main.conf.d")), 0);
	RUN("a");
	snprintf(refused, sizeof(refused),
		 ": cannot be read as configuration: %s", strerror(ELOOP));
	expect_refusal("main.conf.d", refused);
	ck_assert_int_eq(unlink(scratch_path("main.conf.d")), 0);
	/* A file there is no directory of ours. */
	scratch_put("main.conf.d", "");
	RUN("a");
	expect_ok();
}
END_TEST

START_TEST(files_have_a_limit)
{
	char name[40];

	for (int i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "main.conf.d/%03d.conf", i);
		scratch_put(name, "");
	}
	RUN("a");
	expect_ok();
	ck_assert_uint_eq(settings.origins.file_count, 257);
	scratch_put("main.conf.d/256.conf", "");
	RUN("a");
	expect_refusal("main.conf.d", ": holds more than 256 files");
}
END_TEST

/* Each with a file of two, whose line the message names. */
static const struct {
	const char *first, *second, *name, *message;
} wrong[] = {
	{ "metric = 1\nmetric = 2\n", "", "main.conf",
	  ":2: 'metric' is given twice" },
	{ "[a]\n", "[b]\n[c]\n[b]\n", "main.conf.d/a.conf",
	  ":3: there is a section [b] already" },
	{ "metric = 1\n", "\nmetrik = 1\n", "main.conf.d/a.conf",
	  ":2: unknown key 'metrik'; did you mean 'metric'?" },
	{ "metric = x\n", "metric = 1\n", "main.conf",
	  ":1: metric 'x' must be a number from 0 (the default: 1000 and the "
	  "interface's index) to 4294967295" },
	{ "[a]\niaid = 5\n", "[b]\n\niaid = 5\n", "main.conf.d/a.conf",
	  ":3: an IAID is for one interface only, not for both a and b" },
	{ "[a]\ninform-server = 192.0.2.1\n", "[a]\nmetric = 1\n", "main.conf",
	  ":2: a: inform-server says which server to inform, but not about which "
	  "address; inform does" },
	{ "auth-keys = /dev/null/keys\n", "", "main.conf", NULL },
};

START_TEST(errors_name_the_file_that_is_wrong)
{
	scratch_put("main.conf", wrong[_i].first);
	scratch_put("main.conf.d/a.conf", wrong[_i].second);
	RUN_BARE();
	if (wrong[_i].message)
		expect_refusal(wrong[_i].name, wrong[_i].message);
	else
		ck_assert_int_eq(result, SETTINGS_FAILED);
}
END_TEST

START_TEST(check_names_what_it_read)
{
	const char *top = scratch_directory();
	char text[512];

	scratch_put("main.conf.d/a.conf", "");
	scratch_put("main.conf.d/b.conf", "");
	scratch_put("duid", "00:02:00:00:00:09:01\n");
	snprintf(text, sizeof(text), "duid-file = %s\n", scratch_path("duid"));
	scratch_put("main.conf.d/b.conf", text);
	RUN("--check");
	ck_assert_int_eq(result, SETTINGS_DONE);
	snprintf(text, sizeof(text),
		 "%s/main.conf: ok\n%s/main.conf.d/a.conf: ok\n"
		 "%s/main.conf.d/b.conf: ok\n%s/duid: ok\n",
		 top, top, top, top);
	ck_assert_str_eq(out, text);
	ck_assert_str_eq(err, "");
	scratch_put("duid", "");
	RUN("--check");
	expect_refusal("duid", ": cannot be read as a DUID: it holds no line of "
			       "hex, as in 00:04:5a:...");
	RUN_BARE();
	expect_ok();
}
END_TEST

START_TEST(check_looks_for_what_is_named)
{
	scratch_put("main.conf", "user = root\ncontrol-group = root\n");
	RUN("--check");
	ck_assert_int_eq(result, SETTINGS_DONE);
	scratch_put("main.conf", "user = 1\ncontrol-group = 1\n");
	RUN("--check");
	ck_assert_int_eq(result, SETTINGS_DONE);
	scratch_put("main.conf", "\nuser = no-such-user\n");
	RUN("--check");
	expect_refusal("main.conf", ":2: there is no user no-such-user");
	scratch_put("main.conf", "control-group = no-such-group\n");
	RUN("--check");
	expect_refusal("main.conf", ":1: there is no group no-such-group");
	/* A start says so itself, where it matters. */
	RUN_BARE();
	expect_ok();
}
END_TEST

/* ---- where values come from ------------------------------------------ */

static char told[16384];
static struct str telling;

/* "[section] key = value (source FILE:LINE)", without the test's directory. */
static void note(void *context, const struct settings_value *v)
{
	static const char *const sources[SETTINGS_SOURCE_COUNT] = {
		[SETTINGS_SOURCE_DEFAULT] = "default",
		[SETTINGS_SOURCE_FILE] = "file",
		[SETTINGS_SOURCE_COMMAND_LINE] = "command line",
	};
	char row[256];

	ck_assert_ptr_eq(context, &settings);
	ck_assert((v->source == SETTINGS_SOURCE_FILE) == (v->file != NULL));
	ck_assert((v->line > 0) == (v->file != NULL));
	ck_assert_ptr_nonnull(v->value);
	snprintf(row, sizeof(row), "%s%s%s%s = %s (%s", v->section ? "[" : "",
		 v->section ? v->section : "", v->section ? "] " : "", v->key,
		 v->value, sources[v->source]);
	str_text(&telling, row);
	if (v->file) {
		str_text(&telling, v->file + strlen(scratch_directory()));
		str_char(&telling, ':');
		str_u64(&telling, v->line);
	}
	str_text(&telling, ")\n");
	ck_assert(!telling.truncated);
}

static void tell(void)
{
	telling = str_over(told, sizeof(told));
	settings_tell(&settings, note, &settings);
}

static void tell_iface(const struct iface_settings *iface)
{
	telling = str_over(told, sizeof(told));
	settings_tell_iface(&settings, iface, note, &settings);
}

static void expect_row(const char *row)
{
	char line[256];

	snprintf(line, sizeof(line), "\n%s\n", row);
	ck_assert_msg(strstr(told, line), "no %s in %s", row, told);
}

static void expect_no_row(const char *part)
{
	ck_assert_msg(!strstr(told, part), "%s in %s", part, told);
}

static void use_several_files(void)
{
	scratch_put("main.conf", "metric = 1\ntimeout = 5\nuser-class = a\n"
				 "user-class = b\n[a]\nmetric = 2\nacd = off\n");
	scratch_put("main.conf.d/a.conf", "timeout = 6\n[a]\nmetric = 3\n"
					  "user-class = c\n[en*]\nbootp = yes\n");
	RUN("--dscp=0", "--acd=fast", "--acd=strict", "-v", "-v");
	expect_ok();
}

START_TEST(each_value_in_force_has_its_place)
{
	use_several_files();
	tell();
	expect_row("metric = 1 (file/main.conf:1)");
	expect_row("timeout = 6 (file/main.conf.d/a.conf:1)");
	expect_row("user-class = a (file/main.conf:3)\n"
		   "user-class = b (file/main.conf:4)");
	expect_row("dscp = 0 (command line)");
	expect_row("acd = strict (command line)");
	expect_row("verbose = 2 (command line)");
	expect_row("mtu-min = 576 (default)");
	expect_row("duid-file =  (default)");
	expect_row("[a] metric = 3 (file/main.conf.d/a.conf:3)");
	expect_row("[a] user-class = c (file/main.conf.d/a.conf:4)");
	expect_row("[en*] bootp = yes (file/main.conf.d/a.conf:6)");
	/* Neither what was replaced nor what the command line says otherwise. */
	expect_no_row("timeout = 5");
	expect_no_row("metric = 2");
	expect_no_row("[a] acd");
	expect_no_row("acd = fast");
}
END_TEST

START_TEST(values_of_a_link_are_those_of_its_section)
{
	use_several_files();
	tell_iface(run_iface(0));
	expect_row("[a] metric = 3 (file/main.conf.d/a.conf:3)");
	expect_row("user-class = a (file/main.conf:3)\n"
		   "user-class = b (file/main.conf:4)\n"
		   "[a] user-class = c (file/main.conf.d/a.conf:4)");
	expect_row("acd = strict (command line)");
	expect_row("bootp = no (default)");
	expect_no_row("\nmetric = 1");
	expect_no_row("timeout");
	expect_no_row("[en*]");
	tell_iface(run_iface(1));
	expect_row("[en*] bootp = yes (file/main.conf.d/a.conf:6)");
	expect_row("metric = 1 (file/main.conf:1)");
	expect_no_row("[a]");
	tell_iface(&settings.common);
	expect_row("bootp = no (default)");
	expect_row("metric = 1 (file/main.conf:1)");
	expect_no_row("[");
}
END_TEST

/* Each key once, whatever was set. */
START_TEST(no_key_is_left_out)
{
	size_t rows = 0, named = 0;

	RUN("--hostname=box");
	expect_ok();
	tell();
	for (const char *at = told; *at; at++)
		rows += *at == '\n';
	for (size_t i = 0; i < key_count; i++)
		named += keys[i].in_file;
	ck_assert_uint_eq(rows, named);
}
END_TEST

START_TEST(the_hosts_own_name_is_a_default)
{
	char name[256] = "", row[300];

	ck_assert_int_eq(gethostname(name, sizeof(name) - 1), 0);
	RUN_BARE();
	expect_ok();
	tell();
	snprintf(row, sizeof(row), "hostname = %s (default)",
		 settings.common.sent->hostname);
	expect_row(row);
	scratch_put("main.conf", "hostname =\n");
	RUN_BARE();
	expect_ok();
	tell();
	expect_row("hostname =  (file/main.conf:1)");
}
END_TEST

/* ---- reading again --------------------------------------------------- */

START_TEST(settings_can_be_read_again)
{
	char *argv[] = { (char[]){ "tenured" }, (char[]){ "--config" },	  path,
			 (char[]){ "a" },	(char[]){ "--metric=9" }, NULL };
	struct settings_error error = { .line = 7 };

	for (unsigned i = 1; i <= 2; i++) {
		scratch_put("main.conf",
			    i == 1 ? "timeout = 1\n" : "timeout = 2\n");
		settings_free(&settings);
		ck_assert_int_eq(settings_read(5, argv, NULL, &settings, &error),
				 SETTINGS_OK);
		ck_assert_uint_eq(settings.timeout_s, i);
		ck_assert_uint_eq(run_iface(0)->metric, 9);
		ck_assert_str_eq(run_name(0), "a");
	}
	scratch_put("main.conf.d/x.conf", "\n\nfoo = 1\n");
	settings_free(&settings);
	ck_assert_int_eq(settings_read(5, argv, NULL, &settings, &error),
			 SETTINGS_FAILED);
	ck_assert_str_eq(error.file, scratch_path("main.conf.d/x.conf"));
	ck_assert_uint_eq(error.line, 3);
	ck_assert_str_eq(error.message,
			 "unknown key 'foo'; tenured.conf(5) lists the keys");
	ck_assert_int_eq(error.code, EXIT_CODE_CONFIGURATION);
}
END_TEST

/* By a relative path, too, from wherever the process is then. */
START_TEST(files_are_where_they_were)
{
	char *argv[] = { (char[]){ "tenured" }, (char[]){ "--config=link" },
			 NULL };
	struct settings_error error;
	struct settings again;

	ck_assert_int_eq(symlink("main.conf", scratch_path("link")), 0);
	ck_assert_int_eq(mkdir(scratch_path("link.d"), 0755), 0);
	scratch_put("link.d/a.conf", "timeout = 3\n");
	scratch_put("main.conf.d/a.conf", "timeout = 4\n");
	ck_assert_int_eq(chdir(scratch_directory()), 0);
	ck_assert_int_eq(settings_load(2, argv, &settings, &code), SETTINGS_OK);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(settings_read(2, argv, &settings, &again, &error),
			 SETTINGS_OK);
	ck_assert_uint_eq(again.timeout_s, 3);
	settings_free(&again);
}
END_TEST

Suite *test_origins_suite(void)
{
	Suite *suite = suite_create("origins");
	TCase *tcase = tcase_create("origins");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, later_files_replace_what_former_ones_say);
	tcase_add_test(tcase, a_later_section_wins_over_former_values_for_all);
	tcase_add_test(tcase, repeated_values_are_replaced_together);
	tcase_add_test(tcase, the_command_line_wins_over_all_files);
	tcase_add_test(tcase, only_configuration_is_read);
	tcase_add_test(tcase, what_cannot_be_read_is_refused);
	tcase_add_test(tcase, files_have_a_limit);
	tcase_add_loop_test(tcase, errors_name_the_file_that_is_wrong, 0,
			    (int)ARRAY_SIZE(wrong));
	tcase_add_test(tcase, check_names_what_it_read);
	tcase_add_test(tcase, check_looks_for_what_is_named);
	tcase_add_test(tcase, each_value_in_force_has_its_place);
	tcase_add_test(tcase, values_of_a_link_are_those_of_its_section);
	tcase_add_test(tcase, no_key_is_left_out);
	tcase_add_test(tcase, the_hosts_own_name_is_a_default);
	tcase_add_test(tcase, settings_can_be_read_again);
	tcase_add_test(tcase, files_are_where_they_were);
	return suite;
}
