/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which networks are told apart, and by what: their names if both have one, else
 * their routers, else subnets that have nothing in common.
 */
#include "daemon/networks.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "host/shortage.h"

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

/* What a lease says of its network; a lease itself is twenty times as long. */
struct trace {
	ipv4_addr address, router;
	uint8_t prefix_length;
	struct hwaddr router_hw;
	struct network_id network;
};

static struct trace trace_of(const struct dhcp4_lease *lease)
{
	return (struct trace){
		.address = lease->address,
		.router = lease->router,
		.prefix_length = lease->prefix_length,
		.router_hw = lease->router_hw,
		.network = lease->network,
	};
}

static bool knows_router(const struct dhcp4_lease *lease)
{
	return lease->router_hw.size != 0;
}

static bool has_other_name(const struct network_id *a, const struct network_id *b)
{
	return a->size && b->size && !network_id_equal(a, b);
}

/* The same lease as before, renewed or found again. */
static bool goes_on(const struct dhcp4_lease *a, const struct dhcp4_lease *b)
{
	return a->address == b->address && a->server_id == b->server_id &&
	       !has_other_name(&a->network, &b->network);
}

/* What is not known counts as the same: a lease too few harms nobody. */
static bool tells_apart(const struct trace *a, const struct trace *b)
{
	uint8_t shorter = a->prefix_length < b->prefix_length ? a->prefix_length
							      : b->prefix_length;

	if (a->network.size && b->network.size)
		return has_other_name(&a->network, &b->network);
	if (a->router_hw.size && b->router_hw.size)
		return a->router != b->router ||
		       !hwaddr_equal(&a->router_hw, &b->router_hw);
	return !ipv4_in(a->address, b->address & ipv4_mask(shorter), shorter);
}

/* The newer lease takes the place of the older one. */
static bool replaces(const struct dhcp4_lease *newer,
		     const struct dhcp4_lease *older)
{
	struct trace former = trace_of(older), present = trace_of(newer);

	return goes_on(older, newer) ||
	       (knows_router(newer) && !tells_apart(&former, &present));
}

/* ---- slots ---------------------------------------------------------------- */

/*
 * Loads the lease of a slot. 0; -ENOENT: there is none of any use, and an expired
 * one is removed; or -errno: there is one that cannot be read.
 */
static int load(const struct network_slots *slots, unsigned slot, nsec now,
		struct lease_file *ret)
{
	int r = slots->load(slots, slot, ret);

	if (r < 0)
		return r == -EBADMSG ? -ENOENT : r;
	if (ret->lease.expiry_ns > now)
		return 0;
	if (slot > 0)
		slots->remove(slots, slot);
	return -ENOENT;
}

/*
 * Removes what a newer lease makes useless: while its router is not known, only
 * what it continues. Returns the first free slot behind 0, or the last one; or
 * -errno: that cannot be told now. Each file is read into *file.
 */
static int tidy_up(const struct network_slots *slots,
		   const struct dhcp4_lease *newer, nsec now,
		   struct lease_file *file)
{
	unsigned slot_free = NETWORKS_MAX - 1;

	for (unsigned slot = NETWORKS_MAX - 1; slot > 0; slot--) {
		int r = load(slots, slot, now, file);

		if (shortage_is(r))
			return r;
		if (r == 0 && replaces(newer, &file->lease)) {
			slots->remove(slots, slot);
			r = -ENOENT;
		}
		if (r == -ENOENT)
			slot_free = slot;
	}
	return (int)slot_free;
}

/* What is neither known by its router nor by a name is not found again. */
static bool is_worth_keeping(const struct dhcp4_lease *lease)
{
	return knows_router(lease) || lease->network.size;
}

int networks_make_room(const struct network_slots *slots,
		       const struct dhcp4_lease *lease, nsec now)
{
	struct lease_file file;
	int slot = tidy_up(slots, lease, now, &file), r;

	if (slot < 0)
		return slot;
	r = load(slots, 0, now, &file);
	if (shortage_is(r))
		return r;
	if (r == -ENOENT || (r == 0 && (replaces(lease, &file.lease) ||
					!is_worth_keeping(&file.lease))))
		return 0;
	for (; slot > 0; slot--)
		slots->move(slots, (unsigned)slot - 1, (unsigned)slot);
	return 0;
}

void networks_known(const struct network_slots *slots,
		    const struct dhcp4_config *config,
		    const struct dhcp4_lease *own, bool stored, nsec now,
		    struct attach_known *ret)
{
	struct trace newer[1 + NETWORKS_MAX];
	unsigned count = 0, used = 0;

	*ret = (struct attach_known){ 0 };
	if (own)
		newer[count++] = trace_of(own);
	for (unsigned slot = stored ? 1 : 0; slot < NETWORKS_MAX; slot++) {
		struct lease_file file;
		struct trace trace;
		bool apart = true;

		if (load(slots, slot, now, &file) < 0)
			continue;
		trace = trace_of(&file.lease);
		for (unsigned i = 0; i < count; i++)
			apart = apart && tells_apart(&newer[i], &trace);
		newer[count++] = trace;
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
		if (load(slots, slot, now, ret) == 0 &&
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
