/* SPDX-License-Identifier: BSD-2-Clause */
/* Known servers and held changes to JSON; see report.c for what cannot be made. */
#include "daemon/report_servers.h"

#include "daemon/rules.h"
#include "lease/report_leaf.h"

static json_t *known_server(const struct pin_network *network,
			    const struct pin_server *server)
{
	const struct pin_place *place = &network->place;

	return json_pack("{s:o, s:o, s:o, s:o}", "server",
			 report_ipv4_or_null(server->id), "hardwareAddress",
			 report_hex(server->hw.bytes, server->hw.size), "network",
			 report_hex(place->name.bytes, place->name.size),
			 "router", report_ipv4_or_null(place->router));
}

static json_t *known_servers(const struct pins *pins)
{
	json_t *list = json_array();

	for (unsigned n = 0; pins && n < pins->count; n++) {
		const struct pin_network *network = &pins->networks[n];

		for (unsigned i = 0; i < network->count; i++) {
			if (json_array_append_new(
				    list, known_server(network,
						       &network->servers[i])) < 0)
				goto failed;
		}
	}
	return list;
failed:
	json_decref(list);
	return NULL;
}

/* Names of options. */
static json_t *held_changes(uint8_t changes)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < CHANGES_COUNT; bit++) {
		uint8_t code = changes_option(bit);

		if ((changes >> bit & 1) &&
		    json_array_append_new(list, json_string(option_name(code))) <
			    0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

void report_servers(json_t **object, const struct iface *iface, bool all)
{
	report_put(object, "serverPin",
		   json_string(server_pin_names[iface->config.server_pin]));
	report_put(object, "knownServers",
		   all ? known_servers(iface->pins) : json_null());
	report_put(object, "heldChanges", held_changes(iface->client->held));
}
