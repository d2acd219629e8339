/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MD5 (RFC 1321), for what option 90 computes by HMAC: no hash to protect anything
 * else with.
 */
#ifndef BASE_MD5_H
#define BASE_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_SIZE       16
#define MD5_BLOCK_SIZE 64

struct md5 {
	uint32_t state[4];
	uint64_t size; /* octets that were added */
	uint8_t block[MD5_BLOCK_SIZE];
};

void md5_begin(struct md5 *);
void md5_add(struct md5 *, const void *bytes, size_t size);
void md5_end(struct md5 *, uint8_t ret[MD5_SIZE]);

#endif
