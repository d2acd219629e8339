/* SPDX-License-Identifier: BSD-2-Clause */
/* From an ACK to a lease: what is refused, masks, and T1, T2 and expiry. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/lease.h"
#include "unit/support.h"

Suite *test_lease_suite(void);

#define GRANTED S(5000)

static struct dhcp4_message message;
static struct dhcp4_lease lease;
static struct prng prng;

/* What an ACK says; 0 leaves an option out. */
struct ack {
	ipv4_addr yiaddr, server_id, mask;
	uint32_t lease_s, t1_s, t2_s;
};

static const struct ack usual = {
	.yiaddr = CLIENT,
	.server_id = SERVER,
	.mask = MASK,
	.lease_s = 3600,
};

static void setup(void)
{
	uint8_t seed[32] = "lease";

	prng_init(&prng, seed);
	memset(&lease, 0, sizeof(lease));
}

static void append_u32(uint8_t code, uint32_t value)
{
	uint8_t octets[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
			      (uint8_t)(value >> 8), (uint8_t)value };

	ck_assert(dhcp4_options_append(&message.options, code, octets, 4));
}

static void append_known(uint8_t code, uint32_t value)
{
	if (value)
		append_u32(code, value);
}

static void make(const struct ack *ack)
{
	memset(&message, 0, sizeof(message));
	message.type = DHCP4_TYPE_ACK;
	message.header.yiaddr = ack->yiaddr;
	append_known(1, ack->mask);
	append_known(51, ack->lease_s);
	append_known(54, ack->server_id);
	append_known(58, ack->t1_s);
	append_known(59, ack->t2_s);
}

static enum reject check(const struct ack *ack)
{
	make(ack);
	return lease_check(&message, NULL);
}

static void take(const struct ack *ack)
{
	ck_assert_int_eq(check(ack), REJECT_NONE);
	lease_from_ack(&message, GRANTED, NULL, &prng, &lease);
}

/* ---- what is refused ------------------------------------------------- */

START_TEST(usual_ack_is_taken)
{
	struct option_value value;

	make(&usual);
	message.header.siaddr = OTHER;
	message.header.giaddr = 0x0a0000fe;
	strcpy(message.sname, "next");
	strcpy(message.file, "boot/image");
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_NONE);
	lease_from_ack(&message, GRANTED, NULL, &prng, &lease);
	ck_assert_uint_eq(lease.address, CLIENT);
	ck_assert_uint_eq(lease.prefix_length, 24);
	ck_assert(!lease.mask_guessed);
	ck_assert_uint_eq(lease.server_id, SERVER);
	ck_assert_uint_eq(lease.siaddr, OTHER);
	ck_assert_uint_eq(lease.lease_s, 3600);
	ck_assert(lease.granted_ns == GRANTED);
	ck_assert_str_eq(lease.sname, "next");
	ck_assert_str_eq(lease.file, "boot/image");
	ck_assert(dhcp4_options_get(&lease.options, 51, &value));
	ck_assert_uint_eq(lease.options.used, message.options.used);
}
END_TEST

/* Covers: DF-msg-16 DF-msg-15 */
START_TEST(server_must_be_a_host)
{
	static const ipv4_addr wrong[] = { 0,	       0xffffffff, 0xe0000001,
					   0x7f000001, 0xf0000001, 0x00000001 };
	struct ack ack = usual;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ack.server_id = 0;
		make(&ack);
		/* 0.0.0.0 is sent as such, and missing is the same. */
		if (i)
			append_u32(54, wrong[i]);
		ck_assert_int_eq(lease_check(&message, NULL), REJECT_SERVER_ID);
	}
	memset(&message.options, 0, sizeof(message.options));
	append_u32(1, MASK);
	append_u32(51, 3600);
	append_u32(54, 0);
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_SERVER_ID);
}
END_TEST

/*
 * A BOOTP reply needs no server identifier and no time; if it has some they are
 * nothing: its address is for ever.
 * Covers: 1534-3-02
 */
