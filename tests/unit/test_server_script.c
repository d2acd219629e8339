/* SPDX-License-Identifier: BSD-2-Clause */
/* What scripts make of the server's answers, and what is no script. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "server/script.h"
#include "server_world.h"

Suite *test_server_script_suite(void);

static struct script script;

static void setup(void)
{
	srv_setup();
	script = (struct script){ 0 };
	srv.server.handler = script_apply;
	srv.server.context = &script;
}

static void add_rule(const char *line)
{
	const char *error = script_add(&script, line);

	ck_assert_msg(!error, "%s: %s", line, error);
}

START_TEST(test_occurrences)
{
	add_rule("on discover 2-3 silence");
	add_rule("on discover 5- nak");
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_discover(1), 0);
	ck_assert_uint_eq(srv_discover(1), 0);
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_ACK);
}
END_TEST

START_TEST(test_types)
{
	const enum dhcp4_request renew = DHCP4_REQUEST_RENEWING;
	const enum dhcp4_request rebind = DHCP4_REQUEST_REBINDING;

	add_rule("on request-renewing nak");
	add_rule("on request 3 type 13");
	srv_bind(1);
	ck_assert_uint_eq(srv_ask_about(1, renew, POOL_FIRST), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_ask_about(1, renew, POOL_FIRST), 13);
	ck_assert_uint_eq(srv_ask_about(1, rebind, POOL_FIRST), DHCP4_TYPE_ACK);
}
END_TEST

/* What the server alone would not answer, or otherwise. */
START_TEST(test_makes_replies)
{
	add_rule("on discover 1 ack");
	add_rule("on request-init-reboot ack");
	add_rule("on release 1 offer");
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv_ask_about(2, DHCP4_REQUEST_REBOOTING, ELSEWHERE),
			  DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.reply.header.yiaddr, ELSEWHERE);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_RELEASE, POOL_FIRST),
			  DHCP4_TYPE_OFFER);
}
END_TEST

START_TEST(test_changes_replies)
{
	struct option_value value;

	add_rule("on discover yiaddr 10.0.0.77");
	add_rule("on discover server-id 10.0.0.9");
	add_rule("on discover lease 7");
	add_rule("on discover option 15=6578");
	add_rule("on discover no-option 1");
	add_rule("on discover wrong-xid");
	add_rule("on discover wrong-chaddr");
	add_rule("on discover wrong-client-id");
	add_rule("on discover duplicate 3");
	add_rule("on discover delay 250");
	add_rule("on discover broadcast");
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv.reply.header.yiaddr, 0x0a00004d);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), 0x0a000009);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 7);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0);
	ck_assert(dhcp4_options_get(&srv.reply.options, 15, &value));
	ck_assert_mem_eq(value.bytes, "ex", 2);
	ck_assert_uint_eq(srv.reply.header.xid, XID + 1);
	ck_assert_uint_eq(srv.reply.header.chaddr[5], 0);
	ck_assert(dhcp4_options_get(&srv.reply.options, DHCP4_OPTION_CLIENT_ID,
				    &value));
	ck_assert_uint_eq(value.bytes[2], 0);
	ck_assert_uint_eq(srv.exchange.packet.copies, 3);
	ck_assert_uint_eq(srv.exchange.packet.at, srv.now + 250 * NSEC_PER_MS);
	ck_assert_uint_eq(srv.exchange.packet.destination, IPV4_BROADCAST);
}
END_TEST

START_TEST(test_removes)
{
	add_rule("on any no-server-id");
	add_rule("on any 2 corrupt");
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), 0);
	srv_discover(1);
	ck_assert_int_eq(frame_parse(srv.exchange.packet.bytes,
				     srv.exchange.packet.size,
				     DHCP4_CLIENT_PORT, false, &srv.datagram),
			 REJECT_UDP_CHECKSUM);
}
END_TEST

/* Each rule begins with the first variant of its character. */
START_TEST(test_variants)
{
	add_rule("on discover 2- illegal-mask");
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0xffffff00);
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0xff00ff00);
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0x00ffffff);
}
END_TEST

START_TEST(test_errors)
{
	static const char *const wrong[] = {
		"on",
		"on discover",
		"off discover silence",
		"on dicsover silence",
		"on discover 0 silence",
		"on discover 1-x silence",
		"on discover 1",
		"on discover shout",
		"on discover silence loudly",
		"on discover delay",
		"on discover delay soon",
		"on discover yiaddr 10.0.0",
		"on discover option 15",
		"on discover option 15=6",
		"on discover option 255=00",
		"on discover option 1155=00",
		"on discover no-option 256",
		"on discover 1 2 3 4 5 6 7 8 9",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(script_add(&script, wrong[i]) != NULL, "%s",
			      wrong[i]);
	add_rule("");
	add_rule(" \t\n");
	add_rule("# on what is meant");
	ck_assert_uint_eq(script.count, 0);
	add_rule("\ton  discover\t1-  option 51=\n");
	ck_assert_uint_eq(script.count, 1);
}
END_TEST

Suite *test_server_script_suite(void)
{
	Suite *suite = suite_create("server_script");
	TCase *tcase = tcase_create("server_script");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, test_occurrences);
	tcase_add_test(tcase, test_types);
	tcase_add_test(tcase, test_makes_replies);
	tcase_add_test(tcase, test_changes_replies);
	tcase_add_test(tcase, test_removes);
	tcase_add_test(tcase, test_variants);
	tcase_add_test(tcase, test_errors);
	suite_add_tcase(suite, tcase);
	return suite;
}
