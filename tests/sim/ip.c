/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 headers: their octets, and the way that a device sends a packet. */
#include "sim/ip.h"

#include "base/cursor.h"

#define FRAGMENT_BITS 0x3fff /* MF and the offset */
#define DONT_FRAGMENT 0x4000

uint16_t sim_ip_sum(const uint8_t *bytes, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	if (size % 2)
		sum += (uint32_t)bytes[size - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

bool sim_ip_parse(const void *packet, size_t size, struct sim_ip *ret)
{
	struct reader r = reader_over(packet, size);
	uint8_t version = reader_u8(&r);
	size_t header = (size_t)(version & 15) * 4;

	reader_u8(&r);
	ret->size = reader_u16(&r);
	reader_u16(&r);
	ret->is_fragment = reader_u16(&r) & FRAGMENT_BITS;
	ret->ttl = reader_u8(&r);
	ret->protocol = reader_u8(&r);
	reader_u16(&r);
	ret->source = reader_u32(&r);
	ret->destination = reader_u32(&r);
	if (r.failed || version >> 4 != 4 || header < SIM_IP_HEADER_SIZE ||
	    ret->size < header || ret->size > size ||
	    sim_ip_sum(packet, header) != 0)
		return false;
	ret->payload = (const uint8_t *)packet + header;
	ret->payload_size = ret->size - header;
	return true;
}

bool sim_ip_parse_frame(const struct sim_frame *frame, struct sim_ip *ret)
{
	return frame->ethertype == SIM_ETHERTYPE_IPV4 &&
	       sim_ip_parse(frame->bytes, frame->size, ret);
}

size_t sim_ip_seal(uint8_t *packet, const struct sim_ip *ip)
{
	struct writer w = writer_over(packet, SIM_IP_HEADER_SIZE);
	size_t size = SIM_IP_HEADER_SIZE + ip->payload_size;

	writer_u8(&w, 0x45);
	writer_u8(&w, 0);
	writer_u16(&w, (uint16_t)size);
	writer_u16(&w, 0);
	writer_u16(&w, DONT_FRAGMENT);
	writer_u8(&w, ip->ttl);
	writer_u8(&w, ip->protocol);
	writer_u16(&w, 0);
	writer_u32(&w, ip->source);
	writer_u32(&w, ip->destination);
	writer_patch_u16(&w, 10, sim_ip_sum(packet, SIM_IP_HEADER_SIZE));
	return size;
}

struct sim_interface *sim_device_holds(const struct sim_device *device,
				       ipv4_addr address)
{
	struct sim_interface *interface = device->interfaces;

	while (interface && !(address && interface->address == address))
		interface = interface->next;
	return interface;
}

bool sim_interface_broadcasts(const struct sim_interface *interface,
			      ipv4_addr address)
{
	ipv4_addr mask = ipv4_mask(interface->prefix_length);

	return address == IPV4_BROADCAST ||
	       (interface->prefix_length < 31 &&
		address == (interface->address | ~mask));
}

void sim_route_ip(struct sim_interface *interface, const void *packet, size_t size)
{
	const struct sim_device *device = interface->device;
	struct sim_ip ip;
	ipv4_addr gateway;

	if (!sim_ip_parse(packet, size, &ip))
		return;
	gateway = ip.destination;
	if (device->router)
		interface = sim_router_find(device, ip.destination, &gateway);
	else if (interface->gateway && ip.destination != IPV4_BROADCAST &&
		 !ipv4_in(ip.destination, interface->address,
			  interface->prefix_length))
		gateway = interface->gateway;
	if (interface)
		sim_send_ip(interface, gateway, packet, size);
}
