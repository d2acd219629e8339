/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole runs of the simulator: a seed is a run, to the octet; a plan's faults are
 * what it says, and each kind of them makes a difference.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/crowd.h"
#include "unit/runner.h"

Suite *test_sim_run_suite(void);

static struct plan plan;
static struct run_result result;

/* Runs the plan; its timeline without the lines that name faults, to be freed. */
static char *timeline_of(const struct plan *p)
{
	char *all, *line, *end, *told, *at;
	size_t size;
	FILE *file = open_memstream(&all, &size);

	ck_assert_ptr_nonnull(file);
	run_plan(p, file, &result);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_msg(!result.failed, "%s: %s", result.oracle, result.text);
	told = at = calloc(1, size + 1);
	ck_assert_ptr_nonnull(told);
	for (line = all; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (strstr(line, "  fault "))
			continue;
		at = stpcpy(at, line);
		*at++ = '\n';
	}
	free(all);
	return told;
}

/* ---- seeds --------------------------------------------------------------- */

START_TEST(a_seed_is_the_same_run_each_time)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		char *first, *again;
		uint64_t timers;

		plan_draw(&plan, seed);
		first = timeline_of(&plan);
		timers = result.timers;
		plan_draw(&plan, seed + 1);
		free(timeline_of(&plan));
		plan_draw(&plan, seed);
		again = timeline_of(&plan);
		ck_assert_str_eq(first, again);
		ck_assert_uint_eq(result.timers, timers);
		free(first);
		free(again);
	}
}
END_TEST

START_TEST(jobs_add_up_to_the_same)
{
	static struct run_result alone, crowd;

	crowd_run(100, 7, 1, &alone);
	crowd_run(100, 7, 3, &crowd);
	ck_assert_uint_eq(crowd.runs, 7);
	ck_assert_mem_eq(&alone, &crowd, sizeof(alone));
}
END_TEST

/* ---- plans --------------------------------------------------------------- */

START_TEST(what_is_drawn_is_in_its_bounds)
{
	bool drawn[FAULT_COUNT] = { false };

	for (uint64_t seed = 0; seed < 500; seed++) {
		plan_draw(&plan, seed);
		ck_assert_uint_le(plan.fault_count, PLAN_FAULTS_MAX);
		CHECK(plan.start < plan.calm_at && plan.calm_at < plan.end_at);
		for (unsigned i = 0; i < plan.host_count; i++) {
			const struct plan_host *host = &plan.hosts[i];

			CHECK(host->ports && host->ports <= PLAN_PORTS_MAX);
			for (unsigned n = 0; n < host->ports; n++)
				ck_assert_uint_lt(host->networks[n],
						  plan.network_count);
		}
		for (unsigned i = 0; i < plan.fault_count; i++) {
			const struct fault *f = &plan.faults[i];

			drawn[f->kind] = true;
			ck_assert_uint_eq(f->index, i);
			CHECK(plan.start <= f->at && f->at < plan.calm_at);
			ck_assert_uint_lt(f->host, plan.host_count);
			ck_assert_uint_lt(f->port, plan.hosts[f->host].ports);
		}
	}
	for (unsigned i = 0; i < FAULT_COUNT; i++)
		ck_assert_msg(drawn[i], "fault %u is never drawn", i);
}
END_TEST

START_TEST(faults_left_out_leave_the_rest_as_it_is)
{
	static struct plan fewer;

	plan_draw(&plan, 7);
	ck_assert_uint_gt(plan.fault_count, 5);
	fewer = plan;
	plan_keep(&fewer, 1U << 1 | 1U << 4);
	ck_assert_uint_eq(fewer.fault_count, 2);
	ck_assert_mem_eq(&fewer.faults[0], &plan.faults[1], sizeof(struct fault));
	ck_assert_mem_eq(&fewer.faults[1], &plan.faults[4], sizeof(struct fault));
	ck_assert_mem_eq(fewer.hosts, plan.hosts, sizeof(plan.hosts));
	ck_assert_mem_eq(fewer.networks, plan.networks, sizeof(plan.networks));
}
END_TEST

/* ---- faults -------------------------------------------------------------- */

/* Two servers; a host from the beginning on, one that comes when it is bound. */
static void make_plan(void)
{
	plan = (struct plan){
		.network_count = 1,
		.host_count = 2,
		.centres = 1,
		.start = S(1000),
		.calm_at = S(3000),
		.end_at = S(6000),
		.networks = { { .address = 0x0a010000,
				.prefix_length = 24,
				.mask_length = 24,
				.servers = 2,
				.lease_s = 600 } },
		.hosts = { { .ports = 1, .start_at = S(1001), .at_edge = true },
			   { .ports = 1, .start_at = S(1200) } },
	};
}

