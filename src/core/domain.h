/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domain names in the data of options (RFC 1035 3.1, RFC 3397 2): octets from the
 * network to names of a closed alphabet, one at a time. No resolver.
 *
 * A name is labels of 1 to 63 letters, digits, hyphens that are neither first nor
 * last, and underscores, which names of hosts do not have but domains do. One of
 * digits and dots alone is none: it would be read as an address.
 */
#ifndef CORE_DOMAIN_H
#define CORE_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

/* As text, with its NUL: 255 octets with all lengths and the root's. */
#define DOMAIN_NAME_SIZE 254

/* More names than these are not taken from one option. */
#define DOMAIN_NAMES_MAX 64

enum domain_form {
	DOMAIN_FORM_PLAIN, /* labels without pointers */
	DOMAIN_FORM_COMPRESSED,
	DOMAIN_FORM_PARTIAL, /* plain; the last may lack the root's label */
	DOMAIN_FORM_TEXT,    /* with dots; spaces between names */
};

/* A walk through names; the members are to be read only. */
struct domain_walk {
	const uint8_t *bytes;
	size_t size, at;
	enum domain_form form;
	unsigned count;	  /* of names until now, with those passed over */
	unsigned refused; /* of names passed over */
	unsigned most;	  /* names; what follows is not read */
	bool malformed;	  /* it ended early, where no name can be read */
};

/* Walks through size octets at bytes, which the caller keeps; most may be less. */
struct domain_walk domain_walk(const void *bytes, size_t size, enum domain_form);

/*
 * The next name, without a dot at its end. One of another alphabet, and the root,
 * is passed over. False at the end; where a label or pointer is malformed, a name
 * is longer than 255 octets, or is cut, all that follows is not read. A pointer
 * leads to earlier octets of the same walk alone.
 */
bool domain_next(struct domain_walk *, char ret[DOMAIN_NAME_SIZE]);

/*
 * The only name that there is; false if there is none, if there are several, and
 * if anything is wrong. *ret is unspecified then.
 */
bool domain_single(const void *bytes, size_t size, enum domain_form,
		   char ret[DOMAIN_NAME_SIZE]);

/* Writes a name as above, without pointers and up to the root's label. */
void domain_write(struct writer *, const char *name);

/* True for a name as above that has no underscore (RFC 1123 2.1). */
bool domain_is_host(const char *name);

#endif