START_TEST(bootp_reply_is_for_ever)
{
	static const struct ack acks[] = {
		{ .yiaddr = CLIENT, .mask = MASK },
		{ CLIENT, SERVER, MASK, 3600, 1800, 3000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(acks); i++) {
		make(&acks[i]);
		ck_assert(lease_check(&message, NULL) == REJECT_SERVER_ID || i);
		message.type = DHCP4_TYPE_BOOTP;
		ck_assert_int_eq(lease_check(&message, NULL), REJECT_NONE);
		lease_from_ack(&message, GRANTED, NULL, &prng, &lease);
		ck_assert_uint_eq(lease.address, CLIENT);
		ck_assert_uint_eq(lease.prefix_length, 24);
		ck_assert_uint_eq(lease.lease_s, DHCP4_LEASE_INFINITE);
		ck_assert(lease.t1_ns == NSEC_NEVER);
		ck_assert(lease.t2_ns == NSEC_NEVER);
		ck_assert(lease.expiry_ns == NSEC_NEVER);
		ck_assert(lease_is_bootp(&lease));
	}
	take(&usual);
	ck_assert(!lease_is_bootp(&lease));
	/* The rest of it is looked at all the same. */
	make(&(struct ack){ .yiaddr = 0xe0000001, .mask = MASK });
	message.type = DHCP4_TYPE_BOOTP;
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_ADDRESS);
	make(&(struct ack){ .yiaddr = CLIENT, .mask = 0xff00ff00 });
	message.type = DHCP4_TYPE_BOOTP;
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_MASK);
}
END_TEST

/* Covers: DF-addr-01 DF-addr-02 DF-msg-10 */
START_TEST(address_must_be_a_host)
{
	static const ipv4_addr wrong[] = {
		0,	    0x00000001, 0x00ffffff, 0x7f000001, 0x7fffffff,
		0xe0000001, 0xefffffff, 0xf0000001, 0xffffffff,
	};
	static const ipv4_addr right[] = { 0x01000001, 0x7effff01, 0x80000001,
					   0xdfffff01 };
	struct ack ack = usual;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ack.yiaddr = wrong[i];
		ck_assert_int_eq(check(&ack), REJECT_ADDRESS);
		ack.mask = 0xffffffff;
		ck_assert_int_eq(check(&ack), REJECT_ADDRESS);
		ack.mask = MASK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		ack.yiaddr = right[i];
		ck_assert_int_eq(check(&ack), REJECT_NONE);
	}
}
END_TEST

/* Covers: DF-addr-03 */
START_TEST(address_fits_its_subnet)
{
	for (unsigned length = 1; length <= 32; length++) {
		ipv4_addr mask = ipv4_mask(length);
		ipv4_addr network = 0x0a0a0a0a & mask;
		struct ack ack = usual;
		enum reject edge = length < 31 ? REJECT_ADDRESS : REJECT_NONE;

		ack.mask = mask;
		/* 10.10.10.10 is in no subnet of its own under /8. */
		if (length < 8)
			continue;
		ack.yiaddr = network;
		ck_assert_int_eq(check(&ack), edge);
		ack.yiaddr = network | ~mask;
		ck_assert_int_eq(check(&ack), edge);
		ack.yiaddr = 0x0a0a0a09;
		ck_assert_int_eq(check(&ack),
				 (ack.yiaddr & ~mask) == 0 ||
						 (ack.yiaddr | mask) == UINT32_MAX
					 ? edge
					 : REJECT_NONE);
	}
}
END_TEST

/* Covers: DF-addr-04 */
START_TEST(mask_must_be_one)
{
	static const ipv4_addr wrong[] = { 0xff00ff00, 0x00ffffff, 0xfffffffd,
					   0x00000001, 0x7fffffff, 0xffff00ff,
					   0x80000000, 0xfc000000, 0xfe000000 };
	struct ack ack = usual;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ack.mask = wrong[i];
		ck_assert_int_eq(check(&ack), REJECT_MASK);
	}
	/* 0.0.0.0, told. */
	memset(&message.options, 0, sizeof(message.options));
	append_u32(1, 0);
	append_u32(51, 3600);
	append_u32(54, SERVER);
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_MASK);
}
END_TEST

