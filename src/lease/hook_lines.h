/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lease for shell scripts: the variables that hooks get (tenured-hooks(7)), one
 * a line, quoted so that a shell takes each value as it is.
 */
#ifndef LEASE_HOOK_LINES_H
#define LEASE_HOOK_LINES_H

#include <stdint.h>
#include <stdio.h>

#include "core/lease.h"

/*
 * The interface's name, and what a hook would get as new_... . A lease of NULL:
 * the name alone. expiry_s: in seconds since 1970, 0 for never. 0, or -ENOMEM with
 * nothing printed; what the stream did not take, it tells itself.
 */
int hook_lines_print(FILE *, const char *interface, const struct dhcp4_lease *,
		     uint64_t expiry_s);

/* When a lease ends, on the wall clock: expiry_s of the above. */
uint64_t hook_lines_expiry_s(const struct dhcp4_lease *, nsec now,
			     int64_t wall_s);

#endif
