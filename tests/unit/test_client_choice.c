/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an address is got, and of whom: rapid commit, the broadcast flag, the choice
 * of an offer, servers that are wanted or not, networks without IPv4.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_choice_suite(void);

#define THIRD 0x0a000003

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

/* The same reply, with more options. */
static struct reply with(struct reply reply, const void *octets, size_t size)
{
	reply.options = octets;
	reply.options_size = size;
	return reply;
}

#define WITH(reply, ...) \
	with(reply, (const uint8_t[]){ __VA_ARGS__ }, \
	     sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* An OFFER of a server, of an address. */
static struct reply offer_of(ipv4_addr server, ipv4_addr address)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_OFFER);

	reply.server_id = reply.source = server;
	reply.yiaddr = address;
	return reply;
}

static void offer(ipv4_addr server, ipv4_addr address)
{
	struct reply reply = offer_of(server, address);

	world_receive(&w, &reply);
}

static bool has(const struct sent *sent, uint8_t code)
{
	uint8_t size;

	return wire_option(sent->packet + FRAME_HEADERS_SIZE,
			   sent->size - FRAME_HEADERS_SIZE, code, &size);
}

/* ---- rapid commit -------------------------------------------------------- */

static struct reply rapid_ack(void)
{
	static const uint8_t octets[] = { 80, 0 };

	return with(world_reply(&w, DHCP4_TYPE_ACK), octets, sizeof(octets));
}

/* Covers: 4039-3-02 4039-4-01 */
START_TEST(rapid_ack_is_the_lease)
{
	struct reply ack;

	w.config.rapid_commit = true;
	w.config.acd = (enum acd_mode)_i;
	world_start(&w);
	ck_assert(has(world_last(&w), 80));
	world_tick(&w);
	ck_assert(has(world_last(&w), 80));
	ack = rapid_ack();
	world_receive(&w, &ack);
	if (_i == ACD_MODE_OFF || _i == ACD_MODE_OPTIMISTIC)
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	else
		world_check(&w, DHCP4_STATE_PROBING, DHCP4_TENURE_GRANTED);
	/* It counts from the first DISCOVER with that id. */
	ck_assert(w.client.lease.granted_ns == S(1000));
	ck_assert_uint_eq(w.sent_count, 2);
}
END_TEST

/* Covers: 4039-3-04 */
START_TEST(two_silent_tries_and_it_is_left_out)
{
	struct reply late;

	w.config.rapid_commit = true;
	world_start(&w);
	for (unsigned i = 1; i < 5; i++) {
		ck_assert(has(world_last(&w), 80) == (i < 3));
		world_tick(&w);
	}
	/* The id is the same, and so an ACK may still come late. */
	late = rapid_ack();
	world_receive(&w, &late);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 4039-3-05 */
START_TEST(other_acks_are_not_rapid)
{
	struct reply ack;

	world_start(&w);
	ack = rapid_ack();
	world_refuses(&w, &ack, REJECT_UNEXPECTED);
	w.config.rapid_commit = true;
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	world_refuses(&w, &ack, REJECT_UNEXPECTED);
	ack = WITH(world_reply(&w, DHCP4_TYPE_ACK), 80, 1, 0);
	world_refuses(&w, &ack, REJECT_UNEXPECTED);
	ack = rapid_ack();
	ack.lease_s = 0;
	world_refuses(&w, &ack, REJECT_LEASE_TIME);
	ack = rapid_ack();
	w.client.declined[1] =
		(struct dhcp4_declined){ ack.yiaddr, w.now + S(1) };
	world_refuses(&w, &ack, REJECT_DECLINED);
	w.client.declined[1].until = 0;
	ack.lease_s = 3;
	w.now += S(3);
	world_event(&w, DHCP4_EVENT_TICK);
	ack.xid = w.client.xid;
	world_refuses(&w, &ack, REJECT_LEASE_TIME);
	ack.lease_s = 60;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- the broadcast flag -------------------------------------------------- */

/* Covers: DF-srv-02 */
START_TEST(flag_alternates_and_is_learnt)
{
	world_start(&w);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert(world_last(&w)->broadcast == i % 2);
		if (i < 3)
			world_tick(&w);
	}
	world_offer(&w);
	ck_assert(world_last(&w)->broadcast);
	world_tick(&w);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_SELECTING);
	ck_assert(world_last(&w)->broadcast);
	world_ack(&w);
	/* What was learnt lasts while the link does. */
	w.now += S(10);
	world_carrier(&w, false);
	world_carrier(&w, true);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	ck_assert(world_last(&w)->broadcast);
	world_tick(&w);
	ck_assert(!world_last(&w)->broadcast);
	world_ack(&w);
	ck_assert(!w.client.broadcast);
	w.now += S(10);
	world_carrier(&w, false);
	world_carrier(&w, true);
	ck_assert(!world_last(&w)->broadcast);
}
END_TEST

