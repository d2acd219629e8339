/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The environment of a hook: what one message says as new_..., and what the hooks
 * were told before as old_... . Nothing of the runner's own gets into it.
 */
#ifndef LEASE_HOOK_ENVIRONMENT_H
#define LEASE_HOOK_ENVIRONMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/str.h"

/* Variables, and octets of all of them; what does not fit is left out. */
#define HOOK_ENVIRONMENT_COUNT 1100
#define HOOK_ENVIRONMENT_SIZE  (96 * 1024)

/* A message as it came, valid by hook_message_is_valid(). */
struct hook_message {
	size_t size;
	uint8_t bytes[];
};

struct hook_environment {
	char *list[HOOK_ENVIRONMENT_COUNT + 1]; /* ends with NULL */
	size_t count;
	size_t used;
	char text[HOOK_ENVIRONMENT_SIZE + 1];
};

/* old may be NULL. */
void hook_environment_make(struct hook_environment *,
			   const struct hook_message *message,
			   const struct hook_message *old);

/* Adds one that was made by the caller. */
void hook_environment_text(struct hook_environment *, const char *name,
			   const char *value);

/*
 * Adds those of another environment, a list that ends with NULL, but for what has a
 * value already. The list and its texts have to stay.
 */
void hook_environment_inherit(struct hook_environment *, char *const *list);

/*
 * Adds the fields of a lease (hook_lease.h), without a header, up to their end:
 * each name behind the prefix. Of one that was made, or zeroed.
 */
void hook_environment_add(struct hook_environment *, const char *prefix,
			  struct reader *fields);

#endif
