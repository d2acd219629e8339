/* SPDX-License-Identifier: BSD-2-Clause */
/* One line an interface, of all daemons. */
#ifndef CTL_STATUS_TABLE_H
#define CTL_STATUS_TABLE_H

#include <jansson.h>

/* daemons: answers of Status, each with "socket". */
void status_table(const json_t *daemons, const char *run_dir);

#endif
