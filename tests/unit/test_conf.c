/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader of configuration text: what each line is taken for, and that no
 * octets whatever lead it out of its bounds.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/conf.h"
#include "base/prng.h"

Suite *test_conf_suite(void);

/*
 * Reads size octets from a block of just that size, so that a sanitizer sees
 * each step beyond it, and writes down the items: "LINE[SECTION]",
 * "LINE[SECTION]KEY=VALUE" or "LINE!ERROR", with a space between them.
 */
static void show(const char *text, size_t size, char *ret, size_t ret_size)
{
	char *block = malloc(size ? size : 1);
	struct conf conf;
	struct conf_item item;
	size_t used = 0;

	ck_assert_ptr_nonnull(block);
	memcpy(block, text, size);
	conf_init(&conf, block, size);
	ret[0] = '\0';
	while (conf_next(&conf, &item)) {
		const char *section = item.section ? item.section : "";
		char *at = ret + used;
		size_t left = ret_size - used;

		if (used > 0)
			used += (size_t)snprintf(at, left, " ");
		at = ret + used;
		left = ret_size - used;
		if (item.error)
			used += (size_t)snprintf(at, left, "%zu!%s", item.line,
						 item.error);
		else if (item.key)
			used += (size_t)snprintf(at, left, "%zu[%s]%s=%s",
						 item.line, section, item.key,
						 item.value);
		else
			used += (size_t)snprintf(at, left, "%zu[%s]", item.line,
						 section);
		ck_assert_uint_lt(used, ret_size);
	}
	ck_assert(!conf_next(&conf, &item));
	free(block);
}

static const struct {
	const char *text, *items;
} texts[] = {
	{ "", "" },
	{ "\n\n \t\n", "" },
	{ "# a\n; b\n  # c = d\n", "" },
	{ "key = value", "1[]key=value" },
	{ "key=value\n", "1[]key=value" },
	{ "\t key \t = \t value \t \n", "1[]key=value" },
	{ "key =", "1[]key=" },
	{ "key = \n", "1[]key=" },
	{ "a = 1\r\n\r\n[s]\r\nb = 2\r\n", "1[]a=1 3[s] 4[s]b=2" },
	{ "a = 1\r", "1[]a=1" },
	{ "a = b c=d [e]", "1[]a=b c=d [e]" },
	{ "a = \xc3\xa4", "1[]a=\xc3\xa4" },

	/* Sections */
	{ "[eth0]", "1[eth0]" },
	{ " [ eth0 ] # it", "1[eth0]" },
	{ "[a]\n[b]\nk = 1\n[a]\n", "1[a] 2[b] 3[b]k=1 4[a]" },
	{ "[two words]", "1[two words]" },
	{ "[eth0", "1!the section's name has no ']' behind it" },
	{ "[]", "1!the section has no name" },
	{ "[ \t]", "1!the section has no name" },
	{ "[a] b", "1!there is text behind the section's ']'" },
	{ "[a[b]c] # ]", "1[a[b]c]" },
	{ "[a[b]", "1!the section's name has no ']' behind it" },
	{ "[a]]", "1!there is text behind the section's ']'" },

	/* Comments */
	{ "a = 1 # one", "1[]a=1" },
	{ "a = 1\t; one", "1[]a=1" },
	{ "a = # nothing", "1[]a=" },
	{ "a = 1#2;3", "1[]a=1#2;3" },
	{ "a =#1", "1[]a=#1" },
	{ "a # = 1", "1!expected 'key = value' or '[section]'" },

	/* Quotes */
	{ "a = \" b # c \" # d", "1[]a= b # c " },
	{ "a = \"\"", "1[]a=" },
	{ "a = b\"c", "1[]a=b\"c" },
	{ "a = \"b\\\"", "1[]a=b\\" },
	{ "a = \"b", "1!the value has no closing quote" },
	{ "a = \"", "1!the value has no closing quote" },
	{ "a = \"b\" c", "1!there is text behind the closing quote" },
	{ "a = \"b\"\"", "1!there is text behind the closing quote" },

	/* What is nothing of all this; it ends the reading */
	{ "key", "1!expected 'key = value' or '[section]'" },
	{ "= value", "1!expected 'key = value' or '[section]'" },
	{ "two words = 1", "1!expected 'key = value' or '[section]'" },
	{ "a = 1\n\n]\nb = 2\n",
	  "1[]a=1 3!expected 'key = value' or '[section]'" },
	{ "a = \x01", "1!the line holds a control character" },
	{ "# \x1b[2J", "1!the line holds a control character" },
	{ "a = \x7f", "1!the line holds a control character" },
	{ "a = 1\rb = 2\n", "1!the line holds a control character" },
	{ "a = 1\r\r\n", "1!the line holds a control character" },
};

START_TEST(each_text_has_its_items)
{
	char items[512];

	show(texts[_i].text, strlen(texts[_i].text), items, sizeof(items));
	ck_assert_str_eq(items, texts[_i].items);
}
END_TEST

START_TEST(nul_is_an_error)
{
	static const char text[] = "a = 1\nb = \0002\n";
	char items[128];

	show(text, sizeof(text) - 1, items, sizeof(items));
	ck_assert_str_eq(items, "1[]a=1 2!the line holds a control character");
}
END_TEST

/* A line of `size` octets and its end: the longest that is read, and one more. */
static void show_long(size_t size, const char *end, char *ret, size_t ret_size)
{
	char text[CONF_LINE_MAX + 16];

	memset(text, 'x', size);
	memcpy(text, "a = ", 4);
	memcpy(text + size, end, strlen(end));
	show(text, size + strlen(end), ret, ret_size);
}

START_TEST(long_lines_are_never_cut)
{
	static const char *const ends[] = { "", "\n", "\r\n" };
	char items[CONF_LINE_MAX + 64];

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		show_long(CONF_LINE_MAX, ends[i], items, sizeof(items));
		ck_assert_uint_eq(strlen(items), CONF_LINE_MAX + 1);
		show_long(CONF_LINE_MAX + 1, ends[i], items, sizeof(items));
		ck_assert_str_eq(items, "1!the line is longer than 1024 octets");
	}
}
END_TEST

/* Mostly syntax, so that most of the draws get somewhere. */
START_TEST(any_octets_stay_in_bounds)
{
	static const char alphabet[] = "[]=\"#; \t\r\n\n\nab";
	static const uint8_t seed[32] = { 1 };
	static char items[CONF_LINE_MAX * 8];
	struct prng prng;

	prng_init(&prng, seed);
	for (int round = 0; round < 20000; round++) {
		char text[64];
		size_t size = (size_t)prng_below(&prng, sizeof(text));

		for (size_t i = 0; i < size; i++)
			text[i] = prng_below(&prng, 50)
					  ? alphabet[prng_below(
						    &prng, sizeof(alphabet) - 1)]
					  : (char)prng_below(&prng, 256);
		show(text, size, items, sizeof(items));
	}
}
END_TEST

Suite *test_conf_suite(void)
{
	Suite *suite = suite_create("conf");
	TCase *tcase = tcase_create("conf");

	tcase_add_loop_test(tcase, each_text_has_its_items, 0,
			    (int)ARRAY_SIZE(texts));
	tcase_add_test(tcase, nul_is_an_error);
	tcase_add_test(tcase, long_lines_are_never_cut);
	tcase_add_test(tcase, any_octets_stay_in_bounds);
	suite_add_tcase(suite, tcase);
	return suite;
}
