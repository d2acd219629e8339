/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tests' own server, and a way to ask it: messages are built by the client's
 * own builder, answers parsed by its parser.
 */
#ifndef UNIT_SERVER_WORLD_H
#define UNIT_SERVER_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/client.h"
#include "server/server.h"

#define POOL_SIZE      3
#define SERVER_ADDRESS 0x0a000001 /* 10.0.0.1 */
#define POOL_FIRST     0x0a00000a /* 10.0.0.10 */
#define RELAY	       0x0a000002
#define ELSEWHERE      0xc0a80105 /* 192.168.1.5 */
#define XID	       0x12345678
#define SRV_LEASES_MAX 16

extern struct server_world {
	struct server_config config;
	struct server_lease leases[SRV_LEASES_MAX];
	struct server server;
	struct server_exchange exchange;
	nsec now;

	/* The last answer, or that of srv_parse(), without faults on the wire. */
	struct datagram datagram;
	struct dhcp4_message reply;
} srv;

/* A pool of three, leases of two minutes, no handler; at 1000 s. */
void srv_setup(void);

/* A message as the client with this number sends it, changed by its fields. */
struct ask {
	unsigned client;
	enum dhcp4_request kind;
	ipv4_addr address;
	ipv4_addr server_id; /* where the kind has one */
	uint16_t flags;
	ipv4_addr giaddr;
	struct option_value extra;  /* one option more; code 0: none */
	bool anonymous;		    /* no option 61 */
	uint16_t source_port, port; /* 0: as usual */
};

size_t srv_write(const struct ask *, uint8_t packet[DHCP4_PACKET_MAX]);

/* Asks the server; the type of its answer, 0 if there is none. */
unsigned srv_ask(struct ask);
unsigned srv_ask_about(unsigned client, enum dhcp4_request, ipv4_addr address);
unsigned srv_discover(unsigned client);

/* The REQUEST of one that got an offer of this address. */
unsigned srv_request(unsigned client, ipv4_addr address);

/* DISCOVER to ACK. */
void srv_bind(unsigned client);

/* Reads a packet into srv.datagram and srv.reply; why it is none. */
enum reject srv_parse(const struct server_packet *);

/* An option of the answer, of four octets; 0 without it. */
uint32_t srv_number(uint8_t code);

#endif
