/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For builds without a library that has HMAC-MD5. Settings that would need it are
 * refused at the start.
 */
#include "core/hmac.h"

bool dhcp4_hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *message,
		    size_t size, uint8_t ret[HMAC_MD5_SIZE])
{
	(void)key;
	(void)key_size;
	(void)message;
	(void)size;
	(void)ret;
	return false;
}
