/* SPDX-License-Identifier: BSD-2-Clause */
/* What tenurectl was asked to do: a command line that was read. */
#ifndef CTL_CALL_H
#define CTL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/service.h"

/* Of an option that may be given several times. */
#define CALL_LIST_MAX 32
struct call_list {
	const char *items[CALL_LIST_MAX];
	unsigned count;
};

struct call {
	const struct command *command;
	struct service_place place;
	const char *interface; /* NULL: all */
	const char *word;      /* the operand that is no interface, or NULL */
	uint64_t given;	       /* OPTION_BIT() of each option that was */
	unsigned wait_s;
	unsigned timeout_s; /* 0: none */
	bool json;
	const char *output; /* a file; NULL: as the command has it */
	const char *key;    /* whose an interface is, or NULL */
	struct call_list settings, interfaces;
	const char *stun; /* a server, as HOST or HOST:PORT */
};

#endif
