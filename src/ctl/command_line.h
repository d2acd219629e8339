/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a command line by the tables of commands.h. */
#ifndef CTL_COMMAND_LINE_H
#define CTL_COMMAND_LINE_H

#include "ctl/call.h"

/*
 * Reads all words behind the program's name; options may stand anywhere up to
 * "--". True: *ret is to be run. False: it is not, since it is wrong, which was
 * said, or asked for help, which was given; *ret_code is what to exit with. The
 * words stay the caller's.
 */
bool command_line_read(int count, char **words, struct call *ret, int *ret_code);

/* There is no such command: says so, and which one may have been meant. */
int command_line_unknown(const char *name);

#endif
