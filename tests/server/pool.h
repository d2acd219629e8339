/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which address a client may have: the records of the server's leases. For
 * server.c alone; who asks, and from where, stands in the exchange.
 */
#ifndef SERVER_POOL_H
#define SERVER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

/*
 * The subnet that a message is about: giaddr's; without one that of a client
 * that has an address and asks the server alone, since no relay helped it; else
 * the server's own. NULL if the relay's is none of ours.
 */
const struct server_subnet *pool_subnet(const struct server *,
					const struct server_request *);

/* The best lease for a client, by RFC 2131 4.3.1; NULL if there is none. */
struct server_lease *pool_choose(const struct server_exchange *);

/* The lease that the message names, in the client's subnet; NULL if none. */
struct server_lease *pool_named(const struct server_exchange *);

/* True if the client may have this address now. */
bool pool_suits(const struct server_lease *, const struct server_exchange *);

/* True if the address is, or last was, or is reserved to be, the client's. */
bool pool_is_of(const struct server_lease *, const struct server_request *);

/* True if any address of its subnet is the client's in that sense. */
bool pool_knows(const struct server_exchange *);

/* Makes the client's offers free again: it chose another server. */
void pool_withdraw(const struct server_exchange *);

/* Keeps the address in a state, for the client, for so long. */
void pool_take(struct server_lease *, enum server_lease_state,
	       const struct server_exchange *, uint32_t seconds);

#endif
