/* SPDX-License-Identifier: BSD-2-Clause */
/* Who manages an interface besides us, on a host that is made of files. */
#include "host/rivals.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_rivals_suite(void);

#define IFINDEX 77 /* of eth0, where it matters */

static char proc[64], run[64];
static struct rival rival;

/* Makes all directories above a file, and the file. */
static void put(const char *directory, const char *name, const char *text,
		size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, size, f), size);
	fclose(f);
}

/* The process sees the network that we see. */
static void share_network(const char *pid)
{
	char ours[128], its[128];

	snprintf(ours, sizeof(ours), "%s/self/net/dev", proc);
	snprintf(its, sizeof(its), "%s/%s/net/dev", proc, pid);
	CHECK(unlink(its) == 0 && link(ours, its) == 0);
}

/* A process with these words, an "|" between two. */
static void make_process(const char *pid, const char *comm, const char *words)
{
	char name[64], text[512];
	size_t size = strlen(words) + 1;

	snprintf(name, sizeof(name), "%s/comm", pid);
	snprintf(text, sizeof(text), "%s\n", comm);
	put(proc, name, text, strlen(text));
	for (size_t i = 0; i < size; i++)
		text[i] = words[i] == '|' ? '\0' : words[i];
	snprintf(name, sizeof(name), "%s/cmdline", pid);
	put(proc, name, text, *words ? size : 0);
	snprintf(name, sizeof(name), "%s/net/dev", pid);
	put(proc, name, "", 0);
	share_network(pid);
}

/* The same, with a file that has its pid. */
static void run_process(const char *pid, const char *comm, const char *words)
{
	char name[64], text[16];

	make_process(pid, comm, words);
	snprintf(name, sizeof(name), "%s.%s.pid",
		 strcmp(comm, "busybox") == 0 ? "udhcpc" : comm, pid);
	snprintf(text, sizeof(text), "%s\n", pid);
	put(run, name, text, strlen(text));
}

static void set_up(void)
{
	scratch_open();
	snprintf(proc, sizeof(proc), "%s", scratch_path("proc"));
	snprintf(run, sizeof(run), "%s", scratch_path("run"));
	put(proc, "self/net/dev", "", 0);
	make_process("1", "init", "/sbin/init");
}

static void tear_down(void)
{
	scratch_close();
}

/* Looks for who manages an interface; NULL: nobody does. */
static const char *who(const char *ifname)
{
	const struct rivals_place place = { proc, run };
	struct rivals *rivals;
	bool found;

	ck_assert_int_eq(rivals_open(&rivals, &place), 0);
	found = rivals_find(rivals, ifname, IFINDEX, &rival);
	rivals_close(rivals);
	return found ? rival.name : NULL;
}

START_TEST(nobody)
{
	const struct rivals_place nowhere = { "/nonexistent", "/nonexistent" };
	struct rivals *rivals;

	ck_assert_pstr_eq(who("eth0"), NULL);
	ck_assert_int_eq(rivals_open(&rivals, &nowhere), 0);
	ck_assert(!rivals_find(rivals, "eth0", IFINDEX, &rival));
	rivals_close(rivals);
}
END_TEST

/* lo is an interface of every host; eth0 and eth1 need not be. */
static const struct {
	const char *comm, *words, *ifname, *name;
} lines[] = {
	{ "dhclient", "dhclient|lo", "lo", "dhclient" },
	{ "dhclient", "dhclient|lo", "eth0", NULL },
	{ "dhclient", "dhclient|-pf|/run/dhclient.pid", "eth0", "dhclient" },
	{ "dhclient", "dhclient", "eth0", "dhclient" },
	{ "dhclient", "dhclient|-6|eth0", "eth0", NULL },
	{ "dhclient",
	  "/sbin/dhclient|-4|-v|-i|-pf|/run/dhclient.eth0.pid|-lf|"
	  "/var/lib/dhcp/dhclient.eth0.leases|-I|eth0",
	  "eth0", "dhclient" },
	{ "udhcpc", "udhcpc|-b|-i|eth1", "eth1", "udhcpc" },
	{ "udhcpc", "udhcpc|-b|-i|eth1", "eth0", NULL },
	{ "udhcpc", "udhcpc|-ieth1|-b", "eth1", "udhcpc" },
	{ "udhcpc", "udhcpc|--interface|eth1", "eth1", "udhcpc" },
	{ "udhcpc", "udhcpc|--interface=eth1", "eth1", "udhcpc" },
	{ "udhcpc", "udhcpc|--interface=eth1", "eth0", NULL },
	{ "udhcpc", "udhcpc|-b", "eth0", "udhcpc" },
	{ "udhcpc", "udhcpc|-b", "eth1", NULL },
	{ "udhcpc", "udhcpc|-b|-i", "eth1", NULL },
	{ "busybox", "busybox|udhcpc|-i|eth1", "eth1", "udhcpc" },
	{ "busybox", "busybox|udhcpc", "eth0", "udhcpc" },
	{ "busybox", "busybox|sleep|eth0", "eth0", NULL },
	{ "busybox", "busybox", "eth0", NULL },
	{ "dhcpcd", "dhcpcd: eth0 [ip4] [ip6]    ", "eth0", "dhcpcd" },
	{ "dhcpcd", "dhcpcd: eth0 [ip4]", "eth1", NULL },
	{ "dhcpcd", "dhcpcd: eth0 [ip6]", "eth0", NULL },
	{ "dhcpcd", "dhcpcd: [manager] [ip4] [ip6]", "eth1", "dhcpcd" },
	{ "dhcpcd", "dhcpcd: [master] [ip4] [ip6]", "eth1", "dhcpcd" },
	{ "dhcpcd", "dhcpcd: [manager] [ip6]", "eth1", NULL },
	{ "dhcpcd", "dhcpcd: [privileged proxy] eth0 [ip4]", "eth0", NULL },
	{ "dhcpcd", "dhcpcd: [BPF BOOTP] eth0", "eth0", NULL },
	{ "dhcpcd", "dhcpcd: ", "eth0", NULL },
	{ "dhcpcd", "dhcpcd|-q|-b", "eth1", "dhcpcd" },
	{ "dhcpcd", "dhcpcd|-q|lo", "eth1", NULL },
	{ "dhclient", "", "eth0", NULL }, /* it has ended */
	{ "dhclient6", "dhclient6|eth0", "eth0", NULL },
};

