/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recording: what entered the core for one interface, in octets, and for each
 * event a digest of what came out. tenured-replay runs the core over it again.
 *
 *	magic, format, layout	8, 2 and 4 octets
 *	header			struct recording_header
 *	records			kind (1), size (2), as many octets
 *	the last one		of the kind END: CRC-32 of all before these 4 octets
 *
 * The first record is a snapshot, where replaying begins. Each later one shows what
 * the client had become, and what its configuration is from there on. The last one
 * before the end is a snapshot, too.
 */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/nsec.h"
#include "core/client.h"
#include "core/snapshot.h"

struct recording_header {
	char version[32];   /* of the tenured that recorded */
	char interface[16]; /* its name */
	bool masked;	    /* a copy in which names and addresses are others */
	nsec saved_ns;	    /* when the recording was saved */
	uint64_t saved_wall_s; /* the same since 1970; 0: not told */
};

enum record_kind {
	RECORD_KIND_END,
	RECORD_KIND_SNAPSHOT,
	RECORD_KIND_EVENT,
};

struct record_event {
	struct dhcp4_event event;
	uint8_t free_slots; /* of the pool of offers, before the event */
	uint64_t digest;    /* of what the step gave back: record_digest() */

	/* Of an event that was read: what event.lease_loaded points to. */
	struct dhcp4_lease lease;
};

/* Octets of a packet, at least; a longer one need not fit a record. */
#define RECORD_FRAME_MAX 2048

/* Octets of the longest record, with kind and size, and of one of an event. */
#define RECORD_SIZE_MAX	      (SNAPSHOT_SIZE_MAX + 256)
#define RECORD_EVENT_SIZE_MAX (sizeof(struct dhcp4_lease) + 256)

/* Octets of a file besides its records: before and after them. */
#define RECORDING_FRAME_SIZE 128

uint64_t record_digest(const struct dhcp4_effects *, const struct dhcp4_want *);

/* ---- writing ----------------------------------------------------------- */

/* From the start of the writer on; the end sums up all that it has. */
void recording_begin(struct writer *, const struct recording_header *);
void recording_end(struct writer *);

void record_write_snapshot(struct writer *, const struct dhcp4_client *,
			   const struct dhcp4_config *,
			   const struct dhcp4_offer_pool *);

/* event->lease_loaded.lease may be anywhere. */
void record_write_event(struct writer *, const struct record_event *);

/* ---- reading ----------------------------------------------------------- */

enum recording_error {
	RECORDING_ERROR_NONE,
	RECORDING_ERROR_FOREIGN, /* not a recording at all */
	RECORDING_ERROR_FORMAT,	 /* of another format */
	RECORDING_ERROR_DAMAGED, /* cut, or altered: the CRC is wrong */
	RECORDING_ERROR_LAYOUT,	 /* of a tenured with other structs */
	RECORDING_ERROR_RECORD,	 /* the sum is right, what it says is not */
};

const char *recording_error_text(enum recording_error);

/*
 * Opens the size octets of a whole file, which the caller keeps; *ret_records then
 * gives its records. The version in *ret is printable ASCII, the interface's name
 * is any text. With LAYOUT both are there, too.
 */
enum recording_error recording_open(const void *file, size_t size,
				    struct recording_header *ret,
				    struct reader *ret_records);

struct record {
	enum record_kind kind;
	union {
		struct dhcp4_snapshot snapshot;
		struct record_event event;
	};
};

/*
 * Reads the next record. Pointers in an event lead into the file and into *ret.
 * False, and *ret unspecified, for what is none, or stands behind the end.
 */
bool record_read(struct reader *records, struct record *ret);

#endif
