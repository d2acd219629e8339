/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters for an address that came by other means: RFC 2131 3.4 and 4.4.3. */
#include <string.h>

#include "conformance/stage.h"

Suite *test_inform_suite(void);

#define OWN IP(10, 0, 0, 60)

/* The address that an administrator has set, and the first INFORM for it. */
static void reach_informing(ipv4_addr server)
{
	stage.config->inform_address = OWN;
	stage.config->inform_server = server;
	stage.unjudged = true;
	stage.port->fixed_address = OWN;
	stage.port->fixed_length = 24;
	power_on();
	hear(DHCP4_REQUEST_INFORM);
}

/* Covers: 2131-4.4.3-01 2131-4.4.3-03 1122-3.2.1.3-01 */
START_TEST(an_inform_names_the_address_and_goes_to_all)
{
	uint32_t xid;

	reach_informing(IPV4_ANY);
	xid = heard()->xid;
	ck_assert_uint_eq(heard()->ciaddr, OWN);
	ck_assert_uint_eq(heard()->source, OWN);
	ck_assert_uint_eq(heard()->destination, IPV4_BROADCAST);
	stage_close();
	stage_open(1);
	reach_informing(IPV4_ANY);
	CHECK(heard()->xid != xid);
}
END_TEST

/* Covers: 2131-4.4.3-02 2131-4.4.1-T5-06 2131-4.4.1-T5-07 2131-4.4.1-T5-08 */
START_TEST(an_inform_asks_for_no_time_and_names_no_server)
{
	uint8_t size;
	const uint8_t *list;

	stage.config->requested_address = OWN;
	reach_informing(IP(SERVER));
	list = message_option(heard(), DHCP4_OPTION_PARAMETERS, &size);
	CHECK(list && size > 0);
	CHECK(!memchr(list, 51, size) && !memchr(list, 58, size) &&
	      !memchr(list, 59, size));
	CHECK(memchr(list, 6, size));
	CHECK(!message_has(heard(), DHCP4_OPTION_REQUESTED_ADDRESS));
	CHECK(!message_has(heard(), DHCP4_OPTION_LEASE_TIME));
	CHECK(!message_has(heard(), DHCP4_OPTION_SERVER_ID));
}
END_TEST

/* Covers: 2131-4.4.3-03 2131-4.4.4-03 */
START_TEST(a_known_server_is_asked_alone_at_first_and_then_all)
{
	reach_informing(IP(SERVER));
	ck_assert_uint_eq(heard()->destination, IP(SERVER));
	CHECK(memcmp(heard()->frame.destination, stage.peer->hw, 6) == 0);
	ck_assert_uint_eq(hear(DHCP4_REQUEST_INFORM)->destination, IP(SERVER));
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(hear(DHCP4_REQUEST_INFORM)->destination,
				  IPV4_BROADCAST);
	tell(DHCP4_TYPE_ACK);
	silence(S(3600));
}
END_TEST

/* Covers: 2131-4.4.3-04 */
START_TEST(an_ack_of_any_server_completes_it_once)
{
	struct reply ack;

	reach_informing(IP(SERVER));
	stage.terms.server = IP(10, 0, 0, 2);
	ack = reply(DHCP4_TYPE_ACK);
	put_u32(ack.payload + AT_XID, heard()->xid + 1);
	ignored(&ack);
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], 1);
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_INFORMED].server,
			  IP(10, 0, 0, 2));
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], 1);
	silence(S(86400));
}
END_TEST

/* Covers: 2131-3.4-01 */
START_TEST(an_ack_gives_neither_an_address_nor_a_lease)
{
	struct reply ack;

	reach_informing(IPV4_ANY);
	ack = reply(DHCP4_TYPE_ACK);
	put_u32(ack.payload + AT_YIADDR, IP(10, 9, 9, 9));
	reply_set_u32(&ack, DHCP4_OPTION_LEASE_TIME, 60);
	ignored(&ack);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], 1);
	kernel_has(OWN, 24);
	CHECK(kernel_left() == NSEC_NEVER && disk_is_empty());
	silence(S(86400));
	kernel_has(OWN, 24);
}
END_TEST

/* Covers: DF-if-03 2131-3.7-01 */
START_TEST(a_returning_carrier_asks_again_and_without_one_nothing_is_said)
{
	reach_informing(IPV4_ANY);
	for (unsigned i = 0; i < 2; i++) {
		sim_link_cut(stage.cable, true);
		silence(S(100));
		ck_assert_uint_eq(stage.send_failures, 0);
		sim_link_cut(stage.cable, false);
		ck_assert_uint_eq(hear(DHCP4_REQUEST_INFORM)->at, now());
		ck_assert_uint_eq(heard()->secs, 0);
		tell(DHCP4_TYPE_ACK);
		ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], i + 1);
		silence(S(3600));
	}
}
END_TEST

/* Covers: 2131-4.4.3-05 */
START_TEST(after_a_minute_in_vain_the_user_is_told_and_it_goes_on)
{
	static const unsigned waits_s[] = { 4, 8, 16, 32, 64, 64, 64 };
	nsec first;

	reach_informing(IPV4_ANY);
	first = heard()->at;
	for (unsigned i = 0; i < ARRAY_SIZE(waits_s); i++) {
		hear_after(S(waits_s[i] - 1), S(waits_s[i] + 1),
			   DHCP4_REQUEST_INFORM);
		CHECK(heard()->secs <= (now() - first) / NSEC_PER_S);
		ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_SILENT], i >= 3);
	}
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], 1);
}
END_TEST

Suite *test_inform_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("inform", &suite);

	tcase_add_test(t, an_inform_names_the_address_and_goes_to_all);
	tcase_add_test(t, an_inform_asks_for_no_time_and_names_no_server);
	tcase_add_test(t, a_known_server_is_asked_alone_at_first_and_then_all);
	tcase_add_test(t, an_ack_of_any_server_completes_it_once);
	tcase_add_test(t, an_ack_gives_neither_an_address_nor_a_lease);
	tcase_add_test(
		t,
		a_returning_carrier_asks_again_and_without_one_nothing_is_said);
	tcase_add_test(t, after_a_minute_in_vain_the_user_is_told_and_it_goes_on);
	return suite;
}
