/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a NAT, by what was answered. */
#include "ctl/nat.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"

Suite *test_ctl_nat_suite(void);

#define SERVER	 0xc0000201
#define OTHER	 0xc0000202
#define LOCAL	 0x0a000005
#define EXTERNAL 0xcb007107

static struct nat_seen seen;
static struct nat_verdict verdict;

static struct stun_endpoint at(ipv4_addr address, unsigned port)
{
	return (struct stun_endpoint){ address, (uint16_t)port };
}

static struct nat_answer *answer(enum nat_test test, struct stun_endpoint from,
				 unsigned external_port)
{
	struct nat_answer *a = &seen.answers[test];

	a->outcome = NAT_ANSWERED;
	a->from = from;
	a->message.mapped = at(EXTERNAL, external_port);
	a->message.other = at(OTHER, 3479);
	return a;
}

/* A NAT that keeps one port for all, and lets nobody else in. */
static void set_up(void)
{
	memset(&seen, 0, sizeof(seen));
	seen.server = at(SERVER, 3478);
	seen.local = at(LOCAL, 5000);
	for (enum nat_test test = 0; test < NAT_TESTS; test++)
		seen.answers[test].outcome = NAT_SILENT;
	answer(NAT_TEST_MAPPING, at(SERVER, 3478), 6000);
	answer(NAT_TEST_MAPPING_ADDRESS, at(OTHER, 3478), 6000);
	answer(NAT_TEST_MAPPING_PORT, at(OTHER, 3479), 6000);
	answer(NAT_TEST_FILTERING, at(SERVER, 3478), 6001);
}

static void judge(enum nat_kind mapping, enum nat_kind filtering)
{
	nat_judge(&seen, &verdict);
	ck_assert_int_eq(verdict.mapping, mapping);
	ck_assert_int_eq(verdict.filtering, filtering);
	ck_assert_int_eq(!verdict.why_no_mapping, mapping != NAT_UNKNOWN);
	ck_assert_int_eq(!verdict.why_no_filtering, filtering != NAT_UNKNOWN);
}

START_TEST(mappings_are_told_by_their_sameness)
{
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	ck_assert(stun_same(verdict.external, at(EXTERNAL, 6000)));
	answer(NAT_TEST_MAPPING_ADDRESS, at(OTHER, 3478), 6002);
	answer(NAT_TEST_MAPPING_PORT, at(OTHER, 3479), 6002);
	judge(NAT_ADDRESS_DEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	answer(NAT_TEST_MAPPING_PORT, at(OTHER, 3479), 6003);
	judge(NAT_ADDRESS_AND_PORT_DEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	seen.answers[NAT_TEST_MAPPING].message.mapped = seen.local;
	judge(NAT_NONE, NAT_ADDRESS_AND_PORT_DEPENDENT);
}
END_TEST

START_TEST(filters_are_told_by_who_is_heard)
{
	answer(NAT_TEST_FILTERING_PORT, at(SERVER, 3479), 6001);
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_DEPENDENT);
	answer(NAT_TEST_FILTERING_ADDRESS, at(OTHER, 3479), 6001);
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_ENDPOINT_INDEPENDENT);
	seen.answers[NAT_TEST_MAPPING].message.mapped = seen.local;
	judge(NAT_NONE, NAT_NONE);
}
END_TEST

START_TEST(a_server_that_stays_where_it_is_shows_no_filter)
{
	answer(NAT_TEST_FILTERING_PORT, at(SERVER, 3478), 6001);
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_UNKNOWN);
	answer(NAT_TEST_FILTERING_ADDRESS, at(SERVER, 3478), 6001);
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_UNKNOWN);
	answer(NAT_TEST_FILTERING_ADDRESS, at(SERVER, 3479), 6001);
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_UNKNOWN);
	seen.answers[NAT_TEST_FILTERING_ADDRESS].outcome = NAT_REFUSED;
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_UNKNOWN);
	seen.answers[NAT_TEST_FILTERING_ADDRESS].outcome = NAT_SILENT;
	seen.answers[NAT_TEST_FILTERING_PORT].outcome = NAT_REFUSED;
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_UNKNOWN);
}
END_TEST

