/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody removes from the kernel: how often it comes back, or never. */
#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_restore_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
	world_bind(&w);
	world_forget(&w);
}

/* Removed, and put back at once, as the kernel says. */
static void remove_and_restore(void)
{
	unsigned extends = w.extends;

	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.extends, extends + 1);
	CHECK(!w.client.configured);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	CHECK(w.client.configured);
}

/* Removed, and left so. */
static void remove_for_good(void)
{
	unsigned extends = w.extends;

	world_lost(&w, DHCP4_ADDRESS_LOST_PARTLY);
	ck_assert_uint_eq(w.extends, extends);
	CHECK(!w.client.configured);
}

START_TEST(three_times_a_minute)
{
	nsec first = w.now;

	remove_and_restore();
	world_sleep(&w, S(10));
	remove_and_restore();
	world_sleep(&w, S(10));
	remove_and_restore();
	remove_for_good();
	remove_for_good();
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LEFT), 1);
	ck_assert_uint_eq(w.notices[w.notice_count - 1].address, CLIENT);
	CHECK(dhcp4_want(&w.client).deadline == first + S(60));
	world_sleep_to(&w, first + S(60) - 1);
	ck_assert_uint_eq(w.extends, 3);
	world_tick(&w);
	ck_assert_uint_eq(w.extends, 4);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	/* The turn at which it was put back counts, too. */
	remove_for_good();
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LEFT), 2);
	CHECK(dhcp4_want(&w.client).deadline == first + S(70));
	world_run(&w, S(70));
	ck_assert_uint_eq(w.extends, 5);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_sleep(&w, S(60));
	for (unsigned i = 0; i < DHCP4_RESTORES_MAX; i++)
		remove_and_restore();
	remove_for_good();
	ck_assert_uint_eq(w.sent_count, 0);
}
END_TEST

/* An answer of the server brings all of it, and nothing is left to do. */
START_TEST(a_renewal_puts_back_what_was_left)
{
	for (unsigned i = 0; i < DHCP4_RESTORES_MAX; i++)
		remove_and_restore();
	remove_for_good();
	world_event(&w, DHCP4_EVENT_RENEW);
	world_ack(&w);
	ck_assert_uint_eq(w.extends, DHCP4_RESTORES_MAX + 1);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	CHECK(w.client.configured && w.client.restore_at == NSEC_NEVER);
	world_sleep(&w, S(61));
	ck_assert_uint_eq(w.extends, DHCP4_RESTORES_MAX + 1);
}
END_TEST

START_TEST(a_lost_lease_is_not_put_back)
{
	for (unsigned i = 0; i < DHCP4_RESTORES_MAX; i++)
		remove_and_restore();
	remove_for_good();
	world_stop(&w, true);
	CHECK(w.client.restore_at == NSEC_NEVER);
	world_sleep(&w, S(61));
	ck_assert_uint_eq(w.extends, DHCP4_RESTORES_MAX);
}
END_TEST

/* With the link's state: nobody did it, and nobody is to be heeded. */
START_TEST(what_the_kernel_flushed_is_not_counted)
{
	for (unsigned i = 0; i < 2 * DHCP4_RESTORES_MAX; i++) {
		world_lost(&w, DHCP4_ADDRESS_LOST_FLUSHED);
		ck_assert_uint_eq(w.extends, i + 1);
		world_event(&w, DHCP4_EVENT_CONFIGURED);
	}
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LEFT), 0);
	remove_and_restore();
}
END_TEST

/* The kernel counts whole seconds: it may be done first. */
START_TEST(what_goes_at_its_end_has_expired)
{
	world_run_to(&w, w.client.lease.expiry_ns - S(2) - 1);
	world_forget(&w);
	world_lost(&w, DHCP4_ADDRESS_LOST_PARTLY);
	ck_assert_uint_eq(w.extends, 1);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.extends, 2);
	world_sleep(&w, 1);
	world_lost(&w, DHCP4_ADDRESS_LOST_PARTLY);
	ck_assert_uint_eq(w.extends, 3);
	ck_assert_uint_eq(w.kernel, CLIENT);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.extends, 3);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_EXPIRED);
	ck_assert_uint_eq(w.client.hint, CLIENT);
}
END_TEST

