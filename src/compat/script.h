/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other life of this program: tenured runs it after the hooks (--script), and it
 * runs a script of another client, which is told what that client would tell it; or
 * writes the file that dhclient would. The script's exit status means nothing.
 */
#ifndef COMPAT_SCRIPT_H
#define COMPAT_SCRIPT_H

#include "compat/translation.h"

/* Variables by which this program tells itself of. */
#define SCRIPT_PROGRAM "TENURED_COMPAT_PROGRAM"
#define SCRIPT_FILE    "TENURED_COMPAT_SCRIPT"
#define SCRIPT_LEASES  "TENURED_COMPAT_LEASES"

/* True if it is tenured that runs this. */
bool script_is_wanted(int argc);

/*
 * True if it is run as a hook, or as a script that nobody translated a command line
 * for: there it would start a client of its own each time.
 */
bool script_is_misplaced(int argc);

/* The code to exit with. */
int script_main(void);

/* Tells a script of each interface that its client begins. */
void script_begin(const struct translation *);

#endif
