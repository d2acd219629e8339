/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls and replies without a socket: every method, every error, who may call,
 * and how each command ends.
 */
#include "daemon/varlink.h"

#include <check.h>
#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/control_command.h"
#include "daemon/events.h"
#include "daemon/log.h"
#include "daemon/report.h"
#include "daemon/report_statistics.h"
#include "ipc_world.h"
#include "unit/scratch.h"

#define SERVICE "org.varlink.service"
#define CLIENT	"org.tenured.Client"

Suite *test_varlink_suite(void);

static struct world world;
static nsec now;

static struct {
	struct varlink_peer peer; /* first: the data of write_out() */
	struct events events;
	char out[65536];
	size_t used;
} caller;

static int write_out(const char *bytes, size_t size, void *data)
{
	ck_assert_ptr_eq(data, &caller);
	if (caller.used + size > sizeof(caller.out))
		return -1;
	memcpy(caller.out + caller.used, bytes, size);
	caller.used += size;
	return 0;
}

static void pass_on(struct world *w, struct managed *m,
		    const struct dhcp4_notice *notice, nsec when)
{
	(void)w;
	report_notice(m, notice);
	control_notice(&caller.peer, m, notice, when);
}

static void set_up(void)
{
	now = WORLD_START + 10 * NSEC_PER_S;
	world_open(&world);
	world.notify = pass_on;
	memset(&caller, 0, sizeof(caller));
	caller.peer.daemon = &world.daemon;
	caller.events.daemon = &world.daemon;
	caller.peer.events = &caller.events;
	caller.peer.level = VARLINK_LEVEL_ADMIN;
	caller.peer.write = write_out;
}

static void tear_down(void)
{
	control_forget(&caller.peer);
}

static int call(const char *text)
{
	return varlink_call(&caller.peer, text, strlen(text), now);
}

/* The one reply that came since the last one; to be freed. */
static json_t *reply(void)
{
	json_t *object;

	ck_assert(!caller.peer.failed);
	ck_assert_uint_gt(caller.used, 0);
	ck_assert_uint_eq(strlen(caller.out), caller.used - 1);
	object = json_loads(caller.out, JSON_REJECT_DUPLICATES, NULL);
	ck_assert(json_is_object(object));
	memset(caller.out, 0, sizeof(caller.out));
	caller.used = 0;
	return object;
}

/* A member of the reply's parameters, by a path of names and indices. */
static const json_t *at(const json_t *object, const char *path)
{
	char copy[128], *rest = copy, *part;
	const json_t *value = json_object_get(object, "parameters");

	snprintf(copy, sizeof(copy), "%s", path);
	while ((part = strsep(&rest, "/")))
		value = json_is_array(value)
				? json_array_get(value, (size_t)atoi(part))
				: json_object_get(value, part);
	ck_assert_msg(value != NULL, "no %s", path);
	return value;
}

static const char *text_at(const json_t *object, const char *path)
{
	ck_assert_msg(json_is_string(at(object, path)), "%s", path);
	return json_string_value(at(object, path));
}

static json_int_t int_at(const json_t *object, const char *path)
{
	ck_assert_msg(json_is_integer(at(object, path)), "%s", path);
	return json_integer_value(at(object, path));
}

/* Expects a typed error; key and value: one of its parameters, or NULL. */
static void expect_error(const char *error, const char *key, const char *value)
{
	json_auto_t *object = reply();

	ck_assert_pstr_eq(json_string_value(json_object_get(object, "error")),
			  error);
	if (key)
		ck_assert_str_eq(text_at(object, key), value);
}

static void expect_waiting(void)
{
	ck_assert_uint_eq(caller.used, 0);
	ck_assert(caller.peer.wait.command);
}

/* Expects a command's success with this address, or with no lease. */
static void expect_lease(const char *address)
{
	json_auto_t *object = reply();

	ck_assert(!json_object_get(object, "error"));
	if (address)
		ck_assert_str_eq(text_at(object, "lease/address"), address);
	else
		ck_assert(json_is_null(at(object, "lease")));
	ck_assert(!caller.peer.wait.command);
}

static void notice(enum dhcp4_notice_kind kind)
{
	pass_on(&world, &world.managed[0],
		&(struct dhcp4_notice){ .kind = kind,
					.address = 0x0a000005,
					.server = 0x0a000001 },
		now);
}

static struct dhcp4_client *eth0(void)
{
	return world.managed[0].iface.client;
}

static struct dhcp4_client *eth1(void)
{
	return world.managed[1].iface.client;
}

/* ---- the protocol -------------------------------------------------------- */

START_TEST(not_a_call)
{
	static const char *const texts[] = {
		"",
		" ",
		"{",
		"[]",
		"null",
		"1",
		"\"x\"",
		"{}",
		"\xff\xfe",
		"{\"method\":1}",
		"{\"method\":null}",
		"{\"method\":\"" SERVICE ".GetInfo\"",
		"{\"method\":\"" SERVICE ".GetInfo\"} x",
		"{\"method\":\"" SERVICE ".GetInfo\",}",
		"{'method':'" SERVICE ".GetInfo'}",
		"{\"method\":\"" SERVICE ".GetInfo\",\"method\":\"x.y\"}",
		"{\"method\":\"" SERVICE ".GetInfo\",\"oneway\":1}",
		"{\"method\":\"" SERVICE ".GetInfo\",\"more\":\"yes\"}",
		"{\"method\":\"" SERVICE ".GetInfo\",\"upgrade\":[]}",
		"{\"method\":\"a\\u0000b\"}",
		"{\"method\":\"\xc3\x28\"}",
	};

	ck_assert_int_eq(call(texts[_i]), -EPROTO);
	ck_assert_uint_eq(caller.used, 0);
	ck_assert_int_eq((int)(sizeof(texts) / sizeof(texts[0])), 21);
}
END_TEST

/* Nested in the parameters, which are one deep themselves. */
static int call_nested(unsigned depth, const char *open, const char *close)
{
	char text[4096] = "{\"method\":\"" SERVICE ".GetInfo\","
			  "\"parameters\":{\"x\":";

	for (unsigned i = 0; i < depth; i++)
		strcat(text, open);
	strcat(text, "1");
	for (unsigned i = 0; i < depth; i++)
		strcat(text, close);
	strcat(text, "}}");
	return call(text);
}

START_TEST(depth)
{
	ck_assert_int_eq(call_nested(30, "[", "]"), 0);
	json_decref(reply());
	ck_assert_int_eq(call_nested(30, "{\"}\":", "}"), 0);
	json_decref(reply());
	ck_assert_int_eq(call_nested(31, "[", "]"), -EPROTO);
	ck_assert_int_eq(call_nested(31, "{\"}\":", "}"), -EPROTO);
	ck_assert_int_eq(call_nested(500, "[", ""), -EPROTO);

	/* Brackets in strings do not count, escaped quotes do not end them. */
	ck_assert_int_eq(call("{\"method\":\"" SERVICE ".GetInfo\",\"x\":"
			      "\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}"),
			 0);
	json_decref(reply());
}
END_TEST

