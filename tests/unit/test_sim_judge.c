/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracles: each notices what it is there for, done by a puppet, and none
 * complains of a client that does all as it should.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "unit/puppet.h"
#include "unit/scene.h"

Suite *test_sim_judge_suite(void);

static struct sim_network network;
static struct judge *judge;
static struct puppet puppet;
static struct puppet *const p = &puppet;

static void setup(void)
{
	static const uint8_t seed[32] = { 'j', 'u', 'd', 'g', 'e' };

	sim_network_init(&network, seed, S(1000));
	judge = judge_new(&network);
	puppet_init(p, &network, judge, "host");
}

/* At 0 s all is as it should be and the lease begins. */
static void setup_bound(void)
{
	setup();
	puppet_bind(p);
}

static void teardown(void)
{
	judge_free(judge);
	sim_network_free(&network);
}

static void check_fine(void)
{
	judge_check_fine(judge);
}

/* That oracle, and no other before it, has found something, just now. */
static void check_blamed(const char *oracle)
{
	judge_check_blamed(judge, oracle);
	ck_assert_uint_eq(judge_time(judge), network.clock.now);
	ck_assert_ptr_nonnull(strstr(judge_text(judge), "host/eth0 at "));
}

/* To an instant; what is found must be found by then, and is not yet now. */
static void check_blamed_by(nsec since_start, const char *oracle)
{
	check_fine();
	while (!judge_failed(judge) &&
	       sim_clock_step(&network.clock, S(1000) + since_start))
		continue;
	check_blamed(oracle);
}

/* ---- a client without fault ----------------------------------------------- */

START_TEST(life_is_fine)
{
	const struct judge_counters *c = judge_counters(judge);

	puppet_at(p, S(495));
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	puppet_enter(p, DHCP4_STATE_RENEWING);
	puppet_take_ack(p);
	puppet_at(p, S(985));
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	puppet_enter(p, DHCP4_STATE_RENEWING);
	puppet_hear_type(p, DHCP4_TYPE_NAK);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_forget(p);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(988));
	check_fine();
	ck_assert_uint_eq(c->sent[DHCP4_REQUEST_DISCOVER], 2);
	ck_assert_uint_eq(c->sent[DHCP4_REQUEST_RENEWING], 2);
	ck_assert_uint_eq(c->received[DHCP4_TYPE_ACK], 2);
	ck_assert_uint_eq(c->received[DHCP4_TYPE_NAK], 1);
	ck_assert_uint_eq(c->leases, 2);
	ck_assert_uint_eq(c->leased_ns, S(985));
	ck_assert_uint_eq(
		c->transitions[DHCP4_STATE_RENEWING][DHCP4_STATE_BOUND], 1);
}
END_TEST

/* The shipped client, through most of what may befall a host. */
START_TEST(shipped_client_is_fine)
{
	static struct scene scene;
	struct judge *real;

	scene_init(&scene, 2);
	real = judge_new(&scene.network);
	judge_watch_host(real, scene.host);
	judge_watch_server(real, scene.dhcpd);
	sim_host_start(scene.host);
	scene_run(&scene, S(1200));
	sim_host_kill(scene.host);
	scene_run(&scene, S(20));
	sim_host_start(scene.host);
	scene_run(&scene, S(100));
	sim_host_suspend(scene.host);
	scene_run(&scene, S(3000));
	sim_host_resume(scene.host);
	scene_run(&scene, S(600));
	scene.dhcpd->silent = true;
	sim_host_reboot(scene.host, S(30));
	scene_run(&scene, S(60));
	sim_link_cut(scene.link, true);
	scene_run(&scene, S(1));
	sim_link_cut(scene.link, false);
	scene_run(&scene, S(2000));
	scene.dhcpd->silent = false;
	scene_run(&scene, S(100));
	sim_port_release(scene.port);
	scene_run(&scene, S(100));
	sim_host_end(scene.host);
	sim_host_start(scene.host);
	judge_calm(real, S(1500));
	scene_run(&scene, S(1500));
	judge_end(real);
	if (judge_failed(real))
		ck_abort_msg("%s: %s", judge_oracle(real), judge_text(real));
	ck_assert_uint_gt(judge_counters(real)->leases, 10);
	judge_free(real);
	scene_free(&scene);
}
END_TEST

/*
 * The kernel's lifetimes do not count a sleep. Whoever starts after one that was
 * longer than the lease takes away what is left of it.
 */
