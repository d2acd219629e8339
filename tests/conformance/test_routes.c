/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which routes reach the kernel: options 3, 33, 121 and 249. RFC 3442, RFC 2132 3.5
 * and 5.8.
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_routes_suite(void);

#define ROUTE_OPTION 121

/* A lease with these octets as its option 121, and no other routes. */
static void lease_with(const void *routes, size_t size)
{
	struct reply ack;

	stage_close();
	stage_open(0);
	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, ROUTE_OPTION, routes, size);
	say_ack(&ack);
}

/* ---- option 121 --------------------------------------------------------- */

/* Covers: 3442-client-01 */
START_TEST(the_routes_of_option_121_are_installed)
{
	lease_with(OCTETS(24, 192, 168, 7, 10, 0, 0, 9, 0, 10, 0, 0, 8));
	kernel_routes(2);
	ck_assert_uint_eq(kernel_route(IP(192, 168, 7, 0), 24), IP(10, 0, 0, 9));
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(10, 0, 0, 8));
}
END_TEST

/* Covers: 3442-format-01 */
START_TEST(a_destination_has_as_many_octets_as_its_width_needs)
{
	static const uint8_t widths[] = { 0,  1,  7,  8,  9,  15,
					  16, 17, 23, 24, 25, 32 };

	for (unsigned i = 0; i < ARRAY_SIZE(widths); i++) {
		unsigned octets = (widths[i] + 7U) / 8;
		uint8_t option[9] = { widths[i], 128, 1, 2, 3 };
		ipv4_addr destination = IP(128, 1, 2, 3);

		memcpy(option + 1 + octets, OCTETS(10, 0, 0, 9));
		if (widths[i] < 32)
			destination &= ~(UINT32_MAX >> widths[i]);
		lease_with(option, 5 + octets);
		kernel_routes(1);
		ck_assert_uint_eq(kernel_route(destination, widths[i]),
				  IP(10, 0, 0, 9));
	}
}
END_TEST

/* Covers: 3442-format-02 */
START_TEST(a_route_that_is_cut_is_none)
{
	static const uint8_t routes[] = { 24, 192, 168, 7,  10, 0, 0, 9,
					  16, 172, 16,	10, 0,	0, 9 };

	for (size_t size = 0; size <= sizeof(routes); size++) {
		lease_with(routes, size);
		kernel_routes(size < 8 ? 0 : size < 15 ? 1 : 2);
		CHECK(kernel_has_route(IP(192, 168, 7, 0), 24) == (size >= 8));
		CHECK(kernel_has_route(IP(172, 16, 0, 0), 16) == (size >= 15));
	}
}
END_TEST

/* Writes a route to a network 172.16.N.0 by way of 10.0.0.9. */
static size_t put_route(uint8_t *at, uint8_t width, uint8_t n)
{
	size_t octets = (width + 7U) / 8;

	memset(at, 1, 1 + octets);
	memcpy(at, (const uint8_t[]){ width, 172, 16, n }, 4);
	memcpy(at + 1 + octets, OCTETS(10, 0, 0, 9));
	return 5 + octets;
}

/* Covers: DF-route-05 */
START_TEST(a_width_over_32_ends_the_list)
{
	static const uint8_t widths[] = { 33, 34, 40, 128, 255 };

	for (unsigned i = 0; i < ARRAY_SIZE(widths); i++) {
		for (unsigned before = 0; before < 2; before++) {
			uint8_t routes[64];
			size_t size = 0;

			if (before)
				size += put_route(routes, 24, 1);
			size += put_route(routes + size, widths[i], 2);
			size += put_route(routes + size, 24, 3);
			lease_with(routes, size);
			kernel_routes(before);
		}
	}
}
END_TEST

/* Covers: 3442-client-07 */
START_TEST(host_bits_of_a_destination_are_cleared)
{
	lease_with(OCTETS(25, 129, 210, 177, 132, 10, 0, 0, 9));
	ck_assert_uint_eq(kernel_route(IP(129, 210, 177, 128), 25),
			  IP(10, 0, 0, 9));
}
END_TEST

