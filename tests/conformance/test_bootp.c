/* SPDX-License-Identifier: BSD-2-Clause */
/* A plain BOOTP server: RFC 1534. */
#include "conformance/stage.h"

Suite *test_bootp_suite(void);

static void allow_bootp(void)
{
	stage.config->bootp = true;
	stage.unjudged = true;
}

/* What a server says that knows nothing of DHCP. */
static struct reply bootp_reply(void)
{
	struct reply r = reply(DHCP4_TYPE_OFFER);

	reply_drop(&r, DHCP4_OPTION_MESSAGE_TYPE);
	reply_drop(&r, DHCP4_OPTION_SERVER_ID);
	reply_drop(&r, DHCP4_OPTION_LEASE_TIME);
	reply_drop(&r, DHCP4_OPTION_CLIENT_ID);
	return r;
}

static void reach_bootp(void)
{
	struct reply r;

	allow_bootp();
	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
	r = bootp_reply();
	say(&r);
	kernel_has(IP(CLIENT), 24);
}

/* Covers: 1534-3-01 */
START_TEST(by_default_its_reply_is_ignored)
{
	struct reply r;

	reach_selecting();
	for (unsigned i = 0; i < 5; i++) {
		r = bootp_reply();
		ignored(&r);
		hear(DHCP4_REQUEST_DISCOVER);
	}
	ck_assert_uint_eq(stage.refused[REJECT_BOOTP], 5);
}
END_TEST

/* Covers: 1534-3-01 1534-3-02 */
START_TEST(where_allowed_its_address_is_used_without_a_request_for_ever)
{
	reach_bootp();
	CHECK(kernel_left() == NSEC_NEVER);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	silence(S(86400 * 366));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 1534-3-02 */
START_TEST(a_lease_time_in_its_reply_means_nothing)
{
	struct reply r;

	allow_bootp();
	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
	r = bootp_reply();
	reply_set_u32(&r, DHCP4_OPTION_LEASE_TIME, 60);
	reply_set_u32(&r, DHCP4_OPTION_T1, 10);
	say(&r);
	CHECK(kernel_left() == NSEC_NEVER);
	silence(S(86400));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 1534-3-03 */
START_TEST(an_offer_that_comes_in_time_is_preferred)
{
	struct reply r;

	allow_bootp();
	reach_selecting();
	r = bootp_reply();
	put_u32(r.payload + AT_YIADDR, IP(10, 0, 0, 77));
	ignored(&r);
	pass(S(2));
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	ignored(&r);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() <= S(LEASE_S));
}
END_TEST

/* Covers: 1534-3-01 */
START_TEST(its_reply_must_be_acceptable_as_any_other)
{
	struct reply r;

	allow_bootp();
	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
	r = bootp_reply();
	put_u32(r.payload + AT_YIADDR, 0);
	ignored(&r);
	put_u32(r.payload + AT_YIADDR, IP(127, 0, 0, 1));
	ignored(&r);
	r = bootp_reply();
	r.payload[AT_CHADDR] ^= 2;
	ignored(&r);
	r = bootp_reply();
	say(&r);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 2132-9.6-01 */
START_TEST(a_broken_message_of_dhcp_is_none_of_bootp)
{
	static const uint8_t octets[] = { DHCP4_TYPE_OFFER, 0, 0, 0 };
	struct reply r;

	allow_bootp();
	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
	for (size_t size = 0; size <= 4; size += 2) {
		r = bootp_reply();
		reply_add(&r, DHCP4_OPTION_MESSAGE_TYPE, octets, size);
		ignored(&r);
	}
	/* Its type may have been cut off. */
	r = bootp_reply();
	r.bare = true;
	ignored(&r);
	ck_assert_uint_eq(stage.refused[REJECT_MESSAGE_TYPE], 4);
}
END_TEST

/* No server of BOOTP knows a RELEASE, or an INIT-REBOOT REQUEST. */
START_TEST(nothing_but_discovers_is_ever_said_to_it)
{
	struct reply r;

	reach_bootp();
	sim_link_cut(stage.cable, true);
	silence(S(10));
	sim_link_cut(stage.cable, false);
	hear(DHCP4_REQUEST_DISCOVER);
	kernel_has(IP(CLIENT), 24);
	hear(DHCP4_REQUEST_DISCOVER);
	r = bootp_reply();
	say(&r);
	silence(S(3600));
	sim_port_release(stage.port);
	kernel_is_empty();
	silence(S(3600));
}
END_TEST

Suite *test_bootp_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("bootp", &suite);

	tcase_add_test(t, by_default_its_reply_is_ignored);
	tcase_add_test(
		t, where_allowed_its_address_is_used_without_a_request_for_ever);
	tcase_add_test(t, a_lease_time_in_its_reply_means_nothing);
	tcase_add_test(t, an_offer_that_comes_in_time_is_preferred);
	tcase_add_test(t, its_reply_must_be_acceptable_as_any_other);
	tcase_add_test(t, a_broken_message_of_dhcp_is_none_of_bootp);
	tcase_add_test(t, nothing_but_discovers_is_ever_said_to_it);
	return suite;
}
