/* SPDX-License-Identifier: BSD-2-Clause */
/* Which replies a client takes in which state, and that others change nothing. */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_replies_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

static void reach(const struct place *place)
{
	setup();
	world_reach(&w, place->state, place->held);
}

/* ---- not for us ------------------------------------------------------ */

/* Each makes a reply one that is not ours. */
static void other_xid(struct reply *r)
{
	r->xid++;
}

static void swapped_xid(struct reply *r)
{
	r->xid = r->xid >> 16 | r->xid << 16;
}

static void other_chaddr(struct reply *r)
{
	r->chaddr[5]++;
}

static void other_hlen(struct reply *r)
{
	r->hlen = 5;
}

static void longer_hlen(struct reply *r)
{
	r->hlen = 16;
}

static void other_htype(struct reply *r)
{
	r->htype = 6;
}

static void other_client_id(struct reply *r)
{
	r->client_id.bytes[6] ^= 0x80;
}

static void cut_client_id(struct reply *r)
{
	r->client_id.size--;
}

static void empty_client_id(struct reply *r)
{
	static const uint8_t option[] = { DHCP4_OPTION_CLIENT_ID, 0 };

	r->client_id.size = 0;
	r->options = option;
	r->options_size = sizeof(option);
}

static void op_0(struct reply *r)
{
	r->op = 0;
}

static void op_request(struct reply *r)
{
	r->op = 1;
}

static void op_3(struct reply *r)
{
	r->op = 3;
}

static void op_255(struct reply *r)
{
	r->op = 255;
}

static void type_0(struct reply *r)
{
	r->type = 0;
}

static const struct {
	void (*change)(struct reply *);
	enum reject why;
} strangers[] = {
	{ other_xid, REJECT_XID },
	{ swapped_xid, REJECT_XID },
	{ other_chaddr, REJECT_CHADDR },
	{ other_hlen, REJECT_CHADDR },
	{ longer_hlen, REJECT_CHADDR },
	{ other_htype, REJECT_CHADDR },
	{ other_client_id, REJECT_CLIENT_ID },
	{ cut_client_id, REJECT_CLIENT_ID },
	{ empty_client_id, REJECT_CLIENT_ID },
	{ op_0, REJECT_NOT_REPLY },
	{ op_request, REJECT_NOT_REPLY },
	{ op_3, REJECT_NOT_REPLY },
	{ op_255, REJECT_NOT_REPLY },
	{ type_0, REJECT_MESSAGE_TYPE },
};

/*
 * Covers: DF-msg-04 6842-3-02 1542-2.1-02 1542-1.2-01 2131-4.4.1-06
 * Covers: 2131-4.4.5-03 951-7.5-01
 */
START_TEST(replies_to_others_change_nothing)
{
	static const enum dhcp4_type types[] = { DHCP4_TYPE_OFFER,
						 DHCP4_TYPE_ACK, DHCP4_TYPE_NAK };

	reach(&places[_i]);
	for (size_t type = 0; type < ARRAY_SIZE(types); type++) {
		for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
			struct reply reply = world_reply(&w, types[type]);
			uint32_t xid = w.client.xid;

			if (strangers[i].change == swapped_xid &&
			    xid >> 16 == (xid & 0xffff))
				continue;
			strangers[i].change(&reply);
			world_refuses(&w, &reply, strangers[i].why);
		}
	}
}
END_TEST

/* What a state asked for, by type. */
static bool is_awaited(enum dhcp4_state state, uint8_t type)
{
	switch (state) {
	case DHCP4_STATE_SELECTING:
		return type == DHCP4_TYPE_OFFER;
	case DHCP4_STATE_REQUESTING:
	case DHCP4_STATE_REBOOTING:
	case DHCP4_STATE_RENEWING:
	case DHCP4_STATE_REBINDING:
		return type == DHCP4_TYPE_ACK || type == DHCP4_TYPE_NAK;
	case DHCP4_STATE_INFORMING:
		return type == DHCP4_TYPE_ACK;
	case DHCP4_STATE_STOPPED:
	case DHCP4_STATE_INIT:
	case DHCP4_STATE_INIT_REBOOT:
	case DHCP4_STATE_PROBING:
	case DHCP4_STATE_BOUND:
	case DHCP4_STATE_V6ONLY_WAIT:
	case DHCP4_STATE_COUNT:
		return false;
	}
	return false;
}

