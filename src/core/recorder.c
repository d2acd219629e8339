/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring. A record in it is one of a file (record.h) behind the number of its
 * owner; the oldest ones give way whole.
 */
#include "core/recorder.h"

#include <string.h>

#include "base/assert.h"
#include "base/sum.h"

#define OWNER_SIZE  4
#define PREFIX_SIZE (OWNER_SIZE + 3) /* and kind, and size */

/* A snapshot and an event may take their place at once, and leave a snapshot. */
_Static_assert(3 * (OWNER_SIZE + RECORD_SIZE_MAX) <= RECORDER_SIZE_MIN,
	       "the smallest ring holds what belongs together");

/* What a snapshot takes, about. */
#define SNAPSHOT_USUAL 1024

/* Positions begin here: 0 is none. */
#define FIRST 1

void recorder_init(struct recorder *r, void *memory, size_t size)
{
	ASSERT(size >= RECORDER_SIZE_MIN);
	*r = (struct recorder){
		.memory = memory,
		.size = size,
		.head = FIRST,
		.tail = FIRST,
	};
}

/* ---- octets of the ring, which may go around its end ------------------------ */

static void copy_in(struct recorder *r, const uint8_t *from, size_t size)
{
	size_t at = (size_t)(r->tail % r->size);
	size_t first = size < r->size - at ? size : r->size - at;

	memcpy(r->memory + at, from, first);
	memcpy(r->memory, from + first, size - first);
	r->tail += size;
}

static void copy_out(const struct recorder *r, uint64_t position, uint8_t *to,
		     size_t size)
{
	size_t at = (size_t)(position % r->size);
	size_t first = size < r->size - at ? size : r->size - at;

	memcpy(to, r->memory + at, first);
	memcpy(to + first, r->memory, size - first);
}

struct prefix {
	uint32_t owner;
	uint8_t kind;
	uint16_t size; /* of the octets behind it */
};

static struct prefix prefix_at(const struct recorder *r, uint64_t position)
{
	uint8_t octets[PREFIX_SIZE] = { 0 };
	struct reader reader = reader_over(octets, sizeof(octets));
	struct prefix prefix;

	copy_out(r, position, octets, sizeof(octets));
	prefix.owner = reader_u32(&reader);
	prefix.kind = reader_u8(&reader);
	prefix.size = reader_u16(&reader);
	return prefix;
}

/* Puts a record at the end, and drops as many of the oldest as it takes. */
static void put(struct recorder *r, const struct writer *record)
{
	while (r->tail + record->used - r->head > r->size)
		r->head += PREFIX_SIZE + prefix_at(r, r->head).size;
	copy_in(r, record->start, record->used);
}

/* ---- recording --------------------------------------------------------------- */

/*
 * As it lies in memory, since that is done at each step: what is between members
 * may tell two apart that are equal, which takes one snapshot more.
 */
static uint64_t sum_of(const struct dhcp4_config *config)
{
	const struct dhcp4_encoded *encoded = config->encoded;
	const struct dhcp4_override *override = config->override;
	uint64_t sum = sum_fast(SUM_FNV_START, config, sizeof(*config));

	if (encoded)
		sum = sum_fast(sum, encoded->bytes, encoded->used);
	return override ? sum_fast(sum, override->bytes, override->used) : sum;
}

static bool wants_snapshot(const struct recorder *r,
			   const struct recorder_track *track,
			   uint64_t config_sum)
{
	const size_t quarter = r->size / 4;
	bool many = r->owners > quarter / SNAPSHOT_USUAL;

	return !track->snapshot_at || config_sum != track->config_sum ||
	       r->tail - track->snapshot_at > (many ? 2 : 1) * quarter;
}

