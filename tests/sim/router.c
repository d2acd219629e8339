/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A router: forwarding as RFC 1812 5 has it, without ICMP errors, IP options and
 * fragmenting. What it cannot forward it drops without a word.
 */
#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "sim/ip.h"

#define TTL_AT 8
#define SUM_AT 10

struct route {
	ipv4_addr destination;
	uint8_t prefix_length;
	ipv4_addr gateway;
	struct route *next;
};

struct sim_router {
	struct route *routes; /* in the order in which they were added */
};

/* The interface whose prefix an address is in; the longest such prefix. */
static struct sim_interface *connected(const struct sim_device *device,
				       ipv4_addr address)
{
	struct sim_interface *best = NULL;

	for (struct sim_interface *i = device->interfaces; i; i = i->next) {
		if (i->address && ipv4_in(address, i->address, i->prefix_length) &&
		    (!best || i->prefix_length > best->prefix_length))
			best = i;
	}
	return best;
}

/* Of equal prefixes a connected one wins, then the route added first. */
struct sim_interface *sim_router_find(const struct sim_device *device,
				      ipv4_addr destination,
				      ipv4_addr *ret_gateway)
{
	struct sim_interface *best = connected(device, destination);
	int best_length = best ? best->prefix_length : -1;
	const struct route *r = device->router->routes;

	*ret_gateway = destination;
	for (; r; r = r->next) {
		if (r->prefix_length > best_length &&
		    ipv4_in(destination, r->destination, r->prefix_length)) {
			best = connected(device, r->gateway);
			best_length = r->prefix_length;
			*ret_gateway = r->gateway;
		}
	}
	return best;
}

/* The packet with its TTL one less, its checksum by RFC 1624 (eqn. 3). */
static void send_on(struct sim_interface *out, ipv4_addr gateway,
		    const struct sim_frame *frame, size_t size)
{
	uint8_t packet[SIM_MTU];
	struct reader r = reader_over(frame->bytes + SUM_AT, 2);
	struct writer w = writer_over(packet, size);
	uint32_t sum = (uint16_t)~reader_u16(&r);

	/* ~m + m' of the word that the TTL is the high octet of: -0x100. */
	sum += 0xfeff;
	sum = (sum & 0xffff) + (sum >> 16);
	memcpy(packet, frame->bytes, size);
	packet[TTL_AT]--;
	w.used = SUM_AT + 2;
	writer_patch_u16(&w, SUM_AT, (uint16_t)~sum);
	sim_send_ip(out, gateway, packet, size);
}

/* A broadcast of one of the router's links. */
static bool is_broadcast(const struct sim_device *device, ipv4_addr address)
{
	const struct sim_interface *i = device->interfaces;

	while (i && !sim_interface_broadcasts(i, address))
		i = i->next;
	return i;
}

static bool receive(struct sim_handler *handler, struct sim_interface *interface,
		    const struct sim_frame *frame)
{
	const struct sim_device *device = interface->device;
	struct sim_interface *out;
	ipv4_addr gateway;
	struct sim_ip ip;

	(void)handler;
	if (!sim_ip_parse_frame(frame, &ip))
		return false;
	out = sim_device_holds(device, ip.destination);
	if (out == interface)
		return false;
	if (out) {
		sim_interface_handle(out, frame);
		return true;
	}
	/* RFC 1812 4.2.3.1, 5.3.4 and 5.3.7: nothing broadcast, no odd source. */
	if ((frame->destination[0] & 1) || !ipv4_is_host(ip.destination) ||
	    !ipv4_is_host(ip.source) || is_broadcast(device, ip.destination))
		return false;
	out = sim_router_find(device, ip.destination, &gateway);
	if (out && ip.ttl > 1)
		send_on(out, gateway, frame, ip.size);
	return true;
}

struct sim_device *sim_router_add(struct sim_network *network, const char *name)
{
	struct sim_device *device = sim_device_add(network, name);

	device->router = sim_alloc(network, sizeof(*device->router));
	return device;
}

struct sim_interface *sim_router_interface(struct sim_device *device,
					   const char *name, ipv4_addr address,
					   uint8_t prefix_length)
{
	struct sim_interface *interface = sim_interface_add(device, name);
	struct sim_handler *handler;

	ASSERT(device->router);
	sim_interface_set_address(interface, address, prefix_length);
	sim_arp_add(interface);
	sim_echo_add(interface);
	handler = sim_alloc(device->network, sizeof(*handler));
	handler->receive = receive;
	sim_handler_add(interface, handler);
	return interface;
}

void sim_router_route(struct sim_device *device, ipv4_addr destination,
		      uint8_t prefix_length, ipv4_addr gateway)
{
	struct route *route = sim_alloc(device->network, sizeof(*route));
	struct route **end = &device->router->routes;

	route->destination = destination;
	route->prefix_length = prefix_length;
	route->gateway = gateway;
	while (*end)
		end = &(*end)->next;
	*end = route;
}
