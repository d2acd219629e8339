/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tenured-compat: other clients' command lines. Whose it is the name tells that it is
 * called by (udhcpc, dhclient, dhcpcd), or else its first argument. See
 * tenured-compat(7).
 */
#include <config.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/assert.h"
#include "compat/act.h"
#include "compat/script.h"
#include "compat/show.h"
#include "compat/table.h"

/* Says what would be done, and does nothing. */
#define SHOW "TENURED_COMPAT_SHOW"

#define NO_HOOK \
	"%s (of tenured): this starts a client, and is no hook or script of one; " \
	"-s, -sf or -c of its own command line names a script\n"

#define RAISED \
	"tenured-compat: this runs any program that its caller names, and is not " \
	"to be setuid or setgid; chmod ug-s takes that away\n"

#define USAGE \
	"usage: tenured-compat [--show] udhcpc|dhclient|dhcpcd [OPTION]...\n"

void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "tenured-compat: %s (%s:%d)\n", expression, file, line);
	abort();
}

/* By its file's mode: who calls it is not who it would be for a script. */
static bool is_raised(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}

static bool is_answered(const struct table *table, char **words)
{
	if (!*words || words[1])
		return false;
	if (strcmp(*words, "--help") == 0)
		table_print(table);
	else if (strcmp(*words, "--version") == 0)
		printf("%s of tenured " TENURED_VERSION "\n", table->program);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct translation t = { .act = TRANSLATION_RUN };
	bool shown = getenv(SHOW);
	const struct table *table;

	if (is_raised()) {
		fputs(RAISED, stderr);
		return EX_NOPERM;
	}
	if (script_is_wanted(argc))
		return script_main();
	if (script_is_misplaced(argc)) {
		fprintf(stderr, NO_HOOK, basename(argv[0]));
		return EX_USAGE;
	}
	table = table_by_name(argc ? basename(argv[0]) : "");
	argv += argc > 0;
	if (!table && *argv && strcmp(*argv, "--show") == 0) {
		shown = true;
		argv++;
	}
	if (!table && *argv)
		table = table_by_name(*argv++);
	if (!table) {
		fputs(USAGE, stderr);
		return EX_USAGE;
	}
	if (is_answered(table, argv))
		return EXIT_SUCCESS;
	table_translate(table, argv, &t);
	return shown ? show_translation(&t) : act_run(&t);
}
