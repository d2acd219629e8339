/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of options in which names and addresses become others, in place: they
 * keep their length, their form, and what is wrong with them.
 */
#ifndef REPLAY_MASK_OPTION_H
#define REPLAY_MASK_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "core/option.h"
#include "core/override.h"
#include "replay/anon.h"

/* An IPv4 address in network order: four octets. */
void mask_address(struct anon *, uint8_t *at);

/* The whole value of an option, its pieces joined (RFC 3396). */
void mask_option(struct anon *, uint8_t code, uint8_t *bytes, size_t size);

/* A set of options, struct dhcp4_options or dhcp4_encoded. */
void mask_options(struct anon *, void *set);

/* What is put in their place. */
void mask_override(struct anon *, struct dhcp4_override *);

#endif