START_TEST(flag_is_forgotten_elsewhere)
{
	w.client.broadcast = true;
	world_start(&w);
	ck_assert(world_last(&w)->broadcast);
	w.now += S(2);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					     .carrier = { true, true } });
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert(!world_last(&w)->broadcast);
}
END_TEST

START_TEST(flag_as_it_is_set)
{
	bool yes = _i;

	w.config.broadcast = yes ? DHCP4_BROADCAST_YES : DHCP4_BROADCAST_NO;
	world_start(&w);
	world_tick(&w);
	world_tick(&w);
	world_offer(&w);
	for (unsigned i = 0; i < w.sent_count; i++)
		ck_assert(world_sent(&w, i)->broadcast == yes);
	/* Nothing is learnt of it. */
	ck_assert(!w.client.broadcast);
}
END_TEST

/* ---- offers -------------------------------------------------------------- */

static void open_window(void)
{
	w.config.offer_window_ns = S(1);
	world_start(&w);
}

static ipv4_addr chosen_server(void)
{
	world_run(&w, S(1));
	world_check(&w, DHCP4_STATE_REQUESTING, w.client.tenure);
	return world_last(&w)->server_id;
}

START_TEST(first_of_equals_is_chosen)
{
	open_window();
	offer(OTHER, CLIENT_2);
	offer(SERVER, CLIENT);
	ck_assert_uint_eq(chosen_server(), OTHER);
}
END_TEST

START_TEST(complete_offer_is_better)
{
	struct reply bare;

	open_window();
	bare = offer_of(OTHER, CLIENT_2);
	bare.router = 0;
	world_receive(&w, &bare);
	offer(SERVER, CLIENT);
	ck_assert_uint_eq(chosen_server(), SERVER);
}
END_TEST

START_TEST(known_server_is_better_than_complete)
{
	struct reply bare;

	w.client.lease.server_id = SERVER;
	open_window();
	offer(OTHER, CLIENT_2);
	bare = offer_of(SERVER, CLIENT);
	bare.router = 0;
	world_receive(&w, &bare);
	ck_assert_uint_eq(chosen_server(), SERVER);
}
END_TEST

START_TEST(old_address_is_better_than_known_server)
{
	w.client.lease.server_id = SERVER;
	w.config.requested_address = CLIENT_2;
	open_window();
	offer(SERVER, CLIENT);
	offer(OTHER, CLIENT_2);
	ck_assert_uint_eq(chosen_server(), OTHER);
}
END_TEST

static void be_silent(void)
{
	while (w.client.state == DHCP4_STATE_REQUESTING &&
	       w.client.give_up_at == NSEC_NEVER)
		world_tick(&w);
	world_tick(&w);
}

