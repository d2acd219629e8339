/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets to events, and what must be true of every client after each of them. */
#include "fuzz/play.h"

#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "core/linklocal.h"
#include "core/names.h"
#include "fuzz/checks.h"
#include "fuzz/fuzz.h"
#include "replay/print.h"
#include "unit/may_idle.h"

#define SERVER UINT32_C(0x0a000001) /* 10.0.0.1 */
#define CLIENT UINT32_C(0x0a000032) /* 10.0.0.50 */
#define START  (1000 * NSEC_PER_S)

/* ---- configuration ------------------------------------------------------- */

/* Only what the daemon's settings allow is a configuration. */
static void settle_config(struct dhcp4_config *config)
{
	if (config->anonymous) {
		config->auth = DHCP4_AUTH_NONE;
		config->force_renew = config->rapid_commit = false;
		config->auto_configure = config->known_networks = false;
		config->subnet = IPV4_ANY;
	}
	if (config->auth == DHCP4_AUTH_TOKEN)
		config->force_renew = false;
	if (!config->inform_address)
		config->inform_server = IPV4_ANY;
}

static void set_identity(struct dhcp4_config *config,
			 struct dhcp4_encoded *encoded, unsigned bits)
{
	static const uint8_t parameters[] = { 1, 121, 3, 6, 15, 51, 58, 59 };
	static const uint8_t filler[DHCP4_ENCODED_SIZE - 8];

	config->hardware_type = ARP_HTYPE_ETHERNET;
	config->hwaddr = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x10 } };
	if (bits & 1) {
		config->hardware_type = 32; /* InfiniBand */
		config->hwaddr.size = 20;
	}
	config->mtu = bits & 2 ? 576 : 1500;
	config->client_id.size = 7;
	if (bits & 4)
		config->client_id.size = DHCP4_CLIENT_ID_MAX;
	if (bits & 8)
		config->client_id.size = 0;
	memcpy(config->client_id.bytes, "\1\2\0\0\0\0\x10", 7);
	config->parameters_count = sizeof(parameters);
	memcpy(config->parameters, parameters, sizeof(parameters));
	config->dscp = bits & 16 ? 48 : 0;
	if (bits & 32)
		encoded_put(encoded, DHCP4_OPTION_HOST_NAME, "pc", 2);
	if (bits & 64) /* as much as there is room for */
		encoded_put(encoded, 224, filler, sizeof(filler));
	if (bits & 128)
		config->requested_address = CLIENT;
}

/* Edits of all kinds, and lists that are read again when they are joined to. */
static void set_override(struct dhcp4_override *edits, unsigned bits)
{
	static const uint8_t names[] = "\1a\7example\0\1b\xc0\2";
	static const uint8_t octets[] = { 0, 0, 2, 88, 1, 2, 3, 4 };
	static const uint8_t filler[DHCP4_OVERRIDE_SIZE - 40];

	if (bits & 8) {
		override_put(edits, OVERRIDE_PREPEND, DHCP4_OPTION_DOMAIN_SEARCH,
			     names, sizeof(names) - 1);
		override_put(edits, OVERRIDE_APPEND, DHCP4_OPTION_DOMAIN_SEARCH,
			     names, sizeof(names) - 1);
	}
	if (bits & 16) {
		override_put(edits, OVERRIDE_APPEND,
			     DHCP4_OPTION_CLASSLESS_ROUTES, octets, 5);
		override_put(edits, OVERRIDE_PREPEND,
			     DHCP4_OPTION_STATIC_ROUTES, octets, 8);
	}
	if (bits & 32) {
		override_put(edits, OVERRIDE_SUPERSEDE, DHCP4_OPTION_LEASE_TIME,
			     octets, 4);
		override_put(edits, OVERRIDE_IGNORE, DHCP4_OPTION_SUBNET_MASK,
			     NULL, 0);
	}
	if (bits & 64)
		override_put(edits, OVERRIDE_REQUIRE, DHCP4_OPTION_DNS_SERVERS,
			     NULL, 0);
	if (bits & 128) /* as much as there is room for */
		override_put(edits, OVERRIDE_DEFAULT, 224, filler,
			     sizeof(filler));
}

