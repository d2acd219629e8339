/* SPDX-License-Identifier: BSD-2-Clause */
/* Which routes of a lease lie in those of other interfaces. */
#include <check.h>

#include "base/assert.h"
#include "base/prng.h"
#include "core/shadow.h"
#include "unit/support.h"

Suite *test_shadow_suite(void);

enum {
	VPN = 7,
	LAN = 8
};

static const struct lease_terms terms = { CLIENT, 24, NULL, false };
static struct shadow shadows[SHADOWS_MAX];
static unsigned count;

#define GATEWAY 0x0a000001

/* A quarter, the default route, the way to a gateway elsewhere, and by that. */
static const struct dhcp4_route sent[] = {
	{ .destination = 0xc0000201, .prefix_length = 32 },
	{ .destination = 0x40000000, .prefix_length = 2, .gateway = GATEWAY },
	{ .prefix_length = 0, .gateway = GATEWAY },
	{ .destination = 0x14010000, .prefix_length = 16, .gateway = 0xc0000201 },
};

static void setup(void)
{
	count = shadows_of(&terms, sent, ARRAY_SIZE(sent), shadows);
}

static void note(ipv4_addr address, uint8_t length, int ifindex, bool is_subnet)
{
	const struct shadow_foreign foreign = {
		.prefix = { address, length },
		.ifindex = ifindex,
		.is_subnet = is_subnet,
	};

	shadows_note(shadows, count, &foreign);
}

START_TEST(subnet_and_routes)
{
	ck_assert_uint_eq(count, 4);
	ck_assert(shadows[0].is_subnet && shadows[0].prefix.length == 24);
	ck_assert_uint_eq(shadows[0].prefix.address, 0x0a000000);
	ck_assert_uint_eq(shadows[1].prefix.address, 0xc0000201);
	ck_assert_uint_eq(shadows[3].prefix.address, 0x14010000);
	for (unsigned i = 0; i < count; i++)
		ck_assert(!shadows[i].over && (i == 0 || !shadows[i].is_subnet));
	/* A single address has no subnet. */
	ck_assert_uint_eq(
		shadows_of(&(struct lease_terms){ CLIENT, 32, NULL, false },
			   NULL, 0, shadows),
		0);
}
END_TEST

/* Covers: DF-route-08 */
START_TEST(what_lies_in_another)
{
	note(0x40000000, 3, VPN, false); /* less than the quarter */
	note(0x0a000000, 25, VPN, false);
	ck_assert(!shadows[0].over && !shadows[2].over);
	note(0, 1, VPN, false);
	ck_assert_int_eq(shadows[0].over, VPN);
	ck_assert_int_eq(shadows[2].over, VPN);
	ck_assert_uint_eq(shadows[2].over_prefix.length, 1);
	ck_assert(!shadows[1].over);
	/* A narrower one is what is lost, whichever comes first. */
	note(0x40000000, 2, LAN, false);
	ck_assert_int_eq(shadows[2].over, LAN);
	ck_assert_uint_eq(shadows[2].over_prefix.length, 2);
	note(0, 1, VPN, false);
	ck_assert_int_eq(shadows[2].over, LAN);
	ck_assert_int_eq(shadows[0].over, VPN);
}
END_TEST

/* Covers: DF-route-08 */
START_TEST(default_route_of_another)
{
	note(0, 0, VPN, false);
	ck_assert(!shadows[0].over);
	for (unsigned i = 1; i < count; i++)
		ck_assert_int_eq(shadows[i].over, VPN);
}
END_TEST

START_TEST(subnet_of_both)
{
	note(0x0a000000, 24, LAN, true);
	ck_assert(!shadows[0].over);
	note(0x0a000000, 16, LAN, true);
	ck_assert_int_eq(shadows[0].over, LAN);
	setup();
	note(0x0a000000, 24, LAN, false);
	ck_assert_int_eq(shadows[0].over, LAN);
}
END_TEST

static unsigned refuse(struct dhcp4_route *routes, bool *subnet)
{
	for (size_t i = 0; i < ARRAY_SIZE(sent); i++)
		routes[i] = sent[i];
	return shadows_refuse(shadows, count, &terms, routes, ARRAY_SIZE(sent),
			      subnet);
}

