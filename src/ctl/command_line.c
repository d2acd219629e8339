/* SPDX-License-Identifier: BSD-2-Clause */
/* Options first, wherever they stand; what is left are the operands. */
#include "ctl/command_line.h"

#include <config.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/assert.h"
#include "base/nearest.h"
#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/failure.h"
#include "ctl/help.h"

#define MESSAGE_SIZE	  160
#define TIMEOUT_DEFAULT_S 120

/* Where reading is. */
struct words {
	char **next, **end;
	const char *operands[1 + OPERANDS_MAX]; /* the command is the first */
	unsigned operand_count;
	struct call *call;
};

int command_line_unknown(const char *name)
{
	const char *nearest = command_nearest(name);
	char text[MESSAGE_SIZE];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, "no such command; ");
	if (nearest) {
		str_text(&s, "did you mean '");
		str_text(&s, nearest);
		str_text(&s, "'? ");
	}
	str_text(&s, FAILURE_SEE_HELP);
	return fail(EX_USAGE, name, text);
}

/* ---- options ----------------------------------------------------------------- */

static int fail_unknown_option(const char *word, size_t length)
{
	char shown[40] = "--", text[MESSAGE_SIZE];
	struct str s = str_over(shown + 2, sizeof(shown) - 2);
	struct nearest nearest;

	for (size_t i = 0; i < length; i++)
		str_char(&s, word[i]);
	nearest = nearest_to(shown + 2);
	for (unsigned id = 0; id < OPTION_COUNT; id++)
		nearest_consider(&nearest, option_rows[id].name);
	s = str_over(text, sizeof(text));
	str_text(&s, "no such option; ");
	if (nearest.best) {
		str_text(&s, "did you mean --");
		str_text(&s, nearest.best);
		str_text(&s, "? ");
	}
	str_text(&s, FAILURE_SEE_HELP);
	return fail(EX_USAGE, shown, text);
}

/* One option; its value is in the same word, if not NULL, or in the next one. */
static int take(struct words *words, unsigned id, const char *value)
{
	const struct option_row *row = &option_rows[id];
	char shown[32];
	const char *wrong;

	snprintf(shown, sizeof(shown), "--%s", row->name);
	if (!row->argument && value)
		return fail_usage(shown, "takes no value");
	if (row->argument && !value) {
		if (words->next == words->end)
			return fail_usage(shown, "wants a value");
		value = *words->next++;
	}
	words->call->given |= OPTION_BIT(id);
	wrong = row->take(words->call, value);
	return wrong ? fail_usage(shown, wrong) : EXIT_SUCCESS;
}

/* "--wait=5" or "--wait 5" */
static int take_long(struct words *words, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);

	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const char *name = option_rows[id].name;

		if (strlen(name) == length && !strncmp(name, word, length))
			return take(words, id, equals ? equals + 1 : NULL);
	}
	return fail_unknown_option(word, length);
}

/* "-o FILE", "-oFILE", or several without a value in one word. */
static int take_letters(struct words *words, const char *word)
{
	int code = EXIT_SUCCESS;

	while (*word && code == EXIT_SUCCESS) {
		char shown[] = { '-', *word, '\0' };
		unsigned id = 0;

		while (id < OPTION_COUNT && option_rows[id].letter != *word)
			id++;
		if (id == OPTION_COUNT)
			return fail_usage(shown, "no such option");
		word++;
		if (!option_rows[id].argument)
			code = take(words, id, NULL);
		else
			return take(words, id, *word ? word : NULL);
	}
	return code;
}

static int take_operand(struct words *words, const char *word)
{
	if (words->operand_count > OPERANDS_MAX)
		return fail_usage(word, "is a word too many");
	words->operands[words->operand_count++] = word;
	return EXIT_SUCCESS;
}

