/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What known networks mean for a lease: when routers are asked, what their answer
 * is worth, and that DHCP has the last word.
 */
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_known_suite(void);

#define FAR   0x0a010032 /* 10.1.0.50, of another network */
#define FAR_1 0x0a010001 /* its router and server */

static struct world w;

static const struct hwaddr router_hw = { 6, { 2, 0, 0, 0, 0, 0x77 } };

static void setup(void)
{
	world_init(&w, 1);
	w.config.known_networks = true;
}

/* ---- ways ------------------------------------------------------------ */

/* The router of the lease, or of the other network, says who it is. */
static void router_answers(void)
{
	world_arp(&w, ARP_OP_REPLY, SERVER, CLIENT);
}

static void far_router_answers(void)
{
	world_arp(&w, ARP_OP_REPLY, FAR_1, FAR);
}

static void settle(void)
{
	world_bind(&w);
	router_answers();
	world_run(&w, S(100));
	world_forget(&w);
}

static void carrier_up(void)
{
	world_step(&w, (struct dhcp4_event){
			       .kind = DHCP4_EVENT_CARRIER,
			       .carrier.up = true,
			       .known.node = { { 2, FAR, FAR_1, router_hw } } });
}

/* Carrier lost and back; the REQUEST is out. */
static void flap(void)
{
	world_carrier(&w, false);
	world_run(&w, S(2));
	carrier_up();
}

static void to_rebooting(void)
{
	settle();
	flap();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
}

static struct dhcp4_lease far_lease(void)
{
	struct dhcp4_lease lease = world_lease(&w, 5000);

	lease.address = FAR;
	lease.server_id = lease.router = FAR_1;
	lease.router_hw = router_hw;
	return lease;
}

static void recall(const struct dhcp4_lease *lease)
{
	world_step(&w,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_LEASE_LOADED,
					 .lease_loaded = { .lease = lease,
							   .usable = true,
							   .attached = true } });
}

static void recall_far(void)
{
	struct dhcp4_lease lease = far_lease();

	recall(&lease);
}

/* The last question went to this router, for this address. */
static void check_asked(unsigned count, unsigned n, ipv4_addr address,
			ipv4_addr router, bool unicast)
{
	const struct sent_ask *ask = &w.asks[n];

	ck_assert_uint_eq(w.ask_count, count);
	ck_assert_uint_eq(ask->address, address);
	ck_assert_uint_eq(ask->router, router);
	ck_assert_uint_eq(ask->to.size, unicast ? 6 : 0);
}

static void check_gone(enum dhcp4_loss why, unsigned forgets)
{
	ck_assert_int_eq(w.client.tenure, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_int_eq(w.loss, why);
	ck_assert_uint_eq(w.forgets, forgets);
}

static unsigned announcements(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < w.arp_count; i++)
		count += !w.arps[i].probe;
	return count;
}

/* ---- learning --------------------------------------------------------- */

/* Covers: 4436-2-01 */
START_TEST(router_is_learned_and_stored)
{
	world_start(&w);
	world_offer(&w);
	world_ack(&w);
	ck_assert_uint_eq(w.ask_count, 0);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	check_asked(1, 0, CLIENT, SERVER, false);
	ck_assert_uint_eq(dhcp4_want(&w.client).routers[0], SERVER);
	world_forget(&w);
	router_answers();
	ck_assert_uint_eq(w.saves, 1);
	ck_assert_uint_eq(w.client.lease.router, SERVER);
	ck_assert(hwaddr_equal(&w.client.lease.router_hw, &router_hw));
	ck_assert_uint_eq(dhcp4_want(&w.client).routers[0], IPV4_ANY);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	ck_assert_uint_eq(w.ask_count, 0);
}
END_TEST

START_TEST(silent_router_is_left_alone)
{
	world_bind(&w);
	world_run(&w, S(3));
	check_asked(3, 2, CLIENT, SERVER, false);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	router_answers();
	ck_assert_uint_eq(w.client.lease.router_hw.size, 0);
	/* A renewal may find it awake. */
	world_tick(&w);
	world_forget(&w);
	world_ack(&w);
	ck_assert_uint_eq(w.ask_count, 1);
}
END_TEST