START_TEST(slept_over_lease_is_taken_away)
{
	static struct scene scene;
	struct judge *real;

	scene_init(&scene, 1);
	real = judge_new(&scene.network);
	judge_watch_host(real, scene.host);
	sim_host_start(scene.host);
	scene_run(&scene, S(10));
	sim_host_kill(scene.host);
	sim_host_suspend(scene.host);
	scene_run(&scene, S(2 * SCENE_LEASE_S));
	scene.dhcpd->silent = true;
	sim_host_resume(scene.host);
	ck_assert_uint_eq(scene.port->kernel.address, SCENE_FIRST);
	sim_host_start(scene.host);
	scene_run(&scene, S(10));
	if (judge_failed(real))
		ck_abort_msg("%s: %s", judge_oracle(real), judge_text(real));
	ck_assert_uint_eq(scene.port->kernel.address, 0);
	judge_free(real);
	scene_free(&scene);
}
END_TEST

/* ---- tables ---------------------------------------------------------------- */

/* Offsets in an IPv4 packet: its own, those of UDP, and of the message. */
#define IP(n)	   (n)
#define UDP(n)	   (20 + (n))
#define MESSAGE(n) (FRAME_HEADERS_SIZE + (n))

/* One octet of a DISCOVER made another; its checksums right or not. */
static const struct spoilt {
	size_t at;
	uint8_t to;
	bool sealed;
} spoilt[] = {
	{ IP(8), 0, false },	     /* TTL */
	{ IP(12), 9, false },	     /* the source address */
	{ UDP(1), 69, false },	     /* from another port */
	{ UDP(7), 0, false },	     /* the checksum */
	{ MESSAGE(0), 2, true },     /* op */
	{ MESSAGE(1), 6, true },     /* htype */
	{ MESSAGE(2), 5, true },     /* hlen */
	{ MESSAGE(3), 1, true },     /* hops */
	{ MESSAGE(9), 1, true },     /* secs, in the first */
	{ MESSAGE(10), 0x80, true }, /* broadcast, which was not set */
	{ MESSAGE(11), 1, true },    /* a reserved flag */
	{ MESSAGE(15), 1, true },    /* ciaddr */
	{ MESSAGE(19), 1, true },    /* yiaddr */
	{ MESSAGE(27), 1, true },    /* giaddr */
	{ MESSAGE(33), 99, true },   /* chaddr */
	{ MESSAGE(40), 1, true },    /* what is left of it */
	{ MESSAGE(44), 1, true },    /* sname */
	{ MESSAGE(236), 0, true },   /* the cookie */
	{ MESSAGE(240), 0, true },   /* padding before End */
	{ MESSAGE(242), 8, true },   /* INFORM: of a lease's client */
	{ MESSAGE(242), 2, true },   /* a server's type */
	{ MESSAGE(245), 99, true },  /* option 61 */
	{ MESSAGE(244), 200, true }, /* option 61 is cut */
	{ MESSAGE(299), 1, true },   /* behind End */
};

START_TEST(spoilt_messages_are_seen)
{
	const struct spoilt *s = &spoilt[_i];
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size;

	puppet_start(p);
	size = puppet_write(p, DHCP4_REQUEST_DISCOVER, packet);
	packet[s->at] = s->to;
	if (s->sealed)
		frame_seal(packet, size - FRAME_HEADERS_SIZE,
			   &(struct datagram){ .destination = IPV4_BROADCAST,
					       .source_port = DHCP4_CLIENT_PORT,
					       .destination_port =
						       DHCP4_SERVER_PORT });
	puppet_emit(p, packet, size, false);
	check_blamed("tables");
}
END_TEST

/* A kind of message under conditions that are another's. */
START_TEST(unicast_discover_is_seen)
{
	uint8_t packet[DHCP4_PACKET_MAX];

	puppet_start(p);
	puppet_emit(p, packet, puppet_write(p, DHCP4_REQUEST_DISCOVER, packet),
		    true);
	check_blamed("tables");
}
END_TEST

START_TEST(what_was_not_offered_is_seen)
{
	struct reply offer;

	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	offer = puppet_reply(p, DHCP4_TYPE_OFFER);
	offer.yiaddr = CLIENT_2;
	puppet_hear(p, &offer);
	check_fine();
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	check_blamed("tables");
}
END_TEST

