/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DHCP server of tests/server on a simulated interface: it hears port 67,
 * and answers by hardware address, by broadcast, or by way of a router to a
 * relay, as RFC 2131 4.1 says.
 */
#ifndef SIM_DHCPD_H
#define SIM_DHCPD_H

#include "server/seal.h"
#include "server/server.h"
#include "sim/network.h"

struct sim_dhcpd {
	struct sim_interface *interface;
	struct server server;
	struct server_config config;
	ipv4_addr gateway; /* for what is not in its subnet; 0: sent directly */
	bool silent;	   /* as if nobody were there: what it hears is lost */
	nsec slow_ns;	   /* each answer takes so much longer */
	uint64_t received, answered; /* packets for its port; answers sent */

	/* Told of each message that was understood, answered or not. */
	void (*watch)(void *context, struct sim_dhcpd *,
		      const struct server_exchange *);
	void *watch_context;

	struct sim_handler handler;
	struct sim_answer *idle; /* answers that were sent, for the next ones */
};

/*
 * A server on a new device with one interface, whose address and prefix are the
 * configuration's. It answers ARP and pings, too. Change its config as server.h
 * allows; its server.handler and context are free for use.
 */
struct sim_dhcpd *sim_dhcpd_add(struct sim_network *, const char *name,
				const struct server_config *);

/* Tells a client to renew, or what looks like it (server/seal.h). */
void sim_dhcpd_force_renew(struct sim_dhcpd *, ipv4_addr, const struct hwaddr *,
			   enum seal_force);

/* The database is lost: nobody has a lease any more. */
void sim_dhcpd_forget(struct sim_dhcpd *);

#endif