/* ---- as a release -------------------------------------------------------- */

START_TEST(a_removal_may_be_a_release)
{
	const struct sent *last;

	w.config.address_removed = DHCP4_REMOVAL_RELEASE;
	/* Of routes nothing was said. */
	world_lost(&w, DHCP4_ADDRESS_LOST_PARTLY);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_lost(&w, DHCP4_ADDRESS_LOST_FLUSHED);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	ck_assert_uint_eq(w.extends, 2);
	ck_assert_uint_eq(w.sent_count, 0);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	last = &w.sent[0];
	ck_assert_int_eq(last->request, DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(last->ciaddr, CLIENT);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_RELEASED);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_uint_eq(w.forgets, 1);
	ck_assert_uint_eq(w.client.hint, IPV4_ANY);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LEFT), 0);
	/* Without a lease it means nothing. */
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	ck_assert_uint_eq(w.effects.count, 0);
	world_event(&w, DHCP4_EVENT_START);
	world_offer(&w);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Stopped, the lease was kept; it is given back from there, too. */
START_TEST(who_is_stopped_releases_as_well)
{
	w.config.address_removed = DHCP4_REMOVAL_RELEASE;
	world_stop(&w, false);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_HELD);
	for (unsigned i = 0; i < 2 * DHCP4_RESTORES_MAX; i++)
		world_lost(&w, DHCP4_ADDRESS_LOST_FLUSHED);
	world_lost(&w, DHCP4_ADDRESS_LOST_REMOVED);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(w.sent[0].request, DHCP4_REQUEST_RELEASE);
}
END_TEST

/* ---- the fallback -------------------------------------------------------- */

START_TEST(a_fallback_comes_back_as_often)
{
	ipv4_addr own = 0xa9fe0505;

	world_init(&w, 1);
	w.config.fallback.mode = FALLBACK_MODE_STATIC;
	w.config.fallback.address = own;
	w.config.fallback.prefix_length = 16;
	world_start(&w);
	world_run(&w, S(60));
	ck_assert_uint_eq(w.fallback, own);
	world_fallback(&w, DHCP4_FALLBACK_CONFIGURED, IPV4_ANY);
	world_forget(&w);
	for (unsigned i = 0; i < 2 * DHCP4_RESTORES_MAX; i++)
		world_lost(&w, DHCP4_ADDRESS_LOST_PARTLY);
	ck_assert_uint_eq(w.fallback_adds, DHCP4_RESTORES_MAX);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_LEFT), 1);
	for (unsigned i = 0; i < w.notice_count; i++) {
		if (w.notices[i].kind == DHCP4_NOTICE_LEFT)
			ck_assert_uint_eq(w.notices[i].address, own);
	}
	world_run(&w, S(60));
	ck_assert_uint_eq(w.fallback_adds, DHCP4_RESTORES_MAX + 1);
	ck_assert_uint_eq(w.fallback_removes, 0);
}
END_TEST

Suite *test_client_restore_suite(void)
{
	Suite *suite = suite_create("client_restore");
	TCase *tcase = tcase_create("restore");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, three_times_a_minute);
	tcase_add_test(tcase, a_renewal_puts_back_what_was_left);
	tcase_add_test(tcase, a_lost_lease_is_not_put_back);
	tcase_add_test(tcase, what_the_kernel_flushed_is_not_counted);
	tcase_add_test(tcase, what_goes_at_its_end_has_expired);
	tcase_add_test(tcase, a_removal_may_be_a_release);
	tcase_add_test(tcase, who_is_stopped_releases_as_well);
	tcase_add_test(tcase, a_fallback_comes_back_as_often);
	suite_add_tcase(suite, tcase);
	return suite;
}
