/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 2131 4.3 as it reads: each message of Table 4 has a function that looks
 * at the pool and grants, refuses or keeps silent.
 */
#include "server/server.h"

#include <string.h>

#include "base/assert.h"
#include "server/packet.h"
#include "server/pool.h"
#include "server/seal.h"

/* HMAC-MD5 (RFC 6704 3.1.1). */
static const uint8_t nonce_algorithms[] = { 1 };

ipv4_addr server_id(const struct server *server)
{
	return server->config->id ? server->config->id : server->config->address;
}

bool server_is_named(const struct server_exchange *exchange)
{
	uint32_t id;

	return dhcp4_options_get_u32(&exchange->request.message.options,
				     DHCP4_OPTION_SERVER_ID, &id) &&
	       id == server_id(exchange->server);
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
	const uint8_t *bytes = reply->octets + reply->scratch.used;

	writer_u32(&reply->scratch, value);
	ASSERT(!reply->scratch.failed);
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
	reply->raw = NULL;
	reply->scratch = writer_over(reply->octets, sizeof(reply->octets));
	server_set_number(reply, DHCP4_OPTION_SERVER_ID,
			  server_id(exchange->server));
	if (dhcp4_options_get(&request->message.options, DHCP4_OPTION_CLIENT_ID,
			      &client_id))
		server_set_option(reply, DHCP4_OPTION_CLIENT_ID,
				  client_id.bytes, client_id.size);
}

static void add_times(struct server_reply *reply,
		      const struct server_config *config)
{
	server_set_number(reply, DHCP4_OPTION_LEASE_TIME, config->lease_s);
	if (config->t1_s)
		server_set_number(reply, DHCP4_OPTION_T1, config->t1_s);
	if (config->t2_s)
		server_set_number(reply, DHCP4_OPTION_T2, config->t2_s);
}

/* True if the message asks for an option by 55. */
static bool asks_for(const struct server_request *request, uint8_t code)
{
	struct option_value list;

	return dhcp4_options_get(&request->message.options,
				 DHCP4_OPTION_PARAMETERS, &list) &&
	       memchr(list.bytes, code, list.size);
}

void server_grant(struct server_exchange *exchange, enum dhcp4_type type,
		  ipv4_addr yiaddr)
{
	const struct server_config *config = exchange->server->config;
	const struct server_subnet *subnet = exchange->subnet;
	struct server_reply *reply = &exchange->reply;

	begin_reply(exchange, (uint8_t)type);
	if (type == DHCP4_TYPE_ACK)
		reply->header.ciaddr = exchange->request.message.header.ciaddr;
	reply->header.yiaddr = yiaddr;
	if (yiaddr)
		add_times(reply, config);
	server_set_number(reply, DHCP4_OPTION_SUBNET_MASK,
			  ipv4_mask(subnet->prefix_length));
	for (unsigned i = 0; i < config->option_count; i++)
		server_set_option(reply, config->options[i].code,
				  config->options[i].bytes,
				  config->options[i].size);
	if (type == DHCP4_TYPE_OFFER && seal_takes_nonces(exchange))
		server_set_option(reply, DHCP4_OPTION_FORCERENEW_NONCE,
				  nonce_algorithms, sizeof(nonce_algorithms));
	if (subnet != &exchange->server->own)
		server_set_number(reply, DHCP4_OPTION_ROUTER, subnet->router);
	/* Nobody else may be told (RFC 8925 3.3). */
	if (config->v6only && asks_for(&exchange->request, DHCP4_OPTION_V6ONLY))
		server_set_number(reply, DHCP4_OPTION_V6ONLY, config->v6only_s);
}

void server_refuse(struct server_exchange *exchange)
{
	begin_reply(exchange, DHCP4_TYPE_NAK);
	/* So that the relay broadcasts it (RFC 2131 4.3.2). */
	if (exchange->reply.header.giaddr)
		exchange->reply.header.flags |= DHCP4_FLAG_BROADCAST;
}

/* ---- what is done about each message ---------------------------------- */

