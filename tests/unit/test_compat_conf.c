/* SPDX-License-Identifier: BSD-2-Clause */
/* dhclient.conf: an example of each statement, and of what is none. */
#include "compat/dhclient_conf.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "unit/compat_run.h"
#include "unit/runner.h"

Suite *test_compat_conf_suite(void);

#define END " -b --timeout 60 -p /run/dhclient.lab0.pid -i lab0"

static const struct {
	const char *text, *becomes;
} examples[] = {
	{ "", "tenured" END },
	{ "# nothing;\n\n", "tenured" END },

	/* What is sent. */
	{ "send host-name \"host1\";", "tenured --hostname=host1" END },
	{ "send host-name = \"host1\"; send host-name \"host2\";",
	  "tenured --hostname=host1" END },
	{ "send host-name = gethostname();", "tenured" END },
	{ "send dhcp-client-identifier 1:0:a0;",
	  "tenured --client-id=01:00:a0" END },
	{ "send dhcp-client-identifier = hardware;",
	  "tenured --client-id=hwaddr" END },
	{ "send dhcp-client-identifier \"ab\";", "tenured --client-id=61:62" END },
	{ "send dhcp-lease-time 3600;", "tenured --lease-time=3600" END },
	{ "send vendor-class-identifier \"v\";", "tenured --vendor-class=v" END },
	{ "send dhcp-requested-address 10.0.0.7;",
	  "tenured --request=10.0.0.7" END },
	{ "send fqdn.fqdn \"a.example.\"; send fqdn.encoded on;\n"
	  "send fqdn.server-update off; send fqdn.no-client-update on;",
	  "tenured --fqdn=both --hostname=a.example." END },
	{ "send dhcp.user-class \"a b\";", "tenured '--option=77/text=a b'" END },
	{ "send unknown-224 1:2:03;", "tenured --option=224=01:02:03" END },
	{ "send time-offset -3600;", "tenured --option=2=-3600" END },
	{ "send tftp-server-name \"a\\\"b\";", "tenured '--option=66=a\"b'" END },

	/* What is asked for. An MTU is set by dhclient's script. */
	{ "request subnet-mask, routers;", "tenured --request-option 1,3" END },
	{ "request interface-mtu;", "tenured --mtu" END },
	{ "request dhcp6.name-servers, dhcp.routers;",
	  "tenured --request-option 3" END },
	{ "request;", "tenured" END },
	{ "also request ntp-servers;", "tenured --request-option 42" END },
	{ "require subnet-mask; also require routers, interface-mtu;",
	  "tenured --require 1 --require 3,26" END },
	{ "ignore routers;", "tenured --ignore 3" END },

	/* What becomes of it. */
	{ "supersede domain-name \"a.example b.example\";",
	  "tenured '--supersede=15=a.example b.example'" END },
	{ "supersede domain-search \"a.example b.example\";",
	  "tenured --supersede=119=a.example,b.example" END },
	{ "supersede dhcp6.name-servers ::1; supersede routers 10.0.0.2;",
	  "tenured --supersede=3=10.0.0.2" END },
	{ "supersede ip-forwarding true; supersede mask-supplier off;\n"
	  "supersede router-discovery on;",
	  "tenured --supersede=19=yes --supersede=30=no --supersede=31=yes" END },
	{ "prepend domain-name-servers 127.0.0.1, 10.0.0.53;",
	  "tenured --prepend=6=127.0.0.1,10.0.0.53" END },
	{ "append domain-name-servers 10.0.0.54;",
	  "tenured --append=6=10.0.0.54" END },
	{ "default ntp-servers 10.0.0.14;", "tenured --default=42=10.0.0.14" END },
	{ "reject 10.0.0.1, 10.9.0.0/16;",
	  "tenured --deny-server 10.0.0.1,10.9.0.0/16" END },

	/* How. */
	{ "timeout 7;",
	  "tenured -b --timeout 7 -p /run/dhclient.lab0.pid -i lab0" },
	{ "timeout 0;", "tenured" END },
	{ "timeout 7; timeout 8;",
	  "tenured -b --timeout 7 -p /run/dhclient.lab0.pid -i lab0" },
	{ "script \"/sbin/dhclient-script\";", "tenured" END },
	{ "script \"/bin/true\"; script \"/bin/other\";",
	  "tenured -b --timeout 60 -p /run/dhclient.lab0.pid --no-configure"
	  " --no-hooks -i lab0" },

	/* Numbers with a name of their own. */
	{ "option rfc3442-classless-static-routes code 121 =\n"
	  "\tarray of unsigned integer 8;\nrequest rfc3442-classless-static-routes;",
	  "tenured --request-option 121" END },
	{ "option local code 224 = string; send local \"x\"; request local;",
	  "tenured --option=224/text=x --request-option 224" END },

	/* One interface's own, and another's, which is as if it were not there. */
	{ "interface \"lab0\" { send vendor-class-identifier \"v\"; }",
	  "tenured --vendor-class=v" END },
	{ "interface \"lab9\" { send host-name \"a\"; request interface-mtu, 3;\n"
	  "timeout 1; script \"/x\"; reject 10.0.0.1; supersede routers 10.0.0.2;\n"
	  "interface \"lab0\" { send vendor-class-identifier \"w\"; } };\n"
	  "send vendor-class-identifier \"v\";",
	  "tenured --vendor-class=v" END },

	/* What needs nothing. */
	{ "retry 1; reboot 1; select-timeout 1; initial-interval 1;\n"
	  "initial-delay 1; backoff-cutoff 1; link-timeout 1;\n"
	  "db-time-format local; lease-id-format hex; do-forward-updates off;\n"
	  "lease { interface \"lab0\"; option routers 10.0.0.1; { ; } }\n"
	  "reject 10.0.0.1;",
	  "tenured --deny-server 10.0.0.1" END },
};

