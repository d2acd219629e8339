/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: every option and key, every error with its message and its
 * code. What a file says is test_config.c's.
 */
#include <check.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <config.h>

#include "base/assert.h"
#include "daemon/config.h"
#include "daemon/keys.h"
#include "daemon/log.h"
#include "daemon/sent.h"
#include "unit/settings_run.h"

Suite *test_settings_suite(void);

/* Option 60 of an interface as text. */
static const char *vendor_class_of(size_t i)
{
	static char text[DHCP4_ENCODED_SIZE + 1];
	struct option_value value = { 0 };

	if (encoded_get(&run_iface(i)->sent->options, 60, &value))
		memcpy(text, value.bytes, value.size);
	text[value.size] = '\0';
	return text;
}

/* ---- the command line ------------------------------------------------ */

START_TEST(without_arguments_the_defaults_hold)
{
	RUN_BARE();
	expect_ok();
	ck_assert(!settings.foreground && !settings.background);
	ck_assert(!settings.fail_now && !settings.quit);
	ck_assert(!settings.release_on_exit);
	ck_assert_uint_eq(settings.verbosity, 0);
	ck_assert_uint_eq(settings.timeout_s, 30);
	ck_assert_uint_eq(settings.record_kib, 256);
	ck_assert_ptr_null(settings.pid_file);
	ck_assert_ptr_null(settings.instance);
	ck_assert_ptr_null(settings.user);
	ck_assert_ptr_null(settings.run_dir);
	ck_assert_ptr_null(settings.state_dir);
	ck_assert_uint_eq(run_iface_count(), 1);
	ck_assert_str_eq(run_name(0), "eth0");
	ck_assert_uint_eq(run_iface(0)->sent->client_id.size, 0);
	ck_assert_str_eq(vendor_class_of(0), "");
	ck_assert_uint_eq(run_iface(0)->requested_address, 0);
	ck_assert_uint_eq(run_iface(0)->metric, SETTINGS_METRIC_DEFAULT);
	ck_assert(run_iface(0)->gateway && run_iface(0)->configure);
	ck_assert(run_iface(0)->classless_routes);
	ck_assert_int_eq(run_iface(0)->broadcast, DHCP4_BROADCAST_AUTO);
	ck_assert(!run_iface(0)->bootp);
}
END_TEST

START_TEST(flags_by_letter_and_by_name)
{
	RUN("-f", "-n", "-q", "-v");
	expect_ok();
	ck_assert(settings.foreground && settings.fail_now && settings.quit);
	ck_assert_uint_eq(settings.verbosity, 1);
	RUN("--foreground", "--now", "--quit", "--verbose", "-v");
	expect_ok();
	ck_assert(settings.foreground && settings.fail_now && settings.quit);
	ck_assert_uint_eq(settings.verbosity, 2);
	RUN("-bRvvvv");
	expect_ok();
	ck_assert(settings.background && settings.release_on_exit);
	ck_assert_uint_eq(settings.verbosity, SETTINGS_VERBOSITY_MAX);
	RUN("--background", "--release-on-exit");
	expect_ok();
	ck_assert(settings.background && settings.release_on_exit);
	RUN("--no-gateway", "--no-configure", "--no-classless-routes",
	    "--broadcast", "--bootp", "--acd=off");
	expect_ok();
	ck_assert(!run_iface(0)->gateway);
	ck_assert(!run_iface(0)->classless_routes);
	ck_assert(!run_iface(0)->configure);
	ck_assert_int_eq(run_iface(0)->broadcast, DHCP4_BROADCAST_YES);
	ck_assert(run_iface(0)->bootp);
}
END_TEST

START_TEST(how_an_address_is_got)
{
	static const struct {
		const char *option;
		enum dhcp4_broadcast broadcast;
	} flags[] = {
		{ "--broadcast", DHCP4_BROADCAST_YES },
		{ "--broadcast=yes", DHCP4_BROADCAST_YES },
		{ "--broadcast=no", DHCP4_BROADCAST_NO },
		{ "--broadcast=auto", DHCP4_BROADCAST_AUTO },
	};
	const struct iface_settings *s;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		RUN(flags[i].option, "a");
		expect_ok();
		ck_assert_int_eq(run_iface(0)->broadcast, flags[i].broadcast);
		ck_assert_str_eq(run_name(0), "a");
	}
	s = run_iface(0);
	ck_assert(!s->rapid_commit && !s->v6only && !s->auto_configure);
	ck_assert(!s->offer_window_ms && !s->subnet);
	ck_assert(!s->allow_servers.count && !s->deny_servers.count);
	ck_assert_int_eq(s->server_pin, SERVER_PIN_OFF);
	ck_assert_int_eq(s->renew_changes, RENEW_CHANGES_APPLY);
	RUN("--server-pin=learn", "--renew-changes", "hold");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->server_pin, SERVER_PIN_LEARN);
	ck_assert_int_eq(run_iface(0)->renew_changes, RENEW_CHANGES_HOLD);
	use_text("server-pin = strict\n[a]\nserver-pin = off\n[b]\n");
	RUN_BARE();
	expect_ok();
	ck_assert_int_eq(run_iface(0)->server_pin, SERVER_PIN_OFF);
	ck_assert_int_eq(run_iface(1)->server_pin, SERVER_PIN_STRICT);
	use_text("");
	RUN("--rapid-commit=on", "--ipv6-only", "--auto-configure",
	    "--offer-window=10000", "--subnet=10.1.0.0/16");
	expect_ok();
	s = run_iface(0);
	ck_assert(s->rapid_commit && s->v6only && s->auto_configure);
	ck_assert_uint_eq(s->offer_window_ms, 10000);
	ck_assert_uint_eq(s->subnet, 0x0a010000);
	use_text("rapid-commit = off\nipv6-only = no\nsubnet = 10.1.2.0\n");
	RUN("--rapid-commit", "on");
	expect_ok();
	s = run_iface(0);
	ck_assert(s->rapid_commit && !s->v6only);
	ck_assert_uint_eq(s->subnet, 0x0a010200);
}
END_TEST

