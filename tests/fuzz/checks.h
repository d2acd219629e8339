/* SPDX-License-Identifier: BSD-2-Clause */
/* What several targets check: leases that were taken, messages that are sent. */
#ifndef FUZZ_CHECKS_H
#define FUZZ_CHECKS_H

#include "core/client.h"
#include "core/lease.h"

/*
 * A lease that was granted: its routes can be installed and lead nowhere that they
 * must not; its names are names; as a file, as a snapshot and as a message to hooks
 * it is what it was. now is later than its grant.
 */
void check_lease(const struct dhcp4_lease *, nsec now);

/* A message that the client sends, by Tables 3 to 5 of RFC 2131. */
void check_sent(const struct dhcp4_effect *, const struct dhcp4_config *);

/* An environment for hooks: names and values that no shell can misread. */
struct hook_environment;
void check_environment(const struct hook_environment *);

#endif