static void read_config(struct play *p)
{
	struct dhcp4_config *config = &p->config;
	struct reader *r = &p->script;
	unsigned acd = reader_u8(r), beside = reader_u8(r);
	unsigned exchange = reader_u8(r), other = reader_u8(r);

	config->acd = acd % ACD_MODE_COUNT;
	config->acd_defence = (acd >> 2) % ACD_DEFENCE_COUNT;
	config->broadcast = (acd >> 4) % DHCP4_BROADCAST_COUNT;
	config->rapid_commit = acd & 64;
	config->v6only = acd & 128;

	config->fallback.mode = beside % FALLBACK_MODE_COUNT;
	config->fallback.address =
		config->fallback.mode == FALLBACK_MODE_STATIC ? 0xc0a80105 : 0;
	config->fallback.prefix_length = 24;
	config->fallback.gateway = beside & 4 ? 0xc0a80101 : 0;
	config->auth = (beside >> 3) % DHCP4_AUTH_COUNT;
	config->auth_token_size = 5;
	config->auth_required = beside & 32;
	config->force_renew = beside & 64;
	config->known_networks = beside & 128;

	config->anonymous = exchange & 1;
	config->bootp = exchange & 2;
	config->ignore_classless_routes = exchange & 4;
	config->auto_configure = exchange & 8;
	config->offer_window_ns = (exchange >> 4 & 3) * NSEC_PER_S;
	config->inform_address = exchange & 64 ? CLIENT : IPV4_ANY;
	config->inform_server = exchange & 128 ? SERVER : IPV4_ANY;

	config->subnet = other & 1 ? 0x0a000000 : IPV4_ANY;
	config->allow_servers.count = other & 2 ? 1 : 0;
	config->allow_servers.rules[0] = (struct ipv4_prefix){ SERVER, 24 };
	config->deny_servers.count = other & 4 ? 1 : 0;
	config->deny_servers.rules[0] = (struct ipv4_prefix){ SERVER + 1, 32 };
	set_override(&p->override, other);
	config->override = &p->override;
	config->encoded = &p->encoded;
	set_identity(config, &p->encoded, reader_u8(r));
	settle_config(config);
}

/* ---- what arrives -------------------------------------------------------- */

enum reply_flag {
	REPLY_OTHER_XID = 1,
	REPLY_OTHER_CHADDR = 2,
	REPLY_OTHER_SERVER = 4,
	REPLY_UNICAST = 8,
	REPLY_WITHOUT_SERVER = 16,
	REPLY_BARE = 32,     /* with the options of the script alone */
	REPLY_OVERLOAD = 64, /* which are in sname and file, too */
	REPLY_UNPROVEN = 128,
};

static ipv4_addr choose_address(const struct play *p, unsigned choice)
{
	const ipv4_addr addresses[] = {
		CLIENT,	    CLIENT + 1,		  p->client.lease.address,
		SERVER,	    p->client.hint,	  p->client.chosen.address,
		0x7f000001, UINT32_C(0xffffffff),
	};

	return choice % 9 == 8 ? IPV4_ANY : addresses[choice % 9];
}

static void write_defaults(struct writer *w, unsigned type, unsigned flags,
			   unsigned choice)
{
	static const uint32_t seconds[] = { 3600, 1,  60,    600,
					    0,	  10, 86400, UINT32_MAX };
	static const uint8_t mask[] = { 255, 255, 255, 0 };
	ipv4_addr server = SERVER + (flags & REPLY_OTHER_SERVER ? 1 : 0);

	option_write_u8(w, DHCP4_OPTION_MESSAGE_TYPE, (uint8_t)type);
	if (!(flags & REPLY_WITHOUT_SERVER))
		option_write_u32(w, DHCP4_OPTION_SERVER_ID, server);
	option_write_u32(w, DHCP4_OPTION_LEASE_TIME, seconds[choice % 8]);
	option_write(w, DHCP4_OPTION_SUBNET_MASK, mask, sizeof(mask));
}

/* The octets that the script says how many of follow. */
static const uint8_t *take_bytes(struct play *p, size_t max, size_t *ret_size)
{
	size_t size = reader_u16(&p->script);

	if (size > max)
		size = max;
	if (size > p->script.left)
		size = p->script.left;
	*ret_size = size;
	return reader_bytes(&p->script, size);
}