START_TEST(renewal_does_not_ask_again)
{
	struct reply ack;

	settle();
	world_run_to(&w, w.client.lease.t1_ns);
	world_ack(&w);
	ck_assert_uint_eq(w.client.lease.router_hw.size, 6);
	world_run_to(&w, w.client.lease.t2_ns);
	ck_assert_uint_eq(w.ask_count, 0);
	/* But where the lease names another router. */
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.router = OTHER;
	world_receive(&w, &ack);
	check_asked(1, 0, CLIENT, OTHER, false);
	ck_assert_uint_eq(w.client.lease.router_hw.size, 0);
}
END_TEST

START_TEST(no_router_is_asked_that_cannot_be_one)
{
	static const ipv4_addr routers[] = { 0, CLIENT };

	for (size_t i = 0; i < ARRAY_SIZE(routers); i++) {
		struct reply ack;

		setup();
		ack = world_reply(&w, DHCP4_TYPE_ACK);
		ack.router = routers[i];
		world_bind_as(&w, &ack);
		world_sleep(&w, S(100));
		ck_assert_uint_eq(w.ask_count, 0);
		ck_assert_uint_eq(w.client.lease.router, IPV4_ANY);
	}
}
END_TEST

START_TEST(what_is_known_is_not_learned_again)
{
	settle();
	w.config.known_networks = false;
	world_event(&w, DHCP4_EVENT_TICK);
	w.config.known_networks = true;
	world_event(&w, DHCP4_EVENT_TICK);
	ck_assert_uint_eq(w.ask_count, 0);
}
END_TEST

/* Its question would announce the address. */
START_TEST(address_is_probed_before_its_router_is_learned)
{
	w.config.acd = ACD_MODE_OPTIMISTIC;
	world_bind(&w);
	while (!announcements()) {
		ck_assert_uint_eq(w.ask_count, 0);
		world_tick(&w);
	}
	world_tick(&w);
	ck_assert_uint_ge(w.ask_count, 1);
}
END_TEST

/* ---- the own network -------------------------------------------------- */

/* Covers: 4436-2.1-03 4436-2.1.1-01 DF-if-07 */
START_TEST(router_confirms_the_lease)
{
	struct dhcp4_lease before;

	to_rebooting();
	before = w.client.lease;
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBOOTING), 1);
	ck_assert(w.asks[0].at == world_last(&w)->at);
	check_asked(2, 0, CLIENT, SERVER, true);
	ck_assert(hwaddr_equal(&w.asks[0].to, &router_hw));
	check_asked(2, 1, FAR, FAR_1, true);
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_ATTACHED), 1);
	ck_assert(before.t1_ns == w.client.lease.t1_ns &&
		  before.t2_ns == w.client.lease.t2_ns &&
		  before.expiry_ns == w.client.lease.expiry_ns);
	ck_assert_uint_eq(w.deconfigures + w.configures + w.saves, 0);
	ck_assert_uint_eq(w.recalls, 0);
	/* Nobody answers: the lease goes on as it was. */
	world_run(&w, S(8));
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBOOTING), 2);
	ck_assert(!dhcp4_want(&w.client).listen);
	world_sleep_to(&w, before.t1_ns - 1);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 4436-2.1-04 */
START_TEST(later_nak_wins)
{
	to_rebooting();
	router_answers();
	world_run(&w, S(1));
	world_nak(&w);
	check_gone(DHCP4_LOSS_NAK, 1);
}
END_TEST

START_TEST(later_ack_extends)
{
	to_rebooting();
	router_answers();
	world_run(&w, S(1));
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.saves, 1);
	ck_assert(w.client.lease.expiry_ns == w.now + S(3599));
	/* The router is known already; nothing more is awaited. */
	ck_assert_uint_eq(w.client.lease.router_hw.size, 6);
	ck_assert(!dhcp4_want(&w.client).listen);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
}
END_TEST

/* T1 had passed, and its turn was to come: what it waits for is there. */
START_TEST(later_ack_is_the_renewal)
{
	settle();
	world_run_to(&w, w.client.lease.t1_ns - 1);
	world_carrier(&w, false);
	world_run(&w, S(2));
	carrier_up();
	w.earliest_send = w.now + MS(500);
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert(w.client.send_at == w.earliest_send);
	world_ack(&w);
	world_forget(&w);
	world_sleep_to(&w, w.client.lease.t1_ns - 1);
	ck_assert_uint_eq(w.sent_count, 0);
}
END_TEST

