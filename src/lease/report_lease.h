/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lease as JSON: the type Lease of org.tenured.Client.varlink, for the socket, for
 * tenurectl and for hooks. What came from the network appears as addresses,
 * integers, names and hex alone. NULL: out of memory.
 */
#ifndef LEASE_REPORT_LEASE_H
#define LEASE_REPORT_LEASE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/nsec.h"
#include "core/lease.h"

/* raw: with the octets of options. */
json_t *report_lease(const struct dhcp4_lease *, const struct route_policy *,
		     nsec now, bool raw);

/* The name servers of what a server said. */
json_t *report_dns_servers(struct lease_terms);

#endif
