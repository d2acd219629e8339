/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 2131 4.3 as it reads: each message of Table 4 has a function that looks
 * at the pool and grants, refuses or keeps silent.
 */
#include "server/server.h"

#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "core/names.h"

size_t server_pool_size(const struct server_config *config)
{
	return (size_t)(config->pool_last - config->pool_first) + 1;
}

void server_init(struct server *server, const struct server_config *config,
		 struct server_lease *leases)
{
	ASSERT(config->pool_first <= config->pool_last);
	*server = (struct server){ .config = config, .leases = leases };
	memset(leases, 0, server_pool_size(config) * sizeof(*leases));
}

static ipv4_addr server_id(const struct server *server)
{
	return server->config->id ? server->config->id : server->config->address;
}

/* ---- the pool --------------------------------------------------------- */

struct server_lease *server_lease_at(const struct server *server,
				     ipv4_addr address)
{
	const struct server_config *config = server->config;

	if (address < config->pool_first || address > config->pool_last)
		return NULL;
	return &server->leases[address - config->pool_first];
}

/* True if the client may have this address now. */
static bool lease_suits(const struct server_lease *lease,
			const struct client_id *client, nsec now)
{
	if (lease->state == SERVER_LEASE_DECLINED)
		return false;
	return lease->state == SERVER_LEASE_FREE || lease->expiry <= now ||
	       client_id_equal(&lease->client, client);
}

/*
 * How well an address suits a client that asks for wanted, by the order of
 * RFC 2131 4.3.1: its present or last one, the one it asks for, a new one, one
 * that somebody else has had. 0: not at all.
 */
static unsigned lease_rank(const struct server_lease *lease,
			   const struct client_id *client, bool wanted, nsec now)
{
	if (!lease_suits(lease, client, now))
		return 0;
	if (client_id_equal(&lease->client, client))
		return 4;
	if (wanted)
		return 3;
	return lease->client.size ? 1 : 2;
}

/* The best address for a client; 0 if the pool is exhausted. */
static ipv4_addr choose_address(const struct server *server,
				const struct server_request *request, nsec now)
{
	ipv4_addr first = server->config->pool_first, best = 0;
	unsigned best_rank = 0;

	for (size_t i = 0; i < server_pool_size(server->config); i++) {
		ipv4_addr address = first + (ipv4_addr)i;
		unsigned rank = lease_rank(&server->leases[i], &request->client,
					   address == request->address, now);

		if (rank > best_rank) {
			best_rank = rank;
			best = address;
		}
	}
	return best;
}

/* The address that the server has on record for the client; 0 if none. */
static ipv4_addr known_address(const struct server_exchange *exchange)
{
	const struct server_config *config = exchange->server->config;

	for (size_t i = 0; i < server_pool_size(config); i++) {
		if (client_id_equal(&exchange->server->leases[i].client,
				    &exchange->request.client))
			return config->pool_first + (ipv4_addr)i;
	}
	return 0;
}

static void take_lease(struct server_lease *lease, enum server_lease_state state,
		       const struct server_exchange *exchange, uint32_t seconds)
{
	nsec duration = seconds == DHCP4_LEASE_INFINITE ? NSEC_NEVER
							: seconds * NSEC_PER_S;

	lease->state = state;
	lease->client = exchange->request.client;
	lease->expiry = nsec_add(exchange->now, duration);
}

/* ---- replies ---------------------------------------------------------- */

void server_remove_option(struct server_reply *reply, uint8_t code)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < reply->option_count; i++) {
		if (reply->options[i].code != code)
			reply->options[kept++] = reply->options[i];
	}
	reply->option_count = kept;
}

void server_set_option(struct server_reply *reply, uint8_t code,
		       const uint8_t *bytes, size_t size)
{
	server_remove_option(reply, code);
	ASSERT(reply->option_count < SERVER_REPLY_OPTIONS_MAX);
	reply->options[reply->option_count++] = (struct option_value){
		.code = code,
		.size = (uint16_t)size,
		.bytes = bytes,
	};
}

