/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of options from words, octet by octet as the RFCs have them. */
#include "core/encode.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"

Suite *test_encode_suite(void);

static struct dhcp4_encoded set;

static void setup(void)
{
	memset(&set, 0, sizeof(set));
}

/* An option is these octets; without any it is not there. */
static void expect(uint8_t code, const void *bytes, size_t size)
{
	struct option_value value = { 0 };

	ck_assert_int_eq(encoded_get(&set, code, &value), size > 0);
	ck_assert_uint_eq(value.size, size);
	if (size)
		ck_assert_mem_eq(value.bytes, bytes, size);
}

/* ---- names ---------------------------------------------------------------- */

/*
 * Covers: 4702-2.1-01 4702-2.1-02 4702-2.1-04 4702-2.2-01 4702-3.2-01
 * Covers: 4702-3.3-01 4702-2.3-02
 */
START_TEST(flags_tell_who_updates)
{
	ck_assert(encode_hostname(&set, "pc.example.org", FQDN_MODE_NONE));
	expect(81, "\x0c\0\0\2pc\7example\3org", 19);
	ck_assert(encode_hostname(&set, "pc.example.org", FQDN_MODE_PTR));
	expect(81, "\x04\0\0\2pc\7example\3org", 19);
	ck_assert(encode_hostname(&set, "pc.example.org", FQDN_MODE_BOTH));
	expect(81, "\x05\0\0\2pc\7example\3org", 19);
}
END_TEST

/* Covers: 4702-2.3-02 */
START_TEST(partial_name_has_no_root)
{
	ck_assert(encode_hostname(&set, "host", FQDN_MODE_BOTH));
	expect(81, "\x05\0\0\4host", 8);
	ck_assert(encode_hostname(&set, "", FQDN_MODE_BOTH));
	expect(81, "\x05\0\0", 3);
}
END_TEST

/* Covers: 4702-3.1-01 */
START_TEST(one_of_both_is_sent)
{
	ck_assert(encode_hostname(&set, "pc", FQDN_MODE_OFF));
	expect(12, "pc", 2);
	expect(81, NULL, 0);
	ck_assert(encode_hostname(&set, "pc", FQDN_MODE_NONE));
	expect(12, NULL, 0);
	expect(81, "\x0c\0\0\2pc", 6);
	ck_assert(encode_hostname(&set, "", FQDN_MODE_OFF));
	ck_assert_uint_eq(set.used, 0);
}
END_TEST

/* Covers: 4702-2-02 */
START_TEST(longest_name)
{
	char name[DHCP4_HOSTNAME_MAX + 1];
	struct option_value value = { 0 };

	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[DHCP4_HOSTNAME_MAX] = '\0';
	ck_assert(encode_hostname(&set, name, FQDN_MODE_BOTH));
	ck_assert(encoded_get(&set, 81, &value));
	ck_assert_uint_eq(value.size, 258);
	ck_assert_uint_eq(value.bytes[3], 63);
	ck_assert_uint_eq(value.bytes[3 + 192], 61);
	ck_assert_uint_eq(value.bytes[257], 0);
	/* Beside it there is no room for as much again. */
	encode_hostname(&set, "", FQDN_MODE_OFF);
	ck_assert(encoded_put(&set, 43, name, 252));
	ck_assert(!encode_hostname(&set, name, FQDN_MODE_BOTH));
	ck_assert(encoded_put(&set, 43, name, 248));
	ck_assert(encode_hostname(&set, name, FQDN_MODE_BOTH));
	ck_assert(encode_hostname(&set, name, FQDN_MODE_OFF));
	ck_assert(!encoded_put(&set, 43, name, 254));
	encode_hostname(&set, "", FQDN_MODE_OFF);
	ck_assert(encoded_put(&set, 43, name, 253));
	ck_assert(encoded_put(&set, 60, name, 1));
	ck_assert(!encode_hostname(&set, name, FQDN_MODE_OFF));
}
END_TEST

/* ---- classes -------------------------------------------------------------- */

/* Covers: 3004-4-01 3004-4-02 */
START_TEST(user_classes_are_behind_their_lengths)
{
	uint8_t long_one[256] = { 0 };

	ck_assert(!encode_user_class(&set, "", 0));
	ck_assert(!encode_user_class(&set, long_one, 256));
	ck_assert(encode_user_class(&set, "a", 1));
	ck_assert(encode_user_class(&set, "bcd", 3));
	expect(77, "\1a\3bcd", 6);
	ck_assert(encode_user_class(&set, long_one, 255));
	ck_assert(!encode_user_class(&set, long_one, 255));
	ck_assert(!encode_user_class(&set, long_one, 247));
	ck_assert(encode_user_class(&set, long_one, 246));
}
END_TEST

