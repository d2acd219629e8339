/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file: where keys may stand, what is said of wrong ones, which
 * of several values holds, and the table of keys.
 */
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <config.h>

#include "base/assert.h"
#include "daemon/config.h"
#include "daemon/keys.h"
#include "daemon/log.h"
#include "daemon/sent.h"
#include "unit/settings_run.h"

Suite *test_config_suite(void);

/* ---- the table ------------------------------------------------------- */

START_TEST(table_is_consistent)
{
	for (size_t i = 0; i < key_count; i++) {
		const struct key *key = &keys[i];

		ck_assert_uint_lt(strlen(key->option), sizeof(key->option));
		ck_assert_uint_lt(strlen(key->letters), sizeof(key->letters));
		ck_assert_uint_lt(strlen(key->argument), sizeof(key->argument));
		ck_assert_uint_lt(strlen(key->implied), sizeof(key->implied));
		ck_assert_ptr_eq(key_of_option(key->option), key);
		/* What few need the manual explains, but it can be in a file. */
		ck_assert(key->help || key->in_file);
		ck_assert_ptr_nonnull(key->apply);
		/* One of them at least; both if an argument may be left out. */
		ck_assert(*key->argument || *key->implied);
		if (key->in_file)
			ck_assert_ptr_eq(key_of_name(key_name(key)), key);
	}
}
END_TEST

static const struct {
	const char *word, *nearest;
} words[] = {
	{ "hotsname", "hostname" },
	{ "hostnam", "hostname" },
	{ "client_id", "client-id" },
	{ "clientid", "client-id" },
	{ "metrics", "metric" },
	{ "time-out", "timeout" },
	{ "users", "user" },
	{ "statedir", "state-dir" },
	{ "gatway", "gateway" },
	{ "x", NULL },
	{ "colour", NULL },
	{ "", NULL },
	{ "hostname-hostname-hostname-hostname", NULL },
};

START_TEST(nearest_key_is_found)
{
	const char *nearest = key_nearest(words[_i].word, false);

	if (words[_i].nearest)
		ck_assert_str_eq(nearest, words[_i].nearest);
	else
		ck_assert_ptr_null(nearest);
}
END_TEST

/* ---- the file -------------------------------------------------------- */