START_TEST(unknown_names)
{
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Fly\"}"), 0);
	expect_error(SERVICE ".MethodNotFound", "method", CLIENT ".Fly");
	ck_assert_int_eq(call("{\"method\":\"Status\"}"), 0);
	expect_error(SERVICE ".MethodNotFound", "method", "Status");
	ck_assert_int_eq(call("{\"method\":\"\"}"), 0);
	expect_error(SERVICE ".MethodNotFound", "method", "");
	ck_assert_int_eq(call("{\"method\":\"org.tenured.Clien.Status\"}"), 0);
	expect_error(SERVICE ".InterfaceNotFound", "interface",
		     "org.tenured.Clien");
	ck_assert_int_eq(call("{\"method\":\".Status\"}"), 0);
	expect_error(SERVICE ".InterfaceNotFound", "interface", "");
}
END_TEST

START_TEST(flags)
{
	ck_assert_int_eq(call("{\"method\":\"" SERVICE ".GetInfo\","
			      "\"upgrade\":true}"),
			 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "upgrade");

	/* One reply, and nothing that says there will be another. */
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\",\"more\":true,"
			      "\"oneway\":null,\"x-vendor\":{}}"),
			 0);
	{
		json_auto_t *object = reply();

		ck_assert(!json_object_get(object, "continues"));
		ck_assert(!json_object_get(object, "error"));
	}
}
END_TEST

START_TEST(oneway)
{
	static const char *const methods[] = {
		SERVICE ".GetInfo", SERVICE ".GetInterfaceDescription",
		SERVICE ".Nothing", "nobody.here.Nothing",
		CLIENT ".Status",
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "{\"method\":\"%s\",\"oneway\":true}", methods[i]);
		ck_assert_int_eq(call(text), 0);
		ck_assert_uint_eq(caller.used, 0);
	}

	/* The work is done; the next call is not kept waiting for it. */
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Renew\","
			      "\"oneway\":true,"
			      "\"parameters\":{\"interface\":\"eth0\"}}"),
			 0);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_RENEWING);
	ck_assert(!caller.peer.wait.command);
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Release\","
			      "\"oneway\":true,"
			      "\"parameters\":{\"interface\":\"eth0\"}}"),
			 0);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_STOPPED);
	ck_assert_uint_eq(caller.used, 0);
}
END_TEST

START_TEST(no_room_for_a_reply)
{
	caller.used = sizeof(caller.out) - 10;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	ck_assert(caller.peer.failed);
	memset(caller.out, 0, sizeof(caller.out));
}
END_TEST

START_TEST(info)
{
	ck_assert_int_eq(call("{\"method\":\"" SERVICE ".GetInfo\"}"), 0);
	{
		json_auto_t *object = reply();

		ck_assert_str_eq(text_at(object, "product"), "tenured");
		ck_assert(json_is_string(at(object, "vendor")));
		ck_assert(json_is_string(at(object, "version")));
		ck_assert(json_is_string(at(object, "url")));
		ck_assert_str_eq(text_at(object, "interfaces/0"), SERVICE);
		ck_assert_str_eq(text_at(object, "interfaces/1"), CLIENT);
		ck_assert_uint_eq(json_array_size(at(object, "interfaces")), 2);
	}
}
END_TEST

/* A description names each method of the table, each once, and no other. */
static void check_description(const struct varlink_interface *interface,
			      const char *description)
{
	char text[256];
	size_t count = 0;

	snprintf(text, sizeof(text), "\ninterface %s\n", interface->name);
	ck_assert(strstr(description, text));
	for (const char *line = description; (line = strstr(line, "\nmethod "));
	     line++)
		count++;
	ck_assert_uint_eq(count, interface->method_count);
	for (size_t i = 0; i < interface->method_count; i++) {
		snprintf(text, sizeof(text), "\nmethod %s(",
			 interface->methods[i].name);
		ck_assert_msg(strstr(description, text), "%s", text);
	}
}

START_TEST(descriptions)
{
	for (size_t i = 0; varlink_interfaces[i]; i++) {
		char *description =
			description_text(varlink_interfaces[i]->description);
		char text[256];

		check_description(varlink_interfaces[i], description);
		snprintf(text, sizeof(text),
			 "{\"method\":\"" SERVICE ".GetInterfaceDescription\","
			 "\"parameters\":{\"interface\":\"%s\"}}",
			 varlink_interfaces[i]->name);
		ck_assert_int_eq(call(text), 0);
		{
			json_auto_t *object = reply();

			ck_assert_str_eq(text_at(object, "description"),
					 description);
		}
		free(description);
	}
	ck_assert_int_eq(call("{\"method\":\"" SERVICE ".GetInterfaceDescription\","
			      "\"parameters\":{\"interface\":\"a.b\"}}"),
			 0);
	expect_error(SERVICE ".InterfaceNotFound", "interface", "a.b");
	ck_assert_int_eq(
		call("{\"method\":\"" SERVICE ".GetInterfaceDescription\"}"), 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "interface");
}
END_TEST

/* The manual page shows the same description, in front of a literal block. */
START_TEST(manual)
{
	const char *source = getenv("TENURED_SOURCE");
	char *description = description_text(control_interface.description);
	char path[4096], page[65536];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/man/tenured-ipc.7",
		 source ? source : ".");
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s", path);
	size = fread(page, 1, sizeof(page) - 1, file);
	fclose(file);
	page[size] = '\0';
	for (char *dash = page; (dash = strstr(dash, "\\-"));)
		memmove(dash, dash + 1, strlen(dash));
	ck_assert_msg(strstr(page, description),
		      "man/tenured-ipc.7 is out of date");
	free(description);
}
END_TEST

/* ---- who may call --------------------------------------------------------- */

/* What a method demands. */
static enum varlink_level level_of(const char *method)
{
	static const char *const open[] = { "Status", "ListInterfaces",
					    "GetLease", "Statistics",
					    "Subscribe" };
	static const char *const admin[] = { "Record", "Reload", "SetLogLevel",
					     "AddInterface", "RemoveInterface" };

	for (size_t i = 0; i < ARRAY_SIZE(open); i++)
		if (!strcmp(open[i], method))
			return VARLINK_LEVEL_READ;
	for (size_t i = 0; i < ARRAY_SIZE(admin); i++)
		if (!strcmp(admin[i], method))
			return VARLINK_LEVEL_ADMIN;
	return VARLINK_LEVEL_CONTROL;
}

START_TEST(permission)
{
	static const char *const commands[] = {
		"Renew",  "Rebind",	"Release", "Stop",	   "Start",
		"Record", "SetNetwork", "Accept",  "ForgetServers"
	};
	char text[256];

	caller.peer.level = VARLINK_LEVEL_READ;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		snprintf(text, sizeof(text),
			 "{\"method\":\"" CLIENT ".%s\","
			 "\"parameters\":{\"interface\":\"eth0\"}}",
			 commands[i]);
		ck_assert_int_eq(call(text), 0);
		expect_error(SERVICE ".PermissionDenied", NULL, NULL);
		/* Not even whether the parameters are right is told. */
		snprintf(text, sizeof(text), "{\"method\":\"" CLIENT ".%s\"}",
			 commands[i]);
		ck_assert_int_eq(call(text), 0);
		expect_error(SERVICE ".PermissionDenied", NULL, NULL);
	}
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_BOUND);
	ck_assert_uint_eq(world.sent, 0);

	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	json_decref(reply());
	ck_assert_int_eq(call("{\"method\":\"" SERVICE ".GetInfo\"}"), 0);
	json_decref(reply());

	/* Whatever is added: only what is meant to be open is open. */
	for (size_t i = 0; i < control_interface.method_count; i++)
		ck_assert_int_eq(control_interface.methods[i].level,
				 level_of(control_interface.methods[i].name));
}
END_TEST