static void overload(struct writer *w, const uint8_t *bytes, size_t size)
{
	const size_t at = FRAME_HEADERS_SIZE + 44;
	const size_t room = DHCP4_SNAME_SIZE + DHCP4_FILE_SIZE;

	option_write_u8(w, DHCP4_OPTION_OVERLOAD, 3);
	if (size)
		memcpy(w->start + at, bytes, size < room ? size : room);
}

static size_t write_reply(struct play *p, unsigned type, unsigned flags,
			  unsigned choice)
{
	struct writer w = writer_over(p->packet, DHCP4_PACKET_MAX);
	struct dhcp4_header header = {
		.op = DHCP4_OP_REPLY,
		.htype = (uint8_t)p->config.hardware_type,
		.hlen = p->config.hwaddr.size > 16 ? 0 : p->config.hwaddr.size,
		.xid = p->client.xid + (flags & REPLY_OTHER_XID ? 1 : 0),
		.yiaddr = choose_address(p, choice),
	};
	struct datagram d = {
		.source = SERVER,
		.destination =
			flags & REPLY_UNICAST ? header.yiaddr : IPV4_BROADCAST,
		.source_port = DHCP4_SERVER_PORT,
		.destination_port = DHCP4_CLIENT_PORT,
	};
	const uint8_t *options;
	size_t size;

	memcpy(header.chaddr, p->config.hwaddr.bytes, header.hlen);
	header.chaddr[0] ^= flags & REPLY_OTHER_CHADDR ? 4 : 0;
	writer_pad(&w, FRAME_HEADERS_SIZE);
	dhcp4_header_write(&w, &header);
	if (!(flags & REPLY_BARE))
		write_defaults(&w, type, flags, choice >> 4);
	options = take_bytes(p, 1150, &size);
	if (flags & REPLY_OVERLOAD)
		overload(&w, options, size);
	writer_bytes(&w, options, size);
	writer_u8(&w, DHCP4_OPTION_END);
	writer_pad(&w, FRAME_HEADERS_SIZE + DHCP4_MESSAGE_MIN);
	CHECK(!w.failed);
	frame_seal(p->packet, w.used - FRAME_HEADERS_SIZE, &d);
	return w.used;
}

static void put_frame(struct play *p, struct dhcp4_event *event, size_t size,
		      bool proven)
{
	bool proves = p->config.auth != DHCP4_AUTH_NONE || p->config.force_renew;

	event->kind = DHCP4_EVENT_FRAME;
	event->frame.bytes = p->packet;
	event->frame.size = size;
	event->frame.source = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 0x99 } };
	event->frame.auth = !proves  ? AUTH_VERDICT_NONE
			    : proven ? AUTH_VERDICT_VALID
				     : AUTH_VERDICT_INVALID;
}

static void op_reply(struct play *p, struct dhcp4_event *event)
{
	unsigned type = reader_u8(&p->script) % (DHCP4_TYPE_FORCERENEW + 2);
	unsigned flags = reader_u8(&p->script), choice = reader_u8(&p->script);
	size_t size = write_reply(p, type, flags, choice);

	put_frame(p, event, size, !(flags & REPLY_UNPROVEN));
}

static void op_packet(struct play *p, struct dhcp4_event *event)
{
	size_t size;
	const uint8_t *bytes = take_bytes(p, DHCP4_PACKET_MAX, &size);

	if (size)
		memcpy(p->packet, bytes, size);
	put_frame(p, event, size, true);
	event->frame.checksum_partial = true;
}

