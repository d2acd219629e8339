/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of keys: all that can be set, on the command line, in the file, or
 * in both. Options, --help, the file's keys and suggestions come from it alone.
 */
#ifndef DAEMON_KEYS_H
#define DAEMON_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/settings.h"

enum key_scope {
	KEY_SCOPE_PROCESS, /* in the file: before the first section only */
	KEY_SCOPE_IFACE,
};

/* There are many of them: what is short stands in the row itself; "": none. */
struct key {
	char option[20];  /* the long option */
	char letters[3];  /* its short options */
	char argument[8]; /* what it takes */
	char implied[4];  /* the value it stands for without an argument */
	bool in_file;	  /* it can be set there: key_name() */
	bool repeatable;  /* there, too: each adds to the others */
	enum key_scope scope : 8;
	uint16_t field; /* its offset in the settings of that scope */

	/* Its rule (rules.h), which reads a value into the field. */
	const char *(*apply)(const char *value, void *field);
	const char *preset; /* what holds if nobody sets it, or NULL: no value */
	const char *alias;  /* another name of the option, or NULL */
	const char *help; /* or NULL: it is named there, and the manual explains it */
};

#define KEYS_MAX 128

extern const struct key keys[];
extern const size_t key_count;

/* Some of the keys; zeroed: none. */
struct key_set {
	bool has[KEYS_MAX];
};

void key_set_add(struct key_set *, const struct key *);
bool key_set_has(const struct key_set *, const struct key *);

/* Its name in the file: gateway of --no-gateway. NULL: command line only. */
const char *key_name(const struct key *);

/* The key of a name in the file, or NULL; of a long option, or NULL. */
const struct key *key_of_name(const char *name);
const struct key *key_of_option(const char *option);

/*
 * The long option, or else the name in the file, that is spelt most like a word;
 * NULL if none is nearly the same.
 */
const char *key_nearest(const char *word, bool option);

/* Reads a value for the key into whichever of the two it belongs to. */
const char *key_apply(const struct key *, const char *value, struct settings *,
		      struct iface_settings *);

#endif
