/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that is to be anonymous (RFC 7844): what it had by another hardware
 * address, and where, it tells nobody. What its messages hold is test_request.c's.
 */
#include <check.h>
#include <string.h>

#include "core/linklocal.h"
#include "unit/support.h"

Suite *test_client_anonymous_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 7);
	w.config.anonymous = true;
}

static void reconfigure(bool identity)
{
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
					     .reconfigure.identity = identity });
}

/* Another hardware address, and the identifier that is made of it. */
static void change_address(void)
{
	w.config.hwaddr.bytes[5] ^= 0x40;
	w.config.client_id.bytes[6] ^= 0x40;
}

/* A state that an anonymous client can be in. */
static bool reach(int place)
{
	const struct place *p = &places[place];

	setup();
	/* By the way that others go, since the state itself is what counts. */
	w.config.anonymous = false;
	world_reach(&w, p->state, p->held);
	w.config.anonymous = true;
	world_forget(&w);
	w.now += S(2);
	world_event(&w, DHCP4_EVENT_TICK);
	return p->state != DHCP4_STATE_INFORMING;
}

/* Covers: 7844-3.2-01 */
START_TEST(another_address_another_life)
{
	bool carrier, stopped;

	if (!reach(_i))
		return;
	world_forget(&w);
	carrier = w.client.carrier;
	stopped = w.client.state == DHCP4_STATE_STOPPED;
	change_address();
	reconfigure(true);
	world_check(&w,
		    stopped   ? DHCP4_STATE_STOPPED
		    : carrier ? DHCP4_STATE_SELECTING
			      : DHCP4_STATE_INIT,
		    DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	if (places[_i].held)
		ck_assert_int_eq(w.loss, DHCP4_LOSS_MOVED);
	ck_assert_uint_eq(w.sent_count, carrier && !stopped);
	if (w.sent_count) {
		ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
		ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	}
	/* Nobody is told that it ended, either. */
	world_forget(&w);
	world_stop(&w, true);
	ck_assert_uint_eq(w.sent_count, 0);
}
END_TEST

START_TEST(the_same_address_the_same_life)
{
	if (!reach(_i))
		return;
	reconfigure(false);
	ck_assert_int_eq(w.client.tenure == DHCP4_TENURE_HELD, places[_i].held);
}
END_TEST

/* Covers: 7844-3.3-01 */
START_TEST(an_address_that_expired_is_not_asked_for)
{
	world_bind(&w);
	world_run(&w, S(3601));
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	w.config.requested_address = CLIENT_2;
	world_run(&w, S(200));
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
}
END_TEST

/* Covers: 7844-3.3-02 */
START_TEST(the_carriers_return_and_a_resume_begin_anew)
{
	world_bind(&w);
	world_sleep(&w, S(5));
	world_carrier(&w, false);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_HELD);
	world_carrier(&w, true);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	world_offer(&w);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	w.now += S(5);
	world_event(&w, DHCP4_EVENT_RESUME);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_REBOOTING), 0);
}
END_TEST

/* With the address that it has now it goes on as before. */
START_TEST(its_own_lease_is_renewed_and_released)
{
	world_bind(&w);
	world_run(&w, S(1800));
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RENEWING);
	world_stop(&w, true);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
}
END_TEST

/* Covers: 7844-3.2-01 7844-3.3-02 */
START_TEST(a_stored_lease_of_another_address_is_none)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	change_address();
	world_load(&w, &lease, false, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.deconfigures, 0);
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->requested, IPV4_ANY);
	ck_assert_uint_eq(w.client.hint, IPV4_ANY);
}
END_TEST

START_TEST(what_it_left_in_the_kernel_goes)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	change_address();
	w.kernel = lease.address;
	w.kernel_length = lease.prefix_length;
	world_load(&w, &lease, true, true);
	world_check(&w, DHCP4_STATE_STOPPED, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(w.kernel, IPV4_ANY);
	ck_assert_int_eq(w.loss, DHCP4_LOSS_MOVED);
}
END_TEST

START_TEST(a_stored_lease_of_its_own_is_used)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);

	world_load(&w, &lease, true, true);
	world_start(&w);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.kernel, CLIENT);
}
END_TEST

static void fall_silent(void)
{
	while (w.fallback == IPV4_ANY)
		world_tick(&w);
}

/* What it gives itself tells no more of what it was before, or by another one. */
START_TEST(a_link_local_address_is_of_the_hardware_address)
{
	w.config.fallback = (struct fallback_config){ FALLBACK_MODE_LINKLOCAL,
						      0xa9fe0909, 0, 0 };
	world_start(&w);
	fall_silent();
	ck_assert_uint_eq(w.fallback, linklocal_draw(&w.config.hwaddr, 0));
	change_address();
	reconfigure(true);
	ck_assert_uint_eq(w.fallback, IPV4_ANY);
	fall_silent();
	ck_assert_uint_eq(w.fallback, linklocal_draw(&w.config.hwaddr, 0));
	reconfigure(false);
	ck_assert_uint_eq(w.fallback, linklocal_draw(&w.config.hwaddr, 0));
	ck_assert_uint_eq(w.fallback_removes, 1);
}
END_TEST

Suite *test_client_anonymous_suite(void)
{
	Suite *suite = suite_create("client_anonymous");
	TCase *tcase = tcase_create("anonymous");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, another_address_another_life, 0, PLACES);
	tcase_add_loop_test(tcase, the_same_address_the_same_life, 0, PLACES);
	tcase_add_test(tcase, an_address_that_expired_is_not_asked_for);
	tcase_add_test(tcase, the_carriers_return_and_a_resume_begin_anew);
	tcase_add_test(tcase, its_own_lease_is_renewed_and_released);
	tcase_add_test(tcase, a_stored_lease_of_another_address_is_none);
	tcase_add_test(tcase, what_it_left_in_the_kernel_goes);
	tcase_add_test(tcase, a_stored_lease_of_its_own_is_used);
	tcase_add_test(tcase, a_link_local_address_is_of_the_hardware_address);
	suite_add_tcase(suite, tcase);
	return suite;
}
