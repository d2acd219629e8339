/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world of one client. What is asserted of each step:
 *   - a copy of the client that takes the same step does the same;
 *   - effects stand in the order that client.h promises, within their bounds;
 *   - the lease effects, played to a kernel, leave in it just the lease held;
 *   - transitions follow one another and are legal, the tenure suits the state;
 *   - packets go out with carrier alone and obey Tables 4 and 5;
 *   - no deadline lies behind, and there is one unless idling is right;
 *   - a lease that is over is not held; no slot of the pool leaks.
 */
#include "unit/support.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/message.h"
#include "core/names.h"

/* ---- messages on the wire --------------------------------------------- */

unsigned wire_u16(const uint8_t *payload, size_t offset)
{
	return (unsigned)payload[offset] << 8 | payload[offset + 1];
}

uint32_t wire_u32(const uint8_t *payload, size_t offset)
{
	return (uint32_t)wire_u16(payload, offset) << 16 |
	       wire_u16(payload, offset + 2);
}

const uint8_t *wire_option(const uint8_t *payload, size_t size, uint8_t code,
			   uint8_t *ret_size)
{
	const uint8_t *found = NULL;
	bool seen[256] = { false };
	size_t at = DHCP4_HEADER_SIZE;

	while (at < size && payload[at] != DHCP4_OPTION_END) {
		ck_assert_uint_ne(payload[at], DHCP4_OPTION_PAD);
		ck_assert(!seen[payload[at]]);
		seen[payload[at]] = true;
		ck_assert_uint_lt(at + 1, size);
		if (payload[at] == code) {
			found = payload + at + 2;
			*ret_size = payload[at + 1];
		}
		at += 2U + payload[at + 1];
	}
	ck_assert_uint_lt(at, size);
	while (++at < size)
		ck_assert_uint_eq(payload[at], 0);
	return found;
}

uint32_t wire_option_u32(const uint8_t *payload, size_t size, uint8_t code)
{
	uint8_t length = 0;
	const uint8_t *value = wire_option(payload, size, code, &length);

	if (!value)
		return 0;
	ck_assert_uint_eq(length, 4);
	return wire_u32(value, 0);
}

/* Tables 4 and 5 once more: n never, y always, m may be. */
static const struct {
	uint8_t type;
	char ciaddr, requested, server_id, secs, parameters, reason;
} tables[DHCP4_REQUEST_COUNT] = {
	[DHCP4_REQUEST_DISCOVER] = { 1, 'n', 'm', 'n', 'm', 'y', 'n' },
	[DHCP4_REQUEST_SELECTING] = { 3, 'n', 'y', 'y', 'm', 'y', 'n' },
	[DHCP4_REQUEST_REBOOTING] = { 3, 'n', 'y', 'n', 'm', 'y', 'n' },
	[DHCP4_REQUEST_RENEWING] = { 3, 'y', 'n', 'n', 'm', 'y', 'n' },
	[DHCP4_REQUEST_REBINDING] = { 3, 'y', 'n', 'n', 'm', 'y', 'n' },
	[DHCP4_REQUEST_DECLINE] = { 4, 'n', 'y', 'y', 'n', 'n', 'y' },
	[DHCP4_REQUEST_RELEASE] = { 7, 'y', 'n', 'y', 'n', 'n', 'y' },
	[DHCP4_REQUEST_INFORM] = { 8, 'y', 'n', 'n', 'm', 'y', 'n' },
};

static void check_presence(char rule, bool there, const char *what)
{
	ck_assert_msg(rule == 'm' || there == (rule == 'y'), "%s is %s", what,
		      there ? "there" : "missing");
}

static bool has_option(const uint8_t *payload, size_t size, uint8_t code)
{
	uint8_t length;

	return wire_option(payload, size, code, &length) != NULL;
}

