/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two walks: the first learns which subnets there are, the second makes the copy
 * record by record, and has two clients live side by side, the real one and the
 * masked one. What the masked one does is what the copy says.
 */
#include "replay/mask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/linklocal.h"
#include "core/record.h"
#include "replay/anon.h"
#include "replay/mask_option.h"
#include "replay/mask_packet.h"
#include "core/replay.h"

/* ---- subnets ----------------------------------------------------------------- */

static bool learn_routes(struct anon *a, const struct dhcp4_options *options,
			 uint8_t code)
{
	struct option_value value;
	struct dhcp4_route route;
	struct reader r;

	if (!dhcp4_options_get(options, code, &value))
		return true;
	r = reader_over(value.bytes, value.size);
	while (lease_next_route(&r, &route)) {
		if (route.prefix_length &&
		    !anon_add_subnet(a, route.destination, route.prefix_length))
			return false;
	}
	return true;
}

/* An option 33 tells networks from hosts by their class. */
static bool learn_classes(struct anon *a, const struct dhcp4_options *options)
{
	ipv4_addr destination;

	for (unsigned i = 0; dhcp4_options_get_address(
		     options, DHCP4_OPTION_STATIC_ROUTES, i, &destination);
	     i += 2) {
		unsigned length = ipv4_class_length(destination);

		if (!(destination & ~ipv4_mask(length)) &&
		    !anon_add_subnet(a, destination, length))
			return false;
	}
	return true;
}

/* The subnet of an address, by the mask that came with it, else by its class. */
static bool learn_address(struct anon *a, ipv4_addr address,
			  const struct dhcp4_options *options)
{
	unsigned length = ipv4_class_length(address);
	ipv4_addr mask;

	if (!ipv4_is_host(address))
		return true;
	if (dhcp4_options_get_address(options, DHCP4_OPTION_SUBNET_MASK, 0, &mask))
		length = ipv4_mask_length(mask);
	return anon_add_subnet(a, address, length);
}

static bool learn_options(struct anon *a, const struct dhcp4_options *options)
{
	return learn_routes(a, options, DHCP4_OPTION_CLASSLESS_ROUTES) &&
	       learn_routes(a, options, DHCP4_OPTION_CLASSLESS_ROUTES_MS) &&
	       learn_classes(a, options);
}

static bool learn_lease(struct anon *a, const struct dhcp4_lease *lease)
{
	return (!ipv4_is_host(lease->address) ||
		anon_add_subnet(a, lease->address, lease->prefix_length)) &&
	       learn_options(a, &lease->options);
}

/* As the client sees it, which is what the masked one shall see, too. */
static bool learn_frame(struct anon *a, const struct dhcp4_event *event,
			const struct dhcp4_override *override)
{
	struct dhcp4_message m;
	struct datagram d;

	if (frame_parse(event->frame.bytes, event->frame.size, DHCP4_CLIENT_PORT,
			event->frame.checksum_partial, &d) != REJECT_NONE ||
	    dhcp4_message_parse(d.payload, d.size, &m) != REJECT_NONE)
		return true;
	override_apply(override, &m.options);
	return learn_address(a, m.header.yiaddr, &m.options) &&
	       learn_options(a, &m.options);
}

/* What a record tells of subnets. False: they are too many. */
static bool learn(struct anon *a, const struct record *record,
		  struct dhcp4_override *override)
{
	const struct dhcp4_event *event = &record->event.event;

	if (record->kind == RECORD_KIND_SNAPSHOT) {
		*override = record->snapshot.shared.override;
		return learn_lease(a, &record->snapshot.client.lease);
	}
	if (event->kind == DHCP4_EVENT_FRAME)
		return learn_frame(a, event, override);
	if (event->kind == DHCP4_EVENT_LEASE_LOADED)
		return learn_lease(a, event->lease_loaded.lease);
	return true;
}

/* ---- one record ---------------------------------------------------------------- */

struct masking {
	struct anon anon;
	struct record record;
	struct replay real, masked;
	struct writer out;
	ipv4_addr fallback, masked_fallback; /* of each, before the event */
	uint8_t packet[UINT16_MAX];
	struct mask_failure *failure;
	bool unlike; /* the two did not do the same */
};

static bool give_up(struct masking *m, const char *what)
{
	m->failure->what = what;
	return false;
}

