/* SPDX-License-Identifier: BSD-2-Clause */
/* By rtnetlink's names of kinds. */
#include "host/kind.h"

#include <net/if.h>
#include <string.h>

#include "base/assert.h"

bool kind_is_end(const char *kind)
{
	static const char *const kinds[] = { "veth", "tun", "netkit" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

bool kind_is_virtual(const char *kind, unsigned flags)
{
	return kind_is_end(kind) || !(flags & IFF_BROADCAST) ||
	       (flags & IFF_NOARP);
}