/* Covers: 8925-3.2-09 */
START_TEST(later_ack_prefers_ipv6)
{
	struct reply ack;

	w.config.v6only = true;
	to_rebooting();
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.options = (const uint8_t[]){ 108, 4, 0, 0, 7, 8 };
	ack.options_size = 6;
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	check_gone(DHCP4_LOSS_V6ONLY, 1);
}
END_TEST

START_TEST(answer_after_its_time_is_refused)
{
	struct reply nak;

	to_rebooting();
	router_answers();
	nak = world_reply(&w, DHCP4_TYPE_NAK);
	world_run(&w, S(8));
	world_refuses(&w, &nak, REJECT_UNEXPECTED);
}
END_TEST

START_TEST(ack_comes_first)
{
	to_rebooting();
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	/* The network may be another one: its router is learned anew. */
	check_asked(3, 2, CLIENT, SERVER, false);
	router_answers();
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_ATTACHED), 0);
}
END_TEST

/* Covers: 4436-2.1.1-02 */
START_TEST(other_answers_confirm_nothing)
{
	to_rebooting();
	world_arp(&w, ARP_OP_REPLY, OTHER, CLIENT);
	world_arp(&w, ARP_OP_REPLY, SERVER, CLIENT_2);
	world_arp(&w, ARP_OP_REQUEST, SERVER, CLIENT);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP });
	w.client.attach.node[0].router_hw.bytes[5]++;
	router_answers();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 4436-2.1-05 */
START_TEST(silent_router_is_asked_thrice)
{
	to_rebooting();
	world_run(&w, S(30));
	ck_assert_uint_eq(w.ask_count, 6);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 4436-2.1-05 */
START_TEST(flaps_of_a_second_make_one_test)
{
	settle();
	for (unsigned i = 0; i < 10; i++) {
		world_carrier(&w, false);
		world_carrier(&w, true);
		world_run(&w, MS(90));
	}
	ck_assert_uint_eq(w.ask_count, 1);
}
END_TEST

/* Covers: 4436-2.1-03 */
START_TEST(resume_asks_as_well)
{
	settle();
	world_event(&w, DHCP4_EVENT_RESUME);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	check_asked(1, 0, CLIENT, SERVER, true);
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.extends, 1);
}
END_TEST

/* ---- when it is not used ----------------------------------------------- */

static void other_client_id(struct dhcp4_lease *lease)
{
	lease->client_id.bytes[1]++;
}

static void no_hardware_address(struct dhcp4_lease *lease)
{
	lease->router_hw.size = 0;
}

static void expired(struct dhcp4_lease *lease)
{
	lease->expiry_ns = w.now;
}

static void of_unknown_end(struct dhcp4_lease *lease)
{
	lease->expiry_ns = NSEC_NEVER;
}

static void of_bootp(struct dhcp4_lease *lease)
{
	lease->server_id = IPV4_ANY;
}

static void link_local(struct dhcp4_lease *lease)
{
	lease->address = 0xa9fe0105;
}

static void of_another_name(struct dhcp4_lease *lease)
{
	lease->network.bytes[1] = 'b';
}

static void of_a_longer_name(struct dhcp4_lease *lease)
{
	lease->network.size++;
}

static void not_what_is_requested(struct dhcp4_lease *lease)
{
	(void)lease;
	w.config.requested_address = CLIENT_2;
}

static void switched_off(struct dhcp4_lease *lease)
{
	(void)lease;
	w.config.known_networks = false;
}

/* What a router says by ARP proves nothing. */
static void authenticated(struct dhcp4_lease *lease)
{
	(void)lease;
	w.config.auth = DHCP4_AUTH_DELAYED;
}

static void not_ethernet(struct dhcp4_lease *lease)
{
	(void)lease;
	w.config.hardware_type = 32;
}

static void long_hardware_address(struct dhcp4_lease *lease)
{
	(void)lease;
	w.config.hwaddr.size = 8;
}

static struct dhcp4_lease named_lease(void)
{
	struct dhcp4_lease lease = far_lease();

	lease.network = (struct network_id){ 2, { 'n', 'a' } };
	w.config.network = lease.network;
	return lease;
}