/* By the meaning that the table gives each member. */
static void mask_fields(struct anon *a, const struct fields *table, void *of)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *f = &table->rows[i];
		uint8_t *at = (uint8_t *)of + f->offset;
		ipv4_addr *address = (void *)at;

		switch (f->kind) {
		case FIELD_KIND_NUMBER:
			break;
		case FIELD_KIND_ADDRESS:
			*address = anon_address(a, *address);
			break;
		case FIELD_KIND_TEXT:
			anon_text(a, at, strlen((const char *)at));
			break;
		case FIELD_KIND_HWADDR:
			anon_hwaddr(a, at + 1, at[0]);
			break;
		case FIELD_KIND_CLIENT_ID:
			anon_client_id(a, at + 1, at[0]);
			break;
		case FIELD_KIND_OPTIONS:
			mask_options(a, at);
			break;
		case FIELD_KIND_OVERRIDE:
			mask_override(a, (void *)at);
			break;
		case FIELD_KIND_STRUCT:
			mask_fields(a, field_table(f), at);
			break;
		case FIELD_KIND_SECRET:
			anon_octets(a, at, f->size);
			break;
		}
	}
}

static void mask_snapshot(struct anon *a, struct dhcp4_snapshot *s)
{
	mask_fields(a, &dhcp4_config_fields, &s->config);
	mask_fields(a, &snapshot_shared_fields, &s->shared);
	mask_fields(a, &dhcp4_client_fields, &s->client);
	for (unsigned i = 0; i < s->offer_count; i++)
		mask_fields(a, &dhcp4_offer_fields, &s->offers[i]);
}

/*
 * Which link-local addresses a client tries follows from its hardware address, so
 * that the masked one has others: what is said about theirs is said about its.
 */
static ipv4_addr mask_fallback(const struct masking *m, ipv4_addr address)
{
	return address == m->fallback && linklocal_is_usable(address)
		       ? m->masked_fallback
		       : address;
}

static void mask_fallbacks(struct masking *m, size_t size)
{
	struct arp arp;

	if (!arp_parse(m->packet, size, &arp))
		return;
	arp.sender = mask_fallback(m, arp.sender);
	arp.target = mask_fallback(m, arp.target);
	arp_write(m->packet, &arp);
}

/* What the event points to is masked in a copy. */
static void mask_event(struct masking *m, struct record_event *e)
{
	struct dhcp4_event *event = &e->event;

	if (event->kind == DHCP4_EVENT_FRAME) {
		memcpy(m->packet, event->frame.bytes, event->frame.size);
		mask_packet(&m->anon, m->packet, event->frame.size);
		event->frame.bytes = m->packet;
		anon_hwaddr(&m->anon, event->frame.source.bytes,
			    event->frame.source.size);
	} else if (event->kind == DHCP4_EVENT_ARP) {
		memcpy(m->packet, event->arp.bytes, event->arp.size);
		mask_arp(&m->anon, m->packet, event->arp.size);
		mask_fallbacks(m, event->arp.size);
		event->arp.bytes = m->packet;
	} else if (event->kind == DHCP4_EVENT_LEASE_LOADED) {
		mask_fields(&m->anon, &dhcp4_lease_fields, &e->lease);
	} else if (event->kind == DHCP4_EVENT_FALLBACK) {
		event->fallback.address = mask_fallback(
			m, anon_address(&m->anon, event->fallback.address));
	}
	for (unsigned i = 0; i < ATTACH_OTHERS_MAX; i++)
		mask_fields(&m->anon, &attach_node_fields, &event->known.node[i]);
}

/* Both probe, or both announce. */
static bool is_alike_arp(const uint8_t *a, const uint8_t *b)
{
	struct arp one, other;

	return arp_parse(a, ARP_SIZE, &one) && arp_parse(b, ARP_SIZE, &other) &&
	       (one.sender == IPV4_ANY) == (other.sender == IPV4_ANY);
}

/* The same, but for what is masked. */
static bool is_alike(const struct dhcp4_effect *a, const struct dhcp4_effect *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == DHCP4_EFFECT_SEND_ARP)
		return is_alike_arp(a->arp.packet, b->arp.packet);
	if (a->kind == DHCP4_EFFECT_RECALL)
		return a->recall == b->recall;
	if (a->kind < DHCP4_EFFECT_SEND_ARP)
		return a->send.request == b->send.request &&
		       a->send.number == b->send.number &&
		       a->send.size == b->send.size &&
		       a->send.by_socket == b->send.by_socket;
	if (a->kind == DHCP4_EFFECT_DECONFIGURE)
		return a->deconfigure.why == b->deconfigure.why;
	if (a->kind == DHCP4_EFFECT_NOTIFY)
		return a->notice.kind == b->notice.kind &&
		       a->notice.from == b->notice.from &&
		       a->notice.to == b->notice.to &&
		       a->notice.reject == b->notice.reject &&
		       a->notice.loss == b->notice.loss;
	return true;
}

