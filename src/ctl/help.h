/* SPDX-License-Identifier: BSD-2-Clause */
/* What tenurectl says about itself, made of its tables. */
#ifndef CTL_HELP_H
#define CTL_HELP_H

#include "base/str.h"
#include "ctl/commands.h"

/* The command with its operands: "network IFACE ID". */
void help_usage(struct str *, const struct command *);

/* All commands on stdout; or one, with the options that it takes. */
void help_all(void);
void help_command(const struct command *);

int help_run(const struct call *);

#endif
