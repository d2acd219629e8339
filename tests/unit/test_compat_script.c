/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts of other clients: what each is called with, and the variables that it finds;
 * the file of leases; and the names that options have there.
 */
#include "compat/script.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "compat/isc_lease.h"
#include "compat/names.h"
#include "unit/compat_run.h"
#include "unit/runner.h"

Suite *test_compat_script_suite(void);

/* A script that says what it is called with, and its variables, and fails. */
#define TELLS \
	"#!/bin/sh\n" \
	"echo \"called $1\"\n" \
	"/usr/bin/env | /usr/bin/sort | /bin/grep -Ev '^(PWD|SHLVL|_|PATH)='\n" \
	"exit 1\n"
#define CALLED "#!/bin/sh\necho \"$1 $reason\"\n"

/* What a hook is told, but for the reason; each ends with a newline. */
struct told {
	const char *program, *script, *leases, *reason, *variables;
};

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
}

/* As the runner of hooks has it: nothing but this. */
static int run_told(const void *context)
{
	const struct told *told = context;
	char *rest = strdup(told->variables), *line, *equals;

	clearenv();
	set(SCRIPT_PROGRAM, told->program);
	set(SCRIPT_FILE, told->script);
	set(SCRIPT_LEASES, told->leases);
	set("reason", told->reason);
	set("interface", "lab0");
	while ((line = strsep(&rest, "\n"))) {
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		set(line, equals + 1);
	}
	if (!script_is_wanted(1) || script_is_wanted(2))
		return 99;
	return script_main();
}

static void tells(const struct told *told, const char *text)
{
	struct compat_run run;

	compat_run(&run, run_told, told);
	if (run.code != EXIT_SUCCESS || strcmp(run.text, text) != 0)
		ck_abort_msg("told %d:\n%s\ninstead:\n%s", run.code, run.text,
			     text);
}

/* ---- whose it is ------------------------------------------------------------- */

static int whose(const void *context)
{
	const char *variables = context;

	clearenv();
	for (; *variables; variables++) {
		if (*variables == 'p')
			setenv(SCRIPT_PROGRAM, "udhcpc", 1);
		else if (*variables == 'r')
			setenv("reason", "BOUND", 1);
		else
			setenv("interface", "lab0", 1);
	}
	return script_is_wanted(1) + 2 * script_is_misplaced(1) +
	       4 * script_is_misplaced(2);
}

/* One that nobody translated a command line for is told by its variables. */
START_TEST(a_hook_is_told_from_a_start)
{
	static const struct {
		const char *variables;
		int is;
	} cases[] = { { "", 0 },   { "p", 0 },	{ "r", 0 },  { "i", 0 },
		      { "pr", 1 }, { "pi", 0 }, { "ri", 2 }, { "pri", 3 } };
	struct compat_run run;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		compat_run(&run, whose, cases[i].variables);
		ck_assert_int_eq(run.code, cases[i].is);
	}
}
END_TEST

/* ---- udhcpc ------------------------------------------------------------------ */

static const struct {
	const char *reason, *calls;
} reasons[] = {
	{ "PREINIT", "deconfig PREINIT\n" },
	{ "BOUND", "bound BOUND\n" },
	{ "REBOOT", "bound REBOOT\n" },
	{ "INFORM", "bound INFORM\n" },
	{ "RENEW", "renew RENEW\n" },
	{ "REBIND", "renew REBIND\n" },
	{ "NAK", "nak NAK\ndeconfig NAK\n" },
	{ "EXPIRE", "deconfig EXPIRE\n" },
	{ "CONFLICT", "deconfig CONFLICT\n" },
	{ "RELEASE", "deconfig RELEASE\n" },
	{ "STOP", "deconfig STOP\n" },
	{ "FAIL", "leasefail FAIL\n" },
	{ "CARRIER", "" },
};