/* Who might have an address, and ask for which. */
static void op_arp(struct play *p, struct dhcp4_event *event)
{
	unsigned bits = reader_u8(&p->script), who = reader_u8(&p->script);
	const ipv4_addr addresses[] = {
		IPV4_ANY,
		CLIENT,
		p->want.watch,
		p->want.watch_fallback,
		p->want.routers[0],
		p->want.routers[1],
		SERVER,
		p->client.lease.address,
	};
	struct arp arp = {
		.op = bits & 1 ? ARP_OP_REPLY : ARP_OP_REQUEST,
		.sender = addresses[who % 8],
		.target = addresses[who / 8 % 8],
		.sender_hw = { 2, 0, 0, 0, 0, 0x99 },
	};

	if (bits & 2)
		memcpy(arp.sender_hw, p->config.hwaddr.bytes, ARP_HWADDR_SIZE);
	memcpy(arp.target_hw, p->config.hwaddr.bytes, ARP_HWADDR_SIZE);
	arp_write(p->packet, &arp);
	event->kind = DHCP4_EVENT_ARP;
	event->arp.bytes = p->packet;
	event->arp.size = ARP_SIZE;
	event->arp.own = bits & 4;
}

static void op_arp_packet(struct play *p, struct dhcp4_event *event)
{
	event->kind = DHCP4_EVENT_ARP;
	event->arp.bytes = take_bytes(p, 64, &event->arp.size);
}

/* ---- what else happens --------------------------------------------------- */

static void tell_networks(const struct play *p, struct dhcp4_event *event,
			  unsigned count)
{
	if (!p->config.known_networks)
		return;
	for (unsigned i = 0; i < count % (ATTACH_OTHERS_MAX + 1); i++)
		event->known.node[i] = (struct attach_node){
			.index = (uint8_t)(i + 1),
			.address = CLIENT + i,
			.router = SERVER + 0x100 * i,
			.router_hw = { 6, { 2, 0, 0, 0, 0, (uint8_t)i } },
		};
}

static void op_start(struct play *p, struct dhcp4_event *event)
{
	event->kind = DHCP4_EVENT_START;
	tell_networks(p, event, reader_u8(&p->script));
}

static void op_carrier(struct play *p, struct dhcp4_event *event)
{
	unsigned bits = reader_u8(&p->script);

	event->kind = DHCP4_EVENT_CARRIER;
	event->carrier.up = !p->client.carrier && !(bits & 1);
	event->carrier.moved = bits & 1;
	if (event->carrier.up)
		tell_networks(p, event, bits >> 1);
}

static void op_stop(struct play *p, struct dhcp4_event *event)
{
	unsigned bits = reader_u8(&p->script);

	event->kind = DHCP4_EVENT_STOP;
	event->stop.release = (bits & 3) == 1;
	event->stop.gone = (bits & 3) == 2;
}

/* The kernel's answer to what it was asked for, or not. */
static void op_answer(struct play *p, struct dhcp4_event *event)
{
	switch (reader_u8(&p->script) % 5) {
	case 0:
		event->kind = DHCP4_EVENT_CONFIGURED;
		return;
	case 1:
		event->kind = DHCP4_EVENT_CONFIGURE_FAILED;
		event->failed.error = ENOBUFS;
		return;
	case 2:
		event->kind = DHCP4_EVENT_FALLBACK;
		event->fallback.what = DHCP4_FALLBACK_CONFIGURED;
		return;
	case 3:
		event->kind = DHCP4_EVENT_FALLBACK;
		event->fallback.what = DHCP4_FALLBACK_REFUSED;
		event->fallback.error = EACCES;
		return;
	default:
		event->kind = DHCP4_EVENT_SEND_FAILED;
		event->failed.error = ENETDOWN;
	}
}

/* The file was read again: any value of any key, but who is informed stays so. */
static void read_again(struct play *p, struct dhcp4_event *event)
{
	const struct dhcp4_config former = p->config;
	struct dhcp4_config *c = &p->config;

	p->encoded = (struct dhcp4_encoded){ 0 };
	c->client_id.size = 0;
	p->override = (struct dhcp4_override){ 0 };
	read_config(p);
	c->inform_address = former.inform_address;
	c->inform_server = former.inform_server;
	/* The recorder begins anew with it. */
	p->has_copy = false;
	event->reconfigure.identity |=
		c->anonymous != former.anonymous ||
		!client_id_equal(&c->client_id, &former.client_id);
}