/* Covers: 4436-2.1-01 4436-2.1-02 4436-2.3-01 DF-if-07 */
START_TEST(some_leases_have_no_node)
{
	static void (*const changes[])(struct dhcp4_lease *) = {
		other_client_id,
		no_hardware_address,
		expired,
		of_unknown_end,
		of_bootp,
		link_local,
		of_another_name,
		of_a_longer_name,
		not_what_is_requested,
		switched_off,
		authenticated,
		not_ethernet,
		long_hardware_address,
	};
	struct attach_node node;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct dhcp4_lease lease;

		setup();
		lease = named_lease();
		ck_assert(dhcp4_node_of(&lease, &w.config, 3, w.now, &node));
		ck_assert_uint_eq(node.index, 3);
		ck_assert_uint_eq(node.address, FAR);
		ck_assert_uint_eq(node.router, FAR_1);
		changes[i](&lease);
		ck_assert_msg(!dhcp4_node_of(&lease, &w.config, 3, w.now, &node),
			      "change %zu", i);
	}
}
END_TEST

START_TEST(some_leases_have_one_all_the_same)
{
	struct dhcp4_lease lease = named_lease();
	struct attach_node node;

	lease.network.size = 0;
	ck_assert(dhcp4_node_of(&lease, &w.config, 0, w.now, &node));
	lease = named_lease();
	w.config.network.size = 0;
	ck_assert(dhcp4_node_of(&lease, &w.config, 0, w.now, &node));
	w.config.requested_address = FAR;
	ck_assert(dhcp4_node_of(&lease, &w.config, 0, w.now, &node));
	lease.expiry_ns = NSEC_NEVER;
	lease.lease_s = DHCP4_LEASE_INFINITE;
	ck_assert(dhcp4_node_of(&lease, &w.config, 0, w.now, &node));
}
END_TEST

/* Covers: 4436-2.1-02 */
START_TEST(without_a_node_nobody_is_asked)
{
	world_bind(&w);
	world_run(&w, S(100));
	world_forget(&w);
	world_carrier(&w, false);
	world_carrier(&w, true);
	world_run(&w, S(6));
	ck_assert_uint_eq(w.ask_count, 0);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
}
END_TEST

/* ---- before it is confirmed --------------------------------------------- */

/* Probed, in use, its router learned, and quiet. */
static void settle_as(enum acd_mode mode)
{
	setup();
	w.config.acd = mode;
	world_start(&w);
	world_offer(&w);
	world_ack(&w);
	while (!w.kernel)
		world_tick(&w);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	while (!w.ask_count)
		world_tick(&w);
	router_answers();
	world_run(&w, S(20));
	world_forget(&w);
}

/* Covers: 4436-2.1.1-03 */
START_TEST(address_is_not_announced_before)
{
	static const enum acd_mode modes[] = { ACD_MODE_FAST,
					       ACD_MODE_OPTIMISTIC };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		settle_as(modes[i]);
		/* Also while the carrier waits for its turn. */
		world_carrier(&w, false);
		w.earliest_send = w.now + S(3);
		world_carrier(&w, true);
		world_run(&w, S(3) - 1);
		ck_assert_int_eq(w.client.state, DHCP4_STATE_INIT_REBOOT);
		world_run(&w, S(5));
		world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
		ck_assert_uint_eq(announcements(), 0);
		ck_assert_uint_eq(w.arp_count, 3);
		router_answers();
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
		ck_assert_uint_eq(announcements(), 1);
		world_run(&w, S(2));
		ck_assert_uint_eq(announcements(), 2);
	}
}
END_TEST

/* Used unconfirmed, it is announced after all. */
START_TEST(address_is_announced_when_nobody_answers)
{
	settle_as(ACD_MODE_FAST);
	flap();
	world_run(&w, ATTACH_TEST_NS - 1);
	ck_assert_uint_eq(announcements(), 0);
	world_run(&w, 1);
	ck_assert_uint_eq(announcements(), 1);
}
END_TEST

/* Nothing that strict detection has not passed is used, confirmed or not. */
START_TEST(strict_probes_what_is_confirmed)
{
	settle_as(ACD_MODE_STRICT);
	flap();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	router_answers();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	while (w.client.tenure != DHCP4_TENURE_HELD)
		world_tick(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.arp_count, 4);
	ck_assert_uint_eq(announcements(), 1);
}
END_TEST