/* ---- what there is ---------------------------------------------------------- */

START_TEST(listed)
{
	json_auto_t *object = NULL;

	caller.peer.level = VARLINK_LEVEL_READ;
	eth1()->carrier = false;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".ListInterfaces\"}"), 0);
	object = reply();
	ck_assert_uint_eq(json_array_size(at(object, "interfaces")), 2);
	ck_assert_str_eq(text_at(object, "interfaces/0/name"), "eth0");
	ck_assert_int_eq(int_at(object, "interfaces/0/index"), 2);
	ck_assert(json_is_true(at(object, "interfaces/0/present")));
	ck_assert(json_is_true(at(object, "interfaces/0/carrier")));
	ck_assert_str_eq(text_at(object, "interfaces/0/state"), "BOUND");
	ck_assert_str_eq(text_at(object, "interfaces/0/tenure"), "held");
	ck_assert_str_eq(text_at(object, "interfaces/0/address"), "10.0.0.5");
	ck_assert(json_is_null(at(object, "interfaces/0/owner")));
	ck_assert(json_is_false(at(object, "interfaces/1/carrier")));
	ck_assert(json_is_null(at(object, "interfaces/1/address")));
}
END_TEST

/* An address that the kernel has not confirmed cannot be used yet. */
START_TEST(listed_unusable)
{
	json_auto_t *object = NULL;

	eth0()->configured = false;
	world.managed[1].link.gone = true;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".ListInterfaces\"}"), 0);
	object = reply();
	ck_assert(json_is_null(at(object, "interfaces/0/address")));
	ck_assert(json_is_false(at(object, "interfaces/1/present")));
}
END_TEST

static void get_lease(const char *interface)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"method\":\"" CLIENT ".GetLease\",\"parameters\":"
		 "{\"interface\":\"%s\"}}",
		 interface);
	ck_assert_int_eq(call(text), 0);
}

/* ---- counters and levels ----------------------------------------------------- */

static void acked(ipv4_addr address)
{
	eth0()->lease.address = address;
	report_count(&world.managed[0],
		     &(struct dhcp4_notice){ .kind = DHCP4_NOTICE_ACK }, now);
}

static void counted(enum dhcp4_notice_kind kind)
{
	report_count(&world.managed[0], &(struct dhcp4_notice){ .kind = kind },
		     now);
}

START_TEST(statistics)
{
	json_auto_t *object = NULL;

	eth0()->exchange_ns = now - 1500 * NSEC_PER_MS;
	acked(0x0a000005);
	eth0()->exchange_ns = now - 10 * NSEC_PER_MS;
	acked(0x0a000005);
	acked(0x0a000005);
	counted(DHCP4_NOTICE_NAK);
	counted(DHCP4_NOTICE_CONFLICT);
	counted(DHCP4_NOTICE_OFFER);
	eth0()->counters.sent[DHCP4_REQUEST_DISCOVER] = 7;
	world.managed[0].counts.hooks_failed = 3;
	world.daemon.started_ns = now - 90 * NSEC_PER_S;
	caller.peer.level = VARLINK_LEVEL_READ;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Statistics\"}"), 0);
	object = reply();
	ck_assert_int_eq(int_at(object, "processSeconds"), 90);
	ck_assert_int_eq(int_at(object, "connections"), 0);
	ck_assert_str_eq(text_at(object, "logLevel"), "notice");
	ck_assert_uint_eq(json_array_size(at(object, "interfaces")), 2);
	ck_assert_str_eq(text_at(object, "interfaces/0/interface"), "eth0");
	ck_assert_int_eq(int_at(object, "interfaces/0/leases"), 1);
	ck_assert_int_eq(int_at(object, "interfaces/0/renewals"), 2);
	ck_assert_int_eq(int_at(object, "interfaces/0/naks"), 1);
	ck_assert_int_eq(int_at(object, "interfaces/0/conflicts"), 1);
	ck_assert_int_eq(int_at(object, "interfaces/0/hooksFailed"), 3);
	ck_assert_int_eq(int_at(object, "interfaces/0/leaseMilliseconds"), 1500);
	ck_assert_int_eq(int_at(object, "interfaces/0/sent/DISCOVER"), 7);
	ck_assert(json_is_null(at(object, "interfaces/1/leaseMilliseconds")));
}
END_TEST

/* The same address after a loss is a lease, not a renewal. */
START_TEST(statistics_after_loss)
{
	acked(0x0a000005);
	counted(DHCP4_NOTICE_LOST);
	acked(0x0a000005);
	acked(0x0a000006);
	ck_assert_uint_eq(world.managed[0].counts.leases, 3);
	ck_assert_uint_eq(world.managed[0].counts.renewals, 0);
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Statistics\","
			      "\"parameters\":{\"interface\":\"eth9\"}}"),
			 0);
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth9");
}
END_TEST

static void set_log_level(const char *level)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"method\":\"" CLIENT ".SetLogLevel\",\"parameters\":"
		 "{\"level\":%s}}",
		 level);
	ck_assert_int_eq(call(text), 0);
}

START_TEST(log_levels)
{
	enum log_level before = log_level();

	set_log_level("\"error\"");
	json_decref(reply());
	ck_assert_int_eq(log_level(), LOG_LEVEL_ERROR);
	set_log_level("\"debug\"");
	json_decref(reply());
	ck_assert_int_eq(log_level(), LOG_LEVEL_DEBUG);
	log_set_level(before);
	set_log_level("\"loud\"");
	expect_error(SERVICE ".InvalidParameter", "parameter", "level");
	set_log_level("3");
	expect_error(SERVICE ".InvalidParameter", "parameter", "level");
	ck_assert_int_eq(log_level(), before);
	caller.peer.level = VARLINK_LEVEL_CONTROL;
	set_log_level("\"debug\"");
	expect_error(SERVICE ".PermissionDenied", NULL, NULL);
	ck_assert_int_eq(log_level(), before);
}
END_TEST

static void remove_interface(const char *parameters)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"method\":\"" CLIENT ".RemoveInterface\",\"parameters\":"
		 "{%s}}",
		 parameters);
	ck_assert_int_eq(call(text), 0);
}

/* What members_remove() does is test_members.c's; who may ask for it is not. */
START_TEST(remove_refused)
{
	static char key[] = "k1";

	remove_interface("\"interface\":\"eth0\"");
	expect_error(SERVICE ".InvalidParameter", "parameter", "key");
	remove_interface("\"interface\":\"eth0\",\"key\":\"\"");
	expect_error(SERVICE ".InvalidParameter", "parameter", "key");
	remove_interface("\"interface\":\"eth0\",\"key\":\"a\\n\"");
	expect_error(SERVICE ".InvalidParameter", "parameter", "key");
	remove_interface("\"interface\":\"eth0\",\"key\":\"12345678901234567890"
			 "123456789012345678901234567890123456789012345\"");
	expect_error(SERVICE ".InvalidParameter", "parameter", "key");
	remove_interface("\"interface\":\"eth0\",\"key\":\"k\",\"release\":1");
	expect_error(SERVICE ".InvalidParameter", "parameter", "release");
	remove_interface("\"interface\":\"eth9\",\"key\":\"k\"");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth9");
	remove_interface("\"interface\":\"eth0\",\"key\":\"k\"");
	expect_error(CLIENT ".InterfaceBusy", "interface", "eth0");
	world.managed[1].key = key;
	world.managed[1].membership = MEMBERSHIP_KEY;
	remove_interface("\"interface\":\"eth1\",\"key\":\"k\"");
	expect_error(CLIENT ".InterfaceBusy", "owner", "k1");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".ListInterfaces\"}"), 0);
	{
		json_auto_t *object = reply();

		ck_assert_str_eq(text_at(object, "interfaces/1/owner"), "k1");
	}
}
END_TEST