static void op_command(struct play *p, struct dhcp4_event *event)
{
	unsigned bits = reader_u8(&p->script);
	static const enum dhcp4_event_kind kinds[] = {
		DHCP4_EVENT_RENEW,	  DHCP4_EVENT_REBIND,
		DHCP4_EVENT_RECONFIGURE,  DHCP4_EVENT_RESUME,
		DHCP4_EVENT_ADDRESS_LOST,
	};

	event->kind = kinds[bits % ARRAY_SIZE(kinds)];
	if (event->kind == DHCP4_EVENT_RECONFIGURE)
		event->reconfigure.identity = bits & 128;
	if (event->kind == DHCP4_EVENT_RECONFIGURE && bits & 64)
		read_again(p, event);
	else if (event->kind == DHCP4_EVENT_RESUME)
		tell_networks(p, event, bits >> 6);
	else
		event->address_lost = DHCP4_ADDRESS_LOST_REMOVED;
}

/* A lease as lease_file_read() gives it: the one that was saved, or another. */
static void op_load(struct play *p, struct dhcp4_event *event)
{
	static struct dhcp4_lease lease;
	unsigned bits = reader_u8(&p->script), age = reader_u8(&p->script);
	nsec granted = p->now - age * NSEC_PER_S;

	lease = p->lease;
	if (!p->stored || bits & 1) {
		lease = (struct dhcp4_lease){
			.address = CLIENT,
			.prefix_length = 24,
			.server_id = bits & 2 ? IPV4_ANY : SERVER,
			.lease_s = bits & 2 ? DHCP4_LEASE_INFINITE : 120,
			.client_id = p->config.client_id,
			.granted_ns = granted,
			.t1_ns = granted + 60 * NSEC_PER_S,
			.t2_ns = granted + 105 * NSEC_PER_S,
			.expiry_ns = granted + 120 * NSEC_PER_S,
		};
	}
	/* Of an earlier run's, what is of no use any more is taken away. */
	if (bits & 8 && !p->kernel) {
		p->remains = lease.address;
		p->remains_length = lease.prefix_length;
	}
	if (bits & 4 || lease.lease_s == DHCP4_LEASE_INFINITE)
		lease.t1_ns = lease.t2_ns = lease.expiry_ns = NSEC_NEVER;
	event->kind = DHCP4_EVENT_LEASE_LOADED;
	event->lease_loaded.lease = &lease;
	event->lease_loaded.in_kernel = bits & 8;
	event->lease_loaded.usable = bits & 16 && !(bits & 4);
	event->lease_loaded.attached = p->recalled;
	p->recalled = false;
}

/* What is there from an earlier run is found where nothing was added since. */
static void op_found(struct play *p, struct dhcp4_event *event)
{
	ipv4_addr address = reader_u8(&p->script) & 1
				    ? p->config.fallback.address
				    : linklocal_draw(&p->config.hwaddr, 0);

	event->kind = DHCP4_EVENT_TICK;
	if (p->fallback || !address)
		return;
	p->fallback = address;
	event->kind = DHCP4_EVENT_FALLBACK;
	event->fallback.what = DHCP4_FALLBACK_FOUND;
	event->fallback.address = address;
}

static void op_tick(struct play *p, struct dhcp4_event *event)
{
	(void)p;
	event->kind = DHCP4_EVENT_TICK;
}

/* Just when something is due, or a moment before, or when the lease ends. */
static void op_due(struct play *p, struct dhcp4_event *event)
{
	unsigned bits = reader_u8(&p->script);
	nsec at = bits & 2 && p->client.tenure != DHCP4_TENURE_NONE
			  ? p->client.lease.expiry_ns
			  : p->want.deadline;

	event->kind = DHCP4_EVENT_TICK;
	if (at != NSEC_NEVER && at > p->now)
		p->now = at - (bits & 1);
}

static void (*const ops[16])(struct play *, struct dhcp4_event *) = {
	op_tick,  op_due,     op_reply, op_packet, op_arp,     op_arp_packet,
	op_start, op_carrier, op_stop,	op_answer, op_command, op_load,
	op_found, op_due,     op_reply, op_tick,
};

/* ---- what was done ------------------------------------------------------- */