/*
 * Covers: 2131-4.4-01 2131-4.4-02 2131-4.4.1-07 DF-msg-03 DF-msg-05
 * Covers: 2132-9.6-01
 */
START_TEST(replies_not_asked_for_change_nothing)
{
	for (unsigned type = 1; type < 256; type++) {
		struct reply reply;

		reach(&places[_i]);
		reply = world_reply(&w, (enum dhcp4_type)type);
		if (type == DHCP4_TYPE_FORCERENEW) {
			world_refuses(&w, &reply, REJECT_FORCE_RENEW);
			continue;
		}
		if (!is_awaited(places[_i].state, (uint8_t)type)) {
			world_refuses(&w, &reply, REJECT_UNEXPECTED);
			continue;
		}
		world_receive(&w, &reply);
		ck_assert_uint_eq(w.client.counters.received[type],
				  places[_i].held && type == DHCP4_TYPE_ACK ? 2
				  : places[_i].held && type == DHCP4_TYPE_OFFER
					  ? 2
					  : 1);
	}
}
END_TEST

/* Octets that are no packet: the reason is counted, and that is all. */
START_TEST(noise_changes_nothing)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	struct reply reply;
	size_t size;

	reach(&places[_i]);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	size = reply_write(&reply, packet);
	for (size_t cut = 0; cut < size; cut += cut < 300 ? 13 : 1) {
		uint32_t before = w.client.counters.rejected[REJECT_IP_HEADER];

		world_step(&w, (struct dhcp4_event){
				       .kind = DHCP4_EVENT_FRAME,
				       .frame = { packet, cut, false, w.server_hw,
						  w.verdict, w.pin } });
		ck_assert_uint_eq(w.client.counters.rejected[REJECT_IP_HEADER],
				  before + 1);
		ck_assert_int_eq(w.client.state, places[_i].state);
	}
}
END_TEST

/* ---- of no use ------------------------------------------------------- */

/* Each makes an OFFER or ACK one of which no lease can be made. */
static void no_address(struct reply *r)
{
	r->yiaddr = IPV4_ANY;
}

static void loopback_address(struct reply *r)
{
	r->yiaddr = 0x7f000001;
}

static void broadcast_address(struct reply *r)
{
	r->yiaddr = 0x0a0000ff;
}

static void no_server_id(struct reply *r)
{
	r->server_id = 0;
}

static void multicast_server_id(struct reply *r)
{
	r->server_id = 0xe0000001;
}

static void torn_mask(struct reply *r)
{
	r->mask = 0xff00ff00;
}

static void no_lease_time(struct reply *r)
{
	r->lease_s = 0;
}

static void long_lease_time(struct reply *r)
{
	static const uint8_t option[] = { 51, 8, 0, 0, 0, 1, 0, 0, 0, 2 };

	r->lease_s = 0;
	r->options = option;
	r->options_size = sizeof(option);
}

static const struct {
	void (*change)(struct reply *);
	enum reject why;
} useless[] = {
	{ no_address, REJECT_ADDRESS },
	{ loopback_address, REJECT_ADDRESS },
	{ broadcast_address, REJECT_ADDRESS },
	{ no_server_id, REJECT_SERVER_ID },
	{ multicast_server_id, REJECT_SERVER_ID },
	{ torn_mask, REJECT_MASK },
	{ no_lease_time, REJECT_LEASE_TIME },
	{ long_lease_time, REJECT_LEASE_TIME },
};

/*
 * Covers: DF-addr-01 DF-addr-02 DF-addr-03 DF-addr-04 DF-msg-10 DF-msg-13
 * Covers: DF-msg-15 DF-msg-16 DF-time-01 2132-9.2-01
 */
