/* SPDX-License-Identifier: BSD-2-Clause */
/* Known servers and held changes to JSON; see report.c for what cannot be made. */
#include "daemon/report_servers.h"

#include "base/str.h"

static json_t *ipv4(ipv4_addr address)
{
	char text[sizeof("255.255.255.255")];
	struct str s = str_over(text, sizeof(text));

	if (!address)
		return json_null();
	str_ipv4(&s, address);
	return json_string(text);
}

static json_t *hex(const uint8_t *bytes, size_t size)
{
	char text[3 * NETWORK_ID_MAX + 1];
	struct str s = str_over(text, sizeof(text));

	if (!size)
		return json_null();
	str_hex(&s, bytes, size, ':');
	return json_string(text);
}

static json_t *known_server(const struct pin_network *network,
			    const struct pin_server *server)
{
	const struct pin_place *place = &network->place;

	return json_pack("{s:o, s:o, s:o, s:o}", "server", ipv4(server->id),
			 "hardwareAddress",
			 hex(server->hw.bytes, server->hw.size), "network",
			 hex(place->name.bytes, place->name.size), "router",
			 ipv4(place->router));
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
		    json_array_append_new(
			    list, json_string(option_rule(code)->name)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static void put(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) < 0) {
		json_decref(*object);
		*object = NULL;
	}
}

void report_servers(json_t **object, const struct iface *iface, bool all)
{
	static const char *const pins[SERVER_PIN_COUNT] = {
		[SERVER_PIN_OFF] = "off",
		[SERVER_PIN_LEARN] = "learn",
		[SERVER_PIN_STRICT] = "strict",
	};

	put(object, "serverPin", json_string(pins[iface->config.server_pin]));
	put(object, "knownServers",
	    all ? known_servers(iface->pins) : json_null());
	put(object, "heldChanges", held_changes(iface->client.held));
}
