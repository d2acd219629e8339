/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Offers that wait to be chosen from, in a pool that all clients of a process
 * share and its owner keeps: an offer lives for a moment, a client for years.
 */
#ifndef CORE_OFFER_H
#define CORE_OFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/auth.h"
#include "core/frame.h"

struct dhcp4_offer {
	ipv4_addr address;
	ipv4_addr server_id;
	uint32_t v6only_s;    /* it asks to do without IPv4 for so long; or 0 */
	uint16_t score;	      /* more is better (choice.c) */
	enum dhcp4_auth auth; /* how it was authenticated */
	uint32_t auth_key;
	bool nonce_capable;   /* its server sends nonces (RFC 6704) */
	struct hwaddr source; /* where it came from */
};

#define DHCP4_POOL_SIZE	 64
#define DHCP4_OFFERS_MAX 4

struct dhcp4_offer_pool {
	uint64_t used; /* a bit a slot */
	struct dhcp4_offer slot[DHCP4_POOL_SIZE];
};

/* The offers of one client, by slot, in the order of their arrival. */
struct dhcp4_offer_list {
	uint8_t count;
	uint8_t slot[DHCP4_OFFERS_MAX];
};

unsigned offer_pool_free(const struct dhcp4_offer_pool *);

/*
 * Keeps an offer, instead of the same server's earlier one; false if the list or
 * the pool is full.
 */
bool offer_keep(struct dhcp4_offer_pool *, struct dhcp4_offer_list *,
		const struct dhcp4_offer *);

/*
 * Takes the best out of a list: the first of those with the highest score. The
 * list must not be empty.
 */
struct dhcp4_offer offer_take_best(struct dhcp4_offer_pool *,
				   struct dhcp4_offer_list *);

/* Gives all slots of a list back. */
void offer_clear(struct dhcp4_offer_pool *, struct dhcp4_offer_list *);

#endif
