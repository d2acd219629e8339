/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What we ask the kernel for: links up, addresses with lifetimes, routes.
 *
 * Requests are pipelined on one rtnetlink socket and answered later; a set of
 * requests calls back once, when its last answer is there.
 */
#ifndef DAEMON_ROUTE_H
#define DAEMON_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/lease.h"
#include "daemon/loop.h"

/* The state that an interface shall have, or was given. */
struct route_state {
	int ifindex;
	ipv4_addr address;
	uint8_t prefix_length;
	ipv4_addr broadcast; /* 0: none */
	uint32_t valid_s;    /* DHCP4_LEASE_INFINITE: for ever */
	uint32_t metric;
	unsigned route_count;
	struct dhcp4_route routes[]; /* in order of installation */
};

struct route;

/*
 * what names the request that failed ("address 10.0.0.5/24", "route 0.0.0.0/0
 * via 10.0.0.1"), error is a positive errno; NULL and 0 if all went well.
 */
typedef void route_done(void *context, const char *what, int error);

int route_open(struct route **ret, struct loop *);
void route_close(struct route *);

/*
 * Brings an interface from one state to another; from NULL: nothing of ours is
 * there; to NULL: nothing of ours shall remain. The address comes first, then its
 * prefix route, then the other routes; those that both states have are not
 * touched, but the address's lifetimes are always set anew. What is gone already
 * is no failure when it was to be removed, nor is a route that exists as wanted.
 * Every object carries protocol DHCP and the address as its preferred source; the
 * address carries IFA_F_NOPREFIXROUTE. done may be NULL. 0 or -errno; on -errno
 * nothing was sent and done is not called.
 */
int route_change(struct route *, const struct route_state *from,
		 const struct route_state *to, route_done *, void *context);

/* Sets a link up, and promote_secondaries on it. 0 or -errno. */
int route_link_up(struct route *, int ifindex);

/* Forgets who waits: done is not called any more for this context. */
void route_cancel(struct route *, void *context);

/* Reads answers until none is outstanding, a second at most. For the end. */
void route_drain(struct route *);

#endif