/* What a NAK refused is not suggested again. */
START_TEST(refused_address_is_not_asked_for)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size;

	puppet_at(p, S(495));
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	puppet_hear_type(p, DHCP4_TYPE_NAK);
	check_fine();
	p->values.xid++;
	/* As INIT-REBOOT's, but for the type. */
	size = puppet_write(p, DHCP4_REQUEST_REBOOTING, packet);
	packet[FRAME_HEADERS_SIZE + DHCP4_HEADER_SIZE + 2] = DHCP4_TYPE_DISCOVER;
	frame_seal(packet, size - FRAME_HEADERS_SIZE,
		   &(struct datagram){ .destination = IPV4_BROADCAST,
				       .source_port = DHCP4_CLIENT_PORT,
				       .destination_port = DHCP4_SERVER_PORT });
	puppet_emit(p, packet, size, false);
	check_blamed("tables");
}
END_TEST

START_TEST(another_xid_is_seen)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	p->values.xid++;
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	check_blamed("tables");
}
END_TEST

START_TEST(wrong_secs_are_seen)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(4));
	check_fine();
	p->values.secs = 2;
	puppet_send(p, DHCP4_REQUEST_DISCOVER);
	check_blamed("tables");
}
END_TEST

START_TEST(wrong_server_is_seen)
{
	struct reply ack;

	puppet_at(p, S(495));
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	ack = puppet_reply(p, DHCP4_TYPE_ACK);
	ack.server_id = OTHER;
	puppet_hear(p, &ack);
	puppet_event(p, SIM_EVENT_RENEW_ASKED);
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	check_blamed("tables");
}
END_TEST

/* Of a port that asks for parameters alone only its messages are judged. */
START_TEST(inform_is_judged_by_the_tables)
{
	struct dhcp4_config *config = &p->port->iface.config;

	config->inform_address = CLIENT;
	puppet_start(p);
	puppet_enter(p, DHCP4_STATE_INFORMING);
	puppet_send_first(p, DHCP4_REQUEST_INFORM);
	puppet_configure(p, S(3000));
	puppet_at(p, S(100));
	check_fine();
	config->inform_address = CLIENT_2;
	puppet_send_first(p, DHCP4_REQUEST_INFORM);
	check_blamed("tables");
}
END_TEST

/* ---- timing ---------------------------------------------------------------- */

/* The second DISCOVER comes 3 to 5 s after the first. */
static const struct again {
	nsec after;
	bool fine;
} agains[] = {
	{ MS(2999), false },
	{ S(3), true },
	{ S(5), true },
	{ MS(5001), false },
};

START_TEST(backoff)
{
	const struct again *a = &agains[_i];

	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	/* As if no timer of the judge's had been there to see it missing. */
	network.clock.now += a->after;
	p->values.secs = (uint16_t)(a->after / NSEC_PER_S);
	puppet_send(p, DHCP4_REQUEST_DISCOVER);
	if (a->fine)
		check_fine();
	else
		check_blamed("timing");
}
END_TEST

START_TEST(sixth_request_is_seen)
{
	static const unsigned at_s[] = { 0, 4, 12, 28, 60, 64 };

	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	for (unsigned i = 0; i < ARRAY_SIZE(at_s); i++) {
		puppet_at(p, S(at_s[i]));
		check_fine();
		puppet_send(p, DHCP4_REQUEST_SELECTING);
		if (i == 0)
			puppet_enter(p, DHCP4_STATE_REQUESTING);
	}
	check_blamed("timing");
}
END_TEST

/* T1 is at 500 s, a fiftieth early at 490 s. */
START_TEST(renewal_before_t1_is_seen)
{
	puppet_at(p, S(490) - 1);
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	check_blamed("timing");
}
END_TEST

START_TEST(renewal_that_is_asked_for)
{
	puppet_at(p, S(10));
	puppet_event(p, SIM_EVENT_RENEW_ASKED);
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	puppet_enter(p, DHCP4_STATE_RENEWING);
	puppet_take_ack(p);
	puppet_at(p, S(20));
	check_fine();
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	check_blamed("timing");
}
END_TEST

static void renew_in_vain(void)
{
	puppet_at(p, S(495));
	puppet_send_first(p, DHCP4_REQUEST_RENEWING);
	puppet_enter(p, DHCP4_STATE_RENEWING);
}