START_TEST(lists_of_servers)
{
	const struct dhcp4_server_list *list;

	RUN("--allow-server", "10.0.0.1, 10.1.0.0/16,,0.0.0.0/0",
	    "--deny-server=1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,"
	    "1.1.1.7,1.1.1.8");
	expect_ok();
	list = &run_iface(0)->allow_servers;
	ck_assert_uint_eq(list->count, 3);
	ck_assert_uint_eq(list->rules[0].address, 0x0a000001);
	ck_assert_uint_eq(list->rules[0].length, 32);
	ck_assert_uint_eq(list->rules[1].address, 0x0a010000);
	ck_assert_uint_eq(list->rules[1].length, 16);
	ck_assert_uint_eq(list->rules[2].length, 0);
	list = &run_iface(0)->deny_servers;
	ck_assert_uint_eq(list->count, 8);
	ck_assert_uint_eq(list->rules[7].address, 0x01010108);
	RUN("--deny-server=");
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->deny_servers.count, 0);
}
END_TEST

#define SERVERS_EXPECTED \
	" must be addresses of servers or prefixes, with commas between them, " \
	"as in 192.0.2.1,198.51.100.0/24"
#define SUBNET_EXPECTED \
	" must be the address of a subnet, as in 192.0.2.0 or 192.0.2.0/24"

static const struct {
	const char *option, *message;
} unmeant[] = {
	{ "--broadcast=maybe", "--broadcast 'maybe' must be auto, yes or no" },
	{ "--rapid-commit=yes", "--rapid-commit 'yes' must be on or off" },
	{ "--offer-window=10001",
	  "--offer-window '10001' must be a number of milliseconds from 0 (the "
	  "default: the first offer is taken) to 10000" },
	{ "--deny-server=10.0.0.1/24",
	  "--deny-server '10.0.0.1/24'" SERVERS_EXPECTED },
	{ "--deny-server=10.0.0.0/33",
	  "--deny-server '10.0.0.0/33'" SERVERS_EXPECTED },
	{ "--allow-server=host", "--allow-server 'host'" SERVERS_EXPECTED },
	{ "--allow-server=100.100.100.100/320",
	  "--allow-server '100.100.100.100/320'" SERVERS_EXPECTED },
	{ "--allow-server=1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
	  "1.1.1.1 1.1.1.1 1.1.1.1",
	  "--allow-server '1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
	  "1.1.1.1 1.1.1.1 ' names more than 8 servers; a prefix, as in "
	  "192.0.2.0/24, stands for many" },
	{ "--server-pin=on", "--server-pin 'on' must be off, learn or strict" },
	{ "--renew-changes=no", "--renew-changes 'no' must be apply or hold" },
	{ "--subnet=0.0.0.0", "--subnet '0.0.0.0'" SUBNET_EXPECTED },
	{ "--subnet=10.0.0.1/24", "--subnet '10.0.0.1/24'" SUBNET_EXPECTED },
	{ "--subnet=ten", "--subnet 'ten'" SUBNET_EXPECTED },
};

START_TEST(what_cannot_be_meant_is_refused)
{
	RUN(unmeant[_i].option);
	expect_failure(EXIT_CODE_USAGE, unmeant[_i].message);
}
END_TEST

START_TEST(conflict_detection)
{
	static const struct {
		const char *option;
		enum acd_mode mode;
	} modes[] = {
		{ "--acd=off", ACD_MODE_OFF },
		{ "--acd=strict", ACD_MODE_STRICT },
		{ "--acd=fast", ACD_MODE_FAST },
		{ "--acd=optimistic", ACD_MODE_OPTIMISTIC },
	};
	static const struct {
		const char *option;
		enum acd_defence defence;
	} defences[] = {
		{ "--acd-defence=never", ACD_DEFENCE_NEVER },
		{ "--acd-defence=once", ACD_DEFENCE_ONCE },
		{ "--acd-defence=always", ACD_DEFENCE_ALWAYS },
	};

	RUN("a");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->acd, ACD_MODE_FAST);
	ck_assert_int_eq(run_iface(0)->acd_defence, ACD_DEFENCE_ONCE);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		RUN(modes[i].option);
		expect_ok();
		ck_assert_int_eq(run_iface(0)->acd, modes[i].mode);
	}
	ck_assert_int_eq(run_iface(0)->address_removed, DHCP4_REMOVAL_RESTORE);
	RUN("--address-removed=release");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->address_removed, DHCP4_REMOVAL_RELEASE);
	RUN("--address-removed=restore");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->address_removed, DHCP4_REMOVAL_RESTORE);
	for (size_t i = 0; i < ARRAY_SIZE(defences); i++) {
		RUN(defences[i].option);
		expect_ok();
		ck_assert_int_eq(run_iface(0)->acd_defence, defences[i].defence);
	}
}
END_TEST

