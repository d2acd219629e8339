/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which addresses and masks are taken.
 *
 * As documented: a yiaddr that is no host's, or its subnet's own or its broadcast
 * address, is refused, as is a mask that is none. A missing mask is that of the
 * lease in use for the address, else that of the on-link route of option 121
 * around it, else its class's with a warning.
 */
#include "conformance/stage.h"

Suite *test_addresses_suite(void);

/* An offer, or an ACK to the good offer, of this address is refused. */
static void refused(ipv4_addr address, ipv4_addr mask, enum reject why)
{
	static const uint8_t types[] = { DHCP4_TYPE_OFFER, DHCP4_TYPE_ACK };

	stage_close();
	stage_open(0);
	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		struct reply r = reply(types[i]);

		put_u32(r.payload + AT_YIADDR, address);
		reply_set_u32(&r, DHCP4_OPTION_SUBNET_MASK, mask);
		ignored(&r);
		ck_assert_uint_eq(stage.refused[why], i + 1);
		tell(types[i]);
		if (i == 0)
			hear(DHCP4_REQUEST_SELECTING);
	}
	kernel_has(IP(CLIENT), 24);
}

static void bound_to(ipv4_addr address, ipv4_addr mask, unsigned prefix_length)
{
	stage_close();
	stage_open(0);
	stage.terms.address = address;
	stage.terms.mask = mask;
	reach_bound();
	kernel_has(address, prefix_length);
}

#define MASK_24 IP(255, 255, 255, 0)
#define MASK_31 IP(255, 255, 255, 254)
#define MASK_32 IP(255, 255, 255, 255)

/* Covers: DF-addr-01 DF-addr-02 */
START_TEST(an_address_that_no_host_may_have_is_refused)
{
	static const ipv4_addr addresses[] = {
		IP(0, 0, 0, 0),	  IP(0, 1, 2, 3),
		IP(127, 0, 0, 1), IP(127, 255, 255, 254),
		IP(224, 0, 0, 1), IP(239, 255, 255, 250),
		IP(240, 0, 0, 1), IP(255, 255, 255, 255),
		IP(255, 0, 0, 1),
	};

	for (unsigned i = 0; i < ARRAY_SIZE(addresses); i++)
		refused(addresses[i], MASK_24, REJECT_ADDRESS);
}
END_TEST

/* Covers: DF-addr-01 */
START_TEST(offers_of_no_address_are_waited_out)
{
	struct reply offer;

	reach_selecting();
	for (unsigned i = 0; i < 3; i++) {
		offer = reply(DHCP4_TYPE_OFFER);
		put_u32(offer.payload + AT_YIADDR, 0);
		ignored(&offer);
		hear(DHCP4_REQUEST_DISCOVER);
	}
}
END_TEST

/* Covers: DF-addr-03 */
START_TEST(the_subnets_own_and_its_broadcast_address_are_refused)
{
	refused(IP(10, 0, 0, 0), MASK_24, REJECT_ADDRESS);
	refused(IP(10, 0, 0, 255), MASK_24, REJECT_ADDRESS);
	refused(IP(10, 1, 255, 255), IP(255, 255, 0, 0), REJECT_ADDRESS);
	refused(IP(10, 0, 0, 4), IP(255, 255, 255, 252), REJECT_ADDRESS);
	refused(IP(10, 0, 0, 7), IP(255, 255, 255, 252), REJECT_ADDRESS);
	/* What looks like one, and is none in its subnet. */
	bound_to(IP(10, 0, 0, 255), IP(255, 255, 254, 0), 23);
	bound_to(IP(10, 0, 1, 0), IP(255, 255, 254, 0), 23);
}
END_TEST

/* Covers: DF-addr-03 */
START_TEST(of_31_and_32_bits_every_address_is_a_hosts)
{
	bound_to(IP(10, 0, 0, 0), MASK_31, 31);
	bound_to(IP(10, 0, 0, 1), MASK_31, 31);
	bound_to(IP(10, 0, 0, 7), MASK_32, 32);
	bound_to(IP(10, 0, 0, 255), MASK_32, 32);
}
END_TEST