/* Covers: 2131-3.1-10 */
START_TEST(kept_offer_is_next)
{
	nsec first;

	open_window();
	offer(SERVER, CLIENT);
	offer(OTHER, CLIENT_2);
	ck_assert_uint_eq(chosen_server(), SERVER);
	ck_assert_uint_eq(w.client.offers.count, 1);
	first = w.client.xid_sent_ns;
	be_silent();
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_SELECTING), 6);
	ck_assert_uint_eq(world_last(&w)->server_id, OTHER);
	ck_assert_uint_eq(world_last(&w)->requested, CLIENT_2);
	ck_assert_uint_eq(w.client.offers.count, 0);
	/* Whoever grants it: the id was first sent then. */
	world_ack(&w);
	ck_assert(w.client.lease.granted_ns == first);
}
END_TEST

START_TEST(silent_server_waits_for_others)
{
	world_start(&w);
	world_offer(&w);
	be_silent();
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.client.silent_server, SERVER);
	offer(SERVER, CLIENT);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	if (_i == 0) {
		/* Another one is taken at once, and this one kept. */
		offer(OTHER, CLIENT_2);
		ck_assert_uint_eq(world_last(&w)->server_id, OTHER);
		ck_assert_uint_eq(w.client.offers.count, 1);
	} else {
		/* There is nobody else. */
		world_sleep(&w, S(2) - 1);
		world_tick(&w);
		ck_assert_uint_eq(world_last(&w)->server_id, SERVER);
	}
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(silent_server_is_passed_over_in_a_window)
{
	open_window();
	w.client.silent_server = SERVER;
	w.client.silent_until = w.now + S(300);
	offer(SERVER, CLIENT);
	offer(OTHER, CLIENT_2);
	world_sleep(&w, S(2) - 1);
	world_tick(&w);
	ck_assert_uint_eq(world_last(&w)->server_id, OTHER);
}
END_TEST