/* Covers: 3925-3-01 */
START_TEST(vendor_classes_by_enterprise)
{
	ck_assert(encode_vendor_class(&set, 9, "a", 1));
	ck_assert(encode_vendor_class(&set, 0x01020304, "bc", 2));
	expect(124, "\0\0\0\x09\2\1a\1\2\3\4\3\2bc", 15);
	/* An enterprise occurs once. */
	ck_assert(encode_vendor_class(&set, 9, "d", 1));
	expect(124, "\0\0\0\x09\4\1a\1d\1\2\3\4\3\2bc", 17);
}
END_TEST

START_TEST(vendor_options_by_enterprise)
{
	ck_assert(encode_vendor_option(&set, 9, 0, "x", 1));
	ck_assert(encode_vendor_option(&set, 9, 255, "", 0));
	ck_assert(encode_vendor_option(&set, 10, 1, "y", 1));
	expect(125, "\0\0\0\x09\5\0\1x\xff\0\0\0\0\x0a\3\1\1y", 18);
}
END_TEST

START_TEST(an_enterprise_has_its_room)
{
	uint8_t bytes[256] = { 0 };

	ck_assert(!encode_vendor_class(&set, 9, bytes, 256));
	ck_assert(!encode_vendor_class(&set, 9, bytes, 255));
	ck_assert(encode_vendor_class(&set, 9, bytes, 254));
	ck_assert(!encode_vendor_class(&set, 9, "", 0));
	ck_assert(!encode_vendor_class(&set, 10, bytes, 254));
	ck_assert(encode_vendor_class(&set, 10, bytes, 200));
	ck_assert(!encode_vendor_class(&set, 10, bytes, 54));
	ck_assert(!encode_vendor_option(&set, 9, 1, bytes, 254));
	ck_assert(!encode_vendor_option(&set, 9, 1, bytes, 41));
	ck_assert(encode_vendor_option(&set, 9, 1, bytes, 20));
}
END_TEST

/* ---- values --------------------------------------------------------------- */