START_TEST(links_and_routes)
{
	const struct iface_settings *iface;
	const struct route_policy *policy;

	RUN("a");
	expect_ok();
	iface = run_iface(0);
	ck_assert(iface->route_policy.all);
	ck_assert_uint_eq(iface->table, SETTINGS_TABLE_DEFAULT);
	ck_assert(!iface->mtu && iface->mtu_min == 576 && iface->dscp == 48);
	ck_assert(!iface->inform.own && !iface->inform.address);
	RUN("--mtu", "--mtu-min=328", "--dscp=0", "--table", "4294967294",
	    "--route-policy=default-only", "--inform", "192.0.2.7",
	    "--inform-server=192.0.2.1");
	expect_ok();
	iface = run_iface(0);
	ck_assert(iface->mtu && iface->mtu_min == 328 && iface->dscp == 0);
	ck_assert_uint_eq(iface->table, UINT32_MAX - 1);
	ck_assert(!iface->route_policy.all && iface->route_policy.ways);
	ck_assert_uint_eq(iface->route_policy.count, 1);
	ck_assert_uint_eq(iface->inform.address, 0xc0000207);
	ck_assert_uint_eq(iface->inform.server, 0xc0000201);
	use_text("mtu = yes\n"
		 "dscp = 63\n"
		 "[a]\n"
		 "mtu = no\n"
		 "mtu-min = 65535\n"
		 "route-policy = none\n"
		 "table = main\n"
		 "inform = auto\n"
		 "[b]\n"
		 "table = auto\n"
		 "shadow-guard = on\n"
		 "route-policy = 10.0.0.0/8, 0.0.0.0/0,192.0.2.1\n");
	RUN_BARE();
	expect_ok();
	iface = run_iface(0);
	ck_assert(!iface->mtu && iface->mtu_min == 65535 && iface->dscp == 63);
	ck_assert(!iface->route_policy.all && !iface->route_policy.ways);
	ck_assert_uint_eq(iface->route_policy.count, 0);
	ck_assert_int_eq(iface->shadow_guard, SHADOW_GUARD_REPORT);
	ck_assert_int_eq(run_iface(1)->shadow_guard, SHADOW_GUARD_ON);
	ck_assert_uint_eq(run_iface(1)->table, SETTINGS_TABLE_AUTO);
	policy = &run_iface(1)->route_policy;
	ck_assert(!policy->all && !policy->ways);
	ck_assert_uint_eq(policy->count, 3);
	ck_assert_uint_eq(policy->prefixes[0].address, 0x0a000000);
	ck_assert_uint_eq(policy->prefixes[0].length, 8);
	ck_assert_uint_eq(policy->prefixes[1].length, 0);
	ck_assert_uint_eq(policy->prefixes[2].address, 0xc0000201);
	ck_assert_uint_eq(policy->prefixes[2].length, 32);
	ck_assert_uint_eq(iface->table, 254);
	ck_assert(iface->inform.own && !iface->inform.address);
	ck_assert(run_iface(1)->mtu && !run_iface(1)->inform.own);
}
END_TEST

START_TEST(fallbacks)
{
	const struct fallback_config *fallback;

	RUN("a");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->fallback.mode, FALLBACK_MODE_OFF);
	RUN("--fallback=link-local");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->fallback.mode, FALLBACK_MODE_LINKLOCAL);
	RUN("--fallback=link-local-always");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->fallback.mode, FALLBACK_MODE_ALWAYS);
	RUN("--fallback", "192.0.2.7/24,192.0.2.1");
	expect_ok();
	fallback = &run_iface(0)->fallback;
	ck_assert_int_eq(fallback->mode, FALLBACK_MODE_STATIC);
	ck_assert_uint_eq(fallback->address, 0xc0000207);
	ck_assert_uint_eq(fallback->prefix_length, 24);
	ck_assert_uint_eq(fallback->gateway, 0xc0000201);
	use_text("fallback = 192.0.2.7/32\n[a]\n[b]\nfallback = none\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->fallback.prefix_length, 32);
	ck_assert_uint_eq(run_iface(0)->fallback.gateway, 0);
	ck_assert_int_eq(run_iface(1)->fallback.mode, FALLBACK_MODE_OFF);
	ck_assert_uint_eq(run_iface(1)->fallback.address, 0);
}
END_TEST

/* Nobody would be there to take the address back. */
START_TEST(who_quits_is_no_optimist)
{
	use_text("acd = optimistic\n"
		 "[a]\n"
		 "acd = strict\n");
	RUN("-q", "a", "b");
	expect_ok();
	ck_assert_int_eq(run_iface(0)->acd, ACD_MODE_STRICT);
	ck_assert_int_eq(run_iface(1)->acd, ACD_MODE_FAST);
	RUN("a", "b");
	expect_ok();
	ck_assert_int_eq(run_iface(1)->acd, ACD_MODE_OPTIMISTIC);
}
END_TEST

START_TEST(texts_and_numbers)
{
	RUN("-p", "run.pid", "--timeout", "86400", "--metric=4294967295");
	expect_ok();
	ck_assert_str_eq(settings.pid_file, "run.pid");
	ck_assert_uint_eq(settings.timeout_s, 86400);
	ck_assert_uint_eq(run_iface(0)->metric, UINT32_MAX);
	RUN("--pidfile=/run/a", "--timeout=1", "--metric=0", "--instance=a.b-1",
	    "--user=65534:100", "--run-dir=/r", "--state-dir", "/s");
	expect_ok();
	ck_assert_str_eq(settings.pid_file, "/run/a");
	ck_assert_uint_eq(settings.timeout_s, 1);
	ck_assert_uint_eq(run_iface(0)->metric, 0);
	ck_assert_str_eq(settings.instance, "a.b-1");
	ck_assert_str_eq(settings.user, "65534:100");
	ck_assert_str_eq(settings.run_dir, "/r");
	ck_assert_str_eq(settings.state_dir, "/s");
	RUN("--user", "_tenured", "--user", "nobody");
	expect_ok();
	ck_assert_str_eq(settings.user, "nobody");
	RUN("--user", "0");
	expect_ok();
	ck_assert_str_eq(settings.user, "0");
	RUN("--record-size", "16");
	expect_ok();
	ck_assert_uint_eq(settings.record_kib, 16);
	RUN("--record-size=16384");
	expect_ok();
	ck_assert_uint_eq(settings.record_kib, 16384);
	RUN("--record-size=0");
	expect_ok();
	ck_assert_uint_eq(settings.record_kib, 0);
	ck_assert(!settings.sandbox_required);
	RUN("--sandbox", "required");
	expect_ok();
	ck_assert(settings.sandbox_required);
	RUN("--sandbox=best-effort");
	expect_ok();
	ck_assert(!settings.sandbox_required);
}
END_TEST

START_TEST(who_is_told_and_who_may_tell)
{
	RUN_BARE();
	expect_ok();
	ck_assert_int_eq(settings.log_level, LOG_LEVEL_NOTICE);
	ck_assert_int_eq(settings.ready_fd, -1);
	ck_assert_ptr_null(settings.control_group);
	RUN("--log-level=error", "--ready-fd", "3", "--control-group=0");
	expect_ok();
	ck_assert_int_eq(settings.log_level, LOG_LEVEL_ERROR);
	ck_assert_int_eq(settings.ready_fd, 3);
	ck_assert_str_eq(settings.control_group, "0");
	use_text("log-level = debug\ncontrol-group = netdev\n");
	RUN("-v");
	expect_ok();
	ck_assert_int_eq(settings.log_level, LOG_LEVEL_DEBUG);
	ck_assert_uint_eq(settings.verbosity, 1);
	ck_assert_str_eq(settings.control_group, "netdev");
}
END_TEST