START_TEST(lease_alone)
{
	get_lease("eth0");
	{
		json_auto_t *object = reply();

		ck_assert_str_eq(text_at(object, "lease/address"), "10.0.0.5");
		ck_assert_str_eq(text_at(object, "lease/options/0/raw"),
				 "ffffff00");
	}
	caller.peer.level = VARLINK_LEVEL_READ;
	get_lease("eth0");
	{
		json_auto_t *object = reply();

		ck_assert(json_is_null(at(object, "lease/options/0/raw")));
	}
	eth0()->tenure = DHCP4_TENURE_REMEMBERED;
	get_lease("eth0");
	expect_lease(NULL);
	get_lease("eth9");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth9");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".GetLease\"}"), 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "interface");
}
END_TEST

/* ---- the network's name ----------------------------------------------------- */

static void set_network(const char *interface, const char *name)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"method\":\"" CLIENT ".SetNetwork\",\"parameters\":"
		 "{\"interface\":\"%s\",\"network\":\"%s\"}}",
		 interface, name);
	ck_assert_int_eq(call(text), 0);
}

/* Covers: DF-if-07 */
START_TEST(network_is_named)
{
	json_auto_t *object = NULL;

	/* The first name: the lease is confirmed, and stays. */
	set_network("eth0", "home");
	json_decref(reply());
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_REBOOTING);
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_HELD);
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	ck_assert_str_eq(text_at(object, "interfaces/0/network"), "68:6f:6d:65");
	ck_assert(json_is_null(at(object, "interfaces/1/network")));
	/* The same while it is being confirmed: nothing more. */
	ck_assert_uint_eq(world.sent, 1);
	set_network("eth0", "68:6f:6d:65");
	json_decref(reply());
	ck_assert_uint_eq(world.sent, 1);
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_HELD);
	/* Another one: no old lease. */
	set_network("eth0", "cafe");
	json_decref(reply());
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_SELECTING);
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world.sent, 2);
	/* What is stopped stays so. */
	set_network("eth1", "home");
	json_decref(reply());
	ck_assert_uint_eq(world.sent, 2);
}
END_TEST

START_TEST(network_has_no_such_name)
{
	set_network("eth0", "");
	expect_error(SERVICE ".InvalidParameter", "parameter", "network");
	set_network("eth0", "a:b");
	expect_error(SERVICE ".InvalidParameter", "parameter", "network");
	set_network("eth7", "home");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth7");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".SetNetwork\","
			      "\"parameters\":{\"interface\":\"eth0\"}}"),
			 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "network");
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_BOUND);
}
END_TEST

/* ---- status ---------------------------------------------------------------- */

START_TEST(status_all)
{
	json_auto_t *object = NULL;

	eth0()->counters.sent[DHCP4_REQUEST_DISCOVER] = 3;
	eth0()->counters.received[DHCP4_TYPE_ACK] = 1;
	eth0()->counters.rejected[REJECT_XID] = 7;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\","
			      "\"parameters\":{\"interface\":null}}"),
			 0);
	object = reply();
	ck_assert_int_eq(int_at(object, "pid"), getpid());
	ck_assert_str_eq(text_at(object, "sandbox/0/name"),
			 sandbox_layer_name(SANDBOX_LAYER_USER));
	ck_assert(json_is_false(at(object, "sandbox/0/active")));
	ck_assert_str_eq(text_at(object, "sandbox/0/reason"), "not root");
	ck_assert(json_is_true(at(object, "sandbox/1/active")));
	ck_assert(json_is_null(at(object, "sandbox/1/reason")));
	ck_assert_str_eq(text_at(object, "sandbox/3/name"), "landlock");
	ck_assert(json_is_true(at(object, "sandbox/3/active")));
	ck_assert_str_eq(text_at(object, "sandbox/3/reason"), "an old one");
	ck_assert_str_eq(text_at(object, "sandbox/4/name"), "seccomp");
	ck_assert_uint_eq(json_array_size(at(object, "sandbox")),
			  SANDBOX_LAYER_COUNT);
	ck_assert_uint_eq(json_array_size(at(object, "interfaces")), 2);

	ck_assert_str_eq(text_at(object, "interfaces/0/name"), "eth0");
	ck_assert_int_eq(int_at(object, "interfaces/0/index"), 2);
	ck_assert(json_is_true(at(object, "interfaces/0/present")));
	ck_assert(json_is_true(at(object, "interfaces/0/carrier")));
	ck_assert_str_eq(text_at(object, "interfaces/0/state"), "BOUND");
	ck_assert_int_eq(int_at(object, "interfaces/0/stateSeconds"), 10);
	ck_assert_str_eq(text_at(object, "interfaces/0/tenure"), "held");
	ck_assert(json_is_true(at(object, "interfaces/0/ready")));
	ck_assert_str_eq(text_at(object, "interfaces/0/hardwareAddress"),
			 "02:00:00:00:00:05");
	ck_assert_str_eq(text_at(object, "interfaces/0/clientId"),
			 "01:02:00:00:00:00:05");
	ck_assert(json_is_null(at(object, "interfaces/0/duid")));
	ck_assert(json_is_null(at(object, "interfaces/0/iaid")));
	ck_assert(json_is_null(at(object, "interfaces/0/lastError")));
	ck_assert(json_is_null(at(object, "interfaces/0/rival")));
	ck_assert_int_eq(int_at(object, "interfaces/0/sent/DISCOVER"), 3);
	ck_assert_uint_eq(json_object_size(at(object, "interfaces/0/sent")), 1);
	ck_assert_int_eq(int_at(object, "interfaces/0/received/ACK"), 1);
	ck_assert_int_eq(int_at(object, "interfaces/0/rejected/xid"), 7);

	ck_assert(json_is_null(at(object, "interfaces/0/fallback")));

	ck_assert_str_eq(text_at(object, "interfaces/1/name"), "eth1");
	ck_assert_str_eq(text_at(object, "interfaces/1/state"), "STOPPED");
	ck_assert(json_is_null(at(object, "interfaces/1/lease")));
	ck_assert(json_is_false(at(object, "interfaces/1/ready")));
	ck_assert_uint_eq(json_object_size(at(object, "interfaces/1/sent")), 0);
}
END_TEST