void server_set_number(struct server_reply *reply, uint8_t code, uint32_t value)
{
	const uint8_t *bytes = reply->octets + reply->numbers.used;

	writer_u32(&reply->numbers, value);
	ASSERT(!reply->numbers.failed);
	server_set_option(reply, code, bytes, 4);
}

/* What all replies have (RFC 2131 Table 3, RFC 6842 3). */
static void begin_reply(struct server_exchange *exchange, uint8_t type)
{
	const struct server_request *request = &exchange->request;
	struct server_reply *reply = &exchange->reply;
	struct option_value client_id;

	reply->type = type;
	reply->header = request->message.header;
	reply->header.op = DHCP4_OP_REPLY;
	reply->header.hops = 0;
	reply->header.secs = 0;
	reply->header.ciaddr = 0;
	reply->header.yiaddr = 0;
	reply->header.siaddr = 0;
	reply->option_count = 0;
	reply->numbers = writer_over(reply->octets, sizeof(reply->octets));
	server_set_number(reply, DHCP4_OPTION_SERVER_ID,
			  server_id(exchange->server));
	reply->client_id = request->client;
	if (dhcp4_options_get(&request->message.options, DHCP4_OPTION_CLIENT_ID,
			      &client_id))
		server_set_option(reply, DHCP4_OPTION_CLIENT_ID,
				  reply->client_id.bytes, reply->client_id.size);
}

void server_grant(struct server_exchange *exchange, enum dhcp4_type type,
		  ipv4_addr yiaddr)
{
	const struct server_config *config = exchange->server->config;
	struct server_reply *reply = &exchange->reply;

	begin_reply(exchange, (uint8_t)type);
	if (type == DHCP4_TYPE_ACK)
		reply->header.ciaddr = exchange->request.message.header.ciaddr;
	reply->header.yiaddr = yiaddr;
	if (yiaddr)
		server_set_number(reply, DHCP4_OPTION_LEASE_TIME,
				  config->lease_s);
	if (yiaddr && config->t1_s)
		server_set_number(reply, DHCP4_OPTION_T1, config->t1_s);
	if (yiaddr && config->t2_s)
		server_set_number(reply, DHCP4_OPTION_T2, config->t2_s);
	server_set_number(reply, DHCP4_OPTION_SUBNET_MASK,
			  ipv4_mask(config->prefix_length));
	for (unsigned i = 0; i < config->option_count; i++)
		server_set_option(reply, config->options[i].code,
				  config->options[i].bytes,
				  config->options[i].size);
}

void server_refuse(struct server_exchange *exchange)
{
	begin_reply(exchange, DHCP4_TYPE_NAK);
	/* So that the relay broadcasts it (RFC 2131 4.3.2). */
	if (exchange->reply.header.giaddr)
		exchange->reply.header.flags |= DHCP4_FLAG_BROADCAST;
}

/* ---- what is done about each message ---------------------------------- */

/* RFC 2131 4.3.1 */
static void on_discover(struct server_exchange *exchange)
{
	ipv4_addr address = choose_address(exchange->server, &exchange->request,
					   exchange->now);
	struct server_lease *lease = server_lease_at(exchange->server, address);

	if (!lease)
		return;
	/* A repeated DISCOVER does not shorten a lease that is in use. */
	if (lease->state != SERVER_LEASE_BOUND || lease->expiry <= exchange->now)
		take_lease(lease, SERVER_LEASE_OFFERED, exchange, SERVER_OFFER_S);
	server_grant(exchange, DHCP4_TYPE_OFFER, address);
}

/* Grants what the REQUEST names if the client may have it, else refuses. */
static void grant_or_refuse(struct server_exchange *exchange)
{
	const struct server_request *request = &exchange->request;
	struct server_lease *lease =
		server_lease_at(exchange->server, request->address);

	if (!lease || !lease_suits(lease, &request->client, exchange->now)) {
		server_refuse(exchange);
		return;
	}
	take_lease(lease, SERVER_LEASE_BOUND, exchange,
		   exchange->server->config->lease_s);
	server_grant(exchange, DHCP4_TYPE_ACK, request->address);
}

/* True if the message names this server in option 54. */
static bool is_for_us(const struct server_exchange *exchange)
{
	uint32_t id;

	return dhcp4_options_get_u32(&exchange->request.message.options,
				     DHCP4_OPTION_SERVER_ID, &id) &&
	       id == server_id(exchange->server);
}