START_TEST(hooks_and_the_resolver)
{
	RUN("eth0");
	expect_ok();
	ck_assert(settings.hooks && run_iface(0)->dns);
	ck_assert_uint_eq(settings.hook_timeout_s, 10);
	ck_assert_ptr_null(settings.hook_dir);
	ck_assert_ptr_null(settings.hooks_skipped);
	RUN("--no-hooks", "--no-dns", "--hook-dir=/h", "--hook-timeout=600",
	    "--no-hook", "resolv,50-ntp", "--no-hook=x_y", "--script=/a/b");
	expect_ok();
	ck_assert_str_eq(settings.script, "/a/b");
	ck_assert(!settings.hooks && !run_iface(0)->dns);
	ck_assert_uint_eq(settings.hook_timeout_s, 600);
	ck_assert_str_eq(settings.hook_dir, "/h");
	ck_assert_str_eq(settings.hooks_skipped, "resolv,50-ntp,x_y");
	use_text("hooks = no\n"
		 "hook-timeout = 1\n"
		 "hook-dir = /etc/hooks\n"
		 "no-hook = resolv\n"
		 "dns = no\n"
		 "[eth1]\n"
		 "dns = yes\n");
	RUN("eth0", "eth1");
	expect_ok();
	ck_assert(!settings.hooks);
	ck_assert_uint_eq(settings.hook_timeout_s, 1);
	ck_assert_str_eq(settings.hook_dir, "/etc/hooks");
	ck_assert_str_eq(settings.hooks_skipped, "resolv");
	ck_assert(!run_iface(0)->dns && run_iface(1)->dns);
}
END_TEST

START_TEST(interfaces_are_named_both_ways_once)
{
	RUN("-i", "a", "b", "--interface=c", "a", "--", "-d", "b");
	expect_ok();
	ck_assert_uint_eq(run_iface_count(), 4);
	ck_assert_str_eq(run_name(0), "a");
	ck_assert_str_eq(run_name(1), "c");
	ck_assert_str_eq(run_name(2), "b");
	ck_assert_str_eq(run_name(3), "-d");
	RUN("eth0.100", "abcdefghijklmno", "7a");
	expect_ok();
	ck_assert_uint_eq(run_iface_count(), 3);
}
END_TEST

START_TEST(options_are_for_all_interfaces)
{
	RUN("-h", "box", "--metric=5", "a", "b");
	expect_ok();
	for (size_t i = 0; i < 2; i++) {
		ck_assert_str_eq(run_iface(i)->sent->hostname, "box");
		ck_assert_uint_eq(run_iface(i)->metric, 5);
	}
}
END_TEST

/* Covers: 2132-9.14-02 */
START_TEST(client_id_is_hex_or_text)
{
	static const uint8_t hex[] = { 1, 0x52, 0x54, 0, 0x12, 0x34, 0xaB };
	const struct client_id *id;
	char text[DHCP4_CLIENT_ID_MAX + 1];

	RUN("-c", "01:52:54:00:12:34:aB");
	expect_ok();
	id = &run_iface(0)->sent->client_id;
	ck_assert_uint_eq(id->size, sizeof(hex));
	ck_assert_mem_eq(id->bytes, hex, sizeof(hex));
	RUN("--client-id=abc");
	expect_ok();
	id = &run_iface(0)->sent->client_id;
	ck_assert_uint_eq(id->size, 4);
	ck_assert_mem_eq(id->bytes, "\0abc", 4);
	RUN("--clientid", "0152");
	expect_ok();
	id = &run_iface(0)->sent->client_id;
	ck_assert_uint_eq(id->size, 5);
	ck_assert_mem_eq(id->bytes, "\0000152", 5);
	memset(text, 'x', sizeof(text));
	text[DHCP4_CLIENT_ID_MAX - 1] = '\0';
	RUN("-c", text);
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->sent->client_id.size,
			  DHCP4_CLIENT_ID_MAX);
	text[DHCP4_CLIENT_ID_MAX - 1] = 'x';
	text[DHCP4_CLIENT_ID_MAX] = '\0';
	RUN("-c", text);
	ck_assert_int_eq(result, SETTINGS_FAILED);
}
END_TEST

START_TEST(client_id_in_hex_has_its_limit)
{
	char text[3 * DHCP4_CLIENT_ID_MAX + 3];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 3 == 2 ? ':' : 'a';
	text[3 * DHCP4_CLIENT_ID_MAX - 1] = '\0';
	RUN("-c", text);
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->sent->client_id.size,
			  DHCP4_CLIENT_ID_MAX);
	text[3 * DHCP4_CLIENT_ID_MAX - 1] = ':';
	text[sizeof(text) - 1] = '\0';
	RUN("-c", text);
	ck_assert_int_eq(result, SETTINGS_FAILED);
	ck_assert_int_eq((int)code, EXIT_CODE_USAGE);
}
END_TEST

START_TEST(hostname_may_be_empty_or_end_in_a_dot)
{
	char name[DHCP4_HOSTNAME_MAX + 3];

	RUN("-H", "my-host.example.org.");
	expect_ok();
	ck_assert_str_eq(run_iface(0)->sent->hostname, "my-host.example.org");
	RUN("-h", "");
	expect_ok();
	ck_assert_str_eq(run_iface(0)->sent->hostname, "");
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 ? '.' : 'a';
	name[DHCP4_HOSTNAME_MAX + 1] = '\0';
	RUN("--hostname", name);
	expect_ok();
	ck_assert_uint_eq(strlen(run_iface(0)->sent->hostname),
			  DHCP4_HOSTNAME_MAX);
	name[DHCP4_HOSTNAME_MAX + 1] = 'a';
	name[DHCP4_HOSTNAME_MAX + 2] = '\0';
	RUN("--hostname", name);
	ck_assert_int_eq(result, SETTINGS_FAILED);
}
END_TEST

