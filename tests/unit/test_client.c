/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client gets its lease: from START to BOUND, and what may go wrong between.
 * Silence is asserted as packets are: world_sleep() fails on any deadline.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

START_TEST(init_is_stopped)
{
	struct dhcp4_want want = dhcp4_want(&w.client);

	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert(want.deadline == NSEC_NEVER);
	ck_assert(!want.listen);
	ck_assert_uint_eq(want.watch, 0);
	world_bind(&w);
}
END_TEST

Suite *test_client_suite(void)
{
	Suite *suite = suite_create("client");
	TCase *tcase = tcase_create("client");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, init_is_stopped);
	suite_add_tcase(suite, tcase);
	return suite;
}
