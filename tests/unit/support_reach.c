/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's half of the world, and the shortest ways to each state. */
#include "unit/support.h"

#include <string.h>

#include "core/message.h"
#include "core/names.h"

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
	uint8_t hlen = w->config.hwaddr.size;
	struct reply reply = {
		.op = DHCP4_OP_REPLY,
		.type = (uint8_t)type,
		.htype = w->config.hardware_type,
		.hlen = hlen > DHCP4_CHADDR_SIZE ? 0 : hlen,
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
	if (r->bootp)
		w.used -= 3;
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
	CHECK(!w.failed);
	frame_seal(packet, w.used,
		   &(struct datagram){ .source = r->source,
				       .destination = r->destination
							      ? r->destination
							      : IPV4_BROADCAST,
				       .source_port = DHCP4_SERVER_PORT,
				       .destination_port = DHCP4_CLIENT_PORT });
	return FRAME_HEADERS_SIZE + w.used;
}

void world_receive(struct world *w, const struct reply *reply)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size = reply_write(reply, packet);

	world_step(w, (struct dhcp4_event){ .kind = DHCP4_EVENT_FRAME,
					    .frame = { packet, size, false,
						       w->server_hw, w->verdict,
						       w->pin } });
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

struct reply world_bootp_reply(const struct world *w)
{
	struct reply reply = world_reply(w, DHCP4_TYPE_OFFER);

	reply.bootp = true;
	reply.server_id = 0;
	reply.lease_s = 0;
	reply.client_id.size = 0;
	return reply;
}

void world_bootp(struct world *w)
{
	struct reply reply;

	w->config.bootp = true;
	while (w->client.tries < 2)
		world_tick(w);
	CHECK(w->client.state == DHCP4_STATE_SELECTING);
	reply = world_bootp_reply(w);
	world_receive(w, &reply);
}

void world_refuses(struct world *w, const struct reply *reply, enum reject why)
{
	static struct dhcp4_client before;
	struct dhcp4_client *after = &w->client;

	before = *after;
	world_receive(w, reply);
	CHECK(w->effects.count == 1);
	CHECK(w->effects.list[0].kind == DHCP4_EFFECT_NOTIFY);
	CHECK(w->effects.list[0].notice.kind == DHCP4_NOTICE_REJECTED);
	if (w->effects.list[0].notice.reject != why)
		ck_abort_msg("refused for %s, not %s",
			     reject_name(w->effects.list[0].notice.reject),
			     reject_name(why));
	before.counters.rejected[why]++;
	before.now = w->now;
	CHECK(memcmp(&before, after, sizeof(before)) == 0);
}

/* ---- on the way to a state -------------------------------------------- */

const struct place places[PLACES] = {
	{ DHCP4_STATE_STOPPED, false },	    { DHCP4_STATE_STOPPED, true },
	{ DHCP4_STATE_INIT, false },	    { DHCP4_STATE_INIT, true },
	{ DHCP4_STATE_SELECTING, false },   { DHCP4_STATE_SELECTING, true },
	{ DHCP4_STATE_REQUESTING, false },  { DHCP4_STATE_REQUESTING, true },
	{ DHCP4_STATE_INIT_REBOOT, false }, { DHCP4_STATE_INIT_REBOOT, true },
	{ DHCP4_STATE_REBOOTING, false },   { DHCP4_STATE_REBOOTING, true },
	{ DHCP4_STATE_PROBING, false },	    { DHCP4_STATE_BOUND, true },
	{ DHCP4_STATE_RENEWING, true },	    { DHCP4_STATE_REBINDING, true },
	{ DHCP4_STATE_INFORMING, false },   { DHCP4_STATE_V6ONLY_WAIT, false },
};

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

/* An OFFER with an option 108 of half an hour. */
static void reach_v6only_wait(struct world *w)
{
	struct reply offer;

	w->config.v6only = true;
	world_start(w);
	offer = world_reply(w, DHCP4_TYPE_OFFER);
	offer.options = (const uint8_t[]){ 108, 4, 0, 0, 0x07, 0x08 };
	offer.options_size = 6;
	world_receive(w, &offer);
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
		w->config.acd = ACD_MODE_STRICT;
		world_start(w);
		world_offer(w);
		world_ack(w);
		break;
	case DHCP4_STATE_INFORMING:
		w->config.inform_address = CLIENT;
		world_start(w);
		break;
	case DHCP4_STATE_V6ONLY_WAIT:
		reach_v6only_wait(w);
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
	case DHCP4_STATE_V6ONLY_WAIT:
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
	CHECK(w->client.state == state);
	CHECK((w->client.tenure == DHCP4_TENURE_HELD) == held);
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
