/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints what tenured.conf(5) says about each key before it explains it, from the
 * table of keys and the facts about them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/key_facts.h"
#include "daemon/keys.h"

/* As an example that can be copied: a hyphen that is a minus sign. */
static void print_literal(const char *text)
{
	for (; *text; text++)
		fputs(*text == '-' ? "\\-" : (char[]){ *text, '\0' }, stdout);
	putchar('\n');
}

static void print_default(const char *preset, const char *otherwise)
{
	puts(".Em Default :");
	if (preset && *preset)
		printf("%s.\n", preset);
	else
		printf("%s.\n", preset ? "nothing" : otherwise);
}

static void print_key(const struct key *key)
{
	const struct key_facts *facts = key_facts_of(key);

	if (!facts->example) {
		fprintf(stderr, "src/daemon/key_facts.c has no row for %s\n",
			key_name(key));
		exit(1);
	}
	printf(".\\\" key %s\n.It Cm %s\n.Em Value :\n%s", key_name(key),
	       key_name(key), facts->type);
	if (facts->most)
		printf("; %" PRIu64 " to %" PRIu64, facts->least, facts->most);
	puts(".");
	print_default(key->preset, facts->otherwise);
	if (key->repeatable)
		puts("May be repeated.");
	if (key->scope == KEY_SCOPE_PROCESS)
		puts("Before the first section only.");
	puts(".Bd -literal -offset indent -compact");
	print_literal(facts->example);
	puts(".Ed\n.\\\" key-end");
}

int main(void)
{
	for (size_t i = 0; i < key_count; i++)
		if (keys[i].in_file)
			print_key(&keys[i]);
	return 0;
}
