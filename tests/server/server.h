/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DHCP server for tests: a packet in, at most one answer out.
 *
 * It is pure, as the client's core is: no system call, no clock, no allocation.
 * So one server serves the simulator, the tests in namespaces and the demo;
 * main.c only puts it on a socket. What it answers follows RFC 2131 4.3. A
 * handler may then change, delay or drop the answer: script.h is one.
 *
 * It gives no address to two clients, unless its database is lost or a handler
 * lies. It is no server for a real network: it forgets everything when it ends,
 * and does not probe an address before it offers it.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "base/str.h"
#include "core/dhcp4.h"
#include "core/frame.h"
#include "core/lease.h"
#include "core/message.h"
#include "core/option.h"
#include "core/reject.h"
#include "core/request.h"

/* Options that the administrator sets, and those of a reply in all. */
#define SERVER_CONFIG_OPTIONS_MAX 24
#define SERVER_REPLY_OPTIONS_MAX  128

/* How long an offered address waits for its REQUEST. */
#define SERVER_OFFER_S 10

/* How long an address that was declined is given to nobody. */
#define SERVER_DECLINE_S 3600

/* Where PXE's boot clients ask for more than an address. */
#define SERVER_BOOT_PORT 4011

/* Options that are no client's (RFC 2132 8.4, RFC 3046). */
enum {
	SERVER_OPTION_VENDOR = 43,
	SERVER_OPTION_RELAY_AGENT = 82,
};

/* One network of clients; a pool of 0 and 0 is empty. */
struct server_subnet {
	ipv4_addr router; /* any address in it; option 3 if it is relayed */
	uint8_t prefix_length;
	ipv4_addr pool_first, pool_last;
};

/* An address of a subnet that is one client's alone, be it of the pool or not. */
struct server_reservation {
	struct client_id client; /* option 61; size 0: whoever has hw */
	struct hwaddr hw;	 /* as in chaddr */
	ipv4_addr address;
};

/*
 * The caller keeps it, and all it points to, as long as the server. Addresses,
 * pools and reservations stay as they are; the rest may change at any time.
 */
struct server_config {
	ipv4_addr address;		 /* the server's own, ... */
	uint8_t prefix_length;		 /* ... its own subnet, ... */
	ipv4_addr pool_first, pool_last; /* ... and that one's pool */
	ipv4_addr id;			 /* option 54; 0: the address */
	uint32_t lease_s;
	uint32_t t1_s, t2_s; /* 0: not sent */
	uint32_t decline_s;  /* 0: SERVER_DECLINE_S */
	bool thrifty;	     /* addresses that others had go before new ones */
	bool rapid_commit;   /* answer a DISCOVER that asks for it by an ACK */
	bool wants_flag;     /* what is not broadcast does not arrive */
	bool v6only;	     /* who asks is told to do without IPv4 ... */
	uint32_t v6only_s;   /* ... for so long (RFC 8925) */
	unsigned option_count;
	struct option_value options[SERVER_CONFIG_OPTIONS_MAX];

	/* What boot clients get at port 4011, in option 43; NULL: it is closed. */
	const uint8_t *boot;
	size_t boot_size;

	/* More subnets, behind relays; chosen by giaddr (RFC 2131 4.3.1). */
	unsigned subnet_count;
	const struct server_subnet *subnets;

	unsigned reservation_count;
	const struct server_reservation *reservations;

	/* For clients that ask for it (seal.h); NULL: it has none. */
	const struct auth_keys *keys;
	bool nonces; /* RFC 6704 */
};

enum server_lease_state {
	SERVER_LEASE_FREE,
	SERVER_LEASE_OFFERED,
	SERVER_LEASE_BOUND,
	SERVER_LEASE_DECLINED, /* in use by somebody: given to nobody */
};

/* The record of one address. A free one remembers its last client. */
struct server_lease {
	ipv4_addr address;
	const struct server_subnet *subnet;
	const struct server_reservation *reservation; /* NULL: for anybody */
	enum server_lease_state state;
	nsec expiry;			/* of a state that is not FREE */
	struct client_id client;	/* size 0: never used */
	uint8_t nonce[AUTH_NONCE_SIZE]; /* the last one told */
};

struct server_exchange;

/* Changes the reply before it becomes octets; see the functions below. */
typedef void server_handler(void *context, struct server_exchange *);

/* A client's message, understood. */
struct server_request {
	enum dhcp4_request kind; /* with the variant of Table 4 */
	struct dhcp4_message message;
	struct client_id client; /* never of size 0 */
	ipv4_addr address; /* that it is about: ciaddr or option 50, or 0 */
	ipv4_addr source, destination;
	uint16_t source_port, port; /* SERVER_BOOT_PORT: of a boot client */
	struct hwaddr source_hw;
};

