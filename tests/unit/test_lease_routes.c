/* SPDX-License-Identifier: BSD-2-Clause */
/* The routes of a lease: options 121, 249, 33 and 3, and gateways elsewhere. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/lease.h"
#include "unit/support.h"

Suite *test_lease_routes_suite(void);

static struct dhcp4_lease lease;
static struct dhcp4_route routes[DHCP4_ROUTES_MAX];
static char text[DHCP4_ROUTES_MAX * 40];

static void setup(void)
{
	memset(&lease, 0, sizeof(lease));
	lease.address = CLIENT;
	lease.prefix_length = 24;
}

static void put(uint8_t code, const void *bytes, size_t size)
{
	ck_assert(dhcp4_options_append(&lease.options, code, bytes, size));
}

/* Options in ascending order of their codes. */
#define PUT(code, ...) \
	put(code, (const uint8_t[]){ __VA_ARGS__ }, \
	    sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* The routes as text: "10.1.0.0/16 10.0.0.1, 192.0.2.1/32 -"; +: less preferred. */
static const char *show_of(const struct route_policy *policy)
{
	struct str s = str_over(text, sizeof(text));
	unsigned count = lease_routes(&lease, policy, routes);

	ck_assert_uint_le(count, DHCP4_ROUTES_MAX);
	for (unsigned i = 0; i < count; i++) {
		str_text(&s, i ? ", " : "");
		str_ipv4(&s, routes[i].destination);
		str_char(&s, '/');
		str_u64(&s, routes[i].prefix_length);
		str_char(&s, ' ');
		if (routes[i].gateway)
			str_ipv4(&s, routes[i].gateway);
		else
			str_char(&s, '-');
		for (unsigned j = 0; j < routes[i].preference; j++)
			str_char(&s, '+');
	}
	ck_assert(!s.truncated);
	return text;
}

static const char *show(void)
{
	return show_of(&route_policy_all);
}

START_TEST(no_routes)
{
	ck_assert_str_eq(show(), "");
}
END_TEST

/* ---- option 3 -------------------------------------------------------- */

/* Covers: 2132-3.5-02 */
START_TEST(first_router_is_the_default)
{
	PUT(3, 10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3);
	ck_assert_str_eq(show(), "0.0.0.0/0 10.0.0.1, 0.0.0.0/0 10.0.0.2+, "
				 "0.0.0.0/0 10.0.0.3++");
}
END_TEST

/* Each of them gets a way, the second one's between. */
START_TEST(routers_elsewhere_get_routes)
{
	PUT(3, 192, 0, 2, 1, 10, 0, 0, 2, 192, 0, 2, 3);
	ck_assert_str_eq(show(), "192.0.2.1/32 -, 192.0.2.3/32 -, "
				 "0.0.0.0/0 192.0.2.1, 0.0.0.0/0 10.0.0.2+, "
				 "0.0.0.0/0 192.0.2.3++");
}
END_TEST

/* More routers than there may be routes: the last ones are left out. */
START_TEST(routers_without_end)
{
	uint8_t octets[4 * 100];

	for (unsigned i = 0; i < 100; i++)
		memcpy(octets + (size_t)4 * i,
		       (const uint8_t[]){ 10, 0, 0, (uint8_t)(100 + i) }, 4);
	put(3, octets, sizeof(octets));
	ck_assert_uint_eq(lease_routes(&lease, &route_policy_all, routes),
			  DHCP4_ROUTES_MAX);
	for (unsigned i = 0; i < DHCP4_ROUTES_MAX; i++) {
		ck_assert_uint_eq(routes[i].gateway, 0x0a000064 + i);
		ck_assert_uint_eq(routes[i].preference, i);
	}
}
END_TEST

/* ---- what is accepted ------------------------------------------------- */

/* What would take traffic out of a VPN (CVE-2024-3661). */
/* Covers: DF-route-08 */
START_TEST(only_what_is_accepted)
{
	PUT(3, 10, 0, 0, 1, 10, 0, 0, 2);
	PUT(33, 192, 168, 7, 0, 10, 0, 0, 4);
	ck_assert_str_eq(show_of(&route_policy_default_only),
			 "0.0.0.0/0 10.0.0.1, 0.0.0.0/0 10.0.0.2+");
	ck_assert_str_eq(show_of(&route_policy_none), "");
	PUT(121, 1, 0, 10, 0, 0, 1, 1, 128, 10, 0, 0, 1, 32, 203, 0, 113, 9, 10,
	    0, 0, 1);
	ck_assert_str_eq(show_of(&route_policy_default_only), "");
	ck_assert_str_eq(show_of(&route_policy_none), "");
	setup();
	/* A router elsewhere gets its way, and nobody else does. */
	PUT(121, 24, 192, 0, 2, 0, 0, 0, 0, 0, 192, 0, 2, 1, 16, 20, 1, 10, 0,
	    0, 1);
	ck_assert_str_eq(show_of(&route_policy_default_only),
			 "192.0.2.1/32 -, 0.0.0.0/0 192.0.2.1");
}
END_TEST

/* Covers: DF-route-03 3442-local-02 */
START_TEST(unusable_routers_are_passed_over)
{
	PUT(3, 0, 0, 0, 0, 10, 0, 0, 50, 224, 0, 0, 1, 255, 255, 255, 255, 127,
	    0, 0, 1, 10, 0, 0, 1);
	ck_assert_str_eq(show(), "0.0.0.0/0 10.0.0.1");
}
END_TEST

START_TEST(no_usable_router)
{
	PUT(3, 0, 0, 0, 0, 10, 0, 0, 50);
	ck_assert_str_eq(show(), "");
}
END_TEST

/* Covers: DF-route-01 */
START_TEST(router_elsewhere_gets_a_route)
{
	PUT(3, 192, 0, 2, 1);
	ck_assert_str_eq(show(), "192.0.2.1/32 -, 0.0.0.0/0 192.0.2.1");
}
END_TEST

/* Covers: DF-route-02 */
START_TEST(single_address_with_a_router)
{
	lease.prefix_length = 32;
	PUT(3, 10, 128, 0, 1);
	ck_assert_str_eq(show(), "10.128.0.1/32 -, 0.0.0.0/0 10.128.0.1");
}
END_TEST

/* ---- option 33 ------------------------------------------------------- */

/* Covers: 3442-local-02 2132-5.8-02 */
START_TEST(static_routes_are_by_class)
{
	PUT(3, 10, 0, 0, 1);
	PUT(33, 12, 0, 0, 0, 10, 0, 0, 2, /* class A */
	    172, 16, 0, 0, 10, 0, 0, 3,	  /* class B */
	    192, 168, 7, 0, 10, 0, 0, 4,  /* class C */
	    12, 0, 0, 9, 10, 0, 0, 5,	  /* one host */
	    0, 0, 0, 0, 10, 0, 0, 6,	  /* illegal */
	    192, 168, 8, 0, 0, 0, 0, 0,	  /* no router */
	    127, 0, 0, 0, 10, 0, 0, 7);	  /* loopback */
	ck_assert_str_eq(show(), "12.0.0.0/8 10.0.0.2, 172.16.0.0/16 10.0.0.3, "
				 "192.168.7.0/24 10.0.0.4, "
				 "12.0.0.9/32 10.0.0.5, 0.0.0.0/0 10.0.0.1");
}
END_TEST

/* ---- option 121 ------------------------------------------------------ */

/* Covers: 3442-format-01 3442-client-01 */
START_TEST(every_width)
{
	PUT(121, 0, 10, 0, 0, 1, 1, 128, 10, 0, 0, 1, 8, 20, 10, 0, 0, 1, 9, 20,
	    128, 10, 0, 0, 1, 16, 20, 1, 10, 0, 0, 1, 17, 20, 1, 128, 10, 0, 0,
	    1, 24, 20, 1, 2, 10, 0, 0, 1, 25, 20, 1, 2, 128, 10, 0, 0, 1, 32,
	    20, 1, 2, 3, 10, 0, 0, 1);
	ck_assert_str_eq(show(), "0.0.0.0/0 10.0.0.1, 128.0.0.0/1 10.0.0.1, "
				 "20.0.0.0/8 10.0.0.1, 20.128.0.0/9 10.0.0.1, "
				 "20.1.0.0/16 10.0.0.1, 20.1.128.0/17 10.0.0.1, "
				 "20.1.2.0/24 10.0.0.1, 20.1.2.128/25 10.0.0.1, "
				 "20.1.2.3/32 10.0.0.1");
}
END_TEST

/* Covers: 3442-client-07 */
START_TEST(host_bits_are_cleared)
{
	PUT(121, 25, 129, 210, 177, 132, 10, 0, 0, 1, 4, 255, 10, 0, 0, 1, 7,
	    21, 10, 0, 0, 1);
	/* 255/4 is class E and left out. */
	ck_assert_str_eq(show(), "129.210.177.128/25 10.0.0.1, "
				 "20.0.0.0/7 10.0.0.1");
}
END_TEST

/* Covers: 3442-client-02 3442-client-03 DF-route-04 */
START_TEST(classless_routes_displace_the_others)
{
	PUT(3, 10, 0, 0, 1);
	PUT(33, 192, 168, 7, 0, 10, 0, 0, 4);
	PUT(121, 16, 20, 1, 10, 0, 0, 9);
	PUT(249, 16, 20, 2, 10, 0, 0, 9);
	ck_assert_str_eq(show(), "20.1.0.0/16 10.0.0.9");
}
END_TEST

/* Covers: DF-route-04 */
START_TEST(option_249_is_the_same)
{
	PUT(3, 10, 0, 0, 1);
	PUT(249, 16, 20, 2, 10, 0, 0, 9);
	ck_assert_str_eq(show(), "20.2.0.0/16 10.0.0.9");
}
END_TEST

/* Covers: 3442-local-01 */
START_TEST(router_zero_is_on_link)
{
	PUT(121, 24, 192, 168, 7, 0, 0, 0, 0);
	ck_assert_str_eq(show(), "192.168.7.0/24 -");
}
END_TEST

/* Covers: DF-route-02 */
START_TEST(on_link_routes_come_first)
{
	lease.prefix_length = 32;
	PUT(121, 0, 10, 128, 0, 1, 32, 10, 128, 0, 1, 0, 0, 0, 0);
	ck_assert_str_eq(show(), "10.128.0.1/32 -, 0.0.0.0/0 10.128.0.1");
}
END_TEST

START_TEST(wider_link_reaches_a_gateway)
{
	PUT(121, 0, 192, 0, 2, 1, 24, 192, 0, 2, 0, 0, 0, 0);
	ck_assert_str_eq(show(), "192.0.2.0/24 -, 0.0.0.0/0 192.0.2.1");
}
END_TEST

/* What lies behind a gateway is no gateway. */
START_TEST(gateway_behind_a_gateway)
{
	PUT(121, 32, 192, 0, 2, 1, 10, 0, 0, 1, 0, 192, 0, 2, 1);
	ck_assert_str_eq(show(), "192.0.2.1/32 10.0.0.1");
}
END_TEST

/* An on-link default route reaches a gateway only as far as the kernel is told. */
START_TEST(on_link_default_reaches_no_gateway)
{
	PUT(121, 0, 0, 0, 0, 0, 16, 20, 1, 192, 0, 2, 1);
	ck_assert_str_eq(show(), "0.0.0.0/0 -, 192.0.2.1/32 -, "
				 "20.1.0.0/16 192.0.2.1");
}
END_TEST

/* Covers: DF-route-05 3442-format-02 */
START_TEST(malformed_rest_is_not_read)
{
	static const uint8_t widths[] = { 33, 128, 255 };

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		setup();
		PUT(121, 16, 20, 1, 10, 0, 0, 9, widths[i], 20, 2, 10, 0, 0, 9,
		    0, 10, 0, 0, 1);
		ck_assert_str_eq(show(), "20.1.0.0/16 10.0.0.9");
		setup();
		PUT(3, 10, 0, 0, 1);
		PUT(121, widths[i], 20, 2, 10, 0, 0, 9, 0, 10, 0, 0, 1);
		ck_assert_str_eq(show(), "");
	}
}
END_TEST