/* Half of the time until T2, which is between 867.5 and 875 s. */
START_TEST(renewal_repeated_too_soon_is_seen)
{
	renew_in_vain();
	puppet_at(p, S(680));
	p->values.xid++;
	p->values.secs = 185;
	puppet_send(p, DHCP4_REQUEST_RENEWING);
	check_blamed("timing");
}
END_TEST

START_TEST(rebinding_before_t2_is_seen)
{
	renew_in_vain();
	puppet_at(p, S(685));
	p->values.xid++;
	p->values.secs = 190;
	puppet_send(p, DHCP4_REQUEST_RENEWING);
	puppet_at(p, S(745));
	p->values.xid++;
	p->values.secs = 250;
	check_fine();
	puppet_send(p, DHCP4_REQUEST_REBINDING);
	check_blamed("timing");
}
END_TEST

START_TEST(pause_after_naks)
{
	puppet_start(p);
	puppet_enter(p, DHCP4_STATE_INIT);
	for (unsigned i = 0; i < 2; i++) {
		puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
		puppet_enter(p, DHCP4_STATE_SELECTING);
		puppet_hear_type(p, DHCP4_TYPE_OFFER);
		puppet_send(p, DHCP4_REQUEST_SELECTING);
		puppet_enter(p, DHCP4_STATE_REQUESTING);
		puppet_hear_type(p, DHCP4_TYPE_NAK);
		puppet_enter(p, DHCP4_STATE_INIT);
		check_fine();
	}
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	check_blamed("timing");
}
END_TEST

START_TEST(release_for_no_reason_is_seen)
{
	puppet_send_first(p, DHCP4_REQUEST_RELEASE);
	check_blamed("timing");
}
END_TEST

START_TEST(flapping_link)
{
	for (unsigned i = 0; i < 2; i++) {
		puppet_at(p, S(10) + i * MS(500));
		puppet_carrier(p, false);
		puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
		puppet_carrier(p, true);
		check_fine();
		puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
		puppet_enter(p, DHCP4_STATE_REBOOTING);
	}
	check_blamed("timing");
}
END_TEST

/* ---- tenure ---------------------------------------------------------------- */

START_TEST(lost_lease_is_seen)
{
	puppet_at(p, S(10));
	puppet_withdraw(p, (enum sim_cause)_i);
	check_blamed("tenure");
}
END_TEST

START_TEST(lease_that_others_take)
{
	puppet_at(p, S(10));
	puppet_withdraw(p, SIM_CAUSE_ADMIN);
	puppet_event(p, SIM_EVENT_ADDRESS_TAKEN);
	puppet_configure(p, S(1000 + PUPPET_LEASE_S));
	puppet_at(p, S(20));
	check_fine();
}
END_TEST

/* Only the server that granted it may refuse a renewal. */
START_TEST(nak_of_another_server)
{
	struct reply nak;

	renew_in_vain();
	nak = puppet_reply(p, DHCP4_TYPE_NAK);
	nak.server_id = OTHER;
	puppet_hear(p, &nak);
	check_fine();
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	check_blamed("tenure");
}
END_TEST

/* ---- expiry ---------------------------------------------------------------- */

START_TEST(use_without_ack_is_seen)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	puppet_configure(p, S(2000));
	check_blamed("expiry");
}
END_TEST

/* An ACK of a lease that could not be, or is another's. */
static const struct bad_ack {
	ipv4_addr yiaddr, mask, server_id;
	uint32_t lease_s, xid;
} bad_acks[] = {
	{ .yiaddr = CLIENT_2 },	    { .mask = 0xff00ff00 },
	{ .mask = 0xfffffffe - 1 }, { .server_id = 0xe0000001 },
	{ .lease_s = 1 },	    { .xid = 99 },
};

START_TEST(use_after_bad_ack_is_seen)
{
	const struct bad_ack *b = &bad_acks[_i];
	struct reply ack;

	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	puppet_enter(p, DHCP4_STATE_REQUESTING);
	puppet_at(p, S(1));
	ack = puppet_reply(p, DHCP4_TYPE_ACK);
	ack.yiaddr = b->yiaddr ? b->yiaddr : ack.yiaddr;
	ack.mask = b->mask ? b->mask : ack.mask;
	ack.server_id = b->server_id ? b->server_id : ack.server_id;
	ack.lease_s = b->lease_s ? b->lease_s : ack.lease_s;
	ack.xid = b->xid ? b->xid : ack.xid;
	puppet_hear(p, &ack);
	check_fine();
	puppet_configure(p, S(2000));
	check_blamed("expiry");
}
END_TEST

