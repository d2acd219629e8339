/* SPDX-License-Identifier: BSD-2-Clause */
/* What other clients call options; tenured is told their numbers. */
#ifndef COMPAT_NAMES_H
#define COMPAT_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* udhcpc's name; NULL for none. */
const char *names_of_udhcpc(uint8_t code);

/* A name of udhcpc, or a number, also in hex; 0 for none. */
uint8_t names_code_udhcpc(const char *text, size_t length);

/* dhclient's and dhcpcd's name with underscores, as in new_NAME; NULL for none. */
const char *names_of_isc(uint8_t code);

/* Their name with hyphens or underscores, or a number; 0 for none. */
uint8_t names_code_isc(const char *text, size_t length);

#endif
