/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the ACK of an extension would change about the host: its subnet, its
 * routes, its resolvers. Times are not of it, nor what no traffic depends on.
 */
#ifndef CORE_CHANGES_H
#define CORE_CHANGES_H

#include <stdint.h>

#include "core/lease.h"

/* What becomes of an extension that changes some of these. */
enum renew_changes {
	RENEW_CHANGES_APPLY,
	RENEW_CHANGES_HOLD, /* until somebody accepts them */
	RENEW_CHANGES_COUNT
};

/* A bit for each option, numbered from 0: changes_option() tells which. */
#define CHANGES_COUNT 8

/* Those in which a lease and an ACK about it that lease_check() accepts differ. */
uint8_t changes_between(const struct dhcp4_lease *, const struct dhcp4_message *);

/* The code of a bit's option. */
uint8_t changes_option(unsigned bit);

/* Appends the names of the options, with commas between them. */
void changes_text(struct str *, uint8_t changes);

#endif
