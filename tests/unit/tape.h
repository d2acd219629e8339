/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recorder for worlds (support.h), and what it recorded, replayed.
 */
#ifndef UNIT_TAPE_H
#define UNIT_TAPE_H

#include "core/recorder.h"
#include "replay/file.h"
#include "core/replay.h"
#include "unit/support.h"

#define TAPE_SIZE_MAX (1024 * 1024)

struct tape {
	struct recorder recorder;
	uint8_t memory[TAPE_SIZE_MAX];

	/* As last saved. */
	uint8_t octets[TAPE_SIZE_MAX + 65536];
	struct file file; /* the same */
	struct recorder_summary summary;
};

/* The world is recorded from now on, as others may be, too. */
void tape_init(struct tape *, size_t size);
void tape_attach(struct tape *, struct world *);

/* Saves what there is of a world; asserts that it fits. */
void tape_save(struct tape *, const struct world *);

/*
 * Replays a file, and asserts that all is identical. Returns the number of events;
 * *ret_end, if not NULL, is what the client was in the end.
 */
unsigned tape_replay(const struct file *, struct dhcp4_snapshot *ret_end);

/* Both; asserts that it ends as the world's client is. */
unsigned tape_check(struct tape *, const struct world *);

#endif
