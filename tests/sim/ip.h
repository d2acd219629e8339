/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 headers, for those that look at what is not UDP: routers and pings.
 * core/frame.h knows UDP alone.
 */
#ifndef SIM_IP_H
#define SIM_IP_H

#include "sim/network.h"

#define SIM_IP_HEADER_SIZE 20
#define SIM_IP_TTL	   64

enum {
	SIM_IP_PROTOCOL_ICMP = 1,
};

struct sim_ip {
	ipv4_addr source, destination;
	uint8_t ttl, protocol;
	bool is_fragment;
	size_t size; /* of the whole packet */
	const uint8_t *payload;
	size_t payload_size;
};

/* False if it is no IPv4 packet, or is broken (RFC 1122 3.2.1.1, 3.2.1.2). */
bool sim_ip_parse(const void *packet, size_t size, struct sim_ip *ret);
bool sim_ip_parse_frame(const struct sim_frame *, struct sim_ip *ret);

/*
 * Writes the header in front of payload_size octets that stand at
 * packet + SIM_IP_HEADER_SIZE already; returns the size of the packet.
 */
size_t sim_ip_seal(uint8_t *packet, const struct sim_ip *);

/* The checksum of RFC 1071; 0 over octets that hold a right one. */
uint16_t sim_ip_sum(const uint8_t *bytes, size_t size);

/*
 * The router that an interface belongs to finds the way of a packet: the
 * interface that it leaves by, and *ret_gateway; NULL if there is no way.
 */
struct sim_interface *sim_router_find(const struct sim_device *, ipv4_addr,
				      ipv4_addr *ret_gateway);

/* The interface of a device that has an address; NULL if none does. */
struct sim_interface *sim_device_holds(const struct sim_device *, ipv4_addr);

/* All ones, or all ones behind the interface's prefix. */
bool sim_interface_broadcasts(const struct sim_interface *, ipv4_addr);

#endif
