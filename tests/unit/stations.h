/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of the simulated network have in common: a network, stations on it,
 * and spies that remember what passes an interface.
 */
#ifndef UNIT_STATIONS_H
#define UNIT_STATIONS_H

#include "sim/network.h"

extern struct sim_network net;

void net_setup(void);
void net_teardown(void);

/* Lets so much time pass. */
void net_pass(nsec);

/* An interface of a new device, that answers ARP and pings; a prefix of 24. */
struct sim_interface *station(const char *name, ipv4_addr);

struct spy {
	struct sim_tap tap; /* first: it is cast back */
	unsigned sent, received;
	struct sim_frame last; /* of those received */
	nsec last_at;
	uint64_t hash; /* of all that was received, and when */
};

/* Until the network's end. */
struct spy *spy_on(struct sim_interface *);

/* A frame of that many octets, each of which is fill. */
struct sim_frame frame_to(const uint8_t hw[SIM_HWADDR_SIZE], uint16_t size,
			  uint8_t fill);

/* Pings and tells if the answer came within 3 seconds. */
bool ping_is_answered(struct sim_interface *, ipv4_addr);

#endif
