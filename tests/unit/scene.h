/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest network on which a lease is got, in virtual time: a host and a
 * server on a switch, and an onlooker that counts what happens to the host.
 */
#ifndef UNIT_SCENE_H
#define UNIT_SCENE_H

#include "sim/dhcpd.h"
#include "sim/host.h"
#include "sim/network.h"
#include "unit/support.h"

#define SCENE_SERVER 0x0a000001 /* 10.0.0.1/24 */
#define SCENE_FIRST  0x0a00000a /* 10.0.0.10, the first address of ten */
#define SCENE_ROUTER 0x0a0000fe /* 10.0.0.254, which need not be there */

/* Leases of SCENE_LEASE_S; T1 is at half of it, T2 at seven eighths. */
#define SCENE_LEASE_S 1000

/* The server's configuration: with ten addresses and a router. */
extern const struct server_config scene_config;

/* A message that the host sent. */
struct scene_message {
	nsec at;
	struct sim_port *port;
	enum dhcp4_request kind;
	ipv4_addr address; /* of ciaddr or option 50, or 0 */
	uint32_t xid;
	bool unicast; /* to a hardware address */
};

#define SCENE_MESSAGES_MAX 256

struct scene {
	struct sim_network network;
	struct sim_device *fabric; /* the switch */
	struct sim_dhcpd *dhcpd;
	struct sim_host *host;
	struct sim_port *port;		     /* its first */
	struct sim_link *link, *server_link; /* port to switch, server to switch */

	/* What was seen since scene_init() or scene_forget(). */
	struct sim_watch watch;
	unsigned events[SIM_EVENT_COUNT];
	unsigned notices[DHCP4_NOTICE_KINDS];
	unsigned installs; /* the kernel got or kept one */
	unsigned removals[SIM_CAUSE_REMOVED + 1]; /* it lost one, by cause */
	nsec removed_at;			  /* the last time */
	unsigned stored, send_failures, frames_received;
	int send_error; /* of the last failure */
	unsigned message_count;
	struct scene_message messages[SCENE_MESSAGES_MAX];
};

/* Ready, and the host off; ports beyond the first have their own cables. */
void scene_init(struct scene *, unsigned ports);
void scene_free(struct scene *);

/* Lets so much time pass. */
void scene_run(struct scene *, nsec duration);

/* The same as scene_init(), and the host has its lease. */
void scene_init_leased(struct scene *);

void scene_forget(struct scene *);

/* How many messages of this kind were sent; asserts that there is an n-th. */
unsigned scene_count(const struct scene *, enum dhcp4_request);
const struct scene_message *scene_nth(const struct scene *, enum dhcp4_request,
				      unsigned n);

/* True if the port is BOUND, and the kernel has what it is bound to. */
bool scene_is_bound(const struct sim_port *);

/* True if a ping of an interface's to the address is answered now. */
bool scene_ping(struct scene *, struct sim_interface *from, ipv4_addr);

#endif
