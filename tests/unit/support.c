/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world of one client. What is asserted of each step:
 *   - a copy of the client, made by way of octets, does the same in the step;
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

#include "core/names.h"
#include "core/replay.h"
#include "unit/may_idle.h"

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

/* The options of a payload by their codes: where each value is, or NULL. */
struct wire_options {
	const uint8_t *value[256];
	uint8_t size[256];
};

/*
 * Well formed: none twice (but for the pieces of a long one), none past the end,
 * End, and zeros from there on.
 */
static void wire_read(const uint8_t *payload, size_t size,
		      struct wire_options *ret)
{
	size_t at = DHCP4_HEADER_SIZE;
	uint8_t split = DHCP4_OPTION_PAD;

	memset(ret, 0, sizeof(*ret));
	while (at < size && payload[at] != DHCP4_OPTION_END) {
		uint8_t code = payload[at];

		CHECK(code != DHCP4_OPTION_PAD);
		CHECK(at + 1 < size);
		if (code != split) {
			CHECK(!ret->value[code]);
			ret->value[code] = payload + at + 2;
			ret->size[code] = payload[at + 1];
		}
		split = payload[at + 1] == UINT8_MAX ? code : DHCP4_OPTION_PAD;
		at += 2U + payload[at + 1];
	}
	CHECK(at < size);
	while (++at < size)
		CHECK(payload[at] == 0);
}

const uint8_t *wire_option(const uint8_t *payload, size_t size, uint8_t code,
			   uint8_t *ret_size)
{
	struct wire_options options;

	wire_read(payload, size, &options);
	*ret_size = options.size[code];
	return options.value[code];
}

uint32_t wire_option_u32(const uint8_t *payload, size_t size, uint8_t code)
{
	uint8_t length = 0;
	const uint8_t *value = wire_option(payload, size, code, &length);

	if (!value)
		return 0;
	CHECK(length == 4);
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
	if (rule != 'm' && there != (rule == 'y'))
		ck_abort_msg("%s is %s", what, there ? "there" : "missing");
}

static void check_client_options(const uint8_t *payload, size_t size,
				 enum dhcp4_request request,
				 const struct dhcp4_config *config)
{
	static const uint8_t known[] = { 50, 53, 54, 55,  56,  57,
					 61, 80, 90, 116, 118, 145 };
	bool discover = request == DHCP4_REQUEST_DISCOVER;
	char parameters = tables[request].parameters;
	bool nonces = config->force_renew && config->auth == DHCP4_AUTH_NONE;
	bool nameless = config->anonymous;
	struct option_value value;
	struct wire_options o;

	wire_read(payload, size, &o);
	CHECK(o.value[53] && o.size[53] == 1);
	CHECK(*o.value[53] == tables[request].type);
	check_presence(nameless && request == DHCP4_REQUEST_DISCOVER
			       ? 'n'
			       : tables[request].requested,
		       o.value[50], "option 50");
	check_presence(tables[request].server_id, o.value[54], "option 54");
	check_presence(nameless ? 'n' : tables[request].reason, o.value[56],
		       "option 56");
	check_presence(nameless ? 'n' : parameters, o.value[57], "option 57");
	check_presence(config->parameters_count || config->v6only ? parameters
								  : 'n',
		       o.value[55], "option 55");
	CHECK(!o.value[55] || !memchr(o.value[55], 80, o.size[55]));
	check_presence(discover && config->rapid_commit ? 'm' : 'n',
		       o.value[80], "option 80");
	CHECK(o.size[80] == 0);
	/* Odd modes are those of link-local addresses. */
	check_presence(discover && config->auto_configure &&
				       config->fallback.mode % 2
			       ? 'y'
			       : 'n',
		       o.value[116], "option 116");
	check_presence(config->subnet && request != DHCP4_REQUEST_INFORM
			       ? parameters
			       : 'n',
		       o.value[118], "option 118");
	check_presence(nonces && !nameless ? parameters : 'n', o.value[145],
		       "option 145");
	check_presence(config->auth == DHCP4_AUTH_NONE	  ? 'n'
		       : config->auth == DHCP4_AUTH_TOKEN ? 'y'
							  : 'm',
		       o.value[90], "option 90");
	/* What authenticates all the rest stands behind it. */
	for (unsigned code = 0; o.value[90] && code < 256; code++)
		CHECK(!o.value[code] || o.value[code] <= o.value[90]);
	for (unsigned code = 0; code < 256; code++) {
		bool set = encoded_get(config->encoded, (uint8_t)code, &value);
		bool sent = parameters == 'y' && set &&
			    (!nameless || code == 12) &&
			    (request != DHCP4_REQUEST_INFORM || code != 51);

		if (!memchr(known, (int)code, sizeof(known)) &&
		    sent != (o.value[code] != NULL))
			ck_abort_msg("option %u is %s", code,
				     sent ? "missing" : "there");
	}
}