/* After many conflicts it may take so long that REBOOTING is over. */
START_TEST(strict_probes_longer_than_dhcp_asks)
{
	settle_as(ACD_MODE_STRICT);
	w.client.acd.conflicts = ACD_MAX_CONFLICTS;
	w.client.acd.conflict_at = w.client.acd.probed_at = w.now;
	flap();
	router_answers();
	world_run(&w, S(10));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_GRANTED);
	world_run(&w, S(60));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert(!dhcp4_want(&w.client).listen);
}
END_TEST

/* ---- a lease of an earlier run -------------------------------------------- */

static void start_with(bool usable)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	lease.router = SERVER;
	lease.router_hw = router_hw;
	world_load(&w, &lease, false, usable);
	world_carrier(&w, true);
	world_event(&w, DHCP4_EVENT_START);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
}

START_TEST(remembered_lease_is_confirmed)
{
	start_with(true);
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	setup();
	w.config.acd = ACD_MODE_FAST;
	start_with(true);
	router_answers();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
	world_run(&w, ACD_FAST_NS);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.stored, CLIENT);
}
END_TEST

/* Over a boot nobody but the file knows when it was granted. */
START_TEST(remembered_lease_of_an_earlier_boot_stays_in_its_file)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	lease.granted_ns = 0;
	lease.router = SERVER;
	lease.router_hw = router_hw;
	world_load(&w, &lease, false, true);
	world_carrier(&w, true);
	world_event(&w, DHCP4_EVENT_START);
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.saves, 0);
	world_ack(&w);
	ck_assert_uint_eq(w.saves, 1);
}
END_TEST

START_TEST(remembered_lease_of_unknown_age_is_not)
{
	start_with(false);
	ck_assert_uint_eq(w.ask_count, 0);
	router_answers();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
}
END_TEST

START_TEST(lease_that_another_host_uses_is_not)
{
	w.config.acd = ACD_MODE_FAST;
	start_with(true);
	world_arp(&w, ARP_OP_REPLY, CLIENT, IPV4_ANY);
	router_answers();
	world_run(&w, S(1));
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
}
END_TEST

/* ---- another network ---------------------------------------------------- */

/* Covers: 4436-2.1-03 4436-2.1.1-03 */
START_TEST(other_network_is_recalled)
{
	to_rebooting();
	far_router_answers();
	ck_assert_uint_eq(w.recalls, 1);
	ck_assert_uint_eq(w.recalled, 2);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
	recall_far();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, FAR);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_MOVED);
	ck_assert_uint_eq(w.stored, FAR);
	ck_assert_uint_eq(w.forgets, 0);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(world_last(&w)->requested, FAR);
	world_nak(&w);
	check_gone(DHCP4_LOSS_NAK, 1);
}
END_TEST

/* Its age is not known: it is asked for, not used. */
START_TEST(other_network_of_unknown_age_is_only_asked_for)
{
	struct dhcp4_lease lease;

	to_rebooting();
	far_router_answers();
	lease = far_lease();
	world_step(&w,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_LEASE_LOADED,
					 .lease_loaded = { .lease = &lease,
							   .attached = true } });
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	world_ack(&w);
	ck_assert_uint_eq(w.kernel, FAR);
}
END_TEST

/* The NAK came first: the other network's lease is used instead. */
START_TEST(other_network_is_recalled_in_init)
{
	to_rebooting();
	w.client.naks = 1;
	world_nak(&w);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	far_router_answers();
	recall_far();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, FAR);
	world_ack(&w);
	ck_assert_uint_eq(w.client.lease.address, FAR);
	ck_assert_uint_eq(w.extends, 1);
}
END_TEST

static void to_requesting(void)
{
	world_event(&w, DHCP4_EVENT_START);
	carrier_up();
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	check_asked(1, 0, FAR, FAR_1, true);
	world_offer(&w);
}

START_TEST(other_network_is_recalled_in_requesting)
{
	to_requesting();
	far_router_answers();
	recall_far();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.lease.address, FAR);
}
END_TEST

START_TEST(other_network_is_probed_for_conflicts)
{
	static const enum acd_mode modes[] = { ACD_MODE_FAST, ACD_MODE_STRICT };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		setup();
		w.config.acd = modes[i];
		to_requesting();
		far_router_answers();
		recall_far();
		world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_GRANTED);
		ck_assert_uint_eq(w.kernel, IPV4_ANY);
		world_run(&w, S(8));
		world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
		ck_assert_uint_eq(w.stored, FAR);
	}
}
END_TEST