START_TEST(by_its_command_line)
{
	run_process("4321", lines[_i].comm, lines[_i].words);
	ck_assert_pstr_eq(who(lines[_i].ifname), lines[_i].name);
	if (lines[_i].name)
		ck_assert_int_eq(rival.pid, 4321);
}
END_TEST

START_TEST(networkd)
{
	static const struct {
		const char *state;
		bool managed;
	} states[] = {
		{ "pending", false },	  { "initialized", false },
		{ "configuring", true },  { "configured", true },
		{ "unmanaged", false },	  { "failed", false },
		{ "configured2", false },
	};
	char text[128];

	/* The files stay behind when it ends. */
	if (_i)
		make_process("5", "systemd-network",
			     "/usr/lib/systemd/systemd-networkd");
	ck_assert_pstr_eq(who("eth0"), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		snprintf(text, sizeof(text),
			 "# This is private data. Do not parse.\n"
			 "ADMIN_STATE=%s\nOPER_STATE=routable\n",
			 states[i].state);
		put(run, "systemd/netif/links/77", text, strlen(text));
		ck_assert_pstr_eq(who("eth0"), states[i].managed && _i
						       ? "systemd-networkd"
						       : NULL);
	}
}
END_TEST

START_TEST(networkmanager)
{
	static const char managed[] = "[device]\nmanaged=true\nnm-owned=0\n";
	static const char left[] = "[device]\nmanaged=false\nnm-owned=0\n";

	put(run, "NetworkManager/devices/77", managed, strlen(managed));
	ck_assert_pstr_eq(who("eth0"), NULL);
	run_process("6", "NetworkManager",
		    "/usr/sbin/NetworkManager|--no-daemon");
	ck_assert_pstr_eq(who("eth0"), "NetworkManager");
	ck_assert_int_eq(rival.pid, 6);
	put(run, "NetworkManager/devices/77", left, strlen(left));
	ck_assert_pstr_eq(who("eth0"), NULL);
}
END_TEST

/* What runs in a container has its own eth0. */
START_TEST(of_another_namespace)
{
	char path[128];

	run_process("7", "dhclient", "dhclient|eth0");
	ck_assert_pstr_eq(who("eth0"), "dhclient");
	snprintf(path, sizeof(path), "%s/7/net/dev", proc);
	CHECK(unlink(path) == 0);
	ck_assert_pstr_eq(who("eth0"), NULL);
	put(proc, "7/net/dev", "", 0);
	ck_assert_pstr_eq(who("eth0"), NULL);
	/* Without a /proc of ours nobody can tell. */
	snprintf(path, sizeof(path), "%s/self/net/dev", proc);
	CHECK(unlink(path) == 0);
	ck_assert_pstr_eq(who("eth0"), "dhclient");
}
END_TEST

/* Where each of them writes its pid, and what else may be in such a file. */
static const struct {
	const char *file, *text;
	bool found;
} files[] = {
	{ "dhclient.pid", "4321", true },
	{ "dhclient.pid", "4321\n", true },
	{ "dhclient.eth0.pid", "4321\n", true },
	{ "dhclient-eth0.pid", "4321\n", true },
	{ "dhcpcd/pid", "4321\n", true },
	{ "dhcpcd/eth0-4.pid", "4321\n", true },
	{ "dhclient.pid", "", false },
	{ "dhclient.pid", "\n", false },
	{ "dhclient.pid", "4322\n", false },
	{ "dhclient.pid", "../4321\n", false },
	{ "dhclient.pid", "1\n", false }, /* it was a dhclient's once */
	{ "dhclient.leases", "4321\n", false },
	{ "sshd.pid", "4321\n", false },
	{ "other/dhclient.pid", "4321\n", false },
};

START_TEST(by_its_file)
{
	make_process("4321", "dhclient", "dhclient|eth0");
	put(run, files[_i].file, files[_i].text, strlen(files[_i].text));
	ck_assert_pstr_eq(who("eth0"), files[_i].found ? "dhclient" : NULL);
}
END_TEST

START_TEST(several_processes)
{
	run_process("10", "dhclient", "dhclient|lo");
	run_process("11", "udhcpc", "udhcpc|-i|eth1");
	run_process("12", "bash", "dhclient|eth2");
	ck_assert_pstr_eq(who("eth1"), "udhcpc");
	ck_assert_pstr_eq(who("lo"), "dhclient");
	ck_assert_pstr_eq(who("eth2"), NULL);
}
END_TEST

Suite *test_rivals_suite(void)
{
	Suite *suite = suite_create("rivals");
	TCase *tests = tcase_create("rivals");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, nobody);
	tcase_add_loop_test(tests, by_its_command_line, 0, ARRAY_SIZE(lines));
	tcase_add_loop_test(tests, by_its_file, 0, ARRAY_SIZE(files));
	tcase_add_loop_test(tests, networkd, 0, 2);
	tcase_add_test(tests, networkmanager);
	tcase_add_test(tests, of_another_namespace);
	tcase_add_test(tests, several_processes);
	suite_add_tcase(suite, tests);
	return suite;
}
