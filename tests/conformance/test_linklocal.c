/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link-local addresses (RFC 3927), and that DHCP is the same with one and without.
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_linklocal_suite(void);

#define FIRST_OF_ALL IP(169, 254, 1, 0)
#define LAST_OF_ALL  IP(169, 254, 254, 255)

#define ARPS_MAX 256

/* What left the port by ARP on the client's behalf, and the kernel's address. */
static struct {
	struct sim_watch watch;
	unsigned count;
	struct {
		nsec at;
		struct arp arp;
	} arps[ARPS_MAX];
	nsec added_at;
} seen;

static void saw_arp(struct sim_watch *watch, struct sim_port *port,
		    const uint8_t *packet, int error)
{
	(void)watch;
	(void)port;
	ck_assert_int_eq(error, 0);
	CHECK(seen.count < ARPS_MAX);
	seen.arps[seen.count].at = now();
	CHECK(arp_parse(packet, ARP_SIZE, &seen.arps[seen.count++].arp));
}

static void saw_fallback(struct sim_watch *watch, struct sim_port *port,
			 ipv4_addr before)
{
	(void)watch;
	(void)before;
	if (port->fallback.address)
		seen.added_at = now();
}

static void begin_as(enum fallback_mode mode, unsigned seed)
{
	stage_close();
	stage_open(seed);
	memset(&seen, 0, sizeof(seen));
	seen.watch.arp = saw_arp;
	seen.watch.fallback = saw_fallback;
	sim_watch_add(stage.host, &seen.watch);
	stage.config->fallback.mode = mode;
}

static void begin(void)
{
	begin_as(FALLBACK_MODE_LINKLOCAL, 0);
}

static ipv4_addr in_kernel(void)
{
	return stage.port->fallback.address;
}

/* The address of the last packet. */
static ipv4_addr last_address(void)
{
	CHECK(seen.count);
	return seen.arps[seen.count - 1].arp.target;
}

static bool is_probe(unsigned n)
{
	CHECK(n < seen.count);
	return seen.arps[n].arp.sender == IPV4_ANY;
}

static void wait_arps(unsigned count)
{
	for (nsec end = now() + S(300); seen.count < count;) {
		CHECK(now() < end);
		pass(MS(10));
	}
}

/* Powered on, and its n-th packet by ARP has left. */
static void reach_arp(unsigned n)
{
	power_on();
	wait_arps(n);
}

/* In use, announced, and quiet. */
static void reach_use(void)
{
	reach_arp(5);
	pass(S(20));
	CHECK(in_kernel());
}

/* Somebody else says that the address is his, or asks whether it is. */
static void other_host(enum arp_op op, ipv4_addr sender, ipv4_addr target)
{
	struct arp arp = { .op = (uint16_t)op,
			   .sender_hw = { 2, 0, 0, 0, 0, 0x77 },
			   .sender = sender,
			   .target = target };
	uint8_t packet[ARP_SIZE];

	arp_write(packet, &arp);
	sim_send_payload(stage.peer, sim_hw_broadcast, SIM_ETHERTYPE_ARP,
			 packet, ARP_SIZE);
	pass(MS(1));
}

static void claim(ipv4_addr address)
{
	other_host(ARP_OP_REPLY, address, IPV4_ANY);
}

/* ---- choosing, probing, announcing --------------------------------------- */

/* Covers: 3927-2.2-01 3927-2.4-01 3927-2.8-01 3927-2.6.2-01 */
START_TEST(three_probes_and_two_seconds_of_quiet_before_use)
{
	ipv4_addr address;

	begin();
	reach_use();
	ck_assert_uint_eq(seen.count, 5);
	address = last_address();
	CHECK(address >= FIRST_OF_ALL && address <= LAST_OF_ALL);
	for (unsigned i = 0; i < 5; i++) {
		const struct arp *arp = &seen.arps[i].arp;
		static const uint8_t zero[ARP_HWADDR_SIZE];

		CHECK(arp->op == ARP_OP_REQUEST && arp->target == address);
		CHECK(memcmp(arp->target_hw, zero, sizeof(zero)) == 0);
		CHECK(arp->sender == (i < 3 ? IPV4_ANY : address));
	}
	for (unsigned i = 1; i < 3; i++) {
		nsec gap = seen.arps[i].at - seen.arps[i - 1].at;

		CHECK(gap >= S(1) && gap <= S(2));
	}
	CHECK(seen.added_at == seen.arps[2].at + S(2));
	CHECK(seen.arps[3].at == seen.added_at);
	CHECK(seen.arps[4].at == seen.arps[3].at + S(2));
	ck_assert_uint_eq(in_kernel(), address);
	ck_assert_uint_eq(stage.port->fallback.prefix_length, 16);
	ck_assert_uint_eq(stage.port->fallback.gateway, IPV4_ANY);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_FALLBACK_READY], 1);
}
END_TEST

