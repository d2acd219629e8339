/* SPDX-License-Identifier: BSD-2-Clause */
/* Recordings: events and effects by their tables, and the file around them. */
#include "core/record.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "base/sum.h"

/* Counts up with each change of what layout() cannot tell. */
#define FORMAT 2

/* The first octet is no text, so that nobody takes the file for one. */
static const uint8_t magic[8] = { 0x89, 't', 'e', 'n', 'u', 'r', 'e', 'd' };

/* ---- events -------------------------------------------------------------- */

#define OF struct record_event
static const struct field event_rows[] = {
	FIELD_NUMBER(OF, event.now), /* first: who looks for the time alone */
	FIELD_NUMBER(OF, event.earliest_send),
	FIELD_UP_TO(OF, event.kind, DHCP4_EVENT_COUNT - 1),
	FIELD_UP_TO(OF, free_slots, DHCP4_POOL_SIZE),
	FIELD_NUMBER(OF, digest),
};
#undef OF
static const struct fields event_fields = FIELDS_OF(event_rows);

#define OF struct dhcp4_event
static const struct field stop_rows[] = {
	FIELD_FLAG(OF, stop.release),
	FIELD_FLAG(OF, stop.gone),
};
static const struct field known_rows[] = {
	FIELD_STRUCT(OF, known.node[0], NODE),
	FIELD_STRUCT(OF, known.node[1], NODE),
	FIELD_STRUCT(OF, known.node[2], NODE),
};
static const struct fields known_fields = FIELDS_OF(known_rows);
static const struct field carrier_rows[] = {
	FIELD_FLAG(OF, carrier.up),
	FIELD_FLAG(OF, carrier.moved),
};
static const struct field frame_rows[] = {
	FIELD_FLAG(OF, frame.checksum_partial),
	FIELD_HWADDR(OF, frame.source),
	FIELD_UP_TO(OF, frame.auth, AUTH_VERDICT_INVALID),
	FIELD_UP_TO(OF, frame.pin, PIN_VERDICT_STRANGER),
};
static const struct field renew_rows[] = { FIELD_FLAG(OF, renew.accept) };
static const struct field arp_rows[] = { FIELD_FLAG(OF, arp.own) };
static const struct field failed_rows[] = { FIELD_NUMBER(OF, failed.error) };
static const struct field lost_rows[] = {
	FIELD_UP_TO(OF, address_lost, DHCP4_ADDRESS_LOST_FLUSHED),
};
static const struct field reconfigure_rows[] = {
	FIELD_FLAG(OF, reconfigure.identity),
};
static const struct field loaded_rows[] = {
	FIELD_FLAG(OF, lease_loaded.in_kernel),
	FIELD_FLAG(OF, lease_loaded.usable),
	FIELD_FLAG(OF, lease_loaded.attached),
};
static const struct field fallback_event_rows[] = {
	FIELD_UP_TO(OF, fallback.what, DHCP4_FALLBACK_REFUSED),
	FIELD_ADDRESS(OF, fallback.address),
	FIELD_NUMBER(OF, fallback.error),
};
#undef OF

/* What each kind says besides; those that are not named say nothing. */
static const struct fields arguments[DHCP4_EVENT_COUNT] = {
	[DHCP4_EVENT_STOP] = FIELDS_OF(stop_rows),
	[DHCP4_EVENT_CARRIER] = FIELDS_OF(carrier_rows),
	[DHCP4_EVENT_FRAME] = FIELDS_OF(frame_rows),
	[DHCP4_EVENT_ARP] = FIELDS_OF(arp_rows),
	[DHCP4_EVENT_SEND_FAILED] = FIELDS_OF(failed_rows),
	[DHCP4_EVENT_CONFIGURE_FAILED] = FIELDS_OF(failed_rows),
	[DHCP4_EVENT_ADDRESS_LOST] = FIELDS_OF(lost_rows),
	[DHCP4_EVENT_RENEW] = FIELDS_OF(renew_rows),
	[DHCP4_EVENT_RECONFIGURE] = FIELDS_OF(reconfigure_rows),
	[DHCP4_EVENT_LEASE_LOADED] = FIELDS_OF(loaded_rows),
	[DHCP4_EVENT_FALLBACK] = FIELDS_OF(fallback_event_rows),
};