START_TEST(silence_of_the_other_address_says_nothing)
{
	seen.answers[NAT_TEST_MAPPING_PORT].outcome = NAT_SILENT;
	judge(NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	answer(NAT_TEST_MAPPING_ADDRESS, at(OTHER, 3478), 6002);
	judge(NAT_UNKNOWN, NAT_ADDRESS_AND_PORT_DEPENDENT);
	seen.answers[NAT_TEST_MAPPING_ADDRESS].outcome = NAT_SILENT;
	judge(NAT_UNKNOWN, NAT_UNKNOWN);
	/* What came from there nevertheless does. */
	answer(NAT_TEST_FILTERING_ADDRESS, at(OTHER, 3479), 6001);
	judge(NAT_UNKNOWN, NAT_ENDPOINT_INDEPENDENT);
	seen.answers[NAT_TEST_FILTERING].outcome = NAT_SILENT;
	judge(NAT_UNKNOWN, NAT_UNKNOWN);
}
END_TEST

START_TEST(one_address_of_a_server_is_not_enough)
{
	static const struct stun_endpoint useless[] = {
		{ 0, 0 },     { SERVER, 3479 },	  { OTHER, 3478 },
		{ OTHER, 0 }, { 0x7f000001, 99 }, { IPV4_BROADCAST, 99 },
		{ 0, 3479 },
	};
	struct stun_endpoint other;

	for (unsigned i = 0; i < ARRAY_SIZE(useless); i++) {
		seen.answers[NAT_TEST_MAPPING].message.other = useless[i];
		seen.answers[NAT_TEST_FILTERING].message.other = useless[i];
		judge(NAT_UNKNOWN, NAT_UNKNOWN);
		ck_assert(!nat_other(&seen, NAT_TEST_MAPPING, &other));
	}
	ck_assert(stun_same(verdict.external, at(EXTERNAL, 6000)));
	set_up();
	ck_assert(nat_other(&seen, NAT_TEST_MAPPING, &other));
	ck_assert(stun_same(other, at(OTHER, 3479)));
}
END_TEST

START_TEST(without_a_first_answer_nothing_is_known)
{
	seen.answers[NAT_TEST_MAPPING].outcome = NAT_REFUSED;
	nat_judge(&seen, &verdict);
	ck_assert_uint_eq(verdict.external.port, 0);
	ck_assert_int_eq(verdict.mapping, NAT_UNKNOWN);
	ck_assert_int_eq(verdict.filtering, NAT_UNKNOWN);
	ck_assert(!verdict.hairpins);
}
END_TEST

START_TEST(hearing_oneself_is_hairpinning)
{
	nat_judge(&seen, &verdict);
	ck_assert(!verdict.hairpins);
	answer(NAT_TEST_HAIRPIN, at(EXTERNAL, 6004), 0);
	nat_judge(&seen, &verdict);
	ck_assert(verdict.hairpins);
}
END_TEST

START_TEST(each_kind_has_a_name_of_its_own)
{
	ck_assert_ptr_null(nat_kind_name(NAT_UNKNOWN));
	ck_assert_str_eq(nat_kind_name(NAT_NONE), "none");
	ck_assert_str_eq(nat_kind_name(NAT_ADDRESS_AND_PORT_DEPENDENT),
			 "address-and-port-dependent");
}
END_TEST

Suite *test_ctl_nat_suite(void)
{
	Suite *suite = suite_create("ctl_nat");
	TCase *tcase = tcase_create("ctl_nat");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, mappings_are_told_by_their_sameness);
	tcase_add_test(tcase, filters_are_told_by_who_is_heard);
	tcase_add_test(tcase, a_server_that_stays_where_it_is_shows_no_filter);
	tcase_add_test(tcase, silence_of_the_other_address_says_nothing);
	tcase_add_test(tcase, one_address_of_a_server_is_not_enough);
	tcase_add_test(tcase, without_a_first_answer_nothing_is_known);
	tcase_add_test(tcase, hearing_oneself_is_hairpinning);
	tcase_add_test(tcase, each_kind_has_a_name_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}