/* Covers: 3442-format-02 */
START_TEST(cut_route_is_not_read)
{
	static const uint8_t octets[] = { 16, 20, 1, 10, 0,  0, 9, 32,
					  20, 2,  3, 4,	 10, 0, 0, 9 };

	for (size_t size = 7; size < sizeof(octets); size++) {
		setup();
		put(121, octets, size);
		ck_assert_str_eq(show(), "20.1.0.0/16 10.0.0.9");
	}
}
END_TEST

/* Covers: DF-route-06 */
START_TEST(first_of_a_destination_counts)
{
	PUT(121, 16, 20, 1, 10, 0, 0, 9, 16, 20, 1, 10, 0, 0, 8, 24, 20, 1, 0,
	    10, 0, 0, 7);
	ck_assert_str_eq(show(), "20.1.0.0/16 10.0.0.9, 20.1.0.0/24 10.0.0.7");
}
END_TEST

/* Covers: DF-route-07 */
START_TEST(no_route_to_what_is_no_place)
{
	PUT(121, 8, 127, 10, 0, 0, 1, 4, 224, 10, 0, 0, 1, 4, 240, 10, 0, 0, 1,
	    32, 10, 0, 0, 50, 10, 0, 0, 1, 16, 20, 1, 10, 0, 0, 50, 16, 20, 2,
	    224, 0, 0, 1, 16, 20, 3, 10, 0, 0, 1);
	ck_assert_str_eq(show(), "20.3.0.0/16 10.0.0.1");
}
END_TEST