START_TEST(silence_is_forgotten)
{
	world_start(&w);
	w.client.silent_server = SERVER;
	if (_i == 0) {
		w.client.silent_until = w.now;
	} else {
		w.client.silent_until = w.now + S(300);
		w.now += S(2);
		world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
						     .carrier = { true, true } });
	}
	world_offer(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* ---- lists of servers ---------------------------------------------------- */

static const struct dhcp4_server_list list_of_server = { 1, { { SERVER, 32 } } };
static const struct dhcp4_server_list list_of_all = {
	2, { { THIRD, 32 }, { SERVER & ~0xffU, 24 } }
};

static void check_list(const struct reply *reply, bool denied)
{
	if (denied)
		world_refuses(&w, reply, REJECT_SERVER_DENIED);
	else
		world_receive(&w, reply);
}

START_TEST(lists_decide_about_offers)
{
	static const struct {
		const struct dhcp4_server_list *allow, *deny;
		bool server_denied, other_denied;
	} cases[] = {
		{ NULL, &list_of_server, true, false },
		{ NULL, &list_of_all, true, true },
		{ &list_of_server, NULL, false, true },
		{ &list_of_all, NULL, false, false },
		{ &list_of_all, &list_of_server, true, false },
		{ &list_of_server, &list_of_server, true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply reply;

		setup();
		open_window();
		if (cases[i].allow)
			w.config.allow_servers = *cases[i].allow;
		if (cases[i].deny)
			w.config.deny_servers = *cases[i].deny;
		reply = offer_of(SERVER, CLIENT);
		check_list(&reply, cases[i].server_denied);
		reply = offer_of(OTHER, CLIENT);
		check_list(&reply, cases[i].other_denied);
	}
}
END_TEST

/* Who names no server is known by the packet's source. */
START_TEST(lists_decide_about_the_rest)
{
	struct reply reply;

	w.config.deny_servers = list_of_server;
	w.config.bootp = w.config.rapid_commit = true;
	world_start(&w);
	reply = rapid_ack();
	world_refuses(&w, &reply, REJECT_SERVER_DENIED);
	world_tick(&w);
	reply = world_bootp_reply(&w);
	world_refuses(&w, &reply, REJECT_SERVER_DENIED);
	reply.source = OTHER;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

START_TEST(lists_hold_for_leases)
{
	struct reply ack, nak;

	world_reach(&w, _i ? DHCP4_STATE_REBINDING : DHCP4_STATE_REBOOTING, true);
	w.config.deny_servers = list_of_server;
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	world_refuses(&w, &ack, REJECT_SERVER_DENIED);
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	world_refuses(&w, &nak, REJECT_SERVER_DENIED);
	nak.server_id = 0;
	world_refuses(&w, &nak, REJECT_SERVER_DENIED);
	ack.server_id = OTHER;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- a subnet (RFC 3011) ------------------------------------------------- */

/* Covers: 3011-2-01 */
START_TEST(subnet_has_to_be_repeated)
{
	struct reply reply;

	w.config.subnet = 0x0a000000;
	world_start(&w);
	for (enum dhcp4_type type = DHCP4_TYPE_OFFER; type <= DHCP4_TYPE_ACK;
	     type += DHCP4_TYPE_ACK - DHCP4_TYPE_OFFER) {
		reply = world_reply(&w, type);
		world_refuses(&w, &reply, REJECT_SUBNET);
		reply = WITH(reply, 118, 4, 10, 0, 1, 0);
		world_refuses(&w, &reply, REJECT_SUBNET);
		reply = WITH(reply, 118, 4, 10, 0, 0, 0);
		world_receive(&w, &reply);
	}
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	/* A NAK has none, and an INFORM asks for no address. */
	world_run_to(&w, w.client.lease.t1_ns);
	world_nak(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	setup();
	w.config.subnet = 0x0a000000;
	world_reach(&w, DHCP4_STATE_INFORMING, false);
	world_ack(&w);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_INFORMED), 1);
}
END_TEST

START_TEST(subnet_has_to_be_repeated_by_bootp)
{
	struct reply reply;

	w.config.subnet = 0x0a000000;
	w.config.bootp = true;
	world_start(&w);
	world_tick(&w);
	reply = world_bootp_reply(&w);
	world_refuses(&w, &reply, REJECT_SUBNET);
	reply = WITH(reply, 118, 4, 10, 0, 0, 0);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- networks without IPv4 (RFC 8925) ------------------------------------ */

#define V6ONLY(a, b, c, d) 108, 4, a, b, c, d

/* Covers: 8925-3.2-05 8925-3.2-06 8925-3.2-07 */
START_TEST(offer_that_prefers_ipv6_is_not_requested)
{
	static const struct {
		uint8_t octets[2];
		unsigned wait_s;
	} cases[] = {
		{ { 0, 0 }, 300 },	 { { 0, 1 }, 300 },  { { 1, 43 }, 300 },
		{ { 1, 44 }, 300 },	 { { 1, 45 }, 301 }, { { 7, 8 }, 1800 },
		{ { 255, 255 }, 65535 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply reply;

		setup();
		w.config.v6only = true;
		world_start(&w);
		reply = WITH(offer_of(SERVER, i % 2 ? CLIENT : 0),
			     V6ONLY(0, 0, cases[i].octets[0], cases[i].octets[1]));
		world_receive(&w, &reply);
		world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
		ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_V6ONLY), 1);
		world_sleep(&w, S(cases[i].wait_s) - 1);
		ck_assert_uint_eq(w.sent_count, 1);
		world_tick(&w);
		world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	}
}
END_TEST

/* Covers: 8925-3.2-02 8925-3.2-11 8925-3.1-01 */
START_TEST(what_does_not_count_is_passed_over)
{
	static const uint8_t lengths[][10] = {
		{ 108, 0 },
		{ 108, 2, 7, 8 },
		{ 108, 8, 0, 0, 7, 8, 0, 0, 7, 9 },
		{ V6ONLY(0, 0, 7, 8) },
	};

	for (size_t i = 0; i <= ARRAY_SIZE(lengths); i++) {
		struct reply reply;

		setup();
		/* The last one that is right was not asked for. */
		w.config.v6only = i != 3;
		world_start(&w);
		reply = offer_of(SERVER, CLIENT);
		if (i < ARRAY_SIZE(lengths))
			reply = with(reply, lengths[i], lengths[i][1] + 2U);
		world_receive(&w, &reply);
		world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
		/* No address is none. */
		if (i == 3) {
			setup();
			world_start(&w);
			reply.xid = w.client.xid;
			reply.yiaddr = 0;
			world_refuses(&w, &reply, REJECT_ADDRESS);
		}
	}
}
END_TEST

/* Covers: 8925-3.2-12 */
START_TEST(treatment_follows_the_chosen_offer)
{
	struct reply reply;

	w.config.v6only = true;
	w.config.requested_address = _i ? CLIENT : CLIENT_2;
	open_window();
	reply = WITH(offer_of(SERVER, CLIENT), V6ONLY(0, 0, 7, 8));
	world_receive(&w, &reply);
	offer(OTHER, CLIENT_2);
	world_run(&w, S(1));
	if (_i) {
		world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
		return;
	}
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	be_silent();
	world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
}
END_TEST

/* Covers: 8925-3.2-08 */
START_TEST(attachment_ends_the_wait)
{
	world_reach(&w, DHCP4_STATE_V6ONLY_WAIT, false);
	w.now += S(5);
	switch (_i) {
	case 0:
		world_carrier(&w, false);
		world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
		world_carrier(&w, true);
		break;
	case 1:
		world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
						     .carrier = { true, true } });
		break;
	case 2:
		world_event(&w, DHCP4_EVENT_RESUME);
		break;
	case 3:
		world_event(&w, DHCP4_EVENT_RENEW);
		break;
	case 4:
		world_event(&w, DHCP4_EVENT_REBIND);
		break;
	case 5:
		w.config.v6only = false;
		world_event(&w, DHCP4_EVENT_RECONFIGURE);
		break;
	default:
		world_step(&w,
			   (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
						 .reconfigure.identity = true });
		break;
	}
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 2);
}
END_TEST

