/* SPDX-License-Identifier: BSD-2-Clause */
/* Known networks, from the store to the core; which of them it is, that decides. */
#include "daemon/known.h"

#include "daemon/log.h"
#include "daemon/networks.h"
#include "daemon/store.h"
#include "daemon/storing.h"

void daemon_known(struct iface *i, nsec now, struct attach_known *ret)
{
	struct managed *m = managed_of(i);
	struct store_networks networks =
		store_networks(m->daemon->store, i->name, now);
	bool has = i->client->tenure != DHCP4_TENURE_NONE;

	networks_known(&networks.slots, &i->config,
		       has ? &i->client->lease : NULL,
		       has && storing_is_stored(m), now, ret);
}

static void recall(struct managed *m, const struct network_slots *slots,
		   unsigned slot, const struct lease_file *file, nsec now)
{
	networks_recall(slots, slot);
	storing_replaced(m);
	iface_recalled(&m->iface, &file->lease,
		       file->time_known && m->settings->configure, now);
}

void daemon_recall(struct iface *i, uint8_t index, nsec now)
{
	struct managed *m = managed_of(i);
	struct store_networks networks =
		store_networks(m->daemon->store, i->name, now);
	struct lease_file file;

	if (networks.slots.load(&networks.slots, index - 1U, &file) < 0)
		return;
	recall(m, &networks.slots, index - 1U, &file, now);
}

/* The name of where we are, as far as anybody told. */
static const struct network_id *present_name(const struct iface *i)
{
	if (i->config.network.size || i->client->tenure == DHCP4_TENURE_NONE)
		return &i->config.network;
	return &i->client->lease.network;
}

static void recall_by_name(struct managed *m, nsec now)
{
	struct iface *i = &m->iface;
	struct store_networks networks =
		store_networks(m->daemon->store, i->name, now);
	struct lease_file file;
	int slot;

	if (!i->config.known_networks)
		return;
	slot = networks_find(&networks.slots, &i->config.network, now, &file);
	if (slot < 0)
		return;
	recall(m, &networks.slots, (unsigned)slot, &file, now);
}

/* As if the carrier had been lost: what is leased is confirmed. */
static void confirm_lease(struct iface *i, nsec now)
{
	bool leased = i->client->state == DHCP4_STATE_BOUND ||
		      i->client->state == DHCP4_STATE_RENEWING ||
		      i->client->state == DHCP4_STATE_REBINDING;

	/* The lease takes the name in any case. */
	iface_reconfigured(i, false, now);
	if (!leased || now < i->client->restart_at)
		return;
	iface_carrier(i, false, now);
	iface_carrier(i, true, now);
}

void daemon_name_network(struct managed *m, const struct network_id *id, nsec now)
{
	struct iface *i = &m->iface;
	const struct network_id before = *present_name(i);
	bool carrier = i->client->carrier;

	i->config.network = *id;
	if (before.size && !network_id_equal(&before, id)) {
		log_about(i->name, LOG_LEVEL_INFO, "another network");
		iface_moved(i, now);
		recall_by_name(m, now);
		iface_carrier(i, carrier, now);
	} else if (i->client->tenure == DHCP4_TENURE_NONE) {
		recall_by_name(m, now);
	} else {
		confirm_lease(i, now);
	}
}
