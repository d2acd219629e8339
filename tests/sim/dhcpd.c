/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server's socket, and answers that wait for their time. What is answered,
 * server.c decides.
 */
#include "sim/dhcpd.h"

#include <string.h>

/* An answer on its way out; used again when it has left. */
struct sim_answer {
	struct sim_timer timer;
	struct sim_dhcpd *dhcpd;
	struct server_packet packet;
	struct sim_answer *next;
};

/* ---- sending ------------------------------------------------------------- */

static void transmit(const struct sim_dhcpd *dhcpd,
		     const struct server_packet *packet)
{
	struct sim_interface *interface = dhcpd->interface;
	bool near = !dhcpd->gateway ||
		    ipv4_in(packet->destination, dhcpd->config.address,
			    dhcpd->config.prefix_length);

	interface->gateway = dhcpd->gateway;
	if (packet->destination == IPV4_BROADCAST)
		sim_send_to(interface, sim_hw_broadcast, packet->bytes,
			    packet->size);
	else if (near && packet->destination_hw.size == SIM_HWADDR_SIZE)
		sim_send_to(interface, packet->destination_hw.bytes,
			    packet->bytes, packet->size);
	else
		sim_route_ip(interface, packet->bytes, packet->size);
}

static void answer_due(struct sim_timer *timer)
{
	struct sim_answer *answer = SIM_OWNER(timer, struct sim_answer, timer);
	struct sim_dhcpd *dhcpd = answer->dhcpd;

	if (!dhcpd->silent) {
		for (unsigned i = 0; i < answer->packet.copies; i++)
			transmit(dhcpd, &answer->packet);
		dhcpd->answered++;
	}
	answer->next = dhcpd->idle;
	dhcpd->idle = answer;
}

static void send_later(struct sim_dhcpd *dhcpd, const struct server_packet *packet)
{
	struct sim_network *network = dhcpd->interface->device->network;
	struct sim_answer *answer = dhcpd->idle;

	if (answer)
		dhcpd->idle = answer->next;
	else
		answer = sim_alloc(network, sizeof(*answer));
	answer->timer.fire = answer_due;
	answer->dhcpd = dhcpd;
	answer->packet = *packet;
	sim_timer_set(&network->clock, &answer->timer,
		      nsec_add(packet->at, dhcpd->slow_ns));
}

/* ---- receiving ----------------------------------------------------------- */

/* For its port, by broadcast or to an address of its own. */
static bool is_for_us(const struct sim_dhcpd *dhcpd, const struct sim_frame *frame)
{
	const struct server_config *config = &dhcpd->config;
	struct datagram d;

	return frame->ethertype == SIM_ETHERTYPE_IPV4 && !frame->vlan &&
	       frame_parse(frame->bytes, frame->size, DHCP4_SERVER_PORT, false,
			   &d) == REJECT_NONE &&
	       (d.destination == IPV4_BROADCAST ||
		d.destination == config->address || d.destination == config->id);
}

static bool frame_received(struct sim_handler *handler,
			   struct sim_interface *interface,
			   const struct sim_frame *frame)
{
	struct sim_dhcpd *dhcpd = SIM_OWNER(handler, struct sim_dhcpd, handler);
	struct hwaddr source = { .size = SIM_HWADDR_SIZE };
	struct server_exchange exchange;

	if (!is_for_us(dhcpd, frame))
		return false;
	dhcpd->received++;
	memcpy(source.bytes, frame->source, SIM_HWADDR_SIZE);
	if (dhcpd->silent ||
	    server_receive(&dhcpd->server,
			   interface->device->network->clock.now, frame->bytes,
			   frame->size, &source, &exchange) != REJECT_NONE)
		return true;
	if (dhcpd->watch)
		dhcpd->watch(dhcpd->watch_context, dhcpd, &exchange);
	if (exchange.packet.copies)
		send_later(dhcpd, &exchange.packet);
	if (exchange.second.copies)
		send_later(dhcpd, &exchange.second);
	return true;
}

/* ---- the beginning ------------------------------------------------------- */

struct sim_dhcpd *sim_dhcpd_add(struct sim_network *network, const char *name,
				const struct server_config *config)
{
	struct sim_dhcpd *dhcpd = sim_alloc(network, sizeof(*dhcpd));
	struct server_lease *leases;

	dhcpd->config = *config;
	leases = sim_alloc(network, server_pool_size(config) * sizeof(*leases));
	server_init(&dhcpd->server, &dhcpd->config, leases);
	dhcpd->interface =
		sim_interface_add(sim_device_add(network, name), "eth0");
	sim_interface_set_address(dhcpd->interface, config->address,
				  config->prefix_length);
	dhcpd->handler.receive = frame_received;
	sim_handler_add(dhcpd->interface, &dhcpd->handler);
	sim_arp_add(dhcpd->interface);
	sim_echo_add(dhcpd->interface);
	return dhcpd;
}

void sim_dhcpd_force_renew(struct sim_dhcpd *dhcpd, ipv4_addr address,
			   const struct hwaddr *hw, enum seal_force how)
{
	struct server_packet packet;

	seal_force_renew(&dhcpd->server,
			 dhcpd->interface->device->network->clock.now, address,
			 hw, how, &packet);
	send_later(dhcpd, &packet);
}

void sim_dhcpd_forget(struct sim_dhcpd *dhcpd)
{
	server_forget(&dhcpd->server);
}