void check_client_message(const uint8_t *payload, size_t size,
			  enum dhcp4_request request,
			  const struct dhcp4_config *config)
{
	CHECK(size >= 300);
	CHECK(payload[0] == 1);
	CHECK(payload[1] == config->hardware_type);
	CHECK(payload[3] == 0);
	if (tables[request].secs == 'n')
		CHECK(wire_u16(payload, 8) == 0);
	CHECK((wire_u16(payload, 10) & 0x7fff) == 0);
	if (tables[request].ciaddr == 'y' || request == DHCP4_REQUEST_DECLINE)
		CHECK(wire_u16(payload, 10) == 0);
	check_presence(tables[request].ciaddr, wire_u32(payload, 12) != 0,
		       "ciaddr");
	for (size_t at = 16; at < 28; at++)
		CHECK(payload[at] == 0);
	for (size_t at = 44; at < 236; at++)
		CHECK(payload[at] == 0);
	CHECK(memcmp(payload + 236, "\x63\x82\x53\x63", 4) == 0);
	check_client_options(payload, size, request, config);
}

/* ---- what is checked of a step ---------------------------------------- */

/* Where a packet comes from and goes to, and that its headers are right. */
static void check_headers(const struct dhcp4_effect *effect,
			  const struct dhcp4_config *config)
{
	enum dhcp4_request request = effect->send.request;
	const uint8_t *packet = effect->send.packet;
	/* From the third on an INFORM goes to all servers. */
	bool unicast = request == DHCP4_REQUEST_RENEWING ||
		       request == DHCP4_REQUEST_RELEASE ||
		       (request == DHCP4_REQUEST_INFORM &&
			config->inform_server && effect->send.number < 3);
	struct datagram d;

	CHECK(frame_parse(packet, effect->send.size, DHCP4_SERVER_PORT, false,
			  &d) == REJECT_NONE);
	CHECK(d.source_port == DHCP4_CLIENT_PORT);
	CHECK(d.source == effect->send.source);
	CHECK(d.destination == effect->send.destination);
	CHECK(d.payload + d.size == packet + effect->send.size);
	CHECK((effect->kind == DHCP4_EFFECT_SEND_UNICAST) == unicast);
	CHECK((d.destination != IPV4_BROADCAST) == unicast);
	/* From the address that ciaddr names, else from 0.0.0.0. */
	CHECK(d.source == wire_u32(d.payload, 12));
	if (!unicast) {
		CHECK(effect->send.hw.size == 0);
		CHECK(!effect->send.by_socket);
	}
}

static void record_send(struct world *w, const struct dhcp4_effect *effect)
{
	struct sent *sent = &w->sent[w->sent_count++ % LOG_SIZE];
	const uint8_t *payload = effect->send.packet + FRAME_HEADERS_SIZE;
	size_t size = effect->send.size - FRAME_HEADERS_SIZE;

	check_headers(effect, &w->config);
	check_client_message(payload, size, effect->send.request, &w->config);
	CHECK(w->client.carrier);
	CHECK(effect->send.size <= SENT_PACKET_MAX);
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
		.broadcast = wire_u16(payload, 10) != 0,
		.size = effect->send.size,
	};
	memcpy(sent->packet, effect->send.packet, effect->send.size);
}

