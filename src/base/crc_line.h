/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a file of text, and its last one: "crc " and the CRC-32 of all before it, so that
 * a file that is cut or altered is known as one.
 */
#ifndef BASE_CRC_LINE_H
#define BASE_CRC_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Appends the line about all that the builder holds. */
void crc_line_append(struct str *);

/*
 * The next line, cut at its first space into name and value. What is cut are the
 * copies in line; false at the end, and where a line does not fit or has no end.
 */
bool crc_line_next(const char **text, size_t *size, char *line,
		   size_t line_size, char **ret_value);

/* True if the text ends in its line; *ret_size is what is before it. */
bool crc_line_check(const char *text, size_t size, size_t *ret_size);

#endif
