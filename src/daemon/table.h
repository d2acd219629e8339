/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routing tables by number or by name, as ip(8) knows them.
 */
#ifndef DAEMON_TABLE_H
#define DAEMON_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The table that is meant: a number from 1 on; main, default or local; or a name
 * of iproute2's rt_tables. False if there is none.
 */
bool table_find(const char *name, uint32_t *ret);

#endif