static bool do_alike(const struct replay *a, const struct replay *b)
{
	if (a->want.deadline != b->want.deadline ||
	    a->want.listen != b->want.listen || a->want.xid != b->want.xid ||
	    a->want.listen_any != b->want.listen_any ||
	    a->effects.count != b->effects.count)
		return false;
	for (unsigned i = 0; i < a->effects.count; i++) {
		if (!is_alike(&a->effects.list[i], &b->effects.list[i]))
			return false;
	}
	return true;
}

static bool copy_event(struct masking *m)
{
	struct record_event *e = &m->record.event;

	m->failure->event++;
	m->fallback = m->real.client.fallback.acd.address;
	m->masked_fallback = m->masked.client.fallback.acd.address;
	if (!replay_step(&m->real, e))
		return give_up(m, "damaged: it says what cannot be");
	if (!replay_agrees(&m->real, e)) {
		m->failure->diverges = true;
		return give_up(m, "diverges; replay it to see how");
	}
	mask_event(m, e);
	m->unlike =
		!replay_step(&m->masked, e) || !do_alike(&m->real, &m->masked);
	if (m->unlike)
		return give_up(m, "masked, it would not do the same");
	e->digest = record_digest(&m->masked.effects, &m->masked.want);
	record_write_event(&m->out, e);
	return true;
}

static bool copy_snapshot(struct masking *m, bool first)
{
	struct dhcp4_snapshot *s = &m->record.snapshot;

	if (first) {
		replay_begin(&m->real, s);
	} else if (replay_check(&m->real, s)) {
		m->failure->diverges = true;
		return give_up(m, "diverges; replay it to see how");
	}
	mask_snapshot(&m->anon, s);
	if (first)
		replay_begin(&m->masked, s);
	else
		replay_check(&m->masked, s);
	replay_write(&m->masked, &m->out);
	return true;
}

/* ---- the whole ------------------------------------------------------------------ */

/* Lets a walk see each record. False: the file, or the walk, ended it. */
static bool walk_to_learn(struct masking *m, struct reader records)
{
	struct dhcp4_override override = { 0 };

	do {
		if (!record_read(&records, &m->record))
			return give_up(m, "damaged: it says what cannot be");
		if (!learn(&m->anon, &m->record, &override))
			return give_up(m, "it tells of too many subnets");
	} while (m->record.kind != RECORD_KIND_END);
	return true;
}

static bool walk_to_copy(struct masking *m, struct reader records)
{
	bool first = true;

	while (record_read(&records, &m->record) &&
	       (first || m->record.kind != RECORD_KIND_END)) {
		if (first && m->record.kind != RECORD_KIND_SNAPSHOT)
			return give_up(m, "damaged: it says what cannot be");
		if (m->record.kind == RECORD_KIND_EVENT
			    ? !copy_event(m)
			    : !copy_snapshot(m, first))
			return false;
		first = false;
	}
	return true;
}

static void mask_header(struct anon *a, struct recording_header *header)
{
	header->masked = true;
	header->saved_wall_s = 0;
	anon_text(a, header->interface, strlen(header->interface));
}

int mask_file(const struct file *file, const uint8_t key[32], struct file *ret,
	      struct mask_failure *ret_failure, bool *ret_again)
{
	struct masking *m = calloc(1, sizeof(*m));
	uint8_t *copy = malloc(file->size);
	struct recording_header header;
	struct reader records;

	*ret_failure = (struct mask_failure){ 0 };
	*ret_again = false;
	if (!m || !copy) {
		free(m);
		free(copy);
		return -ENOMEM;
	}
	m->failure = ret_failure;
	m->out = writer_over(copy, file->size);
	anon_init(&m->anon, key);
	if (recording_open(file->bytes, file->size, &header, &records) !=
	    RECORDING_ERROR_NONE) {
		give_up(m, "no recording");
	} else if (walk_to_learn(m, records)) {
		mask_header(&m->anon, &header);
		recording_begin(&m->out, &header);
		if (walk_to_copy(m, records)) {
			recording_end(&m->out);
			/* Nothing has another length than it had. */
			ASSERT(!m->out.failed);
		}
	}
	*ret_again = m->anon.kept || m->unlike;
	*ret = (struct file){ copy, m->out.used };
	if (ret_failure->what)
		file_free(ret);
	free(m);
	return 0;
}