static void play_lease(struct play *p, const struct dhcp4_effect *effect)
{
	if (effect->kind == DHCP4_EFFECT_DECONFIGURE) {
		if (!p->kernel) {
			p->kernel = p->remains;
			p->kernel_length = p->remains_length;
		}
		CHECK(effect->deconfigure.address == p->kernel);
		CHECK(effect->deconfigure.prefix_length == p->kernel_length);
		CHECK(effect->deconfigure.why != DHCP4_LOSS_NONE);
		p->kernel = IPV4_ANY;
		return;
	}
	CHECK(effect->lease == &p->client.lease);
	CHECK(effect->kind == DHCP4_EFFECT_EXTEND || p->kernel == IPV4_ANY);
	if (effect->kind == DHCP4_EFFECT_CONFIGURE) {
		p->kernel = effect->lease->address;
		p->kernel_length = effect->lease->prefix_length;
	}
	CHECK(p->kernel == effect->lease->address);
	CHECK(p->kernel_length == effect->lease->prefix_length);
}

static void play_arp(const struct play *p, const struct dhcp4_effect *effect)
{
	struct arp arp;

	CHECK(arp_parse(effect->arp.packet, ARP_SIZE, &arp));
	CHECK(arp.op == ARP_OP_REQUEST && arp.target != IPV4_ANY);
	CHECK(memcmp(arp.sender_hw, p->config.hwaddr.bytes, 6) == 0);
	CHECK(p->client.carrier);
}

static void play_effect(struct play *p, const struct dhcp4_effect *effect,
			enum dhcp4_state *state)
{
	switch (effect->kind) {
	case DHCP4_EFFECT_SEND_BROADCAST:
	case DHCP4_EFFECT_SEND_UNICAST:
		CHECK(p->client.carrier);
		check_sent(effect, &p->config);
		break;
	case DHCP4_EFFECT_SEND_ARP:
		play_arp(p, effect);
		break;
	case DHCP4_EFFECT_DECONFIGURE:
	case DHCP4_EFFECT_CONFIGURE:
	case DHCP4_EFFECT_EXTEND:
		play_lease(p, effect);
		break;
	case DHCP4_EFFECT_FALLBACK_REMOVE:
		CHECK(p->fallback == effect->fallback.address);
		p->fallback = IPV4_ANY;
		break;
	case DHCP4_EFFECT_FALLBACK_ADD:
		CHECK(effect->fallback.address != IPV4_ANY);
		p->fallback = effect->fallback.address;
		break;
	case DHCP4_EFFECT_SAVE_LEASE:
		CHECK(effect->lease == &p->client.lease);
		p->lease = *effect->lease;
		p->stored = true;
		break;
	case DHCP4_EFFECT_FORGET_LEASE:
		p->stored = false;
		break;
	case DHCP4_EFFECT_RECALL:
		CHECK(effect->recall > 0 && effect->recall <= ATTACH_OTHERS_MAX);
		p->recalled = true;
		break;
	case DHCP4_EFFECT_NOTIFY:
		if (effect->notice.kind != DHCP4_NOTICE_TRANSITION)
			break;
		CHECK(effect->notice.from == *state);
		CHECK(dhcp4_transition_is_legal(*state, effect->notice.to));
		*state = effect->notice.to;
		break;
	}
}

static void play_effects(struct play *p, enum dhcp4_state state)
{
	const struct dhcp4_effects *effects = &p->effects;
	unsigned sends = 0;

	CHECK(effects->count <= DHCP4_EFFECTS_MAX);
	CHECK(effects->packets <= DHCP4_SENDS_MAX);
	for (unsigned i = 0; i < effects->count; i++) {
		const struct dhcp4_effect *effect = &effects->list[i];

		CHECK(i == 0 || effects->list[i - 1].kind <= effect->kind);
		sends += effect->kind <= DHCP4_EFFECT_SEND_UNICAST;
		play_effect(p, effect, &state);
	}
	CHECK(sends == effects->packets);
	CHECK(state == p->client.state);
}

/* ---- what has to hold ---------------------------------------------------- */

static void check_client(const struct play *p)
{
	const struct dhcp4_client *c = &p->client;
	bool held = c->tenure == DHCP4_TENURE_HELD;

	CHECK(c->state < DHCP4_STATE_COUNT && !dhcp4_flaw(c));
	CHECK(p->want.deadline > p->now);
	CHECK(p->want.deadline != NSEC_NEVER || may_idle(c));
	CHECK(c->tenure == DHCP4_TENURE_NONE || c->lease.expiry_ns > p->now);
	CHECK(p->kernel == (held ? c->lease.address : IPV4_ANY));
	CHECK(p->fallback == fallback_address(&c->fallback));
	CHECK(offer_pool_free(&p->pool) + c->offers.count == DHCP4_POOL_SIZE);
}

