/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a lease is not used, by which rule, and what a policy allows. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "core/lease.h"
#include "unit/support.h"

Suite *test_flaw_suite(void);

static struct dhcp4_message message;
static struct flaws flaws;

static void setup(void)
{
	memset(&message, 0, sizeof(message));
	message.type = DHCP4_TYPE_ACK;
	message.header.yiaddr = CLIENT;
}

static void put(uint8_t code, const void *octets, size_t size)
{
	ck_assert(dhcp4_options_append(&message.options, code, octets, size));
}

/* Options in ascending order of their codes. */
#define PUT(code, ...) \
	put(code, (const uint8_t[]){ __VA_ARGS__ }, \
	    sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void look(const struct route_policy *policy)
{
	lease_flaws_of(&message, policy, &flaws);
}

static unsigned all_flaws(void)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < FLAW_COUNT; i++)
		sum += flaws.of[i].count;
	return sum;
}

/* One rule is broken so often, by this first, and no other one. */
static void expect(enum flaw flaw, unsigned count, ipv4_addr address,
		   unsigned length)
{
	ck_assert_msg(flaws.of[flaw].count == count && all_flaws() == count,
		      "%s: %u of %u", flaw_name(flaw), flaws.of[flaw].count,
		      all_flaws());
	ck_assert_uint_eq(flaws.of[flaw].first.address, address);
	ck_assert_uint_eq(flaws.of[flaw].first.length, length);
}

START_TEST(usual_lease_has_none)
{
	PUT(1, 255, 255, 255, 0);
	PUT(3, 10, 0, 0, 1, 10, 0, 0, 1, 10, 0, 0, 2);
	PUT(6, 0, 0, 0, 0, 10, 0, 0, 2);
	look(&route_policy_all);
	ck_assert_uint_eq(all_flaws(), 0);
	/* The subnet itself, and what is said twice, are no flaws. */
	PUT(121, 24, 10, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1, 0, 10, 0, 0, 1, 1, 0,
	    10, 0, 0, 1, 1, 128, 10, 0, 0, 1, 7, 126, 10, 0, 0, 1);
	look(&route_policy_all);
	ck_assert_uint_eq(all_flaws(), 0);
}
END_TEST

/* Covers: DF-addr-04 */
START_TEST(mask_of_no_subnet)
{
	static const ipv4_addr masks[] = { 0, 0x80000000, 0xfe000000,
					   0xff00ff00, 0x00ffffff };

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		setup();
		PUT(1, (uint8_t)(masks[i] >> 24), (uint8_t)(masks[i] >> 16),
		    (uint8_t)(masks[i] >> 8), (uint8_t)masks[i]);
		PUT(3, 10, 0, 0, 1);
		look(&route_policy_all);
		expect(FLAW_MASK, 1, masks[i], 32);
	}
}
END_TEST

/* Covers: DF-addr-01 DF-addr-02 */
START_TEST(address_of_no_host)
{
	static const ipv4_addr addresses[] = { 0x00010203, 0x7f000001,
					       0xe0000005, 0xf0000001,
					       0x0a000000, 0x0a0000ff };

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		setup();
		message.header.yiaddr = addresses[i];
		PUT(1, 255, 255, 255, 0);
		look(&route_policy_all);
		expect(FLAW_ADDRESS, 1, addresses[i], 32);
	}
}
END_TEST

/* A gateway of 0 is none, not that address. */
START_TEST(no_address_is_no_gateway)
{
	message.header.yiaddr = 0;
	PUT(1, 255, 255, 255, 0);
	PUT(121, 24, 10, 1, 0, 0, 0, 0, 0);
	look(&route_policy_all);
	expect(FLAW_ADDRESS, 1, 0, 32);
}
END_TEST

/* Covers: DF-route-07 */
START_TEST(destinations_that_are_no_place)
{
	PUT(121, 8, 0, 10, 0, 0, 1, 9, 127, 128, 10, 0, 0, 1, 4, 224, 10, 0, 0,
	    1, 32, 255, 255, 255, 255, 10, 0, 0, 1, 3, 224, 10, 0, 0, 1, 16, 20,
	    1, 10, 0, 0, 1);
	look(&route_policy_all);
	expect(FLAW_DESTINATION, 5, 0, 8);
	setup();
	PUT(33, 0, 0, 0, 0, 10, 0, 0, 1, 127, 0, 0, 0, 10, 0, 0, 1);
	look(&route_policy_all);
	expect(FLAW_DESTINATION, 2, 0, 8);
}
END_TEST

/* Covers: DF-route-07 DF-route-03 */
START_TEST(ways_that_are_none)
{
	PUT(121, 32, 10, 0, 0, 50, 10, 0, 0, 1);
	look(&route_policy_all);
	expect(FLAW_OWN_ADDRESS, 1, CLIENT, 32);
	setup();
	PUT(121, 16, 20, 1, 10, 0, 0, 50);
	look(&route_policy_all);
	expect(FLAW_OWN_GATEWAY, 1, 0x14010000, 16);
	setup();
	PUT(121, 16, 20, 1, 224, 0, 0, 1, 16, 20, 2, 127, 0, 0, 1);
	look(&route_policy_all);
	expect(FLAW_GATEWAY, 2, 0x14010000, 16);
}
END_TEST

