/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be said of how an address is got, and of whom. */
#include <string.h>

#include "base/ipv4.h"
#include "base/str.h"
#include "daemon/rules.h"
#include "daemon/settings.h"

_Static_assert(DHCP4_SERVER_RULES_MAX == 8 &&
		       SETTINGS_OFFER_WINDOW_MAX_MS == 10000,
	       "the texts of this file say these numbers");

const char *rule_request(const char *value, void *field)
{
	ipv4_addr *ret = field, address;

	if (str_to_ipv4(value, &address) && ipv4_is_host(address)) {
		*ret = address;
		return NULL;
	}
	/* For dhclient and dhcpcd -r is something else. */
	if (str_is_letter(*value))
		return "must be an IPv4 address to request; to release a lease: "
		       "tenurectl release NAME";
	return "must be the IPv4 address of a host, as in 192.0.2.7";
}

const char *rule_broadcast(const char *value, void *field)
{
	static const char *const names[DHCP4_BROADCAST_COUNT] = {
		[DHCP4_BROADCAST_AUTO] = "auto",
		[DHCP4_BROADCAST_YES] = "yes",
		[DHCP4_BROADCAST_NO] = "no",
	};
	size_t found = rule_word(names, DHCP4_BROADCAST_COUNT, value);

	if (found == DHCP4_BROADCAST_COUNT)
		return "must be auto, yes or no";
	*(enum dhcp4_broadcast *)field = (enum dhcp4_broadcast)found;
	return NULL;
}

const char *rule_offer_window(const char *value, void *field)
{
	uint32_t *window_ms = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_OFFER_WINDOW_MAX_MS, &number))
		return "must be a number of milliseconds from 0 (the default: "
		       "the first offer is taken) to 10000";
	*window_ms = (uint32_t)number;
	return NULL;
}

const char *rule_servers(const char *value, void *field)
{
	struct dhcp4_server_list list = { .count = 0 };
	const char *at = value + strspn(value, RULE_SEPARATORS);

	while (*at) {
		size_t length = strcspn(at, RULE_SEPARATORS);

		if (list.count == DHCP4_SERVER_RULES_MAX)
			return "names more than 8 servers; a prefix, as in "
			       "192.0.2.0/24, stands for many";
		if (!rule_read_prefix(at, length, &list.rules[list.count++]))
			return "must be addresses of servers or prefixes, with "
			       "commas between them, as in "
			       "192.0.2.1,198.51.100.0/24";
		at += length;
		at += strspn(at, RULE_SEPARATORS);
	}
	memcpy(field, &list, sizeof(list));
	return NULL;
}

const char *rule_subnet(const char *value, void *field)
{
	struct ipv4_prefix subnet;

	/* RFC 3011 2: it goes without a mask, which only checks it here. */
	if (!rule_read_prefix(value, strlen(value), &subnet) ||
	    !ipv4_is_host(subnet.address))
		return "must be the address of a subnet, as in 192.0.2.0 or "
		       "192.0.2.0/24";
	memcpy(field, &subnet.address, sizeof(subnet.address));
	return NULL;
}

const char *rule_inform(const char *value, void *field)
{
	struct iface_settings *iface = field;
	ipv4_addr address = IPV4_ANY;
	bool own = strcmp(value, "auto") == 0;

	if (!own && !(str_to_ipv4(value, &address) && ipv4_is_host(address)))
		return "must be the IPv4 address that the interface has by other "
		       "means, as in 192.0.2.7, or auto for its present one";
	iface->inform.own = own;
	iface->inform.address = address;
	return NULL;
}

const char *rule_inform_server(const char *value, void *field)
{
	ipv4_addr address;

	if (!str_to_ipv4(value, &address) || !ipv4_is_host(address))
		return "must be the IPv4 address of a server, as in 192.0.2.1";
	*(ipv4_addr *)field = address;
	return NULL;
}

const char *rule_auth(const char *value, void *field)
{
	static const char *const names[DHCP4_AUTH_COUNT] = {
		[DHCP4_AUTH_NONE] = "none",
		[DHCP4_AUTH_TOKEN] = "token",
		[DHCP4_AUTH_DELAYED] = "delayed",
	};
	size_t found = rule_word(names, DHCP4_AUTH_COUNT, value);

	if (found == DHCP4_AUTH_COUNT)
		return "must be none, token or delayed";
	*(enum dhcp4_auth *)field = (enum dhcp4_auth)found;
	return NULL;
}

const char *const server_pin_names[SERVER_PIN_COUNT] = {
	[SERVER_PIN_OFF] = "off",
	[SERVER_PIN_LEARN] = "learn",
	[SERVER_PIN_STRICT] = "strict",
};

const char *rule_server_pin(const char *value, void *field)
{
	size_t found = rule_word(server_pin_names, SERVER_PIN_COUNT, value);

	if (found == SERVER_PIN_COUNT)
		return "must be off, learn or strict";
	*(enum server_pin *)field = (enum server_pin)found;
	return NULL;
}

const char *rule_renew_changes(const char *value, void *field)
{
	static const char *const names[RENEW_CHANGES_COUNT] = {
		[RENEW_CHANGES_APPLY] = "apply",
		[RENEW_CHANGES_HOLD] = "hold",
	};
	size_t found = rule_word(names, RENEW_CHANGES_COUNT, value);

	if (found == RENEW_CHANGES_COUNT)
		return "must be apply or hold";
	*(enum renew_changes *)field = (enum renew_changes)found;
	return NULL;
}
