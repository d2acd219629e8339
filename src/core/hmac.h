/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC-MD5 (RFC 2104), of which the codes of option 90 are (RFC 3118, RFC 6704). */
#ifndef CORE_HMAC_H
#define CORE_HMAC_H

#include <stddef.h>
#include <stdint.h>

#include "base/md5.h"

#define HMAC_MD5_SIZE MD5_SIZE

void dhcp4_hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *message,
		    size_t size, uint8_t ret[HMAC_MD5_SIZE]);

#endif
