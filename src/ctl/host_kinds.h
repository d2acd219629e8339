/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kinds of links say of themselves, and of their ports. */
#ifndef CTL_HOST_KINDS_H
#define CTL_HOST_KINDS_H

#include "ctl/host_value.h"

/*
 * Reads IFLA_LINKINFO: the members "kind" and "kindData", "portKind" and
 * "portData". Of a kind that is not known here, the data are in "other" alone.
 */
value_reader host_kind_read;

#endif
