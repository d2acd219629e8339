/* SPDX-License-Identifier: BSD-2-Clause */
/* Two columns each: what to write, and what it does. */
#include "ctl/help.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl/command_line.h"

#define LINE_SIZE 128

void help_usage(struct str *s, const struct command *command)
{
	str_text(s, command->name);
	for (const struct operand *o = command->operands; o->name; o++) {
		str_text(s, o->required ? " " : " [");
		str_text(s, o->name);
		str_text(s, o->required ? "" : "]");
	}
}

static bool is_taken(const struct command *command, unsigned id)
{
	return option_rows[id].for_all || command->options & OPTION_BIT(id);
}

/* "-o, --output FILE" */
static void option_text(struct str *s, const struct option_row *row)
{
	char letter[] = { '-', row->letter, ',', ' ', '\0' };

	str_text(s, row->letter ? letter : "    ");
	str_text(s, "--");
	str_text(s, row->name);
	if (row->argument) {
		str_char(s, ' ');
		str_text(s, row->argument);
	}
}

static int option_width(void)
{
	char text[LINE_SIZE];
	size_t width = 0;

	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		struct str s = str_over(text, sizeof(text));

		option_text(&s, &option_rows[id]);
		if (width < s.used)
			width = s.used;
	}
	return (int)width;
}

static void print_option(unsigned id, const struct command *command)
{
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	option_text(&s, &option_rows[id]);
	printf("  %-*s  %s", option_width(), text, option_rows[id].help);
	if (id == OPTION_WAIT)
		printf(", 0 to %u (%u)", command->wait_max_s, command->wait_s);
	putchar('\n');
}

void help_command(const struct command *command)
{
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	help_usage(&s, command);
	printf("usage: tenurectl [OPTION]... %s\n\n%s\n\n", text, command->help);
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		if (is_taken(command, id))
			print_option(id, command);
	}
}

static int usage_width(void)
{
	char text[LINE_SIZE];
	size_t width = 0;

	for (size_t i = 0; i < command_count; i++) {
		struct str s = str_over(text, sizeof(text));

		help_usage(&s, &commands[i]);
		if (width < s.used)
			width = s.used;
	}
	return (int)width;
}

void help_all(void)
{
	puts("usage: tenurectl [OPTION]... COMMAND\n");
	for (size_t i = 0; i < command_count; i++) {
		char text[LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		help_usage(&s, &commands[i]);
		printf("  %-*s  %s\n", usage_width(), text, commands[i].help);
	}
	puts("\nOptions of all commands, wherever they stand:\n");
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		if (option_rows[id].for_all)
			print_option(id, NULL);
	}
	puts("\n'tenurectl help COMMAND' shows those of a command.\n\n"
	     "Exit codes: 0 done, 1 failed, 64 usage, 69 no such interface or "
	     "no\ndaemon, 73 cannot save, 75 no outcome in time, 77 not "
	     "permitted.");
}

int help_run(const struct call *call)
{
	const struct command *command;

	if (!call->word) {
		help_all();
		return EXIT_SUCCESS;
	}
	command = command_find(call->word);
	if (!command)
		return command_line_unknown(call->word);
	help_command(command);
	return EXIT_SUCCESS;
}
