/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that lives again: the core, fed with the records of a recording.
 */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include <stdbool.h>

#include "core/record.h"

struct replay {
	struct dhcp4_client client;
	struct dhcp4_config config; /* its pointers are for one step only */
	struct dhcp4_encoded encoded;
	struct dhcp4_override override;
	struct dhcp4_offer_pool pool;

	/* Of the last step. */
	struct dhcp4_effects effects;
	struct dhcp4_want want;
};

void replay_begin(struct replay *, const struct dhcp4_snapshot *);

/*
 * A later snapshot: from there on its configuration holds. Returns the name of
 * what is not the same in the client, or NULL.
 */
const char *replay_check(struct replay *, const struct dhcp4_snapshot *);

/* The client's present snapshot; and as a record. */
void replay_snapshot(const struct replay *, struct dhcp4_snapshot *ret);
void replay_write(const struct replay *, struct writer *);

/* One step. False, and nothing done, if the event cannot follow here. */
bool replay_step(struct replay *, const struct record_event *);

/* True if the last step gave back what was recorded of it. */
bool replay_agrees(const struct replay *, const struct record_event *);

#endif