START_TEST(each_key_of_the_file)
{
	use_text("client-id = 01:02:03\n"
		 "hostname = box # mine\n"
		 "request = 10.0.0.5\n"
		 "metric = 7\n"
		 "gateway = no\n"
		 "classless-routes = no\n"
		 "configure = no\n"
		 "broadcast = yes\n"
		 "bootp = yes\n"
		 "acd = optimistic\n"
		 "acd-defence = always\n"
		 "timeout = 5\n"
		 "release-on-exit = yes\n"
		 "record-size = 512\n"
		 "user = nobody\n"
		 "instance = a\n"
		 "run-dir = /r\n"
		 "state-dir = \"/s s\"\n"
		 "verbose = 1\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->sent->client_id.size, 3);
	ck_assert_str_eq(run_iface(0)->sent->hostname, "box");
	ck_assert_uint_eq(run_iface(0)->requested_address, 0x0a000005);
	ck_assert_uint_eq(run_iface(0)->metric, 7);
	ck_assert(!run_iface(0)->gateway);
	ck_assert(!run_iface(0)->classless_routes);
	ck_assert(!run_iface(0)->configure);
	ck_assert_int_eq(run_iface(0)->broadcast, DHCP4_BROADCAST_YES);
	ck_assert(run_iface(0)->bootp);
	ck_assert_int_eq(run_iface(0)->acd, ACD_MODE_OPTIMISTIC);
	ck_assert_int_eq(run_iface(0)->acd_defence, ACD_DEFENCE_ALWAYS);
	ck_assert_uint_eq(settings.timeout_s, 5);
	ck_assert(settings.release_on_exit);
	ck_assert_uint_eq(settings.record_kib, 512);
	ck_assert_str_eq(settings.user, "nobody");
	ck_assert_str_eq(settings.instance, "a");
	ck_assert_str_eq(settings.run_dir, "/r");
	ck_assert_str_eq(settings.state_dir, "/s s");
	ck_assert_uint_eq(settings.verbosity, 1);
}
END_TEST

static const char sections[] = "metric = 1\n"
			       "hostname = all\n"
			       "[b]\n"
			       "metric = 2\n"
			       "[a]\n"
			       "hostname =\n";

START_TEST(sections_name_the_interfaces)
{
	use_text(sections);
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(run_iface_count(), 2);
	ck_assert_str_eq(run_name(0), "b");
	ck_assert_uint_eq(run_iface(0)->metric, 2);
	ck_assert_str_eq(run_iface(0)->sent->hostname, "all");
	ck_assert_str_eq(run_name(1), "a");
	ck_assert_uint_eq(run_iface(1)->metric, 1);
	ck_assert_str_eq(run_iface(1)->sent->hostname, "");
}
END_TEST

START_TEST(a_section_is_for_its_interface)
{
	use_text(sections);
	RUN("c", "b");
	expect_ok();
	ck_assert_uint_eq(run_iface_count(), 2);
	ck_assert_str_eq(run_name(0), "c");
	ck_assert_uint_eq(run_iface(0)->metric, 1);
	ck_assert_str_eq(run_iface(0)->sent->hostname, "all");
	ck_assert_str_eq(run_name(1), "b");
	ck_assert_uint_eq(run_iface(1)->metric, 2);
}
END_TEST

START_TEST(the_command_line_wins)
{
	use_text("timeout = 5\n"
		 "verbose = 2\n"
		 "user = nobody\n"
		 "gateway = yes\n"
		 "[a]\n"
		 "metric = 2\n"
		 "hostname = box\n"
		 "gateway = yes\n");
	RUN("--metric=0", "-h", "", "--timeout=9", "-v", "--user=1",
	    "--no-gateway", "a");
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->metric, 0);
	ck_assert_str_eq(run_iface(0)->sent->hostname, "");
	ck_assert_uint_eq(settings.timeout_s, 9);
	ck_assert_uint_eq(settings.verbosity, 1);
	ck_assert_str_eq(settings.user, "1");
	ck_assert(!run_iface(0)->gateway);
}
END_TEST

