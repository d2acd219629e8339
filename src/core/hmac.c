/* SPDX-License-Identifier: BSD-2-Clause */
/* Two hashes, each behind the key in a disguise of its own. */
#include "core/hmac.h"

#include <string.h>

#include "base/assert.h"

#define INNER 0x36
#define OUTER 0x5c

/* Begins a hash with the key, filled up with zeros to a block. */
static void begin(struct md5 *m, const uint8_t *key, size_t size, uint8_t disguise)
{
	uint8_t block[MD5_BLOCK_SIZE];

	memset(block, disguise, sizeof(block));
	for (size_t i = 0; i < size; i++)
		block[i] ^= key[i];
	md5_begin(m);
	md5_add(m, block, sizeof(block));
}

void dhcp4_hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *message,
		    size_t size, uint8_t ret[HMAC_MD5_SIZE])
{
	struct md5 m;

	/* A longer one would count by its hash; a secret has AUTH_SECRET_MAX. */
	ASSERT(key_size <= MD5_BLOCK_SIZE);
	begin(&m, key, key_size, INNER);
	md5_add(&m, message, size);
	md5_end(&m, ret);
	begin(&m, key, key_size, OUTER);
	md5_add(&m, ret, MD5_SIZE);
	md5_end(&m, ret);
}