/* RFC 4436 2.1.1: the target's hardware address is not in the packet. */
static void record_ask(struct world *w, const struct arp *arp,
		       const struct hwaddr *to)
{
	static const uint8_t none[6];

	CHECK(w->client.carrier && w->config.known_networks);
	CHECK(memcmp(arp->target_hw, none, sizeof(none)) == 0);
	w->asks[w->ask_count++ % LOG_SIZE] = (struct sent_ask){
		.at = w->now,
		.address = arp->sender,
		.router = arp->target,
		.to = *to,
	};
}

/* RFC 5227 1.1, 2.3: a probe names no sender, an announcement itself. */
static void record_arp(struct world *w, const struct dhcp4_effect *effect)
{
	struct arp arp;

	CHECK(arp_parse(effect->arp.packet, ARP_SIZE, &arp));
	CHECK(arp.op == ARP_OP_REQUEST);
	CHECK(memcmp(arp.sender_hw, w->config.hwaddr.bytes, 6) == 0);
	if (arp.sender != IPV4_ANY && arp.sender != arp.target) {
		record_ask(w, &arp, &effect->arp.to);
		return;
	}
	CHECK(effect->arp.to.size == 0);
	CHECK(arp.sender == IPV4_ANY || arp.sender == arp.target);
	CHECK(arp.sender == IPV4_ANY || arp.sender == w->client.lease.address ||
	      arp.sender == w->client.fallback.acd.address);
	CHECK(w->client.carrier);
	w->arps[w->arp_count++ % LOG_SIZE] =
		(struct sent_arp){ .at = w->now,
				   .address = arp.target,
				   .probe = arp.sender == IPV4_ANY };
}

static void play_lease(struct world *w, const struct dhcp4_effect *effect)
{
	const struct dhcp4_lease *lease = effect->lease;

	if (effect->kind == DHCP4_EFFECT_DECONFIGURE) {
		CHECK(effect->deconfigure.address == w->kernel);
		CHECK(effect->deconfigure.prefix_length == w->kernel_length);
		CHECK(effect->deconfigure.why != DHCP4_LOSS_NONE);
		w->loss = effect->deconfigure.why;
		w->kernel = IPV4_ANY;
		w->deconfigures++;
		return;
	}
	CHECK(lease == &w->client.lease);
	if (effect->kind == DHCP4_EFFECT_CONFIGURE) {
		CHECK(w->kernel == IPV4_ANY);
		w->kernel = lease->address;
		w->kernel_length = lease->prefix_length;
		w->configures++;
	} else {
		w->extends++;
	}
	CHECK(w->kernel == lease->address);
	CHECK(w->kernel_length == lease->prefix_length);
}

static void play_fallback(struct world *w, const struct dhcp4_effect *effect)
{
	ipv4_addr address = effect->fallback.address;

	CHECK(address != IPV4_ANY);
	CHECK(w->fallback == IPV4_ANY || w->fallback == address);
	if (effect->kind == DHCP4_EFFECT_FALLBACK_REMOVE) {
		CHECK(w->fallback == address);
		w->fallback = IPV4_ANY;
		w->fallback_removes++;
		return;
	}
	w->fallback = address;
	w->fallback_length = effect->fallback.prefix_length;
	w->fallback_gateway = effect->fallback.gateway;
	w->fallback_adds++;
}

static void note(struct world *w, const struct dhcp4_notice *notice,
		 enum dhcp4_state *state)
{
	w->notices[w->notice_count++ % LOG_SIZE] = *notice;
	if (notice->kind != DHCP4_NOTICE_TRANSITION)
		return;
	CHECK(notice->from == *state);
	if (!dhcp4_transition_is_legal(notice->from, notice->to))
		ck_abort_msg("%s to %s", dhcp4_state_name(notice->from),
			     dhcp4_state_name(notice->to));
	w->seen[notice->from][notice->to] = true;
	*state = notice->to;
}

