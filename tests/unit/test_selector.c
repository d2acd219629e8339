/* SPDX-License-Identifier: BSD-2-Clause */
/* Which links are meant by a section or an argument, and which one of several. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/link.h"
#include "daemon/selector.h"
#include "unit/settings_run.h"

Suite *test_selector_suite(void);

#define OWN \
	{ \
		6, \
		{ \
			0x52, 0x54, 0, 0x12, 0x34, 0x56 \
		} \
	}

static const struct link_info eth0 = { .name = "eth0", .hwaddr = OWN };
static const struct link_info vlan = { .name = "eth0.5",
				       .kind = "vlan",
				       .hwaddr = OWN };
static const struct link_info veth = {
	.name = "veth0", .kind = "veth", .virtual_end = true, .hwaddr = OWN
};

static const struct {
	const char *text, *spelt;
	bool eth0, vlan, veth, full;
} selectors[] = {
	{ "eth0", "eth0", true, false, false, true },
	{ "veth0", "veth0", false, false, true, true },
	{ "eth", "eth", false, false, false, true },
	{ "eth*", "eth*", true, true, false, false },
	{ "*", "*", true, true, false, false },
	{ "*eth0", "*eth0", true, false, false, false },
	{ "eth?", "eth?", true, false, false, false },
	{ "et[gh]0*", "et[gh]0*", true, true, false, false },
	{ "en*", "en*", false, false, false, false },
	{ "hwaddr 52:54:00:12:34:56", "hwaddr 52:54:00:12:34:56", true, true,
	  true, true },
	{ "hwaddr\t 52:54:00:12:34:56", "hwaddr 52:54:00:12:34:56", true, true,
	  true, true },
	{ "hwaddr 52:54:00:12:34", "hwaddr 52:54:00:12:34", false, false, false,
	  true },
	{ "hwaddr 52:54:00:12:34:57", "hwaddr 52:54:00:12:34:57", false, false,
	  false, true },
	{ "hwaddr 52:54:00:*", "hwaddr 52:54:00:*", true, true, false, false },
	{ "hwaddr 52:*", "hwaddr 52:*", true, true, false, false },
	{ "hwaddr 52", "hwaddr 52", false, false, false, true },
	{ "hwaddr 52:54:00:12:34:56:*", "hwaddr 52:54:00:12:34:56:*", false,
	  false, false, false },
	{ "hwaddr 53:*", "hwaddr 53:*", false, false, false, false },
	{ "hwaddr 0a:0B:*", "hwaddr 0a:0b:*", false, false, false, false },
	{ "kind vlan", "kind vlan", false, true, false, false },
	{ "kind  physical", "kind physical", true, false, false, false },
	{ "kind bond", "kind bond", false, false, false, false },
	{ "kind", "kind", false, false, false, true },
	{ "hwaddr", "hwaddr", false, false, false, true },
};

START_TEST(selectors_mean_links)
{
	struct selector s;

	ck_assert_ptr_null(selector_read(selectors[_i].text, &s));
	ck_assert_str_eq(s.text, selectors[_i].spelt);
	ck_assert_int_eq(selector_means(&s, eth0.name, &eth0),
			 selectors[_i].eth0);
	ck_assert_int_eq(selector_means(&s, vlan.name, &vlan),
			 selectors[_i].vlan);
	ck_assert_int_eq(selector_means(&s, veth.name, &veth),
			 selectors[_i].veth);
	ck_assert_int_eq(selector_is_full(&s), selectors[_i].full);
}
END_TEST

static const char *const refused[] = {
	"",
	"12",
	"a b",
	"a/b",
	".",
	"..",
	"a:b",
	"abcdefghijklmnop",
	"a*/",
	"a *",
	"\x1b*",
	"hwaddr ",
	"hwaddr *",
	"hwaddr :*",
	"hwaddr 52:54:",
	"hwaddr 5254",
	"hwaddr 52:54*",
	"hwaddr eth0",
	"hwaddr 01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15",
	"kind ",
	"kind a b",
	"kind a/b",
	"kind veth",
	"kind abcdefghijklmnopqrstuvwxyzabcdef",
};

START_TEST(what_means_nothing_is_refused)
{
	struct selector s;

	ck_assert_ptr_nonnull(selector_read(refused[_i], &s));
}
END_TEST

START_TEST(the_longest_ones_fit)
{
	char text[SELECTOR_TEXT_MAX + 2];
	struct selector s;

	ck_assert_ptr_null(selector_read(
		"hwaddr 01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:"
		"14:*",
		&s));
	ck_assert_uint_eq(s.hwaddr.size, HWADDR_SIZE_MAX);
	memset(text, '*', sizeof(text));
	text[SELECTOR_TEXT_MAX + 1] = '\0';
	ck_assert_ptr_nonnull(selector_read(text, &s));
	text[SELECTOR_TEXT_MAX] = '\0';
	ck_assert_ptr_null(selector_read(text, &s));
}
END_TEST

/* The metric that holds for a link; 0: it is not managed. */
static unsigned metric_of(const struct link_info *link)
{
	const struct iface_settings *iface =
		settings_for_link(&settings, link->name, link);

	return iface ? iface->metric : 0;
}

/* A section of each kind means eth0, in each order. */
START_TEST(names_come_before_addresses_patterns_and_kinds)
{
	static const char *const sections[] = {
		"[eth0]\nmetric = 4\n",
		"[hwaddr 52:54:00:*]\nmetric = 3\n",
		"[et*]\nmetric = 2\n",
		"[kind physical]\nmetric = 1\n",
	};
	char text[256];

	for (unsigned left_out = 0; left_out < 4; left_out++) {
		for (unsigned first = left_out; first < 4; first++) {
			*text = '\0';
			for (unsigned i = 0; i < 4 - left_out; i++)
				strcat(text,
				       sections[left_out +
						(first + i) % (4 - left_out)]);
			use_text(text);
			RUN_BARE();
			expect_ok();
			ck_assert_uint_eq(metric_of(&eth0), 4 - left_out);
		}
	}
}
END_TEST