static void no_change(struct dhcp4_lease *lease)
{
	(void)lease;
}

static void of_another_address(struct dhcp4_lease *lease)
{
	lease->address++;
}

static void of_another_router(struct dhcp4_lease *lease)
{
	lease->router++;
}

static void of_another_hardware_address(struct dhcp4_lease *lease)
{
	lease->router_hw.bytes[5]++;
}

START_TEST(only_what_was_asked_for_is_taken)
{
	static void (*const changes[])(struct dhcp4_lease *) = {
		expired,	   of_bootp,
		other_client_id,   of_another_address,
		of_another_router, of_another_hardware_address,
		no_change,
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct dhcp4_lease lease;

		setup();
		to_rebooting();
		far_router_answers();
		lease = far_lease();
		changes[i](&lease);
		recall(&lease);
		ck_assert_uint_eq(w.kernel,
				  changes[i] == no_change ? FAR : CLIENT);
	}
}
END_TEST

START_TEST(nobody_asked_for_it)
{
	settle();
	recall_far();
	ck_assert_uint_eq(w.client.lease.address, CLIENT);
	world_stop(&w, false);
	recall_far();
	ck_assert_uint_eq(w.client.lease.address, CLIENT);
	/* Confirmed is the own one. */
	setup();
	settle_as(ACD_MODE_STRICT);
	flap();
	router_answers();
	recall_far();
	ck_assert_uint_eq(w.client.lease.address, CLIENT);
	setup();
	world_start(&w);
	world_offer(&w);
	recall_far();
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	setup();
	recall_far();
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
}
END_TEST

/* ---- whose NAK it is ------------------------------------------------------ */

static void refuse(ipv4_addr server)
{
	struct reply nak = world_reply(&w, DHCP4_TYPE_NAK);

	nak.server_id = server;
	world_receive(&w, &nak);
}

/* A server of another network denies what it does not know. */
START_TEST(nak_of_another_server_costs_the_address_not_the_file)
{
	to_rebooting();
	refuse(FAR_1);
	check_gone(DHCP4_LOSS_NAK, 0);
	ck_assert_uint_eq(w.stored, CLIENT);
	world_run(&w, S(60));
	ck_assert_uint_eq(w.forgets, 0);
}
END_TEST

START_TEST(nak_of_another_server_of_the_same_network_costs_both)
{
	to_rebooting();
	refuse(OTHER);
	check_gone(DHCP4_LOSS_NAK, 0);
	router_answers();
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_ATTACHED), 0);
	ck_assert_int_eq(w.client.tenure, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(other_naks_cost_both)
{
	static const ipv4_addr servers[] = { SERVER, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		setup();
		to_rebooting();
		refuse(servers[i]);
		check_gone(DHCP4_LOSS_NAK, 1);
	}
	/* It is this network. */
	setup();
	to_rebooting();
	router_answers();
	refuse(OTHER);
	check_gone(DHCP4_LOSS_NAK, 1);
	/* Nothing tells it from others. */
	setup();
	world_bind(&w);
	flap();
	refuse(OTHER);
	check_gone(DHCP4_LOSS_NAK, 1);
	setup();
	w.config.known_networks = false;
	world_bind(&w);
	flap();
	refuse(OTHER);
	check_gone(DHCP4_LOSS_NAK, 1);
	/* Only while it is not known where we are. */
	setup();
	settle();
	world_run_to(&w, w.client.lease.t2_ns);
	refuse(OTHER);
	check_gone(DHCP4_LOSS_NAK, 1);
}
END_TEST

/* ---- a network with a name ------------------------------------------------ */

static void move(bool up)
{
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					     .carrier = { up, true } });
}

/* Covers: DF-if-07 */
START_TEST(another_name_ends_the_lease_and_recalls_its_own)
{
	settle();
	move(false);
	check_gone(DHCP4_LOSS_MOVED, 0);
	recall_far();
	world_check(&w, DHCP4_STATE_INIT_REBOOT, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(w.sent_count, 0);
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(world_last(&w)->requested, FAR);
	check_asked(1, 0, FAR, FAR_1, true);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	far_router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.stored, FAR);
}
END_TEST