static void becomes(const char *text, const char *words, const char *result)
{
	char line[256];

	snprintf(line, sizeof(line), "-cf %s %s",
		 compat_run_file("dhclient.conf", text, 0644), words);
	compat_run_becomes("dhclient", line, result);
}

START_TEST(each_statement_becomes_what_its_example_says)
{
	becomes(examples[_i].text, "lab0", examples[_i].becomes);
}
END_TEST

static const struct {
	unsigned line;
	const char *text, *error;
} errors[] = {
	{ 3, "timeout 5;\n\nfrobnicate on;",
	  "'frobnicate' is no statement that tenured knows" },
	{ 1, "\"timeout\" 5;", "'timeout' is no statement that tenured knows" },
	{ 1, "}", "'}' is no statement that tenured knows" },
	{ 2, "request subnet-mask,\n nonsense;",
	  "'nonsense' is no option that tenured knows" },
	{ 1, "request routers", "a value is missing before ''" },
	{ 1, "send nonsense 1;", "'nonsense' is no option that tenured knows" },
	{ 1, "supersede nonsense 1;",
	  "'nonsense' is no option that tenured knows" },
	{ 1, "send fqdn.hostname \"a\";", "'fqdn.hostname' is not known" },
	{ 1, "send host-name gethostname(;", "')' is missing before ';'" },
	{ 1, "send host-name gethostname()", "';' is missing before ''" },
	{ 1, "supersede routers 10.0.0.1 10.0.0.2;",
	  "'10.0.0.2' stands where ',' or ';' should" },
	{ 1, "send host-name;", "a value is missing before ';'" },
	{ 1, "reject 10.0.0.1,;", "a value is missing before ';'" },
	{ 1, "timeout;", "a value is missing before ';'" },
	{ 1, "timeout 5", "';' is missing before ''" },
	{ 1, "also ask routers;", "'also ask' is not known" },
	{ 1, "option local 5;",
	  "'option local' says nothing here; 'send', perhaps?" },
	{ 1, "option local code 255 = text;", "'255' is no option of DHCP" },
	{ 1, "option local code 0 = text;", "'0' is no option of DHCP" },
	{ 2, "send host-name \"a\nb\";", "a quote is missing" },
	{ 2, "\nsend host-name \"a", "a quote is missing" },
	{ 2, "interface \"lab0\" {\ntimeout 5;", "'}' is missing before ''" },
	{ 1, "interface \"lab0\" { retry 5 }", "';' is missing before '}'" },
	{ 1, "interface \"lab0\" timeout 5;", "'{' is missing before 'timeout'" },
	{ 2, "retry\n5", "';' is missing at the end" },
	{ 1, "lease { ", "'}' is missing at the end" },
	{ 1, "alias { interface \"lab0\"; }",
	  "'alias' cannot be translated: "
	  "give the interface the address by other means" },
	{ 1, "pseudo \"a\";",
	  "'pseudo' cannot be translated: an interface is managed once" },
	{ 1, "media \"a\";",
	  "'media' cannot be translated: a link's medium is not of DHCP" },
	{ 1, "hardware ethernet 1;",
	  "'hardware' cannot be translated: a link's address is not of DHCP" },
	{ 1, "omapi port 1;",
	  "'omapi' cannot be translated: tenurectl takes its place" },
	{ 1, "key a { }", "'key' cannot be translated: tenured updates no DNS" },
	{ 1, "zone a { }", "'zone' cannot be translated: tenured updates no DNS" },
	{ 1, "bootp;", "'bootp' cannot be translated: --bootp is tenured's word" },
	{ 1, "vendor option space a;",
	  "'vendor' cannot be translated: "
	  "--vendor-id-option is tenured's word" },
	{ 1, "anycast-mac ethernet 1;",
	  "'anycast-mac' cannot be translated: tenured asks all" },
};

START_TEST(what_is_wrong_is_told_by_its_line)
{
	const char *path =
		compat_run_file("dhclient.conf", errors[_i].text, 0644);
	char line[128], error[512];

	snprintf(line, sizeof(line), "-cf %s lab0", path);
	snprintf(error, sizeof(error), "%s, line %u: %s", path, errors[_i].line,
		 errors[_i].error);
	compat_run_fails("dhclient", line, error);
}
END_TEST