static void check_client_options(const uint8_t *payload, size_t size,
				 enum dhcp4_request request,
				 const struct dhcp4_config *config)
{
	char parameters = tables[request].parameters;
	uint8_t length = 0;
	const uint8_t *value;

	value = wire_option(payload, size, 53, &length);
	ck_assert_ptr_nonnull(value);
	ck_assert_uint_eq(length, 1);
	ck_assert_uint_eq(value[0], tables[request].type);
	check_presence(tables[request].requested, has_option(payload, size, 50),
		       "option 50");
	check_presence(tables[request].server_id, has_option(payload, size, 54),
		       "option 54");
	check_presence(tables[request].reason, has_option(payload, size, 56),
		       "option 56");
	check_presence(parameters, has_option(payload, size, 57), "option 57");
	if (config->parameters_count)
		check_presence(parameters, has_option(payload, size, 55),
			       "option 55");
	if (config->hostname[0])
		check_presence(parameters, has_option(payload, size, 12),
			       "option 12");
	for (unsigned code = 1; code < 255; code++) {
		static const uint8_t known[] = { 12, 50, 53, 54, 55, 56, 57, 61 };

		if (!memchr(known, (int)code, sizeof(known)))
			ck_assert_msg(!has_option(payload, size, (uint8_t)code),
				      "option %u", code);
	}
}

void check_client_message(const uint8_t *payload, size_t size,
			  enum dhcp4_request request,
			  const struct dhcp4_config *config)
{
	ck_assert_uint_ge(size, 300);
	ck_assert_uint_eq(payload[0], 1);
	ck_assert_uint_eq(payload[1], config->hardware_type);
	ck_assert_uint_eq(payload[3], 0);
	if (tables[request].secs == 'n')
		ck_assert_uint_eq(wire_u16(payload, 8), 0);
	ck_assert_uint_eq(wire_u16(payload, 10) & 0x7fff, 0);
	if (tables[request].ciaddr == 'y' || request == DHCP4_REQUEST_DECLINE)
		ck_assert_uint_eq(wire_u16(payload, 10), 0);
	check_presence(tables[request].ciaddr, wire_u32(payload, 12) != 0,
		       "ciaddr");
	for (size_t at = 16; at < 28; at++)
		ck_assert_uint_eq(payload[at], 0);
	for (size_t at = 44; at < 236; at++)
		ck_assert_uint_eq(payload[at], 0);
	ck_assert_mem_eq(payload + 236, "\x63\x82\x53\x63", 4);
	check_client_options(payload, size, request, config);
}

/* ---- what is checked of a step ---------------------------------------- */

/* Where a packet comes from and goes to, and that its headers are right. */
static void check_headers(const struct dhcp4_effect *effect)
{
	enum dhcp4_request request = effect->send.request;
	const uint8_t *packet = effect->send.packet;
	bool unicast = request == DHCP4_REQUEST_RENEWING ||
		       request == DHCP4_REQUEST_RELEASE;
	struct datagram d;

	ck_assert_int_eq(frame_parse(packet, effect->send.size,
				     DHCP4_SERVER_PORT, false, &d),
			 REJECT_NONE);
	ck_assert_uint_eq(d.source_port, DHCP4_CLIENT_PORT);
	ck_assert_uint_eq(d.source, effect->send.source);
	ck_assert_uint_eq(d.destination, effect->send.destination);
	ck_assert_ptr_eq(d.payload + d.size, packet + effect->send.size);
	ck_assert_int_eq(effect->kind == DHCP4_EFFECT_SEND_UNICAST, unicast);
	ck_assert_int_eq(d.destination != IPV4_BROADCAST, unicast);
	/* From the address that ciaddr names, else from 0.0.0.0. */
	ck_assert_uint_eq(d.source, wire_u32(d.payload, 12));
	if (!unicast) {
		ck_assert_uint_eq(effect->send.hw.size, 0);
		ck_assert(!effect->send.by_socket);
	}
}

static void record_send(struct world *w, const struct dhcp4_effect *effect)
{
	struct sent *sent = &w->sent[w->sent_count++ % LOG_SIZE];
	const uint8_t *payload = effect->send.packet + FRAME_HEADERS_SIZE;
	size_t size = effect->send.size - FRAME_HEADERS_SIZE;

	check_headers(effect);
	check_client_message(payload, size, effect->send.request, &w->config);
	ck_assert(w->client.carrier);
	ck_assert_uint_le(effect->send.size, SENT_PACKET_MAX);
	*sent = (struct sent){
		.at = w->now,
		.request = effect->send.request,
		.number = effect->send.number,
		.unicast = effect->kind == DHCP4_EFFECT_SEND_UNICAST,
		.by_socket = effect->send.by_socket,
		.source = effect->send.source,
		.destination = effect->send.destination,
		.hw = effect->send.hw,
		.xid = wire_u32(payload, 4),
		.secs = (uint16_t)wire_u16(payload, 8),
		.ciaddr = wire_u32(payload, 12),
		.requested = wire_option_u32(payload, size, 50),
		.server_id = wire_option_u32(payload, size, 54),
		.size = effect->send.size,
	};
	memcpy(sent->packet, effect->send.packet, effect->send.size);
}

