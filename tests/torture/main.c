/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture: see torture.h. The Makefile makes torture/suites.h of the names of the
 * files: a test_NAME.c that has SCENARIOS(NAME) needs no line anywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "torture/net.h"
#include "torture/run.h"

#define USAGE_EXIT 64

/* Of one scenario so many are shown; one defect has many ways to show. */
#define SHOWN_MAX    3
#define FINDINGS_MAX 12

#define SUITE(name) extern SCENARIOS(name);
#include "torture/suites.h"
#undef SUITE

/* clang-format off */
static const struct scenario *const lists[] = {
#define SUITE(name) torture_##name,
#include "torture/suites.h"
};
/* clang-format on */

static const char *const mode_names[] = {
	[ALLOC_MODE_ONCE] = "once",
	[ALLOC_MODE_ON] = "on",
};

struct totals {
	unsigned scenarios, failed, skipped;
	unsigned allocations, failures, findings;
};

static const char usage[] =
	"usage: torture [--all] [-k WORD]      the scenarios whose names have it\n"
	"       torture --list                 their names\n"
	"       torture SCENARIO K once|on     one run, here: the K-th allocation\n"
	"                                      fails, or it and all after it\n"
	"The slow ones are left out without --all. A debugger shows which one\n"
	"fails: gdb -ex 'break torture_fails' -ex run --args torture ...\n";

static void show(const struct run *run, const struct run_result *result)
{
	printf("FINDING %s: %s\n", run->scenario->name, result->text);
	printf("  build/torture %s %u %s\n", run->scenario->name, run->number,
	       mode_names[run->mode]);
	for (const char *line = result->log; *line;) {
		size_t length = strcspn(line, "\n");

		printf("  | %.*s\n", (int)length, line);
		line += length + (line[length] != '\0');
	}
}

/* One run; true: an allocation failed. */
static bool try_one(const struct run *run, struct totals *totals,
		    unsigned *findings)
{
	struct run_result result;

	run_play(run, &result);
	if (result.finding && (*findings)++ < SHOWN_MAX)
		show(run, &result);
	totals->failures += result.counts.failed > 0;
	if (!run->number)
		totals->allocations += result.counts.asked;
	return result.counts.failed > 0;
}

static void torture(const struct scenario *scenario, struct totals *totals)
{
	struct run run = { .scenario = scenario };
	unsigned findings = 0;
	bool more = true;

	totals->scenarios++;
	try_one(&run, totals, &findings);
	/* One that fails by itself teaches nothing. */
	while (more && findings < FINDINGS_MAX && !(findings && run.number == 0)) {
		struct run then;

		run.number++;
		then = run;
		then.mode = ALLOC_MODE_ON;
		more = try_one(&run, totals, &findings);
		more |= try_one(&then, totals, &findings);
	}
	totals->findings += findings;
	totals->failed += findings > 0;
	if (findings > SHOWN_MAX)
		printf("  and %u more of %s\n", findings - SHOWN_MAX,
		       scenario->name);
}

static const struct scenario *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (const struct scenario *s = lists[i]; s->name; s++) {
			if (strcmp(s->name, name) == 0)
				return s;
		}
	}
	return NULL;
}

/* One run as a finding names it. */
static int replay(char **arguments)
{
	struct run run = { .scenario = find(arguments[0]),
			   .number = (unsigned)atoi(arguments[1]) };
	bool on = strcmp(arguments[2], mode_names[ALLOC_MODE_ON]) == 0;

	run.mode = on ? ALLOC_MODE_ON : ALLOC_MODE_ONCE;
	if (!run.scenario) {
		fputs(usage, stderr);
		return USAGE_EXIT;
	}
	if (run.scenario->place == SCENARIO_PLACE_NET && !net_open())
		return EXIT_FAILURE;
	run_open();
	run_play_here(&run);
}

static int list(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (const struct scenario *s = lists[i]; s->name; s++)
			printf("%s%s\n", s->name, s->slow ? " (slow)" : "");
	}
	return EXIT_SUCCESS;
}

static int run_all(bool slow, const char *word)
{
	struct totals totals = { 0 };
	bool net = net_open();

	run_open();
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (const struct scenario *s = lists[i]; s->name; s++) {
			if ((s->slow && !slow) ||
			    (word && !strstr(s->name, word)))
				continue;
			if (s->place == SCENARIO_PLACE_NET && !net)
				totals.skipped++;
			else
				torture(s, &totals);
		}
	}
	run_close();
	printf("torture: %u passed, %u failed, %u skipped\n",
	       totals.scenarios - totals.failed, totals.failed, totals.skipped);
	if (totals.skipped)
		printf("SKIPPED: %u scenarios want a network namespace\n",
		       totals.skipped);
	printf("%u scenarios, %u allocations, %u failures injected, "
	       "%u findings\n",
	       totals.scenarios, totals.allocations, totals.failures,
	       totals.findings);
	return totals.findings || !totals.scenarios ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *word = NULL;
	bool slow = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4 && argv[1][0] != '-')
		return replay(argv + 1);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--list") == 0)
			return list();
		if (strcmp(argv[i], "--all") == 0) {
			slow = true;
		} else if (strcmp(argv[i], "-k") == 0 && i + 1 < argc) {
			word = argv[++i];
		} else {
			fputs(usage, stderr);
			return USAGE_EXIT;
		}
	}
	return run_all(slow, word);
}
