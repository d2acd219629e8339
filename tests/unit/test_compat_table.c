/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of udhcpc, dhclient and dhcpcd: an example of each row, in each way that
 * it can be written; and what is wrong with a command line.
 */
#include "compat/table.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "unit/compat_run.h"
#include "unit/runner.h"

Suite *test_compat_table_suite(void);

/* What an option becomes, behind the line that is the basis of a table's examples. */
struct example {
	const char *word, *argument, *becomes;
};

#define NOTHING ""     /* the basis */
#define ERROR	(NULL) /* that names it, and says what the row does */

#define UDHCPC	    " -n --timeout 9 -i eth0"
#define DHCLIENT_OF " -p /run/dhclient.lab0.pid -i lab0"
#define DHCLIENT    " -b --timeout 60" DHCLIENT_OF
#define DHCPCD_OF   " -p /run/dhcpcd/lab0.pid -i lab0"
#define DHCPCD	    " -n --timeout 30" DHCPCD_OF

static const struct example udhcpc[] = {
	{ "-i", "eth7", "tenured -n --timeout 9 -i eth7" },
	{ "-s", "/s",
	  "TENURED_COMPAT_SCRIPT=/s tenured -n --timeout 9 --no-configure --no-hooks"
	  " --script SELF -i eth0" },
	{ "-p", "/run/p", "tenured -n --timeout 9 -p /run/p -i eth0" },
	{ "-n", NULL, NOTHING },
	{ "-b", NULL, NOTHING },
	{ "-t", "5", "tenured -n --timeout 15 -i eth0" },
	{ "-T", "4", "tenured -n --timeout 12 -i eth0" },
	{ "-A", "9", NOTHING },
	{ "-q", NULL, "tenured -n --timeout 9 -q -i eth0" },
	{ "-f", NULL, "tenured -n --timeout 9 -f -i eth0" },
	{ "-R", NULL, "tenured -R" UDHCPC },
	{ "-r", "10.0.0.7", "tenured -r 10.0.0.7" UDHCPC },
	{ "-O", "ntpsrv", "tenured --request-option 42" UDHCPC },
	{ "-o", NULL, "tenured --no-request-option 121,3,33,6,15,119" UDHCPC },
	{ "-x", "hostname:host1", "tenured --hostname=host1" UDHCPC },
	{ "-h", "host1", "tenured --hostname=host1" UDHCPC },
	{ "-H", "host1", "tenured --hostname=host1" UDHCPC },
	{ "-F", "a.example", "tenured --fqdn=both --hostname=a.example" UDHCPC },
	{ "-c", "01:02:03", "tenured --client-id=01:02:03" UDHCPC },
	{ "-C", NULL, "tenured --client-id=none" UDHCPC },
	{ "-V", "vendor", "tenured --vendor-class=vendor" UDHCPC },
	{ "-B", NULL, "tenured --broadcast=yes" UDHCPC },
	{ "-a", NULL, NOTHING },
	{ "-S", NULL, NOTHING },
	{ "-v", NULL, "tenured -v" UDHCPC },
	{ "-P", "1068", ERROR },
	{ "-l", "1068", ERROR },
};

