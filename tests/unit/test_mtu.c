/* SPDX-License-Identifier: BSD-2-Clause */
/* MTUs of leases: which of them count, and for how long they excuse a carrier. */
#include "daemon/mtu.h"

#include <check.h>

#include "base/assert.h"
#include "daemon/settings.h"

Suite *test_mtu_suite(void);

static uint32_t wanted(const struct iface_settings *settings, unsigned mtu)
{
	/* By hand: a message that says 0 or 67 is not even read. */
	const struct dhcp4_lease lease = {
		.options = { 5,
			     { DHCP4_OPTION_INTERFACE_MTU, 0, 2,
			       (uint8_t)(mtu >> 8), (uint8_t)mtu } },
	};

	return mtu_wanted(settings, &lease);
}

/* Covers: DF-mtu-01 */
START_TEST(small_ones_are_ignored)
{
	static const unsigned small[] = { 0, 1, 67, 68, 575 };
	struct iface_settings settings = { .mtu = true, .mtu_min = 576 };

	for (size_t i = 0; i < ARRAY_SIZE(small); i++)
		ck_assert_uint_eq(wanted(&settings, small[i]), 0);
	ck_assert_uint_eq(wanted(&settings, 576), 576);
	ck_assert_uint_eq(wanted(&settings, 65535), 65535);
	settings.mtu_min = 400;
	ck_assert_uint_eq(wanted(&settings, 399), 0);
	ck_assert_uint_eq(wanted(&settings, 400), 400);
}
END_TEST

START_TEST(none_unless_wanted)
{
	const struct iface_settings off = { .mtu_min = 576 };
	const struct iface_settings on = { .mtu = true, .mtu_min = 576 };
	const struct dhcp4_lease lease = { 0 };

	ck_assert_uint_eq(wanted(&off, 1400), 0);
	ck_assert_uint_eq(mtu_wanted(&on, &lease), 0);
}
END_TEST

START_TEST(excused_for_a_while)
{
	struct mtu_state state = { 0 };

	ck_assert(!mtu_excuses(&state, NSEC_PER_S));
	state.changed_ns = 10 * NSEC_PER_S;
	ck_assert(mtu_excuses(&state, 10 * NSEC_PER_S));
	ck_assert(mtu_excuses(&state, 15 * NSEC_PER_S - 1));
	ck_assert(!mtu_excuses(&state, 15 * NSEC_PER_S));
}
END_TEST

Suite *test_mtu_suite(void)
{
	Suite *suite = suite_create("mtu");
	TCase *tcase = tcase_create("mtu");

	tcase_add_test(tcase, small_ones_are_ignored);
	tcase_add_test(tcase, none_unless_wanted);
	tcase_add_test(tcase, excused_for_a_while);
	suite_add_tcase(suite, tcase);
	return suite;
}