/* Covers: DF-route-06 */
START_TEST(second_way)
{
	PUT(1, 255, 255, 255, 0);
	PUT(121, 16, 20, 1, 10, 0, 0, 9, 16, 20, 1, 10, 0, 0, 8, 24, 10, 0, 0,
	    10, 0, 0, 1);
	look(&route_policy_all);
	expect(FLAW_SECOND_WAY, 2, 0x14010000, 16);
}
END_TEST

/* Covers: DF-opt-09 */
START_TEST(more_than_are_taken)
{
	uint8_t octets[70 * 6];

	for (unsigned i = 0; i < 70; i++)
		memcpy(octets + (size_t)6 * i,
		       (const uint8_t[]){ 8, (uint8_t)(20 + i), 10, 0, 0, 1 }, 6);
	put(121, octets, sizeof(octets));
	look(&route_policy_all);
	expect(FLAW_SURPLUS, 6, 0x54000000, 8);
	/* The way to a gateway elsewhere takes the place of the last one. */
	setup();
	for (unsigned i = 0; i < 70; i++)
		octets[(size_t)6 * i + 2] = 11;
	PUT(1, 255, 255, 255, 0);
	put(121, octets, sizeof(octets));
	look(&route_policy_all);
	expect(FLAW_SURPLUS, 7, 0x54000000, 8);
}
END_TEST

START_TEST(name_servers_that_are_none)
{
	struct dhcp4_lease lease = { .address = CLIENT, .prefix_length = 24 };
	const struct lease_terms terms = lease_terms(&lease);
	unsigned index = 0;
	ipv4_addr server;

	PUT(6, 127, 0, 0, 53, 10, 0, 0, 2, 0, 0, 0, 0, 10, 0, 0, 50, 224, 0, 0,
	    251, 8, 8, 8, 8);
	lease.options = message.options;
	lease_flaws(&lease, &route_policy_all, &flaws);
	ck_assert_uint_eq(flaws.of[FLAW_NAME_SERVER].count, 2);
	ck_assert_uint_eq(flaws.of[FLAW_NAME_SERVER].first.address, 0x7f000035);
	ck_assert_uint_eq(flaws.of[FLAW_OWN_NAME_SERVER].count, 1);
	ck_assert_uint_eq(flaws.of[FLAW_OWN_NAME_SERVER].first.address, CLIENT);
	ck_assert_uint_eq(all_flaws(), 3);
	ck_assert(lease_next_name_server(&terms, &index, &server, NULL));
	ck_assert_uint_eq(server, 0x0a000002);
	ck_assert(lease_next_name_server(&terms, &index, &server, NULL));
	ck_assert_uint_eq(server, 0x08080808);
	ck_assert(!lease_next_name_server(&terms, &index, &server, NULL));
}
END_TEST

/* ---- policies ----------------------------------------------------------- */

/* Covers: DF-route-08 */
START_TEST(policies_by_name)
{
	static const struct {
		struct ipv4_prefix prefix;
		bool by_default_only, by_private_only;
	} rows[] = {
		{ { 0, 0 }, true, true },
		{ { 0, 1 }, false, false },
		{ { 0x0a000000, 8 }, false, true },
		{ { 0x0a010203, 32 }, false, true },
		{ { 0x0a000000, 7 }, false, false },
		{ { 0xac100000, 12 }, false, true },
		{ { 0xac1f0000, 16 }, false, true },
		{ { 0xac200000, 16 }, false, false },
		{ { 0xc0a80700, 24 }, false, true },
		{ { 0xc0a90000, 16 }, false, false },
		{ { 0x64400000, 10 }, false, true },
		{ { 0x64800000, 10 }, false, false },
		{ { 0x08080808, 32 }, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipv4_prefix p = rows[i].prefix;

		ck_assert(route_policy_allows(&route_policy_all, p));
		ck_assert(!route_policy_allows(&route_policy_none, p));
		ck_assert(route_policy_allows(&route_policy_default_only, p) ==
			  rows[i].by_default_only);
		ck_assert(route_policy_allows(&route_policy_private_only, p) ==
			  rows[i].by_private_only);
	}
}
END_TEST

START_TEST(policy_refuses)
{
	PUT(1, 255, 255, 255, 0);
	PUT(121, 1, 0, 10, 0, 0, 1, 1, 128, 10, 0, 0, 1, 8, 10, 10, 0, 0, 1);
	look(&route_policy_private_only);
	expect(FLAW_POLICY, 2, 0, 1);
	/* By a list, the way to a gateway has to be allowed as well. */
	setup();
	PUT(1, 255, 255, 255, 0);
	PUT(3, 8, 8, 8, 8);
	look(&route_policy_private_only);
	expect(FLAW_POLICY, 1, 0x08080808, 32);
	look(&route_policy_default_only);
	ck_assert_uint_eq(all_flaws(), 0);
	/* One that is itself behind a gateway is no way, whoever allows it. */
	setup();
	PUT(1, 255, 255, 255, 0);
	PUT(121, 32, 10, 9, 9, 9, 10, 0, 0, 1, 0, 10, 9, 9, 9);
	look(&route_policy_private_only);
	ck_assert_uint_eq(all_flaws(), 0);
}
END_TEST

static const struct route_policy listed = {
	.count = 3,
	.prefixes = { { 0x14000000, 8 }, { 0x0a090000, 16 }, { 0, 0 } },
};

static bool is_way_to_a_gateway(const struct dhcp4_route *route,
				const struct dhcp4_route *routes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (route->prefix_length == 32 && route->gateway == 0 &&
		    routes[i].gateway == route->destination)
			return true;
	}
	return false;
}

