/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be said of an interface's addresses and routes, and of its link. */
#include <string.h>

#include "base/assert.h"
#include "base/ipv4.h"
#include "base/str.h"
#include "core/linklocal.h"
#include "core/names.h"
#include "daemon/rules.h"
#include "daemon/settings.h"
#include "daemon/table.h"

_Static_assert(SETTINGS_MTU_MIN_LEAST == 328,
	       "a text of this file says this number");
_Static_assert(ROUTE_POLICY_PREFIXES_MAX == 16, "so does another");

const char *rule_acd(const char *value, void *field)
{
	for (unsigned mode = 0; mode < ACD_MODE_COUNT; mode++) {
		if (strcmp(value, acd_mode_name((enum acd_mode)mode)) == 0) {
			*(enum acd_mode *)field = (enum acd_mode)mode;
			return NULL;
		}
	}
	return "must be strict, fast, optimistic or off";
}

const char *rule_acd_defence(const char *value, void *field)
{
	static const char *const names[ACD_DEFENCE_COUNT] = {
		[ACD_DEFENCE_NEVER] = "never",
		[ACD_DEFENCE_ONCE] = "once",
		[ACD_DEFENCE_ALWAYS] = "always",
	};
	size_t found = rule_word(names, ACD_DEFENCE_COUNT, value);

	if (found == ACD_DEFENCE_COUNT)
		return "must be never, once or always";
	*(enum acd_defence *)field = (enum acd_defence)found;
	return NULL;
}

const char *rule_address_removed(const char *value, void *field)
{
	static const char *const names[DHCP4_REMOVAL_COUNT] = {
		[DHCP4_REMOVAL_RESTORE] = "restore",
		[DHCP4_REMOVAL_RELEASE] = "release",
	};
	size_t found = rule_word(names, DHCP4_REMOVAL_COUNT, value);

	if (found == DHCP4_REMOVAL_COUNT)
		return "must be restore or release";
	*(enum dhcp4_removal *)field = (enum dhcp4_removal)found;
	return NULL;
}

/* ADDRESS/LENGTH[,GATEWAY] */
static bool read_static_fallback(char *text, struct fallback_config *ret)
{
	char *slash = strchr(text, '/'), *comma = strchr(text, ',');
	struct fallback_config read = { .mode = FALLBACK_MODE_STATIC };
	uint64_t length;

	if (!slash || (comma && comma < slash))
		return false;
	*slash = '\0';
	if (comma)
		*comma = '\0';
	if (!str_to_ipv4(text, &read.address) || !ipv4_is_host(read.address) ||
	    !str_to_u64(slash + 1, 32, &length) || length == 0)
		return false;
	read.prefix_length = (uint8_t)length;
	if (comma && (!str_to_ipv4(comma + 1, &read.gateway) ||
		      !ipv4_is_host(read.gateway) || read.gateway == read.address ||
		      !ipv4_in(read.gateway, read.address, read.prefix_length)))
		return false;
	*ret = read;
	return true;
}

const char *rule_fallback(const char *value, void *field)
{
	static const char *const names[FALLBACK_MODE_COUNT] = {
		[FALLBACK_MODE_OFF] = "none",
		[FALLBACK_MODE_LINKLOCAL] = "link-local",
		[FALLBACK_MODE_STATIC] = "", /* by its address */
		[FALLBACK_MODE_ALWAYS] = "link-local-always",
	};
	size_t found = rule_word(names, FALLBACK_MODE_COUNT, value);
	char text[sizeof("255.255.255.255/32,255.255.255.255")];
	struct fallback_config read = { .mode = (enum fallback_mode)found };

	if (*value == '\0' || found == FALLBACK_MODE_COUNT) {
		struct str s = str_over(text, sizeof(text));

		str_text(&s, value);
		if (s.truncated || !read_static_fallback(text, &read))
			return "must be none, link-local, link-local-always, or "
			       "ADDRESS/LENGTH or ADDRESS/LENGTH,GATEWAY, as in "
			       "192.0.2.7/24,192.0.2.1";
		if (linklocal_has(read.address))
			return "is a link-local address, which nobody chooses: "
			       "say link-local";
	}
	*(struct fallback_config *)field = read;
	return NULL;
}

const char *rule_metric(const char *value, void *field)
{
	uint32_t *metric = field;
	uint64_t number;

	if (!str_to_u64(value, UINT32_MAX, &number))
		return "must be a number from 0 (the default: 1000 and the "
		       "interface's index) to 4294967295";
	*metric = (uint32_t)number;
	return NULL;
}

const char *rule_table(const char *value, void *field)
{
	uint32_t table = SETTINGS_TABLE_AUTO;

	if (strcmp(value, "auto") != 0 &&
	    (!table_find(value, &table) || table == SETTINGS_TABLE_AUTO))
		return "must be auto, a number from 1 to 4294967294, or a name "
		       "in /etc/iproute2/rt_tables";
	*(uint32_t *)field = table;
	return NULL;
}

/* The prefixes of a list; false if one is none, or there are too many. */
static bool read_policy(const char *at, struct route_policy *ret)
{
	at += strspn(at, RULE_SEPARATORS);
	while (*at) {
		size_t length = strcspn(at, RULE_SEPARATORS);

		if (ret->count == ROUTE_POLICY_PREFIXES_MAX ||
		    !rule_read_prefix(at, length, &ret->prefixes[ret->count++]))
			return false;
		at += length;
		at += strspn(at, RULE_SEPARATORS);
	}
	return ret->count > 0;
}

const char *rule_route_policy(const char *value, void *field)
{
	static const char *const names[] = { "all", "default-only",
					     "private-only", "none" };
	static const struct route_policy *const policies[ARRAY_SIZE(names)] = {
		&route_policy_all,
		&route_policy_default_only,
		&route_policy_private_only,
		&route_policy_none,
	};
	size_t found = rule_word(names, ARRAY_SIZE(names), value);
	struct route_policy listed = { .count = 0 };

	if (found == ARRAY_SIZE(names) && !read_policy(value, &listed))
		return "must be all, default-only, private-only, none, or a "
		       "list of up to 16 prefixes, as in 10.0.0.0/8,0.0.0.0/0";
	*(struct route_policy *)field =
		found == ARRAY_SIZE(names) ? listed : *policies[found];
	return NULL;
}

const char *rule_shadow_guard(const char *value, void *field)
{
	static const char *const names[SHADOW_GUARD_COUNT] = {
		[SHADOW_GUARD_REPORT] = "report",
		[SHADOW_GUARD_ON] = "on",
		[SHADOW_GUARD_OFF] = "off",
	};
	size_t found = rule_word(names, SHADOW_GUARD_COUNT, value);

	if (found == SHADOW_GUARD_COUNT)
		return "must be report, on or off";
	*(enum shadow_guard_mode *)field = (enum shadow_guard_mode)found;
	return NULL;
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
