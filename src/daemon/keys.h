/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of keys: all that can be set, on the command line, in the file, or
 * in both. Options, --help, the file's keys and suggestions come from it alone.
 */
#ifndef DAEMON_KEYS_H
#define DAEMON_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/settings.h"

enum key_scope {
	KEY_SCOPE_PROCESS, /* in the file: before the first section only */
	KEY_SCOPE_IFACE,
};

struct key {
	const char *option;   /* the long option */
	const char *alias;    /* another name of it, or NULL */
	const char *letters;  /* its short options, or NULL */
	const char *argument; /* what it takes, or NULL */
	const char *implied;  /* the value it stands for without an argument */
	const char *name;     /* in the file, or NULL: command line only */
	bool repeatable;      /* in the file, too: each adds to the others */
	enum key_scope scope;
	size_t field; /* its offset in the settings of that scope */

	/* Its rule (rules.h), which reads a value into the field. */
	const char *(*apply)(const char *value, void *field);
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