/* Covers: 3442-local-01 */
START_TEST(router_0_in_option_121_means_on_link)
{
	lease_with(OCTETS(24, 192, 168, 7, 0, 0, 0, 0));
	ck_assert_uint_eq(kernel_route(IP(192, 168, 7, 0), 24), IPV4_ANY);
}
END_TEST

/* Covers: 3442-local-02 */
START_TEST(router_0_means_nothing_elsewhere)
{
	struct reply ack;

	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, 3, OCTETS(0, 0, 0, 0));
	reply_add(&ack, 33, OCTETS(192, 168, 7, 1, 0, 0, 0, 0));
	say_ack(&ack);
	kernel_routes(0);
}
END_TEST

/* Covers: 3442-client-02 3442-client-03 */
START_TEST(with_option_121_neither_3_nor_33_counts)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 33, OCTETS(192, 168, 9, 1, 10, 0, 0, 9));
	reply_add(&ack, 121, OCTETS(24, 192, 168, 7, 10, 0, 0, 9));
	say_ack(&ack);
	kernel_routes(1);
	CHECK(kernel_has_route(IP(192, 168, 7, 0), 24));
	CHECK(!kernel_has_route(IPV4_ANY, 0));
}
END_TEST

/* Covers: 3442-client-08 */
START_TEST(switched_off_option_121_is_as_if_it_were_not_there)
{
	struct reply ack;

	stage.unjudged = true;
	stage.config->ignore_classless_routes = true;
	ack = reach_ack();
	reply_add(&ack, 33, OCTETS(192, 168, 9, 1, 10, 0, 0, 9));
	reply_add(&ack, 121, OCTETS(24, 192, 168, 7, 10, 0, 0, 9));
	reply_add(&ack, 249, OCTETS(24, 192, 168, 8, 10, 0, 0, 9));
	say_ack(&ack);
	kernel_routes(2);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	CHECK(kernel_has_route(IP(192, 168, 9, 1), 32));
}
END_TEST

/* Covers: DF-route-04 */
START_TEST(option_249_stands_in_for_121_and_yields_to_it)
{
	for (unsigned i = 0; i < 2; i++) {
		struct reply ack;

		stage_close();
		stage_open(i);
		ack = reach_ack();
		reply_add(&ack, 249, OCTETS(24, 192, 168, 8, 10, 0, 0, 9));
		if (i)
			reply_add(&ack, 121,
				  OCTETS(24, 192, 168, 7, 10, 0, 0, 9));
		say_ack(&ack);
		kernel_routes(1);
		CHECK(kernel_has_route(
			i ? IP(192, 168, 7, 0) : IP(192, 168, 8, 0), 24));
	}
}
END_TEST

/* Covers: 3442-sizing-02 DF-opt-09 */
START_TEST(six_hundred_octets_of_routes_in_three_options_are_all_installed)
{
	struct reply ack;
	uint8_t routes[600];

	for (unsigned i = 0; i < 75; i++)
		memcpy(routes + 8 * i,
		       (const uint8_t[]){ 24, 192, 168, (uint8_t)i, 10, 0, 0, 9 },
		       8);
	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, 121, routes, 255);
	reply_add(&ack, 121, routes + 255, 255);
	reply_add(&ack, 121, routes + 510, 90);
	say_ack(&ack);
	/* Up to a limit. */
	kernel_routes(DHCP4_ROUTES_MAX);
	for (unsigned i = 0; i < DHCP4_ROUTES_MAX; i++)
		CHECK(kernel_has_route(IP(192, 168, i, 0), 24));
}
END_TEST

/* ---- which gateway, which destination ----------------------------------- */

/* Covers: DF-route-01 */
START_TEST(a_router_outside_of_the_subnet_gets_a_route_of_its_own_first)
{
	stage.terms.router = IP(192, 0, 2, 1);
	reach_bound();
	kernel_routes(2);
	ck_assert_uint_eq(kernel_route(IP(192, 0, 2, 1), 32), IPV4_ANY);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(192, 0, 2, 1));
	CHECK(stage.kernel->routes[0].gateway == IPV4_ANY);
}
END_TEST

