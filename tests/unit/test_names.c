/* SPDX-License-Identifier: BSD-2-Clause */
/* Every member of an enum has a name of its own; other numbers have "?". */
#include <check.h>
#include <string.h>

#include "core/names.h"

Suite *test_names_suite(void);

/* Asserts that names of 0 to count - 1 are there and unlike, and none after. */
#define CHECK_NAMES(name_of, enum_type, first, count) \
	do { \
		for (unsigned i = (first); i < (count); i++) { \
			const char *name = name_of((enum_type)i); \
\
			ck_assert_str_ne(name, "?"); \
			ck_assert_str_ne(name, ""); \
			for (unsigned j = (first); j < i; j++) \
				ck_assert_str_ne(name, name_of((enum_type)j)); \
		} \
		ck_assert_str_eq(name_of((enum_type)(count)), "?"); \
		ck_assert_str_eq(name_of((enum_type)200), "?"); \
	} while (0)

START_TEST(every_member_has_a_name)
{
	CHECK_NAMES(dhcp4_state_name, enum dhcp4_state, 0, DHCP4_STATE_COUNT);
	CHECK_NAMES(dhcp4_event_name, enum dhcp4_event_kind, 0,
		    DHCP4_EVENT_COUNT);
	CHECK_NAMES(dhcp4_effect_name, enum dhcp4_effect_kind, 0,
		    DHCP4_EFFECT_NOTIFY + 1U);
	CHECK_NAMES(dhcp4_tenure_name, enum dhcp4_tenure, 0,
		    DHCP4_TENURE_HELD + 1U);
	CHECK_NAMES(acd_mode_name, enum acd_mode, 0, ACD_MODE_COUNT);
	CHECK_NAMES(dhcp4_loss_name, enum dhcp4_loss, 0, DHCP4_LOSS_V6ONLY + 1U);
	CHECK_NAMES(dhcp4_request_name, enum dhcp4_request, 0,
		    DHCP4_REQUEST_COUNT);
	CHECK_NAMES(dhcp4_type_name, uint8_t, DHCP4_TYPE_BOOTP,
		    DHCP4_TYPE_FORCERENEW + 1U);
	CHECK_NAMES(dhcp4_auth_name, enum dhcp4_auth, 0, DHCP4_AUTH_COUNT);
	CHECK_NAMES(reject_name, enum reject, 0, REJECT_COUNT);
	CHECK_NAMES(reject_text, enum reject, 0, REJECT_COUNT);
}
END_TEST

START_TEST(holes_have_no_name)
{
	ck_assert_str_eq(dhcp4_type_name(255), "?");
}
END_TEST

START_TEST(names_are_those_of_the_rfc)
{
	ck_assert_str_eq(dhcp4_state_name(DHCP4_STATE_INIT_REBOOT),
			 "INIT-REBOOT");
	ck_assert_str_eq(dhcp4_state_name(DHCP4_STATE_SELECTING), "SELECTING");
	ck_assert_str_eq(dhcp4_type_name(DHCP4_TYPE_NAK), "NAK");
	ck_assert_str_eq(dhcp4_request_name(DHCP4_REQUEST_SELECTING), "REQUEST");
}
END_TEST

/* A name of a reason is a key of counters: no blanks, one alphabet. */
START_TEST(reasons_are_words)
{
	for (unsigned i = 0; i < REJECT_COUNT; i++) {
		const char *name = reject_name((enum reject)i);

		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz-"),
				  strlen(name));
	}
}
END_TEST

Suite *test_names_suite(void)
{
	Suite *suite = suite_create("names");
	TCase *tcase = tcase_create("names");

	tcase_add_test(tcase, every_member_has_a_name);
	tcase_add_test(tcase, holes_have_no_name);
	tcase_add_test(tcase, names_are_those_of_the_rfc);
	tcase_add_test(tcase, reasons_are_words);
	suite_add_tcase(suite, tcase);
	return suite;
}
