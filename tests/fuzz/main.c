/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs targets over files, and over mutants of them that a seed draws: what every
 * compiler and every machine can do. The same seed makes the same mutants.
 *
 *	fuzz check [COUNT [SEED]]      all targets: corpora, COUNT mutants each
 *	fuzz TARGET -n COUNT [SEED]    mutants of one target's corpus
 *	fuzz TARGET [-v] FILE...       these inputs; -v: what a client does
 *	fuzz list                      the names of all targets
 *
 * Corpora are in CORPUS/TARGET, or tests/fuzz/corpus of TENURED_SOURCE. An input
 * that is a finding is written to finding-TARGET in FUZZ_FINDINGS, else where the
 * build is: TENURED_BUILD, or build.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

#define INPUTS_MAX 1024
#define INPUT_MAX  65536

/* An input takes longer than this, in seconds: it hangs. */
#define PATIENCE_S 10

/* Changes to an input, one on top of the other. */
#define CHANGES_MAX 8

#define MUTANTS_DEFAULT 1000

struct input {
	uint8_t *bytes;
	size_t size;
	char name[256];
};

static const struct fuzz_target *target;
static struct input inputs[INPUTS_MAX];
static size_t input_count;

/* What is being run, for whoever reports a finding. */
static const uint8_t *current;
static size_t current_size;
static char current_name[300];

/* ---- findings ------------------------------------------------------------ */

static void save(const char *what)
{
	const char *directory = getenv("FUZZ_FINDINGS");
	const char *build = getenv("TENURED_BUILD");
	char path[512];
	int fd;

	(void)what;
	/* What is leaked is found at the end. */
	if (!current) {
		fprintf(stderr, "fuzz: a finding, after the last input\n");
		return;
	}
	snprintf(path, sizeof(path), "%s/finding-%s",
		 directory ? directory : (build ? build : "build"), target->name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, current, current_size) != (ssize_t)current_size)
		fprintf(stderr, "fuzz: the input cannot be kept\n");
	else
		fprintf(stderr, "fuzz: %s: a finding, in %s (made of %s)\n",
			target->name, path, current_name);
}

/* Sanitizers end the process by themselves. */
void __sanitizer_set_death_callback(void (*)(void)) __attribute__((weak));

static void die(void)
{
	save("");
}

static void catch (int number)
{
	fprintf(stderr, "fuzz: %s\n",
		number == SIGALRM ? "it hangs" : strsignal(number));
	die();
	_exit(1);
}

static void watch_for_findings(void)
{
	if (__sanitizer_set_death_callback) {
		__sanitizer_set_death_callback(die);
	} else {
		signal(SIGSEGV, catch);
		signal(SIGBUS, catch);
		signal(SIGFPE, catch);
		signal(SIGILL, catch);
	}
	signal(SIGALRM, catch);
	fuzz_found = save;
}

/* A copy of just that size: an octet beyond it is a finding. */
static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		exit(1);
	memcpy(copy, bytes, size);
	current = copy;
	current_size = size;
	fuzz_run(target, copy, size);
	current = NULL;
	free(copy);
}

/* ---- inputs -------------------------------------------------------------- */

static bool read_input(const char *path)
{
	static uint8_t buffer[INPUT_MAX];
	struct input *input = &inputs[input_count];
	FILE *file = fopen(path, "rbe");
	const char *slash = strrchr(path, '/');

	if (!file || input_count == INPUTS_MAX) {
		fprintf(stderr, "fuzz: %s: %s\n", path,
			file ? "one too many" : "cannot be read");
		return false;
	}
	input->size = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	input->bytes = malloc(input->size + 1);
	if (!input->bytes)
		return false;
	memcpy(input->bytes, buffer, input->size);
	snprintf(input->name, sizeof(input->name), "%s",
		 slash ? slash + 1 : path);
	input_count++;
	return true;
}

static void forget_inputs(void)
{
	while (input_count)
		free(inputs[--input_count].bytes);
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In the order of their names, so that a seed means the same everywhere. */
static bool read_corpus(void)
{
	const char *corpus = getenv("CORPUS"), *source = getenv("TENURED_SOURCE");
	char directory[512], path[1024];
	struct dirent **list;
	bool ok = true;
	int count;

	snprintf(directory, sizeof(directory), "%s%s/%s",
		 corpus ? corpus : (source ? source : "."),
		 corpus ? "" : "/tests/fuzz/corpus", target->name);
	count = scandir(directory, &list, is_file, alphasort);
	if (count <= 0) {
		fprintf(stderr, "fuzz: no corpus in %s\n", directory);
		return false;
	}
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, list[i]->d_name);
		ok = ok && read_input(path);
		free(list[i]);
	}
	free(list);
	return ok;
}

static void run_inputs(void)
{
	for (size_t i = 0; i < input_count; i++) {
		snprintf(current_name, sizeof(current_name), "%s",
			 inputs[i].name);
		alarm(PATIENCE_S);
		run(inputs[i].bytes, inputs[i].size);
	}
	alarm(0);
}

/* ---- mutants ------------------------------------------------------------- */

static uint64_t state;

/* splitmix64: quick, and good enough for this. */
static size_t draw(size_t below)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)((z ^ z >> 31) % below);
}

struct mutant {
	uint8_t bytes[INPUT_MAX];
	size_t size, room;
};