/* Covers: DF-route-08 */
START_TEST(what_is_left)
{
	struct dhcp4_route routes[ARRAY_SIZE(sent)];
	bool subnet;

	ck_assert_uint_eq(refuse(routes, &subnet), 4);
	ck_assert(subnet);
	note(0x40000000, 2, VPN, false);
	ck_assert_uint_eq(refuse(routes, &subnet), 3);
	ck_assert(subnet && routes[1].prefix_length == 0);
	/* Without its way no gateway can be used: the subnet's, then the other. */
	note(0x0a000000, 8, VPN, false);
	ck_assert_uint_eq(refuse(routes, &subnet), 2);
	ck_assert(!subnet);
	ck_assert_uint_eq(routes[0].destination, 0xc0000201);
	ck_assert_uint_eq(routes[1].destination, 0x14010000);
	note(0xc0000200, 24, VPN, false);
	ck_assert_uint_eq(refuse(routes, &subnet), 0);
}
END_TEST

/* On-link routes of any width: only those that stay reach a gateway. */
START_TEST(gateways_by_other_routes)
{
	struct dhcp4_route routes[] = {
		{ .prefix_length = 0 },
		{ .destination = 0xc0000200, .prefix_length = 24 },
		{ .destination = 0x14000000,
		  .prefix_length = 8,
		  .gateway = GATEWAY },
		{ .destination = 0x15000000,
		  .prefix_length = 8,
		  .gateway = 0xc0000207 },
		{ .destination = 0x16000000,
		  .prefix_length = 8,
		  .gateway = 0xc6336401 },
	};
	bool subnet;

	count = shadows_of(&terms, routes, ARRAY_SIZE(routes), shadows);
	note(0x0a000000, 24, VPN, false);
	ck_assert_uint_eq(shadows_refuse(shadows, count, &terms, routes,
					 ARRAY_SIZE(routes), &subnet),
			  3);
	ck_assert(!subnet);
	ck_assert_uint_eq(routes[2].destination, 0x15000000);
}
END_TEST

/*
 * Whatever is sent and whoever has routes: what is left covers no part of a
 * foreign route that is wider, but for the default route.
 */
START_TEST(nothing_is_taken)
{
	struct dhcp4_route routes[8];
	struct shadow_foreign foreign[8];
	uint8_t seed[32] = "shadows";
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned round = 0; round < 5000; round++) {
		unsigned kept;
		bool subnet;

		for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
			uint8_t length = (uint8_t)prng_below(&prng, 9);
			ipv4_addr address = (ipv4_addr)prng_below(&prng, 256)
					    << 24;

			routes[i] = (struct dhcp4_route){
				.destination = address & ipv4_mask(length),
				.prefix_length = length,
			};
			length = (uint8_t)prng_below(&prng, 9);
			address = (ipv4_addr)prng_below(&prng, 256) << 24;
			foreign[i] = (struct shadow_foreign){
				.prefix = { address & ipv4_mask(length), length },
				.ifindex = VPN,
			};
		}
		count = shadows_of(&terms, routes, ARRAY_SIZE(routes), shadows);
		for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
			shadows_note(shadows, count, &foreign[i]);
		kept = shadows_refuse(shadows, count, &terms, routes,
				      ARRAY_SIZE(routes), &subnet);
		for (unsigned i = 0; i < kept * ARRAY_SIZE(foreign); i++) {
			const struct dhcp4_route *route = &routes[i / 8];
			const struct ipv4_prefix other = foreign[i % 8].prefix;

			ck_assert(route->prefix_length == 0 ||
				  route->prefix_length < other.length ||
				  !ipv4_in(route->destination, other.address,
					   other.length));
		}
	}
}
END_TEST

Suite *test_shadow_suite(void)
{
	Suite *suite = suite_create("shadow");
	TCase *tcase = tcase_create("shadows");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, subnet_and_routes);
	tcase_add_test(tcase, what_lies_in_another);
	tcase_add_test(tcase, default_route_of_another);
	tcase_add_test(tcase, subnet_of_both);
	tcase_add_test(tcase, what_is_left);
	tcase_add_test(tcase, gateways_by_other_routes);
	tcase_add_test(tcase, nothing_is_taken);
	suite_add_tcase(suite, tcase);
	return suite;
}
