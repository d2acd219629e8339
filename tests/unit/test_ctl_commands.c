/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of tenurectl are sound, and a command line is read by them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/command_line.h"
#include "ctl/commands.h"
#include "ctl/help.h"

Suite *test_ctl_commands_suite(void);

#define WORDS_MAX 8

/* Reads words up to a NULL; the code, or -1 if the call is to be run. */
static int read_words(struct call *call, const char *const *words)
{
	char *argv[WORDS_MAX];
	int count = 0, code;

	for (; words[count]; count++)
		argv[count] = (char *)(uintptr_t)words[count];
	return command_line_read(count, argv, call, &code) ? -1 : code;
}

#define READ(call, ...) \
	read_words(call, (const char *const[]){ __VA_ARGS__, NULL })

/* ---- tables ------------------------------------------------------------------ */

START_TEST(each_command_is_told_in_one_line)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &commands[i];

		ck_assert_msg(c->help && c->run, "%s", c->name);
		ck_assert_msg(strlen(c->help) <= 62, "%s", c->name);
		ck_assert_ptr_eq(command_find(c->name), c);
		ck_assert_ptr_null(c->operands[OPERANDS_MAX].name);
		ck_assert_uint_eq(c->options >> OPTION_COUNT, 0);
		ck_assert_msg(!c->wait_max_s ==
				      !(c->options & OPTION_BIT(OPTION_WAIT)),
			      "%s", c->name);
		ck_assert(c->wait_s <= c->wait_max_s);
	}
}
END_TEST

START_TEST(each_option_is_one)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		uint64_t takers = 0;

		ck_assert_msg(row->name && row->help && row->take, "row %u", i);
		ck_assert_msg(!row->argument == (row->kind == ARGUMENT_NONE),
			      "%s", row->name);
		for (unsigned k = 0; k < i; k++) {
			ck_assert_str_ne(option_rows[k].name, row->name);
			ck_assert(!row->letter ||
				  option_rows[k].letter != row->letter);
		}
		for (size_t c = 0; c < command_count; c++)
			takers |= commands[c].options & OPTION_BIT(i);
		ck_assert_msg(!takers == row->for_all, "%s", row->name);
	}
}
END_TEST

/* ---- command lines ----------------------------------------------------------- */

START_TEST(options_stand_anywhere)
{
	struct call call;

	ck_assert_int_eq(READ(&call, "--run-dir=/x", "renew", "--wait", "7",
			      "eth0", "--instance", "blue"),
			 -1);
	ck_assert_str_eq(call.command->name, "renew");
	ck_assert_str_eq(call.interface, "eth0");
	ck_assert_str_eq(call.place.run_dir, "/x");
	ck_assert_str_eq(call.place.instance, "blue");
	ck_assert_uint_eq(call.wait_s, 7);
}
END_TEST

START_TEST(letters_take_values_in_both_ways)
{
	struct call call;

	ck_assert_int_eq(READ(&call, "record", "eth0", "-ofile"), -1);
	ck_assert_str_eq(call.output, "file");
	ck_assert_int_eq(READ(&call, "record", "-o", "-x", "eth0"), -1);
	ck_assert_str_eq(call.output, "-x");
}
END_TEST

START_TEST(what_is_not_said_is_as_the_table_has_it)
{
	struct call call;

	ck_assert_int_eq(READ(&call, "status"), -1);
	ck_assert_ptr_null(call.interface);
	ck_assert_int_eq(READ(&call, "start", "eth0"), -1);
	ck_assert_uint_eq(call.wait_s, 30);
	ck_assert_int_eq(READ(&call, "audit", "eth0"), -1);
	ck_assert_uint_eq(call.wait_s, 3);
}
END_TEST

START_TEST(behind_two_hyphens_all_are_operands)
{
	struct call call;

	ck_assert_int_eq(READ(&call, "status", "--", "-x"), -1);
	ck_assert_str_eq(call.interface, "-x");
}
END_TEST

START_TEST(each_mistake_is_a_wrong_usage)
{
	static const char *const lines[][WORDS_MAX] = {
		{ NULL },
		{ "renwe" },
		{ "renew" },
		{ "renew", "eth0", "eth1" },
		{ "renew", "eth0", "eth1", "eth2" },
		{ "renew", "a name" },
		{ "renew", "longer-than-names" },
		{ "renew", "" },
		{ "network", "eth0" },
		{ "--jsno", "status" },
		{ "--json=yes", "status" },
		{ "status", "-x" },
		{ "status", "--wait", "1" },
		{ "renew", "eth0", "--wait" },
		{ "renew", "eth0", "--wait=" },
		{ "renew", "eth0", "--wait", "-1" },
		{ "renew", "eth0", "--wait", "86401" },
		{ "audit", "eth0", "--wait", "61" },
		{ "--instance", "a/b", "status" },
		{ "help", "nonsense" },
	};
	struct call call;

	/* What it says is not for who runs the tests. */
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		int code = read_words(&call, lines[i]);

		if (code == -1)
			code = call.command->run(&call);
		ck_assert_msg(code == EX_USAGE, "line %zu", i);
	}
}
END_TEST

START_TEST(usage_shows_operands)
{
	char text[64];
	struct str s = str_over(text, sizeof(text));

	help_usage(&s, command_find("status"));
	ck_assert_str_eq(text, "status [IFACE]");
	s = str_over(text, sizeof(text));
	help_usage(&s, command_find("network"));
	ck_assert_str_eq(text, "network IFACE ID");
}
END_TEST

Suite *test_ctl_commands_suite(void)
{
	Suite *suite = suite_create("ctl_commands");
	TCase *tables = tcase_create("tables"), *lines = tcase_create("lines");

	tcase_add_test(tables, each_command_is_told_in_one_line);
	tcase_add_test(tables, each_option_is_one);
	tcase_add_test(tables, usage_shows_operands);
	suite_add_tcase(suite, tables);
	tcase_add_test(lines, options_stand_anywhere);
	tcase_add_test(lines, letters_take_values_in_both_ways);
	tcase_add_test(lines, what_is_not_said_is_as_the_table_has_it);
	tcase_add_test(lines, behind_two_hyphens_all_are_operands);
	tcase_add_test(lines, each_mistake_is_a_wrong_usage);
	suite_add_tcase(suite, lines);
	return suite;
}
