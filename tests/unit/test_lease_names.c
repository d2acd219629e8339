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

START_TEST(nothing_said)
{
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
	suite_add_tcase(suite, tcase);
	return suite;
}