/* Covers: 8925-3.2-09 */
START_TEST(ack_of_a_reboot_stops_it)
{
	struct reply ack;

	world_reach(&w, DHCP4_STATE_REBOOTING, _i);
	w.config.v6only = true;
	world_forget(&w);
	w.forgets = w.deconfigures = 0;
	ack = WITH(world_reply(&w, DHCP4_TYPE_ACK), V6ONLY(0, 0, 7, 8));
	ack.yiaddr = CLIENT;
	ack.server_id = OTHER;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.deconfigures, (unsigned)_i);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(world_last(&w)->destination, OTHER);
	if (_i)
		ck_assert_int_eq(w.loss, DHCP4_LOSS_V6ONLY);
	world_sleep(&w, S(1800) - 1);
	world_tick(&w);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(world_last(&w)->requested, 0);
}
END_TEST

START_TEST(rapid_ack_stops_it_too)
{
	struct reply ack;

	w.config.v6only = w.config.rapid_commit = true;
	world_start(&w);
	ack = WITH(world_reply(&w, DHCP4_TYPE_ACK), 80, 0, V6ONLY(0, 0, 7, 8));
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(world_last(&w)->ciaddr, CLIENT);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LOST), 0);
}
END_TEST

/* Nobody confirmed the lease, and a server prefers IPv6. */
START_TEST(offer_ends_a_lease_that_is_held)
{
	struct reply reply;

	world_reach(&w, DHCP4_STATE_SELECTING, true);
	w.config.v6only = true;
	reply = WITH(offer_of(OTHER, CLIENT_2), V6ONLY(0, 0, 7, 8));
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(world_last(&w)->destination, SERVER);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_V6ONLY);
}
END_TEST

