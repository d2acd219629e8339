/* SPDX-License-Identifier: BSD-2-Clause */
/* The pool of offers and one client's list of slots in it. */
#include "core/offer.h"

#include "base/assert.h"

_Static_assert(DHCP4_POOL_SIZE <= 64, "a bit of `used` a slot");

unsigned offer_pool_free(const struct dhcp4_offer_pool *pool)
{
	unsigned count = 0;

	for (unsigned i = 0; i < DHCP4_POOL_SIZE; i++)
		count += !(pool->used >> i & 1);
	return count;
}

bool offer_keep(struct dhcp4_offer_pool *pool, struct dhcp4_offer_list *list,
		const struct dhcp4_offer *offer)
{
	/* A repeated offer, as two relays bring it, is one. */
	for (unsigned i = 0; i < list->count; i++) {
		if (pool->slot[list->slot[i]].server_id == offer->server_id) {
			pool->slot[list->slot[i]] = *offer;
			return true;
		}
	}
	if (list->count == DHCP4_OFFERS_MAX)
		return false;
	for (uint8_t i = 0; i < DHCP4_POOL_SIZE; i++) {
		if (pool->used >> i & 1)
			continue;
		pool->used |= UINT64_C(1) << i;
		pool->slot[i] = *offer;
		list->slot[list->count++] = i;
		return true;
	}
	return false;
}

struct dhcp4_offer offer_best(const struct dhcp4_offer_pool *pool,
			      const struct dhcp4_offer_list *list,
			      ipv4_addr wanted)
{
	ASSERT(list->count > 0);
	for (unsigned i = 0; i < list->count; i++) {
		if (pool->slot[list->slot[i]].address == wanted)
			return pool->slot[list->slot[i]];
	}
	return pool->slot[list->slot[0]];
}

void offer_clear(struct dhcp4_offer_pool *pool, struct dhcp4_offer_list *list)
{
	while (list->count)
		pool->used &= ~(UINT64_C(1) << list->slot[--list->count]);
}
