/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as JSON: what core/decode.h tells of them, and their octets. The caller
 * owns what is returned; NULL: out of memory.
 */
#ifndef LEASE_REPORT_OPTIONS_H
#define LEASE_REPORT_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "core/option.h"

/* A list of the type Option. Without raw there are no octets in it, only types. */
json_t *report_options(const struct dhcp4_options *, bool raw);

#endif
