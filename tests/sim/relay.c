/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A relay agent (RFC 1542 4.1, RFC 2131 4.1): it reads the fixed fields of BOOTP,
 * never an option, and changes hops and giaddr alone.
 */
#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "core/dhcp4.h"
#include "core/frame.h"
#include "sim/ip.h"

#define HOPS_MAX 16

#define HOPS_AT	  3
#define GIADDR_AT 24

struct relay {
	struct sim_handler handler; /* first: it is cast back */
	unsigned count;
	ipv4_addr servers[SIM_RELAY_SERVERS_MAX];
};

/* What a relay has to know of a message. */
struct fields {
	uint8_t op, hlen, hops;
	uint16_t flags;
	ipv4_addr yiaddr, giaddr;
	const uint8_t *chaddr;
};

static bool fields_parse(const struct datagram *d, struct fields *ret)
{
	struct reader r = reader_over(d->payload, d->size);

	ret->op = reader_u8(&r);
	reader_u8(&r); /* htype */
	ret->hlen = reader_u8(&r);
	ret->hops = reader_u8(&r);
	reader_bytes(&r, 4 + 2); /* xid, secs */
	ret->flags = reader_u16(&r);
	reader_u32(&r); /* ciaddr */
	ret->yiaddr = reader_u32(&r);
	reader_u32(&r); /* siaddr */
	ret->giaddr = reader_u32(&r);
	ret->chaddr = reader_bytes(&r, DHCP4_CHADDR_SIZE);
	reader_bytes(&r, DHCP4_SNAME_SIZE + DHCP4_FILE_SIZE);
	return !r.failed;
}

static void pass_request(const struct relay *relay,
			 struct sim_interface *interface,
			 const struct datagram *d, const struct fields *f)
{
	uint8_t packet[SIM_MTU];
	struct writer w = writer_over(packet, sizeof(packet));
	struct datagram out = { .source = interface->address,
				.source_port = DHCP4_SERVER_PORT,
				.destination_port = DHCP4_SERVER_PORT };

	if (f->hops >= HOPS_MAX)
		return;
	writer_pad(&w, FRAME_HEADERS_SIZE);
	writer_bytes(&w, d->payload, d->size);
	ASSERT(!w.failed);
	packet[FRAME_HEADERS_SIZE + HOPS_AT] = (uint8_t)(f->hops + 1);
	if (!f->giaddr) {
		w.used = FRAME_HEADERS_SIZE + GIADDR_AT;
		writer_u32(&w, interface->address);
	}
	for (unsigned i = 0; i < relay->count; i++) {
		out.destination = relay->servers[i];
		frame_seal(packet, d->size, &out);
		sim_route_ip(interface, packet, FRAME_HEADERS_SIZE + d->size);
	}
}

/*
 * RFC 1542 4.1.2, RFC 2131 4.1: to the hardware address, without ARP, since the
 * client does not answer for yiaddr yet; to all, if it asks for that or has none.
 */
static void pass_reply(struct sim_interface *interface,
		       const struct datagram *d, const struct fields *f)
{
	uint8_t packet[SIM_MTU];
	bool to_all = (f->flags & DHCP4_FLAG_BROADCAST) || !f->yiaddr ||
		      f->hlen != SIM_HWADDR_SIZE;
	struct datagram out = { .source = interface->address,
				.destination = to_all ? IPV4_BROADCAST : f->yiaddr,
				.source_port = DHCP4_SERVER_PORT,
				.destination_port = DHCP4_CLIENT_PORT };

	memcpy(packet + FRAME_HEADERS_SIZE, d->payload, d->size);
	frame_seal(packet, d->size, &out);
	sim_send_to(interface, to_all ? sim_hw_broadcast : f->chaddr, packet,
		    FRAME_HEADERS_SIZE + d->size);
}

static bool receive(struct sim_handler *handler, struct sim_interface *interface,
		    const struct sim_frame *frame)
{
	const struct relay *relay = (const struct relay *)(const void *)handler;
	ipv4_addr address = interface->address;
	struct datagram d;
	struct fields f;

	if (!address || frame->ethertype != SIM_ETHERTYPE_IPV4 ||
	    frame_parse(frame->bytes, frame->size, DHCP4_SERVER_PORT, false,
			&d) != REJECT_NONE ||
	    !fields_parse(&d, &f))
		return false;
	if (f.op == DHCP4_OP_REQUEST &&
	    (d.destination == address ||
	     sim_interface_broadcasts(interface, d.destination))) {
		pass_request(relay, interface, &d, &f);
		return false;
	}
	if (f.op != DHCP4_OP_REPLY || d.destination != address ||
	    f.giaddr != address)
		return false;
	pass_reply(interface, &d, &f);
	return true;
}

void sim_relay_add(struct sim_interface *interface, const ipv4_addr *servers,
		   unsigned count)
{
	struct relay *relay =
		sim_alloc(interface->device->network, sizeof(*relay));

	ASSERT(count <= SIM_RELAY_SERVERS_MAX);
	relay->count = count;
	memcpy(relay->servers, servers, count * sizeof(*servers));
	relay->handler.receive = receive;
	sim_handler_add(interface, &relay->handler);
}