/* Covers: 8925-3.2-10 */
START_TEST(extended_address_stays_in_use)
{
	static const enum dhcp4_state states[] = { DHCP4_STATE_REQUESTING,
						   DHCP4_STATE_RENEWING,
						   DHCP4_STATE_REBINDING };
	struct reply ack;

	world_reach(&w, states[_i], true);
	w.config.v6only = true;
	ack = WITH(world_reply(&w, DHCP4_TYPE_ACK), V6ONLY(0, 0, 7, 8));
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- no address at all (RFC 2563) ---------------------------------------- */

static void allow_autoconf(void)
{
	w.config.auto_configure = true;
	w.config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
}

static struct reply no_address(ipv4_addr server, uint8_t value)
{
	static uint8_t octets[] = { 116,  1,   0,    56,  6,  'n',
				    '\n', '"', 0xfe, '%', 's' };

	octets[2] = value;
	return with(offer_of(server, IPV4_ANY), octets, sizeof(octets));
}

/* Covers: 2563-2.1-01 2563-2.2-02 2563-2.6-01 */
START_TEST(offer_of_no_address_is_told)
{
	struct reply reply;
	const struct dhcp4_notice *notice;

	allow_autoconf();
	world_start(&w);
	reply = no_address(SERVER, (uint8_t)_i);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert(w.client.autoconf_forbidden == (_i == 0));
	notice = &w.notices[w.notice_count - 1];
	ck_assert_int_eq(notice->kind, DHCP4_NOTICE_NO_ADDRESS);
	ck_assert_uint_eq(notice->server, SERVER);
	ck_assert_str_eq(notice->text, "n???%s");
	/* One that allows it takes nothing back. */
	reply = no_address(OTHER, 1);
	world_receive(&w, &reply);
	ck_assert(w.client.autoconf_forbidden == (_i == 0));
}
END_TEST

START_TEST(malformed_value_is_none)
{
	static const uint8_t values[][4] = { { 116, 0 },
					     { 116, 2, 0, 1 },
					     { 116, 1, 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct reply reply;

		setup();
		allow_autoconf();
		world_start(&w);
		reply = with(offer_of(SERVER, IPV4_ANY), values[i],
			     values[i][1] + 2U);
		world_refuses(&w, &reply, REJECT_ADDRESS);
	}
}
END_TEST

/* A long text is cut, and one that is not there is empty. */
START_TEST(text_has_bounds)
{
	uint8_t octets[3 + 2 + 200] = { 116, 1, 0, 56, 200 };
	struct reply reply;

	memset(octets + 5, 'x', 200);
	allow_autoconf();
	world_start(&w);
	reply = with(offer_of(SERVER, IPV4_ANY), octets, sizeof(octets));
	world_receive(&w, &reply);
	ck_assert_uint_eq(strlen(w.notices[w.notice_count - 1].text),
			  DHCP4_NOTICE_TEXT_MAX);
	reply.options_size = 3;
	world_receive(&w, &reply);
	ck_assert_str_eq(w.notices[w.notice_count - 1].text, "");
}
END_TEST

START_TEST(nobody_who_did_not_ask_is_told)
{
	struct reply reply;

	world_start(&w);
	reply = no_address(SERVER, 0);
	world_refuses(&w, &reply, REJECT_ADDRESS);
	/* Nor is anybody who has an address. */
	allow_autoconf();
	reply.yiaddr = 0x7f000001;
	world_refuses(&w, &reply, REJECT_ADDRESS);
	ck_assert(!w.client.autoconf_forbidden);
}
END_TEST

/* Covers: 2563-2.2-01 */
START_TEST(who_could_give_itself_an_address_asks)
{
	static const bool asks[] = {
		[FALLBACK_MODE_OFF] = false,
		[FALLBACK_MODE_LINKLOCAL] = true,
		[FALLBACK_MODE_STATIC] = false,
		[FALLBACK_MODE_ALWAYS] = true,
	};

	w.config.auto_configure = true;
	w.config.fallback = (struct fallback_config){ (enum fallback_mode)_i,
						      CLIENT_2, 24, 0 };
	world_start(&w);
	ck_assert(has(world_last(&w), 116) == asks[_i]);
	w.config.auto_configure = false;
	world_run(&w, S(6));
	ck_assert_uint_eq(world_last(&w)->number, 2);
	ck_assert(!has(world_last(&w), 116));
}
END_TEST

/* Covers: 2563-2.2-03 */
START_TEST(real_offer_ends_it)
{
	struct reply reply;

	allow_autoconf();
	w.config.rapid_commit = true;
	world_start(&w);
	reply = no_address(SERVER, 0);
	world_receive(&w, &reply);
	ck_assert(w.client.autoconf_forbidden);
	switch (_i) {
	case 0:
		offer(OTHER, CLIENT);
		world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
		break;
	case 1:
		reply = rapid_ack();
		world_receive(&w, &reply);
		break;
	default:
		world_carrier(&w, false);
		break;
	}
	ck_assert(!w.client.autoconf_forbidden);
}
END_TEST

/* ---- what the user asks for ---------------------------------------------- */

/* 4, 8 and 16 s, and then by half of what remains. */
START_TEST(asked_extension_is_soon_repeated)
{
	static const nsec waits[] = { S(4), S(8), S(16) };
	enum dhcp4_event_kind kind =
		_i % 2 ? DHCP4_EVENT_REBIND : DHCP4_EVENT_RENEW;
	nsec at;

	world_reach(&w, _i < 2 ? DHCP4_STATE_BOUND : DHCP4_STATE_RENEWING, true);
	w.now += S(10);
	world_event(&w, kind);
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		at = w.now;
		world_tick(&w);
		ck_assert(w.now - at >= waits[i] - S(1));
		ck_assert(w.now - at <= waits[i] + S(1));
	}
	at = w.now;
	world_tick(&w);
	ck_assert(w.now - at >= S(60));
}
END_TEST

/* At T2 all servers are asked, and the lease's own one not besides. */
START_TEST(asked_at_t2_is_one_request)
{
	enum dhcp4_event_kind kind =
		_i % 2 ? DHCP4_EVENT_REBIND : DHCP4_EVENT_RENEW;

	world_reach(&w, _i < 2 ? DHCP4_STATE_BOUND : DHCP4_STATE_RENEWING, true);
	w.now = w.client.lease.t2_ns;
	world_forget(&w);
	world_event(&w, kind);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBINDING);
}
END_TEST

