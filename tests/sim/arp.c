/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an IPv4 address to a hardware address: the cache of an interface, ARP
 * that fills it (RFC 826), and the packets that wait for it.
 */
#include <string.h>

#include "base/assert.h"
#include "core/frame.h"
#include "sim/ip.h"

#define ENTRY_LIFE_NS  (60 * NSEC_PER_S)
#define ANSWER_WAIT_NS (1 * NSEC_PER_S)

/* The last packet for a next hop that was asked for; free when not waiting. */
struct sim_arp_pending {
	struct sim_timer timer; /* runs while it waits */
	struct sim_arp_pending *next;
	ipv4_addr gateway;
	size_t size;
	uint8_t packet[SIM_MTU];
};

/* The place of a valid entry; SIM_ARP_CACHE_MAX if there is none. */
static unsigned find_entry(const struct sim_interface *interface,
			   ipv4_addr address)
{
	nsec now = interface->device->network->clock.now;
	unsigned i = 0;

	while (i < SIM_ARP_CACHE_MAX && !(interface->arp[i].address == address &&
					  interface->arp[i].expiry > now))
		i++;
	return i;
}

/* The place of the entry that would be gone first. */
static unsigned oldest_entry(const struct sim_interface *interface)
{
	unsigned oldest = 0;

	for (unsigned i = 1; i < SIM_ARP_CACHE_MAX; i++) {
		if (interface->arp[i].expiry < interface->arp[oldest].expiry)
			oldest = i;
	}
	return oldest;
}

const uint8_t *sim_arp_find(const struct sim_interface *interface,
			    ipv4_addr address)
{
	unsigned at = find_entry(interface, address);

	return at < SIM_ARP_CACHE_MAX ? interface->arp[at].hw : NULL;
}

/* Nothing to do: a packet whose timer does not run waits no longer. */
static void give_up(struct sim_timer *timer)
{
	(void)timer;
}

static struct sim_arp_pending *pending_for(struct sim_interface *interface,
					   ipv4_addr gateway)
{
	struct sim_arp_pending *p = interface->pending;

	while (p && !(p->timer.place && p->gateway == gateway))
		p = p->next;
	return p;
}

static struct sim_arp_pending *pending_new(struct sim_interface *interface,
					   ipv4_addr gateway)
{
	struct sim_network *network = interface->device->network;
	struct sim_arp_pending *p = interface->pending;

	while (p && p->timer.place)
		p = p->next;
	if (!p) {
		p = sim_alloc(network, sizeof(*p));
		p->timer.fire = give_up;
		p->next = interface->pending;
		interface->pending = p;
	}
	p->gateway = gateway;
	sim_timer_set(&network->clock, &p->timer,
		      network->clock.now + ANSWER_WAIT_NS);
	return p;
}

void sim_arp_learn(struct sim_interface *interface, ipv4_addr address,
		   const uint8_t hw[SIM_HWADDR_SIZE])
{
	struct sim_clock *clock = &interface->device->network->clock;
	unsigned at = find_entry(interface, address);
	struct sim_arp_entry *entry;
	struct sim_arp_pending *p;

	if (at == SIM_ARP_CACHE_MAX)
		at = oldest_entry(interface);
	entry = &interface->arp[at];
	entry->address = address;
	memcpy(entry->hw, hw, SIM_HWADDR_SIZE);
	entry->expiry = clock->now + ENTRY_LIFE_NS;
	p = pending_for(interface, address);
	if (p) {
		sim_timer_cancel(clock, &p->timer);
		sim_send_to(interface, hw, p->packet, p->size);
	}
}

static void send_arp(struct sim_interface *interface,
		     const uint8_t hw[SIM_HWADDR_SIZE], const struct arp *arp)
{
	uint8_t packet[ARP_SIZE];

	arp_write(packet, arp);
	sim_send_payload(interface, hw, SIM_ETHERTYPE_ARP, packet, ARP_SIZE);
}

static void ask(struct sim_interface *interface, ipv4_addr address)
{
	struct arp request = { .op = ARP_OP_REQUEST,
			       .sender = interface->address,
			       .target = address };

	memcpy(request.sender_hw, interface->hw, SIM_HWADDR_SIZE);
	send_arp(interface, sim_hw_broadcast, &request);
}

static void answer(struct sim_interface *interface, const struct arp *request)
{
	struct arp reply = { .op = ARP_OP_REPLY,
			     .sender = request->target,
			     .target = request->sender };

	memcpy(reply.sender_hw, interface->hw, SIM_HWADDR_SIZE);
	memcpy(reply.target_hw, request->sender_hw, SIM_HWADDR_SIZE);
	send_arp(interface, request->sender_hw, &reply);
}

void sim_send_ip(struct sim_interface *interface, ipv4_addr gateway,
		 const void *packet, size_t size)
{
	const uint8_t *hw = sim_interface_broadcasts(interface, gateway)
				    ? sim_hw_broadcast
				    : sim_arp_find(interface, gateway);
	struct sim_arp_pending *p;

	ASSERT(size <= SIM_MTU);
	if (hw) {
		sim_send_to(interface, hw, packet, size);
		return;
	}
	p = pending_for(interface, gateway);
	if (!p) {
		p = pending_new(interface, gateway);
		ask(interface, gateway);
	}
	memcpy(p->packet, packet, size);
	p->size = size;
}

static bool is_ours(const struct sim_interface *interface, ipv4_addr address)
{
	return address == interface->address || address == interface->second;
}

/*
 * The reception algorithm of RFC 826. A probe's sender has no address yet, so
 * that there is nothing to learn (RFC 5227 1.1); nobody teaches us our own.
 */
static bool receive(struct sim_handler *handler, struct sim_interface *interface,
		    const struct sim_frame *frame)
{
	struct arp arp;
	bool for_us;

	(void)handler;
	if (frame->ethertype != SIM_ETHERTYPE_ARP ||
	    !arp_parse(frame->bytes, frame->size, &arp))
		return false;
	for_us = arp.target && is_ours(interface, arp.target);
	if (arp.sender && !is_ours(interface, arp.sender) &&
	    (for_us || sim_arp_find(interface, arp.sender)))
		sim_arp_learn(interface, arp.sender, arp.sender_hw);
	if (for_us && arp.op == ARP_OP_REQUEST)
		answer(interface, &arp);
	return false;
}

/* What was learned on one cable need not be true on the next. */
static void carrier(struct sim_handler *handler,
		    struct sim_interface *interface, bool up)
{
	struct sim_clock *clock = &interface->device->network->clock;

	(void)handler;
	if (up)
		return;
	memset(interface->arp, 0, sizeof(interface->arp));
	for (struct sim_arp_pending *p = interface->pending; p; p = p->next)
		sim_timer_cancel(clock, &p->timer);
}

void sim_arp_add(struct sim_interface *interface)
{
	struct sim_handler *handler =
		sim_alloc(interface->device->network, sizeof(*handler));

	handler->receive = receive;
	handler->carrier = carrier;
	sim_handler_add(interface, handler);
}