static const struct {
	enum option_format format;
	const char *text;
	int size; /* -1: refused */
	uint8_t bytes[12];
} values[] = {
	{ OPTION_FORMAT_IPV4, "10.0.0.1", 4, { 10, 0, 0, 1 } },
	{ OPTION_FORMAT_IPV4, "10.0.0", -1, { 0 } },
	{ OPTION_FORMAT_IPV4, "10.0.0.1,10.0.0.2", -1, { 0 } },
	{ OPTION_FORMAT_IPV4_LIST, "10.0.0.1", 4, { 10, 0, 0, 1 } },
	{ OPTION_FORMAT_IPV4_LIST,
	  "10.0.0.1,192.0.2.255",
	  8,
	  { 10, 0, 0, 1, 192, 0, 2, 255 } },
	{ OPTION_FORMAT_IPV4_LIST,
	  "10.0.0.1, 192.0.2.255",
	  8,
	  { 10, 0, 0, 1, 192, 0, 2, 255 } },
	{ OPTION_FORMAT_IPV4_LIST, "10.0.0.1,", -1, { 0 } },
	{ OPTION_FORMAT_IPV4_LIST, "10.0.0.1,x", -1, { 0 } },
	{ OPTION_FORMAT_IPV4_LIST, "", -1, { 0 } },
	{ OPTION_FORMAT_IPV4_LIST, "1000000000000000", -1, { 0 } },
	{ OPTION_FORMAT_IPV4_LIST, "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1", -1, { 0 } },
	{ OPTION_FORMAT_IPV4_PAIRS,
	  "10.0.0.0,255.0.0.0",
	  8,
	  { 10, 0, 0, 0, 255, 0, 0, 0 } },
	{ OPTION_FORMAT_SEARCH, "a.b", 5, "\1a\1b" },
	{ OPTION_FORMAT_SEARCH, "a.,b", 6, "\1a\0\1b" },
	{ OPTION_FORMAT_SEARCH, "01:61:00", 3, "\1a" },
	{ OPTION_FORMAT_SEARCH, "a b", -1, { 0 } },
	{ OPTION_FORMAT_SEARCH, "-", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "0.0.0.0/0 via 10.0.0.1", 5, { 0, 10, 0, 0, 1 } },
	{ OPTION_FORMAT_ROUTES, "10.128.0.0/9", 7, { 9, 10, 128, 0, 0, 0, 0 } },
	{ OPTION_FORMAT_ROUTES,
	  "10.1.2.3/32 via 1.1.1.1",
	  9,
	  { 32, 10, 1, 2, 3, 1, 1, 1, 1 } },
	{ OPTION_FORMAT_ROUTES,
	  "0.0.0.0/0 via 1.1.1.1, 1.0.0.0/8",
	  11,
	  { 0, 1, 1, 1, 1, 8, 1 } },
	{ OPTION_FORMAT_ROUTES, "00:0a:00:00:01", 5, { 0, 10, 0, 0, 1 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.0", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.0/", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0/8", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.0/33", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.1/8", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.0/8 ", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.0/8 dev eth0", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "10.0.0.0/8 via x", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "1111111111111111111/8", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "1.0.0.0/8888888888888888888", -1, { 0 } },
	{ OPTION_FORMAT_FLAG, "yes", 1, { 1 } },
	{ OPTION_FORMAT_FLAG, "1", 1, { 1 } },
	{ OPTION_FORMAT_FLAG, "no", 1, { 0 } },
	{ OPTION_FORMAT_FLAG, "0", 1, { 0 } },
	{ OPTION_FORMAT_FLAG, "2", -1, { 0 } },
	{ OPTION_FORMAT_U8, "255", 1, { 255 } },
	{ OPTION_FORMAT_U8, "256", -1, { 0 } },
	{ OPTION_FORMAT_U16, "65535", 2, { 255, 255 } },
	{ OPTION_FORMAT_U16, "65536", -1, { 0 } },
	{ OPTION_FORMAT_U16_LIST, "1,258", 4, { 0, 1, 1, 2 } },
	{ OPTION_FORMAT_U16_LIST, "1,,2", -1, { 0 } },
	{ OPTION_FORMAT_U32, "16909060", 4, { 1, 2, 3, 4 } },
	{ OPTION_FORMAT_U32, "4294967296", -1, { 0 } },
	{ OPTION_FORMAT_S32, "3600", 4, { 0, 0, 14, 16 } },
	{ OPTION_FORMAT_S32, "-3600", 4, { 255, 255, 241, 240 } },
	{ OPTION_FORMAT_S32, "-2147483648", 4, { 128, 0, 0, 0 } },
	{ OPTION_FORMAT_S32, "2147483648", -1, { 0 } },
	{ OPTION_FORMAT_TEXT, "a b", 3, { 'a', ' ', 'b' } },
	{ OPTION_FORMAT_TEXT, "a\tb", -1, { 0 } },
	{ OPTION_FORMAT_TEXT, "a\x7f", -1, { 0 } },
	{ OPTION_FORMAT_TEXT, "thirteen wide", -1, { 0 } },
	{ OPTION_FORMAT_EMPTY, "", 0, { 0 } },
	{ OPTION_FORMAT_EMPTY, "x", -1, { 0 } },
	{ OPTION_FORMAT_OCTETS, "01:02:ff", 3, { 1, 2, 255 } },
	{ OPTION_FORMAT_OCTETS, "0102", 2, { 1, 2 } },
	{ OPTION_FORMAT_OCTETS, "text", -1, { 0 } },
	{ OPTION_FORMAT_ROUTES, "18:0a:00:00", 4, { 24, 10, 0, 0 } },
	{ OPTION_FORMAT_SEARCH, "01:61:00", 3, { 1, 'a', 0 } },
};

/* No member of a list is longer than the longest name. */
START_TEST(members_have_an_end)
{
	char text[256 + sizeof(".b")];
	uint8_t bytes[512];

	memset(text, 'a', 256);
	for (size_t i = 50; i < 250; i += 50)
		text[i] = '.';
	strcpy(text + 253, "");
	ck_assert_int_eq(encode_value(OPTION_FORMAT_SEARCH, text, bytes, 512),
			 255);
	ck_assert_int_eq(encode_value(OPTION_FORMAT_SEARCH, text, bytes, 254),
			 -1);
	strcpy(text + 253, "aaa");
	ck_assert_int_eq(encode_value(OPTION_FORMAT_SEARCH, text, bytes, 512),
			 -1);
}
END_TEST

START_TEST(value)
{
	uint8_t bytes[12] = { 0 };

	ck_assert_int_eq(encode_value(values[_i].format, values[_i].text, bytes,
				      sizeof(bytes)),
			 values[_i].size);
	if (values[_i].size > 0)
		ck_assert_mem_eq(bytes, values[_i].bytes,
				 (size_t)values[_i].size);
}
END_TEST

START_TEST(codes_are_names_or_numbers)
{
	uint8_t code = 0;

	ck_assert(encode_code("routers", &code));
	ck_assert_uint_eq(code, 3);
	ck_assert(encode_code("254", &code));
	ck_assert_uint_eq(code, 254);
	ck_assert(!encode_code("0", &code));
	ck_assert(!encode_code("255", &code));
	ck_assert(!encode_code("nonsense", &code));
	ck_assert(!encode_code("", &code));
}
END_TEST

Suite *test_encode_suite(void)
{
	Suite *suite = suite_create("encode");
	TCase *tcase = tcase_create("encode");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, flags_tell_who_updates);
	tcase_add_test(tcase, partial_name_has_no_root);
	tcase_add_test(tcase, one_of_both_is_sent);
	tcase_add_test(tcase, longest_name);
	tcase_add_test(tcase, user_classes_are_behind_their_lengths);
	tcase_add_test(tcase, vendor_classes_by_enterprise);
	tcase_add_test(tcase, vendor_options_by_enterprise);
	tcase_add_test(tcase, an_enterprise_has_its_room);
	tcase_add_test(tcase, members_have_an_end);
	tcase_add_loop_test(tcase, value, 0, ARRAY_SIZE(values));
	tcase_add_test(tcase, codes_are_names_or_numbers);
	suite_add_tcase(suite, tcase);
	return suite;
}
