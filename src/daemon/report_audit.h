/* SPDX-License-Identifier: BSD-2-Clause */
/* What an audit heard, as the answer of the method Audit. */
#ifndef DAEMON_REPORT_AUDIT_H
#define DAEMON_REPORT_AUDIT_H

#include <jansson.h>

#include "core/audit.h"

/* NULL: out of memory. */
json_t *report_audit(const struct audit *);

#endif