/* Apart from recorder_before(): a buffer takes its time at each step. */
static void put_snapshot(struct recorder *r, struct recorder_track *track,
			 const struct dhcp4_client *client,
			 const struct dhcp4_config *config,
			 const struct dhcp4_offer_pool *pool)
{
	uint8_t octets[OWNER_SIZE + RECORD_SIZE_MAX];
	struct writer w = writer_over(octets, sizeof(octets));

	if (!track->owner)
		track->owner = ++r->owners;
	writer_u32(&w, track->owner);
	record_write_snapshot(&w, client, config, pool);
	ASSERT(!w.failed);
	track->snapshot_at = r->tail;
	put(r, &w);
}

void recorder_before(struct recorder *r, struct recorder_track *track,
		     const struct dhcp4_client *client,
		     const struct dhcp4_config *config,
		     const struct dhcp4_offer_pool *pool)
{
	uint64_t config_sum = sum_of(config);

	r->free_slots = (uint8_t)offer_pool_free(pool);
	if (wants_snapshot(r, track, config_sum))
		put_snapshot(r, track, client, config, pool);
	track->config_sum = config_sum;
}

/* An event that is too long for a record ends what can be replayed. */
void recorder_after(struct recorder *r, struct recorder_track *track,
		    const struct dhcp4_event *event,
		    const struct dhcp4_effects *effects,
		    const struct dhcp4_want *want)
{
	struct record_event e = {
		.event = *event,
		.free_slots = r->free_slots,
		.digest = record_digest(effects, want),
	};
	uint8_t octets[OWNER_SIZE + RECORD_EVENT_SIZE_MAX];
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u32(&w, track->owner);
	record_write_event(&w, &e);
	if (w.failed) {
		track->since = r->tail;
		track->snapshot_at = 0;
		return;
	}
	put(r, &w);
}

/* ---- saving ------------------------------------------------------------------- */

size_t recorder_file_size(const struct recorder *r)
{
	return RECORDING_FRAME_SIZE + r->size + RECORD_SIZE_MAX;
}

/* The oldest snapshot of an interface, or the end. */
static uint64_t find_start(const struct recorder *r,
			   const struct recorder_track *track)
{
	uint64_t at = r->head;

	while (at < r->tail) {
		struct prefix prefix = prefix_at(r, at);

		if (prefix.owner == track->owner && at >= track->since &&
		    prefix.kind == RECORD_KIND_SNAPSHOT)
			break;
		at += PREFIX_SIZE + prefix.size;
	}
	return at;
}

/* Copies a record, without its owner. */
static void save_record(const struct recorder *r, uint64_t at, size_t size,
			struct writer *w)
{
	uint8_t octets[RECORD_SIZE_MAX];

	ASSERT(size <= sizeof(octets));
	copy_out(r, at + OWNER_SIZE, octets, size);
	writer_bytes(w, octets, size);
}

/* An event begins with its time. */
static nsec time_at(const struct recorder *r, uint64_t at)
{
	uint8_t octets[8] = { 0 };
	struct reader reader = reader_over(octets, sizeof(octets));

	copy_out(r, at + PREFIX_SIZE, octets, sizeof(octets));
	return reader_u64(&reader);
}

void recorder_save(const struct recorder *r, const struct recorder_track *track,
		   const struct recording_header *header,
		   const struct dhcp4_client *client,
		   const struct dhcp4_config *config,
		   const struct dhcp4_offer_pool *pool, struct writer *w,
		   struct recorder_summary *ret)
{
	*ret = (struct recorder_summary){ .first_ns = header->saved_ns };
	recording_begin(w, header);
	for (uint64_t at = find_start(r, track); at < r->tail;) {
		struct prefix prefix = prefix_at(r, at);

		if (prefix.owner == track->owner) {
			save_record(r, at,
				    PREFIX_SIZE - OWNER_SIZE + prefix.size, w);
			if (prefix.kind == RECORD_KIND_EVENT && !ret->events++)
				ret->first_ns = time_at(r, at);
		}
		at += PREFIX_SIZE + prefix.size;
	}
	record_write_snapshot(w, client, config, pool);
	recording_end(w);
}
