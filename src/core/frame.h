/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4, UDP and ARP as they stand behind the link-layer header: what a packet
 * socket of the kind SOCK_DGRAM receives and sends.
 */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/ipv4.h"
#include "core/dhcp4.h"
#include "core/reject.h"

/* IPv4 without options, and UDP. */
#define FRAME_IP_SIZE	   20
#define FRAME_HEADERS_SIZE 28

/* A hardware address; size 0 means that there is none, or none known. */
#define HWADDR_SIZE_MAX 20
struct hwaddr {
	uint8_t size;
	uint8_t bytes[HWADDR_SIZE_MAX];
};

bool hwaddr_equal(const struct hwaddr *, const struct hwaddr *);

struct datagram {
	ipv4_addr source, destination;
	uint16_t source_port, destination_port;
	const uint8_t *payload; /* inside the packet */
	size_t size;
	uint8_t dscp; /* RFC 2474: 0 to 63 */
};

/*
 * Checks the headers of an IPv4 packet of size octets (which may have octets of
 * the link layer behind it) and finds the UDP payload for the port.
 *
 * checksum_partial: the kernel says that the UDP checksum was left to hardware
 * (TP_STATUS_CSUMNOTREADY). A checksum of 0 and one that is just the sum of the
 * pseudo header pass without it (RFC 768; the latter is what a virtual link
 * shows of an unfinished one).
 *
 * Returns REJECT_NONE or one of the reasons of frame.c (RFC 1122 3.2.1, 4.1.3).
 */
enum reject frame_parse(const void *packet, size_t size, uint16_t port,
			bool checksum_partial, struct datagram *ret);

/*
 * Writes the IPv4 and UDP headers over the first FRAME_HEADERS_SIZE octets at
 * packet; payload_size octets of payload stand behind them already. The packet
 * is then FRAME_HEADERS_SIZE + payload_size octets long.
 */
void frame_seal(uint8_t *packet, size_t payload_size, const struct datagram *);

/*
 * The ones' complement sum of RFC 1071, folded; begins with sum. Over octets with
 * a right checksum in them it is 0xffff. UDP's begins with the sum over the pseudo
 * header of RFC 768.
 */
uint16_t frame_sum(uint32_t sum, const uint8_t *bytes, size_t size);
uint16_t frame_sum_pseudo(ipv4_addr source, ipv4_addr destination,
			  uint16_t udp_length);

/* RFC 826 for IPv4 on a link whose addresses have 6 octets. */
#define ARP_SIZE	28
#define ARP_HWADDR_SIZE 6

enum arp_op {
	ARP_OP_REQUEST = 1,
	ARP_OP_REPLY = 2,
};

struct arp {
	uint16_t op;
	uint8_t sender_hw[ARP_HWADDR_SIZE], target_hw[ARP_HWADDR_SIZE];
	ipv4_addr sender, target;
};

/* False if it is cut or not about IPv4 over 6-octet addresses. */
bool arp_parse(const void *packet, size_t size, struct arp *ret);

void arp_write(uint8_t packet[ARP_SIZE], const struct arp *);

#endif