START_TEST(status_lease)
{
	json_auto_t *whole = NULL, *object = NULL;

	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\","
			      "\"parameters\":{\"interface\":\"eth0\"}}"),
			 0);
	whole = reply();
	ck_assert_uint_eq(json_array_size(at(whole, "interfaces")), 1);
	object = json_pack("{s:O}", "parameters", at(whole, "interfaces/0"));
	ck_assert_str_eq(text_at(object, "lease/address"), "10.0.0.5");
	ck_assert_int_eq(int_at(object, "lease/prefixLength"), 24);
	ck_assert_str_eq(text_at(object, "lease/server"), "10.0.0.1");
	ck_assert_int_eq(int_at(object, "lease/seconds"), 3600);
	ck_assert_int_eq(int_at(object, "lease/renewInSeconds"), 1790);
	ck_assert_int_eq(int_at(object, "lease/rebindInSeconds"), 3140);
	ck_assert_int_eq(int_at(object, "lease/expiresInSeconds"), 3590);
	ck_assert_str_eq(text_at(object, "lease/routes/0/destination"),
			 "0.0.0.0/0");
	ck_assert_str_eq(text_at(object, "lease/routes/0/gateway"), "10.0.0.1");
	ck_assert_str_eq(text_at(object, "lease/authentication"), "none");
	ck_assert_str_eq(text_at(object, "lease/dnsServers/0"), "10.0.0.1");
	ck_assert_str_eq(text_at(object, "lease/dnsServers/1"), "192.0.2.53");
	ck_assert_uint_eq(json_array_size(at(object, "lease/dnsServers")), 2);
}
END_TEST

/* Covers: DF-opt-17 */
START_TEST(status_unusable_dns_servers)
{
	static const uint8_t list[] = { 0,   0, 0, 0,  224, 0,	 0,   1,
					10,  0, 0, 53, 255, 255, 255, 255,
					127, 0, 0, 1,  192, 0,	 2,   53 };
	json_auto_t *object = NULL;

	dhcp4_options_remove(&eth0()->lease.options, DHCP4_OPTION_DNS_SERVERS);
	ck_assert(dhcp4_options_append(&eth0()->lease.options,
				       DHCP4_OPTION_DNS_SERVERS, list,
				       sizeof(list)));
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	ck_assert_uint_eq(
		json_array_size(at(object, "interfaces/0/lease/dnsServers")), 2);
	ck_assert_str_eq(text_at(object, "interfaces/0/lease/dnsServers/0"),
			 "10.0.0.53");
	ck_assert_str_eq(text_at(object, "interfaces/0/lease/dnsServers/1"),
			 "192.0.2.53");
}
END_TEST

START_TEST(status_infinite)
{
	static const char *const nulls[] = {
		"interfaces/0/lease/seconds",
		"interfaces/0/lease/renewInSeconds",
		"interfaces/0/lease/rebindInSeconds",
		"interfaces/0/lease/expiresInSeconds",
	};
	struct dhcp4_lease *lease = &eth0()->lease;
	json_auto_t *object = NULL;

	lease->lease_s = DHCP4_LEASE_INFINITE;
	lease->t1_ns = lease->t2_ns = lease->expiry_ns = NSEC_NEVER;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		ck_assert(json_is_null(at(object, nulls[i])));
}
END_TEST

START_TEST(status_bootp)
{
	json_auto_t *object = NULL;

	eth0()->lease.server_id = IPV4_ANY;
	eth0()->counters.received[DHCP4_TYPE_BOOTP] = 2;
	call("{\"method\":\"" CLIENT ".Status\",\"parameters\":{}}");
	object = reply();
	ck_assert(json_is_null(at(object, "interfaces/0/lease/server")));
	ck_assert_int_eq(int_at(object, "interfaces/0/received/BOOTP"), 2);
}
END_TEST

START_TEST(status_unknown)
{
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\","
			      "\"parameters\":{\"interface\":\"eth9\"}}"),
			 0);
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth9");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\","
			      "\"parameters\":{\"interface\":7}}"),
			 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "interface");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\","
			      "\"parameters\":[]}"),
			 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "parameters");
}
END_TEST

/* The kernel lets an interface be called nearly anything. */
START_TEST(status_odd_name)
{
	json_auto_t *object = NULL;

	strcpy(world.managed[0].iface.name, "e\xff\x1b[1m\"");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	ck_assert_str_eq(text_at(object, "interfaces/0/name"), "e??[1m\"");
}
END_TEST

START_TEST(status_informed)
{
	struct iface *iface = &world.managed[1].iface;
	json_auto_t *before = NULL, *after = NULL;

	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	before = reply();
	ck_assert(json_is_null(at(before, "interfaces/1/informed")));
	iface->config.inform_address = 0xc0000207;
	iface->client->state = DHCP4_STATE_INFORMING;
	iface->client->lease.server_id = 0xc0000201;
	ck_assert(dhcp4_options_append(&iface->client->lease.options,
				       DHCP4_OPTION_DNS_SERVERS, "\xc0\0\2\3", 4));
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	after = reply();
	ck_assert_str_eq(text_at(after, "interfaces/1/informed/address"),
			 "192.0.2.7");
	ck_assert_str_eq(text_at(after, "interfaces/1/informed/server"),
			 "192.0.2.1");
	ck_assert_str_eq(text_at(after, "interfaces/1/informed/dnsServers/0"),
			 "192.0.2.3");
	ck_assert(json_is_null(at(after, "interfaces/1/lease")));
}
END_TEST

static void expect_fallback(const char *kind, const char *state,
			    const char *address)
{
	json_auto_t *object = NULL;

	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	ck_assert_str_eq(text_at(object, "interfaces/0/fallback/kind"), kind);
	ck_assert_str_eq(text_at(object, "interfaces/0/fallback/state"), state);
	ck_assert_pstr_eq(
		json_string_value(at(object, "interfaces/0/fallback/address")),
		address);
}

START_TEST(status_fallback)
{
	struct iface *iface = &world.managed[0].iface;
	struct fallback *f = &iface->client->fallback;

	iface->config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	expect_fallback("link_local", "waiting", NULL);
	f->active = true;
	f->acd.phase = ACD_PHASE_PROBING;
	f->acd.address = 0xa9fe0102;
	expect_fallback("link_local", "probing", NULL);
	f->acd.in_use = true;
	expect_fallback("link_local", "configuring", "169.254.1.2");
	f->configured = true;
	expect_fallback("link_local", "used", "169.254.1.2");
	fallback_init(f);
	f->active = true;
	iface->config.fallback = (struct fallback_config){ FALLBACK_MODE_STATIC,
							   0x0a000063, 24, 0 };
	expect_fallback("static", "conflict", NULL);
}
END_TEST

START_TEST(status_rival)
{
	json_auto_t *object = NULL;

	world.managed[0].rival = (struct rival){ "dhclient", "end it", 4321 };
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	ck_assert_str_eq(text_at(object, "interfaces/0/rival/name"), "dhclient");
	ck_assert_int_eq(int_at(object, "interfaces/0/rival/pid"), 4321);
}
END_TEST

static void expect_last_error(const char *text)
{
	json_auto_t *object = NULL;
	const json_t *value;

	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	object = reply();
	value = at(object, "interfaces/0/lastError");
	ck_assert_pstr_eq(json_string_value(value), text);
}

