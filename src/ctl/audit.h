/* SPDX-License-Identifier: BSD-2-Clause */
/* What people see of an audit. */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include <jansson.h>

/*
 * A table of all servers that answered, and of each what it would give and which
 * rules it breaks. audit: the answer of the method Audit.
 */
void audit_show(const json_t *audit);

#endif