/* Moves what stands behind `at`; false: it would not fit. */
static bool shift(struct mutant *m, size_t at, size_t from, size_t to)
{
	if (m->size - from + to > m->room)
		return false;
	memmove(m->bytes + at + to, m->bytes + at + from, m->size - at - from);
	m->size = m->size - from + to;
	return true;
}

static void insert_from(struct mutant *m, const uint8_t *bytes, size_t size)
{
	size_t at = draw(m->size + 1);
	static uint8_t copy[INPUT_MAX];

	memcpy(copy, bytes, size);
	if (shift(m, at, 0, size))
		memcpy(m->bytes + at, copy, size);
}

/* What lengths and numbers are wrong with, most often. */
static uint8_t odd_octet(void)
{
	static const uint8_t odd[] = { 0,  1,	2,    3,    4,	  7,   8,   15,
				       16, 32,	33,   63,   64,	  127, 128, 192,
				       53, 254, 0xfd, 0xff, 0xff, '"', '[', 255 };

	return odd[draw(sizeof(odd))];
}

static void change(struct mutant *m)
{
	const struct input *other = &inputs[draw(input_count)];
	size_t at, size;

	if (m->size == 0) {
		insert_from(m, (const uint8_t[]){ odd_octet() }, 1);
		return;
	}
	at = draw(m->size);
	size = 1 + draw(m->size - at < 32 ? m->size - at : 32);
	switch (draw(9)) {
	case 0:
		m->bytes[at] ^= (uint8_t)(1U << draw(8));
		break;
	case 1:
		m->bytes[at] = (uint8_t)draw(256);
		break;
	case 2:
		m->bytes[at] = odd_octet();
		break;
	case 3:
		m->bytes[at] = (uint8_t)(m->bytes[at] + draw(7) - 3);
		break;
	case 4:
		shift(m, at, size, 0);
		break;
	case 5:
		insert_from(m, m->bytes + at, size);
		break;
	case 6:
		memset(m->bytes + at, odd_octet(), size);
		break;
	case 7:
		insert_from(m, (const uint8_t[]){ odd_octet(), odd_octet() }, 2);
		break;
	default:
		if (!other->size)
			break;
		at = draw(other->size);
		size = 1 + draw(other->size - at);
		insert_from(m, other->bytes + at, size);
	}
}

static void run_mutants(size_t count, uint64_t seed)
{
	static struct mutant m;

	for (size_t i = 0; i < count; i++) {
		const struct input *input;
		size_t changes;

		state = seed * UINT64_C(1000000007) + i;
		input = &inputs[draw(input_count)];
		m.room = target->size_max < INPUT_MAX ? target->size_max
						      : INPUT_MAX;
		m.size = input->size < m.room ? input->size : m.room;
		memcpy(m.bytes, input->bytes, m.size);
		changes = 1 + draw(CHANGES_MAX);
		while (changes--)
			change(&m);
		snprintf(current_name, sizeof(current_name),
			 "%s, mutant %zu of seed %ju", input->name, i,
			 (uintmax_t)seed);
		if (i % 64 == 0)
			alarm(PATIENCE_S);
		run(m.bytes, m.size);
	}
	alarm(0);
}

/* ---- the program --------------------------------------------------------- */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Files and mutants of one target; the number of files, or 0. */
static size_t run_corpus(size_t mutants, uint64_t seed)
{
	double start = seconds(), end;
	size_t count;

	if (!read_corpus())
		return 0;
	count = input_count;
	run_inputs();
	run_mutants(mutants, seed);
	end = seconds();
	printf("%-12s %3zu files, %zu mutants, %.0f a second\n", target->name,
	       count, mutants,
	       (double)(count + mutants) / (end > start ? end - start : 1));
	fflush(stdout);
	forget_inputs();
	return count;
}

static int check_all(size_t mutants, uint64_t seed)
{
	size_t passed = 0, failed = 0;

	for (size_t i = 0; fuzz_targets[i]; i++) {
		size_t count;

		target = fuzz_targets[i];
		count = run_corpus(mutants, seed);
		passed += count;
		failed += count == 0;
	}
	printf("fuzz: %zu passed, %zu failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: fuzz check [COUNT [SEED]] | fuzz list |\n"
			"       fuzz TARGET -n COUNT [SEED] | "
			"fuzz TARGET [-v] FILE...\n");
	return 64;
}

static uint64_t number(int argc, char **argv, int i, uint64_t otherwise)
{
	return i < argc ? strtoull(argv[i], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage();
	watch_for_findings();
	if (strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; fuzz_targets[i]; i++)
			puts(fuzz_targets[i]->name);
		return 0;
	}
	if (strcmp(argv[1], "check") == 0)
		return check_all((size_t)number(argc, argv, 2, MUTANTS_DEFAULT),
				 number(argc, argv, 3, 1));
	target = fuzz_find(argv[1]);
	if (!target || argc < 3)
		return usage();
	if (strcmp(argv[2], "-n") == 0)
		return run_corpus((size_t)number(argc, argv, 3, MUTANTS_DEFAULT),
				  number(argc, argv, 4, 1))
			       ? 0
			       : 1;
	fuzz_verbose = strcmp(argv[2], "-v") == 0;
	for (int i = fuzz_verbose ? 3 : 2; i < argc; i++) {
		if (!read_input(argv[i]))
			return 1;
	}
	run_inputs();
	forget_inputs();
	return 0;
}