/* Covers: 2131-4.2-02 2132-9.13-01 */
START_TEST(vendor_class_is_text_or_none)
{
	char text[DHCP4_VENDOR_CLASS_MAX + 2];

	RUN("--vendor-class", "MSFT 5.0");
	expect_ok();
	ck_assert_str_eq(vendor_class_of(0), "MSFT 5.0");
	use_text("vendor-class = all\n"
		 "[a]\n"
		 "vendor-class =\n"
		 "[b]\n");
	RUN_BARE();
	expect_ok();
	ck_assert_str_eq(vendor_class_of(0), "");
	ck_assert_str_eq(vendor_class_of(1), "all");
	memset(text, 'x', sizeof(text));
	text[DHCP4_VENDOR_CLASS_MAX] = '\0';
	RUN("--vendor-class", text);
	expect_ok();
	ck_assert_str_eq(vendor_class_of(0), text);
	text[DHCP4_VENDOR_CLASS_MAX] = 'x';
	text[DHCP4_VENDOR_CLASS_MAX + 1] = '\0';
	RUN("--vendor-class", text);
	ck_assert_int_eq(result, SETTINGS_FAILED);
}
END_TEST

/*
 * Loads the defaults on a host of that name, in a process of its own. False if
 * that is not allowed here.
 */
static bool load_on_host(const char *host, char ret[DHCP4_HOSTNAME_MAX + 1])
{
	char *shared = mmap(NULL, DHCP4_HOSTNAME_MAX + 1, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t child;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWUTS) < 0 ||
		    sethostname(host, strlen(host)) < 0)
			_exit(1);
		RUN_BARE();
		memcpy(shared, run_iface(0)->sent->hostname,
		       DHCP4_HOSTNAME_MAX + 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	memcpy(ret, shared, DHCP4_HOSTNAME_MAX + 1);
	munmap(shared, DHCP4_HOSTNAME_MAX + 1);
	if (status == 0)
		return true;
	fprintf(stderr, "SKIPPED: no host name of its own for '%s'\n", host);
	return false;
}

static const struct {
	const char *host, *sent;
} hosts[] = {
	{ "box", "box" },    { "box.example.org", "box.example.org" },
	{ "localhost", "" }, { "localhost.localdomain", "" },
	{ "(none)", "" },    { "my_host", "" },
};

START_TEST(hostname_is_the_hosts_own)
{
	char sent[DHCP4_HOSTNAME_MAX + 1];

	if (load_on_host(hosts[_i].host, sent))
		ck_assert_str_eq(sent, hosts[_i].sent);
}
END_TEST

START_TEST(request_is_an_address)
{
	RUN("-r", "10.0.0.5");
	expect_ok();
	ck_assert_uint_eq(run_iface(0)->requested_address, 0x0a000005);
}
END_TEST

/* With -f nothing forks, and -b goes on as it would in the background. */
START_TEST(foreground_goes_with_the_others)
{
	RUN("-f", "-b");
	expect_ok();
	ck_assert(settings.foreground && settings.background);
	RUN("-f", "-q", "-n");
	expect_ok();
	RUN("-b", "-q");
	expect_ok();
}
END_TEST

START_TEST(oneshot_is_three_options_for_one_interface)
{
	RUN("--oneshot");
	expect_ok();
	ck_assert(settings.oneshot && settings.foreground && settings.quit &&
		  settings.fail_now);
	RUN("--oneshot", "a", "b");
	expect_failure(EXIT_CODE_USAGE, "--oneshot tells of one interface, "
					"which has to be named in full");
	RUN("--oneshot", "a*");
	ck_assert_int_eq(result, SETTINGS_FAILED);
	RUN("--oneshot", "-b");
	ck_assert_int_eq(result, SETTINGS_FAILED);
	RUN("--oneshot", "-R");
	ck_assert_int_eq(result, SETTINGS_FAILED);
}
END_TEST

#define HEX_EXPECTED \
	" must be 2 to 135 octets in hex, as in 01:52:54:00:12:34:56 " \
	"(or text without a colon)"
#define NAME_EXPECTED \
	" must be a host name: letters, digits, inner hyphens and dots " \
	"(or nothing, to send none)"
#define HOOKS_EXPECTED \
	" must be names of hooks, as in resolv,ntp: letters, digits, " \
	"underscores and hyphens"
#define TABLE_EXPECTED \
	" must be auto, a number from 1 to 4294967294, or a name in " \
	"/etc/iproute2/rt_tables"
#define INFORM_EXPECTED \
	" must be the IPv4 address that the interface has by other means, as " \
	"in 192.0.2.7, or auto for its present one"
#define POLICY_EXPECTED \
	" must be all, default-only, private-only, none, or a list of up to 16 " \
	"prefixes, as in 10.0.0.0/8,0.0.0.0/0"
#define METRIC_EXPECTED \
	" must be a number from 0 (the default: 1000 and the interface's " \
	"index) to 4294967295"
#define FALLBACK_EXPECTED \
	" must be none, link-local, link-local-always, or ADDRESS/LENGTH or " \
	"ADDRESS/LENGTH,GATEWAY, as in 192.0.2.7/24,192.0.2.1"
#define INSTANCE_EXPECTED \
	" must be 1 to 63 letters, digits, hyphens, dots and underscores, the " \
	"first a letter or digit"
#define GROUP_EXPECTED " must be the name of a group, or its number"
#define FD_EXPECTED    " must be the number of a descriptor, from 3 on"

