/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keys mean together: each has a value that its rule allows, and yet they
 * may contradict each other, or lack one another.
 */
#ifndef DAEMON_SETTINGS_CHECK_H
#define DAEMON_SETTINGS_CHECK_H

#include "daemon/draft.h"

/* After all values were read. SETTINGS_OK, or SETTINGS_FAILED with a line of log. */
enum settings_result settings_check(struct draft *);

/*
 * For --check, what a start sees only on its way: whether there are the user, the
 * group and the other program's DUID that are named. As above.
 */
enum settings_result settings_check_host(struct draft *);

#endif
