/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lease for shell scripts: the variables that hooks get (tenured-hooks(7)), one
 * a line, quoted so that a shell takes each value as it is.
 */
#ifndef CTL_LEASE_ENV_H
#define CTL_LEASE_ENV_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/lease.h"

/*
 * What a lease was that the socket tells of, as far as variables are made of it; an
 * option whose octets are not told is made anew of its value where it has a simple
 * one. The instants count from now, or are NSEC_NEVER. False: it is none.
 */
bool lease_env_from_json(const json_t *lease, nsec now, struct dhcp4_lease *ret);

/* expiry_s: in seconds since 1970, 0 for never. */
void lease_env_print(FILE *, const char *interface, const struct dhcp4_lease *,
		     uint64_t expiry_s);

/* 'a value', whatever is in it. */
void lease_env_quote(FILE *, const char *value);

#endif