START_TEST(masks_become_lengths)
{
	for (unsigned length = LEASE_PREFIX_MIN; length <= 32; length++) {
		struct ack ack = usual;

		ack.mask = ipv4_mask(length);
		take(&ack);
		ck_assert_uint_eq(lease.prefix_length, length);
	}
}
END_TEST

/* Covers: DF-time-01 DF-msg-13 */
START_TEST(lease_time_must_be_told)
{
	struct ack ack = usual;

	ack.lease_s = 0;
	ck_assert_int_eq(check(&ack), REJECT_LEASE_TIME);
	memset(&message.options, 0, sizeof(message.options));
	append_u32(1, MASK);
	append_u32(51, 0);
	append_u32(54, SERVER);
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_LEASE_TIME);
	ack.lease_s = 1;
	ck_assert_int_eq(check(&ack), REJECT_NONE);
}
END_TEST

/* ---- a missing mask -------------------------------------------------- */

/* Covers: DF-addr-06 */
START_TEST(missing_mask_is_the_class_s)
{
	static const struct {
		ipv4_addr address;
		unsigned length;
	} rows[] = { { 0x0a010203, 8 },	 { 0x7e000001, 8 },  { 0x80010203, 16 },
		     { 0xbfff0001, 16 }, { 0xc0000001, 24 }, { 0xdf000001, 24 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ack ack = usual;

		ack.mask = 0;
		ack.yiaddr = rows[i].address;
		take(&ack);
		ck_assert_uint_eq(lease.prefix_length, rows[i].length);
		ck_assert(lease.mask_guessed);
	}
}
END_TEST

START_TEST(missing_mask_is_the_one_held)
{
	struct dhcp4_lease held = { .address = CLIENT, .prefix_length = 26 };
	struct ack ack = usual;

	ack.mask = 0;
	make(&ack);
	lease_from_ack(&message, GRANTED, &held, &prng, &lease);
	ck_assert_uint_eq(lease.prefix_length, 26);
	held.address = CLIENT_2;
	lease_from_ack(&message, GRANTED, &held, &prng, &lease);
	ck_assert_uint_eq(lease.prefix_length, 8);
	/* An address that the class would refuse, and the mask held does not. */
	ack.yiaddr = held.address = 0x0a000000;
	held.prefix_length = 31;
	make(&ack);
	ck_assert_int_eq(lease_check(&message, NULL), REJECT_ADDRESS);
	ck_assert_int_eq(lease_check(&message, &held), REJECT_NONE);
}
END_TEST

START_TEST(missing_mask_is_that_of_a_route)
{
	static const uint8_t routes[] = {
		0,  10, 0, 0, 1,	   /* default */
		16, 10, 9, 0, 0,  0, 0,	   /* on-link, elsewhere */
		24, 10, 0, 0, 10, 0, 0, 1, /* around it, by a router */
		22, 10, 0, 0, 0,  0, 0, 0, /* on-link, around it */
	};
	struct ack ack = usual;

	ack.mask = 0;
	make(&ack);
	ck_assert(dhcp4_options_append(&message.options, 121, routes,
				       sizeof(routes)));
	lease_from_ack(&message, GRANTED, NULL, &prng, &lease);
	ck_assert_uint_eq(lease.prefix_length, 22);
	ck_assert(lease.mask_guessed);
}
END_TEST

/* An on-link default route is around everything and tells nothing. */
START_TEST(missing_mask_is_not_that_of_the_default_route)
{
	struct ack ack = usual;

	ack.mask = 0;
	make(&ack);
	ck_assert(dhcp4_options_append(&message.options, 121, "\0\0\0\0\0", 5));
	lease_from_ack(&message, GRANTED, NULL, &prng, &lease);
	ck_assert_uint_eq(lease.prefix_length, 8);
}
END_TEST

START_TEST(lease_may_be_its_own_successor)
{
	struct ack ack = usual;

	ack.mask = 0xfffffc00;
	take(&ack);
	ack.mask = 0;
	make(&ack);
	lease_from_ack(&message, GRANTED + S(9), &lease, &prng, &lease);
	ck_assert_uint_eq(lease.prefix_length, 22);
	ck_assert(lease.expiry_ns == GRANTED + S(3609));
}
END_TEST

/* Covers: 2132-5.3-01 DF-addr-05 */
START_TEST(broadcast_is_computed)
{
	lease.address = CLIENT;
	lease.prefix_length = 24;
	ck_assert_uint_eq(lease_broadcast(&lease), 0x0a0000ff);
	lease.prefix_length = 30;
	ck_assert_uint_eq(lease_broadcast(&lease), 0x0a000033);
	lease.prefix_length = 8;
	ck_assert_uint_eq(lease_broadcast(&lease), 0x0affffff);
	lease.prefix_length = 31;
	ck_assert_uint_eq(lease_broadcast(&lease), 0);
	lease.prefix_length = 32;
	ck_assert_uint_eq(lease_broadcast(&lease), 0);
}
END_TEST

/* ---- times ----------------------------------------------------------- */

/* Asserts that an instant is at most a part in fifty before the told one. */
static void check_about(nsec instant, nsec told, nsec part_of)
{
	ck_assert(instant <= GRANTED + told);
	ck_assert(instant >= GRANTED + told - part_of / 50);
}

/* Covers: 2131-4.4.5-06 2131-4.4.5-07 */
START_TEST(times_by_default)
{
	struct ack ack = usual;

	ack.lease_s = 100;
	take(&ack);
	check_about(lease.t1_ns, S(50), S(50));
	check_about(lease.t2_ns, MS(87500), MS(37500));
	ck_assert(lease.expiry_ns == GRANTED + S(100));
}
END_TEST

/* Covers: 2131-4.4.5-02 */
START_TEST(times_as_told)
{
	struct ack ack = usual;

	ack.lease_s = 60;
	ack.t1_s = 20;
	ack.t2_s = 40;
	take(&ack);
	check_about(lease.t1_ns, S(20), S(20));
	check_about(lease.t2_ns, S(40), S(20));
}
END_TEST

/* Covers: 2131-4.4.5-08 */
START_TEST(times_are_varied)
{
	nsec first_t1 = 0, first_t2 = 0;
	unsigned t1s = 0, t2s = 0;

	for (unsigned i = 0; i < 20; i++) {
		take(&usual);
		t1s += lease.t1_ns != first_t1;
		t2s += lease.t2_ns != first_t2;
		first_t1 = lease.t1_ns;
		first_t2 = lease.t2_ns;
	}
	ck_assert_uint_gt(t1s, 18);
	ck_assert_uint_gt(t2s, 18);
}
END_TEST

/* Covers: DF-time-03 */
START_TEST(times_out_of_order_are_not_used)
{
	static const uint32_t rows[][2] = {
		{ 60, 30 }, { 100, 100 }, { 200, 300 }, { 50, UINT32_MAX },
		{ 50, 50 }, { 50, 100 },  { 100, 0 },	{ 200, 0 },
		{ 0, 100 }, { 0, 200 },	  { 99, 98 },	{ UINT32_MAX, 1 },
	};
	struct ack ack = usual;

	ack.lease_s = 100;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ack.t1_s = rows[i][0];
		ack.t2_s = rows[i][1];
		take(&ack);
		check_about(lease.t1_ns, S(50), S(50));
		check_about(lease.t2_ns, MS(87500), MS(37500));
	}
	/* Zeros that are told. */
	ack.t1_s = ack.t2_s = 0;
	make(&ack);
	append_u32(58, 0);
	append_u32(59, 0);
	lease_from_ack(&message, GRANTED, NULL, &prng, &lease);
	check_about(lease.t1_ns, S(50), S(50));
	check_about(lease.t2_ns, MS(87500), MS(37500));
}
END_TEST

