/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An option as one line of text, for variables of hooks and for people. What is
 * said is in closed alphabets (decode.h), and so nothing in it has to be quoted.
 */
#ifndef CORE_OPTION_TEXT_H
#define CORE_OPTION_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Appends the value: addresses, numbers, names with spaces between them, as scripts
 * of other clients expect it. A flag is 1 or 0, a route "10.0.0.0/8 192.0.2.1",
 * what has no meaning for us hex. Values within values have commas between them,
 * those with a code of their own are LABEL=VALUE, or CODE=VALUE. False, and nothing
 * is appended, if it does not fit, or is text of no closed alphabet.
 */
bool option_print(struct str *, uint8_t code, const uint8_t *bytes, size_t size);

#endif
