/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of option 55: which options a client asks for, and in which order.
 * Each code is in it once.
 */
#ifndef CORE_PARAMETERS_H
#define CORE_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/prng.h"

#define DHCP4_PARAMETERS_MAX 32

/*
 * Adds a code, unless it is there. Classless routes go to the front, since they
 * are to be before options 3 and 33 (RFC 3442), all others to the end. False: no
 * room.
 */
bool parameters_add(uint8_t codes[DHCP4_PARAMETERS_MAX], uint8_t *count,
		    uint8_t code);

/* Takes a code out, if it is there. */
void parameters_remove(uint8_t codes[DHCP4_PARAMETERS_MAX], uint8_t *count,
		       uint8_t code);

/*
 * Brings the codes into an order that tells nothing of who sends them (RFC 7844
 * 3.6), but for classless routes, which stay before options 3 and 33.
 */
void parameters_shuffle(uint8_t codes[DHCP4_PARAMETERS_MAX], uint8_t count,
			struct prng *);

#endif
