/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit/stations.h"

#include <string.h>

#include "unit/support.h"

struct sim_network net;

void net_setup(void)
{
	static const uint8_t seed[32] = { 1, 2, 3 };

	sim_network_init(&net, seed, S(1000));
}

void net_teardown(void)
{
	sim_network_free(&net);
}

void net_pass(nsec time)
{
	sim_clock_run(&net.clock, net.clock.now + time);
}

struct sim_interface *station(const char *name, ipv4_addr address)
{
	struct sim_interface *interface =
		sim_interface_add(sim_device_add(&net, name), "eth0");

	sim_interface_set_address(interface, address, 24);
	sim_arp_add(interface);
	sim_echo_add(interface);
	return interface;
}

/* FNV-1a, which is enough to tell two runs apart. */
static uint64_t hash(uint64_t sum, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static void see(struct sim_tap *tap, struct sim_interface *interface,
		const struct sim_frame *frame, bool sent)
{
	struct spy *spy = (struct spy *)(void *)tap;
	size_t size = offsetof(struct sim_frame, bytes) + frame->size;

	(void)interface;
	if (sent) {
		spy->sent++;
		return;
	}
	spy->received++;
	memcpy(&spy->last, frame, size);
	spy->last_at = net.clock.now;
	spy->hash = hash(spy->hash, &net.clock.now, sizeof(net.clock.now));
	spy->hash = hash(spy->hash, frame, size);
}

struct spy *spy_on(struct sim_interface *interface)
{
	struct spy *spy = sim_alloc(&net, sizeof(*spy));

	spy->tap.frame = see;
	sim_tap_add(interface, &spy->tap);
	return spy;
}

struct sim_frame frame_to(const uint8_t hw[SIM_HWADDR_SIZE], uint16_t size,
			  uint8_t fill)
{
	struct sim_frame frame = { .ethertype = SIM_ETHERTYPE_IPV4, .size = size };

	memcpy(frame.destination, hw, SIM_HWADDR_SIZE);
	memset(frame.bytes, fill, size);
	return frame;
}

bool ping_is_answered(struct sim_interface *interface, ipv4_addr address)
{
	static uint16_t sequence;
	struct spy *spy = spy_on(interface);

	sim_ping(interface, address, ++sequence);
	net_pass(S(3));
	return spy->received && sim_is_pong(&spy->last, address, sequence);
}
