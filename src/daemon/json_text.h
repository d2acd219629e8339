/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON as text, all of it or nothing: the library, when a key finds no room, goes on
 * with what comes after it.
 */
#ifndef DAEMON_JSON_TEXT_H
#define DAEMON_JSON_TEXT_H

#include <jansson.h>

#include "daemon/buffer.h"

/* Appends the value to text. 0 or -ENOMEM, also for NULL; text is to be freed. */
int json_text(const json_t *, struct buffer *text);

/* Appends octets. */
int json_text_add(struct buffer *text, const char *bytes, size_t size);

#endif
