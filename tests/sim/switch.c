/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A learning switch, transparent to VLAN tags. It knows no spanning tree: a loop
 * of switches would carry a broadcast for ever.
 */
#include <stdio.h>
#include <string.h>

#include "sim/network.h"

#define BUCKETS 64 /* a power of two */

/* A hardware address that was a source, and where; NULL: forgotten. */
struct station {
	uint8_t hw[SIM_HWADDR_SIZE];
	struct sim_interface *port;
	struct station *next;
};

struct sim_switch {
	unsigned ports;
	struct station *stations[BUCKETS];
};

static struct station **bucket_of(struct sim_switch *fabric,
				  const uint8_t hw[SIM_HWADDR_SIZE])
{
	return &fabric->stations[(hw[5] ^ hw[4]) % BUCKETS];
}

static struct station *station_of(struct sim_switch *fabric,
				  const uint8_t hw[SIM_HWADDR_SIZE])
{
	struct station *station = *bucket_of(fabric, hw);

	while (station && memcmp(station->hw, hw, SIM_HWADDR_SIZE) != 0)
		station = station->next;
	return station;
}

static void learn(struct sim_interface *port, const uint8_t hw[SIM_HWADDR_SIZE])
{
	struct sim_switch *fabric = port->device->fabric;
	struct station *station = station_of(fabric, hw);

	if (!station) {
		station = sim_alloc(port->device->network, sizeof(*station));
		memcpy(station->hw, hw, SIM_HWADDR_SIZE);
		station->next = *bucket_of(fabric, hw);
		*bucket_of(fabric, hw) = station;
	}
	station->port = port;
}

static void flood(struct sim_interface *port, const struct sim_frame *frame)
{
	struct sim_interface *to = port->device->interfaces;

	for (; to; to = to->next) {
		if (to != port && sim_interface_has_carrier(to))
			sim_send(to, frame);
	}
}

static bool receive(struct sim_handler *handler, struct sim_interface *port,
		    const struct sim_frame *frame)
{
	const struct station *to = NULL;

	(void)handler;
	if (!(frame->source[0] & 1))
		learn(port, frame->source);
	if (!(frame->destination[0] & 1))
		to = station_of(port->device->fabric, frame->destination);
	if (!to || !to->port)
		flood(port, frame);
	else if (to->port != port)
		sim_send(to->port, frame);
	return true;
}

static void carrier(struct sim_handler *handler, struct sim_interface *port,
		    bool up)
{
	struct sim_switch *fabric = port->device->fabric;

	(void)handler;
	for (unsigned i = 0; i < BUCKETS && !up; i++) {
		struct station *station = fabric->stations[i];

		for (; station; station = station->next) {
			if (station->port == port)
				station->port = NULL;
		}
	}
}

struct sim_device *sim_switch_add(struct sim_network *network, const char *name)
{
	struct sim_device *device = sim_device_add(network, name);

	device->fabric = sim_alloc(network, sizeof(*device->fabric));
	return device;
}

struct sim_interface *sim_switch_port(struct sim_device *device)
{
	struct sim_interface *port = device->interfaces;
	struct sim_handler *handler;
	char name[SIM_NAME_SIZE];

	while (port && port->link)
		port = port->next;
	if (port)
		return port;
	snprintf(name, sizeof(name), "port%u", ++device->fabric->ports);
	port = sim_interface_add(device, name);
	port->promiscuous = true;
	handler = sim_alloc(device->network, sizeof(*handler));
	handler->receive = receive;
	handler->carrier = carrier;
	sim_handler_add(port, handler);
	return port;
}