/* Covers: DF-route-02 */
START_TEST(a_lease_of_32_bits_has_a_default_route)
{
	for (unsigned i = 0; i < 3; i++) {
		struct reply ack;

		stage_close();
		stage_open(i);
		stage.terms.address = IP(10, 128, 0, 7);
		stage.terms.mask = IP(255, 255, 255, 255);
		stage.terms.router = i ? IPV4_ANY : IP(10, 128, 0, 1);
		ack = reach_ack();
		if (i == 1)
			reply_add(&ack, 121,
				  OCTETS(0, 10, 128, 0, 1, 32, 10, 128, 0, 1, 0,
					 0, 0, 0));
		if (i == 2)
			reply_add(&ack, 121,
				  OCTETS(32, 10, 128, 0, 1, 0, 0, 0, 0, 0, 10,
					 128, 0, 1));
		say_ack(&ack);
		kernel_has(IP(10, 128, 0, 7), 32);
		kernel_routes(2);
		/* In the order in which a kernel takes them. */
		CHECK(stage.kernel->routes[0].destination == IP(10, 128, 0, 1));
		CHECK(stage.kernel->routes[0].gateway == IPV4_ANY);
		ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(10, 128, 0, 1));
	}
}
END_TEST

/* Covers: DF-route-03 2132-3.5-02 2132-3.5-01 */
START_TEST(the_first_router_that_can_be_one_is_the_default)
{
	static const uint8_t routers[] = { 0, 0, 0,   0,   CLIENT, 224, 0,
					   0, 1, 255, 255, 255,	   255, 10,
					   0, 0, 1,   10,  0,	   0,	2 };
	struct reply ack;

	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, 3, routers, sizeof(routers));
	say_ack(&ack);
	kernel_routes(2);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(10, 0, 0, 1));
	ck_assert_uint_eq(stage.kernel->routes[0].preference, 0);
	ck_assert_uint_eq(stage.kernel->routes[1].gateway, IP(10, 0, 0, 2));
	ck_assert_uint_eq(stage.kernel->routes[1].preference, 1);
}
END_TEST

/* Covers: DF-route-06 */
START_TEST(of_routes_to_one_destination_the_first_is_installed)
{
	lease_with(OCTETS(24, 192, 168, 7, 10, 0, 0, 9, 24, 192, 168, 7, 10, 0,
			  0, 8, 24, 192, 168, 7, 10, 0, 0, 9));
	kernel_routes(1);
	ck_assert_uint_eq(kernel_route(IP(192, 168, 7, 0), 24), IP(10, 0, 0, 9));
}
END_TEST

/* The address itself brings it. */
START_TEST(the_route_of_the_leases_own_subnet_is_left_to_the_address)
{
	lease_with(OCTETS(24, 10, 0, 0, 0, 0, 0, 0, 24, 192, 168, 7, 10, 0, 0, 9));
	kernel_routes(1);
	CHECK(kernel_has_route(IP(192, 168, 7, 0), 24));
}
END_TEST

/* A kernel takes no gateway that is itself behind a gateway. */
START_TEST(a_gateway_behind_a_gateway_is_none)
{
	lease_with(OCTETS(32, 192, 0, 2, 1, 10, 0, 0, 9, 0, 192, 0, 2, 1));
	kernel_routes(1);
	ck_assert_uint_eq(kernel_route(IP(192, 0, 2, 1), 32), IP(10, 0, 0, 9));
}
END_TEST

/* Covers: DF-route-07 */
START_TEST(routes_to_where_none_may_lead_are_left_out)
{
	lease_with(OCTETS(8, 127, 10, 0, 0, 9, 4, 224, 10, 0, 0, 9, 32, CLIENT,
			  10, 0, 0, 9, 24, 192, 168, 7, 10, 0, 0, 9));
	kernel_routes(1);
	CHECK(kernel_has_route(IP(192, 168, 7, 0), 24));
}
END_TEST

/* ---- option 33 ---------------------------------------------------------- */