/* RFC 2131 4.3.2, SELECTING: a REQUEST to another server declines us. */
static void on_selecting(struct server_exchange *exchange)
{
	struct server_lease *offered;

	if (is_for_us(exchange)) {
		grant_or_refuse(exchange);
		return;
	}
	offered = server_lease_at(exchange->server, known_address(exchange));
	if (offered && offered->state == SERVER_LEASE_OFFERED)
		offered->state = SERVER_LEASE_FREE;
}

static bool in_subnet(const struct server_exchange *exchange)
{
	return ipv4_in(exchange->request.address,
		       exchange->server->config->address,
		       exchange->server->config->prefix_length);
}

/* RFC 2131 4.3.2, INIT-REBOOT: wrong network, not known, or wrong address. */
static void on_rebooting(struct server_exchange *exchange)
{
	ipv4_addr known = known_address(exchange);

	if (!in_subnet(exchange))
		server_refuse(exchange);
	else if (!known)
		return;
	else if (known != exchange->request.address)
		server_refuse(exchange);
	else
		grant_or_refuse(exchange);
}

/* RFC 2131 4.3.2, REBINDING: what may be another server's is left to it. */
static void on_rebinding(struct server_exchange *exchange)
{
	if (in_subnet(exchange) &&
	    !server_lease_at(exchange->server, exchange->request.address))
		return;
	grant_or_refuse(exchange);
}

/* The client's own lease that it gives back; NULL if there is none. */
static struct server_lease *given_back(const struct server_exchange *exchange)
{
	const struct server_request *request = &exchange->request;
	struct server_lease *lease =
		server_lease_at(exchange->server, request->address);

	if (!lease || !is_for_us(exchange) ||
	    !client_id_equal(&lease->client, &request->client))
		return NULL;
	return lease;
}

/* RFC 2131 4.3.3 */
static void on_decline(struct server_exchange *exchange)
{
	struct server_lease *lease = given_back(exchange);

	if (lease)
		lease->state = SERVER_LEASE_DECLINED;
}

/* RFC 2131 4.3.4 */
static void on_release(struct server_exchange *exchange)
{
	struct server_lease *lease = given_back(exchange);

	if (lease && lease->state != SERVER_LEASE_DECLINED)
		lease->state = SERVER_LEASE_FREE;
}

/* RFC 2131 4.3.5 */
static void on_inform(struct server_exchange *exchange)
{
	server_grant(exchange, DHCP4_TYPE_ACK, 0);
}

