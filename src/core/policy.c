/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies for routes: those with a name, and what one allows. */
#include "core/policy.h"

const struct route_policy route_policy_all = { .all = true, .ways = true };

const struct route_policy route_policy_default_only = {
	.ways = true,
	.count = 1,
	.prefixes = { { IPV4_ANY, 0 } },
};

const struct route_policy route_policy_none = { .count = 0 };

const struct route_policy route_policy_private_only = {
	.count = 5,
	.prefixes = {
		{ IPV4_ANY, 0 },
		{ UINT32_C(0x0a000000), 8 },  /* 10.0.0.0/8 */
		{ UINT32_C(0xac100000), 12 }, /* 172.16.0.0/12 */
		{ UINT32_C(0xc0a80000), 16 }, /* 192.168.0.0/16 */
		{ UINT32_C(0x64400000), 10 }, /* 100.64.0.0/10 */
	},
};

bool route_policy_allows(const struct route_policy *policy,
			 struct ipv4_prefix prefix)
{
	for (unsigned i = 0; i < policy->count; i++) {
		const struct ipv4_prefix *allowed = &policy->prefixes[i];

		if (allowed->length ? ipv4_prefix_in(prefix, *allowed)
				    : prefix.length == 0)
			return true;
	}
	return policy->all;
}