static void play_lease(struct world *w, const struct dhcp4_effect *effect)
{
	const struct dhcp4_lease *lease = effect->lease;

	if (effect->kind == DHCP4_EFFECT_DECONFIGURE) {
		ck_assert_uint_eq(effect->deconfigure.address, w->kernel);
		ck_assert_uint_eq(effect->deconfigure.prefix_length,
				  w->kernel_length);
		ck_assert_int_ne(effect->deconfigure.why, DHCP4_LOSS_NONE);
		w->loss = effect->deconfigure.why;
		w->kernel = IPV4_ANY;
		w->deconfigures++;
		return;
	}
	ck_assert_ptr_eq(lease, &w->client.lease);
	if (effect->kind == DHCP4_EFFECT_CONFIGURE) {
		ck_assert_uint_eq(w->kernel, IPV4_ANY);
		w->kernel = lease->address;
		w->kernel_length = lease->prefix_length;
		w->configures++;
	} else {
		w->extends++;
	}
	ck_assert_uint_eq(w->kernel, lease->address);
	ck_assert_uint_eq(w->kernel_length, lease->prefix_length);
}

static void note(struct world *w, const struct dhcp4_notice *notice,
		 enum dhcp4_state *state)
{
	w->notices[w->notice_count++ % LOG_SIZE] = *notice;
	if (notice->kind != DHCP4_NOTICE_TRANSITION)
		return;
	ck_assert_int_eq(notice->from, *state);
	ck_assert_msg(dhcp4_transition_is_legal(notice->from, notice->to),
		      "%s to %s", dhcp4_state_name(notice->from),
		      dhcp4_state_name(notice->to));
	w->seen[notice->from][notice->to] = true;
	*state = notice->to;
}

/* Takes the effects in, from the state before. */
static void take_effects(struct world *w, enum dhcp4_state state)
{
	const struct dhcp4_effects *effects = &w->effects;
	unsigned packets = 0;

	ck_assert_uint_le(effects->count, DHCP4_EFFECTS_MAX);
	for (unsigned i = 0; i < effects->count; i++) {
		const struct dhcp4_effect *effect = &effects->list[i];

		ck_assert(i == 0 || effects->list[i - 1].kind <= effect->kind);
		switch (effect->kind) {
		case DHCP4_EFFECT_SEND_BROADCAST:
		case DHCP4_EFFECT_SEND_UNICAST:
			packets++;
			record_send(w, effect);
			break;
		case DHCP4_EFFECT_DECONFIGURE:
		case DHCP4_EFFECT_CONFIGURE:
		case DHCP4_EFFECT_EXTEND:
			play_lease(w, effect);
			break;
		case DHCP4_EFFECT_SAVE_LEASE:
			ck_assert_ptr_eq(effect->lease, &w->client.lease);
			w->stored = effect->lease->address;
			w->saves++;
			break;
		case DHCP4_EFFECT_FORGET_LEASE:
			w->stored = IPV4_ANY;
			w->forgets++;
			break;
		case DHCP4_EFFECT_NOTIFY:
			note(w, &effect->notice, &state);
			break;
		case DHCP4_EFFECT_SEND_ARP:
			ck_abort_msg("nobody sends ARP yet");
		}
	}
	ck_assert_uint_eq(packets, effects->packets);
	ck_assert_int_eq(state, w->client.state);
}

/* Whether a client may wait for no instant at all. */
static bool may_idle(const struct dhcp4_client *c)
{
	if (c->tenure != DHCP4_TENURE_NONE && c->lease.expiry_ns != NSEC_NEVER)
		return false;
	return !c->carrier || c->state == DHCP4_STATE_STOPPED ||
	       c->state == DHCP4_STATE_PROBING || c->state == DHCP4_STATE_BOUND ||
	       (c->state == DHCP4_STATE_INFORMING && !dhcp4_want(c).listen);
}