START_TEST(each_reason_is_a_call_of_udhcpc)
{
	const struct told told = { "udhcpc",
				   compat_run_file("script", CALLED, 0755),
				   NULL, reasons[_i].reason, "" };

	tells(&told, reasons[_i].calls);
}
END_TEST

/* Where the address stays, so does what the script has done. */
START_TEST(udhcpc_says_nothing_where_an_address_stays)
{
	const struct told told = { "udhcpc",
				   compat_run_file("script", CALLED, 0755),
				   NULL, "STOP", "new_ip_address=10.0.0.10\n" };

	tells(&told, "");
}
END_TEST

START_TEST(udhcpc_has_names_of_its_own)
{
	const struct told told = {
		"udhcpc", compat_run_file("script", TELLS, 0755), NULL, "BOUND",
		"LEASE_FILE=/run/l\ndns=yes\n"
		"new_ip_address=10.0.0.10\nnew_subnet_cidr=24\n"
		"new_subnet_mask=255.255.255.0\nnew_next_server=10.0.0.2\n"
		"new_server_name=host2\nnew_filename=boot\n"
		"new_opt_001=ffffff00\nnew_opt_003=0a000001\n"
		"new_routers=10.0.0.1\nnew_opt_006=0a0000350a000036\n"
		"new_domain_name_servers=10.0.0.53 10.0.0.54\n"
		"new_opt_033=0a0100000a0000010a0200000a000002\n"
		"new_static_routes=10.1.0.0 10.0.0.1 10.2.0.0 10.0.0.2\n"
		"new_opt_051=00000e10\nnew_dhcp_lease_time=3600\n"
		"new_opt_119=0161\nnew_domain_search=a.example b.example\n"
		"new_opt_121=1009090a000001\n"
		"new_classless_static_routes=9.9.0.0/16 10.0.0.1\n"
		"new_opt_212=042020010db8000000000000000000000000c0000201\n"
		"new_opt_224=a83f\nnew_opt_058=0000003c\n"
		"new_dhcp_renewal_time=60\nnew_opt_249=00\n"
	};

	tells(&told, "called bound\n"
		     "LEASE_FILE=/run/l\n"
		     "boot_file=boot\n"
		     "dns=10.0.0.53 10.0.0.54\n"
		     "interface=lab0\n"
		     "ip6rd=4 32 2001:db8:: 192.0.2.1\n"
		     "ip=10.0.0.10\n"
		     "lease=3600\n"
		     "mask=24\n"
		     "new_classless_static_routes=9.9.0.0/16 10.0.0.1\n"
		     "new_dhcp_lease_time=3600\n"
		     "new_dhcp_renewal_time=60\n"
		     "new_domain_name_servers=10.0.0.53 10.0.0.54\n"
		     "new_domain_search=a.example b.example\n"
		     "new_filename=boot\n"
		     "new_ip_address=10.0.0.10\n"
		     "new_next_server=10.0.0.2\n"
		     "new_opt_001=ffffff00\n"
		     "new_opt_003=0a000001\n"
		     "new_opt_006=0a0000350a000036\n"
		     "new_opt_033=0a0100000a0000010a0200000a000002\n"
		     "new_opt_051=00000e10\n"
		     "new_opt_058=0000003c\n"
		     "new_opt_119=0161\n"
		     "new_opt_121=1009090a000001\n"
		     "new_opt_212=042020010db8000000000000000000000000c0000201\n"
		     "new_opt_224=a83f\n"
		     "new_opt_249=00\n"
		     "new_routers=10.0.0.1\n"
		     "new_server_name=host2\n"
		     "new_static_routes=10.1.0.0 10.0.0.1 10.2.0.0 10.0.0.2\n"
		     "new_subnet_cidr=24\n"
		     "new_subnet_mask=255.255.255.0\n"
		     "opt224=a83f\n"
		     "opt249=00\n"
		     "opt58=0000003c\n"
		     "reason=BOUND\n"
		     "router=10.0.0.1\n"
		     "routes=10.1.0.0/10.0.0.1 10.2.0.0/10.0.0.2\n"
		     "search=a.example b.example\n"
		     "siaddr=10.0.0.2\n"
		     "sname=host2\n"
		     "staticroutes=9.9.0.0/16 10.0.0.1\n"
		     "subnet=255.255.255.0\n");
}
END_TEST