/* An answer before it is octets. It points into itself: not to be copied. */
struct server_reply {
	uint8_t type; /* enum dhcp4_type or any other number; 0: no answer */
	struct dhcp4_header header;
	unsigned option_count;
	struct option_value options[SERVER_REPLY_OPTIONS_MAX]; /* but for 53 */
	bool broadcast;	 /* even if the client asks for unicast */
	bool corrupt;	 /* with a wrong UDP checksum */
	unsigned copies; /* 1, unless a handler wants more */
	nsec delay;

	/* A UDP payload to send in place of all this; NULL: none. */
	const uint8_t *raw;
	size_t raw_size; /* at most DHCP4_MESSAGE_MAX */

	/* Makes a second reply of this one, as soon as it is octets; or NULL. */
	server_handler *second;
	void *second_context;

	/* What options, or raw, may point to. */
	struct client_id client_id;
	struct writer scratch; /* over octets */
	uint8_t octets[2560];
};

/* What to send: copies times, at that instant; none if copies is 0. */
struct server_packet {
	unsigned copies;
	nsec at;
	uint8_t type;	  /* of the message, for logs, ... */
	ipv4_addr yiaddr; /* ... as its address */
	ipv4_addr destination;
	struct hwaddr destination_hw; /* size 0: link-layer broadcast */
	size_t size;
	uint8_t bytes[DHCP4_PACKET_MAX]; /* an IPv4 packet */
};

/* A message and what comes of it. */
struct server_exchange {
	nsec now;
	const struct server *server;
	const struct server_subnet *subnet; /* the client's; NULL: not served */
	struct server_request request;
	struct server_reply reply;
	struct server_packet packet;
	struct server_packet second; /* a second answer */
};

/* It points into itself: not to be copied. */
struct server {
	const struct server_config *config;
	struct server_subnet own; /* the subnet that it is in */
	size_t lease_count;
	struct server_lease *leases; /* by pool and reservation, in order */
	server_handler *handler;     /* NULL: none */
	void *context;
};

/* How many addresses there are to give out, at most: in pools, and reserved. */
size_t server_pool_size(const struct server_config *);

/* True if the address is in one of the server's subnets. */
bool server_serves(const struct server_config *, ipv4_addr);

/* leases: server_pool_size() of them, the caller's; they are filled in. */
void server_init(struct server *, const struct server_config *,
		 struct server_lease *leases);

/* The database is lost: nobody has a lease, or ever had one. */
void server_forget(struct server *);

/*
 * Takes an IPv4 packet that came from the hardware address source. Returns
 * REJECT_NONE, or why it is no message for a server; *ret is then unspecified.
 */
enum reject server_receive(struct server *, nsec now, const void *packet,
			   size_t size, const struct hwaddr *source,
			   struct server_exchange *ret);

/* The lease of an address; NULL if it is not there to be given out. */
struct server_lease *server_lease_at(const struct server *, ipv4_addr);

/* ---- for handlers ----------------------------------------------------- */

/*
 * Makes the reply an OFFER or ACK of an address with all that is configured; an
 * ACK of 0 tells parameters only, without times (RFC 2131 Table 3, 4.3.5).
 */
void server_grant(struct server_exchange *, enum dhcp4_type, ipv4_addr yiaddr);

/* Makes the reply a NAK (RFC 2131 Table 3). */
void server_refuse(struct server_exchange *);

/*
 * Grants what a REQUEST asks for if the client may have it, else refuses, and
 * keeps record; whichever server it is for.
 */
void server_decide(struct server_exchange *);

/* True if the message names this server in option 54. */
bool server_is_named(const struct server_exchange *);
ipv4_addr server_id(const struct server *);

/* Sets or replaces an option; its octets must live as long as the reply. */
void server_set_option(struct server_reply *, uint8_t code,
		       const uint8_t *bytes, size_t size);
void server_set_number(struct server_reply *, uint8_t code, uint32_t value);
void server_remove_option(struct server_reply *, uint8_t code);

/*
 * Writes the reply up to, and without, option End; for those who then add what
 * no message should have, and make it reply->raw.
 */
void server_write_reply(const struct server_exchange *, struct writer *);

/* ---- for logs --------------------------------------------------------- */

/* "REQUEST renewing ciaddr 10.0.0.10 unicast" */
void server_describe_request(struct str *, const struct server_request *);

/*
 * "ACK yiaddr 10.0.0.10 unicast", of two answers both, with "and" between them;
 * "nothing" if there is no answer.
 */
void server_describe_reply(struct str *, const struct server_exchange *);

#endif