static bool is_waiting_for_replies(const struct dhcp4_client *c)
{
	return c->state == DHCP4_STATE_SELECTING ||
	       c->state == DHCP4_STATE_REQUESTING ||
	       c->state == DHCP4_STATE_REBOOTING ||
	       c->state == DHCP4_STATE_RENEWING ||
	       c->state == DHCP4_STATE_REBINDING;
}

static unsigned slots_used(const struct dhcp4_offer_pool *pool)
{
	return DHCP4_POOL_SIZE - offer_pool_free(pool);
}

static void check_client(const struct world *w, unsigned others)
{
	const struct dhcp4_client *c = &w->client;
	struct dhcp4_want want = dhcp4_want(c);
	bool held = c->tenure == DHCP4_TENURE_HELD;

	ck_assert(dhcp4_tenure_is_legal(c->state, c->tenure));
	ck_assert(want.deadline > w->now);
	ck_assert_msg(want.deadline != NSEC_NEVER || may_idle(c),
		      "%s waits for nothing", dhcp4_state_name(c->state));
	ck_assert_uint_eq(w->kernel, held ? c->lease.address : IPV4_ANY);
	if (c->tenure != DHCP4_TENURE_NONE)
		ck_assert(c->lease.expiry_ns > w->now);
	ck_assert(held || (!c->configured && c->configure_at == NSEC_NEVER));
	if (is_waiting_for_replies(c)) {
		ck_assert(want.listen);
		ck_assert(w->sent_count == 0 ||
			  world_last(w)->request == DHCP4_REQUEST_DECLINE ||
			  world_last(w)->xid == want.xid);
	} else if (c->state != DHCP4_STATE_INFORMING) {
		ck_assert(!want.listen);
	}
	ck_assert_uint_eq(slots_used(&w->pool), others + c->offers.count);
}

/* A copy does the same: nothing is kept outside of it, and nothing is random. */
static void step_copy(const struct world *before, const struct world *after,
		      const struct dhcp4_event *event)
{
	static struct dhcp4_client client;
	static struct dhcp4_offer_pool pool;
	static struct dhcp4_effects effects;

	client = before->client;
	pool = before->pool;
	dhcp4_step(&client, &before->config, &pool, event, &effects);
	ck_assert_int_eq(client.state, after->client.state);
	ck_assert_int_eq(client.tenure, after->client.tenure);
	ck_assert_uint_eq(client.xid, after->client.xid);
	ck_assert(dhcp4_want(&client).deadline ==
		  dhcp4_want(&after->client).deadline);
	ck_assert_uint_eq(pool.used, after->pool.used);
	ck_assert_int_eq(effects.slot_taken, after->effects.slot_taken);
	ck_assert_uint_eq(effects.count, after->effects.count);
	ck_assert_uint_eq(effects.packets, after->effects.packets);
	for (unsigned i = 0; i < effects.count; i++)
		ck_assert_int_eq(effects.list[i].kind,
				 after->effects.list[i].kind);
	for (unsigned i = 0; i < effects.packets; i++)
		ck_assert_mem_eq(effects.packet[i], after->effects.packet[i],
				 effects.list[i].send.size);
}

/* ---- the world -------------------------------------------------------- */

void world_init(struct world *w, unsigned number)
{
	static const uint8_t parameters[] = { 1, 121, 3, 6, 15, 51, 58, 59 };
	uint8_t seed[32] = { (uint8_t)(number >> 8), (uint8_t)number };

	memset(w, 0, sizeof(*w));
	w->now = S(1000);
	w->config = (struct dhcp4_config){
		.hardware_type = ARP_HTYPE_ETHERNET,
		.hwaddr = { 6, { 2, 0, 0, 0, 0, 0x10 } },
		.mtu = 1500,
		.client_id = { 7, { 1, 2, 0, 0, 0, 0, 0x10 } },
		.hostname = "pc",
		.parameters_count = sizeof(parameters),
	};
	memcpy(w->config.parameters, parameters, sizeof(parameters));
	w->server_hw = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x99 } };
	dhcp4_init(&w->client, seed);
}

void world_step(struct world *w, struct dhcp4_event event)
{
	static struct world before;
	unsigned others = slots_used(&w->pool) - w->client.offers.count;

	event.now = w->now;
	event.earliest_send = w->earliest_send;
	before.client = w->client;
	before.config = w->config;
	before.pool = w->pool;
	dhcp4_step(&w->client, &w->config, &w->pool, &event, &w->effects);
	take_effects(w, before.client.state);
	check_client(w, others);
	step_copy(&before, w, &event);
}