START_TEST(too_long_a_lifetime_is_seen)
{
	puppet_at(p, S(10));
	puppet_configure(p, S(1000 + PUPPET_LEASE_S) + 1);
	check_fine();
	puppet_configure(p, S(1000 + PUPPET_LEASE_S + 2));
	check_blamed("expiry");
}
END_TEST

/* Bound to a lease that ends at 1000 s and is renewed in vain. */
START_TEST(use_after_expiry_is_seen)
{
	static const struct {
		unsigned at_s;
		enum dhcp4_request kind;
	} sends[] = {
		{ 685, DHCP4_REQUEST_RENEWING },
		{ 780, DHCP4_REQUEST_RENEWING },
		{ 840, DHCP4_REQUEST_RENEWING },
		{ 870, DHCP4_REQUEST_REBINDING },
		{ 935, DHCP4_REQUEST_REBINDING },
		{ 995, DHCP4_REQUEST_REBINDING },
	};

	renew_in_vain();
	for (unsigned i = 0; i < ARRAY_SIZE(sends); i++) {
		puppet_at(p, S(sends[i].at_s));
		p->values.xid++;
		p->values.secs = (uint16_t)(sends[i].at_s - 495);
		puppet_send(p, sends[i].kind);
		if (i == 3)
			puppet_enter(p, DHCP4_STATE_REBINDING);
		check_fine();
	}
	puppet_at(p, S(PUPPET_LEASE_S));
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	check_blamed_by(S(PUPPET_LEASE_S + 1), "expiry");
}
END_TEST

START_TEST(use_after_nak_is_seen)
{
	renew_in_vain();
	puppet_hear_type(p, DHCP4_TYPE_NAK);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_forget(p);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	check_blamed_by(S(496), "expiry");
}
END_TEST

/* After a reboot a lease is used when two REQUESTs were in vain, not before. */
static void reboot(void)
{
	puppet_at(p, S(100));
	puppet_reboot(p);
	puppet_at(p, S(110));
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_REBOOTING);
	puppet_enter(p, DHCP4_STATE_INIT_REBOOT);
	puppet_enter(p, DHCP4_STATE_REBOOTING);
}

START_TEST(use_of_remembered_is_seen)
{
	reboot();
	puppet_at(p, S(113));
	check_fine();
	puppet_configure(p, S(1000 + PUPPET_LEASE_S));
	check_blamed("expiry");
}
END_TEST

START_TEST(use_of_unanswered)
{
	reboot();
	puppet_at(p, S(113));
	p->values.secs = 3;
	puppet_send(p, DHCP4_REQUEST_REBOOTING);
	puppet_at(p, S(117));
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_configure(p, S(1000 + PUPPET_LEASE_S));
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(118));
	check_fine();
}
END_TEST

/* ---- unique ---------------------------------------------------------------- */

/* The server tells the judge of an ACK to the puppet's last message. */
static void grant(struct sim_dhcpd *dhcpd, const struct puppet *to)
{
	static struct server_exchange exchange;
	struct dhcp4_header *header = &exchange.request.message.header;

	exchange.reply.type = DHCP4_TYPE_ACK;
	header->xid = to->values.xid;
	memcpy(header->chaddr, to->port->interface->hw, SIM_HWADDR_SIZE);
	dhcpd->watch(dhcpd->watch_context, dhcpd, &exchange);
}

static void bind_by(struct puppet *who, struct sim_dhcpd *dhcpd)
{
	puppet_start(who);
	puppet_send_first(who, DHCP4_REQUEST_DISCOVER);
	puppet_enter(who, DHCP4_STATE_INIT);
	puppet_enter(who, DHCP4_STATE_SELECTING);
	puppet_hear_type(who, DHCP4_TYPE_OFFER);
	puppet_send(who, DHCP4_REQUEST_SELECTING);
	puppet_enter(who, DHCP4_STATE_REQUESTING);
	grant(dhcpd, who);
	puppet_take_ack(who);
}

/* 0: an honest server's address; 1: one that may give it twice. */
START_TEST(address_in_use_twice)
{
	struct server_config config = scene_config;
	struct puppet other;
	struct sim_dhcpd *dhcpd;

	config.address = SERVER;
	dhcpd = sim_dhcpd_add(&network, "server", &config);
	judge_watch_server(judge, dhcpd);
	puppet_init(&other, &network, judge, "other");
	bind_by(&other, dhcpd);
	check_fine();
	if (_i == 1)
		judge_server_is_dishonest(judge, dhcpd);
	bind_by(p, dhcpd);
	if (_i == 1)
		check_fine();
	else
		check_blamed("unique");
}
END_TEST

