/* SPDX-License-Identifier: BSD-2-Clause */
/* Known networks by themselves: which routers are asked, when, and who answers. */
#include <check.h>
#include <string.h>

#include "core/attach.h"
#include "unit/runner.h"

#define ADDRESS 0x0a000032
#define ROUTER	0x0a000001
#define OTHER	0x0a000002

Suite *test_attach_suite(void);

static struct attach attach;
static nsec now;

static const struct attach_node own = {
	.index = ATTACH_OWN,
	.address = ADDRESS,
	.router = ROUTER,
	.router_hw = { 6, { 2, 0, 0, 0, 0, 1 } },
};

/* Two other networks; the second one has our own router. */
static const struct attach_known known = { {
	{ 2, 0x0a010032, ROUTER, { 6, { 2, 0, 0, 0, 0, 2 } } },
	{ 3, 0x0a020032, ROUTER, { 6, { 2, 0, 0, 0, 0, 1 } } },
} };

static const uint8_t hw[6] = { 2, 0, 0, 0, 0, 0x10 };

static void setup(void)
{
	memset(&attach, 0, sizeof(attach));
	attach_stop(&attach);
	now = S(1000);
}

static enum attach_verdict answer(ipv4_addr sender, uint8_t mac, ipv4_addr target)
{
	struct arp arp = { .op = ARP_OP_REPLY,
			   .sender_hw = { 2, 0, 0, 0, 0, mac },
			   .sender = sender,
			   .target = target };

	return attach_hear(&attach, &arp, false);
}

/* Goes to the next instant, before which nothing is due. */
static bool tick(void)
{
	ck_assert(attach.next_at != NSEC_NEVER);
	if (attach.next_at > now)
		ck_assert(!attach_tick(&attach, attach.next_at - 1));
	now = attach.next_at;
	return attach_tick(&attach, now);
}

/* Covers: 4436-2.1-05 */
START_TEST(a_test_is_repeated_twice_and_then_over)
{
	attach_prepare(&attach, &known);
	attach_test(&attach, &own, now);
	ck_assert(tick() && now == S(1000));
	ck_assert(tick() && now == S(1000) + MS(500));
	ck_assert(tick() && now == S(1002));
	ck_assert(!tick() && now == S(1000) + ATTACH_TEST_NS);
	ck_assert_int_eq(attach.phase, ATTACH_PHASE_IDLE);
	ck_assert(attach.next_at == NSEC_NEVER && !attach_tick(&attach, S(9999)));
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_NONE);
}
END_TEST

/* Covers: 4436-2.1-05 */
START_TEST(tests_begin_once_a_second)
{
	attach_test(&attach, &own, now);
	ck_assert(tick());
	attach_prepare(&attach, &known);
	attach_test(&attach, &own, now + MS(300));
	ck_assert(attach.next_at == S(1001));
	now = S(1060);
	attach_test(&attach, &own, now);
	ck_assert(attach.next_at == now);
}
END_TEST

/* It may have come from the network that was left. */
START_TEST(an_answer_to_the_test_before_confirms_nothing)
{
	attach_test(&attach, &own, now);
	ck_assert(tick());
	attach_prepare(&attach, &known);
	attach_test(&attach, &own, now + MS(300));
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_NONE);
	ck_assert(tick());
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_CONFIRMED);
}
END_TEST

START_TEST(without_a_node_there_is_no_test)
{
	attach_prepare(&attach, &(struct attach_known){ 0 });
	ck_assert_int_eq(attach.phase, ATTACH_PHASE_READY);
	attach_test(&attach, NULL, now);
	ck_assert_int_eq(attach.phase, ATTACH_PHASE_IDLE);
	ck_assert(attach.next_at == NSEC_NEVER && !attach.tested_at);
}
END_TEST

/* Covers: 4436-2.1.1-02 */
START_TEST(ip_and_hardware_address_count_together)
{
	struct arp request = { .op = ARP_OP_REQUEST,
			       .sender_hw = { 2, 0, 0, 0, 0, 1 },
			       .sender = ROUTER,
			       .target = ADDRESS };
	struct arp reflected = request;

	reflected.op = ARP_OP_REPLY;
	attach_test(&attach, &own, now);
	ck_assert(tick());
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS + 1), ATTACH_VERDICT_NONE);
	ck_assert_int_eq(answer(ROUTER, 2, ADDRESS), ATTACH_VERDICT_NONE);
	ck_assert_int_eq(answer(OTHER, 1, ADDRESS), ATTACH_VERDICT_NONE);
	ck_assert_int_eq(answer(IPV4_ANY, 0, IPV4_ANY), ATTACH_VERDICT_NONE);
	ck_assert_int_eq(attach_hear(&attach, &request, false),
			 ATTACH_VERDICT_NONE);
	ck_assert_int_eq(attach_hear(&attach, &reflected, true),
			 ATTACH_VERDICT_NONE);
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_CONFIRMED);
	ck_assert_uint_eq(attach.node[0].address, ADDRESS);
	ck_assert(attach.next_at == NSEC_NEVER);
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_NONE);
}
END_TEST

START_TEST(another_network_may_be_the_one)
{
	attach_prepare(&attach, &known);
	attach_test(&attach, NULL, now);
	ck_assert(tick());
	ck_assert_int_eq(answer(ROUTER, 1, 0x0a020032), ATTACH_VERDICT_CONFIRMED);
	ck_assert_uint_eq(attach.node[0].index, 3);
	for (unsigned i = 1; i < ATTACH_NODES_MAX; i++)
		ck_assert_uint_eq(attach.node[i].router, IPV4_ANY);
}
END_TEST