/* Covers: DF-time-04 */
START_TEST(one_time_is_derived_from_the_other)
{
	struct ack ack = usual;

	ack.lease_s = 100;
	ack.t1_s = 95;
	take(&ack);
	check_about(lease.t1_ns, S(95), S(95));
	ck_assert(lease.t2_ns > lease.t1_ns);
	ck_assert(lease.t2_ns < lease.expiry_ns);
	ack.t1_s = 10;
	take(&ack);
	check_about(lease.t1_ns, S(10), S(10));
	check_about(lease.t2_ns, MS(87500), MS(77500));
	ack.t1_s = 0;
	ack.t2_s = 20;
	take(&ack);
	check_about(lease.t1_ns, S(10), S(10));
	check_about(lease.t2_ns, S(20), S(10));
	ack.t2_s = 99;
	take(&ack);
	check_about(lease.t1_ns, MS(49500), MS(49500));
}
END_TEST

/* A number that is often at an edge. */
static uint32_t some_seconds(uint32_t whole)
{
	switch (prng_below(&prng, 8)) {
	case 0:
		return 0;
	case 1:
		return whole;
	case 2:
		return whole - 1;
	case 3:
		return whole + 1;
	case 4:
		return UINT32_MAX;
	case 5:
		return 1;
	case 6:
		return (uint32_t)prng_below(&prng, (uint64_t)whole + 2);
	default:
		return prng_u32(&prng) >> prng_below(&prng, 32);
	}
}

