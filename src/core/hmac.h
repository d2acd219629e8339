/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HMAC-MD5 (RFC 2104), which the core does not have: whoever links the core's MAC
 * functions provides it, as with base/assert.h: daemon/hmac_nettle.c, or, in a
 * build without that library, daemon/hmac_none.c.
 */
#ifndef CORE_HMAC_H
#define CORE_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HMAC_MD5_SIZE 16

/* False, and ret untouched, in a build that has none. */
bool dhcp4_hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *message,
		    size_t size, uint8_t ret[HMAC_MD5_SIZE]);

#endif