/* What those say besides that begin something. */
static bool tells_networks(const struct dhcp4_event *event)
{
	return event->kind == DHCP4_EVENT_START ||
	       event->kind == DHCP4_EVENT_CARRIER ||
	       event->kind == DHCP4_EVENT_RESUME;
}

static void write_packet(struct writer *w, const uint8_t *bytes, size_t size)
{
	if (size > UINT16_MAX)
		w->failed = true;
	writer_u16(w, (uint16_t)size);
	writer_bytes(w, bytes, size);
}

/* What an event points to stands behind its fields. */
static void write_event(struct writer *w, const struct record_event *e)
{
	const struct dhcp4_event *event = &e->event;

	fields_write(w, &event_fields, e);
	fields_write(w, &arguments[event->kind], event);
	if (tells_networks(event))
		fields_write(w, &known_fields, event);
	if (event->kind == DHCP4_EVENT_FRAME)
		write_packet(w, event->frame.bytes, event->frame.size);
	else if (event->kind == DHCP4_EVENT_ARP)
		write_packet(w, event->arp.bytes, event->arp.size);
	else if (event->kind == DHCP4_EVENT_LEASE_LOADED)
		fields_write(w, &dhcp4_lease_fields, event->lease_loaded.lease);
}

static void read_event(struct reader *r, struct record_event *ret)
{
	struct dhcp4_event *event = &ret->event;

	fields_read(r, &event_fields, ret);
	if (r->failed)
		return;
	fields_read(r, &arguments[event->kind], event);
	if (tells_networks(event))
		fields_read(r, &known_fields, event);
	if (event->kind == DHCP4_EVENT_FRAME) {
		event->frame.size = reader_u16(r);
		event->frame.bytes = reader_bytes(r, event->frame.size);
	} else if (event->kind == DHCP4_EVENT_ARP) {
		event->arp.size = reader_u16(r);
		event->arp.bytes = reader_bytes(r, event->arp.size);
	} else if (event->kind == DHCP4_EVENT_LEASE_LOADED) {
		fields_read(r, &dhcp4_lease_fields, &ret->lease);
		event->lease_loaded.lease = &ret->lease;
	}
}

/* ---- effects --------------------------------------------------------------- */

#define OF struct dhcp4_effect
static const struct field send_rows[] = {
	FIELD_NUMBER(OF, send.request), FIELD_NUMBER(OF, send.number),
	FIELD_ADDRESS(OF, send.source), FIELD_ADDRESS(OF, send.destination),
	FIELD_HWADDR(OF, send.hw),	FIELD_FLAG(OF, send.by_socket),
};
static const struct field arp_to_rows[] = { FIELD_HWADDR(OF, arp.to) };
static const struct field deconfigure_rows[] = {
	FIELD_ADDRESS(OF, deconfigure.address),
	FIELD_NUMBER(OF, deconfigure.prefix_length),
	FIELD_NUMBER(OF, deconfigure.why),
};
static const struct field fallback_effect_rows[] = {
	FIELD_ADDRESS(OF, fallback.address),
	FIELD_NUMBER(OF, fallback.prefix_length),
	FIELD_ADDRESS(OF, fallback.gateway),
};
static const struct field notice_rows[] = {
	FIELD_NUMBER(OF, notice.kind),	  FIELD_NUMBER(OF, notice.from),
	FIELD_NUMBER(OF, notice.to),	  FIELD_NUMBER(OF, notice.reject),
	FIELD_NUMBER(OF, notice.loss),	  FIELD_ADDRESS(OF, notice.address),
	FIELD_ADDRESS(OF, notice.server), FIELD_FLAG(OF, notice.irregular),
	FIELD_NUMBER(OF, notice.error),	  FIELD_TEXT(OF, notice.text),
	FIELD_NUMBER(OF, notice.changes),
};
#undef OF
#define OF struct dhcp4_want
static const struct field want_rows[] = {
	FIELD_NUMBER(OF, deadline),
	FIELD_FLAG(OF, listen),
	FIELD_NUMBER(OF, xid),
	FIELD_ADDRESS(OF, watch),
	FIELD_ADDRESS(OF, watch_fallback),
	FIELD_FLAG(OF, listen_any),
	FIELD_NUMBERS(OF, routers),
};
#undef OF
static const struct fields send_fields = FIELDS_OF(send_rows);
static const struct fields arp_fields = FIELDS_OF(arp_to_rows);
static const struct fields deconfigure_fields = FIELDS_OF(deconfigure_rows);
static const struct fields fallback_effect_fields =
	FIELDS_OF(fallback_effect_rows);
