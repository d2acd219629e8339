/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which servers granted leases in a network: trust on first use.
 *
 * The caller keeps them, since they are rare and outlive leases; a client is told
 * of each frame what it is worth by them. A server is its identifier and the
 * hardware address that its ACK came from, which is a relay's where there is one;
 * a failover pair, or two relays, are two servers. Both can be forged: this tells
 * accidents and amateurs from the server, not a neighbour who takes pains.
 */
#ifndef CORE_PINS_H
#define CORE_PINS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/frame.h"
#include "core/lease.h"

struct dhcp4_client;
struct dhcp4_config;

/* What servers that are known in a network are for. */
enum server_pin {
	SERVER_PIN_OFF,
	SERVER_PIN_LEARN,  /* they are preferred, others are reported */
	SERVER_PIN_STRICT, /* they alone are heard, once there is one */
	SERVER_PIN_COUNT
};

/* What a frame is worth, as far as servers are known. */
enum pin_verdict {
	PIN_VERDICT_NONE, /* nobody is known here, or nobody wants to know */
	PIN_VERDICT_KNOWN,
	PIN_VERDICT_STRANGER, /* others are known here */
};

struct pin_server {
	ipv4_addr id; /* 0: it came by BOOTP, or did not name itself */
	struct hwaddr hw;
};

/* A network by its name, or else by its router; neither: the one without. */
struct pin_place {
	struct network_id name;
	ipv4_addr router;
	struct hwaddr router_hw; /* size 0: not known */
};

#define PINS_NETWORKS_MAX 8
#define PINS_SERVERS_MAX  4

struct pin_network {
	struct pin_place place;
	uint8_t count; /* of servers: at least one */
	struct pin_server servers[PINS_SERVERS_MAX]; /* the newest first */
};

struct pins {
	uint8_t count;
	struct pin_network networks[PINS_NETWORKS_MAX]; /* last used first */
	bool changed; /* since the caller stored them and cleared this */
};

/*
 * The servers that count for a client where it is now: those of its network, if
 * that is known by name, by a router that answered, or by the lease in use; else
 * those of all networks.
 */
enum pin_verdict pins_judge(const struct pins *, const struct dhcp4_client *,
			    const struct dhcp4_config *,
			    const struct pin_server *);

enum pin_note {
	PIN_NOTE_NOTHING, /* it is known, or it is not known yet where we are */
	PIN_NOTE_FIRST,	  /* of this network; remembered */
	PIN_NOTE_OTHER,	  /* others are known here; remembered by LEARN */
};

/* The client's lease is to be stored: who granted it is remembered. */
enum pin_note pins_note(struct pins *, const struct dhcp4_client *,
			const struct dhcp4_config *);

void pins_forget(struct pins *);

#endif
