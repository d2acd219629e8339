/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 packets with DHCP in them, for the programs of the bench.
 *
 * Written and read by hand and not by the core's codec: what the client is
 * compared with shall not grow slower, or faster, with the client.
 */
#ifndef BENCH_PACKET_H
#define BENCH_PACKET_H

#include <stddef.h>
#include <stdint.h>

#define PACKET_SIZE_MAX 640
#define PACKET_UDP	20
#define PACKET_DHCP	28
#define PACKET_OPTIONS	(PACKET_DHCP + 240)

/* In <linux/if.h>, which does not go together with <net/if.h> everywhere. */
#define LINK_LOWER_UP 0x10000

enum { /* BOOTP's op, and the message types that matter here */
	OP_REQUEST = 1,
	OP_REPLY = 2,
	TYPE_DISCOVER = 1,
	TYPE_OFFER = 2,
	TYPE_REQUEST = 3,
	TYPE_ACK = 5,
	TYPE_NAK = 6,
};

/* A message; addresses as they are on the wire. */
struct message {
	uint8_t op, type;
	uint32_t xid, ciaddr, yiaddr;
	uint8_t chaddr[6];
	uint32_t requested, server, mask, router; /* options; 0: not there */
	uint32_t lease_s, t1_s, t2_s;		  /* host's order; 0 as well */
};

/* An IPv4 packet of a UDP payload that stands at PACKET_DHCP; its size. */
size_t packet_seal(uint8_t *packet, size_t payload, uint32_t source,
		   uint16_t source_port, uint32_t destination, uint16_t port);

/* A whole message from source to destination; its size. */
size_t packet_write(uint8_t packet[PACKET_SIZE_MAX], const struct message *,
		    uint32_t source, uint32_t destination);

/* Reads an IPv4 packet that has a message to that port; 0, or -1: none. */
int packet_read(const uint8_t *packet, size_t size, uint16_t port,
		struct message *ret);

/*
 * The socket gets messages to that port of that kind alone; and if mac is not NULL,
 * only those whose chaddr begins with its first four octets. 0, or -1 and errno.
 */
int packet_filter(int fd, uint16_t port, uint8_t op, const uint8_t *mac);

/* Exits unless all interfaces of this network namespace are of the bench. */
void packet_only_in_the_bench(const char *program);

#endif
