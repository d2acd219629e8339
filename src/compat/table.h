/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of a program: its options, and what becomes of each. One that is not there
 * is an error that names it.
 */
#ifndef COMPAT_TABLE_H
#define COMPAT_TABLE_H

#include <stddef.h>

#include "compat/translation.h"

enum row_kind {
	ROW_OPTION,   /* of tenured: text, and an argument behind it */
	ROW_JOINED,   /* the same as one word: text=argument */
	ROW_ARGUMENT, /* kept in a field, const char * */
	ROW_FLAG,     /* a field, bool, becomes true */
	ROW_TAKE,     /* take() knows */
	ROW_NOTHING,  /* needs nothing; text says why */
	ROW_ERROR,    /* cannot be had; text says what can */
};

enum row_argument {
	ROW_ARGUMENT_NONE,
	ROW_ARGUMENT_NEEDED,
	ROW_ARGUMENT_JOINED, /* may be there, in the same word */
	ROW_ARGUMENT_LONG, /* the same of the long option; the letter has none */
	ROW_ARGUMENT_EITHER, /* the same of the long option; the letter needs it */
};

struct row {
	const char *word;  /* "-n" */
	const char *alias; /* "--now", or NULL */
	enum row_argument argument;
	enum row_kind kind;
	const char *text;
	size_t field;
	void (*take)(struct translation *, const struct row *, const char *value);
};

struct table {
	const char *program, *usage;
	const struct row *rows;
	size_t row_count;
	bool whole_words; /* -lf is one option, not -l and -f */
	/* What all options mean together. */
	void (*finish)(struct translation *);
};

extern const struct table table_udhcpc, table_dhclient, table_dhcpcd;

/* The table of a program, NULL for none. */
const struct table *table_by_name(const char *program);

/* Reads a command line without its first word, and translates it. */
void table_translate(const struct table *, char **words, struct translation *);

/* All options, and what becomes of each, on stdout. */
void table_print(const struct table *);

#endif