/* Takes the effects in, from the state before. */
static void take_effects(struct world *w, enum dhcp4_state state)
{
	const struct dhcp4_effects *effects = &w->effects;
	unsigned packets = 0;

	CHECK(effects->count <= DHCP4_EFFECTS_MAX);
	for (unsigned i = 0; i < effects->count; i++) {
		const struct dhcp4_effect *effect = &effects->list[i];

		CHECK(i == 0 || effects->list[i - 1].kind <= effect->kind);
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
		case DHCP4_EFFECT_FALLBACK_REMOVE:
		case DHCP4_EFFECT_FALLBACK_ADD:
			play_fallback(w, effect);
			break;
		case DHCP4_EFFECT_SAVE_LEASE:
			CHECK(effect->lease == &w->client.lease);
			w->stored = effect->lease->address;
			w->saves++;
			break;
		case DHCP4_EFFECT_FORGET_LEASE:
			w->stored = IPV4_ANY;
			w->forgets++;
			break;
		case DHCP4_EFFECT_RECALL:
			w->recalled = effect->recall;
			w->recalls++;
			break;
		case DHCP4_EFFECT_NOTIFY:
			note(w, &effect->notice, &state);
			break;
		case DHCP4_EFFECT_SEND_ARP:
			record_arp(w, effect);
			break;
		}
	}
	CHECK(w->fallback == fallback_address(&w->client.fallback));
	CHECK(packets == effects->packets);
	CHECK(state == w->client.state);
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

	CHECK(dhcp4_tenure_is_legal(c->state, c->tenure));
	CHECK(want.deadline > w->now);
	if (want.deadline == NSEC_NEVER && !may_idle(c))
		ck_abort_msg("%s waits for nothing", dhcp4_state_name(c->state));
	CHECK(w->kernel == (held ? c->lease.address : IPV4_ANY));
	if (c->tenure != DHCP4_TENURE_NONE)
		CHECK(c->lease.expiry_ns > w->now);
	CHECK(held || (!c->configured && c->configure_at == NSEC_NEVER));
	if (is_waiting_for_replies(c)) {
		CHECK(want.listen);
		CHECK(w->sent_count == 0 ||
		      world_last(w)->request == DHCP4_REQUEST_DECLINE ||
		      world_last(w)->xid == want.xid);
	} else if (c->state == DHCP4_STATE_BOUND) {
		/* The answer to the REQUEST of REBOOTING may be open. */
		CHECK(want.listen == (c->give_up_at != NSEC_NEVER));
	} else if (c->state != DHCP4_STATE_INFORMING) {
		CHECK(!want.listen);
	}
	CHECK(slots_used(&w->pool) == others + c->offers.count);
}

/* What goes through octets and back is all that there is. */
static void copy_by_octets(struct replay *to, const struct world *from)
{
	static struct dhcp4_snapshot snapshot;
	static uint8_t octets[SNAPSHOT_SIZE_MAX];
	struct writer w = writer_over(octets, sizeof(octets));
	struct reader r;

	snapshot_write(&w, &from->client, &from->config, &from->pool);
	CHECK(!w.failed);
	r = reader_over(octets, w.used);
	snapshot_read(&r, &snapshot);
	CHECK(!r.failed && r.left == 0);
	replay_begin(to, &snapshot);
}

/* A copy does the same: nothing is kept outside of it, and nothing is random. */
static void step_copy(const struct world *before, const struct world *after,
		      const struct dhcp4_event *event)
{
	static struct replay run, expected;
	static struct dhcp4_snapshot snapshot;
	struct dhcp4_want want = dhcp4_want(&after->client);
	struct record_event record = {
		.event = *event,
		.free_slots = (uint8_t)offer_pool_free(&before->pool),
		.digest = record_digest(&after->effects, &want),
	};
	const char *difference;

	copy_by_octets(&run, before);
	CHECK(replay_step(&run, &record));
	CHECK(replay_agrees(&run, &record));
	CHECK(run.effects.slot_taken == after->effects.slot_taken);
	CHECK(offer_pool_free(&run.pool) == offer_pool_free(&after->pool));
	copy_by_octets(&expected, after);
	replay_snapshot(&expected, &snapshot);
	difference = replay_check(&run, &snapshot);
	if (difference)
		ck_abort_msg("a copy has another %s", difference);
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
		.encoded = &w->encoded,
		.parameters_count = sizeof(parameters),
		.acd_defence = ACD_DEFENCE_ONCE,
	};
	w->encoded = (struct dhcp4_encoded){ 5, { 12, 0, 2, 'p', 'c' } };
	memcpy(w->config.parameters, parameters, sizeof(parameters));
	w->server_hw = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x99 } };
	dhcp4_init(&w->client, seed);
}

