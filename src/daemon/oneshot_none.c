/* SPDX-License-Identifier: BSD-2-Clause */
/* Without the socket nothing is put into JSON: lines for shell scripts. */
#include "daemon/oneshot.h"

#include <stdio.h>

#include "daemon/wall_clock.h"
#include "lease/hook_lines.h"

int oneshot_print(const struct managed *m, nsec now)
{
	const struct dhcp4_client *c = m->iface.client;
	const struct dhcp4_lease *lease =
		c->tenure == DHCP4_TENURE_HELD ? &c->lease : NULL;

	return hook_lines_print(
		stdout, m->iface.name, lease,
		lease ? hook_lines_expiry_s(lease, now, wall_clock_s()) : 0);
}