/* The halves of everything, as VPNs and their foes use them. */
START_TEST(halves_of_everything)
{
	PUT(121, 1, 0, 10, 0, 0, 1, 1, 128, 10, 0, 0, 1);
	ck_assert_str_eq(show(), "0.0.0.0/1 10.0.0.1, 128.0.0.0/1 10.0.0.1");
}
END_TEST

/* The address brings the route of its subnet; a second one would fail. */
START_TEST(prefix_route_is_not_among_them)
{
	PUT(121, 24, 10, 0, 0, 0, 0, 0, 0, 24, 10, 0, 0, 10, 0, 0, 1, 16, 20, 1,
	    10, 0, 0, 1);
	ck_assert_str_eq(show(), "20.1.0.0/16 10.0.0.1");
	setup();
	lease.prefix_length = 25;
	PUT(121, 24, 10, 0, 0, 0, 0, 0, 0);
	ck_assert_str_eq(show(), "10.0.0.0/24 -");
}
END_TEST

/* ---- bounds ---------------------------------------------------------- */

/* Routes 20.0.0.0/16 and on by a gateway; the default route first. */
static void put_many(unsigned count, uint8_t gateway)
{
	uint8_t octets[120 * 7 + 5] = { 0, gateway, 0, 0, 1 };

	for (unsigned i = 0; i < count; i++) {
		uint8_t *at = octets + 5 + (size_t)i * 7;

		at[0] = 16;
		at[1] = 20;
		at[2] = (uint8_t)i;
		at[3] = gateway;
		at[6] = 1;
	}
	put(121, octets, 5 + (size_t)count * 7);
}