/* Mostly what servers send, and what they should not. */
static size_t draw_routes(struct prng *prng, uint8_t octets[600])
{
	static const uint8_t firsts[] = { 0,   10,  20,	 100, 126, 127,
					  128, 172, 192, 224, 240, 8 };
	struct writer w = writer_over(octets, 600);

	for (uint64_t i = prng_below(prng, 66); i > 0; i--) {
		uint8_t length = (uint8_t)prng_below(prng, 33);

		writer_u8(&w, length);
		for (unsigned bits = 0; bits < length; bits += 8)
			writer_u8(&w, bits ? (uint8_t)prng_below(prng, 256)
					   : firsts[prng_below(prng, 12)]);
		writer_u8(&w, firsts[prng_below(prng, 12)]);
		writer_u8(&w, 0);
		writer_u8(&w, 0);
		writer_u8(&w, (uint8_t)prng_below(prng, 60));
	}
	ck_assert(!w.failed);
	return w.used;
}

/*
 * Whatever a server says: each route that is installed is one that the policy
 * allows and that breaks no rule, and nothing of the lease itself does.
 */
START_TEST(only_what_is_allowed_is_installed)
{
	static const struct route_policy *const policies[] = {
		&route_policy_all,
		&route_policy_default_only,
		&route_policy_private_only,
		&route_policy_none,
		&listed,
	};
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	uint8_t seed[32] = "policies", octets[600];
	struct prng prng;
	unsigned seen = 0;

	prng_init(&prng, seed);
	for (unsigned round = 0; round < 4000; round++) {
		const struct route_policy *policy =
			policies[round % ARRAY_SIZE(policies)];
		struct dhcp4_lease lease = { .address = CLIENT };
		struct lease_terms terms = lease_terms(&lease);
		unsigned count;

		terms.prefix_length = (uint8_t)(8 + prng_below(&prng, 25));
		dhcp4_options_append(&lease.options, 121, octets,
				     draw_routes(&prng, octets));
		count = lease_terms_routes(&terms, policy, routes, NULL);
		ck_assert(count <= DHCP4_ROUTES_MAX);
		for (unsigned i = 0; i < count; i++) {
			const struct ipv4_prefix to = { routes[i].destination,
							routes[i].prefix_length };
			unsigned first = to.address >> 24;

			ck_assert(route_policy_allows(policy, to) ||
				  (policy->ways &&
				   is_way_to_a_gateway(&routes[i], routes,
						       count)));
			ck_assert(to.length < 3 || first < 224);
			ck_assert(to.length < 8 || (first && first != 127));
			ck_assert(routes[i].gateway != CLIENT);
			for (unsigned j = 0; j < i; j++)
				ck_assert(routes[j].destination != to.address ||
					  routes[j].prefix_length != to.length);
			seen++;
		}
	}
	ck_assert_uint_gt(seen, 10000);
}
END_TEST

START_TEST(names)
{
	for (unsigned i = 0; i < FLAW_COUNT; i++) {
		ck_assert_str_ne(flaw_name((enum flaw)i), "?");
		ck_assert_str_ne(flaw_text((enum flaw)i), "?");
	}
	ck_assert_str_eq(flaw_name(FLAW_COUNT), "?");
	ck_assert_str_eq(flaw_text(FLAW_COUNT), "?");
}
END_TEST

Suite *test_flaw_suite(void)
{
	Suite *suite = suite_create("flaw");
	TCase *tcase = tcase_create("flaws");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, usual_lease_has_none);
	tcase_add_test(tcase, mask_of_no_subnet);
	tcase_add_test(tcase, address_of_no_host);
	tcase_add_test(tcase, no_address_is_no_gateway);
	tcase_add_test(tcase, destinations_that_are_no_place);
	tcase_add_test(tcase, ways_that_are_none);
	tcase_add_test(tcase, second_way);
	tcase_add_test(tcase, more_than_are_taken);
	tcase_add_test(tcase, name_servers_that_are_none);
	tcase_add_test(tcase, policies_by_name);
	tcase_add_test(tcase, policy_refuses);
	tcase_add_test(tcase, only_what_is_allowed_is_installed);
	tcase_add_test(tcase, names);
	suite_add_tcase(suite, tcase);
	return suite;
}
