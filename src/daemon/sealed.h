/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that ends in its own CRC-32: how files of the state directory are told from
 * torn and altered ones. It is no proof against whoever may write there.
 */
#ifndef DAEMON_SEALED_H
#define DAEMON_SEALED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Appends the last line, with the CRC of all that was appended before. */
void sealed_write(struct str *);

/* True if the text ends in such a line, and it fits; *size is then without it. */
bool sealed_check(const char *text, size_t *size);

/*
 * The next line, cut at its first space into name and value. What is cut are the
 * copies in line; false at the end, and where a line does not fit or has no end.
 */
bool sealed_line(const char **text, size_t *size, char *line, size_t line_size,
		 char **ret_value);

#endif