START_TEST(status_servers)
{
	struct pins pins = {
		.count = 1,
		.networks = { { .place = { .router = 0x0a000001 },
				.count = 2,
				.servers = { { 0x0a000001, { 2, { 1, 2 } } },
					     { 0, { 0, { 0 } } } } } },
	};

	world.managed[0].iface.pins = &pins;
	world.managed[0].iface.config.server_pin = SERVER_PIN_STRICT;
	world.managed[0].iface.client->held = 6;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	{
		json_auto_t *object = reply();
		const json_t *servers = at(object, "interfaces/0/knownServers");

		ck_assert_str_eq(text_at(object, "interfaces/0/serverPin"),
				 "strict");
		ck_assert_uint_eq(json_array_size(servers), 2);
		ck_assert_str_eq(text_at(object,
					 "interfaces/0/knownServers/0/server"),
				 "10.0.0.1");
		ck_assert_str_eq(text_at(object, "interfaces/0/knownServers/0/"
						 "hardwareAddress"),
				 "01:02");
		ck_assert_str_eq(text_at(object,
					 "interfaces/0/knownServers/1/router"),
				 "10.0.0.1");
		ck_assert(json_is_null(
			at(object, "interfaces/0/knownServers/1/server")));
		ck_assert_str_eq(text_at(object, "interfaces/0/heldChanges/0"),
				 "routers");
		ck_assert_str_eq(text_at(object, "interfaces/0/heldChanges/1"),
				 "domain-name-servers");
		ck_assert_str_eq(text_at(object, "interfaces/1/serverPin"),
				 "off");
		ck_assert_uint_eq(
			json_array_size(at(object, "interfaces/1/knownServers")),
			0);
		ck_assert_uint_eq(
			json_array_size(at(object, "interfaces/1/heldChanges")),
			0);
	}
	/* Names of networks are not everybody's. */
	caller.peer.level = VARLINK_LEVEL_READ;
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
	{
		json_auto_t *object = reply();

		ck_assert(json_is_null(at(object, "interfaces/0/knownServers")));
	}
	caller.peer.level = VARLINK_LEVEL_ADMIN;
}
END_TEST

/* Who the host is to servers, and where it is, is not everybody's. */
START_TEST(status_identity_by_level)
{
	static const char *const members[] = {
		"interfaces/0/clientId",
		"interfaces/0/iaid",
		"interfaces/0/duid",
		"interfaces/0/network",
	};
	struct dhcp4_config *config = &world.managed[0].iface.config;
	const struct duid duid = { 4, { 0, 3, 0, 1 } };

	config->client_id = client_id_of_duid(7, &duid);
	config->network = (struct network_id){ 1, { 'x' } };
	for (unsigned all = 0; all <= 1; all++) {
		caller.peer.level =
			all ? VARLINK_LEVEL_CONTROL : VARLINK_LEVEL_READ;
		ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Status\"}"), 0);
		json_auto_t *object = reply();

		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			ck_assert_int_eq(json_is_null(at(object, members[i])),
					 !all);
	}
	caller.peer.level = VARLINK_LEVEL_ADMIN;
}
END_TEST

START_TEST(status_last_error)
{
	struct dhcp4_notice refused = { .kind = DHCP4_NOTICE_CONFIGURE_FAILED,
					.address = 0x0a000005,
					.error = EPERM };
	struct dhcp4_notice lost = { .kind = DHCP4_NOTICE_LOST,
				     .address = 0x0a000005,
				     .loss = DHCP4_LOSS_EXPIRED };

	notice(DHCP4_NOTICE_NAK);
	expect_last_error("server 10.0.0.1 refused the address (NAK)");
	notice(DHCP4_NOTICE_OFFER);
	notice(DHCP4_NOTICE_SILENT);
	expect_last_error("server 10.0.0.1 does not answer");
	notice(DHCP4_NOTICE_UNCONFIRMED);
	notice(DHCP4_NOTICE_READY);
	expect_last_error("no server confirmed 10.0.0.5, which is used until"
			  " its expiry");
	notice(DHCP4_NOTICE_ACK);
	expect_last_error(NULL);

	report_notice(&world.managed[0], &refused);
	notice(DHCP4_NOTICE_ACK);
	expect_last_error("the kernel refused 10.0.0.5 or its routes:"
			  " Operation not permitted");
	notice(DHCP4_NOTICE_READY);
	expect_last_error(NULL);

	report_notice(&world.managed[0], &lost);
	expect_last_error("lost 10.0.0.5: expired");
	notice(DHCP4_NOTICE_ACK);
	lost.loss = DHCP4_LOSS_RELEASED;
	report_notice(&world.managed[0], &lost);
	expect_last_error(NULL);
}
END_TEST

/* ---- commands ---------------------------------------------------------------- */

static void command(const char *method, const char *interface)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"method\":\"" CLIENT ".%s\","
		 "\"parameters\":{\"interface\":\"%s\"}}",
		 method, interface);
	ck_assert_int_eq(call(text), 0);
}

START_TEST(command_parameters)
{
	static const char *const methods[] = { "Renew", "Rebind", "Release",
					       "Stop", "Start" };
	static const char *const waits[] = { "-1", "86401", "1.0", "\"1\"",
					     "true" };
	const char *method = methods[_i];
	char text[256];

	command(method, "eth9");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth9");
	world.managed[1].link.gone = true;
	command(method, "eth1");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth1");
	world.managed[1].link.gone = false;
	snprintf(text, sizeof(text), "{\"method\":\"" CLIENT ".%s\"}", method);
	ck_assert_int_eq(call(text), 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "interface");
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		snprintf(text, sizeof(text),
			 "{\"method\":\"" CLIENT ".%s\",\"parameters\":"
			 "{\"interface\":\"eth0\",\"waitSeconds\":%s}}",
			 method, waits[i]);
		ck_assert_int_eq(call(text), 0);
		expect_error(SERVICE ".InvalidParameter", "parameter",
			     "waitSeconds");
	}
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_BOUND);
	ck_assert_uint_eq(world.sent, 0);
}
END_TEST

static const struct {
	const char *method;
	enum dhcp4_state state;
} renewals[] = {
	{ "Renew", DHCP4_STATE_RENEWING },
	{ "Rebind", DHCP4_STATE_REBINDING },
};

START_TEST(renewed)
{
	command(renewals[_i].method, "eth0");
	ck_assert_int_eq(eth0()->state, renewals[_i].state);
	ck_assert_uint_eq(world.sent, 1);
	expect_waiting();
	ck_assert_uint_eq(caller.peer.wait.deadline, now + 30 * NSEC_PER_S);
	notice(DHCP4_NOTICE_OFFER);
	notice(DHCP4_NOTICE_REJECTED);
	notice(DHCP4_NOTICE_READY);
	expect_waiting();
	notice(DHCP4_NOTICE_ACK);
	expect_lease("10.0.0.5");
	notice(DHCP4_NOTICE_ACK);
	ck_assert_uint_eq(caller.used, 0);
}
END_TEST

/* As by renew, but that what was held back is applied. */
START_TEST(accepted)
{
	world.managed[0].iface.config.renew_changes = RENEW_CHANGES_HOLD;
	command("Accept", "eth0");
	expect_waiting();
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_RENEWING);
	ck_assert(eth0()->accepting);
	notice(DHCP4_NOTICE_ACK);
	expect_lease("10.0.0.5");
}
END_TEST

