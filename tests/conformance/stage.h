/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stage of a conformance test: a host that runs the client, a peer that may
 * play any server, a switch between them, and a log of what left the host's port.
 *
 * A test is a conversation: hear() what the client sends next, however long that
 * takes; tell() it something; look at what an outsider can see of it: the wire,
 * the kernel's address and routes, the lease file, and what the daemon says.
 * Whatever is sent and not expected fails the test at the next hear() or
 * silence().
 */
#ifndef CONFORMANCE_STAGE_H
#define CONFORMANCE_STAGE_H

#include "conformance/wire.h"
#include "base/assert.h"
#include "sim/dhcpd.h"
#include "sim/host.h"
#include "sim/network.h"
#include "unit/runner.h"

#define SERVER	10, 0, 0, 1
#define CLIENT	10, 0, 0, 50
#define ROUTER	10, 0, 0, 254
#define LEASE_S 3600

/* 10.0.0.1 as a number: IP(10, 0, 0, 1), IP(SERVER). */
#define IP_OF(a, b, c, d) \
	((ipv4_addr)(a) << 24 | (ipv4_addr)(b) << 16 | (ipv4_addr)(c) << 8 | (d))
#define IP(...) IP_OF(__VA_ARGS__)

#define STAGE_LOG_SIZE 2048

struct stage {
	struct sim_network network;
	struct sim_device *fabric;
	struct sim_interface *peer;
	struct sim_host *host;
	struct sim_port *port;
	struct sim_kernel *kernel;   /* the port's */
	struct dhcp4_config *config; /* the port's; for before power_on() */
	struct sim_link *cable;	     /* of the port */

	/* What the peer gives: SERVER, CLIENT, /24, ROUTER, LEASE_S at first. */
	struct terms terms;

	/*
	 * Whether it answers by itself, with an OFFER to a DISCOVER and an ACK to
	 * what wants one; edit may change each of these, or make its size 0 to
	 * keep silent.
	 */
	bool serves;
	void (*edit)(struct reply *, const struct message *);

	/* What happens is nothing that the simulator's oracles know about. */
	bool unjudged;
	const char *about; /* said with what an oracle finds, or NULL */

	/* Seen so far; the last notice of each kind. */
	unsigned noticed[DHCP4_NOTICE_KINDS];
	struct dhcp4_notice notice[DHCP4_NOTICE_KINDS];
	unsigned refused[REJECT_COUNT];
	unsigned changes;  /* of the kernel's address, routes or lifetime */
	unsigned removals; /* of its address */
	unsigned stored;
	unsigned send_failures;

	ipv4_addr pinged; /* by peer_reaches() */
	bool pong;
	struct sim_watch watch;
	struct sim_handler ear;
};

extern struct stage stage;

/* A stage with its host off; another seed, other random numbers. */
void stage_open(unsigned seed);
void stage_close(void); /* where all oracles of the simulator must be content */
void stage_setup(void); /* with seed 0 */

/* A test case of a chapter: a suite of that name, with a stage for each test. */
TCase *stage_chapter(const char *name, Suite **ret);

/* ---- time --------------------------------------------------------------- */

void pass(nsec);
nsec now(void);

/* ---- the client --------------------------------------------------------- */

void power_on(void);
void crash_and_restart(void); /* kill -9; the kernel keeps what it has */

/*
 * The next message, which must be of that kind; waits for it. ARP requests of the
 * kernel's before it are passed over. It stays valid until stage_close().
 */
const struct message *hear(enum dhcp4_request);
const struct message *hear_any(void);

/* The same, so long after the last one heard. */
const struct message *hear_after(nsec least, nsec most, enum dhcp4_request);

/* The same, all other messages before it passed over. */
const struct message *hear_until(enum dhcp4_request);

/* The last message that was heard. */
const struct message *heard(void);

/* Nothing at all leaves the port for so long, nor has left it unheard. */
void silence(nsec);

/* How many messages of any kind leave in that time; heard as they go by. */
unsigned count_in(nsec);

/* Powered on, and on its way to that state, the last message heard. */
void reach_selecting(void);
void reach_requesting(void);
void reach_bound(void);
void reach_renewing(void);
void reach_rebinding(void);
void reach_rebooting(void);

/* The same to BOUND, by a server whose replies are edited. */
void reach_bound_with(void (*edit)(struct reply *, const struct message *));

/* A good ACK to the REQUEST that reach_requesting() leads to, for say_ack(). */
struct reply reach_ack(void);

/* Says it, and the client has the address then. */
void say_ack(const struct reply *);

/* ---- the peer ----------------------------------------------------------- */

/* A good reply to the last message heard, by the terms. */
struct reply reply(uint8_t type);

/* Sends, and lets it arrive. */
void say(const struct reply *);
void send_frame(const struct sim_frame *);
void tell(uint8_t type);

/*
 * A real server at 10.0.0.2/24 for those who want one, with a pool of ten from
 * CLIENT on and leases of LEASE_S; the n-th one has its own address and pool.
 */
struct sim_dhcpd *add_server(unsigned n);

/* True if a ping of the peer's is answered. */
bool peer_reaches(ipv4_addr);

/* The reply, or frame, changes nothing that can be seen. */
void ignored(const struct reply *);
void ignored_frame(const struct sim_frame *);

/* ---- the kernel, the disk ----------------------------------------------- */

/* The port's address is this one with this prefix, and answers to ARP. */
void kernel_has(ipv4_addr, unsigned prefix_length);
void kernel_is_empty(void);

/* How long the address stays valid; NSEC_NEVER: for ever. */
nsec kernel_left(void);

/* The gateway of a route; fails without that route. kernel_routes(): no more. */
ipv4_addr kernel_route(ipv4_addr, unsigned prefix_length);
bool kernel_has_route(ipv4_addr, unsigned prefix_length);
void kernel_routes(unsigned count);

/* The value of a line of the lease file; NULL without it. Valid until the next. */
const char *disk_line(const char *name);
bool disk_is_empty(void);

#endif
