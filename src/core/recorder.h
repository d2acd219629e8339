/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flight recorder: the last events of all interfaces of a process, in one
 * ring of octets that somebody else owns.
 *
 * A snapshot of the client goes before its first event, before the first one
 * after its configuration changed, and before the first one after its last
 * snapshot lies a quarter of the ring back (half of it where there are so many
 * that their snapshots fill a quarter): so most of what the ring holds of an
 * interface can be replayed at any time, not only what came since the ring began
 * anew. Events are made of what the core got and gave: nothing is recorded
 * twice, nothing is allocated.
 */
#ifndef CORE_RECORDER_H
#define CORE_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

/* Octets of the smallest ring: the longest records leave it room for history. */
#define RECORDER_SIZE_MIN (16 * 1024)

/* Positions count octets since the start; the ring holds those from head on. */
struct recorder {
	uint8_t *memory;
	size_t size;
	uint64_t head, tail;
	uint32_t owners; /* so many interfaces have been seen */
	uint8_t free_slots;
};

/* What the recorder knows of one interface; zeros at first. */
struct recorder_track {
	uint32_t owner;	      /* in the ring; 0: none yet */
	uint64_t since;	      /* records before are of no use */
	uint64_t snapshot_at; /* the last snapshot; 0: none */
	uint64_t config_sum;  /* of the configuration it has */
};

/* Records into size octets at memory, RECORDER_SIZE_MIN at least. */
void recorder_init(struct recorder *, void *memory, size_t size);

/* Around each step: before it, and after it, while the effects are there. */
void recorder_before(struct recorder *, struct recorder_track *,
		     const struct dhcp4_client *, const struct dhcp4_config *,
		     const struct dhcp4_offer_pool *);
void recorder_after(struct recorder *, struct recorder_track *,
		    const struct dhcp4_event *, const struct dhcp4_effects *,
		    const struct dhcp4_want *);

/* Octets that a recording has at most. */
size_t recorder_file_size(const struct recorder *);

/* What a recording holds. */
struct recorder_summary {
	unsigned events;
	nsec first_ns; /* the first event; without any, when it was saved */
};

/*
 * Writes the recording of one interface: its events since the oldest snapshot
 * that the ring has of it, and what the client is now.
 */
void recorder_save(const struct recorder *, const struct recorder_track *,
		   const struct recording_header *, const struct dhcp4_client *,
		   const struct dhcp4_config *, const struct dhcp4_offer_pool *,
		   struct writer *, struct recorder_summary *ret);

#endif