/* T2 comes between, and what begins then is nobody's wish. */
START_TEST(what_follows_is_not_soon)
{
	world_reach(&w, DHCP4_STATE_RENEWING, true);
	w.now = w.client.lease.t2_ns - S(1);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_REBINDING, DHCP4_TENURE_HELD);
	world_sleep(&w, S(60));
}
END_TEST

static void be_refused(unsigned times)
{
	world_start(&w);
	for (unsigned i = 0; i < times; i++) {
		world_run(&w, S(30));
		world_offer(&w);
		world_nak(&w);
	}
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
}

START_TEST(renewal_ends_the_pause_after_naks)
{
	be_refused(8);
	w.now += S(2);
	world_forget(&w);
	world_event(&w, _i ? DHCP4_EVENT_REBIND : DHCP4_EVENT_RENEW);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	/* Without a link there is nothing to hurry for. */
	setup();
	be_refused(8);
	world_carrier(&w, false);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	ck_assert(!w.effects.slot_taken);
}
END_TEST

/* Right after a boot there is no pause, since nothing was declined. */
START_TEST(renewal_after_a_boot)
{
	struct reply reply;

	w.now = S(1);
	w.config.v6only = true;
	world_start(&w);
	reply = WITH(offer_of(SERVER, CLIENT), V6ONLY(0, 0, 7, 8));
	world_receive(&w, &reply);
	w.now = S(3);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

/* Covers: 2131-3.1-08 */
START_TEST(renewal_does_not_end_the_pause_after_a_decline)
{
	world_bind(&w);
	world_lost(&w, DHCP4_ADDRESS_LOST_CONFLICT);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	w.now += S(2);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_sleep(&w, S(8) - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
}
END_TEST

static void add_case(Suite *suite, TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, NULL);
	suite_add_tcase(suite, tcase);
}

Suite *test_client_choice_suite(void)
{
	Suite *suite = suite_create("client_choice");
	TCase *rapid = tcase_create("rapid"), *flag = tcase_create("flag");
	TCase *offers = tcase_create("offers"), *lists = tcase_create("lists");
	TCase *v6only = tcase_create("v6only"), *rest = tcase_create("rest");

	add_case(suite, rapid);
	tcase_add_loop_test(rapid, rapid_ack_is_the_lease, 0, ACD_MODE_COUNT);
	tcase_add_test(rapid, two_silent_tries_and_it_is_left_out);
	tcase_add_test(rapid, other_acks_are_not_rapid);
	add_case(suite, flag);
	tcase_add_test(flag, flag_alternates_and_is_learnt);
	tcase_add_test(flag, flag_is_forgotten_elsewhere);
	tcase_add_loop_test(flag, flag_as_it_is_set, 0, 2);
	add_case(suite, offers);
	tcase_add_test(offers, first_of_equals_is_chosen);
	tcase_add_test(offers, complete_offer_is_better);
	tcase_add_test(offers, known_server_is_better_than_complete);
	tcase_add_test(offers, old_address_is_better_than_known_server);
	tcase_add_test(offers, kept_offer_is_next);
	tcase_add_loop_test(offers, silent_server_waits_for_others, 0, 2);
	tcase_add_test(offers, silent_server_is_passed_over_in_a_window);
	tcase_add_loop_test(offers, silence_is_forgotten, 0, 2);
	add_case(suite, lists);
	tcase_add_test(lists, lists_decide_about_offers);
	tcase_add_test(lists, lists_decide_about_the_rest);
	tcase_add_loop_test(lists, lists_hold_for_leases, 0, 2);
	tcase_add_test(lists, subnet_has_to_be_repeated);
	tcase_add_test(lists, subnet_has_to_be_repeated_by_bootp);
	add_case(suite, v6only);
	tcase_add_test(v6only, offer_that_prefers_ipv6_is_not_requested);
	tcase_add_test(v6only, what_does_not_count_is_passed_over);
	tcase_add_loop_test(v6only, treatment_follows_the_chosen_offer, 0, 2);
	tcase_add_loop_test(v6only, attachment_ends_the_wait, 0, 7);
	tcase_add_loop_test(v6only, ack_of_a_reboot_stops_it, 0, 2);
	tcase_add_test(v6only, rapid_ack_stops_it_too);
	tcase_add_test(v6only, offer_ends_a_lease_that_is_held);
	tcase_add_loop_test(v6only, extended_address_stays_in_use, 0, 3);
	add_case(suite, rest);
	tcase_add_loop_test(rest, offer_of_no_address_is_told, 0, 2);
	tcase_add_test(rest, malformed_value_is_none);
	tcase_add_test(rest, text_has_bounds);
	tcase_add_test(rest, nobody_who_did_not_ask_is_told);
	tcase_add_loop_test(rest, who_could_give_itself_an_address_asks,
			    FALLBACK_MODE_OFF, FALLBACK_MODE_ALWAYS + 1);
	tcase_add_loop_test(rest, real_offer_ends_it, 0, 3);
	tcase_add_loop_test(rest, asked_extension_is_soon_repeated, 0, 4);
	tcase_add_loop_test(rest, asked_at_t2_is_one_request, 0, 4);
	tcase_add_test(rest, what_follows_is_not_soon);
	tcase_add_loop_test(rest, renewal_ends_the_pause_after_naks, 0, 2);
	tcase_add_test(rest, renewal_after_a_boot);
	tcase_add_test(rest, renewal_does_not_end_the_pause_after_a_decline);
	return suite;
}