void world_event(struct world *w, enum dhcp4_event_kind kind)
{
	world_step(w, (struct dhcp4_event){ .kind = kind });
}

void world_carrier(struct world *w, bool up)
{
	world_step(w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					    .carrier.up = up });
}

void world_stop(struct world *w, bool release)
{
	world_step(w, (struct dhcp4_event){ .kind = DHCP4_EVENT_STOP,
					    .stop.release = release });
}

void world_lost(struct world *w, enum dhcp4_address_lost why)
{
	world_step(w, (struct dhcp4_event){ .kind = DHCP4_EVENT_ADDRESS_LOST,
					    .address_lost = why });
}

void world_load(struct world *w, const struct dhcp4_lease *lease,
		bool in_kernel, bool usable)
{
	world_step(w, (struct dhcp4_event){
			      .kind = DHCP4_EVENT_LEASE_LOADED,
			      .lease_loaded = { lease, in_kernel, usable } });
}

void world_start(struct world *w)
{
	world_carrier(w, true);
	world_event(w, DHCP4_EVENT_START);
}

void world_tick(struct world *w)
{
	nsec deadline = dhcp4_want(&w->client).deadline;

	ck_assert(deadline != NSEC_NEVER);
	w->now = deadline;
	world_event(w, DHCP4_EVENT_TICK);
}

void world_run_to(struct world *w, nsec instant)
{
	ck_assert(instant >= w->now);
	while (dhcp4_want(&w->client).deadline <= instant)
		world_tick(w);
	w->now = instant;
}

void world_run(struct world *w, nsec duration)
{
	world_run_to(w, w->now + duration);
}

void world_sleep_to(struct world *w, nsec instant)
{
	ck_assert(instant >= w->now);
	ck_assert(dhcp4_want(&w->client).deadline > instant);
	w->now = instant;
}

void world_sleep(struct world *w, nsec duration)
{
	world_sleep_to(w, w->now + duration);
}

void world_forget(struct world *w)
{
	w->sent_count = w->notice_count = 0;
	w->configures = w->extends = w->deconfigures = 0;
	w->saves = w->forgets = 0;
	w->loss = DHCP4_LOSS_NONE;
}

const struct sent *world_sent(const struct world *w, unsigned n)
{
	ck_assert_uint_lt(n, w->sent_count);
	ck_assert_uint_le(w->sent_count - n, LOG_SIZE);
	return &w->sent[n % LOG_SIZE];
}

const struct sent *world_last(const struct world *w)
{
	return world_sent(w, w->sent_count - 1);
}

unsigned world_count(const struct world *w, enum dhcp4_request request)
{
	unsigned count = 0;

	ck_assert_uint_le(w->sent_count, LOG_SIZE);
	for (unsigned i = 0; i < w->sent_count; i++)
		count += w->sent[i].request == request;
	return count;
}

unsigned world_notices(const struct world *w, enum dhcp4_notice_kind kind)
{
	unsigned count = 0;

	ck_assert_uint_le(w->notice_count, LOG_SIZE);
	for (unsigned i = 0; i < w->notice_count; i++)
		count += w->notices[i].kind == kind;
	return count;
}

void world_check(const struct world *w, enum dhcp4_state state,
		 enum dhcp4_tenure tenure)
{
	ck_assert_str_eq(dhcp4_state_name(w->client.state),
			 dhcp4_state_name(state));
	ck_assert_str_eq(dhcp4_tenure_name(w->client.tenure),
			 dhcp4_tenure_name(tenure));
}

/* ---- replies ---------------------------------------------------------- */

/* What the last packet asked for; CLIENT if it named nothing. */
static ipv4_addr address_asked(const struct world *w)
{
	const struct sent *last = w->sent_count ? world_last(w) : NULL;

	return !last		 ? CLIENT
	       : last->ciaddr	 ? last->ciaddr
	       : last->requested ? last->requested
				 : CLIENT;
}

