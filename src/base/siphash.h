/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein): a keyed hash of short
 * data. Without the key nobody can tell from a hash what was hashed.
 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_SIZE 16
#define SIPHASH_SIZE	 16

void siphash(const uint8_t key[SIPHASH_KEY_SIZE], const void *data, size_t size,
	     uint8_t ret[SIPHASH_SIZE]);

#endif
