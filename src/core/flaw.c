/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the rules, and how flaws are counted. */
#include "core/flaw.h"

#include <stddef.h>

#include "base/assert.h"

static const struct {
	const char *name, *text;
} names[] = {
	[FLAW_MASK] = { "mask", "no usable subnet mask" },
	[FLAW_ADDRESS] = { "address", "no address for a host" },
	[FLAW_DESTINATION] = { "destination", "no place to lead to" },
	[FLAW_OWN_ADDRESS] = { "own-address", "it leads to this host" },
	[FLAW_GATEWAY] = { "gateway", "its gateway is no host" },
	[FLAW_OWN_GATEWAY] = { "own-gateway", "its gateway is this host" },
	[FLAW_POLICY] = { "policy", "the route-policy does not allow it" },
	[FLAW_SECOND_WAY] = { "second-way", "another one leads there" },
	[FLAW_SURPLUS] = { "surplus", "there are too many" },
	[FLAW_NAME_SERVER] = { "name-server", "no name server to be asked" },
	[FLAW_OWN_NAME_SERVER] = { "own-name-server", "it is this host" },
};
_Static_assert(ARRAY_SIZE(names) == FLAW_COUNT, "a name each");

void flaws_note(struct flaws *flaws, enum flaw flaw, struct ipv4_prefix what)
{
	if (!flaws)
		return;
	if (flaws->of[flaw].count++ == 0)
		flaws->of[flaw].first = what;
}

const char *flaw_name(enum flaw flaw)
{
	return flaw < FLAW_COUNT ? names[flaw].name : "?";
}

const char *flaw_text(enum flaw flaw)
{
	return flaw < FLAW_COUNT ? names[flaw].text : "?";
}
