/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be said of how an address is got, and what is wrong with the rest. */
#include "daemon/keys_exchange.h"

#include <string.h>

#include "base/ipv4.h"
#include "base/str.h"

#define SEPARATORS ", \t"

_Static_assert(DHCP4_SERVER_RULES_MAX == 8 &&
		       SETTINGS_OFFER_WINDOW_MAX_MS == 10000,
	       "the texts of this file say so");

const char *key_apply_broadcast(const char *value, void *field)
{
	static const char *const names[DHCP4_BROADCAST_COUNT] = {
		[DHCP4_BROADCAST_AUTO] = "auto",
		[DHCP4_BROADCAST_YES] = "yes",
		[DHCP4_BROADCAST_NO] = "no",
	};

	for (unsigned i = 0; i < DHCP4_BROADCAST_COUNT; i++) {
		if (strcmp(names[i], value) == 0) {
			*(enum dhcp4_broadcast *)field = (enum dhcp4_broadcast)i;
			return NULL;
		}
	}
	return "must be auto, yes or no";
}

const char *key_apply_on_off(const char *value, void *field)
{
	bool *flag = field, on = strcmp(value, "on") == 0;

	if (!on && strcmp(value, "off") != 0)
		return "must be on or off";
	*flag = on;
	return NULL;
}

const char *key_apply_offer_window(const char *value, void *field)
{
	uint32_t *window_ms = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_OFFER_WINDOW_MAX_MS, &number))
		return "must be a number of milliseconds from 0 (the default: "
		       "the first offer is taken) to 10000";
	*window_ms = (uint32_t)number;
	return NULL;
}

/* "192.0.2.1" or "192.0.2.0/24", whose host bits are 0. */
static bool read_rule(const char *text, size_t length,
		      struct dhcp4_server_rule *ret)
{
	char word[sizeof("255.255.255.255/32")], *slash;
	uint64_t prefix_length = 32;

	if (length >= sizeof(word))
		return false;
	memcpy(word, text, length);
	word[length] = '\0';
	slash = strchr(word, '/');
	if (slash) {
		*slash = '\0';
		if (!str_to_u64(slash + 1, 32, &prefix_length))
			return false;
	}
	ret->prefix_length = (uint8_t)prefix_length;
	return str_to_ipv4(word, &ret->address) &&
	       !(ret->address & ~ipv4_mask(ret->prefix_length));
}

const char *key_apply_servers(const char *value, void *field)
{
	struct dhcp4_server_list list = { .count = 0 };
	const char *at = value + strspn(value, SEPARATORS);

	while (*at) {
		size_t length = strcspn(at, SEPARATORS);

		if (list.count == DHCP4_SERVER_RULES_MAX)
			return "names more than 8 servers; a prefix, as in "
			       "192.0.2.0/24, stands for many";
		if (!read_rule(at, length, &list.rules[list.count++]))
			return "must be addresses of servers or prefixes, with "
			       "commas between them, as in "
			       "192.0.2.1,198.51.100.0/24";
		at += length;
		at += strspn(at, SEPARATORS);
	}
	memcpy(field, &list, sizeof(list));
	return NULL;
}

const char *key_apply_subnet(const char *value, void *field)
{
	struct dhcp4_server_rule subnet;

	/* RFC 3011 2: it goes without a mask, which only checks it here. */
	if (!read_rule(value, strlen(value), &subnet) ||
	    !ipv4_is_host(subnet.address))
		return "must be the address of a subnet, as in 192.0.2.0 or "
		       "192.0.2.0/24";
	memcpy(field, &subnet.address, sizeof(subnet.address));
	return NULL;
}

void exchange_configure(struct dhcp4_config *config,
			const struct iface_settings *settings)
{
	config->broadcast = settings->broadcast;
	/* An anonymous client has no wishes of its own (RFC 7844 3). */
	config->rapid_commit = settings->rapid_commit && !settings->anonymous;
	config->v6only = settings->v6only;
	config->auto_configure = settings->auto_configure && !settings->anonymous;
	config->offer_window_ns = settings->offer_window_ms * NSEC_PER_MS;
	config->subnet = settings->anonymous ? IPV4_ANY : settings->subnet;
	config->allow_servers = settings->allow_servers;
	config->deny_servers = settings->deny_servers;
}
