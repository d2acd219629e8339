/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's name, the domain and the search list of a lease. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/lease.h"

Suite *test_lease_names_suite(void);

static struct dhcp4_lease lease;

static void setup(void)
{
	lease = (struct dhcp4_lease){ 0 };
}

static void add(uint8_t code, const void *bytes, size_t size)
{
	ck_assert(dhcp4_options_append(&lease.options, code, bytes, size));
}

/* NULL: none. */
static void host_is(const char *name)
{
	char text[DOMAIN_NAME_SIZE];

	ck_assert_pstr_eq(lease_host_name(&lease, text) ? text : NULL, name);
}

static void domain_is(const char *name)
{
	char text[DOMAIN_NAME_SIZE];

	ck_assert_pstr_eq(lease_domain_name(&lease, text) ? text : NULL, name);
}

/* Each followed by a comma. */
static void search_is(const char *names)
{
	struct domain_walk walk = lease_search(&lease);
	char name[DOMAIN_NAME_SIZE], all[256] = "";

	while (domain_next(&walk, name)) {
		strcat(all, name);
		strcat(all, ",");
	}
	ck_assert_str_eq(all, names);
}

/* NULL: none. */
static void timezone_is(const char *zone)
{
	char text[64];
	struct str s = str_over(text, sizeof(text));

	ck_assert_pstr_eq(lease_timezone(&lease, &s) ? text : NULL, zone);
}

static void portal_is(const char *uri)
{
	char text[64];
	struct str s = str_over(text, sizeof(text));

	ck_assert_pstr_eq(lease_captive_portal(&lease, &s) ? text : NULL, uri);
}

START_TEST(nothing_said)
{
	timezone_is(NULL);
	portal_is(NULL);
	host_is(NULL);
	domain_is(NULL);
	search_is("");
}
END_TEST

/* Covers: DF-opt-12 */
START_TEST(host_name_of_option_12)
{
	static const struct {
		const char *text, *name;
	} rows[] = {
		{ "a", "a" },		{ "a.example.", "a.example" },
		{ "a b", NULL },	{ "a_b", NULL },
		{ "-a", NULL },		{ "10.0.0.1", NULL },
		{ "$(touch x)", NULL }, { "a..b", NULL },
		{ "a\x1b[2J", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup();
		add(12, rows[i].text, strlen(rows[i].text));
		host_is(rows[i].name);
	}
}
END_TEST

/* Covers: 4702-3.1-02 */
START_TEST(option_81_is_preferred_to_12)
{
	add(12, "a", 1);
	add(81, "\x05\0\0\1b\7example\3org", 17);
	host_is("b.example.org");
}
END_TEST

/* Covers: 4702-2.1-03 4702-2.2-01 */
START_TEST(other_bits_and_codes_of_option_81_are_ignored)
{
	static const uint8_t octets[][7] = {
		{ 0x04, 0, 0, 1, 'b', 1, 'c' },
		{ 0x05, 255, 255, 1, 'b', 1, 'c' },
		{ 0xf5, 5, 5, 1, 'b', 1, 'c' },
		{ 0xff, 0, 1, 1, 'b', 1, 'c' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(octets); i++) {
		setup();
		add(81, octets[i], sizeof(octets[i]));
		host_is("b.c");
	}
	setup();
	add(81,
	    "\xf1\xff\xff"
	    "b.c",
	    6);
	host_is("b.c");
}
END_TEST

START_TEST(option_81_without_a_name_leaves_it_to_12)
{
	static const struct {
		const char *octets;
		size_t size;
	} rows[] = {
		{ "\4\0\0", 3 },	   { "\4\0\0\0", 4 },
		{ "\4\0\0\5b", 5 },	   { "\4\0\0\1b\xc0\0", 7 },
		{ "\4\0\0\1b\0\1c\0", 8 }, { "\4\0\0\1_\0", 6 },
		{ "\0\0\0b c", 6 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup();
		add(12, "a", 1);
		add(81, rows[i].octets, rows[i].size);
		host_is("a");
	}
}
END_TEST

/* Covers: DF-opt-14 DF-opt-12 */
START_TEST(domain_of_option_15)
{
	static const struct {
		const char *text, *domain, *search;
	} rows[] = {
		{ "lab.example", "lab.example", "lab.example," },
		{ "a_b.example", "a_b.example", "a_b.example," },
		{ "a.example b.example", NULL, "a.example,b.example," },
		{ "a;reboot", NULL, "" },
		{ "../../etc/x", NULL, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup();
		add(15, rows[i].text, strlen(rows[i].text));
		domain_is(rows[i].domain);
		search_is(rows[i].search);
	}
}
END_TEST

/* Covers: 3397-4-01 */
START_TEST(search_list_of_option_119_and_nothing_else)
{
	add(15, "lab.example", 11);
	add(119, "\1a\7example\3org\0\1b\xc0\2", 19);
	domain_is("lab.example");
	search_is("a.example.org,b.example.org,");
}
END_TEST

START_TEST(search_list_has_an_end)
{
	uint8_t octets[5 * (LEASE_SEARCH_MAX + 1)];
	struct domain_walk walk;
	char name[DOMAIN_NAME_SIZE];
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(octets); i += 5)
		memcpy(octets + i, "\3lab", 5);
	add(119, octets, sizeof(octets));
	walk = lease_search(&lease);
	while (domain_next(&walk, name))
		count++;
	ck_assert_uint_eq(count, LEASE_SEARCH_MAX);
}
END_TEST

/* Covers: 4833-5-01 4833-8-01 */
START_TEST(the_zone_of_101_is_preferred_to_that_of_100)
{
	char little[8];
	struct str small = str_over(little, sizeof(little));

	add(2, "\0\0\x0e\x10", 4);
	timezone_is(NULL);
	add(100, "CET-1CEST,M3.5.0,M10.5.0/3", 26);
	timezone_is("CET-1CEST,M3.5.0,M10.5.0/3");
	add(101, "Europe/Berlin", 13);
	timezone_is("Europe/Berlin");
	ck_assert(!lease_timezone(&lease, &small));
	ck_assert_str_eq(little, "");
}
END_TEST

/* Covers: 8910-2-02 */
START_TEST(a_portal_or_none)
{
	add(114, "https://portal.example/api", 26);
	portal_is("https://portal.example/api");
	setup();
	add(114, "urn:ietf:params:capport:unrestricted", 36);
	portal_is(NULL);
	setup();
	add(114, "https://portal.example/$(id)", 28);
	portal_is(NULL);
}
END_TEST

Suite *test_lease_names_suite(void)
{
	Suite *suite = suite_create("lease_names");
	TCase *tcase = tcase_create("lease_names");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, nothing_said);
	tcase_add_test(tcase, host_name_of_option_12);
	tcase_add_test(tcase, option_81_is_preferred_to_12);
	tcase_add_test(tcase, other_bits_and_codes_of_option_81_are_ignored);
	tcase_add_test(tcase, option_81_without_a_name_leaves_it_to_12);
	tcase_add_test(tcase, domain_of_option_15);
	tcase_add_test(tcase, search_list_of_option_119_and_nothing_else);
	tcase_add_test(tcase, search_list_has_an_end);
	tcase_add_test(tcase, the_zone_of_101_is_preferred_to_that_of_100);
	tcase_add_test(tcase, a_portal_or_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