static const struct fields notice_fields = FIELDS_OF(notice_rows);
static const struct fields want_fields = FIELDS_OF(want_rows);

static void write_effect(struct writer *w, const struct dhcp4_effect *effect)
{
	writer_u8(w, (uint8_t)effect->kind);
	switch (effect->kind) {
	case DHCP4_EFFECT_SEND_BROADCAST:
	case DHCP4_EFFECT_SEND_UNICAST:
		fields_write(w, &send_fields, effect);
		write_packet(w, effect->send.packet, effect->send.size);
		return;
	case DHCP4_EFFECT_SEND_ARP:
		fields_write(w, &arp_fields, effect);
		writer_bytes(w, effect->arp.packet, ARP_SIZE);
		return;
	case DHCP4_EFFECT_DECONFIGURE:
		fields_write(w, &deconfigure_fields, effect);
		return;
	case DHCP4_EFFECT_CONFIGURE:
	case DHCP4_EFFECT_EXTEND:
	case DHCP4_EFFECT_SAVE_LEASE:
		fields_write(w, &dhcp4_lease_fields, effect->lease);
		return;
	case DHCP4_EFFECT_FALLBACK_REMOVE:
	case DHCP4_EFFECT_FALLBACK_ADD:
		fields_write(w, &fallback_effect_fields, effect);
		return;
	case DHCP4_EFFECT_FORGET_LEASE:
		return;
	case DHCP4_EFFECT_RECALL:
		writer_u8(w, effect->recall);
		return;
	case DHCP4_EFFECT_NOTIFY:
		fields_write(w, &notice_fields, effect);
		return;
	}
	UNREACHABLE();
}

uint64_t record_digest(const struct dhcp4_effects *effects,
		       const struct dhcp4_want *want)
{
	uint8_t octets[RECORD_EVENT_SIZE_MAX];
	struct writer w = writer_over(octets, sizeof(octets));
	uint64_t sum;

	fields_write(&w, &want_fields, want);
	writer_u8(&w, effects->slot_taken);
	sum = sum_fast(SUM_FNV_START, octets, w.used);
	for (unsigned i = 0; i < effects->count; i++) {
		w = writer_over(octets, sizeof(octets));
		write_effect(&w, &effects->list[i]);
		ASSERT(!w.failed);
		sum = sum_fast(sum, octets, w.used);
	}
	return sum;
}

/* ---- records --------------------------------------------------------------- */

/* Begins a record; ends it when its octets, from start on, are there. */
static size_t begin(struct writer *w, enum record_kind kind)
{
	writer_u8(w, (uint8_t)kind);
	writer_u16(w, 0);
	return w->used;
}

static void end(struct writer *w, size_t start)
{
	writer_patch_u16(w, start - 2, (uint16_t)(w->used - start));
}

void record_write_snapshot(struct writer *w, const struct dhcp4_client *client,
			   const struct dhcp4_config *config,
			   const struct dhcp4_offer_pool *pool)
{
	size_t start = begin(w, RECORD_KIND_SNAPSHOT);

	snapshot_write(w, client, config, pool);
	end(w, start);
}

void record_write_event(struct writer *w, const struct record_event *e)
{
	size_t start = begin(w, RECORD_KIND_EVENT);

	write_event(w, e);
	end(w, start);
}

bool record_read(struct reader *records, struct record *ret)
{
	uint8_t kind = reader_u8(records);
	struct reader r = reader_sub(records, reader_u16(records));

	memset(ret, 0, sizeof(*ret));
	ret->kind = kind;
	if (kind == RECORD_KIND_SNAPSHOT)
		snapshot_read(&r, &ret->snapshot);
	else if (kind == RECORD_KIND_EVENT)
		read_event(&r, &ret->event);
	else if (kind == RECORD_KIND_END && records->left == 0)
		reader_u32(&r); /* the sum, which was checked */
	else
		return false;
	return !r.failed && r.left == 0;
}