static const struct example dhclient[] = {
	{ "-4", NULL, NOTHING },
	{ "-6", NULL, ERROR },
	{ "-S", NULL, ERROR },
	{ "-N", NULL, ERROR },
	{ "-T", NULL, ERROR },
	{ "-P", NULL, ERROR },
	{ "-1", NULL, "tenured -n --timeout 60" DHCLIENT_OF },
	{ "-d", NULL, "tenured -b --timeout 60 -f" DHCLIENT_OF },
	{ "-nw", NULL, "tenured -b --timeout 1" DHCLIENT_OF },
	{ "-w", NULL, NOTHING },
	{ "-q", NULL, "tenured --log-level=error" DHCLIENT },
	{ "-v", NULL, "tenured -v" DHCLIENT },
	{ "-pf", "/run/p", "tenured -b --timeout 60 -p /run/p -i lab0" },
	{ "--no-pid", NULL, "tenured -b --timeout 60 -i lab0" },
	{ "-lf", "/run/l",
	  "TENURED_COMPAT_LEASES=/run/l tenured -b --timeout 60 -p /run/dhclient.lab0.pid"
	  " --script SELF -i lab0" },
	{ "-df", "/run/d", NOTHING },
	{ "-cf", "/dev/null", NOTHING },
	{ "-sf", "/s",
	  "TENURED_COMPAT_SCRIPT=/s tenured -b --timeout 60"
	  " -p /run/dhclient.lab0.pid --no-configure --no-hooks --script SELF"
	  " -i lab0" },
	{ "-e", "A=b", NOTHING },
	{ "-i", NULL, "tenured --client-id=duid" DHCLIENT },
	{ "-I", NULL, NOTHING },
	{ "-D", "LL", NOTHING },
	{ "-r", NULL,
	  "release, and end the process of /run/dhclient.lab0.pid; or else "
	  "tenurectl release lab0" },
	{ "-x", NULL,
	  "end the process of /run/dhclient.lab0.pid; or else tenurectl stop lab0" },
	{ "-n", NULL, ERROR },
	{ "-p", "1068", ERROR },
	{ "-s", "10.0.0.1", ERROR },
	{ "-g", "10.0.0.1", ERROR },
	{ "-nc", NULL, NOTHING },
	{ "-B", NULL, "tenured --broadcast=yes" DHCLIENT },
	{ "-C", "01:02:03", "tenured --client-id=01:02:03" DHCLIENT },
	{ "-H", "host1", "tenured --hostname=host1" DHCLIENT },
	{ "-F", "a.example", "tenured --fqdn=both --hostname=a.example" DHCLIENT },
	{ "-V", "vendor", "tenured --vendor-class=vendor" DHCLIENT },
	{ "-R", "ntp-servers,26",
	  "tenured --request-option 42 --request-option 26" DHCLIENT },
	{ "--request-options", "42", "tenured --request-option 42" DHCLIENT },
	{ "--timeout", "9", "tenured -b --timeout 9" DHCLIENT_OF },
	{ "-timeout", "9", "tenured -b --timeout 9" DHCLIENT_OF },
	{ "--dad-wait-time", "1", NOTHING },
	{ "--prefix-len-hint", "64", ERROR },
	{ "--decline-wait-time", "10", NOTHING },
	{ "--address-prefix-len", "64", NOTHING },
};

