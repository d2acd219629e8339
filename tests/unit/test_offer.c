/* SPDX-License-Identifier: BSD-2-Clause */
/* The pool of offers: its slots, one client's list, and the choice. */
#include <check.h>
#include <string.h>

#include "core/offer.h"

Suite *test_offer_suite(void);

static struct dhcp4_offer_pool pool;

static void setup(void)
{
	memset(&pool, 0, sizeof(pool));
}

static bool keep_scored(struct dhcp4_offer_list *list, ipv4_addr server,
			ipv4_addr address, uint8_t score)
{
	return offer_keep(&pool, list,
			  &(struct dhcp4_offer){ .address = address,
						 .server_id = server,
						 .score = score });
}

/* An offer of a server, which has a number, of an address, too. */
static bool keep(struct dhcp4_offer_list *list, ipv4_addr server,
		 ipv4_addr address)
{
	return keep_scored(list, server, address, 1);
}

START_TEST(slots_are_taken_and_given_back)
{
	struct dhcp4_offer_list a = { 0 }, b = { 0 };

	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE);
	ck_assert(keep(&a, 1, 10));
	ck_assert(keep(&b, 2, 20));
	ck_assert(keep(&a, 3, 30));
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE - 3);
	offer_clear(&pool, &a);
	ck_assert_uint_eq(a.count, 0);
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE - 1);
	ck_assert_uint_eq(pool.slot[b.slot[0]].address, 20);
	offer_clear(&pool, &a);
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE - 1);
	offer_clear(&pool, &b);
	ck_assert_uint_eq(pool.used, 0);
}
END_TEST

START_TEST(list_has_an_end)
{
	struct dhcp4_offer_list list = { 0 };

	for (unsigned i = 1; i <= DHCP4_OFFERS_MAX; i++)
		ck_assert(keep(&list, i, i * 10));
	ck_assert(!keep(&list, 99, 990));
	ck_assert_uint_eq(list.count, DHCP4_OFFERS_MAX);
	ck_assert_uint_eq(offer_pool_free(&pool),
			  DHCP4_POOL_SIZE - DHCP4_OFFERS_MAX);
}
END_TEST

START_TEST(pool_has_an_end)
{
	struct dhcp4_offer_list lists[DHCP4_POOL_SIZE] = { 0 };
	struct dhcp4_offer_list late = { 0 };

	for (unsigned i = 0; i < DHCP4_POOL_SIZE; i++)
		ck_assert(keep(&lists[i], 1, 10 + i));
	ck_assert_uint_eq(offer_pool_free(&pool), 0);
	ck_assert(!keep(&late, 1, 99));
	ck_assert_uint_eq(late.count, 0);
	offer_clear(&pool, &lists[17]);
	ck_assert(keep(&late, 1, 99));
	ck_assert_uint_eq(offer_take_best(&pool, &late).address, 99);
	ck_assert_uint_eq(late.count, 0);
	ck_assert_uint_eq(offer_pool_free(&pool), 1);
	for (unsigned i = 0; i < DHCP4_POOL_SIZE; i++) {
		if (i != 17)
			ck_assert_uint_eq(offer_take_best(&pool, &lists[i]).address,
					  10 + i);
	}
}
END_TEST

/* Covers: 2131-4.2-01 */
START_TEST(best_goes_first_and_of_equals_the_first)
{
	struct dhcp4_offer_list list = { 0 };

	ck_assert(keep_scored(&list, 1, 10, 3));
	ck_assert(keep_scored(&list, 2, 20, 7));
	ck_assert(keep_scored(&list, 3, 30, 0));
	ck_assert(keep_scored(&list, 4, 40, 7));
	ck_assert_uint_eq(offer_take_best(&pool, &list).server_id, 2);
	ck_assert_uint_eq(offer_take_best(&pool, &list).server_id, 4);
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE - 2);
	ck_assert_uint_eq(offer_take_best(&pool, &list).server_id, 1);
	ck_assert_uint_eq(offer_take_best(&pool, &list).server_id, 3);
	ck_assert_uint_eq(list.count, 0);
	ck_assert_uint_eq(pool.used, 0);
}
END_TEST

/*
 * What a server repeats, or two relays bring, is one offer: the last of it.
 * Covers: DF-msg-18
 */
START_TEST(server_has_one_offer)
{
	struct dhcp4_offer_list list = { 0 };

	for (unsigned i = 0; i < 3 * DHCP4_OFFERS_MAX; i++)
		ck_assert(keep(&list, 1, 10));
	ck_assert(keep(&list, 2, 20));
	ck_assert(keep(&list, 1, 11));
	ck_assert_uint_eq(list.count, 2);
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE - 2);
	ck_assert_uint_eq(offer_take_best(&pool, &list).address, 11);
}
END_TEST

Suite *test_offer_suite(void)
{
	Suite *suite = suite_create("offer");
	TCase *tcase = tcase_create("offer");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, slots_are_taken_and_given_back);
	tcase_add_test(tcase, list_has_an_end);
	tcase_add_test(tcase, pool_has_an_end);
	tcase_add_test(tcase, best_goes_first_and_of_equals_the_first);
	tcase_add_test(tcase, server_has_one_offer);
	suite_add_tcase(suite, tcase);
	return suite;
}
