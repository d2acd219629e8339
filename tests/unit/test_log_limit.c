/* SPDX-License-Identifier: BSD-2-Clause */
/* Repeats: some at once, then one from time to time, which counts the others. */
#include <stdio.h>
#include <string.h>

#include "daemon/log_limit.h"
#include "unit/runner.h"

Suite *test_log_limit_suite(void);

#define EVERY LOG_LIMIT_EVERY_NS

static struct log_limit limit;
static const char leased[] = "leased", refused[] = "refused";

/* One line; true if it was said, and then how many were left out before it. */
static bool say(const char *interface, const void *kind, nsec now, uint32_t *left)
{
	struct log_limit_entry *e = log_limit_find(&limit, interface, kind, now);

	if (!log_limit_allows(&limit, e, now)) {
		log_limit_leave_out(&limit, e, 4, kind);
		return false;
	}
	*left = log_limit_say(&limit, e, now);
	return true;
}

/* So many at one instant; how many were said. */
static unsigned burst(const char *interface, const void *kind, nsec now,
		      unsigned count)
{
	unsigned said = 0;
	uint32_t left;

	for (unsigned i = 0; i < count; i++)
		said += say(interface, kind, now, &left);
	return said;
}

static void setup(void)
{
	memset(&limit, 0, sizeof(limit));
}

START_TEST(some_are_said_at_once_and_then_one_from_time_to_time)
{
	uint32_t left;

	CHECK(burst("eth0", leased, S(1), 10000) == LOG_LIMIT_BURST);
	CHECK(!say("eth0", leased, S(1) + EVERY - 1, &left));
	CHECK(say("eth0", leased, S(1) + EVERY, &left));
	CHECK(left == 10000 - LOG_LIMIT_BURST + 1);
	CHECK(!say("eth0", leased, S(1) + EVERY + 1, &left));
}
END_TEST

START_TEST(after_a_while_all_is_as_in_the_beginning)
{
	CHECK(burst("eth0", leased, S(1), LOG_LIMIT_BURST) == LOG_LIMIT_BURST);
	CHECK(burst("eth0", leased, S(1) + LOG_LIMIT_BURST * EVERY, 100) ==
	      LOG_LIMIT_BURST);
}
END_TEST

START_TEST(interfaces_and_kinds_are_counted_apart)
{
	burst("eth0", leased, S(1), 100);
	CHECK(burst("eth1", leased, S(1), 100) == LOG_LIMIT_BURST);
	CHECK(burst("eth0", refused, S(1), 100) == LOG_LIMIT_BURST);
	CHECK(burst("", refused, S(1), 100) == LOG_LIMIT_BURST);
	CHECK(burst("eth0", leased, S(1), 100) == 0);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_str_eq(log_limit_text(&limit, &limit.entries[i]),
				 i < 2 ? leased : refused);
}
END_TEST

START_TEST(what_was_left_out_is_due_when_it_may_be_said)
{
	struct log_limit_entry *e;

	CHECK(!log_limit_due(&limit, S(1), true));
	burst("eth0", refused, S(1), LOG_LIMIT_BURST);
	CHECK(!log_limit_due(&limit, S(1), true));
	burst("eth0", refused, S(1), 3);
	CHECK(!log_limit_due(&limit, S(1), false));
	CHECK(log_limit_due(&limit, S(1), true));
	e = log_limit_due(&limit, S(1) + EVERY, false);
	CHECK(e && e->left_out == 3 && e->level == 4);
	ck_assert_str_eq(e->interface, "eth0");
	ck_assert_str_eq(log_limit_text(&limit, e), refused);
	CHECK(log_limit_say(&limit, e, S(1) + EVERY) == 3);
	CHECK(!log_limit_due(&limit, S(1) + EVERY, true));
}
END_TEST

START_TEST(who_left_something_out_keeps_his_account)
{
	uint32_t left = 0;

	burst("eth0", refused, S(1), LOG_LIMIT_BURST + 1);
	/* Long after, when others would be free for the next kind. */
	for (unsigned i = 0; i < LOG_LIMIT_KEYS; i++) {
		char name[IFNAMSIZ];

		snprintf(name, sizeof(name), "veth%u", i);
		burst(name, leased, S(2) + 100 * EVERY, 1);
	}
	CHECK(say("eth0", refused, S(3) + 100 * EVERY, &left));
	CHECK(left == 1);
}
END_TEST

/* A thousand interfaces say what they have to; without end they cannot. */
START_TEST(more_interfaces_than_accounts_are_bounded_together)
{
	unsigned said = 0;

	for (unsigned i = 0; i < 1000; i++) {
		char name[IFNAMSIZ];

		snprintf(name, sizeof(name), "veth%u", i);
		CHECK(burst(name, leased, S(1), 5) == 5);
	}
	for (unsigned i = 0; i < 1000; i++) {
		char name[IFNAMSIZ];

		snprintf(name, sizeof(name), "veth%u", i);
		said += burst(name, leased, S(1), 100);
	}
	CHECK(said < LOG_LIMIT_OTHER_BURST + LOG_LIMIT_KEYS * LOG_LIMIT_BURST);
	CHECK(log_limit_due(&limit, S(1), true) == &limit.other);
	ck_assert_str_eq(log_limit_text(&limit, &limit.other), leased);
	CHECK(log_limit_due(&limit, S(1) + EVERY, false) == &limit.other);
}
END_TEST

Suite *test_log_limit_suite(void)
{
	Suite *suite = suite_create("log_limit");
	TCase *c = tcase_create("log_limit");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, some_are_said_at_once_and_then_one_from_time_to_time);
	tcase_add_test(c, after_a_while_all_is_as_in_the_beginning);
	tcase_add_test(c, interfaces_and_kinds_are_counted_apart);
	tcase_add_test(c, what_was_left_out_is_due_when_it_may_be_said);
	tcase_add_test(c, who_left_something_out_keeps_his_account);
	tcase_add_test(c, more_interfaces_than_accounts_are_bounded_together);
	suite_add_tcase(suite, c);
	return suite;
}
