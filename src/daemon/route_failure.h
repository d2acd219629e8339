/* SPDX-License-Identifier: BSD-2-Clause */
/* A request for an address or a route that the kernel refused, for people. */
#ifndef DAEMON_ROUTE_FAILURE_H
#define DAEMON_ROUTE_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;
struct str;

/* Failures that mean: it is as it shall be. error is a positive errno. */
bool route_failure_is_harmless(uint16_t type, int error);

/*
 * What failed, and the kernel's own words in parentheses if it has any: "route
 * 0.0.0.0/0 via 10.0.0.1 (Nexthop has invalid gateway)". The answer is of
 * NLMSG_ERROR, and has all of a struct nlmsgerr; of what follows nothing is taken
 * for granted.
 */
void route_failure_name(struct str *, const struct nlmsghdr *answer);

#endif
