/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's messages by Table 4, and where replies go by RFC 2131 4.1. */
#include "server/packet.h"

#include <string.h>

#include "base/assert.h"
#include "server/seal.h"

/* ---- octets to request ------------------------------------------------ */

/* Table 4, read from the other side: which fields are set tells the variant. */
static enum dhcp4_request request_variant(const struct server_request *request)
{
	const struct dhcp4_message *message = &request->message;
	struct option_value server;

	if (message->header.ciaddr)
		return request->destination == IPV4_BROADCAST ||
				       message->header.giaddr
			       ? DHCP4_REQUEST_REBINDING
			       : DHCP4_REQUEST_RENEWING;
	return dhcp4_options_get(&message->options, DHCP4_OPTION_SERVER_ID,
				 &server)
		       ? DHCP4_REQUEST_SELECTING
		       : DHCP4_REQUEST_REBOOTING;
}

/* False for a message that clients do not send. */
static bool find_kind(struct server_request *request)
{
	static const struct {
		enum dhcp4_type type;
		enum dhcp4_request kind;
	} kinds[] = {
		{ DHCP4_TYPE_DISCOVER, DHCP4_REQUEST_DISCOVER },
		{ DHCP4_TYPE_DECLINE, DHCP4_REQUEST_DECLINE },
		{ DHCP4_TYPE_RELEASE, DHCP4_REQUEST_RELEASE },
		{ DHCP4_TYPE_INFORM, DHCP4_REQUEST_INFORM },
	};

	if (request->message.type == DHCP4_TYPE_REQUEST) {
		request->kind = request_variant(request);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].type == request->message.type) {
			request->kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* Who asks: option 61, else hardware type and address (RFC 2131 4.2). */
static void find_client_id(struct server_request *request)
{
	const struct dhcp4_header *header = &request->message.header;
	struct client_id *client = &request->client;
	struct option_value id;

	if (dhcp4_options_get(&request->message.options, DHCP4_OPTION_CLIENT_ID,
			      &id) &&
	    id.size && id.size <= sizeof(client->bytes)) {
		client->size = (uint8_t)id.size;
		memcpy(client->bytes, id.bytes, id.size);
		return;
	}
	client->size = DHCP4_CHADDR_SIZE + 1;
	client->bytes[0] = header->htype;
	memcpy(client->bytes + 1, header->chaddr, DHCP4_CHADDR_SIZE);
	if (header->hlen < DHCP4_CHADDR_SIZE)
		client->size = (uint8_t)(header->hlen + 1);
}

enum reject packet_parse(const struct server_config *config, const void *packet,
			 size_t size, const struct hwaddr *source,
			 struct server_request *ret)
{
	struct datagram datagram;
	enum reject why =
		frame_parse(packet, size, DHCP4_SERVER_PORT, false, &datagram);

	if (why == REJECT_UDP_PORT && config->boot)
		why = frame_parse(packet, size, SERVER_BOOT_PORT, false,
				  &datagram);
	if (why == REJECT_NONE)
		why = dhcp4_message_parse(datagram.payload, datagram.size,
					  &ret->message);
	if (why != REJECT_NONE)
		return why;
	ret->source = datagram.source;
	ret->destination = datagram.destination;
	ret->source_port = datagram.source_port;
	ret->port = datagram.destination_port;
	ret->source_hw = *source;
	if (ret->message.header.op != DHCP4_OP_REQUEST || !find_kind(ret))
		return REJECT_MESSAGE_TYPE;
	find_client_id(ret);
	ret->address = ret->message.header.ciaddr;
	if (!ret->address)
		dhcp4_options_get_u32(&ret->message.options,
				      DHCP4_OPTION_REQUESTED_ADDRESS,
				      &ret->address);
	return REJECT_NONE;
}

/* ---- reply to octets -------------------------------------------------- */

/* Where a reply goes (RFC 2131 4.1). */
static void address_packet(const struct server_exchange *exchange,
			   struct server_packet *packet)
{
	const struct server_request *request = &exchange->request;
	const struct dhcp4_header *asked = &request->message.header;
	const struct server_reply *reply = &exchange->reply;

	packet->destination = IPV4_BROADCAST;
	packet->destination_hw = (struct hwaddr){ 0 };
	if (reply->broadcast)
		return;
	if (reply->header.giaddr) {
		packet->destination = reply->header.giaddr;
		packet->destination_hw = request->source_hw;
	} else if (reply->type == DHCP4_TYPE_NAK) {
		return;
	} else if (asked->ciaddr) {
		packet->destination = asked->ciaddr;
		packet->destination_hw = request->source_hw;
	} else if (!(asked->flags & DHCP4_FLAG_BROADCAST) && asked->hlen == 6 &&
		   reply->header.yiaddr) {
		packet->destination = reply->header.yiaddr;
		packet->destination_hw.size = asked->hlen;
		memcpy(packet->destination_hw.bytes, asked->chaddr, asked->hlen);
	}
}

/* The largest message the client takes (RFC 2131 2, RFC 2132 9.10). */
static size_t message_limit(const struct server_request *request)
{
	unsigned limit = DHCP4_PACKET_MIN;
	struct option_value option;

	if (dhcp4_options_get(&request->message.options,
			      DHCP4_OPTION_MESSAGE_SIZE, &option))
		limit = (unsigned)option.bytes[0] << 8 | option.bytes[1];
	if (limit > DHCP4_PACKET_MAX)
		limit = DHCP4_PACKET_MAX;
	return limit - FRAME_HEADERS_SIZE;
}

static size_t option_size(const struct option_value *option)
{
	size_t pieces = option->size ? (option->size + 254U) / 255 : 1;

	return option->size + 2 * pieces;
}

/*
 * Writes the options that fit, in their order; last what a relay told of itself,
 * as it was (RFC 3046 2.2).
 */
static void write_options(struct writer *w, const struct server_exchange *exchange)
{
	const struct server_reply *reply = &exchange->reply;
	struct option_value relay;
	size_t kept = 1; /* End's octet */
	bool relayed = dhcp4_options_get(&exchange->request.message.options,
					 SERVER_OPTION_RELAY_AGENT, &relay);

	if (relayed)
		kept += option_size(&relay);
	for (unsigned i = 0; i < reply->option_count; i++) {
		const struct option_value *option = &reply->options[i];

		if (w->used + option_size(option) + kept <= w->size)
			option_write(w, option->code, option->bytes,
				     option->size);
	}
	if (relayed && w->used + kept <= w->size)
		option_write(w, relay.code, relay.bytes, relay.size);
}

void server_write_reply(const struct server_exchange *exchange, struct writer *w)
{
	const struct server_reply *reply = &exchange->reply;

	dhcp4_message_begin(w, &reply->header, (enum dhcp4_type)reply->type);
	write_options(w, exchange);
}

static void write_payload(const struct server_exchange *exchange, bool second,
			  struct writer *w)
{
	const struct server_reply *reply = &exchange->reply;

	if (reply->raw) {
		w->size = DHCP4_MESSAGE_MAX;
		writer_bytes(w, reply->raw, reply->raw_size);
	} else {
		server_write_reply(exchange, w);
		dhcp4_message_end(w, 0);
		seal_reply(exchange, second, w);
	}
	ASSERT(!w->failed);
}

/* To the relay; to a boot client where it asked from; else the client's port. */
static uint16_t destination_port(const struct server_exchange *exchange)
{
	const struct server_request *request = &exchange->request;

	if (exchange->reply.header.giaddr)
		return DHCP4_SERVER_PORT;
	return request->port == SERVER_BOOT_PORT ? request->source_port
						 : DHCP4_CLIENT_PORT;
}

void packet_write(const struct server_exchange *exchange,
		  struct server_packet *packet)
{
	const struct server_reply *reply = &exchange->reply;
	struct writer w = writer_over(packet->bytes + FRAME_HEADERS_SIZE,
				      message_limit(&exchange->request));
	struct datagram datagram = {
		.source = exchange->server->config->address,
		.source_port = exchange->request.port,
		.destination_port = destination_port(exchange),
	};

	packet->copies = 0;
	if (!reply->type)
		return;
	write_payload(exchange, packet == &exchange->second, &w);
	address_packet(exchange, packet);
	datagram.destination = packet->destination;
	frame_seal(packet->bytes, w.used, &datagram);
	if (reply->corrupt)
		packet->bytes[FRAME_HEADERS_SIZE - 1] ^= 1;
	packet->type = reply->type;
	packet->yiaddr = reply->header.yiaddr;
	packet->size = FRAME_HEADERS_SIZE + w.used;
	packet->copies = reply->copies;
	packet->at = nsec_add(exchange->now, reply->delay);
}
