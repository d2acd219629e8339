/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines by a table: letters that stand together, or whole words behind one
 * hyphen; long options with their argument behind "=" or a space, and cut short as
 * getopt_long() has them. Options may stand behind names.
 */
#include "compat/table.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

const struct table *table_by_name(const char *program)
{
	static const struct table *const tables[] = {
		&table_udhcpc,
		&table_dhclient,
		&table_dhcpcd,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (strcmp(tables[i]->program, program) == 0)
			return tables[i];
	return NULL;
}

/* An argument that may be left out, and is, leaves things as they would be. */
static void apply(struct translation *t, const struct row *row,
		  const char *shown, const char *value)
{
	char *field = (char *)t + row->field;
	bool left_out = !value && row->argument != ROW_ARGUMENT_NONE;

	switch (row->kind) {
	case ROW_OPTION:
		if (!left_out)
			translation_add(t, row->text, value);
		break;
	case ROW_JOINED:
		if (!left_out)
			translation_join(t, row->text, value);
		break;
	case ROW_ARGUMENT:
		*(const char **)(void *)field = value;
		break;
	case ROW_FLAG:
		*(bool *)field = true;
		break;
	case ROW_TAKE:
		row->take(t, row, value);
		break;
	case ROW_NOTHING:
		break;
	case ROW_ERROR:
		translation_fail(t, "option %s is not supported: %s", shown,
				 row->text);
	}
}

static const struct row *find_word(const struct table *table, const char *word,
				   size_t length)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (strlen(table->rows[i].word) == length &&
		    memcmp(table->rows[i].word, word, length) == 0)
			return &table->rows[i];
	return NULL;
}

/* By its whole name, or by so much of it that no other one is meant. */
static const struct row *find_long(const struct translation *t,
				   const struct table *table, const char *word,
				   size_t length)
{
	const struct row *found = NULL;
	bool several = false;

	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];
		const char *name = row->alias ? row->alias : row->word;

		if (strncmp(name, word, length) != 0)
			continue;
		if (strlen(name) == length)
			return row;
		several |= found != NULL;
		found = row;
	}
	if (several)
		translation_fail(t, "option %.*s could be several", (int)length,
				 word);
	return found;
}

/* Whichever word the row has; the next word may be its argument. */
static char **take_word(const struct table *table, struct translation *t,
			const struct row *row, char **words)
{
	const char *word = *words, *value = NULL;

	if (!row)
		translation_fail(t, "option %s is not known to tenured's %s",
				 word, table->program);
	if (row->argument == ROW_ARGUMENT_NEEDED) {
		value = *++words;
		if (!value)
			translation_fail(t, "option %s needs an argument", word);
	}
	apply(t, row, word, value);
	return words + 1;
}

static char **take_long(const struct table *table, struct translation *t,
			char **words)
{
	const char *word = *words, *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct row *row = find_long(t, table, word, length);

	if (!row || !equals)
		return take_word(table, t, row, words);
	if (row->argument == ROW_ARGUMENT_NONE)
		translation_fail(t, "option %.*s takes no argument",
				 (int)length, word);
	apply(t, row, translation_text("%.*s", (int)length, word), equals + 1);
	return words + 1;
}

/* "-qfn", "-ieth0", "-i eth0" */
static char **take_letters(const struct table *table, struct translation *t,
			   char **words)
{
	for (const char *at = *words + 1; *at; at++) {
		char shown[] = { '-', *at, '\0' };
		const struct row *row = find_word(table, shown, 2);
		const char *value = at + 1;

		if (!row)
			translation_fail(t,
					 "option %s is not known to tenured's %s",
					 shown, table->program);
		if (row->argument == ROW_ARGUMENT_NONE ||
		    row->argument == ROW_ARGUMENT_LONG) {
			apply(t, row, shown, NULL);
			continue;
		}
		if (!*value && row->argument != ROW_ARGUMENT_JOINED)
			value = *++words;
		if (!value)
			translation_fail(t, "option %s needs an argument", shown);
		apply(t, row, shown, *value ? value : NULL);
		break;
	}
	return words + 1;
}

static void take_name(struct translation *t, const char *name)
{
	if (t->name_count == TRANSLATION_NAMES_MAX)
		translation_fail(t, "more than %d interfaces",
				 TRANSLATION_NAMES_MAX);
	t->names[t->name_count++] = name;
}

void table_translate(const struct table *table, char **words,
		     struct translation *t)
{
	t->program = table->program;
	while (*words) {
		const char *word = *words;

		if (word[0] != '-' || !word[1]) {
			take_name(t, word);
			words++;
		} else if (strcmp(word, "--") == 0) {
			while (*++words)
				take_name(t, *words);
		} else if (word[1] == '-') {
			words = take_long(table, t, words);
		} else if (table->whole_words) {
			words = take_word(table, t,
					  find_word(table, word, strlen(word)),
					  words);
		} else {
			words = take_letters(table, t, words);
		}
	}
	table->finish(t);
}

static const char *becomes(const struct row *row)
{
	switch (row->kind) {
	case ROW_OPTION:
	case ROW_JOINED:
		return "tenured ";
	case ROW_ARGUMENT:
	case ROW_FLAG:
	case ROW_TAKE:
		return "";
	case ROW_NOTHING:
		return "nothing: ";
	case ROW_ERROR:
		return "an error: ";
	}
	UNREACHABLE();
}

void table_print(const struct table *table)
{
	printf("usage: %s %s\n"
	       "The command line of %s, translated for tenured "
	       "(tenured-compat(7)):\n\n",
	       table->program, table->usage, table->program);
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];
		char words[64];

		snprintf(words, sizeof(words), "%s%s%s%s", row->word,
			 row->alias ? ", " : "", row->alias ? row->alias : "",
			 row->argument == ROW_ARGUMENT_NEEDED	? " ARG"
			 : row->argument == ROW_ARGUMENT_JOINED ? "[ARG]"
								: "");
		printf("  %-28s %s%s\n", words, becomes(row), row->text);
	}
}