/* ---- files ----------------------------------------------------------------- */

#define OF struct recording_header
static const struct field header_rows[] = {
	FIELD_TEXT(OF, version),	FIELD_TEXT(OF, interface),
	FIELD_FLAG(OF, masked),		FIELD_NUMBER(OF, saved_ns),
	FIELD_NUMBER(OF, saved_wall_s),
};
#undef OF
static const struct fields header_fields = FIELDS_OF(header_rows);

/* The last record: kind, size, CRC-32. */
#define END_SIZE 7

_Static_assert(sizeof(magic) + 2 + 4 + sizeof(struct recording_header) + END_SIZE <=
		       RECORDING_FRAME_SIZE,
	       "what is around the records fits");
_Static_assert(RECORD_FRAME_MAX + 128 <= RECORD_EVENT_SIZE_MAX &&
		       RECORD_EVENT_SIZE_MAX <= RECORD_SIZE_MAX &&
		       RECORD_SIZE_MAX <= UINT16_MAX,
	       "every record fits");

/* Changes with each member that is added to what is recorded. */
static uint32_t layout(void)
{
	static const struct fields *const tables[] = {
		&dhcp4_config_fields,
		&dhcp4_client_fields,
		&dhcp4_offer_fields,
		&event_fields,
		&send_fields,
		&deconfigure_fields,
		&notice_fields,
		&want_fields,
		&header_fields,
		&fallback_effect_fields,
		&known_fields,
		&arp_fields,
		&snapshot_shared_fields,
	};
	uint64_t sum = SUM_FNV_START;

	for (unsigned i = 0; i < ARRAY_SIZE(tables); i++)
		sum = fields_layout(sum, tables[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(arguments); i++)
		sum = fields_layout(sum, &arguments[i]);
	return (uint32_t)(sum ^ sum >> 32);
}

void recording_begin(struct writer *w, const struct recording_header *header)
{
	writer_bytes(w, magic, sizeof(magic));
	writer_u16(w, FORMAT);
	writer_u32(w, layout());
	fields_write(w, &header_fields, header);
}

void recording_end(struct writer *w)
{
	size_t start = begin(w, RECORD_KIND_END);

	writer_u32(w, 0);
	end(w, start);
	if (w->failed)
		return;
	w->used -= 4;
	writer_u32(w, sum_crc32(w->start, w->used));
}

enum recording_error recording_open(const void *file, size_t size,
				    struct recording_header *ret,
				    struct reader *ret_records)
{
	struct reader r = reader_over(file, size), tail;
	const uint8_t *start = reader_bytes(&r, sizeof(magic));
	bool same_format, same_layout;

	if (!start || memcmp(start, magic, sizeof(magic)) != 0)
		return RECORDING_ERROR_FOREIGN;
	same_format = reader_u16(&r) == FORMAT;
	if (!r.failed && !same_format)
		return RECORDING_ERROR_FORMAT;
	if (r.left < 4 + END_SIZE)
		return RECORDING_ERROR_DAMAGED;
	tail = reader_over(start + size - 4, 4);
	if (reader_u32(&tail) != sum_crc32(file, size - 4))
		return RECORDING_ERROR_DAMAGED;
	same_layout = reader_u32(&r) == layout();
	fields_read(&r, &header_fields, ret);
	if (r.failed || !str_is_printable(ret->version))
		return RECORDING_ERROR_RECORD;
	*ret_records = r;
	return same_layout ? RECORDING_ERROR_NONE : RECORDING_ERROR_LAYOUT;
}

const char *recording_error_text(enum recording_error error)
{
	switch (error) {
	case RECORDING_ERROR_NONE:
		return "no error";
	case RECORDING_ERROR_FOREIGN:
		return "not a recording of tenured, which tenurectl record makes";
	case RECORDING_ERROR_FORMAT:
		return "a recording of another format; the tenured-replay that "
		       "came with its tenured reads it";
	case RECORDING_ERROR_DAMAGED:
		return "damaged: cut, or altered; copy it again";
	case RECORDING_ERROR_LAYOUT:
		return "recorded by another version";
	case RECORDING_ERROR_RECORD:
		return "damaged: it says what cannot be";
	}
	UNREACHABLE();
}