static void make_copy(struct play *p)
{
	static struct dhcp4_snapshot snapshot;
	static uint8_t octets[SNAPSHOT_SIZE_MAX];
	struct writer w = writer_over(octets, sizeof(octets));
	struct reader r;

	snapshot_write(&w, &p->client, &p->config, &p->pool);
	CHECK(!w.failed);
	r = reader_over(octets, w.used);
	snapshot_read(&r, &snapshot);
	CHECK(!r.failed && r.left == 0);
	replay_begin(&p->copy, &snapshot);
	p->has_copy = true;
}

static void step_copy(struct play *p, const struct dhcp4_event *event,
		      unsigned free_slots)
{
	const struct record_event record = {
		.event = *event,
		.free_slots = (uint8_t)free_slots,
		.digest = record_digest(&p->effects, &p->want),
	};

	CHECK(replay_step(&p->copy, &record));
	CHECK(replay_agrees(&p->copy, &record));
}

/* ---- the play ------------------------------------------------------------ */

void play_begin(struct play *p, const uint8_t *script, size_t size)
{
	uint8_t seed[32] = { 0 };

	/* All but the packet, which is written before it is read. */
	memset(p, 0, offsetof(struct play, packet));
	p->script = reader_over(script, size);
	read_config(p);
	seed[0] = reader_u8(&p->script);
	p->copy_at = reader_u8(&p->script);
	reader_u8(&p->script);
	p->now = START;
	dhcp4_init(&p->client, seed);
	p->client.now = START;
	p->want = dhcp4_want(&p->client);
}

static void step(struct play *p, const struct dhcp4_event *event)
{
	const size_t room = dhcp4_options_after(&p->client, &p->config, event);
	enum dhcp4_state state = p->client.state;
	unsigned free_slots = offer_pool_free(&p->pool);

	if (p->steps++ == p->copy_at)
		make_copy(p);
	if (p->recorder)
		recorder_before(p->recorder, &p->track, &p->client, &p->config,
				&p->pool);
	if (fuzz_verbose)
		print_event(event, true);
	dhcp4_step(&p->client, &p->config, &p->pool, event, &p->effects);
	if (fuzz_verbose)
		print_effects(&p->effects, false);
	CHECK(p->client.lease.options.used <= room);
	p->want = dhcp4_want(&p->client);
	if (p->recorder)
		recorder_after(p->recorder, &p->track, event, &p->effects,
			       &p->want);
	play_effects(p, state);
	check_client(p);
	if (p->has_copy)
		step_copy(p, event, free_slots);
	p->remains = IPV4_ANY;
}

bool play_next(struct play *p)
{
	static const nsec passed[16] = {
		0,
		0,
		0,
		NSEC_PER_MS,
		10 * NSEC_PER_MS,
		100 * NSEC_PER_MS,
		200 * NSEC_PER_MS,
		1 * NSEC_PER_S,
		2 * NSEC_PER_S,
		4 * NSEC_PER_S,
		10 * NSEC_PER_S,
		60 * NSEC_PER_S,
		300 * NSEC_PER_S,
		1800 * NSEC_PER_S,
		3600 * NSEC_PER_S,
		86400 * NSEC_PER_S,
	};
	struct dhcp4_event event = { 0 };
	unsigned octet;

	if (p->script.failed || p->script.left == 0 || p->steps >= PLAY_STEPS_MAX)
		return false;
	octet = reader_u8(&p->script);
	p->now += passed[octet >> 4];
	ops[octet & 15](p, &event);
	event.now = p->now;
	event.earliest_send = p->now;
	step(p, &event);
	return true;
}

void play_end(struct play *p)
{
	static struct dhcp4_snapshot snapshot;

	if (!p->has_copy)
		return;
	snapshot_take(&p->client, &p->config, &p->pool, &snapshot);
	CHECK(!replay_check(&p->copy, &snapshot));
}