/* It gave the address back, and its kernel has it still; others would mind, too. */
START_TEST(address_in_use_after_its_release)
{
	struct server_config config = scene_config;
	struct puppet other;
	struct sim_dhcpd *dhcpd;

	config.address = SERVER;
	dhcpd = sim_dhcpd_add(&network, "server", &config);
	judge_watch_server(judge, dhcpd);
	puppet_init(&other, &network, judge, "other");
	ck_assert(!judge_listen_to("nobody"));
	ck_assert(judge_listen_to("unique"));
	bind_by(&other, dhcpd);
	puppet_event(&other, SIM_EVENT_RELEASED);
	puppet_at(p, S(1));
	bind_by(p, dhcpd);
	ck_assert(judge_listen_to(NULL));
	check_blamed("unique");
}
END_TEST

/* ---- inert ----------------------------------------------------------------- */

/* A second OFFER, an ACK to a DISCOVER, somebody else's; each ends in nothing. */
START_TEST(inert_reply_that_is_told)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_ACK);
	puppet_notice(p, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_REJECTED });
	check_fine();
	puppet_enter(p, DHCP4_STATE_INIT);
	check_blamed("inert");
}
END_TEST

START_TEST(inert_reply_that_ends_a_file)
{
	puppet_at(p, S(10));
	puppet_hear_type(p, DHCP4_TYPE_NAK);
	check_fine();
	puppet_forget(p);
	check_blamed("inert");
}
END_TEST

/* Retransmitted in its time, but for a reply that means nothing. */
START_TEST(inert_reply_that_is_answered)
{
	struct reply offer;

	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, MS(4321));
	offer = puppet_reply(p, DHCP4_TYPE_OFFER);
	offer.chaddr[5] ^= 1;
	puppet_hear(p, &offer);
	p->values.secs = 4;
	puppet_send(p, DHCP4_REQUEST_DISCOVER);
	check_blamed("inert");
}
END_TEST

/* ---- agree ----------------------------------------------------------------- */

static void request_and_ack(void)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	puppet_enter(p, DHCP4_STATE_REQUESTING);
	puppet_hear_type(p, DHCP4_TYPE_ACK);
}

START_TEST(ack_without_address_is_seen)
{
	request_and_ack();
	puppet_enter(p, DHCP4_STATE_BOUND);
	check_blamed_by(S(1), "agree");
}
END_TEST

START_TEST(ack_without_state_is_seen)
{
	request_and_ack();
	puppet_configure(p, S(1000 + PUPPET_LEASE_S));
	check_blamed_by(S(1), "agree");
}
END_TEST

START_TEST(wrong_routes_are_seen)
{
	struct sim_kernel *kernel = &p->port->kernel;

	puppet_at(p, S(10));
	if (_i == 0)
		kernel->route_count = 0;
	else
		kernel->routes[0].gateway = OTHER;
	p->host->watches->kernel(p->host->watches, p->port, kernel,
				 SIM_CAUSE_DAEMON);
	check_blamed_by(S(11), "agree");
}
END_TEST

/* What a kernel refuses is asked of it again after a minute at the latest. */
START_TEST(kernel_that_refuses)
{
	p->port->troubles =
		(struct sim_troubles){ .netlink = ENOBUFS, .store = ENOSPC };
	request_and_ack();
	puppet_enter(p, DHCP4_STATE_BOUND);
	puppet_notice(p, (struct dhcp4_notice){
				 .kind = DHCP4_NOTICE_CONFIGURE_FAILED });
	puppet_at(p, S(10));
	p->port->troubles.netlink = 0;
	check_blamed_by(S(66), "agree");
	ck_assert_uint_ge(network.clock.now, S(1064));
}
END_TEST

/* ---- alive, fresh ----------------------------------------------------------- */

START_TEST(silence_is_seen)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(5));
	check_blamed_by(S(6), "alive");
}
END_TEST

START_TEST(silence_at_t1_is_seen)
{
	puppet_at(p, S(500));
	check_blamed_by(S(501), "alive");
}
END_TEST

START_TEST(silent_start_is_seen)
{
	puppet_start(p);
	puppet_enter(p, DHCP4_STATE_INIT);
	check_blamed_by(S(1), "fresh");
}
END_TEST

