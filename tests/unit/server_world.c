/* SPDX-License-Identifier: BSD-2-Clause */
#include "server_world.h"

struct server_world srv;

void srv_setup(void)
{
	srv.config = (struct server_config){
		.address = SERVER_ADDRESS,
		.prefix_length = 24,
		.pool_first = POOL_FIRST,
		.pool_last = POOL_FIRST + POOL_SIZE - 1,
		.lease_s = 120,
	};
	server_init(&srv.server, &srv.config, srv.leases);
	srv.now = 1000 * NSEC_PER_S;
}

/* In place of End and what pads the message. */
static void add_option(struct writer *w, const struct option_value *option)
{
	if (!option->code)
		return;
	while (w->start[w->used - 1] != DHCP4_OPTION_END)
		w->used--;
	w->used--;
	option_write(w, option->code, option->bytes, option->size);
	dhcp4_message_end(w, 0);
}

size_t srv_write(const struct ask *ask, uint8_t packet[DHCP4_PACKET_MAX])
{
	struct dhcp4_config client = {
		.hardware_type = ARP_HTYPE_ETHERNET,
		.hwaddr = { 6, { 2, 0, 0, 0, 0, (uint8_t)ask->client } },
		.mtu = 1500,
	};
	struct client_id id = { 3, { 0, 'c', (uint8_t)ask->client } };
	struct request_values values = {
		.xid = XID,
		.address = ask->address,
		.server_id = ask->server_id,
		.client_id = ask->anonymous ? &client.client_id : &id,
	};
	struct datagram to = {
		.destination = request_is_unicast(ask->kind) ? SERVER_ADDRESS
							     : IPV4_BROADCAST,
		.source_port =
			ask->source_port ? ask->source_port : DHCP4_CLIENT_PORT,
		.destination_port = ask->port ? ask->port : DHCP4_SERVER_PORT,
	};
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);

	request_write(&w, ask->kind, &client, &values);
	writer_patch_u16(&w, 10, ask->flags);
	writer_patch_u16(&w, 24, (uint16_t)(ask->giaddr >> 16));
	writer_patch_u16(&w, 26, (uint16_t)ask->giaddr);
	add_option(&w, &ask->extra);
	ck_assert(!w.failed);
	frame_seal(packet, w.used, &to);
	return FRAME_HEADERS_SIZE + w.used;
}

enum reject srv_parse(const struct server_packet *packet)
{
	uint16_t port = srv.exchange.request.source_port;
	enum reject why;

	if (srv.exchange.reply.header.giaddr)
		port = DHCP4_SERVER_PORT;
	why = frame_parse(packet->bytes, packet->size, port, false,
			  &srv.datagram);
	if (why != REJECT_NONE)
		return why;
	ck_assert_uint_eq(srv.datagram.destination, packet->destination);
	return dhcp4_message_parse(srv.datagram.payload, srv.datagram.size,
				   &srv.reply);
}

unsigned srv_ask(struct ask ask)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	struct hwaddr source = { 6, { 2, 0, 0, 0, 0, (uint8_t)ask.client } };
	size_t size = srv_write(&ask, packet);
	const struct server_reply *reply = &srv.exchange.reply;

	ck_assert_int_eq(server_receive(&srv.server, srv.now, packet, size,
					&source, &srv.exchange),
			 REJECT_NONE);
	ck_assert_int_eq(srv.exchange.request.kind, ask.kind);
	if (!srv.exchange.packet.copies)
		return 0;
	if (!reply->corrupt && !reply->raw)
		ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
	return srv.exchange.packet.type;
}

unsigned srv_ask_about(unsigned client, enum dhcp4_request kind, ipv4_addr address)
{
	return srv_ask((struct ask){ .client = client,
				     .kind = kind,
				     .address = address,
				     .server_id = SERVER_ADDRESS });
}

unsigned srv_discover(unsigned client)
{
	return srv_ask_about(client, DHCP4_REQUEST_DISCOVER, 0);
}

unsigned srv_request(unsigned client, ipv4_addr address)
{
	return srv_ask_about(client, DHCP4_REQUEST_SELECTING, address);
}

void srv_bind(unsigned client)
{
	ck_assert_uint_eq(srv_discover(client), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_request(client, srv.reply.header.yiaddr),
			  DHCP4_TYPE_ACK);
}

uint32_t srv_number(uint8_t code)
{
	uint32_t value = 0;

	dhcp4_options_get_u32(&srv.reply.options, code, &value);
	return value;
}
