/* SPDX-License-Identifier: BSD-2-Clause */
/* Who manages which link: a daemon of ours, another program, or nobody, and why. */
#ifndef CTL_MANAGER_H
#define CTL_MANAGER_H

#include <jansson.h>

#include "ctl/host.h"

struct managers;

/*
 * daemons: the answers of Status, each with its "socket"; they have to stay. Those
 * that serve another network namespace are passed over. 0 or -errno.
 */
int managers_open(struct managers **ret, const json_t *daemons);
void managers_close(struct managers *);

/*
 * Puts into what host_link_json() made of a link: "managedBy", an object or null,
 * and "unmanagedBecause", a word or null.
 */
void managers_put(const struct managers *, const struct host_link *,
		  json_t *link);

/* That word, for people; more is in the link. */
const char *manager_reason_text(const char *word);

#endif
