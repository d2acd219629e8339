/* SPDX-License-Identifier: BSD-2-Clause */
/* supersede, prepend, append, default, ignore and require, from words to edits. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/draft.h"
#include "daemon/keys.h"
#include "daemon/sent.h"

Suite *test_rules_override_suite(void);

static const uint8_t secret[SIPHASH_KEY_SIZE] = { 1, 2, 3 };

static struct settings process;
static struct iface_settings iface;
static struct dhcp4_config config;

static void set_up(void)
{
	iface = (struct iface_settings){ .classless_routes = true };
	ck_assert_ptr_nonnull(sent_edit(&iface.sent));
	config = (struct dhcp4_config){ .hardware_type = 1 };
}

static void tear_down(void)
{
	sent_unref(iface.sent);
}

static const char *set(const char *key, const char *value)
{
	return key_apply(key_of_name(key), value, &process, &iface);
}

static void must_set(const char *key, const char *value)
{
	ck_assert_pstr_eq(set(key, value), NULL);
}

/* The value of the only edit that there is. */
static void expect(enum override_kind kind, uint8_t code, const void *bytes,
		   size_t size)
{
	struct override_edit edit;
	uint16_t offset = 0;

	ck_assert(override_next(&iface.sent->override, &offset, &edit));
	ck_assert_int_eq((int)edit.kind, (int)kind);
	ck_assert_uint_eq(edit.value.code, code);
	ck_assert_uint_eq(edit.value.size, size);
	ck_assert_mem_eq(edit.value.bytes, bytes, size);
	ck_assert(!override_next(&iface.sent->override, &offset, &edit));
}

static const struct {
	const char *key, *value;
	enum override_kind kind;
	uint8_t code, size;
	uint8_t bytes[24];
} good[] = {
	{ "supersede", "domain-name=example.org", OVERRIDE_SUPERSEDE, 15, 11,
	  "example.org" },
	{ "supersede", "subnet-mask=255.255.0.0", OVERRIDE_SUPERSEDE, 1, 4,
	  "\xff\xff\0\0" },
	{ "supersede", "51=3600", OVERRIDE_SUPERSEDE, 51, 4, "\0\0\x0e\x10" },
	{ "supersede", "224/text=a=b", OVERRIDE_SUPERSEDE, 224, 3, "a=b" },
	{ "prepend", "domain-name-servers=1.1.1.1, 8.8.8.8", OVERRIDE_PREPEND,
	  6, 8, "\1\1\1\1\x08\x08\x08\x08" },
	{ "append", "domain-search=a.b,c", OVERRIDE_APPEND, 119, 8,
	  "\1a\1b\0\1c" },
	{ "append", "classless-routes=10.0.0.0/8 via 10.0.0.1", OVERRIDE_APPEND,
	  121, 6, "\x08\x0a\x0a\0\0\1" },
	{ "default", "interface-mtu=1400", OVERRIDE_DEFAULT, 26, 2, "\5\x78" },
	{ "default", "43=01:02", OVERRIDE_DEFAULT, 43, 2, "\1\2" },
};

START_TEST(a_good_value)
{
	must_set(good[_i].key, good[_i].value);
	expect(good[_i].kind, good[_i].code, good[_i].bytes, good[_i].size);
	/* The same again, and another one in its place. */
	must_set(good[_i].key, good[_i].value);
	expect(good[_i].kind, good[_i].code, good[_i].bytes, good[_i].size);
	must_set(good[_i].key, "");
	ck_assert_uint_eq(iface.sent->override.used, 0);
}
END_TEST