/* What is odd stays as it came. */
START_TEST(udhcpc_has_octets_of_what_is_odd)
{
	const struct told told = { "udhcpc",
				   compat_run_file("script",
						   "#!/bin/sh\n"
						   "echo $ip6rd $opt212 $opt33\n",
						   0755),
				   NULL, "BOUND",
				   "new_opt_212=0420\nnew_opt_033=0a\n" };

	tells(&told, "0420 0a\n");
}
END_TEST

START_TEST(a_script_that_is_not_there_is_said)
{
	const struct told told = { "udhcpc", "/nonexistent/s", NULL, "BOUND", "" };

	tells(&told, "/nonexistent/s: No such file or directory\n");
}
END_TEST

/* ---- dhclient and dhcpcd ------------------------------------------------------ */

#define LEASE \
	"new_ip_address=10.0.0.10\nnew_domain_search=a.example b.example\n" \
	"old_domain_search=c.example\nnew_opt_121=1009090a00000100\n" \
	"old_opt_121=00\nnew_classless_static_routes=9.9.0.0/16 10.0.0.1\n"

START_TEST(dhclient_has_names_with_dots)
{
	const struct told told = { "dhclient",
				   compat_run_file("script", TELLS, 0755), NULL,
				   "BOUND", LEASE };

	tells(&told, "called \n"
		     "interface=lab0\n"
		     "new_classless_static_routes=9.9.0.0/16 10.0.0.1\n"
		     "new_domain_search=a.example. b.example.\n"
		     "new_ip_address=10.0.0.10\n"
		     "new_opt_121=1009090a00000100\n"
		     "new_rfc3442_classless_static_routes=16 9 9 10 0 0 1 0\n"
		     "old_domain_search=c.example.\n"
		     "old_opt_121=00\n"
		     "old_rfc3442_classless_static_routes=0\n"
		     "reason=BOUND\n");
}
END_TEST

START_TEST(dhcpcd_has_more_words_for_it)
{
	const char *script = compat_run_file("script", TELLS, 0755);
	const struct told bound = { "dhcpcd", script, NULL, "BOUND",
				    "new_ip_address=10.0.0.10\nmetric=7\n" };
	const struct told expired = { "dhcpcd", script, NULL, "EXPIRE", "" };

	tells(&bound, "called \n"
		      "if_configured=true\nif_down=false\nif_up=true\n"
		      "ifmetric=7\ninterface=lab0\nmetric=7\n"
		      "new_ip_address=10.0.0.10\nprotocol=dhcp\nreason=BOUND\n");
	tells(&expired, "called \n"
			"if_configured=false\nif_down=true\nif_up=false\n"
			"interface=lab0\nprotocol=dhcp\nreason=EXPIRE\n");
}
END_TEST

static const struct {
	const char *program, *reason, *told;
} endings[] = {
	{ "dhclient", "CONFLICT", " EXPIRE\n" },
	{ "dhclient", "NAK", " EXPIRE\n" },
	{ "dhclient", "RENEW", " RENEW\n" },
	{ "dhcpcd", "CONFLICT", " EXPIRE\n" },
	{ "dhcpcd", "NAK", " NAK\n" },
	{ "dhcpcd", "STOP", " STOP\n" },
};

/* A word that they do not know is one that they do. */
START_TEST(reasons_are_those_that_scripts_know)
{
	const struct told told = { endings[_i].program,
				   compat_run_file("script", CALLED, 0755),
				   NULL, endings[_i].reason, "" };

	tells(&told, endings[_i].told);
}
END_TEST