static void (*const answers[DHCP4_REQUEST_COUNT])(struct server_exchange *) = {
	[DHCP4_REQUEST_DISCOVER] = on_discover,
	[DHCP4_REQUEST_SELECTING] = on_selecting,
	[DHCP4_REQUEST_REBOOTING] = on_rebooting,
	[DHCP4_REQUEST_RENEWING] = grant_or_refuse,
	[DHCP4_REQUEST_REBINDING] = on_rebinding,
	[DHCP4_REQUEST_DECLINE] = on_decline,
	[DHCP4_REQUEST_RELEASE] = on_release,
	[DHCP4_REQUEST_INFORM] = on_inform,
};

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
	    id.size <= sizeof(client->bytes)) {
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

static enum reject parse_request(const void *packet, size_t size,
				 const struct hwaddr *source,
				 struct server_request *ret)
{
	struct datagram datagram;
	enum reject why =
		frame_parse(packet, size, DHCP4_SERVER_PORT, false, &datagram);

	if (why == REJECT_NONE)
		why = dhcp4_message_parse(datagram.payload, datagram.size,
					  &ret->message);
	if (why != REJECT_NONE)
		return why;
	ret->source = datagram.source;
	ret->destination = datagram.destination;
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
static void address_packet(struct server_exchange *exchange)
{
	const struct server_request *request = &exchange->request;
	const struct dhcp4_header *asked = &request->message.header;
	const struct server_reply *reply = &exchange->reply;
	struct server_packet *packet = &exchange->packet;

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
	uint16_t limit = DHCP4_PACKET_MIN;

	dhcp4_options_get_u16(&request->message.options,
			      DHCP4_OPTION_MESSAGE_SIZE, &limit);
	if (limit > DHCP4_PACKET_MAX)
		limit = DHCP4_PACKET_MAX;
	return (size_t)limit - FRAME_HEADERS_SIZE;
}

/* Writes the options that fit, in their order. */
static void write_options(struct writer *w, const struct server_reply *reply)
{
	for (unsigned i = 0; i < reply->option_count; i++) {
		const struct option_value *option = &reply->options[i];
		size_t pieces = option->size ? (option->size + 254U) / 255 : 1;

		/* One octet is End's. */
		if (option->size + 2 * pieces + 1 <= w->size - w->used)
			option_write(w, option->code, option->bytes,
				     option->size);
	}
}

static void write_packet(struct server_exchange *exchange)
{
	const struct server_reply *reply = &exchange->reply;
	struct server_packet *packet = &exchange->packet;
	struct writer w = writer_over(packet->bytes + FRAME_HEADERS_SIZE,
				      message_limit(&exchange->request));
	struct datagram datagram = {
		.source = exchange->server->config->address,
		.source_port = DHCP4_SERVER_PORT,
		.destination_port = reply->header.giaddr ? DHCP4_SERVER_PORT
							 : DHCP4_CLIENT_PORT,
	};

	dhcp4_message_begin(&w, &reply->header, (enum dhcp4_type)reply->type);
	write_options(&w, reply);
	dhcp4_message_end(&w, 0);
	ASSERT(!w.failed);
	address_packet(exchange);
	datagram.destination = packet->destination;
	frame_seal(packet->bytes, w.used, &datagram);
	if (reply->corrupt)
		packet->bytes[FRAME_HEADERS_SIZE - 1] ^= 1;
	packet->size = FRAME_HEADERS_SIZE + w.used;
	packet->copies = reply->copies;
	packet->at = nsec_add(exchange->now, reply->delay);
}

enum reject server_receive(struct server *server, nsec now, const void *packet,
			   size_t size, const struct hwaddr *source,
			   struct server_exchange *ret)
{
	enum reject why = parse_request(packet, size, source, &ret->request);

	if (why != REJECT_NONE)
		return why;
	ret->now = now;
	ret->server = server;
	ret->reply.broadcast = ret->reply.corrupt = false;
	ret->reply.copies = 1;
	ret->reply.delay = 0;
	begin_reply(ret, 0);
	answers[ret->request.kind](ret);
	if (server->handler)
		server->handler(server->context, ret);
	ret->packet.copies = 0;
	if (ret->reply.type)
		write_packet(ret);
	return REJECT_NONE;
}

/* ---- logs ------------------------------------------------------------- */

static void describe_address(struct str *s, const char *name, ipv4_addr address)
{
	if (!address)
		return;
	str_text(s, name);
	str_ipv4(s, address);
}

void server_describe_request(struct str *s, const struct server_request *request)
{
	static const char *const variants[DHCP4_REQUEST_COUNT] = {
		[DHCP4_REQUEST_SELECTING] = " selecting",
		[DHCP4_REQUEST_REBOOTING] = " init-reboot",
		[DHCP4_REQUEST_RENEWING] = " renewing",
		[DHCP4_REQUEST_REBINDING] = " rebinding",
	};
	const char *variant = variants[request->kind];
	ipv4_addr ciaddr = request->message.header.ciaddr;

	str_text(s, dhcp4_type_name(request->message.type));
	str_text(s, variant ? variant : "");
	describe_address(s, ciaddr ? " ciaddr " : " requested ",
			 request->address);
	str_text(s, request->destination == IPV4_BROADCAST ? " broadcast"
							   : " unicast");
}

void server_describe_reply(struct str *s, const struct server_exchange *exchange)
{
	if (!exchange->packet.copies) {
		str_text(s, "nothing");
		return;
	}
	str_text(s, dhcp4_type_name(exchange->reply.type));
	describe_address(s, " yiaddr ", exchange->reply.header.yiaddr);
	str_text(s, exchange->packet.destination_hw.size ? " unicast"
							 : " broadcast");
}
