/* SPDX-License-Identifier: BSD-2-Clause */
/* The core has no idea that it is not the first time. */
#include "core/replay.h"

/* The snapshot is somebody else's, and may be gone at the next step. */
static void hold(struct replay *r, const struct dhcp4_snapshot *snapshot)
{
	r->config = snapshot->config;
	r->encoded = snapshot->shared.encoded;
	r->override = snapshot->shared.override;
}

/* Its configuration, for as long as the replay lies where it does. */
static struct dhcp4_config pointing(const struct replay *r)
{
	struct dhcp4_config config = r->config;

	config.encoded = &r->encoded;
	config.override = &r->override;
	return config;
}

void replay_begin(struct replay *r, const struct dhcp4_snapshot *snapshot)
{
	*r = (struct replay){ 0 };
	snapshot_restore(snapshot, &r->client, &r->config, &r->pool);
	hold(r, snapshot);
}

void replay_snapshot(const struct replay *r, struct dhcp4_snapshot *ret)
{
	const struct dhcp4_config config = pointing(r);

	snapshot_take(&r->client, &config, &r->pool, ret);
}

void replay_write(const struct replay *r, struct writer *w)
{
	const struct dhcp4_config config = pointing(r);

	record_write_snapshot(w, &r->client, &config, &r->pool);
}

const char *replay_check(struct replay *r, const struct dhcp4_snapshot *snapshot)
{
	struct dhcp4_snapshot own;

	replay_snapshot(r, &own);
	hold(r, snapshot);
	return snapshot_difference(&own, snapshot);
}

/*
 * Other clients' offers fill the pool but for so many slots. Which ones is of no
 * matter: a list has its own order.
 */
static bool fill_pool(struct replay *r, unsigned free_slots)
{
	const struct dhcp4_offer_list *own = &r->client.offers;
	uint64_t used = 0;

	if (free_slots + own->count > DHCP4_POOL_SIZE)
		return false;
	for (unsigned i = 0; i < own->count; i++)
		used |= UINT64_C(1) << own->slot[i];
	r->pool.used = used;
	for (unsigned i = 0; offer_pool_free(&r->pool) > free_slots; i++)
		r->pool.used |= UINT64_C(1) << i;
	return true;
}

bool replay_step(struct replay *r, const struct record_event *record)
{
	if (record->event.now < r->client.now ||
	    !fill_pool(r, record->free_slots))
		return false;
	r->config.encoded = &r->encoded;
	r->config.override = &r->override;
	dhcp4_step(&r->client, &r->config, &r->pool, &record->event, &r->effects);
	r->config.encoded = NULL;
	r->config.override = NULL;
	r->want = dhcp4_want(&r->client);
	return true;
}

bool replay_agrees(const struct replay *r, const struct record_event *record)
{
	return record_digest(&r->effects, &r->want) == record->digest;
}
