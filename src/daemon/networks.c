/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which networks are told apart, and by what: their names if both have one, else
 * their routers, else subnets that have nothing in common.
 */
#include "daemon/networks.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

bool network_id_read(const char *text, struct network_id *ret)
{
	struct network_id id = { 0 };
	size_t length = strlen(text);

	if (strchr(text, ':')) {
		int size = str_to_hex(text, id.bytes, sizeof(id.bytes));

		if (size < 1)
			return false;
		id.size = (uint8_t)size;
	} else {
		if (length == 0 || length > sizeof(id.bytes) ||
		    !str_is_printable(text))
			return false;
		memcpy(id.bytes, text, length);
		id.size = (uint8_t)length;
	}
	*ret = id;
	return true;
}

/* ---- one network or two -------------------------------------------------- */

static bool knows_router(const struct dhcp4_lease *lease)
{
	return lease->router_hw.size != 0;
}

static bool has_other_name(const struct dhcp4_lease *a,
			   const struct dhcp4_lease *b)
{
	return a->network.size && b->network.size &&
	       !network_id_equal(&a->network, &b->network);
}

/* The same lease as before, renewed or found again. */
static bool goes_on(const struct dhcp4_lease *a, const struct dhcp4_lease *b)
{
	return a->address == b->address && a->server_id == b->server_id &&
	       !has_other_name(a, b);
}

/* What is not known counts as the same: a lease too few harms nobody. */
static bool tells_apart(const struct dhcp4_lease *a, const struct dhcp4_lease *b)
{
	uint8_t shorter = a->prefix_length < b->prefix_length ? a->prefix_length
							      : b->prefix_length;

	if (a->network.size && b->network.size)
		return has_other_name(a, b);
	if (knows_router(a) && knows_router(b))
		return a->router != b->router ||
		       !hwaddr_equal(&a->router_hw, &b->router_hw);
	return !ipv4_in(a->address, b->address & ipv4_mask(shorter), shorter);
}

/* The newer lease takes the place of the older one. */
static bool replaces(const struct dhcp4_lease *newer,
		     const struct dhcp4_lease *older)
{
	return goes_on(older, newer) ||
	       (knows_router(newer) && !tells_apart(older, newer));
}

/* ---- slots ---------------------------------------------------------------- */

/* Loads the lease of a slot, if it is of any use; else removes it. */
static bool load(const struct network_slots *slots, unsigned slot, nsec now,
		 struct lease_file *ret)
{
	if (slots->load(slots, slot, ret) < 0)
		return false;
	if (ret->lease.expiry_ns > now)
		return true;
	if (slot > 0)
		slots->remove(slots, slot);
	return false;
}

/*
 * Removes what a newer lease makes useless: while its router is not known, only
 * what it continues. Returns the first free slot behind 0, or the last one.
 */
static unsigned tidy_up(const struct network_slots *slots,
			const struct dhcp4_lease *newer, nsec now)
{
	unsigned slot_free = NETWORKS_MAX - 1;

	for (unsigned slot = NETWORKS_MAX - 1; slot > 0; slot--) {
		struct lease_file file;

		if (!load(slots, slot, now, &file)) {
			slot_free = slot;
		} else if (replaces(newer, &file.lease)) {
			slots->remove(slots, slot);
			slot_free = slot;
		}
	}
	return slot_free;
}

void networks_make_room(const struct network_slots *slots,
			const struct dhcp4_lease *lease, nsec now)
{
	struct lease_file present;
	unsigned slot;

	slot = tidy_up(slots, lease, now);
	if (!load(slots, 0, now, &present) || replaces(lease, &present.lease) ||
	    (!knows_router(&present.lease) && !present.lease.network.size))
		return;
	for (; slot > 0; slot--)
		slots->move(slots, slot - 1, slot);
}

void networks_known(const struct network_slots *slots,
		    const struct dhcp4_config *config,
		    const struct dhcp4_lease *own, nsec now,
		    struct attach_known *ret)
{
	struct dhcp4_lease newer[1 + NETWORKS_MAX];
	unsigned count = 0, used = 0;

	*ret = (struct attach_known){ 0 };
	if (own)
		newer[count++] = *own;
	for (unsigned slot = 0; slot < NETWORKS_MAX; slot++) {
		struct lease_file file;
		bool apart = true;

		if (!load(slots, slot, now, &file))
			continue;
		for (unsigned i = 0; i < count; i++)
			apart = apart && tells_apart(&newer[i], &file.lease);
		newer[count++] = file.lease;
		if (apart && used < ATTACH_OTHERS_MAX &&
		    dhcp4_node_of(&file.lease, config, (uint8_t)(slot + 1), now,
				  &ret->node[used]))
			used++;
	}
}

int networks_find(const struct network_slots *slots,
		  const struct network_id *id, nsec now, struct lease_file *ret)
{
	for (unsigned slot = 0; slot < NETWORKS_MAX; slot++) {
		if (load(slots, slot, now, ret) &&
		    network_id_equal(&ret->lease.network, id))
			return (int)slot;
	}
	return -ENOENT;
}

void networks_recall(const struct network_slots *slots, unsigned slot)
{
	if (slot == 0)
		return;
	slots->move(slots, slot, NETWORKS_SPARE);
	for (; slot > 0; slot--)
		slots->move(slots, slot - 1, slot);
	slots->move(slots, NETWORKS_SPARE, 0);
}
