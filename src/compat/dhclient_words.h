/* SPDX-License-Identifier: BSD-2-Clause */
/* dhclient.conf word by word, with the line that each stands in. */
#ifndef COMPAT_DHCLIENT_WORDS_H
#define COMPAT_DHCLIENT_WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "compat/translation.h"

#define DHCLIENT_WORD_MAX 512

enum dhclient_word {
	DHCLIENT_WORD_END,  /* of the file */
	DHCLIENT_WORD_SIGN, /* one of ; , { } = ( ) */
	DHCLIENT_WORD_NAME, /* a name, number or address */
	DHCLIENT_WORD_TEXT, /* in quotes */
};

/* A file, and the word that was read last. */
struct dhclient_words {
	struct translation *t;
	const char *path;
	FILE *file;
	unsigned line, depth;
	enum dhclient_word kind;
	char word[DHCLIENT_WORD_MAX];
	bool skipped; /* it is about another interface */
};

/* The end of the program, with the file's name and the line. */
_Noreturn void dhclient_words_fail(const struct dhclient_words *,
				   const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The next word is the present one then. */
void dhclient_words_next(struct dhclient_words *);

bool dhclient_words_is(const struct dhclient_words *, char sign);

/* That this sign is there, and goes on behind it. */
void dhclient_words_expect(struct dhclient_words *, char sign);

/* Goes on behind a statement or its block, whatever is in it. */
void dhclient_words_skip(struct dhclient_words *);

/* The present word, which has to be a value, and goes on behind it. */
const char *dhclient_words_take(struct dhclient_words *);

#endif