/* Covers: 2132-9.14-01 (as for configured identifiers), 2132-3.14-01 */
static const struct {
	const char *arguments[4], *message;
} refused[] = {
	{ { "--hotsname", "a" },
	  "unknown option --hotsname; did you mean --hostname?" },
	{ { "--colour=a" }, "unknown option --colour; see tenured --help" },
	{ { "--gateway" },
	  "unknown option --gateway; did you mean --no-gateway?" },
	{ { "--no" }, "option --no could be several; see tenured --help" },
	{ { "-Z" }, "unknown option -Z; see tenured --help" },
	{ { "-fx" }, "unknown option -x; see tenured --help" },
	{ { "-\xff" }, "unknown option -?; see tenured --help" },
	{ { "-h" }, "option -h needs an argument, NAME; see tenured --help" },
	{ { "--timeout" },
	  "option --timeout needs an argument, SEC; see tenured --help" },
	{ { "--check=yes" },
	  "option --check takes no argument; see tenured --help" },

	{ { "-i", "" }, "-i '' must be the name of an interface" },
	{ { "-f", "/etc/x.conf" },
	  "'/etc/x.conf' is a path, not the name of an interface; a "
	  "configuration file is named by --config FILE" },
	{ { "-n", "30" },
	  "'30' is a number, not the name of an interface; a "
	  "time limit is --timeout SEC" },
	{ { "--interface=abcdefghijklmnop" },
	  "--interface 'abcdefghijklmnop' is longer than the 15 characters of "
	  "an interface's name" },
	{ { "eth0:1" }, "'eth0:1' is not the name of an interface" },
	{ { "a b" }, "'a b'" SELECTOR_EXPECTED },
	{ { ".." }, "'..' is not the name of an interface" },
	{ { "a\n\x1b[2J" }, "'a??[2J' is not a pattern of names, as en* is" },
	{ { "hwaddr 52:54:00:1" }, "'hwaddr 52:54:00:1'" HWADDR_EXPECTED },
	{ { "kind veth" },
	  "'kind veth' is a kind whose links have to be named in full, each" },

	{ { "-c", "" },
	  "-c '' must be 1 to 134 printable ASCII characters, or "
	  "hex with colons" },
	{ { "-c", "a\tb" },
	  "-c 'a?b' must be 1 to 134 printable ASCII "
	  "characters, or hex with colons" },
	{ { "-c", "01:" }, "-c '01:'" HEX_EXPECTED },
	{ { "-c", "01:0g" }, "-c '01:0g'" HEX_EXPECTED },
	{ { "-c", ":01:02" }, "-c ':01:02'" HEX_EXPECTED },
	{ { "-c", "1:2" }, "-c '1:2'" HEX_EXPECTED },
	{ { "-h", "my host" }, "-h 'my host'" NAME_EXPECTED },
	{ { "-H", "-x" }, "-H '-x'" NAME_EXPECTED },
	{ { "-h", "." }, "-h '.'" NAME_EXPECTED },
	{ { "--vendor-class=a\tb" },
	  "--vendor-class 'a?b' must be at most 128 printable ASCII characters "
	  "(or nothing, to send none)" },
	{ { "-r", "eth0" },
	  "-r 'eth0' must be an IPv4 address to request; to "
	  "release a lease: tenurectl release NAME" },
	{ { "-r", "" }, "-r ''" REQUEST_EXPECTED },
	{ { "-r", "10.0.0" }, "-r '10.0.0'" REQUEST_EXPECTED },
	{ { "-r", "127.0.0.1" }, "-r '127.0.0.1'" REQUEST_EXPECTED },
	{ { "-r", "255.255.255.255" }, "-r '255.255.255.255'" REQUEST_EXPECTED },
	{ { "--inform-server=192.0.2.1", "x" },
	  "x: inform-server says which server to inform, but "
	  "not about which address; inform does" },
	{ { "-r10.0.0.1", "a*" },
	  "an address can be requested for one interface only, and "
	  "a* may be several" },
	{ { "-r10.0.0.1", "a", "b" },
	  "an address can be requested for one interface only, not for "
	  "both a and b" },

	{ { "--timeout=0" },
	  "--timeout '0' must be a number of seconds from 1 to 86400" },
	{ { "--timeout=86401" },
	  "--timeout '86401' must be a number of seconds from 1 to 86400" },
	{ { "--timeout=1s" },
	  "--timeout '1s' must be a number of seconds from 1 to 86400" },
	{ { "--record-size", "15" },
	  "--record-size '15' must be 0 (to record nothing), or a number of KiB "
	  "from 16 to 16384" },
	{ { "--record-size=16385" },
	  "--record-size '16385' must be 0 (to record nothing), or a number of "
	  "KiB from 16 to 16384" },
	{ { "--record-size=1M" },
	  "--record-size '1M' must be 0 (to record nothing), or a number of KiB "
	  "from 16 to 16384" },
	{ { "--sandbox", "off" },
	  "--sandbox 'off' must be best-effort or required" },
	{ { "--hook-timeout=0" },
	  "--hook-timeout '0' must be a number of seconds from 1 to 600" },
	{ { "--hook-timeout=601" },
	  "--hook-timeout '601' must be a number of seconds from 1 to 600" },
	{ { "--hook-dir=hooks" }, "--hook-dir 'hooks' must be an absolute path" },
	{ { "--script=a" }, "--script 'a' must be the absolute path of a file" },
	{ { "--script=/a/" },
	  "--script '/a/' must be the absolute path of a file" },
	{ { "--no-hook=" }, "--no-hook ''" HOOKS_EXPECTED },
	{ { "--no-hook=a,,b" }, "--no-hook 'a,,b'" HOOKS_EXPECTED },
	{ { "--no-hook=,a" }, "--no-hook ',a'" HOOKS_EXPECTED },
	{ { "--no-hook=a," }, "--no-hook 'a,'" HOOKS_EXPECTED },
	{ { "--no-hook=a.sh" }, "--no-hook 'a.sh'" HOOKS_EXPECTED },
	{ { "--metric=4294967296" }, "--metric '4294967296'" METRIC_EXPECTED },
	{ { "--metric=-1" }, "--metric '-1'" METRIC_EXPECTED },
	{ { "--acd=on" }, "--acd 'on' must be strict, fast, optimistic or off" },
	{ { "--acd=" }, "--acd '' must be strict, fast, optimistic or off" },
	{ { "--acd-defence=2" },
	  "--acd-defence '2' must be never, once or always" },
	{ { "--address-removed=keep" },
	  "--address-removed 'keep' must be restore or release" },
	{ { "--mtu-min=327" },
	  "--mtu-min '327' must be a number of octets from 328 to 65535" },
	{ { "--mtu-min=65536" },
	  "--mtu-min '65536' must be a number of octets from 328 to 65535" },
	{ { "--dscp=64" }, "--dscp '64' must be a number from 0 to 63" },
	{ { "--dscp=cs6" }, "--dscp 'cs6' must be a number from 0 to 63" },
	{ { "--route-policy=some" }, "--route-policy 'some'" POLICY_EXPECTED },
	{ { "--route-policy=" }, "--route-policy ''" POLICY_EXPECTED },
	{ { "--route-policy=10.0.0.1/8" },
	  "--route-policy '10.0.0.1/8'" POLICY_EXPECTED },
	{ { "--route-policy=1.0.0.0/8 2.0.0.0/8 3.0.0.0/8 4.0.0.0/8 5.0.0.0/8 "
	    "6.0.0.0/8 7.0.0.0/8 8.0.0.0/8 9.0.0.0/8 1.1.0.0/16 1.2.0.0/16 "
	    "1.3.0.0/16 1.4.0.0/16 1.5.0.0/16 1.6.0.0/16 1.7.0.0/16 1.8.0.0/16" },
	  "--route-policy '1.0.0.0/8 2.0.0.0/8 3.0.0.0/8 4.0.0.0/8 5.0.0.0/8 "
	  "6.0.0.0/8 7.0.'" POLICY_EXPECTED },
	{ { "--shadow-guard=yes" },
	  "--shadow-guard 'yes' must be report, on or off" },
	{ { "--table=0" }, "--table '0'" TABLE_EXPECTED },
	{ { "--table=4294967295" }, "--table '4294967295'" TABLE_EXPECTED },
	{ { "--table=no-such-table" }, "--table 'no-such-table'" TABLE_EXPECTED },
	{ { "--inform=own" }, "--inform 'own'" INFORM_EXPECTED },
	{ { "--inform=255.255.255.255" },
	  "--inform '255.255.255.255'" INFORM_EXPECTED },
	{ { "--inform-server=0.0.0.0" },
	  "--inform-server '0.0.0.0' must be the IPv4 address of a server, as in "
	  "192.0.2.1" },
	{ { "--fallback=" }, "--fallback ''" FALLBACK_EXPECTED },
	{ { "--fallback=always" }, "--fallback 'always'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1" }, "--fallback '10.0.0.1'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1/0" },
	  "--fallback '10.0.0.1/0'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1/33" },
	  "--fallback '10.0.0.1/33'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0/24" }, "--fallback '10.0.0/24'" FALLBACK_EXPECTED },
	{ { "--fallback=127.0.0.1/8" },
	  "--fallback '127.0.0.1/8'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1/24," },
	  "--fallback '10.0.0.1/24,'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1/24,10.0.0.1" },
	  "--fallback '10.0.0.1/24,10.0.0.1'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1/24,10.0.1.2" },
	  "--fallback '10.0.0.1/24,10.0.1.2'" FALLBACK_EXPECTED },
	{ { "--fallback=10.0.0.1,10.0.0.2/24" },
	  "--fallback '10.0.0.1,10.0.0.2/24'" FALLBACK_EXPECTED },
	{ { "--fallback=255.255.255.255/32,255.255.255.2559" },
	  "--fallback '255.255.255.255/32,255.255.255.2559'" FALLBACK_EXPECTED },
	{ { "--fallback=169.254.7.8/16" },
	  "--fallback '169.254.7.8/16' is a link-local address, which nobody "
	  "chooses: say link-local" },
	{ { "--instance=" }, "--instance ''" INSTANCE_EXPECTED },
	{ { "--instance=../a" }, "--instance '../a'" INSTANCE_EXPECTED },
	{ { "--instance=.a" }, "--instance '.a'" INSTANCE_EXPECTED },
	{ { "--user=" }, "--user ''" USER_EXPECTED },
	{ { "--user=1:" }, "--user '1:'" USER_EXPECTED },
	{ { "--user=1a" }, "--user '1a'" USER_EXPECTED },
	{ { "--user=1:2:3" }, "--user '1:2:3'" USER_EXPECTED },
	{ { "--user=4294967295" }, "--user '4294967295'" USER_EXPECTED },
	{ { "--user=99999999999" }, "--user '99999999999'" USER_EXPECTED },
	{ { "--user=root:root" },
	  "--user 'root:root' must be the name of a user, without a group" },
	{ { "--control-group=" }, "--control-group ''" GROUP_EXPECTED },
	{ { "--control-group=-1" }, "--control-group '-1'" GROUP_EXPECTED },
	{ { "--control-group=a b" }, "--control-group 'a b'" GROUP_EXPECTED },
	{ { "--control-group=4294967295" },
	  "--control-group '4294967295'" GROUP_EXPECTED },
	{ { "--ready-fd=2" }, "--ready-fd '2'" FD_EXPECTED },
	{ { "--ready-fd=2147483648" }, "--ready-fd '2147483648'" FD_EXPECTED },
	{ { "--log-level=2" },
	  "--log-level '2' must be error, warning, notice, info or debug" },
	{ { "--run-dir=run" }, "--run-dir 'run' must be an absolute path" },
	{ { "--state-dir=" }, "--state-dir '' must be an absolute path" },
	{ { "-p", "" }, "-p '' must be the path of a file" },
	{ { "--config=" }, "--config '' must be the path of a file" },

	{ { "-b", "-n" },
	  "-b and -n exclude each other: without a lease in time, -b goes on "
	  "and -n gives up" },
	{ { "-q", "-R" },
	  "-q and -R (release-on-exit) exclude each other: one leaves the "
	  "address in use, the other gives it back" },
};

