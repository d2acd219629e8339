/* SPDX-License-Identifier: BSD-2-Clause */
/* Words, signs, texts and comments of dhclient.conf. */
#include "compat/dhclient_words.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

void dhclient_words_fail(const struct dhclient_words *p, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	translation_fail(p->t, "%s, line %u: %s", p->path, p->line, text);
}

static void keep(struct dhclient_words *p, size_t *used, int c)
{
	if (*used + 1 == DHCLIENT_WORD_MAX)
		dhclient_words_fail(p, "a word of more than %d octets",
				    DHCLIENT_WORD_MAX - 1);
	p->word[(*used)++] = (char)c;
	p->word[*used] = '\0';
}

static int next_octet(struct dhclient_words *p)
{
	int c = getc(p->file);

	p->line += c == '\n';
	return c;
}

static void read_text(struct dhclient_words *p)
{
	size_t used = 0;
	int c;

	p->kind = DHCLIENT_WORD_TEXT;
	while ((c = next_octet(p)) != '"') {
		if (c == '\\')
			c = next_octet(p);
		if (c == EOF || c == '\n')
			dhclient_words_fail(p, "a quote is missing");
		keep(p, &used, c);
	}
}

static int after_space(struct dhclient_words *p)
{
	int c = next_octet(p);

	while (c != EOF && (isspace(c) || c == '#')) {
		if (c == '#')
			while (c != EOF && c != '\n')
				c = next_octet(p);
		if (c != EOF)
			c = next_octet(p);
	}
	return c;
}

void dhclient_words_next(struct dhclient_words *p)
{
	int c = after_space(p);
	size_t used = 0;

	p->word[0] = '\0';
	if (c == EOF) {
		p->kind = DHCLIENT_WORD_END;
	} else if (c == '"') {
		read_text(p);
	} else if (strchr(";,{}=()", c)) {
		p->kind = DHCLIENT_WORD_SIGN;
		keep(p, &used, c);
	} else {
		p->kind = DHCLIENT_WORD_NAME;
		while (c != EOF && !isspace(c) && !strchr(";,{}=()\"#", c)) {
			keep(p, &used, c);
			c = getc(p->file);
		}
		ungetc(c, p->file);
	}
}

bool dhclient_words_is(const struct dhclient_words *p, char sign)
{
	return p->kind == DHCLIENT_WORD_SIGN && p->word[0] == sign;
}

void dhclient_words_expect(struct dhclient_words *p, char sign)
{
	if (!dhclient_words_is(p, sign))
		dhclient_words_fail(p, "'%c' is missing before '%s'", sign,
				    p->word);
	dhclient_words_next(p);
}

void dhclient_words_skip(struct dhclient_words *p)
{
	unsigned depth = 0;

	while (depth || !dhclient_words_is(p, ';')) {
		if (p->kind == DHCLIENT_WORD_END)
			dhclient_words_fail(p, "'%c' is missing at the end",
					    depth ? '}' : ';');
		if (!depth && dhclient_words_is(p, '}'))
			dhclient_words_fail(p, "';' is missing before '}'");
		depth += dhclient_words_is(p, '{');
		depth -= dhclient_words_is(p, '}');
		if (!depth && dhclient_words_is(p, '}'))
			break;
		dhclient_words_next(p);
	}
	dhclient_words_next(p);
}

const char *dhclient_words_take(struct dhclient_words *p)
{
	const char *word = translation_text("%s", p->word);

	if (p->kind != DHCLIENT_WORD_NAME && p->kind != DHCLIENT_WORD_TEXT)
		dhclient_words_fail(p, "a value is missing before '%s'", p->word);
	dhclient_words_next(p);
	return word;
}
