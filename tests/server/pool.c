/* SPDX-License-Identifier: BSD-2-Clause */
/* All searches are linear: pools of tests are small. */
#include "server/pool.h"

#include <string.h>

#include "base/assert.h"

static size_t range_size(ipv4_addr first, ipv4_addr last)
{
	ASSERT(first <= last);
	return first ? (size_t)(last - first) + 1 : 0;
}

size_t server_pool_size(const struct server_config *config)
{
	size_t size = range_size(config->pool_first, config->pool_last);

	for (unsigned i = 0; i < config->subnet_count; i++)
		size += range_size(config->subnets[i].pool_first,
				   config->subnets[i].pool_last);
	return size + config->reservation_count;
}

static const struct server_subnet *find_relayed(const struct server_config *config,
						ipv4_addr address)
{
	for (unsigned i = 0; i < config->subnet_count; i++) {
		const struct server_subnet *subnet = &config->subnets[i];

		if (ipv4_in(address, subnet->router, subnet->prefix_length))
			return subnet;
	}
	return NULL;
}

bool server_serves(const struct server_config *config, ipv4_addr address)
{
	return ipv4_in(address, config->address, config->prefix_length) ||
	       find_relayed(config, address);
}

static const struct server_subnet *find_subnet(const struct server *server,
					       ipv4_addr address)
{
	if (ipv4_in(address, server->own.router, server->own.prefix_length))
		return &server->own;
	return find_relayed(server->config, address);
}

static void add_pool(struct server *server, const struct server_subnet *subnet)
{
	size_t size = range_size(subnet->pool_first, subnet->pool_last);

	for (size_t i = 0; i < size; i++)
		server->leases[server->lease_count++] = (struct server_lease){
			.address = subnet->pool_first + (ipv4_addr)i,
			.subnet = subnet,
		};
}

static void add_reservation(struct server *server,
			    const struct server_reservation *reservation)
{
	struct server_lease *lease =
		server_lease_at(server, reservation->address);

	if (!lease) {
		lease = &server->leases[server->lease_count++];
		*lease = (struct server_lease){
			.address = reservation->address,
			.subnet = find_subnet(server, reservation->address),
		};
		ASSERT(lease->subnet);
	}
	lease->reservation = reservation;
}

void server_init(struct server *server, const struct server_config *config,
		 struct server_lease *leases)
{
	*server = (struct server){
		.config = config,
		.leases = leases,
		.own = { .router = config->address,
			 .prefix_length = config->prefix_length,
			 .pool_first = config->pool_first,
			 .pool_last = config->pool_last },
	};
	add_pool(server, &server->own);
	for (unsigned i = 0; i < config->subnet_count; i++)
		add_pool(server, &config->subnets[i]);
	for (unsigned i = 0; i < config->reservation_count; i++)
		add_reservation(server, &config->reservations[i]);
}

void server_forget(struct server *server)
{
	for (size_t i = 0; i < server->lease_count; i++) {
		server->leases[i].state = SERVER_LEASE_FREE;
		server->leases[i].client.size = 0;
	}
}

struct server_lease *server_lease_at(const struct server *server,
				     ipv4_addr address)
{
	for (size_t i = 0; i < server->lease_count; i++) {
		if (server->leases[i].address == address)
			return &server->leases[i];
	}
	return NULL;
}

const struct server_subnet *pool_subnet(const struct server *server,
					const struct server_request *request)
{
	const struct dhcp4_header *header = &request->message.header;
	const struct server_subnet *subnet = NULL;

	if (header->giaddr)
		return find_subnet(server, header->giaddr);
	if (header->ciaddr && request->destination != IPV4_BROADCAST)
		subnet = find_subnet(server, header->ciaddr);
	return subnet ? subnet : &server->own;
}

static bool reservation_is_for(const struct server_reservation *reservation,
			       const struct server_request *request)
{
	const struct dhcp4_header *header = &request->message.header;
	const struct hwaddr *hw = &reservation->hw;

	if (reservation->client.size)
		return client_id_equal(&reservation->client, &request->client);
	return hw->size == header->hlen && hw->size <= DHCP4_CHADDR_SIZE &&
	       memcmp(hw->bytes, header->chaddr, hw->size) == 0;
}

static bool is_taken(const struct server_lease *lease, nsec now)
{
	return lease->state != SERVER_LEASE_FREE && lease->expiry > now;
}

bool pool_suits(const struct server_lease *lease,
		const struct server_exchange *exchange)
{
	if (lease->reservation &&
	    !reservation_is_for(lease->reservation, &exchange->request))
		return false;
	/* What was declined has no client. */
	return !is_taken(lease, exchange->now) ||
	       client_id_equal(&lease->client, &exchange->request.client);
}

bool pool_is_of(const struct server_lease *lease,
		const struct server_request *request)
{
	return client_id_equal(&lease->client, &request->client) ||
	       (lease->reservation &&
		reservation_is_for(lease->reservation, request));
}

/*
 * How well an address suits a client, by the order of RFC 2131 4.3.1: the one
 * reserved for it, its present one, its last one, the one it asks for, a new
 * one, one that somebody else has had (these last two the other way round for a
 * thrifty server). 0: not at all.
 */
static unsigned rank(const struct server_lease *lease,
		     const struct server_exchange *exchange)
{
	if (lease->subnet != exchange->subnet || !pool_suits(lease, exchange))
		return 0;
	if (lease->reservation)
		return 6;
	if (client_id_equal(&lease->client, &exchange->request.client))
		return is_taken(lease, exchange->now) ? 5 : 4;
	if (lease->address == exchange->request.address)
		return 3;
	return (lease->client.size != 0) == exchange->server->config->thrifty
		       ? 2
		       : 1;
}

struct server_lease *pool_choose(const struct server_exchange *exchange)
{
	const struct server *server = exchange->server;
	struct server_lease *best = NULL;
	unsigned best_rank = 0;

	for (size_t i = 0; i < server->lease_count; i++) {
		unsigned its = rank(&server->leases[i], exchange);

		if (its > best_rank) {
			best_rank = its;
			best = &server->leases[i];
		}
	}
	return best;
}

struct server_lease *pool_named(const struct server_exchange *exchange)
{
	struct server_lease *lease =
		server_lease_at(exchange->server, exchange->request.address);

	return lease && lease->subnet == exchange->subnet ? lease : NULL;
}

bool pool_knows(const struct server_exchange *exchange)
{
	const struct server *server = exchange->server;

	for (size_t i = 0; i < server->lease_count; i++) {
		if (server->leases[i].subnet == exchange->subnet &&
		    pool_is_of(&server->leases[i], &exchange->request))
			return true;
	}
	return false;
}

void pool_withdraw(const struct server_exchange *exchange)
{
	const struct server *server = exchange->server;

	for (size_t i = 0; i < server->lease_count; i++) {
		struct server_lease *lease = &server->leases[i];

		if (lease->state == SERVER_LEASE_OFFERED &&
		    client_id_equal(&lease->client, &exchange->request.client))
			lease->state = SERVER_LEASE_FREE;
	}
}

void pool_take(struct server_lease *lease, enum server_lease_state state,
	       const struct server_exchange *exchange, uint32_t seconds)
{
	nsec duration = seconds == DHCP4_LEASE_INFINITE ? NSEC_NEVER
							: seconds * NSEC_PER_S;

	lease->state = state;
	lease->client = exchange->request.client;
	lease->expiry = nsec_add(exchange->now, duration);
}