/* Covers: DF-addr-04 */
START_TEST(a_mask_that_is_none_is_refused)
{
	refused(IP(CLIENT), IP(255, 0, 255, 0), REJECT_MASK);
	refused(IP(CLIENT), IP(0, 255, 255, 255), REJECT_MASK);
	refused(IP(CLIENT), IP(255, 255, 255, 1), REJECT_MASK);
	refused(IP(CLIENT), IP(0, 0, 0, 0), REJECT_MASK);
}
END_TEST

/* Covers: DF-addr-06 */
START_TEST(a_missing_mask_is_the_classs_and_told_as_guessed)
{
	static const struct {
		ipv4_addr address;
		unsigned prefix_length;
	} cases[] = {
		{ IP(10, 1, 2, 3), 8 },
		{ IP(172, 16, 2, 3), 16 },
		{ IP(192, 168, 2, 3), 24 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		bound_to(cases[i].address, IPV4_ANY, cases[i].prefix_length);
		ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_MASK_GUESSED], 1);
		ck_assert_str_eq(disk_line("mask-guessed"), "1");
	}
	bound_to(IP(10, 1, 2, 3), MASK_24, 24);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_MASK_GUESSED], 0);
}
END_TEST

/* Covers: DF-addr-06 2132-3.3-01 */
START_TEST(a_mask_of_another_length_is_missing)
{
	static const size_t sizes[] = { 0, 3, 5, 8 };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		static const uint8_t octets[8] = { 255, 255, 255, 0,
						   255, 255, 255, 255 };
		struct reply ack;

		stage_close();
		stage_open(i);
		ack = reach_ack();
		reply_set(&ack, DHCP4_OPTION_SUBNET_MASK, octets, sizes[i]);
		say_ack(&ack);
		kernel_has(IP(CLIENT), 8);
	}
}
END_TEST

/* Covers: DF-addr-06 */
START_TEST(a_missing_mask_is_the_one_in_use_for_the_address)
{
	reach_renewing();
	stage.terms.mask = IPV4_ANY;
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(stage.removals, 0);
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: DF-addr-06 */
START_TEST(a_missing_mask_is_the_width_of_the_on_link_route_around_it)
{
	struct reply ack;

	stage.terms.mask = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, 121,
		  OCTETS(24, 10, 0, 9, 0, 0, 0, 0, 12, 10, 0, 10, 0, 0, 9, 20,
			 10, 0, 0, 0, 0, 0, 0));
	say_ack(&ack);
	kernel_has(IP(CLIENT), 20);
}
END_TEST

/* For a kernel an address with another mask is another address. */
START_TEST(a_renewal_with_another_mask_changes_the_kernel)
{
	unsigned changes;

	reach_renewing();
	changes = stage.changes;
	stage.terms.mask = IP(255, 255, 0, 0);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 16);
	/* The one is removed, the other is set. */
	ck_assert_uint_eq(stage.changes, changes + 2);
	ck_assert_str_eq(disk_line("prefix-length"), "16");
	CHECK(peer_reaches(IP(CLIENT)));
}
END_TEST

Suite *test_addresses_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("addresses", &suite);

	tcase_add_test(t, an_address_that_no_host_may_have_is_refused);
	tcase_add_test(t, offers_of_no_address_are_waited_out);
	tcase_add_test(t, the_subnets_own_and_its_broadcast_address_are_refused);
	tcase_add_test(t, of_31_and_32_bits_every_address_is_a_hosts);
	tcase_add_test(t, a_mask_that_is_none_is_refused);
	tcase_add_test(t, a_missing_mask_is_the_classs_and_told_as_guessed);
	tcase_add_test(t, a_mask_of_another_length_is_missing);
	tcase_add_test(t, a_missing_mask_is_the_one_in_use_for_the_address);
	tcase_add_test(
		t, a_missing_mask_is_the_width_of_the_on_link_route_around_it);
	tcase_add_test(t, a_renewal_with_another_mask_changes_the_kernel);
	return suite;
}
