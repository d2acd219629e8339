/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC-MD5 for the core, by nettle. */
#include <nettle/hmac.h>

#include "core/hmac.h"

bool dhcp4_hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *message,
		    size_t size, uint8_t ret[HMAC_MD5_SIZE])
{
	struct hmac_md5_ctx context;

	hmac_md5_set_key(&context, key_size, key);
	hmac_md5_update(&context, size, message);
	hmac_md5_digest(&context, HMAC_MD5_SIZE, ret);
	return true;
}