/* Covers: DF-opt-09 */
START_TEST(last_ones_are_left_out)
{
	put_many(100, 10);
	ck_assert_uint_eq(lease_routes(&lease, &route_policy_all, routes),
			  DHCP4_ROUTES_MAX);
	ck_assert_uint_eq(routes[0].prefix_length, 0);
	ck_assert_uint_eq(routes[63].destination, 0x143e0000);
}
END_TEST

/* All of them by a gateway elsewhere: the route to it has its room. */
START_TEST(routes_without_a_way_are_left_out)
{
	for (unsigned count = 60; count <= 100; count++) {
		unsigned used;

		setup();
		put_many(count, 11);
		used = lease_routes(&lease, &route_policy_all, routes);
		ck_assert_uint_eq(used, count + 2 < DHCP4_ROUTES_MAX
						? count + 2
						: DHCP4_ROUTES_MAX);
		ck_assert_uint_eq(routes[0].destination, 0x0b000001);
		ck_assert_uint_eq(routes[0].prefix_length, 32);
		ck_assert_uint_eq(routes[0].gateway, 0);
		ck_assert_uint_eq(routes[1].prefix_length, 0);
	}
}
END_TEST

/* Whatever a server says, each gateway is reachable by what stands before. */
START_TEST(each_gateway_is_reachable)
{
	uint8_t seed[32] = "routes", octets[600];
	struct prng prng;

	prng_init(&prng, seed);
	for (int round = 0; round < 400; round++) {
		unsigned count;
		size_t size = 5 + (size_t)prng_below(&prng, sizeof(octets) - 4);

		setup();
		lease.prefix_length = (uint8_t)(8 + prng_below(&prng, 25));
		for (size_t i = 0; i < size; i++)
			octets[i] = (uint8_t)prng_below(&prng, 34);
		put(121, octets, size);
		count = lease_routes(&lease, &route_policy_all, routes);
		for (unsigned i = 0; i < count; i++) {
			ipv4_addr gateway = routes[i].gateway;
			bool reachable =
				gateway == 0 || ipv4_in(gateway, lease.address,
							lease.prefix_length);

			for (unsigned j = 0; j < i; j++)
				reachable |=
					routes[j].gateway == 0 &&
					routes[j].prefix_length &&
					ipv4_in(gateway, routes[j].destination,
						routes[j].prefix_length);
			ck_assert(reachable);
		}
	}
}
END_TEST