START_TEST(what_the_command_line_says_wins)
{
	becomes("timeout 7; send host-name \"a\"; script \"/x\";\n"
		"send fqdn.fqdn \"a.example\";",
		"--timeout 9 -H b -sf /bin/true -F b.example lab0",
		"tenured --fqdn=both --hostname=b.example -b --timeout 9"
		" -p /run/dhclient.lab0.pid --no-configure --no-hooks -i lab0");
}
END_TEST

START_TEST(of_several_interfaces_none_has_a_block)
{
	const char *path = compat_run_file(
		"dhclient.conf", "interface \"lab1\" { timeout 5; }", 0644);
	char line[128], error[256];

	snprintf(line, sizeof(line), "-cf %s lab0 lab1", path);
	snprintf(error, sizeof(error),
		 "%s, line 1: of several interfaces each would need a dhclient "
		 "of its own, or tenured.conf",
		 path);
	compat_run_fails("dhclient", line, error);
	snprintf(line, sizeof(line), "-cf %s lab0 lab2", path);
	compat_run_becomes("dhclient", line,
			   "tenured -b --timeout 60 -p /run/dhclient.all.pid"
			   " -i lab0 -i lab2");
}
END_TEST

START_TEST(files_include_others)
{
	const char *other = compat_run_file(
		"other.conf", "send vendor-class-identifier \"v\";", 0644);
	char text[256], line[128], error[512];
	const char *path;

	snprintf(text, sizeof(text), "include \"%s\"; timeout 7;", other);
	becomes(text, "lab0",
		"tenured --vendor-class=v -b --timeout 7"
		" -p /run/dhclient.lab0.pid -i lab0");
	snprintf(text, sizeof(text), "include \"%s\";", "/nonexistent/c");
	path = compat_run_file("dhclient.conf", text, 0644);
	snprintf(line, sizeof(line), "-cf %s lab0", path);
	compat_run_fails("dhclient", line,
			 "/nonexistent/c: No such file or directory");
	/* Nobody would write there. */
	other = compat_run_file("fifo", "", 0644);
	CHECK(unlink(other) == 0 && mkfifo(other, 0644) == 0);
	snprintf(text, sizeof(text), "include \"%s\";", other);
	compat_run_file("dhclient.conf", text, 0644);
	snprintf(error, sizeof(error), "%s: it is no regular file", other);
	compat_run_fails("dhclient", line, error);
	/* And itself, without end. */
	snprintf(text, sizeof(text), "include \"%s\";", path);
	compat_run_file("dhclient.conf", text, 0644);
	snprintf(error, sizeof(error),
		 "%s, line 1: more than 8 files in one another", path);
	compat_run_fails("dhclient", line, error);
}
END_TEST

/* As many names as there may be, and one more; and so with the length of a word. */
START_TEST(there_is_an_end_to_names)
{
	char text[8192] = "", word[1024], line[128], error[256];
	const char *path;

	for (int i = 0; i <= 64; i++) {
		snprintf(word, sizeof(word), "option n%d code 224 = text;\n", i);
		strcat(text, word);
	}
	path = compat_run_file("dhclient.conf", text, 0644);
	snprintf(line, sizeof(line), "-cf %s lab0", path);
	snprintf(error, sizeof(error), "%s, line 65: more than 64 options", path);
	compat_run_fails("dhclient", line, error);

	memset(word, 'a', sizeof(word));
	snprintf(text, sizeof(text), "send vendor-class-identifier \"%.511s\";",
		 word);
	compat_run_file("dhclient.conf", text, 0644);
	snprintf(text, sizeof(text), "tenured --vendor-class=%.511s" END, word);
	compat_run_becomes("dhclient", line, text);
	snprintf(text, sizeof(text), "send vendor-class-identifier \"%.512s\";",
		 word);
	compat_run_file("dhclient.conf", text, 0644);
	snprintf(error, sizeof(error),
		 "%s, line 1: a word of more than 511 octets", path);
	compat_run_fails("dhclient", line, error);
}
END_TEST

Suite *test_compat_conf_suite(void)
{
	Suite *suite = suite_create("compat_conf");
	TCase *conf = tcase_create("conf");

	tcase_add_checked_fixture(conf, compat_run_setup, compat_run_teardown);
	tcase_add_loop_test(conf, each_statement_becomes_what_its_example_says,
			    0, (int)ARRAY_SIZE(examples));
	tcase_add_loop_test(conf, what_is_wrong_is_told_by_its_line, 0,
			    (int)ARRAY_SIZE(errors));
	tcase_add_test(conf, what_the_command_line_says_wins);
	tcase_add_test(conf, of_several_interfaces_none_has_a_block);
	tcase_add_test(conf, files_include_others);
	tcase_add_test(conf, there_is_an_end_to_names);
	suite_add_tcase(suite, conf);
	return suite;
}