START_TEST(own_lease_stands_for_all_with_its_router)
{
	attach_prepare(&attach, &known);
	attach_test(&attach, &own, now);
	ck_assert_uint_eq(attach.node[0].index, ATTACH_OWN);
	ck_assert(tick());
	ck_assert_uint_eq(attach.node[1].index, 2);
	ck_assert_uint_eq(attach.node[2].router, IPV4_ANY);
	attach_forget_own(&attach);
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_NONE);
}
END_TEST

/* What was denied is so for the own lease alone. */
START_TEST(denial_is_of_the_own_lease)
{
	attach_prepare(&attach, &known);
	attach_test(&attach, &own, now);
	ck_assert(tick());
	attach.refused = true;
	ck_assert_int_eq(answer(ROUTER, 2, 0x0a010032), ATTACH_VERDICT_CONFIRMED);
	ck_assert(!attach.refused);
	attach_prepare(&attach, &known);
	attach_test(&attach, &own, now);
	ck_assert(tick());
	attach.refused = true;
	ck_assert_int_eq(answer(ROUTER, 1, ADDRESS), ATTACH_VERDICT_CONFIRMED);
	ck_assert(attach.refused);
}
END_TEST

START_TEST(router_is_learned)
{
	attach_learn(&attach, ADDRESS, ROUTER, now);
	ck_assert(tick() && now == S(1000));
	ck_assert_int_eq(answer(OTHER, 9, ADDRESS), ATTACH_VERDICT_NONE);
	ck_assert_int_eq(answer(ROUTER, 9, ADDRESS + 1), ATTACH_VERDICT_NONE);
	ck_assert_int_eq(answer(ROUTER, 9, ADDRESS), ATTACH_VERDICT_LEARNED);
	ck_assert_uint_eq(attach.node[0].router_hw.size, 6);
	ck_assert_uint_eq(attach.node[0].router_hw.bytes[5], 9);
	ck_assert_int_eq(attach.phase, ATTACH_PHASE_DONE);
	ck_assert_int_eq(answer(ROUTER, 8, ADDRESS), ATTACH_VERDICT_NONE);
	ck_assert(attach.next_at == NSEC_NEVER);
}
END_TEST

START_TEST(no_group_is_a_router)
{
	struct arp arp = { .op = ARP_OP_REPLY,
			   .sender = ROUTER,
			   .target = ADDRESS };

	attach_learn(&attach, ADDRESS, ROUTER, now);
	ck_assert(tick());
	ck_assert_int_eq(attach_hear(&attach, &arp, false), ATTACH_VERDICT_NONE);
	arp.sender_hw[0] = 1;
	ck_assert_int_eq(attach_hear(&attach, &arp, false), ATTACH_VERDICT_NONE);
	arp.sender_hw[0] = 2;
	ck_assert_int_eq(attach_hear(&attach, &arp, false),
			 ATTACH_VERDICT_LEARNED);
}
END_TEST

/* All has settled after five seconds. */
START_TEST(learning_ends_in_its_time)
{
	attach_learn(&attach, ADDRESS, ROUTER, now);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(tick());
	ck_assert(!tick() && now == S(1003));
	ck_assert_int_eq(attach.phase, ATTACH_PHASE_DONE);
	ck_assert(attach.next_at == NSEC_NEVER);
}
END_TEST

/* Covers: 4436-2.1.1-01 */
START_TEST(request_is_that_of_the_rfc)
{
	static const uint8_t packet[ARP_SIZE] = {
		0,  1, 8, 0,	6, 4, 0, 1, 2, 0, 0,  0, 0, 0x10,
		10, 0, 0, 0x32, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,
	};
	uint8_t written[ARP_SIZE];
	struct hwaddr to;

	attach_test(&attach, &own, now);
	attach_write(&attach, 0, hw, written, &to);
	ck_assert_mem_eq(written, packet, ARP_SIZE);
	ck_assert(hwaddr_equal(&to, &own.router_hw));
	attach_learn(&attach, ADDRESS, ROUTER, now);
	attach_write(&attach, 0, hw, written, &to);
	ck_assert_mem_eq(written, packet, ARP_SIZE);
	ck_assert_uint_eq(to.size, 0);
}
END_TEST

Suite *test_attach_suite(void)
{
	Suite *suite = suite_create("attach");
	TCase *tcase = tcase_create("attach");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, a_test_is_repeated_twice_and_then_over);
	tcase_add_test(tcase, tests_begin_once_a_second);
	tcase_add_test(tcase, an_answer_to_the_test_before_confirms_nothing);
	tcase_add_test(tcase, without_a_node_there_is_no_test);
	tcase_add_test(tcase, ip_and_hardware_address_count_together);
	tcase_add_test(tcase, another_network_may_be_the_one);
	tcase_add_test(tcase, own_lease_stands_for_all_with_its_router);
	tcase_add_test(tcase, denial_is_of_the_own_lease);
	tcase_add_test(tcase, router_is_learned);
	tcase_add_test(tcase, no_group_is_a_router);
	tcase_add_test(tcase, learning_ends_in_its_time);
	tcase_add_test(tcase, request_is_that_of_the_rfc);
	suite_add_tcase(suite, tcase);
	return suite;
}
