/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is told of the values of the file's keys: to people, by tenured.conf(5),
 * and by `tenurectl config` of those that nobody set. It reads none: rules do
 * (rules.h), and tests hold them, the defaults of settings.c and this together.
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

	/* What holds if nobody says anything: a value, or else in words. */
	const char *preset, *otherwise;

	/* A line of a file; more, if it takes others to mean something. */
	const char *example;
};

/* Of a key that has a name in the file; a test finds those that have no row. */
const struct key_facts *key_facts_of(const struct key *);

#endif