START_TEST(servers_forgotten)
{
	struct pins pins = { .count = 1, .networks = { { .count = 1 } } };

	scratch_open();
	world.daemon.store = scratch_store("");
	world.managed[0].iface.pins = &pins;
	command("ForgetServers", "eth1");
	expect_error(CLIENT ".NotPinned", "interface", "eth1");
	command("ForgetServers", "eth7");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth7");
	command("ForgetServers", "eth0");
	json_decref(reply());
	ck_assert_uint_eq(pins.count, 0);
	store_close(world.daemon.store);
	ck_assert(scratch_has("eth0.servers"));
	scratch_close();
}
END_TEST

START_TEST(renewal_refused)
{
	command(renewals[_i].method, "eth0");
	notice(DHCP4_NOTICE_NAK);
	expect_error(CLIENT ".Refused", "interface", "eth0");
}
END_TEST

START_TEST(renewal_lost)
{
	struct dhcp4_notice lost = { .kind = DHCP4_NOTICE_LOST,
				     .loss = DHCP4_LOSS_REPLACED };

	command(renewals[_i].method, "eth0");
	pass_on(&world, &world.managed[0], &lost, now);
	expect_waiting();
	lost.loss = DHCP4_LOSS_EXPIRED;
	pass_on(&world, &world.managed[1], &lost, now);
	expect_waiting();
	pass_on(&world, &world.managed[0], &lost, now);
	expect_error(CLIENT ".LeaseLost", "interface", "eth0");
}
END_TEST

/* Another caller stops the interface meanwhile. */
START_TEST(renewal_stopped)
{
	command(renewals[_i].method, "eth0");
	iface_stop(&world.managed[0].iface, false, now);
	expect_error(CLIENT ".Stopped", "interface", "eth0");
}
END_TEST

START_TEST(renewal_not_possible)
{
	json_auto_t *object = NULL;

	command(renewals[_i].method, "eth1");
	object = reply();
	ck_assert_str_eq(json_string_value(json_object_get(object, "error")),
			 CLIENT ".Stopped");
	ck_assert(strstr(text_at(object, "message"), "start"));

	iface_start(&world.managed[1].iface, now);
	ck_assert_int_eq(eth1()->state, DHCP4_STATE_SELECTING);
	command(renewals[_i].method, "eth1");
	expect_error(CLIENT ".NotLeased", "interface", "eth1");
}
END_TEST

/* What came by BOOTP is for ever: done at once, and nothing sent. */
START_TEST(renewal_of_bootp)
{
	json_auto_t *object = NULL;

	eth0()->lease.server_id = IPV4_ANY;
	command(renewals[_i].method, "eth0");
	object = reply();
	ck_assert_str_eq(json_string_value(json_object_get(object, "error")),
			 CLIENT ".NotLeased");
	ck_assert(strstr(text_at(object, "message"), "BOOTP"));
	ck_assert_uint_eq(world.sent, 0);
}
END_TEST

START_TEST(released)
{
	command("Release", "eth0");
	expect_lease("10.0.0.5"); /* as it was */
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_STOPPED);
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world.sent, 1);

	/* Once more: there is nothing any more, and that is no failure. */
	command("Release", "eth0");
	expect_lease(NULL);
	ck_assert_uint_eq(world.sent, 1);
}
END_TEST

START_TEST(stopped)
{
	command("Stop", "eth0");
	expect_lease("10.0.0.5"); /* stays */
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_STOPPED);
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world.sent, 0);
	command("Stop", "eth0");
	expect_lease("10.0.0.5");
	command("Stop", "eth1");
	expect_lease(NULL);

	/* A lease that outlived a stop can be given back. */
	command("Release", "eth0");
	expect_lease("10.0.0.5");
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world.sent, 1);
}
END_TEST

START_TEST(started)
{
	/* It is leased already. */
	command("Start", "eth0");
	expect_lease("10.0.0.5");
	ck_assert_uint_eq(world.sent, 0);

	/* A lease that the kernel has all the while: an ACK is enough. */
	iface_stop(&world.managed[0].iface, false, now);
	command("Start", "eth0");
	expect_waiting();
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_REBOOTING);
	notice(DHCP4_NOTICE_ACK);
	expect_lease("10.0.0.5");
}
END_TEST

START_TEST(started_anew)
{
	iface_stop(&world.managed[0].iface, true, now);
	command("Start", "eth0");
	expect_waiting();
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_SELECTING);
	notice(DHCP4_NOTICE_NAK);
	notice(DHCP4_NOTICE_SILENT);
	notice(DHCP4_NOTICE_ACK); /* the kernel has nothing yet */
	expect_waiting();
	world_bind(&world.managed[0], now);
	notice(DHCP4_NOTICE_READY);
	expect_lease("10.0.0.5");
}
END_TEST

START_TEST(started_running)
{
	iface_start(&world.managed[1].iface, now);
	command("Start", "eth1"); /* joins the wait */
	expect_waiting();
	ck_assert_uint_eq(world.sent, 1);
	iface_stop(&world.managed[1].iface, false, now);
	expect_error(CLIENT ".Stopped", "interface", "eth1");
}
END_TEST

/* It has its answer, and asks for no other one that could be waited for. */
START_TEST(started_informed)
{
	struct dhcp4_client *c = world.managed[0].iface.client;

	c->tenure = DHCP4_TENURE_NONE;
	c->state = DHCP4_STATE_INFORMING;
	c->send_at = NSEC_NEVER;
	c->retransmit_at = NSEC_NEVER;
	command("Start", "eth0");
	expect_lease(NULL);

	c->send_at = now;
	command("Start", "eth0");
	expect_waiting();
	notice(DHCP4_NOTICE_INFORMED);
	expect_lease(NULL);

	c->send_at = NSEC_NEVER;
	c->carrier = false;
	command("Start", "eth0");
	expect_waiting();
}
END_TEST

/* Whoever adds an interface once more finds it as it is, stopped by another one. */
START_TEST(added_again)
{
	control_await_start(&caller.peer, &world.managed[0], 30, now);
	expect_lease("10.0.0.5");
	control_await_start(&caller.peer, &world.managed[1], 30, now);
	expect_error(CLIENT ".Stopped", "interface", "eth1");
	iface_start(&world.managed[1].iface, now);
	control_await_start(&caller.peer, &world.managed[1], 30, now);
	expect_waiting();
}
END_TEST

START_TEST(started_refused_by_kernel)
{
	iface_stop(&world.managed[0].iface, true, now);
	command("Start", "eth0");
	notice(DHCP4_NOTICE_CONFIGURE_FAILED);
	expect_error(CLIENT ".NotConfigured", "interface", "eth0");
}
END_TEST

START_TEST(timed_out)
{
	static const struct {
		enum dhcp4_state state;
		bool carrier;
		const char *hint;
	} cases[] = {
		{ DHCP4_STATE_SELECTING, true, "no OFFER" },
		{ DHCP4_STATE_REQUESTING, true, "no ACK" },
		{ DHCP4_STATE_SELECTING, false, "no carrier" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_auto_t *object = NULL;

		eth1()->state = DHCP4_STATE_STOPPED;
		command("Start", "eth1");
		expect_waiting();
		eth1()->state = cases[i].state;
		eth1()->carrier = cases[i].carrier;
		control_timeout(&caller.peer, now);
		eth1()->carrier = true;
		object = reply();
		ck_assert_str_eq(
			json_string_value(json_object_get(object, "error")),
			CLIENT ".Timeout");
		ck_assert(strstr(text_at(object, "message"), cases[i].hint));
	}
	control_timeout(&caller.peer, now);
	ck_assert_uint_eq(caller.used, 0);
}
END_TEST

START_TEST(wait_given)
{
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Renew\",\"parameters\":"
			      "{\"interface\":\"eth0\",\"waitSeconds\":0}}"),
			 0);
	expect_waiting();
	ck_assert_uint_eq(caller.peer.wait.deadline, now);
}
END_TEST