START_TEST(each_wrong_use_is_told_in_one_line)
{
	run_all(refused[_i].arguments);
	expect_failure(EXIT_CODE_USAGE, refused[_i].message);
}
END_TEST

START_TEST(long_values_are_not_echoed_whole)
{
	char value[OUTPUT_MAX];

	memset(value, '1', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	RUN("--timeout", value);
	ck_assert_int_eq(result, SETTINGS_FAILED);
	ck_assert_uint_lt(strlen(err), 200);
}
END_TEST

START_TEST(interfaces_have_a_limit)
{
	static char names[SETTINGS_IFACES_MAX + 1][IFNAMSIZ];
	static char *argv[ARRAY_SIZE(names) + 1] = { (char *)"tenured" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(names[i], sizeof(names[i]), "e%zu", i);
		argv[i + 1] = names[i];
	}
	ck_assert_int_eq(settings_load(SETTINGS_IFACES_MAX + 1, argv, &settings,
				       &code),
			 SETTINGS_OK);
	ck_assert_uint_eq(run_iface_count(), SETTINGS_IFACES_MAX);
	settings_free(&settings);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	ck_assert_int_eq(settings_load(SETTINGS_IFACES_MAX + 2, argv, &settings,
				       &code),
			 SETTINGS_FAILED);
	ck_assert_int_eq((int)code, EXIT_CODE_USAGE);
}
END_TEST

START_TEST(help_fits_a_tall_screen_and_names_all)
{
	size_t lines = 0;

	RUN("--help");
	ck_assert_int_eq(result, SETTINGS_DONE);
	ck_assert_str_eq(err, "");
	for (size_t i = 0; i < key_count; i++) {
		char option[64];
		const char *at;

		snprintf(option, sizeof(option), " --%s", keys[i].option);
		at = strstr(out, option);
		while (at && !strchr(" [\n", at[strlen(option)]))
			at = strstr(at + 1, option);
		ck_assert_msg(at, "%s", option);
		for (const char *l = keys[i].letters; *l; l++) {
			snprintf(option, sizeof(option), "-%c, ", *l);
			ck_assert_ptr_nonnull(strstr(out, option));
		}
	}
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n")) {
		ck_assert_uint_le(strlen(line), 79);
		lines++;
	}
	ck_assert_uint_le(lines, 44);
}
END_TEST

