/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration text. Pure: no file is opened here, and nothing is allocated. */
#include "base/conf.h"

#include <string.h>

#define BLANKS " \t"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_comment(char c)
{
	return c == '#' || c == ';';
}

static char *skip_blanks(char *at)
{
	return at + strspn(at, BLANKS);
}

/* Ends the text that begins at start before end, and before blanks there. */
static void end_text(const char *start, char *end)
{
	while (end > start && is_blank(end[-1]))
		end--;
	*end = '\0';
}

/* True if only a comment, if anything, follows. */
static bool is_rest_empty(char *at)
{
	at = skip_blanks(at);
	return *at == '\0' || is_comment(*at);
}

/* Copies the next line into text. Returns what is wrong with it, or NULL. */
static const char *take_line(struct conf *c)
{
	const char *line = c->at, *end = memchr(line, '\n', c->left);
	size_t size = end ? (size_t)(end - line) : c->left;
	size_t taken = end ? size + 1 : size;

	c->at += taken;
	c->left -= taken;
	c->line++;
	if (size > 0 && line[size - 1] == '\r')
		size--;
	if (size > CONF_LINE_MAX)
		return "the line is longer than 1024 octets";
	for (size_t i = 0; i < size; i++) {
		unsigned char octet = (unsigned char)line[i];

		if ((octet < ' ' && octet != '\t') || octet == 0x7f)
			return "the line holds a control character";
	}
	memcpy(c->text, line, size);
	c->text[size] = '\0';
	return NULL;
}

_Static_assert(CONF_LINE_MAX == 1024, "take_line() names the number");

/* The ']' that belongs to the '[' before the text, or NULL. */
static char *find_closing(char *at)
{
	unsigned open = 1;

	for (; *at; at++) {
		if (*at == '[')
			open++;
		else if (*at == ']' && --open == 0)
			return at;
	}
	return NULL;
}

static const char *take_section(struct conf *c, char *at)
{
	char *name = skip_blanks(at + 1), *end = find_closing(name);

	if (!end)
		return "the section's name has no ']' behind it";
	if (!is_rest_empty(end + 1))
		return "there is text behind the section's ']'";
	end_text(name, end);
	if (*name == '\0')
		return "the section has no name";
	memcpy(c->section, name, strlen(name) + 1);
	return NULL;
}

static const char *take_quoted(char *quote, const char **ret)
{
	char *end = strchr(quote + 1, '"');

	if (!end)
		return "the value has no closing quote";
	if (!is_rest_empty(end + 1))
		return "there is text behind the closing quote";
	*end = '\0';
	*ret = quote + 1;
	return NULL;
}

static const char *take_key(char *key, struct conf_item *ret)
{
	char *end = key + strcspn(key, BLANKS "=");
	char *equals = skip_blanks(end), *value, *rest;

	if (end == key || *equals != '=')
		return "expected 'key = value' or '[section]'";
	*end = '\0';
	ret->key = key;
	value = skip_blanks(equals + 1);
	if (*value == '"')
		return take_quoted(value, &ret->value);
	/* There is an octet before value: the equals sign, or a blank. */
	for (rest = value; *rest; rest++)
		if (is_comment(*rest) && is_blank(rest[-1]))
			break;
	end_text(value, rest);
	ret->value = value;
	return NULL;
}

void conf_init(struct conf *c, const void *data, size_t size)
{
	c->at = data;
	c->left = size;
	c->line = 0;
	c->section[0] = '\0';
}

bool conf_next(struct conf *c, struct conf_item *ret)
{
	*ret = (struct conf_item){ 0 };
	while (c->left > 0) {
		char *start = c->text;
		const char *error = take_line(c);

		if (!error) {
			start = skip_blanks(start);
			if (*start == '\0' || is_comment(*start))
				continue;
			error = *start == '[' ? take_section(c, start)
					      : take_key(start, ret);
		}
		if (error) {
			c->left = 0;
			*ret = (struct conf_item){ .error = error };
		}
		ret->line = c->line;
		ret->section = *c->section ? c->section : NULL;
		return true;
	}
	return false;
}