START_TEST(useless_replies_change_nothing)
{
	const struct place *place = &places[_i];
	enum dhcp4_type type = place->state == DHCP4_STATE_SELECTING
				       ? DHCP4_TYPE_OFFER
				       : DHCP4_TYPE_ACK;

	reach(place);
	if (!is_awaited(place->state, (uint8_t)type) ||
	    place->state == DHCP4_STATE_INFORMING)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(useless); i++) {
		struct reply reply = world_reply(&w, type);

		useless[i].change(&reply);
		world_refuses(&w, &reply, useless[i].why);
	}
}
END_TEST

/* Covers: DF-msg-09 */
START_TEST(ack_of_another_address_changes_nothing)
{
	const struct place *place = &places[_i];
	struct reply reply;
	unsigned sent;

	reach(place);
	if (!is_awaited(place->state, DHCP4_TYPE_NAK))
		return;
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	ck_assert_uint_eq(reply.yiaddr, CLIENT);
	reply.yiaddr = CLIENT_2;
	world_refuses(&w, &reply, REJECT_OTHER_ADDRESS);
	/* The retransmission goes on. */
	sent = w.sent_count;
	world_tick(&w);
	ck_assert_uint_eq(w.sent_count, sent + 1);
}
END_TEST

/* ---- taken all the same ---------------------------------------------- */

static void as_usual(struct reply *r)
{
	(void)r;
}

static void without_client_id(struct reply *r)
{
	r->client_id.size = 0;
}

static void with_reserved_flags(struct reply *r)
{
	r->flags = 0x7fff;
}

static void with_broadcast_flag(struct reply *r)
{
	r->flags = 0x8000;
}

static void with_foreign_relay(struct reply *r)
{
	r->giaddr = 0xc0a80101;
}

static void with_impossible_relay(struct reply *r)
{
	r->giaddr = 0xffffffff;
}

static void with_next_server(struct reply *r)
{
	r->siaddr = 0x0a000009;
}

static void from_elsewhere(struct reply *r)
{
	r->source = 0x0a000008;
}

static void with_ciaddr(struct reply *r)
{
	r->ciaddr = 0x0a000009;
}

static void with_rapid_commit(struct reply *r)
{
	static const uint8_t option[] = { 80, 0 };

	r->options = option;
	r->options_size = sizeof(option);
}

static void with_relay_remains(struct reply *r)
{
	static const uint8_t option[] = { 82, 3, 1, 200, 7 };

	r->options = option;
	r->options_size = sizeof(option);
}

static void with_invalid_options(struct reply *r)
{
	static const uint8_t option[] = { 42, 3,  1, 2, 3, 28, 3, 1, 2,
					  3,  58, 2, 0, 1, 26, 2, 0, 67 };

	r->options = option;
	r->options_size = sizeof(option);
}

static void (*const oddities[])(struct reply *) = {
	as_usual,
	without_client_id,
	with_reserved_flags,
	with_broadcast_flag,
	with_foreign_relay,
	with_impossible_relay,
	with_next_server,
	from_elsewhere,
	with_ciaddr,
	with_rapid_commit,
	with_relay_remains,
	with_invalid_options,
};

/*
 * Covers: DF-msg-14 6842-3-01 1542-3.1.2-01 1542-3.4-03 2131-4.3.1-01
 * Covers: 2131-2-04 DF-msg-17 DF-msg-11 DF-msg-12 DF-opt-03
 */
START_TEST(odd_replies_are_taken)
{
	struct reply reply;

	setup();
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	oddities[_i](&reply);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->server_id, SERVER);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	oddities[_i](&reply);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	ck_assert_uint_eq(w.kernel_length, 24);
	ck_assert_uint_eq(w.client.lease.server_id, SERVER);
	ck_assert(w.client.lease.expiry_ns == w.now + S(3600));
	/* Renewed with the server of option 54. */
	world_run_to(&w, w.client.lease.t1_ns);
	ck_assert_uint_eq(world_last(&w)->destination, SERVER);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	oddities[_i](&reply);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 1542-3.4-02 */
