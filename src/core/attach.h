/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Known networks (RFC 4436): is this the network of a lease that we have?
 *
 * A small machine beside the client: ARP packets and time go in, a verdict and
 * requests to send come out. A network is known by its router, IP and hardware
 * address together. What a verdict means for a lease is known.c's matter.
 */
#ifndef CORE_ATTACH_H
#define CORE_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "core/frame.h"

/* Networks besides that of the lease which the client has itself. */
#define ATTACH_OTHERS_MAX 3
#define ATTACH_NODES_MAX  (1 + ATTACH_OTHERS_MAX)

/* The place, and the index, of the client's own lease. */
#define ATTACH_OWN 0

/* So long an answer counts, from the first request on. */
#define ATTACH_TEST_NS (7 * NSEC_PER_S)

/* A router that tells its network from others. */
struct attach_node {
	uint8_t index;	   /* of the network: the caller's number, or 0: own */
	ipv4_addr address; /* the candidate, whose lease came from there */
	ipv4_addr router;  /* 0: there is no such node */
	struct hwaddr router_hw;
};

/* What a caller knows of other networks; those without a router come last. */
struct attach_known {
	struct attach_node node[ATTACH_OTHERS_MAX];
};

enum attach_phase {
	ATTACH_PHASE_IDLE,
	ATTACH_PHASE_READY,	/* nodes are there; nothing was sent */
	ATTACH_PHASE_TESTING,	/* RFC 4436 2.1 */
	ATTACH_PHASE_CONFIRMED, /* node 0 has answered; there is no other */
	ATTACH_PHASE_LEARNING,	/* node 0 is asked for its hardware address */
	ATTACH_PHASE_DONE,	/* there is nothing to be found out */
	ATTACH_PHASE_COUNT
};

/* Zeroed, but for next_at: attach_stop() makes one. */
struct attach {
	enum attach_phase phase;
	unsigned sent;	/* requests to each node, in this phase */
	nsec next_at;	/* NSEC_NEVER, or the next call of attach_tick() */
	nsec tested_at; /* when a test began last; 0: never */
	bool refused;	/* a server denied the own lease; it may be another's */
	struct attach_node node[ATTACH_NODES_MAX];
};

/* Nothing is asked, and no node is known. */
void attach_stop(struct attach *);

/* Other networks are known; the test begins later. */
void attach_prepare(struct attach *, const struct attach_known *);

/*
 * The test begins: at once, or a second after the one before (RFC 4436 2.1). own
 * may be NULL; a router that it shares with others stands for it alone. Without
 * any node nothing happens.
 */
void attach_test(struct attach *, const struct attach_node *own, nsec now);

/* The own lease is gone, and all that is asked or known about it. */
void attach_forget_own(struct attach *);

/* Asks everybody who the router is, from the address, which is in use. */
void attach_learn(struct attach *, ipv4_addr address, ipv4_addr router, nsec now);

/* To be called at next_at. True: a request to each node there is. */
bool attach_tick(struct attach *, nsec now);

enum attach_verdict {
	ATTACH_VERDICT_NONE,
	ATTACH_VERDICT_CONFIRMED, /* node 0 is where we are */
	ATTACH_VERDICT_LEARNED,	  /* node 0 has its hardware address */
};

/* An ARP packet was heard; own: its sender is an interface of this host. */
enum attach_verdict attach_hear(struct attach *, const struct arp *, bool own);

/*
 * The request to a node, from this hardware address (RFC 4436 2.1.1), and where
 * it goes; size 0: to everybody.
 */
void attach_write(const struct attach *, unsigned node, const uint8_t hw[6],
		  uint8_t packet[ARP_SIZE], struct hwaddr *ret_to);

#endif