/* Who moves is told: it is no flap, and does not wait. */
START_TEST(move_does_not_wait)
{
	to_rebooting();
	world_run(&w, MS(5));
	move(false);
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	move(true);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_DISCOVER), 2);
	world_stop(&w, false);
	move(false);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
}
END_TEST

START_TEST(named_lease_is_taken_while_selecting)
{
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	recall_far();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_REMEMBERED);
	ck_assert_uint_eq(world_last(&w)->requested, FAR);
	check_asked(1, 0, FAR, FAR_1, true);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

START_TEST(lease_takes_the_name_of_its_network)
{
	w.config.network = (struct network_id){ 1, { 'x' } };
	settle();
	ck_assert_uint_eq(w.client.lease.network.size, 1);
	ck_assert_uint_eq(w.client.lease.network.bytes[0], 'x');
}
END_TEST

/* As by SetNetwork, which is told when the network was joined. */
START_TEST(lease_takes_a_name_later)
{
	settle();
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.saves, 0);
	w.config.network = (struct network_id){ 2, { 'x', 'y' } };
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.saves, 1);
	ck_assert_uint_eq(w.client.lease.network.size, 2);
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.saves, 1);
	ck_assert_uint_eq(w.extends + w.sent_count, 0);
	world_stop(&w, true);
	w.config.network.bytes[1] = 'z';
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	ck_assert_uint_eq(w.saves, 1);
}
END_TEST

/* It is that of the next network: without a carrier nobody is in any. */
START_TEST(name_that_is_told_without_a_carrier_is_anothers)
{
	settle();
	world_carrier(&w, false);
	w.config.network = (struct network_id){ 1, { 'y' } };
	world_event(&w, DHCP4_EVENT_RECONFIGURE);
	world_run(&w, S(2));
	carrier_up();
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.lease.network.size, 0);
	/* It is where the lease is from, after all. */
	router_answers();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.lease.network.size, 1);
}
END_TEST

/* What was refused, who was silent and who knew a nonce is of another network. */
START_TEST(what_was_known_of_another_network_is_forgotten)
{
	to_rebooting();
	w.client.declined[0] = (struct dhcp4_declined){ FAR, w.now + S(300) };
	w.client.silent_server = FAR_1;
	w.client.silent_until = w.now + S(300);
	w.client.naks = 3;
	w.client.broadcast = true;
	w.client.nonce_known = true;
	far_router_answers();
	recall_far();
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.declined[0].address, IPV4_ANY);
	ck_assert_uint_eq(w.client.silent_until, 0);
	ck_assert_uint_eq(w.client.naks, 0);
	ck_assert(!w.client.broadcast && !w.client.nonce_known);
}
END_TEST

/* ---- the end ---------------------------------------------------------------- */

static void stop_it(void)
{
	world_stop(&w, false);
}

static void lose_carrier(void)
{
	world_carrier(&w, false);
}

static void switch_off(void)
{
	w.config.known_networks = false;
	world_event(&w, DHCP4_EVENT_TICK);
}

/* Nobody is asked any more, nor listened to. */
START_TEST(test_ends_with_what_it_is_about)
{
	static void (*const ends[])(void) = { stop_it, lose_carrier, switch_off };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		setup();
		to_rebooting();
		ends[i]();
		ck_assert_uint_eq(dhcp4_want(&w.client).routers[0], IPV4_ANY);
		world_forget(&w);
		world_run(&w, S(3));
		ck_assert_uint_eq(w.ask_count, 0);
	}
}
END_TEST

/* By another name the lease is not what it was, though it is used. */
START_TEST(learning_ends_with_the_name)
{
	world_bind(&w);
	w.config.client_id.bytes[6]++;
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
					     .reconfigure.identity = true });
	world_run(&w, S(3));
	ck_assert_uint_eq(w.ask_count, 1);
	router_answers();
	ck_assert_uint_eq(w.client.lease.router_hw.size, 0);
}
END_TEST

START_TEST(expired_lease_is_not_asked_for)
{
	to_rebooting();
	w.client.lease.expiry_ns = w.now + MS(100);
	world_run(&w, S(5));
	for (unsigned i = 2; i < w.ask_count; i++)
		ck_assert_uint_eq(w.asks[i].address, FAR);
	router_answers();
	ck_assert_int_eq(w.client.tenure, DHCP4_TENURE_NONE);
}
END_TEST

