/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last line of a file of text: "crc " and the CRC-32 of all before it, so that
 * a file that is cut or altered is known as one.
 */
#ifndef BASE_CRC_LINE_H
#define BASE_CRC_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Appends the line about all that the builder holds. */
void crc_line_append(struct str *);

/* True if the text ends in its line; *ret_size is what is before it. */
bool crc_line_check(const char *text, size_t size, size_t *ret_size);

#endif
