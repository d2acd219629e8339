/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of tenurectl: what it can be asked, and by which options. Reading the
 * command line, all help and all complaints about usage go by them, and so may
 * programs that tell others what there is: they are data.
 */
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/call.h"

/* What an argument is, so that a shell can complete it. */
enum argument_kind {
	ARGUMENT_NONE,
	ARGUMENT_INTERFACE, /* that a daemon manages */
	ARGUMENT_LINK,	    /* of this host, managed or not */
	ARGUMENT_COMMAND,
	ARGUMENT_FILE,
	ARGUMENT_DIRECTORY,
	ARGUMENT_SOCKET,
	ARGUMENT_SECONDS,
	ARGUMENT_WHEN,	  /* auto, always, never */
	ARGUMENT_LEVEL,	  /* error, warning, notice, info, debug */
	ARGUMENT_SETTING, /* KEY=VALUE, as in tenured.conf(5) */
	ARGUMENT_TEXT,	  /* anything */
};

/* ---- options ---------------------------------------------------------------- */

enum option_id {
	OPTION_JSON,
	OPTION_ALL,
	OPTION_ENV,
	OPTION_FOLLOW,
	OPTION_WAIT,
	OPTION_VERBOSE,
	OPTION_INTERFACE,
	OPTION_ANY,
	OPTION_TIMEOUT,
	OPTION_KEY,
	OPTION_SET,
	OPTION_RELEASE,
	OPTION_OUTPUT,
	OPTION_COLOR,
	OPTION_STUN,
	OPTION_RUN_DIR,
	OPTION_STATE_DIR,
	OPTION_INSTANCE,
	OPTION_SOCKET,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

#define OPTION_BIT(id) (UINT64_C(1) << (id))

struct option_row {
	const char *name;     /* behind two hyphens */
	char letter;	      /* behind one, or NUL */
	const char *argument; /* what --help calls it; NULL: there is none */
	enum argument_kind kind;
	bool for_all; /* every command takes it */
	const char *help;

	/* Reads the value, which is NULL without an argument; or what it wants. */
	const char *(*take)(struct call *, const char *value);
};

extern const struct option_row option_rows[OPTION_COUNT];

/* ---- commands --------------------------------------------------------------- */

#define OPERANDS_MAX 2

struct operand {
	const char *name; /* what --help calls it; NULL: there are no more */
	enum argument_kind kind;
	bool required;
};

struct command {
	const char *name;
	const char *help; /* one line */
	struct operand operands[OPERANDS_MAX + 1];
	uint64_t options; /* OPTION_BIT() of each that not all commands take */

	/* Of --wait, where it is taken: the default, and the most. */
	unsigned wait_s, wait_max_s;

	/* Returns what to exit with. */
	int (*run)(const struct call *);
};

extern const struct command commands[];
extern const size_t command_count;

/* NULL: there is none of this name. */
const struct command *command_find(const char *name);

/* The one whose name is spelt most like a word, or NULL. */
const char *command_nearest(const char *word);

#endif
