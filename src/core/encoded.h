/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of ours, encoded beforehand: what is the same in every message that
 * asks for something. encode.h makes the values.
 *
 * They stand as in a set of received options (option.h): ascending by code, each
 * as code (1 octet), length (2 octets) and value. Long ones are split when they
 * are written into a message (RFC 3396).
 */
#ifndef CORE_ENCODED_H
#define CORE_ENCODED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/option.h"

/*
 * A full name of 253 octets and as much again for all else. With everything that
 * is not here a message stays shorter than DHCP4_MESSAGE_MAX.
 */
#define DHCP4_ENCODED_SIZE 512

struct dhcp4_encoded {
	uint16_t used;
	uint8_t bytes[DHCP4_ENCODED_SIZE];
};

/*
 * Walks as dhcp4_options_next() does: *offset is 0 at first. False at the end; NULL
 * has nothing.
 */
bool encoded_next(const struct dhcp4_encoded *, uint16_t *offset,
		  struct option_value *ret);

/* False, and *ret untouched, if there is no such option. */
bool encoded_get(const struct dhcp4_encoded *, uint8_t code,
		 struct option_value *ret);

/*
 * Puts an option in its place, instead of one of that code. False, and all as
 * before, if the value is none that the option may have, or there is no room.
 */
bool encoded_put(struct dhcp4_encoded *, uint8_t code, const void *bytes,
		 size_t size);
bool encoded_put_u32(struct dhcp4_encoded *, uint8_t code, uint32_t value);

/* Takes an option out, if it is there. */
void encoded_remove(struct dhcp4_encoded *, uint8_t code);

#endif
