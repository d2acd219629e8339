/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reports are made of. Without memory a maker returns NULL, and a container
 * that something could not be put into becomes NULL itself.
 */
#ifndef LEASE_REPORT_LEAF_H
#define LEASE_REPORT_LEAF_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"

/* Both take the reference to the value. */
void report_append(json_t **list, json_t *value);
void report_put(json_t **object, const char *key, json_t *value);

/* "10.0.0.5"; the second one: null for 0.0.0.0. */
json_t *report_ipv4(ipv4_addr);
json_t *report_ipv4_or_null(ipv4_addr);

/* "10.0.0.0/24" */
json_t *report_prefix(struct ipv4_prefix);

/* Rounded up, so that 0 means that the instant has passed; null for never. */
json_t *report_seconds_until(nsec now, nsec instant);

/* An interface's name, with ? for whatever is not printable ASCII. */
json_t *report_name(const char *name);

/*
 * Octets as hex with colons, as option -c of the daemon takes them; null for none.
 * At most DHCP4_CLIENT_ID_MAX.
 */
json_t *report_hex(const uint8_t *bytes, size_t size);

#endif
