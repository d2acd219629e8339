/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What leads from one state to another, as requests of rtnetlink one behind the
 * other. Nothing is sent here.
 */
#ifndef DAEMON_ROUTE_BATCH_H
#define DAEMON_ROUTE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/route_state.h"

struct nlmsghdr;

struct route_batch {
	char *room; /* of ROOM_SIZE octets, the caller's */
	size_t used;
	uint32_t sequence; /* of the last request; before: of the one before */
	struct nlmsghdr *last;
};

/*
 * Into an empty batch, as route_change() has it. Either state may be NULL, not
 * both. The last request asks for an answer, the others answer if they fail.
 */
void route_batch_put(struct route_batch *, const struct route_state *from,
		     const struct route_state *to);

#endif
