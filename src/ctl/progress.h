/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens while the outcome of a command is awaited, on standard error: on a
 * terminal one line that is rewritten, and gone in the end; elsewhere nothing,
 * unless each event is asked for.
 */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include "ctl/call.h"

/* As service_call(), of a method that waits for an outcome of the interface. */
int progress_call(const struct call *, const char *path, const char *method,
		  json_t *parameters, unsigned timeout_s, json_t **ret);

#endif