void world_step(struct world *w, struct dhcp4_event event)
{
	static struct world before;
	unsigned others = slots_used(&w->pool) - w->client.offers.count;
	struct dhcp4_want want;
	size_t room;

	event.now = w->now;
	event.earliest_send = w->earliest_send;
	before.client = w->client;
	before.config = w->config;
	before.pool = w->pool;
	if (w->recorder)
		recorder_before(w->recorder, &w->track, &w->client, &w->config,
				&w->pool);
	room = dhcp4_options_after(&w->client, &w->config, &event);
	dhcp4_step(&w->client, &w->config, &w->pool, &event, &w->effects);
	CHECK(w->client.lease.options.used <= room);
	want = dhcp4_want(&w->client);
	if (w->recorder)
		recorder_after(w->recorder, &w->track, &event, &w->effects,
			       &want);
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
			      .lease_loaded = { .lease = lease,
						.in_kernel = in_kernel,
						.usable = usable } });
}

void world_fallback(struct world *w, enum dhcp4_fallback_report what,
		    ipv4_addr address)
{
	if (what == DHCP4_FALLBACK_FOUND)
		w->fallback = address;
	world_step(w, (struct dhcp4_event){ .kind = DHCP4_EVENT_FALLBACK,
					    .fallback = { what, address, 12 } });
}

void world_arp(struct world *w, enum arp_op op, ipv4_addr sender, ipv4_addr target)
{
	const struct arp arp = { .op = (uint16_t)op,
				 .sender_hw = { 2, 0, 0, 0, 0, 0x77 },
				 .sender = sender,
				 .target = target };
	uint8_t packet[ARP_SIZE];

	arp_write(packet, &arp);
	world_step(w, (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP,
					    .arp = { packet, ARP_SIZE, false } });
}

void world_start(struct world *w)
{
	world_carrier(w, true);
	world_event(w, DHCP4_EVENT_START);
}

void world_tick(struct world *w)
{
	nsec deadline = dhcp4_want(&w->client).deadline;

	CHECK(deadline != NSEC_NEVER);
	w->now = deadline;
	world_event(w, DHCP4_EVENT_TICK);
}

void world_run_to(struct world *w, nsec instant)
{
	CHECK(instant >= w->now);
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
	CHECK(instant >= w->now);
	CHECK(dhcp4_want(&w->client).deadline > instant);
	w->now = instant;
}

void world_sleep(struct world *w, nsec duration)
{
	world_sleep_to(w, w->now + duration);
}

void world_forget(struct world *w)
{
	w->sent_count = w->notice_count = w->arp_count = 0;
	w->configures = w->extends = w->deconfigures = 0;
	w->saves = w->forgets = w->recalls = w->ask_count = 0;
	w->fallback_adds = w->fallback_removes = 0;
	w->loss = DHCP4_LOSS_NONE;
}

const struct sent *world_sent(const struct world *w, unsigned n)
{
	CHECK(n < w->sent_count);
	CHECK(w->sent_count - n <= LOG_SIZE);
	return &w->sent[n % LOG_SIZE];
}

const struct sent *world_last(const struct world *w)
{
	return world_sent(w, w->sent_count - 1);
}

unsigned world_count(const struct world *w, enum dhcp4_request request)
{
	unsigned count = 0;

	CHECK(w->sent_count <= LOG_SIZE);
	for (unsigned i = 0; i < w->sent_count; i++)
		count += w->sent[i].request == request;
	return count;
}

unsigned world_notices(const struct world *w, enum dhcp4_notice_kind kind)
{
	unsigned count = 0;

	CHECK(w->notice_count <= LOG_SIZE);
	for (unsigned i = 0; i < w->notice_count; i++)
		count += w->notices[i].kind == kind;
	return count;
}

void world_check(const struct world *w, enum dhcp4_state state,
		 enum dhcp4_tenure tenure)
{
	if (w->client.state != state || w->client.tenure != tenure)
		ck_abort_msg("%s, %s; expected %s, %s",
			     dhcp4_state_name(w->client.state),
			     dhcp4_tenure_name(w->client.tenure),
			     dhcp4_state_name(state), dhcp4_tenure_name(tenure));
}
