/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options are compared as octets: an order that changed is a change. Of the mask
 * it is the prefix that counts, sent or guessed.
 */
#include "core/changes.h"

#include <string.h>

#include "base/assert.h"

static const uint8_t watched[] = {
	DHCP4_OPTION_SUBNET_MASK,      DHCP4_OPTION_ROUTER,
	DHCP4_OPTION_DNS_SERVERS,      DHCP4_OPTION_DOMAIN_NAME,
	DHCP4_OPTION_STATIC_ROUTES,    DHCP4_OPTION_DOMAIN_SEARCH,
	DHCP4_OPTION_CLASSLESS_ROUTES, DHCP4_OPTION_CLASSLESS_ROUTES_MS,
};
_Static_assert(ARRAY_SIZE(watched) == CHANGES_COUNT, "a bit each");

static bool differs(const struct dhcp4_options *a,
		    const struct dhcp4_options *b, uint8_t code)
{
	struct option_value in_a = { 0 }, in_b = { 0 };
	bool has_a = dhcp4_options_get(a, code, &in_a);
	bool has_b = dhcp4_options_get(b, code, &in_b);

	if (!has_a || !has_b)
		return has_a != has_b;
	return in_a.size != in_b.size ||
	       memcmp(in_a.bytes, in_b.bytes, in_a.size) != 0;
}

uint8_t changes_between(const struct dhcp4_lease *lease,
			const struct dhcp4_message *ack)
{
	uint8_t changes = lease_told_length(ack, lease) != lease->prefix_length;

	for (unsigned bit = 1; bit < CHANGES_COUNT; bit++) {
		if (differs(&lease->options, &ack->options, watched[bit]))
			changes |= (uint8_t)(1U << bit);
	}
	return changes;
}

void changes_text(struct str *s, uint8_t changes)
{
	const char *separator = "";

	for (unsigned bit = 0; bit < CHANGES_COUNT; bit++) {
		if (!(changes >> bit & 1))
			continue;
		str_text(s, separator);
		str_text(s, option_name(watched[bit]));
		separator = ", ";
	}
}

uint8_t changes_option(unsigned bit)
{
	ASSERT(bit < CHANGES_COUNT);
	return watched[bit];
}
