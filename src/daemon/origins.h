/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the values of settings come from: each value that was given, as it was
 * written, with its place. It knows which of several counts, and not what any of
 * them means.
 *
 * A list for the process, of 16 octets and the text for each value given, and none
 * for what has its default: nothing of it is kept for each interface.
 */
#ifndef DAEMON_ORIGINS_H
#define DAEMON_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the host itself says instead of a default; less than any file. */
#define ORIGIN_HOST	    0
#define ORIGIN_COMMAND_LINE UINT16_MAX /* more than any file */
#define ORIGIN_FILES_MAX    257 /* the file, and those of its directory */

#define ORIGIN_COMMON 0 /* of no section */

struct origin {
	uint16_t key;	  /* its index in the table of keys */
	uint16_t section; /* ORIGIN_COMMON, or 1 for the first one, and so on */
	uint16_t file;	  /* 1 for the first one, and so on, or as above */
	uint32_t line;	  /* of the command line: which of its values */
	uint32_t text;	  /* where the value begins among the texts */
};

struct origins {
	struct origin *list;
	size_t count;
	char *texts;
	size_t texts_used, texts_size;
	char **files;
	uint16_t file_count;
};

struct key;
struct key_set;

/* Begins a file; its number is the count of files then. False without memory. */
bool origins_add_file(struct origins *, const char *path);

/* Adds a value. place.key and place.text are set here. False without memory. */
bool origins_add(struct origins *, const struct key *, struct origin place,
		 const char *value);

/*
 * Once, after all were added: leaves those that count, in the order of sections
 * and keys. A later file replaces what former ones say of a key in a section, as
 * the command line does; keys that are given there count in no section.
 */
void origins_settle(struct origins *, const struct key_set *given);

/* The first value of a key in a section, or NULL; others follow it. Settled. */
const struct origin *origins_find(const struct origins *, const struct key *,
				  size_t section);

/* True if it is one more value of the same key in the same section. */
bool origins_follows(const struct origins *, const struct origin *);

const char *origin_value(const struct origins *, const struct origin *);

/* The path of the file that it stands in; NULL if it stands in none. */
const char *origin_file(const struct origins *, const struct origin *);

void origins_free(struct origins *);

#endif