/* Covers: 3927-2.2-02 */
START_TEST(it_is_not_tested_again)
{
	begin();
	reach_use();
	pass(S(3600));
	ck_assert_uint_eq(seen.count, 5);
}
END_TEST

/* Covers: 3927-2.1-04 */
START_TEST(the_last_address_is_the_first_one_after_a_boot)
{
	ipv4_addr address;

	begin();
	reach_arp(1);
	claim(last_address());
	wait_arps(6);
	address = in_kernel();
	CHECK(address && address != seen.arps[0].arp.target);
	sim_host_reboot(stage.host, S(10));
	seen.count = 0;
	pass(S(11));
	wait_arps(1);
	ck_assert_uint_eq(last_address(), address);
}
END_TEST

/* ---- conflicts ------------------------------------------------------------ */

/* Covers: 3927-2.2.1-01 */
START_TEST(a_conflict_while_probing_leads_to_another_address)
{
	ipv4_addr first;

	begin();
	reach_arp(2);
	first = last_address();
	claim(first);
	wait_arps(5);
	CHECK(last_address() != first && is_probe(4));
	pass(S(5));
	CHECK(in_kernel() == seen.arps[4].arp.target);
}
END_TEST

/* Covers: 3927-2.2.1-02 */
START_TEST(another_host_that_probes_for_it_is_a_conflict)
{
	ipv4_addr first;

	begin();
	reach_arp(3);
	first = last_address();
	other_host(ARP_OP_REQUEST, IPV4_ANY, first);
	wait_arps(4);
	CHECK(last_address() != first && is_probe(3));
}
END_TEST

/* Covers: 3927-2.2.1-03 */
START_TEST(after_more_than_ten_conflicts_one_address_a_minute)
{
	nsec before = 0;

	begin();
	power_on();
	for (unsigned i = 1; i <= 15; i++) {
		wait_arps(i);
		if (i > 11)
			CHECK(seen.arps[i - 1].at >= before + S(60));
		before = seen.arps[i - 1].at;
		claim(last_address());
	}
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_FALLBACK_TAKEN], 15);
	CHECK(in_kernel() == IPV4_ANY);
}
END_TEST

/* Covers: 3927-2.5-01 */
START_TEST(in_use_it_is_defended_once_within_ten_seconds)
{
	ipv4_addr address;

	begin();
	reach_use();
	address = in_kernel();
	claim(address);
	ck_assert_uint_eq(seen.count, 6);
	CHECK(!is_probe(5) && in_kernel() == address);
	pass(S(10));
	claim(address);
	ck_assert_uint_eq(seen.count, 7);
	CHECK(!is_probe(6) && in_kernel() == address);
	pass(S(9));
	claim(address);
	CHECK(in_kernel() == IPV4_ANY);
	wait_arps(8);
	CHECK(is_probe(7) && last_address() != address);
}
END_TEST

/* As documented: RFC 3927 2.2 asks for it when a link comes up. */
START_TEST(a_carrier_that_returns_finds_it_probed_before_use)
{
	ipv4_addr address;

	begin();
	reach_use();
	address = in_kernel();
	sim_link_cut(stage.cable, true);
	pass(S(1));
	CHECK(in_kernel() == IPV4_ANY);
	seen.count = 0;
	sim_link_cut(stage.cable, false);
	wait_arps(4);
	CHECK(is_probe(2) && !is_probe(3) && last_address() == address);
}
END_TEST