START_TEST(with_import_words_are_files)
{
	RUN_BARE();
	ck_assert(!settings.import);
	settings_free(&settings);
	RUN("--import");
	expect_ok();
	ck_assert(settings.import && !settings.import_count);
	settings_free(&settings);
	RUN("/a/file", "--import", "--force", "another");
	expect_ok();
	ck_assert(settings.import && settings.common.force);
	ck_assert_uint_eq(settings.import_count, 2);
	settings_free(&settings);
	RUN("--import=/a/file");
	expect_failure(EXIT_CODE_USAGE, "option --import takes no argument; see"
					" tenured --help");
}
END_TEST

START_TEST(help_and_version_end_the_reading)
{
	RUN("-V", "--timeout=0");
	ck_assert_int_eq(result, SETTINGS_DONE);
	ck_assert_str_eq(out, "tenured " TENURED_VERSION "\n");
	ck_assert_str_eq(err, "");
	RUN("--version");
	ck_assert_int_eq(result, SETTINGS_DONE);
	RUN("--timeout=0", "--help");
	ck_assert_int_eq(result, SETTINGS_FAILED);
}
END_TEST

START_TEST(output_that_fails_is_a_failure)
{
	int full = open("/dev/full", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(full, 0);
	run_to(full, (const char *const[]){ "--help", NULL });
	clearerr(stdout);
	ck_assert_str_eq(err, "tenured: stdout: No space left on device\n");
	ck_assert_int_eq(result, SETTINGS_FAILED);
	ck_assert_int_eq((int)code, EXIT_CODE_FAILED);
}
END_TEST

/* ---- the suite ------------------------------------------------------- */

static TCase *command_line_tests(void)
{
	TCase *tcase = tcase_create("command line");

	tcase_add_checked_fixture(tcase, run_setup, run_teardown);
	tcase_add_test(tcase, without_arguments_the_defaults_hold);
	tcase_add_test(tcase, flags_by_letter_and_by_name);
	tcase_add_test(tcase, how_an_address_is_got);
	tcase_add_test(tcase, lists_of_servers);
	tcase_add_loop_test(tcase, what_cannot_be_meant_is_refused, 0,
			    ARRAY_SIZE(unmeant));
	tcase_add_test(tcase, conflict_detection);
	tcase_add_test(tcase, links_and_routes);
	tcase_add_test(tcase, fallbacks);
	tcase_add_test(tcase, who_quits_is_no_optimist);
	tcase_add_test(tcase, texts_and_numbers);
	tcase_add_test(tcase, who_is_told_and_who_may_tell);
	tcase_add_test(tcase, hooks_and_the_resolver);
	tcase_add_test(tcase, interfaces_are_named_both_ways_once);
	tcase_add_test(tcase, options_are_for_all_interfaces);
	tcase_add_test(tcase, client_id_is_hex_or_text);
	tcase_add_test(tcase, client_id_in_hex_has_its_limit);
	tcase_add_test(tcase, hostname_may_be_empty_or_end_in_a_dot);
	tcase_add_test(tcase, vendor_class_is_text_or_none);
	tcase_add_loop_test(tcase, hostname_is_the_hosts_own, 0,
			    (int)ARRAY_SIZE(hosts));
	tcase_add_test(tcase, request_is_an_address);
	tcase_add_test(tcase, foreground_goes_with_the_others);
	tcase_add_test(tcase, oneshot_is_three_options_for_one_interface);
	tcase_add_loop_test(tcase, each_wrong_use_is_told_in_one_line, 0,
			    (int)ARRAY_SIZE(refused));
	tcase_add_test(tcase, long_values_are_not_echoed_whole);
	tcase_add_test(tcase, interfaces_have_a_limit);
	tcase_add_test(tcase, help_fits_a_tall_screen_and_names_all);
	tcase_add_test(tcase, with_import_words_are_files);
	tcase_add_test(tcase, help_and_version_end_the_reading);
	tcase_add_test(tcase, output_that_fails_is_a_failure);
	return tcase;
}

Suite *test_settings_suite(void)
{
	Suite *suite = suite_create("settings");

	suite_add_tcase(suite, command_line_tests());
	return suite;
}