/* One fault more than in the timeline without. */
static bool makes_a_difference(const char *without, enum fault_kind kind,
			       nsec at, unsigned server)
{
	char *with;
	bool differs;

	make_plan();
	plan.fault_count = 1;
	plan.faults[0] = (struct fault){
		.kind = kind,
		.at = at,
		.duration = S(1000),
		.server = server,
		.number = UINT32_MAX,
	};
	with = timeline_of(&plan);
	ck_assert_uint_eq(result.faults[kind], 1);
	differs = strcmp(with, without) != 0;
	free(with);
	return differs;
}

/*
 * That options of a wrong length change nothing is as it should be, nor routes
 * that nobody may have; also others.
 */
static bool is_to_be_ignored(enum fault_kind kind)
{
	return kind >= FAULT_CHARACTER &&
	       (fault_character(kind) == SERVER_CHARACTER_ALL_OPTIONS ||
		fault_character(kind) == SERVER_CHARACTER_RICH_OPTIONS ||
		fault_character(kind) == SERVER_CHARACTER_ILLEGAL_ROUTES);
}

/* From the beginning on, or from when the first host is bound. */
START_TEST(each_kind_of_fault_makes_a_difference)
{
	enum fault_kind kind = (enum fault_kind)_i;
	char *without, name[64];
	struct str s = str_over(name, sizeof(name));

	if (is_to_be_ignored(kind))
		return;
	make_plan();
	without = timeline_of(&plan);
	fault_say(&s, kind);
	ck_assert_msg(makes_a_difference(without, kind, S(1000), 0) ||
			      makes_a_difference(without, kind, S(1100), 0) ||
			      makes_a_difference(without, kind, S(1000), 1),
		      "%s changes nothing", name);
	free(without);
}
END_TEST

/* When the first host says so first, in seconds. */
static double told_at(const char *timeline, const char *what)
{
	const char *line = strstr(timeline, what);

	ck_assert_ptr_nonnull(line);
	while (line > timeline && line[-1] != '\n')
		line--;
	return strtod(line, NULL);
}

static char *timeline_with(const struct fault *f)
{
	make_plan();
	plan.fault_count = plan.host_count = 1;
	plan.faults[0] = *f;
	return timeline_of(&plan);
}

START_TEST(a_fault_waits_for_its_port_to_send)
{
	char *told =
		timeline_with(&(struct fault){ .kind = FAULT_CUT,
					       .timing = FAULT_TIMING_ONCE_SENT,
					       .at = S(1100),
					       .after = S(2),
					       .sends = 1,
					       .duration = S(3) });
	double t1 = told_at(told, "BOUND -> RENEWING");

	ck_assert_double_eq_tol(told_at(told, "** no carrier"), t1 + 2, 1e-5);
	free(told);
}
END_TEST

/* Both servers are silent at T1 and at one retransmission, not at the second. */
START_TEST(a_fault_lasts_until_its_port_has_sent)
{
	char *told =
		timeline_with(&(struct fault){ .kind = FAULT_OUTAGE,
					       .timing = FAULT_TIMING_UNTIL_SENT,
					       .at = S(1100),
					       .after = S(1),
					       .sends = 2,
					       .duration = S(10000) });
	double t1 = told_at(told, "BOUND -> RENEWING");
	double renewed = told_at(told, "RENEWING -> BOUND");

	/* Half of what is left to T2, 225 s or less; then half of that again. */
	CHECK(renewed > t1 + 165 && renewed < t1 + 182);
	free(told);
}
END_TEST

Suite *test_sim_run_suite(void)
{
	Suite *suite = suite_create("sim_run");
	TCase *tcase = tcase_create("runs");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_seed_is_the_same_run_each_time);
	tcase_add_test(tcase, jobs_add_up_to_the_same);
	tcase_add_test(tcase, what_is_drawn_is_in_its_bounds);
	tcase_add_test(tcase, faults_left_out_leave_the_rest_as_it_is);
	tcase_add_loop_test(tcase, each_kind_of_fault_makes_a_difference, 0,
			    FAULT_COUNT);
	tcase_add_test(tcase, a_fault_waits_for_its_port_to_send);
	tcase_add_test(tcase, a_fault_lasts_until_its_port_has_sent);
	suite_add_tcase(suite, tcase);
	return suite;
}