/* What the error has in it. */
static const struct {
	const char *key, *value, *error;
} bad[] = {
	{ "supersede", "dns", "OPTION=VALUE" },
	{ "supersede", "dns=1.1.1.1", "OPTION=VALUE" },
	{ "supersede", "255=01", "OPTION=VALUE" },
	{ "supersede", "6/x=1", "is of no type" },
	{ "supersede", "domain-name-servers=one", "takes IPv4 addresses" },
	{ "supersede", "domain-name-servers=", "takes IPv4 addresses" },
	{ "supersede", "server-id=10.0.0.1", "matter of each message" },
	{ "supersede", "client-id=01:02", "client-id" },
	{ "supersede", "lease-time=59", "60 seconds" },
	{ "supersede", "subnet-mask=255.0.255.0", "subnet mask" },
	{ "supersede", "routers=1.1", "takes IPv4 addresses" },
	{ "supersede", "static-routes=1.1", "takes pairs" },
	{ "supersede", "static-routes=1.1.1.1", "may not have" },
	{ "supersede", "broadcast-address=x", "takes an IPv4 address" },
	{ "supersede", "ip-forwarding=maybe", "takes yes or no" },
	{ "supersede", "default-ip-ttl=256", "0 to 255" },
	{ "supersede", "default-ip-ttl=0", "may not have" },
	{ "supersede", "interface-mtu=65536", "0 to 65535" },
	{ "supersede", "path-mtu-plateau-table=x", "takes numbers" },
	{ "supersede", "renewal-time=-1", "0 to 4294967295" },
	{ "supersede", "time-offset=x", "-2147483648" },
	{ "supersede", "domain-name=\t", "printable" },
	{ "supersede", "vendor-specific=x", "takes hex" },
	{ "supersede", "domain-search=a b", "takes domain names" },
	{ "supersede", "classless-routes=10.0.0.0", "takes routes" },
	{ "prepend", "domain-name=a", "use supersede" },
	{ "append", "lease-time=100", "can only be superseded" },
	{ "default", "lease-time=100", "can only be superseded" },
	{ "ignore", "lease-time", "can only be superseded" },
	{ "ignore", "routers,nothing", "names of options" },
	{ "ignore", "53", "matter of each message" },
	{ "require", "overload", "matter of each message" },
	{ "require", "ipv6-only-preferred", "ipv6-only" },
	{ "require", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "at most 16" },
};

START_TEST(a_bad_value)
{
	const char *error = set(bad[_i].key, bad[_i].value);

	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, bad[_i].error), "%s", error);
}
END_TEST

START_TEST(there_is_room_for_so_much)
{
	char value[512] = "merit-dump-file=";

	memset(value + strlen(value), 'a', 400);
	must_set("supersede", value);
	ck_assert_ptr_nonnull(strstr(set("default", value), "512 octets"));
	memset(value, ',', sizeof(value) - 1);
	ck_assert_ptr_nonnull(strstr(set("ignore", value), "in parts"));
	for (unsigned code = 1; code <= 27; code++) {
		snprintf(value, sizeof(value), "%u", code);
		must_set("ignore", value);
	}
	ck_assert_ptr_nonnull(strstr(set("ignore", "200"), "no room"));
}
END_TEST

START_TEST(lists_are_marks)
{
	must_set("ignore", "routers, 6");
	must_set("ignore", "routers");
	must_set("require", "interface-mtu");
	ck_assert_uint_eq(iface.sent->override.used, 3 * 4);
	must_set("ignore", "");
	expect(OVERRIDE_REQUIRE, 26, "", 0);
	must_set("require", "");
	ck_assert_uint_eq(iface.sent->override.used, 0);
}
END_TEST

/* ---- what is asked for ----------------------------------------------------- */

static bool is_asked_for(uint8_t code)
{
	sent_configure(&iface, secret, NULL, &config);
	return memchr(config.parameters, code, config.parameters_count) != NULL;
}

START_TEST(what_is_needed_is_asked_for)
{
	must_set("require", "42");
	must_set("default", "26=1400");
	must_set("prepend", "4=1.1.1.1");
	must_set("append", "7=1.1.1.1");
	must_set("supersede", "9=1.1.1.1");
	must_set("ignore", "6");
	must_set("request-option", "15,119,6");
	ck_assert(is_asked_for(42));
	ck_assert(is_asked_for(26));
	ck_assert(is_asked_for(4));
	ck_assert(is_asked_for(7));
	ck_assert(!is_asked_for(9));
	ck_assert(!is_asked_for(6));
	ck_assert(is_asked_for(15));
	ck_assert_ptr_eq(config.override, &iface.sent->override);
	must_set("append", "6=1.1.1.1");
	ck_assert(is_asked_for(6));
}
END_TEST

/* Who asks for so much else still asks for that. */
START_TEST(what_is_required_is_asked_for_first)
{
	must_set("request-option", "30,31,32,34,35,36,37,38,39,40,41,44,45,46,47,"
				   "48,49,62,63,64,65,66,67,68,69,70,71,72,73");
	must_set("require", "200,201,202,203,204,205,206,207,208,209,210,211,"
			    "212,213,214,215");
	for (uint8_t code = 200; code < 216; code++)
		ck_assert(is_asked_for(code));
}
END_TEST

Suite *test_rules_override_suite(void)
{
	Suite *suite = suite_create("rules_override");
	TCase *tcase = tcase_create("rules_override");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_good_value, 0, (int)ARRAY_SIZE(good));
	tcase_add_loop_test(tcase, a_bad_value, 0, (int)ARRAY_SIZE(bad));
	tcase_add_test(tcase, there_is_room_for_so_much);
	tcase_add_test(tcase, lists_are_marks);
	tcase_add_test(tcase, what_is_needed_is_asked_for);
	tcase_add_test(tcase, what_is_required_is_asked_for_first);
	suite_add_tcase(suite, tcase);
	return suite;
}
