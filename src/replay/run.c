/* SPDX-License-Identifier: BSD-2-Clause */
/* The core has no idea that it is not the first time. */
#include "replay/run.h"

void run_begin(struct run *run, const struct dhcp4_snapshot *snapshot)
{
	*run = (struct run){ 0 };
	snapshot_restore(snapshot, &run->client, &run->config, &run->pool);
}

void run_snapshot(const struct run *run, struct dhcp4_snapshot *ret)
{
	snapshot_take(&run->client, &run->config, &run->pool, ret);
}

const char *run_check(struct run *run, const struct dhcp4_snapshot *snapshot)
{
	struct dhcp4_snapshot own;

	run_snapshot(run, &own);
	run->config = snapshot->config;
	return snapshot_difference(&own, snapshot);
}

/*
 * Other clients' offers fill the pool but for so many slots. Which ones is of no
 * matter: a list has its own order.
 */
static bool fill_pool(struct run *run, unsigned free_slots)
{
	const struct dhcp4_offer_list *own = &run->client.offers;
	uint64_t used = 0;

	if (free_slots + own->count > DHCP4_POOL_SIZE)
		return false;
	for (unsigned i = 0; i < own->count; i++)
		used |= UINT64_C(1) << own->slot[i];
	run->pool.used = used;
	for (unsigned i = 0; offer_pool_free(&run->pool) > free_slots; i++)
		run->pool.used |= UINT64_C(1) << i;
	return true;
}

bool run_step(struct run *run, const struct record_event *record)
{
	if (record->event.now < run->client.now ||
	    !fill_pool(run, record->free_slots))
		return false;
	dhcp4_step(&run->client, &run->config, &run->pool, &record->event,
		   &run->effects);
	run->want = dhcp4_want(&run->client);
	return true;
}

bool run_agrees(const struct run *run, const struct record_event *record)
{
	return record_digest(&run->effects, &run->want) == record->digest;
}