struct reply world_reply(const struct world *w, enum dhcp4_type type)
{
	bool nak = type == DHCP4_TYPE_NAK;
	struct reply reply = {
		.op = DHCP4_OP_REPLY,
		.type = (uint8_t)type,
		.htype = w->config.hardware_type,
		.hlen = w->config.hwaddr.size,
		.xid = w->client.xid,
		.source = SERVER,
		.server_id = SERVER,
		.yiaddr = nak ? IPV4_ANY : address_asked(w),
		.mask = nak ? 0 : MASK,
		.router = nak ? 0 : SERVER,
		.lease_s = nak ? 0 : 3600,
		.client_id = w->config.client_id,
	};

	memcpy(reply.chaddr, w->config.hwaddr.bytes, reply.hlen);
	return reply;
}

static void write_u32(struct writer *w, uint8_t code, uint32_t value)
{
	if (value)
		option_write_u32(w, code, value);
}

size_t reply_write(const struct reply *r, uint8_t packet[DHCP4_PACKET_MAX])
{
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);
	struct dhcp4_header header = {
		.op = r->op,
		.htype = r->htype,
		.hlen = r->hlen,
		.xid = r->xid,
		.flags = r->flags,
		.ciaddr = r->ciaddr,
		.yiaddr = r->yiaddr,
		.siaddr = r->siaddr,
		.giaddr = r->giaddr,
	};

	memcpy(header.chaddr, r->chaddr, sizeof(header.chaddr));
	dhcp4_message_begin(&w, &header, (enum dhcp4_type)r->type);
	write_u32(&w, DHCP4_OPTION_SERVER_ID, r->server_id);
	write_u32(&w, DHCP4_OPTION_SUBNET_MASK, r->mask);
	write_u32(&w, DHCP4_OPTION_ROUTER, r->router);
	write_u32(&w, DHCP4_OPTION_LEASE_TIME, r->lease_s);
	write_u32(&w, DHCP4_OPTION_T1, r->t1_s);
	write_u32(&w, DHCP4_OPTION_T2, r->t2_s);
	if (r->client_id.size)
		option_write(&w, DHCP4_OPTION_CLIENT_ID, r->client_id.bytes,
			     r->client_id.size);
	writer_bytes(&w, r->options, r->options_size);
	dhcp4_message_end(&w, 0);
	ck_assert(!w.failed);
	frame_seal(packet, w.used,
		   &(struct datagram){ .source = r->source,
				       .destination = IPV4_BROADCAST,
				       .source_port = DHCP4_SERVER_PORT,
				       .destination_port = DHCP4_CLIENT_PORT });
	return FRAME_HEADERS_SIZE + w.used;
}

void world_receive(struct world *w, const struct reply *reply)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size = reply_write(reply, packet);

	world_step(w, (struct dhcp4_event){
			      .kind = DHCP4_EVENT_FRAME,
			      .frame = { packet, size, false, w->server_hw } });
}

void world_offer(struct world *w)
{
	struct reply reply = world_reply(w, DHCP4_TYPE_OFFER);

	world_receive(w, &reply);
}

void world_ack(struct world *w)
{
	struct reply reply = world_reply(w, DHCP4_TYPE_ACK);

	world_receive(w, &reply);
}

void world_nak(struct world *w)
{
	struct reply reply = world_reply(w, DHCP4_TYPE_NAK);

	world_receive(w, &reply);
}

void world_refuses(struct world *w, const struct reply *reply, enum reject why)
{
	static struct dhcp4_client before;
	struct dhcp4_client *after = &w->client;

	before = *after;
	world_receive(w, reply);
	ck_assert_uint_eq(w->effects.count, 1);
	ck_assert_int_eq(w->effects.list[0].kind, DHCP4_EFFECT_NOTIFY);
	ck_assert_int_eq(w->effects.list[0].notice.kind, DHCP4_NOTICE_REJECTED);
	ck_assert_str_eq(reject_name(w->effects.list[0].notice.reject),
			 reject_name(why));
	before.counters.rejected[why]++;
	before.now = w->now;
	ck_assert_mem_eq(&before, after, sizeof(before));
}

/* ---- on the way to a state -------------------------------------------- */

