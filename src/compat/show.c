/* SPDX-License-Identifier: BSD-2-Clause */
/* A translation as a line that a shell could read. */
#include "compat/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "compat/script.h"
#include "lease/shell_word.h"

static bool is_harmless(const char *word)
{
	return *word &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
			    "OPQRSTUVWXYZ0123456789_-=./:,%+@") == strlen(word);
}

static void show_word(const char *word)
{
	if (is_harmless(word))
		fputs(word, stdout);
	else
		shell_word_print(stdout, word);
}

static void show_line(const char *program, const struct translation *t)
{
	fputs(program, stdout);
	for (size_t i = 0; i < t->word_count; i++) {
		putchar(' ');
		show_word(t->words[i]);
	}
	putchar('\n');
}

static void show_variables(void)
{
	static const char *const told[] = { SCRIPT_FILE, SCRIPT_LEASES };

	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		const char *value = getenv(told[i]);

		if (!value)
			continue;
		printf("%s=", told[i]);
		show_word(value);
		putchar(' ');
	}
}

int show_translation(const struct translation *t)
{
	switch (t->act) {
	case TRANSLATION_RUN:
		show_variables();
		show_line("tenured", t);
		break;
	case TRANSLATION_ASK:
	case TRANSLATION_DUMP:
		show_line("tenurectl", t);
		break;
	case TRANSLATION_RELEASE:
	case TRANSLATION_STOP:
		printf("%s the process of %s",
		       t->act == TRANSLATION_STOP ? "end" : "release, and end",
		       t->pid_file);
		fputs(t->hint && t->word_count ? "; or else " : "\n", stdout);
		if (t->hint && t->word_count)
			show_line("tenurectl", t);
		break;
	case TRANSLATION_ANSWER:
		puts(t->answer);
		break;
	}
	return EXIT_SUCCESS;
}
