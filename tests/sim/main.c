/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim: runs one seed and prints it as a timeline, or many and their sum.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/names.h"
#include "sim/crowd.h"

#define EXIT_USAGE 64
#define YEAR_S	   (365.25 * 86400)

static const char usage[] =
	"usage: sim one SEED [FAULTS]      FAULTS: 0,3,7 or none; all if left out\n"
	"       sim many COUNT JOBS FIRST [ORACLE]\n"
	"                                  seeds FIRST to FIRST + COUNT - 1, judged\n"
	"                                  by all oracles or by this one alone\n"
	"       sim record SEED DIRECTORY  the seed as sim one, and what each port's\n"
	"                                  recorder holds in the end, for tenured-replay\n"
	"       sim faults SEED            what the seed's plan holds\n"
	"       sim oracles                their names\n"
	"       sim help                   what each of them holds\n";

_Noreturn void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
	abort();
}

_Noreturn static void refuse(const char *what)
{
	fprintf(stderr, "sim: %s\n%s", what, usage);
	exit(EXIT_USAGE);
}

static uint64_t read_number(const char *text, const char *what)
{
	uint64_t number;

	if (!str_to_u64(text, UINT64_MAX, &number))
		refuse(what);
	return number;
}

/* "0,3,7" as bits. */
static uint32_t read_faults(const char *text)
{
	uint32_t faults = 0;

	if (strcmp(text, "none") == 0)
		return 0;
	while (*text) {
		char *end;
		unsigned long number = strtoul(text, &end, 10);

		if (end == text || number >= PLAN_FAULTS_MAX ||
		    (*end != '\0' && *end != ','))
			refuse("FAULTS are numbers with commas between");
		faults |= 1U << number;
		text = *end ? end + 1 : end;
	}
	return faults;
}

static void print_faults(FILE *file, uint32_t faults)
{
	const char *comma = "";

	if (!faults)
		fputs("none", file);
	for (unsigned i = 0; i < PLAN_FAULTS_MAX; i++) {
		if (!(faults >> i & 1))
			continue;
		fprintf(file, "%s%u", comma, i);
		comma = ",";
	}
}

static void print_failure(const struct run_result *r)
{
	printf("FAILED: %s, %" PRIu64 ".%06" PRIu64 " s: %s\n", r->oracle,
	       r->at / NSEC_PER_S, r->at % NSEC_PER_S / 1000, r->text);
}

static int run_one(uint64_t seed, uint32_t faults)
{
	static struct run_result result;

	printf("seed %" PRIu64 "\n", seed);
	crowd_run_one(seed, faults, stdout, &result);
	if (result.failed)
		print_failure(&result);
	else
		printf("clean: %" PRIu64 " events\n", result.timers);
	return result.failed;
}

/* ---- the sum of many ---------------------------------------------------- */

static void print_packets(const struct judge_counters *c)
{
	printf("sent:    ");
	for (unsigned i = 0; i < DHCP4_REQUEST_COUNT; i++)
		printf(" %s %" PRIu64,
		       dhcp4_request_name((enum dhcp4_request)i), c->sent[i]);
	printf("\nreceived:");
	for (unsigned i = 0; i < 256; i++) {
		if (c->received[i] && i >= DHCP4_TYPE_DISCOVER &&
		    i <= DHCP4_TYPE_FORCERENEW)
			printf(" %s %" PRIu64, dhcp4_type_name((uint8_t)i),
			       c->received[i]);
	}
	putchar('\n');
}

static const char *name_of(enum fault_kind kind, char text[64])
{
	struct str s = str_over(text, 64);

	fault_say(&s, kind);
	return text;
}

/* Returns how many kinds never happened. */
static unsigned print_fault_counts(const uint64_t *faults)
{
	unsigned missing = 0;
	char name[64];

	printf("faults:");
	for (unsigned i = 0; i < FAULT_COUNT; i++)
		printf("%s %s %" PRIu64, i % 4 == 0 ? "\n   " : ";",
		       name_of((enum fault_kind)i, name), faults[i]);
	putchar('\n');
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		if (faults[i])
			continue;
		printf("never happened: %s\n", name_of((enum fault_kind)i, name));
		missing++;
	}
	return missing;
}

static void print_transitions(const struct judge_counters *c)
{
	unsigned count, seen = 0;
	const struct dhcp4_transition *t = dhcp4_transitions(&count);

	for (unsigned i = 0; i < count; i++)
		seen += c->transitions[t[i].from][t[i].to] != 0;
	printf("transitions: %u of %u legal ones used\n", seen, count);
	for (unsigned i = 0; i < count; i++) {
		if (!c->transitions[t[i].from][t[i].to])
			printf("    never %s -> %s\n",
			       dhcp4_state_name(t[i].from),
			       dhcp4_state_name(t[i].to));
	}
}