static bool commits_rapidly(const struct server_exchange *exchange)
{
	struct option_value value;

	return exchange->server->config->rapid_commit &&
	       dhcp4_options_get(&exchange->request.message.options,
				 DHCP4_OPTION_RAPID_COMMIT, &value);
}

/* RFC 4039 3 */
static void commit(struct server_exchange *exchange, struct server_lease *lease)
{
	pool_take(lease, SERVER_LEASE_BOUND, exchange,
		  exchange->server->config->lease_s);
	server_grant(exchange, DHCP4_TYPE_ACK, lease->address);
	server_set_option(&exchange->reply, DHCP4_OPTION_RAPID_COMMIT, NULL, 0);
}

/* RFC 2131 4.3.1 */
static void on_discover(struct server_exchange *exchange)
{
	struct server_lease *lease = pool_choose(exchange);

	if (!lease)
		return;
	if (commits_rapidly(exchange)) {
		commit(exchange, lease);
		return;
	}
	/* A repeated DISCOVER does not shorten a lease that is in use. */
	if (lease->state != SERVER_LEASE_BOUND || lease->expiry <= exchange->now)
		pool_take(lease, SERVER_LEASE_OFFERED, exchange, SERVER_OFFER_S);
	server_grant(exchange, DHCP4_TYPE_OFFER, lease->address);
}

void server_decide(struct server_exchange *exchange)
{
	struct server_lease *lease = pool_named(exchange);

	if (!lease || !pool_suits(lease, exchange)) {
		server_refuse(exchange);
		return;
	}
	pool_take(lease, SERVER_LEASE_BOUND, exchange,
		  exchange->server->config->lease_s);
	server_grant(exchange, DHCP4_TYPE_ACK, lease->address);
}

/* RFC 2131 4.3.2, SELECTING: a REQUEST to another server declines us. */
static void on_selecting(struct server_exchange *exchange)
{
	if (server_is_named(exchange))
		server_decide(exchange);
	else
		pool_withdraw(exchange);
}

static bool in_subnet(const struct server_exchange *exchange)
{
	return ipv4_in(exchange->request.address, exchange->subnet->router,
		       exchange->subnet->prefix_length);
}

/*
 * RFC 2131 4.3.2, INIT-REBOOT: a wrong network is refused, a client that is not
 * known gets no answer. Nor does one whose address may be another server's.
 */
static void on_rebooting(struct server_exchange *exchange)
{
	const struct server_lease *lease = pool_named(exchange);

	if (!in_subnet(exchange))
		server_refuse(exchange);
	else if (!lease || !pool_knows(exchange))
		return;
	else if (pool_is_of(lease, &exchange->request))
		server_decide(exchange);
	else
		server_refuse(exchange);
}

/*
 * RFC 2131 4.3.2, RENEWING and REBINDING: what may be another server's is left
 * to it. A client that is not known keeps an address that nobody else has: so do
 * other servers, and it mends a database that was lost.
 */
static void on_extending(struct server_exchange *exchange)
{
	if (in_subnet(exchange) && !pool_named(exchange))
		return;
	server_decide(exchange);
}

/* The client's own lease that it gives back; NULL if there is none. */
static struct server_lease *given_back(const struct server_exchange *exchange)
{
	const struct server_request *request = &exchange->request;
	struct server_lease *lease =
		server_lease_at(exchange->server, request->address);

	if (!lease || !server_is_named(exchange) ||
	    !client_id_equal(&lease->client, &request->client))
		return NULL;
	return lease;
}

/* RFC 2131 4.3.3; an address that somebody else uses has no client. */
static void on_decline(struct server_exchange *exchange)
{
	const struct server_config *config = exchange->server->config;
	struct server_lease *lease = given_back(exchange);

	if (!lease)
		return;
	pool_take(lease, SERVER_LEASE_DECLINED, exchange,
		  config->decline_s ? config->decline_s : SERVER_DECLINE_S);
	lease->client.size = 0;
}

