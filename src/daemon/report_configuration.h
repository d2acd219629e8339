/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer of Configuration: what is in force, and where it comes from. */
#ifndef DAEMON_REPORT_CONFIGURATION_H
#define DAEMON_REPORT_CONFIGURATION_H

#include <jansson.h>

#include "daemon/daemon.h"

/* Of all sections, or of one interface. NULL: out of memory. */
json_t *report_configuration(const struct daemon *, const struct managed *only);

#endif
