/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The paths that a daemon may still open by their names once it has given up its
 * privileges: whatever is read again later has to be among them. Landlock's part of
 * it alone; whose files they are, and their modes, nobody asks here.
 */
#ifndef DAEMON_REACH_H
#define DAEMON_REACH_H

#include <stddef.h>

#include "daemon/instance.h"
#include "daemon/landlock.h"
#include "daemon/settings.h"

#define REACH_MAX 64

struct reach {
	struct landlock_path paths[REACH_MAX]; /* the texts are its own */
	size_t count;
};

/*
 * All that the settings read so far name, wherever links lead to now; what is more
 * than REACH_MAX is left out. 0 or -ENOMEM; to be freed in any case.
 */
int reach_find(struct reach *, const struct settings *, const struct instance *);
void reach_free(struct reach *);

#endif
