/* SPDX-License-Identifier: BSD-2-Clause */
/* Audits: what is asked, whose answers count, and what is wrong with each. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/audit.h"
#include "unit/support.h"

Suite *test_audit_suite(void);

#define XID 0x01020304

static struct world w; /* for its configuration and its servers' replies */
static struct audit audit;
static uint8_t packet[DHCP4_PACKET_MAX];
static size_t size;

static void setup(void)
{
	world_init(&w, 1);
	w.client.xid = XID;
	size = audit_begin(&audit, &w.config, XID, packet);
}

static bool hear_octets(const uint8_t *octets, size_t count)
{
	const struct dhcp4_event event = {
		.kind = DHCP4_EVENT_FRAME,
		.frame = { octets, count, false, w.server_hw, w.verdict, w.pin },
	};

	return audit_hear(&audit, &w.config, &route_policy_all, &event);
}

static bool hear(const struct reply *reply)
{
	uint8_t octets[DHCP4_PACKET_MAX];

	return hear_octets(octets, reply_write(reply, octets));
}

static struct reply offer(void)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_OFFER);

	reply.xid = XID;
	return reply;
}

static unsigned bit(enum audit_rule rule)
{
	return 1U << rule;
}

/* What the only answer breaks. */
static unsigned broken_by(const struct reply *reply)
{
	audit_begin(&audit, &w.config, XID, packet);
	ck_assert(hear(reply));
	ck_assert_uint_eq(audit.count, 1);
	return audit.answers[0].broken;
}

START_TEST(discover_is_as_the_clients)
{
	const uint8_t *payload = packet + FRAME_HEADERS_SIZE;
	struct datagram d;
	uint8_t length;

	ck_assert_int_eq(frame_parse(packet, size, DHCP4_SERVER_PORT, false, &d),
			 REJECT_NONE);
	ck_assert_uint_eq(d.source, IPV4_ANY);
	ck_assert_uint_eq(d.destination, IPV4_BROADCAST);
	check_client_message(payload, d.size, DHCP4_REQUEST_DISCOVER, &w.config);
	ck_assert_uint_eq(wire_u32(payload, 4), XID);
	ck_assert_uint_eq(wire_u16(payload, 10), 0x8000);
	ck_assert_ptr_null(wire_option(payload, d.size, 50, &length));
	ck_assert_ptr_null(wire_option(payload, d.size, 80, &length));
}
END_TEST

START_TEST(honest_offer_breaks_nothing)
{
	struct reply reply = offer();
	const struct audit_answer *answer = &audit.answers[0];

	reply.giaddr = 0x0a010001;
	ck_assert(hear(&reply));
	ck_assert(hear(&reply));
	ck_assert_uint_eq(audit.count, 1);
	ck_assert_uint_eq(answer->broken, 0);
	ck_assert_uint_eq(answer->server.id, SERVER);
	ck_assert(hwaddr_equal(&answer->server.hw, &w.server_hw));
	ck_assert_uint_eq(answer->source, SERVER);
	ck_assert_uint_eq(answer->relay, 0x0a010001);
	ck_assert_uint_eq(answer->type, DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(answer->messages, 2);
	ck_assert_uint_eq(answer->address, CLIENT);
	ck_assert_uint_gt(answer->options.used, 0);
	ck_assert_uint_eq(audit.unreadable + audit.left_out, 0);
}
END_TEST

START_TEST(times_in_order_are_fine)
{
	struct reply reply = offer();

	reply.t1_s = 10;
	ck_assert_uint_eq(broken_by(&reply), 0);
	reply.t2_s = 10;
	ck_assert_uint_eq(broken_by(&reply), 0);
	reply.t2_s = 9;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_TIMES));
	reply.t1_s = 0;
	ck_assert_uint_eq(broken_by(&reply), 0);
	reply.t2_s = reply.lease_s + 1;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_TIMES));
	reply.t2_s = 0;
	reply.t1_s = reply.lease_s + 1;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_TIMES));
}
END_TEST

START_TEST(each_rule_is_noticed)
{
	struct reply reply = offer();

	reply.type = DHCP4_TYPE_NAK;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_TYPE));
	reply = offer();
	reply.server_id = 0;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_SERVER_ID));
	reply = offer();
	reply.server_id = IPV4_BROADCAST;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_SERVER_ID));
	reply = offer();
	reply.client_id = (struct client_id){ 2, { 9, 9 } };
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_CLIENT_ID));
	reply = offer();
	reply.mask = 0;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_NO_MASK));
	reply = offer();
	reply.lease_s = 0;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_LEASE_TIME));
}
END_TEST

/* Of the first OFFER; a NAK has nothing that could be wrong. */
START_TEST(flaws_are_counted)
{
	struct reply reply = offer();

	reply.type = DHCP4_TYPE_NAK;
	reply.yiaddr = 0;
	hear(&reply);
	ck_assert_uint_eq(audit.answers[0].flaws.of[FLAW_ADDRESS].count, 0);
	reply = offer();
	reply.yiaddr = 0x0a0000ff;
	reply.router = reply.yiaddr;
	hear(&reply);
	reply.mask = 0x00ffffff;
	hear(&reply);
	ck_assert_uint_eq(audit.count, 1);
	ck_assert_uint_eq(audit.answers[0].flaws.of[FLAW_ADDRESS].count, 1);
	ck_assert_uint_eq(audit.answers[0].flaws.of[FLAW_OWN_GATEWAY].count, 1);
	ck_assert_uint_eq(audit.answers[0].flaws.of[FLAW_MASK].count, 0);
}
END_TEST