START_TEST(offer_without_request_is_seen)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	check_blamed_by(S(1), "fresh");
}
END_TEST

START_TEST(release_without_message_is_seen)
{
	puppet_at(p, S(10));
	puppet_event(p, SIM_EVENT_RELEASED);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_forget(p);
	puppet_enter(p, DHCP4_STATE_STOPPED);
	check_blamed_by(S(11), "fresh");
}
END_TEST

START_TEST(lifetime_that_is_not_extended_is_seen)
{
	renew_in_vain();
	puppet_hear_type(p, DHCP4_TYPE_ACK);
	puppet_enter(p, DHCP4_STATE_BOUND);
	check_blamed_by(S(496), "fresh");
}
END_TEST

/* ---- legal ------------------------------------------------------------------ */

START_TEST(illegal_transition_is_seen)
{
	puppet_at(p, S(10));
	puppet_enter(p, DHCP4_STATE_SELECTING);
	check_blamed("legal");
}
END_TEST

START_TEST(leap_is_seen)
{
	puppet_at(p, S(10));
	p->state = DHCP4_STATE_RENEWING;
	puppet_enter(p, DHCP4_STATE_BOUND);
	check_blamed("legal");
}
END_TEST

/* ---- file ------------------------------------------------------------------- */

START_TEST(file_of_another_lease_is_seen)
{
	puppet_at(p, S(10));
	switch (_i) {
	case 0:
		p->lease.address = CLIENT_2;
		break;
	case 1:
		p->lease.expiry_ns += 1;
		p->lease.granted_ns += 1;
		break;
	default:
		p->lease.server_id = OTHER;
		break;
	}
	puppet_store(p);
	check_blamed("file");
}
END_TEST

START_TEST(file_of_an_offer_is_seen)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	p->lease = (struct dhcp4_lease){ .address = CLIENT,
					 .prefix_length = 24,
					 .server_id = SERVER,
					 .t1_ns = S(1),
					 .t2_ns = S(2),
					 .lease_s = 10 };
	puppet_store(p);
	check_blamed("file");
}
END_TEST

START_TEST(file_that_is_gone_is_seen)
{
	puppet_at(p, S(10));
	puppet_forget(p);
	check_blamed("file");
}
END_TEST

START_TEST(file_that_stays_is_seen)
{
	renew_in_vain();
	puppet_hear_type(p, DHCP4_TYPE_NAK);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	check_blamed_by(S(496), "file");
}
END_TEST

START_TEST(file_that_is_not_written_is_seen)
{
	renew_in_vain();
	puppet_hear_type(p, DHCP4_TYPE_ACK);
	puppet_configure(p, S(1495 + PUPPET_LEASE_S));
	puppet_enter(p, DHCP4_STATE_BOUND);
	check_blamed_by(S(496), "file");
}
END_TEST

/* ---- converge ---------------------------------------------------------------- */

START_TEST(no_lease_in_calm_is_seen)
{
	judge_calm(judge, S(2));
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_at(p, S(2));
	check_fine();
	judge_end(judge);
	check_blamed("converge");
}
END_TEST

/* 0: nobody knows of the lease; 1: the server does. */
START_TEST(lease_on_record)
{
	struct server_config config = scene_config;
	struct sim_dhcpd *dhcpd;
	struct server_lease *lease;

	config.pool_last = CLIENT;
	dhcpd = sim_dhcpd_add(&network, "server", &config);
	judge_watch_server(judge, dhcpd);
	judge_calm(judge, S(2));
	puppet_bind(p);
	lease = server_lease_at(&dhcpd->server, CLIENT);
	if (_i == 1) {
		lease->state = SERVER_LEASE_BOUND;
		lease->expiry = NSEC_NEVER;
		lease->client = p->port->iface.config.client_id;
	}
	puppet_at(p, S(2));
	check_fine();
	judge_end(judge);
	if (_i == 1)
		check_fine();
	else
		check_blamed("converge");
}
END_TEST

/* Two hosts, one without fault: the other's is told once, and no more follow. */
START_TEST(first_failure_is_kept)
{
	char text[JUDGE_TEXT_SIZE];

	puppet_at(p, S(10));
	puppet_withdraw(p, SIM_CAUSE_DAEMON);
	strcpy(text, judge_text(judge));
	puppet_at(p, S(20));
	puppet_send_first(p, DHCP4_REQUEST_RELEASE);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	judge_end(judge);
	ck_assert_str_eq(judge_text(judge), text);
	ck_assert_uint_eq(judge_time(judge), S(1010));
}
END_TEST