/* ---- beside DHCP ---------------------------------------------------------- */

#define MESSAGES 100

struct line {
	nsec at;
	size_t size;
	uint8_t payload[DHCP4_PACKET_MAX];
};

/* All that is said in a life of silence, an offer, a lease, and its end. */
static void live(enum fallback_mode mode, unsigned seed,
		 struct line lines[MESSAGES])
{
	begin_as(mode, seed);
	if (mode == FALLBACK_MODE_STATIC)
		stage.config->fallback =
			(struct fallback_config){ mode, IP(192, 0, 2, 7), 24,
						  IP(192, 0, 2, 1) };
	stage.config->acd = ACD_MODE_FAST;
	stage.terms.lease_s = 600;
	power_on();
	for (unsigned i = 0; i < MESSAGES; i++) {
		const struct message *m = hear_any();

		lines[i] = (struct line){ .at = m->at, .size = m->size };
		memcpy(lines[i].payload, m->payload, m->size);
		/* An hour of silence; then two leases, until the server falls ill. */
		if (m->at > S(4600) && m->at < S(6000)) {
			if (m->kind == DHCP4_REQUEST_DISCOVER)
				tell(DHCP4_TYPE_OFFER);
			else
				tell(DHCP4_TYPE_ACK);
		}
	}
}

/* Covers: 3927-1.9-02 3927-2.11-01 */
START_TEST(dhcp_says_the_same_at_the_same_times_with_a_fallback)
{
	static struct line without[MESSAGES], with[MESSAGES];
	static const enum fallback_mode modes[] = { FALLBACK_MODE_LINKLOCAL,
						    FALLBACK_MODE_STATIC,
						    FALLBACK_MODE_ALWAYS };

	for (unsigned seed = 0; seed < 5; seed++) {
		live(FALLBACK_MODE_OFF, seed, without);
		for (unsigned i = 0; i < ARRAY_SIZE(modes); i++) {
			live(modes[i], seed, with);
			CHECK(stage.noticed[DHCP4_NOTICE_FALLBACK_READY] > 0);
			CHECK(stage.noticed[DHCP4_NOTICE_ACK] > 0);
			CHECK(memcmp(without, with, sizeof(with)) == 0);
		}
	}
}
END_TEST

/* Covers: 3927-1.9-01 3927-2.11-01 */
START_TEST(an_offer_after_an_hour_ends_it)
{
	begin();
	reach_use();
	while (now() < S(4600))
		hear(DHCP4_REQUEST_DISCOVER);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	CHECK(in_kernel());
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	CHECK(in_kernel() == IPV4_ANY);
	pass(S(300));
	ck_assert_uint_eq(seen.count, 5);
}
END_TEST

/* A departure that the user asks for. */
START_TEST(it_may_be_there_besides_a_lease)
{
	begin_as(FALLBACK_MODE_ALWAYS, 0);
	reach_bound();
	pass(S(20));
	CHECK(in_kernel());
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	ck_assert_uint_eq(stage.port->fallback.gateway, IPV4_ANY);
}
END_TEST

Suite *test_linklocal_suite(void)
{
	Suite *suite;
	TCase *tests = stage_chapter("linklocal", &suite);

	tcase_add_test(tests, three_probes_and_two_seconds_of_quiet_before_use);
	tcase_add_test(tests, it_is_not_tested_again);
	tcase_add_test(tests, the_last_address_is_the_first_one_after_a_boot);
	tcase_add_test(tests, a_conflict_while_probing_leads_to_another_address);
	tcase_add_test(tests, another_host_that_probes_for_it_is_a_conflict);
	tcase_add_test(tests, after_more_than_ten_conflicts_one_address_a_minute);
	tcase_add_test(tests, in_use_it_is_defended_once_within_ten_seconds);
	tcase_add_test(tests, a_carrier_that_returns_finds_it_probed_before_use);
	tcase_add_test(tests,
		       dhcp_says_the_same_at_the_same_times_with_a_fallback);
	tcase_add_test(tests, an_offer_after_an_hour_ends_it);
	tcase_add_test(tests, it_may_be_there_besides_a_lease);
	return suite;
}