/* Covers: 2131-4.4.5-01 DF-time-02 */
START_TEST(times_are_in_order_whatever_is_told)
{
	for (int round = 0; round < 3000; round++) {
		struct ack ack = usual;

		ack.lease_s = prng_u32(&prng) >> prng_below(&prng, 32);
		if (ack.lease_s == 0 || ack.lease_s == UINT32_MAX)
			continue;
		ack.t1_s = some_seconds(ack.lease_s);
		ack.t2_s = some_seconds(ack.lease_s);
		take(&ack);
		ck_assert(lease.t1_ns > GRANTED);
		ck_assert(lease.t1_ns < lease.t2_ns);
		ck_assert(lease.t2_ns < lease.expiry_ns);
		ck_assert(lease.expiry_ns == GRANTED + S(ack.lease_s));
		/* What is told in order is kept, but for a fiftieth. */
		if (ack.t1_s && ack.t1_s < ack.t2_s && ack.t2_s < ack.lease_s) {
			check_about(lease.t1_ns, S(ack.t1_s), S(ack.t1_s));
			check_about(lease.t2_ns, S(ack.t2_s),
				    S(ack.t2_s) - S(ack.t1_s));
		}
	}
}
END_TEST

/* Covers: 2131-3.3-02 */
START_TEST(long_leases_are_positive)
{
	static const uint32_t seconds[] = { 0x7fffffff, 0x80000000, 0xfffffffe };
	struct ack ack = usual;

	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		ack.lease_s = seconds[i];
		take(&ack);
		ck_assert(lease.expiry_ns == GRANTED + S(seconds[i]));
		ck_assert(lease.t1_ns > GRANTED + S(seconds[i]) / 100 * 48);
		ck_assert_uint_eq(lease_remaining_s(&lease, GRANTED), seconds[i]);
	}
}
END_TEST

/* Covers: 2131-3.3-01 DF-time-05 */
START_TEST(infinite_lease_has_no_times)
{
	struct ack ack = usual;

	ack.lease_s = UINT32_MAX;
	take(&ack);
	ck_assert(lease.t1_ns == NSEC_NEVER);
	ck_assert(lease.t2_ns == NSEC_NEVER);
	ck_assert(lease.expiry_ns == NSEC_NEVER);
	ck_assert_uint_eq(lease_remaining_s(&lease, GRANTED), UINT32_MAX);
	ack.t1_s = 10;
	ack.t2_s = 20;
	take(&ack);
	ck_assert(lease.expiry_ns == NSEC_NEVER);
}
END_TEST

