/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a configuration file, item by item:
 *
 *	# a comment, as is what follows a # or ; behind white space
 *	key = value
 *
 *	[section]
 *	key = "a value with a # in it, or with spaces around "
 *
 * A section's name may hold brackets, in pairs.
 *
 * The syntax and nothing else: no key and no section has a meaning here. A quoted
 * value ends at the next quote, there are no escapes. Lines end with LF or CRLF.
 * Whatever is not of this form, however little, is an error with its line.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>

/* Octets of a line without its end. A longer one is refused, never cut. */
#define CONF_LINE_MAX 1024

/*
 * A section's beginning (key is NULL), a key with its value, or an error (error
 * is not NULL, a constant string). Text lies in the reader, until its next item.
 */
struct conf_item {
	size_t line;	     /* from 1 on */
	const char *section; /* NULL before the first one */
	const char *key;
	const char *value; /* may be empty */
	const char *error;
};

struct conf {
	const char *at;
	size_t left;
	size_t line;
	char section[CONF_LINE_MAX + 1];
	char text[CONF_LINE_MAX + 1];
};

/* Starts to read size octets of any content, which the caller keeps alive. */
void conf_init(struct conf *, const void *data, size_t size);

/* The next item; false if there is none, as always after an error. */
bool conf_next(struct conf *, struct conf_item *ret);

#endif