static const struct example dhcpcd[] = {
	{ "-1", NULL, "tenured -q -n --timeout 30 -i lab0" },
	{ "-4", NULL,
	  "tenured -n --timeout 30 -p /run/dhcpcd/lab0-4.pid -i lab0" },
	{ "-6", NULL, ERROR },
	{ "-b", NULL, "tenured -b --timeout 1" DHCPCD_OF },
	{ "-B", NULL, "tenured -f" DHCPCD },
	{ "-w", NULL, NOTHING },
	{ "-t", "9", "tenured -n --timeout 9" DHCPCD_OF },
	{ "-A", NULL, "tenured --acd=optimistic" DHCPCD },
	{ "-p", NULL, NOTHING },
	{ "-L", NULL, NOTHING },
	{ "-G", NULL, "tenured --no-gateway" DHCPCD },
	{ "-m", "7", "tenured --metric 7" DHCPCD },
	{ "-h", "host1", "tenured --hostname=host1" DHCPCD },
	{ "-i", "vendor", "tenured --vendor-class=vendor" DHCPCD },
	{ "-u", "class", "tenured --user-class=class" DHCPCD },
	{ "-I", "01:02:03", "tenured --client-id=01:02:03" DHCPCD },
	{ "-D", NULL, "tenured --client-id=duid" DHCPCD },
	{ "-l", "60", "tenured --lease-time=60" DHCPCD },
	{ "-F", "ptr", "tenured --fqdn=ptr" DHCPCD },
	{ "-o", "ntp_servers,26", "tenured --request-option 42,26" DHCPCD },
	{ "-O", "domain-name", "tenured --no-request-option 15" DHCPCD },
	{ "-Q", "routers", "tenured --require 3" DHCPCD },
	{ "-r", "10.0.0.9", "tenured --request 10.0.0.9" DHCPCD },
	{ "-s", "10.0.0.8/24", "tenured --inform=10.0.0.8" DHCPCD },
	{ "-S", "routers=10.0.0.2", "tenured --supersede=3=10.0.0.2" DHCPCD },
	{ "-C", "resolv.conf,ntp.conf", "tenured --no-dns --no-hook ntp" DHCPCD },
	{ "-c", "/s",
	  "TENURED_COMPAT_SCRIPT=/s tenured -n --timeout 30 -p /run/dhcpcd/lab0.pid --no-hooks"
	  " --script SELF -i lab0" },
	{ "-e", "A=b", NOTHING },
	{ "-W", "10.0.0.1", "tenured --allow-server 10.0.0.1" DHCPCD },
	{ "-X", "10.9.0.0/16", "tenured --deny-server 10.9.0.0/16" DHCPCD },
	{ "-K", NULL, NOTHING },
	{ "-J", NULL, "tenured --broadcast=yes" DHCPCD },
	{ "-q", NULL, "tenured --log-level=error" DHCPCD },
	{ "-d", NULL, "tenured -v" DHCPCD },
	{ "-E", NULL, NOTHING },
	{ "-M", NULL, NOTHING },
	{ "-y", "5", NOTHING },
	{ "-j", "/l", ERROR },
	{ "-H", NULL, ERROR },
	{ "-f", "/c", ERROR },
	{ "-g", NULL, ERROR },
	{ "-T", NULL, ERROR },
	{ "-v", "1,2", ERROR },
	{ "-V", NULL, ERROR },
	{ "-z", "a", ERROR },
	{ "-Z", "b", ERROR },
	{ "-k", NULL,
	  "release, and end the process of /run/dhcpcd/lab0-4.pid; or else "
	  "tenurectl release lab0" },
	{ "-x", NULL,
	  "end the process of /run/dhcpcd/lab0-4.pid; or else tenurectl stop lab0" },
	{ "-n", NULL, "tenurectl rebind lab0" },
	{ "-N", NULL, "tenurectl renew lab0" },
	{ "-U", NULL, "tenurectl lease --env lab0" },
	{ "-P", NULL, "/run/dhcpcd/lab0.pid" },
	{ "--noconfigure", NULL, "tenured --no-configure" DHCPCD },
	{ "--configure", NULL, NOTHING },
	{ "--anonymous", NULL, "tenured --anonymous" DHCPCD },
	{ "--bootp", NULL, "tenured --bootp" DHCPCD },
	{ "--iaid", "7", "tenured --iaid=7" DHCPCD },
	{ "--mudurl", "https://a.example/m",
	  "tenured --mud-url=https://a.example/m" DHCPCD },
	{ "--msuserclass", "class", "tenured --option=77/text=class" DHCPCD },
	{ "--controlgroup", "netdev", "tenured --control-group=netdev" DHCPCD },
	{ "--reject", "10.0.0.1", "tenured --deny-server 10.0.0.1" DHCPCD },
	{ "--gateway", NULL, NOTHING },
	{ "--dhcp", NULL, NOTHING },
	{ "--ipv4", NULL, NOTHING },
	{ "--nodelay", NULL, NOTHING },
	{ "--nodev", NULL, NOTHING },
	{ "--dev", "udev", NOTHING },
	{ "--link_rcvbuf", "9", NOTHING },
	{ "--noauthrequired", NULL, NOTHING },
	{ "--noipv6", NULL, NOTHING },
	{ "--nodhcp6", NULL, NOTHING },
	{ "--noipv6rs", NULL, NOTHING },
	{ "--ipv6ra_noautoconf", NULL, NOTHING },
	{ "--ipv6ra_fork", NULL, NOTHING },
	{ "--slaac", "hwaddr", NOTHING },
	{ "--ipv6", NULL, ERROR },
	{ "--dhcp6", NULL, ERROR },
	{ "--ipv6rs", NULL, ERROR },
	{ "--ipv6ra_autoconf", NULL, ERROR },
	{ "--inform6", NULL, ERROR },
	{ "--ia_na", NULL, ERROR },
	{ "--ia_ta", NULL, ERROR },
	{ "--ia_pd", NULL, ERROR },
	{ "--define6", "x", ERROR },
	{ "--noipv4", NULL, ERROR },
	{ "--nodhcp", NULL, ERROR },
	{ "--noup", NULL, ERROR },
	{ "--noalias", NULL, ERROR },
	{ "--inactive", NULL, ERROR },
	{ "--randomise_hwaddr", NULL, ERROR },
	{ "--lastleaseextend", NULL, ERROR },
	{ "--hostname_short", NULL, ERROR },
	{ "--fallback", "x", ERROR },
	{ "--arping", "10.0.0.1", ERROR },
	{ "--destination", "10.0.0.1", ERROR },
	{ "--define", "x", ERROR },
	{ "--definend", "x", ERROR },
	{ "--embed", "x", ERROR },
	{ "--encap", "x", ERROR },
	{ "--vendopt", "x", ERROR },
	{ "--vendclass", "x", ERROR },
	{ "--authprotocol", "x", ERROR },
	{ "--authtoken", "x", ERROR },
};

static const struct {
	const char *program, *basis, *becomes;
	const struct table *table;
	const struct example *examples;
	size_t count;
} tables[] = {
	{ "udhcpc", "-n", "tenured" UDHCPC, &table_udhcpc, udhcpc,
	  ARRAY_SIZE(udhcpc) },
	{ "dhclient", "-cf /dev/null lab0", "tenured" DHCLIENT, &table_dhclient,
	  dhclient, ARRAY_SIZE(dhclient) },
	{ "dhcpcd", "lab0", "tenured" DHCPCD, &table_dhcpcd, dhcpcd,
	  ARRAY_SIZE(dhcpcd) },
};