/* Covers: 2132-5.8-01 2132-5.8-02 */
START_TEST(static_routes_go_by_class_and_none_is_a_default)
{
	struct reply ack;

	stage.terms.router = IPV4_ANY;
	ack = reach_ack();
	reply_add(&ack, 33,
		  OCTETS(0, 0, 0, 0, 10, 0, 0, 9, 20, 0, 0, 0, 10, 0, 0, 9, 172,
			 16, 0, 0, 10, 0, 0, 9, 192, 168, 7, 0, 10, 0, 0, 9,
			 192, 168, 8, 1, 10, 0, 0, 9));
	say_ack(&ack);
	kernel_routes(4);
	CHECK(kernel_has_route(IP(20, 0, 0, 0), 8));
	CHECK(kernel_has_route(IP(172, 16, 0, 0), 16));
	CHECK(kernel_has_route(IP(192, 168, 7, 0), 24));
	CHECK(kernel_has_route(IP(192, 168, 8, 1), 32));
}
END_TEST

/* ---- while they last ---------------------------------------------------- */

/* Covers: DF-route-09 DF-srv-03 */
START_TEST(a_renewal_brings_its_own_routes_and_keeps_the_address)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 121,
		  OCTETS(24, 192, 168, 7, 10, 0, 0, 9, 24, 192, 168, 8, 10, 0,
			 0, 9));
	say_ack(&ack);
	hear(DHCP4_REQUEST_RENEWING);
	ack = reply(DHCP4_TYPE_ACK);
	reply_add(&ack, 121,
		  OCTETS(24, 192, 168, 8, 10, 0, 0, 9, 24, 192, 168, 9, 10, 0,
			 0, 9));
	say_ack(&ack);
	kernel_routes(2);
	CHECK(kernel_has_route(IP(192, 168, 8, 0), 24));
	CHECK(kernel_has_route(IP(192, 168, 9, 0), 24));
	ck_assert_uint_eq(stage.removals, 0);
}
END_TEST

/* Covers: 2131-4.4.5-12 2131-4.4.5-13 */
START_TEST(routes_end_with_their_lease_and_come_again_with_the_next)
{
	reach_bound();
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	hear_until(DHCP4_REQUEST_DISCOVER);
	kernel_is_empty();
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}
END_TEST

Suite *test_routes_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("routes", &suite);

	tcase_add_test(t, the_routes_of_option_121_are_installed);
	tcase_add_test(t, a_destination_has_as_many_octets_as_its_width_needs);
	tcase_add_test(t, a_route_that_is_cut_is_none);
	tcase_add_test(t, a_width_over_32_ends_the_list);
	tcase_add_test(t, host_bits_of_a_destination_are_cleared);
	tcase_add_test(t, router_0_in_option_121_means_on_link);
	tcase_add_test(t, router_0_means_nothing_elsewhere);
	tcase_add_test(t, with_option_121_neither_3_nor_33_counts);
	tcase_add_test(t, switched_off_option_121_is_as_if_it_were_not_there);
	tcase_add_test(t, option_249_stands_in_for_121_and_yields_to_it);
	tcase_add_test(
		t,
		six_hundred_octets_of_routes_in_three_options_are_all_installed);
	tcase_add_test(
		t, a_router_outside_of_the_subnet_gets_a_route_of_its_own_first);
	tcase_add_test(t, a_lease_of_32_bits_has_a_default_route);
	tcase_add_test(t, the_first_router_that_can_be_one_is_the_default);
	tcase_add_test(t, of_routes_to_one_destination_the_first_is_installed);
	tcase_add_test(
		t, the_route_of_the_leases_own_subnet_is_left_to_the_address);
	tcase_add_test(t, a_gateway_behind_a_gateway_is_none);
	tcase_add_test(t, routes_to_where_none_may_lead_are_left_out);
	tcase_add_test(t, static_routes_go_by_class_and_none_is_a_default);
	tcase_add_test(t, a_renewal_brings_its_own_routes_and_keeps_the_address);
	tcase_add_test(t,
		       routes_end_with_their_lease_and_come_again_with_the_next);
	return suite;
}