START_TEST(relay_is_no_router)
{
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	struct reply ack;

	setup();
	world_start(&w);
	world_offer(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.giaddr = 0x0a0000fe;
	ack.router = 0;
	world_receive(&w, &ack);
	ck_assert_uint_eq(
		lease_routes(&w.client.lease, &route_policy_all, routes), 0);
}
END_TEST

/* Without an identifier of its own a client cannot compare. */
START_TEST(any_client_id_without_one)
{
	struct reply reply;

	setup();
	w.config.client_id.size = 0;
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.client_id = (struct client_id){ 3, { 1, 2, 3 } };
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Of InfiniBand's 20 octets none are in chaddr. */
START_TEST(long_hardware_address)
{
	struct reply reply;

	setup();
	w.config.hardware_type = 32;
	w.config.hwaddr.size = HWADDR_SIZE_MAX;
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.hlen = 6;
	world_refuses(&w, &reply, REJECT_CHADDR);
	reply.hlen = 0;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	/* One of 16 just fits. */
	setup();
	w.config.hwaddr.size = DHCP4_CHADDR_SIZE;
	world_start(&w);
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Covers: 2131-3.2-05 DF-msg-19 */
START_TEST(second_ack_changes_nothing)
{
	struct reply ack;

	setup();
	world_bind(&w);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	world_refuses(&w, &ack, REJECT_UNEXPECTED);
	world_sleep(&w, S(5));
	ack.lease_s = 7200;
	ack.server_id = OTHER;
	world_refuses(&w, &ack, REJECT_UNEXPECTED);
}
END_TEST

/* Covers: DF-msg-20 */
START_TEST(flood_stops_no_progress)
{
	struct reply reply;

	setup();
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.xid++;
	for (unsigned i = 0; i < 1000; i++)
		world_receive(&w, &reply);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_uint_eq(w.client.counters.rejected[REJECT_XID], 1000);
	world_offer(&w);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/*
 * Replies that are refused leave nothing behind but their number.
 * Covers: DF-msg-21
 */
START_TEST(refused_replies_keep_no_memory)
{
	static struct dhcp4_client before;
	uint8_t packet[DHCP4_PACKET_MAX];
	struct dhcp4_event event = { .kind = DHCP4_EVENT_FRAME };
	struct reply reply;

	setup();
	w.config.offer_window_ns = S(1);
	world_start(&w);
	world_offer(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.client_id.bytes[6] ^= 0x80;
	event.frame.bytes = packet;
	event.frame.size = reply_write(&reply, packet);
	event.now = w.now;
	before = w.client;
	for (unsigned i = 0; i < 100000; i++) {
		dhcp4_step(&w.client, &w.config, &w.pool, &event, &w.effects);
		CHECK(w.effects.count == 1);
	}
	before.counters.rejected[REJECT_CLIENT_ID] += 100000;
	ck_assert_mem_eq(&before, &w.client, sizeof(before));
	ck_assert_uint_eq(offer_pool_free(&w.pool), DHCP4_POOL_SIZE - 1);
}
END_TEST

Suite *test_client_replies_suite(void)
{
	Suite *suite = suite_create("client_replies");
	TCase *refused = tcase_create("refused");
	TCase *taken = tcase_create("taken");

	tcase_set_timeout(refused, 20);
	tcase_add_loop_test(refused, replies_to_others_change_nothing, 0, PLACES);
	tcase_add_loop_test(refused, replies_not_asked_for_change_nothing, 0,
			    PLACES);
	tcase_add_loop_test(refused, noise_changes_nothing, 0, PLACES);
	tcase_add_loop_test(refused, useless_replies_change_nothing, 0, PLACES);
	tcase_add_loop_test(refused, ack_of_another_address_changes_nothing, 0,
			    PLACES);
	tcase_add_test(refused, refused_replies_keep_no_memory);
	suite_add_tcase(suite, refused);
	tcase_add_loop_test(taken, odd_replies_are_taken, 0,
			    (int)ARRAY_SIZE(oddities));
	tcase_add_test(taken, relay_is_no_router);
	tcase_add_test(taken, any_client_id_without_one);
	tcase_add_test(taken, long_hardware_address);
	tcase_add_test(taken, second_ack_changes_nothing);
	tcase_add_test(taken, flood_stops_no_progress);
	suite_add_tcase(suite, taken);
	return suite;
}
