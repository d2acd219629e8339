/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's part of RFC 3118, RFC 3203 and RFC 6704: it proves itself to those
 * who ask for it, by the first of its keys, by its token, or by nonces.
 */
#ifndef SERVER_SEAL_H
#define SERVER_SEAL_H

#include "server/server.h"

/* True if the client of the message understands nonces, and the server has some. */
bool seal_takes_nonces(const struct server_exchange *);

/*
 * Adds to a reply, a finished message, what the client asked for; nothing if there
 * is no room. second: it is the second answer to the message.
 */
void seal_reply(const struct server_exchange *, bool second, struct writer *);

/* FORCERENEWs: the first is right, in each other one thing is not. */
enum seal_force {
	SEAL_FORCE_RIGHT,
	SEAL_FORCE_REPLAYED, /* an old counter */
	SEAL_FORCE_FORGED,   /* by a key, or nonce, of somebody else's */
	SEAL_FORCE_UNPROVEN,
	SEAL_FORCE_BROADCAST,
	SEAL_FORCE_COUNT
};

/* One to the client that has the address, and this hardware address. */
void seal_force_renew(const struct server *, nsec now, ipv4_addr address,
		      const struct hwaddr *, enum seal_force,
		      struct server_packet *ret);

#endif
