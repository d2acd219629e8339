/* SPDX-License-Identifier: BSD-2-Clause */
/* A link and what belongs to it. */
#include "ctl/inventory.h"

#include <sys/socket.h>

const struct inventory_family inventory_families[INVENTORY_FAMILIES] = {
	{ AF_INET, "ipv4" },
	{ AF_INET6, "ipv6" },
};

unsigned inventory_family(uint8_t family)
{
	unsigned i = 0;

	while (i < INVENTORY_FAMILIES && inventory_families[i].family != family)
		i++;
	return i;
}

/* By whichever of its nexthops. */
static bool leads_through(const json_t *route, uint32_t index)
{
	const json_t *hop;
	size_t i;

	if (member_number(route, "interfaceIndex") == index)
		return true;
	json_array_foreach (json_object_get(route, "nexthops"), i, hop) {
		if (member_number(hop, "interfaceIndex") == index)
			return true;
	}
	return false;
}

json_t *inventory_link(const struct inventory *v, const struct host_link *link)
{
	json_t *object = host_link_json(&v->by_index, link->message);
	json_t *addresses = json_array(), *families = json_array();

	for (size_t i = 0; i < link->address_count; i++)
		json_array_append_new(
			addresses,
			host_address_json(
				&v->by_index,
				v->by_index.addresses[link->first_address + i]));
	json_object_set_new(object, "addresses", addresses);
	for (unsigned i = 0; i < INVENTORY_FAMILIES; i++) {
		if (leads_through(v->defaults[i], link->index))
			json_array_append_new(
				families,
				json_string(inventory_families[i].name));
	}
	json_object_set_new(object, "defaultFor", families);
	managers_put(v->managers, link, object);
	return object;
}