void world_bind_as(struct world *w, const struct reply *ack)
{
	struct reply reply = *ack;

	world_start(w);
	world_offer(w);
	reply.xid = w->client.xid;
	world_receive(w, &reply);
	world_check(w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	world_event(w, DHCP4_EVENT_CONFIGURED);
}

void world_bind(struct world *w)
{
	struct reply ack = world_reply(w, DHCP4_TYPE_ACK);

	world_bind_as(w, &ack);
}

/* BOUND, and then a carrier lost, back, and nobody there. */
static void reach_selecting_held(struct world *w)
{
	world_bind(w);
	world_sleep(w, S(10));
	world_carrier(w, false);
	world_carrier(w, true);
	world_run(w, S(8));
}

static void reach_without_lease(struct world *w, enum dhcp4_state state)
{
	struct dhcp4_lease lease;

	switch (state) {
	case DHCP4_STATE_STOPPED:
		world_carrier(w, true);
		break;
	case DHCP4_STATE_INIT:
		world_start(w);
		world_carrier(w, false);
		break;
	case DHCP4_STATE_SELECTING:
		world_start(w);
		break;
	case DHCP4_STATE_REQUESTING:
		world_start(w);
		world_offer(w);
		break;
	case DHCP4_STATE_INIT_REBOOT:
	case DHCP4_STATE_REBOOTING:
		lease = world_lease(w, 3000);
		world_load(w, &lease, false, true);
		world_event(w, DHCP4_EVENT_START);
		if (state == DHCP4_STATE_REBOOTING)
			world_carrier(w, true);
		break;
	case DHCP4_STATE_PROBING:
		w->config.acd = DHCP4_ACD_STRICT;
		world_start(w);
		world_offer(w);
		world_ack(w);
		break;
	case DHCP4_STATE_INFORMING:
		w->config.inform_address = CLIENT;
		world_start(w);
		break;
	case DHCP4_STATE_BOUND:
	case DHCP4_STATE_RENEWING:
	case DHCP4_STATE_REBINDING:
	case DHCP4_STATE_COUNT:
		ck_abort_msg("not without a lease");
	}
}

static void reach_with_lease(struct world *w, enum dhcp4_state state)
{
	switch (state) {
	case DHCP4_STATE_STOPPED:
		world_bind(w);
		world_stop(w, false);
		break;
	case DHCP4_STATE_INIT:
		world_bind(w);
		world_carrier(w, false);
		w->config.client_id.bytes[6]++;
		world_step(w,
			   (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
						 .reconfigure.identity = true });
		break;
	case DHCP4_STATE_SELECTING:
		reach_selecting_held(w);
		break;
	case DHCP4_STATE_REQUESTING:
		reach_selecting_held(w);
		world_offer(w);
		break;
	case DHCP4_STATE_INIT_REBOOT:
	case DHCP4_STATE_REBOOTING:
		world_bind(w);
		world_sleep(w, S(10));
		world_carrier(w, false);
		if (state == DHCP4_STATE_REBOOTING)
			world_carrier(w, true);
		break;
	case DHCP4_STATE_BOUND:
		world_bind(w);
		break;
	case DHCP4_STATE_RENEWING:
		world_bind(w);
		world_run_to(w, w->client.lease.t1_ns);
		break;
	case DHCP4_STATE_REBINDING:
		world_bind(w);
		world_run_to(w, w->client.lease.t2_ns);
		break;
	case DHCP4_STATE_PROBING:
	case DHCP4_STATE_INFORMING:
	case DHCP4_STATE_COUNT:
		ck_abort_msg("not with a lease held");
	}
}

void world_reach(struct world *w, enum dhcp4_state state, bool held)
{
	if (held)
		reach_with_lease(w, state);
	else
		reach_without_lease(w, state);
	ck_assert_str_eq(dhcp4_state_name(w->client.state),
			 dhcp4_state_name(state));
	ck_assert_int_eq(w->client.tenure == DHCP4_TENURE_HELD, held);
}

struct dhcp4_lease world_lease(const struct world *w, uint32_t remaining_s)
{
	nsec granted = w->now - S(100);

	return (struct dhcp4_lease){
		.address = CLIENT,
		.prefix_length = 24,
		.server_id = SERVER,
		.server_hw = w->server_hw,
		.granted_ns = granted,
		.t1_ns = w->now + S(remaining_s) / 2,
		.t2_ns = w->now + S(remaining_s) / 8 * 7,
		.expiry_ns = w->now + S(remaining_s),
		.lease_s = remaining_s + 100,
		.client_id = w->config.client_id,
	};
}
