/* SPDX-License-Identifier: BSD-2-Clause */
/* Pings: ICMP Echo and Echo Reply (RFC 792), nothing else of ICMP. */
#include <string.h>

#include "base/cursor.h"
#include "sim/ip.h"

#define ECHO_SIZE 8
#define ECHO_ID	  0x7e57

enum {
	TYPE_ECHO_REPLY = 0,
	TYPE_ECHO = 8,
};

/* Makes a whole packet of a message whose checksum is yet to come. */
static size_t seal(uint8_t *packet, ipv4_addr source, ipv4_addr destination,
		   size_t size)
{
	uint8_t *message = packet + SIM_IP_HEADER_SIZE;
	struct writer w = writer_over(message, size);
	struct sim_ip ip = { .source = source,
			     .destination = destination,
			     .ttl = SIM_IP_TTL,
			     .protocol = SIM_IP_PROTOCOL_ICMP,
			     .payload_size = size };

	w.used = ECHO_SIZE;
	writer_patch_u16(&w, 2, 0);
	writer_patch_u16(&w, 2, sim_ip_sum(message, size));
	return sim_ip_seal(packet, &ip);
}

/* A whole ICMP message of that type. */
static bool is_echo(const struct sim_ip *ip, uint8_t type)
{
	return ip->protocol == SIM_IP_PROTOCOL_ICMP && !ip->is_fragment &&
	       ip->payload_size >= ECHO_SIZE && ip->payload[0] == type &&
	       sim_ip_sum(ip->payload, ip->payload_size) == 0;
}

static bool receive(struct sim_handler *handler, struct sim_interface *interface,
		    const struct sim_frame *frame)
{
	uint8_t packet[SIM_MTU];
	struct sim_ip ip;
	size_t size;

	(void)handler;
	if (!sim_ip_parse_frame(frame, &ip) || !is_echo(&ip, TYPE_ECHO) ||
	    !sim_device_holds(interface->device, ip.destination))
		return false;
	memcpy(packet + SIM_IP_HEADER_SIZE, ip.payload, ip.payload_size);
	packet[SIM_IP_HEADER_SIZE] = TYPE_ECHO_REPLY;
	size = seal(packet, ip.destination, ip.source, ip.payload_size);
	sim_send_to(interface, frame->source, packet, size);
	return true;
}

void sim_echo_add(struct sim_interface *interface)
{
	struct sim_handler *handler =
		sim_alloc(interface->device->network, sizeof(*handler));

	handler->receive = receive;
	sim_handler_add(interface, handler);
}

void sim_ping(struct sim_interface *interface, ipv4_addr destination,
	      uint16_t sequence)
{
	uint8_t packet[SIM_IP_HEADER_SIZE + ECHO_SIZE];
	struct writer w = writer_over(packet + SIM_IP_HEADER_SIZE, ECHO_SIZE);
	size_t size;

	writer_u8(&w, TYPE_ECHO);
	writer_u8(&w, 0);
	writer_u16(&w, 0);
	writer_u16(&w, ECHO_ID);
	writer_u16(&w, sequence);
	size = seal(packet, interface->address, destination, ECHO_SIZE);
	sim_route_ip(interface, packet, size);
}

bool sim_is_pong(const struct sim_frame *frame, ipv4_addr from, uint16_t sequence)
{
	struct reader r;
	struct sim_ip ip;

	if (!sim_ip_parse_frame(frame, &ip) || ip.source != from ||
	    !is_echo(&ip, TYPE_ECHO_REPLY))
		return false;
	r = reader_over(ip.payload + 4, 4);
	return reader_u16(&r) == ECHO_ID && reader_u16(&r) == sequence;
}
