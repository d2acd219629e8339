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

struct dhcp4_offer offer_take_best(struct dhcp4_offer_pool *pool,
				   struct dhcp4_offer_list *list)
{
	unsigned best = 0;
	uint8_t slot;

	ASSERT(list->count > 0);
	for (unsigned i = 1; i < list->count; i++) {
		if (pool->slot[list->slot[i]].score >
		    pool->slot[list->slot[best]].score)
			best = i;
	}
	slot = list->slot[best];
	list->count--;
	for (unsigned i = best; i < list->count; i++)
		list->slot[i] = list->slot[i + 1];
	pool->used &= ~(UINT64_C(1) << slot);
	return pool->slot[slot];
}

void offer_clear(struct dhcp4_offer_pool *pool, struct dhcp4_offer_list *list)
{
	while (list->count)
		pool->used &= ~(UINT64_C(1) << list->slot[--list->count]);
}