static const struct row *row_of(const struct table *table, const char *word)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (strcmp(table->rows[i].word, word) == 0)
			return &table->rows[i];
	ck_abort_msg("%s has no row for %s", table->program, word);
}

/* shown: how the error names the option. */
static void comes_to(int i, const struct example *example, const char *shown,
		     const char *format, ...)
{
	const struct row *row = row_of(tables[i].table, example->word);
	char option[256], line[512], error[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(option, sizeof(option), format, arguments);
	va_end(arguments);
	snprintf(line, sizeof(line), "%s %s", tables[i].basis, option);
	snprintf(error, sizeof(error), "option %s is not supported: %s", shown,
		 row->text);
	if (!example->becomes)
		compat_run_fails(tables[i].program, line, error);
	else
		compat_run_becomes(tables[i].program, line,
				   *example->becomes ? example->becomes
						     : tables[i].becomes);
}

/* Its word, and its other one, with the argument behind a space, "=" or nothing. */
static void all_ways(int i, const struct example *example)
{
	const struct row *row = row_of(tables[i].table, example->word);
	const char *argument = example->argument, *word = row->word;
	bool letter = !tables[i].table->whole_words && word[1] != '-';

	if (!argument)
		comes_to(i, example, word, "%s", word);
	else if (row->argument != ROW_ARGUMENT_LONG)
		comes_to(i, example, word, "%s %s", word, argument);
	if (argument && letter)
		comes_to(i, example, word, "%s%s", word, argument);
	if (!letter && !tables[i].table->whole_words)
		ck_assert_ptr_null(row->alias);
	if (row->alias || word[1] == '-')
		word = row->alias ? row->alias : word;
	else
		return;
	if (!argument)
		comes_to(i, example, word, "%s", word);
	else
		comes_to(i, example, word, "%s=%s", word, argument);
	if (row->argument == ROW_ARGUMENT_NEEDED)
		comes_to(i, example, word, "%s %s", word, argument);
}

/* One that is needed, and is not there; one that is there, and not taken. */
static void wrong_ways(int i, const struct example *example)
{
	const struct row *row = row_of(tables[i].table, example->word);
	bool long_word = row->word[1] == '-';
	char line[256], error[256];

	if (row->argument == ROW_ARGUMENT_NEEDED ||
	    row->argument == ROW_ARGUMENT_EITHER) {
		snprintf(line, sizeof(line), "%s %s", tables[i].basis, row->word);
		snprintf(error, sizeof(error), "option %s needs an argument",
			 row->word);
		compat_run_fails(tables[i].program, line, error);
	}
	if (row->argument == ROW_ARGUMENT_NONE && (row->alias || long_word)) {
		snprintf(line, sizeof(line), "%s=1",
			 row->alias ? row->alias : row->word);
		snprintf(error, sizeof(error), "option %s takes no argument",
			 row->alias ? row->alias : row->word);
		compat_run_fails(tables[i].program, line, error);
	}
}

START_TEST(the_basis_of_examples)
{
	compat_run_becomes(tables[_i].program, tables[_i].basis,
			   tables[_i].becomes);
	ck_assert_ptr_eq(table_by_name(tables[_i].program), tables[_i].table);
	ck_assert_ptr_null(table_by_name("tenured"));
}
END_TEST

START_TEST(each_row_becomes_what_its_example_says)
{
	for (size_t at = 0; at < tables[_i].count; at++)
		all_ways(_i, &tables[_i].examples[at]);
}
END_TEST

START_TEST(each_row_has_an_example)
{
	const struct table *table = tables[_i].table;

	ck_assert_uint_eq(table->row_count, tables[_i].count);
	for (size_t row = 0; row < table->row_count; row++) {
		bool found = false;

		for (size_t at = 0; at < tables[_i].count; at++)
			found |= strcmp(table->rows[row].word,
					tables[_i].examples[at].word) == 0;
		if (!found)
			ck_abort_msg("no example of %s", table->rows[row].word);
		ck_assert_ptr_eq(row_of(table, table->rows[row].word),
				 &table->rows[row]);
	}
}
END_TEST

START_TEST(an_argument_is_there_or_it_is_not)
{
	for (size_t at = 0; at < tables[_i].count; at++)
		wrong_ways(_i, &tables[_i].examples[at]);
}
END_TEST

/* ---- what several words mean together -------------------------------------------- */

static const struct {
	const char *program, *line, *becomes;
} lines[] = {
	/* Letters in one word; the rest of it, or the next one, is an argument. */
	{ "udhcpc", "-nqfi lab0", "tenured -n --timeout 9 -f -q -i lab0" },
	{ "udhcpc", "-nqfilab0", "tenured -n --timeout 9 -f -q -i lab0" },
	{ "udhcpc", "-a100 -S", "tenured -i eth0" },
	{ "udhcpc", "--arping=100 --arping", "tenured -i eth0" },
	{ "udhcpc", "-nt1 -T2", "tenured -n --timeout 2 -i eth0" },
	{ "dhcpcd", "-wBt5 lab0", "tenured -f -n --timeout 5" DHCPCD_OF },
	/* Cut short, as long as no other one is meant. */
	{ "udhcpc", "--inter lab0 --pi=/p --qu", "tenured -q -p /p -i lab0" },
	{ "udhcpc", "--request=10.0.0.7", "tenured -r 10.0.0.7 -i eth0" },
	/* Behind the names, and names behind "--". */
	{ "dhclient", "lab0 -1 -cf /dev/null",
	  "tenured -n --timeout 60" DHCLIENT_OF },
	{ "dhclient", "-cf /dev/null -- -1",
	  "tenured -b --timeout 60 -p /run/dhclient.-1.pid -i -1" },
	{ "udhcpc", "-q -- lab0", "tenured -q -i lab0" },
	{ "dhcpcd", "-", "tenured -n --timeout 30 -p /run/dhcpcd/-.pid -i -" },

	/* How long udhcpc asks; 0 is without end, and then nothing is given up. */
	{ "udhcpc", "", "tenured -i eth0" },
	{ "udhcpc", "-b", "tenured -b --timeout 9 -i eth0" },
	{ "udhcpc", "-n -t 0", "tenured -i eth0" },
	{ "udhcpc", "-b -t 4 -T 0", "tenured -b --timeout 4 -i eth0" },
	{ "udhcpc", "-n -b", "tenured -n --timeout 9 -i eth0" },
	{ "udhcpc", "-n -t 65536 -T 65536", "tenured -n --timeout 86400 -i eth0" },
	{ "udhcpc", "-n -t 86400 -T 1", "tenured -n --timeout 86400 -i eth0" },
	/* What is not asked for comes before what is. */
	{ "udhcpc", "-O dns -o",
	  "tenured --no-request-option 121,3,33,6,15,119"
	  " --request-option 6 -i eth0" },
	{ "udhcpc", "-O 0x0f -O 42 -O tftp",
	  "tenured --request-option 15"
	  " --request-option 42 --request-option 66 -i eth0" },
	{ "udhcpc", "-h host1 -F a.example",
	  "tenured --fqdn=both"
	  " --hostname=a.example -i eth0" },
	{ "udhcpc", "-p p -s s",
	  "TENURED_COMPAT_SCRIPT=/tmp/s tenured -p /tmp/p"
	  " --no-configure --no-hooks"
	  " --script SELF -i eth0" },

	/* -x: by the name in its own form, by the number in hex or in quotes. */
	{ "udhcpc", "-x lease:60", "tenured --lease-time=60 -i eth0" },
	{ "udhcpc", "-x 51:0000003c", "tenured --lease-time=60 -i eth0" },
	{ "udhcpc", "-x 0x33:'60'", "tenured --lease-time=60 -i eth0" },
	{ "udhcpc", "-x hostname=host1", "tenured --hostname=host1 -i eth0" },
	{ "udhcpc", "-x 0x0c:686f737431", "tenured --hostname=host1 -i eth0" },
	{ "udhcpc", "-x 12:\"host1\"", "tenured --hostname=host1 -i eth0" },
	{ "udhcpc", "-x vendor:abc", "tenured --vendor-class=abc -i eth0" },
	{ "udhcpc", "-x 60:61:62", "tenured --vendor-class=ab -i eth0" },
	{ "udhcpc", "-x 0x3d:01aabb", "tenured --client-id=01:aa:bb -i eth0" },
	{ "udhcpc", "-x 0x3d:01:aa:bb", "tenured --client-id=01:aa:bb -i eth0" },
	{ "udhcpc", "-x clientid:01aabb", "tenured --client-id=01:aa:bb -i eth0" },
	{ "udhcpc", "-x 61:'ab'", "tenured --client-id=61:62 -i eth0" },
	{ "udhcpc", "-x 14:6162", "tenured --option=14/hex=61:62 -i eth0" },
	{ "udhcpc", "-x 14:\"dump\"", "tenured --option=14/text=dump -i eth0" },
	{ "udhcpc", "-x tftp:host1", "tenured --option=66=host1 -i eth0" },
	{ "udhcpc", "-x ntpsrv:10.0.0.1", "tenured --option=42=10.0.0.1 -i eth0" },

	/* dhclient waits, or it does not. */
	{ "dhclient", "-cf /dev/null -nw -1 lab0",
	  "tenured -n --timeout 60" DHCLIENT_OF },
	{ "dhclient", "-cf /dev/null --timeout 7 -nw lab0",
	  "tenured -b --timeout 1" DHCLIENT_OF },
	{ "dhclient", "-cf /dev/null lab0 lab1",
	  "tenured -b --timeout 60 -p /run/dhclient.all.pid -i lab0 -i lab1" },
	{ "dhclient", "-cf /dev/null",
	  "tenured -b --timeout 60 -p /run/dhclient.all.pid" },
	{ "dhclient", "-cf /dev/null -pf p lab0",
	  "tenured -b --timeout 60 -p /tmp/p -i lab0" },
	{ "dhclient", "-cf /dev/null -lf l lab0",
	  "TENURED_COMPAT_LEASES=/tmp/l tenured"
	  " -b --timeout 60 -p /run/dhclient.lab0.pid"
	  " --script SELF -i lab0" },
	/* Its own script does what tenured does, and true does nothing. */
	{ "dhclient", "-cf /dev/null -sf /sbin/dhclient-script lab0",
	  "tenured" DHCLIENT },
	{ "dhclient", "-cf /dev/null -sf true lab0",
	  "tenured -b --timeout 60"
	  " -p /run/dhclient.lab0.pid --no-configure --no-hooks -i lab0" },
	{ "dhclient", "-cf /dev/null -e IF_METRIC=7 lab0",
	  "tenured --metric 7" DHCLIENT },
	{ "dhclient",
	  "-cf /dev/null -e PEER_DNS=no -e PEER_NTP=no"
	  " -e PEER_ROUTERS=no -e PEER_NIS=no lab0",
	  "tenured --no-dns --no-hook ntp --no-gateway" DHCLIENT },
	{ "dhclient", "-cf /dev/null -e PEER_DNS=yes lab0", "tenured" DHCLIENT },
	{ "dhclient",
	  "-cf /dev/null -e IF_METRIC=7 -e IF_METRIC=8 -e PEER_DNS=yes"
	  " -e PEER_DNS=no lab0",
	  "tenured --metric 7" DHCLIENT },
	{ "dhclient", "-cf /dev/null -R routers,,42 lab0",
	  "tenured --request-option 3 --request-option 42" DHCLIENT },
	{ "dhclient", "-cf /dev/null -C 1:a0:0 lab0",
	  "tenured --client-id=01:a0:00" DHCLIENT },
	{ "dhclient", "-cf /dev/null -C 1:a0:0x lab0",
	  "tenured --client-id=1:a0:0x" DHCLIENT },
	{ "dhclient", "-cf /dev/null -C 1:200 lab0",
	  "tenured --client-id=1:200" DHCLIENT },
	{ "dhclient", "-cf /dev/null -C ab lab0",
	  "tenured --client-id=61:62" DHCLIENT },
	{ "dhclient", "-cf /dev/null -H host1 -F a.example lab0",
	  "tenured --fqdn=both --hostname=a.example" DHCLIENT },
	/* Its end: of whom a pid file is named, or of whoever manages it. */
	{ "dhclient", "-r -pf /run/p lab0",
	  "release, and end the process of /run/p" },
	{ "dhclient", "-x -pf /run/p", "end the process of /run/p" },
	{ "dhclient", "-v -r",
	  "release, and end the process of"
	  " /run/dhclient.*.pid" },

	/* dhcpcd ends without a lease, where somebody waits for one. */
	{ "dhcpcd", "", "tenured -b --timeout 30 -p /run/dhcpcd/pid" },
	{ "dhcpcd", "-t 0 lab0", "tenured" DHCPCD_OF },
	{ "dhcpcd", "-b -t 9 lab0", "tenured -b --timeout 1" DHCPCD_OF },
	{ "dhcpcd", "lab0 lab1",
	  "tenured -n --timeout 30 -p /run/dhcpcd/pid"
	  " -i lab0 -i lab1" },
	{ "dhcpcd", "-c /bin/true lab0",
	  "tenured -n --timeout 30 -p /run/dhcpcd/lab0.pid --no-hooks -i lab0" },
	{ "dhcpcd", "--script= lab0",
	  "tenured -n --timeout 30 -p /run/dhcpcd/lab0.pid --no-hooks -i lab0" },
	{ "dhcpcd", "-4P lab0", "/run/dhcpcd/lab0-4.pid" },
	{ "dhcpcd", "-P", "/run/dhcpcd/pid" },
	/* An argument that is left out. */
	{ "dhcpcd", "--hostname --vendorclassid --request lab0",
	  "tenured" DHCPCD },
	{ "dhcpcd", "-I  lab0",
	  "tenured --client-id=lab0 -b --timeout 30"
	  " -p /run/dhcpcd/pid" },
	{ "dhcpcd", "--clientid= lab0", "tenured --client-id=hwaddr" DHCPCD },
	{ "dhcpcd", "--clientid lab0", "tenured --client-id=hwaddr" DHCPCD },
	{ "dhcpcd", "--fqdn lab0", "tenured --fqdn=both" DHCPCD },
	{ "dhcpcd", "-F none lab0", "tenured --fqdn=none" DHCPCD },
	{ "dhcpcd", "-F disable lab0", "tenured --fqdn=off" DHCPCD },
	{ "dhcpcd", "--inform lab0", "tenured --inform=auto" DHCPCD },
	{ "dhcpcd", "--duid lab0", "tenured --client-id=duid" DHCPCD },
	{ "dhcpcd", "--duid=lt lab0",
	  "tenured --client-id=duid --duid=llt" DHCPCD },
	{ "dhcpcd", "--duid=ll lab0",
	  "tenured --client-id=duid --duid=ll" DHCPCD },
	{ "dhcpcd", "--waitip=4 lab0", "tenured" DHCPCD },
	/* Of hooks those that ours are like. */
	{ "dhcpcd", "-C hostname,,ntp -C yp lab0",
	  "tenured --no-hook hostname --no-hook ntp" DHCPCD },
	{ "dhcpcd",
	  "-o classless_static_routes,,rfc3442-classless-static-routes lab0",
	  "tenured --request-option 121,121" DHCPCD },
};

START_TEST(what_words_mean_together)
{
	ck_assert_int_eq(chdir("/tmp"), 0);
	compat_run_becomes(lines[_i].program, lines[_i].line, lines[_i].becomes);
}
END_TEST

static const struct {
	const char *program, *line, *error;
} errors[] = {
	{ "udhcpc", "-z", "option -z is not known to tenured's udhcpc" },
	{ "udhcpc", "-qz", "option -z is not known to tenured's udhcpc" },
	{ "udhcpc", "--z=1", "option --z=1 is not known to tenured's udhcpc" },
	{ "udhcpc", "--re", "option --re could be several" },
	{ "udhcpc", "lab0 lab1", "one interface alone, by -i; not 'lab1'" },
	{ "udhcpc", "-O nonsense", "-O 'nonsense' is no option of DHCP" },
	{ "udhcpc", "-O 255", "-O '255' is no option of DHCP" },
	{ "udhcpc", "-t -1", "-t '-1' must be a number of at most 86400" },
	{ "udhcpc", "-T 86401", "-T '86401' must be a number of at most 86400" },
	{ "udhcpc", "-p ", "option -p needs an argument" },
	{ "udhcpc", "--pidfile=", "'' must be the path of a file" },
	{ "udhcpc", "-x hostname", "-x 'hostname' must be OPTION:VALUE" },
	{ "udhcpc", "-x nonsense:1", "-x 'nonsense' is no option of DHCP" },
	{ "udhcpc", "-x 14:xy",
	  "-x '14:xy': its value must be hex, or text in quotes of its own" },
	{ "udhcpc", "-x 14:\"",
	  "-x '14:\"': its value must be hex, or text in quotes of its own" },
	{ "udhcpc", "-x 61:",
	  "-x '61:': its value must be hex, or text in quotes of its own" },
	{ "udhcpc", "-x 51:3c", "-x 51: its value must have four octets" },
	{ "udhcpc", "-x 12:0061", "-x 12: its value must be text" },
	{ "dhclient", "-lfx", "option -lfx is not known to tenured's dhclient" },
	{ "dhclient", "-e IF_METRIC", "-e 'IF_METRIC' must be NAME=VALUE" },
	{ "dhclient", "-e =1", "-e '=1' must be NAME=VALUE" },
	{ "dhclient", "-R nonsense", "-R 'nonsense' is no option of DHCP" },
	{ "dhclient", "-r lab0 lab1", "one interface at a time, or -pf FILE" },
	{ "dhclient", "-cf /nonexistent/c",
	  "/nonexistent/c: No such file or directory" },
	{ "dhcpcd", "-k",
	  "one interface has to be named; tenurectl status lists"
	  " them" },
	{ "dhcpcd", "-n lab0 lab1",
	  "one interface has to be named; tenurectl"
	  " status lists them" },
	{ "dhcpcd", "-o 3,nonsense", "-o 'nonsense' is no option of DHCP" },
	{ "dhcpcd", "-F half", "-F 'half' must be none, ptr, both or disable" },
	{ "dhcpcd", "-S 10.0.0.1",
	  "-S '10.0.0.1': tenured sets no static address,"
	  " and overrides options, as in routers=192.0.2.1" },
	{ "dhcpcd", "-S ip_address=10.0.0.1",
	  "-S 'ip_address=10.0.0.1': tenured"
	  " sets no static address, and overrides options, as in"
	  " routers=192.0.2.1" },
	{ "dhcpcd", "--env A", "-e 'A' must be NAME=VALUE" },
};

START_TEST(what_is_wrong_is_named)
{
	compat_run_fails(errors[_i].program, errors[_i].line, errors[_i].error);
}
END_TEST

static char *many(const char *before, const char *word, size_t count)
{
	size_t size = strlen(before) + (strlen(word) + 1) * count + 1;
	char *line = malloc(size);

	ck_assert_ptr_nonnull(line);
	strcpy(line, before);
	while (count--)
		strcat(strcat(line, " "), word);
	return line;
}

/* What there may be, and one more than that. */
START_TEST(there_is_an_end_to_words)
{
	struct compat_run run;

	compat_run_line(&run, "udhcpc",
			many("", "-v", TRANSLATION_WORDS_MAX - 2));
	ck_assert_int_eq(run.code, EXIT_SUCCESS);
	compat_run_fails("udhcpc", many("", "-v", TRANSLATION_WORDS_MAX - 1),
			 "too many options");
	compat_run_fails("udhcpc", many("-o", "-v", TRANSLATION_WORDS_MAX - 2),
			 "too many options");
	compat_run_line(&run, "dhcpcd", many("", "lab0", TRANSLATION_NAMES_MAX));
	ck_assert_int_eq(run.code, EXIT_SUCCESS);
	compat_run_fails("dhcpcd", many("", "lab0", TRANSLATION_NAMES_MAX + 1),
			 "more than 64 interfaces");
}
END_TEST

static int tell_variable(const void *program)
{
	static char *words[] = { (char *)"-e",	 (char *)"X=1",	 (char *)"-e",
				 (char *)"XY=3", (char *)"-e",	 (char *)"X=2",
				 (char *)"-4",	 (char *)"lab0", NULL };
	struct translation t = { .act = TRANSLATION_RUN };

	setenv("X", "0", 1);
	table_translate(table_by_name(program), words, &t);
	puts(getenv("X"));
	return 0;
}

/* As scripts have it that are of a shell, whichever the environment has. */
START_TEST(which_of_two_values_a_variable_has)
{
	struct compat_run run;

	compat_run(&run, tell_variable, "dhclient");
	ck_assert_str_eq(run.text, "1\n");
	compat_run(&run, tell_variable, "dhcpcd");
	ck_assert_str_eq(run.text, "2\n");
}
END_TEST

static int print_table(const void *table)
{
	table_print(table);
	return 0;
}

START_TEST(help_has_each_row)
{
	const struct table *table = tables[_i].table;
	struct compat_run run;

	compat_run(&run, print_table, table);
	for (size_t i = 0; i < table->row_count; i++) {
		ck_assert_ptr_nonnull(strstr(run.text, table->rows[i].word));
		ck_assert_ptr_nonnull(strstr(run.text, table->rows[i].text));
	}
	ck_assert_ptr_nonnull(strstr(run.text, "nothing: tenured"));
	ck_assert_ptr_nonnull(strstr(run.text, "an error: tenured"));
}
END_TEST

Suite *test_compat_table_suite(void)
{
	Suite *suite = suite_create("compat_table");
	TCase *rows = tcase_create("rows");
	TCase *words = tcase_create("words");
	int count = ARRAY_SIZE(tables);

	/* A process for each of some hundred command lines. */
	tcase_set_timeout(rows, 60);
	tcase_add_loop_test(rows, the_basis_of_examples, 0, count);
	tcase_add_loop_test(rows, each_row_becomes_what_its_example_says, 0,
			    count);
	tcase_add_loop_test(rows, each_row_has_an_example, 0, count);
	tcase_add_loop_test(rows, an_argument_is_there_or_it_is_not, 0, count);
	tcase_add_loop_test(rows, help_has_each_row, 0, count);
	suite_add_tcase(suite, rows);
	tcase_add_loop_test(words, what_words_mean_together, 0,
			    (int)ARRAY_SIZE(lines));
	tcase_add_loop_test(words, what_is_wrong_is_named, 0,
			    (int)ARRAY_SIZE(errors));
	tcase_add_test(words, there_is_an_end_to_words);
	tcase_add_test(words, which_of_two_values_a_variable_has);
	suite_add_tcase(suite, words);
	return suite;
}
