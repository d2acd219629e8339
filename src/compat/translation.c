/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of tenured, word by word. */
#include "compat/translation.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "compat/script.h"

static char *print(const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		perror("tenured-compat");
		exit(EX_OSERR);
	}
	return text;
}

char *translation_text(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = print(format, arguments);
	va_end(arguments);
	return text;
}

void translation_fail(const struct translation *t, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s (of tenured): %s\n", t->program,
		print(format, arguments));
	va_end(arguments);
	exit(EX_USAGE);
}

/* Makes room before a word. */
static void insert(struct translation *t, size_t at, const char *word)
{
	if (t->word_count == TRANSLATION_WORDS_MAX)
		translation_fail(t, "too many options");
	memmove(t->words + at + 1, t->words + at,
		(t->word_count - at) * sizeof(*t->words));
	t->words[at] = word;
	t->words[++t->word_count] = NULL;
}

void translation_add(struct translation *t, const char *word, const char *more)
{
	insert(t, t->word_count, word);
	if (more)
		insert(t, t->word_count, more);
}

void translation_put_first(struct translation *t, const char *word,
			   const char *more)
{
	if (more)
		insert(t, 0, more);
	insert(t, 0, word);
}

void translation_join(struct translation *t, const char *option, const char *value)
{
	translation_add(t, translation_text("%s=%s", option, value), NULL);
}

void translation_add_names(struct translation *t)
{
	if (t->fqdn) {
		translation_join(t, "--fqdn", "both");
		translation_join(t, "--hostname", t->fqdn);
	} else if (t->hostname) {
		translation_join(t, "--hostname", t->hostname);
	}
}

void translation_set_variable(const struct translation *t, const char *option,
			      const char *variable)
{
	size_t length = strcspn(variable, "=");

	if (!length || !variable[length])
		translation_fail(t, "%s '%s' must be NAME=VALUE", option,
				 variable);
	setenv(translation_text("%.*s", (int)length, variable),
	       variable + length + 1, 1);
}

const char *translation_path(const struct translation *t, const char *path)
{
	char here[PATH_MAX];

	if (*path == '/')
		return path;
	if (!*path || !getcwd(here, sizeof(here)))
		translation_fail(t, "'%s' must be the path of a file", path);
	return translation_text("%s/%s", here, path);
}

unsigned translation_number(const struct translation *t, const char *option,
			    const char *value, unsigned max)
{
	uint64_t number;

	if (!str_to_u64(value, max, &number))
		translation_fail(t, "%s '%s' must be a number of at most %u",
				 option, value, max);
	return (unsigned)number;
}

void translation_hook(struct translation *t)
{
	char self[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (!t->script && !t->leases)
		return;
	if (size <= 0)
		translation_fail(t, "/proc/self/exe: %m");
	self[size] = '\0';
	setenv(SCRIPT_PROGRAM, t->program, 1);
	if (t->script)
		setenv(SCRIPT_FILE, translation_path(t, t->script), 1);
	if (t->leases)
		setenv(SCRIPT_LEASES, translation_path(t, t->leases), 1);
	translation_add(t, "--script", translation_text("%s", self));
}
