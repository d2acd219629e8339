/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of hooks' variables, and the page that lists them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dhcp4.h"
#include "lease/hook_variable.h"

Suite *test_hook_variable_suite(void);

static const char *const type_names[HOOK_TYPE_COUNT] = {
	[HOOK_TYPE_OCTETS] = "octets",	 [HOOK_TYPE_ADDRESSES] = "addresses",
	[HOOK_TYPE_NUMBERS] = "numbers", [HOOK_TYPE_ROUTES] = "routes",
	[HOOK_TYPE_NAMES] = "names",	 [HOOK_TYPE_WORDS] = "words",
};

/* "routers", as in new_routers; empty if there is none. */
static const char *name_of(unsigned variable)
{
	static char name[64];
	const char *table = hook_variable_name(variable);

	snprintf(name, sizeof(name), "%s", table ? table : "");
	for (char *at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	return name;
}

/* What a value may be, as the page says it. */
static const char *kind_of(unsigned variable)
{
	const char *kind = NULL;

	for (int type = HOOK_TYPE_ADDRESSES; type < HOOK_TYPE_COUNT; type++) {
		if (!hook_variable_takes(variable, (enum hook_type)type))
			continue;
		kind = kind ? "any" : type_names[type];
	}
	return kind;
}

START_TEST(names_are_words_and_each_is_one_variables)
{
	static char seen[HOOK_VARIABLE_END][64];

	for (unsigned i = 0; i < HOOK_VARIABLE_END; i++) {
		const char *name = name_of(i);

		if (!*name)
			continue;
		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz"
					       "0123456789_"),
				  strlen(name));
		for (unsigned j = 0; j < i; j++)
			ck_assert_str_ne(seen[j], name);
		strcpy(seen[i], name);
	}
}
END_TEST

START_TEST(values_are_of_the_variables_kind)
{
	ck_assert(hook_variable_takes(3, HOOK_TYPE_ADDRESSES));
	ck_assert(!hook_variable_takes(3, HOOK_TYPE_WORDS));
	ck_assert(!hook_variable_takes(3, HOOK_TYPE_NAMES));
	ck_assert(!hook_variable_takes(51, HOOK_TYPE_WORDS));
	ck_assert(!hook_variable_takes(17, HOOK_TYPE_ROUTES));
	ck_assert(!hook_variable_takes(HOOK_VARIABLE_HOST_NAME, HOOK_TYPE_WORDS));
	ck_assert(!hook_variable_takes(HOOK_VARIABLE_IP_ADDRESS,
				       HOOK_TYPE_OCTETS));
	/* Of what is computed there would be two. */
	ck_assert(hook_variable_takes(12, HOOK_TYPE_OCTETS));
	ck_assert(!hook_variable_takes(12, HOOK_TYPE_NAMES));
	for (int type = 0; type < HOOK_TYPE_COUNT; type++) {
		ck_assert(!hook_variable_takes(DHCP4_OPTION_PAD,
					       (enum hook_type)type));
		ck_assert(!hook_variable_takes(DHCP4_OPTION_END,
					       (enum hook_type)type));
		ck_assert(!hook_variable_takes(HOOK_VARIABLE_END,
					       (enum hook_type)type));
	}
}
END_TEST

/* Each row of the table, and no other. */
START_TEST(manual_page_lists_them_all)
{
	static char page[1 << 17];
	const char *source = getenv("TENURED_SOURCE");
	char path[4096], row[128];
	unsigned expected = 1, found = 0; /* of octets there is one row */
	FILE *file;

	snprintf(path, sizeof(path), "%s/man/tenured-hooks.7",
		 source ? source : ".");
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
	fclose(file);
	for (unsigned i = 0; i < HOOK_VARIABLE_END; i++) {
		if (!*name_of(i))
			continue;
		if (i < DHCP4_OPTION_END)
			snprintf(row, sizeof(row),
				 "\n.It %u Ta Ev new_%s Ta %s\n", i, name_of(i),
				 kind_of(i));
		else
			snprintf(row, sizeof(row), "\n.It Ta Ev new_%s Ta %s\n",
				 name_of(i), kind_of(i));
		ck_assert_msg(strstr(page, row), "man/tenured-hooks.7 lacks:%s",
			      row);
		expected++;
	}
	for (const char *at = page; (at = strstr(at, " Ta Ev new_")); at++)
		found++;
	ck_assert_uint_eq(found, expected);
}
END_TEST

Suite *test_hook_variable_suite(void)
{
	Suite *suite = suite_create("hook_variable");
	TCase *tcase = tcase_create("hook_variable");

	tcase_add_test(tcase, names_are_words_and_each_is_one_variables);
	tcase_add_test(tcase, values_are_of_the_variables_kind);
	tcase_add_test(tcase, manual_page_lists_them_all);
	suite_add_tcase(suite, tcase);
	return suite;
}
