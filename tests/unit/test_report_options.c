/* SPDX-License-Identifier: BSD-2-Clause */
/* Options as JSON, with their octets and without. */
#include "lease/report_options.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lease/report_lease.h"

Suite *test_report_options_suite(void);

static struct dhcp4_lease lease;

static void setup(void)
{
	lease = (struct dhcp4_lease){ .address = 0x0a000005 };
}

static void add(uint8_t code, const void *bytes, size_t size)
{
	ck_assert(dhcp4_options_append(&lease.options, code, bytes, size));
}
#define ADD(code, literal) add(code, literal, sizeof(literal) - 1)

static void json_is(json_t *value, const char *expected)
{
	json_t *wanted = json_loads(expected, JSON_DECODE_ANY, NULL);
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	ck_assert_ptr_nonnull(wanted);
	ck_assert_msg(json_equal(value, wanted), "%s", text);
	free(text);
	json_decref(wanted);
	json_decref(value);
}

START_TEST(no_options)
{
	json_is(report_options(&lease.options, true), "[]");
}
END_TEST

START_TEST(each_kind_of_value)
{
	ADD(1, "\xff\xff\xff\0");
	ADD(2, "\xff\xff\xff\xc4");
	ADD(6, "\x0a\0\0\1\x0a\0\0\2");
	ADD(17, "/root");
	ADD(19, "\1");
	ADD(114, "https://p/");
	ADD(121, "\x08\x0a\x0a\0\0\1");
	ADD(125, "\0\0\0\x09\3\1\1x");
	ADD(146, "\3\x0a\0\0\1\x0a\0\0\2\1a\0");
	ADD(212, "\x08\x20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0\2\1");
	json_is(report_options(&lease.options, true),
		"[{\"code\":1,\"name\":\"subnet-mask\",\"value\":\"255.255.255.0\","
		"\"raw\":\"ffffff00\"},"
		"{\"code\":2,\"name\":\"time-offset\",\"value\":-60,"
		"\"raw\":\"ffffffc4\"},"
		"{\"code\":6,\"name\":\"domain-name-servers\","
		"\"value\":[\"10.0.0.1\",\"10.0.0.2\"],"
		"\"raw\":\"0a0000010a000002\"},"
		"{\"code\":17,\"name\":\"root-path\",\"value\":\"/root\","
		"\"raw\":\"2f726f6f74\"},"
		"{\"code\":19,\"name\":\"ip-forwarding\",\"value\":true,"
		"\"raw\":\"01\"},"
		"{\"code\":114,\"name\":\"captive-portal\","
		"\"value\":\"https://p/\",\"raw\":\"68747470733a2f2f702f\"},"
		"{\"code\":121,\"name\":\"classless-routes\",\"value\":["
		"{\"destination\":\"10.0.0.0/8\",\"gateway\":\"10.0.0.1\"}],"
		"\"raw\":\"080a0a000001\"},"
		"{\"code\":125,\"name\":\"vendor-identifying-options\","
		"\"value\":[{\"enterprise\":9,\"options\":["
		"{\"code\":1,\"name\":null,\"value\":{\"hex\":\"78\"}}]}],"
		"\"raw\":\"0000000903010178\"},"
		"{\"code\":146,\"name\":\"rdnss-selection\",\"value\":"
		"{\"preference\":\"low\",\"primary\":\"10.0.0.1\","
		"\"secondary\":\"10.0.0.2\",\"domains\":[\"a\"]},"
		"\"raw\":\"030a0000010a000002016100\"},"
		"{\"code\":212,\"name\":\"6rd\",\"value\":"
		"{\"ipv4MaskLength\":8,\"prefix\":\"2001:db8::/32\","
		"\"relays\":[\"192.0.2.1\"]},"
		"\"raw\":\"082020010db8000000000000000000000000c0000201\"}]");
}
END_TEST

/* Covers: DF-opt-18 DF-opt-10 */
START_TEST(octets_only_where_they_are_wanted)
{
	ADD(15, "x\ny");
	ADD(230, "ab");
	json_is(report_options(&lease.options, false),
		"[{\"code\":15,\"name\":\"domain-name\",\"value\":null,"
		"\"raw\":null},"
		"{\"code\":230,\"name\":null,\"value\":null,\"raw\":null}]");
	json_is(report_options(&lease.options, true),
		"[{\"code\":15,\"name\":\"domain-name\","
		"\"value\":{\"hex\":\"780a79\"},\"raw\":\"780a79\"},"
		"{\"code\":230,\"name\":null,\"value\":{\"hex\":\"6162\"},"
		"\"raw\":\"6162\"}]");
}
END_TEST

START_TEST(the_longest_option)
{
	static const uint8_t octets[DHCP4_OPTIONS_SIZE - 3];
	json_t *list;

	add(230, octets, sizeof(octets));
	list = report_options(&lease.options, true);
	ck_assert_uint_eq(json_string_length(json_object_get(
				  json_array_get(list, 0), "raw")),
			  2 * sizeof(octets));
	json_decref(list);
}
END_TEST

static void member_is(const char *name, const char *expected)
{
	json_t *object = report_lease(&lease, &route_policy_all, 0, false);

	json_is(json_incref(json_object_get(object, name)), expected);
	json_decref(object);
}

/* Covers: 4702-3.1-02 3397-4-01 4833-5-01 8910-2-02 DF-opt-14 */
START_TEST(which_of_two_options_counts_is_told_by_the_lease)
{
	member_is("hostName", "null");
	member_is("domainName", "null");
	member_is("search", "[]");
	member_is("timezone", "null");
	member_is("captivePortal", "null");
	ADD(12, "a");
	ADD(15, "lab.example b.example");
	ADD(81, "\4\0\0\1b\7example\0");
	ADD(100, "CET-1");
	member_is("timezone", "\"CET-1\"");
	member_is("domainName", "null");
	member_is("search", "[\"lab.example\",\"b.example\"]");
	ADD(101, "Europe/Berlin");
	ADD(114, "urn:ietf:params:capport:unrestricted");
	ADD(119, "\1x\1y\0");
	member_is("hostName", "\"b.example\"");
	member_is("search", "[\"x.y\"]");
	member_is("timezone", "\"Europe/Berlin\"");
	member_is("captivePortal", "null");
}
END_TEST

Suite *test_report_options_suite(void)
{
	Suite *suite = suite_create("report_options");
	TCase *tcase = tcase_create("report_options");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, no_options);
	tcase_add_test(tcase, each_kind_of_value);
	tcase_add_test(tcase, octets_only_where_they_are_wanted);
	tcase_add_test(tcase, the_longest_option);
	tcase_add_test(tcase, which_of_two_options_counts_is_told_by_the_lease);
	suite_add_tcase(suite, tcase);
	return suite;
}
