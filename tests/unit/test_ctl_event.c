/* SPDX-License-Identifier: BSD-2-Clause */
/* Events in words, whatever a daemon says. */
#include <check.h>
#include <stdio.h>

#include "base/assert.h"
#include "ctl/event.h"

Suite *test_ctl_event_suite(void);

/* Of an event as JSON, with ' for ". */
static const char *words(const char *event)
{
	static char shown[256];
	struct str s = str_over(shown, sizeof(shown));
	char text[256];
	json_t *json;

	snprintf(text, sizeof(text), "%s", event);
	for (char *at = text; *at; at++) {
		if (*at == '\'')
			*at = '"';
	}
	json = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(json);
	event_words(&s, json);
	json_decref(json);
	return shown;
}

START_TEST(packets_have_their_number)
{
	static const struct {
		int attempt;
		const char *words;
	} tries[] = {
		{ 0, "DISCOVER" },
		{ 1, "DISCOVER" },
		{ 2, "DISCOVER, 2nd try" },
		{ 3, "DISCOVER, 3rd try" },
		{ 4, "DISCOVER, 4th try" },
		{ 11, "DISCOVER, 11th try" },
		{ 12, "DISCOVER, 12th try" },
		{ 13, "DISCOVER, 13th try" },
		{ 21, "DISCOVER, 21st try" },
		{ 111, "DISCOVER, 111th try" },
		{ 122, "DISCOVER, 122nd try" },
	};
	char text[128];

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		snprintf(text, sizeof(text),
			 "{'kind': 'sent', 'packet': 'DISCOVER', 'attempt': %d}",
			 tries[i].attempt);
		ck_assert_str_eq(words(text), tries[i].words);
	}
}
END_TEST

START_TEST(the_daemons_words_are_shown_clean)
{
	ck_assert_str_eq(words("{'kind': 'nak', 'text': 'no\\u001b[31m'}"),
			 "no?[31m");
	ck_assert_str_eq(words("{'kind': 'ne\\u0007w'}"), "ne?w");
	ck_assert_str_eq(words("{'kind': 'sent'}"), "?");
}
END_TEST

START_TEST(what_is_there_has_its_lease)
{
	ck_assert_str_eq(words("{'kind': 'present', 'text': 'BOUND', 'lease':"
			       " {'address': '10.0.0.5', 'prefixLength': 24,"
			       " 'server': '10.0.0.1'}}"),
			 "BOUND, 10.0.0.5/24 from 10.0.0.1");
	ck_assert_str_eq(words("{'kind': 'present', 'text': 'INIT', 'lease':"
			       " null}"),
			 "INIT");
}
END_TEST

START_TEST(what_was_lost_is_counted)
{
	ck_assert_str_eq(words("{'kind': 'dropped', 'lost': 12}"),
			 "12 events were not read in time and are lost");
}
END_TEST

START_TEST(a_reply_without_an_event_has_none)
{
	static const char *const replies[] = {
		"{}",
		"{\"parameters\": 5}",
		"{\"parameters\": {\"event\": 5}}",
		"{\"parameters\": {\"event\": {}}}",
		"{\"parameters\": {\"event\": {\"kind\": 5}}}",
	};

	ck_assert_ptr_null(event_of(NULL));
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		json_t *json = json_loads(replies[i], 0, NULL);

		ck_assert_msg(!event_of(json), "%s", replies[i]);
		json_decref(json);
	}
}
END_TEST

Suite *test_ctl_event_suite(void)
{
	Suite *suite = suite_create("ctl_event");
	TCase *tcase = tcase_create("event");

	tcase_add_test(tcase, packets_have_their_number);
	tcase_add_test(tcase, the_daemons_words_are_shown_clean);
	tcase_add_test(tcase, what_is_there_has_its_lease);
	tcase_add_test(tcase, what_was_lost_is_counted);
	tcase_add_test(tcase, a_reply_without_an_event_has_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
