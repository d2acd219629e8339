/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets as tenured reads them: "01:a0". */
#ifndef COMPAT_OCTETS_H
#define COMPAT_OCTETS_H

#include <stddef.h>

const char *octets_as_hex(const void *data, size_t size);

/* "1:a0:0" as "01:a0:00", which dhclient takes, too; anything else as it is. */
const char *octets_padded(const char *text);

#endif