/* RFC 2131 4.3.4 */
static void on_release(struct server_exchange *exchange)
{
	struct server_lease *lease = given_back(exchange);

	if (lease)
		lease->state = SERVER_LEASE_FREE;
}

/* RFC 2131 4.3.5 */
static void on_inform(struct server_exchange *exchange)
{
	server_grant(exchange, DHCP4_TYPE_ACK, 0);
}

/* What boot clients begin option 60 with, and are answered by. */
#define BOOT_CLASS	"PXEClient"
#define BOOT_CLASS_SIZE 9

static bool is_boot_client(const struct server_request *request)
{
	struct option_value class;

	return dhcp4_options_get(&request->message.options,
				 DHCP4_OPTION_VENDOR_CLASS, &class) &&
	       class.size >= BOOT_CLASS_SIZE &&
	       memcmp(class.bytes, BOOT_CLASS, BOOT_CLASS_SIZE) == 0;
}

/* PXE 2.1: who has an address asks the boot server for what to boot. */
static void on_boot(struct server_exchange *exchange)
{
	const struct server_config *config = exchange->server->config;
	struct server_reply *reply = &exchange->reply;
	uint8_t type = exchange->request.message.type;

	if (!is_boot_client(&exchange->request) ||
	    (type != DHCP4_TYPE_REQUEST && type != DHCP4_TYPE_INFORM))
		return;
	server_grant(exchange, DHCP4_TYPE_ACK, 0);
	reply->header.siaddr = config->address;
	server_set_option(reply, DHCP4_OPTION_VENDOR_CLASS,
			  (const uint8_t *)BOOT_CLASS, BOOT_CLASS_SIZE);
	server_set_option(reply, SERVER_OPTION_VENDOR, config->boot,
			  config->boot_size);
}

static void (*const answers[DHCP4_REQUEST_COUNT])(struct server_exchange *) = {
	[DHCP4_REQUEST_DISCOVER] = on_discover,
	[DHCP4_REQUEST_SELECTING] = on_selecting,
	[DHCP4_REQUEST_REBOOTING] = on_rebooting,
	[DHCP4_REQUEST_RENEWING] = on_extending,
	[DHCP4_REQUEST_REBINDING] = on_extending,
	[DHCP4_REQUEST_DECLINE] = on_decline,
	[DHCP4_REQUEST_RELEASE] = on_release,
	[DHCP4_REQUEST_INFORM] = on_inform,
};

/* A network that brings a client nothing but what is broadcast. */
static bool is_lost(const struct server_exchange *exchange)
{
	const struct server_reply *reply = &exchange->reply;
	const struct dhcp4_header *asked = &exchange->request.message.header;

	return exchange->server->config->wants_flag && !reply->broadcast &&
	       reply->type != DHCP4_TYPE_NAK && !asked->ciaddr &&
	       !(asked->flags & DHCP4_FLAG_BROADCAST);
}

enum reject server_receive(struct server *server, nsec now, const void *packet,
			   size_t size, const struct hwaddr *source,
			   struct server_exchange *ret)
{
	enum reject why = packet_parse(server->config, packet, size, source,
				       &ret->request);
	struct server_reply *reply = &ret->reply;

	if (why != REJECT_NONE)
		return why;
	ret->now = now;
	ret->server = server;
	ret->subnet = pool_subnet(server, &ret->request);
	ret->packet.copies = ret->second.copies = 0;
	reply->broadcast = reply->corrupt = false;
	reply->copies = 1;
	reply->delay = 0;
	reply->second = NULL;
	begin_reply(ret, 0);
	if (!ret->subnet)
		return REJECT_NONE;
	if (ret->request.port == SERVER_BOOT_PORT)
		on_boot(ret);
	else
		answers[ret->request.kind](ret);
	if (server->handler)
		server->handler(server->context, ret);
	if (is_lost(ret))
		reply->type = 0;
	packet_write(ret, &ret->packet);
	if (reply->second) {
		reply->second(reply->second_context, ret);
		packet_write(ret, &ret->second);
	}
	return REJECT_NONE;
}