/* The message without the file's name and the colon behind it. */
static const struct {
	const char *text, *message;
} files[] = {
	{ "[eth0]\nhotsname = a\n",
	  "2: unknown key 'hotsname' in [eth0]; did you mean 'hostname'?" },
	{ "hotsname = a\n",
	  "1: unknown key 'hotsname'; did you mean 'hostname'?" },
	{ "colour = a\n",
	  "1: unknown key 'colour'; tenured.conf(5) lists the keys" },
	{ "no-gateway = yes\n",
	  "1: unknown key 'no-gateway'; did you mean 'gateway'?" },
	{ "\nquit = yes\n",
	  "2: 'quit' is an option of the command line, not a key" },
	{ "[a]\ntimeout = 5\n",
	  "2: 'timeout' is for the whole process: write it before the first "
	  "section" },
	{ "metric = 1\nmetric = 2\n", "2: 'metric' is given twice" },
	{ "[a]\n[b]\n[a]\n", "3: there is a section [a] already" },
	{ "[eth0]\n[hwaddr 2:0]\n", "2: section 'hwaddr 2:0'" HWADDR_EXPECTED },
	{ "[hwaddr 52:54:00:12:34:56]\n[hwaddr  52:54:0:12:34:56]\n",
	  "2: section 'hwaddr  52:54:0:12:34:56'" HWADDR_EXPECTED },
	{ "[hwaddr 0A:00:*]\n[hwaddr 0a:00:*]\n",
	  "2: there is a section [hwaddr 0a:00:*] already" },
	{ "[kind vlan]\n[en*]\n[kind  vlan]\n",
	  "3: there is a section [kind vlan] already" },
	{ "[kind]\n[kind tun]\n",
	  "2: section 'kind tun' is a kind whose links have to be named in "
	  "full, each" },
	{ "[en* ]\n[a b]\n", "2: section 'a b'" SELECTOR_EXPECTED },
	{ "inform-server = 192.0.2.1\n[a]\ninform = auto\n[b]\n",
	  "1: b: inform-server says which server to inform, but not about which "
	  "address; inform does" },
	{ "[a]\nanonymous = yes\n[b]\nauth = token\n",
	  "4: b: auth token needs auth-keys FILE with a line \"token TEXT\"" },
	{ "no-hook = a\nno-hook = b.\n",
	  "2: no-hook 'b.' must be names of hooks, as in resolv,ntp: letters, "
	  "digits, underscores and hyphens" },
	{ "[en*]\niaid = 5\n",
	  "2: an IAID is for one interface only, and en* may be several" },
	{ "[kind vlan]\nrequest = 192.0.2.7\n",
	  "2: an address can be requested for one interface only, and kind vlan "
	  "may be several" },
	{ "[a/b]\n", "1: section 'a/b' is a path, not the name of an "
		     "interface; a configuration file is named by --config "
		     "FILE" },
	{ "gateway = maybe\n", "1: gateway 'maybe' must be yes or no" },
	{ "broadcast =\n", "1: broadcast '' must be auto, yes or no" },
	{ "verbose = 3\n", "1: verbose '3' must be a number from 0 to 2" },
	{ "acd = yes\n", "1: acd 'yes' must be strict, fast, optimistic or off" },
	{ "request = 0.0.0.0\n", "1: request '0.0.0.0'" REQUEST_EXPECTED },
	{ "a\n", "1: expected 'key = value' or '[section]'" },
	{ "request = 10.0.0.1\n[a]\n[b]\n",
	  "1: an address can be requested for one interface only, not for both a "
	  "and b" },
	{ "[a]\n[b]\nrequest = 10.0.0.1\n[c]\nrequest = 10.0.0.1\n",
	  "5: an address can be requested for one interface only, not for both b "
	  "and c" },
};

START_TEST(each_wrong_line_is_told)
{
	char message[OUTPUT_MAX];

	use_text(files[_i].text);
	snprintf(message, sizeof(message), "%s:%s", config_path,
		 files[_i].message);
	RUN_BARE();
	expect_failure(EXIT_CODE_CONFIGURATION, message);
}
END_TEST

START_TEST(a_value_that_loses_is_checked_nevertheless)
{
	char message[OUTPUT_MAX];

	use_text("user = 1:\n");
	snprintf(message, sizeof(message), "%s:1: user '1:'" USER_EXPECTED,
		 config_path);
	RUN("--user=nobody");
	expect_failure(EXIT_CODE_CONFIGURATION, message);
}
END_TEST

