/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records and what the core makes of them, in words. What a file says is shown as
 * printable ASCII, whatever it is.
 */
#ifndef REPLAY_PRINT_H
#define REPLAY_PRINT_H

#include <stdbool.h>

#include "core/replay.h"

void print_header(const struct recording_header *);

/* A line: what a client is. */
void print_client(const char *word, const struct dhcp4_client *);

/* A line; with packets, the octets of one that was received. */
void print_event(const struct dhcp4_event *, bool packets);

/* A line an effect; with packets, the octets of those sent. */
void print_effects(const struct dhcp4_effects *, bool packets);

#endif