static int take_all(struct words *words)
{
	bool only_operands = false;
	int code = EXIT_SUCCESS;

	while (words->next < words->end && code == EXIT_SUCCESS) {
		const char *word = *words->next++;

		if (only_operands || word[0] != '-' || !word[1])
			code = take_operand(words, word);
		else if (!strcmp(word, "--"))
			only_operands = true;
		else if (word[1] == '-')
			code = take_long(words, word + 2);
		else
			code = take_letters(words, word + 1);
	}
	return code;
}

/* ---- the command --------------------------------------------------------------- */

static int fail_command(const struct command *command, const char *what,
			const char *which)
{
	char text[MESSAGE_SIZE];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, what);
	str_text(&s, which);
	str_text(&s, "; usage: tenurectl ");
	help_usage(&s, command);
	return fail(EX_USAGE, command->name, text);
}

/* What the kernel and JSON both take for a name. */
static bool is_interface_name(const char *name)
{
	size_t length = 0;

	while (name[length] > ' ' && name[length] <= '~' && name[length] != '/')
		length++;
	return length > 0 && length < IFNAMSIZ && !name[length];
}

static int place_operands(const struct words *words)
{
	struct call *call = words->call;
	const struct command *command = call->command;
	const struct operand *operand = command->operands;

	for (unsigned i = 1; i < words->operand_count; i++, operand++) {
		const char *word = words->operands[i];

		if (!operand->name)
			return fail_command(command, "a word too many: ", word);
		if (operand->kind == ARGUMENT_LINK)
			call->interface = word;
		else if (operand->kind != ARGUMENT_INTERFACE)
			call->word = word;
		else if (is_interface_name(word))
			call->interface = word;
		else
			return fail_usage(word, "is no name of an interface");
	}
	if (operand->required)
		return fail_command(command, "wants ", operand->name);
	return EXIT_SUCCESS;
}

/* Options that the command does not take, or not so. */
static int check_options(struct call *call)
{
	const struct command *command = call->command;
	char text[MESSAGE_SIZE];

	ASSERT(command);
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		if (!(call->given & OPTION_BIT(id)) ||
		    option_rows[id].for_all || command->options & OPTION_BIT(id))
			continue;
		snprintf(text, sizeof(text), "--%s", option_rows[id].name);
		return fail_command(command, "does not take ", text);
	}
	if (!(call->given & OPTION_BIT(OPTION_WAIT)))
		call->wait_s = command->wait_s;
	if (call->wait_s <= command->wait_max_s)
		return EXIT_SUCCESS;
	snprintf(text, sizeof(text), "0 to %u seconds", command->wait_max_s);
	return fail_command(command, "waits ", text);
}

/* What asks for no more than words is answered: true. */
static bool answer(const struct call *call)
{
	if (call->given & OPTION_BIT(OPTION_VERSION))
		puts("tenurectl " TENURED_VERSION);
	else if (!(call->given & OPTION_BIT(OPTION_HELP)))
		return false;
	else if (call->command)
		help_command(call->command);
	else
		help_all();
	return true;
}

bool command_line_read(int count, char **argv, struct call *ret, int *ret_code)
{
	struct words words = { .next = argv, .end = argv + count, .call = ret };
	const char *name;

	*ret = (struct call){ .timeout_s = TIMEOUT_DEFAULT_S,
			      .place.run_dir = TENURED_RUNDIR,
			      .place.state_dir = TENURED_STATEDIR };
	*ret_code = take_all(&words);
	if (*ret_code != EXIT_SUCCESS)
		return false;
	name = words.operands[0];
	ret->command = name ? command_find(name) : NULL;
	if (answer(ret))
		return false;
	if (!name)
		*ret_code = fail_usage(NULL, "a command is missing");
	else if (!ret->command)
		*ret_code = command_line_unknown(name);
	else
		*ret_code = place_operands(&words);
	if (*ret_code == EXIT_SUCCESS)
		*ret_code = check_options(ret);
	return *ret_code == EXIT_SUCCESS;
}
