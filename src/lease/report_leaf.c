/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and octets to JSON, and into what holds them. */
#include "lease/report_leaf.h"

#include <net/if.h>

#include "base/str.h"
#include "core/dhcp4.h"

void report_append(json_t **list, json_t *value)
{
	if (json_array_append_new(*list, value) < 0) {
		json_decref(*list);
		*list = NULL;
	}
}

void report_put(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) < 0) {
		json_decref(*object);
		*object = NULL;
	}
}

json_t *report_ipv4(ipv4_addr address)
{
	char text[sizeof("255.255.255.255")];
	struct str s = str_over(text, sizeof(text));

	str_ipv4(&s, address);
	return json_string(text);
}

json_t *report_ipv4_or_null(ipv4_addr address)
{
	return address ? report_ipv4(address) : json_null();
}

json_t *report_hex(const uint8_t *bytes, size_t size)
{
	char text[3 * DHCP4_CLIENT_ID_MAX + 1];
	struct str s = str_over(text, sizeof(text));

	if (!size)
		return json_null();
	str_hex(&s, bytes, size, ':');
	return json_string(text);
}

/* The kernel does not ask whether it is UTF-8. */
json_t *report_name(const char *name)
{
	char text[IFNAMSIZ];
	struct str s = str_over(text, sizeof(text));

	for (const char *at = name; *at; at++)
		str_char(&s, *at > ' ' && *at < 127 ? *at : '?');
	return json_string(text);
}

json_t *report_seconds_until(nsec now, nsec instant)
{
	if (instant == NSEC_NEVER)
		return json_null();
	return json_integer(
		(json_int_t)((nsec_until(now, instant) + NSEC_PER_S - 1) /
			     NSEC_PER_S));
}

json_t *report_prefix(struct ipv4_prefix prefix)
{
	char text[sizeof("255.255.255.255/32")];
	struct str s = str_over(text, sizeof(text));

	str_ipv4(&s, prefix.address);
	str_char(&s, '/');
	str_u64(&s, prefix.length);
	return json_string(text);
}