/* Told twice, nothing begins anew. */
START_TEST(carrier_told_twice_is_one)
{
	to_rebooting();
	carrier_up();
	world_event(&w, DHCP4_EVENT_START);
	ck_assert_uint_eq(w.ask_count, 2);
	ck_assert_int_eq(w.client.attach.phase, ATTACH_PHASE_TESTING);
}
END_TEST

static TCase *case_of(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, setup, NULL);
	return tcase;
}

static TCase *own_network(void)
{
	TCase *tcase = case_of("own");

	tcase_add_test(tcase, router_is_learned_and_stored);
	tcase_add_test(tcase, silent_router_is_left_alone);
	tcase_add_test(tcase, renewal_does_not_ask_again);
	tcase_add_test(tcase, no_router_is_asked_that_cannot_be_one);
	tcase_add_test(tcase, what_is_known_is_not_learned_again);
	tcase_add_test(tcase, address_is_probed_before_its_router_is_learned);
	tcase_add_test(tcase, router_confirms_the_lease);
	tcase_add_test(tcase, later_nak_wins);
	tcase_add_test(tcase, later_ack_extends);
	tcase_add_test(tcase, later_ack_is_the_renewal);
	tcase_add_test(tcase, later_ack_prefers_ipv6);
	tcase_add_test(tcase, answer_after_its_time_is_refused);
	tcase_add_test(tcase, ack_comes_first);
	tcase_add_test(tcase, other_answers_confirm_nothing);
	tcase_add_test(tcase, silent_router_is_asked_thrice);
	tcase_add_test(tcase, flaps_of_a_second_make_one_test);
	tcase_add_test(tcase, resume_asks_as_well);
	tcase_add_test(tcase, some_leases_have_no_node);
	tcase_add_test(tcase, some_leases_have_one_all_the_same);
	tcase_add_test(tcase, without_a_node_nobody_is_asked);
	tcase_add_test(tcase, address_is_not_announced_before);
	tcase_add_test(tcase, address_is_announced_when_nobody_answers);
	tcase_add_test(tcase, strict_probes_what_is_confirmed);
	tcase_add_test(tcase, strict_probes_longer_than_dhcp_asks);
	tcase_add_test(tcase, remembered_lease_is_confirmed);
	tcase_add_test(tcase,
		       remembered_lease_of_an_earlier_boot_stays_in_its_file);
	tcase_add_test(tcase, remembered_lease_of_unknown_age_is_not);
	tcase_add_test(tcase, lease_that_another_host_uses_is_not);
	return tcase;
}

static TCase *other_networks(void)
{
	TCase *tcase = case_of("others");

	tcase_add_test(tcase, other_network_is_recalled);
	tcase_add_test(tcase, other_network_of_unknown_age_is_only_asked_for);
	tcase_add_test(tcase, other_network_is_recalled_in_init);
	tcase_add_test(tcase, other_network_is_recalled_in_requesting);
	tcase_add_test(tcase, other_network_is_probed_for_conflicts);
	tcase_add_test(tcase, only_what_was_asked_for_is_taken);
	tcase_add_test(tcase, nobody_asked_for_it);
	tcase_add_test(tcase,
		       nak_of_another_server_costs_the_address_not_the_file);
	tcase_add_test(tcase,
		       nak_of_another_server_of_the_same_network_costs_both);
	tcase_add_test(tcase, other_naks_cost_both);
	tcase_add_test(tcase, another_name_ends_the_lease_and_recalls_its_own);
	tcase_add_test(tcase, move_does_not_wait);
	tcase_add_test(tcase, named_lease_is_taken_while_selecting);
	tcase_add_test(tcase, lease_takes_the_name_of_its_network);
	tcase_add_test(tcase, lease_takes_a_name_later);
	tcase_add_test(tcase, name_that_is_told_without_a_carrier_is_anothers);
	tcase_add_test(tcase, what_was_known_of_another_network_is_forgotten);
	tcase_add_test(tcase, test_ends_with_what_it_is_about);
	tcase_add_test(tcase, learning_ends_with_the_name);
	tcase_add_test(tcase, expired_lease_is_not_asked_for);
	tcase_add_test(tcase, carrier_told_twice_is_one);
	return tcase;
}

Suite *test_client_known_suite(void)
{
	Suite *suite = suite_create("client_known");

	suite_add_tcase(suite, own_network());
	suite_add_tcase(suite, other_networks());
	return suite;
}
