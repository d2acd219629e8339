/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of a reply that a client may be told to ignore, or that it never reads. */
#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_options_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

static bool has(uint8_t code)
{
	struct option_value value;

	return dhcp4_options_get(&w.client.lease.options, code, &value);
}

/* ---- options 121 and 249 switched off ---------------------------------- */

/* 10.8.0.1 by 33, 10.9.0.0/16 by 121, 10.7.0.0/16 by 249. */
#define ALL_ROUTES \
	33, 8, 10, 8, 0, 1, 10, 0, 0, 2, 121, 7, 16, 10, 9, 10, 0, 0, 254, \
		249, 7, 16, 10, 7, 10, 0, 0, 254

static void check_old_routes(void)
{
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];

	ck_assert_uint_eq(
		lease_routes(&w.client.lease, &route_policy_all, routes), 2);
	ck_assert_uint_eq(routes[0].destination, 0x0a080001);
	ck_assert_uint_eq(routes[1].prefix_length, 0);
	ck_assert_uint_eq(routes[1].gateway, SERVER);
	ck_assert(has(33));
	ck_assert(!has(121));
	ck_assert(!has(249));
}

/* Covers: 3442-client-08 */
START_TEST(classless_routes_are_ignored)
{
	struct reply ack = world_reply(&w, DHCP4_TYPE_ACK);
	struct reply all = { REPLY_OPTIONS(ALL_ROUTES) };

	w.config.ignore_classless_routes = true;
	ack.options = all.options;
	ack.options_size = all.options_size;
	world_bind_as(&w, &ack);
	check_old_routes();
	world_run_to(&w, w.client.lease.t1_ns);
	ack.xid = w.client.xid;
	world_receive(&w, &ack);
	check_old_routes();
}
END_TEST

/* Neither is the prefix of an address taken from them if the mask is missing. */
START_TEST(no_mask_is_guessed_of_ignored_routes)
{
	struct reply link = { REPLY_OPTIONS(121, 8, 24, 10, 0, 0, 0, 0, 0, 0) };

	for (unsigned ignore = 0; ignore < 2; ignore++) {
		struct reply ack;

		setup();
		w.config.ignore_classless_routes = ignore;
		ack = world_reply(&w, DHCP4_TYPE_ACK);
		ack.mask = 0;
		ack.options = link.options;
		ack.options_size = link.options_size;
		world_bind_as(&w, &ack);
		ck_assert_uint_eq(w.kernel_length, ignore ? 8 : 24);
	}
}
END_TEST

/* A stored lease may be of a time when they were used. */
START_TEST(stored_classless_routes_are_ignored)
{
	for (unsigned ignore = 0; ignore < 2; ignore++) {
		struct dhcp4_lease lease;

		setup();
		w.config.ignore_classless_routes = ignore;
		lease = world_lease(&w, 3000);
		ck_assert(dhcp4_options_append(&lease.options, 121,
					       "\x10\x0a\x09\x0a\0\0\xfe", 7));
		world_load(&w, &lease, true, true);
		ck_assert_int_eq(has(121), !ignore);
	}
}
END_TEST

/* ---- vendor-specific information, which nobody here reads ---------------- */

/* Each with a router behind it, which is read: 43 spoils nothing else. */
static const struct {
	uint8_t size;
	uint8_t bytes[24];
} vendor_options[] = {
	{ 6, { 3, 4, 10, 0, 0, 7 } },
	{ 8, { 43, 0, 3, 4, 10, 0, 0, 7 } },
	/* Suboption 1, the end of the encapsulated part, and junk. */
	{ 15, { 43, 7, 1, 2, 'a', 'b', 255, 9, 9, 3, 4, 10, 0, 0, 7 } },
	/* A suboption beyond the end, of 43 and of the message. */
	{ 11, { 43, 3, 1, 200, 7, 3, 4, 10, 0, 0, 7 } },
	{ 9, { 43, 1, 1, 3, 4, 10, 0, 0, 7 } },
	/* What looks like options of DHCP is none. */
	{ 16, { 43, 8, 51, 4, 0, 0, 0, 1, 53, 6, 3, 4, 10, 0, 0, 7 } },
};

/* Covers: 2132-8.4-01 2132-8.4-02 */
START_TEST(vendor_options_are_not_read)
{
	struct reply ack;
	ipv4_addr router = 0;

	w.config.parameters[w.config.parameters_count++] = 43;
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	ack.router = 0;
	ack.options = vendor_options[_i].bytes;
	ack.options_size = vendor_options[_i].size;
	world_bind_as(&w, &ack);
	ck_assert(dhcp4_options_get_address(&w.client.lease.options, 3, 0,
					    &router));
	ck_assert_uint_eq(router, 0x0a000007);
	ck_assert_uint_eq(w.client.lease.lease_s, 3600);
	ck_assert_int_eq(has(43), vendor_options[_i].bytes[0] == 43 &&
					  vendor_options[_i].bytes[1] > 0);
}
END_TEST

Suite *test_client_options_suite(void)
{
	Suite *suite = suite_create("client_options");
	TCase *ignored = tcase_create("ignored");

	tcase_add_checked_fixture(ignored, setup, NULL);
	tcase_add_test(ignored, classless_routes_are_ignored);
	tcase_add_test(ignored, no_mask_is_guessed_of_ignored_routes);
	tcase_add_test(ignored, stored_classless_routes_are_ignored);
	tcase_add_loop_test(ignored, vendor_options_are_not_read, 0,
			    (int)ARRAY_SIZE(vendor_options));
	suite_add_tcase(suite, ignored);
	return suite;
}