/* ------------------------------------------------------------------------------ */

static void add_unbound(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, shipped_client_is_fine);
	tcase_add_test(t, slept_over_lease_is_taken_away);
	tcase_add_loop_test(t, spoilt_messages_are_seen, 0, ARRAY_SIZE(spoilt));
	tcase_add_test(t, unicast_discover_is_seen);
	tcase_add_test(t, what_was_not_offered_is_seen);
	tcase_add_test(t, another_xid_is_seen);
	tcase_add_test(t, wrong_secs_are_seen);
	tcase_add_test(t, inform_is_judged_by_the_tables);
	tcase_add_loop_test(t, backoff, 0, ARRAY_SIZE(agains));
	tcase_add_test(t, sixth_request_is_seen);
	tcase_add_test(t, pause_after_naks);
	tcase_add_test(t, use_without_ack_is_seen);
	tcase_add_loop_test(t, use_after_bad_ack_is_seen, 0,
			    ARRAY_SIZE(bad_acks));
	tcase_add_loop_test(t, address_in_use_twice, 0, 2);
	tcase_add_test(t, address_in_use_after_its_release);
	tcase_add_test(t, inert_reply_that_is_told);
	tcase_add_test(t, inert_reply_that_is_answered);
	tcase_add_test(t, ack_without_address_is_seen);
	tcase_add_test(t, ack_without_state_is_seen);
	tcase_add_test(t, kernel_that_refuses);
	tcase_add_test(t, silence_is_seen);
	tcase_add_test(t, silent_start_is_seen);
	tcase_add_test(t, offer_without_request_is_seen);
	tcase_add_test(t, file_of_an_offer_is_seen);
	tcase_add_test(t, no_lease_in_calm_is_seen);
	tcase_add_loop_test(t, lease_on_record, 0, 2);
}

static void add_bound(TCase *t)
{
	tcase_add_checked_fixture(t, setup_bound, teardown);
	tcase_add_test(t, life_is_fine);
	tcase_add_test(t, wrong_server_is_seen);
	tcase_add_test(t, refused_address_is_not_asked_for);
	tcase_add_test(t, renewal_before_t1_is_seen);
	tcase_add_test(t, renewal_that_is_asked_for);
	tcase_add_test(t, renewal_repeated_too_soon_is_seen);
	tcase_add_test(t, rebinding_before_t2_is_seen);
	tcase_add_test(t, release_for_no_reason_is_seen);
	tcase_add_test(t, flapping_link);
	tcase_add_loop_test(t, lost_lease_is_seen, SIM_CAUSE_DAEMON,
			    SIM_CAUSE_LIFETIME + 1);
	tcase_add_test(t, lease_that_others_take);
	tcase_add_test(t, nak_of_another_server);
	tcase_add_test(t, too_long_a_lifetime_is_seen);
	tcase_add_test(t, use_after_expiry_is_seen);
	tcase_add_test(t, use_after_nak_is_seen);
	tcase_add_test(t, use_of_remembered_is_seen);
	tcase_add_test(t, use_of_unanswered);
	tcase_add_test(t, inert_reply_that_ends_a_file);
	tcase_add_loop_test(t, wrong_routes_are_seen, 0, 2);
	tcase_add_test(t, silence_at_t1_is_seen);
	tcase_add_test(t, release_without_message_is_seen);
	tcase_add_test(t, lifetime_that_is_not_extended_is_seen);
	tcase_add_test(t, illegal_transition_is_seen);
	tcase_add_test(t, leap_is_seen);
	tcase_add_loop_test(t, file_of_another_lease_is_seen, 0, 3);
	tcase_add_test(t, file_that_is_gone_is_seen);
	tcase_add_test(t, file_that_stays_is_seen);
	tcase_add_test(t, file_that_is_not_written_is_seen);
	tcase_add_test(t, first_failure_is_kept);
}

Suite *test_sim_judge_suite(void)
{
	Suite *suite = suite_create("sim_judge");
	TCase *unbound = tcase_create("unbound"), *bound = tcase_create("bound");

	add_unbound(unbound);
	add_bound(bound);
	suite_add_tcase(suite, unbound);
	suite_add_tcase(suite, bound);
	return suite;
}
