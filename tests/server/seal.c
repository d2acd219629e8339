/* SPDX-License-Identifier: BSD-2-Clause */
/* Option 90 of replies. Counters are made of the time, two of each instant. */
#include "server/seal.h"

#include <string.h>

/* Octets of the longest that is added: option 90 with a code. */
#define ROOM 40

/* Its own choice (RFC 3203 2.3). */
#define FORCE_XID 0x466f7263

bool seal_takes_nonces(const struct server_exchange *exchange)
{
	struct option_value value;

	return exchange->server->config->nonces &&
	       dhcp4_options_get(&exchange->request.message.options,
				 DHCP4_OPTION_FORCERENEW_NONCE, &value);
}

/* A new one, which the lease remembers. */
static void draw_nonce(const struct server_exchange *exchange,
		       uint8_t nonce[AUTH_NONCE_SIZE])
{
	const struct dhcp4_header *asked = &exchange->request.message.header;
	struct server_lease *lease =
		server_lease_at(exchange->server, exchange->reply.header.yiaddr);
	struct writer w = writer_over(nonce, AUTH_NONCE_SIZE);

	writer_u64(&w, exchange->now);
	writer_bytes(&w, asked->chaddr, AUTH_NONCE_SIZE - 8);
	if (lease)
		memcpy(lease->nonce, nonce, sizeof(lease->nonce));
}

/* What a client asked for by its own option 90, or by option 145. */
static struct auth_option option_for(const struct server_exchange *exchange)
{
	const struct auth_keys *keys = exchange->server->config->keys;
	const struct auth_option asked =
		auth_parse(&exchange->request.message.options);
	struct auth_option option = { .content = AUTH_CONTENT_NONE };

	if (keys && asked.content == AUTH_CONTENT_TOKEN) {
		option.content = AUTH_CONTENT_TOKEN;
		option.size = keys->token_size;
	} else if (keys && (asked.content == AUTH_CONTENT_REQUEST ||
			    asked.content == AUTH_CONTENT_CODE)) {
		option.content = AUTH_CONTENT_CODE;
		option.key_id = keys->keys[0].id;
	} else if (exchange->reply.type == DHCP4_TYPE_ACK &&
		   seal_takes_nonces(exchange)) {
		option.content = AUTH_CONTENT_NONCE;
		draw_nonce(exchange, option.value);
	}
	return option;
}

void seal_reply(const struct server_exchange *exchange, bool second,
		struct writer *w)
{
	struct auth_option option = option_for(exchange);

	if (option.content == AUTH_CONTENT_NONE || w->size - w->used < ROOM)
		return;
	option.replay = 2 * exchange->now + second;
	auth_write(w, &option);
	(void)auth_seal(w->start, w->used, exchange->server->config->keys, NULL);
}

void seal_force_renew(const struct server *server, nsec now, ipv4_addr address,
		      const struct hwaddr *hw, enum seal_force how,
		      struct server_packet *ret)
{
	static const struct auth_keys none;
	const struct server_config *config = server->config;
	const struct server_lease *lease = server_lease_at(server, address);
	struct dhcp4_header header = {
		.op = DHCP4_OP_REPLY,
		.htype = ARP_HTYPE_ETHERNET,
		.hlen = hw->size,
		.xid = FORCE_XID,
		.ciaddr = address,
	};
	struct auth_option option = {
		.content = config->nonces ? AUTH_CONTENT_NONCE_CODE
					  : AUTH_CONTENT_CODE,
		.replay = how == SEAL_FORCE_REPLAYED ? 1 : 2 * now,
		.key_id = config->keys ? config->keys->keys[0].id : 0,
	};
	struct writer w =
		writer_over(ret->bytes + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);
	bool all = how == SEAL_FORCE_BROADCAST;

	memcpy(header.chaddr, hw->bytes, hw->size);
	dhcp4_message_begin(&w, &header, DHCP4_TYPE_FORCERENEW);
	option_write_u32(&w, DHCP4_OPTION_SERVER_ID, server_id(server));
	dhcp4_message_end(&w, 0);
	if (how != SEAL_FORCE_UNPROVEN)
		auth_write(&w, &option);
	(void)auth_seal(w.start, w.used,
			how == SEAL_FORCE_FORGED ? &none : config->keys,
			lease && how != SEAL_FORCE_FORGED ? lease->nonce : NULL);
	ret->copies = 1;
	ret->at = now;
	ret->type = DHCP4_TYPE_FORCERENEW;
	ret->yiaddr = IPV4_ANY;
	ret->destination = all ? IPV4_BROADCAST : address;
	ret->destination_hw = all ? (struct hwaddr){ 0 } : *hw;
	ret->size = FRAME_HEADERS_SIZE + w.used;
	frame_seal(ret->bytes, w.used,
		   &(struct datagram){ .source = config->address,
				       .destination = ret->destination,
				       .source_port = DHCP4_SERVER_PORT,
				       .destination_port = DHCP4_CLIENT_PORT });
}
