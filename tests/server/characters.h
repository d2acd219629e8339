/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Misbehaviours of a server, by name: handlers that make of its honest answer
 * what no server should send. Some have variants, which a number chooses.
 *
 * A script names them by line (script.h); the simulator draws one and gives it
 * to a server as its mood. None reads a clock or draws itself.
 */
#ifndef SERVER_CHARACTERS_H
#define SERVER_CHARACTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

/* What each does is in tests/README. */
enum server_character {
	SERVER_CHARACTER_HONEST,
	SERVER_CHARACTER_SILENCE,
	SERVER_CHARACTER_EXHAUSTED,
	SERVER_CHARACTER_OFFER,
	SERVER_CHARACTER_ACK,
	SERVER_CHARACTER_NAK,
	SERVER_CHARACTER_NAK_ALL,
	SERVER_CHARACTER_NAK_ANONYMOUS,
	SERVER_CHARACTER_ACK_THEN_NAK,
	SERVER_CHARACTER_ACK_TWICE,
	SERVER_CHARACTER_TWICE,
	SERVER_CHARACTER_OTHER_SERVER,
	SERVER_CHARACTER_WRONG_ID,
	SERVER_CHARACTER_CHANGING_ID,
	SERVER_CHARACTER_OTHER_ADDRESS,
	SERVER_CHARACTER_ILLEGAL_ADDRESS,
	SERVER_CHARACTER_ILLEGAL_MASK,
	SERVER_CHARACTER_ILLEGAL_LEASE,
	SERVER_CHARACTER_ILLEGAL_OPTIONS,
	SERVER_CHARACTER_ALL_OPTIONS,
	SERVER_CHARACTER_CUT,
	SERVER_CHARACTER_WRONG_OP,
	SERVER_CHARACTER_WRONG_XID,
	SERVER_CHARACTER_WRONG_CHADDR,
	SERVER_CHARACTER_WRONG_CLIENT_ID,
	SERVER_CHARACTER_CORRUPT,
	SERVER_CHARACTER_BROADCAST,
	SERVER_CHARACTER_BOOTP,
	SERVER_CHARACTER_NO_ADDRESS,
	SERVER_CHARACTER_RICH_OPTIONS,
	SERVER_CHARACTER_ILLEGAL_ROUTES,
	SERVER_CHARACTER_COUNT
};

const char *server_character_name(enum server_character);

/* False, and *ret untouched, if there is none of that name. */
bool server_character_find(const char *name, enum server_character *ret);

/* Changes the reply; any number will do. True if there was anything to change. */
bool server_character_apply(enum server_character, uint32_t number,
			    struct server_exchange *);

/* A character as a server's handler; zeroed it is an honest one. */
struct server_mood {
	enum server_character character;
	unsigned kinds; /* which messages: a bit an enum dhcp4_request; 0: its own */
	uint32_t number; /* of the next variant; it counts on */
};

/* A server_handler; context is the mood. */
server_handler server_mood_apply;

#endif