static int begin_two(const void *script)
{
	struct translation t = { .names = { "lab0", "lab1" }, .name_count = 2 };

	clearenv();
	setenv(SCRIPT_PROGRAM, "dhclient", 1);
	setenv(SCRIPT_FILE, script, 1);
	script_begin(&t);
	return getenv("reason") || getenv("interface");
}

START_TEST(each_interface_begins_with_preinit)
{
	struct compat_run run;

	compat_run(&run, begin_two,
		   compat_run_file("script",
				   "#!/bin/sh\necho $reason $interface\n", 0755));
	ck_assert_int_eq(run.code, 0);
	ck_assert_str_eq(run.text, "PREINIT lab0\nPREINIT lab1\n");
}
END_TEST

/* ---- the file of leases ---------------------------------------------------------- */

static const char *content(const char *path)
{
	static char text[40000];
	FILE *file = fopen(path, "r");
	size_t size;

	ck_assert_ptr_nonnull(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}

#define TIMES \
	"new_expiry=1000003600\nnew_dhcp_lease_time=3600\n" \
	"new_dhcp_renewal_time=60\n"
#define TIMES_TOLD \
	"  renew 0 2001/09/09 01:47:40;\n" \
	"  rebind 0 2001/09/09 02:39:10;\n" \
	"  expire 0 2001/09/09 02:46:40;\n"

/* An option of each format, as dhclient writes it. */
START_TEST(leases_are_as_dhclient_writes_them)
{
	const char *path = compat_run_file("leases", "", 0644);
	const struct told told = {
		"dhclient", NULL, path, "BOUND",
		"new_ip_address=10.0.0.10\nnew_filename=boot\n"
		"new_server_name=host2\n" TIMES
		"new_opt_001=ffffff00\nnew_opt_002=fffff1f0\n"
		"new_opt_006=0a0000350a000036\nnew_opt_013=0100\n"
		"new_opt_015=6c616222\\5c01ff\nnew_opt_018=61225c01ff\n"
		"new_opt_019=01\nnew_opt_020=00\nnew_opt_023=40\n"
		"new_opt_025=00440128\nnew_opt_033=0a0100000a000001\n"
		"new_opt_043=0001a0\nnew_opt_051=00000e10\nnew_opt_080=\n"
		"new_opt_119=0161\nnew_domain_search=a.example b.example\n"
		"new_opt_121=1009090a000001\nnew_opt_224=a83f\n"
	};

	tells(&told, "");
	ck_assert_str_eq(
		content(path),
		"lease {\n  interface \"lab0\";\n  fixed-address 10.0.0.10;\n"
		"  filename \"boot\";\n  server-name \"host2\";\n"
		"  option subnet-mask 255.255.255.0;\n"
		"  option time-offset -3600;\n"
		"  option domain-name-servers 10.0.0.53,10.0.0.54;\n"
		"  option boot-size 256;\n"
		"  option extensions-path \"a\\\"\\\\\\001\\377\";\n"
		"  option ip-forwarding true;\n"
		"  option non-local-source-routing false;\n"
		"  option default-ip-ttl 64;\n"
		"  option path-mtu-plateau-table 68,296;\n"
		"  option static-routes 10.1.0.0,10.0.0.1;\n"
		"  option vendor-encapsulated-options 0:1:a0;\n"
		"  option dhcp-lease-time 3600;\n"
		"  option domain-search \"a.example.\", \"b.example.\";\n"
		"  option rfc3442-classless-static-routes 16,9,9,10,0,0,1;\n"
		"  option unknown-224 a8:3f;\n" TIMES_TOLD "}\n");
}
END_TEST

START_TEST(leases_add_up_until_there_are_many)
{
	const char *path = compat_run_file("leases", "", 0644);
	const struct told told = { "dhclient", NULL, path, "RENEW",
				   "new_ip_address=10.0.0.10\n" };
	static const char block[] =
		"lease {\n  interface \"lab0\";\n"
		"  fixed-address 10.0.0.10;\n  expire never;\n}\n";
	char two[2 * sizeof(block)], full[32770];

	tells(&told, "");
	tells(&told, "");
	snprintf(two, sizeof(two), "%s%s", block, block);
	ck_assert_str_eq(content(path), two);

	memset(full, '#', sizeof(full));
	full[32768] = '\0';
	compat_run_file("leases", full, 0644);
	tells(&told, "");
	ck_assert_uint_eq(strlen(content(path)), 32768 + sizeof(block) - 1);
	tells(&told, "");
	ck_assert_str_eq(content(path), block);
}
END_TEST

/* It is written with the rights of root, perhaps where anybody may put a link. */
START_TEST(leases_go_nowhere_else)
{
	const char *precious = compat_run_file("precious", "kept\n", 0644);
	char path[PATH_MAX], says[PATH_MAX + 128];
	const struct told told = { "dhclient", NULL, path, "BOUND",
				   "new_ip_address=10.0.0.10\n" };
	int reader;

	snprintf(path, sizeof(path), "%s/leases", compat_run_directory);
	snprintf(says, sizeof(says),
		 "%s: leases are written to a file alone, and to no link\n",
		 path);
	ck_assert_int_eq(symlink(precious, path), 0);
	tells(&told, says);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/nonexistent/l", path), 0);
	tells(&told, says);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(link(precious, path), 0);
	tells(&told, says);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_str_eq(content(precious), "kept\n");
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	tells(&told, says);
	close(reader);
}
END_TEST

/* Who wants no file names the device that takes all. */
START_TEST(leases_that_nobody_wants)
{
	const struct told told = { "dhclient", NULL, "/dev/null", "BOUND",
				   "new_ip_address=10.0.0.10\n" };

	tells(&told, "");
}
END_TEST

START_TEST(without_a_lease_nothing_is_written)
{
	const char *path = compat_run_file("leases", "", 0644);
	const struct told told = { "dhclient", NULL, path, "EXPIRE",
				   "old_ip_address=10.0.0.10\n" };
	const struct told nowhere = { "dhclient", NULL, "/nonexistent/l",
				      "BOUND", "new_ip_address=10.0.0.10\n" };

	tells(&told, "");
	ck_assert_str_eq(content(path), "");
	tells(&nowhere, "/nonexistent/l: No such file or directory\n");
}
END_TEST

/* Times that do not add up are none; T1 and T2 have the RFC's parts by default. */
START_TEST(times_of_leases)
{
	static const struct {
		const char *variables, *told;
	} cases[] = {
		{ "new_expiry=1000003600\nnew_dhcp_lease_time=3600\n",
		  "  renew 0 2001/09/09 02:16:40;\n"
		  "  rebind 0 2001/09/09 02:39:10;\n"
		  "  expire 0 2001/09/09 02:46:40;\n" },
		{ "new_expiry=10\nnew_dhcp_lease_time=11\n", "  expire never;\n" },
		{ "new_expiry=never\n", "  expire never;\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = compat_run_file("leases", "", 0644);
		char variables[256], text[512];
		const struct told told = { "dhclient", NULL, path, "BOUND",
					   variables };

		snprintf(variables, sizeof(variables),
			 "new_ip_address=10.0.0.10\n%s", cases[i].variables);
		tells(&told, "");
		snprintf(text, sizeof(text),
			 "lease {\n  interface \"lab0\";\n"
			 "  fixed-address 10.0.0.10;\n%s}\n",
			 cases[i].told);
		ck_assert_str_eq(content(path), text);
	}
}
END_TEST

/* ---- names ------------------------------------------------------------------------- */

START_TEST(each_name_is_found_again)
{
	for (unsigned code = 1; code < 255; code++) {
		const char *udhcpc = names_of_udhcpc((uint8_t)code);
		const char *isc = names_of_isc((uint8_t)code);

		if (udhcpc)
			ck_assert_uint_eq(
				names_code_udhcpc(udhcpc, strlen(udhcpc)), code);
		if (isc)
			ck_assert_uint_eq(names_code_isc(isc, strlen(isc)), code);
	}
}
END_TEST

/* Names as those have them who call these programs; the rest is of the same table. */
START_TEST(names_as_others_have_them)
{
	static const struct {
		const char *udhcpc, *isc;
		uint8_t code;
	} names[] = {
		{ "subnet", "subnet-mask", 1 },
		{ "router", "routers", 3 },
		{ "dns", "domain_name_servers", 6 },
		{ "hostname", "host-name", 12 },
		{ "domain", "domain-name", 15 },
		{ "mtu", "interface-mtu", 26 },
		{ "broadcast", "broadcast-address", 28 },
		{ "ntpsrv", "ntp-servers", 42 },
		{ "lease", "dhcp-lease-time", 51 },
		{ "tftp", "tftp-server-name", 66 },
		{ "bootfile", "bootfile-name", 67 },
		{ "search", "domain-search", 119 },
		{ "staticroutes", "rfc3442-classless-static-routes", 121 },
		{ "121", "classless_static_routes", 121 },
		{ "0xd4", "212", 212 },
		{ "ip6rd", "0xd4", 212 },
		{ "msstaticroutes", "249", 249 },
		{ "wpad", "252", 252 },
		{ "254", "254", 254 },
		{ "255", "255", 0 },
		{ "0", "0", 0 },
		{ "256", "300", 0 },
		{ "12x", "12x", 0 },
		{ "", "", 0 },
		{ "routers", "router", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ck_assert_uint_eq(names_code_udhcpc(names[i].udhcpc,
						    strlen(names[i].udhcpc)),
				  names[i].code);
		ck_assert_uint_eq(names_code_isc(names[i].isc,
						 strlen(names[i].isc)),
				  names[i].code);
	}
	/* So much of a text, and no more. */
	ck_assert_uint_eq(names_code_udhcpc("dns:10.0.0.1", 3), 6);
	ck_assert_uint_eq(names_code_udhcpc("12:ab", 2), 12);
}
END_TEST

Suite *test_compat_script_suite(void)
{
	Suite *suite = suite_create("compat_script");
	TCase *scripts = tcase_create("scripts");
	TCase *leases = tcase_create("leases");
	TCase *names = tcase_create("names");

	tcase_add_checked_fixture(scripts, compat_run_setup, compat_run_teardown);
	tcase_add_test(scripts, a_hook_is_told_from_a_start);
	tcase_add_loop_test(scripts, each_reason_is_a_call_of_udhcpc, 0,
			    (int)ARRAY_SIZE(reasons));
	tcase_add_test(scripts, udhcpc_says_nothing_where_an_address_stays);
	tcase_add_test(scripts, udhcpc_has_names_of_its_own);
	tcase_add_test(scripts, udhcpc_has_octets_of_what_is_odd);
	tcase_add_test(scripts, a_script_that_is_not_there_is_said);
	tcase_add_test(scripts, dhclient_has_names_with_dots);
	tcase_add_test(scripts, dhcpcd_has_more_words_for_it);
	tcase_add_loop_test(scripts, reasons_are_those_that_scripts_know, 0,
			    (int)ARRAY_SIZE(endings));
	tcase_add_test(scripts, each_interface_begins_with_preinit);
	suite_add_tcase(suite, scripts);
	tcase_add_checked_fixture(leases, compat_run_setup, compat_run_teardown);
	tcase_add_test(leases, leases_are_as_dhclient_writes_them);
	tcase_add_test(leases, leases_add_up_until_there_are_many);
	tcase_add_test(leases, leases_go_nowhere_else);
	tcase_add_test(leases, leases_that_nobody_wants);
	tcase_add_test(leases, without_a_lease_nothing_is_written);
	tcase_add_test(leases, times_of_leases);
	suite_add_tcase(suite, leases);
	tcase_add_test(names, each_name_is_found_again);
	tcase_add_test(names, names_as_others_have_them);
	suite_add_tcase(suite, names);
	return suite;
}
