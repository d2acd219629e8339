/* SPDX-License-Identifier: BSD-2-Clause */
/* What differences of clocks mean, and which wall clock is believed. */
#include "daemon/clocks.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/nsec.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_clocks_suite(void);

#define SECONDS(n) ((int64_t)(n) * (int64_t)NSEC_PER_S)

/* An hour passed on all clocks, and on each so much more. */
static const struct {
	int64_t boot, monotonic, wall;
	bool leapt;
} changes[] = {
	{ 0, 0, 0, false },
	/* A sleep counts on two of them. */
	{ SECONDS(1), 0, SECONDS(1), false },
	{ SECONDS(1) + 1, 0, SECONDS(1) + 1, true },
	{ SECONDS(86400), 0, SECONDS(86400), true },
	/* A machine that was restored knows by its wall clock alone. */
	{ 0, 0, SECONDS(60), false },
	{ 0, 0, SECONDS(60) + 1, true },
	{ 0, 0, SECONDS(86400) * 3650, true },
	{ -SECONDS(3600), -SECONDS(3600), SECONDS(60) - SECONDS(3600) + 1, true },
	/* One that is set back tells nothing, but that it slept. */
	{ 0, 0, -1, false },
	{ 0, 0, -SECONDS(86400) * 3650, false },
	{ SECONDS(100), 0, -SECONDS(86400), true },
};

/* Covers: DF-time-06 */
START_TEST(what_is_a_leap)
{
	const struct clocks before = { SECONDS(5000), SECONDS(4000),
				       SECONDS(1700000000) };
	const struct clocks now = {
		before.boot + SECONDS(3600) + changes[_i].boot,
		before.monotonic + SECONDS(3600) + changes[_i].monotonic,
		before.wall + SECONDS(3600) + changes[_i].wall,
	};

	ck_assert(clocks_leapt(&before, &now) == changes[_i].leapt);
}
END_TEST

/* A wall clock that was never set, in 1970, set at last. */
START_TEST(the_first_setting_is_a_leap)
{
	const struct clocks before = { SECONDS(20), SECONDS(20), SECONDS(20) };
	const struct clocks now = { SECONDS(30), SECONDS(30),
				    SECONDS(1700000000) };

	ck_assert(clocks_leapt(&before, &now));
	ck_assert(!clocks_leapt(&now, &before));
}
END_TEST

static void put_clock(const char *name, const char *hctosys)
{
	char path[32];

	CHECK(mkdir(scratch_path(name), 0700) == 0);
	snprintf(path, sizeof(path), "%s/hctosys", name);
	if (hctosys)
		scratch_put(path, hctosys);
}

START_TEST(which_wall_clock_is_believed)
{
	const char *rtc;

	ck_assert(!clocks_wall_is_known(false, "/nonexistent"));
	ck_assert(clocks_wall_is_known(true, "/nonexistent"));
	scratch_open();
	rtc = scratch_directory();
	ck_assert(!clocks_wall_is_known(false, rtc));
	put_clock("rtc0", "0\n");
	put_clock("rtc1", NULL);
	put_clock("rtc2", "");
	ck_assert(!clocks_wall_is_known(false, rtc));
	put_clock("rtc3", "1\n");
	ck_assert(clocks_wall_is_known(false, rtc));
	scratch_close();
}
END_TEST

Suite *test_clocks_suite(void)
{
	Suite *suite = suite_create("clocks");
	TCase *tests = tcase_create("clocks");

	tcase_add_loop_test(tests, what_is_a_leap, 0, ARRAY_SIZE(changes));
	tcase_add_test(tests, the_first_setting_is_a_leap);
	tcase_add_test(tests, which_wall_clock_is_believed);
	suite_add_tcase(suite, tests);
	return suite;
}
