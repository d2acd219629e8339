/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tenured.conf(5) tells people of the values of the file's keys. No program
 * that is installed has it. It reads none: rules do (rules.h), and tests hold them,
 * the defaults of settings.c and this together.
 */
#ifndef DAEMON_KEY_FACTS_H
#define DAEMON_KEY_FACTS_H

#include <stdint.h>

struct key;

struct key_facts {
	const char *name; /* of the key */
	const char *type; /* what a value is */

	/* These words can be values, with commas between them, or NULL; ... */
	const char *words;

	/* ... and numbers from least to most, if most is not 0. */
	uint64_t least, most;

	/* In words, what holds of a key without a preset if nobody says anything. */
	const char *otherwise;

	/* A line of a file; more, if it takes others to mean something. */
	const char *example;
};

/* Of a key that has a name in the file; a test finds those that have no row. */
const struct key_facts *key_facts_of(const struct key *);

#endif