Suite *test_lease_routes_suite(void)
{
	Suite *suite = suite_create("lease_routes");
	TCase *tcase = tcase_create("routes");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, no_routes);
	tcase_add_test(tcase, first_router_is_the_default);
	tcase_add_test(tcase, routers_elsewhere_get_routes);
	tcase_add_test(tcase, routers_without_end);
	tcase_add_test(tcase, only_what_is_accepted);
	tcase_add_test(tcase, unusable_routers_are_passed_over);
	tcase_add_test(tcase, no_usable_router);
	tcase_add_test(tcase, router_elsewhere_gets_a_route);
	tcase_add_test(tcase, single_address_with_a_router);
	tcase_add_test(tcase, static_routes_are_by_class);
	tcase_add_test(tcase, every_width);
	tcase_add_test(tcase, host_bits_are_cleared);
	tcase_add_test(tcase, classless_routes_displace_the_others);
	tcase_add_test(tcase, option_249_is_the_same);
	tcase_add_test(tcase, router_zero_is_on_link);
	tcase_add_test(tcase, on_link_routes_come_first);
	tcase_add_test(tcase, wider_link_reaches_a_gateway);
	tcase_add_test(tcase, gateway_behind_a_gateway);
	tcase_add_test(tcase, on_link_default_reaches_no_gateway);
	tcase_add_test(tcase, malformed_rest_is_not_read);
	tcase_add_test(tcase, cut_route_is_not_read);
	tcase_add_test(tcase, first_of_a_destination_counts);
	tcase_add_test(tcase, no_route_to_what_is_no_place);
	tcase_add_test(tcase, halves_of_everything);
	tcase_add_test(tcase, prefix_route_is_not_among_them);
	tcase_add_test(tcase, last_ones_are_left_out);
	tcase_add_test(tcase, routes_without_a_way_are_left_out);
	tcase_add_test(tcase, each_gateway_is_reachable);
	suite_add_tcase(suite, tcase);
	return suite;
}