START_TEST(what_is_set_here_counts)
{
	struct reply reply = offer();

	w.config.subnet = 0x0a000000;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_SUBNET));
	w.config.subnet = 0;
	w.config.deny_servers =
		(struct dhcp4_server_list){ .count = 1,
					    .rules = { { SERVER, 32 } } };
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_DENIED));
	/* Who has no identifier is known by where it sends from. */
	reply.server_id = 0;
	ck_assert_uint_eq(broken_by(&reply),
			  bit(AUDIT_RULE_DENIED) | bit(AUDIT_RULE_SERVER_ID));
	w.config.deny_servers.count = 0;
	reply = offer();
	w.pin = PIN_VERDICT_STRANGER;
	ck_assert_uint_eq(broken_by(&reply), bit(AUDIT_RULE_STRANGER));
	w.pin = PIN_VERDICT_KNOWN;
	ck_assert_uint_eq(broken_by(&reply), 0);
}
END_TEST

START_TEST(a_name_is_ones_own)
{
	struct reply reply = offer(), other = offer();

	other.server_id = OTHER;
	hear(&reply);
	hear(&other);
	ck_assert_uint_eq(audit.count, 2);
	ck_assert_uint_eq(audit.answers[0].broken | audit.answers[1].broken, 0);
	w.server_hw.bytes[5]++;
	hear(&reply);
	ck_assert_uint_eq(audit.count, 3);
	ck_assert_uint_eq(audit.answers[0].broken, bit(AUDIT_RULE_SHARED_ID));
	ck_assert_uint_eq(audit.answers[1].broken, 0);
	ck_assert_uint_eq(audit.answers[2].broken, bit(AUDIT_RULE_SHARED_ID));
	/* To have none is something else. */
	reply.server_id = 0;
	hear(&reply);
	w.server_hw.bytes[5]++;
	hear(&reply);
	ck_assert_uint_eq(audit.count, 5);
	ck_assert_uint_eq(audit.answers[4].broken, bit(AUDIT_RULE_SERVER_ID));
}
END_TEST

START_TEST(what_is_not_for_us)
{
	struct reply reply = offer();
	uint8_t octets[DHCP4_PACKET_MAX];
	size_t count;

	reply.xid++;
	ck_assert(!hear(&reply));
	reply = offer();
	count = reply_write(&reply, octets);
	ck_assert(!hear_octets(octets, 10));
	/* Of the transaction, but nothing else of it makes sense. */
	ck_assert_uint_eq(audit.unreadable, 0);
	reply.chaddr[5]++;
	ck_assert(hear(&reply));
	reply = offer();
	reply.op = DHCP4_OP_REQUEST;
	ck_assert(hear(&reply));
	frame_seal(octets, 100,
		   &(struct datagram){ .source = SERVER,
				       .destination = IPV4_BROADCAST,
				       .source_port = DHCP4_SERVER_PORT,
				       .destination_port = DHCP4_CLIENT_PORT });
	ck_assert(hear_octets(octets, FRAME_HEADERS_SIZE + 100));
	ck_assert_uint_eq(audit.unreadable, 3);
	frame_seal(octets, 7,
		   &(struct datagram){ .source = SERVER,
				       .destination = IPV4_BROADCAST,
				       .source_port = DHCP4_SERVER_PORT,
				       .destination_port = DHCP4_CLIENT_PORT });
	ck_assert(!hear_octets(octets, FRAME_HEADERS_SIZE + 7));
	ck_assert_uint_eq(audit.count, 0);
	ck_assert_uint_gt(count, 0);
	/* What is not there is not 0. */
	audit_begin(&audit, &w.config, 0, packet);
	ck_assert(!hear_octets(octets, FRAME_HEADERS_SIZE + 7));
}
END_TEST

START_TEST(servers_have_an_end)
{
	struct reply reply = offer();

	for (unsigned i = 0; i < AUDIT_ANSWERS_MAX + 3; i++) {
		reply.server_id = SERVER + i;
		ck_assert(hear(&reply));
	}
	ck_assert_uint_eq(audit.count, AUDIT_ANSWERS_MAX);
	ck_assert_uint_eq(audit.left_out, 3);
}
END_TEST

START_TEST(rules_have_names)
{
	for (unsigned i = 0; i < AUDIT_RULE_COUNT; i++) {
		enum audit_rule rule = (enum audit_rule)i;

		ck_assert_uint_gt(strlen(audit_rule_name(rule)), 0);
		ck_assert_uint_gt(strlen(audit_rule_text(rule)), 0);
		for (unsigned j = 0; j < i; j++)
			ck_assert_str_ne(audit_rule_name(rule),
					 audit_rule_name((enum audit_rule)j));
	}
}
END_TEST

Suite *test_audit_suite(void)
{
	Suite *suite = suite_create("audit");
	TCase *tcase = tcase_create("audit");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, discover_is_as_the_clients);
	tcase_add_test(tcase, honest_offer_breaks_nothing);
	tcase_add_test(tcase, times_in_order_are_fine);
	tcase_add_test(tcase, each_rule_is_noticed);
	tcase_add_test(tcase, flaws_are_counted);
	tcase_add_test(tcase, what_is_set_here_counts);
	tcase_add_test(tcase, a_name_is_ones_own);
	tcase_add_test(tcase, what_is_not_for_us);
	tcase_add_test(tcase, servers_have_an_end);
	tcase_add_test(tcase, rules_have_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
