/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices and their interfaces, who sees a received frame, and the memory of all.
 */
#include "sim/network.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/* What sim_alloc() gave, in front of it. */
struct sim_block {
	struct sim_block *next;
	void (*at_end)(void *of); /* or NULL */
	void *of;
	max_align_t memory[];
};

const uint8_t sim_hw_broadcast[SIM_HWADDR_SIZE] = { 255, 255, 255, 255, 255, 255 };

void sim_network_init(struct sim_network *network, const uint8_t seed[32],
		      nsec start)
{
	memset(network, 0, sizeof(*network));
	sim_clock_init(&network->clock, start);
	prng_init(&network->prng, seed);
}

void sim_network_free(struct sim_network *network)
{
	struct sim_block *block;

	while ((block = network->blocks)) {
		network->blocks = block->next;
		if (block->at_end)
			block->at_end(block->of);
		free(block);
	}
	sim_clock_free(&network->clock);
	memset(network, 0, sizeof(*network));
}

static struct sim_block *add_block(struct sim_network *network, size_t size)
{
	struct sim_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		err(EXIT_FAILURE, "the simulated network");
	block->next = network->blocks;
	network->blocks = block;
	return block;
}

void *sim_alloc(struct sim_network *network, size_t size)
{
	return add_block(network, size)->memory;
}

void sim_at_end(struct sim_network *network, void (*act)(void *of), void *of)
{
	struct sim_block *block = add_block(network, 0);

	block->at_end = act;
	block->of = of;
}

static void set_name(char name[SIM_NAME_SIZE], const char *to)
{
	int length = snprintf(name, SIM_NAME_SIZE, "%s", to);

	ASSERT(length > 0 && length < SIM_NAME_SIZE);
}

struct sim_device *sim_device_add(struct sim_network *network, const char *name)
{
	struct sim_device *device = sim_alloc(network, sizeof(*device));
	struct sim_device **end = &network->devices;

	device->network = network;
	set_name(device->name, name);
	while (*end)
		end = &(*end)->next;
	*end = device;
	return device;
}

/* 02:00 and a number that counts: none is used twice. */
void sim_interface_change_hw(struct sim_interface *interface)
{
	uint32_t hw = ++interface->device->network->last_hw;

	interface->hw[0] = 2; /* locally administered */
	for (unsigned i = 0; i < 4; i++)
		interface->hw[2 + i] = (uint8_t)(hw >> (24 - 8 * i));
}

struct sim_interface *sim_interface_add(struct sim_device *device,
					const char *name)
{
	struct sim_network *network = device->network;
	struct sim_interface *interface = sim_alloc(network, sizeof(*interface));
	struct sim_interface **end = &device->interfaces;

	interface->device = device;
	set_name(interface->name, name);
	sim_interface_change_hw(interface);
	while (*end)
		end = &(*end)->next;
	*end = interface;
	return interface;
}

void sim_interface_set_address(struct sim_interface *interface,
			       ipv4_addr address, uint8_t prefix_length)
{
	interface->address = address;
	interface->prefix_length = prefix_length;
}

void sim_handler_add(struct sim_interface *interface, struct sim_handler *handler)
{
	struct sim_handler **end = &interface->handlers;

	while (*end)
		end = &(*end)->next;
	handler->next = NULL;
	*end = handler;
}

void sim_tap_add(struct sim_interface *interface, struct sim_tap *tap)
{
	struct sim_tap **end = &interface->taps;

	while (*end)
		end = &(*end)->next;
	tap->next = NULL;
	*end = tap;
}

/* Broadcast is a multicast, too: the lowest bit of the first octet is set. */
static bool is_for(const struct sim_interface *interface,
		   const struct sim_frame *frame)
{
	if (interface->promiscuous)
		return true;
	return !frame->vlan &&
	       ((frame->destination[0] & 1) ||
		memcmp(frame->destination, interface->hw, SIM_HWADDR_SIZE) == 0);
}

void sim_interface_receive(struct sim_interface *interface,
			   const struct sim_frame *frame)
{
	if (!is_for(interface, frame))
		return;
	for (struct sim_tap *tap = interface->taps; tap; tap = tap->next)
		tap->frame(tap, interface, frame, false);
	sim_interface_handle(interface, frame);
}

void sim_interface_handle(struct sim_interface *interface,
			  const struct sim_frame *frame)
{
	struct sim_handler *handler = interface->handlers;

	while (handler && !handler->receive(handler, interface, frame))
		handler = handler->next;
}

void sim_interface_tell(struct sim_interface *interface, bool up)
{
	struct sim_handler *handler;

	for (handler = interface->handlers; handler; handler = handler->next) {
		if (handler->carrier)
			handler->carrier(handler, interface, up);
	}
}

void sim_send_payload(struct sim_interface *interface,
		      const uint8_t hw[SIM_HWADDR_SIZE], uint16_t ethertype,
		      const void *bytes, size_t size)
{
	struct sim_frame frame;

	ASSERT(size <= SIM_MTU);
	memcpy(frame.destination, hw, SIM_HWADDR_SIZE);
	memcpy(frame.source, interface->hw, SIM_HWADDR_SIZE);
	frame.ethertype = ethertype;
	frame.vlan = 0;
	frame.unfinished = false;
	frame.size = (uint16_t)size;
	memcpy(frame.bytes, bytes, size);
	sim_send(interface, &frame);
}

void sim_send_to(struct sim_interface *interface,
		 const uint8_t hw[SIM_HWADDR_SIZE], const void *packet,
		 size_t size)
{
	sim_send_payload(interface, hw, SIM_ETHERTYPE_IPV4, packet, size);
}
