/* SPDX-License-Identifier: BSD-2-Clause */
/* What is not used of a lease, on the log. */
#include "daemon/flawed.h"

#include <string.h>

#include "base/str.h"
#include "daemon/log.h"

/* "the route to 10.0.0.0/8", "the name server 127.0.0.1". */
static void name_what(struct str *s, enum flaw flaw, struct ipv4_prefix what)
{
	bool is_server = flaw == FLAW_NAME_SERVER || flaw == FLAW_OWN_NAME_SERVER;

	str_text(s, is_server ? "the name server " : "the route to ");
	str_ipv4(s, what.address);
	if (is_server)
		return;
	str_char(s, '/');
	str_u64(s, what.length);
}

static void tell(const char *name, enum flaw flaw, struct ipv4_prefix what,
		 unsigned count)
{
	char text[sizeof("the name server 255.255.255.255/32")];
	char others[sizeof(" and 65535 more")] = "";
	struct str s = str_over(text, sizeof(text));
	struct str o = str_over(others, sizeof(others));

	name_what(&s, flaw, what);
	if (count > 1) {
		str_text(&o, " and ");
		str_u64(&o, count - 1);
		str_text(&o, " more");
	}
	log_about(name, LOG_LEVEL_WARNING, "%s%s of the server not used (%s): %s",
		  text, others, flaw_name(flaw), flaw_text(flaw));
}

void flawed_tell(struct managed *m, const struct dhcp4_lease *lease)
{
	struct flaws flaws;
	uint16_t broken = 0;

	_Static_assert(FLAW_COUNT <= 16, "a bit each");
	lease_flaws(lease, &m->settings->route_policy, &flaws);
	for (unsigned i = 0; i < FLAW_COUNT; i++) {
		if (!flaws.of[i].count)
			continue;
		broken |= (uint16_t)(1U << i);
		if (!(m->flaws_told & (1U << i)))
			tell(m->iface.name, (enum flaw)i, flaws.of[i].first,
			     flaws.of[i].count);
	}
	m->flaws_told = broken;
}