START_TEST(the_same_key_may_stand_in_each_section)
{
	use_text("metric = 1\n[a]\nmetric = 2\n[b]\nmetric = 3\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->metric, 2);
	ck_assert_uint_eq(run_iface(1)->metric, 3);
}
END_TEST

START_TEST(release_on_exit_of_the_file_forbids_quit)
{
	use_text("release-on-exit = yes\n");
	RUN("-q");
	expect_failure(EXIT_CODE_USAGE,
		       "-q and -R (release-on-exit) exclude each other: one "
		       "leaves the address in use, the other gives it back");
}
END_TEST

START_TEST(a_named_file_must_be_readable)
{
	config_path = "/nonexistent/tenured.conf";
	RUN_BARE();
	expect_failure(EXIT_CODE_CONFIGURATION,
		       "/nonexistent/tenured.conf: cannot be read as "
		       "configuration: No such file or directory");
	config_path = "/";
	RUN_BARE();
	expect_failure(EXIT_CODE_CONFIGURATION,
		       "/: cannot be read as configuration: Is a directory");
	config_path = "/dev/zero";
	RUN_BARE();
	expect_failure(EXIT_CODE_CONFIGURATION,
		       "/dev/zero: cannot be read as configuration: it is no "
		       "regular file");
}
END_TEST

START_TEST(the_default_file_may_be_missing)
{
	static const char path[] = TENURED_SYSCONFDIR "/tenured.conf";

	if (access(path, F_OK) == 0) {
		fprintf(stderr, "SKIPPED: there is a %s here\n", path);
		return;
	}
	run_plain((const char *const[]){ "eth1", NULL });
	expect_ok();
	run_plain((const char *const[]){ "--check", NULL });
	ck_assert_int_eq(result, SETTINGS_DONE);
	ck_assert_str_eq(out, TENURED_SYSCONFDIR
			 "/tenured.conf: ok (not there, so the defaults "
			 "hold)\n");
}
END_TEST

START_TEST(a_file_has_a_limit)
{
	static char text[CONFIG_SIZE_MAX + 1];
	char message[OUTPUT_MAX];

	memset(text, '\n', sizeof(text));
	use_file(text, CONFIG_SIZE_MAX);
	RUN_BARE();
	expect_ok();
	use_file(text, CONFIG_SIZE_MAX + 1);
	snprintf(message, sizeof(message),
		 "%s: cannot be read as configuration: larger than 1 MiB",
		 config_path);
	RUN_BARE();
	expect_failure(EXIT_CODE_CONFIGURATION, message);
}
END_TEST

START_TEST(sections_have_a_limit)
{
	static char text[CONFIG_SIZE_MAX];
	char message[OUTPUT_MAX];
	size_t used = 0;

	for (int i = 0; i <= SETTINGS_IFACES_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "[e%d]\n", i);
	use_file(text, used);
	snprintf(message, sizeof(message),
		 "%s:4097: there are more than 4096 sections", config_path);
	RUN_BARE();
	expect_failure(EXIT_CODE_CONFIGURATION, message);
}
END_TEST

START_TEST(what_adds_up_may_stand_several_times)
{
	static const char text[] = "user-class = a\n"
				   "user-class = b\n"
				   "request-option = 42\n"
				   "[eth0]\n"
				   "user-class = c\n"
				   "request-option = 114\n"
				   "[eth1]\n"
				   "user-class =\n"
				   "[eth2]\n";
	static const char *const classes[] = { "\1a\1b\1c", "", "\1a\1b" };

	use_text(text);
	RUN_BARE();
	expect_ok();
	for (size_t i = 0; i < 3; i++) {
		const struct sent_settings *sent = run_iface(i)->sent;
		struct option_value value = { 0 };

		ck_assert_int_eq(encoded_get(&sent->options, 77, &value), i != 1);
		ck_assert_uint_eq(value.size, strlen(classes[i]));
		if (value.size)
			ck_assert_mem_eq(value.bytes, classes[i], value.size);
		ck_assert_uint_eq(sent->wanted_count, i == 0 ? 2 : 1);
	}
	/* The command line is instead of all of them. */
	RUN("--user-class", "x", "--user-class", "y");
	expect_ok();
	for (size_t i = 0; i < 3; i++) {
		struct option_value value = { 0 };

		encoded_get(&run_iface(i)->sent->options, 77, &value);
		ck_assert_uint_eq(value.size, 4);
		ck_assert_mem_eq(value.bytes, "\1x\1y", 4);
	}
}
END_TEST

START_TEST(interfaces_share_what_is_sent)
{
	use_text("hostname = all\n[eth0]\n[eth1]\nhostname = one\n[eth2]\n");
	RUN_BARE();
	expect_ok();
	ck_assert_ptr_eq(run_iface(0)->sent, run_iface(2)->sent);
	ck_assert_ptr_ne(run_iface(0)->sent, run_iface(1)->sent);
	ck_assert_uint_eq(run_iface(0)->sent->references, 3);
	ck_assert_uint_eq(run_iface(1)->sent->references, 1);
}
END_TEST

/* Covers: 4361-6.1-07 */
START_TEST(an_iaid_is_for_one_interface)
{
	RUN("--iaid", "5", "eth0", "eth1");
	expect_failure(EXIT_CODE_USAGE,
		       "an IAID is for one interface only, not for both eth0 "
		       "and eth1");
	use_text("[eth0]\niaid = 5\n[eth1]\niaid = 6\n[eth2]\n");
	RUN_BARE();
	expect_ok();
	ck_assert(run_iface(1)->iaid.given && !run_iface(2)->iaid.given);
	ck_assert_uint_eq(run_iface(1)->iaid.number, 6);
}
END_TEST

START_TEST(what_is_too_long_together_is_told)
{
	char class[256], name[DHCP4_HOSTNAME_MAX + 1];

	memset(class, 'a', sizeof(class));
	class[255] = '\0';
	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[DHCP4_HOSTNAME_MAX] = '\0';
	RUN("--user-class", class, "--hostname", name, "eth3");
	expect_failure(EXIT_CODE_CONFIGURATION,
		       "eth3: host name, classes and options are too long to be "
		       "sent together: they have 512 octets in all");
}
END_TEST

START_TEST(duid_is_of_the_process)
{
	use_text("duid = fe:00:01\nduid-file = /a/file\n");
	RUN_BARE();
	expect_ok();
	ck_assert_int_eq(settings.duid.kind, DUID_KIND_GIVEN);
	ck_assert_uint_eq(settings.duid.given.size, 3);
	ck_assert_str_eq(settings.duid_file, "/a/file");
}
END_TEST

START_TEST(check_only_checks)
{
	char expected[128];

	use_text(sections);
	snprintf(expected, sizeof(expected), "%s: ok\n", config_path);
	RUN("--check");
	ck_assert_int_eq(result, SETTINGS_DONE);
	ck_assert_str_eq(out, expected);
	ck_assert_str_eq(err, "");
	RUN("--check", "-b", "-n");
	ck_assert_int_eq(result, SETTINGS_FAILED);
	ck_assert_str_eq(out, "");
	use_text("hotsname = a\n");
	RUN("--check");
	ck_assert_int_eq(result, SETTINGS_FAILED);
	ck_assert_int_eq((int)code, EXIT_CODE_CONFIGURATION);
}
END_TEST

/* ---- the suite ------------------------------------------------------- */

static TCase *file_tests(void)
{
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, run_setup, run_teardown);
	tcase_add_test(tcase, table_is_consistent);
	tcase_add_loop_test(tcase, nearest_key_is_found, 0,
			    (int)ARRAY_SIZE(words));
	tcase_add_test(tcase, each_key_of_the_file);
	tcase_add_test(tcase, sections_name_the_interfaces);
	tcase_add_test(tcase, a_section_is_for_its_interface);
	tcase_add_test(tcase, the_command_line_wins);
	tcase_add_loop_test(tcase, each_wrong_line_is_told, 0,
			    (int)ARRAY_SIZE(files));
	tcase_add_test(tcase, a_value_that_loses_is_checked_nevertheless);
	tcase_add_test(tcase, the_same_key_may_stand_in_each_section);
	tcase_add_test(tcase, release_on_exit_of_the_file_forbids_quit);
	tcase_add_test(tcase, a_named_file_must_be_readable);
	tcase_add_test(tcase, the_default_file_may_be_missing);
	tcase_add_test(tcase, a_file_has_a_limit);
	tcase_add_test(tcase, sections_have_a_limit);
	tcase_add_test(tcase, what_adds_up_may_stand_several_times);
	tcase_add_test(tcase, interfaces_share_what_is_sent);
	tcase_add_test(tcase, an_iaid_is_for_one_interface);
	tcase_add_test(tcase, what_is_too_long_together_is_told);
	tcase_add_test(tcase, duid_is_of_the_process);
	tcase_add_test(tcase, check_only_checks);
	return tcase;
}

Suite *test_config_suite(void)
{
	Suite *suite = suite_create("config");

	suite_add_tcase(suite, file_tests());
	return suite;
}
