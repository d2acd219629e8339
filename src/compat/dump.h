/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease as dhcpcd prints it: names without new_, of what tenurectl tells. */
#ifndef COMPAT_DUMP_H
#define COMPAT_DUMP_H

/* Runs a program by a NULL-ended list; the code to exit with, which is its own. */
int dump_run(const char *const *words);

#endif
