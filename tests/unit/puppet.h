/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port without a client: a test moves its wire, its kernel and its disk by hand
 * and tells the judge, as a client of any badness would.
 */
#ifndef UNIT_PUPPET_H
#define UNIT_PUPPET_H

#include "core/request.h"
#include "sim/judge.h"
#include "sim/network.h"
#include "unit/support.h"

/* Leases of this; T1 and T2 are at 500 and 875 s. */
#define PUPPET_LEASE_S 1000

struct puppet {
	struct sim_network *network;
	struct judge *judge;
	struct sim_host *host;
	struct sim_port *port;
	struct sim_link *link;
	struct request_values values; /* of the messages it sends */
	nsec granted;		      /* its last REQUEST for an address */
	enum dhcp4_state state;	      /* as it said */
	struct dhcp4_lease lease;     /* what it stores */
};

/* A host with a cable, which is off. */
void puppet_init(struct puppet *, struct sim_network *, struct judge *,
		 const char *name);

/* Makes it some time after the start of the network, which is at 1000 s. */
void puppet_at(struct puppet *, nsec since_start);

/* ---- what befalls it; the state is not told ----------------------------- */

void puppet_event(struct puppet *, enum sim_event);
void puppet_start(struct puppet *);
void puppet_kill(struct puppet *);
void puppet_reboot(struct puppet *);
void puppet_carrier(struct puppet *, bool up);

/* ---- what it does ------------------------------------------------------- */

/* Its next message of a kind; first: with an id of its own and no secs. */
size_t puppet_write(struct puppet *, enum dhcp4_request,
		    uint8_t packet[DHCP4_PACKET_MAX]);
void puppet_emit(struct puppet *, const uint8_t *packet, size_t size,
		 bool unicast);
void puppet_send(struct puppet *, enum dhcp4_request);
void puppet_send_first(struct puppet *, enum dhcp4_request);

/* An ARP request: a probe without a sender's address, an announcement with it. */
void puppet_send_arp(struct puppet *, ipv4_addr sender, ipv4_addr target);

/* It says that it goes to a state, from the one it was in. */
void puppet_enter(struct puppet *, enum dhcp4_state);
void puppet_notice(struct puppet *, struct dhcp4_notice);

/* The kernel has CLIENT/24, the route of the lease and its lifetime; or nothing. */
void puppet_configure(struct puppet *, nsec expiry);
void puppet_withdraw(struct puppet *, enum sim_cause);

/* The disk: the lease as it is, or nothing. */
void puppet_store(struct puppet *);
void puppet_forget(struct puppet *);

/* ---- what it hears ------------------------------------------------------ */

/* The usual reply of SERVER to its last message. */
struct reply puppet_reply(const struct puppet *, enum dhcp4_type);
void puppet_hear(struct puppet *, const struct reply *);
void puppet_hear_type(struct puppet *, enum dhcp4_type);

/* Another host's ARP. */
void puppet_hear_arp(struct puppet *, enum arp_op, ipv4_addr sender,
		     ipv4_addr target);

/* ---- longer ways -------------------------------------------------------- */

/* It has what lease.c would have made of the usual ACK. */
void puppet_note_lease(struct puppet *);

/* It asks and is answered, and does all that belongs to an ACK. */
void puppet_take_ack(struct puppet *);

/* From the start to BOUND, all as it should be. */
void puppet_bind(struct puppet *);

/* ---- the judge ---------------------------------------------------------- */

/* It has found nothing; or this oracle was the first that found something. */
void judge_check_fine(const struct judge *);
void judge_check_blamed(const struct judge *, const char *oracle);

#endif