START_TEST(instants_near_the_end_of_time)
{
	struct ack ack = usual;

	ack.lease_s = 0xfffffffe;
	make(&ack);
	lease_from_ack(&message, NSEC_NEVER - S(10), NULL, &prng, &lease);
	ck_assert(lease.expiry_ns == NSEC_NEVER);
	ck_assert(lease.t1_ns == NSEC_NEVER);
}
END_TEST

START_TEST(remaining_seconds_are_rounded_up)
{
	lease.expiry_ns = S(100);
	ck_assert_uint_eq(lease_remaining_s(&lease, S(90)), 10);
	ck_assert_uint_eq(lease_remaining_s(&lease, S(90) - 1), 11);
	ck_assert_uint_eq(lease_remaining_s(&lease, S(90) + 1), 10);
	ck_assert_uint_eq(lease_remaining_s(&lease, S(100) - 1), 1);
	ck_assert_uint_eq(lease_remaining_s(&lease, S(100)), 0);
	ck_assert_uint_eq(lease_remaining_s(&lease, S(200)), 0);
}
END_TEST

START_TEST(client_ids_are_compared)
{
	struct client_id a = { 3, { 1, 2, 3, 4 } };
	struct client_id b = { 3, { 1, 2, 3, 5 } };

	ck_assert(client_id_equal(&a, &b));
	b.bytes[2] = 9;
	ck_assert(!client_id_equal(&a, &b));
	b = a;
	b.size = 2;
	ck_assert(!client_id_equal(&a, &b));
	a.size = b.size = 0;
	ck_assert(client_id_equal(&a, &b));
}
END_TEST

static TCase *check_tests(void)
{
	TCase *tcase = tcase_create("check");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, usual_ack_is_taken);
	tcase_add_test(tcase, server_must_be_a_host);
	tcase_add_test(tcase, bootp_reply_is_for_ever);
	tcase_add_test(tcase, address_must_be_a_host);
	tcase_add_test(tcase, address_fits_its_subnet);
	tcase_add_test(tcase, mask_must_be_one);
	tcase_add_test(tcase, masks_become_lengths);
	tcase_add_test(tcase, lease_time_must_be_told);
	tcase_add_test(tcase, missing_mask_is_the_class_s);
	tcase_add_test(tcase, missing_mask_is_the_one_held);
	tcase_add_test(tcase, missing_mask_is_that_of_a_route);
	tcase_add_test(tcase, missing_mask_is_not_that_of_the_default_route);
	tcase_add_test(tcase, lease_may_be_its_own_successor);
	tcase_add_test(tcase, broadcast_is_computed);
	tcase_add_test(tcase, client_ids_are_compared);
	return tcase;
}

static TCase *time_tests(void)
{
	TCase *tcase = tcase_create("times");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, times_by_default);
	tcase_add_test(tcase, times_as_told);
	tcase_add_test(tcase, times_are_varied);
	tcase_add_test(tcase, times_out_of_order_are_not_used);
	tcase_add_test(tcase, one_time_is_derived_from_the_other);
	tcase_add_test(tcase, times_are_in_order_whatever_is_told);
	tcase_add_test(tcase, long_leases_are_positive);
	tcase_add_test(tcase, infinite_lease_has_no_times);
	tcase_add_test(tcase, instants_near_the_end_of_time);
	tcase_add_test(tcase, remaining_seconds_are_rounded_up);
	return tcase;
}

Suite *test_lease_suite(void)
{
	Suite *suite = suite_create("lease");

	suite_add_tcase(suite, check_tests());
	suite_add_tcase(suite, time_tests());
	return suite;
}
