/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks a STUN server, from one address of one interface, all that nat.h judges by. It
 * needs no privileges. It blocks until all is known or was waited for.
 */
#ifndef CTL_STUN_PROBE_H
#define CTL_STUN_PROBE_H

#include "ctl/nat.h"

struct stun_probe {
	const char *interface;
	ipv4_addr address; /* of the interface */
	struct stun_endpoint server;
	unsigned wait_ms; /* for each answer, while the question is repeated */
};

/*
 * 0, or -errno if it could not even begin: -EADDRNOTAVAIL if this host does not have
 * the address, -ENODEV if it does not have the interface.
 */
int stun_probe(const struct stun_probe *, struct nat_seen *ret);

/*
 * The address by which this host's routes lead to a server: for who chose an address
 * that one, for IPV4_ANY the usual one; or 0: no route does.
 */
ipv4_addr stun_probe_route(ipv4_addr from, struct stun_endpoint server);

#endif
