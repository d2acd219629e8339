/* SPDX-License-Identifier: BSD-2-Clause */
/* What differences of clocks mean, and which wall clock is believed. */
#include "daemon/clocks.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/nsec.h"
#include "unit/runner.h"

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

static char rtc[] = "/tmp/tenured-rtc-XXXXXX";

static void put_clock(const char *name, const char *hctosys)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", rtc, name);
	CHECK(mkdir(path, 0700) == 0);
	if (!hctosys)
		return;
	snprintf(path, sizeof(path), "%s/%s/hctosys", rtc, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(hctosys, f);
	fclose(f);
}

static void remove_clock(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/hctosys", rtc, name);
	unlink(path);
	snprintf(path, sizeof(path), "%s/%s", rtc, name);
	CHECK(rmdir(path) == 0);
}

START_TEST(which_wall_clock_is_believed)
{
	ck_assert(!clocks_wall_is_known(false, "/nonexistent"));
	ck_assert(clocks_wall_is_known(true, "/nonexistent"));
	ck_assert_ptr_nonnull(mkdtemp(rtc));
	ck_assert(!clocks_wall_is_known(false, rtc));
	put_clock("rtc0", "0\n");
	put_clock("rtc1", NULL);
	put_clock("rtc2", "");
	ck_assert(!clocks_wall_is_known(false, rtc));
	put_clock("rtc3", "1\n");
	ck_assert(clocks_wall_is_known(false, rtc));
	remove_clock("rtc0");
	remove_clock("rtc1");
	remove_clock("rtc2");
	remove_clock("rtc3");
	CHECK(rmdir(rtc) == 0);
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
