/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon tells its hook runner, and what it is answered: one datagram
 * each, of typed fields alone.
 *
 * The runner has privileges and the daemon reads from the network, so whatever
 * this lets through is all that a daemon in foreign hands could say to hooks: no
 * name of a variable, no command, no path, no free text.
 */
#ifndef LEASE_HOOK_MESSAGE_H
#define LEASE_HOOK_MESSAGE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "lease/hook_variable.h"

/* The names that hooks of dhclient and dhcpcd know. */
enum hook_reason {
	HOOK_REASON_NONE,
	HOOK_REASON_KNOWN, /* runs nothing: hooks were told of it before */

	/* A lease is in use, or parameters are known: there are fields. */
	HOOK_REASON_BOUND,
	HOOK_REASON_RENEW,
	HOOK_REASON_REBIND,
	HOOK_REASON_REBOOT,
	HOOK_REASON_INFORM,

	HOOK_REASON_STOP, /* left alone: fields if the address stays */

	/* There is no lease any more. */
	HOOK_REASON_EXPIRE,
	HOOK_REASON_NAK,
	HOOK_REASON_CONFLICT,
	HOOK_REASON_RELEASE,
	HOOK_REASON_FAIL, /* there was none, in the time that a start has */
	HOOK_REASON_COUNT
};

/* "BOUND"; a constant string. */
const char *hook_reason_name(enum hook_reason);

/* A whole message; fields that do not fit are left out. */
#define HOOK_MESSAGE_MAX 16384

/* What comes before each value. */
#define HOOK_FIELD_SIZE 5

/* As many as all options together can have. */
#define HOOK_OCTETS_MAX 2048

struct hook_header {
	uint32_t number; /* counts the daemon's messages; the answer has it */
	uint32_t ifindex;
	uint32_t metric;
	enum hook_reason reason;
	bool dns; /* hooks may set up the resolver */
	char interface[IFNAMSIZ];
};

struct hook_field {
	uint16_t variable; /* an option's code, or enum hook_variable */
	enum hook_type type;
	uint16_t size;
	const uint8_t *bytes;
};

/*
 * True for a name of letters, digits and "_.:@-", the first a letter or digit:
 * one that is harmless in a file name and on a command line.
 */
bool hook_interface_is_plain(const char *name);

/*
 * True for names as an environment may hold them: letters, digits, hyphens and
 * underscores in labels of 1 to 63, dots between them, a space between names.
 */
bool hook_names_are_plain(const void *text, size_t size);

/*
 * True for what is neither a name nor a number, and harmless all the same:
 * letters, digits, spaces and "._:/,=+@%-", the first a letter, digit or "/".
 */
bool hook_words_are_plain(const void *text, size_t size);

/*
 * True if what is told with a reason may go with a lease, or without one: each
 * has one or has none, but for STOP.
 */
bool hook_reason_suits(enum hook_reason, bool lease);

/* True for a field that is as its variable and type want it. */
bool hook_field_is_valid(unsigned variable, enum hook_type,
			 const uint8_t *bytes, size_t size);

/*
 * Begins a message; fields follow in ascending order of variable: its octets, and
 * then one of another type.
 */
void hook_message_begin(struct writer *, const struct hook_header *);

/* A field; false, and nothing is written, if it does not fit or is not valid. */
bool hook_message_put(struct writer *, unsigned variable, enum hook_type,
		      const void *bytes, size_t size);

/*
 * Reads a message from its start: the header; then one field after another, false
 * at the end. What is not as it should be sets reader.failed, and then all of the
 * message is to be thrown away.
 */
bool hook_message_read(struct reader *, struct hook_header *ret);
bool hook_message_next(struct reader *, struct hook_field *ret);

/* True if header and fields are as they should be, to the last octet. */
bool hook_message_is_valid(const void *bytes, size_t size);

/*
 * The answer: hooks ran for the message of this number, or were killed; so many of
 * them, and of those for messages that were passed over, did not end with 0.
 */
#define HOOK_ANSWER_SIZE 12
struct hook_answer {
	uint32_t number, ifindex, failed;
};

void hook_answer_write(struct writer *, const struct hook_answer *);
bool hook_answer_read(struct reader *, struct hook_answer *ret);

#endif
