/* SPDX-License-Identifier: BSD-2-Clause */
/* An invariant of the client that unit tests and fuzzers both hold it to. */
#ifndef UNIT_MAY_IDLE_H
#define UNIT_MAY_IDLE_H

#include "core/client.h"

/* Whether a client may wait for no instant at all. */
static inline bool may_idle(const struct dhcp4_client *c)
{
	if (c->tenure != DHCP4_TENURE_NONE && c->lease.expiry_ns != NSEC_NEVER)
		return false;
	return !c->carrier || c->state == DHCP4_STATE_STOPPED ||
	       c->state == DHCP4_STATE_PROBING || c->state == DHCP4_STATE_BOUND ||
	       (c->state == DHCP4_STATE_INFORMING && !dhcp4_want(c).listen);
}

#endif
