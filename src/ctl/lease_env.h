/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease that the socket told of, as the lines for shell scripts are made of one. */
#ifndef CTL_LEASE_ENV_H
#define CTL_LEASE_ENV_H

#include <jansson.h>
#include <stdbool.h>

#include "core/lease.h"

/*
 * What a lease was that the socket tells of, as far as variables are made of it; an
 * option whose octets are not told is made anew of its value where it has a simple
 * one. The instants count from now, or are NSEC_NEVER. False: it is none.
 */
bool lease_env_from_json(const json_t *lease, nsec now, struct dhcp4_lease *ret);

#endif