START_TEST(the_first_of_its_kind_holds)
{
	use_text("metric = 9\n[e*]\nmetric = 1\n[eth*]\nmetric = 2\n"
		 "[hwaddr 99:*]\n[hwaddr 52:54:*]\nmetric = 3\n"
		 "[hwaddr 52:*]\nmetric = 4\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(metric_of(&eth0), 3);
	use_text("[e*]\nmetric = 1\n[eth*]\nmetric = 2\n");
	RUN_BARE();
	expect_ok();
	ck_assert_uint_eq(metric_of(&eth0), 1);
	ck_assert_uint_eq(metric_of(&veth), 0);
	ck_assert_ptr_null(settings_only_name(&settings));
}
END_TEST

START_TEST(arguments_choose_the_links_and_sections_their_settings)
{
	use_text("metric = 9\n[eth*]\nmetric = 1\n[v*]\nmetric = 2\n"
		 "[eth0]\nmetric = 3\n");
	RUN("eth0*");
	expect_ok();
	ck_assert_uint_eq(metric_of(&eth0), 3);
	ck_assert_uint_eq(metric_of(&vlan), 1);
	ck_assert_uint_eq(metric_of(&veth), 0);
	/* What is named in full is meant, whatever it is. */
	RUN("veth0", "-i", "kind vlan");
	expect_ok();
	ck_assert_uint_eq(metric_of(&eth0), 0);
	ck_assert_uint_eq(metric_of(&vlan), 1);
	ck_assert_uint_eq(metric_of(&veth), 2);
	use_text("metric = 9\n[b]\n");
	RUN("v*", "hwaddr 52:54:00:12:34:56");
	expect_ok();
	ck_assert_uint_eq(metric_of(&eth0), 9);
	ck_assert_uint_eq(metric_of(&veth), 9);
}
END_TEST

/* By an alternative name the link is the same, and so are its other sections. */
START_TEST(a_link_is_known_by_the_name_it_was_asked_for)
{
	use_text("[other]\nmetric = 7\n");
	RUN("other");
	expect_ok();
	ck_assert_ptr_null(settings_for_link(&settings, "eth0", &eth0));
	ck_assert_uint_eq(settings_for_link(&settings, "other", &eth0)->metric,
			  7);
}
END_TEST

static void expect_names(const char *expected, const char *only)
{
	char text[64] = "";
	const char *name;
	size_t at = 0;

	while ((name = settings_next_name(&settings, &at))) {
		strcat(text, " ");
		strcat(text, name);
	}
	ck_assert_str_eq(text, expected);
	ck_assert_pstr_eq(settings_only_name(&settings), only);
}

START_TEST(names_are_told)
{
	RUN_BARE();
	expect_ok();
	expect_names(" eth0", "eth0");
	use_text("[a]\n[b*]\n[c]\n");
	RUN_BARE();
	expect_ok();
	expect_names(" a c", NULL);
	RUN("d");
	expect_ok();
	expect_names(" d", "d");
	RUN("d", "e*");
	expect_ok();
	expect_names(" d", NULL);
	RUN("e*");
	expect_ok();
	expect_names("", NULL);
}
END_TEST

#define MANY 300

/* They come in no order, and are found without a look at all of them. */
START_TEST(each_of_many_names_is_found)
{
	static char text[MANY * sizeof("[x123]\nmetric = 123\n")];
	struct link_info link = veth;
	struct str s = str_over(text, sizeof(text));

	for (unsigned i = 0; i < MANY; i++) {
		str_text(&s, "[x");
		str_u64(&s, i * 7 % MANY);
		str_text(&s, "]\nmetric = ");
		str_u64(&s, i * 7 % MANY + 1);
		str_char(&s, '\n');
	}
	use_text(text);
	RUN_BARE();
	expect_ok();
	for (unsigned i = 0; i <= MANY; i++) {
		snprintf(link.name, sizeof(link.name), "x%u", i);
		ck_assert_uint_eq(metric_of(&link), i < MANY ? i + 1 : 0);
		ck_assert_int_eq(settings_is_name(&settings, link.name),
				 i < MANY);
	}
	/* Arguments name some of them, and another one, and one of them twice. */
	use_text("[x1]\nmetric = 2\n");
	RUN("x2", "x1", "x0", "x1", "*");
	expect_ok();
	expect_names(" x2 x1 x0", NULL);
	ck_assert(settings_is_name(&settings, "x0"));
	ck_assert(!settings_is_name(&settings, "*"));
}
END_TEST

Suite *test_selector_suite(void)
{
	Suite *suite = suite_create("selector");
	TCase *tcase = tcase_create("selector");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, run_setup, run_teardown);
	tcase_add_loop_test(tcase, selectors_mean_links, 0,
			    (int)ARRAY_SIZE(selectors));
	tcase_add_loop_test(tcase, what_means_nothing_is_refused, 0,
			    (int)ARRAY_SIZE(refused));
	tcase_add_test(tcase, the_longest_ones_fit);
	tcase_add_test(tcase, names_come_before_addresses_patterns_and_kinds);
	tcase_add_test(tcase, the_first_of_its_kind_holds);
	tcase_add_test(tcase,
		       arguments_choose_the_links_and_sections_their_settings);
	tcase_add_test(tcase, a_link_is_known_by_the_name_it_was_asked_for);
	tcase_add_test(tcase, names_are_told);
	tcase_add_test(tcase, each_of_many_names_is_found);
	return suite;
}
