/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules for the values of keys: what becomes of a lease, and what is sent. */
#include "daemon/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/keys.h"
#include "daemon/settings.h"
#include "daemon/table.h"

size_t rule_word(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], word) != 0)
		i++;
	return i;
}

const char *rule_routes(const char *value, void *field)
{
	static const char *const names[LEASE_ACCEPT_COUNT] = {
		[LEASE_ACCEPT_ALL] = "all",
		[LEASE_ACCEPT_DEFAULT] = "default-only",
		[LEASE_ACCEPT_NONE] = "none",
	};
	size_t found = rule_word(names, LEASE_ACCEPT_COUNT, value);

	if (found == LEASE_ACCEPT_COUNT)
		return "must be all, default-only or none";
	*(enum lease_accept *)field = (enum lease_accept)found;
	return NULL;
}

const char *rule_table(const char *value, void *field)
{
	return table_find(value, field)
		       ? NULL
		       : "must be a number from 1 to 4294967295, or a name in "
			 "/etc/iproute2/rt_tables";
}

const char *rule_mtu_min(const char *value, void *field)
{
	uint64_t number;

	/* With less, our own messages could not be sent, and the lease ended. */
	if (!str_to_u64(value, UINT16_MAX, &number) ||
	    number < SETTINGS_MTU_MIN_LEAST)
		return "must be a number of octets from 328 to 65535";
	*(uint16_t *)field = (uint16_t)number;
	return NULL;
}

const char *rule_dscp(const char *value, void *field)
{
	uint64_t number;

	if (!str_to_u64(value, 63, &number))
		return "must be a number from 0 to 63";
	*(uint8_t *)field = (uint8_t)number;
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

const char *rule_server(const char *value, void *field)
{
	ipv4_addr address;

	if (!str_to_ipv4(value, &address) || !ipv4_is_host(address))
		return "must be the IPv4 address of a server, as in 192.0.2.1";
	*(ipv4_addr *)field = address;
	return NULL;
}

_Static_assert(SETTINGS_HOOK_TIMEOUT_DEFAULT_S == 10 &&
		       SETTINGS_HOOK_TIMEOUT_MAX_S == 600,
	       "text and --help say these numbers");

const char *rule_hook_timeout(const char *value, void *field)
{
	uint32_t *timeout_s = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_HOOK_TIMEOUT_MAX_S, &number) ||
	    number == 0)
		return "must be a number of seconds from 1 to 600";
	*timeout_s = (uint32_t)number;
	return NULL;
}

/* Each time it is given, names are added. */
const char *rule_no_hook(const char *value, void *field)
{
	char **list = field, *longer = NULL;

	if (!*value || *value == ',' || strstr(value, ",,") ||
	    value[strlen(value) - 1] == ',' ||
	    value[strspn(value, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-,")])
		return "must be names of hooks, as in resolv,ntp: letters, "
		       "digits, underscores and hyphens";
	if (asprintf(&longer, "%s%s%s", *list ? *list : "", *list ? "," : "",
		     value) < 0)
		return key_no_memory;
	free(*list);
	*list = longer;
	return NULL;
}
