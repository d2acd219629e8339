/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's numbers that several kinds of messages share, by name. */
#ifndef CTL_HOST_NAMES_H
#define CTL_HOST_NAMES_H

#include "ctl/host_value.h"

extern const struct value_name host_families[];
extern const struct value_name host_protocols[]; /* who made a route or a rule */
extern const struct value_name host_scopes[];
extern const struct value_name host_route_types[];
extern const struct value_name host_route_flags[];
extern const struct value_name host_encapsulations[];

#endif
