/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What we ask the kernel for: links up, addresses with lifetimes, routes.
 *
 * Requests are pipelined on one rtnetlink socket and answered later; a set of
 * requests calls back once, when its last answer is there.
 */
#ifndef DAEMON_ROUTE_H
#define DAEMON_ROUTE_H

#include <stdint.h>

#include "daemon/loop.h"
#include "daemon/route_state.h"

struct route;

/*
 * what names the first request that failed, with the kernel's reason if it gave
 * one ("address 10.0.0.5/24", "route 0.0.0.0/0 via 10.0.0.1 (Nexthop has invalid
 * gateway)"), error is a positive errno; NULL and 0 if all went well. ENOBUFS
 * may mean that the kernel's answer was lost. It may call route_change().
 */
typedef void route_done(void *context, const char *what, int error, nsec now);

int route_open(struct route **ret, struct loop *);
void route_close(struct route *);

/* Allows for answers to thousands of changes at once. */
void route_widen(struct route *);

/* Its netlink port: who asked for a change is told by it. */
uint32_t route_port(const struct route *);

/*
 * Brings an interface from one state to another; from NULL: nothing of ours is
 * there; to NULL: nothing of ours shall remain. The address comes first, then its
 * prefix route (none for /32 and /0), then the other routes, then goes what
 * `from` alone had: there is no moment without a route.
 *
 * A rule comes after the new routes and goes before the old ones.
 *
 * All of `to` is asked for, so that what vanished is put back; of routes that are
 * there as wanted nothing is notified. The address's lifetimes are always set
 * anew (valid_s is at least 1). What is gone already is no failure when it was to
 * be removed. Every object carries protocol DHCP, every route the address as its
 * preferred source, the address IFA_F_NOPREFIXROUTE; what others added is left.
 *
 * An address that follows another one in the same subnet relies on
 * promote_secondaries, which is set on the link with each new one. Both states are
 * the caller's and not kept. done may be NULL. 0 or -errno; on -errno nothing was
 * sent and done is not called.
 */
int route_change(struct route *, const struct route_state *from,
		 const struct route_state *to, route_done *, void *context);

/* Sets a link up, and waits for the answer. 0 or -errno. */
int route_link_up(int ifindex);

/* Sets the MTU of a link, and waits for the answer. 0 or -errno. */
int route_set_mtu(int ifindex, uint32_t mtu);

/* Forgets who waits: done is not called for this context. NULL: nobody does. */
void route_cancel(struct route *, void *context);

/* Reads answers until none is outstanding, a second at most. For the end. */
void route_drain(struct route *);

#endif
