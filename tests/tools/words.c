/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the tables of command lines, of tenured and of tenurectl, for what tells
 * shells how to complete them (tests/completions): a row a line, a tab between two
 * fields, words of a field apart by spaces.
 *
 * Which words an option may have, no table says: its rule does. It is asked with
 * a word that nothing is called; if it refuses that, the words of its complaint that
 * it takes are those.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/commands.h"
#include "daemon/keys.h"

#define NONSENSE  "xyzzy"
#define TEXT_SIZE 1024

/* What is wrong with a value, or NULL. */
typedef const char *try_value(const void *row, const char *value);

static const char *try_key(const void *row, const char *value)
{
	/* What was read is not looked at: each try begins with nothing. */
	struct settings *settings = calloc(1, sizeof(*settings));
	struct iface_settings *iface = calloc(1, sizeof(*iface));

	if (!settings || !iface)
		abort();
	return key_apply(row, value, settings, iface);
}

static const char *try_option(const void *row, const char *value)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		abort();
	return ((const struct option_row *)row)->take(call, value);
}

static void print_words(const void *row, try_value *try)
{
	const char *complaint = try(row, NONSENSE), *gap = "";
	char text[TEXT_SIZE], *rest = text, *word;

	if (!complaint || strlen(complaint) >= sizeof(text))
		return;
	strcpy(text, complaint);
	while ((word = strsep(&rest, " ,;:()\"'"))) {
		if (!islower((unsigned char)*word) || try(row, word))
			continue;
		printf("%s%s", gap, word);
		gap = " ";
	}
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void print_key(const struct key *k)
{
	printf("key\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t", k->option, or_empty(k->alias),
	       k->letters, k->argument, *k->implied ? "optional" : "",
	       or_empty(key_name(k)), or_empty(k->help));
	if (*k->argument)
		print_words(k, try_key);
	putchar('\n');
}

static const char *const kinds[] = {
	[ARGUMENT_NONE] = "none",	[ARGUMENT_INTERFACE] = "interface",
	[ARGUMENT_LINK] = "interface",	[ARGUMENT_COMMAND] = "command",
	[ARGUMENT_FILE] = "file",	[ARGUMENT_DIRECTORY] = "directory",
	[ARGUMENT_SOCKET] = "file",	[ARGUMENT_SECONDS] = "text",
	[ARGUMENT_WHEN] = "text",	[ARGUMENT_LEVEL] = "level",
	[ARGUMENT_SETTING] = "setting", [ARGUMENT_TEXT] = "text",
};

static void print_option(const struct option_row *row)
{
	printf("option\t%s\t%c\t%s\t%s\t%s\t%s\t", row->name,
	       row->letter ? row->letter : ' ', or_empty(row->argument),
	       kinds[row->kind], row->for_all ? "all" : "", row->help);
	if (row->argument)
		print_words(row, try_option);
	putchar('\n');
}

static void print_command(const struct command *c)
{
	const char *gap = "";

	printf("command\t%s\t", c->name);
	for (const struct operand *o = c->operands; o->name; o++)
		printf("%s%s", o == c->operands ? "" : " ", kinds[o->kind]);
	putchar('\t');
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		if (!(c->options & OPTION_BIT(id)))
			continue;
		printf("%s%s", gap, option_rows[id].name);
		gap = " ";
	}
	printf("\t%s\n", c->help);
}

int main(void)
{
	for (size_t i = 0; i < key_count; i++)
		print_key(&keys[i]);
	for (size_t i = 0; i < command_count; i++)
		print_command(&commands[i]);
	for (unsigned id = 0; id < OPTION_COUNT; id++)
		print_option(&option_rows[id]);
	return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