START_TEST(ended)
{
	control_end(&caller.peer, now);
	ck_assert_uint_eq(caller.used, 0);
	command("Renew", "eth0");
	control_end(&caller.peer, now);
	expect_error(CLIENT ".Ended", "interface", "eth0");
}
END_TEST

/* Whoever hangs up is told nothing; the work goes on. */
START_TEST(forgotten)
{
	command("Renew", "eth0");
	control_forget(&caller.peer);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_RENEWING);
	notice(DHCP4_NOTICE_ACK);
	ck_assert_uint_eq(caller.used, 0);
}
END_TEST

/* ---- recordings --------------------------------------------------------- */

static void start_recorder(void)
{
	static uint8_t memory[RECORDER_SIZE_MIN];

	recorder_init(&world.daemon.recorder, memory, sizeof(memory));
	world.daemon.host.recorder = &world.daemon.recorder;
}

/* The records of a recording in hex, and whose it is. */
static unsigned count_events(const char *hex, const char *interface)
{
	static uint8_t octets[RECORDER_SIZE_MIN];
	static struct record record;
	struct recording_header header;
	struct reader records;
	unsigned events = 0;
	int size = str_to_hex(hex, octets, sizeof(octets));

	ck_assert_int_gt(size, 0);
	ck_assert_int_eq(recording_open(octets, (size_t)size, &header, &records),
			 RECORDING_ERROR_NONE);
	ck_assert_str_eq(header.interface, interface);
	ck_assert_str_eq(header.version, TENURED_VERSION);
	ck_assert_uint_eq(header.saved_ns, now);
	ck_assert_uint_gt(header.saved_wall_s, 1700000000);
	ck_assert(!header.masked);
	while (record_read(&records, &record) && record.kind != RECORD_KIND_END)
		events += record.kind == RECORD_KIND_EVENT;
	ck_assert_int_eq(record.kind, RECORD_KIND_END);
	return events;
}

static void expect_recording(unsigned events, json_int_t seconds,
			     const char *interface)
{
	json_auto_t *object = reply();

	ck_assert(!json_object_get(object, "error"));
	ck_assert_int_eq(int_at(object, "events"), events);
	ck_assert_int_eq(int_at(object, "seconds"), seconds);
	ck_assert_uint_eq(count_events(text_at(object, "recording"), interface),
			  events);
}

START_TEST(recorded)
{
	start_recorder();
	command("Record", "eth0");
	expect_recording(0, 0, "eth0");
	iface_renew(&world.managed[0].iface, now);
	iface_carrier(&world.managed[0].iface, false, now);
	iface_start(&world.managed[1].iface, now);
	now += 7 * NSEC_PER_S;
	command("Record", "eth0");
	expect_recording(2, 7, "eth0");
	command("Record", "eth1");
	expect_recording(1, 7, "eth1");
}
END_TEST

START_TEST(recorded_not)
{
	command("Record", "eth0");
	expect_error(CLIENT ".NotRecorded", "interface", "eth0");
	start_recorder();
	command("Record", "eth7");
	expect_error(CLIENT ".NoSuchInterface", "interface", "eth7");
	ck_assert_int_eq(call("{\"method\":\"" CLIENT ".Record\"}"), 0);
	expect_error(SERVICE ".InvalidParameter", "parameter", "interface");
}
END_TEST

static TCase *commands_case(void)
{
	TCase *commands = tcase_create("commands");

	tcase_add_checked_fixture(commands, set_up, tear_down);
	tcase_add_loop_test(commands, command_parameters, 0, 5);
	tcase_add_loop_test(commands, renewed, 0, 2);
	tcase_add_test(commands, accepted);
	tcase_add_test(commands, servers_forgotten);
	tcase_add_loop_test(commands, renewal_refused, 0, 2);
	tcase_add_loop_test(commands, renewal_lost, 0, 2);
	tcase_add_loop_test(commands, renewal_stopped, 0, 2);
	tcase_add_loop_test(commands, renewal_not_possible, 0, 2);
	tcase_add_loop_test(commands, renewal_of_bootp, 0, 2);
	tcase_add_test(commands, released);
	tcase_add_test(commands, stopped);
	tcase_add_test(commands, started);
	tcase_add_test(commands, started_anew);
	tcase_add_test(commands, started_running);
	tcase_add_test(commands, started_informed);
	tcase_add_test(commands, added_again);
	tcase_add_test(commands, started_refused_by_kernel);
	tcase_add_test(commands, timed_out);
	tcase_add_test(commands, wait_given);
	tcase_add_test(commands, ended);
	tcase_add_test(commands, forgotten);
	return commands;
}

Suite *test_varlink_suite(void)
{
	Suite *suite = suite_create("varlink");
	TCase *protocol = tcase_create("protocol");
	TCase *status = tcase_create("status");
	TCase *recordings = tcase_create("recordings");

	tcase_add_checked_fixture(protocol, set_up, tear_down);
	tcase_add_loop_test(protocol, not_a_call, 0, 21);
	tcase_add_test(protocol, depth);
	tcase_add_test(protocol, unknown_names);
	tcase_add_test(protocol, flags);
	tcase_add_test(protocol, oneway);
	tcase_add_test(protocol, no_room_for_a_reply);
	tcase_add_test(protocol, info);
	tcase_add_test(protocol, descriptions);
	tcase_add_test(protocol, listed);
	tcase_add_test(protocol, listed_unusable);
	tcase_add_test(protocol, lease_alone);
	tcase_add_test(protocol, statistics);
	tcase_add_test(protocol, statistics_after_loss);
	tcase_add_test(protocol, log_levels);
	tcase_add_test(protocol, remove_refused);
	tcase_add_test(protocol, manual);
	tcase_add_test(protocol, permission);
	tcase_add_test(protocol, network_is_named);
	tcase_add_test(protocol, network_has_no_such_name);
	suite_add_tcase(suite, protocol);

	tcase_add_checked_fixture(status, set_up, tear_down);
	tcase_add_test(status, status_all);
	tcase_add_test(status, status_lease);
	tcase_add_test(status, status_unusable_dns_servers);
	tcase_add_test(status, status_infinite);
	tcase_add_test(status, status_bootp);
	tcase_add_test(status, status_unknown);
	tcase_add_test(status, status_odd_name);
	tcase_add_test(status, status_fallback);
	tcase_add_test(status, status_informed);
	tcase_add_test(status, status_rival);
	tcase_add_test(status, status_identity_by_level);
	tcase_add_test(status, status_last_error);
	tcase_add_test(status, status_servers);
	suite_add_tcase(suite, status);

	suite_add_tcase(suite, commands_case());

	tcase_add_checked_fixture(recordings, set_up, tear_down);
	tcase_add_test(recordings, recorded);
	tcase_add_test(recordings, recorded_not);
	suite_add_tcase(suite, recordings);
	return suite;
}
