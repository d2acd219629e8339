/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts that make the server misbehave: a list of rules, each of which
 * changes some of the replies.
 *
 *	on TYPE [N[-[M]]] ACTION [ARGUMENT]
 *
 * TYPE names messages of the client: any, discover, request, request-selecting,
 * request-init-reboot, request-renewing, request-rebinding, decline, release or
 * inform. N to M are the occurrences of TYPE that are meant, from 1 on; all by
 * default. The rules that apply are run in their order, each on what the one
 * before it left. Actions are the rows of a table in script.c; tests/README
 * lists them.
 */
#ifndef SERVER_SCRIPT_H
#define SERVER_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "server/characters.h"
#include "server/server.h"

#define SCRIPT_RULES_MAX  64
#define SCRIPT_OCTETS_MAX 255

struct script_action;

struct script_rule {
	unsigned kinds; /* a bit an enum dhcp4_request */
	uint32_t first, last;
	uint32_t seen;
	enum server_character character;
	const struct script_action *action; /* NULL: as the character does */
	uint32_t number; /* the argument: a number or an address, ... */
	uint8_t code;	 /* ... or an option, its octets below */
	uint16_t size;
	uint8_t octets[SCRIPT_OCTETS_MAX];
};

struct script {
	unsigned count;
	struct script_rule rules[SCRIPT_RULES_MAX];
};

/*
 * Adds the rule that a line holds; a blank line or one that begins with # holds
 * none. Returns NULL, or what is wrong with the line.
 */
const char *script_add(struct script *, const char *line);

/* A server_handler; context is the script. */
server_handler script_apply;

/*
 * Reads CODE=HEX, the value possibly empty, into at most size octets. Returns
 * their number, or -1 if the text is something else.
 */
int script_read_option(const char *text, uint8_t *ret_code, uint8_t *octets,
		       size_t size);

#endif