static unsigned print_sum(const struct run_result *sum)
{
	printf("%" PRIu64 " seeds, %" PRIu64 " events, %" PRIu64
	       " steps of the core, %.1f lease-years, %" PRIu64 " leases\n",
	       sum->runs, sum->timers, sum->steps,
	       (double)sum->leased_s / YEAR_S, sum->seen.leases);
	print_packets(&sum->seen);
	printf("frames:   carried %" PRIu64 " lost %" PRIu64 " duplicated %" PRIu64
	       " reordered %" PRIu64 " corrupted %" PRIu64 " cut %" PRIu64 "\n",
	       sum->links.carried, sum->links.lost, sum->links.duplicated,
	       sum->links.reordered, sum->links.corrupted, sum->links.cut);
	print_transitions(&sum->seen);
	return print_fault_counts(sum->faults);
}

/* Below this number of seeds a kind of fault may be missing by chance. */
#define FAULTS_CERTAIN_SEEDS 200

static int run_many(uint64_t count, unsigned jobs, uint64_t first)
{
	static struct run_result sum;
	unsigned missing;
	uint32_t faults;

	printf("seeds %" PRIu64 " to %" PRIu64 "\n", first, first + count - 1);
	fflush(stdout);
	crowd_run(first, count, jobs, &sum);
	missing = print_sum(&sum);
	if (!sum.failed) {
		bool rare = missing > 0 && count >= FAULTS_CERTAIN_SEEDS;

		printf("%" PRIu64 " passed, %u failed\n", sum.runs, rare);
		return rare;
	}
	print_failure(&sum);
	printf("seed %" PRIu64
	       ", being shrunk; replay it whole: make sim SEED=%" PRIu64 "\n",
	       sum.seed, sum.seed);
	fflush(stdout);
	faults = crowd_shrink(sum.seed, sum.oracle);
	printf("replay it with the fewest faults: make sim SEED=%" PRIu64
	       " FAULTS=",
	       sum.seed);
	print_faults(stdout, faults);
	printf("\n%" PRIu64 " passed, 1 failed\n", sum.runs - 1);
	return 1;
}

static int list_faults(uint64_t seed)
{
	static struct plan plan;
	char name[64];

	plan_draw(&plan, seed);
	for (unsigned i = 0; i < plan.fault_count; i++) {
		const struct fault *f = &plan.faults[i];

		printf("%2u  at %.3f s for %.3f s  %s", f->index,
		       (double)(f->at - plan.start) / 1e9,
		       (double)f->duration / 1e9, name_of(f->kind, name));
		if (f->timing != FAULT_TIMING_PLAIN)
			printf(", %s %.6f s after message %u of host%u",
			       f->timing == FAULT_TIMING_ONCE_SENT ? "from"
								   : "until",
			       (double)f->after / 1e9, f->sends, f->host);
		putchar('\n');
	}
	return 0;
}

static int list_oracles(bool with_text)
{
	const char *name, *holds;

	for (unsigned i = 0; judge_oracle_at(i, &name, &holds); i++) {
		if (with_text)
			printf("%-10s %s\n", name, holds);
		else
			puts(name);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && argc <= 4 && strcmp(argv[1], "one") == 0)
		return run_one(read_number(argv[2], "SEED is a number"),
			       argc == 4 ? read_faults(argv[3]) : UINT32_MAX);
	if (argc == 4 && strcmp(argv[1], "record") == 0) {
		judge_keep_recordings(argv[3]);
		return run_one(read_number(argv[2], "SEED is a number"),
			       UINT32_MAX);
	}
	if (argc == 3 && strcmp(argv[1], "faults") == 0)
		return list_faults(read_number(argv[2], "SEED is a number"));
	if (argc == 2 && strcmp(argv[1], "oracles") == 0)
		return list_oracles(false);
	if (argc == 2 && strcmp(argv[1], "help") == 0)
		return fputs(usage, stdout), list_oracles(true);
	if (argc >= 5 && argc <= 6 && strcmp(argv[1], "many") == 0) {
		uint64_t count = read_number(argv[2], "COUNT is a number");
		uint64_t jobs = read_number(argv[3], "JOBS is a number");

		if (count == 0 || jobs == 0 || jobs > 64)
			refuse("COUNT is at least 1, JOBS 1 to 64");
		if (argc == 6 && !judge_listen_to(argv[5]))
			refuse("there is no such oracle: see sim oracles");
		return run_many(count, (unsigned)jobs,
				read_number(argv[4], "FIRST is a number"));
	}
	refuse("what shall be run?");
}
