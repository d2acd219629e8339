/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tenured-replay: the core runs over a recording again, and says whether it did
 * the same. It reads one file; it knows neither the network nor the daemon.
 */
#include <config.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "base/assert.h"
#include "replay/file.h"
#include "replay/mask.h"
#include "replay/print.h"

/* What EXIT_FAILURE means here. */
#define EXIT_DIVERGES EXIT_FAILURE

struct call {
	const char *path;
	const char *output; /* of mask, or NULL */
	bool mask, packets;
};

static const char *path_now; /* for a failure in the midst of a step */

static void complain(const char *subject, const char *what)
{
	fprintf(stderr, "tenured-replay: %s: %s\n", subject, what);
}

static int fail(int code, const char *subject, const char *what)
{
	complain(subject, what);
	return code;
}

static int fail_version(int code, const char *path, const char *version,
			const char *what)
{
	fflush(stdout);
	fprintf(stderr,
		"tenured-replay: %s: recorded by tenured %s; this program, of "
		"%s, %s: use its own\n",
		path, version, TENURED_VERSION, what);
	return code;
}

/*
 * A file may lead the core to where it never goes by itself: it says what no
 * client ever was, or it shows a fault of the core.
 */
void assert_fail(const char *expression, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr,
		"tenured-replay: %s: leads to what must not happen: %s (%s:%d)\n",
		path_now, expression, file, line);
	exit(EX_DATAERR);
}

/* ---- replaying ------------------------------------------------------------- */

static int diverges(unsigned event, const char *what)
{
	printf("DIVERGES at event %u: %s\n", event, what);
	return EXIT_DIVERGES;
}

static int broken(const char *path)
{
	fflush(stdout);
	return fail(EX_DATAERR, path,
		    recording_error_text(RECORDING_ERROR_RECORD));
}

static int show_event(struct replay *run, const struct record_event *event,
		      unsigned number, const struct call *call)
{
	print_event(&event->event, call->packets);
	if (!replay_step(run, event))
		return broken(call->path);
	print_effects(&run->effects, call->packets);
	if (!replay_agrees(run, event))
		return diverges(number, "what was recorded differs from this");
	return EXIT_SUCCESS;
}

static int check_snapshot(struct replay *run,
			  const struct dhcp4_snapshot *snapshot, unsigned number)
{
	const char *name = replay_check(run, snapshot);
	char what[128];

	if (!name)
		return EXIT_SUCCESS;
	snprintf(what, sizeof(what), "%s was recorded with another value", name);
	return diverges(number, what);
}

static int replay(const struct call *call, struct reader records)
{
	static struct record record;
	static struct replay run;
	unsigned events = 0;
	int code = EXIT_SUCCESS;

	if (!record_read(&records, &record) || record.kind != RECORD_KIND_SNAPSHOT)
		return broken(call->path);
	replay_begin(&run, &record.snapshot);
	print_client("begins", &run.client);
	while (code == EXIT_SUCCESS) {
		if (!record_read(&records, &record))
			return broken(call->path);
		if (record.kind == RECORD_KIND_END)
			break;
		if (record.kind == RECORD_KIND_EVENT)
			code = show_event(&run, &record.event, ++events, call);
		else
			code = check_snapshot(&run, &record.snapshot, events);
	}
	if (code != EXIT_SUCCESS)
		return code;
	print_client("ends", &run.client);
	printf("identical: %u events\n", events);
	return EXIT_SUCCESS;
}

/* ---- masking --------------------------------------------------------------- */

/* So many keys are tried until one is good. */
#define KEYS_MAX 64

/* *ret_again: none was; the copy is as good as it gets, if there is one. */
static int mask_by_some_key(const struct file *file, struct file *ret,
			    struct mask_failure *failure, bool *ret_again)
{
	int error = 0;

	*ret = (struct file){ 0 };
	*ret_again = true;
	for (unsigned i = 0; i < KEYS_MAX && *ret_again && error == 0; i++) {
		uint8_t key[32];

		if (getrandom(key, sizeof(key), 0) != sizeof(key))
			return -errno;
		file_free(ret);
		error = mask_file(file, key, ret, failure, ret_again);
	}
	return error;
}

static int write_masked(const struct call *call, const struct file *masked)
{
	char output[4096];
	int size = snprintf(output, sizeof(output), "%s%s",
			    call->output ? call->output : call->path,
			    call->output ? "" : ".masked");
	int error = size < (int)sizeof(output) ? file_write(output, masked)
					       : -ENAMETOOLONG;

	if (error == -EEXIST)
		return fail(EX_CANTCREAT, output,
			    "exists already; remove it, or name another by -o");
	if (error < 0)
		return fail(EX_CANTCREAT, output, strerror(-error));
	printf("masked: %s\n", output);
	return EXIT_SUCCESS;
}

static int mask(const struct call *call, const struct file *file)
{
	struct mask_failure failure = { 0 };
	struct file masked;
	bool again;
	int error = mask_by_some_key(file, &masked, &failure, &again), code;

	if (error < 0)
		return fail(EX_OSERR, call->path, strerror(-error));
	if (failure.what) {
		fprintf(stderr, "tenured-replay: %s: event %u: %s\n",
			call->path, failure.event, failure.what);
		return failure.diverges ? EXIT_DIVERGES : EX_DATAERR;
	}
	if (again)
		complain(call->path,
			 "an address in it stays, since its network leaves it "
			 "no other; see whether you mind before you share it");
	code = write_masked(call, &masked);
	file_free(&masked);
	return code;
}

/* ---- the command line ------------------------------------------------------- */

static const char help[] =
	"usage: tenured-replay [--packets] FILE\n"
	"       tenured-replay --mask [-o OUTPUT] FILE\n"
	"\n"
	"Runs the DHCP client over a recording that 'tenurectl record' made, and\n"
	"shows each event and what came of it.\n"
	"\n"
	"      --packets      show the octets of packets, too\n"
	"      --mask         write a copy with other names and addresses that does\n"
	"                     the same, to be given to others\n"
	"  -o, --output FILE  where to (FILE.masked)\n"
	"  -h, --help         this\n"
	"  -V, --version      the version\n"
	"\n"
	"Exit codes: 0 it did the same, 1 it did not, 64 usage, 65 the file is\n"
	"damaged or of another version, 66 it cannot be read, 73 nor written.\n";

enum option_code {
	OPTION_MASK = 256,
	OPTION_PACKETS,
};

static const struct option options[] = {
	{ "mask", no_argument, NULL, OPTION_MASK },
	{ "packets", no_argument, NULL, OPTION_PACKETS },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* One option; -1 to go on, or the code to exit with. */
static int take_option(struct call *call, int code)
{
	switch (code) {
	case OPTION_MASK:
		call->mask = true;
		return -1;
	case OPTION_PACKETS:
		call->packets = true;
		return -1;
	case 'o':
		call->output = optarg;
		return -1;
	case 'h':
		fputs(help, stdout);
		return EXIT_SUCCESS;
	case 'V':
		puts("tenured-replay " TENURED_VERSION);
		return EXIT_SUCCESS;
	default: /* getopt_long() has said what is wrong */
		return EX_USAGE;
	}
}

static int fail_usage(const char *what)
{
	fprintf(stderr, "tenured-replay: %s; see 'tenured-replay --help'\n",
		what);
	return EX_USAGE;
}

/* The file is there: does with it what was asked for. */
static int use(const struct call *call, const struct file *file)
{
	struct recording_header header;
	struct reader records;
	enum recording_error error =
		recording_open(file->bytes, file->size, &header, &records);
	int code;

	if (error == RECORDING_ERROR_LAYOUT)
		return fail_version(EX_DATAERR, call->path, header.version,
				    "cannot replay it");
	if (error != RECORDING_ERROR_NONE)
		return fail(EX_DATAERR, call->path, recording_error_text(error));
	if (!call->mask)
		print_header(&header);
	code = call->mask ? mask(call, file) : replay(call, records);
	if (code == EXIT_DIVERGES && strcmp(header.version, TENURED_VERSION) != 0)
		return fail_version(code, call->path, header.version,
				    "may do otherwise");
	return code;
}

static int run(struct call *call, int count, char **words)
{
	struct file file;
	int error, code;

	if (count != 1)
		return fail_usage("name one recording");
	if (call->output && !call->mask)
		return fail_usage("-o goes with --mask");
	if (call->packets && call->mask)
		return fail_usage("--packets does not go with --mask");
	call->path = path_now = words[0];
	error = file_read(call->path, &file);
	if (error < 0)
		return fail(EX_NOINPUT, call->path, strerror(-error));
	code = use(call, &file);
	file_free(&file);
	return code;
}

int main(int argc, char **argv)
{
	struct call call = { 0 };
	int option, code = -1;

	while (code < 0 &&
	       (option = getopt_long(argc, argv, "o:hV", options, NULL)) != -1)
		code = take_option(&call, option);
	if (code < 0)
		code = run(&call, argc - optind, argv + optind);
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail(EX_IOERR, "standard output", strerror(errno));
	return code;
}
